"""The same request sent twice is made once: ``Idempotency-Key`` on what adds to the register.

A client that lost the answer to a POST sends it again with the same key and gets the same
answer, with ``Idempotent-Replayed: true``; with the same key and another body it is refused
(422), for then one of the two would be lost in silence. While the first is being made, and
when the process was killed before it could be answered, the second is a 409: whether the
register holds it is to be looked up. Answers are kept for a day in the register's database,
so that it does not matter which process answers. Only what succeeded is kept: what was
refused changed nothing and may be corrected and sent again.
"""

import asyncio
import hashlib
import re
import tempfile
from datetime import UTC, datetime, timedelta
from typing import IO, Any

import orjson
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geodata.errors import Conflict, InvalidInput
from service.http.request import caller
from service.security.keys import Caller
from service.security.tables import ANSWERS, Tables

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
        answer = _Answer(send)
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
            self._tables = Tables(scope["app"].state.register.store.engine)
        return self._tables


class _Answer:
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
            connection.execute(sa.delete(ANSWERS).where(ANSWERS.c.given_at < now - AGE))
            connection.execute(
                sa.insert(ANSWERS), {"slot": slot, "request": digest, "given_at": now}
            )
    except IntegrityError:
        with tables.connect() as connection:
            found = sa.select(ANSWERS).where(ANSWERS.c.slot == slot)
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


def _keep(tables: Tables, slot: str, answer: _Answer) -> None:
    if len(answer.body) > MOST_ANSWER:
        return  # The slot stays claimed, so that nothing is made twice.
    headers = [(n.decode("latin-1").lower(), v.decode("latin-1")) for n, v in answer.headers]
    values = {"status": answer.status, "headers": orjson.dumps(headers).decode()}
    with tables.connect() as connection:
        change = sa.update(ANSWERS).where(ANSWERS.c.slot == slot)
        connection.execute(change.values(**values, body=bytes(answer.body)))


def _release(tables: Tables, slot: str) -> None:
    with tables.connect() as connection:
        connection.execute(sa.delete(ANSWERS).where(ANSWERS.c.slot == slot))
