"""Pages for people. All are HTML; programs find the same content under `/collections`.

===================  ==================================================================
``/incidents``       incidents: filter, sort, page, download
``/incidents/{id}``  one incident: every field, sources, history
``/districts``       ranking of districts for chosen period, weight and exposure
``/districts/{id}``  one district: risk, trend, incidents, the arithmetic behind it
``/priorities``      where to clear and to teach first, by criteria with weights of choice
``/operations``      clearance, survey, training and other operations
``/changes``         what changed between two dates
``/import``          take a file into the register (editors); ``/import/{id}`` its report
``/login``           sign in with a key, sign out
``/access``          keys (administrators)
``/methods``         formulas, limits, references
``/about``           sources and licences
``/qr.svg``          QR code of a page of this service
``/static/{name}``   style, script, icon
``/sw.js``           keeps pages that were read, for use without network; ``/offline`` helps
===================  ==================================================================

The overview is the HTML of ``/``. Every page takes `lang`; those on data take `as-of`
and `boundaries`.
"""

from mimetypes import guess_type
from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, Depends, Form, Request, Response
from starlette.responses import RedirectResponse

from geodata.errors import NotFound
from geodata.intervals import parse_interval
from geodata.register import steps
from geodata.risk import RiskParameters
from service.content.changes import RECENT
from service.content.incidents import district_names
from service.http.dependencies import (
    AdminDep,
    DeskDep,
    EditorDep,
    LayersDep,
    RegisterDep,
    SettingsDep,
    SnapshotDep,
)
from service.http.representation import PAGE, matches
from service.http.request import (
    Parameters,
    ParsedRequest,
    Reads,
    RiskQuery,
    View,
    form_answer,
    plain,
    view_of,
)
from service.i18n import translator_of
from service.import_reports import ImportReports
from service.jobs import JobResult
from service.pages import about as about_pages
from service.pages import comparisons, districts, editing, incidents
from service.pages.about import access_html, offline_html, qr_svg, worker_script
from service.pages.environment import STATIC, version_of

router = APIRouter(include_in_schema=False)
YEAR_S = 31_536_000

Page = ParsedRequest[Parameters]
DistrictsPage = Annotated[
    ParsedRequest[RiskQuery], Depends(Reads(PAGE, lenient=True, model=RiskQuery))
]


def page(*names: str) -> Reads[Parameters]:
    """Read the requests of a page that takes some texts."""
    return Reads(PAGE, lenient=True, model=plain("embed", *names))


PlainPage = Annotated[Page, Depends(page())]


@router.get("/incidents")
def incident_list(
    snapshot: SnapshotDep, asked: Annotated[Page, Depends(page(*incidents.PARAMETERS))]
) -> Response:
    """List incidents."""
    return asked.answer(
        lambda: incidents.list_html(snapshot, asked.view), tag=asked.tag(snapshot, daily=True)
    )


@router.get("/incidents/{incident_id}")
def incident(
    snapshot: SnapshotDep, incident_id: str, asked: Annotated[Page, Depends(page("saved"))]
) -> Response:
    """Show one incident."""
    found = snapshot.incident(incident_id)

    def make() -> str:
        history = steps(snapshot.history(incident_id))
        return incidents.incident_html(snapshot, found, asked.view, history=history)

    return asked.answer(make, tag=asked.tag(snapshot))


@router.get("/districts")
def district_list(snapshot: SnapshotDep, asked: DistrictsPage) -> Response:
    """Rank the districts."""
    return asked.answer(
        lambda: districts.list_html(snapshot, asked.view), tag=asked.tag(snapshot, daily=True)
    )


@router.get("/districts/{district_id:path}")
def district(
    snapshot: SnapshotDep, layers: LayersDep, district_id: str, asked: DistrictsPage
) -> Response:
    """Show one district."""
    return asked.answer(
        lambda: districts.district_html(snapshot, district_id, asked.view, layers.shapes),
        tag=asked.tag(snapshot, layers.state, daily=True),
    )


@router.get("/priorities")
def priority_list(snapshot: SnapshotDep, asked: DistrictsPage) -> Response:
    """List the districts in the order of clearance or of risk education."""
    return asked.answer(
        lambda: districts.priorities_html(snapshot, asked.view),
        tag=asked.tag(snapshot, daily=True),
    )


@router.get("/operations")
def operation_list(snapshot: SnapshotDep, asked: PlainPage) -> Response:
    """List operations."""
    return asked.answer(
        lambda: incidents.operations_html(snapshot, asked.view), tag=asked.tag(snapshot)
    )


@router.get("/changes")
def changes(
    register: RegisterDep,
    snapshot: SnapshotDep,
    asked: Annotated[Page, Depends(page("from", "to"))],
    desk: DeskDep,
) -> Response:
    """Show what changed between two dates; without dates, in the last 30 days."""
    start, end = (asked.query.text(name) or "" for name in ("from", "to"))
    if not start:
        start = (snapshot.recorded_at - RECENT).date().isoformat()
    moments = (
        parse_interval(start, field="from").start,
        parse_interval(end, field="to").end if end else None,
    )
    both = [register.snapshot(moment) for moment in moments]
    both = [one.in_view_of(snapshot) for one in both]

    options = (RiskParameters(), comparisons.MOST_LISTED)

    def make(answer: JobResult, view: View) -> str:
        found = orjson.loads(answer.body)
        names = district_names(snapshot, translator_of(view.lang))
        return comparisons.changes_html(found, names, view, start=start, end=end)

    return asked.made_apart(
        lambda older: desk.ask("changes", both, *options, register=register, older=older),
        make,
        tag=asked.tag(both[1], both[0].key, daily=True),
        older=True,
    )


@router.get("/methods")
def methods(asked: PlainPage) -> Response:
    """Explain formulas and limits."""
    return asked.answer(lambda: about_pages.methods_html(asked.view), tag=asked.fixed_tag())


@router.get("/about")
def about(snapshot: SnapshotDep, asked: PlainPage) -> Response:
    """Name sources and licences."""
    return asked.answer(
        lambda: about_pages.about_html(asked.view, snapshot.attribution, snapshot.edition),
        tag=asked.tag(snapshot),
    )


@router.get("/login")
def login(asked: Annotated[Page, Depends(page("next"))]) -> Response:
    """Show the form to sign in, or the way out."""
    return asked.answer(
        lambda: about_pages.login_html(asked.view, asked.query.text("next")),
        tag=asked.fixed_tag(),
    )


@router.get("/import")
def import_form(register: RegisterDep, asked: PlainPage) -> Response:
    """Show the form that takes a file, and the editions of boundaries held."""
    editions, current = register.editions(), register.snapshot().edition
    return asked.answer(
        lambda: editing.import_html(asked.view, editions=editions, current=current),
        tag=asked.fixed_tag(current, len(editions)),
    )


@router.get("/import/{import_id}")
def import_report(
    settings: SettingsDep,
    snapshot: SnapshotDep,
    asked: PlainPage,
    _who: EditorDep,
    import_id: str,
) -> Response:
    """Show what an import did, or would do."""
    report = orjson.loads(ImportReports(settings.data / "imports").load(import_id))
    units = snapshot.districts[["district_id", "name"]].to_dict("records")
    return asked.answer(
        lambda: editing.import_html(asked.view, report, units), tag=asked.fixed_tag(snapshot.key)
    )


@router.get("/access")
def access(request: Request, _who: AdminDep, asked: PlainPage) -> Response:
    """List the keys."""
    return form_answer(access_html(asked.view, request.app.state.keys.listing()), asked.view)


@router.post("/access")
def add_key(
    request: Request,
    _who: AdminDep,
    name: Annotated[str, Form(max_length=120)],
    role: Annotated[Literal["analyst", "editor", "admin"], Form()],
) -> Response:
    """Make a key and show it, once."""
    keys, view = request.app.state.keys, view_of(request)
    made = keys.add(name.strip(), role)
    return form_answer(access_html(view, keys.listing(), made=made, made_name=name), view)


@router.post("/access/revoke")
def revoke_key(
    request: Request, _who: AdminDep, name: Annotated[str, Form(max_length=120)]
) -> Response:
    """Revoke a key, and show the list again."""
    request.app.state.keys.revoke(name)
    return RedirectResponse(view_of(request).href("/access"), 303)


@router.get("/offline")
def offline(asked: PlainPage) -> Response:
    """Help where there is no network and no copy."""
    return asked.answer(lambda: offline_html(asked.view), tag=asked.fixed_tag())


@router.get("/sw.js")
def worker(asked: PlainPage) -> Response:
    """Give the service worker; it may serve every page of the service."""
    root = asked.view.root
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": f"{root}/"}
    return Response(worker_script(root), media_type="text/javascript", headers=headers)


@router.get("/qr.svg")
def qr(asked: Annotated[Page, Depends(page("link"))]) -> Response:
    """Draw the QR code of a page of this service."""
    link = asked.query.text("link") or "/"
    return Response(qr_svg(link, asked.view), media_type="image/svg+xml")


@router.get("/static/{name}")
def static_file(request: Request, name: str) -> Response:
    """Give a static file; with its version in the address it may be kept for a year."""
    names = {path.name for path in STATIC.iterdir() if path.is_file()}
    if name not in names:
        raise NotFound(f"There is no static file {name[:60]!r}.")
    tag = f'"{version_of(name)}"'
    fixed = request.query_params.get("v") == version_of(name)
    headers = {
        "ETag": tag,
        "Cache-Control": f"public, max-age={YEAR_S}, immutable" if fixed else "no-cache",
    }
    if matches(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=headers)
    kind = "application/manifest+json" if name.endswith(".webmanifest") else guess_type(name)[0]
    return Response((STATIC / name).read_bytes(), media_type=kind, headers=headers)
