"""The definition of the API and its reference to try it."""

from collections.abc import Callable

import orjson
from fastapi import APIRouter, Request, Response

from service.http import media
from service.http.reader import root_of
from service.http.request import SettingsDep, SnapshotDep, context_of
from service.ogc.openapi import document
from service.ogc.reference import POLICY, asset, reference_html

router = APIRouter()

DEFINITION = (media.Offer("json", media.OPENAPI, "OpenAPI 3.0", (media.JSON,)), media.RESOURCE[1])


@router.get("/api")
def definition(request: Request, snapshot: SnapshotDep, settings: SettingsDep) -> Response:
    """Give the definition; the reference for a browser."""
    context = context_of(request, DEFINITION)
    make = _document(request, snapshot, settings)
    if context.html:
        return _page(request, make())
    tag = context.tag(snapshot)
    return context.answer(lambda: orjson.dumps(make()), tag=tag)


@router.get("/api.html")
@router.get("/docs")
def reference(request: Request, snapshot: SnapshotDep, settings: SettingsDep) -> Response:
    """Give the reference: every operation, with examples that run."""
    context_of(request, (media.RESOURCE[1],))
    return _page(request, _document(request, snapshot, settings)())


@router.get("/docs/{name}")
def reference_asset(name: str) -> Response:
    """Give a script or style of the reference."""
    return asset(name)


def _document(
    request: Request, snapshot: SnapshotDep, settings: SettingsDep
) -> Callable[[], dict[str, object]]:
    root = root_of(request)

    def make() -> dict[str, object]:
        return document(snapshot, root, max_limit=settings.max_limit, routes=request.app.routes)

    return lambda: snapshot.cached(("openapi", root, settings.max_limit), make)


def _page(request: Request, body: dict[str, object]) -> Response:
    html = reference_html(body, root_of(request))
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
    return Response(html, media_type=media.HTML, headers=headers)
