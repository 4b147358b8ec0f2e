"""The risk table: one row a district, every number with its interval or its reason, and a class.

Classes have stated limits; no information is a class of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from geodata.intervals import Interval, parse_interval
from geodata.risk.estimate import Estimate, estimate
from geodata.risk.hotspots import Hotspots, hotspots_of
from geodata.risk.parameters import RiskParameters
from geodata.schemas import RISK, conform
from geodata.statistics.rates import ranks, rate

Floats = NDArray[np.float64]
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

    Returns
    -------
    geopandas.GeoDataFrame
        Schema `RISK`. A district without incident has ``incidents`` 0, a null density,
        class and status ``no_information``, and the upper limit that its exposure still
        allows. ``attrs["risk"]`` holds parameters, unplaced incidents and class limits.

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
    table.attrs["risk"] = _attributes(result, parameters, limits, spots)
    table.attrs["risk"]["ranking"] = ruling.describe()
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

    Returns
    -------
    tuple of float
        At most four increasing limits; fewer where the data do not hold five classes.

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

    Parameters
    ----------
    informed
        False where a district holds no information.

    Returns
    -------
    numpy.ndarray
        Class names; ``no_information`` where a value is missing or not informed.

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
