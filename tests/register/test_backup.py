"""Backups, restoring and copying: lossless, verified, all or nothing."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from pandas.testing import assert_frame_equal

from geodata.errors import Conflict, InvalidInput, NotFound, StoreError
from geodata.register import Register, copy_store, open_register, restore, store_for, verify
from geodata.register.revision import Row
from tests.conftest import founded, nothing
from tests.register.conftest import blast

Opener = Callable[..., Register]


def filled(register: Register) -> Register:
    register.create(blast("b1", note="größer; \U0001f4a5"), author="ann", reason="r")
    register.replace(blast("b1", device="uxo"), author="bob")
    register.create(blast("b2", sensitivity="restricted"), author="ann")
    register.retract("b2", author="eve")
    return register


def rows_of(register: Register) -> list[Row]:
    found = [r.row for name in ("b1", "b2") for r in register.history(name)]
    return sorted(found)


def test_a_backup_restores_to_the_same_register(opener: Opener, tmp_path: Path) -> None:
    register = filled(opener(empty=False))
    file = tmp_path / "backup.sqlite3"

    saved = register.backup(file)
    target = store_for(tmp_path / "restored")
    restored = restore(file, target)
    target.close()
    again = open_register(tmp_path / "restored")

    assert saved == restored == verify(register.store)
    assert rows_of(again) == rows_of(register)
    assert_frame_equal(again.snapshot().incidents, register.snapshot().incidents)
    assert [p.name for p in tmp_path.glob("backup*")] == ["backup.sqlite3"]
    again.close()


def test_a_copy_to_the_other_store_and_back_loses_nothing(database: str, tmp_path: Path) -> None:
    source = filled(founded(tmp_path / "first"))
    middle, last = store_for(url=database), store_for(tmp_path / "last")

    there = copy_store(source.store, middle)
    back = copy_store(middle, last)

    assert there == back == verify(source.store)
    middle.close()
    last.close()
    copies = [open_register(url=database), open_register(tmp_path / "last")]
    for copy in copies:
        assert rows_of(copy) == rows_of(source)
        assert copy.snapshot().key == source.snapshot().key
        assert_frame_equal(copy.snapshot().incidents, source.snapshot().incidents)
        copy.create(blast("b3"), author="ann")
        copy.close()
    source.close()


def test_a_copy_does_not_touch_a_register_that_is_there(held: Register, tmp_path: Path) -> None:
    other = filled(founded(tmp_path / "other", nothing))
    held.create(blast(), author="ann")
    with pytest.raises(Conflict, match="already"):
        copy_store(other.store, held.store)
    assert held.revision == 1
    other.close()


def test_a_backup_overwrites_nothing(held: Register, tmp_path: Path) -> None:
    file = tmp_path / "backup.sqlite3"
    file.write_text("precious")
    with pytest.raises(InvalidInput, match="exists"):
        held.backup(file)
    assert file.read_text() == "precious"


def test_a_missing_backup_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        restore(tmp_path / "none", store_for(tmp_path / "new"))


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE revisions SET reason = 'other' WHERE seq = 2",
        "UPDATE revisions SET payload = replace(payload, 'uxo', 'axo') WHERE seq = 2",
        "DELETE FROM revisions WHERE seq = 2",
        "DELETE FROM revisions WHERE seq = 1",
        "UPDATE revisions SET recorded_at = '2001-01-01T00:00:00.000000Z' WHERE seq = 3",
    ],
)
def test_a_backup_that_was_altered_is_not_restored(damage: str, tmp_path: Path) -> None:
    register = filled(founded(tmp_path / "data", nothing))
    file = tmp_path / "backup.sqlite3"
    register.backup(file)
    register.close()
    with sqlite3.connect(file) as connection:
        connection.execute(damage)
    connection.close()

    target = store_for(tmp_path / "restored")
    with pytest.raises(StoreError, match="damaged") as caught:
        restore(file, target)

    assert caught.value.code == "corrupt"
    with target.read() as connection:
        assert not connection.has_table("revisions")
    target.close()


def test_a_backup_with_flipped_bytes_is_not_restored(tmp_path: Path) -> None:
    register = filled(founded(tmp_path / "data", nothing))
    file = tmp_path / "backup.sqlite3"
    register.backup(file)
    register.close()
    content = bytearray(file.read_bytes())
    content[4096 : len(content)] = b"\x5a" * (len(content) - 4096)
    file.write_bytes(content)

    with pytest.raises(StoreError, match=r"damaged|no backup"):
        restore(file, store_for(tmp_path / "restored"))


def test_tables_beside_the_log_come_along(database: str, tmp_path: Path) -> None:
    keys = sa.Table(
        "access_keys",
        sa.MetaData(),
        sa.Column("key_id", sa.String(16), primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True)),
    )
    source = founded(tmp_path / "data", nothing)
    with source.store.engine.begin() as connection:
        keys.metadata.create_all(connection)
        moment = sa.func.datetime("2024-05-06 07:08:09")
        connection.execute(sa.insert(keys).values(key_id="k1", created_at=moment))

    target = store_for(url=database)
    copy_store(source.store, target, also=[keys])

    with target.engine.connect() as connection:
        found = connection.execute(sa.select(keys)).one()
    assert found.key_id == "k1"
    assert found.created_at.timestamp() == 1714979289
    source.close()
    target.close()
