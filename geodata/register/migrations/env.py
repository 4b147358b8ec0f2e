"""Alembic's entry: runs on the connection, and in the transaction, that it is given."""

from alembic import context

from geodata.register.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # All steps or none: an interrupted upgrade leaves the register as it was.
    transactional_ddl=True,
)
context.run_migrations()
