"""Getis-Ord Gi*: whether high (or low) values gather around a district."""

from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from geodata.risk.smoothing import sparse_neighbours

Floats = NDArray[np.float64]


def gi_star(values: ArrayLike, neighbours: Any, *, star: bool = True) -> Floats:
    """Give the standardised Gi* of each district, binary weights with self.

    ``z = (sum_j w_ij x_j - W_i mean) / (s sqrt((n S1_i - W_i^2) / (n - 1)))`` with the
    population standard deviation s. Null hypothesis: the values are placed at random. For
    binary weights the row sums cancel, so row-standardised weights give the same z.

    Parameters
    ----------
    values
        One value a district; a missing value leaves its district out of every window.
    neighbours
        SciPy sparse matrix, or an object with ``.sparse``.
    star
        False leaves the district itself out (Gi): mean and s are then of the others.

    Returns
    -------
    numpy.ndarray
        z in the given order; NaN where the value is missing, all values are equal, or the
        window is empty (an island for Gi) or holds every district.

    References
    ----------
    Ord JK, Getis A (1995). Local spatial autocorrelation statistics: distributional
    issues and an application. Geographical Analysis 27, 286-306.

    Examples
    --------
    >>> import numpy as np, scipy.sparse as sp
    >>> line = sp.diags_array([np.ones(3), np.ones(3)], offsets=[1, -1])
    >>> gi_star([1, 1, 0, 0], line).round(3).tolist()
    [1.732, 1.0, -1.0, -1.732]
    """
    x = np.asarray(values, float)
    known = np.isfinite(x)
    matrix = sparse_neighbours(neighbours)[known][:, known]
    z = np.full(x.shape, np.nan)
    if known.sum() > 2:
        z[known] = _with_self(x[known], matrix) if star else _without_self(x[known], matrix)
    return z


def _with_self(x: Floats, matrix: sp.csr_array) -> Floats:
    n = x.size
    window = matrix + sp.eye_array(n)
    members = window.sum(axis=1)
    spread = x.std()
    if spread <= 1e-12 * np.abs(x).max():
        return np.full(n, np.nan)
    return _standardised(window @ x - members * x.mean(), members, n, np.full(n, spread))


def _without_self(x: Floats, matrix: sp.csr_array) -> Floats:
    n = x.size - 1
    mean = (x.sum() - x) / n
    spread = np.sqrt(np.maximum((np.sum(x**2) - x**2) / n - mean**2, 0.0))
    members = matrix.sum(axis=1)
    z = _standardised(matrix @ x - members * mean, members, n, spread)
    return np.where(members > 0, z, np.nan)


def _standardised(excess: Floats, members: Floats, n: int, spread: Floats) -> Floats:
    room = members * (n - members) / (n - 1)
    scale = spread * np.sqrt(np.maximum(room, 0.0))
    return np.where(scale > 0, excess / np.where(scale > 0, scale, 1.0), np.nan)


def two_sided(z: ArrayLike) -> Floats:
    """Give the two-sided p-value of a standard normal z.

    Parameters
    ----------
    z
        Standard normal scores.

    Returns
    -------
    numpy.ndarray
        NaN where z is NaN.

    Examples
    --------
    >>> round(float(two_sided(1.959964)), 4)
    0.05
    """
    return 2 * ndtr(-np.abs(np.asarray(z, float)))


def gi_star_permutation(
    values: ArrayLike, neighbours: Any, rng: np.random.Generator, permutations: int = 999
) -> Floats:
    """Give two-sided pseudo p-values of Gi* under conditional permutation.

    The district keeps its value; its neighbours' values are drawn without replacement
    from the other districts. ``p = (extreme + 1) / (permutations + 1)``, doubled for two
    sides and at most 1; ties count as extreme.

    Parameters
    ----------
    values
        One value a district, none missing.
    neighbours
        SciPy sparse matrix, or an object with ``.sparse``.
    rng
        Generator of the permutations.
    permutations
        Number of permutations.

    Returns
    -------
    numpy.ndarray
        NaN for an island: it has no neighbours to permute.

    References
    ----------
    Anselin L (1995). Local indicators of spatial association. Geographical Analysis 27.
    """
    x = np.asarray(values, float)
    matrix = sparse_neighbours(neighbours)
    sizes = np.diff(matrix.indptr)
    observed = matrix @ x
    p = np.full(x.shape, np.nan)
    draws = random_order(x.size - 1, permutations, int(sizes.max(initial=0)), rng)
    for i in np.flatnonzero(sizes):
        others = np.delete(x, i)
        sums = others[draws[:, : sizes[i]]].sum(axis=1)
        slack = 1e-9 * max(abs(observed[i]), 1.0)
        above = np.count_nonzero(sums >= observed[i] - slack)
        below = np.count_nonzero(sums <= observed[i] + slack)
        p[i] = min(2 * (min(above, below) + 1) / (permutations + 1), 1.0)
    return p


def random_order(n: int, rows: int, width: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Give rows of distinct random positions: the first `width` of a shuffled ``range(n)``.

    Parameters
    ----------
    n
        Number of positions to choose from.
    rows
        Number of shuffles.
    width
        Positions kept of each.
    rng
        Generator.

    Returns
    -------
    numpy.ndarray
        ``rows`` x ``width`` positions.
    """
    return np.argsort(rng.random((rows, n)), axis=1)[:, :width]
