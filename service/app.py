"""The application: one register, its routers, and what every answer has in common."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from starlette.middleware.cors import CORSMiddleware

from geodata.plausible import DateRange
from geodata.register import Register, open_register
from service.http import problems
from service.http.coding import Coding
from service.http.files import Files
from service.http.methods import CORS, Methods
from service.http.reader import view_of_error
from service.ogc.quick import quick_answer
from service.opendata.webhooks import Webhooks, addresses_of
from service.pages.environment import look
from service.pages.errors import error_html
from service.routes import (
    access,
    arcgis,
    boundaries,
    editing,
    features,
    health,
    history,
    imports,
    landing,
    maps,
    opendata,
    pages,
    reports,
    risk,
    styles,
    tiles,
)
from service.security.connections import STATE, Gate
from service.security.guard import Brake, Guard
from service.security.idempotency import Once
from service.security.keys import KeyStore, Sessions
from service.settings import Settings

ROUTERS = (
    health,
    access,
    arcgis,
    maps,
    opendata,
    styles,
    tiles,
    features,
    risk,
    boundaries,
    history,
    imports,
    reports,
    editing,
    pages,
    landing,
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

    Returns
    -------
    FastAPI
        Ready to be served.
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
        app.state.keys = KeyStore(app.state.register.store.engine)
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
        yield {STATE: app.state.gate}
        hooks.stop()
        if opened is not None:
            opened.close()

    app = FastAPI(title="hazardmap", lifespan=lifespan, openapi_url=None, docs_url=None)
    app.state.settings = settings
    app.state.register = register
    app.state.keys = KeyStore(register.store.engine) if register is not None else None
    app.state.sessions = Sessions()
    app.state.gate = Gate(settings)
    app.state.brake = Brake()
    app.state.files = Files(settings.data)
    app.state.look = look()
    app.add_middleware(Methods, posts=Once)
    app.add_middleware(
        Guard,
        settings=settings,
        sessions=app.state.sessions,
        rate=app.state.gate.rate,
        quick=quick_answer,
    )
    app.add_middleware(CORSMiddleware, **CORS)
    app.add_middleware(Coding)
    problems.install(app, _error_page)
    for module in ROUTERS:
        app.include_router(module.router)
    return app


def _error_page(
    request: Request, status: int, code: str, description: str, errors: list[dict[str, Any]]
) -> str:
    request_id = getattr(request.state, "request_id", None)
    view = view_of_error(request)
    return error_html(status, code, description, view, errors=errors, request_id=request_id)
