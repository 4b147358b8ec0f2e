"""Tiles over HTTP: documents, statuses, caching, views and filters."""

import json
from datetime import date

import mapbox_vector_tile
import pytest
from starlette.testclient import TestClient

from geodata.model import DistrictWeight, Incident
from service.app import create_app
from service.settings import Settings

ROOT = "/collections/incidents/tiles"
TMS = f"{ROOT}/WebMercatorQuad"


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    from geodata.register import open_register

    folder = tmp_path_factory.mktemp("tiles")
    register = open_register(folder / "data")
    common = {
        "date_start": date(2021, 6, 1),
        "date_end": date(2021, 6, 1),
        "districts": (DistrictWeight(district_id="AZ-AGM"),),
        "where_precision": 1,
        "coordinate_method": "gps",
    }
    open_one = Incident(incident_id="open", longitude=46.93, latitude=39.99, **common)
    hidden = Incident(
        incident_id="hidden", longitude=47.01, latitude=40.02, sensitivity="restricted", **common
    )
    later = common | {"date_start": date(2022, 1, 1), "date_end": date(2022, 1, 5)}
    late = Incident(incident_id="late", longitude=46.95, latitude=39.95, device="uxo", **later)
    for one in (open_one, hidden, late):
        register.create(one, author="test")
    with TestClient(create_app(Settings(data=folder / "data"), register)) as opened:
        yield opened
    register.close()


def _ids(response):
    assert response.status_code in (200, 204)
    if not response.content:
        return set()
    layer = mapbox_vector_tile.decode(response.content)["incidents"]
    return {f["properties"]["incident_id"] for f in layer["features"]}


def test_every_link_has_a_type_and_the_template_is_marked(client):
    for path in ("/tileMatrixSets", "/tileMatrixSets/WebMercatorQuad", ROOT, TMS):
        text = client.get(path).text
        links = _links(json.loads(text))
        assert links
        assert all(link.get("type") and link["href"].startswith("http") for link in links)
    item = next(k for k in client.get(TMS).json()["links"] if k["rel"] == "item")
    assert item["templated"] is True
    assert item["type"] == "application/vnd.mapbox-vector-tile"
    assert item["href"].endswith("/{tileMatrix}/{tileRow}/{tileCol}")


def _links(value):
    if isinstance(value, dict):
        own = value.get("links", [])
        return [*own, *(link for k, v in value.items() if k != "links" for link in _links(v))]
    if isinstance(value, list):
        return [link for v in value for link in _links(v)]
    return []


def test_the_tileset_states_its_box_and_its_limits(client):
    body = client.get("/collections/districts/tiles/WebMercatorQuad").json()
    assert body["dataType"] == "vector"
    assert body["boundingBox"]["lowerLeft"][0] == pytest.approx(44.77, abs=0.05)
    limits = {limit["tileMatrix"]: limit for limit in body["tileMatrixSetLimits"]}
    assert limits["0"]["maxTileRow"] == 0
    assert limits["6"]["minTileCol"] <= 40 <= limits["6"]["maxTileCol"]


def test_tilejson_lists_the_fields_and_carries_the_filter(client):
    body = client.get(TMS, params={"f": "tilejson", "device": "uxo"}).json()
    assert body["tilejson"] == "3.0.0"
    assert body["tiles"][0].endswith("/WebMercatorQuad/{z}/{y}/{x}?device=uxo")
    assert body["vector_layers"][0]["fields"]["killed"] == "Number"
    assert body["vector_layers"][0]["id"] == "incidents"


def test_a_tile_is_a_vector_tile(client):
    response = client.get(f"{TMS}/0/0/0")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert response.headers["etag"]


def test_an_empty_tile_is_204(client):
    response = client.get(f"{TMS}/6/0/0")
    assert response.status_code == 204
    assert response.content == b""
    assert response.headers["etag"]


@pytest.mark.parametrize("path", ["/19/0/0", "/1/2/0", "/1/0/2", "/a/0/0", "/1/0/-1"])
def test_what_is_no_tile_is_404(client, path):
    response = client.get(TMS + path)
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path",
    ["/collections/statistics/tiles", f"{ROOT}/Other", "/collections/none/tiles",
     "/tileMatrixSets/Other"],
)  # fmt: skip
def test_what_there_is_not_is_404(client, path):
    assert client.get(path).status_code == 404


def test_an_unknown_parameter_and_a_bad_filter_are_400(client):
    assert client.get(f"{TMS}/0/0/0?foo=1").status_code == 400
    assert client.get(f"{TMS}/0/0/0?limit=5").status_code == 400
    assert client.get(f"{TMS}/0/0/0", params={"filter": "nosuch = 1"}).status_code == 400
    assert client.get(f"{TMS}/0/0/0", params={"datetime": "yesterday"}).status_code == 400


@pytest.mark.parametrize("path", ["/tileMatrixSets", ROOT, TMS, f"{TMS}/0/0/0", f"{TMS}/6/0/0"])
def test_what_the_client_has_is_304(client, path):
    tag = client.get(path).headers["etag"]
    again = client.get(path, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again.content == b""


@pytest.mark.parametrize("path", ["/tileMatrixSets", ROOT, TMS, f"{TMS}/0/0/0"])
def test_head_says_what_get_says_without_the_body(client, path):
    got, head = client.get(path), client.head(path)
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-type"] == got.headers["content-type"]
    assert head.headers["etag"] == got.headers["etag"]


def test_the_public_sees_no_restricted_point_at_any_level(client):
    for zoom in range(12):
        n = 2**zoom
        column, row = int(n * (47.01 + 180) / 360), int(n * 0.377)
        for r in (row - 1, row, row + 1):
            if 0 <= r < n:
                content = client.get(f"{TMS}/{zoom}/{r}/{column}").content
                assert b"hidden" not in content
    assert _ids(client.get(f"{TMS}/0/0/0")) == {"open", "late"}


def test_time_and_filters_hold_in_tiles(client):
    where = f"{TMS}/0/0/0"
    assert _ids(client.get(where, params={"datetime": "2022-01-05"})) == {"late"}
    assert _ids(client.get(where, params={"datetime": "../2021-12-31"})) == {"open"}
    assert _ids(client.get(where, params={"device": "uxo"})) == {"late"}
    assert _ids(client.get(where, params={"filter": "device = 'unknown'"})) == {"open"}
    assert _ids(client.get(where, params={"filter": "device = 'axo'"})) == set()


def test_risk_tiles_follow_the_risk_parameters(client):
    def agm(**params):
        content = client.get("/collections/risk/tiles/WebMercatorQuad/0/0/0", params=params)
        found = mapbox_vector_tile.decode(content.content)["risk"]["features"]
        return next(f["properties"] for f in found if f["properties"]["district_id"] == "AZ-AGM")

    assert agm()["incidents"] == 5.0
    assert agm(period="2021-06-01/2021-06-30")["incidents"] == 2.0
