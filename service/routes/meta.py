"""The definition of the API and its reference to try it."""

from collections.abc import Callable
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Request, Response

from service.http import media
from service.http.parameters import Parameters
from service.http.request import Asked, Reads, SettingsDep, SnapshotDep
from service.ogc.openapi import Definition
from service.ogc.reference import POLICY, asset, reference_html

router = APIRouter(include_in_schema=False)

DEFINITION = (media.Offer("json", media.OPENAPI, "OpenAPI 3.0", (media.JSON,)), media.RESOURCE[1])
DefinitionDep = Annotated[Asked[Parameters], Depends(Reads(DEFINITION))]
ReferenceDep = Annotated[Asked[Parameters], Depends(Reads(media.PAGE))]


@router.get("/api")
def definition(
    request: Request, snapshot: SnapshotDep, settings: SettingsDep, context: DefinitionDep
) -> Response:
    """Give the definition; the reference for a browser."""
    make = _document(request, snapshot, settings, context.links.root)
    if context.html:
        return _page(context, make)
    return context.answer(lambda: orjson.dumps(make()), tag=context.tag(snapshot))


@router.get("/api.html")
@router.get("/docs")
def reference(
    request: Request, snapshot: SnapshotDep, settings: SettingsDep, context: ReferenceDep
) -> Response:
    """Give the reference: every operation, with examples that run."""
    return _page(context, _document(request, snapshot, settings, context.links.root))


@router.get("/docs/{name}")
def reference_asset(name: str) -> Response:
    """Give a script or style of the reference."""
    return asset(name)


def _document(
    request: Request, snapshot: SnapshotDep, settings: SettingsDep, root: str
) -> Callable[[], dict[str, object]]:
    state = request.app.state

    def make() -> dict[str, object]:
        if not hasattr(state, "definition"):
            state.definition = Definition(request.app.routes, settings.max_limit)
        found: dict[str, object] = state.definition.document(snapshot, root)
        return found

    return lambda: snapshot.cached(("openapi", root), make)


def _page(context: Asked[Parameters], make: Callable[[], dict[str, object]]) -> Response:
    return context.answer(
        lambda: reference_html(make(), context.links.root),
        headers={"Content-Security-Policy": POLICY},
    )
