"""The bytes of an answer: the tag that stands for them, and their compression with its own.

A strong tag stands for one sequence of bytes (RFC 9110, 8.8.1): what is compressed gets a
suffix such as ``-gzip``, and a client that confirms such a tag is answered with it.

gzip is Intel's library, a tenth of zlib's time; Zstandard and Brotli come with Arrow, make less
of a page of features in half as much time again, and go first where a client knows them.
"""

import io
import re
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from itertools import chain
from typing import Any, Protocol

import pyarrow as pa
from isal import isal_zlib
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geodata.register import Snapshot
from service.http.negotiation import weighted

_TAG = re.compile(r'(?:W/)?"([^"]*)"')
CODINGS = ("zstd", "br", "gzip")
"""Codings that answers are given in, the quickest first."""
_CODING = re.compile(rf"-({'|'.join(CODINGS)})$")
_VERSION = re.compile(r"^v(\d{1,9})-")


def digest(*parts: object) -> str:
    """Give a short text that differs where the parts differ."""
    text = "\x1f".join(map(str, parts))
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def tag_of(snapshot: Snapshot, *parts: object, daily: bool = False, strong: bool = True) -> str:
    """Give the tag of an answer made from a snapshot.

    The snapshot's key holds the digest of its last revision, so that a tag from before a
    restore stands for nothing else.

    Parameters
    ----------
    *parts
        What else it is a function of: path, parameters, media type, language.
    daily
        Whether the day of today matters, as it does for a period that is not closed.
    strong
        Whether the same parts give the very same bytes.

    Returns
    -------
    str
        The tag of the bytes as they are; `coded_tag` makes that of compressed ones.
    """
    today = datetime.now(UTC).date() if daily else ""
    return f'{"" if strong else "W/"}"{digest(snapshot.dated_key, today, *parts)}"'


def tag_of_version(snapshot: Snapshot, version: int, recorded_at: object, *parts: object) -> str:
    """Give the tag of one record: it stays while nobody changes that record.

    Parameters
    ----------
    snapshot
        Gives the view and the edition of boundaries, and of the past what it depends on.
    version, recorded_at
        The record's: after a restore the same version may say something else.
    *parts
        Id, media type, parameters.

    Returns
    -------
    str
        A strong tag that `versions_in` reads.
    """
    return f'"v{version}-{digest(snapshot.record_key, snapshot.edition, recorded_at, *parts)}"'


def coded_tag(tag: str, coding: str) -> str:
    """Give the tag of an answer's compressed bytes; a weak tag stands for both.

    Examples
    --------
    >>> coded_tag('"a"', "gzip"), coded_tag('W/"a"', "gzip")
    ('"a-gzip"', 'W/"a"')
    """
    return tag if tag.startswith("W/") else f'{tag[:-1]}-{coding}"'


def names_tag(header: str, tag: str) -> bool:
    """Say whether a header lists the very tag (weak comparison)."""
    return _opaque(tag) in _TAG.findall(header)


def matches(header: str | None, tag: str) -> bool:
    """Say whether If-None-Match names the tag, of the plain bytes or of compressed ones."""
    if header is None:
        return False
    if header.strip() == "*":
        return True
    return _opaque(tag) in {_CODING.sub("", one) for one in _TAG.findall(header)}


def versions_in(header: str) -> Iterable[int]:
    """Give the record versions that If-Match names; a proxy may have made tags weak."""
    found = (_VERSION.match(tag) for tag in _TAG.findall(header))
    return [int(match[1]) for match in found if match]


def _opaque(tag: str) -> str:
    return tag.removeprefix("W/").strip('"')


LEAST = 1_000
"""Bytes below which compression gains nothing."""
MOST_AT_ONCE = 1 << 21
"""Bytes beyond which compressing takes a thread, so that others need not wait for it: 1 ms."""
LEVEL = 2
"""Of the quick gzip: a fifth more bytes than zlib's usual level, in a twentieth of its time."""
KEPT_LEVEL = 6
"""Of zlib, for what is small, made once and given often."""
_TEXTS = ("text/", "application/json", "image/svg+xml", "application/javascript")
_TYPES = ("+json", "+xml", "json-seq", ";version=3.0", "vnd.mapbox-vector-tile")


@lru_cache(maxsize=256)
def accepted_codings(header: str | None) -> tuple[str, ...]:
    """Rank the codings of an answer by the header Accept-Encoding; empty = as it is.

    Examples
    --------
    >>> accepted_codings("gzip, br;q=0.8"), accepted_codings("gzip, deflate, br, zstd")
    (('gzip', 'br'), ('zstd', 'br', 'gzip'))
    """
    weights = dict(weighted(header or ""))
    least = weights.get("identity", 0.0)
    # Whoever takes anything is given what everybody knows.
    weights.setdefault("gzip", weights.get("*", 0.0))
    given = {coding: weights.get(coding, 0.0) for coding in CODINGS}
    known = [coding for coding in CODINGS if given[coding] > 0 and given[coding] >= least]
    return tuple(sorted(known, key=lambda coding: -given[coding]))


def shrinks(media_type: str) -> bool:
    """Say whether bodies of a media type become smaller."""
    bare = media_type.lower()
    return bare.startswith(_TEXTS) or bare.partition(";")[0].endswith(_TYPES) or _TYPES[3] in bare


class Packer(Protocol):
    """Compresses a body piece by piece."""

    def __call__(self, piece: bytes, *, last: bool) -> bytes:
        """Give the compressed bytes that there are by now; with the last piece all the rest."""


def _gzip() -> Packer:
    packer = isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, 31)

    def pack(piece: bytes, *, last: bool) -> bytes:
        packed = packer.compress(piece)
        return packed + packer.flush() if last else packed

    return pack


class _Sink(io.BytesIO):
    """Stays readable when the stream that writes to it is closed."""

    def close(self) -> None:
        """Leave it open."""


def _zstd() -> Packer:
    sink = _Sink()
    packer = pa.CompressedOutputStream(pa.PythonFile(sink, "w"), "zstd")

    def pack(piece: bytes, *, last: bool) -> bytes:
        packer.write(piece)
        if last:
            packer.close()
        packed = sink.getvalue()
        sink.seek(0)
        sink.truncate()
        return packed

    return pack


Bytes = bytes | memoryview
_STREAMS: dict[str, Callable[[], Packer]] = {"zstd": _zstd, "gzip": _gzip}
"""Arrow's stream of Brotli knows only a slow level."""


def coded(coding: str, body: Bytes) -> bytes:
    """Give a whole body in a coding."""
    if coding == "gzip":
        return isal_zlib.compress(body, LEVEL, 31)
    return pa.Codec({"br": "brotli"}.get(coding, coding), 1).compress(body, asbytes=True)


@dataclass(frozen=True, slots=True)
class Deflated:
    """A part of a body, compressed once for any body that holds it.

    Attributes
    ----------
    content
        Deflate (RFC 1951), whole bytes, without a last block.
    checksum, length
        CRC-32 and number of the bytes that it stands for.
    """

    content: bytes
    checksum: int
    length: int

    @property
    def nbytes(self) -> int:
        """Bytes that keeping it takes."""
        return len(self.content)


def deflated(pieces: Iterable[Bytes], *, kept: bool = False) -> Deflated:
    """Compress a part of a body.

    Parameters
    ----------
    pieces
        The part.
    kept
        Whether it is given often: then it is made smaller, which takes longer.
    """
    body = b"".join(pieces)
    packer = (
        zlib.compressobj(KEPT_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        if kept
        else isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, -zlib.MAX_WBITS)
    )
    packed = packer.compress(body) + packer.flush(zlib.Z_FULL_FLUSH)
    return Deflated(packed, isal_zlib.crc32(body), len(body))


def gzip_pieces(
    head: bytes, parts: Iterable[bytes | Deflated], end: bytes = b""
) -> Iterator[bytes]:
    """Put a gzip body (RFC 1952, one member) together of parts, piece by piece.

    Parameters
    ----------
    head
        Before the parts.
    parts
        Some compressed already, others not: those stay as they are.
    end
        After them.

    Yields
    ------
    bytes
        Pieces of it, only to be joined: what was compressed before is one as it lies.
    """
    checksum = length = 0
    # No name, no time: the same body is the same bytes.
    yield b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
    for part in chain([head], parts, [end]):
        one = _stored(part) if isinstance(part, bytes) else part
        checksum = isal_zlib.crc32_combine(checksum, one.checksum, one.length)
        length += one.length
        yield one.content
    # The last block, which is empty; the checksum; the length.
    yield b"\x03\x00" + struct.pack("<II", checksum, length & 0xFFFFFFFF)


def _stored(part: bytes) -> Deflated:
    """Take a part of a body as it is: what is short and made anew for each answer."""
    blocks = [part[start : start + _MOST_STORED] for start in range(0, len(part), _MOST_STORED)]
    content = b"".join(
        b"\0%b%b" % (struct.pack("<HH", len(one), len(one) ^ 0xFFFF), one) for one in blocks
    )
    return Deflated(content, isal_zlib.crc32(part), len(part))


_MOST_STORED = 0xFFFF


class Coding:
    """Compresses what the client accepts compressed.

    Handlers find the coding that comes first in ``request.state.codings`` and may give a body
    that is coded already.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] == "HEAD":
            # Its headers are those of GET, also those of the coding.
            send = _without_body(send)
        headers = Headers(scope=scope)
        codings = accepted_codings(headers.get("accept-encoding"))
        scope.setdefault("state", {})["codings"] = codings
        if codings:
            send = _Compressed(send, headers, codings).take
        await self._app(scope, receive, send)


def _without_body(send: Send) -> Send:
    async def headers_only(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return headers_only


class _Compressed:
    """Holds the start of an answer back until it is known whether it is compressed."""

    def __init__(self, send: Send, asked: Headers, codings: tuple[str, ...]) -> None:
        self._send = send
        self._asked = asked
        self._codings = codings
        self._start: Message | None = None
        self._packer: Packer | None = None

    async def take(self, message: Message) -> None:
        """Take one message of the answer."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        if message["type"] == "http.response.body" and self._start is not None:
            start, self._start = self._start, None
            await self._first(start, message)
        elif message["type"] == "http.response.body" and self._packer is not None:
            await self._send(await self._packed(self._packer, message))
        else:
            await self._send(message)

    async def _first(self, start: Message, message: Message) -> None:
        headers = MutableHeaders(scope=start)
        body, more = message.get("body", b""), message.get("more_body", False)
        coding = next((one for one in self._codings if not more or one in _STREAMS), None)
        if coding is None or not self._worth_it(start["status"], headers, body, more=more):
            self._confirm(start["status"], headers)
            await self._send(start)
            await self._send(message)
            return
        mark_coded(headers, coding)
        if not more:
            packed = await _apart(len(body), coded, coding, body)
            headers["Content-Length"] = str(len(packed))
            message = {**message, "body": packed}
        else:
            self._packer = _STREAMS[coding]()
            message = await self._packed(self._packer, message)
        await self._send(start)
        await self._send(message)

    def _worth_it(self, status: int, headers: MutableHeaders, body: bytes, *, more: bool) -> bool:
        if status in (204, 206, 304, 416) or "content-encoding" in headers:
            return False
        return shrinks(headers.get("content-type", "")) and (more or len(body) >= LEAST)

    def _confirm(self, status: int, headers: MutableHeaders) -> None:
        """Confirm with 304 the very tag that the client has."""
        tag = headers.get("etag")
        if status != 304 or tag is None:
            return
        for coding in CODINGS:
            if names_tag(self._asked.get("if-none-match", ""), coded_tag(tag, coding)):
                headers["ETag"] = coded_tag(tag, coding)
                return

    async def _packed(self, packer: Packer, message: Message) -> Message:
        body, more = message.get("body", b""), message.get("more_body", False)
        return {**message, "body": await _apart(len(body), packer, body, last=not more)}


async def _apart(size: int, work: Callable[..., bytes], *given: Any, **named: Any) -> bytes:
    """Do what is short at once, and what is long in a thread."""
    if size <= MOST_AT_ONCE:
        return work(*given, **named)
    return await run_in_threadpool(work, *given, **named)


def mark_coded(headers: MutableHeaders, coding: str) -> None:
    """Say in an answer's headers which coding its body has, and give it that one's tag."""
    headers["Content-Encoding"] = coding
    if "Accept-Encoding" not in headers.get("Vary", ""):
        headers.add_vary_header("Accept-Encoding")
    if "etag" in headers:
        headers["ETag"] = coded_tag(headers["etag"], coding)
    for name in ("accept-ranges", "content-length"):
        if name in headers:
            del headers[name]
