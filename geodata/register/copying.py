"""Copying a register to another store, a backup file, and back: revision by revision.

The copy has the same numbers, times, authors and digests. It is checked while it is
read, and once more as it lies in the new place.
"""

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geodata.disk import scratch
from geodata.errors import Conflict, InvalidInput, NotFound, StoreError
from geodata.register import log, migrate, projection
from geodata.register.connection import Connection
from geodata.register.store import SqliteStore, Store, keep_setting, setting, translated
from geodata.register.verification import Chain, Verified, verify

if TYPE_CHECKING:
    import sqlalchemy as sa

_BATCH = 5_000


def copy_store(source: Store, target: Store, *, also: Sequence["sa.Table"] = ()) -> Verified:
    """Copy a register's whole log into an empty store, in one transaction.

    Parameters
    ----------
    source
        May be written to meanwhile: the copy is of one moment.
    also
        Further tables that lie beside the log, e.g. the access keys; taken where the
        source has them.

    Raises
    ------
    Conflict
        The target holds a register already.
    StoreError
        The source is damaged, or a store fails; the target stays empty.
    """
    chain = Chain(source.where)
    with source.read() as reading, target.write() as writing:
        migrate.upgrade(writing)
        projection.derive(writing)
        if log.last(writing)[0]:
            raise Conflict(
                f"{target.where} holds a register already; nothing was copied. "
                "Name an empty directory or database.",
                code="not-empty",
            )
        rows = chain.checked(log.since(reading, 0))
        while batch := list(islice(rows, _BATCH)):
            target.insert(writing, batch)
        copied = chain.verified()
        # With another key the same rows would get other ids at the next import.
        for name in ("id_key", projection.LOCATION):
            if (value := setting(reading, name)) is not None:
                keep_setting(writing, name, value)
        for table in also:
            _copy_table(reading, writing, table)
    arrived = verify(target)
    if copied != arrived:
        raise StoreError(f"The copy in {target.where} differs from its source; do not use it.")
    return arrived


def _copy_table(reading: Connection, writing: Connection, table: "sa.Table") -> None:
    if not reading.has_table(table.name):
        return
    import sqlalchemy as sa

    with reading.alchemy() as source, writing.alchemy() as target:
        table.metadata.create_all(target, [table])
        # A source of an earlier version may lack columns that came later.
        present = {column["name"] for column in sa.inspect(source).get_columns(table.name)}
        columns = [column for column in table.columns if column.name in present]
        rows = [
            {name: _moment(value) for name, value in row.items()}
            for row in source.execute(sa.select(*columns)).mappings()
        ]
        if rows:
            target.execute(sa.insert(table), rows)


def _moment(value: Any) -> Any:
    """Give times as UTC: SQLite keeps no zone."""
    if not isinstance(value, datetime):
        return value
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def backup(source: Store, path: Path, *, also: Sequence["sa.Table"] = ()) -> Verified:
    """Write a register to one SQLite file while it is in use.

    What the file holds.

    Parameters
    ----------
    path
        The file; it must not exist. It appears when it is whole and checked.

    Raises
    ------
    InvalidInput
        The file exists.
    StoreError
        Reading or writing failed; no file is left.
    """
    if path.exists():
        raise InvalidInput(f"{path} exists; a backup overwrites nothing. Name another file.")
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    target = SqliteStore(part)
    try:
        found = copy_store(source, target, also=also)
        target.close()
        target.seal()
        with translated(str(path)):
            part.replace(path)
    finally:
        target.close()
        for leftover in (part, *(part.with_name(part.name + end) for end in ("-wal", "-shm"))):
            leftover.unlink(missing_ok=True)
    return found


def restore(path: Path, target: Store, *, also: Sequence["sa.Table"] = ()) -> Verified:
    """Fill an empty store from a backup file, also one of an older version.

    Parameters
    ----------
    path
        What `backup` wrote; it is only read.

    Raises
    ------
    NotFound
        There is no such file.
    Conflict
        The target holds a register already.
    StoreError
        The backup is damaged; nothing was restored.
    """
    if not path.is_file():
        raise NotFound(f"There is no backup file {path}.", code="no-backup")
    with scratch("copy") as folder:
        source = SqliteStore(path, read_only=True)
        try:
            if _version(source) != migrate.HEAD:
                source.close()
                source = _upgraded(path, Path(folder) / "older.sqlite3")
            return copy_store(source, target, also=also)
        finally:
            source.close()


def _version(store: Store) -> str:
    with store.read() as connection:
        found = migrate.version(connection)
    if found is None:
        raise StoreError(f"{store.where} is no backup of a register.", code="corrupt")
    return found


def _upgraded(path: Path, place: Path) -> SqliteStore:
    shutil.copyfile(path, place)
    store = SqliteStore(place)
    with store.write() as connection:
        migrate.upgrade(connection)
    return store
