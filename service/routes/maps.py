"""The risk map as a page, a download, a picture and a sheet to print.

=========================  ============================================================
``/maps/risk``             the map, self-contained
``/maps/risk.html``        the same as a download, for offline use
``/maps/embed``            the map alone, for a frame in any other page
``/maps/risk.png``         picture of the printed sheet
``/maps/risk.pdf``         sheet to print, A4 or A3 landscape (`size`)
``/maps/districts/{id}.pdf``  one page a district (also under ``/maps/district/``)
``/maps/districts.pdf``    the atlas: an index and one page a district (`districts`)
=========================  ============================================================

All but the first are made to be handed out: they show what everybody may see, whoever asks,
unless an analyst or editor says ``full=true`` (`service.handouts`).
"""

import importlib
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from geodata.errors import InvalidInput
from geodata.risk import RiskParameters
from geodata.risk.parameters import NAMES as RISK_NAMES
from service.handouts import ASKED, marked
from service.http.reader import View, view_of
from service.http.request import HandoutDep, SettingsDep, SnapshotDep
from service.http.tags import matches, tag_of
from service.maps.options import MapOptions
from service.print.sheets import print_atlas, print_district, print_risk_map
from service.print.typesetting import template_state
from service.settings import Settings

router = APIRouter(tags=["maps"])
SIZES = ("A4", "A3")
VARY = "Accept-Language, Accept-Encoding, Authorization, Cookie"
ANY_FRAME = "frame-ancestors *"
OWN_FRAME = "frame-ancestors 'self'"


def _read(request: Request, extra: Sequence[str] = ()) -> tuple[View, RiskParameters]:
    """Read language and risk parameters; anything unknown is refused."""
    view = view_of(request, (*RISK_NAMES, *extra))
    return view, RiskParameters.parse(request.query_params)


def _options(request: Request, view: View, settings: Settings, *, embed: bool) -> MapOptions:
    query = [(k, v) for k, v in request.query_params.multi_items() if k in (*RISK_NAMES, "lang")]
    return MapOptions(
        basemap_url=settings.basemap_url,
        basemap_attribution=settings.basemap_attribution,
        public_url=view.origin + view.root,
        query=urlencode(query),
        embed=embed,
    )


def _answer(
    request: Request,
    snapshot: Any,
    view: View,
    make: Callable[[], tuple[bytes | str, str, dict[str, str]]],
) -> Response:
    """Answer with what `make` gives, or 304 when the reader holds it already."""
    parts = (request.scope["path"], request.url.query, view.lang, view.origin)
    tag = tag_of(snapshot, *parts, _loaded("page").state(), template_state(), daily=True)
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": VARY}
    if matches(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=headers)
    content, media_type, further = make()
    headers |= {"Content-Language": view.lang, **further}
    return Response(content, media_type=media_type, headers=headers)


def _page(
    request: Request, snapshot: Any, settings: Settings, *, embed: bool = False, name: str = ""
) -> Response:
    view, parameters = _read(request, (ASKED,) if name else ())
    embed = embed or view.embed
    options = _options(request, view, settings, embed=embed)

    def make() -> tuple[str, str, dict[str, str]]:
        made = _loaded("page").render_page(snapshot, parameters, lang=view.lang, options=options)
        frame = ANY_FRAME if embed else OWN_FRAME
        headers = {"Content-Security-Policy": f"{made.policy}; {frame}"}
        if name:
            headers["Content-Disposition"] = f'attachment; filename="{marked(name, snapshot)}"'
        return made.html, "text/html; charset=utf-8", headers

    return _answer(request, snapshot, view, make)


@router.get("/maps/risk", response_class=Response)
def risk_map(request: Request, snapshot: SnapshotDep, settings: SettingsDep) -> Response:
    """Show the risk map: one page that needs no further request."""
    return _page(request, snapshot, settings)


@router.get("/maps/risk.html", response_class=Response)
def risk_file(request: Request, snapshot: HandoutDep, settings: SettingsDep) -> Response:
    """Download the risk map for use without network."""
    name = f"risk-map-{snapshot.recorded_at:%Y-%m-%d}.html"
    return _page(request, snapshot, settings, name=name)


@router.get("/maps/embed", response_class=Response)
def risk_frame(request: Request, snapshot: HandoutDep, settings: SettingsDep) -> Response:
    """Show the map alone, for a frame in another page."""
    return _page(request, snapshot, settings, embed=True)


@router.get("/maps/risk.png", response_class=Response)
def risk_picture(request: Request, snapshot: HandoutDep, settings: SettingsDep) -> Response:
    """Draw the risk map as a picture."""
    return _print(request, snapshot, settings, "png")


@router.get("/maps/risk.pdf", response_class=Response)
def risk_sheet(request: Request, snapshot: HandoutDep, settings: SettingsDep) -> Response:
    """Draw the risk map to print, A4 or A3 landscape."""
    return _print(request, snapshot, settings, "pdf")


def _print(request: Request, snapshot: Any, settings: Settings, kind: Any) -> Response:
    view, parameters = _read(request, ("size", ASKED))
    size, address = _size(request), settings.public_url.rstrip("/")

    def make() -> tuple[bytes, str, dict[str, str]]:
        content = snapshot.cached(
            ("map-print", parameters, kind, size, view.lang, address),
            lambda: print_risk_map(
                snapshot, parameters, kind=kind, size=size, lang=view.lang, address=address
            ),
        )
        return content, _media_type(kind), _named(f"risk-map.{kind}", snapshot)

    return _answer(request, snapshot, view, make)


def _size(request: Request) -> str:
    size = request.query_params.get("size", "A4").upper()
    if size not in SIZES:
        raise InvalidInput(
            f"size={size[:20]!r} is none of A4 and A3.",
            code="bad-size",
            details=[{"field": "size", "reason": "is none of A4, A3"}],
        )
    return size


@router.get("/maps/districts/{district_id:path}.pdf", response_class=Response)
@router.get(
    "/maps/district/{district_id:path}.pdf", response_class=Response, include_in_schema=False
)
def district_sheet(
    request: Request, snapshot: HandoutDep, settings: SettingsDep, district_id: str
) -> Response:
    """Draw one district's sheet: map, trend, incidents, arithmetic; A4 or A3 upright."""
    view, parameters = _read(request, ("size", ASKED))
    size, address = _size(request), settings.public_url.rstrip("/")

    def make() -> tuple[bytes, str, dict[str, str]]:
        content = snapshot.cached(
            ("map-district", parameters, district_id, size, view.lang, address),
            lambda: print_district(
                snapshot, parameters, district_id, size=size, lang=view.lang, address=address
            ),
        )
        return content, _media_type("pdf"), _named("district.pdf", snapshot)

    return _answer(request, snapshot, view, make)


@router.get("/maps/districts.pdf", response_class=Response)
def atlas(request: Request, snapshot: HandoutDep, settings: SettingsDep) -> Response:
    """Draw the atlas: an index, then a sheet for each district with a record or named."""
    view, parameters = _read(request, ("size", "districts", ASKED))
    size, address = _size(request), settings.public_url.rstrip("/")
    names = _districts(request)

    def draw() -> bytes:
        return print_atlas(
            snapshot, parameters, districts=names, size=size, lang=view.lang, address=address
        )

    def make() -> tuple[bytes, str, dict[str, str]]:
        # Lists of districts are without number, and an atlas is large: only the whole is kept.
        key = ("map-atlas", parameters, size, view.lang, address)
        content = draw() if names else snapshot.cached(key, draw)
        return content, _media_type("pdf"), _named("districts.pdf", snapshot)

    return _answer(request, snapshot, view, make)


def _districts(request: Request) -> tuple[str, ...]:
    asked = request.query_params.get("districts")
    if asked is None:
        return ()
    names = tuple(filter(None, (name.strip() for name in asked.split(","))))
    if not names:
        raise InvalidInput(
            "districts= names no district; give ids with commas between them.",
            code="bad-districts",
            details=[{"field": "districts", "reason": "is empty"}],
        )
    return names


def _loaded(name: str) -> Any:
    """Load a part that draws: its library costs a second, which no start should pay."""
    return importlib.import_module(f"service.maps.{name}")


def _media_type(kind: str) -> str:
    return "application/pdf" if kind == "pdf" else "image/png"


def _named(name: str, snapshot: Any) -> dict[str, str]:
    return {"Content-Disposition": f'inline; filename="{marked(name, snapshot)}"'}
