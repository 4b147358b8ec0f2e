"""Incidents on a printed map: marks at their places, or counts of their districts."""

from typing import Any, Literal

import numpy as np
import shapely

from geodata.risk.tally import Places
from service.maps import palette
from service.maps.outlines import Outlines
from service.maps.view import MapView

MOST = 2_000
"""Marks on one map; more would hide each other and the districts."""
Shown = Literal["none", "points", "sums"]
"""How a map shows incidents whose point is known: not at all since there are none, each at
its place, or counted with their district."""


def how_shown(view: MapView, seen: int | None = None) -> Shown:
    """Say how a map shows the incidents whose point is known.

    Parameters
    ----------
    view
        Frames of one snapshot.
    seen
        How many of them lie within the map; None where it shows everything.

    Returns
    -------
    str
        ``sums`` where more than `MOST` would be drawn.
    """
    known = int(view.incidents.geometry.notna().sum())
    if not known:
        return "none"
    return "sums" if (known if seen is None else seen) > MOST else "points"


def within(view: MapView, outlines: Outlines, frame: Any) -> tuple[Any, Any]:
    """Give the incidents at known places inside a frame.

    Parameters
    ----------
    view
        Frames of one snapshot.
    outlines
        With the projection.
    frame
        West, south, east, north in metres of what is seen.

    Returns
    -------
    tuple of numpy.ndarray
        x, y in rows, and whether people were killed there.
    """
    edge = shapely.segmentize(shapely.box(*frame).exterior, (frame[2] - frame[0]) / 20)
    degrees = outlines.project.degrees(shapely.get_coordinates(edge))
    (west, south), (east, north) = degrees.min(axis=0), degrees.max(axis=0)
    lon, lat, killed = view.snapshot.cached(("print-dots", view.parameters), lambda: _known(view))
    near = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    xy = outlines.project.metres(np.column_stack([lon[near], lat[near]]))
    west, south, east, north = frame
    inside = (xy[:, 0] > west) & (xy[:, 0] < east) & (xy[:, 1] > south) & (xy[:, 1] < north)
    return xy[inside], killed[near][inside]


def _known(view: MapView) -> tuple[Any, Any, Any]:
    """Longitude, latitude, and whether people were killed, of incidents with a point."""
    held = view.incidents.geometry.notna().to_numpy()
    lon, lat = shapely.get_coordinates(view.incidents.geometry.array[held]).T
    return lon, lat, view.incidents["killed"].fillna(0).to_numpy()[held] > 0


def draw_points(axes: Any, xy: Any, fatal: Any, *, size: float = 14) -> None:
    """Draw incidents at their places.

    Parameters
    ----------
    axes
        Axes in projected metres, already fitted.
    xy, fatal
        From `within`.
    size
        Area of a mark in square points.
    """
    for chosen, fill in ((~fatal, "white"), (fatal, palette.INK)):
        if chosen.any():
            style = {"facecolor": fill, "edgecolor": palette.BADGE, "linewidth": 1, "zorder": 5}
            axes.scatter(*xy[chosen].T, s=size, **style)


def counts_of(view: MapView, shown: Shown) -> dict[str, float]:
    """Count by district, in weights, what a map tells in numbers.

    Parameters
    ----------
    view
        Frames of one snapshot.
    shown
        Of the map: with ``sums`` all incidents are counted, else those without a point.

    Returns
    -------
    dict
        Weighted count by district id; nothing for districts without any.
    """
    if shown == "sums":
        return _positive(view.risk["district_id"], view.risk["incidents"])
    return view.snapshot.cached(("print-counts", view.parameters), lambda: _without_point(view))


def _without_point(view: MapView) -> dict[str, float]:
    shares = np.where(view.incidents.geometry.isna(), view.shares, 0.0)
    names = view.districts.index
    return _positive(names, Places.of(view.incidents, names).sums(shares))


def _positive(names: Any, counts: Any) -> dict[str, float]:
    pairs = zip(names, np.asarray(counts, dtype=float), strict=True)
    return {str(name): float(count) for name, count in pairs if count > 0}
