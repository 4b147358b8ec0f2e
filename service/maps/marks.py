"""Marks on a printed map: scale bar, north arrow, grid of degrees, counts."""

from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.textpath import text_to_path

from service.content.districts import kilometre
from service.content.texts import texts_of
from service.i18n import Translator
from service.maps import palette
from service.maps.drawing import frame_of, patch
from service.maps.letters import ASCENT, FAMILY, ems
from service.maps.outlines import Projection
from service.maps.placement import Box, Room

OUTLINE = 100
"""Units of a letter's outline in the size of its type."""
STEPS_DEG = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20)
LINES = 8
"""Most meridians or parallels on a map."""
DIGIT = 0.73
"""Height of a digit in sizes of the type."""
PAD = 1.6
"""Between the number and the edge of a badge, in points."""


def _start(box: Box) -> tuple[float, float]:
    """Where the baseline of a line in a box begins."""
    west, south, _, north = box
    return west, south + (1 - ASCENT) * (north - south)


def write(axes: Any, box: Box, text: str, size: float, **style: Any) -> None:
    """Write one line into the box that was found for it, from its left edge."""
    options = {"color": palette.INK, "zorder": 9, **style}
    options |= {"ha": "left", "va": "baseline", "fontsize": size, "parse_math": False}
    axes.text(*_start(box), text, **options)


@lru_cache(maxsize=4096)
def _outline(text: str, weight: str) -> tuple[Any, Any]:
    """Outlines of letters in hundredths of the size of the type; do not change them."""
    found = text_to_path.get_text_path(FontProperties(family=FAMILY, weight=weight), text)
    return np.asarray(found[0], dtype=float), np.asarray(found[1], dtype=Path.code_type)


class Halos:
    """White rims around names, in one drawing below all of them: the names stay text."""

    def __init__(self, room: Room) -> None:
        self._point = room.point
        self._corners: list[Any] = []
        self._codes: list[Any] = []

    def add(self, box: Box, text: str, size: float, *, bold: bool) -> None:
        """Note a name with its box."""
        corners, codes = _outline(text, "bold" if bold else "normal")
        if len(codes):
            self._corners.append(corners * size * self._point / OUTLINE + _start(box))
            self._codes.append(codes)

    def draw(self, axes: Any, width: float) -> None:
        """Draw the rims; `width` in points."""
        if self._codes:
            whole = Path(np.concatenate(self._corners), np.concatenate(self._codes))
            style = {"edgecolor": "white", "facecolor": "white", "joinstyle": "round"}
            axes.add_artist(PathPatch(whole, linewidth=width, zorder=6.5, **style))


def size_of(room: Room, text: str, size: float, *, bold: bool = False) -> tuple[float, float]:
    """Give width and height in metres of one line on the map."""
    return ems(text, bold=bold) * size * room.point, size * room.point


def badge(axes: Any, box: Box, text: str, size: float, point: float) -> None:
    """Draw a count of incidents that are known only by district: a square, not a point."""
    west, south, east, north = box
    fill = {"facecolor": "white", "edgecolor": palette.BADGE, "linewidth": 1.1, "zorder": 7}
    axes.add_artist(patch(shapely.box(*box), **fill))
    width = ems(text, bold=True) * size * point
    left = (west + east - width) / 2
    base = (south + north) / 2 - (DIGIT / 2 + 1 - ASCENT) * size * point
    inner = left, base, left + width, base + size * point
    style = {"color": palette.BADGE, "fontweight": "bold", "zorder": 8}
    write(axes, inner, text, size, **style)


def badge_size(room: Room, text: str, size: float) -> tuple[float, float]:
    """Give width and height in metres of a badge."""
    width, height = size_of(room, text, size, bold=True)
    return max(width, height * 0.7) + 2 * PAD * room.point, height + PAD * room.point


def _corners(room: Room, width: float, height: float, order: str) -> Any:
    west, south, east, north = room.frame
    gap = 3 * room.point
    found = []
    for corner in order.split():
        x = west + gap if corner[1] == "w" else east - gap - width
        y = south + gap if corner[0] == "s" else north - gap - height
        found.append((x, y, x + width, y + height))
    return np.array(found)


def _in_the_way(boxes: Any, shapes: Any, room: Room) -> Any:
    """Cost of each box: what it hides of the districts, and of the marks."""
    drawn = shapely.box(*boxes.T)
    hidden = [shapely.area(shapely.intersection(shapes, box)).sum() for box in drawn]
    return np.array(hidden) / shapely.area(drawn) + room.covered(boxes)


def scale_bar(axes: Any, room: Room, shapes: Any, say: Translator, size: float) -> None:
    """Draw a bar of a round length in the corner where it hides least.

    Parameters
    ----------
    axes
        Axes in projected metres, already fitted.
    room
        What is taken on the map.
    shapes
        Projected polygons that are better not hidden.
    say
        Language of the unit.
    size
        Size of the numbers in points.
    """
    west, _, east, _ = frame_of(axes)
    wanted = (east - west) / 5 / 1000
    power = 10 ** np.floor(np.log10(wanted))
    length = float(max(n for n in (1, 2, 5) if n * power <= wanted) * power)
    text = f"{say.number(length)} {kilometre(say)}"
    point, pad = room.point, 2.5 * room.point
    zero, end = (size_of(room, t, size)[0] for t in ("0", text))
    metres = length * 1000
    width = zero / 2 + metres + max(end / 2, 0) + 2 * pad
    height = (size + 6) * point + 2 * pad
    boxes = _corners(room, width, height, "sw se nw ne")
    box = room.pick(boxes, _in_the_way(boxes, shapes, room))
    if box is None:
        return
    axes.add_artist(patch(shapely.box(*box), facecolor="white", alpha=0.8, linewidth=0, zorder=7))
    x, y = box[0] + pad + zero / 2, box[1] + pad
    for i, colour in enumerate((palette.INK, "white")):
        half = shapely.box(x + i * metres / 2, y, x + (i + 1) * metres / 2, y + 2.6 * point)
        style = {"edgecolor": palette.INK, "linewidth": 0.6, "zorder": 8}
        axes.add_artist(patch(half, facecolor=colour, **style))
    for at, words, wide in ((x, "0", zero), (x + metres, text, end)):
        left, base = at - wide / 2, y + 4.5 * point
        write(axes, (left, base, left + wide, base + size * point), words, size)


def north_arrow(axes: Any, room: Room, shapes: Any, size: float) -> None:
    """Draw an arrow to the north in the corner where it hides least."""
    point = room.point
    width, height = 14 * point * size / 8, (19 + size) * point
    boxes = _corners(room, width, height, "ne nw se sw")
    box = room.pick(boxes, _in_the_way(boxes, shapes, room))
    if box is None:
        return
    axes.add_artist(patch(shapely.box(*box), facecolor="white", alpha=0.8, linewidth=0, zorder=7))
    middle, bottom, top = (box[0] + box[2]) / 2, box[1] + 2 * point, box[1] + 17 * point
    notch = bottom + 4 * point
    for side, fill in ((-1, palette.INK), (1, "white")):
        wing = [(middle, top), (middle + side * 5 * point, bottom), (middle, notch)]
        style = {"edgecolor": palette.INK, "linewidth": 0.6, "zorder": 8}
        axes.add_artist(patch(shapely.Polygon(wing), facecolor=fill, **style))
    wide, high = size_of(room, "N", size, bold=True)
    at = middle - wide / 2, top + 0.5 * point, middle + wide / 2, top + 0.5 * point + high
    write(axes, at, "N", size, fontweight="bold")


def graticule(axes: Any, project: Projection, room: Room, say: Translator, size: float) -> None:
    """Draw thin lines of degrees, numbered at the lower and left edge where there is room.

    Parameters
    ----------
    axes
        Axes in projected metres, already fitted.
    project
        Of the map.
    room
        What is taken on the map.
    say
        Language of the numbers.
    size
        Size of the numbers in points.
    """
    frame = frame_of(axes)
    edge = shapely.segmentize(shapely.box(*frame).exterior, (frame[2] - frame[0]) / 20)
    degrees = project.degrees(shapely.get_coordinates(edge))
    (west, south), (east, north) = degrees.min(axis=0), degrees.max(axis=0)
    numbers: list[Box | None] = []
    step = next((s for s in STEPS_DEG if max(east - west, north - south) / s <= LINES), 45)
    for value in np.arange(np.ceil(west / step), np.floor(east / step) + 1) * step:
        along = np.linspace(south, north, 40)
        x, y = project.metres(np.column_stack([np.full(40, value), along])).T
        _line(axes, x, y)
        at = float(np.interp(room.frame[1], y, x)) + room.point, room.frame[1]
        numbers.append(_number(axes, room, at, _degrees(say, value, vertical=True), size))
    for value in np.arange(np.ceil(south / step), np.floor(north / step) + 1) * step:
        along = np.linspace(west, east, 40)
        x, y = project.metres(np.column_stack([along, np.full(40, value)])).T
        _line(axes, x, y)
        at = room.frame[0], float(np.interp(room.frame[0], x, y)) + room.point
        numbers.append(_number(axes, room, at, _degrees(say, value, vertical=False), size))
    plates = [shapely.box(*box) for box in numbers if box is not None]
    if plates:
        style = {"facecolor": "white", "alpha": 0.7, "edgecolor": "none"}
        axes.add_artist(patch(plates, linewidth=0, zorder=5.9, **style))


def _line(axes: Any, x: Any, y: Any) -> None:
    style = {"color": "#5b6b78", "linewidth": 0.25, "alpha": 0.7, "zorder": 3}
    axes.plot(x, y, scalex=False, scaley=False, **style)


def _number(axes: Any, room: Room, at: tuple[float, float], text: str, size: float) -> Box | None:
    width, height = size_of(room, text, size)
    box = np.array([[at[0], at[1], at[0] + width, at[1] + height]])
    found = room.pick(box, np.zeros(1))
    if found is not None:
        write(axes, found, text, size, color="#44535f", zorder=6)
    return found


def _degrees(say: Translator, value: float, *, vertical: bool) -> str:
    ends = ("east", "west") if vertical else ("north", "south")
    sign = "" if value == 0 else texts_of(say.lang)[ends[int(value < 0)]]
    return f"{_round(say, abs(float(value)))}° {sign}".rstrip()


def _round(say: Translator, value: float) -> str:
    digits = next((n for n in (0, 1) if abs(value - round(value, n)) < 1e-9), 2)
    return say.number(value, digits)
