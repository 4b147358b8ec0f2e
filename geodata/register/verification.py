"""Proving that a log is whole: numbers without gaps, versions in order, digests in chain."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from geodata.errors import StoreError
from geodata.register import log
from geodata.register.redaction import Tombstones
from geodata.register.revision import GENESIS, Row, digest_of
from geodata.register.store import Store


@dataclass(frozen=True, slots=True)
class Verified:
    """What a whole log holds.

    Attributes
    ----------
    revisions
        How many there are.
    records
        Of how many records.
    digest
        The last one: two logs with one digest hold the same, from the first revision on.
    """

    revisions: int
    records: int
    digest: str


class Chain:
    """Checks revisions as they pass.

    Parameters
    ----------
    where
        The store, for the message.
    """

    def __init__(self, where: str) -> None:
        self._where = where
        self._versions: dict[tuple[str, str], int] = {}
        self._seq = 0
        self._digest = GENESIS
        self._tombstones = Tombstones()

    def checked(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Pass the rows on.

        Raises
        ------
        StoreError
            A revision is missing, altered or out of order.
        """
        for row in rows:
            key = (row.kind, row.record_id)
            if row.seq != self._seq + 1:
                raise self._broken(self._seq + 1, "is missing")
            if row.version != self._versions.get(key, 0) + 1:
                raise self._broken(row.seq, f"is not the next version of {row.record_id!r}")
            if row.digest != digest_of(self._digest, row):
                raise self._broken(row.seq, "is not what was written")
            self._seq, self._digest = row.seq, row.digest
            self._versions[key] = row.version
            self._tombstones.note(row)
            yield row

    def _broken(self, seq: int, why: str) -> StoreError:
        return StoreError(
            f"The register is damaged: revision {seq} {why} ({self._where}). "
            "Restore the last backup (hazardmap restore).",
            code="corrupt",
        )

    def verified(self) -> Verified:
        """Say what has passed.

        Raises
        ------
        StoreError
            Words are missing that no redaction took back.
        """
        unnamed = self._tombstones.unnamed()
        if unnamed is not None:
            raise self._broken(unnamed, "lacks words that no redaction took back")
        return Verified(self._seq, len(self._versions), self._digest)


def verify(store: Store) -> Verified:
    """Read the whole log of a store and check it.

    Parameters
    ----------
    store
        The store.

    Returns
    -------
    Verified
        What it holds.

    Raises
    ------
    StoreError
        The file or the log is damaged; the message names the first bad revision.
    """
    chain = Chain(store.where)
    with store.read() as connection:
        if connection.dialect.name == "sqlite":
            _check_pages(connection, store.where)
        for _ in chain.checked(log.since(connection, 0)):
            pass
    return chain.verified()


def _check_pages(connection: sa.Connection, where: str) -> None:
    found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
    if found != "ok":
        raise StoreError(
            f"The register's file is damaged: {str(found)[:200]} ({where}). "
            "Restore the last backup (hazardmap restore).",
            code="corrupt",
        )
