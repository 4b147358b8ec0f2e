"""Incidents on paper: each at its place while they can be told apart, else in numbers."""

import numpy as np
import pytest
import shapely

from geodata.risk import RiskParameters
from service.content.legend import MOST_MARKS, counts_of, how_shown
from service.content.view import risk_view
from service.maps.dots import within
from service.maps.outlines import outlines_of
from service.maps.print_district import print_district
from service.maps.print_risk import print_risk_map
from tests.maps.snapshots import FakeSnapshot, many_incidents
from tests.maps.test_print import text_of

BARE = RiskParameters()


def view_with(country, count):
    return risk_view(FakeSnapshot(country, many_incidents(country, count)), BARE)


@pytest.mark.parametrize(("count", "shown"), [(0, "none"), (50, "points"), (3_000, "sums")])
def test_more_marks_than_can_be_told_apart_become_numbers(country, count, shown):
    assert how_shown(view_with(country, count)) == shown


def test_what_counts_is_what_the_map_shows(country):
    view = view_with(country, 3_000)
    outlines = outlines_of(view)
    west, south, east, north = shapely.total_bounds(outlines.shapes)
    corner = (west, south, west + (east - west) / 20, south + (north - south) / 20)
    whole = (west - 1e6, south - 1e6, east + 1e6, north + 1e6)
    assert how_shown(view, len(within(view, outlines, corner)[0])) == "points"
    assert how_shown(view, len(within(view, outlines, whole)[0])) == "sums"


def test_numbers_count_each_incident_once(country):
    view = view_with(country, 3_000)
    counts = counts_of(view, "sums")
    assert counts.sum() == pytest.approx(3_000 - view.unplaced)
    without = counts_of(view, "points")
    assert without.sum() == pytest.approx(view.incidents.geometry.isna().sum())


def test_the_legend_says_that_they_are_counted(country):
    assert MOST_MARKS < 3_000
    few, many = (FakeSnapshot(country, many_incidents(country, n)) for n in (50, 3_000))
    words = "too many to draw each one"
    assert words in text_of(print_risk_map(many, BARE)).replace("\n", " ")
    assert words not in text_of(print_risk_map(few, BARE)).replace("\n", " ")


def test_a_sheet_of_many_incidents_is_not_heavier_than_its_numbers(country):
    sizes = [
        len(print_risk_map(FakeSnapshot(country, many_incidents(country, n)), BARE))
        for n in (3_000, 20_000)
    ]
    assert np.ptp(sizes) < 20_000


def test_a_districts_sheet_draws_what_lies_around_it(country):
    snapshot = FakeSnapshot(country, many_incidents(country, 400))
    text = text_of(print_district(snapshot, BARE, country["district_id"].iloc[0]))
    assert "Incident at a known place" in text.replace("\n", " ")
