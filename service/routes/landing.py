"""What the service says of itself: its layers and API, whether it lives, how it fares, its jobs."""

from collections.abc import Callable
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import PlainTextResponse

from geodata.errors import GeodataError, StoreError
from service.collections import collection as find
from service.http import problems
from service.http.dependencies import DeskDep, RegisterDep, SettingsDep, SnapshotDep
from service.http.representation import JSON, JSON_SCHEMA, OPENAPI, PAGE, RESOURCE, Offer
from service.http.request import Context, Parameters, ParsedRequest, Reads, ReadsLayer
from service.ogc import descriptions
from service.ogc.openapi import Definition
from service.opendata.catalogue import entry, schema_org
from service.pages.about import POLICY, asset, jobs_html, reference_html
from service.pages.districts import overview_html
from service.pages.ogc import collection_html, collections_html, landing_html
from service.security import telemetry

router = APIRouter(tags=["service"])
Read = ParsedRequest[Parameters]
LandingDep = Annotated[Read, Depends(Reads(RESOURCE, schema="landingPage"))]
ConformanceDep = Annotated[Read, Depends(Reads(RESOURCE, schema="confClasses"))]
LayersDep = Annotated[Read, Depends(Reads(RESOURCE, schema="collections"))]
LayerDep = Annotated[Context, Depends(ReadsLayer(RESOURCE, schema="collection"))]
SchemaDep = Annotated[Context, Depends(ReadsLayer(JSON_SCHEMA, schema="jsonSchema"))]


@router.get("/", operation_id="getLandingPage")
def landing(snapshot: SnapshotDep, context: LandingDep) -> Response:
    """Give the landing page."""
    body = descriptions.landing(context)

    def make() -> bytes | str:
        return overview_html(snapshot, context.view) if context.html else orjson.dumps(body)

    return context.answer(make, tag=context.tag(snapshot, daily=context.html))


@router.get("/conformance", operation_id="getConformance")
def conformance(snapshot: SnapshotDep, context: ConformanceDep) -> Response:
    """Give the conformance classes."""

    def make() -> bytes | str:
        if context.html:
            return landing_html(descriptions.conformance_page(context), context.view)
        return orjson.dumps(descriptions.conformance(context))

    return context.answer(make, tag=context.tag(snapshot))


@router.get("/collections", operation_id="getCollections")
def collections(snapshot: SnapshotDep, context: LayersDep) -> Response:
    """List the layers."""

    def make() -> bytes | str:
        body = descriptions.collections(context, snapshot)
        return collections_html(body, context.view) if context.html else orjson.dumps(body)

    return context.answer(make, tag=context.tag(snapshot, daily=True))


@router.get("/collections/{collection_id}", operation_id="describe{Layer}")
def collection(
    snapshot: SnapshotDep, settings: SettingsDep, context: LayerDep, collection_id: str
) -> Response:
    """Describe one layer."""
    one = find(collection_id)

    def make() -> bytes | str:
        body = descriptions.collection_resource(context, snapshot, one)
        if not context.html:
            return orjson.dumps(body)
        shown = snapshot.public(settings.restricted_location)
        dataset = schema_org(entry(one, shown, context.links))
        return collection_html(body, context.view, dataset)

    return context.answer(make, tag=context.tag(snapshot, daily=one.computed))


@router.get("/collections/{collection_id}/queryables", operation_id="queryablesOf{Layer}")
def queryables(snapshot: SnapshotDep, context: SchemaDep, collection_id: str) -> Response:
    """Give what can be used in filters."""
    one = find(collection_id)
    body = descriptions.queryables(one, context.links)
    return _schema(context, snapshot, one, body)


@router.get("/collections/{collection_id}/schema", operation_id="schemaOf{Layer}")
def schema(snapshot: SnapshotDep, context: SchemaDep, collection_id: str) -> Response:
    """Give the schema of a layer's features."""
    one = find(collection_id)
    body = descriptions.feature_schema(one, context.links)
    return _schema(context, snapshot, one, body)


def _schema(context: Context, snapshot: SnapshotDep, one: Any, body: dict[str, Any]) -> Response:
    def make() -> bytes | str:
        if not context.html:
            return orjson.dumps(body)
        described = descriptions.collection_resource(context, snapshot, one)
        return collection_html(described, context.view)

    return context.answer(make, tag=context.tag(snapshot))


DEFINITION = (
    Offer("json", OPENAPI, "OpenAPI 3.0", (JSON,)),
    RESOURCE[1],
)
DefinitionDep = Annotated[ParsedRequest[Parameters], Depends(Reads(DEFINITION))]
ReferenceDep = Annotated[ParsedRequest[Parameters], Depends(Reads(PAGE))]


@router.get("/api", include_in_schema=False)
def definition(
    request: Request, snapshot: SnapshotDep, settings: SettingsDep, context: DefinitionDep
) -> Response:
    """Give the definition; the reference for a browser."""
    make = _document(request, snapshot, settings, context.links.root)
    if context.html:
        return _page(context, make)
    return context.answer(lambda: orjson.dumps(make()), tag=context.tag(snapshot))


@router.get("/api.html", include_in_schema=False)
@router.get("/docs", include_in_schema=False)
def reference(
    request: Request, snapshot: SnapshotDep, settings: SettingsDep, context: ReferenceDep
) -> Response:
    """Give the reference: every operation, with examples that run."""
    return _page(context, _document(request, snapshot, settings, context.links.root))


@router.get("/docs/{name}", include_in_schema=False)
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


def _page(context: ParsedRequest[Parameters], make: Callable[[], dict[str, object]]) -> Response:
    return context.answer(
        lambda: reference_html(make(), context.links.root),
        headers={"Content-Security-Policy": POLICY},
    )


health = APIRouter(tags=["health"])


@health.get("/healthz", operation_id="isAlive")
def healthz() -> dict[str, str]:
    """Say that the process answers."""
    return {"status": "ok"}


@health.get("/readyz", response_model=None, operation_id="isReady")
def readyz(register: RegisterDep) -> dict[str, Any] | Response:
    """Say whether the register can be read now and is whole; 503 with the reason where not."""
    known = register.watch.integrity
    try:
        register.check()
        snapshot = register.snapshot()
        if known.damage:
            # Where its file lies is for the log.
            told = known.damage.replace(f" ({register.store.where})", "")
            raise StoreError(told, code="corrupt")
    except GeodataError as error:
        return problems.problem(503, error.code, error.message, headers={"Retry-After": "5"})
    return {
        "status": "ready",
        "revision": snapshot.revision,
        "edition": snapshot.edition,
        "incidents": len(snapshot.incidents),
        "verified": {"revision": known.revision, "at": known.at, "whole_at": known.whole_at},
    }


@health.get("/metrics", operation_id="getMetrics", response_class=PlainTextResponse)
def prometheus(register: RegisterDep) -> Response:
    """Give the numbers for Prometheus."""
    try:
        snapshot = register.snapshot()
    except GeodataError:
        return Response(telemetry.exposition(), media_type=telemetry.MEDIA_TYPE)
    telemetry.REVISION.set(snapshot.revision)
    telemetry.INCIDENTS.set(len(snapshot.incidents))
    return Response(telemetry.exposition(), media_type=telemetry.MEDIA_TYPE)


JobsDep = Annotated[ParsedRequest[Parameters], Depends(Reads(RESOURCE, model=Parameters))]


@health.get("/jobs", response_class=Response, operation_id="getJobs")
def jobs(snapshot: SnapshotDep, context: JobsDep, desk: DeskDep) -> Response:
    """Say which heavy answers are made, wait or are kept, with their revisions.

    Each is a backtest, a difference, a map or an atlas; whoever reads the public view is told
    of those of the public view only.
    """
    told = desk.told(snapshot.view)

    def make() -> bytes | str:
        if context.html:
            return jobs_html(told, context.view)
        return orjson.dumps(told | {"links": context.self_links()})

    response = context.answer(make)
    response.headers["Cache-Control"] = "no-store"
    return response
