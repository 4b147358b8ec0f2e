"""How wide text is on paper, for those who place it: names on a map."""

from functools import lru_cache
from pathlib import Path

from service.assets import asset_path

FAMILY = "DejaVu Sans"
"""Has ə ğ ı and Cyrillic, Armenian, Georgian and Arabic letters."""
FONTS = {
    False: "dejavu-fonts-ttf/ttf/DejaVuSans.ttf",
    True: "dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf",
}
ASCENT = 0.76
"""Height of capitals and ascenders over the baseline, in sizes of the type."""


@lru_cache(maxsize=2)
def _advances(*, bold: bool) -> tuple[dict[int, float], float]:
    """Width of each letter in sizes of the type, and of one that the font lacks."""
    from fontTools.ttLib import TTFont  # a library of a tenth of a second

    with TTFont(font_path(bold=bold), lazy=True) as font:
        size, widths = font["head"].unitsPerEm, font["hmtx"].metrics
        known = {letter: widths[name][0] / size for letter, name in font.getBestCmap().items()}
        return known, widths[".notdef"][0] / size


def font_path(*, bold: bool) -> Path:
    """Give the file of the font.

    Raises
    ------
    NotFound
        The assets were not fetched.
    """
    return asset_path(FONTS[bold])


@lru_cache(maxsize=32_768)
def ems(text: str, *, bold: bool = False) -> float:
    """Give the width of one line in sizes of its type.

    Letters that join are a little narrower when drawn than the sum of theirs: a box that
    is made for them is never too small.

    Parameters
    ----------
    text
        One line, in any script.
    bold
        Whether it is set in bold.
    """
    known, unknown = _advances(bold=bold)
    return sum(known.get(ord(letter), unknown) for letter in text)
