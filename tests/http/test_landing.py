"""Landing page, conformance, collections: links, types, truth."""

import pytest
from jsonschema import Draft202012Validator

from service.collections import COLLECTIONS
from service.ogc.descriptions import CLASSES

OGC = "http://www.opengis.net/def/rel/ogc/1.0/"


def rels(body: dict) -> dict[str, dict]:
    return {link["rel"]: link for link in body["links"]}


def test_the_landing_page_leads_everywhere(reader) -> None:
    body = reader.get("/").json()
    links = rels(body)
    for rel in ("self", "alternate", "service-desc", "service-doc", "conformance", "data"):
        assert links[rel]["type"]
    assert links["service-desc"]["type"] == "application/vnd.oai.openapi+json;version=3.0"
    assert f"{OGC}tiling-schemes" in links


@pytest.mark.parametrize("path", ["/", "/conformance", "/collections", "/collections/incidents"])
def test_every_internal_link_of_a_resource_answers_with_its_type(reader, path) -> None:
    links = reader.get(path).json()["links"]
    wrong = []
    for link in links:
        answer = reader.get(link["href"], headers={"Accept": link["type"]})
        bare = answer.headers["content-type"].partition(";")[0]
        if answer.status_code != 200 or bare != link["type"].partition(";")[0]:
            wrong.append((link["href"], answer.status_code, bare))
    assert not wrong


def test_conformance_lists_the_classes_once_each(reader) -> None:
    declared = reader.get("/conformance").json()["conformsTo"]
    assert declared == list(CLASSES)
    assert len(set(declared)) == len(declared)


def test_collections_describe_every_layer(reader) -> None:
    body = reader.get("/collections").json()
    assert [c["id"] for c in body["collections"]] == list(COLLECTIONS)
    for one in body["collections"]:
        links = rels(one)
        assert links["items"]["href"]
        assert all(link.get("type") for link in one["links"])


def test_the_items_link_for_geojson_has_no_query(reader) -> None:
    one = reader.get("/collections/risk").json()
    link = next(k for k in one["links"] if k["type"] == "application/geo+json")
    assert link["rel"] == "items"
    assert "?" not in link["href"]


def test_spatial_layers_state_their_systems(reader) -> None:
    body = reader.get("/collections").json()
    for one in body["collections"]:
        if one["id"] == "statistics":
            assert "crs" not in one
            continue
        # The places' strays (a namesake in Italy) are too far for some systems.
        assert one["crs"] == ["#/crs"] or one["id"] == "places"
        assert one["storageCrs"] == "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
    assert body["crs"][0] == "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
    assert reader.get("/collections/risk").json()["crs"] == body["crs"]


@pytest.mark.parametrize("name", COLLECTIONS)
def test_extents_hold_every_feature_and_no_more(reader, name) -> None:
    extent = reader.get(f"/collections/{name}").json()["extent"]
    all_of = reader.get(f"/collections/{name}/items", params={"limit": 10_000}).json()
    matched = all_of["numberMatched"]
    if "spatial" in extent:
        with_geometry = sum(f["geometry"] is not None for f in all_of["features"])
        box = ",".join(map(str, extent["spatial"]["bbox"][0]))
        params = {"bbox": box, "limit": 1, "filter": "geometry IS NOT NULL"}
        found = reader.get(f"/collections/{name}/items", params=params).json()
        assert found["numberMatched"] == with_geometry
    if "temporal" in extent:
        interval = "/".join(end or ".." for end in extent["temporal"]["interval"][0])
        params = {"datetime": interval, "limit": 1}
        inside = reader.get(f"/collections/{name}/items", params=params).json()["numberMatched"]
        params["datetime"] = "../.."
        timed = reader.get(f"/collections/{name}/items", params=params).json()["numberMatched"]
        assert inside == timed <= matched


def test_the_temporal_extent_is_the_first_and_the_last_day(reader) -> None:
    extent = reader.get("/collections/incidents").json()["extent"]
    assert extent["temporal"]["interval"] == [["2020-11-23T00:00:00Z", "2022-09-08T23:59:59Z"]]


def test_the_temporal_extent_of_risk_is_the_period_of_its_rows(reader) -> None:
    (row,) = reader.get("/collections/risk/items?limit=1").json()["features"]
    first, last = (row["properties"][name] for name in ("period_start", "period_end"))
    interval = [f"{first}T00:00:00Z", f"{last}T23:59:59Z"]
    extent = reader.get("/collections/risk").json()["extent"]
    assert extent["temporal"]["interval"] == [interval]


@pytest.mark.parametrize("name", COLLECTIONS)
@pytest.mark.parametrize("kind", ["queryables", "schema"])
def test_queryables_and_schema_are_json_schemas(reader, name, kind) -> None:
    answer = reader.get(f"/collections/{name}/{kind}")
    assert answer.headers["content-type"] == "application/schema+json"
    body = answer.json()
    Draft202012Validator.check_schema(body)
    assert body["$id"].endswith(f"/collections/{name}/{kind}")
    assert set(COLLECTIONS[name].schema.names) <= set(body["properties"])


def test_the_schema_says_units_codes_and_roles(reader) -> None:
    schema = reader.get("/collections/incidents/schema").json()["properties"]
    assert "at_mine" in schema["device"]["enum"]
    assert schema["uncertainty_m"]["x-ogc-unit"] == "m"
    assert schema["incident_id"]["x-ogc-role"] == "id"
    assert schema["geometry"]["x-ogc-role"] == "primary-geometry"
    assert schema["geometry"]["format"] == "geometry-point"
    assert schema["date_start"] | {"format": "date"} == schema["date_start"]
    assert (
        reader.get("/collections/districts/schema").json()["properties"]["area_km2"]["x-ogc-unit"]
        == "km2"
    )


@pytest.mark.parametrize("name", ["incidents", "districts", "risk", "statistics", "operations"])
def test_features_are_as_their_schema_says(reader, name) -> None:
    schema = reader.get(f"/collections/{name}/schema").json()
    properties = {
        key: {"anyOf": [value, {"type": "null"}]}
        for key, value in schema["properties"].items()
        if key != "geometry"
    }
    validator = Draft202012Validator(schema | {"properties": properties, "required": []})
    features = reader.get(f"/collections/{name}/items").json()["features"]
    assert features
    for feature in features:
        validator.validate(feature["properties"])


def test_an_unknown_layer_is_404_and_lists_those_there_are(reader) -> None:
    answer = reader.get("/collections/nope")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert "incidents" in answer.json()["description"]


@pytest.mark.parametrize(
    "path",
    ["/", "/conformance", "/collections", "/collections/risk", "/collections/risk/queryables"],
)
def test_an_unknown_parameter_is_400_everywhere(reader, path) -> None:
    assert reader.get(path, params={"foo": "1"}).status_code == 400


def test_links_have_the_address_that_the_client_sees(reader) -> None:
    body = reader.get("/", headers={"Host": "maps.example.org:8443"}).json()
    assert body["links"][0]["href"] == "http://maps.example.org:8443/"
    forged = reader.get("/", headers={"Host": 'x"><script>'}).json()
    assert "<script" not in str(forged)
