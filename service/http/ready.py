"""Answers whose bytes are ready: a head and a body, and the forms that heads are filled into."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from service.http.representation import Bytes

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
    """Bytes with gaps, filled by one pass.

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
        text = text.replace(b"%", b"%%")
        for name, mark in marks.items():
            text = text.replace(mark.replace(b"%", b"%%"), b"%%(%b)b" % name)
        self._text = text

    def filled(self, values: Mapping[bytes, bytes]) -> bytes:
        """Give the bytes with a value in each gap."""
        return self._text % values


Fields = Iterable[tuple[bytes, bytes]]


class Asked(NamedTuple):
    """A request as it came, before anything is made of it.

    Attributes
    ----------
    method, path, query
        Of its first line; the path without its escapes.
    fields
        Its header, names in small letters.
    scheme, server
        How and where it came in.
    request_id
        What it is called in the log.
    origin
        Whether another site's page asks, where nobody else sees to that; None = somebody does.
    """

    method: str
    path: str
    query: bytes
    fields: Fields
    scheme: str
    server: Any
    request_id: str
    origin: bool | None = None

    @classmethod
    def of(cls, scope: Scope, request_id: str) -> "Asked":
        """Take it from what an application is given."""
        return cls(
            scope["method"],
            scope["path"],
            scope["query_string"],
            scope["headers"],
            scope.get("scheme", "http"),
            scope.get("server"),
            request_id,
        )


class Answer(NamedTuple):
    """A whole answer.

    Attributes
    ----------
    status
        Of it.
    head
        Its header, a line a field, each with its end.
    body
        Its parts, only to be joined.
    route
        Pattern of the path that gives the same, under which it is counted.
    """

    status: int
    head: bytes
    body: tuple[Bytes, ...]
    route: str

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send it as an application does."""
        lines = self.head.split(b"\r\n")[:-1]
        headers = [(name, value) for name, _, value in (line.partition(b": ") for line in lines)]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"".join(self.body)})


def head_lines(answer: Response) -> bytes:
    """Write the header of an answer."""
    return b"".join(b"%b: %b\r\n" % pair for pair in answer.raw_headers)


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


def size_of(body: Iterable[Bytes]) -> int:
    """Say how many bytes some parts are together."""
    return sum(len(part) for part in body)
