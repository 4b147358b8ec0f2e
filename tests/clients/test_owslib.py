"""OWSLib: features, queryables, filters, writes refused, tiles' metadata."""

import json

import pytest

from service.app import create_app
from service.settings import Settings
from tests.clients.conftest import FOUNDING, MADE
from tests.live import threaded

pytestmark = pytest.mark.clients
features = pytest.importorskip("owslib.ogcapi.features")


@pytest.fixture(scope="module")
def service(address):
    return features.Features(f"{address}/")


def test_layers_and_conformance(service):
    assert {"districts", "incidents", "risk"} <= set(service.feature_collections())
    assert (
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"
        in (service.conformance()["conformsTo"])
    )


def test_the_definition_of_the_api_is_found_by_its_link(service):
    assert service.api()["openapi"].startswith("3.0")


def test_a_layer_says_what_it_is(service):
    about = service.collection("incidents")
    assert about["extent"]["spatial"]["bbox"]
    assert about["extent"]["temporal"]["interval"][0][0].startswith("2020-11-23")
    assert "device" in service.collection_queryables("incidents")["properties"]


def test_items_page_box_time_and_filter(service):
    first = service.collection_items("incidents", limit=10)
    assert first["numberMatched"] == FOUNDING + MADE
    assert first["numberReturned"] == len(first["features"]) == 10
    box = service.collection_items("incidents", bbox=[46.5, 39.5, 47, 40], limit=1)
    assert 0 < box["numberMatched"] < MADE
    day = service.collection_items("incidents", datetime_="2021-02-04", limit=1)
    assert 0 < day["numberMatched"] < 50
    cql = service.collection_items("incidents", filter="device = 'at_mine'", limit=1)
    assert cql["numberMatched"] == MADE // 2


def test_paging_by_offset_gives_each_feature_once(service):
    seen: list[str] = []
    for offset in range(0, FOUNDING + MADE, 500):
        page = service.collection_items("incidents", limit=500, offset=offset)
        seen += [feature["id"] for feature in page["features"]]
    assert len(seen) == len(set(seen)) == FOUNDING + MADE


def test_one_feature(service):
    found = service.collection_item("districts", "AZ-AGM")
    assert found["id"] == "AZ-AGM"
    assert found["properties"]["name_en"] == "Aghdam"


def test_a_write_without_a_key_is_refused(service):
    with pytest.raises(RuntimeError, match="needs a key"):
        service.collection_item_delete("incidents", "T0001")


def test_an_editor_creates_replaces_and_retracts(register, tmp_path):
    app = create_app(Settings(data=tmp_path / "data"), register)
    key = app.state.keys.add("owslib", "editor")
    body = {
        "type": "Feature",
        "id": "own-1",
        "geometry": {"type": "Point", "coordinates": [46.93, 40.0]},
        "properties": {"date_start": "2021-03-01", "date_end": "2021-03-01", "device": None},
    }
    with threaded(app) as url:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/geo+json"}
        editor = features.Features(f"{url}/")
        # A copy: those given to it OWSLib sends to every service from then on.
        editor.headers = editor.headers | headers
        # As text, which OWSLib sends while it accepts XML alone.
        assert editor.collection_item_create("incidents", json.dumps(body))
        held = editor.collection_item("incidents", "own-1")
        held["properties"]["device"] = "uxo"
        editor.collection_item_update("incidents", "own-1", json.dumps(held))
        again = editor.collection_item("incidents", "own-1")
        assert (again["properties"]["device"], again["properties"]["version"]) == ("uxo", 2)
        # Who edits what somebody else has changed since is told so, and changes nothing.
        tag = editor.response_headers["ETag"]
        held = again
        held["properties"]["device"] = "at_mine"
        editor.headers = editor.headers | {"If-Match": tag}
        editor.collection_item_update("incidents", "own-1", json.dumps(held))
        del held["properties"]["version"]
        with pytest.raises(RuntimeError, match="412"):
            editor.collection_item_update("incidents", "own-1", json.dumps(held))
        editor.headers = {k: v for k, v in editor.headers.items() if k != "If-Match"}
        held = editor.collection_item("incidents", "own-1")
        held["properties"]["casualties"] = 12
        with pytest.raises(RuntimeError, match="casualties"):
            editor.collection_item_update("incidents", "own-1", json.dumps(held))
        assert editor.collection_item_delete("incidents", "own-1")
        with pytest.raises(RuntimeError, match="no-feature"):
            editor.collection_item("incidents", "own-1")
