"""The ranking and how sure it is, by simulating what comes next."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ranks:
    """1 = highest; NaN where a district is not ranked."""

    rank: Floats
    low: Floats
    high: Floats


def ranks(value: Floats, drawn: Floats, ranked: NDArray[np.bool_], *, level: float = 0.95) -> Ranks:
    """Rank districts by `value`, with the ranks that simulated values would give them.

    Parameters
    ----------
    value
        Headline value of each district.
    drawn
        Simulated values, one row a simulation, one column a district. Draws of the counts
        to come give the ranks of the next period, which vary far more than those of the
        rates behind them.
    ranked
        False for districts without information: they have no rank, not the last one.
    level
        Share of the simulated ranks between `low` and `high`.

    Returns
    -------
    Ranks
        Equal values share the best rank of their group.

    References
    ----------
    Goldstein H, Spiegelhalter DJ (1996). League tables and their limitations. Journal of
    the Royal Statistical Society A 159, 385-443.
    """
    nothing = np.full(value.shape, np.nan)
    use = ranked & np.isfinite(value)
    rank, low, high = nothing.copy(), nothing.copy(), nothing.copy()
    if not use.any():
        return Ranks(rank, low, high)
    rank[use] = competition_rank(value[use])
    sampled = use & np.isfinite(drawn).all(axis=0)
    order = competition_rank(drawn[:, sampled])
    tail = (1 - level) / 2
    low[sampled], high[sampled] = np.quantile(
        order, [tail, 1 - tail], axis=0, method="inverted_cdf"
    )
    return Ranks(rank, np.fmin(low, rank), np.fmax(high, rank))


def competition_rank(values: Floats) -> Floats:
    """Rank from the highest, equal values alike (1, 2, 2, 4).

    Parameters
    ----------
    values
        Numbers, none missing; of several rows each is ranked by itself.

    Returns
    -------
    numpy.ndarray
        Rank of each.

    Examples
    --------
    >>> competition_rank(np.array([5.0, 7.0, 5.0, 1.0])).tolist()
    [2.0, 1.0, 2.0, 4.0]
    """
    falling = np.argsort(-values, axis=-1, kind="stable")
    ordered = np.take_along_axis(values, falling, axis=-1)
    first = np.ones(values.shape, dtype=bool)
    first[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    places = np.arange(1.0, values.shape[-1] + 1)
    rank = np.empty(values.shape)
    np.put_along_axis(
        rank, falling, np.maximum.accumulate(np.where(first, places, 0.0), axis=-1), axis=-1
    )
    return rank
