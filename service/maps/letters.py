"""How wide text is in print, and how it is broken or shortened to fit."""

from functools import lru_cache

from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags

FAMILY = "DejaVu Sans"
"""Ships with matplotlib; has ə ğ ı and Cyrillic, Armenian, Georgian and Arabic letters."""
MM_PER_POINT = 25.4 / 72
LINE = 1.3
"""Height of a line in sizes of the type."""
ASCENT = 0.76
"""Height of capitals and ascenders over the baseline, in sizes of the type."""
HAIR = 0.999
"""What is made to fit is made a hair smaller, so that rounding does not cut it."""
_MEASURED_AT = 100
_ELLIPSIS = "…"


@lru_cache(maxsize=32_768)
def ems(text: str, *, bold: bool = False) -> float:
    """Give the width of text in sizes of its type, shaped as it is drawn.

    Parameters
    ----------
    text
        One line, in any script.
    bold
        Whether it is set in bold.
    """
    weight = "bold" if bold else "normal"
    font = get_font(_path(weight))
    font.set_size(_MEASURED_AT, 72)
    font.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
    return float(font.get_width_height()[0]) / 64 / _MEASURED_AT


@lru_cache(maxsize=2)
def _path(weight: str) -> str:
    return str(findfont(FontProperties(family=FAMILY, weight=weight)))


def width_of(text: str, points: float, *, bold: bool = False) -> float:
    """Give the width in mm of one line of text of a size in points."""
    return ems(text, bold=bold) * points * MM_PER_POINT


def wrap(text: str, width_mm: float, points: float, *, bold: bool = False) -> list[str]:
    """Break text into lines that fit a width.

    Parameters
    ----------
    text
        Words; its own line breaks are kept.
    width_mm
        Width of the column.
    points
        Size of the type.
    bold
        Whether it is set in bold.

    Returns
    -------
    list of str
        At least one line; nothing is lost. A word wider than the column is broken.
    """
    room, space = width_mm / (points * MM_PER_POINT), ems("n n", bold=bold) - ems("nn", bold=bold)
    lines: list[str] = []
    for part in text.split("\n"):
        line, used = "", 0.0
        for word in part.split():
            wide = ems(word, bold=bold)
            if line and used + space + wide <= room:
                line, used = f"{line} {word}", used + space + wide
                continue
            if line:
                lines.append(line)
            *whole, line = _broken(word, room, bold=bold)
            lines.extend(whole)
            used = ems(line, bold=bold)
        lines.append(line)
    return lines


def _broken(word: str, room: float, *, bold: bool) -> list[str]:
    pieces = [""]
    if ems(word, bold=bold) <= room:
        return [word]
    for letter in word:
        if pieces[-1] and ems(pieces[-1] + letter, bold=bold) > room:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def cut(text: str, width_mm: float, points: float, *, bold: bool = False) -> str:
    """Shorten text to a width, with an ellipsis where something was left out."""
    if width_of(text, points, bold=bold) <= width_mm:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        tried = text[:middle].rstrip() + _ELLIPSIS
        if width_of(tried, points, bold=bold) <= width_mm:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + _ELLIPSIS


def fitting(
    text: str, width_mm: float, points: float, *, bold: bool = False, least: float = 0.66
) -> float:
    """Give the largest size that fits, up to `points` and down to a share of it."""
    width = width_of(text, points, bold=bold)
    return points if width <= width_mm else points * max(HAIR * width_mm / width, least)
