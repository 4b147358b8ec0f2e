"""Rates and their limits: of plain counts, of weighted ones, of people; a change of rate; ranks.

`poisson_interval` holds where events come singly at a constant rate. People come several at
a time (`compound_interval`), and blasts in bursts (`geodata.statistics.counts`).
How sure a ranking is, is told by simulating what comes next (`ranks`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geodata.deferred import special

Floats = NDArray[np.float64]


def poisson_interval(
    count: ArrayLike, exposure: ArrayLike = 1.0, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Give the exact (Garwood) confidence limits of a Poisson rate.

    ``low = chi2inv(a/2, 2k) / (2 exposure)`` and
    ``high = chi2inv(1 - a/2, 2k + 2) / (2 exposure)`` with ``a = 1 - level``; the lower
    limit of no event is 0. Computed as quantiles of the gamma distribution, which also
    hold for the fractional effective counts of `weighted_interval`.

    Parameters
    ----------
    count
        Events, not negative; any shape. Never a weighted sum: see `weighted_interval`.
    exposure
        What the count is divided by (time, area x time, people x time), broadcast
        against `count`.

    Returns
    -------
    tuple of numpy.ndarray
        Lower and upper limit, in the shape of the broadcast inputs. NaN where a value is
        missing or negative, or the exposure is not positive and finite: undefined is not 0.

    Raises
    ------
    ValueError
        `level` is not between 0 and 1.

    References
    ----------
    Garwood F (1936). Fiducial limits for the Poisson distribution. Biometrika 28, 437-442.

    Examples
    --------
    >>> low, high = poisson_interval(0)
    >>> round(float(low), 3), round(float(high), 3)
    (0.0, 3.689)
    """
    if not 0 < level < 1:
        raise ValueError("level must be between 0 and 1, e.g. 0.95")
    tail = (1 - level) / 2
    k, b = np.broadcast_arrays(np.asarray(count, float), np.asarray(exposure, float))
    k = np.where(np.isfinite(k) & (k >= 0), k, np.nan)
    b = np.where(np.isfinite(b) & (b > 0), b, np.nan)
    with np.errstate(invalid="ignore"):
        low = np.where(k > 0, special.gammaincinv(np.where(k > 0, k, 1.0), tail), 0.0 * k)
        high = special.gammainccinv(k + 1, tail)
    return low / b, high / b


def weighted_interval(
    total: ArrayLike,
    squares: ArrayLike,
    exposure: ArrayLike = 1.0,
    level: float = 0.95,
    *,
    zero_weight: float = 1.0,
    between: ArrayLike = 0.0,
) -> tuple[Floats, Floats]:
    """Give limits of a rate whose count is a sum of weights.

    A weighted sum is not Poisson. It is taken as ``s`` times a Poisson count of effective
    size ``k = (sum w)^2 / sum w^2`` with ``s = sum w^2 / sum w``, which keeps its mean and
    variance; the limits are Garwood's for ``k``, times ``s``: quantiles of a gamma with
    mean ``sum w`` and variance ``sum w^2``, the upper one with ``s`` and ``s^2`` more.
    Events whose place is imputed add the variance between imputations to both (Rubin
    1987). Weights that are all 1, of known places, give Garwood's limits exactly.

    Parameters
    ----------
    total, squares
        Sum of the weights and of their squares.
    zero_weight
        The weight one event would have had, for the upper limit where nothing was counted.
    between
        Variance of the sum over what its events' places may have been; 0 where they are
        known. `total` and `squares` are then means over the imputations.

    Returns
    -------
    tuple of numpy.ndarray
        Lower and upper limit; NaN where a value is missing or the exposure is not positive.

    References
    ----------
    Dobson AJ et al. (1991). Confidence intervals for weighted sums of Poisson parameters.
    Statistics in Medicine 10, 457-462. Rubin DB (1987). Multiple Imputation for Nonresponse
    in Surveys. Wiley.

    Examples
    --------
    >>> low, high = weighted_interval(0.5, 0.5, between=0.25)     # one incident, here or there
    >>> round(float(high), 3)
    4.977
    """
    t, q, v = np.broadcast_arrays(*(np.asarray(a, float) for a in (total, squares, between)))
    some = (t > 0) & (q > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = np.where(some, q / t, zero_weight)
        k = np.where(some, t * t / q, t * 0.0)
    low, high = poisson_interval(k, exposure, level)
    low, high = low * scale, high * scale
    doubt = some & (v > 0)
    if doubt.any():
        limits = _gamma_limits(t, q + v, t + scale, q + v + scale**2, (1 - level) / 2)
        b = np.asarray(exposure, float)
        b = np.where(np.isfinite(b) & (b > 0), b, np.nan)
        low, high = (np.where(doubt, x / b, y) for x, y in zip(limits, (low, high), strict=True))
    return low, high


def _gamma_limits(
    mean: Floats, variance: Floats, mean_more: Floats, variance_more: Floats, tail: float
) -> tuple[Floats, Floats]:
    """Lower quantile of one gamma and upper one of another, given by mean and variance."""
    with np.errstate(invalid="ignore", divide="ignore"):
        low = np.where(
            mean > 0, variance / mean * special.gammaincinv(mean**2 / variance, tail), 0.0
        )
        low = np.where(low > 1e-9 * mean, low, 0.0)
        high = variance_more / mean_more * special.gammainccinv(mean_more**2 / variance_more, tail)
    return np.minimum(low, mean), high


def compound_interval(
    sizes: ArrayLike, exposure: ArrayLike = 1.0, level: float = 0.95, *, dispersion: float = 1.0
) -> tuple[Floats, Floats]:
    """Give limits of a rate of people, when each incident harms several at once.

    Sum of sizes y, of their squares v, largest size m: the lower limit is the quantile of
    a gamma with mean y and variance v, the upper one of a gamma with mean ``y + w`` and
    variance ``v + w^2`` (Fay & Feuer 1997), divided by the exposure. w is the largest size
    that one more incident could have. Sizes are a sample with a tail that few incidents
    show, so ``w = m (1 + min(cv^2, 1) (1 + 10/n))`` with cv their coefficient of variation:
    up to twice the largest one recorded, and more with few incidents. Sizes that are all 1
    give `poisson_interval`.

    Parameters
    ----------
    sizes
        People per incident, not negative; one number an incident. NaN (not stated) is left
        out: the rate is then of those stated.
    dispersion
        Variance of the number of incidents over its mean, 1 for Poisson.

    Returns
    -------
    tuple of numpy.ndarray
        Lower and upper limit in the shape of `exposure`. Without incident, or without
        anybody harmed, 0 and the limit for one person an incident. NaN where the exposure
        is not positive.

    Raises
    ------
    ValueError
        `level` is not between 0 and 1, the dispersion is under 1, or a size is negative.

    References
    ----------
    Fay MP, Feuer EJ (1997). Confidence intervals for directly standardized rates.
    Statistics in Medicine 16, 791-801.

    Examples
    --------
    >>> low, high = compound_interval([1, 1, 1, 9])
    >>> round(float(low), 2), round(float(high), 1)
    (1.12, 159.5)
    """
    people = np.asarray(sizes, float).reshape(-1)
    people = people[np.isfinite(people)]
    if (people < 0).any():
        raise ValueError("sizes must not be negative: they are people per incident")
    total, squares = people.sum(), (people**2).sum()
    return compound_limits(
        total, squares, people.max(initial=0.0), people.size, exposure, level, dispersion=dispersion
    )


def compound_limits(
    total: ArrayLike,
    squares: ArrayLike,
    largest: ArrayLike,
    incidents: ArrayLike,
    exposure: ArrayLike = 1.0,
    level: float = 0.95,
    *,
    dispersion: ArrayLike = 1.0,
    between: ArrayLike = 0.0,
) -> tuple[Floats, Floats]:
    """Give the limits of `compound_interval` from sums, for many districts at once.

    Raises
    ------
    ValueError
        As in `compound_interval`.
    """
    if not 0 < level < 1:
        raise ValueError("level must be between 0 and 1, e.g. 0.95")
    given = (total, squares, largest, incidents, exposure, dispersion, between)
    y, v, m, n, b, d, u = np.broadcast_arrays(*(np.asarray(a, float) for a in given))
    if (d < 1).any():
        raise ValueError("dispersion must be at least 1, which is Poisson's")
    tail = (1 - level) / 2
    some = y > 0
    sums, spread = np.where(some, y, 1.0), np.where(some, v, 1.0) * d + u
    with np.errstate(invalid="ignore", divide="ignore"):
        variation = np.clip(n * v / sums**2 - 1, 0.0, 1.0)
        one_more = m * (1 + np.where(n > 0, variation * (1 + 10 / np.maximum(n, 1)), 0.0))
        one_more = np.where(some, one_more, 1.0) * np.sqrt(d)
    spread = np.where(some, spread, 0.0)
    low, high = _gamma_limits(y, spread, y + one_more, spread + one_more**2, tail)
    b = np.where(np.isfinite(b) & (b > 0), b, np.nan)
    return low / b, high / b


@dataclass(frozen=True, slots=True)
class Change:
    """Ratio of the later to the earlier rate; None where nothing was counted in either."""

    ratio: float | None
    low: float | None
    high: float | None
    probability_of_rise: float | None


def change(
    count: float,
    exposure: float,
    count_before: float,
    exposure_before: float,
    level: float = 0.95,
    *,
    dispersion: float = 1.0,
) -> Change:
    """Compare two rates of counts whose variance is `dispersion` times their mean.

    Given both counts, the share of the later one is
    ``p ~ Beta(k / d + 1/2, k0 / d + 1/2)`` (Jeffreys; d the dispersion, so that counts that
    come in bursts weigh as the fewer single ones they are worth) and the ratio of rates
    ``p / (1 - p) * exposure_before / exposure``.

    Parameters
    ----------
    dispersion
        Variance over mean of such a count, 1 for Poisson.

    Returns
    -------
    Change
        `ratio` is of the plain rates and None where the earlier count is 0. Everything is
        None where both counts are 0 or an exposure is not positive.

    References
    ----------
    Brown LD, Cai TT, DasGupta A (2001). Interval estimation for a binomial proportion.
    Statistical Science 16, 101-133. McCullagh P, Nelder JA (1989). Generalized Linear
    Models, section 4.5 (dispersion).

    Examples
    --------
    >>> found = change(5, 1.0, 5, 1.0)
    >>> found.ratio, round(found.probability_of_rise, 6)
    (1.0, 0.5)
    """
    usable = np.isfinite([count, exposure, count_before, exposure_before]).all()
    if not usable or exposure <= 0 or exposure_before <= 0 or count + count_before <= 0:
        return Change(None, None, None, None)
    spread = max(dispersion, 1.0)
    a, b = count / spread + 0.5, count_before / spread + 0.5
    even = exposure / (exposure + exposure_before)
    tail = (1 - level) / 2
    limits = [float(special.betaincinv(a, b, q)) for q in (tail, 1 - tail)]
    odds = [p / (1 - p) * exposure_before / exposure if p < 1 else None for p in limits]
    ratio = (count / exposure) / (count_before / exposure_before) if count_before > 0 else None
    return Change(ratio, odds[0], odds[1], 1 - float(special.betainc(a, b, even)))


def rate(total: ArrayLike, exposure: ArrayLike) -> Floats:
    """Divide a count by its exposure; NaN where the exposure is not positive and finite.

    Examples
    --------
    >>> float(rate(3, 2.0))
    1.5
    """
    t, b = np.broadcast_arrays(np.asarray(total, float), np.asarray(exposure, float))
    valid = np.isfinite(b) & (b > 0)
    return np.where(valid, t / np.where(valid, b, 1.0), np.nan)


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
    drawn
        Simulated values, one row a simulation, one column a district. Draws of the counts
        to come give the ranks of the next period, which vary far more than those of the
        rates behind them.
    ranked
        False for districts without information: they have no rank, not the last one.

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
