"""Which district a point is in: a raster look-up with an exact test near boundaries."""

from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geodata.districts.geometry import kept_by_shapes
from geodata.errors import InvalidInput

CELLS = 2048
OUTSIDE = -1
_FIRST_MIXED = -2


class DistrictGrid:
    """Finds the district of each of many points, exactly and each point once.

    A grid of about 2048 cells a side is laid over the districts. Cells that no boundary
    comes near belong to one district or to none, found by one exact test for each
    run of them; points in the other cells are tested exactly. A point on a
    shared boundary belongs to the district with the smallest `district_id`.

    Parameters
    ----------
    districts
        Frame with `district_id` and valid polygons in OGC:CRS84 (lon, lat); missing
        geometries hold no point.
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
        self._per_degree = 1.0 / self._size
        self._cells = self._labelled()

    def locate(self, lon: Any, lat: Any) -> np.ndarray:
        """Find the district of each point.

        For each point the row position in the districts, or -1 where it lies in none or a
        coordinate is missing or not finite.

        Parameters
        ----------
        lon, lat
            Arrays of degrees, WGS 84, of one length.

        Raises
        ------
        InvalidInput
            The arrays differ in length (code ``bad-points``).
        """
        x = np.asarray(lon, dtype=np.float64).ravel()
        y = np.asarray(lat, dtype=np.float64).ravel()
        if x.shape != y.shape:
            raise InvalidInput("lon and lat must have one length.", code="bad-points")
        cell = self._index(y, 1)
        cell *= self._count[0]
        cell += self._index(x, 0)
        result = self._cells.take(cell)
        near = np.flatnonzero(result <= _FIRST_MIXED)
        if len(near):
            result[near] = self._exact(x[near], y[near], _FIRST_MIXED - result[near])
        return result

    def _index(self, values: np.ndarray, axis: int) -> np.ndarray:
        # The outermost ring of cells is empty, so clipping puts whatever lies outside there.
        scaled = values - self._origin[axis]
        scaled *= self._per_degree
        # fmax and fmin take the number where the other is NaN.
        np.fmax(scaled, 0.0, out=scaled)
        np.fmin(scaled, self._count[axis] - 1, out=scaled)
        index: np.ndarray = scaled.astype(np.intp)
        return index

    def _exact(self, x: np.ndarray, y: np.ndarray, mixed: np.ndarray) -> np.ndarray:
        """Test points against the candidates of their cells, smallest district first."""
        counts = self._starts[mixed + 1] - self._starts[mixed]
        points = np.repeat(np.arange(len(x)), counts)
        offsets = np.arange(len(points)) - np.repeat(np.cumsum(counts) - counts, counts)
        candidates = self._candidates[np.repeat(self._starts[mixed], counts) + offsets]
        return self._tested(x, y, points, candidates)

    def _tested(
        self, x: np.ndarray, y: np.ndarray, points: np.ndarray, candidates: np.ndarray
    ) -> np.ndarray:
        found = np.full(len(x), OUTSIDE, dtype=np.int32)
        order = np.argsort(self._rank[candidates], kind="stable")
        points, candidates = points[order], candidates[order]
        starts = np.flatnonzero(np.diff(candidates, prepend=-1))
        for start, stop in pairwise([*starts, len(points)]):
            district = candidates[start]
            waiting = points[start:stop]
            waiting = waiting[found[waiting] == OUTSIDE]
            inside = shapely.intersects_xy(self._shapes[district], x[waiting], y[waiting])
            found[waiting[inside]] = district
        return found

    def _labelled(self) -> np.ndarray:
        columns, rows = self._count
        mixed = np.zeros((rows, columns), dtype=bool)
        lines = shapely.boundary(self._shapes[~shapely.is_missing(self._shapes)])
        scaled = shapely.transform(lines, lambda xy: (xy - self._origin) * self._per_degree)
        # Half a cell apart, then dilated by one cell: no boundary slips between the marks.
        dense = shapely.get_coordinates(shapely.segmentize(scaled, 0.5)).astype(np.intp)
        mixed[dense[:, 1], dense[:, 0]] = True
        mixed = _dilated(mixed)
        cells = self._pure(mixed)
        near = np.flatnonzero(mixed)
        cells[near] = _FIRST_MIXED - np.arange(len(near), dtype=np.int32)
        x, y = self._corner(near)
        boxes = shapely.box(x, y, x + self._size, y + self._size)
        cell, district = self._tree.query(boxes)
        order = np.argsort(cell, kind="stable")
        self._candidates = district[order]
        self._starts = np.searchsorted(cell[order], np.arange(len(near) + 1))
        return cells

    def _pure(self, mixed: np.ndarray) -> np.ndarray:
        # A run of cells in one row that no boundary comes near lies in one district: one
        # exact test of its first cell's centre tells which.
        free = ~mixed
        first = free.copy()
        first[:, 1:] &= mixed[:, :-1]
        x, y = self._corner(np.flatnonzero(first))
        x, y = x + self._size / 2, y + self._size / 2
        points, candidates = self._tree.query(shapely.points(x, y))
        labels = np.append(np.int32(OUTSIDE), self._tested(x, y, points, candidates))
        runs = np.cumsum(first.ravel()) * free.ravel()
        return np.asarray(labels[runs], dtype=np.int32)

    def _corner(self, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        row, column = np.divmod(cells, self._count[0])
        return self._origin[0] + column * self._size, self._origin[1] + row * self._size


def _dilated(marked: np.ndarray) -> np.ndarray:
    wide = marked.copy()
    wide[:, 1:] |= marked[:, :-1]
    wide[:, :-1] |= marked[:, 1:]
    wide[1:] |= marked[:-1]
    wide[:-1] |= marked[1:]
    return wide


def _layout(shapes: np.ndarray, cells: int) -> tuple[np.ndarray, float, tuple[int, int]]:
    bounds = np.array([0.0, 0.0, 1.0, 1.0])
    if not (shapely.is_missing(shapes) | shapely.is_empty(shapes)).all():
        bounds = shapely.total_bounds(shapes)
    extent = np.maximum(bounds[2:] - bounds[:2], 1e-6)
    size = float(extent.max() / cells)
    inner = np.ceil(extent / size).astype(int) + 1
    # Three empty cells on each side hold whatever lies outside, after dilation too.
    origin = bounds[:2] - 3 * size
    return origin, size, (int(inner[0]) + 6, int(inner[1]) + 6)


@kept_by_shapes()
def grid_of(districts: gpd.GeoDataFrame) -> DistrictGrid:
    """Give the grid of these districts, built once for equal ids and shapes.

    Shared and safe to use from several threads.
    """
    return DistrictGrid(districts)
