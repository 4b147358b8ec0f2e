"""Spatial and temporal predicates."""

import geopandas as gpd
import pytest

from geodata.errors import InvalidInput
from geodata.filters import compile_filter
from geodata.schemas import DISTRICTS, INCIDENTS

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


def districts(frame: gpd.GeoDataFrame, text: str, crs: str | None = None) -> list[str]:
    return frame.index[compile_filter(text, "cql2-text", DISTRICTS, crs=crs).mask(frame)].tolist()


def incident_ids(frame: gpd.GeoDataFrame, text: str) -> list[str]:
    return frame.index[compile_filter(text, "cql2-text", INCIDENTS).mask(frame)].tolist()


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("S_INTERSECTS(geometry, POINT(47.05 40.15))", ["XX-A"]),
        ("S_INTERSECTS(geometry, POINT(47.1 40.1))", ["XX-A", "XX-B", "XX-C", "XX-D"]),
        ("S_INTERSECTS(geometry, BBOX(47.01, 40.11, 47.09, 40.19))", ["XX-A"]),
        ("S_WITHIN(geometry, BBOX(46.9, 40.05, 47.3, 40.3))", ["XX-A", "XX-B"]),
        ("S_CONTAINS(geometry, POINT(47.15 40.05))", ["XX-D"]),
        ("S_DISJOINT(geometry, POINT(47.05 40.15))", ["XX-B", "XX-C", "XX-D"]),
        ("S_TOUCHES(geometry, POINT(47.0 40.2))", ["XX-A"]),
        ("S_CROSSES(geometry, LINESTRING(46.9 40.15, 47.05 40.15))", ["XX-A"]),
        ("S_OVERLAPS(geometry, BBOX(47.05, 40.15, 47.15, 40.25))", ["XX-A", "XX-B"]),
        (
            "S_EQUALS(geometry, POLYGON((47 40, 47.1 40, 47.1 40.1, 47 40.1, 47 40)))",
            ["XX-C"],
        ),
        ("S_WITHIN(POINT(47.05 40.15), geometry)", ["XX-A"]),
        ("S_INTERSECTS(geometry, MULTIPOINT((47.05 40.15), (47.15 40.05)))", ["XX-A", "XX-D"]),
    ],
)
def test_spatial_predicates_on_squares(country, text, ids) -> None:
    assert districts(country, text) == ids


def test_a_box_over_the_antimeridian_is_the_other_half_of_the_world(country) -> None:
    assert districts(country, "S_INTERSECTS(geometry, BBOX(170, 0, -170, 60))") == []
    assert len(districts(country, "S_INTERSECTS(geometry, BBOX(170, 0, 48, 60))")) == 4


def test_coordinates_have_the_axis_order_of_their_system(country) -> None:
    lat_lon = "S_INTERSECTS(geometry, POINT(40.15 47.05))"
    assert districts(country, lat_lon, f"{EPSG}4326") == ["XX-A"]
    assert districts(country, lat_lon) == []
    assert districts(country, "S_INTERSECTS(geometry, POINT(5237583 4886867))", f"{EPSG}3857") == [
        "XX-A"
    ]


def test_a_distance_is_in_metres_on_the_ground(incidents, country) -> None:
    # 0.01 degrees of longitude at 40.15 N are 852 m.
    near = "S_DWITHIN(geometry, POINT(47.06 40.15), {}, '{}')"
    assert incident_ids(incidents, near.format(853, "m")) == ["i1"]
    assert incident_ids(incidents, near.format(851, "m")) == []
    assert incident_ids(incidents, near.format(0.853, "km")) == ["i1"]
    assert districts(country, "S_DWITHIN(geometry, POINT(46.99 40.15), 853)") == ["XX-A"]
    assert districts(country, "S_DWITHIN(geometry, POINT(46.99 40.15), 850)") == []


def test_a_null_geometry_is_neither_near_nor_disjoint(incidents) -> None:
    assert incident_ids(incidents, "S_DISJOINT(geometry, POINT(0 0))") == ["i1"]
    assert incident_ids(incidents, "NOT S_DISJOINT(geometry, POINT(0 0))") == []


@pytest.mark.parametrize(
    "text",
    [
        "S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))",
        "S_INTERSECTS(geometry, POINT EMPTY)",
        "S_INTERSECTS(geometry, BBOX(0, 10, 1, 5))",
        "S_DWITHIN(geometry, POINT(0 0), -1)",
        "S_DWITHIN(geometry, POINT(0 0), 1, 'furlongs')",
        "S_DWITHIN(geometry, geometry, 1)",
        "S_INTERSECTS(geometry)",
    ],
)
def test_a_geometry_that_cannot_be_is_refused(text) -> None:
    with pytest.raises(InvalidInput):
        compile_filter(text, "cql2-text", DISTRICTS)


SPAN = "INTERVAL(date_start, date_end)"


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("T_AFTER(date_start, DATE('2021-02-04'))", ["i4", "i5"]),
        ("T_BEFORE(date_end, DATE('2021-02-04'))", ["i1", "i3"]),
        ("T_EQUALS(date_start, DATE('2021-02-04'))", ["i2"]),
        ("T_DURING(date_start, INTERVAL('2021-01-01', '2021-06-30'))", ["i2", "i3", "i5"]),
        (f"T_INTERSECTS({SPAN}, DATE('2021-01-31'))", ["i3"]),
        (f"T_INTERSECTS({SPAN}, INTERVAL('2021-01-25', '2021-02-04'))", ["i2", "i3"]),
        (f"T_INTERSECTS({SPAN}, INTERVAL('2021-06-15', '..'))", ["i4", "i5"]),
        (f"T_DISJOINT({SPAN}, INTERVAL('2021-01-25', '..'))", ["i1"]),
        (f"T_CONTAINS({SPAN}, DATE('2021-01-25'))", ["i3"]),
        (f"T_STARTS({SPAN}, INTERVAL('2021-01-21', '2021-12-31'))", ["i3"]),
        (f"T_STARTEDBY({SPAN}, DATE('2021-01-21'))", ["i3"]),
        (f"T_FINISHES({SPAN}, INTERVAL('2021-01-01', '2021-01-31'))", ["i3"]),
        (f"T_FINISHEDBY({SPAN}, DATE('2021-01-31'))", ["i3"]),
        (f"T_MEETS({SPAN}, INTERVAL('2021-01-31', '2021-02-28'))", ["i3"]),
        (f"T_METBY({SPAN}, INTERVAL('2021-01-01', '2021-01-21'))", ["i3"]),
        (f"T_OVERLAPS({SPAN}, INTERVAL('2021-01-25', '2021-02-28'))", ["i3"]),
        (f"T_OVERLAPPEDBY({SPAN}, INTERVAL('2021-01-01', '2021-01-25'))", ["i3"]),
        (
            "T_DURING(recorded_at, INTERVAL('2021-12-31', '2022-01-02'))",
            ["i1", "i2", "i3", "i4", "i5"],
        ),
        ("T_AFTER(recorded_at, TIMESTAMP('2021-12-31T23:59:59Z'))", ["i1", "i2", "i3", "i4", "i5"]),
    ],
)
def test_temporal_predicates_are_the_relations_of_intervals(incidents, text, ids) -> None:
    assert incident_ids(incidents, text) == ids


def test_an_interval_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(InvalidInput, match="ends before"):
        compile_filter(
            "T_DURING(date_start, INTERVAL('2021-02-01', '2021-01-01'))", "cql2-text", INCIDENTS
        )
