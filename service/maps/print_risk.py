"""The risk map on paper: one landscape sheet, vector in PDF."""

import shapely

from geodata.register import Snapshot
from geodata.risk import RiskParameters
from service.content.districts import ranking_of
from service.content.legend import Shown, how_shown
from service.content.texts import texts_of
from service.content.view import RiskView, risk_view
from service.i18n import Translator, translator
from service.maps import furniture, palette
from service.maps.composed import Look, draw_locator, draw_map, inset_bounds
from service.maps.furniture import MARGIN, TOP
from service.maps.legend import legend_list, title_of
from service.maps.names import Type
from service.maps.outlines import outlines_of
from service.maps.paper import Format, Sheet, save
from service.maps.ranking import ranking_table
from service.maps.tables import draw

Bounds = tuple[float, float, float, float]
"""West, south, east, north in metres."""
COLUMN = 80.0
"""Width of the right column, in units."""
INSET = 46.0
"""Least height of the inset."""
LOCATOR = 34.0
"""Least height of the map of the region."""
GAIN = 1.35
"""Least enlargement of the inset over the map."""
RANKED = 12
"""Most districts in the ranking beside an inset."""


def print_risk_map(
    snapshot: Snapshot,
    parameters: RiskParameters,
    *,
    kind: Format = "pdf",
    size: str = "A4",
    lang: str = "en",
    address: str = "",
) -> bytes:
    """Draw the risk map of a snapshot for paper.

    Parameters
    ----------
    snapshot
        In the view of the reader; nothing else is read.
    parameters
        Risk parameters.
    kind
        ``pdf`` or ``png``.
    size
        ``A4`` or ``A3``, landscape.
    lang
        Language of the sheet.
    address
        Public address of the service, printed for those who want more; empty = none.

    Returns
    -------
    bytes
        The file; the same arguments give the same bytes.

    Raises
    ------
    InvalidInput
        The filter, the period or the language cannot be used.
    """
    view, say = risk_view(snapshot, parameters), translator(lang)
    sheets = [country_sheet(view, say, size, address)]
    return save(sheets, kind, title=texts_of(lang)["title"], moment=snapshot.recorded_at)


def country_sheet(view: RiskView, say: Translator, size: str, address: str = "") -> Sheet:
    """Draw the sheet.

    Parameters
    ----------
    view
        Frames of one snapshot.
    say
        Language of the sheet.
    size
        ``A4`` or ``A3``.
    address
        Public address of the service, or empty.
    """
    sheet = Sheet.of(size, mirrored=say.dir == "rtl")
    title = texts_of(say.lang)["title"]
    furniture.heading(sheet, view, say, title, furniture.period_line(view, say))
    bottom = sheet.height - furniture.foot_height(sheet, view, say) - 1
    left = sheet.width - MARGIN - COLUMN
    shown = how_shown(view)
    top = _numbers(sheet, view, say, left, shown)
    inset = _table_and_inset(sheet, view, say, (left, top, bottom), (address, shown))
    if not view.districts.empty:
        axes = sheet.axes(MARGIN, TOP, left - 5 - MARGIN, bottom - TOP)
        outlines, look = outlines_of(view), Look(unit=sheet.unit, shown=shown)
        bounds = shapely.total_bounds(outlines.shapes)
        draw_map(axes, view, outlines, say, bounds, look, enlarged=inset)
    furniture.footing(sheet, view, say, 1, 1, address)
    return sheet


def _numbers(sheet: Sheet, view: RiskView, say: Translator, left: float, shown: Shown) -> float:
    """Key figures and legend, right of the map; give the lower edge."""
    texts = texts_of(say.lang)
    numbers = furniture.key_figures(view, say)
    top = furniture.figures(sheet, numbers, left, TOP, COLUMN) + 3
    if view.unplaced > 1e-9:
        line = f"{texts['unplaced']}: {say.number(round(view.unplaced, 2))}"
        top = sheet.wrapped(left, top, COLUMN, line, 7) + 1
    top = furniture.section(sheet, left, top, COLUMN, title_of(view, say))
    return legend_list(sheet, view, say, left, top, COLUMN, shown=shown) + 1.5


def _table_and_inset(
    sheet: Sheet, view: RiskView, say: Translator, place: tuple[float, float, float],
    rest: tuple[str, Shown],
) -> Bounds | None:  # fmt: skip
    """Ranking, what the class rests on, and the inset or how to read the map."""
    (left, top, bottom), (address, shown) = place, rest
    texts, order = texts_of(say.lang), ranking_of(view, say).recorded
    if not order:
        style = {"fontweight": "bold", "color": palette.DEEP}
        top = sheet.wrapped(left, top + 1, COLUMN, texts["none-on-record"], 7.5, **style)
        _reading(sheet, view, say, (left, top + 2, bottom))
        return None
    table = ranking_table(view, say, order, COLUMN, 6.4)
    note = texts["explain-smoothed"] if view.smoothed else ""
    room = bottom - top - furniture.lines_of(note, COLUMN, 6) - 6
    rows = min(len(order), RANKED, table.fits(room - INSET))
    inset = _inset(sheet, view, room - table.head - rows * table.line)
    rows = rows if inset else min(len(order), table.fits(room))
    if rows:
        top = draw(sheet, table, left, top, range(rows))
    if len(order) > rows:
        where = f"{address}/districts" if address else ""
        more = furniture.rest(say, len(order) - rows, where)
        top = sheet.wrapped(left, top, COLUMN, more, 6.2, color=palette.SOFT)
    if note:
        top = sheet.wrapped(left, top + 0.4, COLUMN, note, 6, color=palette.SOFT)
    if inset is None:
        _reading(sheet, view, say, (left, top + 2, bottom))
        return None
    bounds: Bounds = inset_bounds(view, outlines_of(view).shapes, COLUMN / (bottom - top - 2))
    axes = sheet.axes(left, top + 2, COLUMN, bottom - top - 2)
    kind = Type(7.2, 5.6, 7.4)
    look = Look(sheet.unit, 0.0, 0.7, 16, kind, marks=False, shown=shown)
    draw_map(axes, view, outlines_of(view), say, bounds, look)
    return bounds


def _reading(
    sheet: Sheet, view: RiskView, say: Translator, place: tuple[float, float, float]
) -> None:
    """Say how to read the map and, where there is room, show where it lies in its region."""
    left, top, bottom = place
    furniture.reading(sheet, say, place, COLUMN)
    top += furniture.reading_height(say, COLUMN) + 2
    if view.districts.empty or bottom - top < LOCATOR:
        return
    height = min(bottom - top, 0.75 * COLUMN)
    draw_locator(sheet.axes(left, bottom - height, COLUMN, height), view, None)


def _inset(sheet: Sheet, view: RiskView, height: float) -> Bounds | None:
    """Give what an inset of a height would show; None where it enlarges too little."""
    if height < INSET - 4:
        return None
    shapes = outlines_of(view).shapes
    bounds: Bounds | None = inset_bounds(view, shapes, COLUMN / height)
    if bounds is None:
        return None
    west, south, east, north = shapely.total_bounds(shapes)
    width = sheet.width - 2 * MARGIN - COLUMN - 5
    main = max((east - west) / width, (north - south) / (sheet.height - TOP - 25))
    return bounds if main / ((bounds[2] - bounds[0]) / COLUMN) >= GAIN else None
