"""Alembic's entry: runs on the connection, and in the transaction, that it is given."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    # All steps or none: an interrupted upgrade leaves the register as it was.
    transactional_ddl=True,
)
context.run_migrations()
