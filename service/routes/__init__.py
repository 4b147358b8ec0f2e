"""HTTP, one module a resource; none imports another. All of them together are one application."""

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from geodata.errors import GeodataError
from service.http import problems
from service.http.representation import Methods
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
from service.security.guard import Once

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


def all_routes() -> FastAPI:
    """Build the application of all resources, without what every request passes before."""
    app = FastAPI(
        title="hazardmap",
        # As they stand: of a router that is included each route is made once more, by the first
        # request.
        routes=[route for router in ROUTERS for route in router.routes],
        openapi_url=None,
        docs_url=None,
    )
    app.add_middleware(Methods, posts=Once)
    app.add_exception_handler(GeodataError, problems.of_domain)
    app.add_exception_handler(HTTPException, problems.of_http)
    app.add_exception_handler(RequestValidationError, problems.of_validation)
    return app
