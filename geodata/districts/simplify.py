"""Lighter boundaries for maps, simplified as one coverage."""

from collections import OrderedDict
from threading import Lock

import geopandas as gpd
import numpy as np
import shapely

from geodata.crs import extent, local_equal_area, parse_crs, transform_xy, whole_within_180
from geodata.districts.edition import shape_key
from geodata.errors import InvalidInput

MOST_VERTICES = 50_000
"""Of all districts together: above it they are drawn, and cut into cells, in a lighter form."""
_FINEST_M, _COARSEST_M = 25.0, 5_000.0
Copies = list[tuple[float, gpd.GeoDataFrame]]
"""Lighter and lighter copies, each with the tolerance in metres that it was made with."""
_COPIES: OrderedDict[str, Copies] = OrderedDict()
_MOST_COPIED = 8
_LOCK = Lock()


def drawable(districts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give the districts as maps, surfaces and cells need them; where points lie needs all.

    Parameters
    ----------
    districts
        Frame with `district_id` and valid polygons in OGC:CRS84.

    Returns
    -------
    geopandas.GeoDataFrame
        The same frame where it has at most `MOST_VERTICES`; else their ids and shapes,
        simplified as one coverage, made once for equal ids and shapes. Read only.
    """
    return _copies(districts)[-1][1]


def generalised(districts: gpd.GeoDataFrame, tolerance_m: float) -> gpd.GeoDataFrame:
    """Give the districts as `simplified` does, without going through all vertices each time.

    It begins with the lightest copy on the way to `drawable` that was made with no more than
    the tolerance: Visvalingam and Whyatt's algorithm drops the least areas first, so that what
    a smaller tolerance dropped a larger one drops too.

    Parameters
    ----------
    districts
        Frame with `district_id` and valid polygons in OGC:CRS84.
    tolerance_m
        As for `simplified`.

    Returns
    -------
    geopandas.GeoDataFrame
        At least their ids and shapes.
    """
    held = districts
    if tolerance_m >= _FINEST_M:
        held = [copy for made_with, copy in _copies(districts) if made_with <= tolerance_m][-1]
    return simplified(held, tolerance_m)


def _copies(districts: gpd.GeoDataFrame) -> Copies:
    """Give the districts, and where they have too many vertices the copies up to `drawable`'s."""
    if _vertices(districts) <= MOST_VERTICES:
        return [(0.0, districts)]
    key = shape_key(districts)
    # Held while they are made: who asks meanwhile would only make the same ones.
    with _LOCK:
        if key not in _COPIES:
            _COPIES[key] = _made(districts[["district_id", districts.geometry.name]])
            while len(_COPIES) > _MOST_COPIED:
                _COPIES.popitem(last=False)
        _COPIES.move_to_end(key)
        return _COPIES[key]


def _made(light: gpd.GeoDataFrame) -> Copies:
    copies: Copies = []
    tolerance_m = _FINEST_M
    while tolerance_m <= _COARSEST_M and _vertices(light) > MOST_VERTICES:
        light = simplified(light, tolerance_m)
        copies.append((tolerance_m, light))
        tolerance_m *= 2
    return copies


def _vertices(districts: gpd.GeoDataFrame) -> int:
    return int(shapely.get_num_coordinates(districts.geometry.array).sum())


def simplified(districts: gpd.GeoDataFrame, tolerance_m: float) -> gpd.GeoDataFrame:
    """Simplify all districts together, so that neighbours keep sharing their edges.

    Visvalingam and Whyatt's algorithm on the coverage, in an equal-area projection. Rings
    never vanish and districts never part or overlap where they did not before.

    Parameters
    ----------
    districts
        Frame with valid polygons in OGC:CRS84; missing geometries stay missing.
    tolerance_m
        Side in metres of the square whose area a dropped vertex may cut off; 0 keeps all.

    Returns
    -------
    geopandas.GeoDataFrame
        A copy with simplified MultiPolygons; `area_km2` and all else stay those of the
        full boundaries.

    Raises
    ------
    InvalidInput
        The tolerance is negative or not finite (code ``bad-tolerance``).

    References
    ----------
    Visvalingam, M., Whyatt, J. D. (1993). Line generalisation by repeated elimination of
    points. The Cartographic Journal 30, 46-51.
    """
    if not np.isfinite(tolerance_m) or tolerance_m < 0:
        raise InvalidInput("The tolerance has to be 0 metres or more.", code="bad-tolerance")
    result = districts.copy()
    shapes = np.array(districts.geometry.to_numpy(), dtype=object)
    known = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if tolerance_m == 0 or not known.any():
        return result
    wgs84, local = parse_crs("OGC:CRS84"), local_equal_area(extent(shapes[known]))

    def _flatten(xy: np.ndarray) -> np.ndarray:
        return np.column_stack(transform_xy(xy[:, 0], xy[:, 1], wgs84, local))

    def _lift(xy: np.ndarray) -> np.ndarray:
        return np.column_stack(transform_xy(xy[:, 0], xy[:, 1], local, wgs84))

    flat = shapely.transform(shapes[known], _flatten)
    # What lay along the 180th meridian comes back on either side of it.
    lifted = shapely.transform(shapely.coverage_simplify(flat, tolerance_m), _lift)
    light = whole_within_180(lifted)
    shapes[known] = [shapely.MultiPolygon(list(shapely.get_parts(shape))) for shape in light]
    return result.set_geometry(gpd.GeoSeries(shapes, index=districts.index, crs=districts.crs))
