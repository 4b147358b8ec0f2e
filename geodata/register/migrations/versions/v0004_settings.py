"""What belongs to the register itself and not to a record: its key for ids, its views' state.

On PostgreSQL the projection also gets the id that a record has in the data set it came from,
since an id that repeats it is not for everybody.
"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_EXTERNAL_ID = """
UPDATE incident_heads SET external_id = payload::jsonb ->> 'external_id'
FROM revisions
WHERE kind = 'incident' AND record_id = incident_id AND revisions.version = incident_heads.version
"""


def upgrade() -> None:
    """Make the table, with a key of 64 random bytes."""
    settings = op.create_table(
        "register_settings",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    connection = op.get_bind()
    key = {"name": "id_key", "value": secrets.token_hex(64)}
    connection.execute(sa.insert(settings), key)
    if connection.dialect.name == "postgresql":
        op.add_column("incident_heads", sa.Column("external_id", sa.Text))
        connection.exec_driver_sql(_EXTERNAL_ID)
