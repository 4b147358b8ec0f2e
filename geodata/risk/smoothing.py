"""Empirical-Bayes smoothing of district rates by moments (Marshall 1991).

The likelihood version, which the headline uses, is `gamma_poisson`.
"""

from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from geodata.risk.negative_binomial import gamma_poisson, gamma_poisson_posterior
from geodata.risk.posterior import Posterior

__all__ = [
    "empirical_bayes",
    "gamma_poisson",
    "gamma_poisson_posterior",
    "sparse_neighbours",
    "spatial_empirical_bayes",
    "spatial_posterior",
]
Floats = NDArray[np.float64]


def empirical_bayes(count: ArrayLike, exposure: ArrayLike) -> Floats:
    """Shrink crude rates towards the common rate by moments.

    With r = e/b: ``m = sum e / sum b``, ``s2 = sum b (r - m)^2 / sum b``,
    ``A = max(s2 - m / mean(b), 0)``, estimate ``m + A / (A + m/b) (r - m)``.

    Parameters
    ----------
    count
        Events per district.
    exposure
        Exposure per district.

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

    Parameters
    ----------
    count, exposure, neighbours
        As in `spatial_empirical_bayes`.

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


def sparse_neighbours(neighbours: Any) -> sp.csr_array:
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


def _window(matrix: sp.csr_array, valid: NDArray[np.bool_]) -> sp.csr_array:
    """District and neighbours, without those that have no exposure."""
    n = matrix.shape[0]
    keep = sp.dia_array((valid.astype(float)[None, :], [0]), shape=(n, n))
    return sp.csr_array((matrix + sp.eye_array(n)) @ keep)


def _local(
    e: Floats, b: Floats, valid: NDArray[np.bool_], neighbours: Any
) -> tuple[Floats, Floats]:
    window = _window(sparse_neighbours(neighbours), valid)
    return _moments(window, np.where(valid, e, 0.0), np.where(valid, b, 0.0))


def _moments(window: sp.csr_array, e: Floats, b: Floats) -> tuple[Floats, Floats]:
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
