"""Geometries and boxes from one coordinate system to another."""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError

from geodata.crs.naming import axis_order, bad_crs, is_crs84, parse_crs
from geodata.errors import InvalidInput

Bounds = tuple[float, float, float, float]


@lru_cache(maxsize=256)
def transformer_between(source: CRS, target: CRS) -> Transformer:
    """Give the transformer of two systems, longitude or easting first on both sides."""
    return Transformer.from_crs(source, target, always_xy=True)


def to_crs(geometries: Any, crs: CRS) -> np.ndarray:
    """Express WGS 84 geometries in another system, in its authority's axis order.

    Parameters
    ----------
    geometries
        Array, GeoSeries or GeoSeries array of shapely geometries in OGC:CRS84
        (lon, lat); missing ones stay missing.
    crs
        The system wanted, as `parse_crs` gives it.

    Returns
    -------
    numpy.ndarray
        Geometries in the order given. In EPSG:4326 a point is (lat, lon).

    Raises
    ------
    InvalidInput
        A geometry lies where the system is not defined (code ``bad-crs``).
    """
    shapes = np.asarray(geometries, dtype=object)
    if is_crs84(crs):
        return shapes
    return _moved(shapes, transformer_between(parse_crs("OGC:CRS84"), crs), crs, swap_after=True)


def from_crs(geometries: Any, crs: CRS) -> np.ndarray:
    """Bring geometries in another system, in its authority's axis order, to WGS 84.

    Parameters
    ----------
    geometries
        Array of shapely geometries; in EPSG:4326 a point is (lat, lon). Missing ones stay
        missing.
    crs
        The system they are in.

    Returns
    -------
    numpy.ndarray
        Geometries in OGC:CRS84 (lon, lat), in the order given.

    Raises
    ------
    InvalidInput
        A coordinate is outside the system's domain (code ``bad-crs``).
    """
    shapes = np.asarray(geometries, dtype=object)
    if is_crs84(crs):
        return shapes
    return _moved(shapes, transformer_between(crs, parse_crs("OGC:CRS84")), crs, swap_after=False)


def _moved(
    shapes: np.ndarray, transformer: Transformer, crs: CRS, *, swap_after: bool
) -> np.ndarray:
    swap = axis_order(crs) == "yx"

    def move(coordinates: np.ndarray) -> np.ndarray:
        if swap and not swap_after:
            coordinates = coordinates[:, ::-1]
        x, y = transformer.transform(coordinates[:, 0], coordinates[:, 1])
        if not (np.isfinite(x).all() and np.isfinite(y).all()):
            raise bad_crs(crs.to_string(), "some coordinates lie outside its domain")
        return np.column_stack((y, x) if swap and swap_after else (x, y))

    return np.asarray(shapely.transform(shapes, move), dtype=object)


def bounds_from_crs(bounds: Sequence[float], crs: CRS) -> Bounds:
    """Bring a bounding box to WGS 84.

    Parameters
    ----------
    bounds
        Minimum of both axes, then maximum of both, in the authority's axis order:
        ``lat, lon, lat, lon`` for EPSG:4326.
    crs
        The system of the box.

    Returns
    -------
    tuple of float
        ``west, south, east, north`` in degrees; west > east where the box crosses the
        antimeridian. Edges are followed, not only the corners.

    Raises
    ------
    InvalidInput
        The box is not finite or outside the system's domain (code ``bad-bbox``).
    """
    first, second, third, fourth = (float(value) for value in bounds)
    if axis_order(crs) == "yx":
        first, second, third, fourth = second, first, fourth, third
    box = (first, second, third, fourth)
    moved: list[float] = [math.nan]
    if all(map(math.isfinite, box)):
        moved = list(box) if _is_wgs84_degrees(crs) else _followed(box, crs)
    if not all(map(math.isfinite, moved)):
        raise InvalidInput(
            f"The box cannot be placed on the ground in {crs.name}: give four finite numbers "
            "inside the area the system is defined for.",
            code="bad-bbox",
            details=[{"field": "bbox", "reason": "outside the coordinate system's domain"}],
        )
    west, south, east, north = moved
    return west, south, east, north


def _is_wgs84_degrees(crs: CRS) -> bool:
    return is_crs84(crs) or bool(crs == parse_crs("EPSG:4326"))


def _followed(box: Bounds, crs: CRS) -> list[float]:
    try:
        return list(transformer_between(crs, parse_crs("OGC:CRS84")).transform_bounds(*box))
    except ProjError:
        return [math.inf]
