"""filter, sortby, properties and queryables as parameters, over HTTP."""

import json

import pytest

from service.collections import COLLECTIONS
from service.ogc.query import items_parameters

ITEMS = "/collections/incidents/items"


def features(client, path=ITEMS, **params) -> list[dict]:
    answer = client.get(path, params={"limit": 1000, **params})
    assert answer.status_code == 200, answer.text
    return answer.json()["features"]


def ids(client, **params) -> list[str]:
    return [f["id"] for f in features(client, **params)]


def test_text_json_and_parameter_are_the_same_question(reader) -> None:
    tree = {"op": "=", "args": [{"property": "device"}, "uxo"]}
    by_text = ids(reader, filter="device = 'uxo'")
    assert by_text
    assert ids(reader, filter="device = 'uxo'", **{"filter-lang": "cql2-text"}) == by_text
    assert ids(reader, filter=json.dumps(tree), **{"filter-lang": "cql2-json"}) == by_text
    assert ids(reader, filter="device = 'uxo'", **{"filter-lang": "cql-text"}) == by_text
    assert ids(reader, device="uxo") == by_text


def test_all_conditions_have_to_hold(reader) -> None:
    found = features(
        reader,
        device="uxo",
        killed="2",
        filter="date_start < DATE('2022-03-01') AND geometry IS NOT NULL",
        bbox="46,39,48,40",
    )
    assert found
    for feature in found:
        assert feature["properties"]["device"] == "uxo"
        assert feature["properties"]["killed"] == 2
        assert feature["properties"]["date_start"] < "2022-03-01"
        assert feature["geometry"]


@pytest.mark.parametrize(
    ("name", "value", "layer"),
    [
        ("killed", "2", "incidents"),
        ("killed", "2.0", "incidents"),
        ("date_start", "2020-11-23", "incidents"),
        ("mine_related", "false", "statistics"),
        ("district_id", "AZ-AGM", "risk"),
        ("kind", "clearance", "operations"),
        ("name_az", "Tərtər", "districts"),
    ],
)
def test_a_queryable_is_a_parameter_of_its_kind(reader, name, value, layer) -> None:
    assert features(reader, f"/collections/{layer}/items", **{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("device", "bomb"),
        ("killed", "x"),
        ("killed", "1.5"),
        ("killed", "NaN"),
        ("killed", ""),
        ("killed", "1e400"),
        ("date_start", "2021-02-30"),
        ("longitude", "east"),
        ("nope", "1"),
        ("Killed", "1"),
        ("sortby", "nope"),
        ("sortby", ""),
        ("sortby", "killed,-killed"),
        ("sortby", "--killed"),
        ("properties", "killed,nope"),
        ("filter", "nope = 1"),
        ("filter", ""),
        ("filter", "device = 1"),
        ("filter-lang", "sql"),
        ("f", "tiff"),
        ("f", ""),
        ("lang", "xx"),
        ("offset", "-1"),
        ("weight", "killed"),
    ],
)
def test_a_value_that_does_not_fit_is_400_and_names_the_parameter(reader, name, value) -> None:
    answer = reader.get(ITEMS, params={name: value})
    body = answer.json()
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["code"]
    assert name in body["description"] or any(e["field"] == name for e in body.get("errors", ()))


def test_a_parameter_given_twice_is_400(reader) -> None:
    answer = reader.get(f"{ITEMS}?limit=1&limit=2")
    assert answer.status_code == 400
    assert answer.json()["code"] == "repeated-parameter"


def test_a_wrong_property_in_a_filter_is_named_with_those_there_are(reader) -> None:
    body = reader.get(ITEMS, params={"filter": "kiled > 1"}).json()
    assert body["errors"][0]["property"] == "kiled"
    assert "killed" in body["description"]


@pytest.mark.parametrize("sort", ["killed", "-killed", "+device,-date_start", "-longitude"])
def test_features_come_in_the_order_asked_for_nulls_last(reader, sort) -> None:
    found = [f["properties"] for f in features(reader, sortby=sort)]
    first = sort.split(",")[0]
    values = [p[first.lstrip("+-")] for p in found]
    known = [v for v in values if v is not None]
    assert known == sorted(known, reverse=first.startswith("-"))
    assert all(v is None for v in values[len(known) :])


def test_an_unescaped_plus_sorts_upwards(reader) -> None:
    assert reader.get(f"{ITEMS}?sortby=+killed").text == reader.get(f"{ITEMS}?sortby=+killed").text
    up = reader.get(f"{ITEMS}?sortby=+killed&limit=300").json()["features"]
    assert [f["id"] for f in up] == ids(reader, sortby="killed")


def test_chosen_properties_come_in_the_order_asked_for(reader) -> None:
    found = features(reader, properties="killed,device")
    assert list(found[0]["properties"]) == ["killed", "device"]
    assert found[0]["id"]
    assert "geometry" in found[0]
    one = reader.get(f"{ITEMS}/I1", params={"properties": "device"}).json()
    assert list(one["properties"]) == ["device"]


def test_no_properties_at_all_can_be_chosen(reader) -> None:
    assert features(reader, properties="")[0]["properties"] == {}


@pytest.mark.parametrize("layer", ["risk", "risk-surface"])
def test_risk_parameters_change_the_layer(reader, layer) -> None:
    path = f"/collections/{layer}/items"
    plain = reader.get(path).json()["features"]
    units = {f["properties"]["unit"] for f in plain}
    weighed = reader.get(path, params={"weight": "killed"}).json()["features"]
    assert {f["properties"]["unit"] for f in weighed} != units
    period = {"period": "2021-01-01/2021-12-31"}
    dated = reader.get(path, params=period).json()["features"]
    assert {f["properties"]["period_start"] for f in dated} == {"2021-01-01"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("period", "2021-02-30"),
        ("weight", "tonnes"),
        ("exposure", "cows"),
        ("smoothing", "lots"),
        ("half-life", "-1"),
        ("half-life", "nan"),
        ("where", "nope = 1"),
        ("as-of", "x"),
        ("halflife", "1"),
    ],
)
def test_a_bad_risk_parameter_is_400(reader, name, value) -> None:
    assert reader.get("/collections/risk/items", params={name: value}).status_code == 400


def test_an_unknown_edition_is_404(reader) -> None:
    answer = reader.get("/collections/risk/items", params={"boundaries": "nope"})
    assert answer.status_code == 404


def test_where_counts_only_what_it_keeps(reader) -> None:
    def counted(**params: str) -> float:
        found = reader.get("/collections/risk/items", params=params).json()["features"]
        return sum(f["properties"]["incidents"] for f in found)

    assert counted(where="device = 'uxo'") == len(ids(reader, device="uxo"))


def test_one_feature_of_risk_takes_the_same_parameters(reader) -> None:
    path = "/collections/risk/items/AZ-AGM"
    plain = reader.get(path).json()["properties"]
    other = reader.get(path, params={"exposure": "population"}).json()["properties"]
    assert plain["unit"] != other["unit"]
    assert reader.get(path, params={"limit": "1"}).status_code == 400


def test_what_the_register_held_then_can_be_asked_for(fresh) -> None:
    before = fresh.register.snapshot().recorded_at.isoformat()
    fresh.register.retract("I1", author="test")
    assert "I1" not in ids(fresh.client)
    assert "I1" in ids(fresh.client, **{"as-of": before})


@pytest.mark.parametrize("layer", [c.id for c in COLLECTIONS.values() if c.computed])
@pytest.mark.parametrize(
    "asked",
    [{"purpose": "education"}, {"criteria": "expected=1"}, {"weight": "killed"}, {"cell-km": "0"}],
)
def test_a_property_never_hides_a_parameter_of_its_name(reader, layer, asked) -> None:
    taken = items_parameters(COLLECTIONS[layer], 100).names()
    assert len(set(taken)) == len(taken)
    found = features(reader, f"/collections/{layer}/items", **asked)
    if layer == "priorities":
        assert {f["properties"]["purpose"] for f in found} == {asked.get("purpose", "clearance")}
    path = f"/collections/{layer}/tiles/WebMercatorQuad"
    assert reader.get(path, params={"f": "tilejson", **asked}).status_code == 200
