"""The key figures of the country for a period and a filter."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geodata.risk import rates
from geodata.risk.window import ESTIMATED
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
        Null where no incident states one.
    killed_unstated, injured_unstated
        Incidents that do not say.
    with_record, districts
        Districts with a record, and all.
    unplaced
        Incidents that no district holds, in shares.
    period
        In words; empty for none.
    per_year
        Incidents a year with the limits of Garwood's 95 % interval; null for less than
        30 days.
    """

    incidents: float
    killed: float | None
    injured: float | None
    killed_unstated: int
    injured_unstated: int
    with_record: int
    districts: int
    unplaced: float
    period: str
    per_year: tuple[float, float, float] | None
    estimated: bool
    """Whether the days of observation are estimated, as nobody stated them."""


def figures_of(view: RiskView, say: Translator) -> Figures:
    """Count incidents and casualties, with what is not stated.

    Parameters
    ----------
    view
        With period and filter applied.
    say
        Language of the period.
    """
    total, window = float(view.shares.sum()), view.window
    per_year = None
    if window is not None and window.years >= LEAST_YEARS:
        low, high = rates.poisson_interval(total, window.years)
        per_year = (total / window.years, float(low), float(high))
    return Figures(
        incidents=total,
        killed=known_sum(view.incidents["killed"], view.shares),
        injured=known_sum(view.incidents["injured"], view.shares),
        killed_unstated=int(view.incidents["killed"].isna().sum()),
        injured_unstated=int(view.incidents["injured"].isna().sum()),
        with_record=int((view.risk["incidents"] > 0).sum()),
        districts=len(view.risk),
        unplaced=view.unplaced if view.unplaced > 1e-9 else 0.0,
        period=say.interval_of_days(window.start, window.end) if window else "",
        per_year=per_year,
        estimated=window is not None and window.chosen == ESTIMATED,
    )


def known_sum(values: "pd.Series[Any]", shares: Any) -> float | None:
    """Sum what is stated, in shares; null where nothing is."""
    numbers = values.to_numpy(dtype="float64", na_value=np.nan)
    known = np.isfinite(numbers)
    return float((numbers * shares)[known].sum()) if known.any() else None


def tiles_of(figures: Figures, say: Translator) -> list[tuple[str, str]]:
    """Give the numbers with the words under them, for sheets and summaries."""
    values = {key: getattr(figures, key) for key in COUNTED}
    found = [(say.number(rounded(n)), counted(say.lang, key, n)) for key, n in values.items()]
    of = texts_of(say.lang)["districts-with-record"]
    found.append(
        (say.number(figures.with_record), of.replace("{n}", say.number(figures.districts)))
    )
    return found


def rounded(number: float | None) -> float | None:
    """Round a count that is fractional through shares for a reader; null stays null."""
    return None if number is None else round(number, 2)
