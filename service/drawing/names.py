"""Names and counts of districts on a map, none over another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from service.drawing import palette
from service.drawing.canvas import Canvas
from service.drawing.marks import badge, badge_size, size_of, start_of
from service.drawing.outlines import Outlines
from service.drawing.room import Box, Room, grid

LEAST_PART = 0.15
"""A district at the edge of the map is named when this share of it is seen."""
RIM = 0.36
"""Width of the white rim around names, in sizes of the plain type."""
_NEAR = grid(2, 4, 0.25, 0.45)
_FAR = np.vstack([_NEAR, grid(3, 8, 0.5, 0.8)])
_SPOTS = grid(4, 4, 0.8, 0.7)


@dataclass(frozen=True, slots=True)
class Type:
    """Sizes of type on one map, in points.

    Attributes
    ----------
    strong
        Names of districts with a record.
    plain
        Other names.
    count
        Counts of incidents known only by district.
    """

    strong: float = 6.6
    plain: float = 5.3
    count: float = 6.8

    def times(self, unit: float) -> "Type":
        """Give the same sizes on a larger sheet."""
        return Type(self.strong * unit, self.plain * unit, self.count * unit)


@dataclass(frozen=True, slots=True)
class Labels:
    """What is written on the districts, in their order.

    Attributes
    ----------
    names
        In the reader's language.
    recorded, rates
        Whether each has a record, and by what they find room: the highest first, unknown
        (NaN) last.
    counts
        Numbers in the reader's language; empty for none.
    """

    names: Sequence[str]
    recorded: Any
    rates: Any
    counts: Sequence[str]


def label_districts(
    canvas: Canvas, outlines: Outlines, labels: Labels, room: Room, kind: Type,
    *, first: int | None = None,
) -> None:  # fmt: skip
    """Write counts, then names, those with a record first; what finds no room is left out.

    Parameters
    ----------
    canvas
        The map.
    outlines
        Of the map.
    labels
        What is written.
    room
        What is taken on the map.
    kind
        Sizes of type.
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
