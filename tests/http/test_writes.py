"""Writes on incidents: versions as tags, validation by field, nothing lost."""

import pytest

from geodata.errors import NotFound

ITEMS = "/collections/incidents/items"
NEW = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [46.93, 40.0]},
    "properties": {
        "date_start": "2021-03-01",
        "date_end": "2021-03-01",
        "device": "at_mine",
        "killed": 2,
        "killed_civilian": 1,
    },
}


def post(fresh, feature=None, **headers):
    return fresh.client.post(ITEMS, json=feature or NEW, headers=fresh.editor | headers)


def changed(feature: dict, **properties) -> dict:
    return feature | {"properties": feature["properties"] | properties}


def test_a_new_incident_is_201_with_its_place_and_tag(fresh) -> None:
    answer = post(fresh)
    assert answer.status_code == 201
    assert answer.headers["content-type"] == "application/geo+json"
    read = fresh.client.get(answer.headers["location"], headers=fresh.editor)
    assert read.status_code == 200
    assert read.headers["etag"] == answer.headers["etag"]
    properties = read.json()["properties"]
    assert properties["version"] == 1
    assert (properties["killed"], properties["killed_civilian"]) == (2, 1)
    assert properties["injured"] is None


def test_a_point_is_placed_in_its_district(fresh) -> None:
    properties = post(fresh).json()["properties"]
    assert properties["district_id"] == "AZ-AGM"
    record = fresh.register.get("incident", properties["incident_id"])
    assert record.longitude == 46.93


def test_a_new_incident_may_bring_its_id_once(fresh) -> None:
    named = NEW | {"id": "X-1"}
    first = post(fresh, named)
    assert first.headers["location"].endswith(f"{ITEMS}/X-1")
    again = post(fresh, named)
    assert again.status_code == 409
    assert again.json()["code"] == "exists"


def test_a_replacement_needs_no_id_and_clears_what_it_does_not_state(fresh) -> None:
    place = post(fresh, NEW | {"id": "X-1"}).headers["location"]
    body = {
        "type": "Feature",
        "properties": {
            "date_start": "2021-03-02",
            "date_end": "2021-03-02",
            "district_id": "AZ-FUZ",
        },
    }
    answer = fresh.client.put(place, json=body, headers=fresh.editor)
    assert answer.status_code == 200
    properties = answer.json()["properties"]
    assert answer.json()["geometry"] is None
    assert (properties["device"], properties["killed"]) == ("unknown", None)
    assert properties["districts"] == "AZ-FUZ:1"
    assert properties["version"] == 2


def test_reading_and_replacing_unchanged_loses_nothing(fresh) -> None:
    for name in ("I1", "I2a", "I3", "I4"):
        before = fresh.register.get("incident", name)
        body = fresh.client.get(f"{ITEMS}/{name}", headers=fresh.editor).json()
        answer = fresh.client.put(f"{ITEMS}/{name}", json=body, headers=fresh.editor)
        assert answer.status_code == 200, answer.text
        after = fresh.register.get("incident", name)
        assert after.model_dump(exclude={"version"}) == before.model_dump(exclude={"version"})


def test_a_patch_changes_only_what_it_names_and_null_clears(fresh) -> None:
    place = post(fresh).headers["location"]
    patch = {"properties": {"device": "uxo", "killed": None, "killed_civilian": None}}
    answer = fresh.client.patch(place, json=patch, headers=fresh.editor)
    properties = answer.json()["properties"]
    assert (properties["device"], properties["killed"]) == ("uxo", None)
    assert properties["date_start"] == "2021-03-01"
    assert answer.json()["geometry"] == NEW["geometry"]


def test_a_patched_point_is_placed_anew_and_null_takes_it_away(fresh) -> None:
    place = post(fresh).headers["location"]
    moved = {"geometry": {"type": "Point", "coordinates": [47.14, 39.6]}}
    answer = fresh.client.patch(place, json=moved, headers=fresh.editor).json()
    assert answer["properties"]["district_id"] == "AZ-FUZ"
    assert answer["properties"]["longitude"] == 47.14
    gone = fresh.client.patch(place, json={"geometry": None}, headers=fresh.editor).json()
    assert gone["geometry"] is None
    assert gone["properties"]["longitude"] is None


def test_a_body_in_another_system_is_brought_to_wgs_84(fresh) -> None:
    turned = NEW | {"geometry": {"type": "Point", "coordinates": [40.0, 46.93]}}
    crs = "<http://www.opengis.net/def/crs/EPSG/0/4326>"
    answer = post(fresh, turned, **{"Content-Crs": crs})
    assert answer.json()["geometry"]["coordinates"] == [46.93, 40.0]


def test_a_deletion_is_a_retraction_and_the_history_stays(fresh) -> None:
    place = post(fresh, NEW | {"id": "X-1"}).headers["location"]
    answer = fresh.client.delete(f"{place}?reason=double", headers=fresh.editor)
    assert answer.status_code == 204
    assert answer.content == b""
    assert fresh.client.get(place).status_code == 404
    last = fresh.register.history("X-1")[-1]
    assert (last.change, last.reason, last.author) == ("retract", "double", "editor")
    assert fresh.client.delete(place, headers=fresh.editor).status_code == 404


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_change_that_rests_on_an_old_version_is_412(fresh, method) -> None:
    created = post(fresh)
    place, tag = created.headers["location"], created.headers["etag"]
    fresh.client.patch(place, json={"properties": {"device": "uxo"}}, headers=fresh.editor)
    body = {} if method == "delete" else {"json": NEW}
    send = getattr(fresh.client, method)
    late = send(place, headers=fresh.editor | {"If-Match": tag}, **body)
    assert late.status_code == 412
    assert late.json()["code"] == "precondition-failed"
    current = fresh.client.get(place, headers=fresh.editor).headers["etag"]
    in_time = send(place, headers=fresh.editor | {"If-Match": f'"zzz", W/{current}'}, **body)
    assert in_time.status_code in (200, 204)


@pytest.mark.parametrize(("tag", "status"), [("*", 200), ('"v9-x"', 412), ("rubbish", 412)])
def test_if_match_may_be_a_star_and_nonsense_never_matches(fresh, tag, status) -> None:
    place = post(fresh).headers["location"]
    headers = fresh.editor | {"If-Match": tag}
    assert fresh.client.put(place, json=NEW, headers=headers).status_code == status


@pytest.mark.parametrize(
    ("properties", "field"),
    [
        ({"date_start": "2021-13-01"}, "date_start"),
        ({"date_end": "2020-01-01"}, "record"),
        ({"device": "bomb"}, "device"),
        ({"killed": -1}, "killed"),
        ({"killed": "many"}, "killed"),
        ({"killed": 0}, "killed"),
        ({"districts": "AZ-TAR:0.5"}, "districts"),
        ({"districts": "AZ-NOPE:1"}, "districts"),
        ({"districts": 5}, "districts"),
        ({"nonsense": 1}, "nonsense"),
        ({"record_status": "retracted"}, "record_status"),
        ({"description": "a\x00b"}, "description"),
        ({"latitude": 95}, "latitude"),
    ],
)
def test_a_record_that_does_not_fit_is_422_and_names_the_field(fresh, properties, field) -> None:
    feature = changed(NEW, **properties)
    if "latitude" in properties:
        feature = {k: v for k, v in feature.items() if k != "geometry"}
        feature["properties"]["longitude"] = 46.0
    answer = post(fresh, feature)
    assert answer.status_code == 422, answer.text
    fields = [error["field"] for error in answer.json()["errors"]]
    assert any(name.startswith(field) for name in fields)


def test_missing_dates_are_422_for_new_and_for_replaced(fresh) -> None:
    bare = {"type": "Feature", "properties": {"device": "uxo"}}
    assert post(fresh, bare).status_code == 422
    answer = fresh.client.put(f"{ITEMS}/I1", json=bare, headers=fresh.editor)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "date_start"


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe", b"{", b"[]", b"null", b'"x"', b"1", b"[" * 3_000, b'{"a": NaN}', b"{}"],
)
def test_a_body_that_is_no_feature_is_400(fresh, body) -> None:
    answer = fresh.client.post(ITEMS, content=body, headers=fresh.editor)
    assert answer.status_code == 400
    assert fresh.register.snapshot().incidents.shape[0] == 5


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/geo+json", 201),
        ("application/json; charset=utf-8", 201),
        ("", 201),
        ("text/xml", 415),
        ("multipart/form-data", 415),
    ],
)
def test_the_media_type_of_a_body_may_be_missing_but_not_another(fresh, kind, status) -> None:
    import json

    headers = fresh.editor | ({"Content-Type": kind} if kind else {})
    answer = fresh.client.post(ITEMS, content=json.dumps(NEW), headers=headers)
    assert answer.status_code == status


def test_the_address_decides_and_another_id_in_the_body_is_refused(fresh) -> None:
    answer = fresh.client.put(f"{ITEMS}/I1", json=NEW | {"id": "I3"}, headers=fresh.editor)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "id"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_change_of_nothing_is_404(fresh, method) -> None:
    for name in ("nope", "a%00b", "x" * 500, "a%2Fb", "%F0%9F%92%A5"):
        answer = fresh.client.request(method, f"{ITEMS}/{name}", json=NEW, headers=fresh.editor)
        assert answer.status_code == 404, name


def test_writes_need_a_key_that_may(fresh) -> None:
    for method, path in (("POST", ITEMS), ("PUT", f"{ITEMS}/I1"), ("DELETE", f"{ITEMS}/I1")):
        nobody = fresh.client.request(method, path, json=NEW)
        assert nobody.status_code == 401
        assert nobody.headers["www-authenticate"].startswith("Bearer")
        reads_only = fresh.client.request(method, path, json=NEW, headers=fresh.analyst)
        assert reads_only.status_code == 403
        wrong = {"Authorization": "Bearer hm_x_y"}
        assert fresh.client.request(method, path, json=NEW, headers=wrong).status_code == 401
    assert fresh.register.get("incident", "I1").version == 1
    with pytest.raises(NotFound):
        fresh.register.get("incident", "X-1")


def test_a_write_is_seen_by_the_next_read(fresh) -> None:
    count = fresh.client.get(ITEMS).json()["numberMatched"]
    post(fresh)
    assert fresh.client.get(ITEMS).json()["numberMatched"] == count + 1
