"""The atlas: an index with the map of the whole, then one page for each district."""

from collections.abc import Iterator, Sequence

import shapely

from geodata.errors import InvalidInput
from geodata.register import Snapshot
from geodata.risk import RiskParameters
from service.content.districts import districts_of, ranking_of
from service.content.legend import how_shown
from service.content.texts import texts_of
from service.content.view import RiskView, risk_view
from service.i18n import Translator, translator
from service.maps import furniture, palette
from service.maps.composed import Look, draw_map
from service.maps.furniture import MARGIN, TOP
from service.maps.legend import legend_strip, title_of
from service.maps.names import Type
from service.maps.outlines import outlines_of
from service.maps.paper import Sheet, save
from service.maps.print_district import district_sheet
from service.maps.ranking import ranking_table
from service.maps.tables import Table, draw

MAX_PAGES = 100
"""Most pages, those of the index among them."""
LEAST_MAP, MOST_MAP = 74.0, 150.0
"""Height of the map on the first page, in units."""
TYPE = 6.8
READ = 140.0
"""Width of running text, in units: longer lines are hard to follow."""


def print_atlas(
    snapshot: Snapshot,
    parameters: RiskParameters,
    *,
    districts: Sequence[str] = (),
    size: str = "A4",
    lang: str = "en",
    address: str = "",
) -> bytes:
    """Draw the atlas as one PDF: an index by rank, then a page for each district.

    Parameters
    ----------
    snapshot
        In the view of the reader; nothing else is read.
    parameters
        Risk parameters.
    districts
        Ids of the districts, in the order of their pages; none = all with a record, the
        highest rate first.
    size
        ``A4`` or ``A3``, upright.
    lang
        Language of the pages.
    address
        Public address of the service, printed for those who want more; empty = none.

    Returns
    -------
    bytes
        The file; the same arguments give the same bytes.

    Raises
    ------
    InvalidInput
        A district is not in this edition; there would be more pages than `MAX_PAGES`; or the
        filter, the period or the language cannot be used.
    """
    view, say = risk_view(snapshot, parameters), translator(lang)
    names = list(dict.fromkeys(districts))
    # Without an order of the reader's own, the highest rate comes first.
    names = names or [row.district_id for row in ranking_of(view, say).recorded]
    _check(view, names)
    title = texts_of(lang)["title"]
    sheets = atlas_sheets(view, say, names, size, address)
    return save(sheets, "pdf", title=title, moment=snapshot.recorded_at)


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


def atlas_sheets(
    view: RiskView, say: Translator, names: list[str], size: str, address: str = ""
) -> Iterator[Sheet]:
    """Draw the pages one by one; only the one being written is held.

    Parameters
    ----------
    view
        Frames of one snapshot.
    say
        Language of the pages.
    names
        Ids of the districts in the order of their pages.
    size
        ``A4`` or ``A3``.
    address
        Public address of the service, or empty.

    Raises
    ------
    InvalidInput
        Index and districts together have more pages than `MAX_PAGES`.
    """
    first = Sheet.of(size, portrait=True, mirrored=say.dir == "rtl")
    bottom = first.height - furniture.foot_height(first, view, say)
    width = first.width - 2 * MARGIN
    # The page numbers need the number of index pages, which the table's height decides.
    every = {row.district_id: row for row in districts_of(view, say)}
    chosen = [every[name] for name in names]
    draft = ranking_table(view, say, chosen, width, TYPE, pages=dict.fromkeys(names, 100))
    top = _overview(first, view, say, draft.head + len(names) * draft.line)
    parts = _parts(draft, len(names), bottom - top - 6, bottom - TOP - 6)
    pages = len(parts) + len(names)
    if pages > MAX_PAGES:
        raise _too_many(len(names))
    at = {name: len(parts) + 1 + i for i, name in enumerate(names)}
    table = ranking_table(view, say, chosen, width, TYPE, pages=at)
    for number, part in enumerate(parts, start=1):
        sheet = first
        if number > 1:
            sheet, top = Sheet.of(size, portrait=True, mirrored=first.mirrored), TOP
            _heading(sheet, view, say)
        _index(sheet, view, say, table, part, top)
        furniture.footing(sheet, view, say, number, pages, address)
        yield sheet
    for name in names:
        yield district_sheet(view, say, name, size, address, page=at[name], pages=pages)


def _heading(sheet: Sheet, view: RiskView, say: Translator) -> None:
    line = furniture.period_line(view, say, short=True)
    furniture.heading(sheet, view, say, texts_of(say.lang)["title"], line)


def _parts(table: Table, rows: int, first: float, further: float) -> list[range]:
    """Share the rows of the index among pages."""
    ends = [min(rows, table.fits(first))]
    while ends[-1] < rows:
        ends.append(min(rows, ends[-1] + max(1, table.fits(further))))
    return [range(start, end) for start, end in zip([0, *ends], ends, strict=False)]


def _overview(sheet: Sheet, view: RiskView, say: Translator, index: float) -> float:
    """Key figures, map of the whole and legend; as high a map as the index leaves room for."""
    _heading(sheet, view, say)
    texts, width = texts_of(say.lang), sheet.width - 2 * MARGIN
    top = furniture.figures(sheet, furniture.key_figures(view, say), MARGIN, TOP, width) + 3
    if view.unplaced > 1e-9:
        line = f"{texts['unplaced']}: {say.number(round(view.unplaced, 2))}"
        top = sheet.wrapped(MARGIN, top - 1, width, line, 7) + 1
    shown = how_shown(view)
    if not view.districts.empty:
        outlines = outlines_of(view)
        bounds = shapely.total_bounds(outlines.shapes)
        room = sheet.height - furniture.foot_height(sheet, view, say) - top - index - 34
        shape = width * (bounds[3] - bounds[1]) / (bounds[2] - bounds[0])
        most = min(max(shape, LEAST_MAP), MOST_MAP + sheet.height - 297)
        height = min(max(room, LEAST_MAP), most)
        axes = sheet.axes(MARGIN, top, width, height)
        look = Look(unit=sheet.unit, dot=10, kind=Type(6.2, 5.0, 6.4), shown=shown)
        draw_map(axes, view, outlines, say, bounds, look)
        top += height + 2.5
    top = furniture.section(sheet, MARGIN, top, width, title_of(view, say))
    return legend_strip(sheet, view, say, MARGIN, top, width, shown=shown) + 2


def _index(
    sheet: Sheet, view: RiskView, say: Translator, table: Table, part: range, top: float
) -> None:
    """Write a part of the table of the districts and their pages."""
    texts, width = texts_of(say.lang), sheet.width - 2 * MARGIN
    top = furniture.section(sheet, MARGIN, top, width, texts["index"])
    if not table.rows:
        style = {"color": palette.DEEP, "fontweight": "bold"}
        top = sheet.wrapped(MARGIN, top, width, texts["none-on-record"], 7.5, **style)
    elif len(part):
        top = draw(sheet, table, MARGIN, top, part)
    if part.stop == len(table.rows):
        bottom = sheet.height - furniture.foot_height(sheet, view, say)
        furniture.reading(sheet, say, (MARGIN, top + 3, bottom), READ)
