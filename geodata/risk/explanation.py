"""A district's number unfolded: incidents, weights, arithmetic, prior, doubt."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata import codes
from geodata.codes import values_of
from geodata.incidents.frame import POINT_PRECISION
from geodata.model import Incident
from geodata.risk.districts import CLASSES, PER, Estimate, estimate, series
from geodata.risk.nearness import nearness, settlements
from geodata.risk.of_snapshot import (
    SnapshotLike,
    estimate_of,
    position_of,
    risk_of,
    selected,
)
from geodata.risk.parameters import RiskParameters
from geodata.risk.tally import (
    ASKED,
    BY_SOURCE,
    ESTIMATED,
    OPEN,
    RECORDED,
    STATED,
    Floats,
    Window,
    event_weights,
    fraction_inside,
    recorded_days,
)
from geodata.statistics.counts import change_points
from geodata.statistics.rates import change

RULES = {
    ASKED: "as asked for, cut off at today",
    OPEN: "open ends are the first and last day held, at least 30 days",
    STATED: "the days of observation as stated, cut off at today",
    BY_SOURCE: "the days on which any of these sources was kept, cut off at today; each incident "
    "speaks of E of them, all but those of sources alone that were kept on its day and did not "
    "report it, and years = n / sum(1 / E) / 365.25",
    RECORDED: "the recorded span: from the first to the last incident, at least 30 days; for "
    "crude figures, since a rate over it flatters",
    ESTIMATED: "estimated: the days from the first to the last record x n / (n - 2), n the "
    "days with a record and at least 3; at least 30 days, and a year of one such day, of which "
    "nothing can be told",
}
"""What chose the days, by `Window.chosen`."""
CHANGE_LEVEL = 0.05
CHANGES = (
    "Largest Poisson likelihood ratio of a stretch of at least four periods against the rest, "
    "beside the same counts in random order by blocks of three periods; the parts in turn at a "
    "share of the level. At most 5 % of districts without a change show one. A change in who "
    "reports looks the same as one in what happens."
)
SETTLEMENTS = ""
"""Name of the settlements among the layers: no file has it."""
SHOWN = 500
"""Incidents listed; sums are always over all of them."""


def explain(
    snapshot: SnapshotLike,
    district_id: str,
    parameters: RiskParameters,
    layers: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Unfold the risk of one district.

    JSON-ready: ``district``, ``parameters``, ``period`` (of the crude density) and ``observed`` (of
    every estimate), ``result`` (the row of the risk table), ``incidents`` with the factors of each
    weight, ``sums``, ``exposure``, ``density``, ``rate``, ``smoothing``, ``class``, ``rank``,
    ``hotspot``, ``change``, ``change_points``, ``victims`` by age and sex, ``settlements`` and
    ``layers`` as `nearness` has them, ``imprecise_share``, ``warnings``, ``references``, and
    ``text`` in English sentences.

    Parameters
    ----------
    layers
        By name, geometries (lon, lat) of what incidents may be near to: roads, a former front
        line.

    Raises
    ------
    NotFound
        There is no such district in this edition.
    InvalidInput
        A parameter cannot be used.
    """
    # the code that clients of explanations know
    at, districts = position_of(snapshot, district_id, code="not-found"), snapshot.districts
    result = estimate_of(snapshot, parameters)
    table = risk_of(snapshot, parameters)
    row = plain(table.iloc[at].drop("geometry"))
    near, people, changes = _whatever_counts(snapshot, at, result, parameters, layers or {})
    found: dict[str, Any] = {
        "district": plain(districts.iloc[at].drop("geometry")),
        "parameters": parameters.describe(),
        "period": _days(result.window and result.window.recorded, parameters),
        "observed": _days(result.window, parameters),
        "result": row,
        "incidents": _incidents(selected(snapshot, parameters), at, result, parameters),
        "sums": _sums(result, at),
        "exposure": _exposure(result, at, parameters),
        "density": _crude(result, at, parameters, recorded=True),
        "rate": _crude(result, at, parameters),
        "smoothing": _smoothing(result, at, parameters),
        "class": _class(result, at, parameters, row, table.attrs["risk"]["class_limits"]),
        "rank": {k: row[k] for k in ("rank", "rank_low", "rank_high")}
        | {"by": table.attrs["risk"]["ranking"]},
        "outlook": _outlook(result, at),
        "hotspot": _hotspot(result, at, districts, row, table),
        "change": explained_change(snapshot, at, result, parameters),
        "change_points": changes,
        "victims": people,
        "settlements": near[SETTLEMENTS],
        "layers": {name: one for name, one in near.items() if name != SETTLEMENTS},
        "references": REFERENCES,
    }
    kept = selected(snapshot, parameters)
    found["imprecise_share"], found["ambiguous_incidents"] = _imprecise(kept, at, result)
    found["warnings"] = warnings_of(found)
    found["text"] = sentences(found)
    return found


def plain(row: "pd.Series[Any] | dict[Any, Any]") -> dict[str, Any]:
    """Give a row as JSON-ready values, null where a value is missing."""
    return {str(name): _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    if value is None or pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return value.item() if isinstance(value, np.generic) else value


def _number(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None


def _days(window: Window | None, parameters: RiskParameters) -> dict[str, Any] | None:
    if window is None:
        return None
    return {
        "start": window.start.isoformat(),
        "end": window.end.isoformat(),
        "days": window.days,
        "years": window.years,
        "years_at_risk": window.years_at_risk(parameters.half_life_days),
        "chosen": window.chosen,
        "rule": RULES[window.chosen],
        "sources": [
            {
                "source": one.source,
                "since": one.since.isoformat(),
                "until": one.until and one.until.isoformat(),
                "incidents": count,
            }
            for one, count in window.sources
        ],
    }


def _incidents(
    incidents: gpd.GeoDataFrame,
    at: int,
    result: Estimate,
    parameters: RiskParameters,
) -> list[dict[str, Any]]:
    if result.window is None:
        return []
    places = result.places.weights.of_district(at)
    share, weight, stated = event_weights(
        incidents,
        result.window,
        weight=parameters.weight,
        half_life_days=parameters.half_life_days,
    )
    chosen = np.flatnonzero((places > 0) & (share > 0))
    chosen = chosen[np.argsort(-(weight * places)[chosen], kind="stable")][:SHOWN]
    columns = [
        "incident_id", "record_status", "date_start", "date_end", "date_precision",
        "where_precision", "place_as_reported", "placed_by", "district_note", "killed", "injured",
        "casualties", "casualties_low", "casualties_high", "sources",
    ]  # fmt: skip
    listed = []
    rows = pd.DataFrame(incidents[columns]).iloc[chosen].to_dict("records")
    for i, row in zip(chosen, rows, strict=True):
        entry = plain(row)
        entry["share_of_place"] = float(places[i])
        entry["share_of_period"] = float(share[i])
        severity = 1.0 if parameters.weight == "incidents" else entry[parameters.weight]
        entry["severity"] = severity
        done = share[i] * severity if severity else 0.0
        entry["decay"] = float(weight[i] / done) if done else None
        entry["weight"] = float(weight[i] * places[i]) if stated[i] else None
        listed.append(entry)
    return listed


def _whatever_counts(
    snapshot: SnapshotLike,
    at: int,
    result: Estimate,
    parameters: RiskParameters,
    layers: Mapping[str, Any],
) -> Any:
    """Give what follows from the incidents chosen alone, made once whatever they count.

    Nearness by layer, the victims, and the changes of level: each reads records, measures
    distances or simulates, which no weight, exposure, smoothing or decay alters.
    """

    def make() -> Any:
        chosen = _chosen(snapshot, at, result, parameters)
        looked = {**layers, SETTLEMENTS: settlements(snapshot.places)}
        return (
            nearness(chosen, snapshot.districts, at, looked),
            _victims(snapshot, chosen),
            _changes(snapshot, at, result, parameters),
            layers,
        )

    # the layers are kept with it, so that no others come to have their identity
    shapes = tuple((name, id(shapes)) for name, shapes in layers.items())
    asked = (parameters.where, parameters.where_lang, result.window, shapes)
    return snapshot.cached(("explained", at, *asked), make)[:3]


def _chosen(
    snapshot: SnapshotLike, at: int, result: Estimate, parameters: RiskParameters
) -> gpd.GeoDataFrame:
    """Give the incidents that count for a district in the period, in full or in part."""
    incidents = selected(snapshot, parameters)
    if result.window is None:
        return incidents.iloc[:0]
    places = result.places.weights.of_district(at)
    share, _, _ = event_weights(incidents, result.window)
    return incidents[(places > 0) & (share > 0)]


def _changes(
    snapshot: SnapshotLike, at: int, result: Estimate, parameters: RiskParameters
) -> dict[str, Any]:
    """Say from when on the district's count moved to another level."""
    found: dict[str, Any] = {
        "found": [],
        "level": CHANGE_LEVEL,
        "period_days": None,
        "method": CHANGES,
    }
    if result.window is None:
        return found
    window, places = result.window, result.places.weights
    history = snapshot.cached(
        ("explained-series", parameters.where, parameters.where_lang, window),
        lambda: series(selected(snapshot, parameters), snapshot.districts, window, places=places),
    )
    counts = history.counts[:, at]
    found["period_days"] = history.period_days
    for point in change_points(counts, level=CHANGE_LEVEL):
        back = (len(counts) - point.at) * history.period_days
        first = history.end - timedelta(days=round(back) - 1)
        a_year = 365.25 / history.period_days
        found["found"].append(
            {
                "from": first.isoformat(),
                "before_per_year": point.before * a_year,
                "after_per_year": point.after * a_year,
                "p": point.p,
            }
        )
    return found


def _victims(snapshot: SnapshotLike, chosen: gpd.GeoDataFrame) -> dict[str, Any] | None:
    """Count the district's victims by age and sex; null where there are too many to read."""
    read = getattr(snapshot, "records", None)
    if read is None or len(chosen) > MOST:
        return None
    guarded = bool((snapshot.incidents["sensitivity"] == "restricted").any())
    return victims(read(chosen["incident_id"]), guarded=guarded)


def _imprecise(incidents: gpd.GeoDataFrame, at: int, result: Estimate) -> tuple[float | None, int]:
    """Share of a district's incidents known by district or worse, and how many may be elsewhere."""
    if result.window is None:
        return None, 0
    places = result.places.weights.of_district(at)
    here = places * fraction_inside(incidents["date_start"], incidents["date_end"], result.window)
    precision = incidents["where_precision"].to_numpy(dtype="float64", na_value=np.nan)
    vague, total = here[~(precision <= POINT_PRECISION)].sum(), here.sum()
    ambiguous = int(np.count_nonzero((here > 0) & (places < 1)))
    return (float(vague / total) if total > 0 else None), ambiguous


def _sums(result: Estimate, at: int) -> dict[str, Any]:
    counted = result.tally
    total, squares = float(counted.total[at]), float(counted.squares[at])
    return {
        "incidents": float(counted.incidents[at]),
        "total_weight": total,
        "sum_of_squared_weights": squares,
        "effective_count": total**2 / squares if squares > 0 else 0.0,
        "effective_count_formula": "(sum of weights)^2 / sum of squared weights; the square of "
        "an incident that may be elsewhere is by its share",
        "variance_of_places": float(counted.between[at]),
        "variance_of_places_formula": "sum of weight^2 x share x (1 - share), and that of the "
        "shares themselves where only a unit above the district is known",
        "incidents_without_stated_severity": float(counted.unstated[at]),
        "unplaced_in_the_country": counted.unplaced,
    }


def _exposure(result: Estimate, at: int, parameters: RiskParameters) -> dict[str, Any]:
    unit = "100 km2" if parameters.exposure == "area" else "100,000 people"
    return {
        "of": parameters.exposure,
        "value": _number(result.people_or_area[at]),
        "unit": "km2" if parameters.exposure == "area" else "people",
        "years_at_risk": None
        if result.window is None
        else result.window.years_at_risk(parameters.half_life_days),
        "exposure": _number(result.exposure[at]),
        "recorded_exposure": _number(result.recorded_exposure[at]),
        "exposure_unit": f"{unit} x years",
        "formula": f"value / {PER[parameters.exposure]:g} x years_at_risk; recorded_exposure with "
        "the period's own",
    }


def _crude(
    result: Estimate, at: int, parameters: RiskParameters, *, recorded: bool = False
) -> dict[str, Any]:
    """Give the rate without smoothing, over the days observed or over the recorded span."""
    numbers: tuple[Floats, ...] = (result.rate, result.rate_low, result.rate_high)
    if recorded:
        numbers = (result.density, result.density_low, result.density_high)
    value, low, high = (_number(x[at]) for x in numbers)
    kind, interval = (
        "garwood",
        "exact Poisson (Garwood), as if blasts came singly at a steady rate",
    )
    if parameters.weight != "incidents":
        kind = "compound"
        interval = "compound Poisson (Fay and Feuer): several people an incident, sizes a sample"
    elif result.tally.between[at] > 0:
        kind = "imputed"
        interval = "gamma with the variance of the count and of the places (Rubin)"
    elif result.tally.scale != 1.0:
        kind = "weighted"
        interval = "Garwood for the effective count, scaled by total_weight / effective_count"
    return {
        "value": value,
        "low": low,
        "high": high,
        "level": 0.95,
        "unit": result.unit,
        "formula": f"total_weight / {'recorded_exposure' if recorded else 'exposure'}",
        "interval": interval,
        "interval_kind": kind,
    }


def _smoothing(result: Estimate, at: int, parameters: RiskParameters) -> dict[str, Any]:
    scale = result.tally.scale
    shape, rate = result.posterior.shape[at], result.posterior.rate[at]
    found: dict[str, Any] = {"method": parameters.smoothing, "scale": scale}
    if parameters.smoothing == "none" or not np.isfinite(shape) or result.prior is None:
        return found
    low, high = (float(limits[at] * scale) for limits in result.posterior.interval())
    # of very few, widely spread events the mean may lie beyond the limits
    low, high = min(low, float(result.smoothed[at])), max(high, float(result.smoothed[at]))
    pooled = np.nansum(result.tally.total) / np.nansum(result.exposure)
    found |= {
        "value": float(result.smoothed[at]),
        "events": float(result.tally.effective[at]),
        "low": low,
        "high": high,
        "posterior": {"shape": float(shape), "rate": float(rate)},
        "dispersion": float(result.dispersion[at]),
        "districts_at_once": result.outlook.at_once if result.outlook else 1.0,
        "country_rate": float(pooled),
        "probability_above_country_rate": float(result.posterior.exceeds(pooled / scale)[at]),
    }
    local = parameters.smoothing == "spatial" and not bool(result.islands[at])
    found["borrows_from"] = "its neighbours" if local else "the country"
    if local:
        found["formula"] = "Marshall's local estimate as a gamma posterior: scale x shape / rate"
    elif np.isfinite(result.prior[0]):
        found["prior"] = {"shape": result.prior[0], "rate": result.prior[1]}
        found["formula"] = (
            "scale x (events + prior shape) / (exposure + prior rate), events = total_weight / "
            "scale; limits from a gamma with both divided by the dispersion x "
            "districts_at_once and, where places are imputed, variance_of_places / "
            "sum_of_squared_weights more"
        )
    else:
        found["formula"] = "the country's rate: the districts differ no more than by chance"
    return found


def _outlook(result: Estimate, at: int) -> dict[str, Any]:
    """Give the history's own forecast: how such counts vary, what the next days may bring."""
    found: dict[str, Any] = {
        "dispersion": float(result.dispersion[at]),
        "dispersion_formula": "variance / mean of a count of such a length; 1 for Poisson",
        "days_since_last": _number(result.days_since_last[at]),
    }
    if result.outlook is None or result.quarter is None:
        return found
    forecast = result.quarter.forecast
    low, high = forecast.interval(0.9)
    used = {name: share for name, share in forecast.weights.items() if share >= 0.01}
    return found | {
        "dispersion_is": "estimated" if result.outlook.learnt else "assumed: too little is held",
        "periods": result.outlook.periods,
        "period_days": result.outlook.period_days,
        "rank_days": result.outlook.days,
        "next_quarter": {
            "days": result.quarter.days,
            "expected": float(forecast.mean[at]),
            "low": float(low[at]),
            "high": float(high[at]),
            "level": 0.9,
            "variance": float(forecast.variance[at]),
            "leap": float(forecast.leap[at]),
            "formula": "sum of weights x discounted means, or after a leap the middle of the level "
            "before and the new one, leap being half of what lies between; variance = linear x "
            "mean + quadratic x (mean^2 + leap^2) + leap^2",
            "linear": forecast.linear,
            "quadratic": forecast.quadratic,
            "weights": used,
        },
    }


def _class(
    result: Estimate, at: int, parameters: RiskParameters, row: dict[str, Any], limits: list[float]
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "class": row["risk_class"],
        "limits": limits,
        "limits_by": parameters.classes,
        "unit": result.unit,
        "by": "rate" if parameters.smoothing == "none" else "smoothed",
    }
    if row["risk_class"] != "no_information":
        above = [float(result.posterior.exceeds(x / result.tally.scale)[at]) for x in limits]
        shares = -np.diff([1.0, *above, 0.0])
        found["probability"] = dict(zip(CLASSES[: len(shares)], shares.tolist(), strict=True))
    return found


def _hotspot(
    result: Estimate,
    at: int,
    districts: gpd.GeoDataFrame,
    row: dict[str, Any],
    table: gpd.GeoDataFrame,
) -> dict[str, Any]:
    near = result.neighbours[[at]].indices
    return {
        "verdict": row["hotspot"],
        "test": "scan of districts and their neighbours; false alarms on at most 5 % of maps",
        "z": row["gi_star_z"],
        "p": row["gi_star_p"],
        "neighbours": sorted(str(districts.index[i]) for i in near),
        "not_tested_because": table.attrs["risk"]["hotspots_not_tested"],
    }


def explained_change(
    snapshot: SnapshotLike, at: int, result: Estimate, parameters: RiskParameters
) -> dict[str, Any]:
    """Compare a district's rate with the period of the same length before.

    ``status`` ok, no_information, or not_held where the register does not reach back: fewer records
    then would not mean fewer blasts.
    """
    days = snapshot.cached(
        "recorded-days", lambda: recorded_days(snapshot.incidents, snapshot.districts)
    )
    if result.window is None or days is None:
        return {"status": "no_information"}
    if result.window.chosen == BY_SOURCE:
        return {"status": "not_held", "reason": "each source was kept for a time of its own"}
    before = result.window.before()
    if before.start < days[0]:
        return {
            "status": "not_held",
            "reason": f"the register holds nothing before {days[0]}, so a smaller number "
            "earlier would not mean less",
        }

    def make() -> tuple[Floats, Floats, Floats]:
        earlier = estimate(
            selected(snapshot, parameters),
            snapshot.districts,
            parameters,
            window=before,
            neighbours=result.neighbours,
            with_outlook=False,
        )
        return earlier.rate, earlier.tally.total, earlier.exposure

    # of all districts at once: an atlas asks for each
    rate, total, exposure = snapshot.cached(("explained-before", parameters, before), make)
    scale = result.tally.scale
    density = rate[at]
    found = change(
        float(result.tally.total[at] / scale),
        float(result.exposure[at]),
        float(total[at] / scale),
        float(exposure[at]),
        dispersion=float(result.dispersion[at]),
    )
    return {
        "status": "ok" if found.probability_of_rise is not None else "no_information",
        "before": {"start": before.start.isoformat(), "end": before.end.isoformat()},
        "density_before": float(density) if np.isfinite(density) else None,
        **asdict(found),
    }


REFERENCES = [
    "Garwood F (1936). Fiducial limits for the Poisson distribution. Biometrika 28, 437-442.",
    (
        "Clayton D, Kaldor J (1987). Empirical Bayes estimates of age-standardized relative risks "
        "for use in disease mapping. Biometrics 43, 671-681."
    ),
    (
        "Marshall RJ (1991). Mapping disease and mortality rates using empirical Bayes estimators. "
        "Applied Statistics 40, 283-294."
    ),
    (
        "Harvey AC, Fernandes C (1989). Time series models for count or qualitative observations. "
        "Journal of Business and Economic Statistics 7, 407-417."
    ),
    (
        "Kulldorff M (1997). A spatial scan statistic. Communications in Statistics - Theory and "
        "Methods 26, 1481-1496."
    ),
    (
        "Ord JK, Getis A (1995). Local spatial autocorrelation statistics. Geographical Analysis "
        "27, 286-306."
    ),
    (
        "Benjamini Y, Hochberg Y (1995). Controlling the false discovery rate. Journal of the "
        "Royal Statistical Society B 57, 289-300."
    ),
]


STATUSES = {
    "island": "The district has no neighbours; its estimate borrows from the country.",
    "known_by_province_only": "No incident is known to be here; some that are known by province "
    "only may be.",
}
"""What a row's status warns of."""


def warnings_of(found: dict[str, Any]) -> list[str]:
    """List what limits the number."""
    row, sums = found["result"], found["sums"]
    said = []
    if row["incidents"] == 0:
        said.append("No incident is recorded here in this period. No record is not safe.")
    elif sums["incidents"] < 5:
        said.append(f"The number rests on {sums['incidents']:g} incidents.")
    if sums["incidents_without_stated_severity"] > 0:
        said.append(
            f"{sums['incidents_without_stated_severity']:g} incidents do not state the number "
            "of people: the sum is a lower bound."
        )
    if found["parameters"]["exposure"] == "population":
        note = found["district"].get("population_note")
        said.append(f"Population as exposure: {note or 'its vintage is not known'}.")
    if row["status"] in STATUSES:
        said.append(STATUSES[row["status"]])
    if row["hotspot"] == "not_enough_data":
        said.append("There are not enough data to test for hot spots here.")
    if sums["unplaced_in_the_country"] > 1e-9:
        said.append(
            f"{sums['unplaced_in_the_country']:g} incidents of the period are in no district."
        )
    if found["ambiguous_incidents"]:
        said.append(f"{found['ambiguous_incidents']} incidents may have been in another district.")
    return said + _doubts(found["outlook"])


def _doubts(outlook: dict[str, Any]) -> list[str]:
    said = []
    if outlook.get("dispersion_is", "estimated") != "estimated":
        said.append("The history is too short to say how much such counts vary: it is assumed.")
    if outlook.get("next_quarter", {}).get("leap"):
        said.append(
            "The latest counts leapt, and nobody knows whether that lasts: the middle of both is "
            "expected."
        )
    return said


def sentences(found: dict[str, Any]) -> str:
    """Say in English how the number came about."""
    name = found["district"]["name"]
    days = found["observed"]
    if days is None:
        return f"{name}: the register is empty, so nothing can be said. No record is not safe."
    guessed = ", estimated from the records" if days["chosen"] == ESTIMATED else ""
    span = f"{days['start']} to {days['end']} ({days['years']:.3g} years{guessed})"
    sums, rate, exposure = found["sums"], found["rate"], found["exposure"]
    said = [f"{name}, {span}: {sums['incidents']:g} incidents."]
    if rate["value"] is not None:
        said.append(
            f"Crude: {sums['total_weight']:.4g} / {exposure['exposure']:.4g} "
            f"{exposure['exposure_unit']} = {rate['value']:.3g} {rate['unit']}, "
            f"95 % interval {rate['low']:.3g} to {rate['high']:.3g} "
            f"({rate['interval']})."
        )
        if found["period"]["chosen"] == RECORDED:
            said.append(
                f"Over the recorded span of {found['period']['days']} days alone, "
                f"{found['period']['start']} to {found['period']['end']}: "
                f"{found['density']['value']:.3g}."
            )
    elif rate["high"] is not None:
        said.append(
            f"No rate is given; the exposure alone still allows up to {rate['high']:.3g} "
            f"{rate['unit']} (95 %)."
        )
    smooth = found["smoothing"]
    if "value" in smooth:
        said.append(
            f"Smoothed, borrowing strength from {smooth['borrows_from']}: "
            f"{smooth['value']:.3g} ({smooth['low']:.3g} to {smooth['high']:.3g})."
        )
    rank = found["rank"]
    if rank["rank"] is not None:
        said.append(
            f"Rank {rank['rank']:.0f} of the districts with information; it could be anything "
            f"from {rank['rank_low']:.0f} to {rank['rank_high']:.0f} in the next "
            f"{found['outlook']['rank_days']:.0f} days. "
            f"Class: {found['class']['class']}."
        )
    coming = found["outlook"].get("next_quarter")
    if coming:
        said.append(
            f"Such counts vary {found['outlook']['dispersion']:.2g} times as much as single "
            f"events at a steady rate would. Expected in the next {coming['days']:.0f} days: "
            f"{coming['expected']:.2g} ({coming['low']:.2g} to {coming['high']:.2g}, 90 %)."
        )
    return " ".join([*said, *found["warnings"]])


FEW = 5
"""Counts under this and over 0 are withheld where the register holds restricted records."""
MOST = 5_000
"""Incidents that are read one by one for it."""
AGE_GROUPS, SEXES = values_of(codes.AgeGroup), values_of(codes.Sex)
ASSUMED = (
    "People whose age or sex no source states are counted as unknown, not shared out. A record "
    "that gives no number counts nobody."
)


def victims(incidents: Iterable[Incident], *, guarded: bool) -> dict[str, Any]:
    """Count killed and injured people by age group and sex.

    JSON-ready: ``rows`` with ``age_group``, ``sex``, ``killed``, ``injured`` and ``few``, those
    with nobody left out; ``without_number``, rows of records that state no number; ``guarded``;
    ``note``. Where one count of an outcome is withheld, so is the next smallest, since the
    difference to the sum would tell it.

    Parameters
    ----------
    incidents
        Records in the view of the reader.
    guarded
        Whether counts of 1 to 4 are withheld (null, ``few`` true): of few people in one
        district, age and sex may tell who they are.
    """
    counts: dict[tuple[str, str], dict[str, int]] = {}
    lacking = 0
    for incident in incidents:
        for row in incident.casualties:
            if row.best is None:
                lacking += 1
                continue
            if row.outcome not in ("killed", "injured") or not row.best:
                continue
            kept = counts.setdefault((row.age_group, row.sex), {"killed": 0, "injured": 0})
            kept[row.outcome] += row.best
    rows: list[dict[str, Any]] = [
        {"age_group": age, "sex": sex, **counts[age, sex], "few": False}
        for age in AGE_GROUPS
        for sex in SEXES
        if (age, sex) in counts
    ]
    if guarded:
        for outcome in ("killed", "injured"):
            _withhold(rows, outcome)
    return {"rows": rows, "without_number": lacking, "guarded": guarded, "note": ASSUMED}


def _withhold(rows: list[dict[str, Any]], outcome: str) -> None:
    known = sorted((row for row in rows if row[outcome]), key=lambda row: int(row[outcome]))
    small = [row for row in known if row[outcome] < FEW]
    if len(small) == 1 and len(known) > 1:
        small = known[:2]
    for row in small:
        row[outcome], row["few"] = None, True
