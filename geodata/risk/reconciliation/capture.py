"""Capture-recapture: how many incidents two linked sources together suggest."""

from dataclasses import dataclass
from math import exp, log1p, sqrt

import pandas as pd

from geodata.errors import InvalidInput

_NORMAL = 1.959963984540054
ASSUMPTIONS = (
    "Both sources report on the same period and territory, and nothing entered or left between.",
    (
        "Whether one source has an incident does not depend on whether the other has it; sources "
        "that copy each other make the estimate too small."
    ),
    (
        "Every incident has the same chance to be in a source; remote places that nobody reaches "
        "are missing from both, and make the estimate too small."
    ),
    "Incidents are linked without error.",
)


@dataclass(frozen=True, slots=True)
class Captured:
    """Chapman's estimate of the total, with its interval and assumptions."""

    estimate: float
    low: float
    high: float
    first: int
    second: int
    both: int
    assumptions: tuple[str, ...] = ASSUMPTIONS


def chapman(first: int, second: int, both: int) -> Captured:
    """Estimate the number of incidents from two independent, linked sources.

    ``N = (n1 + 1)(n2 + 1) / (m + 1) - 1``, nearly unbiased; the 95 % interval is normal on
    the log of the number in neither source.

    Parameters
    ----------
    first, second
        Incidents in each source.
    both
        Incidents in both.

    Returns
    -------
    Captured
        Never under the number of incidents that are known.

    Raises
    ------
    InvalidInput
        A number is negative, or `both` exceeds a source.

    References
    ----------
    Chapman DG (1951). Some properties of the hypergeometric distribution with applications
    to zoological sample censuses. University of California Publications in Statistics 1.

    Examples
    --------
    >>> round(chapman(30, 20, 10).estimate, 2)
    58.18
    """
    if min(first, second, both) < 0 or both > min(first, second):
        raise InvalidInput("Incidents in both sources cannot exceed those in either.")
    total = (first + 1) * (second + 1) / (both + 1) - 1
    known = first + second - both
    only = (first - both) * (second - both)
    variance = (first + 1) * (second + 1) * only / ((both + 1) ** 2 * (both + 2))
    unseen = max(total - known, 0.0)
    if unseen <= 0 or variance <= 0:
        return Captured(total, float(known), total, first, second, both)
    factor = _log_normal(unseen, variance)
    return Captured(total, known + unseen / factor, known + unseen * factor, first, second, both)


def linked(incidents: pd.DataFrame, first: str, second: str) -> Captured:
    """Estimate the total from two publishers whose reports the register has linked.

    Parameters
    ----------
    incidents
        Frame of the incidents' schema; `sources` names the publishers.
    first, second
        Publishers, as a part of `sources`; case does not matter.

    Returns
    -------
    Captured
        From the incidents that name one or both.

    Raises
    ------
    InvalidInput
        The names are empty or equal, or one publisher reports no incident.
    """
    names = [first.strip(), second.strip()]
    if not all(names) or names[0].casefold() == names[1].casefold():
        raise InvalidInput("Name two different sources.", code="bad-sources")
    text = incidents["sources"].astype("str").str.casefold()
    a, b = (
        text.str.contains(name.casefold(), regex=False, na=False).to_numpy(dtype=bool)
        for name in names
    )
    if not a.any() or not b.any():
        raise InvalidInput(
            "A source has no incident here; the column sources lists the publishers.",
            code="bad-sources",
        )
    return chapman(int(a.sum()), int(b.sum()), int((a & b).sum()))


def _log_normal(mean: float, variance: float) -> float:
    return exp(_NORMAL * sqrt(log1p(variance / mean**2)))
