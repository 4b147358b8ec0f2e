"""Every revision carries a digest, chained to the one before, so that loss shows."""

import sqlalchemy as sa
from alembic import op

from geodata.register.revision import GENESIS, Row, digest_of
from geodata.register.tables import revisions

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the digest and compute it for what is held."""
    op.add_column("revisions", sa.Column("digest", sa.Text, nullable=False, server_default=""))
    connection = op.get_bind()
    held = [column for column in revisions.columns if column.name != "digest"]
    rows = connection.execute(sa.select(*held).order_by(revisions.c.seq)).all()
    previous, batch = GENESIS, []
    for found in rows:
        values = dict(found._mapping)  # noqa: SLF001 - public in SQLAlchemy
        previous = digest_of(previous, Row(**values, digest=""))
        batch.append({"at": found.seq, "digest": previous})
    if batch:
        statement = sa.update(revisions).where(revisions.c.seq == sa.bindparam("at"))
        connection.execute(statement.values(digest=sa.bindparam("digest")), batch)
