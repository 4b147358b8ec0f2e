"""Rates and their limits: of plain counts, of weighted ones, of people; a change of rate; ranks.

`poisson_interval` holds where events come singly at a constant rate. People come several at
a time (`compound_interval`), and blasts in bursts (`geodata.statistics.counts`).
How sure a ranking is, is told by simulating what comes next (`ranks`).

Rates are shrunk towards the country or the neighbours: `gamma_poisson` (maximum likelihood) is
the headline's; `empirical_bayes` and its local twin are Marshall's by moments.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geodata.deferred import sparse as sp
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


_LOG_SHAPES = (np.log(1e-4), np.log(1e7))
_NEWTON_STEPS = 60


@dataclass(frozen=True, slots=True)
class Posterior:
    """One gamma distribution a district, ``Gamma(shape, rate)``; NaN where undefined."""

    shape: Floats
    rate: Floats

    @property
    def mean(self) -> Floats:
        """Give the posterior mean ``shape / rate``."""
        return self.shape / self.rate

    def interval(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """Give the equal-tailed credible limits."""
        tail = (1 - level) / 2
        low = special.gammaincinv(self.shape, tail) / self.rate
        return low, special.gammainccinv(self.shape, tail) / self.rate

    def exceeds(self, threshold: ArrayLike) -> Floats:
        """Give the probability that the rate is above `threshold`."""
        return special.gammaincc(self.shape, np.asarray(threshold, float) * self.rate)

    def draw(self, size: int, rng: np.random.Generator) -> Floats:
        """Draw rates.

        Returns
        -------
        numpy.ndarray
            ``size`` rows, one column a district; NaN columns where undefined.
        """
        known = np.isfinite(self.shape) & np.isfinite(self.rate)
        draws = np.full((size, self.shape.size), np.nan)
        draws[:, known] = rng.gamma(self.shape[known], 1 / self.rate[known], (size, known.sum()))
        return draws


def gamma_poisson(count: ArrayLike, expected: ArrayLike) -> tuple[float, float, Floats]:
    """Fit ``theta ~ Gamma(alpha, beta)``, ``O | theta ~ Poisson(theta E)`` and shrink.

    The marginal of O is negative binomial; its likelihood is maximised over alpha (shape)
    and beta (rate). Posterior mean of a district: ``(O + alpha) / (E + beta)``.

    Parameters
    ----------
    count
        Events O per district; effective counts may be fractional.
    expected
        Expected events E, or any exposure: theta is then the rate per unit of it.

    Returns
    -------
    tuple
        Shape alpha, rate beta and the posterior means in the given order. Districts
        without exposure or count are NaN and are left out of the fit. Counts that vary no
        more than Poisson's give alpha = beta = inf and the pooled rate everywhere; no
        event at all gives alpha = beta = NaN and rates of 0.

    References
    ----------
    Clayton D, Kaldor J (1987). Empirical Bayes estimates of age-standardized relative
    risks for use in disease mapping. Biometrics 43, 671-681.

    Examples
    --------
    >>> alpha, beta, mean = gamma_poisson([1, 1, 1], [1.0, 1.0, 1.0])
    >>> alpha, mean.tolist()
    (inf, [1.0, 1.0, 1.0])
    """
    observed, exposure = np.broadcast_arrays(np.asarray(count, float), np.asarray(expected, float))
    valid = np.isfinite(observed) & np.isfinite(exposure) & (exposure > 0) & (observed >= 0)
    mean = np.full(observed.shape, np.nan)
    events, at_risk = observed[valid], exposure[valid]
    if not events.sum():
        mean[valid] = 0.0
        return np.nan, np.nan, mean
    pooled = events.sum() / at_risk.sum()
    shape, prior_mean = _fit(events, at_risk / at_risk.mean())
    if not np.isfinite(shape):
        mean[valid] = pooled
        return np.inf, np.inf, mean
    rate = shape / prior_mean * at_risk.mean()
    mean[valid] = (events + shape) / (at_risk + rate)
    return float(shape), float(rate), mean


def gamma_poisson_posterior(
    count: ArrayLike, expected: ArrayLike, prior: tuple[float, float] | None = None
) -> Posterior:
    """Give the posterior ``Gamma(O + alpha, E + beta)`` of each district.

    The prior is taken as known (plug-in), so the limits are a little short where there
    are few districts. Without heterogeneity (alpha = inf) it is the pooled
    ``Gamma(sum O, sum E)``.

    Parameters
    ----------
    prior
        Shape and rate from elsewhere; fitted when None.

    Returns
    -------
    Posterior
        NaN where a district has no exposure, or where there is no event at all.
    """
    observed, exposure = np.broadcast_arrays(np.asarray(count, float), np.asarray(expected, float))
    valid = np.isfinite(observed) & np.isfinite(exposure) & (exposure > 0)
    shape, rate = prior or gamma_poisson(observed, exposure)[:2]
    if np.isinf(shape):
        pooled = observed[valid].sum(), exposure[valid].sum()
        return Posterior(np.where(valid, pooled[0], np.nan), np.where(valid, pooled[1], np.nan))
    return Posterior(
        np.where(valid, observed + shape, np.nan), np.where(valid, exposure + rate, np.nan)
    )


def _fit(events: Floats, exposure: Floats) -> tuple[float, float]:
    """Maximise the profile likelihood over the shape; inf where Poisson fits as well.

    A grid on the log shape, zoomed in on its best point: no derivative of a flat
    likelihood to trust, and one pass of array arithmetic a zoom.
    """
    low, high = _LOG_SHAPES
    best, mean, profile = np.nan, np.nan, -np.inf
    for _ in range(9):
        grid = np.linspace(low, high, 25)
        means = _mean_given_shape(events, exposure, np.exp(grid))
        values = _profile(events, exposure, np.exp(grid), means)
        at = int(np.argmax(values))
        best, mean, profile = float(np.exp(grid[at])), float(means[at]), float(values[at])
        low, high = grid[max(at - 1, 0)], grid[min(at + 1, grid.size - 1)]
    pooled = events.sum() / exposure.sum()
    poisson = float((events * np.log(pooled * exposure) - pooled * exposure).sum())
    # the shape's likelihood is flat beyond 1e6: there it is Poisson, whatever the last digit
    if profile <= poisson + 1e-7 or best > 1e6:
        return np.inf, pooled
    return best, mean


def _mean_given_shape(events: Floats, exposure: Floats, shapes: Floats) -> Floats:
    """Solve the score equation in the prior mean for each shape, by Newton on its log."""
    shape = shapes[:, None]
    log_mean = np.full(shapes.size, np.log(events.sum() / exposure.sum()))
    for _ in range(_NEWTON_STEPS):
        fitted = np.exp(log_mean)[:, None] * exposure
        share = fitted / (shape + fitted)
        score = (events - (events + shape) * share).sum(axis=1)
        slope = ((events + shape) * share * (1 - share)).sum(axis=1)
        step = np.clip(score / np.maximum(slope, 1e-300), -2.0, 2.0)
        log_mean = log_mean + step
        if np.abs(step).max() < 1e-12:
            break
    return np.exp(log_mean)


def _profile(events: Floats, exposure: Floats, shapes: Floats, means: Floats) -> Floats:
    shape, fitted = shapes[:, None], means[:, None] * exposure
    constant = special.gammaln(events + shape) - special.gammaln(shape) - events * np.log(shape)
    # lnG(O + v) - lnG(v) - O ln v, then the rest in log1p: no large numbers cancel
    terms = constant + events * np.log(fitted) - (events + shape) * np.log1p(fitted / shape)
    return terms.sum(axis=1)


def empirical_bayes(count: ArrayLike, exposure: ArrayLike) -> Floats:
    """Shrink crude rates towards the common rate by moments.

    With r = e/b: ``m = sum e / sum b``, ``s2 = sum b (r - m)^2 / sum b``,
    ``A = max(s2 - m / mean(b), 0)``, estimate ``m + A / (A + m/b) (r - m)``.

    Returns
    -------
    numpy.ndarray
        Smoothed rate per unit of exposure, in the given order. A district without
        exposure or count is NaN and leaves the others as they are; underdispersed counts
        (A = 0) give the common rate everywhere, never a negative one.

    References
    ----------
    Marshall RJ (1991). Mapping disease and mortality rates using empirical Bayes
    estimators. Applied Statistics 40, 283-294.

    Examples
    --------
    >>> empirical_bayes([0, 4], [1.0, 1.0]).tolist()
    [1.0, 3.0]
    """
    e, b, valid = _checked(count, exposure)
    result = np.full(e.shape, np.nan)
    if valid.any():
        ones = np.ones((1, int(valid.sum())))
        mean, between = _moments(sp.csr_array(ones), e[valid], b[valid])
        result[valid] = _shrink(e[valid], b[valid], mean, between)
    return result


def spatial_empirical_bayes(count: ArrayLike, exposure: ArrayLike, neighbours: Any) -> Floats:
    """Shrink each crude rate towards the rate of the district and its neighbours.

    The moments of `empirical_bayes`, each over the window of the district and its
    neighbours.

    Parameters
    ----------
    count, exposure
        Events and exposure per district.
    neighbours
        SciPy sparse matrix (or an object with ``.sparse``), not zero where two districts
        are neighbours; the diagonal is ignored.

    Returns
    -------
    numpy.ndarray
        Smoothed rate, in the given order. No event in the window gives 0, not NaN. An
        island's window is itself, so its estimate is its crude rate. NaN without exposure;
        such a district does not enter its neighbours' windows either.

    References
    ----------
    Marshall RJ (1991). Applied Statistics 40, 283-294, section 3 (local shrinkage).

    Examples
    --------
    >>> import numpy as np, scipy.sparse as sp
    >>> w = sp.csr_array(np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]]))
    >>> spatial_empirical_bayes([0, 0, 3], [1, 1, 1], w).tolist()
    [0.0, 0.0, 3.0]
    """
    e, b, valid = _checked(count, exposure)
    mean, between = _local(e, b, valid, neighbours)
    with np.errstate(invalid="ignore"):
        return np.where(valid, _shrink(e, b, mean, between), np.nan)


def spatial_posterior(count: ArrayLike, exposure: ArrayLike, neighbours: Any) -> Posterior:
    """Give the gamma posteriors whose means are `spatial_empirical_bayes`.

    The window's mean m and between-variance A are matched by a prior
    ``Gamma(m^2/A, m/A)``; where A = 0 the window's pooled ``Gamma(sum e, sum b)`` says how
    well the common rate is known, and a window without any event has ``Gamma(1, sum b)``,
    whose upper limit is Garwood's for no event; its mean is an upper estimate, not 0.

    Returns
    -------
    Posterior
        One a district, NaN without exposure.
    """
    e, b, valid = _checked(count, exposure)
    mean, between = _local(e, b, valid, neighbours)
    window = _window(sparse_neighbours(neighbours), valid)
    events, at_risk = window @ np.where(valid, e, 0.0), window @ np.where(valid, b, 0.0)
    varied = between > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        shape = np.where(varied, e + mean**2 / between, np.where(events > 0, events, 1.0))
        rate = np.where(varied, b + mean / between, at_risk)
    return Posterior(np.where(valid, shape, np.nan), np.where(valid, rate, np.nan))


def sparse_neighbours(neighbours: Any) -> "sp.csr_array":
    """Read neighbours as a binary matrix without diagonal.

    Parameters
    ----------
    neighbours
        SciPy sparse matrix or array, dense array, or an object with ``.sparse``
        (e.g. a PySAL weights object or graph).

    Returns
    -------
    scipy.sparse.csr_array
        1 where two districts are neighbours.
    """
    if not sp.issparse(neighbours) and hasattr(neighbours, "sparse"):
        neighbours = neighbours.sparse
    matrix = sp.coo_array(neighbours)
    keep = (matrix.row != matrix.col) & (matrix.data != 0)
    ones = np.ones(int(keep.sum()))
    return sp.csr_array((ones, (matrix.row[keep], matrix.col[keep])), shape=matrix.shape)


def _checked(count: ArrayLike, exposure: ArrayLike) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    e, b = np.broadcast_arrays(np.asarray(count, float), np.asarray(exposure, float))
    valid = np.isfinite(e) & np.isfinite(b) & (b > 0) & (e >= 0)
    return e, b, valid


def _window(matrix: "sp.csr_array", valid: NDArray[np.bool_]) -> "sp.csr_array":
    """District and neighbours, without those that have no exposure."""
    n = matrix.shape[0]
    keep = sp.dia_array((valid.astype(float)[None, :], [0]), shape=(n, n))
    return sp.csr_array((matrix + sp.eye_array(n)) @ keep)


def _local(
    e: Floats, b: Floats, valid: NDArray[np.bool_], neighbours: Any
) -> tuple[Floats, Floats]:
    window = _window(sparse_neighbours(neighbours), valid)
    return _moments(window, np.where(valid, e, 0.0), np.where(valid, b, 0.0))


def _moments(window: "sp.csr_array", e: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Mean and between-variance of the rates in each row's window."""
    with np.errstate(invalid="ignore", divide="ignore"):
        members = window.sum(axis=1)
        at_risk = window @ b
        mean = (window @ e) / at_risk
        crude = np.where(b > 0, e / np.where(b > 0, b, 1.0), 0.0)
        # sum b (r - m)^2 opened up, so that one product serves every window
        spread = (window @ (b * crude**2)) / at_risk - mean**2
        between = np.maximum(spread - mean / (at_risk / members), 0.0)
    # a difference of nearly equal squares: what rounding leaves is no variance
    return mean, np.where(between > 1e-12 * mean**2, between, 0.0)


def _shrink(e: Floats, b: Floats, mean: Floats, between: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        crude = e / b
        share = np.where(between > 0, between / (between + mean / b), 0.0)
        return mean + share * (crude - mean)
