"""What is asked for most, by everybody: the shortest way through the service.

One feature by its id, a page of features, a vector tile, as data and in the public view. None
of them needs anything of the framework's routing, and what is ready takes no thread. What is
given is what the routes give (`service.routes.features`, `service.routes.tiles`): the same
functions answer.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from types import SimpleNamespace

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from geodata.errors import GeodataError, InvalidInput
from geodata.register import Snapshot
from geodata.risk import RiskParameters
from service.collections import COLLECTIONS, systems_of
from service.http.negotiation import FEATURE, ITEMS, TILE, Offer, negotiate
from service.http.parameters import EVERYWHERE, Query
from service.http.request import Context, Links, caller, root_of
from service.ogc.features import feature_answer, features_ready, items_answer, laid_out
from service.ogc.query import ItemsQuery, read_items
from service.ogc.selection import page_of
from service.tiles.answers import tile_answer, tile_kept
from service.tiles.grid import TMS, tile_of

_LAYER = r"^/collections/([a-z\-]{1,40})"
_ONE = re.compile(_LAYER + r"/items/([A-Za-z0-9_.:\-]{1,120})$")
_ITEMS = re.compile(_LAYER + r"/items$")
_TILE = re.compile(_LAYER + rf"/tiles/{TMS}/(\d{{1,2}})/(\d{{1,6}})/(\d{{1,6}})$")
_ROUTES = {
    _ONE: SimpleNamespace(path="/collections/{collection_id}/items/{feature_id:path}"),
    _ITEMS: SimpleNamespace(path="/collections/{collection_id}/items"),
    _TILE: SimpleNamespace(
        path="/collections/{collection_id}/tiles/{tile_matrix_set_id}/{tile_matrix}/{tile_row}"
        "/{tile_col}"
    ),
}
_NOTHING = Query(())
_QUERIES = {
    one.id: ItemsQuery(one, RiskParameters(), 1, 0, None, None, None, (), (), None, None)
    for one in COLLECTIONS.values()
    if not one.computed
}
_SLOW = {*EVERYWHERE, "full", "crs", "properties", "sortby", "token"}
"""Parameters that need more than is looked at here."""
MOST_AT_ONCE = 1_000
"""Features of a page that is given without a thread."""
MOST_HELD = 250_000
"""Rows of a layer up to which selecting some takes no thread."""

Later = Callable[[], Response]


def quick_answer(request: Request) -> Response | Later | None:
    """Answer a request for data that many ask for, in the public view.

    Parameters
    ----------
    request
        Admitted: its caller is known.

    Returns
    -------
    Response, function or None
        A function has to be called in a thread, for it takes a while. None where the request
        asks for anything else, or is to be refused.

    Raises
    ------
    NotFound
        The layer has no feature of that id.
    """
    scope = request.scope
    path = scope["path"]
    if scope["method"] not in ("GET", "HEAD") or not path.startswith("/collections/"):
        return None
    kind, asked = next(
        ((one, found) for one in _ROUTES if (found := one.match(path))), (None, None)
    )
    query = _QUERIES.get(asked[1]) if asked else None
    if kind is None or asked is None or query is None or caller(request).role != "public":
        return None
    state = scope["app"].state
    if state.register.store.round_trip:
        # Its newest revision is asked of another machine, which may take a while.
        return None
    snapshot = state.register.snapshot().public(state.settings.restricted_location)
    if asked[1] not in laid_out(snapshot):
        # The first look at a new revision lays the whole layer out: that takes a thread.
        return None
    answer = _WAYS[asked.re](request, snapshot, query, asked)
    if answer is not None:
        request.state.view = snapshot.view
        scope["route"] = _ROUTES[asked.re]
    return answer


def _feature(
    request: Request, snapshot: Snapshot, query: ItemsQuery, asked: re.Match[str]
) -> Response | Later | None:
    context = _context(request, FEATURE)
    if context is None or request.scope["query_string"]:
        return None
    return feature_answer(context, snapshot, asked[2], query)


def _tile(
    request: Request, snapshot: Snapshot, query: ItemsQuery, asked: re.Match[str]
) -> Response | Later | None:
    context = _context(request, TILE)
    if context is None or request.scope["query_string"]:
        return None
    try:
        where = tile_of(asked[2], asked[3], asked[4])
    except GeodataError:
        return None
    if query.collection.schema.geometry is None:
        return None
    if tile_kept(snapshot, query, where):
        return tile_answer(context, snapshot, query, where)
    return lambda: tile_answer(context, snapshot, query, where)


def _page(
    request: Request, snapshot: Snapshot, layer: ItemsQuery, _asked: re.Match[str]
) -> Response | Later | None:
    pairs = QueryParams(request.scope["query_string"]).multi_items()
    given = {name for name, _ in pairs}
    context = _context(request, ITEMS, pairs)
    if context is None or not given.isdisjoint(_SLOW):
        return None
    collection, settings = layer.collection, request.scope["app"].state.settings
    try:
        query = read_items(
            context.query,
            collection,
            max_limit=settings.max_limit,
            systems=systems_of(snapshot, collection),
        )
    except GeodataError:
        return None
    few = query.limit is not None and query.limit <= MOST_AT_ONCE
    held = len(collection.frame(snapshot, query.risk))
    # What a selection needs of the layer is made by the first who asks for its kind.
    kind = (collection.id, frozenset(given))
    if kind in laid_out(snapshot) and few and held <= MOST_HELD and "filter" not in given:
        page = page_of(snapshot, query)
        packed = request.state.codings[:1] == ("gzip",) and len(page.rows) > MOST_AT_ONCE // 10
        if features_ready(snapshot, page, query) and not packed:
            return items_answer(context, snapshot, query, page=page)
        return lambda: items_answer(context, snapshot, query, page=page)

    def make() -> Response:
        answer = items_answer(context, snapshot, query)
        if len(laid_out(snapshot)) < MOST_KINDS:
            laid_out(snapshot).add(kind)
        return answer

    return make


MOST_KINDS = 1_000
"""Kinds of selections that are remembered to have been asked for."""
_WAYS = {_ONE: _feature, _ITEMS: _page, _TILE: _tile}


def _context(
    request: Request, offers: tuple[Offer, ...], pairs: list[tuple[str, str]] | None = None
) -> Context | None:
    """Read a request; None where the first of what is offered is not what is wanted."""
    if not _wanted(request.headers.get("accept"), offers):
        return None
    try:
        query = Query(pairs) if pairs else _NOTHING
    except InvalidInput:
        return None
    links = Links(root_of(request), request.scope["path"], query.pairs)
    return Context(request, query, links, offers[0], offers)


@lru_cache(maxsize=64)
def _wanted(accept: str | None, offers: tuple[Offer, ...]) -> bool:
    try:
        return negotiate(None, accept, offers) is offers[0]
    except InvalidInput:
        return False
