"""Incidents on a printed map: marks at their places, or counts of their districts."""

from typing import Any, Literal

import numpy as np
import shapely

from service.maps import palette
from service.maps.drawing import frame_of
from service.maps.outlines import Outlines
from service.maps.view import MapView

MOST = 2_000
"""Marks on one map; more would hide each other and the districts."""
Shown = Literal["none", "points", "sums"]
"""How a map shows incidents whose point is known: not at all since there are none, each at
its place, or counted with their district."""


def how_shown(view: MapView, within: tuple[Outlines, Any] | None = None) -> Shown:
    """Say how a map shows the incidents whose point is known.

    Parameters
    ----------
    view
        Frames of one snapshot.
    within
        Outlines of the map, and west, south, east, north in metres of what is seen; None
        for everything.

    Returns
    -------
    str
        ``sums`` where more than `MOST` would be drawn.
    """
    known = int(view.incidents.geometry.notna().sum())
    if not known:
        return "none"
    count = known if within is None else len(_within(view, *within)[0])
    return "sums" if count > MOST else "points"


def draw_points(axes: Any, view: MapView, outlines: Outlines, *, size: float = 14) -> Any:
    """Draw incidents whose point is known.

    Parameters
    ----------
    axes
        Axes in projected metres, already fitted.
    view
        Frames of one snapshot.
    outlines
        With the projection.
    size
        Area of a mark in square points.

    Returns
    -------
    numpy.ndarray
        x, y of the points drawn, in rows.
    """
    xy, fatal = _within(view, outlines, frame_of(axes))
    for chosen, fill in ((~fatal, "white"), (fatal, palette.INK)):
        if chosen.any():
            style = {"facecolor": fill, "edgecolor": palette.BADGE, "linewidth": 1, "zorder": 5}
            axes.scatter(*xy[chosen].T, s=size, **style)
    return xy


def _within(view: MapView, outlines: Outlines, frame: Any) -> tuple[Any, Any]:
    """Points inside a frame in metres, and whether people were killed there."""
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
        held = view.risk["incidents"] > 0
        ids, counts = view.risk["district_id"][held], view.risk["incidents"][held]
        return dict(zip(ids, counts.astype(float), strict=True))
    return view.snapshot.cached(("print-counts", view.parameters), lambda: _counts(view))


def _counts(view: MapView) -> dict[str, float]:
    found: dict[str, float] = {}
    without = view.incidents.geometry.isna().to_numpy()
    shares = view.shares[without]
    for text, share in zip(view.incidents["districts"][without], shares, strict=True):
        if isinstance(text, str):
            for part in text.split(";"):
                name, _, weight = part.rpartition(":")
                found[name or part] = found.get(name or part, 0.0) + float(weight or 1) * share
    return found
