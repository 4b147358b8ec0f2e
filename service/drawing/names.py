"""Names and counts of districts on a map: where they find room, none over another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from service.drawing import palette
from service.drawing.canvas import ASCENT, Canvas, ems
from service.drawing.outlines import Outlines

Box = tuple[float, float, float, float]
"""West, south, east, north in metres."""
EDGE = 2.0
"""Least distance of a label from the frame, in points."""
APART = 1.0
"""Least distance between labels side by side, in points."""
MARK = 2.2
"""Radius of a mark that a label rather leaves uncovered, in points."""
PER_POINT = 0.3
"""Cost of a mark that a name would cover; a label wholly outside its district costs 3."""
OUTSIDE = 3.0


DIGIT = 0.73
"""Height of a digit in sizes of the type."""
PAD = 1.6
"""Between the number and the edge of a badge, in points."""


class Room:
    """What is taken on a map, and what is still free.

    Parameters
    ----------
    marks
        x, y in rows of points that labels rather leave uncovered.
    """

    def __init__(self, canvas: Canvas, marks: Any) -> None:
        self.point = canvas.point
        self.marks = marks
        west, south, east, north = canvas.frame
        gap = EDGE * self.point
        self.frame = west + gap, south + gap, east - gap, north - gap
        self.taken = np.empty((0, 4))

    def take(self, box: Any) -> None:
        """Note that a box is used."""
        self.taken = np.vstack([self.taken, np.asarray(box, dtype=float)])

    def free(self, boxes: Any) -> Any:
        """Tell which boxes (rows of west, south, east, north) are free and in the frame."""
        west, south, east, north = self.frame
        inside = (
            (boxes[:, 0] >= west)
            & (boxes[:, 1] >= south)
            & (boxes[:, 2] <= east)
            & (boxes[:, 3] <= north)
        )
        wide = boxes + np.array([-APART, 0, APART, 0]) * self.point
        one, other = wide[:, None, :], self.taken[None, :, :]
        over = (
            (one[..., 0] < other[..., 2])
            & (one[..., 2] > other[..., 0])
            & (one[..., 1] < other[..., 3])
            & (one[..., 3] > other[..., 1])
        )
        return inside & ~over.any(axis=1)

    def covered(self, boxes: Any) -> Any:
        """Count the marks under each box."""
        if not len(self.marks):
            return np.zeros(len(boxes))
        (x, y), gap = self.marks.T, MARK * self.point
        under = (
            (x >= boxes[:, :1] - gap)
            & (x <= boxes[:, 2:3] + gap)
            & (y >= boxes[:, 1:2] - gap)
            & (y <= boxes[:, 3:] + gap)
        )
        return under.sum(axis=1)

    def pick(self, boxes: Any, cost: Any) -> Box | None:
        """Take the free box of the least cost, the earlier one of equals.

        None where all is taken.

        Parameters
        ----------
        boxes
            Rows of west, south, east, north.
        cost
            One number a box; infinite is never taken.
        """
        cost = np.where(self.free(boxes), cost, np.inf)
        best = int(np.argmin(cost))
        if not np.isfinite(cost[best]):
            return None
        west, south, east, north = (float(v) for v in boxes[best])
        self.take(boxes[best])
        return west, south, east, north

    def place(
        self,
        at: Any,
        size: tuple[float, float],
        shape: Any,
        *,
        steps: Any,
        outside: float,
        cover: float = PER_POINT,
    ) -> Box | None:
        """Find room for a label near a point, inside its district if that is possible.

        None where there is no room.

        Parameters
        ----------
        at
            x, y where the label stands best.
        steps
            Offsets to try, in rows of shares of the width and of the height.
        outside
            Greatest share of the label that may be outside the district.
        cover
            Cost of a mark that is covered.
        """
        middle = np.asarray(at) + steps * np.asarray(size)
        half = np.asarray(size) / 2
        boxes = np.hstack([middle - half, middle + half])
        first = boxes[:1]
        if self.free(first)[0] and not self.covered(first)[0]:
            shapely.prepare(shape)
            if shapely.contains_properly(shape, shapely.box(*first[0])):
                return self.pick(first, np.zeros(1))
        free = np.flatnonzero(self.free(boxes))
        if not len(free):
            return None
        drawn = shapely.box(*boxes[free].T)
        out = 1 - shapely.area(shapely.intersection(shape, drawn)) / (size[0] * size[1])
        away = np.hypot(*(steps[free] * np.asarray(size) / size[0]).T)
        cost = OUTSIDE * out + cover * self.covered(boxes[free]) + 0.4 * away
        return self.pick(boxes[free], np.where(out <= outside, cost, np.inf))


def grid(across: int, along: int, step_x: float, step_y: float) -> Any:
    """Give offsets on a grid, the middle first and then outwards."""
    x, y = np.meshgrid(np.arange(-across, across + 1), np.arange(-along, along + 1))
    steps = np.column_stack([x.ravel() * step_x, y.ravel() * step_y])
    order = np.lexsort((steps[:, 0], steps[:, 1], np.round(np.hypot(*steps.T), 6)))
    return steps[order]


LEAST_PART = 0.15
"""A district at the edge of the map is named when this share of it is seen."""
RIM = 0.36
"""Width of the white rim around names, in sizes of the plain type."""
_NEAR = grid(2, 4, 0.25, 0.45)
_FAR = np.vstack([_NEAR, grid(3, 8, 0.5, 0.8)])
_SPOTS = grid(4, 4, 0.8, 0.7)


def start_of(box: Box) -> tuple[float, float]:
    """Give where the baseline of a line in a box begins."""
    west, south, _, north = box
    return west, south + (1 - ASCENT) * (north - south)


def size_of(room: Room, text: str, size: float, *, bold: bool = False) -> tuple[float, float]:
    """Give width and height in metres of one line on the map."""
    return ems(text, bold=bold) * size * room.point, size * room.point


def badge(canvas: Canvas, box: Box, text: str, size: float) -> None:
    """Draw a count of incidents that are known only by district: a square, not a point."""
    west, south, east, north = box
    canvas.draw(shapely.box(*box), fill="#fff", stroke=palette.BADGE, stroke_width=1.1)
    wide = ems(text, bold=True) * size * canvas.point
    base = (south + north) / 2 - DIGIT / 2 * size * canvas.point
    at = (west + east - wide) / 2, base
    canvas.write(at, text, size, bold=True, colour=palette.BADGE)


def badge_size(room: Room, text: str, size: float) -> tuple[float, float]:
    """Give width and height in metres of a badge."""
    width, height = size_of(room, text, size, bold=True)
    return max(width, height * 0.7) + 2 * PAD * room.point, height + PAD * room.point


@dataclass(frozen=True, slots=True)
class Type:
    """Sizes of type on one map, in points."""

    strong: float = 6.6
    """Names of districts with a record."""
    plain: float = 5.3
    """Other names."""
    count: float = 6.8
    """Counts of incidents known only by district."""

    def times(self, unit: float) -> "Type":
        """Give the same sizes on a larger sheet."""
        return Type(self.strong * unit, self.plain * unit, self.count * unit)


@dataclass(frozen=True, slots=True)
class Labels:
    """What is written on the districts, in their order."""

    names: Sequence[str]
    """In the reader's language."""
    recorded: Any
    rates: Any
    """Whether each has a record, and by what they find room: the highest first, unknown (NaN)
    last."""
    counts: Sequence[str]
    """Numbers in the reader's language; empty for none."""


def label_districts(
    canvas: Canvas, outlines: Outlines, labels: Labels, room: Room, kind: Type,
    *, first: int | None = None,
) -> None:  # fmt: skip
    """Write counts, then names, those with a record first; what finds no room is left out.

    Parameters
    ----------
    first
        Position of the district that the map is about.
    """
    rank, recorded = np.nan_to_num(labels.rates, nan=-1.0), labels.recorded
    order = sorted(
        [int(i) for i in np.flatnonzero(canvas.seen(outlines.shapes))],
        key=lambda i: (i != first, not recorded[i], -rank[i], -shapely.area(outlines.shapes[i])),
    )
    spots = {i: spot for i in order if (spot := _spot(canvas, outlines, i)) is not None}
    badges: dict[int, Box] = {}
    for i, (at, shape) in spots.items():
        text = labels.counts[i]
        if text:
            size = badge_size(room, text, kind.count)
            box = room.place(at, size, shape, steps=_SPOTS, outside=1.0, cover=0.6)
            if box is not None:
                badge(canvas, box, text, kind.count)
                badges[i] = box
    for i, spot in spots.items():
        strong = bool(recorded[i]) or i == first
        _name(canvas, room, spot, labels.names[i], kind, badges.get(i), strong=strong)


def _spot(canvas: Canvas, outlines: Outlines, i: int) -> tuple[Any, Any] | None:
    """Give where a name stands best, and the part of the district that is seen."""
    west, south, east, north = canvas.frame
    x, y = outlines.labels[i]
    shape = outlines.rough[i]
    if not np.isfinite(x):
        return None
    part = shapely.clip_by_rect(shape, west, south, east, north)
    share = shapely.area(part) / shapely.area(shape)
    if share > 0.999:
        return (x, y), shape
    large_enough = shapely.area(part) > LEAST_PART**2 * (east - west) * (north - south)
    if share < LEAST_PART and not large_enough:
        return None
    largest = max(shapely.get_parts(part), key=lambda one: one.area)
    circle = shapely.maximum_inscribed_circle(largest, tolerance=(east - west) / 100)
    return tuple(shapely.get_coordinates(circle)[0]), part


def _name(
    canvas: Canvas, room: Room, spot: tuple[Any, Any], text: str, kind: Type, count: Box | None,
    *, strong: bool,
) -> None:  # fmt: skip
    """Write a name where there is room for it."""
    (at, shape), size = spot, kind.strong if strong else kind.plain
    box = size_of(room, text, size, bold=strong)
    if count is not None:
        found = room.place(at, box, shape, steps=_beside(at, count, box, room), outside=1.0)
    else:
        steps, outside = (_FAR, 1.0) if strong else (_NEAR, 0.3)
        found = room.place(at, box, shape, steps=steps, outside=outside)
    if found is None:
        return
    if strong:
        _leader(canvas, room, found, at, count)
    colour = palette.INK if strong else palette.SOFT
    canvas.write(start_of(found), text, size, bold=strong, halo=RIM * kind.plain, colour=colour)


def _beside(at: Any, count: Box, size: tuple[float, float], room: Room) -> Any:
    """Give offsets from `at` below, above and beside a badge, and farther ones."""
    middle = np.array([(count[0] + count[2]) / 2, (count[1] + count[3]) / 2])
    gap = 0.6 * room.point
    x = (count[2] - count[0]) / 2 + size[0] / 2 + gap
    y = (count[3] - count[1]) / 2 + size[1] / 2 + gap
    near = [(0, -y), (0, y), (x, 0), (-x, 0), (x / 2, -y), (-x / 2, -y), (x / 2, y), (-x / 2, y)]
    far = grid(3, 6, 0.5, 1.0) * np.asarray(size)
    return (middle - np.asarray(at) + np.vstack([near, far])) / np.asarray(size)


def _leader(canvas: Canvas, room: Room, box: Box, at: Any, count: Box | None) -> None:
    """Join a name to its district when it stands apart from it."""
    label = shapely.box(*box)
    origin = shapely.Point(at) if count is None else shapely.box(*count)
    if shapely.distance(label, origin) > 6 * room.point:
        line = shapely.shortest_line(label, origin)
        canvas.draw(line, fill="none", stroke=palette.INK, stroke_width=0.5)
