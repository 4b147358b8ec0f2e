"""What a district's sheet says beside its map: class, figures, trend, arithmetic."""

from typing import Any

import numpy as np

from service.content.districts import District, kilometre
from service.content.figures import rounded
from service.content.texts import COUNTED, counted, texts_of
from service.content.trend import Trend
from service.content.view import RiskView
from service.i18n import Translator
from service.labels import label
from service.maps import furniture, palette
from service.maps.drawing import style_of
from service.maps.letters import fitting, wrap
from service.maps.paper import Sheet

DARK = ("very_high", "high")
"""Classes on whose colour words are white."""
LABELS = 0.36
"""Share of the column for the words before a fact."""


def draw_facts(
    sheet: Sheet, view: RiskView, say: Translator, district: District,
    place: tuple[float, float, float],
) -> float:  # fmt: skip
    """Write class, key figures and facts of a district; give the lower edge."""
    left, top, width = place
    texts = texts_of(say.lang)
    top = _class(sheet, say, district, place) + 1.6
    held = {k: rounded(getattr(district, k)) for k in COUNTED}
    numbers = {counted(say.lang, k, n): say.number(n) for k, n in held.items()}
    top = furniture.figures(sheet, numbers, left, top, width) + 2
    indent = LABELS * width
    for words, value in _facts(say, district):
        lines = wrap(words, indent - 2, 6.4)
        under = top
        for line in lines:
            sheet.text(left, under, line, 6.4, color=furniture.GREY)
            under += furniture.lines_of("", indent, 6.4)
        below = sheet.wrapped(left + indent, top, width - indent, value, 6.8)
        top = max(under, below) + 0.5
        sheet.line(left, top - 0.35, width)
        top += 0.7
    if district.population is not None and district.population_note:
        note = f"* {district.population_note}"
        top = sheet.wrapped(left, top, width, note, 5.8, color=furniture.GREY) + 0.5
    if view.unplaced > 1e-9:
        line = f"{texts['unplaced']}: {say.number(rounded(view.unplaced))}"
        top = sheet.wrapped(left, top, width, line, 6.2, color=furniture.GREY)
    return top


def _class(
    sheet: Sheet, say: Translator, district: District, place: tuple[float, float, float]
) -> float:
    """Name the class on its colour, or the status of the ground on its hatch."""
    left, top, width = place
    texts, fill = texts_of(say.lang), district.fill
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


def _facts(say: Translator, district: District) -> list[tuple[str, str]]:
    texts = texts_of(say.lang)
    people = say.number(district.population, 0) + ("*" if district.population_note else "")
    found = [
        (texts["density"], district.density.words(say)),
        (texts["smoothed"], district.smoothed.words(say)),
        (texts["rank"], _rank(say, district)),
        (texts["hotspots"], label(say, "hotspot", district.hotspot)),
        (texts["area"], f"{say.number(district.area_km2, 0)} {kilometre(say)}²"),
        (texts["population"], "–" if district.population is None else people),
    ]
    if district.pcode:
        found.append(("P-code", district.pcode))
    return found


def _rank(say: Translator, district: District) -> str:
    rank = district.rank
    if rank.value is None:
        return "–"
    between = texts_of(say.lang)["rank-between"].replace("{low}", say.number(rank.low))
    return f"{say.number(rank.value)} ({between.replace('{high}', say.number(rank.high))})"


def draw_trend(sheet: Sheet, trend: Trend, place: tuple[float, float, float, float]) -> None:
    """Draw bars of incidents by month or year of their first possible day.

    Parameters
    ----------
    sheet
        The page.
    trend
        Of the district.
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
    every = trend.spans
    count = np.array([span.incidents for span in every])
    # A lone bar should not be as wide as the page.
    width = 0.72 * min(1.0, len(every) / 9)
    axes.bar(range(len(every)), count, color=palette.BADGE, width=width)
    axes.set_xlim(-0.5, len(every) - 0.5)
    axes.set_ylim(0, max(1.0, float(count.max())) * 1.12)
    axes.yaxis.get_major_locator().set_params(integer=True, nbins=4)
    step = max(1, int(np.ceil(len(every) / 12)))
    ticks = list(range(0, len(every), step))
    axes.set_xticks(ticks, [every[i].name for i in ticks])
