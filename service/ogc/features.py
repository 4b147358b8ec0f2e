"""Features given: as ready bytes, of which a page is a join; one, a page of them, or a file."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
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
from geodata.register.snapshot import Memo
from service.collections import COLLECTIONS
from service.handouts import file_options, marked, notice_of
from service.http.files import file_answer
from service.http.representation import (
    GEOJSON,
    HTML,
    JSON,
    Deflated,
    deflated,
    gzip_pieces,
    mark_coded,
    matches,
    tag_of_version,
)
from service.http.request import Context, Link, Links, Query, bad, header, segment, switch
from service.http.slices import Bytes, Slices
from service.ogc.query import ItemsQuery, Token, read_items
from service.ogc.ready import PIECE, ready_of
from service.ogc.selection import Page, page_of
from service.tiles import archive
from service.tiles.answers import layer_of

Rows = npt.NDArray[np.int64]
MOST_PAGES, MOST_DEFLATED = 1_024, 32 * 2**20
"""Pieces of compressed pages that a snapshot keeps, and bytes of them."""


def joined_features(
    snapshot: Snapshot, frame: gpd.GeoDataFrame, rows: Rows, query: ItemsQuery
) -> Iterator[list[Bytes]]:
    """Give rows of a layer as GeoJSON features, some thousand at a time.

    Yields
    ------
    list of memoryview
        Joined, features with commas between them; the pieces need one between each other.
    """
    ready = ready_of(snapshot, frame, query)
    for start in range(0, len(rows), PIECE):
        yield ready.slices(rows[start : start + PIECE])
    if len(rows) > PIECE:
        ready.leave()


def deflated_features(snapshot: Snapshot, page: Page, query: ItemsQuery) -> Iterator[Deflated]:
    """Give a page's features compressed, some thousand at a time, and the end of a collection.

    They are kept with the snapshot, whose view they are of: whole layers, and the pages asked
    for last.
    """
    kept: Memo = snapshot.cached("deflated", lambda: Memo(MOST_PAGES, MOST_DEFLATED))
    kept_long = not query.selects and len(page) <= STREAMED_FROM
    form = (page.key, query.crs_uri, query.properties)
    ready = ready_of(snapshot, page.frame, query)
    for start in range(0, len(page), PIECE):
        rows = page.rows[start : start + PIECE]
        end = COLLECTION_END if start + PIECE >= len(page) else b""

        def make(rows: Rows = rows, start: int = start, end: bytes = end) -> Deflated:
            return deflated([b"," if start else b"", *ready.slices(rows), end], kept=kept_long)

        yield kept.get((form, start, len(rows), end), make)
    if len(page) > PIECE:
        ready.leave()


def page_features(snapshot: Snapshot, page: Page, query: ItemsQuery) -> Slices | None:
    """Give a page's features, only to be joined; None where some are not made yet."""
    return ready_of(snapshot, page.frame, query).made(page.order, page.places)


def layer_features(snapshot: Snapshot, page: Page, query: ItemsQuery) -> bytes:
    """Give all features of a small layer in their order, joined once a snapshot."""
    ready = ready_of(snapshot, page.frame, query)
    return snapshot.cached(
        ("joined", query.collection.id), lambda: b"".join(ready.slices(page.rows))
    )


def one_feature(snapshot: Snapshot, frame: gpd.GeoDataFrame, row: int, query: ItemsQuery) -> Bytes:
    """Give one row of a layer as a GeoJSON feature; see `joined_features`."""
    return ready_of(snapshot, frame, query).one(row)


def feature_documents(
    snapshot: Snapshot, frame: gpd.GeoDataFrame, rows: Rows, query: ItemsQuery
) -> list[dict[str, Any]]:
    """Give rows of a layer as values; see `joined_features`."""
    pieces = (b"".join(piece) for piece in joined_features(snapshot, frame, rows, query))
    found: list[dict[str, Any]] = orjson.loads(b"[%b]" % b",".join(pieces))
    return found


Html = Callable[[dict[str, Any]], str]
STREAMED_FROM = 2_000
"""Features from which on a page is sent in pieces."""


@dataclass(frozen=True, slots=True)
class Written:
    """One feature as it is given, with what its tag rests on."""

    content: Bytes
    version: int
    moment: float
    """When that was recorded (`datetime.timestamp`)."""


@cache
def usual_query() -> ItemsQuery:
    """Give the query of an incident that nothing more is asked of."""
    return read_items(Query(()), COLLECTIONS["incidents"], max_limit=1)


def feature_answer(
    context: Context,
    snapshot: Snapshot,
    feature_id: str,
    query: ItemsQuery | None = None,
    page: Html | None = None,
    written: Written | None = None,
) -> Response:
    """Give one feature.

    With the feature's tag: an incident's stays the same until somebody changes it.

    Parameters
    ----------
    query
        Names the layer and the form; None = an incident as it is stored.
    page
        Makes the page for people; None where only data is given.
    written
        The incident as a change left it; None takes it from the snapshot.

    Raises
    ------
    NotFound
        The layer has no feature of that id.
    """
    if query is None:
        query = usual_query()
    collection = query.collection
    if written is None:
        row, content = feature_of(snapshot, query, feature_id)
    else:
        content = written.content
    if collection.id == "incidents":
        of = revision_of(snapshot, row) if written is None else (written.version, written.moment)
        tag = incident_tag(snapshot, of, feature_id, query, context.parts())
    else:
        tag = context.tag(snapshot, daily=collection.computed)
    links = feature_links(context.links, query, context.self_links())

    def make() -> bytes | str:
        # No timeStamp here: the tag says that the bytes stay while the record does.
        if page and context.html:
            return page({**orjson.loads(content), "links": links})
        return b"".join((content[:-1], feature_end(links)))

    laid_out(snapshot, collection.id).add(collection.id)
    return context.answer(make, tag=tag, headers=feature_headers(query, links))


def feature_headers(query: ItemsQuery, links: list[Link]) -> dict[str, str]:
    """Give the header of one feature, beside what all answers have."""
    return {"Content-Crs": f"<{query.crs_uri}>", "Link": header(links)}


def feature_end(links: list[Link]) -> bytes:
    """Give what stands behind a feature's own members, in place of its last brace."""
    return b',"links":%b}' % orjson.dumps(links)


def incident_tag(
    snapshot: Snapshot,
    of: tuple[int, float],
    feature_id: str,
    query: ItemsQuery,
    parts: tuple[object, ...],
) -> str:
    """Give the tag of an incident, which stays while nobody changes it.

    Parameters
    ----------
    of
        Its version and the moment of that.
    parts
        What else the answer is a function of (`Context.parts`).
    """
    form = (query.crs_uri, query.properties, *parts)
    return tag_of_version(snapshot, *of, feature_id, *form)


def items_answer(
    context: Context,
    snapshot: Snapshot,
    query: ItemsQuery,
    html: Html | None = None,
    page: Page | None = None,
) -> Response:
    """Give features of a layer: a page of them, or a file.

    In pieces where there are many features.

    Parameters
    ----------
    html
        Makes the page for people of the values of the page; None where only data is given.
    """
    computed, paged = query.collection.computed, context.offer.key in ("json", "html")
    # A page says when it was given and may hold a form's token; a file is the same bytes.
    tag = context.tag(snapshot, daily=computed, strong=not paged)
    headers = layer_headers(context, query, tag)
    if matches(context.request.headers.get("if-none-match"), tag):
        return context.answer(bytes, tag=tag, headers=headers)
    page = page_of(snapshot, query) if page is None else page
    links = page_links(context, query, page.next, page.previous)
    headers |= page_headers(page.matched, len(page), links)
    if not paged:
        return _file(context, snapshot, query, page, tag, headers)
    if html is not None and context.html:
        body = items_body(context, snapshot, query, page, links)
        return context.answer(lambda: html(body), tag=tag, headers=headers)
    laid_out(snapshot, query.collection.id).add(query.collection.id)
    members = _members(context, snapshot, page, links)
    return _collection(context, snapshot, query, page, members, headers)


def layer_headers(context: Context, query: ItemsQuery, tag: str) -> dict[str, str]:
    """Give the header of features of a layer that does not depend on which they are."""
    return {"Content-Crs": f"<{query.crs_uri}>", **context.cache_headers(tag)}


def page_headers(matched: object, returned: object, links: list[Link]) -> dict[str, str]:
    """Give the header that counts a page's features and names its neighbours."""
    near = (one for one in links if one["rel"] in ("self", "next", "prev"))
    return {
        "OGC-NumberMatched": str(matched),
        "OGC-NumberReturned": str(returned),
        "Link": header(near),
    }


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
    if packed and len(page):
        parts = deflated_features(snapshot, page, query)
        pieces = gzip_pieces(collection_head(members), parts)
    else:
        features = joined_features(snapshot, page.frame, page.rows, query)
        pieces = collection_bytes(features, members)
    media_type = context.offer.media_type
    answer: Response
    streamed = len(page) >= STREAMED_FROM
    if streamed:
        # Made as they are sent, so that the first byte need not wait for the last.
        answer = StreamingResponse(pieces, media_type=media_type, headers=headers)
    else:
        answer = Response(b"".join(pieces), media_type=media_type, headers=headers)
    if packed and len(page):
        mark_coded(answer.headers, "gzip")
        if not streamed:
            answer.headers["Content-Length"] = str(len(answer.body))
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


def laid_out(snapshot: Snapshot, layer_id: str) -> set[object]:
    """Give a layer of which features were given, and the kinds of pages: the next costs little.

    So it does after a write, which what is made of the layer follows.
    """
    key = ("laid-out", layer_id)
    return snapshot.carried(layer_id, key, set[object], lambda before, _rows: set(before))


def revision_of(snapshot: Snapshot, row: int) -> tuple[int, float]:
    """Give version and moment of an incident as `Written` has them, of columns not copied."""
    versions, moments, a_second = snapshot.cached("revisions", lambda: _revisions(snapshot))
    return versions[row], moments[row] / a_second


def _revisions(snapshot: Snapshot) -> tuple[memoryview, memoryview, int]:
    """Give the versions, the moments and how many of their units are a second."""
    frame = snapshot.incidents
    moments: Any = frame["recorded_at"].array
    whole = np.asarray(moments, f"datetime64[{moments.unit}]").view(np.int64)
    versions = frame["version"].to_numpy(dtype=np.int64, copy=False)
    a_second = int(np.timedelta64(1, "s") / np.timedelta64(1, moments.unit))
    return versions.data, whole.data, a_second


def moment() -> str:
    """Give the moment of the answer, as `timeStamp` has it."""
    return _moment_text(int(time.time()))


@lru_cache(maxsize=1)
def _moment_text(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def page_links(
    context: Context, query: ItemsQuery, following: Token | None, previous: Token | None
) -> list[Link]:
    """Give the links of a page of items: itself, other forms, next, prev, its layer."""
    found = context.self_links()
    for rel, title, token in (
        ("next", "Next page", following),
        ("prev", "Previous page", previous),
    ):
        if token is not None:
            text = token.write(query.sort)
            kind = context.offer.media_type
            found.append(context.links.here(rel, kind, title, drop=("offset",), token=text))
    path = f"/collections/{segment(query.collection.id)}"
    return [*found, context.links.to(path, "collection", JSON, query.collection.title)]


def collection_members(
    matched: object, returned: object, links: list[Link], at: str, notice: str = ""
) -> dict[str, Any]:
    """Give the members of a feature collection beside its features.

    Parameters
    ----------
    notice
        What has to be said of the view; empty = nothing.
    """
    return {
        **({NOTICE: notice} if notice else {}),
        "timeStamp": at,
        "numberMatched": matched,
        "numberReturned": returned,
        "links": links,
    }


def _members(context: Context, snapshot: Snapshot, page: Page, links: list[Link]) -> dict[str, Any]:
    notice = notice_of(snapshot, context.query.text("lang") or "en")
    return collection_members(page.matched, len(page), links, moment(), notice)


def items_body(
    context: Context, snapshot: Snapshot, query: ItemsQuery, page: Page, links: list[Link]
) -> dict[str, Any]:
    """Give a page as values, as the HTML page has it."""
    features = feature_documents(snapshot, page.frame, page.rows, query)
    members = _members(context, snapshot, page, links)
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
    return None if text is None else switch(text, name)


def feature_of(snapshot: Snapshot, query: ItemsQuery, feature_id: str) -> tuple[int, Bytes]:
    """Find one feature.

    Raises
    ------
    NotFound
        The layer has none of that id.
    """
    frame = query.collection.frame(snapshot, query.risk)
    row = row_of(frame, feature_id, snapshot.ids(query.collection.id))
    if row < 0:
        raise NotFound(
            f"The layer {query.collection.id} has no feature {feature_id[:120]!r}.",
            code="no-feature",
        )
    return row, one_feature(snapshot, frame, row, query)


def row_of(frame: gpd.GeoDataFrame, feature_id: str, ids: Ids | None) -> int:
    """Give the row of an id in a layer's frame; -1 where it has none."""
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
    return feature_id.isascii() or not any("\ud800" <= one <= "\udfff" for one in feature_id)


def feature_links(links: Links, query: ItemsQuery, own: list[Link]) -> list[Link]:
    """Give the links of one feature: itself, other forms, and its layer."""
    path = f"/collections/{segment(query.collection.id)}"
    return [
        *own,
        links.to(path, "collection", JSON, query.collection.title),
        links.to(f"{path}/items", "items", GEOJSON, query.collection.title),
        links.to(f"{path}/items", "items", HTML, query.collection.title, f="html"),
    ]
