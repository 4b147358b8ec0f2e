"""The embedded store: one SQLite file, write-ahead log, every commit on disk."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, event

from geodata.register.failures import translated
from geodata.register.store import Store

BUSY_SECONDS = 10.0


class SqliteStore(Store):
    """A register in one file.

    Parameters
    ----------
    path
        The file; its folder is made.
    """

    follow_seconds = 0.0

    def __init__(self, path: Path) -> None:
        self.path = path
        self.where = str(path)
        with translated(self.where):
            path.parent.mkdir(parents=True, exist_ok=True)
        self.engine = sa.create_engine(
            sa.URL.create("sqlite", database=str(path)),
            connect_args={"timeout": BUSY_SECONDS},
            # Several threads read at once; none may wait for a connection.
            pool_size=20,
            max_overflow=40,
        )
        event.listen(self.engine, "connect", _configure)
        event.listen(self.engine, "begin", _begin)

    def lock(self, connection: Connection) -> None:
        """Nothing to do: the transaction began with the lock (BEGIN IMMEDIATE)."""


def _configure(connection: Any, _record: Any) -> None:
    # The driver must not begin transactions by itself: `_begin` says which kind.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # An acknowledged write survives the loss of power, not only of the process.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
