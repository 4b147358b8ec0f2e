"""The sheets: the country's, a district's, and the atlas of many districts.

What the template sets is made as JSON (words, numbers and colours of each page), then the drawings.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

import shapely

from geodata.deferred import babel, numbers
from geodata.errors import InvalidInput, Undefined
from geodata.register import Snapshot
from geodata.risk import RiskParameters
from geodata.risk.of_snapshot import RiskView, position_of, risk_view
from service.content.districts import (
    District,
    DistrictRecord,
    Ranking,
    Trend,
    colour_of,
    counts_of,
    districts_of,
    figures_of,
    kilometre,
    legend_of,
    limits_note,
    period_words,
    picture_of,
    ranked_by,
    ranking_of,
    record_of,
    rounded,
    tiles_of,
)
from service.content.forecast import (
    ForecastView,
    forecast_legend,
    forecast_notes,
    forecast_numbers,
    forecast_picture,
    forecast_view,
)
from service.content.incidents import IncidentRow, sources_text
from service.content.texts import texts_of
from service.drawing import palette
from service.drawing.canvas import Bounds, swatch_svg
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
from service.drawing.palette import PATTERNS
from service.handouts import notice_of
from service.i18n import FIELDS, Translator, label, translator_of
from service.print.typesetting import SIZES_MM, UNITS, Document, Format, Size

DARK = ("very_high", "high")
"""Classes on whose colour words are white."""
MOST_EXPECTED = 24
"""Districts that an atlas lists by what is expected; the layer has them all."""
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Paper:
    """What the sheets are made for: the view, the language, the size, and where more is."""

    view: RiskView
    translator: Translator
    size: str
    address: str = ""
    """Public address of the service, without a final slash; empty = none."""

    @property
    def texts(self) -> dict[str, str]:
        """The words of the sheets."""
        return texts_of(self.translator.lang)


def sheets_document(paper: Paper, title: str, pages: Sequence[Json], *, upright: bool) -> Json:
    """Give the whole document."""
    view, translator, texts = paper.view, paper.translator, paper.texts
    width, height = SIZES_MM[paper.size] if upright else SIZES_MM[paper.size][::-1]
    sources = f"{texts['sources']}: {sources_text(view, translator.lang)}"
    return {
        "title": title,
        "lang": translator.lang,
        "dir": translator.dir,
        "unit": UNITS[paper.size],
        "width": width,
        "height": height,
        "stamp": texts["as-of"].replace("{day}", translator.date(view.as_of, "long")),
        "version": f"{texts['version']}: {view.snapshot.revision}",
        "edition": f"{texts['boundaries-edition']}: {view.snapshot.edition}",
        "notice": notice_of(view.snapshot, translator.lang),
        "warning": texts["not-safe"],
        "foot": [texts["disclaimer"], sources],
        "group": numbers.get_group_symbol(translator.locale),
        "page_words": texts["page"],
        "map_words": texts["map"],
        "reading_title": texts["reading"],
        "reading": texts["methods-text"],
        "trend_title": texts["trend"],
        "sums_title": texts["how-computed"],
        "incidents_title": texts["incidents-here"],
        "index_title": texts["index"],
        "none_on_record": texts["none-on-record"],
        "sources_word": texts["sources"],
        "palette": palette.SHEETS,
        "patterns": _patterns(),
        "pages": list(pages),
    }


def _patterns() -> dict[str, str]:
    """Give swatches as large as a symbol of the legend, a chip of a table, and a title."""
    sizes = {"": (17.0, 9.07), "chip-": (6.24, 6.2), "wide-": (198.4, 22.7)}
    return {f"{k}{name}": swatch_svg(name, *size) for k, size in sizes.items() for name in PATTERNS}


def country_page(paper: Paper, ranking: Ranking, shown: Shown, *, inset: bool) -> Json:
    """Give the country's sheet: map, key figures, legend, ranking, inset."""
    view, texts = paper.view, paper.texts
    more = f"{paper.address}/districts" if paper.address else ""
    return {
        "kind": "country",
        "key": "country",
        "title": texts["title"],
        "line": _line(paper),
        "address": paper.address,
        "map": not view.districts.empty,
        "inset": inset,
        **_country(paper, shown),
        **_ranking(paper, ranking.recorded),
        "note": " ".join(
            filter(
                None,
                (
                    ranked_by(view, paper.translator) if ranking.ranked else "",
                    texts["explain-smoothed"] if view.smoothed else "",
                    "" if view.parameters.classes == "fixed" else texts["classes-of-data"],
                ),
            )
        ),
        "rest": _rest(paper, more),
    }


def index_page(
    paper: Paper,
    districts: Sequence[District],
    shown: Shown,
    shape: float,
    heights: tuple[float, float],
) -> Json:
    """Give the first pages of an atlas: key figures, map of the whole, legend, index.

    Parameters
    ----------
    shape
        Height to width of the whole.
    heights
        Least and most of the map, in units.
    """
    return {
        "kind": "index",
        "key": "index",
        "title": paper.texts["title"],
        "line": _line(paper, short=True),
        "address": paper.address,
        "map": not paper.view.districts.empty,
        "shape": shape,
        "least": heights[0],
        "most": heights[1],
        **_country(paper, shown),
        **_ranking(paper, districts, pages=True),
        "note": ranked_by(paper.view, paper.translator) if districts else "",
    }


def forecast_page(paper: Paper, outlook: ForecastView, index: Json | None = None) -> Json:
    """Give the forecast's sheet: what is expected where, and of which districts most.

    Parameters
    ----------
    index
        The first page of an atlas, which the sheet is then laid out like; None for a
        landscape sheet of its own.
    """
    view, translator, texts = paper.view, paper.translator, paper.texts
    legend, numbers = (
        forecast_legend(outlook.classes, translator),
        forecast_numbers(outlook, translator),
    )
    rows = sorted(zip(districts_of(view, translator), outlook.districts, strict=True),
                  key=lambda pair: (-(pair[1].value or 0.0), pair[0].name))  # fmt: skip
    most = rows[:MOST_EXPECTED] if index else rows
    columns = [
        _column(texts["district"], 1),
        _column(texts["forecast-expected"], number=True),
        _column(texts["interval90"], number=True),
        _column(texts["forecast-recorded"], number=True),
    ]
    cells = [
        [
            row.name,
            translator.number(e.value),
            e.between(translator),
            translator.number(rounded(row.incidents)),
        ]
        for row, e in most
    ]
    figures = (
        (numbers["total"], texts["forecast-expected"]),
        (numbers["range"], texts["interval90"]),
        (numbers["part"], texts["forecast-top"].replace("{share}", numbers["share"])),
    )
    like = index or {"kind": "country", "inset": False, "map": True}
    return {
        **like,
        "key": "forecast",
        "drawing": "forecast",
        "title": texts["forecast-title"],
        "line": _line(paper, period=numbers["period"]),
        "address": f"{paper.address}/backtest?f=html" if paper.address else "",
        "tiles": [{"number": number, "words": words} for number, words in figures],
        "unplaced": "",
        "legend": {
            "title": legend.title,
            "entries": [
                {"symbol": e.symbol, "text": e.text, "limit": e.limit} for e in legend.entries
            ],
        },
        "table": {"columns": columns},
        "table_title": texts["forecast-most"],
        "rows": cells,
        "chips": [],
        "note": " ".join(forecast_notes(outlook, translator)),
        "rest": _rest(paper, f"{paper.address}/districts" if paper.address else ""),
        "reading": texts["forecast-reading"],
    }


def district_page(paper: Paper, record: DistrictRecord, shown: Shown, where_ratio: float) -> Json:
    """Give a district's sheet.

    Parameters
    ----------
    where_ratio
        Most of the width of the map of where it lies, in its heights.
    """
    view, translator, texts, row = paper.view, paper.translator, paper.texts, record.district
    own = f"{paper.address}/districts/{row.district_id}" if paper.address else ""
    pattern = PATTERNS.get(row.fill)
    return {
        "kind": "district",
        "key": row.district_id,
        "title": row.title,
        "line": _line(paper, short=True),
        "address": own,
        "fill": colour_of(row.fill),
        "paper": pattern.paper if pattern else "",
        "dark": row.fill in DARK,
        "class": _class(paper, row),
        "tiles": [
            {"number": number, "words": words} for number, words in counts_of(row, translator)
        ],
        "facts": [{"words": words, "value": value} for words, value in _facts(paper, row)],
        "note": f"* {row.population_note}" if row.population_note and row.population else "",
        "unplaced": _unplaced(paper),
        "where_ratio": where_ratio,
        "legend": _legend(paper, shown),
        "trend": None if record.trend is None else _trend(translator, record.trend),
        "sums": record.sums,
        "sums_note": texts["explain-smoothed" if view.smoothed else "explain-crude"],
        "count": record.count,
        **_incidents(paper, record.incidents),
        "rest": _rest(paper, own),
    }


def _line(paper: Paper, *, short: bool = False, period: str = "") -> str:
    """Say which country and period, what is counted and, unless short, how it is smoothed.

    With another period than the one counted, that one is foreseen and needs no rate.
    """
    view, translator, texts, parameters = (
        paper.view,
        paper.translator,
        paper.texts,
        paper.view.parameters,
    )
    parts = [country_of(view, translator.locale)]
    if period:
        learnt = translator.days(view.window.start, view.window.end) if view.window else ""
        parts += [period, texts["forecast-learnt"].replace("{period}", learnt)]
        parts += [f"{texts['where']}: {parameters.where}"] if parameters.where else []
        return " · ".join(filter(None, parts))
    parts.append(period_words(view, translator))
    parts.append(texts[f"unit.{parameters.weight}.{parameters.exposure}"])
    if not short:
        parts.append(f"{texts['smoothing']}: {texts[f'smoothing.{parameters.smoothing}']}")
        if parameters.half_life_days:
            days = translator.number(parameters.half_life_days)
            parts.append(texts["half-life"].replace("{days}", days))
    parts.append(limits_note(parameters, translator))
    if parameters.where:
        parts.append(f"{texts['where']}: {parameters.where}")
    return " · ".join(filter(None, parts))


def country_of(view: RiskView, locale: "babel.Locale") -> str:
    """Give the name of the country whose ISO 3166-1 code all district ids begin with.

    Empty where the ids begin with no country's code, or not all with the same.
    """
    codes = {str(name).partition("-")[0] for name in view.districts.index}
    code = codes.pop() if len(codes) == 1 else ""
    return str(locale.territories.get(code, "")) if len(code) == 2 else ""


def _country(paper: Paper, shown: Shown) -> Json:
    figures = figures_of(paper.view, paper.translator)
    tiles = tiles_of(figures, paper.translator)
    return {
        "tiles": [{"number": number, "words": words} for number, words in tiles],
        "unplaced": _unplaced(paper),
        "legend": _legend(paper, shown),
    }


def _unplaced(paper: Paper) -> str:
    if paper.view.unplaced <= 1e-9:
        return ""
    return f"{paper.texts['unplaced']}: {paper.translator.number(rounded(paper.view.unplaced))}"


def _legend(paper: Paper, shown: Shown) -> Json:
    legend = legend_of(paper.view, paper.translator, shown)
    entries = [
        {"symbol": colour_of(entry.symbol), "text": entry.text, "limit": entry.limit}
        for entry in legend.entries
    ]
    return {"title": legend.title, "entries": entries}


def _column(title: str, width: float = 0.0, *, number: bool = False) -> Json:
    """Give a column; a width of 0 is that of its words, another a share of what is left."""
    first, _, last = title.rpartition(" ")
    # Over numbers a head of several words takes two lines, not the room of the words.
    return {"title": f"{first}\n{last}" if number and first else title, "width": width,
            "number": number}  # fmt: skip


def _ranking(paper: Paper, districts: Sequence[District], *, pages: bool = False) -> Json:
    """Give the table of districts; with pages it is an index, with rank and harm too."""
    translator, texts = paper.translator, paper.texts
    columns = [_column(texts["district"], 1), _column(texts["table-incidents"], number=True)]
    if pages:
        columns.insert(0, _column(texts["rank"], number=True))
        columns += [_column(texts[f"head-{k}"], number=True) for k in ("killed", "injured")]
    columns += [_column(texts[k], number=True) for k in (paper.view.headline, "interval95")]
    columns.append(_column(texts["class"], 0.6 if pages else 0))
    if pages:
        columns.append(_column(texts["head-page"], number=True))
    rows: list[list[Any]] = []
    for row in districts:
        incidents, *people = (number for number, _ in counts_of(row, translator))
        cells: list[Any] = [row.name, incidents]
        if pages:
            cells.insert(0, translator.number(row.rank.value))
            cells += people
        # Without a record there is no rate to rank by, only a limit.
        rate = row.headline if row.incidents > 0 else row.rate
        cells += [translator.number(rate.value), rate.between(translator)]
        cells.append(label(translator, "risk_class", row.risk_class))
        if pages:
            cells.append({"link": f"district:{row.district_id}"})
        rows.append(cells)
    chips = [colour_of(row.fill) for row in districts]
    table: Json = {"columns": columns}
    return {"table": table | ({"chips": chips} if pages else {}), "rows": rows, "chips": chips}


def _class(paper: Paper, row: District) -> str:
    texts = paper.texts
    if row.known:
        return f"{texts['class']}: {texts[f'risk_class.{row.fill}']}"
    if row.incidents > 0:
        return row.reserve or texts["not-computed"]
    return texts[f"ground_status.{row.fill}"]


def _facts(paper: Paper, row: District) -> list[tuple[str, str]]:
    translator, texts = paper.translator, paper.texts
    people = translator.number(row.population, 0) + ("*" if row.population_note else "")
    found = [
        (texts["rate"], row.rate.words(translator)),
        (texts["smoothed"], row.smoothed.words(translator)),
        (texts["rank"], _rank(paper, row)),
        (texts["hotspots"], label(translator, "hotspot", row.hotspot)),
        *_expected(paper, row),
        (texts["area"], f"{translator.number(row.area_km2, 0)} {kilometre(translator)}²"),
        (texts["population"], "–" if row.population is None else people),
    ]
    if row.reserve and row.known:
        heading = FIELDS["note"]
        found.append((translator.gettext(heading), row.reserve))
    return [*found, ("P-code", row.pcode)] if row.pcode else found


def _expected(paper: Paper, row: District) -> list[tuple[str, str]]:
    """Give what is expected of the district, with its limits and their doubt."""
    outlook, translator = forecast_view(paper.view), paper.translator
    if outlook is None:
        return []
    found, numbers = outlook.districts[row.position], forecast_numbers(outlook, translator)
    words = paper.texts["forecast-here"].replace("{period}", numbers["period"])
    range_ = f"{paper.texts['interval90']} {found.between(translator)}"
    doubts = {
        "forecast-assumed": outlook.short,
        "forecast-leapt": outlook.found.leapt[row.position],
    }
    said = "; ".join([range_, *(paper.texts[name] for name, holds in doubts.items() if holds)])
    return [(words, f"{translator.number(found.value)} ({said})")]


def _rank(paper: Paper, row: District) -> str:
    rank, translator = row.rank, paper.translator
    if rank.value is None:
        return "–"
    between = paper.texts["rank-between"].replace("{low}", translator.number(rank.low))
    between = between.replace("{high}", translator.number(rank.high))
    return f"{translator.number(rank.value)} ({between})"


def _trend(translator: Translator, trend: Trend) -> Json:
    values = [span.incidents for span in trend.spans]
    top = max(1.0, *values)
    step = next(n for n in _steps() if top / n <= 4)
    ticks = [i * step for i in range(int(top // step) + 1)]
    each = -(-len(values) // 12)
    names = range(0, len(values), each)
    return {
        "values": values,
        "ticks": [{"value": tick, "words": translator.number(tick)} for tick in ticks],
        "names": [{"at": i, "words": trend.spans[i].name} for i in names],
    }


def _steps() -> Any:
    """Give whole steps of an axis: 1, 2, 5, 10 and so on."""
    power = 1
    while True:
        yield from (power, 2 * power, 5 * power)
        power *= 10


def _incidents(paper: Paper, listed: Sequence[IncidentRow]) -> Json:
    translator, texts = paper.translator, paper.texts
    columns = [
        _column(texts["date"]),
        _column(texts["place-as-reported"], 1.3),
        _column(texts["place-precision"], 1),
        _column(texts["device"], 1),
        *(_column(texts[f"head-{key}"], number=True) for key in ("killed", "injured")),
        _column(texts["status-word"], 0.7),
    ]
    rows = [
        [
            row.when,
            row.place_as_reported or "–",
            label(translator, "where_precision", row.where_precision),
            label(translator, "device", row.device),
            row.killed or "–",
            row.injured or "–",
            label(translator, "record_status", row.record_status),
        ]
        for row in listed
    ]
    sources = [[words for words, _ in row.sources if words] for row in listed]
    return {"table": {"columns": columns}, "rows": rows, "sources": sources}


def _rest(paper: Paper, address: str) -> str:
    """Say where those are that the sheet has no room for; their number stays open."""
    text = paper.texts["rest-at" if address else "rest-in-register"]
    return text.replace("{address}", address)


MAX_PAGES = 100
"""Most pages of an atlas, those of the index among them."""
MOST_ROWS = 60
"""Incidents on a district's sheet at most."""
LEAST_MAP, MOST_MAP = 74.0, 150.0
"""Height of the map on an atlas's first page, in units."""
GAIN = 1.35
"""Least enlargement of the inset over the map."""


class Options(TypedDict, total=False):
    """How every print is made."""

    kind: Format
    """``pdf`` (usual) or ``png``; an atlas is always a PDF."""
    size: str
    """``A4`` (usual) or ``A3``."""
    lang: str
    """Language of the sheet; usually ``en``."""
    address: str
    """Public address of the service, printed for those who want more; usually none."""


def print_risk_map(
    snapshot: Snapshot, parameters: RiskParameters, **options: Unpack[Options]
) -> bytes:
    """Print the risk map of a snapshot on one landscape sheet.

    The file; the same arguments give the same bytes.

    Parameters
    ----------
    snapshot
        In the view of the reader; nothing else is read.

    Raises
    ------
    InvalidInput
        The filter, the period or the language cannot be used.
    """
    return _printed(country_sheet(_paper(snapshot, parameters, options)), snapshot, options)


def _paper(snapshot: Snapshot, parameters: RiskParameters, options: Options) -> Paper:
    lang, size = options.get("lang", "en"), options.get("size", "A4")
    view = risk_view(snapshot, parameters)
    return Paper(view, translator_of(lang), size, options.get("address", ""))


def _printed(sheets: Document, snapshot: Snapshot, options: Options) -> bytes:
    return sheets.file(options.get("kind", "pdf"), snapshot.recorded_at)


def country_sheet(paper: Paper) -> Document:
    """Lay out the country's sheet with its drawings."""
    view, picture = paper.view, picture_of(paper.view, paper.translator)
    ranking, shown = ranking_of(view, paper.translator), picture.shown()
    title = texts_of(paper.translator.lang)["title"]

    def made(*, inset: bool) -> Document:
        page = country_page(paper, ranking, shown, inset=inset)
        return Document(sheets_document(paper, title, [page], upright=False))

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
    page = forecast_page(paper, outlook)
    sheet = Document(sheets_document(paper, page["title"], [page], upright=False))
    sheet.draw(lambda name, room: _draw_forecast(paper, outlook, name, room))
    return _printed(sheet, snapshot, options)


def _draw_forecast(paper: Paper, outlook: ForecastView, name: str, size: Size) -> str:
    if name == "where":
        return draw_locator(paper.view.snapshot, None, size)
    picture = forecast_picture(paper.view, paper.translator, outlook)
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
    position_of(snapshot, district_id)
    paper = _paper(snapshot, parameters, options)
    return _printed(district_sheet(paper, district_id), snapshot, options)


def district_sheet(paper: Paper, district_id: str) -> Document:
    """Lay out a district's sheet with its drawings."""
    drawer = _Drawer(paper)
    page = drawer.page(district_id)
    sheet = Document(sheets_document(paper, page["title"], [page], upright=True))
    sheet.draw(drawer.draw)
    return sheet


class _Drawer:
    """The pages of districts and their drawings, which know each other by the district's id."""

    def __init__(self, paper: Paper) -> None:
        self._paper, self._view = paper, paper.view
        self._picture: Picture = picture_of(paper.view, paper.translator)
        west, south, east, north = _whole(outlines_of(paper.view.snapshot))
        # Wider, and the map would show what is beyond the known land as sea.
        self._ratio = 1.25 + 0.8 * (east - west) / (north - south)
        self._outlines: dict[str, Outlines] = {}
        self._at = {name: at for at, name in enumerate(self._view.districts.index)}

    def page(self, district_id: str) -> dict[str, Any]:
        record = record_of(self._view, self._paper.translator, district_id, MOST_ROWS)
        return district_page(self._paper, record, self._shown(district_id), self._ratio)

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
    view, translator = paper.view, paper.translator
    # Without an order of the reader's own, the highest rate comes first.
    names = list(dict.fromkeys(districts))
    names = names or [row.district_id for row in ranking_of(view, translator).recorded]
    _check(view, names)
    every, picture = districts_of(view, translator), picture_of(view, translator)
    at = {row.district_id: row for row in every}
    whole = outlines_of(view.snapshot) if len(every) else None
    west, south, east, north = _whole(whole) if whole else (0, 0, 1, 1)
    shape = (north - south) / (east - west)
    shown = picture.shown()
    chosen = [at[name] for name in names]
    first = index_page(paper, chosen, shown, shape, (LEAST_MAP, MOST_MAP))
    drawer = _Drawer(paper) if whole else None
    outlook = forecast_view(view) if forecast else None
    last = [forecast_page(paper, outlook, first)] if outlook else []
    pages = [first, *(drawer.page(name) for name in names if drawer), *last]
    title = texts_of(translator.lang)["title"]
    sheets = Document(sheets_document(paper, title, pages, upright=True))

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
