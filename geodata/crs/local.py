"""Metres around a place: an equal-area system, and plain arrays of coordinates."""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from pyproj import CRS

from geodata.crs.moving import transformer_between
from geodata.errors import InvalidInput


def local_equal_area(bounds: Sequence[float]) -> CRS:
    """Give an equal-area system in metres, centred on a box.

    Lambert's azimuthal equal-area projection: areas are exact, lengths within 0.1 % up to
    550 km from the centre.

    Parameters
    ----------
    bounds
        ``west, south, east, north`` in degrees.

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
    return _equal_area_at(lon, lat)


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
