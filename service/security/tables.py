"""The service's own tables beside the register's log: keys, sessions, answers given."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from geodata.deferred import deferred
from geodata.errors import StoreError
from geodata.register.store import Clash, Store

if TYPE_CHECKING:
    import sqlalchemy as sa
else:
    # Who only reads what is public needs none of these tables.
    sa = deferred("sqlalchemy")


@cache
def _metadata() -> "sa.MetaData":
    metadata = sa.MetaData()
    moment = sa.DateTime(timezone=True)
    sa.Table(
        "access_keys",
        metadata,
        sa.Column("key_id", sa.String(16), primary_key=True),
        sa.Column("name", sa.String(120), nullable=False, unique=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("last_used_at", moment),
        sa.Column("revoked_at", moment),
        # What follows came later: `Tables` adds it to older registers.
        sa.Column("expires_at", moment),
        sa.Column("rotated_at", moment),
        sa.Column("previous_hash", sa.String(64)),
        sa.Column("previous_until", moment),
    )
    sa.Table(
        "access_sessions",
        metadata,
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("started_at", moment, nullable=False),
        sa.Column("seen_at", moment, nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False),
    )
    sa.Table(
        "given_answers",
        metadata,
        sa.Column("slot", sa.String(64), primary_key=True),
        sa.Column("request", sa.String(64), nullable=False),
        sa.Column("given_at", moment, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("headers", sa.Text),
        sa.Column("body", sa.LargeBinary),
    )
    return metadata


def access_keys() -> "sa.Table":
    """Give the table of keys."""
    return _metadata().tables["access_keys"]


def access_sessions() -> "sa.Table":
    """Give the table of sessions that run; one that ends is deleted. They are in no backup."""
    return _metadata().tables["access_sessions"]


def given_answers() -> "sa.Table":
    """Give the table of answers to requests with an Idempotency-Key.

    Its `status` is null while one is made.
    """
    return _metadata().tables["given_answers"]


class Tables:
    """Connections on which the tables are there, with today's columns."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ready = False

    @contextmanager
    def connect(self) -> Iterator["sa.Connection"]:
        """Give a connection within a transaction.

        Raises
        ------
        StoreError
            The database does not answer.
        Clash
            What is written breaks a constraint.
        """
        try:
            if not self._ready:
                self._make()
                self._ready = True
            with self._store.engine.begin() as connection:
                yield connection
        except sa.exc.IntegrityError as reason:
            raise Clash from reason
        except sa.exc.SQLAlchemyError as reason:
            text = str(getattr(reason, "orig", reason)).splitlines()[0][:120]
            raise StoreError(f"The keys cannot be read or written: {text}.") from reason

    def _make(self) -> None:
        engine, keys = self._store.engine, access_keys()
        _metadata().create_all(engine)
        present = {column["name"] for column in sa.inspect(engine).get_columns(keys.name)}
        for column in keys.columns:
            if column.name not in present:
                kind = column.type.compile(engine.dialect)
                with engine.begin() as connection:
                    connection.execute(
                        sa.text(f"ALTER TABLE {keys.name} ADD COLUMN {column.name} {kind}")
                    )
