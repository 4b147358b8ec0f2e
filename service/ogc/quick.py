"""What is asked for most, by everybody: the shortest way through the service.

One feature by its id, a page of features, a vector tile, as data and in the public view. What is
ready is given from the request's bytes alone, before any framework, thread or routing; what is
not takes a thread and the functions of the routes (`service.routes.features`,
`service.routes.tiles`). Both give the same: heads and links are forms that those very functions
filled in with marks, once.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from types import SimpleNamespace
from typing import Any, NamedTuple
from urllib.parse import quote

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from geodata.errors import GeodataError, InvalidInput
from geodata.formats import COLLECTION_END, collection_head
from geodata.register import Snapshot
from geodata.risk import RiskParameters
from service.collections import COLLECTIONS, systems_of
from service.http.representation import (
    CODINGS,
    FEATURE,
    ITEMS,
    LEAST,
    MOST_AT_ONCE,
    TILE,
    Answer,
    Form,
    Header,
    RawRequest,
    coded,
    coded_tag,
    gzip_pieces,
    head_lines,
    mark_coded,
    matches,
    names_tag,
    negotiate,
    open_to_sites,
    size_of,
    tag_of,
)
from service.http.request import EVERYWHERE, Context, Links, Query, root_at, root_of
from service.http.slices import Part, flat
from service.ogc.features import (
    collection_members,
    deflated_features,
    feature_answer,
    feature_end,
    feature_headers,
    feature_links,
    incident_tag,
    items_answer,
    laid_out,
    layer_features,
    layer_headers,
    moment,
    one_feature,
    page_features,
    page_headers,
    page_links,
    revision_of,
    row_of,
)
from service.ogc.query import ItemsQuery, Token, read_items, read_plain
from service.ogc.selection import Page, page_of, selects_at_once
from service.security.guard import secure
from service.settings import Settings
from service.tiles.answers import tile_answer, tile_content, tile_kept
from service.tiles.grid import TMS, Tile, tile_of

QUERIES = {
    one.id: ItemsQuery(one, RiskParameters(), 1, 0, None, None, None, (), (), None, None)
    for one in COLLECTIONS.values()
    if not one.computed
}
_ITEMS = {f"/collections/{name}/items": name for name in QUERIES}
_TILES = {
    f"/collections/{name}/tiles/{TMS}": name
    for name, one in QUERIES.items()
    if one.collection.schema.geometry is not None
}
_ID = re.compile(r"^[A-Za-z0-9_.:\-]{1,120}$")
_NUMBER = re.compile(r"^\d{1,6}$", re.ASCII)
_PLAIN = re.compile(rb"^[\w.\-:/,]+=[\w.\-:/,]+(?:&[\w.\-:/,]+=[\w.\-:/,]+)*$")
"""A query that is written as it came wherever it is linked to."""
_ROUTES = {
    "item": "/collections/{collection_id}/items/{feature_id:path}",
    "items": "/collections/{collection_id}/items",
    "tile": (
        "/collections/{collection_id}/tiles/{tile_matrix_set_id}/{tile_matrix}/{tile_row}"
        "/{tile_col}"
    ),
}
_NOTHING = Query(())
_SLOW = {*EVERYWHERE, "full", "crs", "properties", "sortby", "token"}
"""Parameters that need more than is looked at here."""
MOST_ROWS = 1_000
"""Features of a page that is given without a thread."""
MOST_KINDS = 1_000
"""Kinds of selections that are remembered to have been asked for."""
MOST_FORMS = 64
"""Forms of answers that are kept."""

Later = Callable[[], Response]


class _Place(NamedTuple):
    """What a path leads to."""

    kind: str
    layer: ItemsQuery
    feature_id: str = ""
    tile: Tile | None = None


def _place_of(path: str) -> _Place | None:
    name = _ITEMS.get(path)
    if name is not None:
        return _Place("items", QUERIES[name]) if name in QUERIES else None
    start, _, last = path.rpartition("/")
    name = _ITEMS.get(start)
    if name is not None and name in QUERIES and _ID.match(last):
        return _Place("item", QUERIES[name], last)
    parts = path.rsplit("/", 3)
    name = _TILES.get(parts[0])
    if name is None or name not in QUERIES or not all(_NUMBER.match(one) for one in parts[1:]):
        return None
    try:
        return _Place("tile", QUERIES[name], "", tile_of(parts[1], parts[2], parts[3]))
    except GeodataError:
        return None


class Quick:
    """Answers of one application that are ready, or nearly so."""

    def __init__(self, state: Any) -> None:
        self._state = state
        self._settings: Settings = state.settings
        self._forms: dict[object, Any] = {}

    def ready(self, asked: RawRequest) -> Answer | None:
        """Give an answer in the public view, if nothing has to be made for it.

        None where something has to be made, or is to be refused, or the request asks for anything
        else.

        Parameters
        ----------
        asked
            A request by the public, or by somebody who is to be given what the public is.
        """
        if asked.method not in ("GET", "HEAD"):
            return None
        header = asked.header
        place = header and _place_of(asked.path)
        if place is None or header is None:
            return None
        snapshot, layer_id = self._view(), place.layer.collection.id
        if snapshot is None:
            return None
        kinds = laid_out(snapshot, layer_id)
        # The first look at a layer lays all of it out: that takes a thread.
        if layer_id not in kinds or not _wanted(header.accept, place.kind):
            return None
        settings = self._settings
        root = root_at(settings.public_url, header.host, asked.server, asked.scheme)
        made = _Making(asked, header, snapshot, kinds, self._forms, place, root, settings.max_limit)
        return _WAYS[place.kind](made)

    def _view(self) -> Snapshot | None:
        """Give the newest public view."""
        register = self._state.register
        if register is None or register.store.round_trip:
            # Its newest revision is asked of another machine, which may take a while.
            return None
        snapshot: Snapshot = register.snapshot()
        return snapshot.public(self._settings.restricted_location)

    def later(self, request: Request) -> Later | None:
        """Give a function that answers the public in a thread with what is not ready.

        None where the request asks for anything else, or is to be refused; the function raises
        `NotFound` where a layer has no feature of an id.
        """
        scope = request.scope
        place = _place_of(scope["path"]) if scope["method"] in ("GET", "HEAD") else None
        if place is None:
            return None
        snapshot = self._view()
        if snapshot is None:
            return None
        answer = _LATER[place.kind](request, snapshot, place, self._settings)
        if answer is not None:
            request.state.view = snapshot.view
            scope["route"] = SimpleNamespace(path=_ROUTES[place.kind])
        return answer


class _Making(NamedTuple):
    """All that an answer is made of."""

    asked: RawRequest
    header: Header
    snapshot: Snapshot
    kinds: set[object]
    """Of pages that were given (`laid_out`)."""
    forms: dict[object, Any]
    """Heads and links that are filled in; they are of no revision."""
    place: _Place
    root: str
    max_limit: int

    def form(self, key: tuple[object, ...], make: Callable[[], Any]) -> Any:
        """Give what is filled in, made once."""
        kept = self.forms
        full = (self.place.kind, self.place.layer.collection.id, self.root, *key)
        found = kept.get(full)
        if found is None:
            if len(kept) >= MOST_FORMS:
                kept.clear()
            found = kept[full] = make()
        return found

    def given(
        self,
        body: tuple[Part, ...],
        tag: str,
        status: int,
        head: Callable[[], Response],
        coding: str | None = None,
        more: dict[bytes, bytes] | None = None,
        key: tuple[object, ...] = (),
    ) -> Answer:
        """Give an answer with its head filled in."""
        origin = self.asked.origin

        def make() -> Form:
            answer = head()
            if coding is not None:
                mark_coded(answer.headers, coding)
            if status == 200:
                answer.headers["Content-Length"] = "{length}"
            answer.headers["X-Request-ID"] = "{request}"
            secure(answer.headers, status, public=True)
            if origin is not None:
                open_to_sites(answer.headers, asked=origin)
            return Form(head_lines(answer), _MARKS)

        form: Form = self.form(("head", status, coding, origin, *key), make)
        values = {} if more is None else more
        values[b"tag"] = tag[tag.index('"') + 1 : -1].encode()
        values[b"length"] = b"%d" % size_of(body)
        values[b"request"] = self.asked.request_id.encode()
        return Answer(status, form.filled(values), body, _ROUTES[self.place.kind])


_OFFERS = {"item": FEATURE, "items": ITEMS, "tile": TILE}
_MARKS = {
    name: b"{%b}" % name
    for name in (b"tag", b"length", b"request", b"moment", b"matched", b"returned")
} | {
    # In links: all of the query, what goes before a further parameter, what goes before a token.
    b"next": b"%01=%01&token=%02",
    b"prev": b"%01=%01&token=%03",
    b"before": b"%01=%01&",
    b"query": b"?%01=%01",
    b"id": b"%04",
}
_MARKED = (("\x01", "\x01"),)
_STRONG, _WEAK = '"{tag}"', 'W/"{tag}"'


class _MarkedToken:
    """Stands for a token in a form."""

    def __init__(self, text: str) -> None:
        self._text = text

    def write(self, _sort: object) -> str:
        return self._text


def _marked(made: _Making, path: str, pairs: tuple[tuple[str, str], ...]) -> Context:
    offers = _OFFERS[made.place.kind]
    nobody = Request({"type": "http", "headers": [], "state": {}})
    return Context(nobody, Query(pairs), Links(made.root, path, pairs), offers[0], offers)


def _feature(made: _Making) -> Answer | None:
    asked, snapshot, place = made.asked, made.snapshot, made.place
    if asked.query:
        return None
    query, layer = place.layer, place.layer.collection
    frame = layer.frame(snapshot, query.risk)
    row = row_of(frame, place.feature_id, snapshot.ids(layer.id))
    if row < 0:
        return None
    parts = (made.root, asked.path, (), FEATURE[0].media_type)
    tag = (
        incident_tag(snapshot, revision_of(snapshot, row), place.feature_id, query, parts)
        if layer.id == "incidents"
        else tag_of(snapshot, *parts)
    )

    def context() -> tuple[Context, list[Any]]:
        one = _marked(made, f"/collections/{layer.id}/items/\x04", ())
        return one, feature_links(one.links, query, one.self_links())

    def headers() -> dict[str, str]:
        one, links = context()
        return feature_headers(query, links) | one.cache_headers(_STRONG)

    more = {b"id": quote(place.feature_id).encode()}
    if made.header.known_tags and (known := _known(made, tag, headers, more)):
        return known
    end: Form = made.form(("end",), lambda: Form(feature_end(context()[1]), _MARKS))
    feature = one_feature(snapshot, frame, row, query)
    body, coding = _coded(made, (feature[:-1], end.filled(more)))

    def head() -> Response:
        return Response(headers=headers(), media_type=FEATURE[0].media_type)

    return made.given(body, tag, 200, head, coding, more)


def _known(
    made: _Making, tag: str, headers: Callable[[], dict[str, str]], more: dict[bytes, bytes]
) -> Answer | None:
    """Confirm a tag that the client has; None where it has another."""
    header = made.header
    if not matches(header.known_tags, tag):
        return None
    if header.codings:
        each = (coded_tag(tag, coding) for coding in CODINGS)
        tag = next((one for one in each if names_tag(str(header.known_tags), one)), tag)
    return made.given((), tag, 304, lambda: Response(status_code=304, headers=headers()), more=more)


def _coded(made: _Making, body: tuple[Part, ...]) -> tuple[tuple[Part, ...], str | None]:
    """Compress a short body where the client takes that."""
    codings = made.header.codings
    if not codings or size_of(body) < LEAST:
        return body, None
    return (coded(codings[0], b"".join(flat(body))),), codings[0]


def _tile(made: _Making) -> Answer | None:
    asked, snapshot, query, tile = made.asked, made.snapshot, made.place.layer, made.place.tile
    if asked.query or tile is None or not tile_kept(snapshot, query, tile):
        return None
    kind = TILE[0].media_type
    tag = tag_of(snapshot, made.root, asked.path, (), kind)

    def headers() -> dict[str, str]:
        return _marked(made, "", ()).cache_headers(_STRONG)

    if made.header.known_tags and (known := _known(made, tag, headers, {})):
        return known
    content = tile_content(snapshot, query, tile)
    if not content:
        return made.given((), tag, 204, lambda: Response(status_code=204, headers=headers()))
    codings = made.header.codings
    coding = codings[0] if codings and len(content) >= LEAST else None
    if coding:
        content = tile_content(snapshot, query, tile, coding)
    return made.given(
        (content,), tag, 200, lambda: Response(headers=headers(), media_type=kind), coding
    )


def _page(made: _Making) -> Answer | None:
    asked, snapshot = made.asked, made.snapshot
    layer, kind = made.place.layer.collection, ITEMS[0].media_type
    pairs = _pairs(asked.query)
    if pairs is None or _kind(layer.id, pairs) not in made.kinds:
        return None
    query = read_plain(pairs, layer, max_limit=made.max_limit)
    if query is None or not selects_at_once(snapshot, query):
        return None
    tag = tag_of(snapshot, made.root, asked.path, pairs, kind, strong=False)
    if made.header.known_tags:
        known = _known(made, tag, lambda: layer_headers(_marked_page(made), query, _WEAK), {})
        if known is not None:
            return known
    page = page_of(snapshot, query)
    return _written(made, pairs, query, page, tag) if len(page) <= MOST_ROWS else None


def _written(
    made: _Making, pairs: tuple[tuple[str, str], ...], query: ItemsQuery, page: Page, tag: str
) -> Answer | None:
    snapshot, codings = made.snapshot, made.header.codings
    whole = not query.selects and len(page) == page.matched
    packed = whole and codings[:1] == ("gzip",) and len(page) > 0
    features: Part | None = b""
    if not packed and whole:
        features = layer_features(snapshot, page, query)
    elif not packed:
        features = page_features(snapshot, page, query)
    if features is None:
        return None
    shape = (page.next is None, page.previous is None)
    values = _values(made.asked.query, pairs, page.next, page.previous)
    values[b"matched"], values[b"returned"] = b"%d" % page.matched, b"%d" % len(page)
    values[b"moment"] = moment().encode()
    opening: Form = made.form(("begin", *shape), lambda: _page_begin(made, query, page))
    start = opening.filled(values)
    coding: str | None
    if packed:
        parts = deflated_features(snapshot, page, query)
        body: tuple[Part, ...] = tuple(gzip_pieces(start, parts))
        coding = "gzip"
    else:
        body = (start, features, COLLECTION_END)
        if codings and size_of(body) > MOST_AT_ONCE:
            return None
        body, coding = _coded(made, body)
    return made.given(body, tag, 200, lambda: _page_head(made, query, page), coding, values, shape)


def _marked_page(made: _Making) -> Context:
    return _marked(made, f"/collections/{made.place.layer.collection.id}/items", _MARKED)


def _page_links(made: _Making, query: ItemsQuery, page: Page) -> list[Any]:
    tokens: Any = (page.next and _MarkedToken("\x02"), page.previous and _MarkedToken("\x03"))
    return page_links(_marked_page(made), query, *tokens)


def _page_head(made: _Making, query: ItemsQuery, page: Page) -> Response:
    links = _page_links(made, query, page)
    found = layer_headers(_marked_page(made), query, _WEAK)
    return Response(
        headers=found | page_headers("{matched}", "{returned}", links),
        media_type=ITEMS[0].media_type,
    )


def _page_begin(made: _Making, query: ItemsQuery, page: Page) -> Form:
    links = _page_links(made, query, page)
    text = collection_head(collection_members("{matched}", "{returned}", links, "{moment}"))
    numbers = {b"matched": b'"{matched}"', b"returned": b'"{returned}"'}
    return Form(text, _MARKS | numbers)


def _pairs(query: bytes) -> tuple[tuple[str, str], ...] | None:
    """Read a query that is written as it came; None where it is any other."""
    if not query:
        return ()
    if not _PLAIN.match(query):
        return None
    parts = [part.partition("=") for part in query.decode("ascii").split("&")]
    pairs = tuple([(name, value) for name, _, value in parts])
    return pairs if len(dict(pairs)) == len(pairs) else None


def _kind(layer_id: str, pairs: Iterable[tuple[str, str]]) -> object:
    """Name what selections have in common that need the same of a layer: the first makes it."""
    return layer_id, frozenset([name for name, _ in pairs])


def _values(
    query: bytes,
    pairs: tuple[tuple[str, str], ...],
    following: Token | None,
    previous: Token | None,
) -> dict[bytes, bytes]:
    """Give how the query stands in the links of a page."""
    kept = query
    if b"offset=" in query:
        kept = "&".join(f"{name}={value}" for name, value in pairs if name != "offset").encode()
    lead = b"%b&token=" % kept if kept else b"token="
    return {
        b"query": b"?" + query if query else b"",
        b"before": query + b"&" if query else b"",
        b"next": lead + following.write(()).encode() if following else b"",
        b"prev": lead + previous.write(()).encode() if previous else b"",
    }


_WAYS: dict[str, Callable[[_Making], Answer | None]] = {
    "item": _feature,
    "items": _page,
    "tile": _tile,
}


def _feature_later(
    request: Request, snapshot: Snapshot, place: _Place, _settings: Any
) -> Later | None:
    context = _context(request, "item")
    if context is None or request.scope["query_string"]:
        return None
    return lambda: feature_answer(context, snapshot, place.feature_id, place.layer)


def _tile_later(
    request: Request, snapshot: Snapshot, place: _Place, _settings: Any
) -> Later | None:
    context, tile = _context(request, "tile"), place.tile
    if context is None or request.scope["query_string"] or tile is None:
        return None
    return lambda: tile_answer(context, snapshot, place.layer, tile)


def _page_later(request: Request, snapshot: Snapshot, place: _Place, settings: Any) -> Later | None:
    pairs = QueryParams(request.scope["query_string"]).multi_items()
    context = _context(request, "items", pairs)
    if context is None or not _SLOW.isdisjoint(name for name, _ in pairs):
        return None
    collection = place.layer.collection
    most = settings.max_limit
    try:
        # What most ask for needs none of the readers of all parameters, which take long to make.
        query = read_plain(pairs, collection, max_limit=most) or read_items(
            context.query,
            collection,
            max_limit=most,
            systems=partial(systems_of, snapshot, collection),
        )
    except GeodataError:
        return None

    def make() -> Response:
        answer = items_answer(context, snapshot, query)
        kinds = laid_out(snapshot, collection.id)
        if len(kinds) < MOST_KINDS:
            kinds.add(_kind(collection.id, pairs))
        return answer

    return make


_LATER: dict[str, Callable[..., Later | None]] = {
    "item": _feature_later,
    "items": _page_later,
    "tile": _tile_later,
}


def _context(
    request: Request, kind: str, pairs: list[tuple[str, str]] | None = None
) -> Context | None:
    """Read a request; None where the first of what is offered is not what is wanted."""
    if not _wanted(request.headers.get("accept"), kind):
        return None
    offers = _OFFERS[kind]
    try:
        query = Query(pairs) if pairs else _NOTHING
    except InvalidInput:
        return None
    links = Links(root_of(request), request.scope["path"], query.pairs)
    return Context(request, query, links, offers[0], offers)


@lru_cache(maxsize=64)
def _wanted(accept: str | None, kind: str) -> bool:
    offers = _OFFERS[kind]
    try:
        return negotiate(None, accept, offers) is offers[0]
    except InvalidInput:
        return False
