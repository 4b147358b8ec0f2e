"""One computation of everything that a table, an explanation and a comparison read.

Rates with their limits and posteriors, and what each district's own history says of the days to
come: counts, their spread, draws.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.deferred import sparse as sp
from geodata.districts import contiguity
from geodata.incidents import DistrictWeights, incidents_in
from geodata.risk.parameters import RiskParameters
from geodata.risk.tally import (
    BY_SOURCE,
    STATED,
    Places,
    Tally,
    Window,
    choose_window,
    inside,
    places_of,
    recorded_days,
    squares_of,
    tally,
)
from geodata.statistics.counts import PRIOR_DISPERSION, CountForecast, forecast_counts
from geodata.statistics.rates import (
    Posterior,
    compound_limits,
    gamma_poisson,
    gamma_poisson_posterior,
    rate,
    spatial_empirical_bayes,
    spatial_posterior,
    weighted_interval,
)

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

    At least one period.

    Parameters
    ----------
    window
        Its last day is the last one counted; what was held before it counts as history.
    period_days
        Length of a period; default a sixtieth of the history, at least a week.
    places
        Where the incidents count, when the caller knows; default by `places_of`, so that those
        known by province only count here as they do in the table.
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


PER = {"area": 100.0, "population": 100_000.0}


@dataclass(frozen=True, slots=True)
class Estimate:
    """Everything a table, an explanation and a comparison read from one computation."""

    window: Window | None
    """The days observed, which every estimate is over; crude densities are over its `recorded`."""
    places: Places
    """Where the incidents given count; empty where there is no window."""
    tally: Tally
    people_or_area: Floats
    exposure: Floats
    rate: Floats
    rate_low: Floats
    rate_high: Floats
    """Weights over the exposure, unsmoothed, and its limits."""
    recorded_exposure: Floats
    density: Floats
    density_low: Floats
    density_high: Floats
    """The same over the recorded span: the same incidents, divided by fewer days."""
    own_record: NDArray[np.bool_]
    """Whether any incident is stated to be, or perhaps to be, in the district."""
    posterior: Posterior
    prior: tuple[float, float] | None
    smoothed: Floats
    unit: str
    neighbours: Any
    islands: NDArray[np.bool_]
    dispersion: Floats
    """Variance over mean of a district's count of the length of the window, at least 1."""
    outlook: Outlook | None
    """Weighted counts of the next days, as many as a ranking is held to."""
    quarter: Outlook | None
    """Weighted counts of the next quarter."""
    days_since_last: Floats


def estimate(
    incidents: pd.DataFrame,
    districts: gpd.GeoDataFrame,
    parameters: RiskParameters,
    *,
    today: date | None = None,
    window: Window | None = None,
    with_outlook: bool = True,
) -> Estimate:
    """Compute everything a risk table holds.

    Parameters
    ----------
    parameters
        `where`, `boundaries` and `as_of` were applied by the caller.
    today
        Last day that can be observed; default today (UTC).
    window
        The days to count, when the caller has chosen them.
    with_outlook
        False leaves out what the history says of the days to come; the dispersion is then
        Poisson's.
    """
    today = today or datetime.now(UTC).date()
    window = window or choose_window(parameters.period, recorded_days(incidents, districts), today)
    half_life = parameters.half_life_days
    used, days = (incidents, window) if window else (incidents.iloc[:0], Window(today, today))
    held = inside(used, days)
    places = places_of(used, districts, held)
    counted = tally(
        used,
        districts,
        days,
        weight=parameters.weight,
        half_life_days=half_life,
        places=places,
    )
    if parameters.period is None and window:
        # Of the whole time: what lies in no district counts as unplaced whenever it happened.
        whole = (
            window
            if window.chosen in (STATED, BY_SOURCE)
            else choose_window(None, recorded_days(incidents), today) or window
        )
        everywhere = inside(incidents, whole).sum()
        counted = replace(counted, unplaced=float(everywhere - counted.incidents.sum()))
    column = "area_km2" if parameters.exposure == "area" else "population"
    base = districts[column].to_numpy(dtype="float64", na_value=np.nan)
    per = PER[parameters.exposure]
    at_risk = area_at_risk(base, window, half_life, per)
    recorded = area_at_risk(base, window.recorded if window else None, half_life, per)
    informed = counted.incidents - counted.unstated > 1e-12
    # a share of what is known by province only is no record of the district itself
    own_record = places.stated.sums(held) > 1e-12
    informed &= own_record
    value = np.where(informed, rate(counted.total, at_risk), np.nan)
    low, high = _crude_limits(counted, at_risk, parameters)
    low = np.where(informed, low, np.nan)
    # the same counts: no record lies outside its span
    fewer = np.divide(at_risk, recorded, out=np.full(len(base), np.nan), where=recorded > 0)
    neighbours = contiguity(districts)
    islands = np.diff(neighbours.indptr) == 0
    prior = fitted_prior(counted, at_risk) if parameters.smoothing != "none" else None
    outlook = quarter = None
    dispersion, since = np.ones(len(districts)), np.full(len(districts), np.nan)
    if with_outlook and window and len(districts):
        history = series(
            incidents, districts, window, weight=parameters.weight, places=places.weights
        )
        outlook = history.outlook(horizon_of(window, history), neighbours)
        quarter = history.outlook(QUARTER_DAYS, neighbours)
        # people come several at a time: the dispersion is of events of a typical weight
        people = counted.scale if half_life is None else 1.0
        dispersion = np.maximum(outlook.forecast.bursts / people, 1.0)
        since = days_since_last(incidents, districts.index, window.end, places.stated)
    posterior = _posterior(counted, at_risk, parameters.smoothing, prior, neighbours)
    # from the posterior itself: equal rates have to tie to the last digit
    smoothed = _smoothed(counted, at_risk, parameters.smoothing, posterior, neighbours)
    doubt = np.divide(
        counted.between, counted.squares, out=np.zeros(len(districts)), where=counted.squares > 0
    )
    wider = dispersion * (outlook.at_once if outlook else 1.0) + doubt
    posterior = Posterior(posterior.shape / wider, posterior.rate / wider)
    return Estimate(
        window=window,
        places=places,
        tally=counted,
        people_or_area=base,
        exposure=at_risk,
        rate=value,
        rate_low=low,
        rate_high=high,
        recorded_exposure=recorded,
        density=value * fewer,
        density_low=low * fewer,
        density_high=high * fewer,
        own_record=own_record,
        posterior=posterior,
        prior=prior,
        smoothed=smoothed * counted.scale,
        unit=parameters.unit,
        neighbours=neighbours,
        islands=islands,
        dispersion=dispersion,
        outlook=outlook,
        quarter=quarter,
        days_since_last=since,
    )


def area_at_risk(
    base: Floats, window: Window | None, half_life_days: float | None, per: float = PER["area"]
) -> Floats:
    """Give the exposure of districts: their area (or people) ÷ `per` x the window's years.

    NaN where there is no base.

    Parameters
    ----------
    base
        km2, or people.
    window
        The days counted; None makes all NaN.
    """
    years = window.years_at_risk(half_life_days) if window else np.nan
    found: Floats = np.where(base > 0, base, np.nan) * years / per
    return found


def smoothed_rates(counted: Tally, at_risk: Floats, smoothing: str, neighbours: Any) -> Floats:
    """Give the smoothed rates alone, as `estimate` has them.

    Weighted counts per unit of exposure and year.
    """
    prior = fitted_prior(counted, at_risk) if smoothing != "none" else None
    posterior = _posterior(counted, at_risk, smoothing, prior, neighbours)
    return _smoothed(counted, at_risk, smoothing, posterior, neighbours) * counted.scale


def _crude_limits(
    counted: Tally, at_risk: Floats, parameters: RiskParameters
) -> tuple[Floats, Floats]:
    """Garwood's limits for incidents (by effective count where weighted), compound for people."""
    if parameters.weight == "incidents":
        return weighted_interval(
            counted.total,
            counted.squares,
            at_risk,
            zero_weight=counted.scale,
            between=counted.between,
        )
    stated = np.maximum(counted.incidents - counted.unstated, 0.0)
    best, most = counted.total, counted.total_high
    sizes = (counted.squares, counted.largest, stated, at_risk)
    low, high = compound_limits(best, *sizes, between=counted.between)
    some = best > 0
    # the low and the high numbers are taken to spread as the best ones do
    fewer, more = (
        np.divide(end, best, out=np.ones_like(best), where=some)
        for end in (counted.total_low, most)
    )
    none = compound_limits(0.0, 0.0, 0.0, 0.0, at_risk)[1] * max(counted.scale, 1.0)
    # nobody by the best numbers, somebody by the high ones: as if all at once
    at_once = compound_limits(most, most**2, most, stated, at_risk)[1]
    return low * fewer, np.where(some, high * more, np.fmax(none, at_once))


def fitted_prior(counted: Tally, at_risk: Floats) -> tuple[float, float]:
    """Fit the gamma prior of the districts' rates.

    Shape and rate; infinite where the districts differ no more than by chance.
    """
    return gamma_poisson(counted.effective, at_risk)[:2]


def _posterior(
    counted: Tally,
    at_risk: Floats,
    smoothing: str,
    prior: tuple[float, float] | None,
    neighbours: Any,
) -> Posterior:
    """Posterior of the rate in effective events; the crude one keeps Jeffreys' prior."""
    events = counted.effective
    if smoothing == "none":
        return Posterior(np.where(np.isfinite(at_risk), events + 0.5, np.nan), at_risk)
    pooled = gamma_poisson_posterior(events, at_risk, prior)
    if smoothing == "eb":
        return pooled
    local = spatial_posterior(events, at_risk, neighbours)
    island = np.diff(neighbours.indptr) == 0
    # an island has no neighbours to borrow from: it borrows from the country, and says so
    return Posterior(
        np.where(island, pooled.shape, local.shape), np.where(island, pooled.rate, local.rate)
    )


def _smoothed(
    counted: Tally, at_risk: Floats, smoothing: str, posterior: Posterior, neighbours: Any
) -> Floats:
    """Posterior mean, but 0 in a quiet district of a quiet neighbourhood."""
    if smoothing != "spatial":
        return posterior.mean
    local = spatial_empirical_bayes(counted.effective, at_risk, neighbours)
    return np.where(np.diff(neighbours.indptr) == 0, posterior.mean, local)
