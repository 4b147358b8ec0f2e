"""The embedded store: one SQLite file, write-ahead log, every commit on disk."""

import os
import sqlite3
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import Connection, event

from geodata.disk import private_file, private_folder
from geodata.register.failures import translated
from geodata.register.store import Store

BUSY_SECONDS = 10.0


class SqliteStore(Store):
    """A register in one file.

    Parameters
    ----------
    path
        The file; its folder is made.
    read_only
        Open a file that nobody writes to, e.g. a backup, without touching its folder.
    """

    round_trip = False

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self.where = str(path)
        if not read_only:
            with translated(self.where):
                private_folder(path.parent)
                # SQLite gives its log and shared memory the rights of the file.
                private_file(path)
        mode = "mode=ro&immutable=1" if read_only else "mode=rwc"
        self._address = f"file:{quote(str(path.resolve()))}?{mode}"
        self.engine = sa.create_engine(
            f"sqlite:///{self._address}&uri=true",
            connect_args={"timeout": BUSY_SECONDS},
            poolclass=sa.QueuePool,
            # Several threads read at once; none may wait for a connection.
            pool_size=20,
            max_overflow=40,
        )
        if not read_only:
            event.listen(self.engine, "connect", _durable)
        event.listen(self.engine, "connect", _manual)
        event.listen(self.engine, "begin", _begin)
        self._watching = Lock()
        self._watch: sqlite3.Connection | None = None
        self._seen: tuple[int, int] | None = None

    def head(self) -> int:
        """Give the number of the last revision; asked anew only when somebody has written.

        ``PRAGMA data_version`` differs after any other connection's commit, in this process
        or another, and costs microseconds, so that every read can look.
        """
        with self._watching:
            try:
                if self._watch is None:
                    self._watch = sqlite3.connect(
                        self._address, uri=True, check_same_thread=False, isolation_level=None
                    )
                version = int(self._watch.execute("PRAGMA data_version").fetchone()[0])
            except sqlite3.Error:
                # Away or damaged: the usual way says so in its words.
                self._watch = self._seen = None
                return super().head()
            if self._seen is None or self._seen[0] != version:
                self._seen = (version, super().head())
            return self._seen[1]

    def close(self) -> None:
        """Give back the connections."""
        with self._watching:
            if self._watch is not None:
                self._watch.close()
            self._watch = self._seen = None
        super().close()

    def lock(self, connection: Connection) -> None:
        """Nothing to do: the transaction began with the lock (BEGIN IMMEDIATE)."""

    def scrub(self) -> None:
        """Empty the write-ahead log, which keeps pages as they were before."""
        with translated(self.where), self.engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def seal(self) -> None:
        """Make the closed store one file that is on disk, without a write-ahead log."""
        with translated(self.where):
            with self.engine.connect() as connection:
                driver: Any = connection.connection.driver_connection
                driver.execute("PRAGMA journal_mode=DELETE")
            self.close()
            descriptor = os.open(self.path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _durable(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # An acknowledged write survives the loss of power, not only of the process.
    cursor.execute("PRAGMA synchronous=FULL")
    # What a redaction takes back leaves no bytes behind.
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def _manual(connection: Any, _record: Any) -> None:
    # The driver must not begin transactions by itself: `_begin` says which kind.
    connection.isolation_level = None


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
