"""Alembic migrations of the register's tables."""
