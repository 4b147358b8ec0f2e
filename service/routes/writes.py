"""Create, replace, update and retract incidents (OGC API – Features, Part 4)."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from geodata.errors import Conflict, InvalidInput, NotFound
from geodata.incidents import document
from geodata.register import Register, Snapshot, field_changes
from service.auth import Caller, CallerDep
from service.http import media
from service.http.request import Context, Links, Query, RegisterDep, context_of, segment
from service.ogc import incoming
from service.ogc.answers import Written, feature_answer

router = APIRouter()

ITEMS = "/collections/incidents/items"
ITEM = ITEMS + "/{feature_id:path}"


async def _body(request: Request) -> bytes:
    return await request.body()


BodyDep = Annotated[bytes, Depends(_body)]


@router.post(ITEMS)
def create(request: Request, register: RegisterDep, who: CallerDep, body: BodyDep) -> Response:
    """Append a new incident."""
    context, reason = _editor(request, who)
    feature = incoming.read_body(body, request.headers)
    incident = incoming.created(feature, register.snapshot())
    revision = register.create(incident, author=who.name, reason=reason)
    feature_id = revision.record_id
    answer = _answer(context, register, feature_id, incoming.written(revision))
    answer.status_code = 201
    answer.headers["Location"] = f"{context.links.root}{ITEMS}/{segment(feature_id)}"
    return answer


@router.put(ITEM)
def replace_whole(
    request: Request, register: RegisterDep, who: CallerDep, body: BodyDep, feature_id: str
) -> Response:
    """Append an incident as it is now believed, as a whole."""
    return _change(request, register, who, body, feature_id)


@router.patch(ITEM)
def update(
    request: Request, register: RegisterDep, who: CallerDep, body: BodyDep, feature_id: str
) -> Response:
    """Append an incident with some members changed."""
    return _change(request, register, who, body, feature_id)


def _change(
    request: Request, register: Register, who: Caller, body: bytes, feature_id: str
) -> Response:
    context, reason = _editor(request, who)
    snapshot, held, expected = _held(request, register, feature_id)
    feature = incoming.read_body(body, request.headers)
    whole = request.method == "PUT"
    incident = incoming.changed(feature, held, snapshot, whole=whole)
    if not field_changes(document(held.record), document(incident)):
        # Nothing is different from what is held: no version is added.
        return _answer(context, register, feature_id, held.unchanged)
    try:
        revision = register.replace(
            incident, author=who.name, reason=reason, expected_version=expected
        )
    except Conflict as conflict:
        raise _failed(conflict, request) from conflict
    return _answer(context, register, feature_id, incoming.written(revision))


@router.delete(ITEM)
def retract(request: Request, register: RegisterDep, who: CallerDep, feature_id: str) -> Response:
    """Append that an incident no longer counts; its history stays."""
    _, reason = _editor(request, who)
    _, _, expected = _held(request, register, feature_id)
    try:
        register.retract(feature_id, author=who.name, reason=reason, expected_version=expected)
    except Conflict as conflict:
        raise _failed(conflict, request) from conflict
    return Response(status_code=204)


def _editor(request: Request, who: Caller) -> tuple[Context, str | None]:
    who.require("editor")
    # What was stored is stored, whatever the client accepts as the answer.
    context = context_of(request, media.FEATURE[:1], ("reason",), negotiated=False)
    return context, incoming.reason_of(context.query.text("reason"))


def _held(
    request: Request, register: Register, feature_id: str
) -> tuple[Snapshot, incoming.Held, int | None]:
    """Give the newest state, the incident as held, and the version that has to be held still."""
    if not feature_id.isprintable() or len(feature_id) > 120:
        raise NotFound("There is no incident of that id.", code="no-incident")
    # Another process may have written what the client read there a moment ago.
    snapshot = register.newest()
    held = incoming.held_of(snapshot, feature_id)
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
    links = Links(context.links.root, f"{ITEMS}/{feature_id}")
    read = replace(context, query=Query(()), links=links)
    return feature_answer(read, register.snapshot(), feature_id, written=written)
