"""Incidents on a printed map: marks at their places, or counts of their districts."""

from typing import Any

import numpy as np
import shapely

from service.content.view import RiskView
from service.maps import palette
from service.maps.outlines import Outlines


def within(view: RiskView, outlines: Outlines, frame: Any) -> tuple[Any, Any]:
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


def _known(view: RiskView) -> tuple[Any, Any, Any]:
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
