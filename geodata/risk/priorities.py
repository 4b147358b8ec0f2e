"""Where to clear and where to teach first: a multi-criteria score and its sensitivity."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geodata.errors import InvalidInput
from geodata.incidents import DistrictWeights, parse_district_ids
from geodata.risk.districts import Estimate
from geodata.risk.nearness import NEAR_KM, incidents_km, settlements
from geodata.risk.parameters import RiskParameters
from geodata.schemas import CRS84, PRIORITIES, conform
from geodata.statistics.rates import competition_rank

Floats = NDArray[np.float64]
WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "clearance": {
        "expected": 0.3, "rate": 0.15, "casualties": 0.2, "hazard_km2": 0.2,
        "near_settlement": 0.15,
    },
    "education": {
        "expected": 0.25, "casualties": 0.2, "casualties_per_100k": 0.2,
        "near_settlement": 0.15, "population": 0.2,
    },
}  # fmt: skip
"""Purpose → weight of each criterion: a starting point to change, not a finding."""
CRITERIA = (
    "expected", "rate", "casualties", "casualties_per_100k", "hazard_km2", "near_settlement",
    "population",
)  # fmt: skip
FEW = 2.0
"""Incidents with the country's share that each district's share has in advance."""
DRAWS = 1_000
SEED = 20_201_110
DOUBT = 20.0
"""How sure the weights are: drawn ones are Dirichlet with mean w and this concentration, which
moves a weight of 0.3 by about 0.1."""
LEVEL = 0.9


@dataclass(frozen=True, slots=True)
class Ground:
    """What is known beside the incidents."""

    operations: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    """Frames of their schemas."""


def criteria_weights(parameters: RiskParameters) -> dict[str, float]:
    """Give the weights asked for, which sum to 1, or those of the purpose.

    Weight by criterion, those of weight 0 left out.

    Raises
    ------
    InvalidInput
        A criterion is not known, a weight is no number of at least 0, or all are 0.

    Examples
    --------
    >>> criteria_weights(RiskParameters(criteria="expected=3,rate=1"))
    {'expected': 0.75, 'rate': 0.25}
    """
    if not parameters.criteria:
        return dict(WEIGHTS[parameters.purpose])
    found: dict[str, float] = {}
    for part in parameters.criteria.split(","):
        name, _, text = part.partition("=")
        try:
            weight = float(text)
        except ValueError:
            weight = -1.0
        if name.strip() not in CRITERIA or not np.isfinite(weight) or weight < 0:
            reason = (
                f"{part.strip()[:40]!r} is not NAME=WEIGHT with a name of {', '.join(CRITERIA)}"
            )
            raise InvalidInput(
                f"criteria: {reason}, e.g. expected=0.5,casualties=0.5.",
                code="bad-criteria",
                details=[{"field": "criteria", "reason": reason}],
            )
        found[name.strip()] = weight
    total = sum(found.values())
    if total <= 0:
        raise InvalidInput(
            "criteria: all weights are 0; give one over 0, e.g. expected=1.",
            code="bad-criteria",
            details=[{"field": "criteria", "reason": "all weights are 0"}],
        )
    return {name: weight / total for name, weight in found.items() if weight > 0}


def priorities(
    result: Estimate,
    table: gpd.GeoDataFrame,
    incidents: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    ground: Ground,
    parameters: RiskParameters,
) -> gpd.GeoDataFrame:
    """Score districts by several criteria at once, with the ranks that other weights would give.

    ``score = sum_c w_c s_c / sum_c w_c`` over the criteria c that are known of a district, s_c
    its value from 0 to 1: of an amount the root of its share of the highest one, ``sqrt(x_c /
    max x_c)``, so that four times as many incidents are worth twice as much, and equal steps
    are about equally sure whatever the number (the root is the scale on which counts vary
    alike); of a share of incidents the share itself, of few incidents drawn to the country's
    (`FEW` more of it). The ranks' range is of `DRAWS` scores with weights drawn around the
    given ones (Dirichlet) and expected counts drawn from their forecast; ``top`` is the share
    of them that put a district among the first tenth.

    Assumes that criteria add up whatever the others are, and that the highest district of each
    is a fair measure of "much". Broken by criteria that say the same twice (incidents and
    casualties do in part), and by what is not known of some districts only: their score is of
    the criteria that are.

    Schema `PRIORITIES`, the first rank first. A district without a record is not ranked
    (``no_information``): survey tells of it, not a score. A criterion that nothing is known of is
    null and weighs nothing.

    Raises
    ------
    InvalidInput
        As `criteria_weights`.

    References
    ----------
    Keeney RL, Raiffa H (1976). Decisions with Multiple Objectives. Wiley (additive value).
    Butler J, Jia J, Dyer J (1997). Simulation techniques for the sensitivity analysis of
    multi-criteria decision models. European Journal of Operational Research 103, 531-546.
    Bartlett MS (1936). The square root transformation in analysis of variance. Supplement to
    the Journal of the Royal Statistical Society 3, 68-78.
    """
    weights = criteria_weights(parameters)
    counted = incidents if result.window else incidents.iloc[:0]
    near, of = _near(counted, districts, ground.places, result.places.weights)
    with np.errstate(invalid="ignore"):
        share = np.where(of > 0, near / of, np.nan)
    values = {
        **_of_table(table),
        "hazard_km2": _hazard(districts, ground.operations),
        "near_settlement": share,
    }
    held = table["incidents"].to_numpy(float) > 0
    worth = {name: _worth(x, held) for name, x in values.items()}
    worth["near_settlement"] = _drawn_to_all(near, of)
    score = _score(worth, np.array([list(weights.values())]), list(weights))[0]
    rng = np.random.default_rng(SEED)
    drawn = _drawn(worth, weights, held, result, rng)
    rank = np.full(len(held), np.nan)
    low, high, top = rank.copy(), rank.copy(), rank.copy()
    if held.any():
        rank[held] = competition_rank(score[held])
        orders = np.apply_along_axis(competition_rank, 1, drawn[:, held])
        tails = (1 - LEVEL) / 2
        low[held], high[held] = np.quantile(orders, [tails, 1 - tails], axis=0,
                                            method="inverted_cdf")  # fmt: skip
        top[held] = (orders <= max(np.ceil(held.sum() / 10), 1)).mean(axis=0)
        low, high = np.fmin(low, rank), np.fmax(high, rank)
    frame = gpd.GeoDataFrame(
        {
            "district_id": table["district_id"].array,
            "name": table["name"].array,
            "purpose": parameters.purpose,
            "rank": rank,
            "rank_low": low,
            "rank_high": high,
            "score": np.where(held, score, np.nan),
            "top": top,
            **values,
            "expected_low": table["expected_low"].to_numpy(float),
            "expected_high": table["expected_high"].to_numpy(float),
            "days_since_last": table["days_since_last"].to_numpy(float),
            "weights": ",".join(f"{name}={weight:.3g}" for name, weight in weights.items()),
            "status": np.where(held, "ok", "no_information"),
        },
        geometry=districts.geometry.array,
        crs=CRS84,
    ).set_index(districts.index)
    order = np.lexsort((frame["name"].astype(str), np.nan_to_num(rank, nan=np.inf)))
    return conform(frame.iloc[order], PRIORITIES)


def _of_table(table: gpd.GeoDataFrame) -> dict[str, Floats]:
    def number(name: str) -> Floats:
        return table[name].to_numpy(dtype="float64", na_value=np.nan)

    people, years = number("population"), number("observed_years")
    exposed = np.where(people > 0, people / 1e5 * years, np.nan)
    smoothed = number("smoothed")
    return {
        "expected": number("expected"),
        "rate": np.where(np.isfinite(smoothed), smoothed, number("rate")),
        "casualties": number("casualties"),
        "casualties_per_100k": number("casualties") / exposed,
        "population": people,
    }


def _near(
    incidents: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    places: gpd.GeoDataFrame,
    weights: DistrictWeights,
) -> tuple[Floats, Floats]:
    """Count each district's incidents near a settlement, and those whose distance is known."""
    apart = incidents_km(incidents, districts, settlements(places))
    near = np.where(np.isfinite(apart) & (apart <= NEAR_KM), 1.0, 0.0)
    return weights.sums(near), weights.sums(np.isfinite(apart).astype(float))


def _hazard(districts: gpd.GeoDataFrame, operations: gpd.GeoDataFrame) -> Floats:
    """Sum the recorded hazardous area not completed, in km2; null where none is recorded."""
    found = np.full(len(districts), np.nan)
    open_ = operations[operations["hazardous_area"].notna() & (operations["status"] != "completed")]
    at = {str(name): k for k, name in enumerate(districts.index)}
    planned = open_["area_planned_m2"].to_numpy(dtype="float64", na_value=np.nan)
    done = open_["area_done_m2"].to_numpy(dtype="float64", na_value=np.nan)
    left = np.maximum(planned - np.nan_to_num(done), 0.0) / 1e6
    for names, area in zip(open_["districts"].fillna(""), left, strict=True):
        ids = [name for name in parse_district_ids(str(names)) if name in at]
        for name in ids:
            if np.isfinite(area):
                found[at[name]] = np.nan_to_num(found[at[name]]) + area / len(ids)
    return found


def _worth(values: Floats, held: Any) -> Floats:
    """Value amounts from 0 to 1: the root of the share of the highest district with a record."""
    known = np.isfinite(values) & held
    most = float(values[known].max(initial=0.0))
    return np.where(known, np.sqrt(np.maximum(values, 0.0) / most) if most > 0 else 0.0, np.nan)


def _drawn_to_all(near: Floats, of: Floats) -> Floats:
    """Value shares as they are, those of few incidents drawn to the country's."""
    usual = near.sum() / max(float(of.sum()), 1.0)
    return np.where(of > 0, (near + FEW * usual) / (of + FEW), np.nan)


def _score(worth: Mapping[str, Floats], weights: Floats, names: list[str]) -> Floats:
    """Weigh the criteria, one row a set of weights; those that are not known weigh nothing."""
    values = np.stack([worth[name] for name in names])
    total = weights @ np.nan_to_num(values)
    known = weights @ np.isfinite(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(known > 0, total / known, np.nan))


def _drawn(
    worth: Mapping[str, Floats],
    weights: Mapping[str, float],
    held: Any,
    result: Estimate,
    rng: np.random.Generator,
) -> Floats:
    """Score under weights and counts to come that might as well be: draws x districts."""
    names = list(weights)
    drawn = rng.dirichlet([weights[name] * DOUBT for name in names], DRAWS)
    if result.quarter is None or "expected" not in names:
        return np.nan_to_num(_score(worth, drawn, names), nan=-1.0)
    found = np.empty((DRAWS, len(held)))
    for k, counts in enumerate(result.quarter.forecast.draw(DRAWS, rng)):
        moved = {**worth, "expected": _worth(counts, held)}
        found[k] = _score(moved, drawn[k : k + 1], names)[0]
    return np.nan_to_num(found, nan=-1.0)
