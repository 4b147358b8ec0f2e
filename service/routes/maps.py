"""The risk map as a page, a download, a picture and a sheet to print.

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
from functools import partial
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Depends, Response

from geodata.register import Snapshot
from geodata.risk.parameters import NAMES as RISK_NAMES
from service.handouts import marked
from service.http.parameters import FULL, RiskQuery, bad, one_of, read_by, switch, takes
from service.http.representation import PAGE, Offer
from service.http.request import Asked, HandoutDep, Reads, SettingsDep, SnapshotDep, View
from service.jobs import Answer
from service.maps.payload import MapOptions
from service.print.sheets import print_district, print_forecast, print_risk_map
from service.print.typesetting import template_state
from service.settings import Settings

router = APIRouter(tags=["maps"])
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


MapDep = Annotated[Asked[MapQuery], Depends(Reads(PAGE, model=MapQuery, lenient=True))]
FileDep = Annotated[Asked[MapFileQuery], Depends(Reads(PAGE, model=MapFileQuery, lenient=True))]
PictureDep = Annotated[Asked[SheetQuery], Depends(Reads(PICTURE, model=SheetQuery, lenient=True))]
SheetDep = Annotated[Asked[SheetQuery], Depends(Reads(SHEET, model=SheetQuery, lenient=True))]
AtlasDep = Annotated[Asked[AtlasQuery], Depends(Reads(SHEET, model=AtlasQuery, lenient=True))]


def _options(context: Asked[Any], settings: Settings, *, embed: bool) -> MapOptions:
    query = [(k, v) for k, v in context.query.pairs if k in (*RISK_NAMES, "lang")]
    return MapOptions(
        basemap_url=settings.basemap_url,
        basemap_attribution=settings.basemap_attribution,
        public_url=context.view.origin + context.view.root,
        query=urlencode(query),
        embed=embed,
    )


def _tag(context: Asked[Any], snapshot: Snapshot) -> str:
    # A sheet's words are the reader's language, which the media type does not tell.
    made_by = (_loaded("page").state(), template_state(), context.view.lang)
    return context.tag(snapshot, *made_by, daily=True)


def _page(
    context: Asked[Any],
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

    def make(answer: Answer, _: View) -> str:
        policy, html = orjson.loads(answer.body)
        # Scripts are named by what they hold, which only the page made tells.
        headers["Content-Security-Policy"] = f"{policy}; {ANY_FRAME if embed else OWN_FRAME}"
        return str(html)

    return _asked(context, snapshot, make, "map", parameters, view.lang, options, headers=headers)


@router.get("/maps/risk", response_class=Response, operation_id="getMap")
def risk_map(snapshot: SnapshotDep, settings: SettingsDep, context: MapDep) -> Response:
    """Show the risk map: one page that needs no further request."""
    return _page(context, snapshot, settings)


@router.get("/maps/risk.html", response_class=Response, operation_id="getMapFile")
def risk_file(snapshot: HandoutDep, settings: SettingsDep, context: FileDep) -> Response:
    """Download the risk map for use without network."""
    name = f"risk-map-{snapshot.recorded_at:%Y-%m-%d}.html"
    return _page(context, snapshot, settings, name=name)


@router.get("/maps/embed", response_class=Response, operation_id="getFrame")
def risk_frame(snapshot: HandoutDep, settings: SettingsDep, context: MapDep) -> Response:
    """Show the map alone, for a frame in another page."""
    return _page(context, snapshot, settings, embed=True)


@router.get("/maps/risk.png", response_class=Response, operation_id="getPicture")
def risk_picture(snapshot: HandoutDep, settings: SettingsDep, context: PictureDep) -> Response:
    """Draw the risk map as a picture."""
    return _map_sheet(context, snapshot, settings, "png")


@router.get("/maps/risk.pdf", response_class=Response, operation_id="getSheet")
def risk_sheet(snapshot: HandoutDep, settings: SettingsDep, context: SheetDep) -> Response:
    """Draw the risk map to print, A4 or A3 landscape."""
    return _map_sheet(context, snapshot, settings, "pdf")


@router.get("/maps/forecast.png", response_class=Response, operation_id="getForecastPicture")
def forecast_picture(snapshot: HandoutDep, settings: SettingsDep, context: PictureDep) -> Response:
    """Draw the incidents to expect as a picture."""
    return _map_sheet(context, snapshot, settings, "png", forecast=True)


@router.get("/maps/forecast.pdf", response_class=Response, operation_id="getForecastSheet")
def forecast_sheet(snapshot: HandoutDep, settings: SettingsDep, context: SheetDep) -> Response:
    """Draw the incidents to expect to print, A4 or A3 landscape."""
    return _map_sheet(context, snapshot, settings, "pdf", forecast=True)


def _map_sheet(
    context: Asked[SheetQuery],
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


@router.get(
    "/maps/districts/{district_id:path}.pdf",
    response_class=Response,
    operation_id="getDistrictSheet",
)
@router.get(
    "/maps/district/{district_id:path}.pdf", response_class=Response, include_in_schema=False
)
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


@router.get("/maps/districts.pdf", response_class=Response, operation_id="getAtlas")
def atlas(snapshot: HandoutDep, settings: SettingsDep, context: AtlasDep) -> Response:
    """Draw the atlas: an index, then a sheet for each district with a record or named."""
    asked, look = context.asked, _look(context, settings)
    options = (asked.risk, asked.districts, asked.forecast, look)
    headers = _sheet_headers(context, snapshot, "districts.pdf")
    return _asked(context, snapshot, _body, "atlas", *options, headers=headers)


def _body(answer: Answer, _: View) -> bytes:
    return answer.body


def _asked(
    context: Asked[Any],
    snapshot: Snapshot,
    make: Callable[[Answer, View], bytes | str],
    kind: str,
    *options: Any,
    headers: dict[str, str],
) -> Response:
    """Answer with what is made apart where many incidents are held."""
    state = context.request.app.state
    ask = partial(state.desk.ask, kind, [snapshot], *options, register=state.register)
    tag = _tag(context, snapshot)
    return context.made_apart(lambda older: ask(older=older), make, tag=tag, headers=headers)


def _look(context: Asked[Any], settings: Settings) -> dict[str, Any]:
    """Give what every printed sheet is made with."""
    address = settings.public_url.rstrip("/")
    return {"size": context.asked.size, "lang": context.view.lang, "address": address}


def _printed(
    context: Asked[Any],
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


def _sheet_headers(context: Asked[Any], snapshot: Snapshot, name: str) -> dict[str, str]:
    return {
        "Content-Disposition": f'inline; filename="{marked(name, snapshot)}"',
        "Content-Language": context.view.lang,
    }


def _loaded(name: str) -> Any:
    """Load a part that draws: its library costs a second, which no start should pay."""
    return importlib.import_module(f"service.maps.{name}")
