"""The tables move from the previous version with their data, in one transaction."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory

from geodata.errors import StoreError
from geodata.register import migrate, open_register, restore, store_for, verify
from geodata.register.revision import Row
from geodata.register.store import Store
from geodata.register.tables import revisions
from tests.register.conftest import blast


@pytest.fixture(params=["sqlite", pytest.param("postgis", marks=pytest.mark.postgis)])
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store as version 1 left it, with three revisions of two incidents."""
    url = request.getfixturevalue("database") if request.param == "postgis" else None
    source = open_register(tmp_path / "source", empty=True)
    source.create(blast("b1", longitude=47.05, latitude=40.15), author="ann", reason="r")
    source.create(blast("b2"), author="ann")
    source.replace(blast("b1", longitude=47.06, latitude=40.15, device="uxo"), author="bob")
    rows = [r.row for name in ("b1", "b2") for r in source.history(name)]
    source.close()
    store = store_for(tmp_path / "older", url)
    with store.write() as connection:
        migrate.upgrade(connection, "0001")
        first = [column for column in revisions.columns if column.name != "digest"]
        old_table = sa.table("revisions", *(sa.column(c.name, c.type) for c in first))
        values = [{k: v for k, v in row._asdict().items() if k != "digest"} for row in rows]
        connection.execute(sa.insert(old_table), values)
    yield store
    store.close()


def reopened(store: Store, tmp_path: Path):
    if store.engine.dialect.name == "sqlite":
        return open_register(tmp_path / "older")
    return open_register(url=store.engine.url.render_as_string(hide_password=False))


def test_a_register_of_version_1_opens_with_all_its_data(older: Store, tmp_path: Path) -> None:
    register = reopened(older, tmp_path)

    snapshot = register.snapshot()
    assert [snapshot.incident("b1").device, snapshot.incident("b2").device] == ["uxo", "unknown"]
    assert [(r.version, r.author) for r in register.history("b1")] == [(1, "ann"), (2, "bob")]
    assert verify(register.store).revisions == 3
    register.create(blast("b3"), author="ann")
    assert verify(register.store).revisions == 4
    register.close()


def test_an_upgrade_that_fails_leaves_the_old_version(
    older: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(previous: str, row: Row) -> str:
        raise OSError(28, "No space left on device")

    name = "geodata.register.revision.digest_of"
    with monkeypatch.context() as patched:
        patched.setattr(name, broken)
        with pytest.raises(StoreError):
            reopened(older, tmp_path)

    with older.read() as connection:
        assert migrate.version(connection) == "0001"
        assert connection.execute(sa.text("SELECT count(*) FROM revisions")).scalar() == 3
    register = reopened(older, tmp_path)
    assert len(register.snapshot().incidents) == 2
    register.close()


def test_a_backup_of_version_1_is_restored(tmp_path: Path) -> None:
    store = store_for(tmp_path / "older")
    with store.write() as connection:
        migrate.upgrade(connection, "0001")
    store.close()
    target = store_for(tmp_path / "new")
    assert restore(tmp_path / "older" / "register.sqlite3", target).revisions == 0
    with target.read() as connection:
        assert migrate.version(connection) == migrate.HEAD
    target.close()


def test_a_register_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    register = open_register(tmp_path / "data", empty=True)
    with register.store.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    register.close()
    with pytest.raises(StoreError, match="newer") as caught:
        open_register(tmp_path / "data")
    assert caught.value.code == "newer-schema"


def test_the_newest_migration_is_the_one_that_opening_looks_for() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [migrate.HEAD]


def test_the_migrations_make_the_tables_that_the_program_uses(tmp_path: Path) -> None:
    register = open_register(tmp_path / "data", empty=True)
    with register.store.read() as connection:
        columns = sa.inspect(connection).get_columns("revisions")
    register.close()
    assert [c["name"] for c in columns] == [c.name for c in revisions.columns]
    assert {c["name"] for c in columns if c["nullable"]} == {"reason"}
