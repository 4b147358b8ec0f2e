"""Marks around a map: scale bar, north arrow, grid of degrees."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from service.drawing import palette
from service.drawing.canvas import Canvas, Style
from service.drawing.names import Room, size_of, start_of
from service.drawing.outlines import Projection

STEPS_DEG = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20)
LINES = 8
"""Most meridians or parallels on a map."""
PLATE: Style = {"fill": "#fff", "fill_opacity": 0.8}


@dataclass(frozen=True, slots=True)
class Words:
    """How the marks are written in the reader's language."""

    number: Callable[[float, int | None], str]
    """Writes a number with so many decimals, or with as many as it needs (None)."""
    kilometre: str
    """Sign of the kilometre."""
    north: str
    south: str
    east: str
    west: str
    """Letters of the directions."""


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


def scale_bar(canvas: Canvas, room: Room, shapes: Any, words: Words, size: float) -> None:
    """Draw a bar of a round length in the corner where it hides least.

    Parameters
    ----------
    shapes
        Projected polygons that are better not hidden.
    """
    west, _, east, _ = canvas.frame
    wanted = (east - west) / 5 / 1000
    power = 10 ** np.floor(np.log10(wanted))
    length = float(max(n for n in (1, 2, 5) if n * power <= wanted) * power)
    text = f"{words.number(length, None)} {words.kilometre}"
    point, pad = room.point, 2.5 * room.point
    zero, end = (size_of(room, t, size)[0] for t in ("0", text))
    metres = length * 1000
    width = zero / 2 + metres + end / 2 + 2 * pad
    height = (size + 6) * point + 2 * pad
    boxes = _corners(room, width, height, "sw se nw ne")
    box = room.pick(boxes, _in_the_way(boxes, shapes, room))
    if box is None:
        return
    canvas.draw(shapely.box(*box), **PLATE)
    x, y = box[0] + pad + zero / 2, box[1] + pad
    for i, colour in enumerate((palette.INK, "#fff")):
        half = shapely.box(x + i * metres / 2, y, x + (i + 1) * metres / 2, y + 2.6 * point)
        canvas.draw(half, fill=colour, stroke=palette.INK, stroke_width=0.6)
    for at, line, wide in ((x, "0", zero), (x + metres, text, end)):
        canvas.write((at - wide / 2, y + 5.7 * point), line, size)


def north_arrow(canvas: Canvas, room: Room, shapes: Any, size: float) -> None:
    """Draw an arrow to the north in the corner where it hides least."""
    point = room.point
    width, height = 14 * point * size / 8, (19 + size) * point
    boxes = _corners(room, width, height, "ne nw se sw")
    box = room.pick(boxes, _in_the_way(boxes, shapes, room))
    if box is None:
        return
    canvas.draw(shapely.box(*box), **PLATE)
    middle, bottom, top = (box[0] + box[2]) / 2, box[1] + 2 * point, box[1] + 17 * point
    notch = bottom + 4 * point
    for side, fill in ((-1, palette.INK), (1, "#fff")):
        wing = [(middle, top), (middle + side * 5 * point, bottom), (middle, notch)]
        canvas.draw(shapely.Polygon(wing), fill=fill, stroke=palette.INK, stroke_width=0.6)
    wide, _ = size_of(room, "N", size, bold=True)
    canvas.write((middle - wide / 2, top + 2 * point), "N", size, bold=True)


@dataclass(frozen=True, slots=True)
class Grid:
    """The lines of degrees, and where their numbers would stand."""

    meridians: list[tuple[float, float]]
    parallels: list[tuple[float, float]]

    def number(self, canvas: Canvas, room: Room, words: Words, size: float) -> None:
        """Write the degrees at the lower and left edge where there is room."""
        for x, value in self.meridians:
            at = x + room.point, room.frame[1]
            _number(canvas, room, at, _degrees(words, value, words.east, words.west), size)
        for y, value in self.parallels:
            at = room.frame[0], y + room.point
            _number(canvas, room, at, _degrees(words, value, words.north, words.south), size)


def graticule(canvas: Canvas, project: Projection) -> Grid:
    """Draw thin lines of degrees; their numbers come last."""
    frame = canvas.frame
    edge = shapely.segmentize(shapely.box(*frame).exterior, (frame[2] - frame[0]) / 20)
    degrees = project.degrees(shapely.get_coordinates(edge))
    # On a map over the 180th meridian the degrees run on; only their numbers turn back.
    middle = project.degrees(np.array([[0.0, 0.0]]))[0, 0]
    degrees[:, 0] = middle + (degrees[:, 0] - middle + 180) % 360 - 180
    (west, south), (east, north) = degrees.min(axis=0), degrees.max(axis=0)
    step = next((s for s in STEPS_DEG if max(east - west, north - south) / s <= LINES), 45)
    meridians, parallels, lines = [], [], []
    for value in np.arange(np.ceil(west / step), np.floor(east / step) + 1) * step:
        line = project.metres(np.column_stack([np.full(40, value), np.linspace(south, north, 40)]))
        lines.append(shapely.LineString(line))
        meridians.append((float(np.interp(frame[1], *line.T[::-1])), float(value)))
    for value in np.arange(np.ceil(south / step), np.floor(north / step) + 1) * step:
        line = project.metres(np.column_stack([np.linspace(west, east, 40), np.full(40, value)]))
        lines.append(shapely.LineString(line))
        parallels.append((float(np.interp(frame[0], *line.T)), float(value)))
    if lines:
        style: Style = {"stroke": "#5b6b78", "stroke_width": 0.25, "stroke_opacity": 0.7}
        canvas.draw(np.array(lines), fill="none", **style)
    return Grid(meridians, parallels)


def _number(canvas: Canvas, room: Room, at: tuple[float, float], text: str, size: float) -> None:
    width, height = size_of(room, text, size)
    box = np.array([[at[0], at[1], at[0] + width, at[1] + height]])
    found = room.pick(box, np.zeros(1))
    if found is not None:
        canvas.draw(shapely.box(*found), fill="#fff", fill_opacity=0.7)
        canvas.write(start_of(found), text, size, colour="#44535f")


def _degrees(words: Words, value: float, positive: str, negative: str) -> str:
    value = (value + 180) % 360 - 180 if abs(value) > 180 else value
    sign = "" if value in (0, 180) else positive if value > 0 else negative
    digits = next((n for n in (0, 1) if abs(value - round(value, n)) < 1e-9), 2)
    return f"{words.number(abs(value), digits)}° {sign}".rstrip()
