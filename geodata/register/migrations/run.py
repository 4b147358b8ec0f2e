"""Runs the migrations. Loaded only when there is something to run: Alembic is heavy."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def upgrade(connection: Connection, target: str) -> None:
    """Run the missing migrations on the connection, in its transaction.

    Parameters
    ----------
    connection
        A writing transaction.
    target
        The migration to stop at; ``head`` is the newest.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, target)
