"""The sheets: the country's, a district's, and the atlas of many districts."""

from collections.abc import Sequence
from typing import Any, TypedDict, Unpack

import shapely

from geodata.errors import InvalidInput, Undefined
from geodata.register import Snapshot
from geodata.risk import RiskParameters
from service.content.districts import districts_of, ranking_of, record_of
from service.content.forecast import ForecastView, forecast_picture, forecast_view
from service.content.map import picture_of
from service.content.texts import texts_of
from service.content.view import RiskView, risk_view
from service.drawing.canvas import Bounds
from service.drawing.map import (
    MOST_MARKS,
    Look,
    Picture,
    Shown,
    draw_locator,
    draw_map,
    inset_bounds,
)
from service.drawing.names import Type
from service.drawing.outlines import Outlines, outlines_around, outlines_of
from service.i18n import translator
from service.print import data
from service.print.data import Paper
from service.print.typesetting import UNITS, Document, Format, Size

MAX_PAGES = 100
"""Most pages of an atlas, those of the index among them."""
MOST_ROWS = 60
"""Incidents on a district's sheet at most."""
LEAST_MAP, MOST_MAP = 74.0, 150.0
"""Height of the map on an atlas's first page, in units."""
GAIN = 1.35
"""Least enlargement of the inset over the map."""


class Options(TypedDict, total=False):
    """How every print is made.

    Attributes
    ----------
    kind
        ``pdf`` (usual) or ``png``; an atlas is always a PDF.
    size
        ``A4`` (usual) or ``A3``.
    lang
        Language of the sheet; usually ``en``.
    address
        Public address of the service, printed for those who want more; usually none.
    """

    kind: Format
    size: str
    lang: str
    address: str


def print_risk_map(
    snapshot: Snapshot, parameters: RiskParameters, **options: Unpack[Options]
) -> bytes:
    """Print the risk map of a snapshot on one landscape sheet.

    Parameters
    ----------
    snapshot
        In the view of the reader; nothing else is read.
    **options
        See `Options`.

    Returns
    -------
    bytes
        The file; the same arguments give the same bytes.

    Raises
    ------
    InvalidInput
        The filter, the period or the language cannot be used.
    """
    return _printed(country_sheet(_paper(snapshot, parameters, options)), snapshot, options)


def _paper(snapshot: Snapshot, parameters: RiskParameters, options: Options) -> Paper:
    lang, size = options.get("lang", "en"), options.get("size", "A4")
    view = risk_view(snapshot, parameters)
    return Paper(view, translator(lang), size, options.get("address", ""))


def _printed(sheets: Document, snapshot: Snapshot, options: Options) -> bytes:
    return sheets.file(options.get("kind", "pdf"), snapshot.recorded_at)


def country_sheet(paper: Paper) -> Document:
    """Lay out the country's sheet with its drawings."""
    view, picture = paper.view, picture_of(paper.view, paper.say)
    ranking, shown = ranking_of(view, paper.say), picture.shown()
    title = texts_of(paper.say.lang)["title"]

    def made(*, inset: bool) -> Document:
        page = data.country(paper, ranking, shown, inset=inset)
        return Document(data.document(paper, title, [page], upright=False))

    sheet = made(inset=bool(ranking.recorded))
    enlarged = _inset(view, sheet.frames)
    if ranking.recorded and enlarged is None:
        sheet = made(inset=False)
    unit = UNITS[paper.size]

    def draw(name: str, size: Size) -> str:
        if name == "where":
            return draw_locator(view.snapshot, None, size)
        outlines = outlines_of(view.snapshot)
        if name == "inset" and enlarged is not None:
            kind = Type(7.2, 5.6, 7.4)
            look = Look(unit, 0.0, 0.7, 16, kind, marks=False, shown=shown)
            return draw_map(picture, outlines, enlarged, size, look)[0]
        look = Look(unit, shown=shown, enlarged=enlarged)
        return draw_map(picture, outlines, _whole(outlines), size, look)[0]

    sheet.draw(draw)
    return sheet


def print_forecast(
    snapshot: Snapshot, parameters: RiskParameters, **options: Unpack[Options]
) -> bytes:
    """Print what is to be expected on one landscape sheet: map, legend, districts, doubt.

    Raises
    ------
    Undefined
        There is no incident to learn from, or no district.
    InvalidInput
        The filter, the period or the language cannot be used.
    """
    paper = _paper(snapshot, parameters, options)
    outlook = forecast_view(paper.view)
    if outlook is None:
        raise Undefined(
            "There is no forecast: the register holds no incident of this period and filter, or "
            "no districts.",
            reason="no-forecast",
        )
    page = data.forecast(paper, outlook)
    sheet = Document(data.document(paper, page["title"], [page], upright=False))
    sheet.draw(lambda name, room: _draw_forecast(paper, outlook, name, room))
    return _printed(sheet, snapshot, options)


def _draw_forecast(paper: Paper, outlook: ForecastView, name: str, size: Size) -> str:
    if name == "where":
        return draw_locator(paper.view.snapshot, None, size)
    picture = forecast_picture(paper.view, paper.say, outlook)
    outlines = outlines_of(paper.view.snapshot)
    look = Look(UNITS[paper.size], shown="none")
    return draw_map(picture, outlines, _whole(outlines), size, look)[0]


def _whole(outlines: Outlines) -> Bounds:
    bounds: Bounds = tuple(shapely.total_bounds(outlines.shapes).tolist())
    return bounds


def _inset(view: RiskView, frames: dict[str, Size]) -> Bounds | None:
    """Give what the inset shows; None where it enlarges too little."""
    if "inset" not in frames or "map" not in frames:
        return None
    (width, height), (wide, high) = frames["inset"], frames["map"]
    outlines = outlines_of(view.snapshot)
    counts = view.risk["incidents"].to_numpy(dtype="float64")
    bounds = inset_bounds(outlines.shapes, counts, width / height)
    if bounds is None:
        return None
    west, south, east, north = _whole(outlines)
    whole = max((east - west) / wide, (north - south) / high)
    return bounds if whole / ((bounds[2] - bounds[0]) / width) >= GAIN else None


def print_district(
    snapshot: Snapshot,
    parameters: RiskParameters,
    district_id: str,
    **options: Unpack[Options],
) -> bytes:
    """Print one district's sheet, upright: map, legend, trend, incidents and arithmetic.

    Raises
    ------
    NotFound
        This edition has no such district.
    InvalidInput
        The filter, the period or the language cannot be used.
    """
    paper = _paper(snapshot, parameters, options)
    return _printed(district_sheet(paper, district_id), snapshot, options)


def district_sheet(paper: Paper, district_id: str) -> Document:
    """Lay out a district's sheet with its drawings."""
    drawer = _Drawer(paper)
    page = drawer.page(district_id)
    sheet = Document(data.document(paper, page["title"], [page], upright=True))
    sheet.draw(drawer.draw)
    return sheet


class _Drawer:
    """The pages of districts and their drawings, which know each other by the district's id."""

    def __init__(self, paper: Paper) -> None:
        self._paper, self._view = paper, paper.view
        self._picture: Picture = picture_of(paper.view, paper.say)
        west, south, east, north = _whole(outlines_of(paper.view.snapshot))
        # Wider, and the map would show what is beyond the known land as sea.
        self._ratio = 1.25 + 0.8 * (east - west) / (north - south)
        self._outlines: dict[str, Outlines] = {}
        self._at = {name: at for at, name in enumerate(self._view.districts.index)}

    def page(self, district_id: str) -> dict[str, Any]:
        record = record_of(self._view, self._paper.say, district_id, MOST_ROWS)
        return data.district(self._paper, record, self._shown(district_id), self._ratio)

    def _around(self, district_id: str) -> Outlines:
        if district_id not in self._outlines:
            found = outlines_around(self._view.snapshot, self._at[district_id])
            self._outlines[district_id] = found
        return self._outlines[district_id]

    def _shown(self, district_id: str) -> Shown:
        """Say how the district's map shows incidents, by those in and around it."""
        if len(self._picture.lonlat) <= MOST_MARKS:
            return self._picture.shown()
        return self._picture.shown(self._near(district_id))

    def _near(self, district_id: str) -> int:
        shape = self._view.districts.geometry.iloc[self._at[district_id]]
        west, south, east, north = shape.bounds
        more_x, more_y = 0.25 * (east - west), 0.25 * (north - south)
        low, high = (west - more_x, south - more_y), (east + more_x, north + more_y)
        lonlat = self._picture.lonlat
        return int(((lonlat >= low) & (lonlat <= high)).all(axis=1).sum())

    def draw(self, name: str, size: Size) -> str:
        """Draw a district's map, or the map of where it lies."""
        what, _, district_id = name.partition(":")
        at = self._at[district_id]
        if what == "where":
            return draw_locator(self._view.snapshot, at, size)
        outlines, unit = self._around(district_id), UNITS[self._paper.size]
        shown = self._shown(district_id)
        look = Look(unit, 0.22, 0.6, 17, Type(7.6, 6.2, 7.4), at, shown=shown)
        bounds = outlines.shapes[at].bounds
        self._outlines.pop(district_id)
        return draw_map(self._picture, outlines, bounds, size, look)[0]


def print_atlas(
    snapshot: Snapshot,
    parameters: RiskParameters,
    *,
    districts: Sequence[str] = (),
    forecast: bool = False,
    **options: Unpack[Options],
) -> bytes:
    """Print the atlas as one PDF: an index by rank, then a page for each district.

    Parameters
    ----------
    districts
        Ids of the districts, in the order of their pages; none = all with a record, the
        highest rate first.
    forecast
        Whether a page at the end says what is to be expected, as far as there is a forecast.
    **options
        As in `print_risk_map`; the pages stand upright.

    Raises
    ------
    InvalidInput
        A district is not in this edition; there would be more pages than `MAX_PAGES`; or the
        filter, the period or the language cannot be used.
    """
    paper = _paper(snapshot, parameters, options)
    return atlas_sheets(paper, districts, forecast=forecast).file("pdf", snapshot.recorded_at)


def atlas_sheets(
    paper: Paper, districts: Sequence[str] = (), *, forecast: bool = False
) -> Document:
    """Lay out an atlas with its drawings."""
    view, say = paper.view, paper.say
    # Without an order of the reader's own, the highest rate comes first.
    names = list(dict.fromkeys(districts))
    names = names or [row.district_id for row in ranking_of(view, say).recorded]
    _check(view, names)
    every, picture = districts_of(view, say), picture_of(view, say)
    at = {row.district_id: row for row in every}
    whole = outlines_of(view.snapshot) if len(every) else None
    west, south, east, north = _whole(whole) if whole else (0, 0, 1, 1)
    shape = (north - south) / (east - west)
    shown = picture.shown()
    chosen = [at[name] for name in names]
    first = data.index(paper, chosen, shown, shape, (LEAST_MAP, MOST_MAP))
    drawer = _Drawer(paper) if whole else None
    outlook = forecast_view(view) if forecast else None
    last = [data.forecast(paper, outlook, first)] if outlook else []
    pages = [first, *(drawer.page(name) for name in names if drawer), *last]
    title = texts_of(say.lang)["title"]
    sheets = Document(data.document(paper, title, pages, upright=True))

    def draw(name: str, size: Size) -> str:
        if name == "forecast" and outlook is not None:
            return _draw_forecast(paper, outlook, name, size)
        if name != "map" or whole is None:
            return drawer.draw(name, size) if drawer else ""
        kind = Type(6.2, 5.0, 6.4)
        look = Look(UNITS[paper.size], dot=10, kind=kind, shown=shown)
        return draw_map(picture, whole, _whole(whole), size, look)[0]

    sheets.draw(draw)
    if sheets.pages > MAX_PAGES:
        raise _too_many(len(names))
    return sheets


def _check(view: RiskView, names: list[str]) -> None:
    unknown = [name for name in names if name not in view.districts.index]
    if unknown:
        listed = ", ".join(repr(name[:60]) for name in unknown[:5])
        raise InvalidInput(
            f"There is no district {listed} in this edition.",
            code="bad-districts",
            details=[{"field": "districts", "reason": f"no district {name[:60]!r}"}
                     for name in unknown[:5]],
        )  # fmt: skip
    if len(names) >= MAX_PAGES:
        raise _too_many(len(names))


def _too_many(districts: int) -> InvalidInput:
    return InvalidInput(
        f"The atlas would have more than {MAX_PAGES} pages: {districts} districts and their "
        "index. Name fewer of them with districts=ID,ID.",
        code="too-many-districts",
        details=[{"field": "districts", "reason": f"more than {MAX_PAGES} pages"}],
    )
