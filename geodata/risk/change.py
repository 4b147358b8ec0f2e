"""Change of a rate against the period before, with the probability that it rose."""

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, betaincinv


@dataclass(frozen=True, slots=True)
class Change:
    """Ratio of the later to the earlier rate; None where nothing was counted in either."""

    ratio: float | None
    low: float | None
    high: float | None
    probability_of_rise: float | None


def change(
    count: float, exposure: float, count_before: float, exposure_before: float, level: float = 0.95
) -> Change:
    """Compare two Poisson rates.

    Given both counts, the share of the later one is ``p ~ Beta(k + 1/2, k0 + 1/2)``
    (Jeffreys) and the ratio of rates ``p / (1 - p) * exposure_before / exposure``.

    Parameters
    ----------
    count, exposure
        Events (effective ones where weighted) of the later period, and their exposure.
    count_before, exposure_before
        The same of the earlier period.
    level
        Probability between `low` and `high`.

    Returns
    -------
    Change
        `ratio` is of the plain rates and None where the earlier count is 0. Everything is
        None where both counts are 0 or an exposure is not positive.

    References
    ----------
    Brown LD, Cai TT, DasGupta A (2001). Interval estimation for a binomial proportion.
    Statistical Science 16, 101-133.

    Examples
    --------
    >>> found = change(5, 1.0, 5, 1.0)
    >>> found.ratio, round(found.probability_of_rise, 6)
    (1.0, 0.5)
    """
    usable = np.isfinite([count, exposure, count_before, exposure_before]).all()
    if not usable or exposure <= 0 or exposure_before <= 0 or count + count_before <= 0:
        return Change(None, None, None, None)
    a, b = count + 0.5, count_before + 0.5
    even = exposure / (exposure + exposure_before)
    tail = (1 - level) / 2
    limits = [float(betaincinv(a, b, q)) for q in (tail, 1 - tail)]
    odds = [p / (1 - p) * exposure_before / exposure if p < 1 else None for p in limits]
    ratio = (count / exposure) / (count_before / exposure_before) if count_before > 0 else None
    return Change(ratio, odds[0], odds[1], 1 - float(betainc(a, b, even)))
