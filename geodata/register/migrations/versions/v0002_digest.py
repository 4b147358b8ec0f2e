"""Every revision carries a digest, chained to the one before, so that loss shows."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_HELD = ("seq", "kind", "record_id", "version", "recorded_at", "author", "change", "reason")
_REVISIONS = sa.table("revisions", *(sa.column(name) for name in (*_HELD, "payload", "digest")))


def upgrade() -> None:
    """Add the digest and compute it for what is held."""
    op.add_column("revisions", sa.Column("digest", sa.Text, nullable=False, server_default=""))
    connection = op.get_bind()
    columns = [_REVISIONS.c[name] for name in (*_HELD, "payload")]
    rows = connection.execute(sa.select(*columns).order_by(_REVISIONS.c.seq)).all()
    previous, batch = "0" * 64, []
    for found in rows:
        previous = _digest(previous, list(found))
        batch.append({"at": found[0], "chained": previous})
    if batch:
        statement = sa.update(_REVISIONS).where(_REVISIONS.c.seq == sa.bindparam("at"))
        connection.execute(statement.values(digest=sa.bindparam("chained")), batch)


def _digest(previous: str, values: list[Any]) -> str:
    """Chain as this schema did; SQLite gives the time as it was written, PostgreSQL as a time."""
    if isinstance(values[4], datetime):
        text = values[4].astimezone(UTC).isoformat(timespec="microseconds")
        values[4] = text.replace("+00:00", "Z")
    return hashlib.sha256(previous.encode() + orjson.dumps(values)).hexdigest()
