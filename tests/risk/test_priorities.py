"""Priority lists, victims by age and sex, and change points: by hand, by law, and refused."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import open_register
from geodata.errors import InvalidInput
from geodata.model import Casualty, DistrictWeight, Incident
from geodata.risk import RiskParameters, explain, priorities_of
from geodata.risk.explanation import victims
from geodata.risk.priorities import (
    CRITERIA,
    WEIGHTS,
    _drawn_to_all,
    _worth,
    criteria_weights,
)
from geodata.schemas import OPERATIONS, PLACES, PRIORITIES, STATISTICS, empty
from geodata.statistics.counts import change_points
from tests.laws import examples
from tests.made import history, lattice


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    register = open_register(tmp_path_factory.mktemp("register"))
    yield register.snapshot()
    register.close()


@pytest.mark.parametrize("purpose", list(WEIGHTS))
def test_a_list_ranks_districts_with_a_record_and_names_the_others(snapshot, purpose):
    frame = priorities_of(snapshot, RiskParameters(purpose=purpose))
    assert list(frame.columns) == [*PRIORITIES.names, "geometry"]
    held = frame["status"] == "ok"
    assert held.sum() == 3
    assert frame["rank"][held].tolist() == sorted(frame["rank"][held])
    assert frame["rank"][~held].isna().all()
    assert (frame["rank_low"][held] <= frame["rank"][held]).all()
    assert (frame["rank"][held] <= frame["rank_high"][held]).all()
    assert frame["score"][held].between(0, 1).all()
    assert frame["top"][held].between(0, 1).all()
    assert set(frame["weights"]) == {",".join(f"{k}={v:.3g}" for k, v in WEIGHTS[purpose].items())}


def test_one_criterion_alone_gives_its_own_order(snapshot):
    frame = priorities_of(snapshot, RiskParameters(criteria="casualties=1"))
    held = frame[frame["status"] == "ok"]
    assert held["casualties"].astype(float).is_monotonic_decreasing


def test_the_same_weights_give_the_same_ranges(snapshot):
    one = priorities_of(snapshot, RiskParameters(criteria="expected=1,rate=1"))
    two = priorities_of(snapshot, RiskParameters(criteria="expected=2,rate=2"))
    assert one["rank_high"].equals(two["rank_high"])


@pytest.mark.parametrize(
    "text", ["expected", "expected=x", "nothing=1", "expected=-1", "expected=0,rate=0", "rate=inf"]
)
def test_weights_that_cannot_be_are_refused_by_name(text):
    with pytest.raises(InvalidInput, match="criteria"):
        criteria_weights(RiskParameters(criteria=text))


@given(st.dictionaries(st.sampled_from(CRITERIA), st.floats(0.01, 100), min_size=1))
def test_weights_sum_to_one(given_weights):
    text = ",".join(f"{name}={weight!r}" for name, weight in given_weights.items())
    found = criteria_weights(RiskParameters(criteria=text))
    assert sum(found.values()) == pytest.approx(1)


def _incident(*rows):
    return SimpleNamespace(casualties=[Casualty(**row) for row in rows])


CHILD = {"age_group": "child", "sex": "male", "outcome": "killed"}
ADULT = {"age_group": "adult", "sex": "female", "outcome": "killed"}


def test_victims_are_counted_by_age_and_sex_and_what_is_not_stated_is_no_one():
    found = victims(
        [_incident(CHILD | {"best": 2}, ADULT | {"best": 9}), _incident(CHILD | {"low": 1})],
        guarded=False,
    )
    assert [(r["age_group"], r["sex"], r["killed"]) for r in found["rows"]] == [
        ("child", "male", 2),
        ("adult", "female", 9),
    ]
    assert found["without_number"] == 1


def test_a_small_count_is_withheld_with_the_one_that_would_tell_it():
    rows = [CHILD | {"best": 2}, ADULT | {"best": 9}, ADULT | {"sex": "male", "best": 30}]
    found = victims([_incident(*rows)], guarded=True)
    assert [r["killed"] for r in found["rows"]] == [None, None, 30]


@given(st.lists(st.integers(0, 40), min_size=1, max_size=6))
def test_no_guarded_count_is_small(counts):
    kinds = [(a, s) for a in ("child", "adult", "unknown") for s in ("female", "male")]
    rows = [
        {"age_group": a, "sex": s, "outcome": "injured", "best": n}
        for (a, s), n in zip(kinds, counts, strict=False)
    ]
    found = victims([_incident(*rows)], guarded=True)["rows"]
    assert all(r["injured"] is None or r["injured"] == 0 or r["injured"] >= 5 for r in found)


def test_a_restricted_record_guards_small_counts_of_age_and_sex(tmp_path):
    register = open_register(tmp_path)
    try:
        register.create(
            Incident(
                incident_id="R1", date_start="2021-01-20", date_end="2021-01-20",
                districts=(DistrictWeight(district_id="AZ-TAR"),), sensitivity="restricted",
                casualties=(Casualty(age_group="child", sex="female", outcome="killed", best=1),),
            ),
            author="somebody",
        )  # fmt: skip
        found = explain(register.snapshot().public(), "AZ-TAR", RiskParameters())["victims"]
    finally:
        register.close()
    assert found["guarded"]
    assert all((r["killed"] or 5) >= 5 and (r["injured"] or 5) >= 5 for r in found["rows"])


def test_a_step_is_found_where_it_is():
    rng = np.random.default_rng(1)
    counts = np.concatenate([rng.poisson(2, 30), rng.poisson(9, 30)])
    found = change_points(counts)
    assert len(found) == 1
    assert abs(found[0].at - 30) <= 2
    assert found[0].before < 3 < 7 < found[0].after


def test_a_rise_that_ended_is_found_with_both_its_ends():
    rng = np.random.default_rng(5)
    counts = np.concatenate([rng.poisson(3, 24), rng.poisson(9, 18), rng.poisson(2, 18)])
    found = change_points(counts)
    assert len(found) == 2
    assert abs(found[0].at - 24) <= 2
    assert abs(found[1].at - 42) <= 2


def test_bursts_without_a_change_show_one_rarely():
    rng = np.random.default_rng(2)
    shown = sum(
        bool(change_points(rng.negative_binomial(1.0, 0.2, 48), simulations=99)) for _ in range(120)
    )
    assert shown / 120 <= 0.09


@examples(20)
@given(st.lists(st.integers(0, 9), max_size=30))
def test_a_series_has_changes_in_order_and_inside_it(counts):
    found = change_points(counts, simulations=99)
    at = [c.at for c in found]
    assert at == sorted(set(at))
    assert all(4 <= a <= len(counts) - 4 for a in at)
    if len(set(counts)) < 2:
        assert found == []


class _Held:
    """A snapshot of made incidents."""

    def __init__(self, incidents, districts):
        self.incidents, self.districts = incidents, districts
        self.operations, self.places = empty(OPERATIONS), empty(PLACES)
        self.statistics = empty(STATISTICS)

    def cached(self, _, make):
        return make()


def test_ten_times_the_incidents_are_not_one_rank_more():
    """Mid-ranks put a district of 400 incidents behind one of 40 with a nearer village."""
    districts = lattice(3)
    rate = np.array([400.0, 40, 36, 32, 28, 24, 20, 16, 0])
    snapshot = _Held(history(rate, districts=districts), districts)
    frame = priorities_of(snapshot, RiskParameters(rank_by="rate"))
    assert frame.index[0] == "XX-00"
    assert frame["score"].iloc[0] > 2 * frame["score"].iloc[1]
    assert frame["rank_high"].iloc[0] == 1


# Not so small that a part of it is 0.
@given(st.lists(st.just(0.0) | st.floats(1e-9, 1e6), min_size=1, max_size=9), st.floats(0.01, 100))
def test_the_value_of_an_amount_has_no_unit_and_keeps_its_order(amounts, unit):
    values = np.array(amounts)
    found = _worth(values, np.ones(len(values), dtype=bool))
    np.testing.assert_allclose(found, _worth(values * unit, np.ones(len(values), dtype=bool)))
    assert (found[np.argsort(values)][1:] >= found[np.argsort(values)][:-1]).all()
    assert ((found >= 0) & (found <= 1)).all()


def test_one_incident_near_a_village_is_not_every_incident_near_one():
    few, many = _drawn_to_all(np.array([1.0, 90.0, 10.0]), np.array([1.0, 100.0, 99.0]))[:2]
    assert few < many
