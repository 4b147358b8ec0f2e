"""The register's tables: one append-only log, and what the register itself has to keep."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator


class Utc(TypeDecorator[datetime]):
    """A moment in UTC to the microsecond, as text that sorts by time in SQLite."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        """Choose text for SQLite, which has no type for time."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.String(32))
        return dialect.type_descriptor(sa.DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Any) -> Any:
        """Write as UTC."""
        if value is None or dialect.name != "sqlite":
            return value
        return moment_text(value)

    def process_result_value(self, value: Any, dialect: Any) -> datetime | None:
        """Read as UTC."""
        if value is None:
            return None
        if dialect.name == "sqlite":
            return datetime.fromisoformat(value)
        moment: datetime = value
        return moment.astimezone(UTC)


@lru_cache(maxsize=256)
def moment_text(moment: datetime) -> str:
    """Write a moment so that texts sort by time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


metadata = sa.MetaData()

revisions = sa.Table(
    "revisions",
    metadata,
    # Given out by the writer under its lock: without gaps, and in the order of commits.
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("record_id", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("recorded_at", Utc, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("change", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    # Null in revisions of earlier schemas, whose digests cover the words themselves.
    sa.Column("salt", sa.Text),
    # Stated only where the words were taken back.
    sa.Column("commitment", sa.Text),
    sa.UniqueConstraint("kind", "record_id", "version", name="uq_revisions_version"),
    sa.Index("ix_revisions_recorded_at", "recorded_at"),
)
"""Every change of every record; rows are added, never deleted, and changed by redaction only."""

settings = sa.Table(
    "register_settings",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
"""Not part of the log: `id_key` (hexadecimal) and what the views follow."""
