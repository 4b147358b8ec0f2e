"""Metres around a place: an equal-area system, and plain arrays of coordinates."""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from pyproj import CRS

from geodata.crs.moving import Bounds, transformer_between
from geodata.errors import InvalidInput

_HALF = 180.0
_TINY = 1e-9


def local_equal_area(bounds: Sequence[float]) -> CRS:
    """Give an equal-area system in metres, centred on a box.

    Lambert's azimuthal equal-area projection: areas are exact, lengths within 0.1 % up to
    550 km from the centre.

    Parameters
    ----------
    bounds
        ``west, south, east, north`` in degrees; east may be beyond 180 (see `extent`).

    Returns
    -------
    pyproj.CRS
        Easting before northing, metres.

    Raises
    ------
    InvalidInput
        The box is not finite (code ``bad-bbox``).
    """
    west, south, east, north = (float(value) for value in bounds)
    if not all(map(math.isfinite, (west, south, east, north))):
        raise InvalidInput("There is no box to project: give finite bounds.", code="bad-bbox")
    lon, lat = round((west + east) / 2, 3), round((south + north) / 2, 3)
    lon = lon - 360 if lon > 180 else lon
    return _equal_area_at(lon, lat)


def extent(shapes: Any) -> Bounds:
    """Give the smallest box that holds shapes, also over the 180th meridian.

    Parameters
    ----------
    shapes
        Array of shapely geometries in OGC:CRS84, each part within ±180 degrees; missing and
        empty ones are left out.

    Returns
    -------
    tuple of float
        West, south, east, north in degrees. Where the box goes over the 180th meridian, east is
        beyond 180. NaN where there are no shapes.

    Examples
    --------
    >>> extent([shapely.box(178, -18, 180, -17), shapely.box(-180, -18, -179, -17)])
    (178.0, -18.0, 181.0, -17.0)
    """
    known = np.asarray(shapes, dtype=object)
    if not len(known):
        return math.nan, math.nan, math.nan, math.nan
    west, south, east, north = (float(v) for v in shapely.total_bounds(known))
    if not east - west > _HALF:
        return west, south, east, north
    parts = shapely.get_parts(shapely.get_parts(known[~shapely.is_missing(known)]))
    edges = shapely.bounds(parts[~shapely.is_empty(parts)])[:, [0, 2]]
    edges = edges[np.argsort(edges[:, 0])]
    reach = np.maximum.accumulate(edges[:, 1])
    gaps = edges[1:, 0] - reach[:-1]
    if not len(gaps) or gaps.max() <= 360 - (east - west):
        return west, south, east, north
    at = int(np.argmax(gaps))
    return float(edges[at + 1, 0]), south, float(reach[at]) + 360, north


def turned(shapes: Any, west: float) -> np.ndarray:
    """Give shapes with longitudes from `west` on, so that what lies over 180 is whole.

    Parameters
    ----------
    shapes
        Array of shapely geometries in OGC:CRS84.
    west
        Western edge of `extent`; longitudes below it are raised by 360.

    Returns
    -------
    numpy.ndarray
        The parts of a shape on both sides of the 180th meridian are joined.
    """
    result = np.array(shapes, dtype=object)
    bounds = shapely.bounds(result)
    moved = np.flatnonzero(bounds[:, 0] < west - _TINY)
    if not len(moved):
        return result
    result[moved] = shapely.transform(
        result[moved], lambda xy: np.column_stack([turned_lon(xy[:, 0], west), xy[:, 1]])
    )
    # A shape on both sides of 180 was in two parts; joined, no line is drawn between them.
    both = moved[(bounds[moved, 2] > _HALF - _TINY) & (shapely.get_dimensions(result[moved]) == 2)]
    result[both] = shapely.union_all(result[both][:, None], axis=1)
    return result


def turned_lon(lon: Any, west: float) -> np.ndarray:
    """Give longitudes from `west` on: those below it raised by 360; NaN stays."""
    degrees = np.asarray(lon, dtype=float)
    return np.where(degrees < west - _TINY, degrees + 360, degrees)


def crossing(shapes: Any) -> np.ndarray:
    """Tell the shapes drawn over the 180th meridian: beyond it, or with an edge across the world.

    Parameters
    ----------
    shapes
        Array of shapely geometries, lon lat in degrees; None is none.

    Returns
    -------
    numpy.ndarray
        True for longitudes of 180 to 360, and for edges of more than 180 degrees, which go
        the other way round the earth than the plane between their ends.
    """
    shapes = np.asarray(shapes, dtype=object)
    found = np.zeros(len(shapes), dtype=bool)
    coordinates, index = shapely.get_coordinates(shapes, return_index=True)
    if not len(coordinates):
        return found
    beyond = (coordinates[:, 0] > 180.000001) & (coordinates[:, 0] <= 360.000001)
    found[index[beyond]] = True
    steps = np.abs(np.diff(coordinates[:, 0]))
    # A step of the whole circle is an edge along a pole; between two rings it is no edge.
    wide = np.flatnonzero((steps > 180) & (steps < 359.99) & (np.diff(index) == 0))
    for shape in np.unique(index[wide]).tolist():
        rings = shapely.get_rings(shapely.get_parts(shapes[shape]))
        edges = [np.abs(np.diff(shapely.get_coordinates(ring)[:, 0])) for ring in rings]
        found[shape] |= any(((e > 180) & (e < 359.99)).any() for e in edges)
    return found


def cut_at_180(shape: Any) -> Any:
    """Cut a shape at the 180th meridian, so that all of it lies within ±180 degrees."""
    whole = shapely.transform(
        shape,
        lambda xy: np.column_stack([np.where(xy[:, 0] < 0, xy[:, 0] + 360, xy[:, 0]), xy[:, 1]]),
    )
    if not shapely.is_valid(whole):
        whole = shapely.make_valid(whole, method="structure")
    west = shapely.intersection(whole, shapely.box(0, -90, 180, 90))
    east = shapely.intersection(whole, shapely.box(180, -90, 360, 90))
    moved = shapely.transform(east, lambda xy: xy - (360, 0))
    parts = [p for p in (*shapely.get_parts(west), *shapely.get_parts(moved)) if p.area > 0]
    return shapely.MultiPolygon([polygon for part in parts for polygon in shapely.get_parts(part)])


def whole_within_180(shapes: Any) -> np.ndarray:
    """Give shapes of which those over the 180th meridian are cut there."""
    result = np.array(shapes, dtype=object)
    over = crossing(result)
    result[over] = [cut_at_180(shape) for shape in result[over]]
    return result


@lru_cache(maxsize=64)
def _equal_area_at(lon: float, lat: float) -> CRS:
    return CRS.from_dict(
        {"proj": "laea", "lon_0": lon, "lat_0": lat, "datum": "WGS84", "units": "m"}
    )


def transform_xy(x: Any, y: Any, source: CRS, target: CRS) -> tuple[np.ndarray, np.ndarray]:
    """Transform coordinate arrays, longitude or easting first on both sides.

    Parameters
    ----------
    x, y
        Coordinates in `source`; NaN stays NaN.
    source, target
        Systems of the input and of the result.

    Returns
    -------
    tuple of numpy.ndarray
        x and y in `target`; not finite where it is not defined.
    """
    moved = transformer_between(source, target).transform(
        np.asarray(x, float), np.asarray(y, float)
    )
    return np.asarray(moved[0]), np.asarray(moved[1])
