"""The legend of a printed map: a list beside it, or a strip under it."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from service.i18n import Translator
from service.maps import palette
from service.maps.dots import Shown, counts_of
from service.maps.drawing import fills_of, style_of
from service.maps.letters import LINE, MM_PER_POINT, width_of, wrap
from service.maps.paper import Sheet
from service.maps.texts import texts_of
from service.maps.view import MapView

SWATCH = 6.0
"""Width of a symbol."""
GAP = 1.8
SIZE = 7.0
STRIP, STRIP_LINE, STRIP_INDENT = 6.4, 4.4, SWATCH + 1.2
"""Type, height of a line and room of a symbol in a strip."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the legend.

    Attributes
    ----------
    symbol
        A fill, or ``badge``, ``fatal``, ``point``.
    text
        What it means.
    limit
        Range of a class; empty for the others.
    """

    symbol: str
    text: str
    limit: str = ""


def entries(view: MapView, say: Translator, *, shown: Shown) -> list[Entry]:
    """Give what the legend of a map explains: each class, and the marks that are used.

    Parameters
    ----------
    view
        Frames of one snapshot.
    say
        Language of the legend.
    shown
        How the map shows incidents whose point is known.

    Returns
    -------
    list of Entry
        Classes from the highest; "no information" always.
    """
    texts, used = texts_of(say.lang), set(fills_of(view))
    limits = _limits(view, say)
    named = list(zip(palette.CLASS_NAMES, limits, strict=False))
    found = [Entry(name, texts[f"risk_class.{name}"], limit) for name, limit in reversed(named)]
    grounds = [s for s in palette.GROUND_FILL if s == "no_information" or s in used]
    found += [Entry(status, texts[f"ground_status.{status}"]) for status in grounds]
    if "not_computed" in used:
        found.append(Entry("not_computed", texts["not-computed"]))
    if counts_of(view, shown):
        found.append(Entry("badge", texts["legend-sums" if shown == "sums" else "legend-square"]))
    if shown == "points":
        found.append(Entry("fatal", texts["legend-fatal"]))
        found.append(Entry("point", texts["legend-point"]))
    return found


def _limits(view: MapView, say: Translator) -> list[str]:
    limits = [say.number(limit) for limit in view.limits]
    middle = [f"{low} – < {high}" for low, high in pairwise(limits)]
    return [f"< {limits[0]}", *middle, f"≥ {limits[-1]}"]


def title_of(view: MapView, say: Translator) -> str:
    """Give the legend's title: what the classes measure."""
    texts = texts_of(say.lang)
    unit = texts[f"unit.{view.parameters.weight}.{view.parameters.exposure}"]
    return f"{texts['legend-title']} {unit}"


def legend_list(
    sheet: Sheet, view: MapView, say: Translator, left: float, top: float, width: float,
    *, shown: Shown,
) -> float:  # fmt: skip
    """Draw the legend as a list; give its lower edge."""
    indent = SWATCH + GAP
    for entry in entries(view, say, shown=shown):
        symbol(sheet, entry.symbol, left, top)
        limit = width_of(entry.limit, SIZE) + (GAP if entry.limit else 0)
        if entry.limit:
            sheet.text(left + width, top + 0.6, entry.limit, SIZE, ha="right")
        below = sheet.wrapped(left + indent, top + 0.6, width - indent - limit, entry.text, SIZE)
        top = max(top + 4.3, below + 0.5)
    return top


def legend_strip(
    sheet: Sheet, view: MapView, say: Translator, left: float, top: float, width: float,
    *, shown: Shown,
) -> float:  # fmt: skip
    """Draw the legend in lines over a width; give its lower edge."""
    placed, height = _strip(entries(view, say, shown=shown), width)
    for entry, x, y, lines in placed:
        symbol(sheet, entry.symbol, left + x, top + y)
        for i, words in enumerate(lines):
            below = top + y + 0.7 + i * STRIP * LINE * MM_PER_POINT
            sheet.text(left + x + STRIP_INDENT, below, words, STRIP)
    return top + height


def strip_height(view: MapView, say: Translator, width: float, *, shown: Shown) -> float:
    """Give the height that `legend_strip` needs."""
    return _strip(entries(view, say, shown=shown), width)[1]


def _strip(
    found: list[Entry], width: float
) -> tuple[list[tuple[Entry, float, float, list[str]]], float]:
    """Place the entries in lines, one after the other."""
    x = y = 0.0
    placed = []
    for entry in found:
        text = f"{entry.text} {entry.limit}".rstrip()
        need = STRIP_INDENT + width_of(text, STRIP)
        if x > 0 and x + need > width:
            x, y = 0.0, y + STRIP_LINE
        lines = wrap(text, width - STRIP_INDENT, STRIP)
        placed.append((entry, x, y, lines))
        y += (len(lines) - 1) * STRIP * LINE * MM_PER_POINT
        x += need + 4.0
    return placed, y + STRIP_LINE


def symbol(sheet: Sheet, name: str, left: float, top: float) -> None:
    """Draw one symbol of the legend in a box of `SWATCH` by 3.2 units."""
    if name == "badge":
        _badge(sheet, left, top)
    elif name in ("fatal", "point"):
        fill = palette.INK if name == "fatal" else "white"
        sheet.dot(left + SWATCH / 2, top + 1.6, fill, palette.BADGE)
    else:
        paper, ink, hatch = style_of(name)
        style: dict[str, Any] = {"facecolor": paper, "edgecolor": ink, "hatch": hatch or None}
        sheet.box(left, top, SWATCH, 3.2, **style)
        border = {"facecolor": "none", "edgecolor": palette.BORDER, "linewidth": 0.5}
        sheet.box(left, top, SWATCH, 3.2, **border)


def _badge(sheet: Sheet, left: float, top: float) -> None:
    side, x = 3.2, left + (SWATCH - 3.2) / 2
    line = {"facecolor": "white", "edgecolor": palette.BADGE, "linewidth": 1.0}
    sheet.box(x, top, side, side, **line)
    style = {"ha": "center", "color": palette.BADGE, "fontweight": "bold"}
    sheet.text(x + side / 2, top + 0.75, "2", 6.2, **style)
