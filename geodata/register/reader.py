"""Reading single records and stretches of the log, for snapshots."""

from collections.abc import Iterable
from functools import cached_property

from geodata.register import log
from geodata.register.revision import Row
from geodata.register.store import Store


class LogReader:
    """Reads what a snapshot does not hold in memory.

    Parameters
    ----------
    store
        Where the log lies.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    @cached_property
    def id_key(self) -> bytes:
        """The register's key for ids; whoever has it can find contents by guessing ids."""
        return bytes.fromhex(self._store.setting("id_key") or "")

    def at(self, kind: str, record_id: str, seq: int) -> Row | None:
        """Give a record's last revision up to a number."""
        return self.heads(kind, [record_id], seq).get(record_id)

    def heads(self, kind: str, record_ids: Iterable[str], seq: int) -> dict[str, Row]:
        """Give the last revision up to a number of each record that was held."""
        with self._store.read() as connection:
            return log.heads(connection, kind, record_ids, seq)

    def history(self, kind: str, record_id: str, seq: int) -> list[Row]:
        """Give a record's revisions up to a number, oldest first."""
        with self._store.read() as connection:
            rows = log.history(connection, kind, record_id)
        return [row for row in rows if row.seq <= seq]

    def between(self, after: int, until: int) -> list[Row]:
        """Give the revisions after one number up to another, in order."""
        with self._store.read() as connection:
            return list(log.since(connection, after, until))
