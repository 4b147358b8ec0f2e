"""Incidents on paper: each at its place while they can be told apart, else in numbers."""

import numpy as np
import pytest

from geodata.risk import RiskParameters
from geodata.risk.of_snapshot import risk_view
from service.content.districts import district_counts, picture_of
from service.drawing.map import MOST_MARKS
from service.i18n import translator_of
from service.print.sheets import print_district, print_risk_map
from tests.maps.snapshots import FakeSnapshot, crowd, many_incidents
from tests.paper import text_of

BARE = RiskParameters()
MANY = 6_000
"""More than a sheet draws one by one, and than a page tries the ways of foreseeing on."""


def view_with(count):
    return risk_view(crowd(count), BARE)


@pytest.mark.parametrize(("count", "shown"), [(0, "none"), (50, "points"), (MANY, "sums")])
def test_more_marks_than_can_be_told_apart_become_numbers(count, shown):
    picture = picture_of(view_with(count), translator_of("en"))
    assert picture.shown() == shown
    assert picture.shown(MOST_MARKS) == ("points" if count else "none"), "what is seen counts"


def test_numbers_count_each_incident_once():
    view = view_with(MANY)
    assert district_counts(view, "sums").sum() == pytest.approx(MANY - view.unplaced)
    without = district_counts(view, "points")
    assert without.sum() == pytest.approx(view.incidents.geometry.isna().sum())


def test_a_mark_is_deadly_where_somebody_is_known_to_have_died(country):
    incidents = many_incidents(country, 4)
    incidents["killed"] = np.array([0, 2, None, None], dtype=object)
    incidents["killed_low"] = np.array([0, 2, 5, None], dtype=object)
    for name in ("killed", "killed_low"):
        incidents[name] = incidents[name].astype("Int32")
    known = incidents.geometry.notna().to_numpy()
    picture = picture_of(risk_view(FakeSnapshot(country, incidents), BARE), translator_of("en"))
    # "5+" killed is deadly; not stated is not.
    assert picture.fatal.tolist() == np.array([False, True, True, False])[known].tolist()
    assert known.any()


def test_the_legend_says_that_they_are_counted():
    assert MOST_MARKS < MANY
    few, many = (crowd(n) for n in (50, MANY))
    words = "too many to draw each one"
    assert words in text_of(print_risk_map(many, BARE))
    assert words not in text_of(print_risk_map(few, BARE))


def test_a_sheet_of_many_incidents_is_not_heavier_than_its_numbers():
    sizes = [len(print_risk_map(crowd(n), BARE)) for n in (MANY, 9_000)]
    assert np.ptp(sizes) < 10_000


def test_a_districts_sheet_draws_what_lies_around_it(country):
    text = text_of(print_district(crowd(50), BARE, country["district_id"].iloc[0]))
    assert "Incident at a known place" in text
