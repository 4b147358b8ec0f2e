"""One district of another country by hand: every number from the explanation's own parts."""

import json

import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas import GeoDataFrame
from scipy import stats

from geodata import schemas
from geodata.risk import RiskParameters, explain, risk_of
from geodata.schemas import CRS84, conform
from tests.conftest import make_incidents
from tests.maps.snapshots import FakeSnapshot

CLASSES = ("very_low", "low", "medium", "high", "very_high")


class Held(FakeSnapshot):
    """Nine districts of unequal area, and 60 incidents in them over two years."""

    def __init__(self) -> None:
        draw, ids = np.random.default_rng(17), [f"MM-{k}" for k in range(9)]
        boxes = [shapely.box(96 + k % 3, 20 + k // 3, 97 + k % 3, 21 + k // 3) for k in range(9)]
        country = pd.DataFrame(
            {
                "district_id": ids, "name": ids, "type": "township", "valid_from": "2015-01-01",
                "area_km2": [300.0, 900, 2_500, 400, 11_000, 700, 5_000, 150, 1_200],
                "population": [20_000.0, 90_000, 40_000, 1e6, None, 3_000, 70_000, 900, 5e5],
            }
        )  # fmt: skip
        shapes = [shapely.MultiPolygon([one]) for one in boxes]
        districts = conform(GeoDataFrame(country, geometry=shapes, crs=CRS84), schemas.DISTRICTS)
        rows = pd.concat([make_incidents().iloc[[0]]] * 60, ignore_index=True)
        rows.index = pd.Index([f"m{k}" for k in range(60)], name="incident_id")
        rows["incident_id"] = rows.index
        where = draw.choice(9, 60, p=np.array([9, 6, 5, 4, 3, 2, 1, 1, 0]) / 31)
        rows["districts"] = [f"MM-{k}:1" for k in where]
        rows.iloc[:6, rows.columns.get_loc("districts")] = "MM-0:0.25;MM-1:0.75"
        first = pd.Timestamp("2021-04-01") + pd.to_timedelta(draw.integers(0, 700, 60), "D")
        rows["date_start"] = first
        rows["date_end"] = first + pd.to_timedelta(np.where(np.arange(60) % 5 == 0, 20, 0), "D")
        rows["killed"] = draw.poisson(0.8, 60)
        rows["killed_low"], rows["killed_high"] = rows["killed"], rows["killed"] + 2
        super().__init__(districts, rows)


@pytest.fixture(scope="module")
def held():
    """One for all districts and questions; read only."""
    return Held()


@pytest.mark.parametrize("district", ["MM-0", "MM-1", "MM-4", "MM-8"])
@pytest.mark.parametrize(
    "query",
    [
        {}, {"half-life": "200"}, {"exposure": "population"}, {"weight": "killed"},
        {"period": "2021-06-01/2022-06-30"},
    ],
    ids=str,
)  # fmt: skip
def test_a_district_is_computed_again_from_its_explanation(held, district, query):
    parameters = RiskParameters.parse(query)
    told = json.loads(json.dumps(explain(held, district, parameters)))
    row = risk_of(held, parameters).loc[district]

    # weights: place x period x severity x decay
    total = 0.0
    for one in told["incidents"]:
        weight = one["share_of_place"] * one["share_of_period"] * one["severity"]
        weight *= 1.0 if one["decay"] is None else one["decay"]
        assert weight == pytest.approx(one["weight"] or 0.0)
        total += weight
    assert total == pytest.approx(told["sums"]["total_weight"])

    # exposure: area or people, and years of the days counted
    def years(days):
        whole = (pd.Timestamp(days["end"]) - pd.Timestamp(days["start"])).days + 1
        assert whole == days["days"]
        if "half-life" not in query:
            return whole / 365.25
        return float((0.5 ** (np.arange(whole) / float(query["half-life"]))).sum()) / 365.25

    per = 100_000 if query.get("exposure") == "population" else 100
    base = held.districts.loc[district, "population" if per > 100 else "area_km2"]
    if pd.isna(base):
        assert told["exposure"]["exposure"] is None is told["rate"]["value"]
        return
    for name, days in (("rate", "observed"), ("density", "period")):
        exposure = float(base) / per * years(told[days])
        if told[name]["value"] is not None:
            assert told[name]["value"] == pytest.approx(total / exposure, rel=1e-9)
            assert told[name]["value"] == pytest.approx(row[name])
        if told["rate"]["interval_kind"] == "garwood" and total:
            low = stats.chi2.ppf(0.025, 2 * total) / 2 / exposure
            high = stats.chi2.ppf(0.975, 2 * total + 2) / 2 / exposure
            assert told[name]["low"] == pytest.approx(low, rel=1e-6)
            assert told[name]["high"] == pytest.approx(high, rel=1e-6)
    exposure = float(base) / per * years(told["observed"])

    # smoothing: gamma prior and Poisson counts of typical weight
    smooth = told["smoothing"]
    if "prior" in smooth:
        events = total / smooth["scale"]
        shape, rate = events + smooth["prior"]["shape"], exposure + smooth["prior"]["rate"]
        assert smooth["value"] == pytest.approx(smooth["scale"] * shape / rate, rel=1e-9)
        assert row["smoothed"] == pytest.approx(smooth["value"])
        squares = told["sums"]["sum_of_squared_weights"]
        doubt = told["sums"]["variance_of_places"] / squares if squares else 0.0
        wider = smooth["dispersion"] * smooth["districts_at_once"] + doubt
        gamma = stats.gamma(shape / wider, scale=smooth["scale"] * wider / rate)
        low, high = min(gamma.ppf(0.025), smooth["value"]), max(gamma.ppf(0.975), smooth["value"])
        assert (smooth["low"], smooth["high"]) == pytest.approx((low, high), rel=1e-6)
        above = gamma.sf(smooth["country_rate"])
        assert smooth["probability_above_country_rate"] == pytest.approx(above, abs=1e-9)
        # class: of the value, and how likely each is
        if told["class"]["class"] != "no_information":
            limits = told["class"]["limits"]
            assert (
                told["class"]["class"] == CLASSES[np.searchsorted(limits, smooth["value"], "right")]
            )
            shares = np.diff([0.0, *gamma.cdf(limits), 1.0])
            assert list(told["class"]["probability"].values()) == pytest.approx(shares, abs=1e-9)

    # the next quarter: a negative binomial of its mean and variance
    coming = told["outlook"]["next_quarter"]
    mean, variance = coming["expected"], coming["variance"]
    by_formula = coming["linear"] * mean + coming["quadratic"] * mean**2
    assert variance == pytest.approx(by_formula)
    assert coming["low"] <= mean <= coming["high"]
    assert row["expected"] == pytest.approx(mean)
