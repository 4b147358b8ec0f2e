"""Areas on the ellipsoid."""

from typing import Any

import numpy as np
import shapely
from pyproj import Geod

_WGS84 = Geod(ellps="WGS84")


def geodesic_area_km2(geometries: Any) -> np.ndarray:
    """Measure polygons on the WGS 84 ellipsoid.

    Parameters
    ----------
    geometries
        Array of shapely geometries in OGC:CRS84 (lon, lat); the direction of the rings
        does not matter.

    Returns
    -------
    numpy.ndarray
        Area in km2 in the order given; NaN for missing geometries, 0 for points and
        lines.

    References
    ----------
    Karney, C. F. F. (2013). Algorithms for geodesics. Journal of Geodesy 87, 43-55.

    Examples
    --------
    >>> float(geodesic_area_km2([shapely.box(46, 40, 47, 41)])[0].round())
    9413.0
    """
    shapes = np.asarray(geometries, dtype=object).ravel()
    if not len(shapes):
        return np.zeros(0)
    return np.array(
        [
            np.nan if shape is None else abs(_WGS84.geometry_area_perimeter(shape)[0]) / 1e6
            for shape in shapely.orient_polygons(shapes)
        ]
    )
