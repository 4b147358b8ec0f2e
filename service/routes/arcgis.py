"""A FeatureServer for ArcGIS (Esri GeoServices REST): read only, the public selection.

Errors have Esri's shape and the status 200, as its clients expect.
"""

from collections.abc import Callable
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from geodata.errors import GeodataError, NotFound
from service.arcgis import documents, query
from service.arcgis.documents import layer
from service.http.dependencies import SnapshotDep
from service.http.request import view_of
from service.ogc.descriptions import TITLE

router = APIRouter(prefix="/arcgis/rest", include_in_schema=False)
_BOTH = ["GET", "POST"]
_SERVER = "/services/{service}/FeatureServer"


@router.api_route("/info", methods=_BOTH)
def info() -> Response:
    """Say what is spoken."""
    return _json(documents.info())


@router.api_route("/services", methods=_BOTH)
def services() -> Response:
    """List the services."""
    return _json(documents.catalogue())


@router.api_route(_SERVER, methods=_BOTH)
def service(snapshot: SnapshotDep, service: str) -> Response:
    """Describe the service."""
    return _told(service, lambda: _json(documents.service(snapshot)))


@router.api_route(_SERVER + "/{number}", methods=_BOTH)
def described(request: Request, snapshot: SnapshotDep, service: str, number: str) -> Response:
    """Describe a layer."""
    lang = _language(request)
    return _told(service, lambda: _json(documents.layer_document(snapshot, layer(number), lang)))


@router.api_route(_SERVER + "/{number}/query", methods=_BOTH)
async def queried(request: Request, snapshot: SnapshotDep, service: str, number: str) -> Response:
    """Answer a query."""
    given = dict(request.query_params)
    if request.method == "POST":
        async with request.form() as form:
            given |= {name: value for name, value in form.items() if isinstance(value, str)}
    lang = _language(request)

    def make() -> Response:
        asked = query.read(given, layer(number), lang)
        body, media_type = query.answer(snapshot, asked)
        return Response(body, media_type=media_type)

    return await run_in_threadpool(lambda: _told(service, make))


def _language(request: Request) -> str:
    try:
        return view_of(request).lang
    except GeodataError:
        return "en"


def _told(service: str, make: Callable[[], Response]) -> Response:
    try:
        if service != TITLE:
            raise NotFound(f"There is no service {service[:60]!r}; there is {TITLE}.")
        return make()
    except GeodataError as error:
        code = 404 if isinstance(error, NotFound) else 400
        return _json({"error": {"code": code, "message": error.message, "details": []}})


def _json(body: dict[str, Any]) -> Response:
    return Response(orjson.dumps(body), media_type="application/json")
