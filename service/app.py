"""The application: one register, its routers, and what every answer has in common."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from starlette.datastructures import MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geodata.plausible import DateRange
from geodata.register import Register, open_register
from service.collections import collection
from service.http import problems
from service.http.files import Files
from service.http.representation import EXPOSED, Coding
from service.http.request import view_of_error
from service.jobs import AGAIN_SECONDS, Desk
from service.layers import layers_of
from service.ogc.quick import Quick
from service.opendata.feed import Webhooks, addresses_of
from service.pages.environment import error_html, pages_version
from service.routes import (
    access,
    arcgis,
    features,
    imports,
    incidents,
    landing,
    opendata,
    pages,
    reports,
    risk,
    tiles,
)
from service.security.connections import STATE, Gate
from service.security.guard import Brake, Direct, Guard, Once
from service.security.keys import KeyStore, Sessions
from service.security.telemetry import ACCESS
from service.settings import Settings

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


ROUTERS = (
    landing.health,
    access.router,
    arcgis.router,
    risk.maps,
    opendata.router,
    tiles.styles_router,
    tiles.router,
    features.router,
    risk.router,
    imports.boundaries,
    incidents.router,
    imports.router,
    reports.router,
    incidents.forms,
    pages.router,
    landing.router,
)


def create_app(settings: Settings, register: Register | None = None) -> FastAPI:
    """Build the application.

    Parameters
    ----------
    settings
        Read once; nothing else is configured from outside.
    register
        An open register; None opens the one that the settings name when the application
        starts, and closes it at the end.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
        opened = None
        if app.state.register is None:
            opened = open_register(
                settings.data,
                url=settings.database_url or None,
                empty=settings.empty,
                dates=DateRange(settings.earliest_date, settings.latest_date),
                observed=settings.observed,
            )
            app.state.register = opened
        app.state.keys = KeyStore(app.state.register.store)
        app.state.desk.begin()
        app.state.register.makes_apart(app.state.desk.report)
        app.state.register.show_restricted(settings.restricted_location)
        app.state.register.watch.start()
        hooks = Webhooks(
            app.state.register,
            settings.data,
            addresses_of(settings.webhooks),
            settings.webhook_secret,
            settings.public_url,
        )
        hooks.start()
        if opened is not None and settings.prepare:
            app.state.desk.prepare(opened, again=AGAIN_SECONDS)
        yield {STATE: app.state.gate}
        hooks.stop()
        ACCESS.flush()
        app.state.desk.close()
        if opened is not None:
            opened.close()

    app = FastAPI(
        title="hazardmap",
        # As they stand: of a router that is included each route is made once more, by the first
        # request.
        routes=[route for router in ROUTERS for route in router.routes],
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
    )
    app.state.settings = settings
    # a file that cannot be read stops the start, and no reader's question
    app.state.layers = layers_of(settings)
    app.state.register = register
    app.state.keys = KeyStore(register.store) if register is not None else None
    app.state.sessions = Sessions()
    quick = Quick(app.state)
    app.state.gate = Gate(settings)
    app.state.gate.direct = Direct(app.state, quick)
    app.state.brake = Brake()
    app.state.files = Files(settings.data)
    app.state.desk = Desk(settings)
    app.state.pages_version = pages_version()
    app.add_middleware(Methods, posts=Once)
    app.add_middleware(
        Guard,
        settings=settings,
        sessions=app.state.sessions,
        rate=app.state.gate.rate,
        quick=quick,
    )
    app.add_middleware(CORSMiddleware, **CORS)
    app.add_middleware(Coding)
    problems.install(app, _error_page)
    return app


def _error_page(
    request: Request, status: int, code: str, description: str, errors: list[dict[str, Any]]
) -> str:
    request_id = getattr(request.state, "request_id", None)
    view = view_of_error(request)
    return error_html(status, code, description, view, errors=errors, request_id=request_id)
