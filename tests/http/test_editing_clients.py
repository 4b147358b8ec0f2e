"""Editing as clients do it: nulls, whole features sent back, fields that nobody may set."""

import json
from datetime import date

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from geodata.codes import Device, Group, values_of
from geodata.model import Casualty, DistrictWeight, Evidence, Incident, Report
from geodata.schemas import INCIDENTS
from tests.http.conftest import open_world
from tests.laws import examples

ITEMS = "/collections/incidents/items"
NEW = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [46.93, 40.0]},
    "properties": {"date_start": "2021-03-01", "date_end": "2021-03-01"},
}
TEXTS = st.none() | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12
)
COUNTS = st.none() | st.integers(0, 10_000_000)
PLACED = ["AZ-AGM", "AZ-TAR", "AZ-FUZ"]


@st.composite
def casualties(draw) -> Casualty:
    low, best, high = sorted(draw(st.tuples(*[st.integers(0, 10_000_000)] * 3)))
    return Casualty(
        group=draw(st.sampled_from(values_of(Group))),
        outcome=draw(st.sampled_from(["killed", "injured", "unknown"])),
        low=low,
        best=draw(st.none() | st.just(best)),
        high=high,
        affiliation=draw(TEXTS),
    )


@st.composite
def records(draw) -> Incident:
    ids = draw(st.lists(st.sampled_from([*PLACED, "XX-OLD"]), unique=True, max_size=3))
    share = st.floats(0.01, 1)
    weights = [draw(share) for _ in ids]
    point = draw(st.none() | st.tuples(st.floats(44.8, 50.6), st.floats(38.5, 41.8)))
    day = draw(st.dates(date(1950, 1, 1), date(2024, 1, 1)))
    return Incident(
        incident_id="law",
        record_status=draw(st.sampled_from(["draft", "verified", "disputed"])),
        date_start=day,
        date_end=day,
        date_text=draw(TEXTS),
        local_time=draw(TEXTS),
        longitude=point[0] if point else None,
        latitude=point[1] if point else None,
        uncertainty_m=draw(st.none() | st.floats(0, 1e6)),
        where_precision=draw(st.integers(1, 7)),
        place_as_reported=draw(TEXTS),
        districts=tuple(
            DistrictWeight(district_id=i, weight=w / sum(weights))
            for i, w in zip(ids, weights, strict=True)
        ),
        district_note=draw(TEXTS),
        device=draw(st.sampled_from(values_of(Device))),
        casualties=tuple(draw(st.lists(casualties(), max_size=3))),
        reports=tuple(
            Report(publisher=draw(TEXTS), chain=draw(TEXTS), title=draw(TEXTS))
            for _ in range(draw(st.integers(0, 2)))
        ),
        evidence=draw(st.just(()) | st.just((Evidence(field="device", quote="mine"),))),
        sensitivity=draw(st.sampled_from(["public", "restricted"])),
        note=draw(TEXTS),
    )


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    world = open_world(tmp_path_factory.mktemp("editing"), 0)
    yield world
    world.register.close()


@examples(30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(records(), st.sampled_from(["PUT", "PATCH"]))
def test_what_is_read_and_sent_back_unchanged_changes_nothing(written, record, method) -> None:
    register = written.register
    if "law" in register.snapshot().incidents.index:
        register.replace(record, author="test")
    else:
        register.create(record, author="test")
    before = written.client.get(f"{ITEMS}/law", headers=written.editor)
    sent = written.client.request(
        method, f"{ITEMS}/law", content=before.content, headers=written.editor
    )
    assert sent.status_code == 200, sent.text
    after = written.client.get(f"{ITEMS}/law", headers=written.editor)
    assert after.json() == before.json()
    assert after.headers["etag"] == before.headers["etag"] == sent.headers["etag"]


def test_a_body_of_nulls_states_nothing(fresh) -> None:
    """QGIS sends every field of the layer, null where nothing was typed."""
    nulls = dict.fromkeys(INCIDENTS.names)
    body = NEW | {"properties": nulls | NEW["properties"]}
    created = fresh.client.post(ITEMS, json=body, headers=fresh.editor)
    assert created.status_code == 201, created.text
    plain = fresh.client.post(ITEMS, json=NEW, headers=fresh.editor).json()["properties"]
    same = {k: v for k, v in created.json()["properties"].items() if k != "incident_id"}
    different = {k for k, v in same.items() if plain[k] != v}
    assert different <= {"recorded_at"}
    place = created.headers["location"]
    again = fresh.client.put(place, json=body, headers=fresh.editor)
    assert again.status_code == 200, again.text
    patched = fresh.client.patch(
        place, json={"properties": {"device": None, "sensitivity": None}}, headers=fresh.editor
    )
    assert patched.status_code == 200, patched.text


def test_the_note_of_an_uncertain_place_does_not_grow(fresh) -> None:
    sea = NEW | {"geometry": {"type": "Point", "coordinates": [51.5, 39.0]}}
    created = fresh.client.post(ITEMS, json=sea, headers=fresh.editor)
    place, note = created.headers["location"], created.json()["properties"]["district_note"]
    assert note
    for number in range(3):
        body = fresh.client.get(place, headers=fresh.editor).json()
        body["properties"]["note"] = f"edit {number}"
        answer = fresh.client.put(place, json=body, headers=fresh.editor)
        assert answer.json()["properties"]["district_note"] == note
        answer = fresh.client.patch(
            place, json={"properties": {"description": f"{number}"}}, headers=fresh.editor
        )
        assert answer.json()["properties"]["district_note"] == note
    moved = NEW["geometry"] | {"coordinates": [47.14, 39.6]}
    answer = fresh.client.patch(place, json={"geometry": moved}, headers=fresh.editor).json()
    assert answer["properties"]["district_id"] == "AZ-FUZ"
    assert note not in (answer["properties"]["district_note"] or "")


def test_a_point_moved_in_a_whole_feature_is_placed_anew(fresh) -> None:
    place = fresh.client.post(ITEMS, json=NEW, headers=fresh.editor).headers["location"]
    body = fresh.client.get(place, headers=fresh.editor).json()
    assert body["properties"]["district_id"] == "AZ-AGM"
    body["geometry"]["coordinates"] = [47.14, 39.6]
    properties = fresh.client.put(place, json=body, headers=fresh.editor).json()["properties"]
    assert (properties["district_id"], properties["longitude"]) == ("AZ-FUZ", 47.14)


def test_a_field_that_says_the_same_as_another_is_taken_where_it_was_changed(fresh) -> None:
    place = fresh.client.post(ITEMS, json=NEW, headers=fresh.editor).headers["location"]

    def edited(**properties):
        body = fresh.client.get(place, headers=fresh.editor).json()
        body["properties"] |= properties
        return fresh.client.put(place, json=body, headers=fresh.editor)

    assert edited(district_id="AZ-TAR").json()["properties"]["districts"] == "AZ-TAR:1"
    moved = edited(longitude=47.2, latitude=39.7).json()
    assert moved["geometry"]["coordinates"] == [47.2, 39.7]
    clash = edited(district_id="AZ-AGM", districts="AZ-FUZ:1")
    assert clash.status_code == 422
    assert clash.json()["errors"][0]["field"] == "district_id"


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("recorded_at", "2020-01-01T00:00:00Z", 422),
        ("casualties", 99, 422),
        ("version", 7, 409),
    ],
)
def test_a_change_of_what_the_register_sets_is_refused(fresh, name, value, status) -> None:
    place = fresh.client.post(ITEMS, json=NEW, headers=fresh.editor).headers["location"]
    body = fresh.client.get(place, headers=fresh.editor).json()
    body["properties"][name] = value
    for answer in (
        fresh.client.put(place, json=body, headers=fresh.editor),
        fresh.client.patch(place, json={"properties": {name: value}}, headers=fresh.editor),
    ):
        assert answer.status_code == status, answer.text
        assert answer.json()["errors"][0]["field"] == name
    assert fresh.client.get(f"{place}").json()["properties"]["version"] == 1


def test_a_sum_may_be_sent_along_with_what_it_sums(fresh) -> None:
    place = fresh.client.post(ITEMS, json=NEW, headers=fresh.editor).headers["location"]
    for properties in ({"killed": 2, "casualties": 2}, {"injured": 1}, {"casualties": 3}):
        sent = {"properties": properties}
        answer = fresh.client.patch(place, json=sent, headers=fresh.editor)
        assert answer.status_code == 200, answer.text
    assert answer.json()["properties"]["casualties"] == 3
    body = answer.json()
    body["properties"]["killed"] = 5
    answer = fresh.client.put(place, json=body, headers=fresh.editor)
    assert answer.json()["properties"]["casualties"] == 6


def test_the_schema_says_what_is_read_only(reader) -> None:
    properties = reader.get("/collections/incidents/schema").json()["properties"]
    said = {name for name, one in properties.items() if one.get("readOnly")}
    assert said == {"version", "recorded_at", "casualties"}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_write_to_an_unknown_layer_is_404(fresh, method) -> None:
    for path in ("/collections/nope/items", "/collections/nope/items/1", "/collections/nope"):
        answer = fresh.client.request(method, path, json=NEW, headers=fresh.editor)
        assert answer.status_code == 404
        assert "nope" in answer.json()["description"]


@pytest.mark.parametrize("accept", ["text/xml,application/xml", "image/png", "text/html", "*/*"])
def test_a_write_is_answered_in_geojson_whatever_is_accepted(fresh, accept) -> None:
    """OWSLib accepts XML alone; what was stored cannot be refused any more."""
    headers = fresh.editor | {"Accept": accept, "Content-Type": "application/geo+json"}
    answer = fresh.client.post(ITEMS, content=json.dumps(NEW), headers=headers)
    assert answer.status_code == 201
    assert answer.headers["content-type"] == "application/geo+json"


def test_the_answer_to_a_change_shows_that_change(fresh) -> None:
    """Also when somebody else wrote the next version before it was sent."""
    place = fresh.client.post(ITEMS, json=NEW, headers=fresh.editor).headers["location"]
    register = fresh.register
    replace = register.replace

    def overtaken(record, **kwargs):
        done = replace(record, **kwargs)
        replace(record.model_copy(update={"device": "uxo"}), author="other")
        return done

    register.replace = overtaken
    try:
        answer = fresh.client.patch(
            place, json={"properties": {"device": "at_mine"}}, headers=fresh.editor
        )
    finally:
        register.replace = replace
    assert answer.json()["properties"]["device"] == "at_mine"
    assert answer.json()["properties"]["version"] == 2
    assert answer.headers["etag"].startswith('"v2-')
