"""Frames, records and SQL show the same of a restricted record: one table says what."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from geodata.incidents import incidents_frame, operations_frame
from geodata.model import Casualty, DistrictWeight, Evidence, Incident, Operation, Report, Statistic
from geodata.register import Change, Register
from geodata.register.projection import _COLUMNS
from geodata.register.public import (
    OMITTED,
    PUBLIC_PREFIX,
    TABLE,
    gives_away,
    public_id,
    public_incidents,
    public_record,
)
from tests.laws import examples
from tests.register.conftest import blast

KEY = bytes(range(64))
LOCATIONS = ["district", "drop"]
WORD = st.text("abcKLM-19 ş", min_size=1, max_size=8)
MAYBE = st.none() | WORD
PLACED = st.sampled_from([(), ("XX-A",), ("XX-A", "XX-B")])


@st.composite
def incidents(draw: st.DrawFn) -> list[Incident]:
    """A few incidents with every member that may be withheld, of either sensitivity."""
    made = []
    for number in range(draw(st.integers(1, 3))):
        districts = draw(PLACED)
        members: dict[str, Any] = {
            name: draw(MAYBE)
            for name in ("date_text", "place_as_reported", "district_note", "description", "note")
        }
        external = draw(MAYBE)
        own = f"i{number}" if external is None else f"set-{external.replace(' ', '-')}.{number}"
        if draw(st.booleans()):
            members |= {"longitude": draw(st.floats(46, 48)), "latitude": draw(st.floats(39, 41))}
        made.append(
            blast(
                own,
                external_id=external,
                sensitivity=draw(st.sampled_from(["public", "restricted"])),
                where_precision=draw(st.integers(1, 7)),
                coordinate_method=draw(st.sampled_from(["gps", "gazetteer"])),
                uncertainty_m=draw(st.none() | st.floats(0, 9)),
                districts=[
                    DistrictWeight(district_id=d, weight=1 / len(districts)) for d in districts
                ],
                casualties=[Casualty(outcome="killed", best=2, affiliation=draw(MAYBE))],
                reports=[Report(publisher=draw(WORD))],
                evidence=[Evidence(field="killed", quote=draw(WORD))],
                country=draw(st.sampled_from([None, "AZ"])),
                **members,
            )
        )
    return made


def test_the_table_says_of_every_member_what_becomes_of_it() -> None:
    """A new member is published only by a row of the table."""
    assert set(TABLE["incident"]) == set(Incident.model_fields)
    assert set(TABLE["operation"]) == set(Operation.model_fields)
    assert "sensitivity" in Statistic.model_fields
    assert set(OMITTED) == {"statistic", "place"}


@pytest.mark.parametrize("location", LOCATIONS)
@examples(25)
@given(records=incidents())
def test_the_public_frame_is_the_frame_of_the_public_records(
    location: Any, records: list[Incident]
) -> None:
    shown = public_incidents(incidents_frame(records), KEY, location)
    same = incidents_frame([public_record(one, KEY, location) for one in records])
    assert_frame_equal(pd.DataFrame(shown), pd.DataFrame(same), check_column_type=False)


@examples(50)
@given(st.text(min_size=1, max_size=30), st.text("abcXY19-._", max_size=6))
def test_an_id_made_of_the_sources_id_gives_it_away(theirs: str, dataset: str) -> None:
    from geodata.intake.identity import incident_id

    assert gives_away(incident_id(dataset or "set", theirs), theirs)


def test_a_public_id_needs_the_key_and_an_id_by_chance_stays() -> None:
    assert public_id(KEY, "UCDP-1") != public_id(bytes(64), "UCDP-1")
    assert public_id(KEY, "UCDP-1").startswith(PUBLIC_PREFIX)
    assert not gives_away("inc-5d1f", "300380")
    assert not gives_away("UCDP-300380", None)
    assert gives_away("row-0123456789abcdef0123", None)


def fill(register: Register) -> None:
    """Incidents of both kinds, one that was public before, two that come from a catalogue."""
    secret = {"longitude": 47.05, "latitude": 40.15, "where_precision": 1, "note": "zqx7"}
    both = (
        DistrictWeight(district_id="XX-A", weight=0.25),
        DistrictWeight(district_id="XX-B", weight=0.75),
    )
    changes = [
        blast("p1", longitude=47.05, latitude=40.15, districts=both),
        blast("s1", sensitivity="restricted", districts=both, **secret),
        blast("s2", sensitivity="restricted", country="AZ", where_precision=7),
        blast("s3", **secret),
        blast("UCDP-300380", external_id="300380", sensitivity="restricted", **secret),
        blast("UCDP-300381", external_id="300381", **secret),
        blast("set-a-b-0a1b2c3d", external_id="a/b", sensitivity="restricted", **secret),
        blast("set-8f7e6d5c", external_id="ə", sensitivity="restricted", **secret),
        blast("row-0123456789abcdef0123", sensitivity="restricted", **secret),
    ]
    register.append([Change("incident", one) for one in changes], author="ann")
    now = blast("s3", sensitivity="restricted", **secret)
    register.replace(now, author="ann")


@pytest.mark.parametrize("location", LOCATIONS)
def test_frame_record_and_sql_show_the_same(opener: Callable[..., Register], location: Any) -> None:
    register = opener()
    fill(register)
    snapshot = register.snapshot().public(location)
    frame = snapshot.incidents

    records = [snapshot.incident(name) for name in frame.index]
    same = incidents_frame(records, frame["recorded_at"].dt.to_pydatetime())
    assert_frame_equal(pd.DataFrame(frame), pd.DataFrame(same), check_column_type=False)
    assert sum(name.startswith(PUBLIC_PREFIX) for name in frame.index) == 4
    assert "300380" not in frame.to_csv()
    assert "UCDP-300381" in frame.index
    if register.store.dialect != "postgresql":
        return
    register.show_restricted(location)
    names = [
        n for n in _COLUMNS if n not in ("fid", "geometry", "recorded_at", "date_start", "date_end")
    ]
    query = f"SELECT {', '.join(names)}, ST_AsText(geometry) FROM incidents_public ORDER BY fid"
    with register.store.read() as connection:
        found = sorted(map(tuple, connection.execute(query)), key=str)
    plain = frame[names].astype(object).where(frame[names].notna(), None)
    shapes = [None if g is None else f"POINT({g.x:g} {g.y:g})" for g in frame.geometry]
    expected = [(*row, s) for row, s in zip(plain.itertuples(index=False), shapes, strict=True)]
    assert found == sorted(expected, key=str)


def test_the_own_id_works_for_those_who_may_see_it_and_for_nobody_else(
    held: Register,
) -> None:
    fill(held)
    snapshot = held.snapshot()
    public = snapshot.public()
    [shown] = [i for i, row in zip(public.incidents.index, snapshot.incidents.index, strict=True)
               if row == "UCDP-300380"]  # fmt: skip
    assert snapshot.incident("UCDP-300380").note == "zqx7"
    assert public.incident(shown).incident_id == shown
    assert public.history(shown)[0].payload["incident_id"] == shown
    for ask in (public.incident, public.history):
        with pytest.raises(Exception, match="no incident 'UCDP-300380'"):
            ask("UCDP-300380")


@pytest.mark.parametrize("location", LOCATIONS)
def test_restricted_operations_statistics_and_places_are_hidden_also_in_the_past(
    held: Register, location: Any
) -> None:
    work = {"kind": "clearance", "status": "planned", "districts": ("XX-A",), "note": "zqx7"}
    claim = {"metric": "people", "value": 7, "issuer": "zqx7"}
    place = {"kind": "village", "name": "zqx7", "longitude": 47.05, "latitude": 40.15}

    def changes(sensitivity: str, version: int | None = None) -> list[Change]:
        change = "create" if version is None else "correct"
        members = {"sensitivity": sensitivity}
        return [
            Change("operation", {"operation_id": "o1", **work, **members}, change, version),
            Change("statistic", {"statistic_id": "s1", **claim, **members}, change, version),
            Change("place", {"place_id": "p1", **place, **members}, change, version),
        ]

    first = held.append(changes("public"), author="ann")[0].recorded_at
    assert len(held.snapshot().public(location).places) == 1
    held.append(changes("restricted", 1), author="ann")

    for snapshot in (held.snapshot(), held.snapshot(first)):
        public = snapshot.public(location)
        assert len(snapshot.places) == len(snapshot.statistics) == 1
        assert len(public.places) == len(public.statistics) == 0
        assert public.operations.loc["o1", "note"] != "zqx7"
        assert pd.isna(public.operations.loc["o1", "districts"]) == (location == "drop")
        assert snapshot.operations.loc["o1", "note"] == "zqx7"


@pytest.mark.parametrize("location", LOCATIONS)
@examples(20)
@given(name=MAYBE, found=st.dictionaries(WORD, st.integers(0, 9), max_size=2))
def test_a_public_operation_keeps_no_word(location: Any, name: str | None, found: Any) -> None:
    work = Operation(
        operation_id="operation-0123456789abcdef",
        kind="survey",
        status="planned",
        organisation=name,
        note=name,
        report=Report(publisher=name),
        devices_found=found,
        districts=("XX-A",),
        geometry_wkt="POINT (47 40)",
        announced=date(2021, 3, 1),
        sensitivity="restricted",
    )
    row = operations_frame([public_record(work, KEY, location)]).iloc[0]
    stated = set(row.dropna().index)
    expected = {"operation_id", "kind", "status", "announced", "sensitivity", "date_start"}
    assert stated == expected | ({"districts"} if location == "district" else set())
    assert row["operation_id"].startswith(PUBLIC_PREFIX)
