"""What each district's own history says of the days to come: counts, their spread, draws."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.deferred import sparse as sp
from geodata.incidents import DistrictWeights, incidents_in
from geodata.risk.tally import places_of, recorded_days, squares_of
from geodata.risk.window import Window
from geodata.statistics.counts import PRIOR_DISPERSION, CountForecast, forecast_counts

Floats = NDArray[np.float64]
QUARTER_DAYS = 91.0
MOST_PERIODS = 60
LEAST_PERIOD_DAYS = 7.0
LONGEST_DAYS = 365.0
LEAST_DAYS = 30.0
ENOUGH_PERIODS = 8
"""Periods below which the spread rests on a guess (twice Poisson's), and says so."""
ENOUGH_EVENTS = 10
"""Events, and days with one, below which it does, however long the time: a handful show no
bursts."""
FEW = float(np.exp(-1.0))
"""Trust in what is assumed from which on less than `ENOUGH_EVENTS` are held."""
UNSEEN = 0.5
"""Events that a horizon is expected to bring at least: no record is not safe."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """Forecast of the weighted counts of the days after a window."""

    forecast: CountForecast
    """By district, over `days`."""
    days: float
    """Days foreseen."""
    periods: int
    period_days: float
    """How many periods of what length it was learnt from."""
    occasions: float
    """Weighted incidents in them, or the days with one where these are fewer: a handful say
    nothing about how counts spread."""
    at_once: float
    """Districts that have incidents on a day with any, where too few days are held to tell how
    far they go together; 1 where enough are. They are one day to a rate that they share."""

    @property
    def learnt(self) -> bool:
        """Whether the spread was estimated rather than assumed."""
        return self.periods >= ENOUGH_PERIODS and self.occasions >= ENOUGH_EVENTS


@dataclass(frozen=True, slots=True)
class Series:
    """Weighted counts by period and district, oldest first."""

    counts: Floats
    """Periods x districts; the last one ends on `end`."""
    scale: float
    """What a typical incident weighs."""
    period_days: float
    """Length of a period."""
    end: date
    """Last day counted."""
    areas: Floats
    """Of the districts in km2."""
    recorded: tuple[int, int]
    """Days with an incident that counts, and such days of each district added up."""

    def outlook(self, days: float, neighbours: Any = None) -> Outlook:
        """Foresee the days after the last one counted."""
        horizon = days / self.period_days
        # in typical incidents: people come several at a time, and none as often as incidents do
        counts = self.counts / self.scale
        found = forecast_counts(counts, horizon=horizon, neighbours=neighbours, areas=self.areas)
        events = float(np.nansum(counts))
        usual = events / len(self.counts) * horizon
        country, districts = (max(number, 1) for number in self.recorded)
        occasions = min(events, float(country))
        trust = float(np.exp(-((occasions / ENOUGH_EVENTS) ** 2)))
        found = _held_to(found, max(usual, UNSEEN), trust, max(events / districts, 1.0))
        at_once = (districts / country) ** trust
        whole = CountForecast.of(
            found.mean * self.scale,
            found.leap * self.scale,
            (found.linear * self.scale, found.quadratic),
            found.tails,
            found.weights,
        )
        return Outlook(whole, days, len(counts), self.period_days, occasions, at_once)


def _held_to(found: CountForecast, usual: float, trust: float, together: float) -> CountForecast:
    """Hold a country to its whole past, and its spread to what is assumed, while little is known.

    Records end with an incident, and a handful of weeks before it would promise more of them;
    a handful of incidents, each where none was before, would be taken for bursts of a hundred.
    Ten incidents of one day are one such day: what is assumed is of days, each with as many
    `together` in a district as there were. From twice `ENOUGH_EVENTS` on nothing of this is left.
    """
    mean = found.mean * (usual / float(found.mean.sum())) ** trust
    assumed = (1 + PRIOR_DISPERSION[0]) * together, PRIOR_DISPERSION[1]
    linear, quadratic = (
        fitted ** (1 - trust) * guess**trust
        for fitted, guess in zip((found.linear, found.quadratic), assumed, strict=True)
    )
    # a handful of days has no level that a later one could leap from
    leap = found.leap * mean / found.mean * (trust <= FEW)
    return CountForecast.of(mean, leap, (linear, quadratic), found.tails, found.weights)


def series(
    incidents: pd.DataFrame,
    districts: gpd.GeoDataFrame,
    window: Window,
    *,
    weight: str = "incidents",
    period_days: float | None = None,
    places: DistrictWeights | None = None,
) -> Series:
    """Count the incidents up to a window's end by period and district.

    An incident counts on the middle day of its date range, with its place weights and its
    severity; one whose severity is not stated is left out.

    Parameters
    ----------
    window
        Its last day is the last one counted; what was held before it counts as history.
    period_days
        Length of a period; default a sixtieth of the history, at least a week.
    places
        Where the incidents count, when the caller knows; default by `places_of`, so that those
        known by province only count here as they do in the table.

    Returns
    -------
    Series
        At least one period.
    """
    days = recorded_days(incidents)
    first = min(window.start, days[0] if days else window.start)
    span = (window.end - first).days + 1
    length = period_days or max(span / MOST_PERIODS, LEAST_PERIOD_DAYS)
    count = max(int(span / length + 1e-9), 1)
    start = incidents["date_start"].to_numpy().astype("datetime64[D]")
    last = incidents["date_end"].to_numpy().astype("datetime64[D]")
    known = ~(np.isnat(start) | np.isnat(last))
    middle = (start.astype("i8") + last.astype("i8")) // 2
    severity = incidents_in(incidents)
    if weight != "incidents":
        severity = incidents[weight].to_numpy(dtype="float64", na_value=np.nan)
    end = int(np.datetime64(window.end, "D").astype("i8"))
    period = count - 1 - np.floor((end - middle) / length)
    use = known & np.isfinite(severity) & (middle <= end) & (period >= 0)
    places = places or places_of(incidents, districts).weights
    texts = places.matrix.shape[0]
    codes = np.where(places.codes < 0, texts - 1, places.codes)
    table = sp.coo_array(
        (severity[use], (period[use].astype(np.intp), codes[use])), shape=(count, texts)
    )
    areas = districts["area_km2"].to_numpy(dtype="float64", na_value=np.nan)
    counts = (sp.csr_array(table) @ places.matrix).toarray()
    day, at = np.unique(middle[use & (severity > 0)], return_inverse=True)
    of = codes[use & (severity > 0)]
    seen = sp.coo_array((np.ones(len(of)), (at, of)), shape=(len(day), texts))
    held = sp.csr_array(seen) @ places.matrix
    recorded = int((np.diff(held.indptr) > 0).sum()), int(held.nnz)
    total = float(severity[use].sum())
    squares, _ = squares_of(incidents, weight, severity)
    scale = float(squares[use].sum()) / total if weight != "incidents" and total else 1.0
    return Series(counts, scale, length, window.end, areas, recorded)


def horizon_of(window: Window, history: Series) -> float:
    """Give the days that a ranking is held to: the window's length, within reason.

    Returns
    -------
    float
        At most a year or a third of the history, at least `LEAST_DAYS`.
    """
    span = len(history.counts) * history.period_days
    return float(max(min(window.days, LONGEST_DAYS, span / 3), LEAST_DAYS))


def days_since_last(
    incidents: pd.DataFrame,
    districts: pd.Index,
    end: date,
    places: DistrictWeights | None = None,
) -> Floats:
    """Give the days from each district's last incident to a day.

    Returns
    -------
    numpy.ndarray
        NaN where none is recorded: that is no long time without one.
    """
    last = incidents["date_end"].to_numpy().astype("datetime64[D]")
    use = ~np.isnat(last) & (last <= np.datetime64(end, "D"))
    places = places or DistrictWeights.of(incidents, districts)
    texts = places.matrix.shape[0]
    codes = np.where(places.codes < 0, texts - 1, places.codes)
    latest = np.full(texts, -np.inf)
    np.maximum.at(latest, codes[use], last[use].astype("i8").astype(float))
    held_by = sp.coo_array(places.matrix)
    by_district = np.full(len(districts), -np.inf)
    np.maximum.at(by_district, held_by.col, latest[held_by.row])
    today = float(np.datetime64(end, "D").astype("i8"))
    return np.where(np.isfinite(by_district), today - by_district, np.nan)
