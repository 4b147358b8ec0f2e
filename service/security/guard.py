"""What every request passes: identity, limits of rate and size, headers, the log, sending twice.

``Idempotency-Key`` makes what adds to the register once. A client that lost the answer to a POST
sends it again with the same key and gets the same answer, with ``Idempotent-Replayed: true``; with
the same key and another body it is refused (422), for then one of the two would be lost in silence.
While the first is being made, and when the process was killed before it could be answered, the
second is a 409: whether the register holds it is to be looked up. Answers are kept for a day in the
register's database, so that it does not matter which process answers. Only what succeeded is kept:
what was refused changed nothing and may be corrected and sent again.
"""

import asyncio
import hashlib
import ipaddress
import logging
import re
import secrets
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import IO, TYPE_CHECKING, Any, Protocol

import orjson
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geodata.deferred import deferred
from geodata.errors import Conflict, Forbidden, GeodataError, InvalidInput, StoreError
from geodata.register.store import Clash
from service.http import problems
from service.http.representation import Answer, Header, RawRequest, header_of
from service.http.request import (
    SAFE_METHODS,
    Caller,
    Sessions,
    caller,
    is_damaged,
    same_origin,
)
from service.security import telemetry
from service.security.keys import KeyStore, parts_of
from service.security.tables import Tables, given_answers
from service.security.telemetry import (
    ACCESS,
    MOST_QUERY,
    Answered,
    AuditLog,
    how,
    who_and_what,
)
from service.settings import Settings

if TYPE_CHECKING:
    import sqlalchemy as sa
else:
    sa = deferred("sqlalchemy")

SMALL_BODY = 64 * 1024
"""Most bytes of a body without a key: as much as the form of the login needs, and more."""
MEMORY_BODY = 8 * 2**20
"""Most bytes of a body that is held in memory; only files are streamed to disk."""
WRONG_OF_ADDRESS = 20
"""Wrong keys a minute from one address before it has to wait."""
WRONG_OF_KEY = 10
"""Wrong secrets a minute for one key's id before it is not tried further."""


class RateLimit:
    """Requests a minute for one key or address, counted in each worker.

    Parameters
    ----------
    per_minute
        0 = no limit.
    """

    def __init__(self, per_minute: int) -> None:
        self._rule = parse(f"{per_minute}/minute") if per_minute else None
        # Two counters for each identity, whatever the limit: a list of hits would grow with it.
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def check(self, identity: str) -> None:
        """Count one request.

        Raises
        ------
        InvalidInput
            Too many in the last minute (429).
        """
        if self._rule is None or self._limiter.hit(self._rule, identity):
            return
        telemetry.REFUSED.labels("rate").inc()
        raise InvalidInput(
            f"More than {self._rule.amount} requests a minute: wait a minute and go on.",
            code="too-many-requests",
        )


class Brake:
    """Slows down who tries keys, without locking out those whose key worked before.

    Wrong keys are counted for an address and for the id that they name. Over the limit
    nothing is compared for a minute, but for keys that were right since the start: a wrong
    script in an office, or a stranger who knows a key's id, stops nobody at work.
    """

    def __init__(self) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._address = parse(f"{WRONG_OF_ADDRESS}/minute")
        self._key = parse(f"{WRONG_OF_KEY}/minute")
        self._right: dict[bytes, None] = {}

    def check(self, address: str, key_id: str, text: str) -> None:
        """Say whether a key may be tried now.

        Raises
        ------
        InvalidInput
            Too many wrong ones were tried in the last minute (429).
        """
        if _digest(text) in self._right:
            return
        free = self._limiter.test(self._address, "address", address)
        if free and (not key_id or self._limiter.test(self._key, "key", key_id)):
            return
        telemetry.REFUSED.labels("wrong-keys").inc()
        raise InvalidInput(
            "Too many wrong keys were tried: wait a minute and try again.",
            code="too-many-requests",
        )

    def note(self, address: str, key_id: str, text: str, *, right: bool) -> None:
        """Note what a key that was tried turned out to be."""
        if right:
            if len(self._right) > 10_000:
                self._right.clear()
            self._right[_digest(text)] = None
            return
        self._right.pop(_digest(text), None)
        self._limiter.hit(self._address, "address", address)
        if key_id:
            self._limiter.hit(self._key, "key", key_id)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def who_is(address: str) -> str:
    """Give what an address counts as: one host has a whole /64 of IPv6 addresses to choose from.

    Examples
    --------
    >>> who_is("2001:db8::17"), who_is("192.0.2.7")
    ('2001:db8::/64', '192.0.2.7')
    """
    if ":" not in address:
        return address
    try:
        found = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))


def too_large(limit: int) -> HTTPException:
    """Make the error of a body over the limit; the framework's own kind passes its parsers."""
    telemetry.REFUSED.labels("body").inc()
    return HTTPException(
        413, f"The body is larger than {limit / 2**20:g} MiB: send less at a time."
    )


def counted(receive: Receive, limit: int) -> Receive:
    """Wrap `receive` so that a body stops at `limit` bytes, whatever its header said.

    Raises
    ------
    HTTPException
        From the wrapped call, with the first byte over the limit (413).
    """
    seen = 0

    async def wrapped() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise too_large(limit)
        return message

    return wrapped


PAGE_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; "
    "worker-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'self'"
)

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Content-Security-Policy": PAGE_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}


VIEW = "Hazardmap-View"
"""Says whose view an answer shows; what is not public is never kept for offline use."""


def secure(headers: MutableHeaders, status: int, *, public: bool) -> None:
    """Add the headers that a handler did not set itself.

    Who is told that what he has is good (304) keeps the policy that it came with: browsers write
    the headers of such an answer over those that they keep, and a map allows its own scripts alone.
    """
    headers[VIEW] = "public" if public else "signed-in"
    for name, value in HEADERS.items():
        if status != 304 or value is not PAGE_POLICY:
            headers.setdefault(name, value)
    if (
        "content-security-policy" in headers
        and "frame-ancestors *" not in (headers["content-security-policy"])
    ):
        headers.setdefault("X-Frame-Options", "SAMEORIGIN")


log = logging.getLogger("hazardmap.access")
_ID = re.compile(r"^[\w\-]{8,64}$")
_KEY_ID = re.compile(r"^[0-9a-f]{12}$")
_HEALTH = ("/healthz", "/readyz", "/metrics")
_DAMAGED = (
    "The register is damaged: its numbers may be false, so none is given and nothing is taken. "
    "Tell the administrator: `hazardmap verify` says where, `hazardmap restore` brings the last "
    "backup back."
)
_TOLD = ("/static/", "/login", "/logout")
"""What a page that says so needs, and signing in and out."""
_DATA = "/collections/"
"""Below it lies what may be answered without routing."""
_EDITORS = {"imports": "import", "keys": "keys"}
"""First parts of paths that only hold what the public may not see, and what that is called."""


class Quick(Protocol):
    """Answers what many ask for below `_DATA`, in the public view, before any routing."""

    def ready(self, asked: RawRequest) -> Answer | None:
        """Give an answer that is ready; None where there is none."""

    def later(self, request: Request) -> Callable[[], Response] | None:
        """Give what makes an answer in a thread; None where the application has to."""


class Direct:
    """Answers of the public's requests that are ready, given by the connection itself.

    Without the application and its middleware: whatever they would do to such a request is done
    here, and what they would have to look at closer (a key, a cookie, another origin, a body) is
    left to them.
    """

    def __init__(self, state: Any, quick: Quick) -> None:
        self._state = state
        self._quick = quick

    def read(self, fields: Iterable[tuple[bytes, bytes]]) -> Header | None:
        """Read a header, names in small letters; None where the application has to look at it."""
        for name, value in fields:
            if name in _LOOKED_AT and (name, value.lower()) != _USUAL:
                return None
        return header_of(fields)

    def answer(
        self, method: str, url: bytes, header: Header, *, client: str, server: Any, scheme: str
    ) -> Answer | None:
        """Give an answer, counted and logged; None where the application has to.

        Parameters
        ----------
        client
            Its address; its connection has counted the request.
        server, scheme
            Where and how it came in.
        """
        started = time.perf_counter()
        if b"%" in url or not url.startswith(_DATA.encode()):
            return None
        path, _, query = url.partition(b"?")
        register, text = self._state.register, path.decode("latin-1")
        if register is None or is_damaged(register):
            return None
        asked = RawRequest(
            *(method, text, query, header, scheme, server),
            _request_id(header.request_id),
            header.origin,
        )
        answer = self._quick.ready(asked)
        if answer is None:
            return None
        seconds = time.perf_counter() - started
        of = (asked.request_id, method, text, answer.route, answer.status, client)
        ACCESS.add(Answered(time.time(), seconds, *of))
        return answer


_USUAL = (b"connection", b"keep-alive")
_LOOKED_AT = frozenset(
    name.encode()
    for name in (
        "authorization",
        "connection",
        "content-length",
        "cookie",
        "expect",
        "transfer-encoding",
        "upgrade",
    )
)
"""Fields that decide who asks, what for, or how the answer is to be given."""


def _request_id(given: str) -> str:
    """Call a request as its client does, where that is a name; else by one of ours."""
    return given if given and _ID.match(given) else _own_id()


def _own_id() -> str:
    """Give an id that nobody can guess; the system is asked for many at once."""
    try:
        return _DRAWN.pop()
    except IndexError:
        drawn = secrets.token_hex(8 * 256)
        _DRAWN.extend(drawn[start : start + 16] for start in range(16, len(drawn), 16))
        return drawn[:16]


_DRAWN: list[str] = []


class Guard:
    """Gives each request an id and a caller, holds it to the limits, counts and logs it."""

    def __init__(
        self,
        app: ASGIApp,
        settings: Settings,
        sessions: Sessions,
        rate: RateLimit,
        quick: Quick,
    ) -> None:
        self._app = app
        self._settings = settings
        self._sessions = sessions
        self._rate = rate
        self._audit = AuditLog(settings.data)
        self._under_way = 0
        self._quick = quick

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, or answer it with the problem found."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        started = time.perf_counter()
        request.state.request_id = _request_id(request.headers.get("x-request-id", ""))
        status = 500

        async def finish(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                answer = MutableHeaders(scope=message)
                answer["X-Request-ID"] = request.state.request_id
                secure(answer, status, public=caller(request).role == "public")
            await send(message)

        with telemetry.IN_FLIGHT.track_inprogress(), self._counted():
            try:
                self._not_too_many(scope)
                limit = await self._admit(request, scope)
                _refuse_where_damaged(request, scope)
                quick = scope["path"].startswith(_DATA) and caller(request).role == "public"
                answer = self._ready(request, scope) if quick else None
                later = self._quick.later(request) if quick and answer is None else None
                if answer is not None:
                    await answer(scope, receive, finish)
                elif later is not None:
                    await (await run_in_threadpool(later))(scope, receive, finish)
                else:
                    await self._app(scope, counted(receive, limit), finish)
            except GeodataError as error:
                await problems.of_domain(request, error)(scope, receive, finish)
            except HTTPException as error:
                await problems.of_http(request, error)(scope, receive, finish)
            finally:
                self._record(request, scope, status, time.perf_counter() - started)

    def _ready(self, request: Request, scope: Scope) -> Answer | None:
        answer = self._quick.ready(RawRequest.of(scope, request.state.request_id))
        if answer is not None:
            request.state.view = "public"
            scope["route"] = SimpleNamespace(path=answer.route)
        return answer

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

    def _not_too_many(self, scope: Scope) -> None:
        """Refuse a request where too many are under way: each of them holds memory and waits.

        Not those that ask how the service fares: it is alive, and its operator wants to know.
        """
        if self._under_way <= self._settings.max_requests or scope["path"] in _HEALTH:
            return
        telemetry.REFUSED.labels("busy").inc()
        raise StoreError(
            "Too many requests are under way: try again in a few seconds.", code="busy"
        )

    async def _admit(self, request: Request, scope: Scope) -> int:
        """Find the caller before anything is read; give the most bytes that its body may have."""
        address = who_is(address_of(request))
        # The server's connection has counted its own address with the first byte.
        if getattr(request.state, "counted", None) != address_of(request):
            self._rate.check(address)
        keys: KeyStore | None = getattr(scope["app"].state, "keys", None)
        if keys is not None:
            request.state.caller = await self._caller(request, keys)
        who = caller(request)
        if who.key_id is not None:
            self._rate.check(f"key:{who.key_id}")
        return self._most(request, who)

    def _most(self, request: Request, who: Caller) -> int:
        """Refuse a body that is too large by its own word; without a key little is read."""
        limit = int(self._settings.max_body_mb * 2**20)
        if not request.headers.get("content-type", "").startswith("multipart/form-data"):
            limit = min(limit, MEMORY_BODY)
        length = request.headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > limit:
            raise too_large(limit)
        if who.may("editor"):
            return limit
        if int(length) > SMALL_BODY:
            who.require("editor")
        return min(limit, SMALL_BODY)

    async def _caller(self, request: Request, keys: KeyStore) -> Caller:
        given = request.headers.get("authorization", "")
        if given:
            scheme, _, text = given.partition(" ")
            found = None
            if scheme.lower() == "bearer":
                found = await tried(request, keys, text.strip())
            if found is None:
                raise InvalidInput(
                    "The key is not valid, has expired, or was revoked: ask your administrator "
                    "for one.",
                    code="unauthorised",
                )
            return found
        token = self._sessions.token(request)
        found = await asyncio.to_thread(keys.by_session, token) if token else None
        if found is None:
            return Caller()
        if writes(request) and not same_origin(request, self._settings.public_url):
            raise Forbidden("This change came from another site's page and was not made.")
        return found

    def _record(self, request: Request, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "unknown")
        method = scope["method"]
        method = method if method.isalpha() and len(method) < 10 else "OTHER"
        telemetry.count(method, route, status, seconds)
        who, path, client = caller(request), scope["path"], address_of(request)
        common = who_and_what(request.state.request_id, method, path, status, client, who.key_id)
        ACCESS.write(**common, **how(seconds, who.role))
        if who.key_id is None:
            return
        what = _EDITORS.get(path.split("/")[1])
        if what is None and getattr(request.state, "view", None) == "full" and status < 400:
            what = "read"
        if what is not None:
            query = request.url.query[:MOST_QUERY]
            own = {"name": who.name, "role": who.role, "session": who.session, "query": query}
            self._audit.note(what, **common, **own)


def _refuse_where_damaged(request: Request, scope: Scope) -> None:
    """Refuse numbers of a register that was altered, and writes that a restore would undo.

    Pages for people stay, each with its banner; nothing that is handed on (map, sheet, file,
    layer) is made.
    """
    path = scope["path"]
    if not is_damaged(scope["app"].state.register):
        return
    if path in _HEALTH or path.startswith(_TOLD):
        return
    handed_on = path.startswith("/maps/") or "." in path.rsplit("/", 1)[-1]
    if handed_on or writes(request) or not problems.wants_html(request):
        raise StoreError(_DAMAGED, code="corrupt")
    # A page that the browser holds from before bears no banner.
    scope["headers"] = [pair for pair in scope["headers"] if pair[0] != b"if-none-match"]


async def tried(request: HTTPConnection, keys: KeyStore, text: str) -> Caller | None:
    """Try a key that somebody gave, behind the brake on wrong ones; None where it is wrong.

    Raises
    ------
    InvalidInput
        Too many wrong ones were tried (429).
    """
    brake: Brake = request.app.state.brake
    address, key_id = who_is(address_of(request)), parts_of(text)[0]
    brake.check(address, key_id, text)
    found = await asyncio.to_thread(keys.check, text)
    brake.note(address, key_id, text, right=found is not None)
    if found is None:
        named = key_id if _KEY_ID.match(key_id) else None
        log.warning("wrong key", extra={"client": address_of(request), "key": named})
    return found


def address_of(connection: HTTPConnection) -> str:
    """Give the client's address: behind a trusted proxy the one that the proxy names."""
    return connection.client.host if connection.client else "-"


def writes(connection: HTTPConnection) -> bool:
    """Say whether the request's method may change something."""
    return connection.scope["method"] not in SAFE_METHODS


HEADER = "idempotency-key"
REPLAYED = (b"idempotent-replayed", b"true")
PATHS = frozenset({"/collections/incidents/items", "/imports"})
AGE = timedelta(hours=24)
MOST_KEY = 255
MOST_ANSWER = 16 * 2**20
"""Bytes of an answer up to which it is kept."""
IN_MEMORY = 1 << 20
PIECE = 1 << 16
_KEY = re.compile(r"^[\x21-\x7e]{1,255}$")
_BOUNDARY = re.compile(rb'boundary="?([^";]{1,70})')
_KEPT = (b"content-type", b"content-language", b"etag", b"link", b"location", b"content-crs")


class Once:
    """Answers a repeated request with the first one's answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._tables: Tables | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, unless it was answered already."""
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] not in PATHS:
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        key, who = request.headers.get(HEADER), caller(request)
        if key is None or not who.may("editor"):
            await self._app(scope, receive, send)
            return
        if not _KEY.match(key):
            raise InvalidInput(
                f"Idempotency-Key has 1 to {MOST_KEY} visible ASCII characters: send e.g. a UUID.",
                code="bad-idempotency-key",
                details=[
                    {
                        "field": "Idempotency-Key",
                        "reason": "has to be 1 to 255 visible ASCII characters, e.g. a UUID",
                    }
                ],
            )
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as body:
            digest = await _taken(receive, body, _boundary(scope))
            await self._once(scope, send, _slot(scope, who, key), digest, body)

    async def _once(self, scope: Scope, send: Send, slot: str, digest: str, body: Any) -> None:
        answers = self._answers(scope)
        found = await asyncio.to_thread(_claim, answers, slot, digest)
        if found is not None:
            status, headers, content = found
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": content})
            return
        answer = _BufferedAnswer(send)
        try:
            await self._app(scope, _replaying(body), answer.send)
        finally:
            if answer.good:
                await asyncio.to_thread(_keep, answers, slot, answer)
            else:
                await asyncio.to_thread(_release, answers, slot)
        await answer.finish()

    def _answers(self, scope: Scope) -> Tables:
        if self._tables is None:
            self._tables = Tables(scope["app"].state.register.store)
        return self._tables


class _BufferedAnswer:
    """An answer on its way: its last piece is held back until it is kept."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._last: Message | None = None
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = bytearray()

    @property
    def good(self) -> bool:
        return self._last is not None and 200 <= self.status < 400

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = [(n, v) for n, v in message.get("headers", ()) if n.lower() in _KEPT]
        elif message["type"] == "http.response.body":
            if len(self.body) <= MOST_ANSWER:
                self.body += message.get("body", b"")
            if not message.get("more_body", False):
                self._last = message
                return
        await self._send(message)

    async def finish(self) -> None:
        if self._last is not None:
            await self._send(self._last)


def _slot(scope: Scope, who: Caller, key: str) -> str:
    """Name what a key stands for: that of one holder, for one address with its query."""
    parts = (who.key_id, scope["path"], scope["query_string"].decode("latin-1"), key)
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()


def _boundary(scope: Scope) -> bytes:
    kind = next((v for n, v in scope["headers"] if n == b"content-type"), b"")
    match = _BOUNDARY.search(kind)
    return match[1] if match else b""


async def _taken(receive: Receive, body: IO[bytes], boundary: bytes) -> str:
    """Take a body to memory or disk; give its digest, whatever boundary its parts have."""
    digest, rest = hashlib.sha256(), b""
    keep = max(len(boundary) - 1, 0)
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        piece = message.get("body", b"")
        body.write(piece)
        # A client that sends the same form again makes up a new boundary.
        rest += piece
        rest = rest.replace(boundary, b"") if boundary else rest
        cut = max(len(rest) - keep, 0)
        digest.update(rest[:cut])
        rest = rest[cut:]
        more = message.get("more_body", False)
    digest.update(rest)
    body.seek(0)
    return digest.hexdigest()


def _replaying(body: IO[bytes]) -> Receive:
    ended = False

    async def receive() -> Message:
        nonlocal ended
        if ended:
            return {"type": "http.disconnect"}
        piece = body.read(PIECE)
        ended = len(piece) < PIECE
        return {"type": "http.request", "body": piece, "more_body": not ended}

    return receive


def _claim(
    tables: Tables, slot: str, digest: str
) -> tuple[int, list[tuple[bytes, bytes]], bytes] | None:
    """Claim a slot for a request; give the answer it has already, or None where it is free.

    Raises
    ------
    InvalidInput
        The key was used for another body (422).
    Conflict
        The first request is being made, or was never answered (409).
    """
    now = datetime.now(UTC)
    try:
        with tables.connect() as connection:
            connection.execute(
                sa.delete(given_answers()).where(given_answers().c.given_at < now - AGE)
            )
            connection.execute(
                sa.insert(given_answers()), {"slot": slot, "request": digest, "given_at": now}
            )
    except Clash:
        with tables.connect() as connection:
            found = sa.select(given_answers()).where(given_answers().c.slot == slot)
            row = connection.execute(found).mappings().one_or_none()
    else:
        return None
    if row is not None and row["request"] != digest:
        raise InvalidInput(
            "This Idempotency-Key was used for a request with another body. Nothing was done: "
            "send each request with a key of its own.",
            code="idempotency-key-reused",
        )
    if row is None or row["status"] is None:
        raise Conflict(
            "The first request with this Idempotency-Key is not answered yet. Ask again in a "
            "moment; if it stays so, the service was stopped meanwhile: look whether the "
            "register holds what was sent.",
            code="idempotency-key-in-use",
        )
    headers = [(n.encode("latin-1"), v.encode("latin-1")) for n, v in orjson.loads(row["headers"])]
    length = (b"content-length", str(len(row["body"])).encode())
    return row["status"], [*headers, length, REPLAYED], bytes(row["body"])


def _keep(tables: Tables, slot: str, answer: _BufferedAnswer) -> None:
    if len(answer.body) > MOST_ANSWER:
        return  # The slot stays claimed, so that nothing is made twice.
    headers = [(n.decode("latin-1").lower(), v.decode("latin-1")) for n, v in answer.headers]
    values = {"status": answer.status, "headers": orjson.dumps(headers).decode()}
    with tables.connect() as connection:
        change = sa.update(given_answers()).where(given_answers().c.slot == slot)
        connection.execute(change.values(**values, body=bytes(answer.body)))


def _release(tables: Tables, slot: str) -> None:
    with tables.connect() as connection:
        connection.execute(sa.delete(given_answers()).where(given_answers().c.slot == slot))
