"""Gamma-Poisson empirical Bayes by maximum marginal likelihood: the headline."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

from geodata.risk.posterior import Posterior

Floats = NDArray[np.float64]
_LOG_SHAPES = (np.log(1e-4), np.log(1e7))
_NEWTON_STEPS = 60


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
    count, expected
        As in `gamma_poisson`.
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
    """Give the negative-binomial log likelihood of the counts.

    Parameters
    ----------
    count, expected
        As in `gamma_poisson`, without missing values.
    shape, rate
        Parameters of the gamma prior.

    Returns
    -------
    float
        Sum of log probabilities.
    """
    events, at_risk = np.asarray(count, float), np.asarray(expected, float)
    terms = (
        gammaln(events + shape)
        - gammaln(shape)
        - gammaln(events + 1)
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
    constant = gammaln(events + shape) - gammaln(shape) - events * np.log(shape)
    # lnG(O + v) - lnG(v) - O ln v, then the rest in log1p: no large numbers cancel
    terms = constant + events * np.log(fitted) - (events + shape) * np.log1p(fitted / shape)
    return terms.sum(axis=1)
