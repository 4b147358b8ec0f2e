"""The representation of an answer (RFC 9110): the one a client wants, its bytes and their tag.

Media type, language and coding are chosen by the weights of what the client accepts.

A strong tag stands for one sequence of bytes (RFC 9110, 8.8.1): what is compressed gets a
suffix such as ``-gzip``, and a client that confirms such a tag is answered with it.

gzip is Intel's library, a tenth of zlib's time; Zstandard and Brotli come with Arrow, make less
of a page of features in half as much time again, and go first where a client knows them.

What is asked for often has its bytes ready: a body, and a form that its head is filled into.
HEAD is GET without a body.
"""

import io
import re
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple, Protocol

import pyarrow as pa
from isal import isal_zlib
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geodata.errors import InvalidInput
from geodata.formats import FORMATS
from geodata.register import Snapshot
from service.collections import collection
from service.http.slices import Bytes, Part, flat
from service.i18n import SOURCE, languages, translator_of

_QUALITY = re.compile(r"^(0(\.\d{0,3})?|1(\.0{0,3})?)$")
_LONGEST = 2_000
Weighted = list[tuple[str, float]]


def weighted(header: str, *, keep: Iterable[str] = ()) -> Weighted:
    """Read a header such as Accept, Accept-Language or Accept-Encoding.

    Things in small letters with their weights, in the order of the header. A weight that cannot be
    read is 0: the thing is not wanted by accident.

    Parameters
    ----------
    header
        Its value; what lies beyond 2000 characters is passed over.
    keep
        Names of parameters that belong to the thing itself; others are dropped.

    Examples
    --------
    >>> weighted("text/html;q=0.5, */*")
    [('text/html', 0.5), ('*/*', 1.0)]
    """
    found: Weighted = []
    for part in header[:_LONGEST].split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if not name:
            continue
        weight = 1.0
        for parameter in parameters:
            key, _, value = (piece.strip() for piece in parameter.partition("="))
            if key == "q":
                weight = float(value) if _QUALITY.match(value) else 0.0
            elif key in keep:
                name += f";{key}={value}"
        found.append((name, weight))
    return found


def best_first(header: str) -> list[str]:
    """Give what a header accepts, the heaviest first; equal ones in its order.

    Examples
    --------
    >>> best_first("de;q=0.5, ru-RU, en;q=0")
    ['ru-ru', 'de']
    """
    ranked = sorted(weighted(header), key=lambda one: -one[1])
    return [name for name, weight in ranked if weight > 0]


def weight_of(media_type: str, ranges: Sequence[tuple[str, float]]) -> float:
    """Give the weight of the most specific media range that holds a type; 0 = not accepted."""
    full = media_type.lower().replace(" ", "")
    bare = full.partition(";")[0]
    weights: Mapping[str, float] = dict(reversed(list(ranges)))
    for pattern in (full, bare, f"{bare.partition('/')[0]}/*", "*/*"):
        if pattern in weights:
            return max(weight for name, weight in ranges if name == pattern)
    return 0.0


def prefers_html(accept: str | None, wish: str | None = None) -> bool:
    """Say whether an answer is for a person: `f` wins, else HTML is named and not outweighed.

    ``*/*`` alone is a program, and gets JSON.

    Examples
    --------
    >>> prefers_html("text/html;q=0, application/json")
    False
    """
    if wish:
        return wish == "html"
    ranges = [(name, weight) for name, weight in weighted(accept or "") if name != "*/*"]
    kinds = [(w, n.endswith("json")) for n, w in ranges if n.endswith(("html", "json", "text/*"))]
    # Of equal weights the one that is named first.
    weight, json = max(kinds, key=lambda kind: kind[0], default=(0.0, True))
    return weight > 0 and not json


JSON = "application/json"
GEOJSON = "application/geo+json"
HTML = "text/html"
SCHEMA = "application/schema+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
MERGE_PATCH = "application/merge-patch+json"
VECTOR_TILE = "application/vnd.mapbox-vector-tile"


@dataclass(frozen=True, slots=True)
class Offer:
    """One representation: the value of `f`, its media type, and others it answers to."""

    key: str
    media_type: str
    title: str
    also: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


RESOURCE = (Offer("json", JSON, "JSON"), Offer("html", HTML, "HTML"))
"""Landing page, collections and the like."""

PAGE = RESOURCE[1:]
"""What is for people alone."""

FEATURE = (
    Offer("json", GEOJSON, "GeoJSON", (JSON, "application/vnd.geo+json"), ("geojson",)),
    Offer("html", HTML, "HTML"),
)
"""One feature."""

ITEMS = (
    *FEATURE,
    *(Offer(f.key, f.media_type, f.title) for f in FORMATS.values() if f.key != "geojson"),
    Offer("pmtiles", "application/vnd.pmtiles", "PMTiles"),
)
"""Features of a collection."""

TILE = (Offer("mvt", VECTOR_TILE, "Vector tile", ("application/x-protobuf",), ("pbf",)),)
"""A vector tile."""

JSON_SCHEMA = (Offer("json", SCHEMA, "JSON Schema", (JSON,)), Offer("html", HTML, "HTML"))
"""Queryables and schema."""


_KINDS = ("application", "version", "type")
"""Parameters that make another media type of one."""


@lru_cache(maxsize=128)
def negotiate(wish: str | None, accept: str | None, offers: tuple[Offer, ...]) -> Offer:
    """Choose a representation.

    The first of those with the highest weight.

    Parameters
    ----------
    wish
        Value of the parameter `f`, if given.

    Raises
    ------
    InvalidInput
        `f` names none of them (400), or the header refuses all of them (406).

    Examples
    --------
    >>> negotiate(None, "text/html;q=0.5, application/json", RESOURCE).key
    'json'
    """
    if wish is not None:
        return _wished(wish, offers)
    ranges = [one for one in weighted(accept or "", keep=_KINDS) if "/" in one[0]]
    if not ranges:
        return offers[0]
    weighed = [(_weight(offer, ranges), offer) for offer in offers]
    best = max(weight for weight, _ in weighed)
    if best <= 0:
        given = ", ".join(offer.media_type for offer in offers)
        raise InvalidInput(
            f"None of the accepted media types can be given; there are {given}.",
            code="not-acceptable",
        )
    return next(offer for weight, offer in weighed if weight == best)


def _wished(wish: str, offers: Sequence[Offer]) -> Offer:
    wish = wish.strip().lower()
    for offer in offers:
        if wish in (offer.key, *offer.aliases, offer.media_type.lower()):
            return offer
    known = ", ".join(offer.key for offer in offers)
    raise InvalidInput(
        f"f={wish[:40]!r} is not known here; there are {known}.",
        code="bad-f",
        details=[{"field": "f", "reason": f"not one of {known}"}],
    )


def _weight(offer: Offer, ranges: Weighted) -> float:
    """Give an offer's weight; a type that it answers to as well counts only where it is named."""
    named = [weight for name, weight in ranges if name in offer.also]
    return max([weight_of(offer.media_type, ranges), *named])


def negotiate_language(request_lang: str | None, accept_language: str | None) -> str:
    """Choose the language of an answer.

    One of `languages`; English if nothing fits.

    Parameters
    ----------
    request_lang
        The parameter `lang`, which wins; None or empty means it was not given.
    accept_language
        The browser's header; what it names and the service lacks is passed over.

    Raises
    ------
    InvalidInput
        `request_lang` names a language that the service does not have.

    Examples
    --------
    >>> negotiate_language(None, "de, ru-RU;q=0.8, en;q=0.5")
    'ru'
    """
    if request_lang:
        return translator_of(request_lang.strip().lower()).lang
    wishes = (tag.partition("-")[0] for tag in best_first(accept_language or ""))
    return next((wish for wish in wishes if wish in languages()), SOURCE)


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

    The tag of the bytes as they are; `coded_tag` makes that of compressed ones.

    Parameters
    ----------
    daily
        Whether the day of today matters, as it does for a period that is not closed.
    strong
        Whether the same parts give the very same bytes.
    """
    today = datetime.now(UTC).date() if daily else ""
    return f'{"" if strong else "W/"}"{digest(snapshot.dated_key, today, *parts)}"'


def tag_of_version(snapshot: Snapshot, version: int, recorded_at: object, *parts: object) -> str:
    """Give the tag of one record: it stays while nobody changes that record.

    A strong tag that `versions_in` reads.

    Parameters
    ----------
    version, recorded_at
        The record's: after a restore the same version may say something else.
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


_STREAMS: dict[str, Callable[[], Packer]] = {"zstd": _zstd, "gzip": _gzip}
"""Arrow's stream of Brotli knows only a slow level."""


def coded(coding: str, body: Bytes) -> bytes:
    """Give a whole body in a coding."""
    if coding == "gzip":
        return isal_zlib.compress(body, LEVEL, 31)
    return pa.Codec({"br": "brotli"}.get(coding, coding), 1).compress(body, asbytes=True)


@dataclass(frozen=True, slots=True)
class Deflated:
    """A part of a body, compressed once for any body that holds it."""

    content: bytes
    """Deflate (RFC 1951), whole bytes, without a last block."""
    checksum: int
    length: int
    """CRC-32 and number of the bytes that it stands for."""

    @property
    def nbytes(self) -> int:
        """Bytes that keeping it takes."""
        return len(self.content)


def deflated(pieces: Iterable[Bytes], *, kept: bool = False) -> Deflated:
    """Compress a part of a body.

    Parameters
    ----------
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


def gzip_pieces(head: bytes, parts: Iterable[bytes | Deflated]) -> Iterator[bytes]:
    """Put a gzip body (RFC 1952, one member) together of parts, piece by piece.

    Yields
    ------
    bytes
        Pieces of it, only to be joined: what was compressed before is one as it lies.
    """
    first = _stored(head)
    checksum, length = first.checksum, first.length
    # No name, no time: the same body is the same bytes.
    yield b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + first.content
    for part in parts:
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


EXPOSED = [
    "Accept-Ranges",
    "Content-Crs",
    "Content-Disposition",
    "Content-Range",
    "ETag",
    "Hazardmap-Revision",
    "Idempotent-Replayed",
    "Link",
    "Location",
    "OGC-NumberMatched",
    "OGC-NumberReturned",
    "X-Request-ID",
]
"""Fields of an answer's header that another site's page may read."""


class Form:
    """Bytes with gaps, filled by one join.

    Parameters
    ----------
    text
        The bytes; each gap is a mark.
    marks
        The marks by the names of their gaps; a mark may come often, or not at all.

    Examples
    --------
    >>> Form(b"50 % of {a}, {a}", {b"a": b"{a}"}).filled({b"a": b"it"})
    b'50 % of it, it'
    """

    def __init__(self, text: bytes, marks: Mapping[bytes, bytes]) -> None:
        # Every second one is the name of a gap.
        self._parts = [text]
        for name, mark in marks.items():
            for at in range(len(self._parts) - 1, -1, -2):
                around = self._parts[at].split(mark)
                between = [part for one in around[:-1] for part in (one, name)]
                self._parts[at : at + 1] = [*between, around[-1]]
        self._names = self._parts[1::2]

    def filled(self, values: Mapping[bytes, bytes]) -> bytes:
        """Give the bytes with a value in each gap."""
        parts = self._parts.copy()
        parts[1::2] = [values[name] for name in self._names]
        return b"".join(parts)


class Header(NamedTuple):
    """What of a request's header decides about an answer that is ready.

    Attributes
    ----------
    accept, host, known_tags
        Values of Accept, Host (empty where there is none) and If-None-Match.
    codings
        Codings that the client takes, as `accepted_codings` ranks them.
    request_id
        What the client calls the request; empty = nothing.
    origin
        Whether it comes from another site's page.
    """

    accept: str | None
    codings: tuple[str, ...]
    host: str
    known_tags: str | None
    request_id: str
    origin: bool


_READ = {
    b"accept",
    b"accept-encoding",
    b"host",
    b"if-match",
    b"if-none-match",
    b"origin",
    b"range",
    b"x-request-id",
}


def header_of(fields: Iterable[tuple[bytes, bytes]]) -> Header | None:
    """Read a header, names in small letters; None where it asks for more than `Header` says."""
    found: dict[bytes, str] = {}
    for name, value in fields:
        if name in _READ:
            if name in found:
                return None
            found[name] = value.decode("latin-1")
    if b"range" in found or b"if-match" in found:
        return None
    get = found.get
    return Header(
        get(b"accept"),
        accepted_codings(get(b"accept-encoding")),
        get(b"host", ""),
        get(b"if-none-match"),
        get(b"x-request-id", ""),
        b"origin" in found,
    )


class RawRequest(NamedTuple):
    """A request as it came, before anything is made of it."""

    method: str
    path: str
    query: bytes
    """Of its first line; the path without its escapes."""
    header: Header | None
    """Its header, read; None where it asks for more."""
    scheme: str
    server: Any
    """How and where it came in."""
    request_id: str
    """What it is called in the log."""
    origin: bool | None = None
    """Whether another site's page asks, where nobody else sees to that; None = somebody does."""

    @classmethod
    def of(cls, scope: Scope, request_id: str) -> "RawRequest":
        """Take it from what an application is given."""
        return cls(
            scope["method"],
            scope["path"],
            scope["query_string"],
            header_of(scope["headers"]),
            scope.get("scheme", "http"),
            scope.get("server"),
            request_id,
        )


class Answer(NamedTuple):
    """A whole answer."""

    status: int
    head: bytes
    body: tuple[Part, ...]
    route: str
    """Pattern of the path that gives the same, under which it is counted."""

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send it as an application does."""
        lines = self.head.split(b"\r\n")[:-1]
        headers = [(name, value) for name, _, value in (line.partition(b": ") for line in lines)]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"".join(flat(self.body))})


def head_lines(answer: Response) -> bytes:
    """Write the header of an answer."""
    return b"".join(b"%b: %b\r\n" % pair for pair in answer.raw_headers)


METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
CORS: dict[str, Any] = {
    "allow_origins": ["*"],
    "allow_methods": [*METHODS, "HEAD", "OPTIONS"],
    "allow_headers": ["*"],
    "expose_headers": EXPOSED,
    "max_age": 86_400,
}
"""Every site may read what the public may; cookies never go along."""


class Methods:
    """Answers OPTIONS, gives HEAD as GET without body, and completes Allow.

    Parameters
    ----------
    posts
        What a POST passes before the application; other methods need not.
    """

    def __init__(self, app: ASGIApp, posts: Callable[[ASGIApp], ASGIApp] | None = None) -> None:
        self._app = app
        self._posts = app if posts is None else posts(app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, or answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["method"] == "OPTIONS" and (allowed := allowed_on(scope)):
            await Response(status_code=204, headers={"Allow": allowed})(scope, receive, send)
        elif scope["method"] not in ("GET", "HEAD") and (name := _collection_in(scope["path"])):
            # An unknown layer is not found, whatever is to be done with it.
            collection(name)
            inner = self._posts if scope["method"] == "POST" else self._app
            await inner(scope, receive, _with_allow(scope, send))
        elif scope["method"] == "HEAD":
            await self._head(scope, receive, send)
        elif scope["method"] == "POST":
            await self._posts(scope, receive, _with_allow(scope, send))
        else:
            await self._app(scope, receive, _with_allow(scope, send))

    async def _head(self, scope: Scope, receive: Receive, send: Send) -> None:
        got = {**scope, "method": "GET"}
        try:
            await self._app(got, receive, _with_allow(got, send))
        finally:
            # The route found is what the request is counted under.
            scope.update({name: got[name] for name in ("route", "endpoint") if name in got})


def _collection_in(path: str) -> str:
    _, _, rest = path.partition("/collections/")
    return rest.partition("/")[0] if path.startswith("/collections/") else ""


def _with_allow(scope: Scope, send: Send) -> Send:
    async def complete(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 405:
            MutableHeaders(scope=message)["Allow"] = allowed_on(scope)
        await send(message)

    return complete


def allowed_on(scope: Scope) -> str:
    """Give the methods of a path, as Allow has them; empty where there is no such path."""
    routes = scope["app"].routes
    found = [
        method
        for method in METHODS
        if any(route.matches({**scope, "method": method})[0] == Match.FULL for route in routes)
    ]
    if not found:
        return ""
    head = ["HEAD"] if "GET" in found else []
    return ", ".join([*found, *head, "OPTIONS"])


def open_to_sites(headers: MutableHeaders, *, asked: bool) -> None:
    """Let every site's page read an answer, as `CORSMiddleware` with `CORS` does.

    Parameters
    ----------
    headers
        Of the answer.
    asked
        Whether another site's page asks.
    """
    if asked:
        headers["Access-Control-Allow-Origin"] = "*"
        headers["Access-Control-Expose-Headers"] = ", ".join(EXPOSED)
    headers.add_vary_header("Origin")


def size_of(body: Iterable[Part]) -> int:
    """Say how many bytes some parts are together."""
    return sum(map(len, body))
