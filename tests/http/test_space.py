"""bbox and coordinate systems of requests and answers."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer
from shapely.geometry import shape

from geodata.crs import parse_crs, to_crs
from geodata.growing import Spliced
from geodata.register import Change
from service import collections
from service.ogc.selection import Order
from tests.http.conftest import made, open_world

ITEMS = "/collections/incidents/items"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


def matched(client, path=ITEMS, **params) -> int:
    answer = client.get(path, params={"limit": 1, **params})
    assert answer.status_code == 200, answer.text
    return answer.json()["numberMatched"]


PLACED = "geometry IS NOT NULL"


def by_hand(client, west, south, east, north) -> int:
    """Points in a box, and with them everything that has no point."""
    features = client.get(ITEMS, params={"limit": 1000}).json()["features"]
    points = [f["geometry"]["coordinates"] for f in features if f["geometry"]]
    inside = sum(west <= x <= east and south <= y <= north for x, y in points)
    return inside + len(features) - len(points)


def test_what_has_no_geometry_meets_every_box_and_can_be_left_out(reader) -> None:
    """OGC 17-069r4, /req/core/fc-bbox-response C."""
    features = reader.get(ITEMS, params={"limit": 1000}).json()["features"]
    unplaced = {f["id"] for f in features if f["geometry"] is None}
    assert unplaced
    body = reader.get(ITEMS, params={"bbox": "0,0,1,1", "limit": 1000}).json()
    assert {f["id"] for f in body["features"]} == unplaced
    assert matched(reader, bbox="0,0,1,1", filter=PLACED) == 0
    assert matched(reader, bbox="-180,-90,180,90") == len(features)
    assert matched(reader, bbox="-180,-90,180,90", filter=PLACED) == len(features) - len(unplaced)
    claims = "/collections/statistics/items"
    assert matched(reader, claims, bbox="0,0,1,1") == matched(reader, claims) > 0


def test_the_description_says_how_to_leave_them_out(reader) -> None:
    said = reader.get("/collections/incidents").json()["description"]
    assert PLACED in said
    paths = reader.get("/api").json()["paths"]
    parameters = paths["/collections/incidents/items"]["get"]["parameters"]
    bbox = next(one for one in parameters if one["name"] == "bbox")
    assert PLACED in bbox["description"]


@pytest.mark.parametrize(
    "box", [(46, 39, 46.5, 40), (46.05, 39.2, 46.05, 39.2), (46.05, 39.0, 46.05, 41.0)]
)
def test_a_box_keeps_the_points_in_it_edges_included(reader, box) -> None:
    text = ",".join(map(str, box))
    found = matched(reader, bbox=text)
    assert found == by_hand(reader, *box)
    assert found > 0


def test_heights_are_passed_over(reader) -> None:
    flat = matched(reader, bbox="46,39,46.5,40")
    assert matched(reader, bbox="46,39,-100,46.5,40,9000") == flat


def test_a_box_over_the_antimeridian_goes_round_the_other_way(reader) -> None:
    everything = matched(reader, bbox="-180,-90,180,90", filter=PLACED)
    inside = matched(reader, bbox="46.4,39,46.6,41", filter=PLACED)
    outside_open = matched(reader, bbox="46.600001,-90,46.399999,90", filter=PLACED)
    assert inside + outside_open == everything
    assert matched(reader, bbox="170,30,-170,50", filter=PLACED) == 0


def test_longitudes_beyond_180_are_brought_back(reader) -> None:
    assert matched(reader, bbox="406,39,406.5,40") == matched(reader, bbox="46,39,46.5,40") > 0


def test_polygons_meet_a_box_by_their_shape_not_their_bounds(reader) -> None:
    path = "/collections/districts/items"
    features = reader.get(path, params={"limit": 100}).json()["features"]
    area = shapely.box(46.9, 39.9, 47.1, 40.1)
    expected = sum(shape(f["geometry"]).intersects(area) for f in features)
    assert matched(reader, path, bbox="46.9,39.9,47.1,40.1") == expected
    assert matched(reader, path, bbox="47,40,47,40") == 1


@pytest.mark.parametrize(
    "box",
    [
        "",
        "1,2,3",
        "1,2,3,4,5",
        "1,2,3,4,5,6,7",
        "a,b,c,d",
        "1,2,3,NaN",
        "1,2,3,inf",
        "1,2,3,1e999",
        "46,41,47,39",
        "1 2 3 4",
        "1,,3,4",
        "46,39,9,47,40,1",
        "1_0,2,3_0,4",
        "٤٦,39,47,40",
    ],
)
def test_a_box_that_is_none_is_400(reader, box) -> None:
    answer = reader.get(ITEMS, params={"bbox": box})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "bbox"


def test_a_box_has_the_axis_order_of_its_system(reader) -> None:
    plain = matched(reader, bbox="46,39,46.5,40")
    assert matched(reader, bbox="39,46,40,46.5", **{"bbox-crs": f"{EPSG}4326"}) == plain
    assert matched(reader, bbox="46,39,46.5,40", **{"bbox-crs": CRS84}) == plain
    mercator = "5120696.6,4721671.6,5176356.3,4865942.3"
    assert matched(reader, bbox=mercator, **{"bbox-crs": f"{EPSG}3857"}) == plain
    backwards = "5176356.3,4721671.6,5120696.6,4865942.3"
    answer = reader.get(ITEMS, params={"bbox": backwards, "bbox-crs": f"{EPSG}3857"})
    assert answer.status_code == 400


@pytest.mark.parametrize("name", ["crs", "bbox-crs", "filter-crs"])
@pytest.mark.parametrize(
    "value",
    [
        *("", "x", f"{EPSG}9999999", f"{EPSG}4979", "EPSG:2154", f"{EPSG}2154"),
        # Part 2 knows the URIs that the layer lists, and no other spelling of them.
        *("EPSG:4326", "urn:ogc:def:crs:EPSG::4326", f"{EPSG}4326/", "4326", "OGC:CRS84"),
    ],
)
def test_a_system_that_is_not_listed_is_400(reader, name, value) -> None:
    answer = reader.get(ITEMS, params={name: value, "bbox": "1,2,3,4", "filter": "true"})
    assert answer.status_code == 400


def test_every_system_that_is_listed_gives_right_coordinates_in_its_order(reader) -> None:
    listed = reader.get("/collections/incidents").json()["crs"]
    assert {f"{EPSG}{code}" for code in (4326, 3857, 32638, 32639, 6933)} <= set(listed)
    plain = reader.get(f"{ITEMS}/m0001").json()["geometry"]["coordinates"]
    for uri in listed:
        answer = reader.get(f"{ITEMS}/m0001", params={"crs": uri})
        assert answer.headers["content-crs"] == f"<{uri}>"
        found = answer.json()["geometry"]["coordinates"]
        authority = Transformer.from_crs(CRS84, uri, always_xy=False).transform(*plain)
        assert found == pytest.approx(authority, abs=2e-3), uri


def test_axis_order_differs_between_crs84_and_4326(reader) -> None:
    plain = reader.get(f"{ITEMS}/m0001").json()["geometry"]["coordinates"]
    turned = reader.get(f"{ITEMS}/m0001", params={"crs": f"{EPSG}4326"}).json()
    assert turned["geometry"]["coordinates"] == plain[::-1]


def test_the_system_of_a_page_is_said_and_applies_to_all_of_it(reader) -> None:
    answer = reader.get("/collections/districts/items", params={"crs": f"{EPSG}32638"})
    assert answer.headers["content-crs"] == f"<{EPSG}32638>"
    first = answer.json()["features"][0]["geometry"]["coordinates"][0][0][0]
    assert 0 < first[0] < 2e6
    assert 4e6 < first[1] < 5e6
    assert reader.get(ITEMS).headers["content-crs"] == f"<{CRS84}>"


def test_files_are_given_in_the_system_asked_for(reader) -> None:
    params = {"f": "jsonl", "crs": f"{EPSG}32638", "limit": 1, "filter": "geometry IS NOT NULL"}
    answer = reader.get(ITEMS, params=params)
    assert answer.headers["content-crs"] == f"<{EPSG}32638>"


@pytest.mark.parametrize("code", [3035, 32638, 3857, 6933])
@pytest.mark.parametrize("layer", ["places", "districts"])
def test_a_box_is_tested_in_its_own_system(reader, code, layer) -> None:
    """The envelope in degrees of a box in metres is larger than the box."""
    crs = parse_crs(f"EPSG:{code}")
    path = f"/collections/{layer}/items"
    features = reader.get(path, params={"limit": 10_000}).json()["features"]
    shapes = np.array([shape(f["geometry"]) for f in features if f["geometry"]], dtype=object)
    moved = to_crs(shapely.segmentize(shapes, 0.02), crs)
    (x, y) = shapely.get_coordinates(to_crs(np.array([shapely.Point(47.1, 39.9)]), crs))[0]
    for half in (25_000, 50_000):
        area = shapely.box(x - half, y - half, x + half, y + half)
        expected = int(shapely.intersects(moved, area).sum())
        text = ",".join(map(str, (x - half, y - half, x + half, y + half)))
        params = {"bbox": text, "bbox-crs": f"{EPSG}{code}", "filter": PLACED}
        assert matched(reader, path, **params) == expected > 0


def test_a_layer_offers_only_systems_that_can_hold_it(tmp_path) -> None:
    far = [
        made(1).model_copy(update={"incident_id": f"w{n}", "longitude": lon, "latitude": lat})
        for n, (lon, lat) in enumerate([(-175.0, -60.0), (170.0, 78.0), (15.3, -4.3)])
    ]
    world = open_world(tmp_path, 0)
    world.register.append([Change("incident", one) for one in far], author="test")
    body = world.client.get("/collections/incidents").json()
    assert f"{EPSG}4326" in body["crs"]
    assert f"{EPSG}3857" in body["crs"]
    assert not [uri for uri in body["crs"] if "/326" in uri or uri.endswith("3035")]
    refused = world.client.get(ITEMS, params={"crs": f"{EPSG}32638"})
    assert (refused.status_code, refused.json()["code"]) == (400, "bad-crs")
    layers = {one["id"]: one for one in world.client.get("/collections").json()["collections"]}
    assert layers["incidents"]["crs"] == body["crs"]
    assert layers["districts"]["crs"] == ["#/crs"]
    for uri in body["crs"]:
        assert world.client.get(ITEMS, params={"crs": uri}).status_code == 200
    world.register.close()


def test_systems_are_tried_on_a_layer_only_where_one_is_named(tmp_path, monkeypatch) -> None:
    tried: list[object] = []

    def try_on(bounds: object) -> tuple[str, ...]:
        tried.append(bounds)
        return collections.URIS

    monkeypatch.setattr(collections, "systems_for", try_on)
    world = open_world(tmp_path, 3)
    for path in (
        ITEMS,
        f"{ITEMS}/{made(1).incident_id}",
        f"{ITEMS}?sortby=device",
        f"{ITEMS}?bbox=46,39,47,40",
    ):
        assert world.client.get(path).status_code == 200
    assert not tried
    assert world.client.get(ITEMS, params={"crs": f"{EPSG}32638"}).status_code == 200
    assert len(tried) == 1
    world.register.close()


@pytest.mark.parametrize("name", ["as-of", "lang", "f", "boundaries"])
def test_an_empty_parameter_is_400(reader, name) -> None:
    answer = reader.get("/conformance", params={name: ""})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == name


@pytest.mark.parametrize("name", ["weight", "exposure", "smoothing", "period", "half-life"])
def test_an_empty_risk_parameter_is_400(reader, name) -> None:
    for path in ("/collections/risk/items", "/risk/AZ-AGM/explain"):
        assert reader.get(path, params={name: ""}).status_code == 400


@given(st.integers(1, 400), st.integers(0, 2**32 - 1), st.floats(0, 1))
def test_the_places_of_few_and_of_many_rows_are_those_of_the_order(count, seed, share) -> None:
    rng = np.random.default_rng(seed)
    order = Order(None, (), Spliced(rng.permutation(count)))
    rows = (rng.random(count) < share).nonzero()[0]
    wanted = [
        place for place, row in enumerate(order.positions.tolist()) if row in set(rows.tolist())
    ]
    assert order.places_of(rows).tolist() == wanted
    by_row = order.positions.place_by_value
    assert by_row is not None
    assert np.sort(by_row[rows]).tolist() == wanted
    assert order.positions.with_values([0], [count]).place_by_value is not by_row
