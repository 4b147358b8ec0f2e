"""What stands around a printed map: title, legend, key figures, sources, page number."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from matplotlib.patches import Rectangle

from service.i18n import Translator
from service.maps import palette
from service.maps.paper import Sheet
from service.maps.texts import texts_of
from service.maps.view import MapView, ground_of

MM_PER_POINT = 25.4 / 72


def heading(sheet: Sheet, view: MapView, say: Translator, title: str, margin: float) -> None:
    """Write title, period and date of the data at the top, with a rule under them."""
    texts = texts_of(say.lang)
    sheet.text(margin, margin - 2, title, 15, fontweight="bold")
    upright = sheet.height_mm > sheet.width_mm
    line = period_line(view, say, short=upright)
    sheet.text(margin, margin + 5.2 * sheet.scale, line, 9, color="#44413c")
    stamp = f"{texts['data-as-of']} {say.date(view.as_of)}"
    sheet.text(sheet.width_mm - margin, margin - 1, stamp, 8.5, ha="right", fontweight="bold")
    rule(sheet, margin, margin + 10.5 * sheet.scale)


def rule(sheet: Sheet, margin: float, top: float) -> None:
    """Draw a thin line across the sheet at `top` mm."""
    y = 1 - top / sheet.height_mm
    left = margin / sheet.width_mm
    line = Rectangle(
        (left, y), 1 - 2 * left, 0.0008, transform=sheet.figure.transFigure, color="#8a857d"
    )
    sheet.figure.add_artist(line)


def period_line(view: MapView, say: Translator, *, short: bool = False) -> str:
    """Say which period, what is counted and, unless short, how it is smoothed."""
    texts, parameters = texts_of(say.lang), view.parameters
    period = say.days(view.window.start, view.window.end) if view.window else "–"
    parts = [period, texts[f"unit.{parameters.weight}.{parameters.exposure}"]]
    if short:
        return " · ".join(parts)
    parts.append(f"{texts['smoothing']}: {texts[f'smoothing.{parameters.smoothing}']}")
    if parameters.half_life_days:
        days = say.number(parameters.half_life_days)
        parts.append(texts["half-life"].replace("{days}", days))
    return " · ".join(parts)


def swatch(
    sheet: Sheet, left: float, top: float, colour: str, *, ink: str = "", hatch: str = ""
) -> None:
    """Draw one box of the legend."""
    size = sheet.scale
    box = Rectangle(
        (left / sheet.width_mm, 1 - (top + 3.4 * size) / sheet.height_mm),
        7 * size / sheet.width_mm,
        3.4 * size / sheet.height_mm,
        transform=sheet.figure.transFigure,
        facecolor=colour,
        edgecolor=ink or palette.BORDER,
        hatch=hatch or None,
        linewidth=0 if hatch else 0.5,
    )
    box.set_hatch_linewidth(0.5)
    sheet.figure.add_artist(box)


def legend(
    sheet: Sheet, view: MapView, say: Translator, left: float, top: float, width: float,
    *, points: bool,
) -> float:  # fmt: skip
    """Draw the legend; give its lower edge in mm."""
    texts, size = texts_of(say.lang), sheet.scale
    unit = texts[f"unit.{view.parameters.weight}.{view.parameters.exposure}"]
    title = f"{texts['legend-title']} {unit}"
    top = sheet.wrapped(left, top, width, title, 8, fontweight="bold") + 1.5 * size
    limits = _limits(view, say)
    for name, limit in reversed(list(zip(palette.CLASS_NAMES, limits, strict=False))):
        swatch(sheet, left, top, palette.CLASS_COLOUR[name])
        sheet.text(left + 9 * size, top + 0.3, texts[f"risk_class.{name}"], 7.5)
        sheet.text(left + width, top + 0.3, limit, 7.5, ha="right")
        top += 4.6 * size
    for status in ("no_information", *sorted(set(ground_of(view).values()))):
        paper, ink, hatch = palette.GROUND_FILL[status]
        swatch(sheet, left, top, paper, ink=ink, hatch=hatch)
        sheet.text(left + 9 * size, top + 0.3, texts[f"ground_status.{status}"], 7.5)
        top += 4.6 * size
    return _marks(sheet, texts, left, top + 1, width, points=points)


def _limits(view: MapView, say: Translator) -> list[str]:
    limits = [say.number(limit) for limit in view.limits]
    middle = [f"{low} – < {high}" for low, high in pairwise(limits)]
    return [f"< {limits[0]}", *middle, f"≥ {limits[-1]}"]


def _marks(
    sheet: Sheet, texts: Mapping[str, str], left: float, top: float, width: float, *, points: bool
) -> float:
    size = sheet.scale
    box = {"boxstyle": "square,pad=0.25", "fc": "white", "ec": palette.BADGE, "lw": 1.1}
    sheet.text(left + 2, top, "2", 6.5, color=palette.BADGE, fontweight="bold", bbox=box)
    top = sheet.wrapped(left + 9 * size, top, width - 9 * size, texts["legend-square"], 7) + size
    if points:
        for key, fill in (("legend-fatal", palette.INK), ("legend-point", "white")):
            dot = {"boxstyle": "circle,pad=0.35", "fc": fill, "ec": palette.BADGE, "lw": 1.1}
            sheet.text(left + 2.2, top + 0.3, " ", 4, bbox=dot)
            top = sheet.wrapped(left + 9 * size, top, width - 9 * size, texts[key], 7) + size
    return top


def figures(
    sheet: Sheet, numbers: Mapping[str, str], left: float, top: float, width: float
) -> float:
    """Write key figures in a row, the number large over its words; give the lower edge."""
    step = width / max(1, len(numbers))
    edges = [top]
    for i, (words, number) in enumerate(numbers.items()):
        sheet.text(left + i * step, top, number, 15, fontweight="bold", color=palette.BADGE)
        under = top + 7 * sheet.scale
        edges.append(sheet.wrapped(left + i * step, under, step - 1, words, 6.2))
    return max(edges)


def table(
    sheet: Sheet,
    head: list[str],
    rows: list[list[str]],
    left: float,
    top: float,
    widths: list[float],
    *,
    size: float = 6.8,
) -> float:
    """Write a table, cells cut to their column; give its lower edge in mm."""
    line = size * sheet.scale * 1.3 * MM_PER_POINT + 0.9
    total = sum(widths)
    for number, cells in enumerate([head, *rows]):
        x = left
        for cell, width in zip(cells, widths, strict=True):
            bold = "bold" if number == 0 else "normal"
            sheet.text(x, top, cut(cell, width, size * sheet.scale), size, fontweight=bold)
            x += width
        top += line
        y = 1 - (top - 0.5) / sheet.height_mm
        rule_line = Rectangle(
            (left / sheet.width_mm, y), total / sheet.width_mm, 0.0004,
            transform=sheet.figure.transFigure, color="#b9b4ac",
        )  # fmt: skip
        sheet.figure.add_artist(rule_line)
    return top


def cut(text: str, width_mm: float, points: float) -> str:
    """Cut text to a width with an ellipsis."""
    letters = max(3, int(width_mm / (points * 0.57 * MM_PER_POINT)))
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"


def footing(
    sheet: Sheet, view: MapView, say: Translator, margin: float, page: int, pages: int
) -> None:
    """Write warning, disclaimer, sources, version and page number at the bottom."""
    texts = texts_of(say.lang)
    width = sheet.width_mm - 2 * margin
    top = sheet.height_mm - margin - 12.5 * sheet.scale
    rule(sheet, margin, top - 1)
    warning = f"{texts['not-safe']} {texts['disclaimer']}"
    top = sheet.wrapped(margin, top, width, warning, 6.8, color=palette.ALARM)
    sources = f"{texts['sources']}: {texts['attribution']}"
    sheet.wrapped(margin, top + 0.4, width, sources, 6.2, color="#44413c")
    y = sheet.height_mm - margin + 0.5
    version = f"hazardmap · {texts['version']} {view.snapshot.revision} · {view.snapshot.edition}"
    sheet.text(margin, y, version, 6.2, color="#44413c")
    paged = texts["page"].replace("{n}", str(page)).replace("{of}", str(pages))
    sheet.text(sheet.width_mm - margin, y, paged, 6.2, ha="right", color="#44413c")


def names_of(view: MapView, say: Translator) -> dict[str, str]:
    """Give each district's name in the reader's language."""
    rows: Any = view.districts.itertuples()
    return {row.district_id: say.place_name(row._asdict()) for row in rows}
