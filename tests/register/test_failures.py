"""A store that fails says what to do, loses nothing acknowledged, and recovers."""

import os
import sqlite3
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
import sqlalchemy as sa

from geodata.errors import StoreError
from geodata.register import Register, open_register, store, verify
from geodata.register.store import SESSION, PostgresStore
from tests.conftest import founded, nothing
from tests.register.cluster import Cluster
from tests.register.conftest import FORK, blast


def fails(act: Callable[[], object]) -> StoreError:
    with pytest.raises(StoreError) as caught:
        act()
    return caught.value


def test_a_full_disk_refuses_the_write_and_takes_it_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register = founded(tmp_path / "data", nothing)
    register.create(blast("b1"), author="ann")
    with register.store.read() as connection:
        pages = connection.value("PRAGMA page_count")
    limits = [pages]

    opened = register.store.connected

    def limited() -> sqlite3.Connection:
        connection = opened()
        connection.execute(f"PRAGMA max_page_count={limits[0]}")
        return connection

    monkeypatch.setattr(register.store, "connected", limited)
    register.store.close()
    large = blast("b2", description="x" * 9_000, note="y" * 9_000)

    error = fails(lambda: register.create(large, author="ann"))

    assert error.code == "disk-full"
    assert "Free some space" in error.message
    assert list(register.snapshot().incidents.index) == ["b1"]
    limits[0] = 1_000_000
    register.store.close()
    register.create(large, author="ann")
    assert list(register.snapshot().incidents.index) == ["b1", "b2"]
    assert verify(register.store).revisions == 2
    register.close()


def without_rights(folder: Path, said: "Connection[str, str]") -> None:
    if os.geteuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
    try:
        open_register(folder).verify("b1", author="ann")
    except StoreError as error:
        said.send(error.code)


@pytest.mark.parametrize("there", [True, False])
def test_a_read_only_directory_is_said(there: bool) -> None:
    # Not below pytest's own folder, which no other user may enter.
    with tempfile.TemporaryDirectory() as base:
        Path(base).chmod(0o755)
        folder = Path(base) / "data"
        folder.mkdir()
        if there:
            register = founded(folder, nothing)
            register.create(blast("b1"), author="ann")
            register.close()
        folder.chmod(0o555)
        hears, says = FORK.Pipe(duplex=False)
        process = FORK.Process(target=without_rights, args=(folder, says))
        process.start()
        says.close()
        code = hears.recv()
        process.join()
        folder.chmod(0o755)
    assert code in {"read-only", "unopenable"}


ASKED = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1}


def test_a_commit_waits_for_the_disk(
    tmp_path: Path, power_stays: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_DURABLE", power_stays)
    connection = store.SqliteStore(tmp_path / "register.sqlite").connected()
    told = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ASKED}
    connection.close()
    assert told == ASKED


def test_a_lock_held_too_long_is_said_and_then_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "BUSY_SECONDS", 0.1)
    register = founded(tmp_path / "data", nothing)
    blocker = sqlite3.connect(tmp_path / "data" / "register.sqlite3", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")

    error = fails(lambda: register.create(blast(), author="ann"))

    assert error.code == "locked"
    assert len(register.snapshot().incidents) == 0
    blocker.execute("ROLLBACK")
    blocker.close()
    register.create(blast(), author="ann")
    register.close()


@pytest.mark.parametrize("content", [b"no database at all " * 300, b"SQLite format 3\x00" * 300])
def test_a_damaged_file_is_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "register.sqlite3").write_bytes(content)
    error = fails(lambda: open_register(tmp_path))
    assert error.code == "corrupt"
    assert "restore" in error.message


def test_a_damaged_page_is_found(tmp_path: Path) -> None:
    register = founded(tmp_path, nothing)
    for n in range(40):
        register.create(blast(f"b{n}", note="n" * 2_000), author="ann")
    register.close()
    file = tmp_path / "register.sqlite3"
    content = bytearray(file.read_bytes())
    middle = len(content) // 8192 * 4096
    content[middle : middle + 4096] = b"\xa5" * 4096
    file.write_bytes(content)

    def look() -> None:
        opened = open_register(tmp_path)
        try:
            verify(opened.store)
        finally:
            opened.close()

    assert fails(look).code == "corrupt"


def test_a_missing_database_server_is_said() -> None:
    url = "postgresql+psycopg://nobody:hunter2@127.0.0.1:1/none"
    error = fails(lambda: open_register(url=url))
    assert error.code == "connection-lost"
    assert "hunter2" not in error.message


@pytest.mark.postgis
def test_a_lost_connection_is_said_and_comes_back(cluster: Cluster, database: str) -> None:
    register = open_register(url=database, empty=True)
    register.create(blast("b1"), author="ann")

    cluster.stop()
    try:
        error = fails(lambda: register.create(blast("b2"), author="ann"))
        assert error.code == "connection-lost"
        assert fails(register.check).code == "connection-lost"
        # Reading goes on from memory.
        assert list(register.snapshot().incidents.index) == ["b1"]
    finally:
        cluster.start()

    register.create(blast("b2"), author="ann")
    assert list(register.snapshot().incidents.index) == ["b1", "b2"]
    assert verify(register.store).revisions == 2
    register.close()


@pytest.mark.postgis
def test_a_killed_connection_does_not_disturb_the_next_write(emptied: str) -> None:
    register = open_register(url=emptied, empty=True)
    other = sa.create_engine(emptied)
    query = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = 'hazardmap'"
    )
    with other.connect() as connection:
        connection.execute(sa.text(query))
    register.create(blast("b1"), author="ann")
    assert len(register.snapshot().incidents) == 1
    other.dispose()
    register.close()


@pytest.mark.postgis
def test_a_database_without_rights_is_said(emptied: str) -> None:
    register: Register = open_register(url=emptied, empty=True)
    with register.store.engine.begin() as connection:
        connection.execute(sa.text("DROP ROLE IF EXISTS reader"))
        connection.execute(sa.text("CREATE ROLE reader LOGIN"))
        connection.execute(sa.text("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader"))
    limited = open_register(url=emptied.replace("tester@", "reader@"))
    error = fails(lambda: limited.create(blast(), author="ann"))
    assert error.code == "forbidden"
    limited.close()
    with register.store.engine.begin() as connection:
        connection.execute(sa.text("DROP OWNED BY reader"))
    register.close()


def write_for_long(url: str, said: "Connection[str, str]") -> None:
    """As an import whose statement goes on after the one who sent it was killed."""
    with PostgresStore(url).write() as connection:
        said.send("holds")
        connection.execute("SELECT pg_sleep(60)")


@pytest.mark.postgis
def test_the_lock_of_a_writer_killed_within_a_statement_is_free_soon(
    emptied: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SESSION, "client_connection_check_interval", "100ms")
    register = open_register(url=emptied, empty=True)
    hears, says = FORK.Pipe(duplex=False)
    writer = FORK.Process(target=write_for_long, args=(emptied, says), daemon=True)
    writer.start()
    says.close()
    assert hears.recv() == "holds"
    writer.kill()
    writer.join()
    register.create(blast("b1"), author="ann")
    assert list(register.snapshot().incidents.index) == ["b1"]
    register.close()


@pytest.mark.postgis
def test_a_start_does_not_wait_for_a_writer(emptied: str) -> None:
    open_register(url=emptied, empty=True).close()
    writer = PostgresStore(emptied)
    with writer.write():
        begun = time.monotonic()
        register = open_register(url=emptied, empty=True)
        register.show_restricted("drop")
        register.check()
        assert time.monotonic() - begun < store.LOCK_SECONDS / 2
    assert register.store.setting("restricted_location") == "drop"
    writer.close()
    register.close()


@pytest.mark.postgis
def test_the_server_lets_go_of_clients_that_vanished(emptied: str) -> None:
    store = PostgresStore(emptied)
    with store.read() as connection:
        query = "SELECT name FROM pg_settings WHERE source = 'session' AND name = ANY(:names)"
        names = list(SESSION)
        held = [one for (one,) in connection.execute(query, {"names": names})]
    assert sorted(held) == sorted(names)
    store.close()
