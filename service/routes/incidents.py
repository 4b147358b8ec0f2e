"""Incidents over time: what changed, and the forms for editors that record, correct and decide.

Like the interface's writes the forms' are revisions: nothing is overwritten, and what was
typed is never lost, whatever comes between.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated
from uuid import uuid4

import orjson
from fastapi import APIRouter, Depends, Form, Request, Response
from starlette.responses import RedirectResponse

from geodata.errors import Conflict, InvalidInput, NotFound
from geodata.incidents import document
from geodata.intervals import parse_interval
from geodata.model import Incident
from geodata.register import Redaction, Register, Revision, Snapshot, field_changes, steps
from geodata.register.revision import GONE
from service.content.changes import step_document
from service.http.dependencies import DeskDep, FormDep, RegisterDep, SnapshotDep
from service.http.representation import RESOURCE
from service.http.request import (
    Parameters,
    ParsedRequest,
    Reads,
    RiskQuery,
    Role,
    View,
    caller,
    form_answer,
    login_first,
    plain,
    takes,
    view_of,
)
from service.i18n import N_, translator_of
from service.jobs import JobResult
from service.ogc.incoming import settled
from service.pages.editing import STALE, Choice, Draft, decision_html, draft_of, form_html
from service.pages.form import (
    FormErrors,
    Typed,
    errors_of_reason,
    incident_of,
    only_if_all_fits,
    reconciled,
    typed_of,
)
from service.pages.incidents import incident_html
from service.redacting import redact

router = APIRouter(tags=["history"])


HistoryDep = Annotated[ParsedRequest[Parameters], Depends(Reads(RESOURCE, model=plain("saved")))]


class Dates(RiskQuery):
    """The two dates, and the parameters of the ranking that is compared."""

    from_: str = takes(
        "First date; it means the day's start.",
        {"type": "string", "format": "date", "example": "2021-01-01"},
        name="from",
        default=...,
    )
    to: str | None = takes(
        "Last date; it means the day's end. Now when absent.", {"type": "string", "format": "date"}
    )


DatesDep = Annotated[ParsedRequest[Dates], Depends(Reads(RESOURCE[:1], model=Dates))]


@router.get("/incidents/{incident_id}/history", operation_id="getHistory")
def incident_history(snapshot: SnapshotDep, context: HistoryDep, incident_id: str) -> Response:
    """Give every revision of an incident, with what differs from the one before.

    Without a key no author is named, and what is hidden or withdrawn now is hidden in
    older versions too.
    """

    def make() -> bytes | str:
        revisions = snapshot.history(incident_id)
        told = steps(revisions)
        if context.html:
            return incident_html(snapshot, revisions[-1].record(), context.view, history=told)
        newest = revisions[-1]
        return orjson.dumps(
            {
                "id": incident_id,
                "version": newest.version,
                "record_status": newest.payload["record_status"],
                "revisions": [step_document(step) for step in told],
                "links": context.self_links(),
            }
        )

    return context.answer(make, tag=context.tag(snapshot))


@router.get("/diff", operation_id="getDifference")
def difference(
    register: RegisterDep, snapshot: SnapshotDep, context: DatesDep, desk: DeskDep
) -> Response:
    """Give what changed from one date to another (`from`, `to`; default now).

    A day as `from` means its start, as `to` its end.
    """
    earlier, later = _ends(context.asked, register, snapshot)

    def make(answer: JobResult, _: View) -> bytes:
        links = orjson.dumps({"links": context.self_links()})
        return answer.body[:-1] + b"," + links[1:]

    ask = partial(desk.ask, "changes", (earlier, later), context.asked.risk, None)
    tag = context.tag(later, earlier.key, daily=True)
    return context.made_apart(lambda older: ask(register=register, older=older), make, tag=tag)


def _ends(asked: Dates, register: RegisterDep, snapshot: Snapshot) -> tuple[Snapshot, Snapshot]:
    """Give the snapshots of both dates in the view that the caller has."""
    start = parse_interval(asked.from_, field="from").start
    end = parse_interval(asked.to, field="to").end if asked.to else None
    if start and end and end < start:
        raise InvalidInput(
            "to is before from. Exchange them.",
            code="bad-to",
            details=[{"field": "to", "reason": "is before from"}],
        )
    both = [register.snapshot(moment, boundaries=asked.boundaries) for moment in (start, end)]
    both = [one.in_view_of(snapshot) for one in both]
    return both[0], both[1]


forms = APIRouter(include_in_schema=False)

NEW_ID = re.compile(r"inc-[0-9a-f]{12}")

ENDED = N_("Your session has ended; nothing is saved yet. Sign in, come back here and save again.")
CHANGED = N_(
    "Somebody else saved version %(version)s meanwhile. Nothing of yours is lost: compare, "
    "correct the form where needed, and save again."
)
RECORDED = N_(
    "This form was saved before, as incident %(id)s. To correct that record, say why and save "
    "again."
)
UNCHANGED = N_("Nothing is different from what is held, so no version was added.")


@forms.get("/incidents/new")
def new_form(request: Request, register: RegisterDep) -> Response:
    """Show the empty form."""
    if (away := login_first(request, "editor")) is not None:
        return away
    draft = Draft(None, typed_of(None), new_id=_new_id())
    return _shown(register.newest(), draft, view_of(request, ()))


@forms.get("/incidents/{incident_id}/edit")
def edit_form(request: Request, register: RegisterDep, incident_id: str) -> Response:
    """Show the form of an incident as it is held."""
    if (away := login_first(request, "editor")) is not None:
        return away
    snapshot = register.newest()
    held = snapshot.incident(incident_id)
    return _shown(snapshot, Draft(held, typed_of(held)), view_of(request, ()))


@forms.post("/incidents/new")
def create(request: Request, register: RegisterDep, form: FormDep) -> Response:
    """Append a new incident."""
    return _taken(request, register, form, None)


@forms.post("/incidents/{incident_id}/edit")
def correct(request: Request, register: RegisterDep, form: FormDep, incident_id: str) -> Response:
    """Append a correction."""
    return _taken(request, register, form, incident_id)


def _taken(
    request: Request, register: Register, form: dict[str, str], incident_id: str | None
) -> Response:
    """Save what was typed, or show the form again with all of it and why it was not saved."""
    view = view_of(request, ())
    translator = translator_of(view.lang)
    snapshot = register.newest()
    may = caller(request).may("editor")
    if not may and view.role != "public":
        caller(request).require("editor")
    base = _version(register, incident_id, form.get("base", "")) if incident_id and may else None
    given = form.get("id", "")
    draft = draft_of(form, base, given if NEW_ID.fullmatch(given) else _new_id())
    if not may:
        # What was typed goes back to who typed it; nothing of the register goes along.
        ended = replace(draft, notice=translator.gettext(ENDED), resumed=_named(incident_id, form))
        return _shown(snapshot, ended, view, 401)
    if not request.app.state.sessions.takes_form(request, form.get("csrf_token", "")):
        return _shown(snapshot, replace(draft, notice=translator.gettext(STALE)), view, 403)
    if "more" in form:
        return _shown(snapshot, draft, view)
    try:
        return _saved(request, register, snapshot, draft, view)
    except FormErrors as found:
        sentences = found.sentences(translator)
        return _shown(snapshot, replace(draft, errors=sentences), view, 422)
    except Conflict:
        return _clashing(register.newest(), draft, view)


def _saved(
    request: Request, register: Register, snapshot: Snapshot, draft: Draft, view: View
) -> Response:
    base = draft.incident
    if base is not None and snapshot.incident(base.incident_id).version != base.version:
        raise Conflict("The record changed meanwhile.")
    incident = _checked(draft, snapshot)
    author = caller(request).name
    reason = draft.reason or None
    if base is None:
        revision = register.create(incident, author=author, reason=reason)
    else:
        if not field_changes(document(base), document(incident)):
            notice = translator_of(view.lang).gettext(UNCHANGED)
            return _shown(snapshot, replace(draft, notice=notice), view)
        revision = register.replace(
            incident, author=author, reason=reason, expected_version=base.version
        )
    page = view.href(f"/incidents/{incident.incident_id}", saved=revision.version)
    return RedirectResponse(page, 303)


def _checked(draft: Draft, snapshot: Snapshot) -> Incident:
    """Give the record typed, placed and checked; all errors at once."""
    base = draft.incident
    incident_id = base.incident_id if base else draft.new_id
    return only_if_all_fits(
        draft.reason,
        N_("Say why the record is changed.") if base else "",
        lambda: settled(incident_of(draft.typed, incident_id, base), snapshot, base, named=True),
    )


def _clashing(snapshot: Snapshot, draft: Draft, view: View) -> Response:
    """Show both values of what somebody else changed; the form rests on theirs from now on."""
    translator = translator_of(view.lang)
    if draft.incident is None:
        return _twice(snapshot, draft, view)
    held = snapshot.incident(draft.incident.incident_id)
    typed, clashes = reconciled(draft.typed, draft.incident, held, translator)
    notice = translator.gettext(CHANGED) % {"version": held.version}
    merged = replace(draft, incident=held, typed=typed, clashes=clashes, notice=notice)
    return _shown(snapshot, merged, view, 409)


def _twice(snapshot: Snapshot, draft: Draft, view: View) -> Response:
    """Answer a new record's form that was sent before: it is recorded once."""
    held = snapshot.incident(draft.new_id)
    if not field_changes(document(held), document(_checked(draft, snapshot))):
        return RedirectResponse(view.href(f"/incidents/{draft.new_id}", saved=held.version), 303)
    notice = translator_of(view.lang).gettext(RECORDED) % {"id": draft.new_id}
    return _shown(snapshot, replace(draft, incident=held, notice=notice), view, 409)


def _new_id() -> str:
    return f"inc-{uuid4().hex[:12]}"


def _version(register: Register, incident_id: str, text: str) -> Incident:
    """Give the version that a form was made from."""
    for revision in register.history(incident_id):
        if str(revision.version) == text:
            found: Incident = revision.record()
            return found
    raise NotFound(f"The incident has no version {text[:20]!r}.", code="no-version")


def _named(incident_id: str | None, form: Typed) -> tuple[str, str]:
    """Give the id and version of a form as they came; nothing is looked up."""
    base = form.get("base", "")
    plain = incident_id is not None and re.fullmatch(r"[\w.:\-]{1,120}", incident_id)
    return (incident_id or "" if plain else "", base if base.isdecimal() else "0")


def _shown(snapshot: Snapshot, draft: Draft, view: View, status: int = 200) -> Response:
    return form_answer(form_html(snapshot, draft, view), view, status)


DECIDED_LATE = N_(
    "Somebody else saved version %(version)s meanwhile. Look at it before you decide."
)
NO_REASON = N_("Say why.")


@dataclass(frozen=True, slots=True)
class Sent:
    """What the form of a decision sends: the version decided about, why, and its token."""

    base: int
    reason: str
    token: str


def _sent(
    base: Annotated[int, Form(ge=1)],
    reason: Annotated[str, Form(max_length=100_000)] = "",
    csrf_token: Annotated[str, Form(max_length=500)] = "",
) -> Sent:
    return Sent(base, reason.strip(), csrf_token)


SentDep = Annotated[Sent, Depends(_sent)]


@forms.get("/incidents/{incident_id}/restore/{version:int}")
def ask_restore(
    request: Request, register: RegisterDep, incident_id: str, version: int
) -> Response:
    """Show what restoring a version would change."""
    return _asked(request, register, incident_id, "restore", version)


@forms.get("/incidents/{incident_id}/verify")
@forms.get("/incidents/{incident_id}/dispute")
@forms.get("/incidents/{incident_id}/retract")
@forms.get("/incidents/{incident_id}/redact")
def ask(request: Request, register: RegisterDep, incident_id: str) -> Response:
    """Ask for the reason of a decision."""
    return _asked(request, register, incident_id, _decision_in(request))


@forms.post("/incidents/{incident_id}/restore/{version:int}")
def restore(
    request: Request, register: RegisterDep, sent: SentDep, incident_id: str, version: int
) -> Response:
    """Append an older version's content as a new version."""
    return _decided(request, register, incident_id, "restore", sent, version)


@forms.post("/incidents/{incident_id}/verify")
@forms.post("/incidents/{incident_id}/dispute")
@forms.post("/incidents/{incident_id}/retract")
@forms.post("/incidents/{incident_id}/redact")
def decide(request: Request, register: RegisterDep, sent: SentDep, incident_id: str) -> Response:
    """Append a decision."""
    return _decided(request, register, incident_id, _decision_in(request), sent)


def _decision_in(request: Request) -> str:
    return request.scope["path"].rpartition("/")[2]


def _role(decision: str) -> Role:
    # What is taken back cannot be restored.
    return "admin" if decision == "redact" else "editor"


def _asked(
    request: Request,
    register: Register,
    incident_id: str,
    decision: str,
    version: int | None = None,
) -> Response:
    if (away := login_first(request, _role(decision))) is not None:
        return away
    choice = _choice(register, incident_id, decision, version)
    return _asked_again(register, choice, view_of(request, ()))


def _choice(
    register: Register, incident_id: str, decision: str, version: int | None, reason: str = ""
) -> Choice:
    """Give the decision about the version held now.

    Raises
    ------
    NotFound
        The record or the version does not exist, or cannot be decided about.
    """
    history = register.history(incident_id)
    newest = history[-1]
    if decision != "restore":
        if newest.change in GONE and decision != "redact":
            raise NotFound(f"The incident {incident_id[:120]!r} is not held.", code="no-incident")
        return Choice(decision, newest.record(), reason=reason)
    old = _restorable(history, version)
    changes = field_changes(newest.payload, old.payload)
    return Choice(decision, newest.record(), version, changes, reason=reason)


def _restorable(history: list[Revision], version: int | None) -> Revision:
    for revision in history[:-1]:
        if revision.version == version and revision.change not in GONE:
            return revision
    raise NotFound(f"There is no older version {version} to restore.", code="no-version")


def _decided(
    request: Request,
    register: Register,
    incident_id: str,
    decision: str,
    sent: Sent,
    version: int | None = None,
) -> Response:
    caller(request).require(_role(decision))
    view = view_of(request, ())
    translator = translator_of(view.lang)
    choice = _choice(register, incident_id, decision, version, sent.reason)
    if not request.app.state.sessions.takes_form(request, sent.token):
        return _asked_again(register, replace(choice, notice=translator.gettext(STALE)), view, 403)
    found = errors_of_reason(choice.reason, NO_REASON if choice.needs_reason else "")
    if found:
        error = FormErrors(found).sentences(translator)["reason"]
        return _asked_again(register, replace(choice, error=error), view, 422)
    try:
        return _appended(request, register, choice, sent.base, view)
    except Conflict:
        fresh = _choice(register, incident_id, decision, version, choice.reason)
        newer = [s for s in steps(register.history(incident_id)) if s.version > sent.base]
        notice = translator.gettext(DECIDED_LATE) % {"version": fresh.incident.version}
        return _asked_again(register, replace(fresh, newer=newer, notice=notice), view, 409)


def _appended(
    request: Request, register: Register, choice: Choice, base: int, view: View
) -> Response:
    name = choice.incident.incident_id
    author, why = caller(request).name, choice.reason or None
    if choice.decision == "redact":
        folder = request.app.state.settings.data
        redact(register, folder, Redaction("incident", name, (), author, choice.reason))
        return RedirectResponse(view.href(f"/incidents/{name}/history", f="html"), 303)
    if choice.decision == "restore":
        old = _restorable(register.history(name), choice.restored).record()
        why = ": ".join(filter(None, (f"Version {choice.restored} restored", why)))
        done = register.replace(old, author=author, reason=why, expected_version=base)
    else:
        writes: dict[str, Callable[..., Revision]] = {
            "verify": register.verify,
            "dispute": register.dispute,
            "retract": register.retract,
        }
        write = writes[choice.decision]
        done = write(name, author=author, reason=why, expected_version=base)
    if choice.decision == "retract":
        # A retracted record has no page of its own any more; its history has.
        page = view.href(f"/incidents/{name}/history", f="html", saved=done.version)
    else:
        page = view.href(f"/incidents/{name}", saved=done.version)
    return RedirectResponse(page, 303)


def _asked_again(register: Register, choice: Choice, view: View, status: int = 200) -> Response:
    return form_answer(decision_html(register.newest(), choice, view), view, status)
