"""The stores, where the log lies: one writer at a time, errors in words.

SQLite is embedded; PostgreSQL with PostGIS is for several processes and hosts.
"""

import contextlib
import errno
import logging
import sqlite3
import sys
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from geodata.deferred import deferred
from geodata.disk import private_file, private_folder, synced
from geodata.errors import InvalidInput, StoreError
from geodata.register.connection import (
    AlchemyConnection,
    Connection,
    SqliteConnection,
    moment_text,
)
from geodata.register.revision import Row

if TYPE_CHECKING:
    import sqlalchemy as sa
else:
    sa = deferred("sqlalchemy")

EPOCH = "epoch"
"""Under this name the register keeps what makes files stale that were made of it before."""
_SETTING = "SELECT value FROM register_settings WHERE name = :name"
"""Not part of the log: `id_key` (hexadecimal) and what the views follow."""
_KEEP = (
    "INSERT INTO register_settings (name, value) VALUES (:name, :value) "
    "ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
_HEAD = "SELECT max(seq) FROM revisions"
logger = logging.getLogger(__name__)


class Store(ABC):
    """A database that holds the log.

    A store is one class and passes the contract suite (tests/register).
    """

    dialect: Literal["sqlite", "postgresql"]
    engine: "sa.Engine"
    """SQLAlchemy's, for tables beside the log."""
    where: str
    """Name of the store for messages, without secrets."""
    round_trip: bool = True
    """Whether asking for the head waits for another process."""

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that sees one state of the log."""
        with translated(self.where), self.transaction(writes=False) as connection:
            yield connection

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """Open the one writing transaction; it commits at the end, or not at all."""
        with self.settle() as connection:
            self.lock(connection)
            yield connection

    @contextlib.contextmanager
    def settle(self) -> Iterator[Connection]:
        """Open a transaction that keeps settings and leaves the log alone.

        Whoever writes to the log at the same time is not in its way, where the store can do
        that (`keep_setting`).
        """
        with translated(self.where), self.transaction(writes=True) as connection:
            yield connection

    @abstractmethod
    def transaction(self, *, writes: bool) -> contextlib.AbstractContextManager[Connection]:
        """Open a transaction; it commits at the end, or not at all. Errors are the driver's."""

    @abstractmethod
    def lock(self, connection: Connection) -> None:
        """Wait until this transaction is the only one that writes."""

    @abstractmethod
    def scrub(self) -> None:
        """Leave no bytes of rows that were written over."""

    @abstractmethod
    def insert(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Append rows to the log as they are."""

    def head(self) -> int:
        """Give the number of the last revision, cheaply; 0 for none."""
        with self.read() as connection:
            return connection.value(_HEAD) or 0

    def setting(self, name: str) -> str | None:
        """Give what the register keeps for itself under a name; None for nothing."""
        with self.read() as connection:
            return setting(connection, name)

    @abstractmethod
    def close(self) -> None:
        """Give back the connections."""


def setting(connection: Connection, name: str) -> str | None:
    """Give what the register keeps for itself under a name; None for nothing."""
    found: str | None = connection.value(_SETTING, {"name": name})
    return found


def keep_setting(connection: Connection, name: str, value: str) -> None:
    """Keep a value under a name, in place of the one before."""
    # One statement: two that keep the same name at once do not fail for each other.
    connection.execute(_KEEP, {"name": name, "value": value})


BUSY_SECONDS = 10.0
_INSERT_ONE = (
    f"INSERT INTO revisions ({', '.join(Row._fields)}) "  # noqa: S608 - fixed names
    f"VALUES ({', '.join('?' * len(Row._fields))})"
)


class SqliteStore(Store):
    """A register in one file.

    Parameters
    ----------
    read_only
        Open a file that nobody writes to, e.g. a backup, without touching its folder.
    """

    dialect = "sqlite"
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
        self._read_only = read_only
        # Several threads read at once; none waits for a connection.
        self._idle: deque[sqlite3.Connection] = deque()
        self._watching = Lock()
        self._watch: sqlite3.Connection | None = None
        self._seen: tuple[int, int] | None = None

    def connected(self) -> sqlite3.Connection:
        """Open a connection of the driver's, which begins no transaction by itself."""
        driver = sqlite3.connect(
            self._address,
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            for statement in () if self._read_only else _DURABLE:
                driver.execute(statement).close()
        except BaseException:
            driver.close()
            raise
        return driver

    @contextmanager
    def _borrowed(self) -> Iterator[sqlite3.Connection]:
        """Give a connection that was opened before, or a new one."""
        try:
            driver = self._idle.pop()
        except IndexError:
            driver = self.connected()
        try:
            yield driver
        finally:
            kept = len(self._idle) < _IDLE
            if kept and driver.in_transaction:
                try:
                    driver.rollback()
                except sqlite3.Error:
                    kept = False
            if kept:
                self._idle.append(driver)
            else:
                driver.close()

    @contextmanager
    def transaction(self, *, writes: bool) -> Iterator[Connection]:
        """Open a transaction; one that writes begins with the lock."""
        with self._borrowed() as driver:
            driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
            yield SqliteConnection(driver)
            driver.execute("COMMIT")

    @cached_property
    def engine(self) -> "sa.Engine":  # type: ignore[override]
        """SQLAlchemy's, for tables beside the log."""
        made = sa.create_engine(
            "sqlite://",
            creator=self.connected,
            poolclass=sa.QueuePool,
            pool_size=_IDLE,
            max_overflow=2 * _IDLE,
        )
        sa.event.listen(made, "begin", _begin)
        return made

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
        while self._idle:
            self._idle.pop().close()
        if "engine" in self.__dict__:
            self.engine.dispose()

    def lock(self, connection: Connection) -> None:
        """Nothing to do: the transaction began with the lock (BEGIN IMMEDIATE)."""

    def insert(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Append rows to the log by one statement of the driver's."""
        values = [(*row[:4], moment_text(row.recorded_at), *row[5:]) for row in rows]
        connection.driver.executemany(_INSERT_ONE, values)

    def scrub(self) -> None:
        """Empty the write-ahead log, which keeps pages as they were before."""
        with translated(self.where), self._borrowed() as driver:
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def seal(self) -> None:
        """Make the closed store one file that is on disk, without a write-ahead log."""
        with translated(self.where):
            with self._borrowed() as driver:
                driver.execute("PRAGMA journal_mode=DELETE").fetchall()
            self.close()
            synced(self.path)


_IDLE = 20
"""Connections that are kept open for whoever comes next."""
_DURABLE = (
    "PRAGMA journal_mode=WAL",
    # An acknowledged write survives the loss of power, not only of the process.
    "PRAGMA synchronous=FULL",
    # What a redaction takes back leaves no bytes behind.
    "PRAGMA secure_delete=ON",
)


def _begin(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN")


# -- PostgreSQL --------------------------------------------------------------------

CONNECT_SECONDS = 5
LOCK_SECONDS = 10
SESSION = {
    # A statement whose sender was killed ends, instead of holding the lock until it is done.
    "client_connection_check_interval": "2s",
    # A sender whose host is gone without a word is found out: after 10 + 3 * 5 seconds.
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "25s",
    # Longer than our own work between two statements of an import of a million rows.
    "idle_in_transaction_session_timeout": "10min",
}
"""What the server does about clients that vanish: nothing, or after hours, by default."""
_KEEPALIVE = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
"""The same for us, in the client library's words: a server that vanished is no answer."""
_SET = """
SELECT set_config(name, wanted, false)
FROM unnest(%s::text[], %s::text[]) AS ours (name, wanted) JOIN pg_settings USING (name)
"""
_LOCK_KEY = 0x68617A61
"""Any number; all writers of one database take this advisory lock ("haza")."""

_BATCH = 5_000
_TYPES = ("bigint", "text", "text", "int", "timestamptz", *["text"] * 7)
_INSERT = (
    f"INSERT INTO revisions ({', '.join(Row._fields)}) "  # noqa: S608 - fixed names
    "SELECT * FROM unnest("
    + ", ".join(
        f"CAST(:{name} AS {kind}[])" for name, kind in zip(Row._fields, _TYPES, strict=True)
    )
    + ")"
)


class PostgresStore(Store):
    """A register in a PostgreSQL database.

    Parameters
    ----------
    url
        SQLAlchemy URL, ``postgresql+psycopg://user:password@host/database``; a plain
        ``postgresql://`` is understood alike.

    Raises
    ------
    InvalidInput
        The URL is none of PostgreSQL.
    """

    dialect = "postgresql"

    def __init__(self, url: str) -> None:
        try:
            parsed = sa.make_url(url)
        except sa.exc.ArgumentError:
            parsed = None
        if parsed is None or parsed.get_backend_name() != "postgresql":
            raise InvalidInput(
                "The database URL must look like postgresql+psycopg://user@host/name.",
                code="bad-database-url",
            )
        parsed = parsed.set(drivername="postgresql+psycopg")
        self.where = parsed.render_as_string(hide_password=True)
        self._asking = Lock()
        self._asker: sa.Connection | None = None
        with translated(self.where):
            self.engine = sa.create_engine(
                parsed,
                connect_args={
                    "connect_timeout": CONNECT_SECONDS,
                    "application_name": "hazardmap",
                    **_KEEPALIVE,
                },
                # A connection that died while idle is replaced before it is used.
                pool_pre_ping=True,
                pool_size=10,
                max_overflow=20,
            )
        sa.event.listen(self.engine, "connect", _watch_the_client)

    @contextmanager
    def transaction(self, *, writes: bool) -> Iterator[Connection]:
        """Open a transaction; reading and writing ones begin alike."""
        del writes
        with self.engine.connect() as connection, connection.begin():
            yield AlchemyConnection(connection)

    def head(self) -> int:
        """Give the number of the last revision; one round trip on a connection kept for it."""
        with translated(self.where), self._asking:
            try:
                return self._asked()
            except sa.exc.DBAPIError:
                # It died while idle, e.g. since the server was started anew.
                self._forget_asker()
                return self._asked()

    def _asked(self) -> int:
        if self._asker is None:
            connection = self.engine.connect()
            # Without a transaction of its own, it sees each commit at once.
            self._asker = connection.execution_options(isolation_level="AUTOCOMMIT")
        return self._asker.exec_driver_sql(_HEAD).scalar() or 0

    def _forget_asker(self) -> None:
        asker, self._asker = self._asker, None
        if asker is not None:
            with contextlib.suppress(sa.exc.SQLAlchemyError):
                asker.invalidate()
                asker.close()

    def close(self) -> None:
        """Give back the connections."""
        with self._asking:
            if self._asker is not None:
                self._asker.close()
                self._asker = None
        self.engine.dispose()

    def lock(self, connection: Connection) -> None:
        """Wait for the writers' advisory lock; given back when the transaction ends."""
        connection.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
        # Whatever the server's default: what is acknowledged is on its disk.
        connection.execute("SET LOCAL synchronous_commit = on")
        connection.execute(f"SELECT pg_advisory_xact_lock({_LOCK_KEY})")

    def insert(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Append rows as arrays: one statement a batch, so the trigger runs once a batch."""
        for start in range(0, len(rows), _BATCH):
            columns = zip(*rows[start : start + _BATCH], strict=True)
            values = {name: list(column) for name, column in zip(Row._fields, columns, strict=True)}
            connection.execute(_INSERT, values)

    def scrub(self) -> None:
        """Let the server give back the space of rows that were written over."""
        with translated(self.where), self.engine.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            alone.execute(sa.text("VACUUM revisions"))
            alone.execute(sa.text("VACUUM incident_heads"))


def _watch_the_client(connection: Any, _: object) -> None:
    """Set `SESSION` on a new connection, as far as the server knows these settings."""
    import psycopg

    names, values = zip(*SESSION.items(), strict=True)
    try:
        connection.execute(_SET, (list(names), list(values)))
        # Left open, the transaction would take the settings back with it.
        connection.commit()
    except psycopg.Error as reason:  # e.g. a server on a system that cannot watch its clients
        connection.rollback()
        logger.warning("the database server does not watch its clients: %s", reason)


# -- errors ------------------------------------------------------------------------

_SQLITE = (
    # part of SQLite's message, slug, sentence
    (
        "disk is full",
        "disk-full",
        "The disk is full. Free some space and try again; no restart is needed.",
    ),
    (
        "readonly",
        "read-only",
        "The register's file or folder is read-only. Allow this user to write to it, try again.",
    ),
    (
        "unable to open",
        "unopenable",
        "The register's file cannot be opened. Check that its folder exists and may be written to.",
    ),
    (
        "locked",
        "locked",
        (
            "Another process has held the register's lock for too long. Try again; if it stays so, "
            "look for a program that keeps a transaction open."
        ),
    ),
    (
        "malformed",
        "corrupt",
        (
            "The register's file is damaged. Stop writing and restore the last backup "
            "(hazardmap restore)."
        ),
    ),
    (
        "not a database",
        "corrupt",
        (
            "The register's file is damaged or is no register. Restore the last backup "
            "(hazardmap restore)."
        ),
    ),
    (
        "disk i/o error",
        "io-error",
        "The disk reports an error. Check the disk and its free space, then try again.",
    ),
)
_OF_SYSTEM = (
    ((errno.EACCES, errno.EPERM, errno.EROFS), "readonly"),
    ((errno.ENOSPC, errno.EDQUOT), "disk is full"),
)
_POSTGRES = (
    ("53100", "disk-full", "The database server's disk is full. Free some space there."),
    ("25006", "read-only", "The database is read-only (a standby?). Connect to the primary."),
    ("42501", "forbidden", "The database user lacks a privilege. Grant it and try again."),
    ("55P03", "locked", "Another transaction holds the register's lock. Try again."),
    ("57014", "locked", "The database stopped waiting for the register's lock. Try again."),
    ("28", "login", "The database refused the login. Check the user and the password."),
    ("3D000", "no-database", "There is no such database. Create it first."),
)
_LOST = (
    "The connection to the database was lost. It is tried again with the next request; what was "
    "not acknowledged may have to be sent again."
)


class Clash(Exception):
    """A constraint was broken: somebody else has written the same at the same time."""


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Turn the store's errors into `StoreError`, with a sentence that says what to do."""
    try:
        yield
    except (sqlite3.Error, OSError) as reason:
        if isinstance(reason, sqlite3.IntegrityError):
            raise Clash from reason
        raise _store_error(reason, where) from reason
    except Exception as reason:
        # Whoever never loaded SQLAlchemy has none of its errors.
        errors: Any = sys.modules.get("sqlalchemy.exc")
        if errors is None or not isinstance(reason, errors.SQLAlchemyError):
            raise
        if isinstance(reason, errors.IntegrityError):
            raise Clash from reason
        raise _store_error(reason, where) from reason


def _store_error(reason: BaseException, where: str) -> StoreError:
    origin = getattr(reason, "orig", None) or reason
    text = str(origin).lower()
    state = getattr(origin, "sqlstate", None) or ""
    if isinstance(origin, sqlite3.Error):
        for part, code, sentence in _SQLITE:
            if part in text:
                return StoreError(f"{sentence} ({where})", code=code)
    for start, code, sentence in _POSTGRES:
        if state.startswith(start):
            return StoreError(f"{sentence} ({where})", code=code)
    if getattr(reason, "connection_invalidated", False) or type(origin).__module__.startswith(
        "psycopg"
    ):
        return StoreError(f"{_LOST} ({where})", code="connection-lost")
    if isinstance(reason, OSError):
        # The same sentences as where SQLite finds it out first.
        for errors, part in _OF_SYSTEM:
            if reason.errno in errors:
                code, sentence = next((c, s) for p, c, s in _SQLITE if p == part)
                return StoreError(f"{sentence} ({where})", code=code)
        return StoreError(f"{where}: {reason.strerror or reason}.", code="io-error")
    return StoreError(f"The register's store failed ({where}): {str(origin)[:200]}")
