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
    calendar = _calendar(view, say)
    if calendar is None:
        return None
    counts = view.shares if weights is None else np.asarray(weights, float)
    kept = np.flatnonzero(counts > 0)
    counts, at, killed = counts[kept], calendar.first[kept], calendar.killed[kept]
    known, size = np.isfinite(killed), len(calendar.names)
    spans = zip(
        calendar.names,
        np.bincount(at, counts, size).tolist(),
        np.bincount(at[known], killed[known] * counts[known], size).tolist(),
        np.bincount(at[known], minlength=size).tolist(),
        strict=True,
    )
    return Trend(
        tuple(
            Span(name, count, deaths if stated or not count else None)
            for name, count, deaths, stated in spans
        ),
        calendar.monthly,
        int((at != calendar.last[kept]).sum()),
    )


@dataclass(frozen=True, slots=True)
class _Calendar:
    """The months or years of a view's period, and where each incident stands in them."""

    names: tuple[str, ...]
    monthly: bool
    first: Any
    last: Any
    killed: Any


def _calendar(view: RiskView, say: Translator) -> _Calendar | None:
    key = (*view.key, "calendar", say.lang)
    found: _Calendar | None = view.snapshot.cached(key, lambda: _read(view, say))
    return found


def _read(view: RiskView, say: Translator) -> _Calendar | None:
    window, rows = view.window, view.incidents
    if window is None:
        return None
    start, end = pd.Timestamp(window.start), pd.Timestamp(window.end)
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    unit, pattern = ("M", "LLL yyyy") if months <= LONGEST_BY_MONTH else ("Y", "yyyy")
    every = pd.period_range(start, end, freq=unit)
    return _Calendar(
        tuple(say.date(period.start_time.date(), pattern) for period in every),
        unit == "M",
        every.get_indexer(pd.PeriodIndex(rows["date_start"].clip(start).dt.to_period(unit))),
        every.get_indexer(pd.PeriodIndex(rows["date_end"].clip(upper=end).dt.to_period(unit))),
        rows["killed"].to_numpy(dtype="float64", na_value=np.nan),
    )
