"""Tables in print: columns as wide as their words, numbers at the right, nothing over the edge."""

from dataclasses import dataclass

from service.maps import palette
from service.maps.drawing import style_of
from service.maps.letters import LINE, MM_PER_POINT, cut, width_of, wrap
from service.maps.paper import Sheet

GAP = 2.4
"""Between columns."""
CHIP = 3.4
"""Room of a patch of colour before the first column."""
LEAST = 0.82
"""How far the type may shrink before cells are cut."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes
    ----------
    title
        Its head; broken into two lines where it is longer than what is under it.
    number
        Whether it holds numbers, which stand at the right.
    """

    title: str
    number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table laid out for a width: widths of its columns, size of its type."""

    columns: list[Column]
    rows: list[list[str]]
    widths: list[float]
    heads: list[list[str]]
    size: float
    chips: list[str]
    total: float

    @property
    def line(self) -> float:
        """Height of a row."""
        return self.size * LINE * MM_PER_POINT + 0.8

    @property
    def head(self) -> float:
        """Height of the heads."""
        return max(len(lines) for lines in self.heads) * self.size * LINE * MM_PER_POINT + 1.0

    def fits(self, height: float) -> int:
        """Give how many rows have room in a height, under the heads."""
        return max(0, int((height - self.head) / self.line + 1e-6))


def lay_out(
    columns: list[Column],
    rows: list[list[str]],
    width: float,
    size: float,
    chips: list[str] | None = None,
) -> Table:
    """Find the columns' widths.

    Parameters
    ----------
    columns
        In order.
    rows
        Cells by row.
    width
        Of the whole table.
    size
        Of the type in points; smaller where the words need it.
    chips
        A fill for each row, drawn as a patch of colour before it; None for none.

    Returns
    -------
    Table
        To draw in whole or in parts.
    """
    room = width - (CHIP if chips else 0.0) - GAP * (len(columns) - 1)
    wish = [_natural(column, [row[i] for row in rows]) for i, column in enumerate(columns)]
    size = min(size, max(size * LEAST, room / (sum(wish) * MM_PER_POINT)))
    widths = [one * size * MM_PER_POINT for one in wish]
    widths = _squeezed(columns, widths, room)
    heads = [
        wrap(column.title, one + 0.01, size, bold=True)
        for column, one in zip(columns, widths, strict=True)
    ]
    return Table(columns, rows, widths, heads, size, chips or [], width)


def _natural(column: Column, cells: list[str]) -> float:
    """Width in sizes of the type: of the longest cell, and of half the head."""
    words = max((width_of(word, 1, bold=True) for word in column.title.split()), default=0)
    whole = width_of(column.title, 1, bold=True)
    longest = max((width_of(cell, 1) for cell in cells), default=0.0)
    return max(words, min(whole, max(longest, whole * 0.55)), longest) / MM_PER_POINT


def _squeezed(columns: list[Column], widths: list[float], room: float) -> list[float]:
    """Give what is left over to the columns of words, or take it from the widest of them."""
    spare = room - sum(widths)
    words = [i for i, column in enumerate(columns) if not column.number] or [0]
    if spare >= 0:
        share = spare / len(words)
        return [one + share * (i in words) for i, one in enumerate(widths)]
    found = list(widths)
    while spare < -1e-9:
        order = sorted(words, key=lambda i: -found[i])
        widest = order[0]
        floor = found[order[1]] if len(order) > 1 else 0.0
        taken = min(-spare, max(found[widest] - floor, -spare / len(words)))
        found[widest] -= taken
        spare += taken
    return found


def draw(sheet: Sheet, table: Table, left: float, top: float, rows: range) -> float:
    """Write the heads and some rows; give the lower edge."""
    start = left + (CHIP if table.chips else 0.0)
    lines = max(len(one) for one in table.heads)
    step = table.size * LINE * MM_PER_POINT
    x = start
    for column, head, width in zip(table.columns, table.heads, table.widths, strict=True):
        for i, words in enumerate(head):
            y = top + (lines - len(head) + i) * step
            edge, align = (x + width, "right") if column.number else (x, "left")
            style = {"ha": align, "fontweight": "bold", "color": palette.DEEP}
            sheet.text(edge, y, words, table.size, **style)
        x += width + GAP
    top += table.head
    sheet.line(left, top - 0.75, table.total, palette.DEEP)
    for number in rows:
        if table.chips:
            _chip(sheet, table.chips[number], left, top - 0.2, table.size * MM_PER_POINT)
        x = start
        cells = zip(table.columns, table.rows[number], table.widths, strict=True)
        for column, cell, width in cells:
            text = cut(cell, width + 0.05, table.size)
            edge, align = (x + width, "right") if column.number else (x, "left")
            sheet.text(edge, top, text, table.size, ha=align)
            x += width + GAP
        top += table.line
        sheet.line(left, top - 0.75, table.total)
    return top


def _chip(sheet: Sheet, fill: str, left: float, top: float, side: float) -> None:
    paper, ink, hatch = style_of(fill)
    style = {"facecolor": paper, "edgecolor": ink, "hatch": hatch or None}
    sheet.box(left, top, 2.2, side, **style)
    outline = {"facecolor": "none", "edgecolor": palette.BORDER, "linewidth": 0.4}
    sheet.box(left, top, 2.2, side, **outline)
