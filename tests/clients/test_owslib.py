"""OWSLib: features, queryables, filters, writes refused, tiles' metadata."""

import pytest

from tests.clients.conftest import FOUNDING, MADE

pytestmark = [pytest.mark.clients, pytest.mark.timeout(400)]
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
