"""One middleware for what all requests share, outermost but for compression."""

import asyncio
import logging
import re
import secrets
import time
from dataclasses import replace

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geodata.errors import Forbidden, GeodataError, InvalidInput
from service import problems
from service.auth import Caller
from service.security import headers, limits, metrics
from service.security.keys import KeyStore
from service.security.sessions import SAFE_METHODS, Sessions, same_origin
from service.settings import Settings

log = logging.getLogger("hazardmap.access")
_ID = re.compile(r"^[\w\-]{8,64}$")


class Guard:
    """Gives each request an id and a caller, holds it to the limits, and counts it.

    Parameters
    ----------
    app
        The application inside.
    settings
        Limits and the public address.
    sessions
        Reads the login cookie.
    """

    def __init__(self, app: ASGIApp, settings: Settings, sessions: Sessions) -> None:
        self._app = app
        self._settings = settings
        self._sessions = sessions
        self._rate = limits.RateLimit(settings.rate_per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, or answer it with the problem found."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        started = time.perf_counter()
        given = request.headers.get("x-request-id", "")
        request.state.request_id = given if _ID.match(given) else secrets.token_hex(8)
        status = 500

        async def finish(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                answer = MutableHeaders(scope=message)
                answer["X-Request-ID"] = request.state.request_id
                who: Caller = getattr(request.state, "caller", Caller())
                headers.secure(answer, public=who.role == "public")
            await send(message)

        with metrics.IN_FLIGHT.track_inprogress():
            try:
                await self._admit(request, scope)
                limit = int(self._settings.max_body_mb * 2**20)
                await self._app(scope, limits.counted(receive, limit), finish)
            except GeodataError as error:
                await problems.of_domain(request, error)(scope, receive, finish)
            except HTTPException as error:
                await problems.of_http(request, error)(scope, receive, finish)
            finally:
                _record(request, scope, status, time.perf_counter() - started)

    async def _admit(self, request: Request, scope: Scope) -> None:
        length = request.headers.get("content-length", "0")
        limit = int(self._settings.max_body_mb * 2**20)
        if not length.isdigit() or int(length) > limit:
            raise limits.too_large(limit)
        keys: KeyStore | None = getattr(scope["app"].state, "keys", None)
        if keys is not None:
            request.state.caller = await self._caller(request, keys)
        who: Caller = getattr(request.state, "caller", Caller())
        client = request.client.host if request.client else "-"
        self._rate.check(client if who.role == "public" else f"key:{who.name}")

    async def _caller(self, request: HTTPConnection, keys: KeyStore) -> Caller:
        given = request.headers.get("authorization", "")
        if given:
            scheme, _, text = given.partition(" ")
            found = None
            if scheme.lower() == "bearer":
                found = await asyncio.to_thread(keys.check, text.strip())
            if found is None:
                raise InvalidInput(
                    "The key is not valid, or it was revoked: ask your administrator for one.",
                    code="unauthorised",
                )
            return found
        key_id = self._sessions.key_id(request)
        found = await asyncio.to_thread(keys.by_id, key_id) if key_id else None
        if found is None:
            return Caller()
        if request.scope["method"] not in SAFE_METHODS and not same_origin(
            request, self._settings.public_url
        ):
            raise Forbidden("This change came from another site's page and was not made.")
        return replace(found, session=key_id)


def _record(request: Request, scope: Scope, status: int, seconds: float) -> None:
    route = getattr(scope.get("route"), "path", "unknown")
    method = scope["method"] if scope["method"].isalpha() and len(scope["method"]) < 10 else "OTHER"
    metrics.REQUESTS.labels(method, route, str(status)).inc()
    metrics.SECONDS.labels(route).observe(seconds)
    log.info(
        "request",
        extra={
            "request_id": request.state.request_id,
            "method": method,
            "path": scope["path"][:200],
            "status": status,
            "milliseconds": round(seconds * 1000, 1),
            "caller": getattr(request.state, "caller", Caller()).role,
        },
    )
