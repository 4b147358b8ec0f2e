"""What PostgreSQL adds: views with a geometry, an index, and processes that follow."""

import pytest
from pandas.testing import assert_frame_equal

from geodata.model import DistrictWeight
from geodata.register import Register, open_register
from tests.register.conftest import blast

pytestmark = pytest.mark.postgis


def filled(emptied: str) -> Register:
    register = open_register(url=emptied, empty=True)
    both = (
        DistrictWeight(district_id="XX-A", weight=0.25),
        DistrictWeight(district_id="XX-B", weight=0.75),
    )
    register.create(blast("b1", longitude=47.05, latitude=40.15, districts=both), author="ann")
    register.create(blast("b2", districts=(), casualties=()), author="ann")
    register.create(blast("b3"), author="ann")
    register.retract("b3", author="ann")
    register.replace(blast("b2", device="uxo", casualties=()), author="ann")
    secret = {"sensitivity": "restricted", "note": "zqx7", "where_precision": 1}
    register.create(blast("b4", longitude=47.06, latitude=40.16, **secret), author="ann")
    return register


def rows(register: Register, view: str, *columns: str) -> list[tuple[object, ...]]:
    query = f"SELECT {', '.join(columns)} FROM {view} ORDER BY incident_id"
    with register.store.read() as connection:
        return [tuple(row) for row in connection.execute(query)]


def test_the_view_holds_what_the_snapshot_holds(emptied: str) -> None:
    register = filled(emptied)
    names = ["incident_id", "version", "device", "killed", "injured", "district_id", "districts"]
    frame = register.snapshot().incidents
    expected = [
        tuple(None if value != value else value for value in row)
        for row in frame[names]
        .astype(object)
        .where(frame[names].notna(), None)
        .itertuples(index=False)
    ]
    assert rows(register, "incidents_current", *names) == expected
    assert rows(register, "incidents_current", "ST_AsText(geometry)") == [
        ("POINT(47.05 40.15)",),
        (None,),
        ("POINT(47.06 40.16)",),
    ]
    register.close()


def test_the_public_view_hides_what_is_restricted(emptied: str) -> None:
    register = filled(emptied)
    found = rows(register, "incidents_public", "incident_id", "note", "geometry", "where_precision")
    assert found[2] == ("b4", None, None, 4)
    assert found[0][2] is not None
    register.close()


def test_the_geometry_is_registered_and_indexed(emptied: str) -> None:
    register = filled(emptied)
    query = "SELECT type, srid FROM geometry_columns WHERE f_table_name = 'incidents_current'"
    with register.store.read() as connection:
        assert connection.row(query) == ("POINT", 4326)
        connection.execute("SET LOCAL enable_seqscan = off")
        plan = connection.execute(
            "EXPLAIN SELECT * FROM incidents_current "
            "WHERE geometry && ST_MakeEnvelope(47, 40, 47.1, 40.2, 4326)"
        ).fetchall()
    assert "ix_incident_heads_geometry" in str(plan)
    register.close()


def test_a_reader_goes_on_when_the_server_dropped_its_connection(emptied: str) -> None:
    ours, theirs = open_register(url=emptied, empty=True), open_register(url=emptied)
    theirs.snapshot()
    kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    with ours.store.read() as connection:
        connection.execute(f"{kill} AND datname = current_database()")
    ours.create(blast(), author="ann")
    assert_frame_equal(theirs.snapshot().incidents, ours.snapshot().incidents)
    ours.close()
    theirs.close()
