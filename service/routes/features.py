"""Items of the layers and single features, read and written (OGC API – Features, Parts 1 and 4)."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from geodata.errors import Conflict, InvalidInput, NotFound
from geodata.incidents import document
from geodata.register import Register, Snapshot, field_changes
from service.collections import collection as find
from service.collections import systems_of
from service.drawing.map import light_districts
from service.handouts import handed_out
from service.http.dependencies import CallerDep, EditorDep, RegisterDep, SettingsDep, SnapshotDep
from service.http.representation import FEATURE, GEOJSON, ITEMS, MERGE_PATCH
from service.http.request import (
    Context,
    Links,
    Parameters,
    ParsedRequest,
    Query,
    Reads,
    ReadsLayer,
    asks_full,
    read_by,
    segment,
    takes,
)
from service.ogc import incoming
from service.ogc.features import Written, feature_answer, items_answer
from service.ogc.openapi import IF_MATCH, sent_feature
from service.ogc.query import feature_parameters, items_parameters, read_items
from service.pages.ogc import item_html, items_html

router = APIRouter()

ItemsDep = Annotated[
    Context,
    Depends(ReadsLayer(ITEMS, schema="{layer}Features", model_of=items_parameters)),
]
FeatureDep = Annotated[
    Context,
    Depends(ReadsLayer(FEATURE, schema="{layer}Feature", model_of=feature_parameters)),
]
HTML_ROWS = 1_000
"""Most rows of a page for people, who have the next page and the downloads."""


@router.get("/collections/{collection_id}/items", operation_id="get{Layer}")
def get_items(
    request: Request,
    snapshot: SnapshotDep,
    settings: SettingsDep,
    who: CallerDep,
    context: ItemsDep,
    collection_id: str,
) -> Response:
    """Give features of a layer."""
    collection = find(collection_id)
    paged = context.offer.key in ("json", "html")
    if not context.html:
        # What a browser's session saves is handed on; a key sent with the request is on purpose.
        full = asks_full(request, who, otherwise=who.session is None)
        snapshot = handed_out(snapshot, settings.restricted_location, full=full)
        request.state.view = snapshot.view
    query = read_items(
        context.query,
        collection,
        max_limit=min(settings.max_limit, HTML_ROWS) if context.html else settings.max_limit,
        paged=paged,
        systems=partial(systems_of, snapshot, collection),
    )

    def html(body: dict[str, Any]) -> str:
        return items_html(body, context.view, collection, light_districts(snapshot))

    return items_answer(context, snapshot, query, html)


@router.get("/collections/{collection_id}/items/{feature_id:path}", operation_id="getOne{Layer}")
def get_feature(
    snapshot: SnapshotDep,
    settings: SettingsDep,
    context: FeatureDep,
    collection_id: str,
    feature_id: str,
) -> Response:
    """Give one feature of a layer."""
    collection = find(collection_id)
    context.query.only(feature_parameters(collection, settings.max_limit).names())
    query = read_items(
        context.query,
        collection,
        max_limit=settings.max_limit,
        systems=partial(systems_of, snapshot, collection),
    )

    def page(body: dict[str, Any]) -> str:
        return item_html(body, context.view, collection, light_districts(snapshot))

    return feature_answer(context, snapshot, feature_id, query, page)


INCIDENTS = "/collections/incidents/items"
INCIDENT = INCIDENTS + "/{feature_id:path}"


class WriteQuery(Parameters):
    """What a write takes beside its body."""

    reason: read_by(incoming.reason_of) = takes(  # type: ignore[valid-type]
        "Why; kept with the revision.", {"type": "string", "maxLength": 1000}
    )


# What was stored is stored, whatever the client accepts as the answer.
WriteDep = Annotated[
    ParsedRequest[WriteQuery], Depends(Reads(FEATURE[:1], "incidentsFeature", True, WriteQuery))
]


async def _body(request: Request) -> bytes:
    return await request.body()


BodyDep = Annotated[bytes, Depends(_body)]


@router.post(
    INCIDENTS,
    operation_id="createIncident",
    tags=["incidents"],
    status_code=201,
    openapi_extra=sent_feature(GEOJSON, whole=True),
)
def create(
    request: Request, register: RegisterDep, who: EditorDep, context: WriteDep, body: BodyDep
) -> Response:
    """Append a new incident."""
    feature = incoming.read_body(body, request.headers)
    incident = incoming.created(feature, register.snapshot())
    revision = register.create(incident, author=who.name, reason=context.asked.reason)
    feature_id = revision.record_id
    answer = _answer(context, register, feature_id, incoming.written(revision, register.snapshot()))
    answer.status_code = 201
    answer.headers["Location"] = f"{context.links.root}{INCIDENTS}/{segment(feature_id)}"
    return answer


@router.put(
    INCIDENT,
    operation_id="replaceIncident",
    description="Append an incident as it is now believed, as a whole.",
    tags=["incidents"],
    openapi_extra=sent_feature(GEOJSON, whole=True, conditional=True),
)
@router.patch(
    INCIDENT,
    operation_id="updateIncident",
    description="Append an incident with some members changed (RFC 7396).",
    tags=["incidents"],
    openapi_extra=sent_feature(MERGE_PATCH, whole=False, conditional=True),
)
def change(
    request: Request,
    register: RegisterDep,
    who: EditorDep,
    context: WriteDep,
    body: BodyDep,
    feature_id: str,
) -> Response:
    """Append an incident anew, or with some members changed."""
    snapshot, held, expected = _held(request, register, feature_id)
    feature = incoming.read_body(body, request.headers)
    whole = request.method == "PUT"
    incident = incoming.changed(feature, held, snapshot, whole=whole)
    if not field_changes(document(held.record), document(incident)):
        # Nothing is different from what is held: no version is added.
        return _answer(context, register, feature_id, held.unchanged)
    try:
        revision = register.replace(
            incident, author=who.name, reason=context.asked.reason, expected_version=expected
        )
    except Conflict as conflict:
        raise _failed(conflict, request) from conflict
    return _answer(context, register, feature_id, incoming.written(revision, register.snapshot()))


@router.delete(
    INCIDENT,
    operation_id="retractIncident",
    tags=["incidents"],
    status_code=204,
    openapi_extra={"parameters": [IF_MATCH]},
)
def retract(
    request: Request, register: RegisterDep, who: EditorDep, context: WriteDep, feature_id: str
) -> Response:
    """Append that an incident no longer counts; its history stays."""
    reason = context.asked.reason
    _, _, expected = _held(request, register, feature_id)
    try:
        register.retract(feature_id, author=who.name, reason=reason, expected_version=expected)
    except Conflict as conflict:
        raise _failed(conflict, request) from conflict
    return Response(status_code=204)


def _held(
    request: Request, register: Register, feature_id: str
) -> tuple[Snapshot, incoming.Stored, int | None]:
    """Give the newest state, the incident as held, and the version that has to be held still."""
    if not feature_id.isprintable() or len(feature_id) > 120:
        raise NotFound("There is no incident of that id.", code="no-incident")
    # Another process may have written what the client read there a moment ago.
    snapshot = register.newest()
    held = incoming.stored_of(snapshot, feature_id)
    version = held.record.version
    expected = incoming.expected_version(request.headers.get("if-match"), version)
    # Without a condition the change still rests on the version that was read here.
    return snapshot, held, version if expected is None else expected


def _failed(conflict: Conflict, request: Request) -> Exception:
    """Give a change that came between as the failed condition, if there was one."""
    if "if-match" not in request.headers:
        return conflict
    return InvalidInput(conflict.message, code="precondition-failed", details=conflict.details)


def _answer(context: Context, register: Register, feature_id: str, written: Written) -> Response:
    """Give the incident as this change left it, just as a GET of it would until the next one."""
    links = Links(context.links.root, f"{INCIDENTS}/{feature_id}")
    read = Context(context.request, Query(()), links, context.offer, context.offers)
    return feature_answer(read, register.snapshot(), feature_id, written=written)
