"""The FeatureServer gives what the other doors give, in Esri's words."""

import json
import re
from itertools import pairwise
from urllib.parse import urlencode

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from geodata.crs import parse_crs, transform_xy
from geodata.errors import InvalidInput
from geodata.filters import compile_filter
from geodata.model import Casualty, DistrictWeight, Incident
from geodata.register import Change
from geodata.schemas import INCIDENTS, conform
from service.app import create_app
from service.arcgis.documents import LAYERS, OBJECT_ID, object_ids
from service.arcgis.query import read_where
from service.drawing.palette import CLASS_COLOURS
from service.settings import Settings
from tests.conftest import founded

SERVER = "/arcgis/rest/services/hazardmap/FeatureServer"
NUMBERS = {layer.collection.id.split(":")[1]: layer.number for layer in reversed(LAYERS)}


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    """The founding incidents, and some with points, one of them restricted; read only."""
    folder = tmp_path_factory.mktemp("arcgis")
    register = founded(folder)
    changes = [
        Change(
            "incident",
            Incident(
                incident_id=f"P{n}", date_start=f"2021-0{n + 1}-01", date_end=f"2021-0{n + 1}-01",
                longitude=46.5 + n / 10, latitude=39.9, where_precision=1, device="uxo",
                coordinate_method="gps", districts=(DistrictWeight(district_id="AZ-AGM"),),
                casualties=(Casualty(outcome="killed", best=n),) if n else (),
                sensitivity="restricted" if n == 3 else "public",
                description="a secret mark" if n == 3 else None,
            ),
        )
        for n in range(5)
    ]  # fmt: skip
    register.append(changes, author="test")
    with TestClient(create_app(Settings(data=folder), register)) as client:
        yield client
    register.close()


def ask(client, layer: str, **parameters) -> dict:
    answer = client.get(f"{SERVER}/{NUMBERS[layer]}/query", params=parameters)
    assert answer.status_code == 200
    return answer.json()


def test_every_layer_describes_itself(held) -> None:
    service = held.get(SERVER).json()
    listed = service["layers"] + service["tables"]
    assert sorted(one["id"] for one in listed) == list(range(len(LAYERS)))
    assert [one["name"] for one in service["tables"]] == ["Statistics"]
    for one in listed:
        found = held.get(f"{SERVER}/{one['id']}").json()
        assert found["objectIdField"] == OBJECT_ID
        assert found["fields"][0]["type"] == "esriFieldTypeOID"
        count = held.get(f"{SERVER}/{one['id']}/query?where=1=1&returnCountOnly=true").json()
        assert count["count"] >= 0
    assert held.get("/arcgis/rest/info").json()["authInfo"]["isTokenBasedSecurity"] is False
    assert held.get("/arcgis/rest/services").json()["services"][0]["type"] == "FeatureServer"


def test_a_layer_is_drawn_as_on_the_map(held) -> None:
    found = held.get(f"{SERVER}/{NUMBERS['risk']}").json()["drawingInfo"]["renderer"]
    values = {one["value"]: one["symbol"] for one in found["uniqueValueInfos"]}
    red, green, blue, _ = values["very_high"]["color"]
    assert f"#{red:02x}{green:02x}{blue:02x}" == CLASS_COLOURS[-1]
    assert values["no_information"]["style"] == "esriSFSForwardDiagonal"
    assert "'very_high'" in found["valueExpression"]


@pytest.mark.parametrize(
    ("where", "filter_"),
    [
        ("1=1", "incident_id IS NOT NULL"),
        ("killed > 0 AND device = 'uxo'", "killed > 0 AND device = 'uxo'"),
        ("killed IS NULL", "killed IS NULL"),
        ("KILLED <> 2", "killed <> 2"),
        ("date_start >= DATE '2021-02-01'", "date_start >= DATE('2021-02-01')"),
        (
            "date_start BETWEEN TIMESTAMP '2021-01-01 00:00:00' AND DATE '2021-02-28'",
            "date_start BETWEEN DATE('2021-01-01') AND DATE('2021-02-28')",
        ),
        (
            "date_end < TIMESTAMP '2021-02-01 12:30:00'",
            "date_end < TIMESTAMP('2021-02-01T12:30:00Z')",
        ),
        ("UPPER(incident_id) LIKE UPPER('p%')", "CASEI(incident_id) LIKE CASEI('p%')"),
        ("device IN ('uxo') AND NOT killed=1", "device IN ('uxo') AND NOT killed=1"),
        ("UPPER(device) = 'UXO'", "device = 'uxo'"),
        ("'UXO' = upper( device )", "device = 'uxo'"),
        ("UPPER(device) = 'uxo'", "device = 'UXO'"),  # in SQL nothing either
        ("LOWER(device) <> 'uxo'", "device <> 'uxo'"),
        (
            "UPPER(device) IN ('UXO', 'AT_MINE') AND killed >= 0",
            "device IN ('uxo', 'at_mine') AND killed >= 0",
        ),
        ("UPPER(incident_id) NOT LIKE 'P%'", "CASEI(incident_id) NOT LIKE CASEI('p%')"),
        ("UPPER(device) BETWEEN 'UXN' AND 'UXP' OR device='UXO'", "device = 'uxo'"),
        ("device = N'uxo'", "device = 'uxo'"),
    ],
)  # fmt: skip
def test_where_selects_what_the_filter_of_the_items_selects(held, where, filter_) -> None:
    query = urlencode({"filter": filter_, "limit": 1000})
    items = held.get(f"/collections/incidents/items?{query}").json()["features"]
    found = ask(held, "incidents", where=where, outFields="incident_id")["features"]
    assert {f["attributes"]["incident_id"] for f in found} == {f["id"] for f in items}


DAYS = [f"2021-0{month}-{day}" for month in range(1, 6) for day in ("01", "15")]
ROWS = conform(
    pd.DataFrame(
        {
            "incident_id": [f"P{n}" for n in range(20)],
            "date_start": [DAYS[n % 10] for n in range(20)],
            "date_end": [DAYS[(n + n % 3) % 10] for n in range(20)],
            "killed": [None, 0, 1, 2, 3] * 4,
            "device": ["uxo", "at_mine", None, "ap_mine"] * 5,
            "place_as_reported": ["Ağdam", None, "O'Hara", "x%", "", "a_b", "ax b"] * 2
            + [None] * 6,
        }
    ),
    INCIDENTS,
)
TEXTS = st.sampled_from(["uxo", "at_mine", "O'Hara", "x%", "", "Ağdam", "P1"])


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@st.composite
def comparisons(draw) -> tuple[str, str]:
    """One comparison as a FeatureServer's clients write it, and as the filter language has it."""
    kind = draw(
        st.sampled_from(["number", "text", "day", "moment", "null", "in", "like", "between"])
    )
    name = {"number": "killed", "day": "date_start", "moment": "date_end", "between": "killed"}.get(
        kind, draw(st.sampled_from(["device", "place_as_reported", "incident_id"]))
    )
    written = draw(st.sampled_from([name, name.upper(), name.title(), f'"{name}"']))
    way = draw(st.sampled_from(["=", "<>", "!=", "<", "<=", ">", ">="]))
    cql = way.replace("!=", "<>")
    if kind == "number":
        value = draw(st.integers(-1, 4))
        return f"{written}{way}{value}", f"{name} {cql} {value}"
    if kind == "text":
        value = quoted(draw(TEXTS))
        return f"{written} {way}{value}", f"{name} {cql} {value}"
    if kind == "day":
        day = draw(st.sampled_from(DAYS))
        sql = draw(
            st.sampled_from([f"DATE '{day}'", f"date '{day}'", f"TIMESTAMP '{day} 00:00:00'"])
        )
        return f"{written} {way} {sql}", f"{name} {cql} DATE('{day}')"
    if kind == "moment":
        day, time = draw(st.sampled_from(DAYS)), draw(st.sampled_from(["12:30:00", "00:00:01"]))
        return (
            f"{written} {way} timestamp '{day} {time}'",
            f"{name} {cql} TIMESTAMP('{day}T{time}Z')",
        )
    if kind == "null":
        no = draw(st.sampled_from(["", "NOT "]))
        return f"{written} is {no}null", f"{name} IS {no}NULL"
    if kind == "in":
        values = ", ".join(map(quoted, draw(st.lists(TEXTS, min_size=1, max_size=3))))
        return f"{written} IN ({values})", f"{name} IN ({values})"
    if kind == "like":
        pattern = quoted(draw(st.sampled_from(["%x%", "P_", "a\\_b", "o'%", "%"])))
        fold = draw(st.sampled_from([("", ""), ("UPPER", "CASEI"), ("lower", "CASEI")]))
        sides = (
            f"{fold[0]}({written}) LIKE {fold[0]}({pattern})",
            f"{fold[1]}({name}) LIKE {fold[1]}({pattern})",
        )
        return sides if fold[0] else (f"{written} LIKE {pattern}", f"{name} LIKE {pattern}")
    low, high = sorted(draw(st.tuples(st.integers(-1, 4), st.integers(-1, 4))))
    return f"{written} BETWEEN {low} AND {high}", f"{name} BETWEEN {low} AND {high}"


def joined(pairs):
    """Conditions of conditions, alike in both languages."""
    both = st.tuples(pairs, st.sampled_from(["AND", "OR", "and", "or"]), pairs)
    return both.map(
        lambda b: (f"({b[0][0]} {b[1]} {b[2][0]})", f"({b[0][1]} {b[1].upper()} {b[2][1]})")
    ) | pairs.map(lambda one: (f"NOT ({one[0]})", f"NOT ({one[1]})"))


def selected(filter_) -> list[str]:
    """Ids of the rows that a filter selects."""
    return list(ROWS["incident_id"] if filter_ is None else ROWS["incident_id"][filter_.mask(ROWS)])


@given(st.recursive(comparisons(), joined, max_leaves=6))
def test_a_where_selects_what_the_registers_own_filter_selects(pair: tuple[str, str]) -> None:
    where, filter_ = pair
    expected = selected(compile_filter(filter_, "cql2-text", INCIDENTS))
    assert selected(read_where(where, INCIDENTS)) == expected


def read(text: str):
    """Read a condition: what it selects by, or the error that says why it is none."""
    try:
        return read_where(text, INCIDENTS)
    except InvalidInput as error:
        return error


@given(st.text(max_size=60))
def test_a_where_that_is_none_is_refused_in_words(text: str) -> None:
    found = read(text)
    if isinstance(found, InvalidInput):
        assert found.code in ("bad-where", "bad-filter")
        assert len(found.message) > 20
    else:
        # Nothing means all but no text and the clients' own word for it.
        assert found is not None or re.fullmatch(r"\s*(1\s*=\s*1)?\s*", text)


def test_pages_hold_every_feature_once(held) -> None:
    seen, offset = [], 0
    while True:
        page = ask(held, "places", outFields="place_id", resultRecordCount=100, resultOffset=offset)
        seen += [f["attributes"][OBJECT_ID] for f in page["features"]]
        offset += 100
        if not page.get("exceededTransferLimit"):
            break
    numbers = ask(held, "places", returnIdsOnly="true")["objectIds"]
    assert sorted(seen) == sorted(numbers)
    assert len(set(seen)) == len(seen) == ask(held, "places", returnCountOnly="true")["count"]


@given(st.lists(st.text(min_size=1, max_size=12), unique=True, min_size=1, max_size=30))
def test_a_number_stays_with_its_id_whatever_comes_beside(ids: list[str]) -> None:
    numbers = object_ids(ids).tolist()
    assert len(set(numbers)) == len(ids)
    assert object_ids(ids[::-1]).tolist() == numbers[::-1]
    assert all(0 < number < 2**31 for number in numbers)


def test_a_box_holds_what_lies_in_it_and_nothing_else(held) -> None:
    found = ask(held, "incidents", geometry="46.55,39,46.75,40", outFields="incident_id")
    assert {f["attributes"]["incident_id"] for f in found["features"]} == {"P1", "P2"}
    assert found["features"][0]["geometry"]["y"] == 39.9
    ring = [[46.55, 39], [46.55, 40], [46.65, 40], [46.65, 39], [46.55, 39]]
    polygon = json.dumps({"rings": [ring], "spatialReference": {"wkid": 4326}})
    found = ask(held, "incidents", geometry=polygon, geometryType="esriGeometryPolygon")
    assert len(found["features"]) == 1


def test_web_mercator_is_understood_and_given(held) -> None:
    box = {"xmin": 5.18e6, "ymin": 4.7e6, "xmax": 5.205e6, "ymax": 4.9e6}
    box["spatialReference"] = {"wkid": 102100, "latestWkid": 3857}
    found = ask(held, "incidents", geometry=json.dumps(box), outSR=102100, outFields="*")
    assert {f["attributes"]["incident_id"] for f in found["features"]} == {"P1", "P2"}
    assert found["spatialReference"] == {"wkid": 102100, "latestWkid": 3857}
    assert found["features"][0]["geometry"]["x"] == pytest.approx(5_187_488, abs=1)


def test_statistics_are_of_what_is_known(held) -> None:
    asked = json.dumps(
        [
            {"statisticType": kind, "onStatisticField": "killed", "outStatisticFieldName": kind}
            for kind in ("sum", "count", "max", "avg")
        ]
    )
    found = ask(
        held, "incidents", where="incident_id LIKE 'P%'", outStatistics=asked,
        groupByFieldsForStatistics="sensitivity",
    )  # fmt: skip
    by_group = {f["attributes"]["sensitivity"]: f["attributes"] for f in found["features"]}
    assert by_group["public"] == {
        "sensitivity": "public", "sum": 7, "count": 3, "max": 4, "avg": pytest.approx(7 / 3),
    }  # fmt: skip
    nobody = ask(held, "incidents", where="incident_id='P0'", outStatistics=asked)
    assert nobody["features"][0]["attributes"]["sum"] is None


def test_times_are_milliseconds_and_nothing_is_null(held) -> None:
    found = ask(held, "incidents", where="incident_id='P0'", outFields="*")["features"][0]
    assert found["attributes"]["date_start"] == 1609459200000
    assert found["attributes"]["killed"] is None
    moment = "1612137600000,1614556799000"
    within = ask(held, "incidents", time=moment, where="incident_id LIKE 'P%'", outFields="*")
    assert [f["attributes"]["incident_id"] for f in within["features"]] == ["P1"]


def test_areas_have_their_outer_ring_clockwise(held) -> None:
    found = ask(held, "districts", where="district_id='AZ-AGM'", outSR=102100)
    (feature,) = found["features"]
    assert sum(_doubled_area(ring) for ring in feature["geometry"]["rings"]) < 0
    geojson = ask(held, "districts", where="district_id='AZ-AGM'", f="geojson")
    assert geojson["features"][0]["geometry"]["type"] == "MultiPolygon"


def _doubled_area(ring: list[list[float]]) -> float:
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairwise(ring))


def test_distinct_values_ids_and_extent(held) -> None:
    found = ask(
        held, "incidents", outFields="device", returnDistinctValues="true", returnGeometry="false"
    )
    devices = [f["attributes"]["device"] for f in found["features"]]
    assert len(devices) == len(set(devices)) > 1
    ids = ask(held, "incidents", where="incident_id LIKE 'P%'", returnIdsOnly="true")["objectIds"]
    some = ask(held, "incidents", objectIds=",".join(map(str, ids[:2])), outFields="*")
    assert len(some["features"]) == 2
    around = ask(held, "incidents", where="incident_id IN ('P1','P2')", returnExtentOnly="true")
    assert (around["extent"]["xmin"], around["extent"]["xmax"]) == (46.6, 46.7)


def test_what_is_restricted_is_not_given(held) -> None:
    answer = held.get(f"{SERVER}/{NUMBERS['incidents']}/query?where=1=1&outFields=*").text
    assert "a secret mark" not in answer
    assert "46.8" not in answer


@pytest.mark.parametrize(
    ("path", "parameters", "code"),
    [
        ("/99", {}, 404),
        ("/x/query", {}, 404),
        ("/0/query", {"where": "killed >"}, 400),
        ("/0/query", {"where": "' OR 1=1"}, 400),
        ("/0/query", {"geometry": "1,2,3"}, 400),
        ("/0/query", {"geometry": '{"rings": [[["a", 1]]]}'}, 400),
        ("/0/query", {"geometry": "[" * 5000}, 400),
        ("/0/query", {"outFields": "nothing"}, 400),
        ("/0/query", {"outStatistics": "x"}, 400),
        ("/0/query", {"outStatistics": '{"statisticType":"mode","onStatisticField":"name"}'}, 400),
        ("/0/query", {"outStatistics": '[{"statisticType":"avg","onStatisticField":"name"}]'}, 400),
        ("/0/query", {"outSR": "1"}, 400),
        ("/0/query", {"outSR": "x"}, 400),
        ("/0/query", {"time": "now"}, 400),
        ("/0/query", {"resultOffset": "-1"}, 400),
        ("/0/query", {"objectIds": "a"}, 400),
        ("/0/query", {"orderByFields": "nothing ASC"}, 400),
        ("/0/query", {"quantizationParameters": "{}"}, 400),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_said_in_esris_way(held, path, parameters, code) -> None:
    answer = held.get(SERVER + path, params=parameters)
    assert answer.status_code == 200
    assert answer.json()["error"]["code"] == code


def test_a_long_query_may_be_posted(held) -> None:
    where = " OR ".join(f"incident_id='P{n}'" for n in range(300))
    answer = held.post(
        f"{SERVER}/{NUMBERS['incidents']}/query",
        data={"where": where, "returnCountOnly": "true", "f": "json"},
    )
    assert answer.json() == {"count": 5}


DEGREE_M = 20_037_508.342789244 / 180
BOX = {"geometry": "46,39.2,47.5,40.4", "geometryType": "esriGeometryEnvelope", "inSR": "4326"}


def box_of(west: float, east: float, wkid: int) -> dict:
    """The same parallels between other meridians, in degrees or in Web Mercator."""
    if wkid == 4326:
        return {"geometry": f"{west},39.2,{east},40.4", "inSR": "4326"}
    (_, y) = transform_xy(
        [46.0, 46.0], [39.2, 40.4], parse_crs("OGC:CRS84"), parse_crs("EPSG:3857")
    )
    sides = {"xmin": west * DEGREE_M, "ymin": y[0], "xmax": east * DEGREE_M, "ymax": y[1]}
    return {"geometry": json.dumps(sides | {"spatialReference": {"wkid": 102100}})}


@pytest.mark.parametrize("wkid", [4326, 102100])
def test_a_map_drawn_more_than_once_round_the_world_finds_what_is_there(held, wkid: int) -> None:
    def count(west: float, east: float) -> int:
        return ask(held, "incidents", returnCountOnly="true", **box_of(west, east, wkid))["count"]

    here = count(46, 47.5)
    assert here > 0
    for turn in (-360, 360):
        assert count(46 + turn, 47.5 + turn) == here
    assert count(-360, 360) == count(-180, 180) >= here
    assert count(40, 190) >= here
    assert count(170, 190) == 0


def test_a_distance_is_measured_and_never_passed_over(held) -> None:
    point = {"geometry": "46.95,39.9", "geometryType": "esriGeometryPoint"}

    def near(**asked: str) -> set[str]:
        found = ask(held, "incidents", outFields="incident_id", **point, **asked)
        return {f["attributes"]["incident_id"] for f in found["features"]}

    query = urlencode({"filter": "S_DWITHIN(geometry, POINT(46.95 39.9), 30000, 'm')"})
    items = held.get(f"/collections/incidents/items?{query}&limit=1000").json()["features"]
    assert near() == set()
    assert near(distance="30000") == {f["id"] for f in items} != set()
    assert near(distance="30", units="esriSRUnit_Kilometer") == near(distance="30000")
    assert near(distance="1e7", units="esriSRUnit_Foot") >= near(distance="30000")


@pytest.mark.parametrize(
    "asked",
    [
        {"geometry": '{"xmin":"NaN","ymin":1,"xmax":2,"ymax":3}'},
        BOX | {"spatialRel": "esriSpatialRelRelation", "relationParam": "T*T***T**"},
        BOX | {"spatialRel": "esriSpatialRelNope"},
        BOX | {"distance": "-1"},
        BOX | {"distance": "5", "units": "esriSRUnit_Ell"},
        {"having": "COUNT(killed) > 1"},
        {"historicMoment": "1606089600000"},
    ],
)
def test_what_chooses_and_is_not_understood_is_refused(held, asked: dict) -> None:
    assert ask(held, "incidents", **asked)["error"]["code"] == 400


def test_relations_are_those_of_the_filter(held) -> None:
    ring = [[46, 39], [46, 41], [47.2, 41], [47.2, 39], [46, 39]]
    place = {"geometry": json.dumps({"rings": [ring]}), "geometryType": "esriGeometryPolygon"}
    wkt = "POLYGON((46 39, 47.2 39, 47.2 41, 46 41, 46 39))"
    relations = {"Contains": "S_WITHIN", "Overlaps": "S_OVERLAPS", "Touches": "S_TOUCHES"}
    for name, function in relations.items():
        query = urlencode({"filter": f"{function}(geometry, {wkt})", "limit": 100})
        items = held.get(f"/collections/districts/items?{query}").json()["features"]
        asked = place | {"spatialRel": f"esriSpatialRel{name}", "returnCountOnly": "true"}
        assert ask(held, "districts", **asked)["count"] == len(items)


def test_statistics_are_ordered_by_their_own_names_and_counted(held) -> None:
    count = {"statisticType": "count", "onStatisticField": OBJECT_ID}
    asked = {
        "outStatistics": json.dumps([count | {"outStatisticFieldName": "n"}]),
        "groupByFieldsForStatistics": "device",
    }
    rows = ask(held, "incidents", orderByFields="N desc, device", **asked)["features"]
    numbers = [row["attributes"]["n"] for row in rows]
    assert len(numbers) > 1
    assert numbers == sorted(numbers, reverse=True)
    assert ask(held, "incidents", returnCountOnly="true", **asked) == {"count": len(rows)}
    distinct = {"returnDistinctValues": "true", "outFields": "device"}
    assert ask(held, "incidents", returnCountOnly="true", **distinct) == {"count": len(rows)}
    assert "error" in ask(held, "incidents", orderByFields="killed", **asked)
