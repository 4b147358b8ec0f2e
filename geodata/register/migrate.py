"""Bringing a store's tables to the version that this program needs."""

from pathlib import Path

from geodata.errors import StoreError
from geodata.register.connection import Connection

HEAD = "0005"
"""The newest migration; a test compares it with the folder."""


def version(connection: Connection) -> str | None:
    """Give the migration that the store stands at; None for an empty store."""
    if not connection.has_table("alembic_version"):
        return None
    found: str | None = connection.value("SELECT version_num FROM alembic_version")
    return found


def upgrade(connection: Connection, target: str = "head") -> None:
    """Run the missing migrations in the connection's transaction.

    Raises
    ------
    StoreError
        The store was written by a newer version of the program.
    """
    at = version(connection)
    if at is not None and at > HEAD:
        raise StoreError(
            f"The register has schema {at}, this program knows {HEAD}. "
            "Install the newer hazardmap that wrote it.",
            code="newer-schema",
        )
    # Most openings need nothing from Alembic, which takes a third of a second to load.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with connection.alchemy() as within:
        config.attributes["connection"] = within
        command.upgrade(config, target)
