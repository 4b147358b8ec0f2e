"""Records at the limits of what the model takes break no page and no layer."""

import re
from datetime import date

import pytest
from starlette.testclient import TestClient

from geodata.codes import Group, values_of
from geodata.plausible import DateRange
from geodata.register import Change, open_register
from service.app import create_app
from service.arcgis.documents import LAYERS
from service.settings import Settings
from service.styles import STYLED
from tests.conftest import make_country, sign_in

LONG, NAME = "ə\t<&\"'%;:)(" * 900, "Ω<&\"'" * 60
MOST = 10_000_000
FORMATS = ("json", "html", "csv", "jsonl", "fgb", "gpkg", "parquet", "xlsx", "kml", "shp")
# Slow to draw and made of what the pages and layers before them are made of.
SLOW = {"/maps/districts.pdf", "/maps/risk.png", "/maps/district/{district_id}.pdf"}
PLAUSIBLE = ("1900-01-01", date.today().isoformat())  # noqa: DTZ011
# What earlier versions took in.
EVER = ("0001-01-01", "9999-12-31")


def casualties(count: int) -> list[dict]:
    return [
        {"group": group, "outcome": outcome, "low": count, "best": count, "high": count,
         "affiliation": NAME}
        for group in values_of(Group)
        for outcome in ("killed", "injured", "unknown")
    ]  # fmt: skip


def incidents(first: str, last: str) -> list[dict]:
    whole = {"record_status": "verified", "date_precision": 1}
    days = {"date_start": first, "date_end": first}
    corner = {"uncertainty_m": 5_000_000.0, "where_precision": 1}
    return [
        whole | days | {"incident_id": "least"},
        whole | {"incident_id": "longest-time", "date_start": first, "date_end": last},
        whole | {"incident_id": "last-day", "date_start": last, "date_end": last,
                 "districts": [{"district_id": "XX-A", "weight": 1.0}]},
        whole | days | {"incident_id": "most", "casualties": casualties(MOST), "description": LONG,
                        "note": LONG, "date_text": LONG, "place_as_reported": LONG,
                        "district_note": LONG, "local_time": "x" * 40, "external_id": NAME,
                        "districts": [{"district_id": "XX-A", "weight": 1e-9},
                                      {"district_id": "XX-B", "weight": 1 - 1e-9}],
                        "reports": [{"publisher": NAME, "title": NAME, "chain": NAME, "note": LONG,
                                     "url": "https://x/" + "a;) (" * 390, "published": first}] * 20,
                        "evidence": [{"field": NAME, "quote": LONG}] * 5},
        whole | days | {"incident_id": "w" * 120, "districts": [
            {"district_id": "nowhere;:" + NAME[:200], "weight": 1.0}]},
        *(
            whole | days | corner | {"incident_id": f"corner-{lon}-{lat}".replace("-", "m"),
                                     "longitude": lon, "latitude": lat}
            for lon in (-180.0, 180.0, 5e-324) for lat in (-90.0, 90.0, -5e-324)
        ),
        whole | days | {"incident_id": "hidden", "sensitivity": "restricted", "longitude": 47.05,
                        "latitude": 40.15, "uncertainty_m": 0.0},
    ]  # fmt: skip


def others(first: str, last: str) -> list[Change]:
    wkt = "MULTIPOLYGON (((47 40, 47.1 40, 47.1 40.1, 47 40)))"
    operations = [
        {"operation_id": "o1", "kind": "clearance", "status": "completed"},
        {"operation_id": "o2", "kind": "survey", "status": "planned", "organisation": NAME,
         "personnel": MOST, "districts": ["XX-A", NAME], "area_planned_m2": 1e300,
         "area_done_m2": 5e-324, "planned_start": first, "planned_end": last,
         "actual_start": last, "actual_end": first, "announced": first, "note": LONG,
         "devices_found": {NAME: MOST, "x": 0}, "hazardous_area": "cha",
         "geometry_wkt": wkt},
        {"operation_id": "o3", "kind": "deployment", "status": "under_way",
         "geometry_wkt": "GEOMETRYCOLLECTION EMPTY", "sensitivity": "restricted"},
    ]  # fmt: skip
    statistics = [
        {"statistic_id": "s1", "metric": NAME, "value": MOST},
        {"statistic_id": "s2", "metric": "people", "value": 0, "period_start": last,
         "period_end": first, "as_of": first, "territory": NAME, "issuer": NAME, "note": LONG,
         "group": "civilian", "outcome": "killed", "districts": ["XX-A", "nowhere"]},
    ]  # fmt: skip
    places = [
        {"place_id": "p1", "name": NAME, "kind": "settlement", "longitude": 180.0,
         "latitude": -90.0, "population": 1e12},
        {"place_id": "p2", "name": "x", "kind": "settlement"},
    ]  # fmt: skip
    return [
        *(Change("operation", one) for one in operations),
        *(Change("statistic", one) for one in statistics),
        *(Change("place", one) for one in places),
    ]


@pytest.fixture(scope="module", params=[PLAUSIBLE, EVER], ids=["plausible", "ever"])
def client(request, tmp_path_factory):
    register = open_register(
        tmp_path_factory.mktemp("limits"), empty=True, dates=DateRange(date.min, date.max)
    )
    register.add_boundaries(make_country(), edition="XX-1", author="test")
    first, last = request.param
    changes = [Change("incident", one) for one in incidents(first, last)]
    register.append([*changes, *others(first, last)], author="a" * 300, reason=LONG[:500])
    app = create_app(Settings(data=tmp_path_factory.mktemp("data")), register)
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as made:
        sign_in(made, "ed", "editor")
        yield made
    register.close()


def templates(client: TestClient) -> set[str]:
    return {
        re.sub(r":(int|path)}", "}", route.path)
        for route in client.app.routes
        if "GET" in getattr(route, "methods", ())
    } - SLOW


def layers_of(client: TestClient) -> list[str]:
    return [one["id"] for one in client.get("/collections?f=json").json()["collections"]]


def addresses(client: TestClient) -> list[str]:
    layers = layers_of(client)
    made = []
    for path in sorted(templates(client)):
        if "{incident_id}" in path or "{feature_id" in path:
            continue
        if "{collection_id}" in path:
            made += [path.format(collection_id=one, **FILLED) for one in layers]
        else:
            made.append(path.format(**FILLED))
    made += [f"/collections/{one}/items?sortby=-{ORDER[one]}" for one in layers if one in ORDER]
    return made


def records(client: TestClient) -> list[str]:
    ids = ("least", "longest-time", "most", "w" * 120, "corner-180.0-90.0")
    pages = [path for path in sorted(templates(client)) if "{incident_id}" in path]
    made = [path.format(incident_id=one, **FILLED) for path in pages for one in ids]
    return [*made, *(f"/collections/incidents/items/{one}" for one in ids)]


def files(client: TestClient) -> list[str]:
    layers = layers_of(client)
    made = [f"/collections/{one}/items?f={form}&limit=1000" for one in layers for form in FORMATS]
    server = "/arcgis/rest/services/hazardmap/FeatureServer"
    made += [f"{server}/{n}{rest}" for n in range(len(LAYERS)) for rest in ("", ALL_OF_A_LAYER)]
    made += [f"/styles/{one}?f={form}" for one in STYLED for form in ("qml", "sld10", "mapbox")]
    return made


FILLED = {
    "district_id": "XX-A", "tile_matrix_set_id": "WebMercatorQuad",
    "tile_matrix": "0", "tile_row": "0", "tile_col": "0",
    "service": "hazardmap", "number": "1", "style_id": "incidents", "record_id": "incidents",
    "suffix": ".json", "moment": "2021-01-01T00:00:00Z", "path": "collections",
    "name": "x", "version": "1", "import_id": "0" * 32, "report_id": "r", "n": "0",
}  # fmt: skip
ALL_OF_A_LAYER = "/query?where=1=1&outFields=*&outSR=102100"
ORDER = {"incidents": "date_start", "risk": "density", "operations": "date_end"}


def broken(client: TestClient, addresses: list[str]) -> dict[str, int]:
    statuses = {}
    for address in addresses:
        answer = client.get(address, headers={"accept": "text/html"})
        statuses[address] = answer.status_code
        if answer.headers.get("content-type", "").startswith("text/html") and "f=" not in address:
            statuses[address] = max(answer.status_code, client.get(address).status_code)
    return {address: status for address, status in statuses.items() if status >= 500}


@pytest.mark.filterwarnings("ignore:Glyph")
def test_no_page_and_no_layer_breaks(client) -> None:
    assert not broken(client, addresses(client))


# Each is made of the rows alone, whose other days are those of every test.
@pytest.mark.parametrize("client", [EVER], ids=["ever"], indirect=True)
def test_no_record_and_no_file_breaks(client) -> None:
    assert not broken(client, [*records(client), *files(client)])
