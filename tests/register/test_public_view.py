"""What is restricted is in no public answer: frames, records, histories, differences."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pandas as pd
import pytest

from geodata.errors import NotFound
from geodata.incidents import document
from geodata.model import Casualty, DistrictWeight, Evidence, Incident, Operation, Report
from geodata.register import Change, Register, steps
from geodata.register.log import LogReader
from geodata.risk import RiskParameters, explain
from tests.conftest import founded, make_country
from tests.register.conftest import blast

MARK = "zqx7secret"
LON, LAT = 47.0123456, 40.1654321


def secret_incident(**members: Any) -> Incident:
    """Every free text and name carries the mark, and the coordinate is unmistakable."""
    return blast(
        "s1",
        sensitivity="restricted",
        longitude=LON,
        latitude=LAT,
        uncertainty_m=12.3456,
        coordinate_method="gps",
        where_precision=1,
        country="AZ",
        casualties=(Casualty(group="deminer", affiliation=MARK, outcome="killed", best=1),),
        reports=(Report(report_id=MARK, publisher=MARK, url=f"https://e.org/{MARK}", note=MARK),),
        evidence=(Evidence(field="killed", quote=MARK, chain=MARK),),
        **dict.fromkeys(("date_text", "place_as_reported", "place_id", "district_note"), MARK),
        **dict.fromkeys(("local_time", "description", "note", "external_id"), MARK),
        **members,
    )


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    opened = founded(tmp_path / "data", fill)
    yield opened
    opened.close()


def fill(opened: Register) -> None:
    opened.add_boundaries(make_country(), edition="XX-1", author=MARK)
    opened.create(blast("p1", longitude=47.05, latitude=40.15), author=MARK, reason="fine")
    opened.create(secret_incident(), author=MARK, reason=MARK)


def leaks(text: str) -> bool:
    return MARK in text or "0123456" in text or "1654321" in text or "12.3456" in text


def test_the_public_frame_has_neither_point_nor_text(register: Register) -> None:
    shown = register.snapshot().public().incidents
    row = shown.loc["s1"]

    assert not leaks(shown.to_csv() + shown.geometry.to_wkt().str.cat(na_rep=""))
    assert row["where_precision"] == 4
    assert row["coordinate_method"] == "district"
    assert row["geometry"] is None
    assert row["district_id"] == "XX-A"
    assert row["killed_deminer"] == 1
    assert shown.loc["p1", "longitude"] == 47.05


def test_the_full_view_keeps_it(register: Register) -> None:
    register.snapshot().public().incidents  # noqa: B018 - must not change the full frame
    row = register.snapshot().incidents.loc["s1"]
    assert (row["longitude"], row["note"], row.geometry.x) == (LON, MARK, LON)


def test_the_public_record_has_neither_point_nor_text(register: Register) -> None:
    snapshot = register.snapshot()
    shown = snapshot.public().incident("s1")

    assert not leaks(shown.model_dump_json())
    assert shown.count("killed") == 1
    assert shown.where_precision == 4
    assert snapshot.incident("s1").note == MARK
    assert snapshot.public().incident("p1") == snapshot.incident("p1")


def test_coarser_precision_stays_coarse(register: Register) -> None:
    rough = secret_incident().model_copy(update={"where_precision": 6, "incident_id": "s2"})
    register.create(rough, author="ann")
    public = register.snapshot().public()
    assert public.incidents.loc["s2", "where_precision"] == 6
    assert public.incident("s2").where_precision == 6


def test_a_restricted_place_can_be_dropped_altogether(register: Register) -> None:
    public = register.snapshot().public("drop")
    assert pd.isna(public.incidents.loc["s1", "district_id"])
    assert pd.isna(public.incidents.loc["s1", "districts"])
    assert public.incident("s1").districts == ()
    assert public.key != register.snapshot().public().key
    assert public.incidents.loc["p1", "district_id"] == "XX-A"
    before = [c.before for s in steps(public.history("s1")) for c in s.differences]
    assert [DistrictWeight(district_id="XX-A").model_dump()] not in before


def test_history_hides_what_is_hidden_now(register: Register) -> None:
    register.replace(secret_incident(device="uxo"), author=MARK, reason=MARK)
    told = steps(register.snapshot().public().history("s1"))

    assert not leaks(orjson.dumps(told).decode())
    assert [step.change for step in told] == ["create", "correct"]
    assert [d.field for d in told[1].differences] == ["device"]


def test_what_was_restricted_later_is_hidden_in_its_older_versions_too(
    register: Register,
) -> None:
    open_then = secret_incident().model_copy(update={"incident_id": "s2", "sensitivity": "public"})
    register.create(open_then, author="ann", reason=MARK)
    register.replace(secret_incident().model_copy(update={"incident_id": "s2"}), author="ann")

    told = steps(register.snapshot().public().history("s2"))

    assert not leaks(orjson.dumps(told).decode())


def test_what_was_retracted_is_not_found_in_the_history(register: Register) -> None:
    open_then = secret_incident().model_copy(update={"incident_id": "s2", "sensitivity": "public"})
    register.create(open_then, author="ann")
    register.retract("s2", author="ann", reason=MARK)

    public = register.snapshot().public()
    assert not leaks(orjson.dumps(steps(public.history("s2"))).decode())
    with pytest.raises(NotFound):
        public.incident("s2")


def test_the_public_difference_hides_it_too(register: Register) -> None:
    start = register.snapshot(boundaries="XX-1")
    register.replace(secret_incident(device="uxo"), author=MARK, reason=MARK)
    register.create(
        secret_incident().model_copy(update={"incident_id": "s3"}), author=MARK, reason=MARK
    )
    register.retract("p1", author=MARK)

    found = register.snapshot().public().diff(start.public())

    assert not leaks(repr(found))
    assert [
        [one.record_id for one in part] for part in (found.added, found.changed, found.retracted)
    ] == [["s3"], ["s1"], ["p1"]]


def test_a_change_of_hidden_members_alone_is_no_difference(register: Register) -> None:
    start = register.snapshot()
    moved = secret_incident().model_copy(update={"longitude": 47.09, "note": MARK + "2"})
    register.replace(moved, author="ann")
    assert not register.snapshot().public().diff(start.public()).changed
    assert len(register.snapshot().diff(start).changed) == 1


def test_a_restricted_operation_has_neither_place_nor_text(register: Register) -> None:
    work = Operation(
        operation_id="o1",
        kind="clearance",
        status="under_way",
        organisation=MARK,
        geometry_wkt=f"POINT ({LON} {LAT})",
        report=Report(publisher=MARK),
        note=MARK,
        districts=("XX-A",),
        sensitivity="restricted",
    )
    register.append([Change("operation", work)], author="ann")
    shown = register.snapshot().public().operations
    assert not leaks(shown.to_csv())
    assert shown.loc["o1", "districts"] == "XX-A"
    assert register.snapshot().operations.loc["o1", "note"] == MARK


def test_the_stored_document_is_not_the_public_one(register: Register) -> None:
    """The full record survives being shown publicly."""
    register.snapshot().public().incident("s1")
    assert document(register.get("incident", "s1")) == document(secret_incident())


@pytest.mark.parametrize("public", [False, True])
def test_records_are_read_at_once_and_are_those_read_one_by_one(
    register: Register, monkeypatch: pytest.MonkeyPatch, *, public: bool
) -> None:
    register.append([Change("incident", blast(f"m{n}")) for n in range(9)], author="ann")
    view = register.snapshot().public() if public else register.snapshot()
    ids = list(view.incidents["incident_id"])
    one_by_one = [view.incident(one) for one in ids]
    reads = []
    heads = LogReader.heads
    monkeypatch.setattr(LogReader, "heads", lambda *given: (reads.append(given), heads(*given))[1])
    assert view.records(ids) == one_by_one
    assert len(reads) <= 2
    reads.clear()
    assert explain(view, "XX-A", RiskParameters())["victims"]["rows"]
    assert len(reads) <= 2
    with pytest.raises(NotFound):
        view.records([*ids, "none"])
