"""The store for several processes and hosts: PostgreSQL with PostGIS."""

import contextlib
import logging
from collections.abc import Sequence
from threading import Lock
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy import Connection

from geodata.errors import InvalidInput
from geodata.register.failures import translated
from geodata.register.revision import Row
from geodata.register.store import HEAD, Store

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
logger = logging.getLogger(__name__)
_LOCK_KEY = 0x68617A61
"""Any number; all writers of one database take this advisory lock ("haza")."""

_BATCH = 5_000
_TYPES = ("bigint", "text", "text", "int", "timestamptz", *["text"] * 7)
_INSERT = sa.text(
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
        self._asker: Connection | None = None
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
        return self._asker.execute(HEAD).scalar() or 0

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
        super().close()

    def lock(self, connection: Connection) -> None:
        """Wait for the writers' advisory lock; given back when the transaction ends."""
        connection.execute(sa.text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
        # Whatever the server's default: what is acknowledged is on its disk.
        connection.execute(sa.text("SET LOCAL synchronous_commit = on"))
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK_KEY)))

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
    names, values = zip(*SESSION.items(), strict=True)
    try:
        connection.execute(_SET, (list(names), list(values)))
        # Left open, the transaction would take the settings back with it.
        connection.commit()
    except psycopg.Error as reason:  # e.g. a server on a system that cannot watch its clients
        connection.rollback()
        logger.warning("the database server does not watch its clients: %s", reason)
