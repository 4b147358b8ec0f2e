"""Bodies of items and of one feature."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import geopandas as gpd

from geodata.errors import NotFound
from geodata.formats import FORMATS, FormatOptions, collection_bytes, stream
from geodata.formats.options import NOTICE
from geodata.register import Snapshot
from service.handouts import file_options, notice_of
from service.http.media import GEOJSON, HTML, JSON
from service.http.parameters import Query, bad
from service.http.request import Context, Link, Links, segment
from service.ogc.features import feature_documents, joined_features, one_feature
from service.ogc.query import ItemsQuery
from service.ogc.selection import Page

_SWITCHES = {"1": True, "true": True, "0": False, "false": False}


def moment() -> str:
    """Give the moment of the answer, as `timeStamp` has it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def page_links(context: Context, query: ItemsQuery, page: Page) -> list[Link]:
    """Give the links of a page of items: itself, other forms, next, prev, its layer."""
    found = context.self_links()
    for rel, title, token in (
        ("next", "Next page", page.next),
        ("prev", "Previous page", page.previous),
    ):
        if token is not None:
            text = token.write(query.sort)
            kind = context.offer.media_type
            found.append(context.links.here(rel, kind, title, drop=("offset",), token=text))
    path = f"/collections/{segment(query.collection.id)}"
    return [*found, context.links.to(path, "collection", JSON, query.collection.title)]


def collection_members(
    context: Context, snapshot: Snapshot, query: ItemsQuery, page: Page
) -> dict[str, Any]:
    """Give the members of a feature collection beside its features."""
    notice = notice_of(snapshot, context.query.text("lang") or "en")
    return {
        **({NOTICE: notice} if notice else {}),
        "timeStamp": moment(),
        "numberMatched": page.matched,
        "numberReturned": len(page.rows),
        "links": page_links(context, query, page),
    }


def items_bytes(
    context: Context, snapshot: Snapshot, query: ItemsQuery, page: Page
) -> Iterator[bytes]:
    """Give a page as a GeoJSON feature collection, in pieces."""
    # Made as they are sent, so that the first byte need not wait for the last.
    features = joined_features(snapshot, page.frame, page.rows, query)
    return collection_bytes(features, collection_members(context, snapshot, query, page))


def items_body(
    context: Context, snapshot: Snapshot, query: ItemsQuery, page: Page
) -> dict[str, Any]:
    """Give a page as values, as the HTML page has it."""
    features = feature_documents(snapshot, page.frame, page.rows, query)
    members = collection_members(context, snapshot, query, page)
    return {"type": "FeatureCollection", **members, "features": features}


def file_bytes(
    context: Context, snapshot: Snapshot, query: ItemsQuery, page: Page
) -> Iterator[bytes]:
    """Give the features as a file of the format chosen, piece by piece.

    Raises
    ------
    InvalidInput
        The layer does not fit the format; raised before the first piece.
    """
    options = FormatOptions(
        crs=None if query.crs is None else query.crs_uri,
        properties=query.properties,
        bom=_switch(context.query, "bom") or False,
        hxl=_switch(context.query, "hxl") or False,
        wkt=_switch(context.query, "wkt"),
        title=query.collection.id,
    )
    options = file_options(
        options, query.collection.id, snapshot, context.query.text("lang") or "en"
    )
    frame = page.frame.iloc[page.rows]
    return stream(frame, query.collection.schema, context.offer.key, options)


def file_name(context: Context, query: ItemsQuery) -> str:
    """Give the name of a download."""
    return f"{query.collection.id}{FORMATS[context.offer.key].suffix}"


def _switch(query: Query, name: str) -> bool | None:
    text = query.text(name)
    if text is None:
        return None
    if text.lower() not in _SWITCHES:
        raise bad(name, f"is 0 or 1, not {text[:40]!r}.")
    return _SWITCHES[text.lower()]


def feature_of(snapshot: Snapshot, query: ItemsQuery, feature_id: str) -> tuple[int, bytes]:
    """Find one feature.

    Parameters
    ----------
    snapshot
        Where it is.
    query
        Names the layer and the form.
    feature_id
        Its id.

    Returns
    -------
    tuple
        Row of the layer's frame, and the feature's bytes.

    Raises
    ------
    NotFound
        The layer has none of that id.
    """
    frame = query.collection.frame(snapshot, query.risk)
    row = _row_of(frame, feature_id)
    if row < 0:
        raise NotFound(
            f"The layer {query.collection.id} has no feature {feature_id[:120]!r}.",
            code="no-feature",
        )
    return row, one_feature(snapshot, frame, row, query)


def _row_of(frame: gpd.GeoDataFrame, feature_id: str) -> int:
    try:
        return int(frame.index.get_loc(feature_id)) if _writable(feature_id) else -1
    except KeyError:
        return -1


def _writable(feature_id: str) -> bool:
    """Say whether a text can be an id at all: Arrow's texts are UTF-8."""
    return not any("\ud800" <= character <= "\udfff" for character in feature_id)


def feature_links(links: Links, query: ItemsQuery, own: list[Link]) -> list[Link]:
    """Give the links of one feature: itself, other forms, and its layer."""
    path = f"/collections/{segment(query.collection.id)}"
    return [
        *own,
        links.to(path, "collection", JSON, query.collection.title),
        links.to(f"{path}/items", "items", GEOJSON, query.collection.title),
        links.to(f"{path}/items", "items", HTML, query.collection.title, f="html"),
    ]
