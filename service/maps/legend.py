"""The legend of a printed map: a list beside it, or a strip under it."""

from typing import Any

from service.content.legend import Entry, Shown, legend_of
from service.content.view import RiskView
from service.i18n import Translator
from service.maps import palette
from service.maps.drawing import style_of
from service.maps.letters import LINE, MM_PER_POINT, width_of, wrap
from service.maps.paper import Sheet

SWATCH = 6.0
"""Width of a symbol."""
GAP = 1.8
SIZE = 7.0
STRIP, STRIP_LINE, STRIP_INDENT = 6.4, 4.4, SWATCH + 1.2
"""Type, height of a line and room of a symbol in a strip."""


def entries(view: RiskView, say: Translator, *, shown: Shown) -> list[Entry]:
    """Give what the legend of a map explains."""
    return list(legend_of(view, say, shown).entries)


def title_of(view: RiskView, say: Translator) -> str:
    """Give the legend's title: what the classes measure."""
    return legend_of(view, say, "none").title


def legend_list(
    sheet: Sheet, view: RiskView, say: Translator, left: float, top: float, width: float,
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
    sheet: Sheet, view: RiskView, say: Translator, left: float, top: float, width: float,
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


def strip_height(view: RiskView, say: Translator, width: float, *, shown: Shown) -> float:
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
