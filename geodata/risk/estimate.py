"""One computation of everything that a table, an explanation and a comparison read."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.districts import contiguity
from geodata.risk.outlook import QUARTER_DAYS, Outlook, days_since_last, horizon_of, series
from geodata.risk.parameters import RiskParameters
from geodata.risk.tally import Places, Tally, inside, places_of, recorded_days, tally
from geodata.risk.window import BY_SOURCE, STATED, Window, choose_window
from geodata.statistics.rates import compound_limits, rate, weighted_interval
from geodata.statistics.smoothing import (
    Posterior,
    gamma_poisson,
    gamma_poisson_posterior,
    spatial_empirical_bayes,
    spatial_posterior,
)

Floats = NDArray[np.float64]
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

    Parameters
    ----------
    base
        km2, or people.
    window
        The days counted; None makes all NaN.

    Returns
    -------
    numpy.ndarray
        NaN where there is no base.
    """
    years = window.years_at_risk(half_life_days) if window else np.nan
    found: Floats = np.where(base > 0, base, np.nan) * years / per
    return found


def smoothed_rates(counted: Tally, at_risk: Floats, smoothing: str, neighbours: Any) -> Floats:
    """Give the smoothed rates alone, as `estimate` has them.

    Returns
    -------
    numpy.ndarray
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

    Returns
    -------
    tuple of float
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
