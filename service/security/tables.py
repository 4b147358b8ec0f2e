"""The service's own tables beside the register's log: keys, sessions, answers given."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from geodata.errors import StoreError

METADATA = sa.MetaData()

KEYS = sa.Table(
    "access_keys",
    METADATA,
    sa.Column("key_id", sa.String(16), primary_key=True),
    sa.Column("name", sa.String(120), nullable=False, unique=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("last_used_at", sa.DateTime(timezone=True)),
    sa.Column("revoked_at", sa.DateTime(timezone=True)),
    sa.Column("expires_at", sa.DateTime(timezone=True)),
    sa.Column("rotated_at", sa.DateTime(timezone=True)),
    sa.Column("previous_hash", sa.String(64)),
    sa.Column("previous_until", sa.DateTime(timezone=True)),
)
"""Columns after `revoked_at` came later: `Tables` adds them to older registers."""

SESSIONS = sa.Table(
    "access_sessions",
    METADATA,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("key_id", sa.String(16), nullable=False),
    sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("key_hash", sa.String(64), nullable=False),
)
"""Sessions that run; one that ends is deleted. They are in no backup."""

ANSWERS = sa.Table(
    "given_answers",
    METADATA,
    sa.Column("slot", sa.String(64), primary_key=True),
    sa.Column("request", sa.String(64), nullable=False),
    sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("headers", sa.Text),
    sa.Column("body", sa.LargeBinary),
)
"""Answers to requests with an Idempotency-Key; `status` is null while it is made."""


class Tables:
    """Connections on which the tables are there, with today's columns.

    Parameters
    ----------
    engine
        Engine of the register's store.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._ready = False

    @contextmanager
    def connect(self) -> Iterator[sa.Connection]:
        """Give a connection within a transaction.

        Raises
        ------
        StoreError
            The database does not answer. What breaks a constraint is raised as it is.
        """
        try:
            if not self._ready:
                self._make()
                self._ready = True
            with self._engine.begin() as connection:
                yield connection
        except IntegrityError:
            raise
        except SQLAlchemyError as reason:
            text = str(getattr(reason, "orig", reason)).splitlines()[0][:120]
            raise StoreError(f"The keys cannot be read or written: {text}.") from reason

    def _make(self) -> None:
        METADATA.create_all(self._engine)
        present = {column["name"] for column in sa.inspect(self._engine).get_columns(KEYS.name)}
        for column in KEYS.columns:
            if column.name not in present:
                kind = column.type.compile(self._engine.dialect)
                with self._engine.begin() as connection:
                    connection.execute(
                        sa.text(f"ALTER TABLE {KEYS.name} ADD COLUMN {column.name} {kind}")
                    )
