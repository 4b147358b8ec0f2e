"""Clustering: whether neighbours are alike, and events close in space those close in time.

Moran's I, Getis-Ord Gi*, false discoveries among many tests, and Knox's test. The scan for the
likeliest cluster is in `geodata.statistics.scan`.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geodata.deferred import sparse as sp
from geodata.deferred import special
from geodata.statistics.rates import sparse_neighbours

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
    rng
        Generator of the permutations; None leaves them out.

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


def _known(values: ArrayLike, neighbours: Any, style: Style) -> "tuple[Floats, sp.csr_array]":
    x = np.asarray(values, float)
    known = np.isfinite(x)
    matrix = sparse_neighbours(neighbours)[known][:, known]
    if style == "row":
        degree = np.maximum(matrix.sum(axis=1), 1)
        matrix = sp.csr_array(sp.diags_array(1 / degree) @ matrix)
    return x[known], matrix


def _index(z: Floats, matrix: "sp.csr_array") -> float:
    weight, spread = matrix.sum(), np.sum(z**2)
    if weight == 0 or spread <= 1e-24 * max(float(np.abs(z).max()), 1.0) ** 2:
        return np.nan
    n = np.count_nonzero(np.diff(matrix.indptr))
    return float(n / weight * (z @ (matrix @ z)) / spread)


def _variance(z: Floats, matrix: "sp.csr_array", n: int) -> float:
    s0 = matrix.sum()
    s1 = ((matrix + matrix.T).power(2)).sum() / 2
    s2 = np.sum((matrix.sum(axis=1) + matrix.sum(axis=0)) ** 2)
    kurtosis = z.size * np.sum(z**4) / np.sum(z**2) ** 2
    first = n * ((n * n - 3 * n + 3) * s1 - n * s2 + 3 * s0**2)
    second = kurtosis * ((n * n - n) * s1 - 2 * n * s2 + 6 * s0**2)
    second_moment = (first - second) / ((n - 1) * (n - 2) * (n - 3) * s0**2)
    return float(second_moment - 1 / (n - 1) ** 2)


def _permuted(
    z: Floats, matrix: "sp.csr_array", rng: np.random.Generator, permutations: int
) -> Floats:
    """Two-sided pseudo p-values of sums over neighbours, drawn from all other districts."""
    sizes = np.diff(matrix.indptr)
    # weights of one row are alike, so that sums lie in the order of their weighted means
    observed = (matrix != 0).astype(float) @ z
    p = np.full(z.shape, np.nan)
    draws = random_order(z.size - 1, permutations, int(sizes.max(initial=0)), rng)
    for i in np.flatnonzero(sizes):
        sums = np.delete(z, i)[draws[:, : sizes[i]]].sum(axis=1)
        slack = 1e-9 * max(abs(observed[i]), 1.0)
        above = np.count_nonzero(sums >= observed[i] - slack)
        below = np.count_nonzero(sums <= observed[i] + slack)
        p[i] = min(2 * (min(above, below) + 1) / (permutations + 1), 1.0)
    return p


def gi_star(values: ArrayLike, neighbours: Any, *, star: bool = True) -> Floats:
    """Give the standardised Gi* of each district, binary weights with self.

    ``z = (sum_j w_ij x_j - W_i mean) / (s sqrt((n S1_i - W_i^2) / (n - 1)))`` with the
    population standard deviation s. Null hypothesis: the values are placed at random. For
    binary weights the row sums cancel, so row-standardised weights give the same z.

    Parameters
    ----------
    values
        One value a district; a missing value leaves its district out of every window.
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


def _with_self(x: Floats, matrix: "sp.csr_array") -> Floats:
    n = x.size
    window = matrix + sp.eye_array(n)
    members = window.sum(axis=1)
    spread = x.std()
    if spread <= 1e-12 * np.abs(x).max():
        return np.full(n, np.nan)
    return _standardised(window @ x - members * x.mean(), members, n, np.full(n, spread))


def _without_self(x: Floats, matrix: "sp.csr_array") -> Floats:
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

    Returns
    -------
    numpy.ndarray
        NaN where z is NaN.

    Examples
    --------
    >>> round(float(two_sided(1.959964)), 4)
    0.05
    """
    return 2 * special.ndtr(-np.abs(np.asarray(z, float)))


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

    Returns
    -------
    numpy.ndarray
        NaN for an island: it has no neighbours to permute.

    References
    ----------
    Anselin L (1995). Local indicators of spatial association. Geographical Analysis 27.
    """
    return _permuted(np.asarray(values, float), sparse_neighbours(neighbours), rng, permutations)


def random_order(n: int, rows: int, width: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Give rows of distinct random positions: the first `width` of a shuffled ``range(n)``.

    Returns
    -------
    numpy.ndarray
        ``rows`` x ``width`` positions.
    """
    return np.argsort(rng.random((rows, n)), axis=1)[:, :width]


def false_discovery(p: ArrayLike, level: float = 0.05) -> NDArray[np.bool_]:
    """Say which tests are discoveries at a false-discovery rate of `level`.

    All p up to the largest p_(k) with ``p_(k) <= level k / m``, ties with it included.

    Parameters
    ----------
    p
        p-values; NaN (no test) is no discovery and is not counted in m.

    References
    ----------
    Benjamini Y, Hochberg Y (1995). Controlling the false discovery rate. Journal of the
    Royal Statistical Society B 57, 289-300.

    Examples
    --------
    >>> false_discovery([0.01, 0.02, 0.9], 0.05).tolist()
    [True, True, False]
    """
    values = np.asarray(p, float)
    tested = np.sort(values[np.isfinite(values)])
    # the product before the quotient: 3 * 0.05 / 3 has to be 0.05 for a tie to count
    passed = tested <= level * np.arange(1, tested.size + 1) / max(tested.size, 1)
    if not passed.any():
        return np.zeros(values.shape, dtype=bool)
    with np.errstate(invalid="ignore"):
        return values <= tested[passed].max()


Pairs = NDArray[np.intp]


def knox(
    points_xy: ArrayLike, times: ArrayLike, distance: float, interval: float
) -> tuple[int, float, float]:
    """Count pairs close in space and time, and compare with chance.

    ``expected = pairs near in space x pairs near in time / all pairs``; the p-value is the
    Poisson probability of at least as many. "Close" includes the limits.

    Parameters
    ----------
    points_xy
        n x 2 projected coordinates in the unit of `distance` (metres); never degrees.
    times
        n numbers in the unit of `interval` (days).
    distance, interval
        Limits of closeness, both included.

    Returns
    -------
    tuple
        Pairs close in both, expected pairs, p-value (one-sided: more than expected). An
        event without place or time is left out; fewer than two give ``(0, 0.0, nan)``.

    References
    ----------
    Knox EG (1964). The detection of space-time interactions. Applied Statistics 13, 25-30.

    Examples
    --------
    >>> knox([[0, 0], [1, 0], [50, 0]], [0, 1, 90], 2, 5)[:2]
    (1, 0.3333333333333333)
    """
    xy, t = _complete(points_xy, times)
    if t.size < 2:
        return 0, 0.0, np.nan
    near = _near(xy, distance)
    both = int(np.count_nonzero(_close(t, near, interval)))
    expected = near.shape[0] * _near_in_time(t, interval) / (t.size * (t.size - 1) / 2)
    return both, float(expected), float(special.gammainc(both, expected)) if both else 1.0


def knox_permutation(
    points_xy: ArrayLike,
    times: ArrayLike,
    distance: float,
    interval: float,
    rng: np.random.Generator,
    permutations: int = 999,
) -> tuple[int, float, float]:
    """Give Knox's count with its mean and p-value over shuffled times.

    Returns
    -------
    tuple
        Pairs close in both, mean of the permutations, ``(as many or more + 1) /
        (permutations + 1)``.
    """
    xy, t = _complete(points_xy, times)
    if t.size < 2:
        return 0, 0.0, np.nan
    near = _near(xy, distance)
    both = int(np.count_nonzero(_close(t, near, interval)))
    drawn = [
        int(np.count_nonzero(_close(rng.permutation(t), near, interval)))
        for _ in range(permutations)
    ]
    more = sum(count >= both for count in drawn)
    return both, float(np.mean(drawn)), (more + 1) / (permutations + 1)


def _complete(points_xy: ArrayLike, times: ArrayLike) -> tuple[Floats, Floats]:
    xy = np.asarray(points_xy, float).reshape(-1, 2)
    t = np.asarray(times, float)
    known = np.isfinite(xy).all(axis=1) & np.isfinite(t)
    return xy[known], t[known]


def _near(xy: Floats, distance: float) -> Pairs:
    from scipy.spatial import cKDTree

    pairs: Pairs = cKDTree(xy).query_pairs(distance, output_type="ndarray")
    return pairs


def _close(t: Floats, pairs: Pairs, interval: float) -> NDArray[np.bool_]:
    return np.abs(t[pairs[:, 0]] - t[pairs[:, 1]]) <= interval


def _near_in_time(t: Floats, interval: float) -> int:
    ordered = np.sort(t)
    last = np.searchsorted(ordered, ordered + interval, side="right")
    return int(np.sum(last - np.arange(t.size) - 1))
