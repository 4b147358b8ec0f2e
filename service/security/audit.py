"""Who read restricted data: one JSON object a line, a file a month in the data directory.

A line says when, which key (by name, id and role, never its text), from which address, and
what was asked: method, path and query, the status and the id of the request; of the answer
nothing. Lines are only ever added, by all workers and by the command line; the file is for
its owner alone (0600). How long the months are kept is the operator's to decide.
"""

import getpass
import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

log = logging.getLogger("hazardmap")
MOST_QUERY = 1_000


class AuditLog:
    """Adds to the audit log of one data directory.

    Parameters
    ----------
    folder
        The data directory.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def note(self, what: str, **details: Any) -> None:
        """Add a line.

        Parameters
        ----------
        what
            ``read``, ``import`` or ``keys``; ``export`` for the command line.
        **details
            Who, from where, and what.
        """
        now = datetime.now(UTC)
        line = {"time": now.isoformat(timespec="milliseconds"), "what": what, **details}
        path = self._folder / f"audit-{now:%Y-%m}.jsonl"
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                # One call: lines of several processes do not mix.
                os.write(handle, orjson.dumps(line, default=str) + b"\n")
            finally:
                os.close(handle)
        except OSError:  # A full disk must not hide from an analyst where the mines are.
            log.exception("the audit log cannot be written")

    def note_command(self, command: str, **details: Any) -> None:
        """Add a line for what the command line wrote in full."""
        try:
            user = getpass.getuser()
        except (KeyError, OSError):  # a container's user may have no name
            user = str(os.getuid())
        self.note("export", user=user, command=command, **details)
