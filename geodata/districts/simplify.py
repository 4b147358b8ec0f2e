"""Lighter boundaries for maps, simplified as one coverage."""

import geopandas as gpd
import numpy as np
import shapely

from geodata.crs import extent, local_equal_area, parse_crs, transform_xy
from geodata.errors import InvalidInput


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
    light = shapely.transform(shapely.coverage_simplify(flat, tolerance_m), _lift)
    shapes[known] = [shapely.MultiPolygon(list(shapely.get_parts(shape))) for shape in light]
    return result.set_geometry(gpd.GeoSeries(shapes, index=districts.index, crs=districts.crs))
