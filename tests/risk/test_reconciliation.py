import pandas as pd
import pytest

from geodata.errors import InvalidInput
from geodata.risk import reconcile
from geodata.risk.reconciliation import chapman, linked
from geodata.schemas import STATISTICS, conform
from tests.conftest import make_country, make_incidents


def statistic(statistic_id="s1", **values):
    row = {
        "statistic_id": statistic_id, "metric": "casualties of mines", "group": None,
        "outcome": "killed", "value": 3, "qualifier": "exact", "period_start": "2021-01-01",
        "period_end": "2021-12-31", "as_of": None, "districts": None, "mine_related": True,
    }  # fmt: skip
    return row | values


def claims(*rows):
    return conform(pd.DataFrame(list(rows)), STATISTICS)


def reconciled(*rows, incidents=None):
    found = make_incidents() if incidents is None else incidents
    return reconcile(found, claims(*rows), make_country())


def test_expected_held_and_share_by_hand():
    row = reconciled(statistic(value=6))["rows"][0]
    assert (row["expected"], row["held"], row["share"]) == (6, 3.0, 0.5)
    assert row["status"] == "held_less"
    assert row["unstated"] == 2
    assert set(row["incident_ids"]) == {"i1", "i2", "i3", "i4", "i5"}


@pytest.mark.parametrize(
    ("value", "qualifier", "status"),
    [
        (3, "exact", "agrees"), (2, "exact", "held_more"), (2, "over", "agrees"),
        (4, "over", "held_less"), (3, "almost", "agrees"), (3, "about", "agrees"),
        (1, "about", "held_more"),
    ],
)  # fmt: skip
def test_the_wording_of_the_claim_decides_what_agrees(value, qualifier, status):
    row = reconciled(statistic(value=value, qualifier=qualifier))["rows"][0]
    assert row["status"] == status


def test_only_the_period_counts_and_ranges_by_their_days():
    row = reconciled(statistic(outcome="injured", period_start="2021-01-26",
                               period_end="2021-02-04"))["rows"][0]  # fmt: skip
    assert row["held"] == pytest.approx(1 + 6 / 11)


def test_only_the_territory_counts_by_its_weight():
    row = reconciled(statistic(outcome="injured", districts="XX-B;XX-D"))["rows"][0]
    assert row["held"] == pytest.approx(0.5)


def test_people_of_unstated_group_may_belong_to_the_claim():
    incidents = make_incidents().assign(
        killed_civilian=pd.array([1, None, None, None, None], dtype="Int64"),
        killed_unknown=pd.array([None, None, None, 2, None], dtype="Int64"),
    )
    row = reconciled(statistic(group="civilian", value=3), incidents=incidents)["rows"][0]
    assert (row["held"], row["held_high"]) == (1, 3)
    assert row["status"] == "may_agree"


def test_a_total_of_the_whole_conflict_is_not_compared():
    row = reconciled(statistic(mine_related=False))["rows"][0]
    assert row["status"] == "not_mine_related"
    assert row["held"] is None


def test_a_claim_about_years_before_the_register_is_not_a_share_of_zero():
    row = reconciled(statistic(period_start=None, period_end="2005-12-31"))["rows"][0]
    assert row["status"] == "outside_the_register"
    assert row["share"] is None


def test_a_claim_without_dates_is_not_compared():
    row = reconciled(statistic(period_start=None, period_end=None))["rows"][0]
    assert row["status"] == "period_not_stated"


def test_an_expected_zero_has_no_share():
    row = reconciled(statistic(value=0))["rows"][0]
    assert row["share"] is None
    assert row["status"] == "held_more"


def test_an_empty_register_holds_nothing_and_says_so():
    found = reconciled(statistic(), incidents=make_incidents().iloc[:0])
    assert found["register"] is None
    assert found["rows"][0]["status"] == "outside_the_register"


def test_claims_that_share_people_must_not_be_added():
    found = reconciled(
        statistic("all"),
        statistic("half", period_end="2021-06-30"),
        statistic("injured", outcome="injured"),
        statistic("later", period_start="2022-01-01", period_end="2022-12-31"),
    )
    assert [(o["a"], o["b"]) for o in found["overlaps"]] == [("all", "half")]
    assert found["overlaps"][0]["last_day"] == "2021-06-30"


def test_different_groups_and_territories_do_not_overlap():
    found = reconciled(
        statistic("civilian", group="civilian"),
        statistic("military", group="military"),
        statistic("a", group="deminer", districts="XX-A"),
        statistic("b", group="deminer", districts="XX-B"),
    )
    assert found["overlaps"] == []


def test_a_claim_that_falls_over_time_is_a_contradiction():
    found = reconciled(
        statistic("june", period_end="2021-06-30", value=9),
        statistic("december", value=7),
    )["contradictions"]
    assert [c["kind"] for c in found] == ["falls_over_time"]
    assert found[0]["a"] == "december"
    assert "smaller" in found[0]["sentence"]


def test_two_numbers_for_the_same_are_a_contradiction():
    found = reconciled(statistic("one", value=9), statistic("two", value=7))["contradictions"]
    assert [c["kind"] for c in found] == ["differs"]


def test_a_part_larger_than_the_whole_is_a_contradiction():
    found = reconciled(statistic("whole", value=5), statistic("part", group="civilian", value=6))[
        "contradictions"
    ]
    assert [c["kind"] for c in found] == ["part_exceeds_whole"]


@pytest.mark.parametrize("qualifier", ["over", "about"])
def test_a_vague_whole_leaves_room_for_its_part(qualifier):
    found = reconciled(
        statistic("whole", value=100, qualifier=qualifier),
        statistic("part", group="civilian", value=105),
    )
    assert found["contradictions"] == []


def test_over_none_leaves_room_for_any_number():
    found = reconciled(statistic(value=0, qualifier="over"), statistic("s2", value=5))
    assert found["contradictions"] == []


def test_chapman_by_hand():
    found = chapman(30, 20, 10)
    assert found.estimate == pytest.approx(31 * 21 / 11 - 1)
    assert 40 < found.low < found.estimate < found.high
    assert len(found.assumptions) == 4


@pytest.mark.parametrize(
    ("larger", "smaller", "most"),
    # 1/13 and 1/91; C(10, 5) / C(18, 5) = 0.029 and 0.022 of 19; 1/40 and 1/41
    [(12, 12, 13), (10, 5, 18), (1, 1, 40)],
)
def test_a_source_with_nothing_of_its_own_leaves_open_what_neither_saw(larger, smaller, most):
    for sizes in ((larger, smaller), (smaller, larger)):
        found = chapman(*sizes, smaller)
        assert found.estimate == pytest.approx(larger)
        assert (found.low, found.high) == (larger, most)


def test_sources_without_overlap_say_little():
    found = chapman(5, 5, 0)
    assert found.low >= 10
    assert found.high > 3 * found.estimate / 2


@pytest.mark.parametrize("numbers", [(-1, 2, 0), (3, 2, 3)])
def test_impossible_overlaps_are_refused(numbers):
    with pytest.raises(InvalidInput):
        chapman(*numbers)


def test_linked_sources_are_counted_by_publisher():
    incidents = make_incidents().assign(
        sources=["Agency; Herald", "agency", "Herald", "Herald", None]
    )
    found = linked(incidents, "Agency", "Herald")
    assert (found.first, found.second, found.both) == (2, 3, 1)
    with pytest.raises(InvalidInput, match="no incident"):
        linked(incidents, "Agency", "Nobody")
    with pytest.raises(InvalidInput, match="different"):
        linked(incidents, "Agency", "agency ")
