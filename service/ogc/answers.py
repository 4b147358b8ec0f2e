"""The answer with one feature, alike for reads and writes."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson
import pandas as pd
from starlette.responses import Response

from geodata.register import Snapshot
from service.collections import COLLECTIONS
from service.http.context import Context
from service.http.links import header
from service.http.query import Query
from service.http.tags import tag_of_version
from service.ogc import items
from service.ogc.params.items import ItemsQuery, read_items

Page = Callable[[dict[str, Any]], str]


def feature_answer(
    context: Context,
    snapshot: Snapshot,
    feature_id: str,
    query: ItemsQuery | None = None,
    page: Page | None = None,
    feature: Mapping[str, Any] | None = None,
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
    feature
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
    frame, row = None, 0
    if feature is None:
        frame = collection.frame(snapshot, query.risk)
        row, raw = items.feature_of(snapshot, query, feature_id)
        feature = orjson.loads(raw)
    if collection.id == "incidents":
        # The properties asked for need not be among these two.
        version, recorded_at = (
            feature["properties"][name] if frame is None else frame[name].iloc[row]
            for name in ("version", "recorded_at")
        )
        moment = pd.Timestamp(recorded_at).timestamp()
        form = (query.crs_uri, query.properties, *context.parts())
        tag = tag_of_version(snapshot, version, moment, feature_id, *form)
    else:
        tag = context.tag(snapshot, daily=collection.computed)
    links = items.feature_links(context.links, query, context.self_links())

    def make() -> bytes | str:
        # No timeStamp here: the tag says that the bytes stay while the record does.
        body = {**feature, "links": links}
        return page(body) if page and context.html else orjson.dumps(body)

    headers = {"Content-Crs": f"<{query.crs_uri}>", "Link": header(links)}
    return context.answer(make, tag=tag, headers=headers)
