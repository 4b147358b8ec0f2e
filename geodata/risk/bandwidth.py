"""The bandwidth of a kernel surface, by rule and by cross-validated likelihood."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import map_coordinates

from geodata.risk.grid import Grid, inside
from geodata.risk.surface import binned, smooth

Floats = NDArray[np.float64]
MIN_POINTS = 10
DEFAULT_M = 10_000.0
"""Used where fewer than ten places are known: the size of a district, not of the data."""
_EXACT = 1_500


def rule_of_thumb(points_xy: ArrayLike, *, minimum_m: float = 1_000.0) -> float:
    """Give Scott's bandwidth for two dimensions from robust spreads.

    ``h = n^(-1/6) sqrt(s_x s_y)``, each s the smaller of the standard deviation and the
    interquartile range / 1.349.

    Parameters
    ----------
    points_xy
        n x 2 projected coordinates, metres.
    minimum_m
        Never narrower: places are not known better than that.

    Returns
    -------
    float
        Metres; `DEFAULT_M` where fewer than ten distinct places are known.

    References
    ----------
    Scott DW (1992). Multivariate Density Estimation. Wiley, section 6.3.
    """
    xy = _finite(points_xy)
    if not enough_places(xy):
        return DEFAULT_M
    spread = xy.std(axis=0, ddof=1)
    quartiles = np.diff(np.quantile(xy, [0.25, 0.75], axis=0), axis=0)[0] / 1.349
    robust = np.where(quartiles > 0, np.minimum(spread, quartiles), spread)
    robust = np.maximum(robust, 1e-9)
    return max(float(np.sqrt(robust.prod()) * len(xy) ** (-1 / 6)), minimum_m)


def enough_places(points_xy: ArrayLike) -> bool:
    """Say whether the points are enough to choose a bandwidth from.

    Parameters
    ----------
    points_xy
        n x 2 coordinates.

    Returns
    -------
    bool
        True from ten distinct places on.
    """
    return len(np.unique(_finite(points_xy), axis=0)) >= MIN_POINTS


def cross_validated(
    points_xy: ArrayLike, window: Any, cell_m: float, *, candidates: ArrayLike | None = None
) -> float:
    """Choose the bandwidth under which the other places foresee each place best.

    Maximises ``sum_i log lambda_(-i)(x_i)``. All incidents at one coordinate are left out
    together: gazetteer points repeat, and a place would foresee itself with any narrow
    kernel.

    Parameters
    ----------
    points_xy
        n x 2 projected coordinates, metres.
    window
        Polygon in the same system; places outside are left out.
    cell_m
        Side of the grid's cells; candidates are not narrower.
    candidates
        Bandwidths to try; default 24 from a cell to half the window's width.

    Returns
    -------
    float
        Metres; `DEFAULT_M` where fewer than ten distinct places are known.

    References
    ----------
    Silverman BW (1986). Density Estimation. Chapman & Hall, section 3.4.4.
    """
    grid = Grid.over(window, cell_m)
    xy = _finite(points_xy)
    xy = xy[inside(xy, window, grid)]
    places, repeats = np.unique(xy, axis=0, return_counts=True)
    if len(places) < MIN_POINTS:
        return DEFAULT_M
    west, south, east, north = window.bounds
    widest = max(min(east - west, north - south) / 2, 2 * cell_m)
    tried = np.geomspace(cell_m, widest, 24) if candidates is None else candidates
    scores = [_left_out(places, repeats.astype(float), grid, h) for h in np.asarray(tried, float)]
    return float(np.asarray(tried, float)[int(np.argmax(scores))])


def _left_out(places: Floats, repeats: Floats, grid: Grid, bandwidth: float) -> float:
    """Log likelihood of each place under the others; exact for few, gridded for many."""
    total = repeats.sum()
    if len(places) <= _EXACT:
        squared = ((places[:, None] - places[None]) ** 2).sum(axis=2)
        kernel = np.exp(-squared / (2 * bandwidth**2)) / (2 * np.pi * bandwidth**2)
        np.fill_diagonal(kernel, 0.0)
        density = kernel @ repeats / (total - repeats)
    else:
        mass = smooth(binned(places, repeats, grid), grid, bandwidth) / grid.cell_m**2
        column, row = grid.positions(places)
        here = map_coordinates(mass, [row, column], order=1, mode="nearest")
        own = repeats / (2 * np.pi * (bandwidth**2 + grid.cell_m**2 / 6))
        density = np.maximum(here - own, 0.0) / (total - repeats)
    # a floor far below any density: one lone place must not decide by log 0
    return float((repeats * np.log(np.maximum(density, 1e-20))).sum())


def _finite(points_xy: ArrayLike) -> Floats:
    xy = np.asarray(points_xy, float).reshape(-1, 2)
    return xy[np.isfinite(xy).all(axis=1)]
