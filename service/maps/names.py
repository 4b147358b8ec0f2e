"""Names and counts of districts on a printed map, none over another."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from service.content.districts import districts_of
from service.content.legend import Shown, counts_of
from service.content.view import RiskView
from service.i18n import Translator
from service.maps import palette
from service.maps.drawing import frame_of, seen
from service.maps.marks import Halos, badge, badge_size, size_of, write
from service.maps.outlines import Outlines
from service.maps.placement import Box, Room, grid

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


def label_districts(
    axes: Any, view: RiskView, outlines: Outlines, say: Translator, room: Room, kind: Type,
    *, shown: Shown, first: int | None = None,
) -> None:  # fmt: skip
    """Write counts, then names, those with a record first; what finds no room is left out.

    Parameters
    ----------
    axes
        Axes in projected metres, already fitted.
    view
        Frames of one snapshot.
    outlines
        Of the map.
    say
        Language of the names.
    room
        What is taken on the map.
    kind
        Sizes of type.
    shown
        How incidents whose point is known are shown: the counts are of the others.
    first
        Position of the district that the map is about.
    """
    names, counts = [row.name for row in districts_of(view, say)], counts_of(view, shown)
    recorded = view.risk["incidents"].to_numpy() > 0
    rank = np.nan_to_num(
        view.risk[view.headline].to_numpy(dtype="float64", na_value=np.nan), nan=-1.0
    )
    order = sorted(
        [int(i) for i in np.flatnonzero(seen(axes, outlines.shapes))],
        key=lambda i: (i != first, not recorded[i], -rank[i], -shapely.area(outlines.shapes[i])),
    )
    spots = {i: spot for i in order if (spot := _spot(axes, outlines, i)) is not None}
    badges: dict[int, Box] = {}
    for i, (at, shape) in spots.items():
        count = float(counts[i])
        if count > 0:
            text = say.number(round(count, 2))
            size = badge_size(room, text, kind.count)
            box = room.place(at, size, shape, steps=_SPOTS, outside=1.0, cover=0.6)
            if box is not None:
                badge(axes, box, text, kind.count, room.point)
                badges[i] = box
    halos = Halos(room)
    for i, spot in spots.items():
        strong = bool(recorded[i]) or i == first
        points, text = kind.strong if strong else kind.plain, names[i]
        box = _name(axes, room, spot, text, points, badges.get(i), strong=strong)
        if box is not None:
            halos.add(box, text, points, bold=strong)
    halos.draw(axes, RIM * kind.plain)


def _spot(axes: Any, outlines: Outlines, i: int) -> tuple[Any, Any] | None:
    """Give where a name stands best, and the part of the district that is seen."""
    west, south, east, north = frame_of(axes)
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
    axes: Any, room: Room, spot: tuple[Any, Any], text: str, size: float, count: Box | None,
    *, strong: bool,
) -> Box | None:  # fmt: skip
    """Write a name where there is room for it; give its box."""
    at, shape = spot
    box = size_of(room, text, size, bold=strong)
    if count is not None:
        found = room.place(at, box, shape, steps=_beside(at, count, box, room), outside=1.0)
    else:
        steps, outside = (_FAR, 1.0) if strong else (_NEAR, 0.3)
        found = room.place(at, box, shape, steps=steps, outside=outside)
    if found is None:
        return None
    if strong:
        _leader(axes, room, found, at, count)
        write(axes, found, text, size, fontweight="bold")
    else:
        write(axes, found, text, size, color=palette.SOFT)
    return found


def _beside(at: Any, count: Box, size: tuple[float, float], room: Room) -> Any:
    """Give offsets from `at` below, above and beside a badge, and farther ones."""
    middle = np.array([(count[0] + count[2]) / 2, (count[1] + count[3]) / 2])
    gap = 0.6 * room.point
    x = (count[2] - count[0]) / 2 + size[0] / 2 + gap
    y = (count[3] - count[1]) / 2 + size[1] / 2 + gap
    near = [(0, -y), (0, y), (x, 0), (-x, 0), (x / 2, -y), (-x / 2, -y), (x / 2, y), (-x / 2, y)]
    far = grid(3, 6, 0.5, 1.0) * np.asarray(size)
    return (middle - np.asarray(at) + np.vstack([near, far])) / np.asarray(size)


def _leader(axes: Any, room: Room, box: Box, at: Any, count: Box | None) -> None:
    """Join a name to its district when it stands apart from it."""
    label = shapely.box(*box)
    origin = shapely.Point(at) if count is None else shapely.box(*count)
    if shapely.distance(label, origin) <= 6 * room.point:
        return
    start, end = shapely.get_coordinates(shapely.shortest_line(label, origin))
    style = {"color": palette.INK, "linewidth": 0.5, "zorder": 6}
    axes.plot([start[0], end[0]], [start[1], end[1]], scalex=False, scaley=False, **style)
