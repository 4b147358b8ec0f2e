"""Which districts touch."""

import geopandas as gpd
import numpy as np
import shapely
from scipy import sparse

from geodata.crs import local_equal_area, parse_crs, transform_xy
from geodata.districts.edition import shape_key

SNAP_M = 10.0
_MATRICES: dict[tuple[str, float], sparse.csr_array] = {}
_MATRICES_SIZE = 32


def projected(shapes: np.ndarray) -> np.ndarray:
    """Project WGS 84 shapes to metres, equal-area around their common centre."""
    local = local_equal_area(shapely.total_bounds(shapes))

    def _move(coordinates: np.ndarray) -> np.ndarray:
        x, y = transform_xy(coordinates[:, 0], coordinates[:, 1], parse_crs("OGC:CRS84"), local)
        return np.column_stack((x, y))

    return np.asarray(shapely.transform(shapes, _move), dtype=object)


def contiguity(districts: gpd.GeoDataFrame, *, snap_m: float = SNAP_M) -> sparse.csr_array:
    """Say which districts are neighbours: they share an edge or a corner.

    Parameters
    ----------
    districts
        Frame with `district_id` and polygons in OGC:CRS84 (lon, lat).
    snap_m
        Districts closer than this many metres count as touching, so that slivers of
        drawing do not part neighbours.

    Returns
    -------
    scipy.sparse.csr_array
        0/1 in the rows' order, symmetric, without diagonal; a row without entries is an
        island. Read only: equal boundaries share one matrix.
    """
    key = (shape_key(districts), float(snap_m))
    if key not in _MATRICES:
        while len(_MATRICES) >= _MATRICES_SIZE:
            _MATRICES.pop(next(iter(_MATRICES)))
        _MATRICES[key] = _contiguity(districts, snap_m)
    return _MATRICES[key].copy()


def _contiguity(districts: gpd.GeoDataFrame, snap_m: float) -> sparse.csr_array:
    count = len(districts)
    shapes = np.array(districts.geometry.to_numpy(), dtype=object)
    shapes[shapely.is_empty(shapes)] = None
    if count == 0 or shapely.is_missing(shapes).all():
        return sparse.csr_array((count, count), dtype=np.int8)
    flat = projected(shapes)
    shapely.prepare(flat)
    left, right = shapely.STRtree(flat).query(flat, predicate="dwithin", distance=snap_m)
    apart = left != right
    left, right = left[apart], right[apart]
    ones = np.ones(2 * len(left), dtype=np.int8)
    matrix = sparse.coo_array(
        (ones, (np.concatenate([left, right]), np.concatenate([right, left]))), (count, count)
    ).tocsr()
    matrix.data[:] = 1
    matrix.sort_indices()
    return matrix
