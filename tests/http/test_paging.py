"""Pages: sizes, links, and each feature once, even while others write."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.filters.columns import place_keys
from geodata.register import Change
from geodata.schemas import SCHEMAS
from service.routes import features
from tests.http.conftest import made
from tests.laws import examples

ITEMS = "/collections/incidents/items"


def walk(client, url: str, rel: str = "next", change=None) -> list[str]:
    """Follow a relation to its end; gives the ids of each page in turn."""
    ids: list[str] = []
    while url:
        body = client.get(url).json()
        ids += [feature["id"] for feature in body["features"]]
        url = next((k["href"] for k in body["links"] if k["rel"] == rel), "")
        if change:
            change(len(ids))
    return ids


def everything(client, **params) -> list[str]:
    body = client.get(ITEMS, params={"limit": 10_000, **params}).json()
    return [feature["id"] for feature in body["features"]]


def test_the_page_has_100_features_unless_asked_otherwise(reader) -> None:
    body = reader.get(ITEMS).json()
    assert body["numberReturned"] == len(body["features"]) == 100
    assert body["numberMatched"] == 255


def test_the_time_stamp_is_the_time_of_the_answer(reader) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    stamp = datetime.fromisoformat(reader.get(ITEMS).json()["timeStamp"])
    assert before <= stamp <= datetime.now(UTC)


@pytest.mark.parametrize("limit", ["1", "7", "255", "256", "100000"])
def test_the_limit_is_kept(reader, limit) -> None:
    body = reader.get(ITEMS, params={"limit": limit}).json()
    assert body["numberReturned"] == len(body["features"]) == min(int(limit), 255)


@pytest.mark.parametrize("limit", ["100001", "9" * 30, "9" * 400])
def test_a_limit_above_the_maximum_means_the_maximum(reader, limit) -> None:
    assert reader.get(ITEMS, params={"limit": limit}).json()["numberReturned"] == 255


@pytest.mark.parametrize(
    "limit", ["0", "-1", "", "x", "1.5", "1e3", "٣", "NaN", " 1", "0x10", "1,2", "9" * 4_000]
)
def test_a_limit_that_is_none_is_400(reader, limit) -> None:
    answer = reader.get(ITEMS, params={"limit": limit})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "limit"


@pytest.mark.parametrize("sort", [None, "device", "-killed,date_start", "-longitude", "date_end"])
@pytest.mark.parametrize("limit", [7, 100])
def test_next_links_visit_every_feature_once_in_order(reader, sort, limit) -> None:
    params = {"sortby": sort} if sort else {}
    query = "&".join(f"{k}={v}" for k, v in params.items())
    ids = walk(reader, f"{ITEMS}?limit={limit}&{query}".rstrip("&"))
    assert ids == everything(reader, **params)
    assert len(set(ids)) == 255


def test_prev_links_lead_back_the_same_pages(reader) -> None:
    first = reader.get(ITEMS, params={"limit": 100}).json()
    assert not [k for k in first["links"] if k["rel"] == "prev"]
    following = next(k["href"] for k in first["links"] if k["rel"] == "next")
    second = reader.get(following).json()
    back = next(k["href"] for k in second["links"] if k["rel"] == "prev")
    assert [f["id"] for f in reader.get(back).json()["features"]] == [
        f["id"] for f in first["features"]
    ]


def test_an_offset_counts_features_of_the_same_order(reader) -> None:
    ids = everything(reader)
    body = reader.get(ITEMS, params={"offset": 200, "limit": 10}).json()
    assert [f["id"] for f in body["features"]] == ids[200:210]
    beyond = reader.get(ITEMS, params={"offset": 10**9}).json()
    assert beyond["features"] == []
    assert beyond["numberMatched"] == 255
    assert walk(reader, f"{ITEMS}?offset=240&limit=4") == ids[240:]


def test_links_keep_the_rest_of_the_query(reader) -> None:
    params = {"limit": "5", "device": "uxo", "datetime": "2022-01-01/.."}
    body = reader.get(ITEMS, params=params).json()
    link = next(k["href"] for k in body["links"] if k["rel"] == "next")
    assert "device=uxo" in link
    assert "limit=5" in link
    assert walk(reader, f"{ITEMS}?limit=5&device=uxo") == everything(reader, device="uxo")


def test_each_feature_is_visited_once_while_others_write(fresh) -> None:
    """Features held all the time come once; those that come and go, at most once."""
    fresh.register.append([Change("incident", made(n)) for n in range(60)], author="test")
    before = set(everything(fresh.client))

    def disturb(seen: int) -> None:
        fresh.register.create(made(1000 + seen), author="test")
        fresh.register.create(
            made(1200 + seen).model_copy(update={"incident_id": f"a{seen:04d}"}), author="test"
        )
        if seen == 20:
            fresh.register.retract("m0001", author="test")
            fresh.register.retract("m0055", author="test")

    ids = walk(fresh.client, f"{ITEMS}?limit=10", change=disturb)
    assert len(set(ids)) == len(ids)
    assert before - {"m0055"} <= set(ids)


@pytest.mark.parametrize(
    "token", ["", "x", "!!!", "e30", "bnVsbA", "WzEsMiwzLDRd", "W3RydWUsW10sW10sNV0", "A" * 9_000]
)
def test_a_token_that_is_none_of_ours_is_400(reader, token) -> None:
    answer = reader.get(ITEMS, params={"token": token})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "token"


def test_a_token_belongs_to_its_order(reader) -> None:
    body = reader.get(ITEMS, params={"limit": 5, "sortby": "device"}).json()
    link = next(k["href"] for k in body["links"] if k["rel"] == "next")
    assert reader.get(link.replace("sortby=device", "sortby=killed")).status_code == 400


@examples(60)
@given(
    st.lists(
        st.one_of(st.none(), st.text(), st.integers(), st.floats(), st.booleans()), max_size=3
    ),
    st.text(max_size=10),
)
def test_a_forged_token_never_breaks_the_service(world, values, feature_id) -> None:
    import base64
    import json

    raw = json.dumps([True, ["-killed", "+device"], values, feature_id]).encode()
    token = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    answer = world.client.get(ITEMS, params={"token": token, "sortby": "-killed,device"})
    assert answer.status_code in (200, 400)


BOX = "46,39,46.8,40"


def test_a_box_gives_neighbours_together_and_what_has_no_place_last(reader) -> None:
    body = reader.get(ITEMS, params={"bbox": BOX, "limit": 10_000}).json()
    placed = [f["geometry"]["coordinates"] for f in body["features"] if f["geometry"]]
    assert [f["geometry"] is not None for f in body["features"]] == [True] * len(placed) + [
        False
    ] * (len(body["features"]) - len(placed))
    keys = place_keys(*np.array(placed).T).tolist()
    assert len(set(keys)) > 10
    assert keys == sorted(keys)


@pytest.mark.parametrize("more", ["", "&device=uxo", "&datetime=2021-01-01/.."])
def test_the_pages_of_a_box_visit_every_feature_once_in_order_and_lead_back(reader, more) -> None:
    ids = walk(reader, f"{ITEMS}?bbox={BOX}&limit=7{more}")
    named = dict(part.split("=") for part in more.split("&") if part)
    assert ids == everything(reader, bbox=BOX, **named)
    assert len(set(ids)) == len(ids) > 7
    last = f"{ITEMS}?bbox={BOX}{more}&limit=7&offset={len(ids) - 7}"
    assert walk(reader, last, rel="prev")[:14] == ids[-7:] + ids[-14:-7]


def test_a_box_is_walked_once_while_others_write(fresh) -> None:
    fresh.register.append([Change("incident", made(n)) for n in range(60)], author="test")
    before = set(everything(fresh.client, bbox=BOX))

    def disturb(seen: int) -> None:
        fresh.register.create(made(1000 + seen), author="test")
        if seen == 8:
            fresh.register.retract("m0001", author="test")

    ids = walk(fresh.client, f"{ITEMS}?bbox={BOX}&limit=4", change=disturb)
    assert len(set(ids)) == len(ids)
    assert before - {"m0001"} <= set(ids)


def test_a_walk_of_a_box_in_the_usual_order_keeps_it(reader) -> None:
    """As a release before boxes were given by place began it."""
    body = reader.get(ITEMS, params={"limit": 20}).json()
    link = next(k["href"] for k in body["links"] if k["rel"] == "next")
    rest = walk(reader, f"{link}&bbox=-180,-90,180,90")
    assert rest == everything(reader)[20:]


def test_a_page_says_its_counts_and_neighbours_in_headers_too(reader) -> None:
    answer = reader.get(ITEMS, params={"limit": 10})
    assert answer.headers["ogc-numbermatched"] == "255"
    assert answer.headers["ogc-numberreturned"] == "10"
    assert 'rel="next"' in answer.headers["link"]


def test_a_file_holds_every_feature_unless_a_limit_is_given(reader) -> None:
    def rows(**params: str) -> int:
        text = reader.get(ITEMS, params={"f": "csv", **params}).text
        return len(text.strip().splitlines()) - 1

    assert rows() == 255
    assert rows(limit="10") == 10
    assert rows(device="uxo") == len(everything(reader, device="uxo"))


@pytest.mark.parametrize("layer", ["incidents", "places", "operations", "districts", "risk"])
def test_the_first_features_tell_the_types_of_the_layer(reader, layer) -> None:
    """QGIS before 3.44 and GDAL 3.6 take geometry and field types from the first ten."""
    features = reader.get(f"/collections/{layer}/items", params={"limit": 10_000}).json()[
        "features"
    ]
    placed = [f["geometry"] is not None for f in features]
    assert placed[:1] == [any(placed)]
    assert placed[10:] == sorted(placed[10:], reverse=True)
    typed = [c.name for c in SCHEMAS[layer].columns if c.kind != "text"]
    for name in typed:
        if any(f["properties"][name] is not None for f in features):
            assert any(f["properties"][name] is not None for f in features[:10]), name


def test_fuller_features_come_first_where_they_are_needed(reader) -> None:
    first = reader.get(ITEMS, params={"limit": 1}).json()["features"][0]
    others = reader.get(ITEMS, params={"limit": 1000}).json()["features"]

    def full(feature) -> int:
        return sum(value is not None for value in feature["properties"].values())

    assert full(first) == max(full(f) for f in others if f["geometry"])


def test_a_walk_keeps_its_order_while_fuller_features_are_written(fresh) -> None:
    """What comes to the front of a new walk does not move within one that is under way."""
    fresh.register.append([Change("incident", made(n)) for n in range(60)], author="test")
    before = set(everything(fresh.client))

    def fill(seen: int) -> None:
        held = fresh.register.snapshot().incident("m0059")
        fuller = held.model_copy(
            update={"uncertainty_m": 5.0, "information_credibility": 1, "note": f"seen {seen}"}
        )
        fresh.register.replace(fuller, author="test")

    ids = walk(fresh.client, f"{ITEMS}?limit=7", change=fill)
    assert sorted(ids) == sorted(before)
    assert everything(fresh.client)[0] != ids[0] or ids[0] == "m0059"
    assert "m0059" in everything(fresh.client)[:10]


def test_a_page_for_people_has_no_more_rows_than_a_browser_bears(
    reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(features, "HTML_ROWS", 150)
    answer = reader.get(f"{ITEMS}?f=html&limit=100000")
    assert answer.headers["OGC-NumberReturned"] == "150"
    assert answer.text.count('<th scope="row">') == 150
    assert "150 shown" in answer.text
    assert 'rel="next"' in answer.headers["link"]
    whole = reader.get(f"{ITEMS}?f=json&limit=100000")
    assert whole.headers["OGC-NumberReturned"] == "255"
