"""Paper: sizes, fonts, wrapped text, and files that are the same for the same data."""

import io
import textwrap
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf, PdfPages
from matplotlib.figure import Figure

from service.maps.palette import INK

Format = Literal["pdf", "png"]
SIZES_MM = {"A4": (297.0, 210.0), "A3": (420.0, 297.0)}
"""Landscape width and height by name."""
DPI = 150
FAMILY = "DejaVu Sans"  # ships with matplotlib: ə ğ ı, Cyrillic, Armenian, Georgian

# TrueType in the PDF, so that text can be searched and copied; set once, for all threads.
mpl.rcParams.update({"pdf.fonttype": 42, "font.family": FAMILY, "axes.unicode_minus": False})
_drawing = threading.Lock()  # matplotlib's font cache is not made for several threads


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page: its figure, and helpers that place text in millimetres from the top left."""

    figure: Figure
    width_mm: float
    height_mm: float

    @classmethod
    def of(cls, size: str, *, portrait: bool = False) -> "Sheet":
        """Give an empty sheet of a named size."""
        width, height = SIZES_MM[size]
        if portrait:
            width, height = height, width
        figure = Figure(figsize=(width / 25.4, height / 25.4), facecolor="white")
        return cls(figure, width, height)

    @property
    def scale(self) -> float:
        """How much larger than A4 the sheet is, for type sizes."""
        return max(self.width_mm, self.height_mm) / 297.0

    def axes(self, left: float, top: float, width: float, height: float, **options: Any) -> Any:
        """Add axes; all lengths in mm, top measured downwards."""
        box = (
            left / self.width_mm,
            1 - (top + height) / self.height_mm,
            width / self.width_mm,
            height / self.height_mm,
        )
        return self.figure.add_axes(box, **options)

    def text(self, left: float, top: float, text: str, size: float = 8, **options: Any) -> None:
        """Write one block of text; `top` is its upper edge in mm."""
        style = {"color": INK, "va": "top", "ha": "left", "linespacing": 1.25, **options}
        x, y = left / self.width_mm, 1 - top / self.height_mm
        self.figure.text(x, y, text, fontsize=size * self.scale, parse_math=False, **style)

    def wrapped(
        self, left: float, top: float, width: float, text: str, size: float = 7, **options: Any
    ) -> float:
        """Write text wrapped to a width in mm; give its lower edge in mm."""
        lines = wrap(text, width, size * self.scale)
        self.text(left, top, "\n".join(lines), size, **options)
        return top + len(lines) * size * self.scale * 1.25 * 25.4 / 72


def wrap(text: str, width_mm: float, points: float) -> list[str]:
    """Break text into lines that fit a width, by the font's mean width of a letter."""
    letters = max(8, int(width_mm / (points * 0.545 * 25.4 / 72)))
    return [line for part in text.split("\n") for line in textwrap.wrap(part, letters) or [""]]


def save(sheets: Sequence[Sheet], kind: Format, *, title: str, moment: datetime) -> bytes:
    """Write sheets as one file, the same bytes for the same drawing.

    Parameters
    ----------
    sheets
        Pages in order; PNG takes the first.
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
    with _drawing:
        if kind == "png":
            FigureCanvasAgg(sheets[0].figure)
            metadata = {"Software": "hazardmap", "Title": title}
            sheets[0].figure.savefig(out, format="png", dpi=DPI, metadata=metadata)
            return out.getvalue()
        properties = {
            "Title": title,
            "Creator": "hazardmap",
            "Producer": "hazardmap",
            "CreationDate": moment,
            "ModDate": moment,
        }
        with PdfPages(out, metadata=properties) as pages:
            for sheet in sheets:
                FigureCanvasPdf(sheet.figure)
                pages.savefig(sheet.figure)
    return out.getvalue()
