"""Incidents over time: by month while the period is short, else by year."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from service.content.view import RiskView
from service.i18n import Translator

LONGEST_BY_MONTH = 36
"""Months of the period up to which the trend is by month; by year above."""


@dataclass(frozen=True, slots=True)
class Span:
    """One month or year: its name and what is counted in it.

    Attributes
    ----------
    killed
        Null where there are incidents and none states it.
    """

    name: str
    incidents: float
    killed: float | None


@dataclass(frozen=True, slots=True)
class Trend:
    """All months or years of the period, those without a record included.

    Attributes
    ----------
    imprecise
        Incidents whose days lie in several spans; they count in the first.
    """

    spans: tuple[Span, ...]
    monthly: bool
    imprecise: int

    @property
    def total(self) -> float:
        """Sum of the incidents."""
        return sum(span.incidents for span in self.spans)


def trend_of(view: RiskView, say: Translator, weights: Any = None) -> Trend | None:
    """Count incidents by the month or year of their first possible day in the period.

    Parameters
    ----------
    view
        With period and filter applied.
    say
        Language of the names.
    weights
        What each incident counts for a district, in the view's order; None for the country.

    Returns
    -------
    Trend or None
        None where there is no period. The sum of the spans is the count of the risk table.
    """
    window = view.window
    if window is None:
        return None
    counts = view.shares if weights is None else np.asarray(weights, float)
    kept = counts > 0
    rows, counts = view.incidents[kept], counts[kept]
    first, last = pd.Timestamp(window.start), pd.Timestamp(window.end)
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    monthly = months <= LONGEST_BY_MONTH
    unit, pattern = ("M", "LLL yyyy") if monthly else ("Y", "yyyy")
    every = pd.period_range(first, last, freq=unit)
    at = every.get_indexer(pd.PeriodIndex(rows["date_start"].clip(first).dt.to_period(unit)))
    until = every.get_indexer(pd.PeriodIndex(rows["date_end"].clip(upper=last).dt.to_period(unit)))
    stated = rows["killed"].to_numpy(dtype="float64", na_value=np.nan)
    known = np.isfinite(stated)
    spans = zip(
        every,
        np.bincount(at, counts, len(every)),
        np.bincount(at[known], stated[known] * counts[known], len(every)),
        np.bincount(at[known], minlength=len(every)) > 0,
        strict=True,
    )
    return Trend(
        tuple(
            Span(
                say.date(period.start_time.date(), pattern),
                float(count),
                float(killed) if said or not count else None,
            )
            for period, count, killed, said in spans
        ),
        monthly,
        int((at != until).sum()),
    )
