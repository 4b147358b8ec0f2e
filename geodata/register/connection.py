"""A transaction of a store: statements in SQL that both databases understand.

Values are named (``:name``). SQLite's own driver is used as it is: SQLAlchemy, which takes half as
long to load as pandas, is there for PostgreSQL, for migrations and for the service's tables.
"""

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import orjson

if TYPE_CHECKING:
    import sqlalchemy as sa

Values = Mapping[str, Any]
BATCH = 5_000
"""Rows that are read at once where many are."""


@lru_cache(maxsize=256)
def moment_text(moment: datetime) -> str:
    """Write a moment so that texts sort by time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def moment_of(value: Any) -> datetime:
    """Read a moment as a store gives it: a text of `moment_text`, or a time of any zone."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found if found.tzinfo is UTC else found.astimezone(UTC)


class Connection(ABC):
    """One transaction, open."""

    dialect: Literal["sqlite", "postgresql"]
    driver: Any
    """The driver's own connection."""

    @abstractmethod
    def execute(self, statement: str, values: Values | None = None) -> Any:
        """Do one statement; without values no sign of it has a meaning of ours."""

    @abstractmethod
    def rows(self, query: str, values: Values) -> Iterator[tuple[Any, ...]]:
        """Give the rows of a query, some at a time."""

    def row(self, query: str, values: Values | None = None) -> tuple[Any, ...] | None:
        """Give the first row of a query; None where there is none."""
        found = self.execute(query, values).fetchone()
        return None if found is None else tuple(found)

    def value(self, query: str, values: Values | None = None) -> Any:
        """Give the first value of a query; None where there is no row."""
        found = self.row(query, values)
        return None if found is None else found[0]

    @abstractmethod
    def moment(self, value: datetime) -> Any:
        """Give a moment as this store keeps it, to be compared or written."""

    @abstractmethod
    def among(self, name: str) -> str:
        """Give the condition that a column is in a list, which is the value of that name."""

    @abstractmethod
    def listed(self, texts: Iterable[str]) -> Any:
        """Give a list as a value for `among`."""

    @abstractmethod
    def has_table(self, name: str) -> bool:
        """Say whether there is a table of that name."""

    @abstractmethod
    def alchemy(self) -> AbstractContextManager["sa.Connection"]:
        """Give SQLAlchemy's connection within the same transaction."""


class SqliteConnection(Connection):
    """A transaction of SQLite."""

    dialect = "sqlite"

    def __init__(self, driver: sqlite3.Connection) -> None:
        self.driver = driver

    def execute(self, statement: str, values: Values | None = None) -> sqlite3.Cursor:
        """Do one statement."""
        return self.driver.execute(statement, values or {})

    def rows(self, query: str, values: Values) -> Iterator[tuple[Any, ...]]:
        """Give the rows of a query, some at a time."""
        cursor = self.driver.execute(query, values)
        try:
            while some := cursor.fetchmany(BATCH):
                yield from some
        finally:
            # One that is left half read would keep the state of the log that it sees; with its
            # connection it has ended already.
            with suppress(sqlite3.ProgrammingError):
                cursor.close()

    def moment(self, value: datetime) -> str:
        """Give a moment as text."""
        return moment_text(value)

    def among(self, name: str) -> str:
        """Give the condition: a list is passed as JSON."""
        return f"IN (SELECT value FROM json_each(:{name}))"  # noqa: S608 - our own names

    def listed(self, texts: Iterable[str]) -> str:
        """Give a list as JSON."""
        return orjson.dumps(list(texts)).decode()

    def has_table(self, name: str) -> bool:
        """Say whether there is a table of that name."""
        query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = :name"
        return self.row(query, {"name": name}) is not None

    def alchemy(self) -> AbstractContextManager["sa.Connection"]:
        """Give SQLAlchemy's connection on the driver's; ending it ends no transaction."""
        import sqlalchemy as sa

        within: Any = _Within(self.driver)
        return sa.create_engine(
            "sqlite://", creator=lambda: within, poolclass=sa.StaticPool
        ).connect()


class _Within:
    """A driver's connection whose transaction is ended by its owner alone."""

    def __init__(self, driver: sqlite3.Connection) -> None:
        self._driver = driver

    def __getattr__(self, name: str) -> Any:
        return getattr(self._driver, name)

    def commit(self) -> None:
        """Leave it open."""

    rollback = close = commit


class AlchemyConnection(Connection):
    """A transaction of PostgreSQL."""

    dialect = "postgresql"

    def __init__(self, connection: "sa.Connection") -> None:
        self._connection = connection
        self.driver = connection.connection.driver_connection

    def execute(self, statement: str, values: Values | None = None) -> Any:
        """Do one statement."""
        if values is None:
            return self._connection.exec_driver_sql(statement)
        return self._connection.execute(_text(statement), values)

    def rows(self, query: str, values: Values) -> Iterator[tuple[Any, ...]]:
        """Give the rows of a query, some at a time."""
        found = self._connection.execute(
            _text(query), values, execution_options={"yield_per": BATCH}
        )
        return (tuple(row) for row in found)

    def moment(self, value: datetime) -> datetime:
        """Give the moment."""
        return value

    def among(self, name: str) -> str:
        """Give the condition: a list is passed as an array."""
        return f"= ANY(:{name})"

    def listed(self, texts: Iterable[str]) -> Sequence[str]:
        """Give the list."""
        return list(texts)

    def has_table(self, name: str) -> bool:
        """Say whether there is a table of that name."""
        # Not `to_regclass`: a connection that once found none goes on to find none, although
        # another one has made it while this one waited for the writers' lock.
        query = "SELECT 1 FROM pg_class WHERE relname = :name AND pg_table_is_visible(oid)"
        return self.row(query, {"name": name}) is not None

    def alchemy(self) -> AbstractContextManager["sa.Connection"]:
        """Give SQLAlchemy's connection, which stays open."""
        return nullcontext(self._connection)


@lru_cache(maxsize=128)
def _text(statement: str) -> Any:
    import sqlalchemy as sa

    return sa.text(statement)
