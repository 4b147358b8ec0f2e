"""Compression of answers, with a tag of its own for the compressed bytes.

A strong tag stands for one sequence of bytes (RFC 9110, 8.8.1): what is compressed gets the
suffix ``-gzip``, and a client that confirms such a tag is answered with it.
"""

import gzip
import zlib

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.http.tags import coded_tag, names_tag
from service.preferences import weighted

LEAST = 1_000
"""Bytes below which compression gains nothing."""
LEVEL = 5
_TEXTS = ("text/", "application/json", "image/svg+xml", "application/javascript")
_TYPES = ("+json", "+xml", "json-seq", ";version=3.0", "vnd.mapbox-vector-tile")


def accepted_coding(header: str | None) -> str | None:
    """Choose the coding of an answer by the header Accept-Encoding.

    Examples
    --------
    >>> accepted_coding("br, gzip;q=0.8")
    'gzip'
    """
    weights = dict(weighted(header or ""))
    gzipped = weights.get("gzip", weights.get("*", 0.0))
    return "gzip" if gzipped > 0 and gzipped >= weights.get("identity", 0.0) else None


def shrinks(media_type: str) -> bool:
    """Say whether bodies of a media type become smaller."""
    bare = media_type.lower()
    return bare.startswith(_TEXTS) or bare.partition(";")[0].endswith(_TYPES) or _TYPES[3] in bare


class Coding:
    """Compresses what the client accepts compressed.

    Parameters
    ----------
    app
        The application inside.
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
        if accepted_coding(headers.get("accept-encoding")) is None:
            await self._app(scope, receive, send)
            return
        await self._app(scope, receive, _Compressed(send, headers).take)


def _without_body(send: Send) -> Send:
    async def headers_only(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return headers_only


class _Compressed:
    """Holds the start of an answer back until it is known whether it is compressed."""

    def __init__(self, send: Send, asked: Headers) -> None:
        self._send = send
        self._asked = asked
        self._start: Message | None = None
        self._packer: zlib._Compress | None = None

    async def take(self, message: Message) -> None:
        """Take one message of the answer."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        if message["type"] == "http.response.body" and self._start is not None:
            start, self._start = self._start, None
            await self._first(start, message)
        elif message["type"] == "http.response.body" and self._packer is not None:
            await self._send(_packed(self._packer, message))
        else:
            await self._send(message)

    async def _first(self, start: Message, message: Message) -> None:
        headers = MutableHeaders(scope=start)
        body, more = message.get("body", b""), message.get("more_body", False)
        if not self._worth_it(start["status"], headers, body, more=more):
            self._confirm(start["status"], headers)
            await self._send(start)
            await self._send(message)
            return
        headers["Content-Encoding"] = "gzip"
        headers.add_vary_header("Accept-Encoding")
        if "etag" in headers:
            headers["ETag"] = coded_tag(headers["etag"], "gzip")
        for name in ("accept-ranges", "content-length"):
            if name in headers:
                del headers[name]
        if not more:
            packed = gzip.compress(body, LEVEL, mtime=0)
            headers["Content-Length"] = str(len(packed))
            message = {**message, "body": packed}
        else:
            self._packer = zlib.compressobj(LEVEL, zlib.DEFLATED, 31)
            message = _packed(self._packer, message)
        await self._send(start)
        await self._send(message)

    def _worth_it(self, status: int, headers: MutableHeaders, body: bytes, *, more: bool) -> bool:
        if status in (204, 206, 304, 416) or "content-encoding" in headers:
            return False
        return shrinks(headers.get("content-type", "")) and (more or len(body) >= LEAST)

    def _confirm(self, status: int, headers: MutableHeaders) -> None:
        """Confirm with 304 the very tag that the client has."""
        tag = headers.get("etag")
        if status == 304 and tag is not None:
            coded = coded_tag(tag, "gzip")
            if names_tag(self._asked.get("if-none-match", ""), coded):
                headers["ETag"] = coded


def _packed(packer: "zlib._Compress", message: Message) -> Message:
    body = packer.compress(message.get("body", b""))
    if not message.get("more_body", False):
        body += packer.flush()
    return {**message, "body": body}
