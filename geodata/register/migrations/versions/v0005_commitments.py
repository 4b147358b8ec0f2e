"""Digests cover a salted commitment to the words, so that words can be taken back provably.

Revisions written before have neither: their digests cover the words themselves, and stay.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two columns."""
    op.add_column("revisions", sa.Column("salt", sa.Text))
    op.add_column("revisions", sa.Column("commitment", sa.Text))
