"""Risk beyond its layers: maps and sheets, a number's arithmetic, the raster, the backtest, totals.

=========================  ============================================================
``/maps/risk``             the map, self-contained
``/maps/risk.html``        the same as a download, for offline use
``/maps/embed``            the map alone, for a frame in any other page
``/maps/risk.png``         picture of the printed sheet
``/maps/risk.pdf``         sheet to print, A4 or A3 landscape (`size`)
``/maps/forecast.pdf``     the incidents to expect, to print; ``.png`` as a picture
``/maps/districts/{id}.pdf``  one page a district (also under ``/maps/district/``)
``/maps/districts.pdf``    the atlas: an index, a page a district (`districts`, `forecast`)
=========================  ============================================================

All but the first are made to be handed out: they show what everybody may see, whoever asks,
unless an analyst or editor says ``full=true`` (`service.handouts`).
"""

import importlib
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Depends, Response
from starlette.responses import RedirectResponse

from geodata.errors import Undefined
from geodata.register import Snapshot
from geodata.risk import explain, reconciliation_of, surface_of
from geodata.risk.parameters import NAMES as RISK_NAMES
from geodata.risk.reconciliation import linked
from geodata.risk.surface import geotiff_bytes
from service.handouts import marked
from service.http.dependencies import (
    DeskDep,
    HandoutDep,
    LayersDep,
    RegisterDep,
    SettingsDep,
    SnapshotDep,
)
from service.http.representation import PAGE, RESOURCE, Offer
from service.http.request import (
    FULL,
    ForecastParameters,
    HandoutQuery,
    Parameters,
    ParsedRequest,
    Reads,
    RiskQuery,
    View,
    bad,
    one_of,
    read_by,
    switch,
    takes,
)
from service.jobs import JobResult
from service.maps.payload import MapOptions
from service.pages.comparisons import backtest_html, reconciliation_html
from service.print.sheets import print_district, print_forecast, print_risk_map
from service.print.typesetting import template_state
from service.settings import Settings

maps = APIRouter(tags=["maps"])
SIZES = ("A4", "A3")
PICTURE = (Offer("png", "image/png", "PNG"),)
SHEET = (Offer("pdf", "application/pdf", "PDF"),)
ANY_FRAME = "frame-ancestors *"
OWN_FRAME = "frame-ancestors 'self'"


def _size(text: str) -> str:
    size = text.upper()
    if size not in SIZES:
        raise bad("size", f"is {text[:20]!r}, but has to be one of {', '.join(SIZES)}.")
    return size


def _districts(text: str) -> tuple[str, ...]:
    names = tuple(filter(None, (name.strip() for name in text.split(","))))
    if not names:
        raise bad("districts", "names no district; give ids with commas between them.")
    return names


class MapQuery(RiskQuery):
    """What the map takes."""

    embed: str | None = takes("1 = the map alone, for a frame.", one_of(["0", "1"]))


class MapFileQuery(MapQuery):
    """What the map takes as a file that is handed out."""

    full: str | None = FULL


class SheetQuery(MapFileQuery):
    """What a printed sheet takes."""

    size: read_by(_size, str) = takes("Paper.", one_of(SIZES, default="A4"), default="A4")  # type: ignore[valid-type]


class AtlasQuery(SheetQuery):
    """What the atlas takes."""

    districts: read_by(_districts) = takes(  # type: ignore[valid-type]
        "Ids with commas between them; all with a record.",
        {"type": "string", "minLength": 1, "example": "AZ-AGM,AZ-TAR"},
        default=(),
    )
    forecast: read_by(partial(switch, name="forecast")) = takes(  # type: ignore[valid-type]
        "Whether its last page is what is to be expected.",
        {"type": "boolean", "default": False},
        default=False,
    )


MapDep = Annotated[ParsedRequest[MapQuery], Depends(Reads(PAGE, model=MapQuery, lenient=True))]
FileDep = Annotated[
    ParsedRequest[MapFileQuery], Depends(Reads(PAGE, model=MapFileQuery, lenient=True))
]
PictureDep = Annotated[
    ParsedRequest[SheetQuery], Depends(Reads(PICTURE, model=SheetQuery, lenient=True))
]
SheetDep = Annotated[
    ParsedRequest[SheetQuery], Depends(Reads(SHEET, model=SheetQuery, lenient=True))
]
AtlasDep = Annotated[
    ParsedRequest[AtlasQuery], Depends(Reads(SHEET, model=AtlasQuery, lenient=True))
]


def _options(context: ParsedRequest[Any], settings: Settings, *, embed: bool) -> MapOptions:
    query = [(k, v) for k, v in context.query.pairs if k in (*RISK_NAMES, "lang")]
    return MapOptions(
        basemap_url=settings.basemap_url,
        basemap_attribution=settings.basemap_attribution,
        public_url=context.view.origin + context.view.root,
        query=urlencode(query),
        embed=embed,
    )


def _tag(context: ParsedRequest[Any], snapshot: Snapshot) -> str:
    # A sheet's words are the reader's language, which the media type does not tell.
    made_by = (_loaded("page").state(), template_state(), context.view.lang)
    return context.tag(snapshot, *made_by, daily=True)


def _page(
    context: ParsedRequest[Any],
    snapshot: Snapshot,
    settings: Settings,
    *,
    embed: bool = False,
    name: str = "",
) -> Response:
    view, parameters = context.view, context.asked.risk
    embed = embed or view.embed
    options = _options(context, settings, embed=embed)
    headers: dict[str, str] = {}
    if name:
        headers["Content-Disposition"] = f'attachment; filename="{marked(name, snapshot)}"'

    def make(answer: JobResult, _: View) -> str:
        policy, html = orjson.loads(answer.body)
        # Scripts are named by what they hold, which only the page made tells.
        headers["Content-Security-Policy"] = f"{policy}; {ANY_FRAME if embed else OWN_FRAME}"
        return str(html)

    return _asked(context, snapshot, make, "map", parameters, view.lang, options, headers=headers)


@maps.get("/maps/risk", response_class=Response, operation_id="getMap")
def risk_map(snapshot: SnapshotDep, settings: SettingsDep, context: MapDep) -> Response:
    """Show the risk map: one page that needs no further request."""
    return _page(context, snapshot, settings)


@maps.get("/maps/risk.html", response_class=Response, operation_id="getMapFile")
def risk_file(snapshot: HandoutDep, settings: SettingsDep, context: FileDep) -> Response:
    """Download the risk map for use without network."""
    name = f"risk-map-{snapshot.recorded_at:%Y-%m-%d}.html"
    return _page(context, snapshot, settings, name=name)


@maps.get("/maps/embed", response_class=Response, operation_id="getFrame")
def risk_frame(snapshot: HandoutDep, settings: SettingsDep, context: MapDep) -> Response:
    """Show the map alone, for a frame in another page."""
    return _page(context, snapshot, settings, embed=True)


@maps.get("/maps/risk.png", response_class=Response, operation_id="getPicture")
def risk_picture(snapshot: HandoutDep, settings: SettingsDep, context: PictureDep) -> Response:
    """Draw the risk map as a picture."""
    return _map_sheet(context, snapshot, settings, "png")


@maps.get("/maps/risk.pdf", response_class=Response, operation_id="getSheet")
def risk_sheet(snapshot: HandoutDep, settings: SettingsDep, context: SheetDep) -> Response:
    """Draw the risk map to print, A4 or A3 landscape."""
    return _map_sheet(context, snapshot, settings, "pdf")


@maps.get("/maps/forecast.png", response_class=Response, operation_id="getForecastPicture")
def forecast_picture(snapshot: HandoutDep, settings: SettingsDep, context: PictureDep) -> Response:
    """Draw the incidents to expect as a picture."""
    return _map_sheet(context, snapshot, settings, "png", forecast=True)


@maps.get("/maps/forecast.pdf", response_class=Response, operation_id="getForecastSheet")
def forecast_sheet(snapshot: HandoutDep, settings: SettingsDep, context: SheetDep) -> Response:
    """Draw the incidents to expect to print, A4 or A3 landscape."""
    return _map_sheet(context, snapshot, settings, "pdf", forecast=True)


def _map_sheet(
    context: ParsedRequest[SheetQuery],
    snapshot: Snapshot,
    settings: Settings,
    kind: Literal["png", "pdf"],
    *,
    forecast: bool = False,
) -> Response:
    asked, look = context.asked, _look(context, settings)
    draw, name = (print_forecast, "forecast") if forecast else (print_risk_map, "risk-map")
    return _printed(
        context,
        snapshot,
        f"{name}.{kind}",
        ("map-print", name, asked.risk, kind, *look.values()),
        lambda: draw(snapshot, asked.risk, kind=kind, **look),
    )


@maps.get(
    "/maps/districts/{district_id:path}.pdf",
    response_class=Response,
    operation_id="getDistrictSheet",
)
@maps.get("/maps/district/{district_id:path}.pdf", response_class=Response, include_in_schema=False)
def district_sheet(
    snapshot: HandoutDep, settings: SettingsDep, context: SheetDep, district_id: str
) -> Response:
    """Draw one district's sheet: map, trend, incidents, arithmetic; A4 or A3 upright."""
    asked, look = context.asked, _look(context, settings)
    return _printed(
        context,
        snapshot,
        "district.pdf",
        ("map-district", asked.risk, district_id, *look.values()),
        lambda: print_district(snapshot, asked.risk, district_id, **look),
    )


@maps.get("/maps/districts.pdf", response_class=Response, operation_id="getAtlas")
def atlas(snapshot: HandoutDep, settings: SettingsDep, context: AtlasDep) -> Response:
    """Draw the atlas: an index, then a sheet for each district with a record or named."""
    asked, look = context.asked, _look(context, settings)
    options = (asked.risk, asked.districts, asked.forecast, look)
    headers = _sheet_headers(context, snapshot, "districts.pdf")
    return _asked(context, snapshot, _body, "atlas", *options, headers=headers)


def _body(answer: JobResult, _: View) -> bytes:
    return answer.body


def _asked(
    context: ParsedRequest[Any],
    snapshot: Snapshot,
    make: Callable[[JobResult, View], bytes | str],
    kind: str,
    *options: Any,
    headers: dict[str, str],
) -> Response:
    """Answer with what is made apart where many incidents are held."""
    state = context.request.app.state
    ask = partial(state.desk.ask, kind, [snapshot], *options, register=state.register)
    tag = _tag(context, snapshot)
    return context.made_apart(lambda older: ask(older=older), make, tag=tag, headers=headers)


def _look(context: ParsedRequest[Any], settings: Settings) -> dict[str, Any]:
    """Give what every printed sheet is made with."""
    address = settings.public_url.rstrip("/")
    return {"size": context.asked.size, "lang": context.view.lang, "address": address}


def _printed(
    context: ParsedRequest[Any],
    snapshot: Snapshot,
    name: str,
    kept_as: tuple[object, ...],
    draw: Callable[[], bytes],
) -> Response:
    """Answer with a sheet, which is kept for the next who asks."""
    return context.answer(
        lambda: snapshot.cached(kept_as, draw),
        tag=_tag(context, snapshot),
        headers=_sheet_headers(context, snapshot, name),
    )


def _sheet_headers(context: ParsedRequest[Any], snapshot: Snapshot, name: str) -> dict[str, str]:
    return {
        "Content-Disposition": f'inline; filename="{marked(name, snapshot)}"',
        "Content-Language": context.view.lang,
    }


def _loaded(name: str) -> Any:
    """Load a part that draws: its library costs a second, which no start should pay."""
    return importlib.import_module(f"service.maps.{name}")


router = APIRouter(tags=["risk"])
RASTER = (Offer("tif", "image/tiff; application=geotiff", "GeoTIFF", ("image/tiff",), ("tiff",)),)
RasterDep = Annotated[ParsedRequest[HandoutQuery], Depends(Reads(RASTER, model=HandoutQuery))]
ExplainDep = Annotated[ParsedRequest[RiskQuery], Depends(Reads(RESOURCE, model=RiskQuery))]


@router.get("/risk/surface.tif", response_class=Response, operation_id="getRaster")
def surface_tif(snapshot: HandoutDep, context: RasterDep) -> Response:
    """Give the risk surface as a GeoTIFF: intensity per km2 per year, equal-area."""
    parameters = context.asked.risk
    name = marked("risk-surface.tif", snapshot)

    def _make() -> bytes:
        surface = surface_of(snapshot, parameters)
        if surface is None:
            raise Undefined(
                "The register holds no incident, so there is no surface. Add incidents, or "
                "give a period with both ends.",
                reason="empty-register",
            )
        return geotiff_bytes(surface)

    return context.answer(
        lambda: snapshot.cached(("surface.tif", parameters), _make),
        tag=context.tag(snapshot, daily=True),
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.get("/risk/{district_id:path}/explain", response_class=Response, operation_id="explain")
def explained(
    district_id: str, snapshot: SnapshotDep, layers: LayersDep, context: ExplainDep
) -> Response:
    """Unfold a district's number: incidents, weights, exposure, prior, interval.

    People are shown the same on the district's page.
    """
    parameters = context.asked.risk
    if context.html:
        query = {name: text for name, text in context.query.pairs if name != "f"}
        return RedirectResponse(context.view.href(f"/districts/{district_id}", **query), 303)
    return context.answer(
        lambda: orjson.dumps(explain(snapshot, district_id, parameters, layers.shapes)),
        tag=context.tag(snapshot, layers.state, daily=True),
    )


OFFERS = (*RESOURCE, Offer("png", "image/png", "PNG"))


BacktestDep = Annotated[
    ParsedRequest[ForecastParameters], Depends(Reads(OFFERS, model=ForecastParameters))
]


@router.get("/backtest", response_class=Response, operation_id="getBacktest")
def backtest(
    register: RegisterDep, snapshot: SnapshotDep, context: BacktestDep, desk: DeskDep
) -> Response:
    """Score the ranking on periods it has not seen, or say that nobody can tell.

    What was made of an earlier revision is given to whoever takes it by
    ``Cache-Control: max-stale`` while a newer one is made.
    """
    parameters = context.asked.risk
    horizon = None if context.asked.horizon_days is None else parameters.horizon_days
    options = (parameters, horizon, parameters.cell_km)

    def _make(answer: JobResult, view: View) -> bytes | str:
        if context.html:
            return backtest_html(orjson.loads(answer.body), view)
        if context.offer.key == "png":
            made: bytes = _plotter().backtest_png(orjson.loads(answer.body))
            return made
        return answer.body

    return context.made_apart(
        lambda older: desk.ask("backtest", [snapshot], *options, register=register, older=older),
        _make,
        tag=context.tag(snapshot),
        older=True,
    )


def _plotter() -> Any:
    """Load the plot's module: matplotlib costs a second, which only those who draw pay."""
    return importlib.import_module("geodata.risk.backtest.plot")


class Reconciliation(Parameters):
    """What the comparison takes."""

    sources: str | None = takes(
        "Two publishers with a comma between them, for the capture-recapture estimate.",
        {"type": "string"},
    )


ReconciliationDep = Annotated[
    ParsedRequest[Reconciliation], Depends(Reads(RESOURCE, model=Reconciliation))
]


@router.get("/reconciliation", response_class=Response, operation_id="reconcile")
def reconciliation(snapshot: SnapshotDep, context: ReconciliationDep) -> Response:
    """Set expected beside held, with overlaps and contradictions of the claims.

    With ``sources=A,B`` also the capture-recapture estimate from two publishers.
    """
    names = context.asked.sources

    def _make() -> bytes | str:
        found: dict[str, Any] = dict(reconciliation_of(snapshot))
        found["capture_recapture"] = None
        if names is not None:
            first, _, second = names.partition(",")
            found["capture_recapture"] = asdict(linked(snapshot.incidents, first, second))
        return reconciliation_html(found, context.view) if context.html else orjson.dumps(found)

    return context.answer(_make, tag=context.tag(snapshot))
