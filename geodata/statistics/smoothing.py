"""Rates of districts shrunk towards the country or the neighbours, and how well each is known.

`gamma_poisson` (maximum likelihood) is the headline's; `empirical_bayes` and its local twin
are Marshall's by moments.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geodata.deferred import sparse as sp
from geodata.deferred import special

Floats = NDArray[np.float64]
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


def marginal_log_likelihood(
    count: ArrayLike, expected: ArrayLike, shape: float, rate: float
) -> float:
    """Give the negative-binomial log likelihood of the counts."""
    events, at_risk = np.asarray(count, float), np.asarray(expected, float)
    terms = (
        special.gammaln(events + shape)
        - special.gammaln(shape)
        - special.gammaln(events + 1)
        + shape * np.log(rate / (rate + at_risk))
        + events * np.log(at_risk / (rate + at_risk))
    )
    return float(terms.sum())


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
