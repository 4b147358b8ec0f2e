"""What a failing store means in words, and what to do about it."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy.exc as sa_exc

from geodata.errors import StoreError

_SQLITE = (
    # part of SQLite's message, slug, sentence
    (
        "disk is full",
        "disk-full",
        "The disk is full. Free some space and try again; no restart is needed.",
    ),
    (
        "readonly",
        "read-only",
        "The register's file or folder is read-only. Allow this user to write to it, try again.",
    ),
    (
        "unable to open",
        "unopenable",
        "The register's file cannot be opened. Check that its folder exists and may be written to.",
    ),
    (
        "locked",
        "locked",
        (
            "Another process has held the register's lock for too long. Try again; if it stays so, "
            "look for a program that keeps a transaction open."
        ),
    ),
    (
        "malformed",
        "corrupt",
        (
            "The register's file is damaged. Stop writing and restore the last backup "
            "(hazardmap restore)."
        ),
    ),
    (
        "not a database",
        "corrupt",
        (
            "The register's file is damaged or is no register. Restore the last backup "
            "(hazardmap restore)."
        ),
    ),
    (
        "disk i/o error",
        "io-error",
        "The disk reports an error. Check the disk and its free space, then try again.",
    ),
)
_OF_SYSTEM = (
    ((errno.EACCES, errno.EPERM, errno.EROFS), "readonly"),
    ((errno.ENOSPC, errno.EDQUOT), "disk is full"),
)
_POSTGRES = (
    ("53100", "disk-full", "The database server's disk is full. Free some space there."),
    ("25006", "read-only", "The database is read-only (a standby?). Connect to the primary."),
    ("42501", "forbidden", "The database user lacks a privilege. Grant it and try again."),
    ("55P03", "locked", "Another transaction holds the register's lock. Try again."),
    ("57014", "locked", "The database stopped waiting for the register's lock. Try again."),
    ("28", "login", "The database refused the login. Check the user and the password."),
    ("3D000", "no-database", "There is no such database. Create it first."),
)
_LOST = (
    "The connection to the database was lost. It is tried again with the next request; what was "
    "not acknowledged may have to be sent again."
)


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Turn the store's errors into `StoreError`, with a sentence that says what to do.

    Parameters
    ----------
    where
        The store, for the sentence; without password.
    """
    try:
        yield
    except sa_exc.IntegrityError:
        raise
    except (sa_exc.SQLAlchemyError, sqlite3.Error, OSError) as reason:
        raise _store_error(reason, where) from reason


def _store_error(reason: BaseException, where: str) -> StoreError:
    origin = getattr(reason, "orig", None) or reason
    text = str(origin).lower()
    state = getattr(origin, "sqlstate", None) or ""
    if isinstance(origin, sqlite3.Error):
        for part, code, sentence in _SQLITE:
            if part in text:
                return StoreError(f"{sentence} ({where})", code=code)
    for start, code, sentence in _POSTGRES:
        if state.startswith(start):
            return StoreError(f"{sentence} ({where})", code=code)
    if getattr(reason, "connection_invalidated", False) or type(origin).__module__.startswith(
        "psycopg"
    ):
        return StoreError(f"{_LOST} ({where})", code="connection-lost")
    if isinstance(reason, OSError):
        # The same sentences as where SQLite finds it out first.
        for errors, part in _OF_SYSTEM:
            if reason.errno in errors:
                code, sentence = next((c, s) for p, c, s in _SQLITE if p == part)
                return StoreError(f"{sentence} ({where})", code=code)
        return StoreError(f"{where}: {reason.strerror or reason}.", code="io-error")
    return StoreError(f"The register's store failed ({where}): {str(origin)[:200]}")
