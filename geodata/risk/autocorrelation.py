"""Moran's I, global and local: whether neighbours resemble each other."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from geodata.risk.getis_ord import random_order, two_sided
from geodata.risk.smoothing import sparse_neighbours

Floats = NDArray[np.float64]
Style = Literal["row", "binary"]


@dataclass(frozen=True, slots=True)
class Moran:
    """Global Moran's I with its moments under randomisation and its p-values."""

    statistic: float
    expected: float
    variance: float
    z: float
    p: float
    p_permutation: float | None


@dataclass(frozen=True, slots=True)
class LocalMoran:
    """Local Moran's I of each district, with conditional moments and p-values."""

    statistic: Floats
    expected: Floats
    variance: Floats
    z: Floats
    p: Floats


def moran(values: ArrayLike, neighbours: Any, *, style: Style = "row") -> float:
    """Give Moran's I: near 1 where neighbours are alike, about 0 where placed at random.

    ``I = n / S0 * sum_ij w_ij z_i z_j / sum_i z_i^2``, z the deviations from the mean, n
    the number of districts that have neighbours.

    Parameters
    ----------
    values
        One value a district; districts without a value are left out.
    neighbours
        SciPy sparse matrix, or an object with ``.sparse``.
    style
        ``row``: weights of a district sum to 1; ``binary``: every pair weighs 1.

    Returns
    -------
    float
        NaN where all values are equal or nobody has a neighbour.

    References
    ----------
    Moran PAP (1950). Notes on continuous stochastic phenomena. Biometrika 37, 17-23.

    Examples
    --------
    >>> import numpy as np, scipy.sparse as sp
    >>> line = sp.diags_array([np.ones(3), np.ones(3)], offsets=[1, -1])
    >>> round(moran([1, 1, 0, 0], line), 3)
    0.5
    """
    x, matrix = _known(values, neighbours, style)
    return _index(x - x.mean(), matrix) if x.size else np.nan


def moran_test(
    values: ArrayLike,
    neighbours: Any,
    *,
    style: Style = "row",
    rng: np.random.Generator | None = None,
    permutations: int = 999,
) -> Moran:
    """Test Moran's I against values placed at random.

    Moments under randomisation (Cliff & Ord 1981); with a generator also a permutation
    p-value, two-sided around the expectation, ties counted as extreme.

    Parameters
    ----------
    values, neighbours, style
        As in `moran`.
    rng
        Generator of the permutations; None leaves them out.
    permutations
        Number of permutations.

    Returns
    -------
    Moran
        NaN where the index is not defined.

    References
    ----------
    Cliff AD, Ord JK (1981). Spatial Processes. Pion, London.
    """
    x, matrix = _known(values, neighbours, style)
    z = x - x.mean() if x.size else x
    statistic = _index(z, matrix) if x.size else np.nan
    n = int(np.count_nonzero(np.diff(matrix.indptr)))
    if not np.isfinite(statistic) or n < 4:
        return Moran(statistic, np.nan, np.nan, np.nan, np.nan, None)
    expected, variance = -1 / (n - 1), _variance(z, matrix, n)
    score = (statistic - expected) / np.sqrt(variance)
    simulated = None
    if rng is not None:
        drawn = np.array([_index(rng.permutation(z), matrix) for _ in range(permutations)])
        extreme = np.abs(drawn - expected) >= abs(statistic - expected) - 1e-12
        simulated = float((extreme.sum() + 1) / (permutations + 1))
    return Moran(statistic, expected, variance, float(score), float(two_sided(score)), simulated)


def local_moran(
    values: ArrayLike,
    neighbours: Any,
    *,
    rng: np.random.Generator | None = None,
    permutations: int = 999,
) -> LocalMoran:
    """Give local Moran's I, row-standardised, given the district's own value.

    ``I_i = z_i / m2 * sum_j w_ij z_j`` with ``m2 = sum z^2 / n``. Expectation and variance
    are those of neighbours drawn without replacement from the other districts; the
    p-values are normal, or by conditional permutation when a generator is given.

    Parameters
    ----------
    values
        One value a district; districts without a value are left out.
    neighbours
        SciPy sparse matrix, or an object with ``.sparse``.
    rng, permutations
        Generator and number of permutations; None for the normal approximation.

    Returns
    -------
    LocalMoran
        In the given order; NaN for an island or a missing value.

    References
    ----------
    Anselin L (1995). Local indicators of spatial association. Geographical Analysis 27,
    93-115. Sokal RR, Oden NL, Thomson BA (1998). Geographical Analysis 30, 331-354.
    """
    known = np.isfinite(np.asarray(values, float))
    x, matrix = _known(values, neighbours, "row")
    n, z = x.size, x - x.mean() if x.size else x
    island = np.diff(matrix.indptr) == 0
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = z / (np.sum(z**2) / n)
        total, squares = matrix.sum(axis=1), matrix.power(2).sum(axis=1)
        expected = -scale * z * total / (n - 1)
        others = (np.sum(z**2) - z**2) / (n - 1) - (z / (n - 1)) ** 2
        room = (squares - total**2 / (n - 1)) * (n - 1) / (n - 2)
        variance = scale**2 * others * room
        statistic = scale * (matrix @ z)
        score = (statistic - expected) / np.sqrt(variance)
    p = two_sided(score) if rng is None else _permuted(z, matrix, rng, permutations)

    def _spread(part: Floats) -> Floats:
        whole = np.full(known.shape, np.nan)
        whole[known] = np.where(island, np.nan, part)
        return whole

    return LocalMoran(*(_spread(a) for a in (statistic, expected, variance, score, p)))


def moran_of_rates(count: ArrayLike, exposure: ArrayLike, neighbours: Any) -> float:
    """Give Moran's I of rates standardised for their unequal exposure, binary weights.

    ``z = (r - m) / sqrt(A + m/b)`` with Marshall's m and A; where ``A + m/b`` would not
    be positive, m/b alone.

    Parameters
    ----------
    count, exposure
        Events and exposure per district, none missing.
    neighbours
        SciPy sparse matrix, or an object with ``.sparse``.

    Returns
    -------
    float
        The index over all districts, islands counted in n.

    References
    ----------
    Assuncao RM, Reis EA (1999). A new proposal to adjust Moran's I for population
    density. Statistics in Medicine 18, 2147-2162.
    """
    e, b = np.asarray(count, float), np.asarray(exposure, float)
    mean = e.sum() / b.sum()
    rate = e / b
    between = np.sum(b * (rate - mean) ** 2) / b.sum() - mean / b.mean()
    variance = between + mean / b
    z = (rate - mean) / np.sqrt(np.where(variance > 0, variance, mean / b))
    matrix = sparse_neighbours(neighbours)
    deviation = z - z.mean()
    cross = float(deviation @ (matrix @ deviation))
    return float(z.size / matrix.sum() * cross / np.sum(deviation**2))


def _known(values: ArrayLike, neighbours: Any, style: Style) -> tuple[Floats, sp.csr_array]:
    x = np.asarray(values, float)
    known = np.isfinite(x)
    matrix = sparse_neighbours(neighbours)[known][:, known]
    if style == "row":
        degree = np.maximum(matrix.sum(axis=1), 1)
        matrix = sp.csr_array(sp.diags_array(1 / degree) @ matrix)
    return x[known], matrix


def _index(z: Floats, matrix: sp.csr_array) -> float:
    weight, spread = matrix.sum(), np.sum(z**2)
    if weight == 0 or spread <= 1e-24 * max(float(np.abs(z).max()), 1.0) ** 2:
        return np.nan
    n = np.count_nonzero(np.diff(matrix.indptr))
    return float(n / weight * (z @ (matrix @ z)) / spread)


def _variance(z: Floats, matrix: sp.csr_array, n: int) -> float:
    s0 = matrix.sum()
    s1 = ((matrix + matrix.T).power(2)).sum() / 2
    s2 = np.sum((matrix.sum(axis=1) + matrix.sum(axis=0)) ** 2)
    kurtosis = z.size * np.sum(z**4) / np.sum(z**2) ** 2
    first = n * ((n * n - 3 * n + 3) * s1 - n * s2 + 3 * s0**2)
    second = kurtosis * ((n * n - n) * s1 - 2 * n * s2 + 6 * s0**2)
    second_moment = (first - second) / ((n - 1) * (n - 2) * (n - 3) * s0**2)
    return float(second_moment - 1 / (n - 1) ** 2)


def _permuted(
    z: Floats, matrix: sp.csr_array, rng: np.random.Generator, permutations: int
) -> Floats:
    """Two-sided pseudo p-values; neighbours are drawn from all other districts."""
    sizes = np.diff(matrix.indptr)
    lag = matrix @ z
    p = np.full(z.shape, np.nan)
    draws = random_order(z.size - 1, permutations, int(sizes.max(initial=0)), rng)
    for i in np.flatnonzero(sizes):
        means = np.delete(z, i)[draws[:, : sizes[i]]].mean(axis=1)
        above = np.count_nonzero(means >= lag[i] - 1e-12)
        below = np.count_nonzero(means <= lag[i] + 1e-12)
        p[i] = min(2 * (min(above, below) + 1) / (permutations + 1), 1.0)
    return p
