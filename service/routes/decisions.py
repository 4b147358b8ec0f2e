"""Decisions about an incident: verify, dispute, retract, restore a version, redact (admin)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from starlette.responses import RedirectResponse

from geodata.errors import Conflict, NotFound
from geodata.register import Redaction, Register, Revision, field_changes, steps
from service.auth import Role, caller
from service.http.reader import View, form_answer, login_first, view_of
from service.http.request import RegisterDep
from service.i18n import N_, translator
from service.pages.editing.complaints import Complaints, complaints_of_reason
from service.pages.editing.pages import STALE, Choice, decision_html
from service.redacting import redact

router = APIRouter(include_in_schema=False)

GONE = ("merge", "retract")
CHANGED = N_("Somebody else saved version %(version)s meanwhile. Look at it before you decide.")
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


@router.get("/incidents/{incident_id}/restore/{version:int}")
def ask_restore(
    request: Request, register: RegisterDep, incident_id: str, version: int
) -> Response:
    """Show what restoring a version would change."""
    return _asked(request, register, incident_id, "restore", version)


@router.get("/incidents/{incident_id}/verify")
@router.get("/incidents/{incident_id}/dispute")
@router.get("/incidents/{incident_id}/retract")
@router.get("/incidents/{incident_id}/redact")
def ask(request: Request, register: RegisterDep, incident_id: str) -> Response:
    """Ask for the reason of a decision."""
    return _asked(request, register, incident_id, _named(request))


@router.post("/incidents/{incident_id}/restore/{version:int}")
def restore(
    request: Request, register: RegisterDep, sent: SentDep, incident_id: str, version: int
) -> Response:
    """Append an older version's content as a new version."""
    return _decided(request, register, incident_id, "restore", sent, version)


@router.post("/incidents/{incident_id}/verify")
@router.post("/incidents/{incident_id}/dispute")
@router.post("/incidents/{incident_id}/retract")
@router.post("/incidents/{incident_id}/redact")
def decide(request: Request, register: RegisterDep, sent: SentDep, incident_id: str) -> Response:
    """Append a decision."""
    return _decided(request, register, incident_id, _named(request), sent)


def _named(request: Request) -> str:
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
    return _shown(register, choice, view_of(request, ()))


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
    words = translator(view.lang)
    choice = _choice(register, incident_id, decision, version, sent.reason)
    if not request.app.state.sessions.takes_form(request, sent.token):
        return _shown(register, replace(choice, notice=words.gettext(STALE)), view, 403)
    found = complaints_of_reason(choice.reason, NO_REASON if choice.needs_reason else "")
    if found:
        complaint = Complaints(found).told(words)["reason"]
        return _shown(register, replace(choice, complaint=complaint), view, 422)
    try:
        return _appended(request, register, choice, sent.base, view)
    except Conflict:
        fresh = _choice(register, incident_id, decision, version, choice.reason)
        newer = [s for s in steps(register.history(incident_id)) if s.version > sent.base]
        notice = words.gettext(CHANGED) % {"version": fresh.incident.version}
        return _shown(register, replace(fresh, newer=newer, notice=notice), view, 409)


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


def _shown(register: Register, choice: Choice, view: View, status: int = 200) -> Response:
    return form_answer(decision_html(register.newest(), choice, view), view, status)
