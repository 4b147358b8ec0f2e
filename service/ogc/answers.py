"""The answer with one feature, alike for reads and writes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from starlette.responses import Response

from geodata.register import Snapshot
from service.collections import COLLECTIONS
from service.http.parameters import Query
from service.http.request import Context, header
from service.http.tags import tag_of_version
from service.ogc import items
from service.ogc.query import ItemsQuery, read_items

Page = Callable[[dict[str, Any]], str]


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
    page: Page | None = None,
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
        row, content = items.feature_of(snapshot, query, feature_id)
    else:
        content = written.content
    if collection.id == "incidents":
        of = _revision_of(snapshot, row) if written is None else written
        moment = of.recorded_at.timestamp()
        form = (query.crs_uri, query.properties, *context.parts())
        tag = tag_of_version(snapshot, of.version, moment, feature_id, *form)
    else:
        tag = context.tag(snapshot, daily=collection.computed)
    links = items.feature_links(context.links, query, context.self_links())

    def make() -> bytes | str:
        # No timeStamp here: the tag says that the bytes stay while the record does.
        if page and context.html:
            return page({**orjson.loads(content), "links": links})
        return b'%b,"links":%b}' % (content[:-1], orjson.dumps(links))

    laid_out(snapshot).add(collection.id)
    headers = {"Content-Crs": f"<{query.crs_uri}>", "Link": header(links)}
    return context.answer(make, tag=tag, headers=headers)


def laid_out(snapshot: Snapshot) -> set[str]:
    """Give the layers of a snapshot that features were given of: the next costs little."""
    return snapshot.cached("laid-out", set[str])


def _revision_of(snapshot: Snapshot, row: int) -> Written:
    """Give version and moment of an incident; the columns are unpacked once a snapshot."""

    def unpack() -> tuple[Any, Any]:
        frame = snapshot.incidents
        versions = frame["version"].to_numpy(dtype="int64")
        return versions, frame["recorded_at"].to_numpy(dtype="datetime64[ms]").astype("int64")

    versions, moments = snapshot.cached("revisions", unpack)
    moment = datetime.fromtimestamp(int(moments[row]) / 1000, UTC)
    return Written(b"", int(versions[row]), moment)
