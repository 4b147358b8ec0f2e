"""``hazardmap backup``, ``restore`` and ``copy``: the same revisions in another place."""

import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from geodata.register import log, store_for, verify
from service.import_reports import ImportReports
from tests.commands.conftest import Done, Run


def held(where: Path | str) -> tuple[list[Any], list[Any]]:
    """All revisions as stored (numbers, times, payloads, digests), and all keys' hashes."""
    place = str(where)
    store = store_for(url=place) if "://" in place else store_for(place)
    try:
        verify(store)
        with store.read() as connection:
            rows = list(log.since(connection, 0))
            keys = connection.execute("SELECT key_id, role, hash FROM access_keys").fetchall()
            return [tuple(row) for row in rows], [tuple(key) for key in keys]
    finally:
        store.close()


def digest(done: Done) -> str:
    assert done.code == 0, done.err
    found = re.search(r": 6 revisions of 3 records[ ,].*; digest (\w{16,})$", done.out.strip())
    assert found, done.out
    return found[1]


def test_a_backup_restores_to_the_same_revisions_and_keys(
    run: Run, data: Path, tmp_path: Path
) -> None:
    assert run("keys", "add", "office", "--role", "editor", "--data", data).code == 0
    file, new = tmp_path / "backup.sqlite3", tmp_path / "restored"

    saved = run("backup", file, "--data", data)
    restored = run("restore", file, "--data", new)

    assert digest(saved) == digest(restored)
    assert held(new) == held(data) == held(file)
    assert len(held(new)[1]) == 1


def test_a_backup_or_restore_overwrites_nothing(run: Run, data: Path, tmp_path: Path) -> None:
    file = tmp_path / "backup.sqlite3"
    assert run("backup", file, "--data", data).code == 0
    before = file.read_bytes()
    again = run("backup", file, "--data", data)
    assert (again.code, "exists" in again.err) == (1, True)
    assert file.read_bytes() == before
    over = run("restore", file, "--data", data)
    assert (over.code, "already" in over.err) == (1, True)


def test_an_altered_backup_is_refused(run: Run, data: Path, tmp_path: Path) -> None:
    file = tmp_path / "backup.sqlite3"
    run("backup", file, "--data", data)
    engine = sa.create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE revisions SET author = 'other' WHERE seq = 2"))
    engine.dispose()
    done = run("restore", file, "--data", tmp_path / "new")
    assert (done.code, "damaged" in done.err) == (1, True)


def test_a_copy_to_another_directory_is_the_same(run: Run, data: Path, tmp_path: Path) -> None:
    run("keys", "add", "office", "--role", "editor", "--data", data)
    digest(run("copy", tmp_path / "other", "--data", data))
    assert held(tmp_path / "other") == held(data)
    again = run("copy", tmp_path / "other", "--data", data)
    assert (again.code, "already" in again.err) == (1, True)


@pytest.mark.postgis
def test_a_copy_by_way_of_postgresql_is_the_same(
    run: Run, data: Path, database: str, tmp_path: Path
) -> None:
    run("keys", "add", "office", "--role", "editor", "--data", data)

    there = run("copy", database, "--data", data)
    back = run("copy", tmp_path / "back", database_url=database)

    assert digest(there) == digest(back)
    assert held(database) == held(data)
    assert held(tmp_path / "back") == held(data)
    told = [run("history", "b1", "--json", "--data", where).out for where in (data, "back")]
    assert told[0] == told[1] == run("history", "b1", "--json", database_url=database).out


@pytest.mark.postgis
def test_a_database_is_backed_up_and_restored(
    run: Run, data: Path, database: str, tmp_path: Path
) -> None:
    run("keys", "add", "office", "--role", "editor", "--data", data)
    file = tmp_path / "backup.sqlite3"
    assert run("backup", file, "--data", data).code == 0
    restored = run("restore", file, database_url=database)
    saved = run("backup", tmp_path / "again.sqlite3", database_url=database)
    assert digest(restored) == digest(saved)
    assert held(tmp_path / "again.sqlite3") == held(data)


def test_a_restore_redacts_again_what_was_taken_back_since(
    run: Run, data: Path, tmp_path: Path
) -> None:
    file = tmp_path / "before.sqlite3"
    assert run("backup", file, "--data", data).code == 0
    done = run("redact", "b1", "--field", "note", "--reason", "a name", "--data", data)
    assert (done.code, "1 revisions redacted" in done.out) == (0, True)
    listed = run("redact", "--list", "--data", data).out
    assert '"fields":["note"]' in listed
    again = run("redact", "b1", "--field", "note", "--reason", "a name", "--data", data)
    assert "nothing is left" in again.out
    (data / "register.sqlite3").rename(tmp_path / "broken.sqlite3")
    for leftover in data.glob("register.sqlite3-*"):
        leftover.unlink()

    restored = run("restore", file, "--data", data)

    assert "1 revisions redacted again" in restored.out
    assert "größer" not in run("history", "b1", "--data", data).out
    other = tmp_path / "other"
    assert run("restore", file, "--data", other).code == 0
    (tmp_path / "list.jsonl").write_text(listed)
    done = run("redact", "--again", tmp_path / "list.jsonl", "--data", other)
    assert "1 revisions" in done.out
    assert (run("redact", "b1", "--data", data).code, run("redact", "--data", data).code) == (1, 1)


def test_a_redaction_reaches_the_reports_of_imports(tmp_path: Path) -> None:
    reports = ImportReports(tmp_path)
    first, second = reports.new_id(), reports.new_id()
    body = {"preview": [{"incident_id": "b1", "note": "zqx7"}, {"incident_id": "b2"}]}
    reports.save(first, body)
    reports.save(second, {"preview": [{"incident_id": "b3", "note": "kept"}]})
    reports.rejects_path(first).write_text("zqx7")
    reports.forget("b1")
    assert not [p for p in tmp_path.iterdir() if "zqx7" in p.read_text()]
    assert b"b2" in reports.load(first)
    assert b"kept" in reports.load(second)
