"""Kernel intensity on a grid: linear binning, separable Gaussian, exact total mass."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from affine import Affine
from numpy.typing import ArrayLike, NDArray
from rasterio.features import rasterize
from scipy.ndimage import correlate1d
from scipy.special import ndtr

from geodata.errors import InvalidInput

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Ints = NDArray[np.intp]
MAX_CELLS = 4_000_000
_FILTER_REACH = 60


@dataclass(frozen=True, slots=True)
class Grid:
    """Square cells over a window, first row in the north.

    Attributes
    ----------
    west, north
        Outer corner of the first cell, metres.
    cell_m
        Side of a cell.
    mask
        Rows x columns; True where a cell's centre lies in the window.
    """

    west: float
    north: float
    cell_m: float
    mask: Mask

    @classmethod
    def over(cls, window: Any, cell_m: float) -> "Grid":
        """Lay a grid over a polygon.

        Parameters
        ----------
        window
            Polygon or MultiPolygon, projected, metres.
        cell_m
            Side of a cell.

        Returns
        -------
        Grid
            Covering the window's bounds; a window smaller than a cell marks the cells it
            touches.

        Raises
        ------
        InvalidInput
            The window is empty, or the cells are too small or not positive.
        """
        if window is None or window.is_empty or not np.isfinite(cell_m) or cell_m <= 0:
            raise InvalidInput("A surface needs a window with an area and a cell over 0 m.")
        west, south, east, north = window.bounds
        columns = max(int(np.ceil((east - west) / cell_m - 1e-9)), 1)
        rows = max(int(np.ceil((north - south) / cell_m - 1e-9)), 1)
        if rows * columns > MAX_CELLS:
            raise InvalidInput(
                f"cell={cell_m:g} m makes {rows * columns} cells; the limit is {MAX_CELLS}. "
                "Choose larger cells.",
                code="bad-cell",
            )
        grid = cls(west, north, cell_m, np.ones((rows, columns), dtype=bool))
        return cls(west, north, cell_m, grid.covered(window))

    @property
    def transform(self) -> Affine:
        """Affine transform from column, row to x, y of the cells' outer corners."""
        return Affine(self.cell_m, 0.0, self.west, 0.0, -self.cell_m, self.north)

    def covered(self, shape: Any) -> Mask:
        """Mark the cells whose centre lies in a polygon, else those that it touches.

        Parameters
        ----------
        shape
            Polygon in the grid's coordinates.

        Returns
        -------
        numpy.ndarray
            Rows x columns.
        """
        size = self.mask.shape
        for touched in (False, True):
            burnt = rasterize(
                [shape], size, transform=self.transform, all_touched=touched, dtype="uint8"
            )
            if burnt.any():
                break
        return burnt.astype(bool)

    def positions(self, xy: Floats) -> tuple[Floats, Floats]:
        """Give fractional column and row of points, 0 at the first cell's centre.

        Parameters
        ----------
        xy
            n x 2 coordinates, metres.

        Returns
        -------
        tuple of numpy.ndarray
            Column and row.
        """
        column = (xy[:, 0] - self.west) / self.cell_m - 0.5
        row = (self.north - xy[:, 1]) / self.cell_m - 0.5
        return column, row


def intensity(
    points_xy: ArrayLike, window: Any, bandwidth_m: float, cell_m: float
) -> tuple[Floats, Affine]:
    """Estimate the intensity of points in a window, corrected for its edge.

    Gaussian kernel; each point's mass is divided by the part of its kernel inside the
    window (Jones 1993, Diggle 1985), so the surface integrates over the window to the
    number of points in it.

    Parameters
    ----------
    points_xy
        n x 2 projected coordinates, metres. Points outside the window or without
        coordinates are left out.
    window
        Polygon or MultiPolygon in the same system.
    bandwidth_m
        Standard deviation of the kernel.
    cell_m
        Side of the grid's cells.

    Returns
    -------
    tuple
        Points per m2 in each cell (rows from north to south, 0 outside the window) and the
        affine transform of the grid.

    Raises
    ------
    InvalidInput
        Bandwidth or cell is not positive, or there are too many cells.

    References
    ----------
    Diggle P (1985). A kernel method for smoothing point process data. Applied Statistics
    34, 138-147. Jones MC (1993). Simple boundary correction for kernel density
    estimation. Statistics and Computing 3, 135-146.

    Examples
    --------
    >>> from shapely import box
    >>> grid, transform = intensity([[5, 5]], box(0, 0, 10, 10), 2.0, 1.0)
    >>> round(float(grid.sum() * 1.0**2), 6)
    1.0
    """
    grid = Grid.over(window, cell_m)
    xy = np.asarray(points_xy, float).reshape(-1, 2)
    mass = smooth(binned(xy, np.ones(len(xy)), grid), grid, bandwidth_m)
    return mass / cell_m**2, grid.transform


def binned(xy: Floats, weights: Floats, grid: Grid) -> Floats:
    """Share each point's weight among the four nearest cells, by distance.

    Parameters
    ----------
    xy
        n x 2 coordinates.
    weights
        One weight a point.
    grid
        Where to.

    Returns
    -------
    numpy.ndarray
        Mass per cell. A point counts when its own cell is in the window, and in full in
        that cell where one of the four lies outside the window.
    """
    rows, columns = grid.mask.shape
    x, y = grid.positions(xy)
    # beyond any grid, so that one comparison drops points without coordinates too
    near_x, near_y = np.floor(x + 0.5), np.floor(y + 0.5)
    with np.errstate(invalid="ignore"):
        inside = (near_x >= 0) & (near_x < columns) & (near_y >= 0) & (near_y < rows)
    if not inside.all():
        x, y, near_x, near_y = x[inside], y[inside], near_x[inside], near_y[inside]
        weights = weights[inside]
    home = (near_y * columns + near_x).astype(np.intp)
    kept = grid.mask.ravel()[home]
    if not kept.all():
        home, x, y, weights = home[kept], x[kept], y[kept], weights[kept]
    return _shared(home, x, y, weights, grid.mask)


def _shared(home: Ints, x: Floats, y: Floats, weights: Floats, mask: Mask) -> Floats:
    rows, columns = mask.shape
    framed = np.pad(mask, 1).ravel()
    wide = columns + 2
    left, top = np.floor(x), np.floor(y)
    right, down = x - left, y - top
    first = ((top + 1) * wide + left + 1).astype(np.intp)
    whole = np.ones(first.shape, dtype=bool)
    for step in (0, 1, wide, wide + 1):
        whole &= framed[first + step]
    total = np.zeros(framed.size)
    below = weights * down
    above = weights - below
    for step, part in ((0, above), (wide, below)):
        far = part * right
        for corner, share in ((step, part - far), (step + 1, far)):
            total += np.bincount(first[whole] + corner, share[whole], framed.size)
    mass = total.reshape(rows + 2, wide)[1:-1, 1:-1].ravel().copy()
    if not whole.all():
        # a point beside the edge keeps to its own cell rather than leave the window
        mass += np.bincount(home[~whole], weights[~whole], mass.size)
    return mass.reshape(rows, columns)


def smooth(mass: Floats, grid: Grid, bandwidth_m: float) -> Floats:
    """Spread the mass of cells by a Gaussian without losing any over the window's edge.

    Parameters
    ----------
    mass
        Mass per cell, 0 outside the window.
    grid
        The grid.
    bandwidth_m
        Standard deviation of the kernel.

    Returns
    -------
    numpy.ndarray
        Mass per cell with the same sum, 0 outside the window.

    Raises
    ------
    InvalidInput
        The bandwidth is not positive.
    """
    if not np.isfinite(bandwidth_m) or bandwidth_m <= 0:
        raise InvalidInput("The bandwidth must be a number of metres over 0.", code="bad-bandwidth")
    bandwidth = bandwidth_m / grid.cell_m
    window = _window_share(grid.mask, bandwidth)
    corrected = np.divide(mass, window, out=np.zeros(mass.shape), where=mass > 0)
    return _blurred(corrected, bandwidth) * grid.mask


def _window_share(mask: Mask, bandwidth: float) -> Floats:
    """Share of each cell's kernel that lies in the window."""
    if mask.all():
        down, across = (_blurred(np.ones((1, size)), bandwidth, (1,)) for size in mask.shape)
        return down.T * across
    return _blurred(mask.astype(float), bandwidth)


def _blurred(values: Floats, bandwidth: float, axes: tuple[int, ...] = (0, 1)) -> Floats:
    """Blur by the Gaussian's exact mass in each cell, one axis after the other.

    The kernel is symmetric and the same for mass and window, so nothing is lost whatever
    its tail is cut at. A wide one is a matrix product: a filter's cost grows with it.
    """
    reach = int(np.ceil(5 * bandwidth)) + 1
    for axis in axes:
        size = values.shape[axis]
        if reach <= _FILTER_REACH:
            edges = (np.arange(-reach, reach + 2) - 0.5) / bandwidth
            values = correlate1d(values, np.diff(ndtr(edges)), axis=axis, mode="constant")
        else:
            mass = np.diff(ndtr((np.arange(size + 1) - 0.5) / bandwidth))
            kernel = mass[np.abs(np.arange(size)[:, None] - np.arange(size))]
            values = kernel @ values if axis == 0 else values @ kernel
    return np.asarray(values)
