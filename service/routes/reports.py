"""Reports: file one, see what was read from it, decide about each candidate.

``POST /reports`` takes ``{"text", "published", "url"?, "title"?, "publisher"?}`` as JSON, or the
same fields as a form with a ``file`` in place of ``text``. The answer (201) is the report with what
was read from it, as ``hazardmap extract`` prints it, each candidate with its number ``n`` and what
was decided. To decide, POST to ``/reports/{id}/candidates/{n}/accept``, ``reject`` or ``reopen``.
All of it needs a key: an analyst's to read, an editor's to file and decide.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse

from geodata.deferred import deferred
from geodata.errors import Conflict, Forbidden, InvalidInput
from geodata.incidents import checked, document
from geodata.model import FiledReport, Incident, Record
from geodata.register import Register, Snapshot
from geodata.register.state import StoredReport
from service.http.dependencies import RegisterDep, form_of
from service.http.problems import wants_html
from service.http.request import View, caller, form_answer, login_first, view_of
from service.i18n import N_, SOURCE, translator_of
from service.ogc.incoming import settled
from service.pages.editing import (
    STALE,
    Draft,
    Reviewed,
    draft_of,
    queue_html,
    review_html,
    spans_added,
)
from service.pages.form import (
    FormErrors,
    incident_of,
    only_if_all_fits,
    typed_of,
)

if TYPE_CHECKING:
    from geodata import reports
    from geodata.reports import documents, linking, review
    from geodata.reports.candidates import Reading
else:
    # What reads reports loads with the first of them.
    reports = deferred("geodata.reports")
    documents, linking, review = (
        deferred(f"geodata.reports.{name}") for name in ("documents", "linking", "review")
    )

router = APIRouter(tags=["reports"])

DECIDED = N_("Somebody decided about this candidate meanwhile. Nothing of yours was stored.")
LONGEST = 1_000_000
Status = Literal["new", "in_review", "done", "nothing_found"]


class Sent(BaseModel):
    """A report as a program files it."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=1, max_length=LONGEST)]
    published: date
    url: str | None = None
    title: str | None = None
    publisher: str | None = None


class Decision(BaseModel):
    """A decision as a program sends it.

    ``record`` overrides members of the proposed record. With ``into`` the candidate is told of an
    incident held: ``as`` says whether its numbers of people correct that incident.
    """

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    record: dict[str, Any] | None = None
    into: str | None = None
    as_: Annotated[Literal["evidence", "correction"], Field(alias="as")] = "evidence"
    reason: Annotated[str | None, Field(max_length=1_000)] = None


@router.get("/reports", summary="Reports filed for review")
def list_reports(
    request: Request,
    register: RegisterDep,
    status: Annotated[Status | None, Query()] = None,
    q: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 50,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """List reports, the newest first; for an analyst."""
    if (away := login_first(request, "analyst")) is not None:
        return away
    view = view_of(request, ("status", "q", "limit", "offset"))
    held = list(register.newest().reports.values())[::-1]
    counts = {s: sum(r.status == s for r in held) for s in Status.__args__}  # type: ignore[attr-defined]
    wanted = [r for r in held if status in (None, r.status) and _names(r, q)]
    page = wanted[offset : offset + limit]
    if wants_html(request):
        html = queue_html(page, len(wanted), counts, view, status=status, q=q or "", limit=limit)
        return form_answer(html, view)
    return _json(
        {
            "reports": [_summary(report) for report in page],
            "matched": len(wanted),
            "counts": counts,
        }
    )


@router.post("/reports", status_code=201, summary="File a report and read it")
async def post_report(request: Request, register: RegisterDep) -> Response:
    """Read a report and keep it for review; nothing of it enters the figures by itself."""
    caller(request).require("editor")
    form = "form" in request.headers.get("content-type", "")
    details = await _from_form(request) if form else await _from_json(request)
    return await run_in_threadpool(_filed, request, register, details)


def _filed(request: Request, register: Register, details: dict[str, Any]) -> Response:
    published = date.fromisoformat(str(details["published"]))
    reading = _read(register.newest(), details["text"], published)
    report = review.file_report(register, details, reading, author=caller(request).name)
    if wants_html(request):
        return RedirectResponse(view_of(request, ()).href(f"/reports/{report.report_id}"), 303)
    return _json(report_body(report, 1), 201, {"Location": f"/reports/{report.report_id}"})


def _read(snapshot: Snapshot, text: str, published: date) -> "Reading":
    finder = snapshot.cached("place-finder", lambda: reports.PlaceFinder(snapshot.gazetteer))
    return reports.read_report(text, published, places=finder)


@router.get("/reports/{report_id}", summary="A report with what was read from it")
def get_report(request: Request, register: RegisterDep, report_id: str) -> Response:
    """Give a report and its candidates; a page for a browser."""
    if (away := login_first(request, "analyst")) is not None:
        return away
    report, version = review.filed(register, report_id)
    if not wants_html(request):
        return _json(report_body(report, version))
    view = view_of(request, ("candidate", "done"))
    return _page(register.newest(), report, version, view)


@router.post("/reports/{report_id}/candidates", status_code=201, summary="Add a candidate by hand")
async def add_candidate(request: Request, register: RegisterDep, report_id: str) -> Response:
    """Add an empty incident to a report in which none was found."""
    caller(request).require("editor")
    form = await form_of(request)
    if not request.app.state.sessions.takes_form(request, form.get("csrf_token", "")):
        raise Forbidden(STALE)
    report = await run_in_threadpool(
        review.add_candidate, register, report_id, author=caller(request).name
    )
    if wants_html(request):
        return _back(request, report, len(report.candidates) - 1)
    return _json(report_body(report, review.filed(register, report_id)[1]), 201)


@router.post("/reports/{report_id}/candidates/{n}/accept", summary="Take a candidate in")
async def accept(request: Request, register: RegisterDep, report_id: str, n: int) -> Response:
    """Record a candidate, or add it to an incident held (`into`)."""
    return await _decide(request, register, report_id, n, "accept")


@router.post("/reports/{report_id}/candidates/{n}/reject", summary="Say that it is none")
async def reject(request: Request, register: RegisterDep, report_id: str, n: int) -> Response:
    """Reject a candidate, with the reason."""
    return await _decide(request, register, report_id, n, "reject")


@router.post("/reports/{report_id}/candidates/{n}/reopen", summary="Undo a decision")
async def reopen(request: Request, register: RegisterDep, report_id: str, n: int) -> Response:
    """Undo a decision; the record made by it is retracted, one corrected gets its version back."""
    return await _decide(request, register, report_id, n, "reopen")


async def _decide(
    request: Request, register: Register, report_id: str, n: int, action: str
) -> Response:
    caller(request).require("editor")
    if "form" in request.headers.get("content-type", ""):
        form = await form_of(request)
        return await run_in_threadpool(_by_form, request, register, report_id, n, action, form)
    decision = _parsed(Decision, await request.body() or b"{}")
    return await run_in_threadpool(_by_program, request, register, report_id, n, action, decision)


def _by_program(
    request: Request, register: Register, report_id: str, n: int, action: str, decision: Decision
) -> Response:
    author = caller(request).name
    if action == "reopen":
        review.reopen(register, report_id, n, author=author)
    elif action == "reject":
        review.reject(register, report_id, n, author=author, reason=decision.reason or "")
    else:
        report, _ = review.filed(register, report_id)
        record = _overridden(report, n, decision, register.newest())
        _accepted(register, report_id, n, record, decision, author)
    report, version = review.filed(register, report_id)
    return _json(report_body(report, version))


def _accepted(
    register: Register,
    report_id: str,
    n: int,
    record: Record,
    decision: Decision,
    author: str,
    version: int | None = None,
) -> FiledReport:
    if decision.into is None:
        return review.accept(
            register, report_id, n, record, author=author, reason=decision.reason, version=version
        )
    if not isinstance(record, Incident):
        raise InvalidInput("Only an incident can be added to an incident.", code="bad-candidate")
    return review.link(
        register,
        report_id,
        n,
        decision.into,
        record,
        counts=decision.as_ == "correction",
        author=author,
        reason=decision.reason,
        version=version,
    )


def _overridden(report: FiledReport, n: int, decision: Decision, snapshot: Snapshot) -> Record:
    kind = review.candidate_of(report, n).kind
    record = review.proposed(report, n, review.new_id(kind))
    if decision.record:
        # Null takes a value out; what is not named stays as it was read.
        members = document(record) | decision.record
        record = checked(type(record), {k: v for k, v in members.items() if v is not None})
    if isinstance(record, Incident) and decision.into is None:
        record = settled(record, snapshot)
    return record


def _by_form(
    request: Request,
    register: Register,
    report_id: str,
    n: int,
    action: str,
    form: dict[str, str],
) -> Response:
    view = view_of(request, ())
    translator, snapshot = translator_of(view.lang), register.newest()
    report, version = review.filed(register, report_id)
    seen = form.get("version", "")
    reviewed = _reviewed(snapshot, report, n, form)
    if not request.app.state.sessions.takes_form(request, form.get("csrf_token", "")):
        return _again(snapshot, report, version, view, reviewed, translator.gettext(STALE), 403)
    if "more" in form:
        return _again(snapshot, report, version, view, reviewed, "", 200)
    author = caller(request).name
    expected = int(seen) if seen.isdecimal() and len(seen) < 9 else None
    try:
        if action == "reopen":
            done = review.reopen(register, report_id, n, author=author)
            return _back(request, done, n)
        if action == "reject":
            reason = form.get("reject_reason", "").strip()
            done = review.reject(register, report_id, n, author=author, reason=reason)
        else:
            done = _accepted_form(register, snapshot, report, n, form, reviewed, author, expected)
    except FormErrors as found:
        draft = replace(reviewed.draft, errors=found.sentences(translator))
        again = replace(reviewed, draft=draft)
        return _again(snapshot, report, version, view, again, "", 422)
    except InvalidInput as error:
        return _again(snapshot, report, version, view, reviewed, error.message, 422)
    except Conflict as error:
        report, version = review.filed(register, report_id)
        decided = review.candidate_of(report, n).state != "open" and action != "reopen"
        notice = translator.gettext(DECIDED) if decided else error.message
        return _again(register.newest(), report, version, view, reviewed, notice, 409)
    return _back(request, done, _next_open(done, n))


def _accepted_form(
    register: Register,
    snapshot: Snapshot,
    report: FiledReport,
    n: int,
    form: dict[str, str],
    reviewed: Reviewed,
    author: str,
    version: int | None,
) -> FiledReport:
    decision = Decision(
        into=form.get("into") or None,
        as_="correction" if form.get("as") == "correction" else "evidence",
        reason=form.get("reason", "").strip() or None,
    )
    kind = review.candidate_of(report, n).kind
    if kind != "incident":
        record: Record = review.proposed(report, n, reviewed.draft.new_id)
    else:
        draft = reviewed.draft

        def make() -> Incident:
            typed = incident_of(draft.typed, draft.new_id, draft.incident)
            return typed if decision.into else settled(typed, snapshot)

        record = only_if_all_fits(draft.reason, "", make)
    return _accepted(register, report.report_id, n, record, decision, author, version)


def _reviewed(snapshot: Snapshot, report: FiledReport, n: int, form: dict[str, str]) -> Reviewed:
    """Give the candidate with the form as it was sent."""
    candidate = review.candidate_of(report, n)
    given = form.get("id", "")
    record_id = given if review.NEW_ID.fullmatch(given) else review.new_id(candidate.kind)
    base = None
    if candidate.kind == "incident":
        base = review.proposed_incident(report, candidate.reading, record_id)
        base = base.model_copy(update={"evidence": base.evidence + spans_added(report, form)})
    draft = draft_of(form, base, record_id)
    return Reviewed(n, draft, _known(snapshot, base), form=form)


def _known(snapshot: Snapshot, incident: Incident | None) -> Any:
    return () if incident is None else linking.known_incidents(incident, snapshot)


def _page(snapshot: Snapshot, report: FiledReport, version: int, view: View) -> Response:
    wish = dict(view.query).get("candidate", "")
    last = len(report.candidates) - 1
    position = int(wish) if wish.isdecimal() and int(wish) <= last else _next_open(report, -1)
    reviewed = None
    if report.candidates:
        candidate = report.candidates[position]
        record_id = review.new_id(candidate.kind)
        base = None
        if candidate.kind == "incident" and candidate.state == "open":
            base = review.proposed_incident(report, candidate.reading, record_id)
        draft = Draft(base, typed_of(base) if base else {}, new_id=record_id)
        reviewed = Reviewed(position, draft, _known(snapshot, base))
    return _shown(snapshot, report, version, view, reviewed)


def _again(
    snapshot: Snapshot,
    report: FiledReport,
    version: int,
    view: View,
    reviewed: Reviewed,
    notice: str,
    status: int,
) -> Response:
    shown = replace(reviewed, draft=replace(reviewed.draft, notice=notice))
    return _shown(snapshot, report, version, view, shown, status)


def _shown(
    snapshot: Snapshot,
    report: FiledReport,
    version: int,
    view: View,
    reviewed: Reviewed | None,
    status: int = 200,
) -> Response:
    warnings: Sequence[str] = report.warnings
    if warnings and view.lang != SOURCE:
        # The register keeps their English; read again, they are sentences of every language.
        again = {str(w): w for w in _read(snapshot, report.text, report.published).warnings}
        warnings = [translator_of(view.lang).said(again.get(w, w)) for w in warnings]
    html = review_html(snapshot, report, version, reviewed, warnings, view)
    return form_answer(html, view, status)


def _back(request: Request, report: FiledReport, position: int) -> Response:
    view = view_of(request, ())
    href = view.href(f"/reports/{report.report_id}", candidate=str(position))
    return RedirectResponse(href, 303)


def _next_open(report: FiledReport, after: int) -> int:
    """Give the next candidate to decide about; the one just decided where none is left."""
    places = [i for i, c in enumerate(report.candidates) if c.state == "open"]
    later = [i for i in places if i > after]
    return (later or places or [max(after, 0)])[0]


async def _from_json(request: Request) -> dict[str, Any]:
    sent = _parsed(Sent, await request.body())
    return sent.model_dump(mode="json")


def _parsed(model: type[Any], body: bytes) -> Any:
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        details = [
            {"field": ".".join(map(str, e["loc"])) or "body", "reason": e["msg"]}
            for e in error.errors(include_url=False, include_input=False)
        ]
        text = "; ".join(f"{d['field']}: {d['reason']}" for d in details[:5])
        raise InvalidInput(f"The body cannot be taken: {text}", details=details) from None


def _document(content: bytes, name: str) -> "documents.Document":
    """Read an uploaded report; of a feed the first one.

    Raises
    ------
    InvalidInput
        The file cannot be read as a report.
    """
    suffix = Path(name).suffix.lower()
    with TemporaryDirectory(prefix="hazardmap-report-") as folder:
        path = Path(folder) / f"report{suffix if suffix in documents.SUFFIXES else '.txt'}"
        path.write_bytes(content)
        found = next(documents.documents(path))
    if found.problem:
        raise InvalidInput(
            f"{name[:120]} cannot be read: {found.problem}",
            code="bad-report",
            details=[{"field": "file", "reason": found.problem}],
        )
    return found


async def _from_form(request: Request) -> dict[str, Any]:
    form = await request.form()
    token = str(form.get("csrf_token", ""))
    if not request.app.state.sessions.takes_form(request, token):
        raise Forbidden(STALE)
    details = {
        name: str(form.get(name) or "").strip()
        for name in ("text", "published", "url", "title", "publisher")
    }
    file = form.get("file")
    if isinstance(file, UploadFile) and file.filename:
        read = await run_in_threadpool(_document, await file.read(), file.filename)
        details["text"] = read.text
        # What the person typed wins over what the file says of itself.
        details["title"] = details["title"] or read.title or ""
        details["url"] = details["url"] or read.url or ""
        if not details["published"] and read.published:
            details["published"] = read.published.isoformat()
    if not details["text"]:
        raise InvalidInput(
            "There is no text. Paste the report, or choose a file.",
            details=[{"field": "text", "reason": "is needed"}],
        )
    try:
        date.fromisoformat(details["published"])
    except ValueError:
        raise InvalidInput(
            "published needs the day the report was published, e.g. 2021-02-06.",
            details=[{"field": "published", "reason": "is needed, e.g. 2021-02-06"}],
        ) from None
    return details


def report_body(report: FiledReport, version: int) -> dict[str, Any]:
    """Give a report as the interface shows it, its candidates as `hazardmap extract` does.

    Parameters
    ----------
    version
        Its version: decisions that name it are refused when somebody decided meanwhile.
    """
    lists: dict[str, list[dict[str, Any]]] = {"incidents": [], "statistics": [], "operations": []}
    names = dict(zip(("incident", "statistic", "operation"), lists, strict=True))
    for n, candidate in enumerate(report.candidates):
        decided = document(candidate)
        lists[names[candidate.kind]].append({**decided.pop("reading"), "n": n, **decided})
    read = {
        "language": report.language,
        "published": report.published.isoformat(),
        "warnings": list(report.warnings),
        **lists,
    }
    link = f"/reports/{report.report_id}"
    return {
        "id": report.report_id,
        "version": version,
        "status": report.status,
        "title": report.title,
        "publisher": report.publisher,
        "url": report.url,
        "copy_of": report.copy_of,
        "text": report.text,
        **read,
        "candidates": read,
        "links": [{"rel": "self", "href": link, "type": "application/json", "title": "Report"}],
    }


def _summary(report: StoredReport) -> dict[str, Any]:
    return {
        "id": report.report_id,
        "version": report.version,
        "status": report.status,
        "title": report.title,
        "publisher": report.publisher,
        "url": report.url,
        "language": report.language,
        "published": report.published.isoformat(),
        "filed_at": report.filed_at.isoformat(),
        "candidates": dict(report.states),
        "copy_of": report.copy_of,
    }


def _names(report: StoredReport, words: str | None) -> bool:
    texts = (report.title, report.publisher, report.url, report.report_id)
    return not words or any(words.casefold() in (text or "").casefold() for text in texts)


def _json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    kept = {"Cache-Control": "no-store", **(headers or {})}
    return Response(orjson.dumps(body), status, kept, media_type="application/json")
