"""The application: one register, its routers, and what every answer has in common."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from starlette.middleware.cors import CORSMiddleware

from geodata.plausible import DateRange
from geodata.register import Register, open_register
from service.http import problems
from service.http.files import Files
from service.http.representation import CORS, Coding, Methods
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
