"""No public output carries what a restricted incident hides: not its point, not a word.

Restricted incidents get unique marks in every free text and a point that nothing else
has. Then every public address is asked, and the answers are searched, files opened.
"""

import base64
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import geopandas as gpd
import pytest
from starlette.testclient import TestClient

from geodata.model import (
    Casualty,
    DistrictWeight,
    Evidence,
    Incident,
    Operation,
    Report,
    Statistic,
)
from geodata.register import Change, Register
from service.app import create_app
from service.settings import Settings
from tests.conftest import founded, squares
from tests.paper import text_of
from tests.register.conftest import blast

MARK = "leakmark"
LON, LAT = 47.037171, 40.155433
NUMBERS = ("47.0371", "40.1554")
"""Digits that no vertex of the public surface happens to begin with: these are many."""


def secret(incident_id: str, *, sensitivity: str = "restricted", note: str = "note") -> Incident:
    """An incident with a mark in every text that a source or reviewer can write."""
    report = Report(
        report_id=f"{MARK}-report",
        publisher=f"{MARK} publisher",
        url=f"https://{MARK}.example/x",
        title=f"{MARK} title",
        chain=f"{MARK} chain",
        note=f"{MARK} report note",
    )
    return Incident(
        incident_id=incident_id,
        record_status="verified",
        date_start=date(2021, 3, 1),
        date_end=date(2021, 3, 1),
        date_text=f"{MARK} date",
        local_time=f"{MARK} time",
        longitude=LON,
        latitude=LAT,
        uncertainty_m=17.0,
        coordinate_method="gps",
        where_precision=1,
        place_as_reported=f"{MARK} place",
        place_id=f"{MARK}-place-id",
        districts=(DistrictWeight(district_id="XX-A"),),
        district_note=f"{MARK} district note",
        device="at_mine",
        casualties=(
            Casualty(group="civilian", affiliation=f"{MARK} people", outcome="injured", best=1),
        ),
        reports=(report,),
        evidence=(Evidence(field="device", quote=f"{MARK} quote", chain=f"{MARK} chain"),),
        sensitivity=sensitivity,  # type: ignore[arg-type]
        description=f"{MARK} description",
        note=f"{MARK} {note}",
        external_id=f"{MARK}-external",
    )


def others(sensitivity: str, version: int | None = None) -> list[Change]:
    """An operation, a statistic and a place with a mark in every text, at the secret point."""
    report = Report(publisher=f"{MARK} publisher", note=f"{MARK} note")
    area = f"POLYGON (({LON} {LAT}, {LON + 0.01} {LAT}, {LON} {LAT + 0.01}, {LON} {LAT}))"
    work = Operation(
        operation_id="SO1",
        kind="clearance",
        status="under_way",
        organisation=f"{MARK} organisation",
        districts=("XX-A",),
        devices_found={f"{MARK} device": 3},
        geometry_wkt=area,
        report=report,
        note=f"{MARK} note",
        sensitivity=sensitivity,  # type: ignore[arg-type]
    )
    claim = Statistic(
        statistic_id="SS1",
        metric=f"{MARK} metric",
        value=77,
        territory=f"{MARK} territory",
        issuer=f"{MARK} issuer",
        report=report,
        note=f"{MARK} note",
        sensitivity=sensitivity,  # type: ignore[arg-type]
    )
    place = {
        "place_id": "SP1",
        "name": f"{MARK} place",
        "aliases": f"{MARK} alias",
        "kind": "city",
        "district_id": "XX-A",
        "population": 900_000.0,
        "longitude": LON,
        "latitude": LAT,
        "sensitivity": sensitivity,
    }
    change: Any = "create" if version is None else "correct"
    return [
        Change("operation", work, change, version),
        Change("statistic", claim, change, version),
        Change("place", place, change, version),
    ]


def public_country(register: Register) -> None:
    """A country of four squares: five incidents, and one record of each other kind."""
    squares(register)
    for number, day in enumerate(("2020-02-01", "2020-05-01", "2020-09-01", "2021-01-01")):
        register.create(blast(f"b{number}", date_start=day, date_end=day), author="ann")
    register.create(blast("b4", longitude=47.15, latitude=40.05, where_precision=1), author="ann")
    work = Operation(operation_id="O1", kind="clearance", status="completed", districts=("XX-B",))
    place = {"place_id": "P1", "name": "Qala", "kind": "city", "district_id": "XX-B"}
    where = {"longitude": 47.17, "latitude": 40.17, "population": 30_000.0}
    claim = Statistic(statistic_id="S1", metric="people killed", value=7)
    changes = (("operation", work), ("statistic", claim), ("place", place | where))
    register.append([Change(kind, one) for kind, one in changes], author="ann")


def plant(register: Register) -> None:
    """Record what has to stay hidden, also what was public first."""
    public_country(register)
    author = f"{MARK}-author"
    register.create(secret("R1"), author=author, reason=f"{MARK} reason")
    register.replace(secret("R1", note="again"), author=author, reason=f"{MARK} reason")
    # R2 was public first: what was said then must not be found by asking for the past.
    register.create(secret("R2", sensitivity="public"), author=author, reason=f"{MARK} reason")
    register.replace(secret("R2"), author=author, reason=f"{MARK} reason")
    register.create(secret("R3"), author=author, reason=f"{MARK} reason")
    register.retract("R3", author=author, reason=f"{MARK} reason")
    # So were these.
    register.append(others("public"), author=author, reason=f"{MARK} reason")
    register.append(others("restricted", 1), author=author, reason=f"{MARK} reason")


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Register]:
    """One register for all walks: they only read."""
    opened = founded(tmp_path_factory.mktemp("leaks") / "data", plant)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def public(register: Register, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The application as everybody sees it, on a register with secrets."""
    settings = Settings(data=tmp_path_factory.mktemp("service"))
    with TestClient(create_app(settings, register), raise_server_exceptions=False) as client:
        yield client


def texts(content: bytes) -> Iterator[str]:
    """The content as text, with what is packed inside unpacked."""
    plain = content.decode("utf-8", "ignore")
    yield plain
    # In the bytes of a PDF what looks like Base64 is none.
    found = [] if content[:5] == b"%PDF-" else re.findall(r">([A-Za-z0-9+/=\s]{200,})<", plain)
    for packed in found:
        data = base64.b64decode(packed)
        yield data.decode("utf-8", "ignore")
        try:
            yield zlib.decompress(data).decode("utf-8", "ignore")
        except zlib.error:
            continue
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield archive.read(name).decode("utf-8", "ignore")
    if content[:5] == b"%PDF-":
        yield text_of(content)


def assert_tight(address: str, content: bytes) -> None:
    for text in texts(content):
        found = text.lower().find(MARK)
        assert found < 0, f"{address}: …{text[max(0, found - 80) : found + 40]}…"
        for number in NUMBERS:
            found = text.find(number)
            assert found < 0, f"{address}: …{text[max(0, found - 80) : found + 40]}…"


def paths(client: TestClient) -> list[str]:
    """Every readable address of the application, with its holes filled."""
    values = {
        "collection_id": [
            *("incidents", "risk", "risk-surface", "operations", "statistics", "places"),
        ],
        "feature_id": ["R1", "R2", "R3", "SO1", "SS1", "SP1"],
        "incident_id": ["R1", "R2", "R3"],
        "district_id": ["XX-A"],
        "tile_matrix_set_id": ["WebMercatorQuad"],
        "tile_matrix": ["6"],
        "tile_row": ["24"],
        "tile_col": ["40"],
        "size": ["A4"],
    }
    found = []
    for path in templates(client):
        filled = [path]
        for hole in re.findall(r"{(\w+)(?::path)?}", path):
            filled = [
                re.sub(rf"{{{hole}(:path)?}}", value, p)
                for p in filled
                for value in values.get(hole, ["x"])
            ]
        found += filled
    return found


def templates(client: TestClient) -> list[str]:
    routes = client.app.routes  # type: ignore[attr-defined]
    return sorted({one.path for one in routes if "GET" in (getattr(one, "methods", None) or ())})


def test_no_address_leaks(public: TestClient) -> None:
    asked = 0
    for path in paths(public):
        for accept in ("application/json", "text/html"):
            answer = public.get(path, headers={"Accept": accept})
            assert answer.status_code != 500, path
            assert_tight(f"{path} as {accept}", answer.content)
            assert_tight(f"{path} headers", str(answer.headers).encode())
            asked += 1
    assert asked > 60


@pytest.mark.parametrize(
    "key", ["json", "html", "csv", "jsonl", "fgb", "gpkg", "parquet", "arrow", "xlsx", "kml", "shp"]
)
def test_no_format_leaks(public: TestClient, tmp_path: Path, key: str) -> None:
    for layer in ("operations", "statistics", "places"):
        answer = public.get(f"/collections/{layer}/items?f={key}&limit=10000")
        assert answer.status_code in (200, 400, 406), answer.text
        assert_tight(f"{layer} as {key}", answer.content)
    answer = public.get(f"/collections/incidents/items?f={key}&limit=1000")
    assert answer.status_code == 200
    assert_tight(key, answer.content)
    if key in ("fgb", "gpkg", "parquet", "shp"):
        path = tmp_path / f"file.{'zip' if key == 'shp' else key}"
        path.write_bytes(answer.content)
        frame = gpd.read_parquet(path) if key == "parquet" else gpd.read_file(path)
        assert len(frame) == 7
        assert_tight(key, frame.to_csv().encode())


@pytest.mark.parametrize(
    "address",
    [
        "/maps/risk",
        "/maps/risk.html",
        "/maps/risk.pdf",
        "/maps/embed",
        "/maps/districts/XX-A.pdf",
        "/risk/XX-A/explain",
        "/diff?from=2020-01-01&to=2100-01-01",
        "/incidents/R2/history",
        "/reconciliation",
    ],
)
def test_no_map_or_report_leaks(public: TestClient, address: str) -> None:
    answer = public.get(address)
    assert answer.status_code < 500
    assert_tight(address, answer.content)


def test_a_record_that_was_public_once_hides_in_the_past_too(
    public: TestClient, register: Register
) -> None:
    for revision in (*register.history("R2"), *register.history("SP1", "place")):
        moment = quote(revision.recorded_at.isoformat())
        for address in (
            f"/collections/incidents/items?as-of={moment}&limit=1000",
            f"/collections/operations/items?as-of={moment}&limit=1000",
            f"/collections/statistics/items?as-of={moment}&limit=1000",
            f"/collections/places/items?as-of={moment}&limit=10000",
            f"/collections/incidents/items/R2?as-of={moment}",
            f"/risk/XX-A/explain?as-of={moment}",
            f"/maps/risk?as-of={moment}",
        ):
            answer = public.get(address)
            assert answer.status_code in (200, 404), answer.text
            assert_tight(address, answer.content)


ORACLES = (
    f"description LIKE '{MARK}%'",
    f"place_as_reported LIKE '%{MARK}%'",
    f"external_id = '{MARK}-external'",
    f"sources LIKE '%{MARK}%'",
    f"longitude > {LON - 0.001} AND longitude < {LON + 0.001}",
    f"S_INTERSECTS(geometry, POINT({LON} {LAT}))",
    f"S_INTERSECTS(geometry, BBOX({LON - 0.01}, {LAT - 0.01}, {LON + 0.01}, {LAT + 0.01}))",
    "uncertainty_m = 17",
)


@pytest.mark.parametrize("condition", ORACLES)
def test_a_filter_is_no_oracle(public: TestClient, condition: str) -> None:
    answer = public.get(f"/collections/incidents/items?filter={quote(condition)}")
    assert answer.status_code == 200, answer.text
    assert answer.json()["numberMatched"] == 0
    risk = public.get(f"/collections/risk/items?where={quote(condition)}&limit=100").json()
    assert sum(f["properties"]["incidents"] for f in risk["features"]) == 0


def test_a_box_a_parameter_and_an_order_are_no_oracles(public: TestClient) -> None:
    # What has no geometry belongs to every box, so a box at the point finds no more than one
    # at the other end of the world.
    boxes = (f"{LON - 0.01},{LAT - 0.01},{LON + 0.01},{LAT + 0.01}", "-150,-40,-149,-39")
    here, far = (public.get(f"/collections/incidents/items?bbox={box}").json() for box in boxes)
    assert [f["id"] for f in here["features"]] == [f["id"] for f in far["features"]]
    located = public.get(
        "/collections/incidents/items", params={"bbox": boxes[0], "filter": "geometry IS NOT NULL"}
    )
    assert located.json()["numberMatched"] == 0
    equal = public.get(f"/collections/incidents/items?external_id={MARK}-external").json()
    assert equal["numberMatched"] == 0
    ordered = public.get("/collections/incidents/items?sortby=-longitude&limit=1000").json()
    ids = [f["id"] for f in ordered["features"]]
    plain = public.get("/collections/incidents/items?sortby=-incident_id&limit=1000").json()
    assert set(ids) == {f["id"] for f in plain["features"]}
    assert_tight("sorted", str(ordered).encode())


def test_a_tile_at_the_point_holds_nothing(public: TestClient) -> None:
    # WebMercatorQuad zoom 12: the tile that holds the restricted point.
    row, column = 1548, int((LON + 180) / 360 * 4096)
    answer = public.get(f"/collections/incidents/tiles/WebMercatorQuad/12/{row}/{column}")
    assert answer.status_code in (200, 204)
    assert_tight("tile", answer.content)
    for layer in ("operations", "places"):
        answer = public.get(f"/collections/{layer}/tiles/WebMercatorQuad/12/{row}/{column}")
        assert_tight(f"tile of {layer}", answer.content)
    near = [
        public.get(f"/collections/incidents/tiles/WebMercatorQuad/12/{r}/{column}").status_code
        for r in range(1540, 1557)
    ]
    assert set(near) == {204}


def test_an_analyst_sees_what_the_public_does_not(public: TestClient) -> None:
    key = public.app.state.keys.add("analyst", "analyst")  # type: ignore[attr-defined]
    answer = public.get(
        "/collections/incidents/items/R1", headers={"Authorization": f"Bearer {key}"}
    )
    assert answer.json()["geometry"]["coordinates"] == [LON, LAT]
    assert MARK in answer.json()["properties"]["description"]
    assert "private" in answer.headers.get("cache-control", "private")


def test_the_counts_are_the_same_for_everybody(public: TestClient) -> None:
    key = public.app.state.keys.add("second", "analyst")  # type: ignore[attr-defined]
    address = "/collections/risk/items/XX-A"
    seen = public.get(address).json()["properties"]["incidents"]
    full = public.get(address, headers={"Authorization": f"Bearer {key}"}).json()
    assert seen == full["properties"]["incidents"] == 7


def test_errors_and_logs_say_nothing(public: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        for address in ("/collections/incidents/items/R9", "/incidents/R9", "/risk/XX/explain"):
            assert_tight(address, public.get(address).content)
        public.put("/collections/incidents/items/R1", json={"type": "Feature", "properties": {}})
    assert MARK not in caplog.text.lower()


def test_the_place_of_a_restricted_incident_can_be_dropped(tmp_path: Path) -> None:
    register = founded(tmp_path / "data", public_country)
    register.create(secret("R1"), author="a")
    settings = Settings(data=tmp_path / "data", restricted_location="drop")
    with TestClient(create_app(settings, register)) as client:
        seen = client.get("/collections/incidents/items/R1").json()["properties"]
        assert seen["districts"] is None
        risk = client.get("/collections/risk/items/XX-A").json()["properties"]
        assert risk["incidents"] == 5
        told = client.get("/incidents/R1/history").text
        assert "injured" in told
        assert "XX-A" not in told
    register.close()
