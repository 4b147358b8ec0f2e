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
Ints = NDArray[np.intp]
SEED = 20_201_110
LEAST = 4
"""Periods on each side of a change: fewer show a burst, not a level."""
_AT_ONCE = 100
BLOCK = 3
"""Periods that are moved together: bursts that last over a few of them are no change."""


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """One change of level."""

    at: int
    """Position of the first period of the new level."""
    before: float
    after: float
    """Mean count a period of the level before and after."""
    p: float
    """Share of series of the same counts without order that show as much."""


def change_points(
    counts: ArrayLike, *, level: float = 0.05, simulations: int = 999
) -> list[ChangePoint]:
    """Find the periods from which on a series has another level.

    The statistic of a stretch is the Poisson log likelihood ratio ``sum_k n_k m_k log m_k - n m
    log m`` of its mean and the rest's against one mean; the largest over all stretches (from
    the start, to the end, or between) is set beside that of the same counts in random order,
    in blocks of `BLOCK` periods, so that counts may vary as widely as they do and bursts may
    last. Where it is beyond `level`, the parts are searched in turn, each at the level shared
    between them: a series without change shows one in at most `level` of cases. Breaks where
    counts drift slowly (a drift is shown as steps) and where reporting, not the incidents,
    changed; fewer than about twenty periods leave it no power.

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
    Olshen AB, Venkatraman ES, Lucito R, Wigler M (2004). Circular binary segmentation.
    Biostatistics 5, 557-572. Scott AJ, Knott M (1974). Biometrics 30, 507-512.

    Examples
    --------
    >>> [c.at for c in change_points([1, 0, 1, 1, 0, 1] * 2 + [9, 8, 9, 10, 8, 9] * 2)]
    [12]
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
    first, last = _stretches(len(y))
    gain = _gains(y[None], first, last)[0]
    best, top = int(gain.argmax()), float(gain.max())
    above = 0
    for done in range(0, simulations, _AT_ONCE):
        drawn = _reordered(y, min(_AT_ONCE, simulations - done), rng)
        above += int((_gains(drawn, first, last).max(axis=1) >= top - 1e-12).sum())
    p = (1 + above) / (1 + simulations)
    if p > level:
        return []
    cuts = [at for at in (int(first[best]), int(last[best])) if 0 < at < len(y)]
    found = [(offset + at, p) for at in cuts]
    edges = [0, *cuts, len(y)]
    for a, b in pairwise(edges):
        share = level / (len(edges) - 1)
        found += _searched(y[a:b], offset + a, share, simulations, rng)
    return sorted(found)


def _reordered(y: Floats, number: int, rng: np.random.Generator) -> Floats:
    """Give the same counts in random orders of blocks that begin anywhere."""
    drawn = np.empty((number, len(y)))
    starts = np.arange(0, len(y), BLOCK)
    for row in drawn:
        turned = np.roll(y, int(rng.integers(BLOCK)))
        order = rng.permutation(starts)
        row[:] = np.concatenate([turned[s : s + BLOCK] for s in order])
    return drawn


def _stretches(size: int) -> tuple[Ints, Ints]:
    """Give the stretches that may have a level of their own, with `LEAST` on each side or none."""
    first, last = np.triu_indices(size + 1, LEAST)
    good = (first == 0) | (first >= LEAST)
    good &= (last == size) | (last <= size - LEAST)
    good &= (last - first) <= size - LEAST
    return first[good], last[good]


def _gains(rows: Floats, first: Ints, last: Ints) -> Floats:
    """Log likelihood ratio of each stretch against the rest, of each row."""
    size = rows.shape[1]
    sums = np.concatenate([np.zeros((len(rows), 1)), np.cumsum(rows, axis=1)], axis=1)
    total, length = sums[:, -1:], last - first
    inside = sums[:, last] - sums[:, first]
    outside = total - inside
    xlogy = special.xlogy
    split = xlogy(inside, inside / length) + xlogy(outside, outside / (size - length))
    return np.asarray(split - xlogy(total, total / size))
