"""The risk of each district: the estimate, the verdict on its cluster, and the table of both.

One computation holds everything that the table, an explanation and a comparison read: rates with
their limits and posteriors, and what each district's own history says of the days to come (counts,
their spread, draws). In the table one row is a district, every number has its interval or its
reason, and a class. Classes have stated limits; no information is a class of its own, and where a
test has no power, `not_enough_data` is a verdict.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from geodata.deferred import sparse as sp
from geodata.districts import contiguity
from geodata.incidents import DistrictWeights, incidents_in
from geodata.intervals import Interval, parse_interval
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
from geodata.schemas import RISK, conform
from geodata.statistics.clusters import gi_star, two_sided
from geodata.statistics.counts import PRIOR_DISPERSION, CountForecast, forecasts_of_counts
from geodata.statistics.rates import (
    Posterior,
    compound_limits,
    gamma_poisson,
    gamma_poisson_posterior,
    ranks,
    rate,
    sparse_neighbours,
    spatial_empirical_bayes,
    spatial_posterior,
    weighted_interval,
)
from geodata.statistics.scan import Cluster, in_clusters, scan_both_sides

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
        return self.outlooks([days], neighbours)[0]

    def outlooks(self, days: Sequence[float], neighbours: Any = None) -> list[Outlook]:
        """Foresee several numbers of days after the last one counted."""
        horizons = [number / self.period_days for number in days]
        # in typical incidents: people come several at a time, and none as often as incidents do
        counts = self.counts / self.scale
        found = forecasts_of_counts(counts, horizons, neighbours=neighbours, areas=self.areas)
        return [self._told(counts, *one) for one in zip(found, horizons, days, strict=True)]

    def _told(self, counts: Floats, found: CountForecast, horizon: float, days: float) -> Outlook:
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
    neighbours: Any = None,
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
    neighbours
        As `contiguity` has them, when the caller knows.
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
    neighbours = contiguity(districts) if neighbours is None else neighbours
    islands = np.diff(neighbours.indptr) == 0
    prior = fitted_prior(counted, at_risk) if parameters.smoothing != "none" else None
    outlook = quarter = None
    dispersion, since = np.ones(len(districts)), np.full(len(districts), np.nan)
    if with_outlook and window and len(districts):
        history = series(
            incidents, districts, window, weight=parameters.weight, places=places.weights
        )
        days_ahead = horizon_of(window, history), QUARTER_DAYS
        outlook, quarter = history.outlooks(days_ahead, neighbours)
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


MIN_EVENTS = 30.0
"""Effective events below which a map of districts is not tested at all."""
MIN_OCCUPIED = 5
"""Districts with events below which the normal approximation is not used."""
MIN_WINDOW = 3
"""District and neighbours together: an island has nothing to be compared with."""
FALSE_ALARMS = 0.05
"""Share of maps without any cluster that may show a hot one (and as many a cold one)."""


@dataclass(frozen=True, slots=True)
class Hotspots:
    """Scores, p-values and verdicts in the districts' order."""

    z: Floats
    p: Floats
    verdict: NDArray[np.object_]
    reason: str | None
    """Why nothing was tested; null where the map was."""
    hot: tuple[Cluster, ...]
    cold: tuple[Cluster, ...]
    """The clusters behind the verdicts."""
    dispersion: float = 1.0


def hotspots(rate: Floats, effective: Floats, exposure: Floats, neighbours: Any) -> Hotspots:
    """Say which districts lie in a cluster, with few false alarms a map.

    ``hot`` and ``cold``: member of a cluster of `scan_neighbours` whose p is at most 5 % (so
    that at most 5 % of maps without any cluster show a hot one), with a rate of its own on
    that side; ``none`` was tested and found unremarkable. ``not_enough_data``: fewer than 30
    effective events or 5 districts that hold any, no rate, or a window of fewer than three
    districts. Gi* is given beside it wherever it is defined: on rates of unequal areas with
    few events it alarms on a third of maps under equal risk, so it decides nothing.

    Parameters
    ----------
    rate
        Crude rate per district; NaN without exposure.
    effective
        Effective number of events per district.
    """
    z = gi_star(rate, neighbours)
    p = two_sided(z)
    verdict = np.full(rate.shape, "not_enough_data", dtype=object)
    events, occupied = float(np.nansum(effective)), int(np.count_nonzero(effective > 0))
    if events < MIN_EVENTS or occupied < MIN_OCCUPIED:
        reason = (
            f"{events:g} effective events in {occupied} districts; the test needs "
            f"{MIN_EVENTS:g} in {MIN_OCCUPIED}"
        )
        return Hotspots(z, p, verdict, reason, (), ())
    window = 1 + np.diff(sparse_neighbours(neighbours).indptr)
    testable = np.isfinite(rate) & (window >= MIN_WINDOW)
    exposed = np.where(testable, exposure, np.nan)
    high, low = scan_both_sides(effective, exposed, neighbours)
    verdict[testable] = "none"
    verdict[in_clusters(low, effective, exposed, FALSE_ALARMS, low=True)] = "cold"
    verdict[in_clusters(high, effective, exposed, FALSE_ALARMS)] = "hot"
    hot, cold = (tuple(c for c in s.clusters if c.p <= FALSE_ALARMS) for s in (high, low))
    return Hotspots(z, p, verdict, None, hot, cold, high.dispersion)


def hotspots_of(result: Estimate) -> Hotspots:
    """Test an estimate's districts for clusters."""
    crude = rate(result.tally.total, result.exposure)
    return hotspots(crude, result.tally.effective, result.exposure, result.neighbours)


DRAWS = 2_000
SEED = 20_201_110
"""Fixed, so that the same register always gives the same intervals."""
CLASSES = ("very_low", "low", "medium", "high", "very_high")
NO_INFORMATION = "no_information"

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


def district_risk(
    incidents: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    *,
    period: Interval | str | None = None,
    weight: str = "incidents",
    exposure: str = "area",
    smoothing: str = "eb",
    half_life_days: float | None = None,
    today: date | None = None,
) -> gpd.GeoDataFrame:
    """Estimate the risk of each district, with intervals.

    ``rate = sum of weights / (exposure x observed_years)`` with Garwood's limits for incidents
    (by effective count where weighted) and compound ones for people; ``density`` is the same
    over ``period_start`` to ``period_end``, which are the first and last incident where the
    records chose the days: it describes the records, and flatters as a rate. ``smoothed`` is
    the gamma-Poisson posterior mean, its limits widened by the dispersion of the district's own
    history. Ranks are those of simulated counts to come, and ``expected`` is of the next
    quarter with 90 % predictive limits.

    Schema `RISK`. A district without incident has ``incidents`` 0, a null density, class and status
    ``no_information``, and the upper limit that its exposure still allows. ``attrs["risk"]`` holds
    parameters, unplaced incidents and class limits.

    Parameters
    ----------
    period
        Closed interval, or its text. None ("all"): an observation estimated from
        `incidents` (see `choose_window`); open ends: the first and last day held, at least
        30 days.
    exposure
        ``area`` (per 100 km2 per year) or ``population`` (per 100,000 people per year).
    smoothing
        ``none``, ``eb`` (towards the country) or ``spatial`` (towards the neighbours).
    half_life_days
        Days after which an incident counts half.
    today
        Last day that can be observed; default today (UTC).

    Raises
    ------
    InvalidInput
        A parameter is outside its list, or the period begins in the future.

    References
    ----------
    Garwood (1936); Clayton & Kaldor (1987); Marshall (1991); Ord & Getis (1995).
    """
    if isinstance(period, str):
        period = None if period == "all" else parse_interval(period, field="period")
    parameters = RiskParameters(period, weight, exposure, smoothing, half_life_days)
    result = estimate(incidents, districts, parameters, today=today)
    return as_frame(result, districts, parameters)


@dataclass(frozen=True, slots=True)
class Ruling:
    """By what districts are ranked, and why."""

    rule: str = "rate"
    """``rate`` (the headline of the table), or a model of the backtest."""
    why: str = "asked"
    """``best``: the model clearly foresees better; ``about_as_well``: another model is no clear
    better; ``headline``: nothing foresees better; ``cannot_tell``: too little is held to say;
    ``asked``: somebody chose the rate."""
    model: str | None = None
    gain: float | None = None
    low: float | None = None
    high: float | None = None
    """What foresaw best, and by how many nats an incident over the smoothed rate, with the 95 %
    interval; null where it cannot be told."""
    horizon_days: float | None = None
    """Days that were foreseen; null likewise."""
    score: Floats | None = None
    """What the model expects by district in the next such days; null for a rate."""

    def describe(self) -> dict[str, Any]:
        """Give it JSON-ready, without the scores."""
        names = ("rule", "why", "model", "gain", "low", "high", "horizon_days")
        return {name: getattr(self, name) for name in names}


BY_RATE = Ruling()


class Attributes(dict[str, Any]):
    """What a table says of itself as a whole; not to be changed.

    pandas gives each column that is taken from a table a deep copy of what the table says: here all
    columns say the same.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> "Attributes":
        """Give the same."""
        del memo
        return self


def as_frame(
    result: Estimate,
    districts: gpd.GeoDataFrame,
    parameters: RiskParameters,
    ruling: Ruling = BY_RATE,
) -> gpd.GeoDataFrame:
    """Lay an estimate out as the public table."""
    smooth = parameters.smoothing != "none" and result.window is not None
    headline = result.smoothed if smooth else result.rate
    usable = (result.tally.incidents > 0) & np.isfinite(result.rate)
    limits = class_limits(
        parameters.weight,
        parameters.exposure,
        values=np.where(usable, headline, np.nan),
        method=parameters.classes,
        sizes=result.exposure,
    )
    scored = headline if ruling.score is None else rate(ruling.score, result.exposure)
    order = ranks(scored, _drawn(result), usable)
    spots = hotspots_of(result)
    data = {
        **_counts(result, districts),
        **_rates(result, smooth=smooth),
        "gi_star_z": spots.z,
        "gi_star_p": spots.p,
        "hotspot": spots.verdict,
        "rank": order.rank,
        "rank_low": order.low,
        "rank_high": order.high,
        "risk_class": classify(headline, limits, usable),
        "unit": result.unit,
        "status": _status(result, parameters),
        **_outlook(result),
        "ranked_by": ruling.rule,
    }
    frame = gpd.GeoDataFrame(
        pd.DataFrame(data, index=districts.index),
        geometry=districts.geometry.array,
        crs=districts.crs,
    )
    table = conform(frame, RISK)
    noted = _attributes(result, parameters, limits, spots)
    table.attrs["risk"] = Attributes(noted, ranking=ruling.describe())
    return table


def _counts(result: Estimate, districts: gpd.GeoDataFrame) -> dict[str, Any]:
    window = result.window
    period = window.recorded if window else None
    return {
        "district_id": districts["district_id"].array,
        "name": districts["name"].array,
        "period_start": pd.Timestamp(period.start) if period else pd.NaT,
        "period_end": pd.Timestamp(period.end) if period else pd.NaT,
        "years": period.years if period else np.nan,
        "observed_start": pd.Timestamp(window.start) if window else pd.NaT,
        "observed_end": pd.Timestamp(window.end) if window else pd.NaT,
        "observed_years": window.years if window else np.nan,
        "area_km2": districts["area_km2"].array,
        "population": districts["population"].array,
        "incidents": result.tally.incidents,
        **result.tally.severities,
    }


def _rates(result: Estimate, *, smooth: bool) -> dict[str, Any]:
    low, high = (x * result.tally.scale for x in result.posterior.interval())
    smoothed = {
        "smoothed": result.smoothed,
        "smoothed_low": np.fmin(low, result.smoothed),
        "smoothed_high": np.fmax(high, result.smoothed),
    }
    return {
        "density": result.density,
        "density_low": result.density_low,
        "density_high": result.density_high,
        "rate": result.rate,
        "rate_low": result.rate_low,
        "rate_high": result.rate_high,
        **(smoothed if smooth else dict.fromkeys(smoothed, np.nan)),
    }


def _drawn(result: Estimate) -> Floats:
    """Densities of the days to come, as the history lets them be simulated."""
    if result.outlook is None:
        return np.full((1, result.exposure.size), np.nan)
    counts = result.outlook.forecast.draw(DRAWS, np.random.default_rng(SEED))
    return np.asarray(rate(counts, result.exposure[None]))


def _outlook(result: Estimate) -> dict[str, Any]:
    names = ("expected", "expected_low", "expected_high", "dispersion", "days_since_last")
    if result.quarter is None:
        return dict.fromkeys(names, np.nan)
    low, high = result.quarter.forecast.interval(0.9)
    values = (result.quarter.forecast.mean, low, high, result.dispersion, result.days_since_last)
    return dict(zip(names, values, strict=True))


def _status(result: Estimate, parameters: RiskParameters) -> NDArray[np.object_]:
    counted = result.tally
    status = np.full(counted.incidents.shape, "ok", dtype=object)
    if parameters.smoothing == "spatial":
        status[result.islands] = "island"
    status[counted.unstated > 1e-12] = f"{parameters.weight}_partly_stated"
    status[counted.incidents - counted.unstated <= 1e-12] = f"{parameters.weight}_not_stated"
    status[~np.isfinite(result.people_or_area) | ~(result.people_or_area > 0)] = (
        f"no_{parameters.exposure}"
    )
    status[~result.own_record] = "known_by_province_only"
    status[counted.incidents <= 0] = "no_information"
    return status


def _attributes(
    result: Estimate, parameters: RiskParameters, limits: tuple[float, ...], spots: Hotspots
) -> dict[str, Any]:
    return {
        "parameters": parameters.describe(),
        "unplaced": result.tally.unplaced,
        "class_limits": list(limits),
        "hotspots_not_tested": spots.reason,
        "dispersion_learnt": result.outlook is not None and result.outlook.learnt,
        "period_chosen": None if result.window is None else result.window.chosen,
        "rank_days": None if result.outlook is None else result.outlook.days,
    }


def class_limits(
    weight: str = "incidents",
    exposure: str = "area",
    *,
    values: ArrayLike | None = None,
    method: str = "fixed",
    sizes: ArrayLike | None = None,
) -> tuple[float, ...]:
    """Give the lower limits of the classes above the lowest.

    At most four increasing limits; fewer where the data do not hold five classes.

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


def _shared_out(values: Floats, mass: Floats, shares: Floats) -> Floats:
    """Give the values under which these shares of the mass lie, as near as values allow."""
    order = np.argsort(values, kind="stable")
    middle = np.cumsum(mass[order]) - mass[order] / 2
    return np.asarray(np.interp(shares, middle / mass.sum(), values[order]))


def classify(
    values: ArrayLike, limits: Sequence[float], informed: ArrayLike
) -> NDArray[np.object_]:
    """Give the class of each value; a value equal to a limit is in the class above it.

    Class names; ``no_information`` where a value is missing or not informed.

    Parameters
    ----------
    informed
        False where a district holds no information.

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
