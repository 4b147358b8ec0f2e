"""Geometry for the page: one simplified coverage, in small integers, with label points."""

from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geodata.districts import drawable, simplified

SCALE = 10_000
"""Units a degree: 1e-4 degrees is 11 m, a twentieth of the boundaries' own accuracy."""
MAX_VERTICES = 20_000
Shape = list[list[list[int]]]


def light(districts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Simplify districts as one coverage until they are light enough for a phone.

    Parameters
    ----------
    districts
        WGS 84 polygons.

    Returns
    -------
    geopandas.GeoDataFrame
        The same rows; unchanged when light already.
    """
    tolerance_m = 50.0
    districts = drawable(districts)
    found = districts
    while shapely.get_num_coordinates(found.geometry.array).sum() > MAX_VERTICES:
        found = simplified(districts, tolerance_m)
        tolerance_m *= 2
        if tolerance_m > 5_000:
            break
    return found


def encode(geometry: Any) -> Shape | None:
    """Write polygons as rings of integer differences, ``x0, y0, dx1, dy1, …``.

    Parameters
    ----------
    geometry
        Polygon or MultiPolygon in WGS 84 (lon, lat); parts of other kinds are left out.

    Returns
    -------
    list or None
        Polygons of rings in units of 1/`SCALE` degree; None where nothing is left.
    """
    if geometry is None or geometry.is_empty:
        return None
    parts = [p for p in shapely.get_parts(geometry) if p.geom_type == "Polygon"]
    shape = []
    for part in parts:
        rings = [_ring(ring) for ring in (part.exterior, *part.interiors)]
        if rings[0]:
            shape.append([ring for ring in rings if ring])
    return shape or None


def _ring(ring: Any) -> list[int]:
    points = np.rint(shapely.get_coordinates(ring)[:-1] * SCALE).astype(np.int64)
    moved = np.any(np.diff(points, axis=0) != 0, axis=1)
    points = points[np.concatenate([[True], moved])]
    if len(points) < 3:
        return []
    steps = np.vstack([points[:1], np.diff(points, axis=0)])
    flat: list[int] = steps.ravel().tolist()
    return flat


def label_points(geometry: Any) -> Any:
    """Give the point farthest from the border of each polygon's largest part.

    Parameters
    ----------
    geometry
        Array of polygons, WGS 84.

    Returns
    -------
    numpy.ndarray
        lon, lat in rows; NaN for an empty geometry. A place for a name, never a location.
    """
    points = np.full((len(geometry), 2), np.nan)
    for i, shape in enumerate(geometry):
        if shape is None or shape.is_empty:
            continue
        largest = max(shapely.get_parts(shape), key=lambda part: part.area)
        circle = shapely.maximum_inscribed_circle(largest, tolerance=0.005)
        points[i] = shapely.get_coordinates(circle)[0]
    return points
