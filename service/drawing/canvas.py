"""A drawing in projected metres that becomes an SVG in points, and how wide text is on it."""

from collections.abc import Iterable
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from service.assets import asset_path
from service.drawing import palette

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
    """
    known, unknown = _advances(bold=bold)
    return sum(known.get(ord(letter), unknown) for letter in text)


Bounds = tuple[float, float, float, float]
"""West, south, east, north in metres."""
Style = dict[str, str | float]


class Canvas:
    """A rectangle of the ground, at one scale both ways, and what is drawn on it.

    Parameters
    ----------
    bounds
        What must be seen.
    size
        Width and height on paper, in points.
    margin
        Around the bounds, as a share of them.
    digits
        Decimals of a point that are written.

    Attributes
    ----------
    frame
        What is seen: the bounds, widened to the shape of the paper.
    point
        Metres of the ground that a point on the paper is.
    """

    def __init__(
        self, bounds: Bounds, size: tuple[float, float], margin: float = 0.0, *, digits: int = 2
    ) -> None:
        self.size = size
        self._digits = digits
        west, south, east, north = bounds
        width, height = (east - west) * (1 + 2 * margin), (north - south) * (1 + 2 * margin)
        ratio = size[0] / size[1]
        width, height = max(width, height * ratio), max(height, width / ratio)
        x, y = (west + east) / 2, (south + north) / 2
        self.frame: Bounds = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        self.point = width / size[0]
        self._parts: list[str] = []
        self._patterns: dict[str, str] = {}

    def beyond(self, share: float) -> Bounds:
        """Give the frame widened by a share of its width."""
        west, south, east, north = self.frame
        more = share * (east - west)
        return west - more, south - more, east + more, north + more

    def seen(self, shapes: Any) -> Any:
        """Tell which shapes reach into the frame, by their bounds."""
        west, south, east, north = self.frame
        bounds = shapely.bounds(shapes)
        with np.errstate(invalid="ignore"):
            across = (bounds[:, 0] < east) & (bounds[:, 2] > west)
            along = (bounds[:, 1] < north) & (bounds[:, 3] > south)
        return across & along

    def points(self, xy: Any) -> Any:
        """Give rows of x, y in metres as points from the upper left corner."""
        west, _, _, north = self.frame
        points = (np.asarray(xy) - (west, north)) / (self.point, -self.point)
        return np.round(points, self._digits)

    def paths(self, geometry: Any) -> str:
        """Give the ``d`` of polygons with their holes, and of lines."""
        parts = []
        for ring in _rings(geometry):
            xy = self.points(shapely.get_coordinates(ring))
            keep = np.concatenate([[True], (np.diff(xy, axis=0) != 0).any(axis=1)])
            line = "L".join(f"{x:g} {y:g}" for x, y in xy[keep].tolist())
            parts.append(f"M{line}" + ("Z" if shapely.get_type_id(ring) == 2 else ""))
        return "".join(parts)

    def draw(self, geometry: Any, **style: str | float) -> None:
        """Draw polygons or lines; underscores in the names of a style are hyphens."""
        d = self.paths(geometry)
        if d:
            self._parts.append(f'<path d="{d}"{_attributes(style)}/>')

    def fill(self, geometry: Any, name: str) -> None:
        """Paint polygons with a pattern of the palette or a colour."""
        self.draw(geometry, fill=self.paint(name), fill_rule="evenodd")

    def paint(self, name: str) -> str:
        """Give the paint of a pattern's name; a colour stays one."""
        pattern = palette.PATTERNS.get(name)
        if pattern is None:
            return name
        self._patterns[name] = pattern_svg(name, pattern)
        return f"url(#{name})"

    def discs(self, xy: Any, radius: float, **style: str | float) -> None:
        """Draw discs of a radius in points."""
        marks = "".join(
            f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}"/>' for x, y in self.points(xy).tolist()
        )
        self._parts.append(f"<g{_attributes(style)}>{marks}</g>")

    def write(
        self, at: tuple[float, float], text: str, size: float, *, bold: bool = False,
        halo: float = 0.0, colour: str = palette.INK,
    ) -> None:  # fmt: skip
        """Write one line from the start of its baseline, with a white rim around it."""
        x, y = self.points([at])[0]
        style: Style = {"fill": colour, "font_size": round(size, 3)}
        rim: Style = {
            "stroke": "#fff",
            "stroke_width": round(halo, 3),
            "stroke_linejoin": "round",
            "paint_order": "stroke",
        }
        style |= {"font_weight": 700} if bold else {}
        style |= rim if halo else {}
        self._parts.append(f'<text x="{x:g}" y="{y:g}"{_attributes(style)}>{escape(text)}</text>')

    def svg(self) -> str:
        """Give the whole drawing, with its frame."""
        width, height = (round(side, 2) for side in self.size)
        box = f'width="{width:g}" height="{height:g}"'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" {box} '
            f'font-family="{FAMILY}"><defs><clipPath id="frame"><rect {box}/></clipPath>'
            f'{"".join(self._patterns.values())}</defs><g clip-path="url(#frame)">'
            f'{"".join(self._parts)}</g><rect {box} fill="none" stroke="{palette.DEEP}" '
            'stroke-width="1.4"/></svg>'
        )


def pattern_svg(name: str, pattern: palette.Pattern) -> str:
    """Give a pattern as SVG."""
    turned = f' patternTransform="rotate({pattern.turn:g})"' if pattern.turn else ""
    side = f'width="{pattern.size:g}" height="{pattern.size:g}"'
    marks = pattern.marks.replace("INK", pattern.ink)
    return (
        f'<pattern id="{name}" {side} patternUnits="userSpaceOnUse"{turned}>'
        f'<rect {side} fill="{pattern.paper}"/>{marks}</pattern>'
    )


def swatch_svg(name: str, width: float, height: float) -> str:
    """Give a patch of a pattern with its border, for a legend."""
    box = f'width="{width:g}" height="{height:g}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" {box}><defs>'
        f"{pattern_svg(name, palette.PATTERNS[name])}</defs>"
        f'<rect {box} fill="url(#{name})"/></svg>'
    )


def tile_svg(name: str) -> tuple[str, float]:
    """Give a pattern as one square picture that repeats without a seam, and its side in points.

    For programs that know no patterns of SVG: a pattern turned by 45 degrees repeats along
    the axes at the diagonal of its tile.
    """
    pattern = palette.PATTERNS[name]
    side = pattern.size * (2**0.5 if pattern.turn else 1.0)
    marks = pattern.marks.replace("INK", pattern.ink)
    around = range(-2, 4) if pattern.turn else range(1)
    repeated = "".join(
        f'<g transform="translate({x * pattern.size:g} {y * pattern.size:g})">{marks}</g>'
        for x in around
        for y in around
    )
    box = f'width="{side:.4f}" height="{side:.4f}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side:.4f} {side:.4f}" {box}>'
        f'<rect {box} fill="{pattern.paper}"/>'
        f'<g transform="rotate({pattern.turn:g})">{repeated}</g></svg>'
    ), side


def _rings(geometry: Any) -> Iterable[Any]:
    parts = shapely.get_parts(np.atleast_1d(geometry))
    areas = parts[shapely.get_type_id(parts) == 3]
    lines = parts[shapely.get_dimensions(parts) == 1]
    return [*shapely.get_rings(areas), *lines]


def _attributes(style: Style) -> str:
    return "".join(f' {name.replace("_", "-")}="{value}"' for name, value in style.items())
