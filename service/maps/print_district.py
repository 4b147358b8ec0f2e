"""The district sheet: one page with map, legend, trend, incidents and the arithmetic."""

from collections.abc import Sequence

import shapely

from geodata.register import Snapshot
from geodata.risk import RiskParameters
from service.content.districts import DistrictRecord, record_of
from service.content.incidents import IncidentRow
from service.content.legend import how_shown
from service.content.texts import texts_of
from service.content.view import RiskView, risk_view
from service.i18n import Translator, translator
from service.labels import label
from service.maps import furniture, palette
from service.maps.composed import Look, draw_locator, draw_map
from service.maps.district_facts import draw_facts, draw_trend
from service.maps.furniture import MARGIN, TOP
from service.maps.legend import legend_strip, strip_height, title_of
from service.maps.letters import cut, wrap
from service.maps.names import Type
from service.maps.outlines import outlines_around, outlines_of
from service.maps.paper import Format, Sheet, save
from service.maps.tables import Column, Table, draw, lay_out

MAP_HEIGHT = 98.0
FACTS = 70.0
"""Width of the column right of the map."""
LEAST_LOCATOR, LEAST_WITH_WORDS = 16.0, 40.0
"""Height of the map of where the district lies, alone and over how to read the map."""
MOST_ROWS = 60
TREND = 22.0
TALLER = 75.0
"""How much taller the map may be on a sheet with few incidents."""
SOURCES = 8.0
"""Room kept for the sources under the table."""


def print_district(
    snapshot: Snapshot,
    parameters: RiskParameters,
    district_id: str,
    *,
    kind: Format = "pdf",
    size: str = "A4",
    lang: str = "en",
    address: str = "",
) -> bytes:
    """Draw one district's sheet, upright.

    Parameters
    ----------
    snapshot
        In the view of the reader; nothing else is read.
    parameters
        Risk parameters.
    district_id
        The district.
    kind
        ``pdf`` or ``png``.
    size
        ``A4`` or ``A3``.
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
    NotFound
        This edition has no such district.
    InvalidInput
        The filter, the period or the language cannot be used.
    """
    view, say = risk_view(snapshot, parameters), translator(lang)
    record = record_of(view, say, district_id, MOST_ROWS)
    sheets = (_sheet(view, say, record, size, address) for _ in range(1))
    return save(sheets, kind, title=record.district.title, moment=snapshot.recorded_at)


def district_sheet(
    view: RiskView,
    say: Translator,
    district_id: str,
    size: str,
    address: str = "",
    *,
    page: int = 1,
    pages: int = 1,
) -> Sheet:
    """Draw the sheet of a district of the view.

    Parameters
    ----------
    view
        Frames of one snapshot.
    say
        Language of the sheet.
    district_id
        The district.
    size
        ``A4`` or ``A3``.
    address
        Public address of the service, or empty.
    page, pages
        Number of the page, and of all pages.
    """
    record = record_of(view, say, district_id, MOST_ROWS)
    return _sheet(view, say, record, size, address, (page, pages))


def _sheet(
    view: RiskView, say: Translator, record: DistrictRecord, size: str, address: str,
    at: tuple[int, int] = (1, 1),
) -> Sheet:  # fmt: skip
    district_id = record.district.district_id
    own = f"{address}/districts/{district_id}" if address else ""
    sheet = Sheet.of(size, portrait=True, mirrored=say.dir == "rtl")
    line = furniture.period_line(view, say, short=True)
    furniture.heading(sheet, view, say, record.district.title, line)
    width = sheet.width - 2 * MARGIN
    table = incidents_table(say, record.incidents, width)
    top = _map(sheet, view, say, record, _map_height(sheet, view, say, record, table)) + 2
    if record.trend is not None:
        start = furniture.section(sheet, MARGIN, top, width, texts_of(say.lang)["trend"])
        draw_trend(sheet, record.trend, (MARGIN, start, width, TREND))
        top = start + TREND + 7
    top = _explanation(sheet, view, say, record.sums, top)
    _incidents(sheet, view, say, (record, table), top, own)
    furniture.footing(sheet, view, say, *at, own)
    return sheet


def _map_height(
    sheet: Sheet, view: RiskView, say: Translator, record: DistrictRecord, table: Table
) -> float:
    """Give the map what the rest of the sheet leaves free, within limits."""
    width, least = sheet.width - 2 * MARGIN, MAP_HEIGHT + 0.3 * (sheet.height - 297)
    shown = how_shown(view)
    sums, note = record.sums, texts_of(say.lang)[_note(view)]
    words = furniture.lines_of(sums, width, 7.6) + furniture.lines_of(note, width, 6.6)
    below = 2.5 + strip_height(view, say, width, shown=shown) + 2 + words + 3.1
    below += 0 if view.window is None else 5 + TREND + 7
    below += 3 * 5.0 + table.head + len(table.rows) * table.line + SOURCES
    free = sheet.height - furniture.foot_height(sheet, view, say) - TOP - below
    return min(max(free, least), least + TALLER)


def _note(view: RiskView) -> str:
    return "explain-smoothed" if view.smoothed else "explain-crude"


def _map(
    sheet: Sheet, view: RiskView, say: Translator, record: DistrictRecord, height: float
) -> float:
    """Map, figures and legend; give the lower edge."""
    position = record.district.position
    outlines, width = outlines_around(view, position), sheet.width - 2 * MARGIN
    look = Look(sheet.unit, 0.22, 0.6, 17, Type(7.6, 6.2, 7.4), position)
    left = sheet.width - MARGIN - FACTS
    axes = sheet.axes(MARGIN, TOP, left - 4 - MARGIN, height)
    shown = draw_map(axes, view, outlines, say, outlines.shapes[position].bounds, look)
    top = draw_facts(sheet, view, say, record.district, (left, TOP, FACTS)) + 2
    _where(sheet, view, say, position, (left, top, TOP + height))
    top = furniture.section(sheet, MARGIN, TOP + height + 2.5, width, title_of(view, say))
    return legend_strip(sheet, view, say, MARGIN, top, width, shown=shown)


def _where(
    sheet: Sheet, view: RiskView, say: Translator, position: int, place: tuple[float, float, float]
) -> None:
    """Show where in the whole the district lies, and how to read the map if there is room."""
    left, top, bottom = place
    words = furniture.reading_height(say, FACTS) + 2
    tall = bottom - top
    if tall < LEAST_LOCATOR:
        return
    if tall - words >= LEAST_WITH_WORDS:
        tall -= words
        furniture.reading(sheet, say, (left, top + tall + 2, bottom), FACTS)
    west, south, east, north = shapely.total_bounds(outlines_of(view).shapes)
    # Wider, and the map would show what is beyond the known land as sea.
    width = min(FACTS, tall * (1.25 + 0.8 * (east - west) / (north - south)))
    draw_locator(sheet.axes(left, top, width, tall), view, position)


def _explanation(sheet: Sheet, view: RiskView, say: Translator, sums: str, top: float) -> float:
    """Write the arithmetic of the density, to do again by hand; give the lower edge."""
    texts, width = texts_of(say.lang), sheet.width - 2 * MARGIN
    top = furniture.section(sheet, MARGIN, top, width, texts["how-computed"])
    if sums:
        top = sheet.wrapped(MARGIN, top, width, sums, 7.6)
    style = {"color": furniture.GREY}
    return sheet.wrapped(MARGIN, top + 0.6, width, texts[_note(view)], 6.6, **style) + 2.5


def _incidents(
    sheet: Sheet,
    view: RiskView,
    say: Translator,
    what: tuple[DistrictRecord, Table],
    top: float,
    address: str,
) -> None:
    """List the latest incidents, as many as there is room for, and their sources."""
    texts, width = texts_of(say.lang), sheet.width - 2 * MARGIN
    bottom = sheet.height - furniture.foot_height(sheet, view, say)
    top = furniture.section(sheet, MARGIN, top, width, texts["incidents-here"])
    record, table = what
    held = record.incidents
    if not held:
        style = {"color": palette.DEEP, "fontweight": "bold"}
        sheet.wrapped(MARGIN, top, width, texts["none-on-record"], 7.5, **style)
        return
    room, line = bottom - top, 3.0
    shown = min(len(held), table.fits(room - line))
    if shown < record.count:
        shown = min(shown, table.fits(room - 2 * line))
    top = draw(sheet, table, MARGIN, top, range(shown))
    if shown < record.count:
        more = furniture.rest(say, record.count - shown, address)
        top = sheet.wrapped(MARGIN, top, width, more, 6.3, color=furniture.GREY)
    _sources(sheet, texts["sources"], held[:shown], (MARGIN, top + 0.6, width, bottom))


def incidents_table(say: Translator, held: Sequence[IncidentRow], width: float) -> Table:
    """Lay out a table of incidents.

    Parameters
    ----------
    say
        Language of the table.
    held
        Incidents in order.
    width
        Of the table.
    """
    rows = [
        [
            row.when,
            row.place_as_reported or "–",
            label(say, "where_precision", row.where_precision),
            label(say, "device", row.device),
            say.number(row.killed),
            say.number(row.injured),
            label(say, "record_status", row.record_status),
        ]
        for row in held
    ]
    texts = texts_of(say.lang)
    words = ("date", "place-as-reported", "place-precision", "device")
    columns = [Column(texts[key]) for key in words]
    columns += [Column(texts[f"head-{key}"], number=True) for key in ("killed", "injured")]
    columns.append(Column(texts["status-word"]))
    return lay_out(columns, rows, width, 6.6)


def _sources(
    sheet: Sheet, title: str, shown: Sequence[IncidentRow], place: tuple[float, float, float, float]
) -> None:
    """Name the reports of the incidents listed, as far as there is room."""
    left, top, width, bottom = place
    told = list(dict.fromkeys(w for row in shown for w, _ in row.sources if w))
    if not told:
        return
    lines = wrap(f"{title}: {'; '.join(told)}", width, 6)
    room = int((bottom - top) / furniture.lines_of("", width, 6))
    if len(lines) > room > 0:
        lines = [*lines[: room - 1], cut(" ".join(lines[room - 1 : room + 1]), width, 6)]
    for line in lines[: max(room, 0)]:
        sheet.text(left, top, line, 6, color=furniture.GREY)
        top += furniture.lines_of("", width, 6)
