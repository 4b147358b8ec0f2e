"""Forecasts of the next period by district: the headline and what it has to beat."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geodata.crs import extent
from geodata.districts import contiguity
from geodata.incidents import DistrictWeights
from geodata.risk.districts import Outlook, area_at_risk, series, smoothed_rates
from geodata.risk.parameters import RiskParameters
from geodata.risk.surface import RiskSurface, risk_surface
from geodata.risk.tally import Places, Tally, Window, counted, inside, places_of, tally
from geodata.statistics.rates import Posterior, gamma_poisson, gamma_poisson_posterior

Floats = NDArray[np.float64]
HALF_LIFE_DAYS = 365.0
BLOCKS = 5
UNIFORM_PART = 0.01
"""Part of every forecast that is spread evenly: no forecast may call an event impossible."""


@dataclass(frozen=True)
class Past:
    """What a forecast may look at, and the span it has to foresee."""

    incidents: pd.DataFrame
    districts: gpd.GeoDataFrame
    window: Window
    horizon: Window
    stated: DistrictWeights | None = None
    """Where the incidents are stated to be, when the caller has read it."""

    @cached_property
    def places(self) -> Places:
        """Where the incidents count, seen from the whole of the window."""
        held = inside(self.incidents, self.window)
        return places_of(self.incidents, self.districts, held, self.stated)

    @property
    def exposure(self) -> Floats:
        """100 km2 x years of the period to foresee."""
        return self.areas / 100 * self.horizon.years

    @property
    def areas(self) -> Floats:
        """Area of each district in km2."""
        return self.districts["area_km2"].to_numpy(dtype="float64", na_value=np.nan)

    @cached_property
    def outlook(self) -> Outlook:
        """The districts' own outlook over the days to foresee, whose mean `dynamic` is."""
        places = places_of(self.incidents, self.districts, stated=self.stated).weights
        history = series(self.incidents, self.districts, self.window, places=places)
        return history.outlook(float(self.horizon.days), contiguity(self.districts))

    @cached_property
    def surface(self) -> RiskSurface:
        """The kernel surface of all that may be looked at, whose bandwidth others share."""
        return self.smoothed_surface(RiskParameters())

    def smoothed_surface(
        self, parameters: RiskParameters, bandwidth_m: float | None = None
    ) -> RiskSurface:
        """Give a kernel surface fine enough to be summed by district."""
        west, south, east, north = extent(self.districts.geometry.array)
        cell = max(east - west, north - south) * 111_000 / 150
        return risk_surface(
            self.incidents, self.districts, parameters, self.window,
            cell_m=cell, bandwidth_m=bandwidth_m, places=self.places,
        )  # fmt: skip


def uniform(past: Past) -> Floats:
    """Foresee the country's rate everywhere."""
    exposure = past.exposure
    return exposure / np.nansum(exposure) * _events(past, past.window).sum() * _ratio(past)


def all_time(past: Past) -> Floats:
    """Foresee each district's whole past."""
    return _events(past, past.window) * _ratio(past)


def last_period(past: Past) -> Floats:
    """Foresee the last period of the same length once more."""
    days = past.horizon.days
    last = Window(past.horizon.before().start, past.window.end)
    return _events(past, last) * days / last.days


def smoothed(past: Past) -> Floats:
    """Foresee the headline: gamma-Poisson, the prior fitted without the district's block."""
    return blocked_posterior(past).mean * past.exposure


def smoothed_decay(past: Past) -> Floats:
    """Foresee the headline with a half-life of a year."""
    return blocked_posterior(past, HALF_LIFE_DAYS).mean * past.exposure


def neighbourhood(past: Past) -> Floats:
    """Foresee the local empirical-Bayes estimate."""
    held, at_risk = _seen(past)
    found = smoothed_rates(held, at_risk, "spatial", contiguity(past.districts))
    return found * past.exposure


def dynamic(past: Past) -> Floats:
    """Foresee each district's own outlook: discounted means weighed on the past."""
    return past.outlook.forecast.mean


def kernel(past: Past) -> Floats:
    """Foresee the kernel surface, summed by district."""
    return _by_district(past.surface, past)


def kernel_decay(past: Past) -> Floats:
    """Foresee the kernel surface with a half-life of a year."""
    parameters = RiskParameters(half_life_days=HALF_LIFE_DAYS)
    return _by_district(past.smoothed_surface(parameters, past.surface.bandwidth_m), past)


def _by_district(surface: RiskSurface, past: Past) -> Floats:
    held = np.bincount(surface.labels.ravel(), surface.mass.ravel(), len(past.districts) + 1)
    return held[1:] / surface.years * past.horizon.years


def nearest_event(past: Past) -> Floats:
    """Score by nearness to the nearest past event; no forecast of numbers.

    Degrees are scaled by the latitude's cosine; only the order of the distances is used.
    """
    middles = shapely.get_coordinates(shapely.point_on_surface(past.districts.geometry.to_numpy()))
    lon = past.incidents["longitude"].to_numpy(dtype="float64", na_value=np.nan)
    lat = past.incidents["latitude"].to_numpy(dtype="float64", na_value=np.nan)
    known = np.isfinite(lon) & np.isfinite(lat)
    events = np.vstack(
        [np.column_stack([lon, lat])[known], middles[_events(past, past.window) > 0]]
    )
    if not len(events):
        return np.zeros(len(middles))
    scale = np.array([np.cos(np.radians(middles[:, 1].mean())), 1.0])
    from scipy.spatial import cKDTree

    distance: Floats = cKDTree(events * scale).query(middles * scale)[0]
    return -distance


Model = Callable[[Past], Floats]
MODELS: dict[str, Model] = {
    "uniform": uniform,
    "last_period": last_period,
    "all_time": all_time,
    "eb": smoothed,
    "eb_decay": smoothed_decay,
    "spatial": neighbourhood,
    "kde": kernel,
    "kde_decay": kernel_decay,
    "nearest_event": nearest_event,
    "dynamic": dynamic,
}
"""Name → forecast of events by district. One row a model."""
HEADLINE = "eb"
RANK_ONLY = frozenset({"nearest_event"})
COUNT_MODELS = {
    name: model
    for name, model in MODELS.items()
    if name not in {"kde", "kde_decay", "nearest_event"}
}
"""Those that look at counts and at no point: all that condensed incidents allow."""


def blocked_posterior(past: Past, half_life_days: float | None = None) -> Posterior:
    """Give posteriors whose prior is fitted on the other blocks of the country.

    Of rates per 100 km2 and year. Blocks are fifths of the districts from west to east: neighbours
    share a block, so a district's surroundings do not help its prior.
    """
    held, exposure = _seen(past, half_life_days)
    events = held.total
    middles = past.districts.geometry.representative_point()
    block = np.argsort(np.argsort(middles.x.to_numpy())) * BLOCKS // max(len(events), 1)
    shape, rate = np.full(events.shape, np.nan), np.full(events.shape, np.nan)
    for one in range(BLOCKS):
        inside = block == one
        if not inside.any():
            continue
        prior = gamma_poisson(events[~inside], exposure[~inside])[:2]
        if np.isinf(prior[0]) or np.isnan(prior[0]):
            prior = (1.0, float(np.nansum(exposure)) / max(float(events.sum()), 0.5))
        own = gamma_poisson_posterior(events[inside], exposure[inside], prior)
        shape[inside], rate[inside] = own.shape, own.rate
    return Posterior(shape, rate)


def sure(expected: Floats, past: Past) -> Floats:
    """Mix a little of the uniform forecast in, keeping the total.

    Over 0 wherever there is area.
    """
    total = max(float(np.nansum(expected)), 0.5)
    even = past.exposure / np.nansum(past.exposure) * total
    return (1 - UNIFORM_PART) * np.nan_to_num(expected) + UNIFORM_PART * even


def _seen(past: Past, half_life_days: float | None = None) -> tuple[Tally, Floats]:
    """Give the events by district and the 100 km2 x years that they were seen in.

    A forecast of rates needs no more of an estimate: no limits, and no outlook of its own.
    """
    held = tally(
        past.incidents,
        past.districts,
        past.window,
        half_life_days=half_life_days,
        places=past.places,
    )
    return held, area_at_risk(past.areas, past.window, half_life_days)


def _ratio(past: Past) -> float:
    return past.horizon.years / past.window.years


def _events(past: Past, window: Window) -> Floats:
    return counted(past.incidents, past.districts, window, past.places.stated)
