"""Knox's test: whether events close in space are also close in time."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geodata.deferred import deferred

if TYPE_CHECKING:
    from scipy import special
else:
    special = deferred("scipy.special")


Floats = NDArray[np.float64]
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

    Parameters
    ----------
    points_xy, times, distance, interval
        As in `knox`.

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
