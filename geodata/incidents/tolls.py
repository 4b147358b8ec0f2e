"""How many people several incidents killed or injured together, where some do not say."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Toll:
    """The people of one outcome over several incidents."""

    people: float | None
    """Sum of the best numbers, and of the least stated where there is no best one; null where no
    incident states either."""
    unstated: float = 0.0
    """Incidents of which no exact number is known: above 0, `people` is "at least so many"."""

    @property
    def bounded(self) -> bool:
        """Whether there may be more people than the sum."""
        return self.unstated > 1e-9


def least_of(frame: pd.DataFrame, outcome: str) -> NDArray[np.float64]:
    """Give how many people each incident had at least: the best number, else the low one.

    Parameters
    ----------
    outcome
        ``killed`` or ``injured``.

    Returns
    -------
    numpy.ndarray
        NaN where neither is stated.
    """
    best = people_in(frame, outcome)
    return np.where(np.isfinite(best), best, people_in(frame, f"{outcome}_low"))


def people_in(frame: pd.DataFrame, name: str) -> NDArray[np.float64]:
    """Give a column of numbers of people, NaN where it is not stated or there is no such column."""
    if name not in frame.columns:
        return np.full(len(frame), np.nan)
    return frame[name].to_numpy(dtype="float64", na_value=np.nan)


def toll_of(frame: pd.DataFrame, outcome: str, shares: Any = 1.0) -> Toll:
    """Sum the people of one outcome over incidents.

    Examples
    --------
    >>> some = pd.DataFrame({"killed": [2, None, None], "killed_low": [1, 5, None]})
    >>> toll_of(some, "killed")
    Toll(people=7.0, unstated=2.0)
    """
    weights = np.broadcast_to(np.asarray(shares, dtype=np.float64), len(frame))
    least = least_of(frame, outcome)
    known = np.isfinite(least) & (weights > 0)
    exact = np.isfinite(people_in(frame, outcome))
    return Toll(
        float((least * weights)[known].sum()) if known.any() else None,
        float(weights[~exact].sum()),
    )
