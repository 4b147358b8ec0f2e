"""The district sheet: one page with map, trend, incidents and the arithmetic."""

from typing import Any

import numpy as np
import pandas as pd
import shapely

from geodata.errors import NotFound
from geodata.register import Snapshot
from geodata.risk import RiskParameters
from geodata.risk.tally import Places
from service.i18n import Translator, translator
from service.labels import label
from service.maps import drawing, furniture, palette
from service.maps.paper import Format, Sheet, save, wrap
from service.maps.shapes import label_points, light
from service.maps.sources import links_of
from service.maps.texts import COUNTED, counted, texts_of
from service.maps.view import MapView, ground_of, view_of

MARGIN = 12.0
MAP_END = 128.0
"""Lower edge of the map in mm."""
ROWS = 14
"""Incidents listed on the sheet, the latest first."""
MONTHLY_UP_TO = 36


def print_district(
    snapshot: Snapshot,
    parameters: RiskParameters,
    district_id: str,
    *,
    kind: Format = "pdf",
    lang: str = "en",
) -> bytes:
    """Draw one district's sheet, A4 upright.

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
    lang
        Language of the sheet.

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
    view, say = view_of(snapshot, parameters), translator(lang)
    if district_id not in view.districts.index:
        raise NotFound(f"There is no district {district_id[:60]!r} in this edition.")
    position = view.districts.index.get_loc(district_id)
    weights = Places.of(view.incidents, view.districts.index).of_district(position) * view.shares
    district = view.districts.iloc[position]
    own, local = say.place_name(district), say.local_name(district)
    title = f"{own} ({local})" if local else own
    sheet = Sheet.of("A4", portrait=True)
    furniture.heading(sheet, view, say, title, MARGIN)
    _map(sheet, view, say, position)
    _where(sheet, view, position, _facts(sheet, view, say, position) + 1)
    _trend(sheet, view, say, weights)
    top = _explanation(sheet, view, say, position)
    _incidents(sheet, view, say, weights, top)
    furniture.footing(sheet, view, say, MARGIN, 1, 1)
    return save([sheet], kind, title=title, moment=snapshot.recorded_at)


def _map(sheet: Sheet, view: MapView, say: Translator, position: int) -> None:
    frame = light(view.districts)
    project = drawing.local_projection(frame.geometry.array[[position]])
    shapes = project(frame.geometry.array)
    axes = sheet.axes(MARGIN, 28, 108, MAP_END - 28)
    drawing.fit(axes, shapes[position].bounds, 0.25)
    drawing.draw_districts(axes, view, shapes)
    edge = drawing.patch(shapes[position], facecolor="none", edgecolor=palette.INK, linewidth=1.6)
    axes.add_artist(edge)
    at = shapely.get_coordinates(project(shapely.points(label_points(frame.geometry.array))))
    names, counts = furniture.names_of(view, say), drawing.district_only(view)
    inside = shapely.contains_xy(shapely.box(*_inner(axes)), at)
    for i in np.flatnonzero(inside):
        district = view.districts.index[i]
        bold = "bold" if i == position else "normal"
        x, y = at[i]
        drawing.name(axes, x, y, names[district], 8 if i == position else 6, fontweight=bold)
    if counts.get(view.districts.index[position]):
        x, y = at[position]
        height = axes.get_ylim()[1] - axes.get_ylim()[0]
        text = say.number(round(counts[view.districts.index[position]], 2))
        drawing.badge(axes, x, y + 0.055 * height, text, 8)
    drawing.draw_points(axes, view, project, size=18)
    drawing.graticule(axes, project, view.districts.total_bounds, say, size=5)
    drawing.scale_bar(axes, size=6)
    drawing.north_arrow(axes, size=8)


def _inner(axes: Any) -> tuple[float, float, float, float]:
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    margin = 0.06 * (east - west)
    return west + margin, south + margin / 2, east - margin, north - margin / 2


def _where(sheet: Sheet, view: MapView, position: int, top: float) -> None:
    """Show where in the whole area the district lies."""
    frame = light(view.districts)
    shapes = drawing.local_projection(frame.geometry.array)(frame.geometry.array)
    axes = sheet.axes(MARGIN + 112, top, sheet.width_mm - 2 * MARGIN - 112, MAP_END - top)
    drawing.fit(axes, shapely.total_bounds(shapes))
    light_grey = {"facecolor": "#f1f0ee", "edgecolor": "#b9b4ac", "linewidth": 0.2}
    axes.add_artist(drawing.patch(shapes, **light_grey))
    axes.add_artist(drawing.patch(shapes[position], facecolor=palette.BADGE, edgecolor="none"))


def _facts(sheet: Sheet, view: MapView, say: Translator, position: int) -> float:
    """Key figures with their intervals, right of the map; give the lower edge."""
    texts, row = texts_of(say.lang), view.risk.iloc[position]
    district = view.districts.iloc[position]
    left, width, top = MARGIN + 112, sheet.width_mm - 2 * MARGIN - 112, 28.0
    known = row.risk_class in palette.CLASS_COLOUR
    ground = ground_of(view).get(district["district_id"], "no_information")
    status = texts[f"risk_class.{row.risk_class}" if known else f"ground_status.{ground}"]
    furniture.swatch(sheet, left, top, palette.CLASS_COLOUR.get(row.risk_class, "#e4e2df"))
    sheet.text(left + 9, top, status, 9, fontweight="bold")
    held = {k: None if pd.isna(row[k]) else float(row[k]) for k in COUNTED}
    numbers = {counted(say.lang, k, n): say.number(n) for k, n in held.items()}
    top = furniture.figures(sheet, numbers, left, top + 6, width) + 2
    lines = [
        (texts["density"], f"{say.number(row.density)} ({_between(say, row, 'density')})"),
        (texts["smoothed"], f"{say.number(row.smoothed)} ({_between(say, row, 'smoothed')})"),
        (texts["rank"], _rank(say, row)),
        (texts["hotspots"], label(say, "hotspot", row.hotspot)),
        (texts["area"], f"{say.number(district['area_km2'], 0)} km²"),
        (texts["population"], _population(say, district)),
        ("P-code", district["pcode"] if isinstance(district["pcode"], str) else "–"),
    ]
    for words, value in lines:
        sheet.text(left, top, words, 6.5, color=palette.SOFT)
        top = sheet.wrapped(left, top + 2.9, width, value, 7.2) + 0.7
    return top


def _between(say: Translator, row: Any, name: str) -> str:
    low = 0.0 if pd.isna(row[f"{name}_low"]) else row[f"{name}_low"]
    return f"{texts_of(say.lang)['interval95']} {say.interval(low, row[f'{name}_high'])}"


def _rank(say: Translator, row: Any) -> str:
    if pd.isna(row["rank"]):
        return "–"
    between = texts_of(say.lang)["rank-between"]
    low, high = say.number(row.rank_low), say.number(row.rank_high)
    between = between.replace("{low}", low).replace("{high}", high)
    return f"{say.number(row['rank'])} ({between})"


def _population(say: Translator, district: Any) -> str:
    if pd.isna(district["population"]):
        return "–"
    note = texts_of(say.lang)["population-note"]
    return f"{say.number(district['population'], 0)} – {note}"


def _trend(sheet: Sheet, view: MapView, say: Translator, weights: Any) -> None:
    """Bars of incidents by month or year of their first possible day."""
    texts = texts_of(say.lang)
    sheet.text(MARGIN, MAP_END + 3.5, texts["trend"], 8, fontweight="bold")
    axes = sheet.axes(MARGIN + 6, MAP_END + 9, sheet.width_mm - 2 * MARGIN - 6, 27)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.tick_params(labelsize=6, length=2)
    if view.window is None:
        return
    days = view.incidents["date_start"].clip(pd.Timestamp(view.window.start))
    months = view.window.days / 30.44
    unit, pattern = ("M", "LLL yyyy") if months <= MONTHLY_UP_TO else ("Y", "yyyy")
    every = pd.period_range(view.window.start, view.window.end, freq=unit)
    at = every.get_indexer(pd.PeriodIndex(days.dt.to_period(unit)))
    count = np.bincount(at[at >= 0], weights[at >= 0], len(every))
    axes.bar(range(len(every)), count, color=palette.BADGE, width=0.8)
    axes.set_xlim(-0.6, len(every) - 0.4)
    axes.set_ylim(0, max(1.0, float(count.max())) * 1.1)
    axes.yaxis.get_major_locator().set_params(integer=True, nbins=4)
    step = max(1, int(np.ceil(len(every) / 12)))
    ticks = list(range(0, len(every), step))
    axes.set_xticks(ticks, [say.date(every[i].start_time.date(), pattern) for i in ticks])


def _explanation(sheet: Sheet, view: MapView, say: Translator, position: int) -> float:
    """Write the arithmetic of the density, to do again by hand; give the lower edge."""
    texts, row = texts_of(say.lang), view.risk.iloc[position]
    parameters, width = view.parameters, sheet.width_mm - 2 * MARGIN
    sheet.text(MARGIN, MAP_END + 44, texts["how-computed"], 8, fontweight="bold")
    top = MAP_END + 48.5
    area = parameters.exposure == "area"
    base = row.area_km2 if area else row.population
    if row.incidents > 0 and parameters.half_life_days is None and base > 0:
        total = row.incidents if parameters.weight == "incidents" else row[parameters.weight]
        unit = texts[f"unit.{parameters.weight}.{parameters.exposure}"]
        sums = (
            f"{say.number(total)} ÷ ({say.number(base, 0)}{' km²' if area else ''} × "
            f"{say.number(row.years, 2)} {texts['years']}) × {say.number(100 if area else 100000)}"
            f" = {say.number(row.density)} {unit}"
        )
        top = sheet.wrapped(MARGIN, top, width, sums, 7.5)
    elif row.incidents <= 0:
        high = texts["could-be-up-to"].replace("{high}", say.number(row.density_high))
        unit = texts[f"unit.{parameters.weight}.{parameters.exposure}"]
        top = sheet.wrapped(MARGIN, top, width, high.replace("{unit}", unit), 7.5)
    key = "explain-smoothed" if view.smoothed else "explain-crude"
    return sheet.wrapped(MARGIN, top + 0.8, width, texts[key], 6.8, color=palette.SOFT) + 4


def _incidents(sheet: Sheet, view: MapView, say: Translator, weights: Any, top: float) -> None:
    texts, width = texts_of(say.lang), sheet.width_mm - 2 * MARGIN
    sheet.text(MARGIN, top, texts["incidents-here"], 8, fontweight="bold")
    held = view.incidents[weights > 0]
    shown = held.iloc[::-1].head(ROWS)
    rows = [
        [
            say.days(row.date_start, row.date_end, row.date_precision),
            row.place_as_reported if isinstance(row.place_as_reported, str) else "–",
            label(say, "where_precision", row.where_precision),
            label(say, "device", row.device),
            say.number(None if pd.isna(row.killed) else row.killed),
            say.number(None if pd.isna(row.injured) else row.injured),
            label(say, "record_status", row.record_status),
        ]
        for row in shown.itertuples()
    ]
    head = ["date", "place-as-reported", "place-precision", "device", "killed", "injured"]
    titles = [texts[k] for k in (*head, "status-word")]
    shares = (0.19, 0.2, 0.18, 0.17, 0.07, 0.08, 0.11)
    top += 4.5
    if not rows:
        sheet.text(MARGIN, top, texts["not-safe"], 7.5, color=palette.ALARM)
        return
    widths = [share * width for share in shares]
    top = furniture.table(sheet, titles, rows, MARGIN, top, widths, size=6.3)
    if len(held) > ROWS:
        more = texts["more-in-table"].replace("{n}", str(len(held) - ROWS))
        top = sheet.wrapped(MARGIN, top + 0.5, width, more, 6.5)
    told = list(dict.fromkeys(w for text in shown["sources"].dropna() for w, _ in links_of(text)))
    if told:
        sources = f"{texts['sources']}: {'; '.join(filter(None, told))}"
        lines = wrap(sources, width, 6.5)[:6]
        sheet.text(MARGIN, top + 1.5, "\n".join(lines), 6.5, color=palette.SOFT)
