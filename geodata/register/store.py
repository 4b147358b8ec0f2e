"""The stores: where the log lies, one writer at a time, errors in words."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

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
