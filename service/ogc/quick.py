"""One feature by its id, for everybody: the shortest way through the service.

Nothing here waits, so it takes no thread, and it needs nothing of the framework's routing.
What is given is what the route gives (`service.routes.features`): the same function answers.
"""

import re
from functools import lru_cache
from types import SimpleNamespace

from starlette.requests import Request
from starlette.responses import Response

from geodata.errors import InvalidInput
from geodata.risk import RiskParameters
from service.auth import caller
from service.collections import COLLECTIONS
from service.http.media import FEATURE, negotiate
from service.http.parameters import Query
from service.http.reader import root_of
from service.http.request import Context, Links
from service.ogc.answers import feature_answer, laid_out
from service.ogc.query import ItemsQuery

_PATH = re.compile(r"^/collections/([a-z\-]{1,40})/items/([A-Za-z0-9_.:\-]{1,120})$")
_ROUTE = SimpleNamespace(path="/collections/{collection_id}/items/{feature_id:path}")
_NOTHING = Query(())
_QUERIES = {
    one.id: ItemsQuery(one, RiskParameters(), 1, 0, None, None, None, (), (), None, None)
    for one in COLLECTIONS.values()
    if not one.computed
}


def quick_feature(request: Request) -> Response | None:
    """Answer a request for one feature as data, without any parameter, in the public view.

    Parameters
    ----------
    request
        Admitted: its caller is known.

    Returns
    -------
    Response or None
        None where the request asks for anything else.

    Raises
    ------
    NotFound
        The layer has no feature of that id.
    """
    scope = request.scope
    if scope["method"] not in ("GET", "HEAD") or scope["query_string"]:
        return None
    asked = _PATH.match(scope["path"])
    query = _QUERIES.get(asked[1]) if asked else None
    if asked is None or query is None or caller(request).role != "public":
        return None
    if not _as_data(request.headers.get("accept")):
        return None
    state = scope["app"].state
    if state.register.store.round_trip:
        # Its newest revision is asked of another machine, which may take a while.
        return None
    snapshot = state.register.snapshot().public(state.settings.restricted_location)
    if asked[1] not in laid_out(snapshot):
        # The first look at a new revision lays the whole layer out: that takes a thread.
        return None
    request.state.view = snapshot.view
    scope["route"] = _ROUTE
    links = Links(root_of(request), scope["path"])
    context = Context(request, _NOTHING, links, FEATURE[0], FEATURE)
    return feature_answer(context, snapshot, asked[2], query)


@lru_cache(maxsize=64)
def _as_data(accept: str | None) -> bool:
    try:
        return negotiate(None, accept, FEATURE) is FEATURE[0]
    except InvalidInput:
        return False
