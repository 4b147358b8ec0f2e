"""Classes of risk with stated limits; no information is a class of its own."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

CLASSES = ("very_low", "low", "medium", "high", "very_high")
NO_INFORMATION = "no_information"
Method = Literal["fixed", "quantiles", "area", "incidents"]

CLASS_LIMITS: dict[tuple[str, str], tuple[float, float, float, float]] = {
    ("incidents", "area"): (0.03, 0.1, 0.3, 1.0),
    ("casualties", "area"): (0.1, 0.3, 1.0, 3.0),
    ("killed", "area"): (0.03, 0.1, 0.3, 1.0),
    ("incidents", "population"): (0.3, 1.0, 3.0, 10.0),
    ("casualties", "population"): (1.0, 3.0, 10.0, 30.0),
    ("killed", "population"): (0.3, 1.0, 3.0, 10.0),
}
"""Lower limits of low, medium, high and very_high by weight and exposure, in the unit of
`density`: half-decades, fixed, so that classes mean the same on every map and date."""


def class_limits(
    weight: str = "incidents",
    exposure: str = "area",
    *,
    values: ArrayLike | None = None,
    method: str = "fixed",
    sizes: ArrayLike | None = None,
) -> tuple[float, ...]:
    """Give the lower limits of the classes above the lowest.

    Parameters
    ----------
    weight, exposure
        As in `district_risk`; they fix the unit.
    values
        Values to derive limits from; zeros and missing values are left out, since they
        are no class of risk and would swallow the quantiles.
    method
        ``fixed`` (the default and the map's); ``quantiles``: as many values in each class;
        ``area``: as much of `sizes`; ``incidents``: as much of values x sizes, that is of
        what is expected. Limits from data are rounded to two digits, so that a small change
        of one value keeps them; of equal values one is left.
    sizes
        Area (or exposure) of each value, for ``area`` and ``incidents``.

    Returns
    -------
    tuple of float
        At most four increasing limits; fewer where the data do not hold five classes.

    Examples
    --------
    >>> class_limits()
    (0.03, 0.1, 0.3, 1.0)
    >>> class_limits(values=[0, 0, 1, 2, 3, 4, 5], method="quantiles")
    (1.8, 2.6, 3.4, 4.2)
    """
    if method == "fixed":
        return CLASS_LIMITS[(weight, exposure)]
    given = np.asarray([] if values is None else values, float)
    size = np.ones(given.shape) if sizes is None else np.asarray(sizes, float)
    use = np.isfinite(given) & (given > 0) & np.isfinite(size) & (size > 0)
    known, size = given[use], size[use]
    if not known.size:
        return CLASS_LIMITS[(weight, exposure)]
    shares = np.arange(1, 5) / 5
    if method == "quantiles":
        limits = np.quantile(known, shares)
    else:
        limits = _shared_out(known, size if method == "area" else known * size, shares)
    return tuple(sorted({float(f"{limit:.2g}") for limit in limits}))


def _shared_out(
    values: NDArray[np.float64], mass: NDArray[np.float64], shares: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the values under which these shares of the mass lie, as near as values allow."""
    order = np.argsort(values, kind="stable")
    middle = np.cumsum(mass[order]) - mass[order] / 2
    return np.asarray(np.interp(shares, middle / mass.sum(), values[order]))


def classify(
    values: ArrayLike, limits: Sequence[float], informed: ArrayLike
) -> NDArray[np.object_]:
    """Give the class of each value; a value equal to a limit is in the class above it.

    Parameters
    ----------
    values
        Headline values.
    limits
        Increasing lower limits of the classes above the lowest; at most four.
    informed
        False where a district holds no information.

    Returns
    -------
    numpy.ndarray
        Class names; ``no_information`` where a value is missing or not informed.

    Examples
    --------
    >>> classify([0.1, 5.0, 0.0], (0.1, 1.0), [True, True, False]).tolist()
    ['low', 'medium', 'no_information']
    """
    x = np.asarray(values, float)
    names = np.array(CLASSES, dtype=object)
    position = np.searchsorted(np.asarray(limits, float), np.nan_to_num(x), side="right")
    usable = np.asarray(informed, bool) & np.isfinite(x)
    return np.where(usable, names[np.minimum(position, len(CLASSES) - 1)], NO_INFORMATION)
