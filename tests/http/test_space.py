"""bbox and coordinate systems of requests and answers."""

import pytest
from pyproj import Transformer

ITEMS = "/collections/incidents/items"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


def matched(client, path=ITEMS, **params) -> int:
    answer = client.get(path, params={"limit": 1, **params})
    assert answer.status_code == 200, answer.text
    return answer.json()["numberMatched"]


def by_hand(client, west, south, east, north) -> int:
    features = client.get(ITEMS, params={"limit": 1000}).json()["features"]
    points = [f["geometry"]["coordinates"] for f in features if f["geometry"]]
    return sum(west <= x <= east and south <= y <= north for x, y in points)


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
    everything = matched(reader, bbox="-180,-90,180,90")
    inside = matched(reader, bbox="46.4,39,46.6,41")
    outside_open = matched(reader, bbox="46.600001,-90,46.399999,90")
    assert inside + outside_open == everything
    assert matched(reader, bbox="170,30,-170,50") == 0


def test_longitudes_beyond_180_are_brought_back(reader) -> None:
    assert matched(reader, bbox="406,39,406.5,40") == matched(reader, bbox="46,39,46.5,40") > 0


def test_polygons_meet_a_box_by_their_shape_not_their_bounds(reader) -> None:
    path = "/collections/districts/items"
    features = reader.get(path, params={"limit": 100}).json()["features"]
    from shapely.geometry import box, shape

    area = box(46.9, 39.9, 47.1, 40.1)
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
@pytest.mark.parametrize("value", ["", "x", f"{EPSG}9999999", f"{EPSG}4979", "EPSG:2154"])
def test_an_unsupported_system_is_400(reader, name, value) -> None:
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
