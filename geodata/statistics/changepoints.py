"""Change points: when the level of a count series moved, with false alarms held."""

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geodata.deferred import deferred

if TYPE_CHECKING:
    from scipy import special
else:
    special = deferred("scipy.special")

Floats = NDArray[np.float64]
SEED = 20_201_110
LEAST = 4
"""Periods on each side of a change: fewer show a burst, not a level."""
BLOCK = 3
"""Periods that are moved together: bursts that last over a few of them are no change."""


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """One change of level.

    Attributes
    ----------
    at
        Position of the first period of the new level.
    before, after
        Mean count a period of the level before and after.
    p
        Share of series of the same counts without order that show as much.
    """

    at: int
    before: float
    after: float
    p: float


def change_points(
    counts: ArrayLike, *, level: float = 0.05, simulations: int = 999
) -> list[ChangePoint]:
    """Find the periods from which on a series has another level.

    The statistic of a split is the Poisson log likelihood ratio ``sum_k n_k m_k log m_k - n m
    log m`` of two means against one; the largest over all splits is set beside that of the
    same counts in random order, in blocks of `BLOCK` periods, so that counts may vary as
    widely as they do and bursts may last. Where it is beyond `level`, both sides are searched
    in turn, each at the level shared between them: a series without change shows one in at
    most `level` of cases. Breaks where counts drift slowly (a drift is shown as steps) and
    where reporting, not the incidents, changed.

    Parameters
    ----------
    counts
        Counts of periods of equal length, oldest first.
    level
        Share of series without change that may show one.
    simulations
        Random orders drawn; always the same ones.

    Returns
    -------
    list of ChangePoint
        In order of time; empty where there is none or the series is shorter than twice
        `LEAST` periods.

    References
    ----------
    Killick R, Fearnhead P, Eckley IA (2012). Optimal detection of changepoints with a linear
    computational cost. JASA 107, 1590-1598 (the cost). Scott AJ, Knott M (1974). Biometrics
    30, 507-512 (binary segmentation).

    Examples
    --------
    >>> [c.at for c in change_points([1, 0, 1, 1, 0, 1, 9, 8, 9, 10, 8, 9, 9, 8])]
    [6]
    """
    y = np.nan_to_num(np.asarray(counts, float))
    rng = np.random.default_rng(SEED)
    found = _searched(y, 0, level, simulations, rng)
    if not found:
        return []
    edges = [0, *(at for at, _ in found), len(y)]
    means = [float(y[a:b].mean()) for a, b in pairwise(edges)]
    return [ChangePoint(at, means[k], means[k + 1], p) for k, (at, p) in enumerate(found)]


def _searched(
    y: Floats, offset: int, level: float, simulations: int, rng: np.random.Generator
) -> list[tuple[int, float]]:
    if len(y) < 2 * LEAST or not y.any():
        return []
    gain = _gains(y[None])[0]
    at, top = int(gain.argmax()) + LEAST, float(gain.max())
    starts = np.arange(0, len(y), BLOCK)
    drawn = np.empty((simulations, len(y)))
    for row in drawn:
        turned = np.roll(y, int(rng.integers(BLOCK)))
        order = rng.permutation(starts)
        row[:] = np.concatenate([turned[s : s + BLOCK] for s in order])
    above = int((_gains(drawn).max(axis=1) >= top - 1e-12).sum())
    p = (1 + above) / (1 + simulations)
    if p > level:
        return []
    left = _searched(y[:at], offset, level / 2, simulations, rng)
    right = _searched(y[at:], offset + at, level / 2, simulations, rng)
    return [*left, (offset + at, p), *right]


def _gains(rows: Floats) -> Floats:
    """Log likelihood ratio of every split of each row that leaves `LEAST` on both sides."""
    size = rows.shape[1]
    sums = np.cumsum(rows, axis=1)
    total = sums[:, -1:]
    first = np.arange(LEAST, size - LEAST + 1)
    left = sums[:, first - 1]
    right = total - left
    xlogy = special.xlogy
    split = xlogy(left, left / first) + xlogy(right, right / (size - first))
    return np.asarray(split - xlogy(total, total / size))
