"""A whole map on its axes: land, districts, incidents, names, and the marks around them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from service.content.legend import Shown, how_shown
from service.content.view import RiskView
from service.i18n import Translator
from service.maps import palette
from service.maps.dots import draw_points, within
from service.maps.drawing import draw_districts, draw_land, fit, frame_of, patch
from service.maps.marks import graticule, north_arrow, scale_bar
from service.maps.names import Type, label_districts
from service.maps.outlines import Outlines, coarse_shapes, outlines_of
from service.maps.placement import Room

FEW = 150
"""Incidents up to which their marks are of full size."""
MOST = 0.85
"""Share of the incidents that an inset shows at least."""
PLAIN = Type()


@dataclass(frozen=True, slots=True)
class Look:
    """How one map is drawn.

    Attributes
    ----------
    unit
        Size relative to A4.
    margin
        Around the bounds, as a share of them.
    outline
        Width of the borders in points.
    dot
        Area of an incident's mark in square points.
    kind
        Sizes of the names.
    first
        Position of the district that the map is about; None for none.
    marks
        Whether it has a north arrow and a grid of degrees.
    shown
        How incidents whose point is known are shown; None: as many as are seen allow.
    """

    unit: float = 1.0
    margin: float = 0.03
    outline: float = 0.5
    dot: float = 13.0
    kind: Type = PLAIN
    first: int | None = None
    marks: bool = True
    shown: Shown | None = None


def draw_map(
    axes: Any, view: RiskView, outlines: Outlines, say: Translator, bounds: Any, look: Look,
    *, enlarged: Any = None,
) -> Shown:  # fmt: skip
    """Draw a map.

    Parameters
    ----------
    axes
        Empty axes.
    view
        Frames of one snapshot.
    outlines
        Of the map, with at least one district.
    say
        Language of the names.
    bounds
        West, south, east, north in metres of what must be seen.
    look
        How it is drawn.
    enlarged
        West, south, east, north of a part that is drawn enlarged elsewhere; None for none.

    Returns
    -------
    str
        How incidents whose point is known are shown.
    """
    fit(axes, bounds, look.margin)
    draw_land(axes, outlines.land)
    draw_districts(axes, view, outlines.shapes, outline=look.outline)
    if look.first is not None:
        edge = {"facecolor": "none", "edgecolor": palette.INK, "linewidth": 1.8, "zorder": 4}
        axes.add_artist(patch(outlines.shapes[look.first], **edge))
    dot = look.dot * float(np.clip((FEW / max(len(view.incidents), 1)) ** 0.5, 0.4, 1))
    xy, fatal = within(view, outlines, frame_of(axes))
    shown = look.shown or how_shown(view, len(xy))
    if shown != "points":
        xy, fatal = xy[:0], fatal[:0]
    draw_points(axes, xy, fatal, size=dot * look.unit)
    room = Room(axes, xy)
    if enlarged is not None:
        _frame(axes, room, enlarged)
    scale_bar(axes, room, outlines.shapes, say, 6 * look.unit)
    if look.marks:
        north_arrow(axes, room, outlines.shapes, 8 * look.unit)
    kind = look.kind.times(look.unit)
    label_districts(axes, view, outlines, say, room, kind, shown=shown, first=look.first)
    if look.marks:
        graticule(axes, outlines.project, room, say, 5.2 * look.unit)
    return shown


def _frame(axes: Any, room: Room, bounds: Any) -> None:
    """Frame the part that is enlarged; names keep clear of its line."""
    west, south, east, north = bounds
    style = {"facecolor": "none", "edgecolor": palette.DEEP, "linewidth": 1.1, "zorder": 6}
    axes.add_artist(patch(shapely.box(*bounds), **style))
    thin = 1.2 * room.point
    for x, y, to_x, to_y in (
        (west, south, east, south),
        (west, north, east, north),
        (west, south, west, north),
        (east, south, east, north),
    ):
        room.take((x - thin, y - thin, to_x + thin, to_y + thin))


def draw_locator(axes: Any, view: RiskView, position: int | None) -> None:
    """Show where in the whole a district lies, or where the whole lies in its region.

    Parameters
    ----------
    axes
        Empty axes.
    view
        Frames of one snapshot.
    position
        Of the district; None for the whole.
    """
    outlines, shapes = outlines_of(view), coarse_shapes(view)
    fit(axes, shapely.total_bounds(shapes), 0.08 if position is not None else 0.45)
    draw_land(axes, outlines.land)
    fill = "#e3e0da" if position is not None else palette.BADGE
    whole = {"facecolor": fill, "edgecolor": "#a8a299", "linewidth": 0.25}
    axes.add_artist(patch(shapely.get_parts(shapes), **whole))
    if position is not None:
        own = {"facecolor": palette.BADGE, "edgecolor": palette.BADGE, "linewidth": 0.6}
        axes.add_artist(patch(outlines.shapes[position], **own))


def inset_bounds(view: RiskView, shapes: Any, ratio: float) -> Any:
    """Give what an inset of most of the districts with a record shows.

    Parameters
    ----------
    view
        Frames of one snapshot.
    shapes
        Projected polygons in its order.
    ratio
        Width to height of the inset.

    Returns
    -------
    tuple or None
        West, south, east, north in metres, of that ratio; None without a record.
    """
    counts = view.risk["incidents"].to_numpy(dtype="float64")
    if not (counts > 0).any():
        return None
    west, south, east, north = _most(shapes, counts)
    width, height = (east - west) * 1.2, (north - south) * 1.2
    width, height = max(width, height * ratio), max(height, width / ratio)
    x, y = (west + east) / 2, (south + north) / 2
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _most(shapes: Any, counts: Any) -> Any:
    """Bounds of the districts that hold most incidents, those far from the others left out."""
    centres = shapely.get_coordinates(shapely.centroid(shapes))
    held = np.flatnonzero(counts > 0)
    middle = np.median(np.repeat(centres[held], np.ceil(counts[held]).astype(int), axis=0), axis=0)
    held = held[np.argsort(np.hypot(*(centres[held] - middle).T), kind="stable")]
    share = np.cumsum(counts[held]) / counts[held].sum()
    return shapely.total_bounds(shapes[held[: int(np.searchsorted(share, MOST)) + 1]])
