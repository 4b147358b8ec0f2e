"""Coordinate systems at the door: names, axis order, and there and back."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS
from shapely import Point, box

from geodata.crs import (
    CRS84_URI,
    axis_order,
    bounds_from_crs,
    crs_uri,
    extent,
    from_crs,
    is_crs84,
    local_equal_area,
    parse_crs,
    to_crs,
    transform_xy,
    turned,
    whole_within_180,
)
from geodata.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        (CRS84_URI, CRS84_URI), ("OGC:CRS84", CRS84_URI), ("ogc:crs84", CRS84_URI),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", CRS84_URI), ("urn:ogc:def:crs:OGC::CRS84", CRS84_URI),
        ("http://www.opengis.net/def/crs/OGC/0/CRS84", CRS84_URI),
        ("EPSG:4326", "http://www.opengis.net/def/crs/EPSG/0/4326"),
        ("epsg:4326", "http://www.opengis.net/def/crs/EPSG/0/4326"),
        ("[EPSG:4326]", "http://www.opengis.net/def/crs/EPSG/0/4326"),
        ("4326", "http://www.opengis.net/def/crs/EPSG/0/4326"),
        (32638, "http://www.opengis.net/def/crs/EPSG/0/32638"),
        ("urn:ogc:def:crs:EPSG::3857", "http://www.opengis.net/def/crs/EPSG/0/3857"),
        ("https://www.opengis.net/def/crs/EPSG/0/3035",
         "http://www.opengis.net/def/crs/EPSG/0/3035"),
        ("http://www.opengis.net/def/crs/EPSG/9.9.1/3857",
         "http://www.opengis.net/def/crs/EPSG/0/3857"),
        ("http://www.opengis.net/gml/srs/epsg.xml#4326",
         "http://www.opengis.net/def/crs/EPSG/0/4326"),
    ],
)  # fmt: skip
def test_every_way_to_write_a_system_is_one_system(text: str | int, uri: str) -> None:
    assert crs_uri(parse_crs(text)) == uri
    assert parse_crs(text) is parse_crs(uri)


@pytest.mark.parametrize(
    "text",
    ["", "nonsense", "EPSG:0", "EPSG:999999", "EPSG:", "XXX:4326", "EPSG:4978", "EPSG:5773",
     "EPSG:4979", "EPSG:7405", "+proj=longlat", "http://example.org/crs", "EPSG:4326;DROP", "½",
     "9" * 500, "http://www.opengis.net/def/crs/EPSG/0/" + "1" * 300, "²"],
)  # fmt: skip
def test_what_is_no_plane_system_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_crs(text)
    assert caught.value.code == "bad-crs"


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read = parse_crs(text)
    except InvalidInput as refusal:
        read = refusal.code
    assert read == "bad-crs" or isinstance(read, CRS)


def test_a_system_without_authority_has_no_uri() -> None:
    with pytest.raises(InvalidInput, match="no authority"):
        crs_uri(local_equal_area((44, 38, 51, 42)))


@pytest.mark.parametrize(
    ("code", "order"),
    [("OGC:CRS84", "xy"), ("EPSG:4326", "yx"), ("EPSG:4258", "yx"), ("EPSG:3857", "xy"),
     ("EPSG:32638", "xy"), ("EPSG:32639", "xy"), ("EPSG:3035", "yx"), ("EPSG:2180", "yx"),
     ("EPSG:9473", "xy"), ("EPSG:28404", "yx"), ("EPSG:32661", "yx"), ("EPSG:5041", "xy"),
     ("EPSG:3031", "xy")],
)  # fmt: skip
def test_the_authority_sets_the_axis_order(code: str, order: str) -> None:
    assert axis_order(parse_crs(code)) == order


def test_a_point_is_written_in_the_order_of_its_system() -> None:
    point = np.array([Point(46.93, 39.99)], dtype=object)
    assert to_crs(point, parse_crs("OGC:CRS84"))[0].coords[0] == (46.93, 39.99)
    assert to_crs(point, parse_crs("EPSG:4326"))[0].coords[0] == pytest.approx((39.99, 46.93))
    east, north = to_crs(point, parse_crs("EPSG:32638"))[0].coords[0]
    # Zone 38 has its meridian at 45 E: some 165 km east of it, 4,429 km north of the equator.
    assert (east, north) == pytest.approx((664_836, 4_428_469), abs=600)
    x, y = to_crs(point, parse_crs("EPSG:3857"))[0].coords[0]
    assert x == pytest.approx(np.radians(46.93) * 6_378_137)
    assert y == pytest.approx(6_378_137 * np.log(np.tan(np.pi / 4 + np.radians(39.99) / 2)))


@pytest.mark.parametrize("code", ["OGC:CRS84", "EPSG:4326", "EPSG:3857", "EPSG:32638", "EPSG:3035"])
@given(lon=st.floats(40, 52), lat=st.floats(30, 50))
def test_there_and_back_is_the_same_place(code: str, lon: float, lat: float) -> None:
    shapes = np.array([Point(lon, lat), box(lon, lat, lon + 0.1, lat + 0.1), None], dtype=object)
    crs = parse_crs(code)
    back = from_crs(to_crs(shapes, crs), crs)
    assert shapely.get_coordinates(back) == pytest.approx(shapely.get_coordinates(shapes), abs=1e-7)
    assert back[2] is None


def test_inputs_are_not_changed() -> None:
    shapes = np.array([Point(46.93, 39.99)], dtype=object)
    to_crs(shapes, parse_crs("EPSG:4326"))
    assert shapes[0].coords[0] == (46.93, 39.99)


def test_a_place_outside_the_domain_is_refused() -> None:
    with pytest.raises(InvalidInput) as caught:
        to_crs(np.array([Point(135, 0)], dtype=object), parse_crs("EPSG:32638"))
    assert caught.value.code == "bad-crs"


def test_a_box_is_read_in_the_order_of_its_system() -> None:
    expected = (46.0, 39.0, 47.0, 40.0)
    assert bounds_from_crs((46, 39, 47, 40), parse_crs("OGC:CRS84")) == expected
    assert bounds_from_crs((39, 46, 40, 47), parse_crs("EPSG:4326")) == expected
    corners = shapely.bounds(to_crs(np.array([box(*expected)], dtype=object), parse_crs(3857)))[0]
    assert bounds_from_crs(corners, parse_crs(3857)) == pytest.approx(expected, abs=1e-6)


def test_a_projected_box_covers_what_its_corners_cut_off() -> None:
    utm = parse_crs("EPSG:32638")
    shape = to_crs(np.array([box(45.5, 39, 47, 40)], dtype=object), utm)
    west, south, east, north = bounds_from_crs(shapely.bounds(shape)[0], utm)
    assert west <= 45.5
    assert south <= 39
    assert east >= 47
    assert north >= 40


def test_a_box_across_the_antimeridian_has_west_above_east() -> None:
    west, _, east, _ = bounds_from_crs((-17, 177, -16, -179), parse_crs("EPSG:4326"))
    assert west > east


@pytest.mark.parametrize(
    ("box_", "code"),
    [
        ((float("nan"), 0, 1, 1), "EPSG:32638"),
        ((0, 0, float("inf"), 1), "EPSG:32638"),
        ((1e30, 1e30, 2e30, 2e30), "EPSG:32638"),
        ((float("nan"), 0, 1, 1), "EPSG:4326"),
        ((0, 0, float("inf"), 1), "OGC:CRS84"),
    ],
)
def test_a_box_that_is_nowhere_is_refused(box_: tuple[float, ...], code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        bounds_from_crs(box_, parse_crs(code))
    assert caught.value.code == "bad-bbox"


def test_equal_area_keeps_areas() -> None:
    from geodata.districts import geodesic_area_km2

    shape = shapely.segmentize(box(46.5, 39.5, 47, 40), 0.01)
    local = local_equal_area((44, 38, 51, 42))
    xy = shapely.get_coordinates(shape)
    x, y = transform_xy(xy[:, 0], xy[:, 1], parse_crs("OGC:CRS84"), local)
    flat = shapely.Polygon(np.column_stack((x, y)))
    assert flat.area / 1e6 == pytest.approx(geodesic_area_km2([shape])[0], rel=1e-6)


def test_only_crs84_is_crs84() -> None:
    assert is_crs84(parse_crs("OGC:CRS84"))
    assert not is_crs84(parse_crs("EPSG:4326"))


ISLANDS = [
    shapely.MultiPolygon([box(179.2, -17.5, 180, -16.5), box(-180, -17.5, -179.5, -16.5)]),
    box(177.2, -18.5, 179.2, -16.5),
    box(-179.5, -19.5, -178.2, -16.5),
]


def test_the_extent_of_lands_over_the_180th_meridian_is_the_short_way_round() -> None:
    assert extent(ISLANDS) == (177.2, -19.5, 181.8, -16.5)
    assert extent([box(-179, 60, 170, 70)]) == (-179, 60, 170, 70)
    assert extent([box(44, 38, 51, 42), None]) == (44, 38, 51, 42)
    whole = turned(ISLANDS, 177.2)
    assert [len(shapely.get_parts(shape)) for shape in whole] == [1, 1, 1]
    assert extent(whole) == extent(ISLANDS)


def test_lands_over_the_180th_meridian_are_projected_around_their_middle() -> None:
    local = local_equal_area(extent(ISLANDS))
    x, _ = transform_xy([178, 180, -180, -178.2], [-17] * 4, parse_crs("OGC:CRS84"), local)
    assert (np.diff(x) > -1).all()
    north = transform_xy([179.5, 179.5], [-18, -17], parse_crs("OGC:CRS84"), local)[1]
    assert north[1] > north[0]
    assert max(abs(x)) < 300_000


def test_a_shape_projected_back_over_the_180th_meridian_is_cut_there() -> None:
    for half in (0.1, 0.001, 1e-6):  # a step is nearly the whole circle where data are fine
        west, east = 180 - half, half - 180
        torn = shapely.Polygon([(west, 0), (east, 0), (east, 1), (west, 1)])
        (found,) = whole_within_180([torn])
        assert found.area == pytest.approx(2 * half)
        assert len(found.geoms) == 2


@pytest.mark.parametrize(
    "shape", [box(-180, 60, 180, 70), box(-180, -90, 180, -80), box(-179.999, -90, -10, -89.95)]
)
def test_what_goes_round_the_world_or_along_a_pole_is_left_whole(shape) -> None:
    (found,) = whole_within_180([shape])
    assert found.equals(shape)
