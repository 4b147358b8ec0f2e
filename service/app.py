"""The application: one register, what every request passes, and the routes behind it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.routing import BaseRoute
from starlette.types import Lifespan, Receive, Scope, Send

from geodata.deferred import deferred, keep_loaded
from geodata.register import Register
from service.http import problems
from service.http.files import Files
from service.http.representation import CORS, Coding
from service.http.request import Sessions, view_of_error
from service.jobs import AGAIN_SECONDS, Desk
from service.layers import layers_of
from service.ogc.quick import Quick
from service.opendata.feed import Webhooks, addresses_of
from service.security.connections import STATE, Gate
from service.security.guard import Brake, Direct, Guard
from service.security.keys import KeyStore
from service.security.telemetry import ACCESS
from service.settings import Settings

if TYPE_CHECKING:
    from service import routes
    from service.pages import environment
else:
    routes, environment = deferred("service.routes"), deferred("service.pages.environment")

ROUTES_SECONDS = 1.0
"""After a start the routes are loaded, if no request needed one before."""


class Service(Starlette):
    """Answers what needs no route before the routes are there, which take a third of a start.

    They come, and FastAPI with them, when the first request needs one.
    """

    def __init__(self, lifespan: Lifespan[Any]) -> None:
        super().__init__(exception_handlers={Exception: problems.of_bug}, lifespan=lifespan)
        self.router.default = self._routed
        self._lock = Lock()
        self._made: list[BaseRoute] | None = None

    @property
    def routes(self) -> list[BaseRoute]:
        """Give all routes, loading them."""
        return self._load()

    async def load_soon(self) -> None:
        """Load the routes once the first answers are given."""
        await asyncio.sleep(ROUTES_SECONDS)
        await run_in_threadpool(self._load)
        keep_loaded()

    def _load(self) -> list[BaseRoute]:
        with self._lock:
            if self._made is None:
                self.state.pages_version = environment.pages_version()
                made = routes.all_routes()
                stack: Any = made.build_middleware_stack()
                # All but the outermost, which answers what nobody foresaw, as this one does. From
                # now on they are asked without a detour.
                self.router.default = stack.app
                self._made = made.routes
            return self._made

    async def _routed(self, scope: Scope, receive: Receive, send: Send) -> None:
        await run_in_threadpool(self._load)
        await self.router.default(scope, receive, send)


def create_app(settings: Settings, register: Register | None = None) -> Service:
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
    async def lifespan(app: Service) -> AsyncIterator[dict[str, Any]]:
        opened = None
        if app.state.register is None:
            app.state.register = opened = settings.opened_register()
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
        loading = asyncio.create_task(app.load_soon()) if opened is not None else None
        yield {STATE: app.state.gate}
        if loading is not None:
            loading.cancel()
        hooks.stop()
        ACCESS.flush()
        app.state.desk.close()
        if opened is not None:
            opened.close()

    app = Service(lifespan)
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
    app.add_middleware(
        Guard,
        settings=settings,
        sessions=app.state.sessions,
        rate=app.state.gate.rate,
        quick=quick,
    )
    app.add_middleware(CORSMiddleware, **CORS)
    app.add_middleware(Coding)
    app.state.error_page = _error_page
    return app


def _error_page(
    request: Request, status: int, code: str, description: str, errors: list[dict[str, Any]]
) -> str:
    request_id = getattr(request.state, "request_id", None)
    view = view_of_error(request)
    return environment.error_html(
        status, code, description, view, errors=errors, request_id=request_id
    )
