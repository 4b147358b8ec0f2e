"""What a district's sheet says beside its map: class, figures, trend, arithmetic."""

from typing import Any

import numpy as np
import pandas as pd

from service.i18n import Translator
from service.labels import label
from service.maps import furniture, palette
from service.maps.drawing import fills_of, style_of
from service.maps.letters import fitting, wrap
from service.maps.marks import kilometre
from service.maps.paper import Sheet
from service.maps.texts import COUNTED, counted, texts_of
from service.maps.view import MapView

MONTHLY_UP_TO = 36
"""Months of the period up to which the trend is by month; by year above."""
DARK = ("very_high", "high")
"""Classes on whose colour words are white."""
LABELS = 0.36
"""Share of the column for the words before a fact."""


def draw_facts(
    sheet: Sheet, view: MapView, say: Translator, position: int,
    place: tuple[float, float, float],
) -> float:  # fmt: skip
    """Write class, key figures and facts of a district; give the lower edge."""
    left, top, width = place
    texts, row = texts_of(say.lang), view.risk.iloc[position]
    top = _class(sheet, view, say, position, place) + 1.6
    held = {k: None if pd.isna(row[k]) else float(row[k]) for k in COUNTED}
    numbers = {counted(say.lang, k, n): say.number(_short(n)) for k, n in held.items()}
    top = furniture.figures(sheet, numbers, left, top, width) + 2
    indent = LABELS * width
    for words, value in _facts(view, say, position):
        lines = wrap(words, indent - 2, 6.4)
        under = top
        for line in lines:
            sheet.text(left, under, line, 6.4, color=furniture.GREY)
            under += furniture.lines_of("", indent, 6.4)
        below = sheet.wrapped(left + indent, top, width - indent, value, 6.8)
        top = max(under, below) + 0.5
        sheet.line(left, top - 0.35, width)
        top += 0.7
    district = view.districts.iloc[position]
    if not pd.isna(district["population"]) and not pd.isna(district["population_note"]):
        note = f"* {say.gettext(district['population_note'])}"
        top = sheet.wrapped(left, top, width, note, 5.8, color=furniture.GREY) + 0.5
    if view.unplaced > 1e-9:
        line = f"{texts['unplaced']}: {say.number(round(view.unplaced, 2))}"
        top = sheet.wrapped(left, top, width, line, 6.2, color=furniture.GREY)
    return top


def _short(number: float | None) -> float | None:
    return None if number is None else round(number, 2)


def _class(
    sheet: Sheet, view: MapView, say: Translator, position: int,
    place: tuple[float, float, float],
) -> float:  # fmt: skip
    """Name the class on its colour, or the status of the ground on its hatch."""
    left, top, width = place
    texts, fill = texts_of(say.lang), fills_of(view)[position]
    paper, ink, hatch = style_of(fill)
    sheet.box(left, top, width, 8, facecolor=paper, edgecolor=ink, hatch=hatch or None)
    outline = {"facecolor": "none", "edgecolor": palette.BORDER, "linewidth": 0.6}
    sheet.box(left, top, width, 8, **outline)
    if fill in palette.CLASS_COLOUR:
        words = f"{texts['class']}: {texts[f'risk_class.{fill}']}"
    elif fill == "not_computed":
        words = texts["not-computed"]
    else:
        words = texts[f"ground_status.{fill}"]
    size = fitting(words, width - 6, 10, bold=True)
    style: dict[str, Any] = {"fontweight": "bold"}
    style["color"] = "white" if fill in DARK else palette.INK
    if hatch:
        style["bbox"] = {"facecolor": paper, "edgecolor": "none", "pad": 1.5}
    sheet.text(left + 3, top + 4 - size * 0.134, words, size, **style)
    return top + 8


def _facts(view: MapView, say: Translator, position: int) -> list[tuple[str, str]]:
    texts, row = texts_of(say.lang), view.risk.iloc[position]
    district = view.districts.iloc[position]
    area = f"{say.number(district['area_km2'], 0)} {kilometre(say)}²"
    found = [
        (texts["density"], _between(say, row, "density")),
        (texts["smoothed"], _between(say, row, "smoothed")),
        (texts["rank"], _rank(say, row)),
        (texts["hotspots"], label(say, "hotspot", row.hotspot)),
        (texts["area"], area),
        (texts["population"], _population(say, district)),
    ]
    if isinstance(district["pcode"], str):
        found.append(("P-code", district["pcode"]))
    return found


def _between(say: Translator, row: Any, name: str) -> str:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    if pd.isna(high):
        return say.number(row[name])
    between = say.interval(0.0 if pd.isna(low) else low, high)
    return f"{say.number(row[name])} ({texts_of(say.lang)['interval95']} {between})"


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
    star = "" if pd.isna(district["population_note"]) else "*"
    return say.number(district["population"], 0) + star


def draw_trend(
    sheet: Sheet, view: MapView, say: Translator, weights: Any,
    place: tuple[float, float, float, float],
) -> None:  # fmt: skip
    """Draw bars of incidents by month or year of their first possible day.

    Parameters
    ----------
    sheet
        The page.
    view
        Frames of one snapshot.
    say
        Language of the dates.
    weights
        Share of each incident that counts for the district.
    place
        Left, top, width and height.
    """
    left, top, width, height = place
    axes = sheet.axes(left + 6, top, width - 6, height)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for spine in axes.spines.values():
        spine.set_color("#8c989e")
        spine.set_linewidth(0.6)
    style = {"labelsize": 6.2 * sheet.unit, "length": 2, "width": 0.6, "color": "#8c989e"}
    axes.tick_params(labelcolor=palette.INK, **style)
    axes.grid(axis="y", color="#dfe5e8", linewidth=0.5)
    axes.set_axisbelow(True)
    window = view.window
    if window is None:
        return
    days = view.incidents["date_start"].clip(pd.Timestamp(window.start))
    monthly = window.days / 30.44 <= MONTHLY_UP_TO
    unit, pattern = ("M", "LLL yyyy") if monthly else ("Y", "yyyy")
    every = pd.period_range(window.start, window.end, freq=unit)
    at = every.get_indexer(pd.PeriodIndex(days.dt.to_period(unit)))
    count = np.bincount(at[at >= 0], weights[at >= 0], len(every))
    # A lone bar should not be as wide as the page.
    width = 0.72 * min(1.0, len(every) / 9)
    axes.bar(range(len(every)), count, color=palette.BADGE, width=width)
    axes.set_xlim(-0.5, len(every) - 0.5)
    axes.set_ylim(0, max(1.0, float(count.max())) * 1.12)
    axes.yaxis.get_major_locator().set_params(integer=True, nbins=4)
    step = max(1, int(np.ceil(len(every) / 12)))
    ticks = list(range(0, len(every), step))
    axes.set_xticks(ticks, [say.date(every[i].start_time.date(), pattern) for i in ticks])


def sums_of(view: MapView, say: Translator, position: int) -> str:
    """Write out the density of a district, or how high it could be without a record.

    Parameters
    ----------
    view
        Frames of one snapshot.
    say
        Language of the words.
    position
        Of the district.

    Returns
    -------
    str
        Empty where decay, or a missing exposure, leaves nothing to do by hand.
    """
    texts, row, parameters = texts_of(say.lang), view.risk.iloc[position], view.parameters
    unit = texts[f"unit.{parameters.weight}.{parameters.exposure}"]
    if row.incidents <= 0:
        if pd.isna(row.density_high):
            return ""
        high = texts["could-be-up-to"].replace("{high}", say.number(row.density_high))
        return high.replace("{unit}", unit)
    area = parameters.exposure == "area"
    base = row.area_km2 if area else row.population
    if parameters.half_life_days is not None or not base > 0:
        return ""
    total = row.incidents if parameters.weight == "incidents" else row[parameters.weight]
    size = f"{say.number(base, 0)} {kilometre(say)}²" if area else say.number(base, 0)
    time = f"{say.number(row.years, 2)} {texts['years']}"
    times = say.number(100 if area else 100_000)
    return f"{say.number(total)} ÷ ({size} × {time}) × {times} = {say.number(row.density)} {unit}"
