"""The answers with features: one, alike for reads and writes; a page; a file."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
from starlette.responses import Response, StreamingResponse

from geodata.errors import NotFound
from geodata.formats import (
    COLLECTION_END,
    FORMATS,
    FormatOptions,
    collection_bytes,
    collection_head,
    stream,
)
from geodata.formats.options import NOTICE
from geodata.register import Snapshot
from geodata.register.layer import Ids
from service.collections import COLLECTIONS
from service.handouts import file_options, marked, notice_of
from service.http.files import file_answer
from service.http.negotiation import GEOJSON, HTML, JSON
from service.http.parameters import Query, bad
from service.http.representation import gzip_pieces, mark_coded, matches, tag_of_version
from service.http.request import Context, Link, Links, header, segment
from service.ogc.features import (
    deflated_features,
    feature_documents,
    joined_features,
    one_feature,
)
from service.ogc.query import ItemsQuery, read_items
from service.ogc.selection import Page, page_of
from service.tiles import archive
from service.tiles.answers import layer_of

_SWITCHES = {"1": True, "true": True, "0": False, "false": False}
Html = Callable[[dict[str, Any]], str]
STREAMED_FROM = 2_000
"""Features from which on a page is sent in pieces."""


@dataclass(frozen=True, slots=True)
class Written:
    """One feature as it is given, with what its tag rests on."""

    content: bytes
    version: int
    recorded_at: datetime


def feature_answer(
    context: Context,
    snapshot: Snapshot,
    feature_id: str,
    query: ItemsQuery | None = None,
    page: Html | None = None,
    written: Written | None = None,
) -> Response:
    """Give one feature.

    Parameters
    ----------
    context
        The request, read.
    snapshot
        Where the feature is.
    feature_id
        Its id.
    query
        Names the layer and the form; None = an incident as it is stored.
    page
        Makes the page for people; None where only data is given.
    written
        The incident as a change left it; None takes it from the snapshot.

    Returns
    -------
    Response
        With the feature's tag: an incident's stays the same until somebody changes it.

    Raises
    ------
    NotFound
        The layer has no feature of that id.
    """
    if query is None:
        query = read_items(Query(()), COLLECTIONS["incidents"], max_limit=1)
    collection = query.collection
    if written is None:
        row, content = feature_of(snapshot, query, feature_id)
    else:
        content = written.content
    if collection.id == "incidents":
        of = _revision_of(snapshot, row) if written is None else written
        moment = of.recorded_at.timestamp()
        form = (query.crs_uri, query.properties, *context.parts())
        tag = tag_of_version(snapshot, of.version, moment, feature_id, *form)
    else:
        tag = context.tag(snapshot, daily=collection.computed)
    links = feature_links(context.links, query, context.self_links())

    def make() -> bytes | str:
        # No timeStamp here: the tag says that the bytes stay while the record does.
        if page and context.html:
            return page({**orjson.loads(content), "links": links})
        return b'%b,"links":%b}' % (content[:-1], orjson.dumps(links))

    laid_out(snapshot).add(collection.id)
    headers = {"Content-Crs": f"<{query.crs_uri}>", "Link": header(links)}
    return context.answer(make, tag=tag, headers=headers)


def items_answer(
    context: Context,
    snapshot: Snapshot,
    query: ItemsQuery,
    html: Html | None = None,
    page: Page | None = None,
) -> Response:
    """Give features of a layer: a page of them, or a file.

    Parameters
    ----------
    context
        The request, read.
    snapshot
        Where the features are, in the view that may be given.
    query
        Which ones.
    html
        Makes the page for people of the values of the page; None where only data is given.
    page
        The features, if they are known.

    Returns
    -------
    Response
        In pieces where there are many features.
    """
    computed, paged = query.collection.computed, context.offer.key in ("json", "html")
    # A page says when it was given and may hold a form's token; a file is the same bytes.
    tag = context.tag(snapshot, daily=computed, strong=not paged)
    headers = {"Content-Crs": f"<{query.crs_uri}>", **context.cache_headers(tag)}
    if matches(context.request.headers.get("if-none-match"), tag):
        return context.answer(bytes, tag=tag, headers=headers)
    page = page or page_of(snapshot, query)
    links = page_links(context, query, page)
    headers["OGC-NumberMatched"] = str(page.matched)
    headers["OGC-NumberReturned"] = str(len(page.rows))
    near = (one for one in links if one["rel"] in ("self", "next", "prev"))
    headers["Link"] = header(near)
    if not paged:
        return _file(context, snapshot, query, page, tag, headers)
    if html is not None and context.html:
        body = items_body(context, snapshot, query, page, links)
        return context.answer(lambda: html(body), tag=tag, headers=headers)
    laid_out(snapshot).add(query.collection.id)
    members = collection_members(context, snapshot, page, links)
    return _collection(context, snapshot, query, page, members, headers)


def _collection(
    context: Context,
    snapshot: Snapshot,
    query: ItemsQuery,
    page: Page,
    members: dict[str, Any],
    headers: dict[str, str],
) -> Response:
    """Give a page as GeoJSON; as gzip of parts that were compressed before, where that is taken."""
    packed = next(iter(context.request.scope["state"].get("codings", ())), None) == "gzip"
    pieces: Iterable[bytes]
    if packed and len(page.rows):
        parts = deflated_features(snapshot, page, query)
        pieces = gzip_pieces(collection_head(members), parts, COLLECTION_END)
    else:
        features = joined_features(snapshot, page.frame, page.rows, query)
        pieces = collection_bytes(features, members)
    media_type = context.offer.media_type
    answer: Response
    if len(page.rows) >= STREAMED_FROM:
        # Made as they are sent, so that the first byte need not wait for the last.
        answer = StreamingResponse(pieces, media_type=media_type, headers=headers)
    else:
        answer = Response(b"".join(pieces), media_type=media_type, headers=headers)
    if packed and len(page.rows):
        mark_coded(answer.headers, "gzip")
    return answer


def _file(
    context: Context,
    snapshot: Snapshot,
    query: ItemsQuery,
    page: Page,
    tag: str,
    headers: dict[str, str],
) -> Response:
    name = marked(file_name(context, query), snapshot)
    request = context.request
    return file_answer(
        request,
        request.app.state.files,
        lambda: file_bytes(context, snapshot, query, page),
        tag=tag,
        media_type=context.offer.media_type,
        headers=headers | {"Content-Disposition": f'attachment; filename="{name}"'},
    )


def laid_out(snapshot: Snapshot) -> set[object]:
    """Give the layers of a snapshot that features were given of: the next costs little."""
    return snapshot.cached("laid-out", set[object])


def _revision_of(snapshot: Snapshot, row: int) -> Written:
    """Give version and moment of an incident; the columns are unpacked once a snapshot."""

    def unpack() -> tuple[Any, Any]:
        frame = snapshot.incidents
        versions = frame["version"].to_numpy(dtype="int64")
        return versions, frame["recorded_at"].to_numpy(dtype="datetime64[ms]").astype("int64")

    versions, moments = snapshot.cached("revisions", unpack)
    moment = datetime.fromtimestamp(int(moments[row]) / 1000, UTC)
    return Written(b"", int(versions[row]), moment)


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
    context: Context, snapshot: Snapshot, page: Page, links: list[Link]
) -> dict[str, Any]:
    """Give the members of a feature collection beside its features."""
    notice = notice_of(snapshot, context.query.text("lang") or "en")
    return {
        **({NOTICE: notice} if notice else {}),
        "timeStamp": moment(),
        "numberMatched": page.matched,
        "numberReturned": len(page.rows),
        "links": links,
    }


def items_body(
    context: Context, snapshot: Snapshot, query: ItemsQuery, page: Page, links: list[Link]
) -> dict[str, Any]:
    """Give a page as values, as the HTML page has it."""
    features = feature_documents(snapshot, page.frame, page.rows, query)
    members = collection_members(context, snapshot, page, links)
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
        by_space=not query.sort,
        title=query.collection.id,
    )
    options = file_options(
        options, query.collection.id, snapshot, context.query.text("lang") or "en"
    )
    if context.offer.key == archive.KEY:
        return _tiles(snapshot, query, page, options.notice)
    frame = page.frame.iloc[page.rows]
    return stream(frame, query.collection.schema, context.offer.key, options)


def _tiles(
    snapshot: Snapshot, query: ItemsQuery, page: Page, notice: str | None
) -> Iterator[bytes]:
    one = query.collection
    description = f"{notice}. {one.description}" if notice else one.description
    if query.crs is not None or query.properties is not None:
        raise bad("f", "is pmtiles, which has its own system and all properties.")
    mask = np.zeros(len(page.frame), dtype=bool)
    mask[page.rows] = True
    layer = layer_of(snapshot, one, query.risk)
    return archive.archive_bytes(layer, title=one.title, description=description, mask=mask)


def file_name(context: Context, query: ItemsQuery) -> str:
    """Give the name of a download."""
    key = context.offer.key
    suffix = archive.SUFFIX if key == archive.KEY else FORMATS[key].suffix
    return f"{query.collection.id}{suffix}"


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
    row = _row_of(frame, feature_id, snapshot.ids(query.collection.id))
    if row < 0:
        raise NotFound(
            f"The layer {query.collection.id} has no feature {feature_id[:120]!r}.",
            code="no-feature",
        )
    return row, one_feature(snapshot, frame, row, query)


def _row_of(frame: gpd.GeoDataFrame, feature_id: str, ids: Ids | None) -> int:
    if not _writable(feature_id):
        return -1
    if ids is not None:
        row = ids.row(feature_id)
        return -1 if row is None else row
    try:
        return int(frame.index.get_loc(feature_id))
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
