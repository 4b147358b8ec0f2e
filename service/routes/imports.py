"""Imports over HTTP: a file in, a report of every row out.

``POST /imports`` takes ``multipart/form-data`` with the part ``file`` and the fields of
`ImportFields`, all optional; ``mapping`` and ``decisions`` are JSON.

The answer is 200 (dry run, or nothing written) or 201 (written) with one JSON document::

    {"id": "…", "links": [{"rel": "self" | "rejects", "href", "type", "title"}],
     "file", "as", "dry_run", "format", "dataset", "rows", "written",
     "counts": {"taken", "unchanged", "updated", "duplicate", "refused", "out_of_scope",
                "folded"},
     "unplaced_count", "uncertain_border_count",
     "mapping": [{"field", "column", "score", "why"}],
     "columns": [{"name", "samples": [text]}], "fields": [every field's name],
     "encoding": null or {"name", "sure", "readings": [{"encoding", "text"}]},
     "columns_not_taken": [name], "personal_columns_not_taken": [name], "date_orders": {},
     "notes": [text], "warnings": [{"message", "rows"}],
     "refused": [{"row", "errors": [{"field", "reason", "value"?}]}], "refused_by_field": {},
     "recorded", "conflict_count", "conflicts": [{"row", "incident_id", "note"}],
     "unplaced_by_reason": {}, "values_not_understood": [{"field", "column", "value", "rows"}],
     "matches": [{"text", "within", "district_id", "district_name", "by", "rows", "disputed",
                  "distance_km", "decision"}],
     "sentences": {text: {"code", "pattern", "parts"}} for every text above that was made of parts,
     "duplicates": [{"row", "incident_id", "candidate_id", "distance_m", "days", "recorded"}],
     "unplaced": [{"row", "incident_id", "place"}],
     "left_alone": [{"row", "incident_id", "reason"}],
     "preview": [the first incidents as they would be held], "seconds", "stages": {}}

A preview is a dry run of the same request. A file that cannot be taken as a whole is a problem
(400, 413, 415) whose ``errors`` say why; a table without a date column lists its columns there
as ``{"column": name}``, for the page to offer. With ``all_or_nothing`` refused rows make a problem
422 with the ``report`` beside it. ``GET /imports/{id}`` gives the report again,
``GET /imports/{id}/rejects`` the refused rows as CSV; correct it and post it again.
``POST /imports/{id}/duplicates/{row}/merge`` merges a suspected duplicate that was recorded.
All of it needs a key of an editor.

Boundaries that were imported are editions: ``/boundaries`` lists them, chooses the current one and
withdraws a mistake.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Depends, File, Form, Request, Response, UploadFile
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model
from starlette.responses import JSONResponse, RedirectResponse

from geodata.disk import scratch
from geodata.errors import InvalidInput, NotFound
from geodata.intake import Choices, FileReport, Limits, import_file, profile_path
from geodata.intake.plan import choices_of, options
from geodata.register import Register
from geodata.wording import say
from service.http.dependencies import EditorDep, RegisterDep, SettingsDep
from service.http.problems import answer, wants_html
from service.http.representation import RESOURCE
from service.http.request import Parameters, ParsedRequest, Reads, view_of
from service.import_reports import ImportReports, saved_upload
from service.settings import Settings

router = APIRouter(tags=["imports"])
_JSON = "application/json"
_JSON_FIELDS = {"mapping": '{"date": "Tarix"}', "decisions": '[["Kyev", "UA-30", "approve"]]'}
"""Form fields that hold JSON, with an example each."""


class _Form(BaseModel):
    """The fields of the form that are no options of the library's own."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    as_: Literal["incidents", "boundaries", "places", "operations", "statistics"] = Field(
        "incidents", description="What the file holds."
    )
    mapping: dict[str, str] = Field(
        {}, description="Field to column, as JSON; an empty column leaves the field unfilled."
    )
    decisions: list[tuple[str, str, str]] = Field(
        [],
        description="On names, as JSON: lists of text, district_id and decision, which is approve, "
        "forbid or a district's id.",
    )
    dry_run: bool = Field(default=False, description="Say what would be done.")
    all_or_nothing: bool = Field(default=False, description="Take nothing if one row is refused.")
    profile: str | None = Field(
        None, max_length=60, description="Name under which this source's columns are kept."
    )
    watch: str | None = Field(
        None,
        pattern="^[0-9a-f]{32}$",
        description="A name of the sender's choice: while the request runs, "
        "/imports/{watch}/progress says how far it is.",
    )

    def choices(self) -> Choices:
        """Give them as the library's choices."""
        return choices_of(dict(self), mapping=self.mapping, decisions=tuple(self.decisions))


_LONGEST = {"attribution": 300}
_OPTIONS: dict[str, Any] = {
    one.name: (
        one.kind,
        Field(one.default, max_length=_LONGEST.get(one.name), description=one.text),
    )
    for one in options()
    if not one.local
}
ImportFields = create_model("ImportFields", __base__=_Form, **_OPTIONS)
"""The form's fields beside the file: those above, and each option of an import."""


async def fields_of(request: Request) -> _Form:
    """Read the form's fields; unknown ones, bad values and bad JSON are refused.

    Raises
    ------
    InvalidInput
        All problems at once.
    """
    given: dict[str, Any] = {}
    for name, value in (await request.form()).multi_items():
        if isinstance(value, str) and value.strip() and name != "file":
            given["as_" if name == "as" else name] = value.strip()
    for name, example in _JSON_FIELDS.items():
        if name in given:
            try:
                given[name] = orjson.loads(given[name])
            except orjson.JSONDecodeError:
                raise InvalidInput(
                    f"{name} has to be JSON, e.g. {example}.",
                    code="bad-mapping",
                    details=[{"field": name, "reason": f"has to be JSON, e.g. {example}"}],
                ) from None
    try:
        return ImportFields.model_validate(given)
    except ValidationError as error:
        details = [
            {"field": ".".join(map(str, e["loc"])).removesuffix("_"), "reason": e["msg"]}
            for e in error.errors(include_url=False)
        ]
        text = "; ".join(f"{d['field']}: {d['reason']}" for d in details)
        raise InvalidInput(text[:500], code="bad-import", details=details) from None


FieldsDep = Annotated[_Form, Depends(fields_of)]


def reports_of(settings: SettingsDep) -> ImportReports:
    """Give where reports are kept."""
    return ImportReports(Path(settings.data) / "imports")


ReportsDep = Annotated[ImportReports, Depends(reports_of)]


def _form() -> dict[str, Any]:
    """Describe the form, as its model has it."""
    fields = ImportFields.model_json_schema()["properties"]
    for name in _JSON_FIELDS:
        fields[name] = {"type": "string", "description": fields[name]["description"]}
    named = {name.removesuffix("_"): one for name, one in fields.items()}
    file = {"type": "string", "format": "binary", "description": "CSV, XLSX or any vector file"}
    schema = {"type": "object", "required": ["file"], "properties": {"file": file, **named}}
    return {"requestBody": {"content": {"multipart/form-data": {"schema": schema}}}}


@router.post("/imports", status_code=201, summary="Import a file", openapi_extra=_form())
def post_import(
    request: Request,
    file: Annotated[UploadFile, File(description="CSV, XLSX or any vector file")],
    caller: EditorDep,
    fields: FieldsDep,
    register: RegisterDep,
    settings: SettingsDep,
    reports: ReportsDep,
) -> Response:
    """Take a file into the register, or say what would be taken (dry run)."""
    import_id = reports.new_id()
    with scratch("upload") as folder, reports.watched(fields.watch) as progress:
        path = saved_upload(file.file, file.filename or "", Path(folder), _most_bytes(settings))
        report = import_file(
            register,
            path,
            kind=fields.as_,
            author=caller.name,
            choices=fields.choices(),
            dry_run=fields.dry_run,
            all_or_nothing=fields.all_or_nothing,
            rejects=reports.rejects_path(import_id),
            limits=Limits(rows=settings.max_rows),
            progress=progress,
            profile=profile_path(Path(settings.data) / "profiles", fields.profile)
            if fields.profile
            else None,
            sources=Path(settings.data) / "sources",
        )
    body = _body(import_id, report)
    reports.save(import_id, body)
    if wants_html(request):
        # A form without script: its page shows the report.
        return RedirectResponse(view_of(request).href(f"/import/{import_id}"), 303)
    if fields.all_or_nothing and report.counts["refused"]:
        return answer(
            request,
            422,
            "rows-refused",
            say("{rows} rows were refused, so nothing was taken.", rows=report.counts["refused"]),
            errors=report.refused[:100],
            report=body,
        )
    created = report.written > 0 and not fields.dry_run
    headers = {"Location": f"/imports/{import_id}"} if created else None
    return Response(orjson.dumps(body), 201 if created else 200, headers, media_type=_JSON)


def _most_bytes(settings: Settings) -> int:
    return int(settings.max_body_mb * 2**20)


def _body(import_id: str, report: FileReport) -> dict[str, Any]:
    links = [{"rel": "self", "href": f"/imports/{import_id}", "type": _JSON, "title": "Report"}]
    body = report.as_json()
    if body.pop("rejects"):
        links.append(
            {
                "rel": "rejects",
                "href": f"/imports/{import_id}/rejects",
                "type": "text/csv",
                "title": "Refused rows with their reasons",
            }
        )
    return {"id": import_id, "links": links, **body}


@router.get("/imports/{import_id}", summary="Report of an import")
def get_import(import_id: str, _caller: EditorDep, reports: ReportsDep) -> Response:
    """Give an import's report again."""
    return Response(reports.load(import_id), media_type=_JSON)


@router.get("/imports/{import_id}/progress", summary="How far a running import is")
def get_progress(import_id: str, _caller: EditorDep, reports: ReportsDep) -> Response:
    """Say how far a running import is, by the name that its form gave as `watch`."""
    headers = {"Cache-Control": "no-store"}
    return Response(reports.progress(import_id), headers=headers, media_type=_JSON)


@router.get("/imports/{import_id}/rejects", summary="Refused rows as CSV")
def get_rejects(import_id: str, _caller: EditorDep, reports: ReportsDep) -> Response:
    """Give an import's refused rows as CSV: correct them and import the file again."""
    headers = {"Content-Disposition": f'attachment; filename="rejects-{import_id[:8]}.csv"'}
    return Response(reports.rejects(import_id), headers=headers, media_type="text/csv")


@router.post("/imports/{import_id}/duplicates/{row}/merge", summary="Merge a suspected duplicate")
def merge_duplicate(
    import_id: str, row: int, caller: EditorDep, register: RegisterDep, reports: ReportsDep
) -> Response:
    """Merge the incident recorded for a row into the one it was suspected to repeat."""
    report = orjson.loads(reports.load(import_id))
    pair = next((d for d in report["duplicates"] if d["row"] == row and d["recorded"]), None)
    if pair is None or report["dry_run"]:
        raise NotFound(
            f"The import recorded no suspected duplicate for row {row}.", code="no-duplicate"
        )
    done = register.merge(
        pair["incident_id"],
        pair["candidate_id"],
        author=caller.name,
        reason=f"Duplicate found by import {import_id}, row {row}",
    )
    body = {"merged": pair["incident_id"], "into": pair["candidate_id"], "version": done.version}
    return Response(orjson.dumps(body), media_type=_JSON)


boundaries = APIRouter(prefix="/boundaries", tags=["boundaries"])
ReasonForm = Annotated[str | None, Form(max_length=2_000, description="Why, for the history")]


@boundaries.get("", operation_id="getEditions")
def list_editions(
    register: RegisterDep,
    asked: Annotated[ParsedRequest[Parameters], Depends(Reads(RESOURCE[:1]))],
) -> Response:
    """List the editions of the districts in the order added; the current one is marked."""
    editions = editions_of(register)
    return asked.answer(lambda: orjson.dumps({"editions": editions}), tag=asked.fixed_tag(editions))


def editions_of(register: Register) -> list[dict[str, Any]]:
    """Give each edition's own members as plain JSON values."""
    current = register.snapshot().edition
    return [
        {
            "edition": one.edition,
            "districts": one.districts,
            "valid_from": one.valid_from.isoformat() if one.valid_from else None,
            "valid_to": one.valid_to.isoformat() if one.valid_to else None,
            "source": one.source,
            "current": one.edition == current,
        }
        for one in register.editions()
    ]


@boundaries.post(
    "/{edition}/withdraw",
    operation_id="withdraw",
    description="Withdraw an edition that was a mistake; the one before it is current again.",
)
@boundaries.post(
    "/{edition}/choose",
    operation_id="choose",
    description="Make an edition current, also one that was withdrawn.",
)
def decide(
    request: Request,
    edition: str,
    register: RegisterDep,
    who: EditorDep,
    reason: ReasonForm = None,
) -> Response:
    """Withdraw an edition, or make it current."""
    withdrawn = request.scope["path"].endswith("/withdraw")
    write = register.withdraw_boundaries if withdrawn else register.choose_boundaries
    write(edition, author=who.name, reason=reason or None)
    return _answer(request, register)


def _answer(request: Request, register: Register) -> Response:
    if wants_html(request):
        return RedirectResponse(view_of(request).href("/import"), 303)
    return JSONResponse({"editions": editions_of(register)})
