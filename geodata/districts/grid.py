"""Which district a point is in: a raster look-up with an exact test near boundaries."""

from collections import OrderedDict
from threading import Lock
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from scipy import ndimage

from geodata.districts.edition import shape_key
from geodata.errors import InvalidInput

CELLS = 2048
OUTSIDE = -1
_MIXED = -2


class DistrictGrid:
    """Finds the district of each of many points, exactly and each point once.

    A grid of about 2048 cells a side is laid over the districts. Cells that no boundary
    comes near belong to one district or to none, found by one exact test for each
    connected group of them; points in the other cells are tested exactly. A point on a
    shared boundary belongs to the district with the smallest `district_id`.

    Parameters
    ----------
    districts
        Frame with `district_id` and valid polygons in OGC:CRS84 (lon, lat); missing
        geometries hold no point.
    cells
        Cells along the longer side.
    """

    def __init__(self, districts: gpd.GeoDataFrame, *, cells: int = CELLS) -> None:
        shapes = np.array(districts.geometry.to_numpy(), dtype=object)
        ids = districts["district_id"].astype(str).to_numpy()
        self._shapes = shapes
        self._by_id = np.argsort(ids, kind="stable")
        self._rank = np.argsort(self._by_id)
        shapely.prepare(shapes)
        self._tree = shapely.STRtree(shapes)
        self._origin, self._size, self._count = _layout(shapes, cells)
        self._cells = self._labelled()

    def locate(self, lon: Any, lat: Any) -> np.ndarray:
        """Find the district of each point.

        Parameters
        ----------
        lon, lat
            Arrays of degrees, WGS 84, of one length.

        Returns
        -------
        numpy.ndarray
            For each point the row position in the districts, or -1 where it lies in none
            or a coordinate is missing or not finite.

        Raises
        ------
        InvalidInput
            The arrays differ in length (code ``bad-points``).
        """
        x = np.asarray(lon, dtype=np.float64).ravel()
        y = np.asarray(lat, dtype=np.float64).ravel()
        if x.shape != y.shape:
            raise InvalidInput("lon and lat must have one length.", code="bad-points")
        column = self._index(x, 0)
        row = self._index(y, 1)
        result = self._cells[row, column]
        near = np.flatnonzero(result == _MIXED)
        if len(near):
            result[near] = self._exact(x[near], y[near])
        return result

    def _index(self, values: np.ndarray, axis: int) -> np.ndarray:
        # The outermost ring of cells is empty, so clipping puts whatever lies outside there.
        scaled = (values - self._origin[axis]) * (1.0 / self._size[axis])
        limit = self._count[axis] - 1
        np.nan_to_num(scaled, copy=False, nan=0.0, posinf=limit, neginf=0.0)
        return np.clip(scaled, 0, limit).astype(np.intp)

    def _exact(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        found = np.full(len(x), OUTSIDE, dtype=self._cells.dtype)
        points, candidates = self._tree.query(shapely.points(x, y))
        order = np.argsort(self._rank[candidates], kind="stable")
        points, candidates = points[order], candidates[order]
        starts = np.flatnonzero(np.diff(candidates, prepend=-1))
        for start, stop in zip(starts, [*starts[1:], len(points)], strict=True):
            district = candidates[start]
            open_points = points[start:stop]
            open_points = open_points[found[open_points] == OUTSIDE]
            inside = shapely.intersects_xy(self._shapes[district], x[open_points], y[open_points])
            found[open_points[inside]] = district
        return found

    def _labelled(self) -> np.ndarray:
        columns, rows = self._count
        mixed = np.zeros((rows, columns), dtype=bool)
        lines = shapely.boundary(self._shapes[~shapely.is_missing(self._shapes)])
        scaled = shapely.transform(lines, lambda xy: (xy - self._origin) / self._size)
        # Half a cell apart, then dilated by one cell: no boundary slips between the marks.
        dense = shapely.get_coordinates(shapely.segmentize(scaled, 0.5)).astype(np.intp)
        mixed[dense[:, 1], dense[:, 0]] = True
        mixed = ndimage.binary_dilation(mixed, np.ones((3, 3), dtype=bool))
        groups, count = ndimage.label(~mixed)
        _, first = np.unique(groups, return_index=True)
        first = first[1:] if mixed.any() else first
        row, column = np.unravel_index(first, groups.shape)
        x = self._origin[0] + (column + 0.5) * self._size[0]
        y = self._origin[1] + (row + 0.5) * self._size[1]
        kind = np.int16 if len(self._shapes) < 32_000 else np.int32
        labels = np.full(count + 1, _MIXED, dtype=kind)
        self._cells = np.zeros(0, dtype=kind)
        labels[1:] = self._exact(x, y)
        return labels[groups]


def _layout(shapes: np.ndarray, cells: int) -> tuple[np.ndarray, np.ndarray, tuple[int, int]]:
    bounds = shapely.total_bounds(shapes)
    if not np.isfinite(bounds).all():
        bounds = np.array([0.0, 0.0, 1.0, 1.0])
    extent = np.maximum(bounds[2:] - bounds[:2], 1e-6)
    size = extent.max() / cells
    inner = np.ceil(extent / size).astype(int) + 1
    # Three empty cells on each side hold whatever lies outside, after dilation too.
    origin = bounds[:2] - 3 * size
    return origin, np.array([size, size]), (int(inner[0]) + 6, int(inner[1]) + 6)


_CACHE: OrderedDict[str, DistrictGrid] = OrderedDict()
_CACHE_SIZE = 8
_LOCK = Lock()


def grid_of(districts: gpd.GeoDataFrame) -> DistrictGrid:
    """Give the grid of these districts, built once for equal ids and shapes.

    Parameters
    ----------
    districts
        Frame with `district_id` and polygons in OGC:CRS84.

    Returns
    -------
    DistrictGrid
        Shared and safe to use from several threads.
    """
    key = shape_key(districts)
    with _LOCK:
        if key in _CACHE:
            _CACHE.move_to_end(key)
            return _CACHE[key]
    grid = DistrictGrid(districts)
    with _LOCK:
        _CACHE[key] = grid
        while len(_CACHE) > _CACHE_SIZE:
            _CACHE.popitem(last=False)
    return grid
