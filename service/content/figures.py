"""The key figures of the country for a period and a filter, and incidents over time."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geodata.incidents import Toll, least_of, toll_of
from geodata.risk import rates
from geodata.risk.of_snapshot import at_home
from geodata.risk.window import BY_SOURCE, ESTIMATED
from service.content.texts import COUNTED, counted, texts_of
from service.content.view import RiskView
from service.i18n import Translator

LEAST_YEARS = 30 / 365.25
"""A shorter period gives no number a year: one blast in a week is no rate of 52."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of the period; an incident that lies in it in part counts in part.

    Attributes
    ----------
    incidents
        In shares.
    killed, injured
        At least so many where some incidents do not say.
    with_record, districts
        Districts with a record, and all.
    unplaced
        Incidents that no district holds, in shares.
    period
        The days observed, in words that say whether they are estimated; empty for none.
    per_year
        Incidents a year with the limits of Garwood's 95 % interval; null for less than
        30 days.
    """

    incidents: float
    killed: Toll
    injured: Toll
    with_record: int
    districts: int
    unplaced: float
    elsewhere: int
    """Incidents of other countries, which are held and not counted."""
    period: str
    per_year: tuple[float, float, float] | None


def figures_of(view: RiskView, say: Translator) -> Figures:
    """Count incidents and casualties, with what is not stated."""
    total, window = float(view.shares.sum()), view.window
    per_year = None
    if window is not None and window.years >= LEAST_YEARS:
        low, high = rates.poisson_interval(total, window.years)
        per_year = (total / window.years, float(low), float(high))
    return Figures(
        incidents=total,
        killed=toll_of(view.incidents, "killed", view.shares),
        injured=toll_of(view.incidents, "injured", view.shares),
        with_record=int((view.risk["incidents"] > 0).sum()),
        districts=len(view.risk),
        unplaced=view.unplaced if view.unplaced > 1e-9 else 0.0,
        elsewhere=len(view.snapshot.incidents) - len(at_home(view.snapshot)),
        period=period_words(view, say),
        per_year=per_year,
    )


def period_words(view: RiskView, say: Translator) -> str:
    """Write the days that every rate of a view is over, and whether they are estimated."""
    if view.window is None:
        return ""
    days, texts = say.interval_of_days(view.window.start, view.window.end), texts_of(say.lang)
    if view.window.chosen == ESTIMATED:
        return texts["period-estimated"].replace("{period}", days)
    if view.window.chosen == BY_SOURCE:
        words = texts["period-by-source"].replace("{period}", days)
        return words.replace("{years}", say.number(view.window.years, 2))
    return days


def tiles_of(figures: Figures, say: Translator) -> list[tuple[str, str]]:
    """Give the numbers with the words under them, for sheets and summaries."""
    found = counts_of(figures, say)
    of = texts_of(say.lang)["districts-with-record"]
    found.append(
        (say.number(figures.with_record), of.replace("{n}", say.number(figures.districts)))
    )
    return found


def counts_of(held: Any, say: Translator) -> list[tuple[str, str]]:
    """Give incidents, killed and injured of the figures or of a district, with their words."""
    sums = (Toll(held.incidents), held.killed, held.injured)
    return [
        (say.toll(toll), counted(say.lang, key, toll.people))
        for key, toll in zip(COUNTED, sums, strict=True)
    ]


def rounded(number: float | None) -> float | None:
    """Round a count that is fractional through shares for a reader; null stays null."""
    return None if number is None else round(number, 2)


LONGEST_BY_MONTH = 36
"""Months of the period up to which the trend is by month; by year above."""


@dataclass(frozen=True, slots=True)
class Span:
    """One month or year: its name and what is counted in it.

    Attributes
    ----------
    killed
        Nobody where there is no incident.
    """

    name: str
    incidents: float
    killed: Toll


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
    known, exact, size = np.isfinite(killed), calendar.exact[kept], len(calendar.names)
    spans = zip(
        calendar.names,
        np.bincount(at, counts, size).tolist(),
        np.bincount(at[known], killed[known] * counts[known], size).tolist(),
        np.bincount(at[known], minlength=size).tolist(),
        np.bincount(at[~exact], counts[~exact], size).tolist(),
        strict=True,
    )
    return Trend(
        tuple(
            Span(name, count, Toll(deaths if stated or not count else None, unstated))
            for name, count, deaths, stated, unstated in spans
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
    exact: Any


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
        least_of(rows, "killed"),
        rows["killed"].notna().to_numpy(),
    )
