"""Registers of every released schema move to today's with their data, in one transaction."""

import ast
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory

from geodata.errors import StoreError
from geodata.register import Register, migrate, open_register, restore, store_for, verify
from geodata.register.revision import Row
from geodata.register.store import Store
from tests.register.conftest import blast

RELEASED = Path(__file__).parent / "released"
SCHEMAS = sorted({path.name.split(".")[0] for path in RELEASED.glob("*.sql")})
VERSIONS = Path(migrate.__file__).parent / "migrations" / "versions"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgis)])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> "Iterator[Released]":
    """Makes registers as released programs left them, in either store."""
    made = Released(request, tmp_path)
    yield made
    for store in made.opened:
        store.close()


class Released:
    """Registers of older schemas, each made of what that release left behind."""

    def __init__(self, request: pytest.FixtureRequest, folder: Path) -> None:
        self.kind, self.folder, self.opened = request.param, folder, list[Store]()
        self.url = request.getfixturevalue("database") if self.kind == "postgresql" else None

    def of(self, schema: str) -> Store:
        """A store that nobody has opened since."""
        script = (RELEASED / f"{schema}.{self.kind}.sql").read_text()
        store = store_for(self.folder / "older", self.url)
        self.opened.append(store)
        with store.write() as connection:
            driver = connection.driver
            if self.url:
                driver.execute(script)
            else:
                driver.execute("ROLLBACK")
                driver.executescript(script + "BEGIN;")
        return store

    def reopened(self) -> Register:
        return open_register(self.folder / "older", url=self.url)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_register_of_each_released_schema_opens_with_all_its_data(
    stores: Released, schema: str
) -> None:
    stores.of(schema)

    register = stores.reopened()

    snapshot = register.snapshot()
    assert list(snapshot.incidents.index) == ["b1", "b3"]
    assert snapshot.incident("b1").device == "uxo"
    assert snapshot.public().incidents.loc["b3"][["note", "longitude"]].isna().all()
    assert snapshot.edition == "XX-1"
    assert [len(snapshot.frame(name)) for name in ("places", "operations", "statistics")] == [1] * 3
    assert [(r.version, r.change) for r in register.history("b2")] == [
        (1, "create"),
        (2, "retract"),
    ]
    assert verify(register.store).revisions == 9
    register.create(blast("b4"), author="ann")
    assert verify(register.store).revisions == 10
    if stores.url:
        with register.store.read() as connection:
            found = connection.execute("SELECT incident_id, note FROM incidents_public")
            assert sorted(map(tuple, found)) == [("b1", None), ("b3", None), ("b4", None)]
    register.close()


def test_an_upgrade_that_fails_leaves_the_old_version(
    stores: Released, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(size: int) -> str:
        raise OSError(28, "No space left on device")

    older = stores.of("0001")
    with monkeypatch.context() as patched:
        patched.setattr(secrets, "token_hex", broken)
        with pytest.raises(StoreError):
            stores.reopened()

    with older.read() as connection:
        assert migrate.version(connection) == "0001"
        assert connection.value("SELECT count(*) FROM revisions") == 9
    register = stores.reopened()
    assert len(register.snapshot().incidents) == 2
    register.close()


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_backup_of_each_released_schema_is_restored(tmp_path: Path, schema: str) -> None:
    file = tmp_path / "older.sqlite3"
    store = store_for(file)
    with store.write() as connection:
        driver = connection.driver
        driver.execute("ROLLBACK")
        driver.executescript((RELEASED / f"{schema}.sqlite.sql").read_text() + "BEGIN;")
    store.close()
    target = store_for(tmp_path / "new")
    assert restore(file, target).revisions == 9
    with target.read() as connection:
        assert migrate.version(connection) == migrate.HEAD
    target.close()


def test_a_register_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    register = open_register(tmp_path / "data", empty=True)
    with register.store.write() as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    register.close()
    with pytest.raises(StoreError, match="newer") as caught:
        open_register(tmp_path / "data")
    assert caught.value.code == "newer-schema"


def test_the_newest_migration_is_the_one_that_opening_looks_for() -> None:
    config = Config()
    config.set_main_option("script_location", str(VERSIONS.parent))
    assert ScriptDirectory.from_config(config).get_heads() == [migrate.HEAD]


def test_migrations_name_their_own_tables() -> None:
    """A migration that used today's tables or digests would change with them."""
    for path in VERSIONS.glob("v*.py"):
        tree = ast.parse(path.read_text())
        modules = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
        assert not {m for m in modules if m and m.startswith("geodata")} - {"geodata.errors"}, path


def test_the_migrations_make_the_tables_that_the_program_uses(tmp_path: Path) -> None:
    register = open_register(tmp_path / "data", empty=True)
    columns = sa.inspect(register.store.engine).get_columns("revisions")
    assert tuple(column["name"] for column in columns) == Row._fields
    kinds = get_type_hints(Row)
    for column in columns:
        assert column["nullable"] == (type(None) in get_args(kinds[column["name"]]))
    register.close()
