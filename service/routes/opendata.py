"""Open data: the catalogue, the feed of changes, the package for HDX, addresses to cite.

==========================  ==============================================================
``/catalogue``              OGC API – Records; `f=dcat` as DCAT 3 (JSON-LD)
``/catalogue/{id}``         one layer's record; `f=jsonld` as schema.org's Dataset
``/changes.atom``           changes of the last 30 days as a feed
``/publish/hxl.zip``        tables with HXL tags and metadata, for HDX
``/as-of/{moment}/…``       anything as the register held it then: an address to cite
==========================  ==============================================================

All but the last show the public view, whoever asks.
"""

from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import RedirectResponse

from geodata.intervals import parse_interval
from geodata.register import Snapshot
from service.collections import collection as find
from service.content.changes import RECENT
from service.http.dependencies import RegisterDep, SettingsDep, SnapshotDep
from service.http.representation import HTML, JSON, Offer
from service.http.request import Parameters, ParsedRequest, Reads, bad
from service.opendata import catalogue as catalogues
from service.opendata.feed import ATOM, MOST_ENTRIES, atom
from service.opendata.package import package
from service.pages.ogc import landing_html

router = APIRouter(tags=["open data"])
CATALOGUE = (
    Offer("json", JSON, "JSON"),
    Offer("dcat", catalogues.DCAT, "DCAT 3 (JSON-LD)"),
    Offer("html", HTML, "HTML"),
)
RECORD = (
    Offer("json", catalogues.RECORD, "Record (GeoJSON)", (JSON,), ("geojson",)),
    Offer("jsonld", catalogues.DCAT, "schema.org (JSON-LD)"),
)
FEED = (Offer("atom", ATOM, "Atom"),)
PACKAGE = (Offer("zip", "application/zip", "ZIP"),)
CatalogueDep = Annotated[ParsedRequest[Parameters], Depends(Reads(CATALOGUE))]
RecordDep = Annotated[ParsedRequest[Parameters], Depends(Reads(RECORD))]
FeedDep = Annotated[ParsedRequest[Parameters], Depends(Reads(FEED, lenient=True))]
PackageDep = Annotated[ParsedRequest[Parameters], Depends(Reads(PACKAGE, lenient=True))]


def public(request: Request, snapshot: SnapshotDep, settings: SettingsDep) -> Snapshot:
    """Give the public view of what is asked for."""
    shown = snapshot.public(settings.restricted_location)
    request.state.view = shown.view
    return shown


PublicDep = Annotated[Snapshot, Depends(public)]


@router.get("/catalogue", operation_id="getCatalogue")
def catalogue(snapshot: PublicDep, context: CatalogueDep) -> Response:
    """Give the catalogue of the layers."""

    def make() -> bytes | str:
        found = catalogues.entries(snapshot, context.links)
        if context.offer.key == "dcat":
            return orjson.dumps(catalogues.dcat(found, context.links.root))
        body = catalogues.catalogue(found, context.links, context.self_links())
        return landing_html(body, context.view) if context.html else orjson.dumps(body)

    return context.answer(make, tag=context.tag(snapshot, daily=True))


@router.get("/catalogue/{record_id}", operation_id="getRecord")
def record(snapshot: PublicDep, context: RecordDep, record_id: str) -> Response:
    """Give the record of one layer."""
    one = find(record_id)

    def make() -> bytes:
        found = catalogues.entry(one, snapshot, context.links)
        if context.offer.key == "jsonld":
            return orjson.dumps(catalogues.schema_org(found))
        return orjson.dumps(catalogues.record(found, context.links, context.self_links()))

    return context.answer(make, tag=context.tag(snapshot, daily=True))


@router.get("/changes.atom", operation_id="getFeed")
def feed(register: RegisterDep, snapshot: PublicDep, context: FeedDep) -> Response:
    """Give the changes of the last 30 days as a feed."""
    before = register.snapshot(snapshot.recorded_at - RECENT).in_view_of(snapshot)

    def make() -> bytes:
        found = snapshot.cached(
            ("feed", before.key), lambda: snapshot.diff(before, MOST_ENTRIES, newest_first=True)
        )
        return atom(found, snapshot, context.view)

    tag = context.tag(snapshot, before.key, context.view.lang)
    return context.answer(make, tag=tag, headers={"Content-Language": context.view.lang})


@router.get("/publish/hxl.zip", operation_id="getPackage")
def hxl(snapshot: PublicDep, context: PackageDep) -> Response:
    """Give the package for the Humanitarian Data Exchange."""
    name = f"hazardmap-hxl-{snapshot.recorded_at:%Y-%m-%d}.zip"
    return context.answer(
        lambda: snapshot.cached("hxl-package", lambda: package(snapshot)),
        tag=context.tag(snapshot, daily=True),
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.get("/as-of/{moment}/{path:path}", include_in_schema=False)
def as_of(request: Request, moment: str, path: str) -> Response:
    """Lead an address to cite to what the register held at that moment."""
    asked = parse_interval(moment, field="as-of")  # refused in words where it is no moment
    if asked.start is None or asked.start > datetime.now(UTC):
        raise bad(
            "as-of", f"is {moment[:40]!r}, but an address to cite needs a moment that has been."
        )
    query = [(k, v) for k, v in request.query_params.multi_items() if k != "as-of"]
    text = "&".join(f"{quote(k)}={quote(v, safe=':/,')}" for k, v in [*query, ("as-of", moment)])
    root = request.scope.get("root_path", "")
    # Two slashes would name another host.
    return RedirectResponse(f"{root}/{quote(path.lstrip('/'))}?{text}", status_code=307)
