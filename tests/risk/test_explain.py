import json

import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Geod

from geodata.errors import NotFound
from geodata.risk import RiskParameters, explain, risk_of
from geodata.risk.nearness import nearest_km
from geodata.schemas import PLACES, empty
from tests.conftest import make_country, make_incidents


class Held:
    """What the risk engine asks of a snapshot."""

    def __init__(self, incidents=None):
        self.incidents = make_incidents() if incidents is None else incidents
        self.districts, self.places = make_country(), empty(PLACES)
        self._memo = {}

    def cached(self, key, make):
        if key not in self._memo:
            self._memo[key] = make()
        return self._memo[key]


@pytest.fixture(scope="module")
def held():
    """One for all districts and questions; read only."""
    return Held()


@pytest.mark.parametrize(
    "query",
    [
        {}, {"weight": "killed"}, {"weight": "casualties", "half-life": "45"},
        {"exposure": "population"}, {"smoothing": "none"}, {"smoothing": "spatial"},
        {"period": "2021-02-01/2021-12-31"}, {"where": "device = 'at_mine'"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("district", ["XX-A", "XX-B", "XX-C", "XX-D"])
def test_the_arithmetic_gives_the_number_of_the_table(held, query, district):
    parameters = RiskParameters.parse(query)
    found = explain(held, district, parameters)
    row = risk_of(held, parameters).loc[district]
    assert json.loads(json.dumps(found)) == found
    weights = [i["weight"] for i in found["incidents"] if i["weight"] is not None]
    assert sum(weights) == pytest.approx(found["sums"]["total_weight"])
    listed = [i for i in found["incidents"] if i["weight"] is not None]
    squares = sum(i["weight"] ** 2 / (i["share_of_place"] * i["share_of_period"]) for i in listed)
    assert squares == pytest.approx(found["sums"]["sum_of_squared_weights"])
    between = sum(
        i["weight"] ** 2 * (1 / (i["share_of_place"] * i["share_of_period"]) - 1) for i in listed
    )
    assert between == pytest.approx(found["sums"]["variance_of_places"], abs=1e-9)
    for name, exposure in (("density", "recorded_exposure"), ("rate", "exposure")):
        if found[name]["value"] is not None:
            by_hand = found["sums"]["total_weight"] / found["exposure"][exposure]
            assert found[name]["value"] == pytest.approx(by_hand)
            assert row[name] == pytest.approx(by_hand)
    for name, days in (("period", "years"), ("observed", "observed_years")):
        assert found[name]["years"] == row[days]
        assert found[name]["start"] == str(row[f"{name}_start"].date())
    smooth = found["smoothing"]
    if "prior" in smooth:
        k = found["sums"]["total_weight"] / smooth["scale"]
        assert smooth["events"] == pytest.approx(k)
        b = found["exposure"]["exposure"]
        by_hand = smooth["scale"] * (k + smooth["prior"]["shape"]) / (b + smooth["prior"]["rate"])
        assert row["smoothed"] == pytest.approx(by_hand)
    if "probability" in found["class"]:
        assert sum(found["class"]["probability"].values()) == pytest.approx(1.0)


def test_each_factor_of_a_weight_is_given():
    found = explain(Held(), "XX-B", RiskParameters(weight="casualties", half_life_days=100.0))
    (one,) = found["incidents"]
    assert one["incident_id"] == "i3"
    factors = ("share_of_place", "share_of_period", "severity", "decay")
    assert one["weight"] == pytest.approx(np.prod([one[name] for name in factors]))


def test_a_district_without_incident_is_explained_as_not_known():
    found = explain(Held(), "XX-C", RiskParameters())
    assert found["incidents"] == []
    assert found["density"]["value"] is None is found["rate"]["value"]
    assert "No record is not safe" in found["text"]


def test_an_empty_register_is_explained():
    found = explain(Held(make_incidents().iloc[:0]), "XX-A", RiskParameters())
    assert found["period"] is None is found["observed"]
    assert "empty" in found["text"]


def test_the_text_says_count_rate_interval_rank_and_doubt():
    text = explain(Held(), "XX-A", RiskParameters())["text"]
    parts = ("2.5 incidents", "95 %", "Smoothed", "Rank 1", "may have been in another")
    for part in (*parts, "recorded span of 365 days alone"):
        assert part in text


def test_population_carries_its_warning():
    found = explain(Held(), "XX-A", RiskParameters(exposure="population"))
    assert any("Population" in warning for warning in found["warnings"])


def test_what_was_asked_before_changes_no_explanation(held):
    """What all districts of a question share is kept for that question alone."""
    questions = [
        {"period": "2021-07-03/2021-12-31"}, {"period": "2021-10-01/2021-12-31"},
        {"period": "2021-07-03/2021-12-31", "weight": "killed"},
        {"period": "2021-07-03/2021-12-31", "where": "device = 'uxo'"},
    ]  # fmt: skip
    befores = set()
    for parameters in map(RiskParameters.parse, questions):
        found = explain(held, "XX-A", parameters)
        assert found == explain(Held(), "XX-A", parameters)
        befores.add((found["change"]["before"]["start"], found["change"]["density_before"]))
    assert len(befores) == len(questions)


def test_series_of_other_incidents_have_other_changes():
    """Incidents come monthly, then weekly: those that a filter keeps are the monthly ones."""
    rows = pd.concat([make_incidents().iloc[[0]]] * 48, ignore_index=True)
    rows.index = rows["incident_id"] = [f"s{n}" for n in range(48)]
    few = [pd.Timestamp("2018-01-05") + pd.DateOffset(months=n) for n in range(24)]
    many = [pd.Timestamp("2020-01-05") + pd.DateOffset(days=7 * n) for n in range(24)]
    rows["date_start"] = rows["date_end"] = [*few, *many]
    rows["device"] = ["uxo"] * 24 + ["at_mine"] * 24
    held = Held(rows.assign(districts="XX-A:1"))
    changes = [
        explain(held, "XX-A", RiskParameters.parse({"period": "2018-01-01/2020-06-30"} | more))
        for more in ({}, {"where": "device = 'uxo'"})
    ]
    found, kept = (one["change_points"]["found"] for one in changes)
    assert found
    assert found != kept


def test_change_is_against_the_period_before_and_only_if_it_was_held():
    late = explain(Held(), "XX-D", RiskParameters.parse({"period": "2021-07-03/2021-12-31"}))
    assert late["change"]["status"] == "ok"
    assert late["change"]["before"] == {"start": "2021-01-02", "end": "2021-07-02"}
    assert late["change"]["probability_of_rise"] > 0.5
    everything = explain(Held(), "XX-D", RiskParameters())
    assert everything["change"]["status"] == "not_held"


def test_a_filter_changes_the_count_and_never_the_time():
    held = Held()
    whole = risk_of(held, RiskParameters())
    some = risk_of(held, RiskParameters(where="device = 'uxo'"))
    assert some["incidents"].sum() == 1
    for days in ("years", "observed_years"):
        assert some[days].iloc[0] == whole[days].iloc[0]


def test_equal_questions_are_computed_once():
    held = Held()
    assert risk_of(held, RiskParameters()) is risk_of(held, RiskParameters())


def test_an_unknown_district_is_not_found():
    with pytest.raises(NotFound, match="XX-Q"):
        explain(Held(), "XX-Q", RiskParameters())


def test_incidents_and_ground_are_set_beside_any_layer_in_true_kilometres():
    held = Held()
    west, south, east, north = held.districts.geometry["XX-A"].bounds
    middle = (west + east) / 2
    road = np.array([shapely.LineString([(middle, south), (middle, north)]), None], dtype=object)
    nothing = np.array([], dtype=object)
    found = explain(held, "XX-A", RiskParameters(), {"road": road, "front": nothing})
    assert json.loads(json.dumps(found)) == found
    told = found["layers"]["road"]
    width = Geod(ellps="WGS84").inv(west, (south + north) / 2, east, (south + north) / 2)[2] / 1000
    # on both sides of the middle half of the ground is nearer than a quarter of the width
    assert told["ground_median_km"] == pytest.approx(width / 4, rel=0.05)
    assert told["ground_near"] == pytest.approx(min(2 * told["near_km"] / width, 1), abs=0.06)
    inside = held.incidents[held.incidents["districts"].fillna("").str.startswith("XX-A")]
    assert told["incidents"] == inside.geometry.notna().sum()
    assert found["layers"]["front"]["ground_near"] is None
    assert found["layers"]["front"]["median_km"] is None
    assert set(found["settlements"]) == set(told)


def test_a_point_that_is_not_known_has_no_distance():
    town = np.array([shapely.Point(3_000, 0)], dtype=object)
    found = nearest_km(np.array([[0.0, 0.0], [np.nan, 1.0]]), town)
    assert found.tolist() == pytest.approx([3.0, np.nan], nan_ok=True)
