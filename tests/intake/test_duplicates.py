"""Suspected duplicates are offered for merge, never merged, and never lost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.register.duplicates import Neighbourhood, Traits, similar

BASE = "id,date,lat,lon,killed,injured\n"


def traits(*rows: tuple[float, float, int, float, float], exact: bool = False) -> Traits:
    lon, lat, day, killed, injured = (np.array(v, dtype="float64") for v in zip(*rows, strict=True))
    count = len(rows)
    return Traits(
        np.array([f"r{i}" for i in range(count)], dtype=object), lon, lat, day.astype("int64"),
        np.full(count, exact), np.zeros(count, dtype=bool), np.full(count, None, dtype=object), killed, injured,  # noqa: E501
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "suspected"),
    [
        ("x,2021-02-04,40.1502,47.0502,1,2", True),
        ("x,2021-02-05,40.155,47.05,1,2", True),
        ("x,2021-02-05,40.155,47.05,1,", True),
        ("x,2021-02-05,40.155,47.05,,", True),
        ("x,2021-02-06,40.15,47.05,1,2", False),
        ("x,2021-02-04,40.19,47.05,1,2", False),
        ("x,2021-02-04,40.15,47.05,9,2", False),
    ],
)
def test_near_in_place_and_time_with_similar_casualties_is_suspected(
    take, write, held, row, suspected
) -> None:
    take(write(BASE + "a,2021-02-04,40.15,47.05,1,2\n", "first.csv"))
    report = take(write(BASE + row + "\n", "second.csv"))
    assert report.counts["duplicate"] == int(suspected)
    assert report.counts["taken"] == int(not suspected)
    # Offered, not merged: both are held.
    assert len(held.snapshot().incidents) == 2


def test_a_suspicion_names_both_with_distance_and_days(take, write) -> None:
    take(write(BASE + "a,2021-02-04,40.15,47.05,1,2\n", "first.csv"))
    pair = take(write(BASE + "b,2021-02-05,40.155,47.05,1,2\n", "second.csv")).duplicates[0]
    assert (pair["incident_id"], pair["candidate_id"]) == ("second-b", "first-a")
    assert pair["distance_m"] == pytest.approx(555, abs=2)
    assert pair["days"] == 1


def test_rows_of_one_file_are_compared_with_those_before_them(take, write) -> None:
    report = take(write(BASE + "a,2021-02-04,40.15,47.05,1,2\nb,2021-02-04,40.15,47.05,1,2\n"))
    assert report.counts["taken"] == report.counts["duplicate"] == 1


def test_suspected_rows_can_be_held_back_into_the_rejects(take, write, held, tmp_path) -> None:
    take(write(BASE + "a,2021-02-04,40.15,47.05,1,2\n", "first.csv"))
    report = take(write(BASE + "b,2021-02-04,40.15,47.05,1,2\n", "second.csv"), duplicates="hold")
    assert report.written == 0
    assert "first-a" in (tmp_path / "rejects.csv").read_text(encoding="utf-8")
    assert len(held.snapshot().incidents) == 1


def test_without_points_the_district_the_day_and_a_number_must_agree(take, write) -> None:
    head = "id,date,district,killed\n"
    take(write(head + "a,2021-02-04,Aghali,2\n", "first.csv"))
    report = take(
        write(
            head + "b,2021-02-05,Aghali,2\nc,2021-02-04,Aghali,\nd,2021-02-04,Dara,2\n",
            "second.csv",
        )
    )
    assert [d["incident_id"] for d in report.duplicates] == ["second-b"]


def test_months_and_years_are_no_nearness(take, write) -> None:
    head = "id,date,lat,lon,killed\n"
    take(write(head + "a,2021-02,40.15,47.05,2\n", "first.csv"))
    assert take(write(head + "b,2021-02,40.15,47.05,2\n", "second.csv")).counts["duplicate"] == 0


@pytest.mark.parametrize(
    ("a", "b", "answer"),
    [(0, 1, True), (1, 3, False), (10, 12, True), (10, 20, False), (np.nan, 3, None)],
)
def test_numbers_are_similar_when_one_or_a_quarter_apart(a, b, answer) -> None:
    assert similar(a, b) is answer


points = st.tuples(
    st.floats(46, 46.2),
    st.floats(40, 40.2),
    st.integers(0, 9),
    st.sampled_from([0.0, 1.0, 9.0, np.nan]),
    st.just(np.nan),
)


@given(st.lists(points, min_size=1, max_size=20), points)
def test_the_search_finds_what_comparing_with_every_record_finds(held, one) -> None:
    new = traits(one)
    new.ids[0] = "new"
    near = Neighbourhood(traits(*held))
    brute = [near._judge(new, 0, b, None) for b in range(len(held))]
    expected = min((s for s in brute if s), key=lambda s: (s.distance_m, s.days), default=None)
    found = near.suspicions(new).get(0)
    assert (found and (found.distance_m, found.days)) == (
        expected and (expected.distance_m, expected.days)
    )


def test_the_date_line_does_not_part_neighbours() -> None:
    near = Neighbourhood(traits((179.999, 0.0, 1, 1.0, np.nan)))
    new = traits((-179.999, 0.0, 1, 1.0, np.nan))
    new.ids[0] = "new"
    assert near.suspicions(new)[0].distance_m == pytest.approx(222.6, abs=1)
