"""Rates with exact Poisson limits, and with limits by effective count where weighted."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammainccinv, gammaincinv

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
    level
        Confidence level between 0 and 1.

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
        low = np.where(k > 0, gammaincinv(np.where(k > 0, k, 1.0), tail), 0.0 * k)
        high = gammainccinv(k + 1, tail)
    return low / b, high / b


def weighted_interval(
    total: ArrayLike,
    squares: ArrayLike,
    exposure: ArrayLike = 1.0,
    level: float = 0.95,
    *,
    zero_weight: float = 1.0,
) -> tuple[Floats, Floats]:
    """Give limits of a rate whose count is a sum of weights.

    A weighted sum is not Poisson. It is taken as ``s`` times a Poisson count of effective
    size ``k = (sum w)^2 / sum w^2`` with ``s = sum w^2 / sum w``, which keeps its mean and
    variance; the limits are Garwood's for ``k``, times ``s``. Weights that are all 1 give
    Garwood's limits exactly.

    Parameters
    ----------
    total, squares
        Sum of the weights and of their squares.
    exposure
        What the sum is divided by.
    level
        Confidence level.
    zero_weight
        The weight one event would have had, for the upper limit where nothing was counted.

    Returns
    -------
    tuple of numpy.ndarray
        Lower and upper limit; NaN where a value is missing or the exposure is not positive.

    References
    ----------
    Dobson AJ et al. (1991). Confidence intervals for weighted sums of Poisson parameters.
    Statistics in Medicine 10, 457-462.

    Examples
    --------
    >>> low, high = weighted_interval(0.5, 0.25)     # half of one incident
    >>> round(float(high), 3)
    2.786
    """
    t, q = np.broadcast_arrays(np.asarray(total, float), np.asarray(squares, float))
    some = (t > 0) & (q > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = np.where(some, q / t, zero_weight)
        k = np.where(some, t * t / q, t * 0.0)
    low, high = poisson_interval(k, exposure, level)
    return low * scale, high * scale


def rate(total: ArrayLike, exposure: ArrayLike) -> Floats:
    """Divide a count by its exposure; NaN where the exposure is not positive and finite.

    Parameters
    ----------
    total
        Count or sum of weights.
    exposure
        What it is divided by.

    Returns
    -------
    numpy.ndarray
        Rate per unit of exposure.

    Examples
    --------
    >>> float(rate(3, 2.0))
    1.5
    """
    t, b = np.broadcast_arrays(np.asarray(total, float), np.asarray(exposure, float))
    valid = np.isfinite(b) & (b > 0)
    return np.where(valid, t / np.where(valid, b, 1.0), np.nan)
