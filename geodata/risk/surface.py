"""Kernel intensity on a grid: linear binning, separable Gaussian, exact total mass."""

from typing import Any

import numpy as np
from affine import Affine
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import correlate1d, distance_transform_edt
from scipy.special import ndtr

from geodata.errors import InvalidInput
from geodata.risk.grid import Grid, inside

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Ints = NDArray[np.intp]
_FILTER_REACH = 60


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
    xy = xy[inside(xy, window, grid)]
    mass = smooth(binned(xy, np.ones(len(xy)), grid), grid, bandwidth_m)
    return mass / cell_m**2, grid.transform


def binned(xy: Floats, weights: Floats, grid: Grid) -> Floats:
    """Share each point's weight among the four nearest cells, by distance.

    Parameters
    ----------
    xy
        n x 2 coordinates of points in the window (see `inside`).
    weights
        One weight a point.
    grid
        Where to.

    Returns
    -------
    numpy.ndarray
        Mass per cell, with the sum of the weights. A point beside the border counts in
        full in the nearest cell of the window.
    """
    rows, columns = grid.mask.shape
    if not len(xy):
        return np.zeros((rows, columns))
    x, y = grid.positions(xy)
    row = np.clip(np.floor(y + 0.5).astype(np.intp), 0, rows - 1)
    column = np.clip(np.floor(x + 0.5).astype(np.intp), 0, columns - 1)
    home = row * columns + column
    lost = ~grid.mask.ravel()[home]
    if lost.any():
        near = distance_transform_edt(~grid.mask, return_distances=False, return_indices=True)
        nearest = near[:, row[lost], column[lost]]
        home[lost] = nearest[0] * columns + nearest[1]
    return _shared(home, x, y, weights, grid.mask)


def _shared(home: Ints, x: Floats, y: Floats, weights: Floats, mask: Mask) -> Floats:
    rows, columns = mask.shape
    framed = np.pad(mask, 1).ravel()
    wide = columns + 2
    left, top = np.floor(x), np.floor(y)
    right, down = x - left, y - top
    first = ((top + 1) * wide + left + 1).astype(np.intp)
    first = np.clip(first, 0, framed.size - wide - 2)
    whole = np.ones(first.shape, dtype=bool)
    for step in (0, 1, wide, wide + 1):
        whole &= framed[first + step]
    every = bool(whole.all())
    base = first if every else first[whole]
    total = np.zeros(framed.size)
    below = weights * down
    above = weights - below
    for step, part in ((0, above), (wide, below)):
        far = part * right
        for corner, share in ((step, part - far), (step + 1, far)):
            total += np.bincount(base + corner, share if every else share[whole], framed.size)
    mass = total.reshape(rows + 2, wide)[1:-1, 1:-1].ravel().copy()
    if not every:
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
