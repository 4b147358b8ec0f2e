"""Paper: sizes, text and boxes on a page, and files that are the same for the same data."""

import io
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf, PdfPages
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from service.maps.letters import ASCENT, FAMILY, LINE, MM_PER_POINT, wrap
from service.maps.palette import INK

Format = Literal["pdf", "png"]
SIZES_MM = {"A4": (297.0, 210.0), "A3": (420.0, 297.0)}
"""Landscape width and height by name."""
UNITS_MM = {"A4": 1.0, "A3": 1.2}
"""Unit of the layout: A3 has larger type than A4, and more room for the map."""
DPI = 150

# TrueType in the PDF, so that text can be searched and copied; set once, for all threads.
mpl.rcParams.update({"pdf.fonttype": 42, "font.family": FAMILY, "axes.unicode_minus": False})
_drawing = threading.RLock()  # matplotlib's font cache is not made for several threads
_OTHER_SIDE = {"left": "right", "right": "left", "center": "center"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page: its figure, and helpers that place things from its top left corner.

    Attributes
    ----------
    figure
        What is drawn.
    width, height
        In units.
    unit
        Millimetres in one unit of the layout: 1 on A4.
    mirrored
        For a language written from right to left: left is right.
    """

    figure: Figure
    width: float
    height: float
    unit: float = 1.0
    mirrored: bool = False

    @classmethod
    def of(cls, size: str, *, portrait: bool = False, mirrored: bool = False) -> "Sheet":
        """Give an empty sheet of a named size."""
        width, height = SIZES_MM[size]
        if portrait:
            width, height = height, width
        figure = Figure(figsize=(width / 25.4, height / 25.4), facecolor="white")
        unit = UNITS_MM[size]
        return cls(figure, width / unit, height / unit, unit, mirrored)

    def _left(self, left: float, width: float) -> float:
        return self.width - left - width if self.mirrored else left

    def axes(self, left: float, top: float, width: float, height: float) -> Any:
        """Add axes; top is measured downwards."""
        box = (
            self._left(left, width) / self.width,
            1 - (top + height) / self.height,
            width / self.width,
            height / self.height,
        )
        return self.figure.add_axes(box)

    def box(self, left: float, top: float, width: float, height: float, **style: Any) -> None:
        """Fill a rectangle."""
        style = {"edgecolor": "none", "linewidth": 0, **style}
        corner = self._left(left, width) / self.width, 1 - (top + height) / self.height
        size = width / self.width, height / self.height
        drawn = Rectangle(corner, *size, transform=self.figure.transFigure, **style)
        drawn.set_hatch_linewidth(0.5)
        self.figure.add_artist(drawn)

    def line(self, left: float, top: float, width: float, colour: str = "#b9c3c8") -> None:
        """Draw a thin level line."""
        self.box(left, top, width, 0.15, facecolor=colour)

    def text(self, left: float, top: float, text: str, size: float = 8, **options: Any) -> Any:
        """Write one line; `top` is the upper edge of its capitals, whatever its letters."""
        style = {"color": INK, "ha": "left", **options}
        if self.mirrored:
            style["ha"] = _OTHER_SIDE[style["ha"]]
        x, y = (
            self._left(left, 0) / self.width,
            1 - (top + size * ASCENT * MM_PER_POINT) / (self.height),
        )
        return self.figure.text(
            x, y, text, fontsize=size * self.unit, va="baseline", parse_math=False, **style
        )

    def dot(self, x: float, top: float, fill: str, edge: str) -> None:
        """Draw a small disc around a point."""
        at = self._left(x, 0) / self.width, 1 - top / self.height
        style: dict[str, Any] = {"marker": "o", "markersize": 4.4 * self.unit, "markeredgewidth": 1}
        drawn = Line2D(
            *([v] for v in at), transform=self.figure.transFigure, markerfacecolor=fill,
            markeredgecolor=edge, **style,
        )  # fmt: skip
        self.figure.add_artist(drawn)

    def wrapped(
        self, left: float, top: float, width: float, text: str, size: float = 7, **options: Any
    ) -> float:
        """Write text broken to a width; give its lower edge."""
        bold = options.get("fontweight") == "bold"
        for line in wrap(text, width, size, bold=bold):
            self.text(left, top, line, size, **options)
            top += size * LINE * MM_PER_POINT
        return top


def save(sheets: Iterable[Sheet], kind: Format, *, title: str, moment: datetime) -> bytes:
    """Write sheets as one file, the same bytes for the same drawing.

    Parameters
    ----------
    sheets
        Pages in order, each made when it is its turn; PNG takes the first.
    kind
        ``pdf`` (vector) or ``png`` (150 dots an inch).
    title
        Title in the file's properties.
    moment
        When the data were recorded; stands as the time of creation, so that the same data
        give the same file.

    Returns
    -------
    bytes
        The file.
    """
    out = io.BytesIO()
    if kind == "png":
        with _drawing:
            figure = next(iter(sheets)).figure
            FigureCanvasAgg(figure)
            metadata = {"Software": "hazardmap", "Title": title}
            figure.savefig(out, format="png", dpi=DPI, metadata=metadata)
            return out.getvalue()
    properties = {
        "Title": title,
        "Creator": "hazardmap",
        "Producer": "hazardmap",
        "CreationDate": moment,
        "ModDate": moment,
    }
    pages: Any = PdfPages(out, metadata=properties)
    left = iter(sheets)
    try:
        # Others may draw between two pages of a long file.
        while _drawn(pages, left):
            pass
    finally:
        with _drawing:
            pages.close()
    return out.getvalue()


def _drawn(pages: Any, left: Iterator[Sheet]) -> bool:
    with _drawing:
        sheet = next(left, None)
        if sheet is not None:
            FigureCanvasPdf(sheet.figure)
            pages.savefig(sheet.figure)
    return sheet is not None
