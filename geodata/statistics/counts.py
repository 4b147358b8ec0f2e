"""Counts over time whose variance exceeds their mean: a dynamic negative-binomial forecast.

Counts of blasts vary several times more than Poisson allows, and their level moves. Each
district's next count is foreseen by a mixture of discounted means (its own at several
discounts, its neighbours', the country's, by district and by area), with weights found on the
register's own past, and a negative-binomial spread whose dispersion is estimated there too.
Breaks where the way of reporting changes, or where fewer than about eight periods are held
(the spread then rests on a stated guess).

`change_points` says when the level moved, with false alarms held.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geodata.deferred import sparse as sp
from geodata.deferred import special
from geodata.statistics.rates import sparse_neighbours

Floats = NDArray[np.float64]
DISCOUNTS = (0.0, 0.5, 0.75, 0.9, 0.97, 1.0)
"""Weight of a period relative to the one after it; 0 = the last period alone, 1 = all time."""
SEASONS = (4, 12, 52)
"""Periods after which a pattern may repeat (quarters, months, weeks of a year)."""
MOST_PERIODS = 120
"""Targets that the weights and the dispersion are learnt from; older ones only feed means."""
PRIOR_DISPERSION = (1.0, 0.25)
"""What is assumed of the variance, beside the mean itself: times the mean, times its square."""
LEAPT = 0.001
"""Chance below which the last periods are another level: of the country, or of any district."""
LEAST_LEAP = 12
"""Periods below which a level is not known well enough to tell another from it."""
_PRIOR_POINTS = 8.0
_PRIOR_SQUARE = 0.001
_CALIBRATION_POINTS = 150.0
_ROUNDS = 2
_STEPS = 40
_NEWTON = 12
_BLOCKS = 6
"""Stretches of the past, each foreseen by weights learnt before it."""
_SMALL = 8
"""Counts up to which a product of as many factors is quicker than two logarithms of gamma."""
_VALUES = 300
"""Counts whose likelihood is computed at once for all dispersions of a grid: what fits a cache."""


@dataclass(frozen=True, slots=True)
class CountForecast:
    """What the next periods are expected to bring, one entry a district."""

    mean: Floats
    """Expected count."""
    variance: Floats
    """Of the count to come; at least the mean."""
    linear: float
    quadratic: float
    """The fitted variance: ``mean * linear + quadratic * mean^2``, without a leap."""
    tails: tuple[Floats, Floats]
    """How the model's own probabilities proved too low or too high on the past: sorted nominal
    probabilities, and those the past has had at them."""
    weights: dict[str, float]
    """Share of each discounted mean, by name."""
    leap: Floats
    """Half of what a leap of late would change if it lasts, up or down; 0 where there is none."""

    @classmethod
    def of(
        cls,
        mean: Floats,
        leap: Floats,
        spread: tuple[float, float],
        tails: tuple[Floats, Floats],
        weights: dict[str, float],
    ) -> "CountForecast":
        """Give the forecast of a mean that is as likely ``mean - leap`` as ``mean + leap``.

        Returns
        -------
        CountForecast
            With the variance ``mean linear + quadratic (mean^2 + leap^2) + leap^2``.
        """
        linear, quadratic = spread
        variance = mean * linear + quadratic * mean**2 + (1 + quadratic) * leap**2
        return cls(mean, variance, linear, quadratic, tails, weights, leap)

    @property
    def dispersion(self) -> Floats:
        """Variance over mean, 1 for Poisson."""
        return self.variance / self.mean

    @property
    def bursts(self) -> Floats:
        """Dispersion of the counts themselves, apart from the doubt about a leap."""
        return (self.variance - (1 + self.quadratic) * self.leap**2) / self.mean

    @property
    def size(self) -> Floats:
        """Size r of the negative binomial with this mean and variance."""
        return _size(self.mean, self.variance)

    def quantile(self, probability: float) -> Floats:
        """Give the count that is not exceeded with a probability, between whole numbers.

        A count is taken as spread evenly over half a unit on both sides, so that limits
        hold their level on average and not only at least; never under 0.

        Parameters
        ----------
        probability
            Between 0 and 1, as the past would have it (see `tails`).
        """
        nominal, seen = self.tails
        p = float(np.interp(probability, seen, nominal))
        return negative_binomial_quantile(p, self.mean, self.size)

    def interval(self, level: float = 0.9) -> tuple[Floats, Floats]:
        """Give the predictive limits, equal-tailed but at nought.

        Where the lower limit is 0 no count falls under it, and half of the lower tail is
        given to the upper one: with few events the interval would otherwise hold well
        over its level. After a leap it reaches from the lower limit of the lower level to the
        upper one of the higher.

        Returns
        -------
        tuple of numpy.ndarray
            Lower and upper limit; the mean is never outside.
        """
        tail = (1 - level) / 2
        low, high = self.quantile(tail), self.quantile(1 - tail)
        high = np.where(low > 0, high, self.quantile(1 - 1.5 * tail))
        if self.leap.any():
            gap = np.abs(self.leap)
            low = np.fmin(low, self._moved(-gap).interval(level)[0])
            high = np.fmax(high, self._moved(gap).interval(level)[1])
        return np.fmin(low, self.mean), np.fmax(high, self.mean)

    def _moved(self, by: Floats) -> "CountForecast":
        """Give the forecast of one of the levels that a leap lies between."""
        mean = np.maximum(self.mean + by, 1e-9)
        spread = self.linear, self.quadratic
        return CountForecast.of(mean, np.zeros(mean.shape), spread, self.tails, self.weights)

    def thinned(self, share: float) -> "CountForecast":
        """Give the forecast of the part of the events that is seen with a probability.

        Returns
        -------
        CountForecast
            With mean ``p m`` and variance ``p (1 - p) m + p^2 v``.
        """
        variance = share * (1 - share) * self.mean + share**2 * self.variance
        mean = np.maximum(share * self.mean, 1e-9)
        return replace(self, mean=mean, variance=variance, leap=share * self.leap)

    def covers(self, count: Floats, level: float = 0.9) -> Floats:
        """Say how far counts lie inside the equal-tailed limits, randomised for discreteness.

        Returns
        -------
        numpy.ndarray
            Between 0 and 1: the part of the count's own probability that lies between the
            tails. The mean is `level` where the forecast is right.
        """
        upper, lower = (
            np.interp(negative_binomial_cdf(count - k, self.mean, self.size), *self.tails)
            for k in (0, 1)
        )
        tail, width = (1 - level) / 2, np.maximum(upper - lower, 1e-300)
        under, up_to = (np.clip((q - lower) / width, 0, 1) for q in (tail, 1 - tail))
        return up_to - under

    def draw(self, draws: int, rng: np.random.Generator) -> Floats:
        """Draw counts to come.

        Returns
        -------
        numpy.ndarray
            ``draws`` rows, one column a district. After a leap the first half is of the level
            before it and the other of the new one: districts stay, or not, together.
        """
        if self.leap.any():
            half = draws // 2
            parts = ((-self.leap, half), (self.leap, draws - half))
            return np.concatenate([self._moved(by).draw(part, rng) for by, part in parts])
        size = np.minimum(self.size, 1e9)
        rate = rng.gamma(size, self.mean / size, (draws, self.mean.size))
        return rng.poisson(np.minimum(rate, 1e12)).astype(float)


def forecast_counts(
    counts: ArrayLike,
    *,
    horizon: float = 1.0,
    neighbours: Any = None,
    areas: ArrayLike | None = None,
) -> CountForecast:
    """Foresee each district's count over the next `horizon` periods.

    ``mean = sum_k w_k x_k`` with x the discounted means
    ``sum_s d^(t-1-s) y_s / sum_s d^(t-1-s)`` (Harvey & Fernandes' discounted
    gamma-Poisson state, for several discounts d at once), the neighbours' and the
    country's; with `areas` also the country's rate by area times the district's own, since a
    town of a few square kilometres is no likelier a district than its land makes it. The
    weights sum to 1 and are found by minorise-maximise steps on the
    quasi-likelihood of the past's own counts ahead.
    ``variance = mean * (1 + linear) + quadratic * mean^2`` is fitted by maximum
    negative-binomial likelihood to the errors of weights learnt only from what had ended
    before each stretch of the past, and the tails are then set so that those counts fall
    into them as often as they should: errors of a fit to its own data are too small.

    Weights that sum to 1 follow a leap over some months. Where the counts of the last periods, up
    to the horizon, have a chance of less than `LEAPT` by what was foreseen before them (of a
    district, or of all the others together, times the tests made), the mean is the middle of the
    level before and the new one, and the variance that of either being true: whether a leap lasts
    is in no past that held none. A country's leap moves its districts in proportion.

    Parameters
    ----------
    counts
        Periods x districts, oldest first, periods of equal length. NaN is not observed.
    horizon
        Periods to foresee, over 0; need not be whole.
    neighbours
        SciPy sparse matrix, or an object with ``.sparse``; None for none.
    areas
        Of each district, in any unit; one that is not known or not over 0 counts as the mean
        of the others. None: what the country expects is shared out alike.

    Returns
    -------
    CountForecast
        In the districts' order.

    Raises
    ------
    ValueError
        There is no period or district, a count is negative, the horizon is not over 0, or the
        areas are not one a district.

    References
    ----------
    Harvey AC, Fernandes C (1989). Time series models for count or qualitative
    observations. Journal of Business and Economic Statistics 7, 407-417. Czado C,
    Gneiting T, Held L (2009). Predictive model assessment for count data. Biometrics 65,
    1254-1261 (the non-randomised probability integral transform). Dawid AP (1984).
    Statistical theory: the prequential approach. Journal of the Royal Statistical Society
    A 147, 278-292 (a forecaster is judged on what came after each forecast). Hunter DR,
    Lange K (2004). A tutorial on MM algorithms. The American Statistician 58, 30-37.
    """
    return forecasts_of_counts(counts, [horizon], neighbours=neighbours, areas=areas)[0]


def forecasts_of_counts(
    counts: ArrayLike,
    horizons: Sequence[float],
    *,
    neighbours: Any = None,
    areas: ArrayLike | None = None,
) -> list[CountForecast]:
    """Foresee the counts over several horizons, each as `forecast_counts` does.

    Quicker than one by one: what the periods say by themselves is fitted once.
    """
    y = np.asarray(counts, float)
    y = y[:, None] if y.ndim == 1 else y
    if y.ndim != 2 or not y.size:
        raise ValueError("counts must be periods x districts, at least one of each")
    if np.nanmin(y, initial=0.0) < 0 or not all(np.isfinite(h) and h > 0 for h in horizons):
        raise ValueError("counts must not be negative, and the horizon must be over 0")
    names, features = _features(y, neighbours, _shares_of(areas, y.shape[1]))
    # counts of one period are many: what they say of the spread is the longer ones' guess
    near = _fit_ahead(y, features, 1.0, PRIOR_DISPERSION)
    fits, found = {1.0: near}, []
    for horizon in horizons:
        # at least three counts ahead to learn from; the rest of a long horizon is stretched
        ahead = float(np.clip(horizon, 1.0, max(len(y) // 3, 1)))
        if ahead not in fits:
            fits[ahead] = _fit_ahead(y, features, ahead, (near.linear, near.quadratic))
        fit = fits[ahead]
        mean = np.maximum(features[-1] @ fit.weights, 1e-9) * horizon
        # between bursts that do not last (no growth) and those that do (growth in proportion)
        stretch = float(np.sqrt(max(horizon / ahead, 1.0)))
        middle, leap = _leap(y, features, fit, ahead, horizon)
        mean = np.where(leap == 0, mean, np.maximum(middle, 1e-9))
        spread = 1 + fit.linear * stretch, fit.quadratic
        weights = dict(zip(names, fit.weights.tolist(), strict=True))
        found.append(CountForecast.of(mean, leap, spread, fit.tails, weights))
    return found


def negative_binomial_quantile(probability: float, mean: Floats, size: Floats) -> Floats:
    """Give quantiles of negative-binomial counts, interpolated between whole numbers.

    Parameters
    ----------
    probability
        Between 0 and 1.
    mean, size
        Mean and size r (``variance = mean + mean^2 / r``).

    Returns
    -------
    numpy.ndarray
        Not under 0.
    """
    if probability <= 0:
        return np.zeros(mean.shape)
    p = min(probability, 1 - 1e-12)
    low = np.full(mean.shape, -1.0)
    high = np.ceil(mean + 60 * np.sqrt(mean + mean**2 / size) + 60)
    for _ in range(64):
        middle = np.floor((low + high) / 2)
        enough = negative_binomial_cdf(middle, mean, size) >= p
        high, low = np.where(enough, middle, high), np.where(enough, low, middle)
        if np.all(high - low <= 1):
            break
    below = negative_binomial_cdf(high - 1, mean, size)
    at = negative_binomial_cdf(high, mean, size)
    return np.maximum(high - 0.5 + (p - below) / np.maximum(at - below, 1e-300), 0.0)


def negative_binomial_cdf(count: Floats, mean: Floats, size: Floats) -> Floats:
    """Give the probability of at most `count`; 0 for a negative count.

    Returns
    -------
    numpy.ndarray
        Between 0 and 1.
    """
    k = np.maximum(count, 0.0)
    return np.where(count < 0, 0.0, special.betainc(size, k + 1, size / (size + mean)))


def negative_binomial_log(count: Floats, mean: Floats, size: Floats) -> Floats:
    """Give the log probability of counts."""
    ratio = mean / size
    rising = special.gammaln(count + size) - special.gammaln(size) - special.gammaln(count + 1)
    return rising + special.xlogy(count, ratio) - (count + size) * np.log1p(ratio)


@dataclass(frozen=True, slots=True)
class _Fit:
    weights: Floats
    linear: float
    quadratic: float
    tails: tuple[Floats, Floats]
    before: tuple[float, float]
    """The dispersions of what had ended a horizon ago."""


def _size(mean: Floats, variance: Floats) -> Floats:
    return mean**2 / np.maximum(variance - mean, 1e-9 * mean)


def _shares_of(areas: ArrayLike | None, districts: int) -> Floats | None:
    """Give areas over their mean; None where they tell no district from another."""
    if areas is None:
        return None
    given = np.asarray(areas, float)
    if given.shape != (districts,):
        raise ValueError("areas must be one a district")
    known = np.isfinite(given) & (given > 0)
    if not known.any():
        return None
    filled = np.where(known, given, given[known].mean())
    share = filled / filled.mean()
    return None if np.allclose(share, 1.0) else share


def _features(y: Floats, neighbours: Any, areas: Floats | None) -> tuple[list[str], Floats]:
    """Means of what lies before each period, and before the next one: (T + 1) x n x K."""
    periods, n = y.shape
    seen = np.isfinite(y)
    whole = np.where(seen, y, 0.0)
    own = _discounted(whole, seen)
    named = {f"own_{d:g}": own[:, k] for k, d in enumerate(DISCOUNTS)}
    long, recent = named["own_1"], named["own_0.75"]
    level = recent.mean(axis=1, keepdims=True)
    usual = np.maximum(long.mean(axis=1, keepdims=True), 1e-12)
    # half an event over the whole past keeps a quiet country from promising nothing
    passed = np.arange(periods + 1)[:, None] * float(n)
    floor = (0.5 + np.cumsum(np.vstack([np.zeros((1, n)), whole]).sum(axis=1))[:, None]) / (
        np.maximum(passed, 1.0) + 0.5
    )
    named["country"] = np.broadcast_to(floor, long.shape)
    if areas is not None:
        named["country_by_area"] = floor * areas
    named["country_moved"] = long * level / usual
    fast = named["own_0.5"].mean(axis=1, keepdims=True) / np.maximum(level, 1e-12)
    named["trend"] = named["own_0.5"] * np.clip(fast, 0.5, 2.0)
    if neighbours is not None:
        matrix = sparse_neighbours(neighbours)
        degree = np.maximum(matrix.sum(axis=1), 1.0)
        average = sp.csr_array(sp.diags_array(1 / degree) @ matrix)
        named["near_0.75"] = recent @ average.T
        named["near_1"] = long @ average.T
    for season in SEASONS:
        if periods >= 2 * season + 8:
            named[f"season_{season}"] = _last_season(whole, long, season)
    return list(named), np.stack([np.asarray(v) for v in named.values()], axis=2)


def _discounted(y: Floats, seen: NDArray[np.bool_]) -> Floats:
    """Means of the periods before each, one a discount; before the first one they are 0."""
    discounts = np.array(DISCOUNTS)[:, None]
    total, weight = np.zeros((2, len(discounts), y.shape[1]))
    found = np.zeros((y.shape[0] + 1, *total.shape))
    for t in range(y.shape[0]):
        kept = np.where(seen[t], discounts, 1.0)
        total, weight = kept * total + y[t], kept * weight + seen[t]
        found[t + 1] = total / np.maximum(weight, 1e-12)
    return found


def _last_season(y: Floats, long: Floats, season: int) -> Floats:
    """Mean of the three periods around the one a season ago; all time before that is held."""
    found = long.copy()
    for t in range(season + 1, y.shape[0] + 1):
        found[t] = y[t - season - 1 : t - season + 2].mean(axis=0)
    return found


def _targets(y: Floats, ahead: float) -> tuple[NDArray[np.intp], Floats]:
    """Sum counts of `ahead` periods from each period on, and the periods they start at."""
    whole, part = int(ahead), ahead - int(ahead)
    last = y.shape[0] - whole - (1 if part > 0 else 0)
    rows = np.arange(1, last + 1)
    if not rows.size:
        return rows, np.zeros((0, y.shape[1]))
    sums = np.stack([y[t : t + whole].sum(axis=0) for t in rows])
    if part > 0:
        sums = sums + part * y[rows + whole]
    return rows, sums


def _fit_ahead(y: Floats, features: Floats, ahead: float, guess: tuple[float, float]) -> _Fit:
    rows, target = _targets(y, ahead)
    rows, target = rows[-MOST_PERIODS:], target[-MOST_PERIODS:]
    seen = np.isfinite(target)
    x = (features[rows] * ahead)[seen]
    return _fit(x, target[seen], np.nonzero(seen)[0], len(rows), ahead, guess)


def _fit(
    x: Floats,
    y: Floats,
    rows_of: NDArray[np.intp],
    periods: int,
    ahead: float,
    guess: tuple[float, float],
) -> _Fit:
    """Weights by minorise-maximise steps; dispersion and tails by what was foreseen with them."""
    weights = np.full(x.shape[-1], 1.0 / x.shape[-1])
    linear, quadratic = guess
    if not y.size:
        return _Fit(weights, linear, quadratic, _plain_tails(), guess)
    # the first periods have little before them, and count less for it; counts ahead that
    # overlap say the same several times
    trust = np.minimum((rows_of + 1) / 8.0, 1.0) * 0.5 ** ((periods - 1 - rows_of) / 60.0) / ahead
    for _ in range(_ROUNDS):
        weights = _weights(x, y, trust, (linear, quadratic), weights)
        linear, quadratic = _dispersion(y, np.maximum(x @ weights, 1e-9), trust, guess)
    mean = _foreseen(x, y, trust, (linear, quadratic), rows_of, periods, ahead)
    linear, quadratic = _dispersion(y, mean, trust, guess)
    old = rows_of <= periods - 1 - np.ceil(ahead)
    before = _dispersion(y[old], mean[old], trust[old], guess) if old.any() else guess
    return _Fit(weights, linear, quadratic, _tails(y, mean, linear, quadratic, trust), before)


def _leap(
    y: Floats, features: Floats, fit: _Fit, ahead: float, horizon: float
) -> tuple[Floats, Floats]:
    """Give the middle of what the level before a leap and the new one bring, and half of the gap.

    Whether a new level lasts or fades is told by no past that held none: both are as likely. It
    is carried on for twice as long as it was seen: a day's burst is no rate of a year.
    """
    periods, n = y.shape
    longest = int(np.ceil(ahead))
    middle, found, least = np.zeros(n), np.zeros(n), np.full(n, LEAPT)
    if periods <= 2 * longest or periods < LEAST_LEAP:
        return middle, found
    for length in range(1, longest + 1):
        held = np.nansum(y[-length:], axis=0)
        # what the model had foreseen before it, by weights that it has since learnt
        mean = np.maximum(features[periods - length] @ fit.weights, 1e-9) * length
        p = longest * n * _chance(held, mean, fit.before)
        level, others = held, p >= LEAPT
        if others.any():
            # a country moves where its districts do that are not enough by themselves
            count, expected = (np.array([x[others].sum()]) for x in (held, mean))
            p = np.where(others, longest * _chance(count, expected, fit.before), p)
            level = np.where(others, mean * count / expected, held)
        nearer = p < least
        old = mean / length * horizon
        gap = (level - mean) / length * min(horizon, 2.0 * length)
        middle = np.where(nearer, old + gap / 2, middle)
        found = np.where(nearer, gap / 2, found)
        least = np.fmin(p, least)
    return middle, found


def _chance(count: Floats, mean: Floats, spread: tuple[float, float]) -> Floats:
    """Probability of a count as far from its mean, on either side."""
    size = mean / (spread[0] + spread[1] * mean)
    under, over = (
        negative_binomial_cdf(count, mean, size),
        1 - negative_binomial_cdf(count - 1, mean, size),
    )
    return np.minimum(2 * np.fmin(under, over), 1.0)


def _foreseen(
    x: Floats,
    y: Floats,
    trust: Floats,
    spread: tuple[float, float],
    rows_of: NDArray[np.intp],
    periods: int,
    ahead: float,
) -> Floats:
    """Give each past count the mean that weights learnt only from what had ended by then give.

    Errors of weights fitted to the very counts they are held against are too small, the more
    so the further ahead: few stretches of that length have ended.
    """
    edges = np.linspace(0, periods, min(_BLOCKS, periods) + 1).astype(np.intp)
    weights = np.full(x.shape[-1], 1.0 / x.shape[-1])
    mean = np.zeros(y.shape)
    for first, last in pairwise(edges):
        ended = np.searchsorted(rows_of + ahead, first, side="right")
        if ended:
            # as they counted on that day: newer periods for more
            then = trust[:ended] * 2.0 ** ((periods - first) / 60.0)
            weights = _weights(x[:ended], y[:ended], then, spread, weights)
        block = slice(*np.searchsorted(rows_of, (first, last)))
        mean[block] = x[block] @ weights
    return np.maximum(mean, 1e-9)


def _weights(
    x: Floats, y: Floats, trust: Floats, spread: tuple[float, float], start: Floats
) -> Floats:
    """Climb the quasi-likelihood over shares of the means that sum to 1.

    They must: one leap of the whole country would else be learnt as "ten times whatever was".
    """
    linear, quadratic = spread
    # a mean that was 0 all through the past says nothing yet: it keeps its even share
    usual = np.maximum(x.mean(axis=0) / max(float(x.mean()), 1e-12), 0.1)
    prior = usual * (_PRIOR_POINTS / x.shape[-1])
    weights = start
    for _ in range(_STEPS):
        mean = np.maximum(x @ weights, 1e-9)
        pull = trust / (1 + linear + quadratic * mean)
        top = x.T @ (pull * y / mean) * weights + prior / x.shape[-1]
        weights = _shares(top, x.T @ pull + prior)
    return weights


def _shares(gain: Floats, cost: Floats) -> Floats:
    """Maximise ``sum(gain log w - cost w)`` over w that sum to 1: ``w = gain / (cost + s)``."""
    # one over the sum rises and is concave in s, and nearly straight: Newton's steps on it from
    # below do not pass the root, and are few
    s = float((gain - cost).max())
    pairs = list(zip(gain.tolist(), cost.tolist(), strict=True))  # of ten numbers, loops are faster
    for _ in range(_NEWTON):
        total = slope = 0.0
        for over, under in pairs:
            share = over / (under + s)
            total += share
            slope += share / (under + s)
        nearer = s + total * (total - 1) / slope
        if nearer <= s:
            break
        s = nearer
    w = gain / (cost + s)
    return np.asarray(w / w.sum())


def _dispersion(
    y: Floats, mean: Floats, trust: Floats, guess: tuple[float, float]
) -> tuple[float, float]:
    """Maximise the negative-binomial likelihood over both dispersions, on a zooming grid.

    Means of one size tell the variance there, and not what part of it is linear: the quadratic
    part, by which larger means vary, then stays where it was guessed.
    """
    centre, reach = np.log(guess), 4.5
    typical = max(float(np.average(mean, weights=trust)), 1e-6)
    usual = np.log(guess[0] + guess[1] * typical)
    # most counts are 0, and logarithms of gamma cancel for them; log(y!) is the same everywhere
    some = np.flatnonzero(y > 0)
    small = (y[some] <= _SMALL) & (y[some] % 1 == 0)
    some = some[np.lexsort((-y[some], ~small))]  # the small ones first, from the largest on
    parts = [slice(n, n + _VALUES) for n in range(0, max(y.size, 1), _VALUES)]
    for _ in range(4):
        firsts, along = np.exp(centre[:, None] + np.linspace(-reach, reach, 7))
        value = np.zeros((7, 7))
        for part in parts:
            at = some[part]
            ratio = firsts[:, None, None] + along[:, None] * mean[at]
            value += (_rising(y[at], mean[at] / ratio) + y[at] * np.log(ratio)) @ trust[at]
            ratio = firsts[:, None, None] + along[:, None] * mean[part]
            value -= ((y[part] + mean[part] / ratio) * np.log1p(ratio)) @ trust[part]
        excess = np.log(firsts[:, None] + along * typical)
        value -= 0.05 * _PRIOR_POINTS * (excess - usual) ** 2
        value -= _PRIOR_SQUARE * (np.log(along) - np.log(guess[1])) ** 2
        best = np.unravel_index(np.where(np.isnan(value), -np.inf, value).argmax(), value.shape)
        found = firsts[best[0]], along[best[1]]
        centre, reach = np.log(found), reach / 3
    return float(found[0]), float(found[1])


def _rising(counts: Floats, size: Floats) -> Floats:
    """Give ``log(gamma(counts + size) / gamma(size))``; see the order in `_dispersion`.

    Of a small whole number it is the logarithm of a product, which is quicker by far.
    """
    beyond = (counts > _SMALL) | (counts % 1 != 0)
    first = int(beyond.argmax()) if beyond.any() else counts.size
    product = size[..., :first].copy()
    for step in range(1, int(counts[0]) if first else 0):
        some = int(np.count_nonzero(counts[:first] > step))
        product[..., :some] *= size[..., :some] + step
    others = size[..., first:]
    rest = special.gammaln(counts[first:] + others) - special.gammaln(others)
    return np.concatenate([np.log(product), rest], axis=-1)


def _plain_tails() -> tuple[Floats, Floats]:
    return np.array([0.0, 1.0]), np.array([0.0, 1.0])


def _tails(
    y: Floats, mean: Floats, linear: float, quadratic: float, trust: Floats
) -> tuple[Floats, Floats]:
    """Set nominal probabilities beside how often the past fell under them, shrunk to equal."""
    size = mean / (linear + quadratic * mean)
    upper = negative_binomial_cdf(y, mean, size)
    lower = negative_binomial_cdf(y - 1, mean, size)
    nominal = np.unique(np.concatenate([[0.0, 1.0], np.geomspace(1e-4, 0.5, 25),
                                        1 - np.geomspace(1e-4, 0.5, 25)]))  # fmt: skip
    width = np.maximum(upper - lower, 1e-300)
    share = np.clip((nominal[:, None] - lower) / width, 0.0, 1.0)
    seen = share @ trust / trust.sum()
    part = trust.sum() / (trust.sum() + _CALIBRATION_POINTS)
    blended = np.maximum.accumulate(part * seen + (1 - part) * nominal)
    return nominal, blended


def district_counts(
    counts: ArrayLike, level: float = 0.9, horizon: float = 1.0, neighbours: Any = None
) -> tuple[Floats, Floats, Floats]:
    """Give predictive limits and the mean of each district's count to come.

    Returns
    -------
    tuple of numpy.ndarray
        Lower limit, mean and upper limit, one a district; see `CountForecast.interval`
        and `forecast_counts`.

    Raises
    ------
    ValueError
        As `forecast_counts`, or `level` is not between 0 and 1.

    Examples
    --------
    >>> low, mean, high = district_counts([[2, 0], [4, 0], [3, 1], [3, 0]])
    >>> bool((low <= mean).all() and (mean <= high).all())
    True
    """
    if not 0 < level < 1:
        raise ValueError("level must be between 0 and 1, e.g. 0.9")
    found = forecast_counts(counts, horizon=horizon, neighbours=neighbours)
    low, high = found.interval(level)
    return low, found.mean, high


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
