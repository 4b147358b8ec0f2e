"""Pages for people. All are HTML; programs find the same content under `/collections`.

===================  ==================================================================
``/incidents``       incidents: filter, sort, page, download
``/incidents/{id}``  one incident: every field, sources, history
``/districts``       ranking of districts for chosen period, weight and exposure
``/districts/{id}``  one district: risk, trend, incidents, the arithmetic behind it
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

import hashlib
from collections.abc import Callable
from datetime import timedelta
from mimetypes import guess_type
from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from geodata.errors import NotFound
from geodata.intervals import parse_interval
from geodata.register import steps
from geodata.risk import RiskParameters
from geodata.risk.parameters import NAMES as RISK_NAMES
from service.auth import CallerDep, caller
from service.changes import difference_document
from service.content.incidents import district_names
from service.http.reader import View, view_of
from service.http.request import RegisterDep, SettingsDep, SnapshotDep
from service.i18n import translator
from service.import_reports import ImportReports
from service.pages import districts, imports, incidents, operations, reports, static_pages
from service.pages.access import access_html
from service.pages.environment import STATIC, version_of
from service.pages.offline import offline_html, worker_script
from service.pages.sharing import qr_svg

router = APIRouter(include_in_schema=False)
YEAR_S = 31_536_000
RECENT = timedelta(days=30)


def _page(request: Request, view: View, key: str, make: Callable[[], str]) -> Response:
    """Answer with a page, or 304 when the reader holds it already."""
    who = (view.role, view.name, view.token)
    made_of = "|".join((key, view.lang, view.url, *who, version_of("site.css")))
    tag = f'W/"{hashlib.sha256(made_of.encode()).hexdigest()[:20]}"'
    headers = {
        "ETag": tag,
        "Cache-Control": "private, no-cache",
        "Vary": "Accept, Accept-Language, Cookie, Authorization",
        "Content-Language": view.lang,
    }
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(make(), media_type="text/html; charset=utf-8", headers=headers)


@router.get("/incidents")
def incident_list(request: Request, snapshot: SnapshotDep) -> Response:
    """List incidents."""
    view = view_of(request, incidents.PARAMETERS)
    return _page(request, view, snapshot.key, lambda: incidents.list_html(snapshot, view))


@router.get("/incidents/{incident_id}")
def incident(request: Request, snapshot: SnapshotDep, incident_id: str) -> Response:
    """Show one incident."""
    view = view_of(request, ("saved",))
    found = snapshot.incident(incident_id)

    def make() -> str:
        history = steps(snapshot.history(incident_id))
        return incidents.incident_html(snapshot, found, view, history=history)

    return _page(request, view, snapshot.key, make)


@router.get("/districts")
def district_list(request: Request, snapshot: SnapshotDep) -> Response:
    """Rank the districts."""
    view = view_of(request, RISK_NAMES)
    return _page(request, view, snapshot.key, lambda: districts.list_html(snapshot, view))


@router.get("/districts/{district_id:path}")
def district(request: Request, snapshot: SnapshotDep, district_id: str) -> Response:
    """Show one district."""
    view = view_of(request, RISK_NAMES)
    return _page(
        request, view, snapshot.key, lambda: districts.district_html(snapshot, district_id, view)
    )


@router.get("/operations")
def operation_list(request: Request, snapshot: SnapshotDep) -> Response:
    """List operations."""
    view = view_of(request, ())
    return _page(request, view, snapshot.key, lambda: operations.list_html(snapshot, view))


@router.get("/changes")
def changes(request: Request, register: RegisterDep, snapshot: SnapshotDep) -> Response:
    """Show what changed between two dates; without dates, in the last 30 days."""
    view = view_of(request, ("from", "to"))
    start, end = (dict(view.query).get(name, "") for name in ("from", "to"))
    if not start:
        start = (snapshot.recorded_at - RECENT).date().isoformat()
    moments = (
        parse_interval(start, field="from").start,
        parse_interval(end, field="to").end if end else None,
    )
    both = [register.snapshot(moment) for moment in moments]
    both = [one.in_view_of(snapshot) for one in both]

    def make() -> str:
        found = both[1].cached(
            ("changes", both[0].key),
            lambda: difference_document(
                both[0], both[1], RiskParameters(), most=reports.MOST_LISTED
            ),
        )
        names = district_names(snapshot, translator(view.lang))
        return reports.changes_html(found, names, view, start=start, end=end)

    return _page(request, view, f"{both[0].key}-{both[1].key}", make)


@router.get("/methods")
def methods(request: Request) -> Response:
    """Explain formulas and limits."""
    view = view_of(request, ())
    return _page(request, view, "methods", lambda: static_pages.methods_html(view))


@router.get("/about")
def about(request: Request, snapshot: SnapshotDep) -> Response:
    """Name sources and licences."""
    view, origin = view_of(request, ()), snapshot.attribution
    return _page(
        request, view, snapshot.key, lambda: static_pages.about_html(view, origin, snapshot.edition)
    )


@router.get("/login")
def login(request: Request) -> Response:
    """Show the form to sign in, or the way out."""
    view = view_of(request, ("next",))
    return _page(
        request, view, "login", lambda: static_pages.login_html(view, dict(view.query).get("next"))
    )


@router.get("/import")
def import_form(request: Request, register: RegisterDep) -> Response:
    """Show the form that takes a file, and the editions of boundaries held."""
    view, editions = view_of(request, ()), register.editions()
    current = register.snapshot().edition
    return _page(
        request,
        view,
        f"import-{current}-{len(editions)}",
        lambda: imports.import_html(view, editions=editions, current=current),
    )


@router.get("/import/{import_id}")
def import_report(
    request: Request, settings: SettingsDep, snapshot: SnapshotDep, import_id: str
) -> Response:
    """Show what an import did, or would do."""
    view = view_of(request, ())
    caller(request).require("editor")
    report = orjson.loads(ImportReports(settings.data / "imports").load(import_id))
    units = snapshot.districts[["district_id", "name"]].to_dict("records")
    return _page(request, view, import_id, lambda: imports.import_html(view, report, units))


@router.get("/access")
def access(request: Request, who: CallerDep) -> Response:
    """List the keys."""
    who.require("admin")
    view = view_of(request, ())
    return _fresh(access_html(view, request.app.state.keys.listing()))


@router.post("/access")
def add_key(
    request: Request,
    who: CallerDep,
    name: Annotated[str, Form(max_length=120)],
    role: Annotated[Literal["analyst", "editor", "admin"], Form()],
) -> Response:
    """Make a key and show it, once."""
    who.require("admin")
    keys = request.app.state.keys
    made = keys.add(name.strip(), role)
    return _fresh(access_html(view_of(request, ()), keys.listing(), made=made, made_name=name))


@router.post("/access/revoke")
def revoke_key(
    request: Request, who: CallerDep, name: Annotated[str, Form(max_length=120)]
) -> Response:
    """Revoke a key, and show the list again."""
    who.require("admin")
    request.app.state.keys.revoke(name)
    return RedirectResponse(view_of(request, ()).href("/access"), 303)


def _fresh(text: str) -> Response:
    # Keys never lie in a cache.
    return Response(
        text, media_type="text/html; charset=utf-8", headers={"Cache-Control": "no-store"}
    )


@router.get("/offline")
def offline(request: Request) -> Response:
    """Help where there is no network and no copy."""
    view = view_of(request, ())
    return _page(request, view, "offline", lambda: offline_html(view))


@router.get("/sw.js")
def worker(request: Request) -> Response:
    """Give the service worker; it may serve every page of the service."""
    root = view_of(request, ()).root
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": f"{root}/"}
    return Response(worker_script(root), media_type="text/javascript", headers=headers)


@router.get("/qr.svg")
def qr(request: Request, link: str = "/") -> Response:
    """Draw the QR code of a page of this service."""
    view = view_of(request, ("link",))
    return Response(qr_svg(link, view), media_type="image/svg+xml")


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
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    kind = "application/manifest+json" if name.endswith(".webmanifest") else guess_type(name)[0]
    return Response((STATIC / name).read_bytes(), media_type=kind, headers=headers)
