"""HEAD, OPTIONS and the header Allow, alike for every path; `Coding` leaves HEAD's body out."""

from collections.abc import Callable
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.collections import collection

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
CORS: dict[str, Any] = {
    "allow_origins": ["*"],
    "allow_methods": [*METHODS, "HEAD", "OPTIONS"],
    "allow_headers": ["*"],
    "expose_headers": [
        "Accept-Ranges",
        "Content-Crs",
        "Content-Disposition",
        "Content-Range",
        "ETag",
        "Idempotent-Replayed",
        "Link",
        "Location",
        "OGC-NumberMatched",
        "OGC-NumberReturned",
        "X-Request-ID",
    ],
    "max_age": 86_400,
}
"""Every site may read what the public may; cookies never go along."""


class Methods:
    """Answers OPTIONS, gives HEAD as GET without body, and completes Allow.

    Parameters
    ----------
    app
        The application inside.
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
    routes = scope["app"].router.routes
    found = [
        method
        for method in METHODS
        if any(route.matches({**scope, "method": method})[0] == Match.FULL for route in routes)
    ]
    if not found:
        return ""
    head = ["HEAD"] if "GET" in found else []
    return ", ".join([*found, *head, "OPTIONS"])
