"""The layers that an estimate is laid out as: the risk table with its classes, and the clusters.

In the table one row is a district, every number has its interval or its reason, and a class.
Classes have stated limits; no information is a class of its own. The clusters are a verdict of
each district, and what is emerging now; where a test has no power, `not_enough_data` is a verdict.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from geodata.incidents import district_ids_text
from geodata.intervals import Interval, parse_interval
from geodata.risk.estimate import Estimate, estimate, series
from geodata.risk.parameters import RiskParameters
from geodata.risk.tally import ESTIMATED, OPEN, Window
from geodata.schemas import CLUSTERS, RISK, conform
from geodata.statistics.clusters import gi_star, two_sided
from geodata.statistics.rates import ranks, rate, sparse_neighbours
from geodata.statistics.scan import RECENT, Cluster, in_clusters, scan_emerging, scan_neighbours

Floats = NDArray[np.float64]

MIN_EVENTS = 30.0
"""Effective events below which a map of districts is not tested at all."""
MIN_OCCUPIED = 5
"""Districts with events below which the normal approximation is not used."""
MIN_WINDOW = 3
"""District and neighbours together: an island has nothing to be compared with."""
FALSE_ALARMS = 0.05
"""Share of maps without any cluster that may show a hot one (and as many a cold one)."""
LOOKS_A_YEAR = 12
"""What is emerging is looked for once a whole month, so that looks can be counted."""
MONTH_DAYS = 365.25 / LOOKS_A_YEAR
MIN_MONTHS = 12
"""Whole months before which nothing can be said to be new."""
EMERGING_SIMULATIONS = 1_999
"""Enough to tell apart p under 0.05 / `LOOKS_A_YEAR`, over two lengths."""


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


@dataclass(frozen=True, slots=True)
class Emerging:
    """What is new in the latest whole months."""

    clusters: tuple[Cluster, ...]
    """Those whose p is at most `FALSE_ALARMS` / `LOOKS_A_YEAR`: at most 5 % of years without
    anything new hold a false alarm. Periods are positions in `months`."""
    months: tuple[tuple[date, date], ...]
    """First and last day of each period."""
    reason: str | None
    """Why nothing was tested; None where it was."""


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
    high = scan_neighbours(effective, exposed, neighbours)
    low = scan_neighbours(effective, exposed, neighbours, low=True)
    verdict[testable] = "none"
    verdict[in_clusters(low, effective, exposed, FALSE_ALARMS, low=True)] = "cold"
    verdict[in_clusters(high, effective, exposed, FALSE_ALARMS)] = "hot"
    hot, cold = (tuple(c for c in s.clusters if c.p <= FALSE_ALARMS) for s in (high, low))
    return Hotspots(z, p, verdict, None, hot, cold, high.dispersion)


def hotspots_of(result: Estimate) -> Hotspots:
    """Test an estimate's districts for clusters."""
    crude = rate(result.tally.total, result.exposure)
    return hotspots(crude, result.tally.effective, result.exposure, result.neighbours)


def emerging_of(
    result: Estimate, incidents: pd.DataFrame, districts: gpd.GeoDataFrame, today: date
) -> Emerging:
    """Look for what is new at the end of the last whole month of an estimate's period.

    Incidents are counted, whatever their harm, in months back from there over all the
    history held: see `scan_emerging`. Looks are made once a month whatever is asked in
    between, which is what makes their number, and so the rate of false alarms, known.

    Not tested with fewer than 12 months before the latest three, or fewer than 30 incidents in 5
    districts.

    Parameters
    ----------
    today
        Last day that can be observed: where the records chose the period's end, their
        last month is whole once it is over.
    """
    if result.window is None:
        return Emerging((), (), "nothing is recorded")
    last = _last_whole_month(result.window, today)
    history = series(
        incidents,
        districts,
        Window(min(result.window.start, last), last),
        period_days=MONTH_DAYS,
        places=result.places.weights,
    )
    counts = history.counts
    occupied = np.flatnonzero(counts.sum(axis=1))
    counts = counts[occupied[0] :] if occupied.size else counts[:0]
    events, held = float(counts.sum()), int(np.count_nonzero(counts.sum(axis=0)))
    back = [round(MONTH_DAYS * k) for k in range(len(counts), -1, -1)]
    months = tuple(
        (last - timedelta(days=first - 1), last - timedelta(days=end))
        for first, end in pairwise(back)
    )
    if len(counts) < MIN_MONTHS + max(RECENT) or events < MIN_EVENTS or held < MIN_OCCUPIED:
        reason = (
            f"{events:g} incidents in {held} districts and {len(counts)} whole months; the test "
            f"needs {MIN_EVENTS:g} in {MIN_OCCUPIED} and {MIN_MONTHS + max(RECENT)}"
        )
        return Emerging((), months, reason)
    found = scan_emerging(counts, result.neighbours, simulations=EMERGING_SIMULATIONS)
    alarms = tuple(c for c in found if c.p <= FALSE_ALARMS / LOOKS_A_YEAR)
    return Emerging(alarms, months, None)


def _last_whole_month(window: Window, today: date) -> date:
    until = window.end
    if window.chosen in (OPEN, ESTIMATED):
        after = (until.replace(day=1) + timedelta(days=31)).replace(day=1)
        until = max(until, min(after - timedelta(days=1), today))
    following = until + timedelta(days=1)
    return until if following.day == 1 else until.replace(day=1) - timedelta(days=1)


def cluster_frame(
    result: Estimate, incidents: pd.DataFrame, districts: gpd.GeoDataFrame, today: date
) -> gpd.GeoDataFrame:
    """Lay the clusters out as the layer `clusters`.

    Schema `CLUSTERS`: hot, cold, emerging, each by falling likelihood. A test without a finding has
    no row; one that could not be made has a row without geometry, its status ``not_enough_data``,
    and the reason as its note.
    """
    window, spots = result.window, hotspots_of(result)
    new = emerging_of(result, incidents, districts, today)
    days = (window.start, window.end) if window else None
    rows: list[dict[str, Any]] = []
    for kind, clusters in (("hot", spots.hot), ("cold", spots.cold)):
        rows += _rows(kind, clusters, [days] * len(clusters), districts)
        rows += _untested(kind, days, spots.reason)
    spans = [
        (new.months[c.periods[0]][0], new.months[c.periods[1]][1])
        for c in new.clusters
        if c.periods
    ]
    emerging = _rows("emerging", new.clusters, spans, districts)
    for row in emerging:
        row["recurrence_days"] = MONTH_DAYS / row["p"]
    span = (new.months[0][0], new.months[-1][1]) if new.months else days
    rows += [*emerging, *_untested("emerging", span, new.reason)]
    for row in rows:
        if row["cluster"] != "emerging" and row["status"] == "ok":
            row["dispersion"] = spots.dispersion
    columns = [*CLUSTERS.names, "geometry"]
    frame = gpd.GeoDataFrame(
        pd.DataFrame(rows, columns=columns), geometry="geometry", crs=districts.crs
    )
    return conform(frame, CLUSTERS)


def _rows(
    kind: str,
    clusters: Sequence[Cluster],
    spans: Sequence[tuple[date, date] | None],
    districts: gpd.GeoDataFrame,
) -> list[dict[str, Any]]:
    rows = []
    for number, (cluster, span) in enumerate(zip(clusters, spans, strict=True), 1):
        members = districts.iloc[list(cluster.members)]
        rows.append(
            {
                "cluster_id": f"{kind}-{number}",
                "cluster": kind,
                "name": "; ".join(members["name"].dropna().astype(str)),
                "districts": district_ids_text(members.index.astype(str)),
                **_period(span),
                "observed": cluster.cases,
                "expected": cluster.expected,
                "ratio": cluster.ratio,
                "p": cluster.p,
                "status": "ok",
                "geometry": _united(members),
            }
        )
    return rows


def _untested(
    kind: str, span: tuple[date, date] | None, reason: str | None
) -> list[dict[str, Any]]:
    if reason is None:
        return []
    row = {"cluster_id": kind, "cluster": kind, "status": "not_enough_data", "note": reason}
    return [{**row, **_period(span), "geometry": None}]


def _period(span: tuple[date, date] | None) -> dict[str, Any]:
    first, last = span or (None, None)
    return {"period_start": pd.Timestamp(first), "period_end": pd.Timestamp(last)}


def _united(members: gpd.GeoDataFrame) -> shapely.MultiPolygon:
    shape = shapely.union_all(members.geometry.to_numpy())
    parts = shapely.get_parts(shape)
    return shapely.multipolygons([p for p in parts if p.geom_type == "Polygon"])


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
