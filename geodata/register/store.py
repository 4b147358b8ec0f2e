"""The stores, where the log lies: one writer at a time, errors in words. SQLite is embedded."""

import os
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, event

from geodata.disk import private_file, private_folder
from geodata.register.failures import translated
from geodata.register.revision import Row
from geodata.register.tables import revisions, settings

EPOCH = "epoch"
"""Under this name the register keeps what makes files stale that were made of it before."""
_BATCH = 5_000
_KEEP = sa.text(
    f"INSERT INTO {settings.name} (name, value) VALUES (:name, :value) "  # noqa: S608 - no outside text
    "ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
HEAD = sa.text("SELECT max(seq) FROM revisions")


class Store(ABC):
    """A database that holds the log.

    A store is one class and passes the contract suite (tests/register).
    """

    engine: Engine
    where: str
    """Name of the store for messages, without secrets."""
    round_trip: bool = True
    """Whether asking for the head waits for another process."""

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that sees one state of the log."""
        with translated(self.where), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open the one writing transaction; it commits at the end, or not at all."""
        with self.settle() as connection:
            self.lock(connection)
            yield connection

    @contextmanager
    def settle(self) -> Iterator[Connection]:
        """Open a transaction that keeps settings and leaves the log alone.

        Whoever writes to the log at the same time is not in its way, where the store can do
        that (`keep_setting`).
        """
        with (
            translated(self.where),
            self.engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            yield connection

    @abstractmethod
    def lock(self, connection: Connection) -> None:
        """Wait until this transaction is the only one that writes."""

    @abstractmethod
    def scrub(self) -> None:
        """Leave no bytes of rows that were written over."""

    def insert(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Append rows to the log as they are."""
        for start in range(0, len(rows), _BATCH):
            some = [row._asdict() for row in rows[start : start + _BATCH]]
            connection.execute(sa.insert(revisions), some)

    def head(self) -> int:
        """Give the number of the last revision, cheaply; 0 for none."""
        with translated(self.where), self.engine.connect() as connection:
            return connection.execute(HEAD).scalar() or 0

    def setting(self, name: str) -> str | None:
        """Give what the register keeps for itself under a name; None for nothing."""
        with self.read() as connection:
            return setting(connection, name)

    def close(self) -> None:
        """Give back the connections."""
        self.engine.dispose()


def setting(connection: Connection, name: str) -> str | None:
    """Give what the register keeps for itself under a name; None for nothing."""
    query = sa.select(settings.c.value).where(settings.c.name == name)
    return connection.execute(query).scalar()


def keep_setting(connection: Connection, name: str, value: str) -> None:
    """Keep a value under a name, in place of the one before."""
    # One statement: two that keep the same name at once do not fail for each other.
    connection.execute(_KEEP, {"name": name, "value": value})


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
