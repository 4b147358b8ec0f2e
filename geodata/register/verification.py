"""Proving that a log is whole: numbers without gaps, versions in order, digests in chain.

A whole pass takes about 10 µs of processor time a revision, so a service makes it beside its
work, slowly, and at its start only goes on from the mark that the last pass left outside of the
database. Whoever changes the database alone is found by the one or the other.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import orjson

from geodata.errors import InvalidInput, StoreError
from geodata.register import log
from geodata.register.connection import Connection
from geodata.register.redaction import Tombstones
from geodata.register.revision import GENESIS, Row, digest_of
from geodata.register.store import Store


@dataclass(frozen=True, slots=True)
class Verified:
    """What a whole log holds."""

    revisions: int
    """How many there are."""
    records: int
    """Of how many records."""
    digest: str
    """The last one: two logs with one digest hold the same, from the first revision on."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A revision up to which a log was found whole: to be kept outside of its database."""

    revision: int
    digest: str
    """Of the revision; the digest stands for all before it."""
    at: datetime
    """When it was found so (UTC)."""

    def line(self) -> bytes:
        """Write it as one line of JSON."""
        return orjson.dumps(asdict(self)) + b"\n"

    @classmethod
    def read(cls, line: bytes) -> "Mark":
        """Read what `line` wrote.

        Raises
        ------
        InvalidInput
            It is something else.
        """
        try:
            said = orjson.loads(line)
            at = datetime.fromisoformat(said["at"])
            return cls(int(said["revision"]), str(said["digest"]), at)
        except (ValueError, KeyError, TypeError):
            raise InvalidInput(
                "A line of the anchors is no anchor; one looks like "
                '{"revision":345,"digest":"9f2c…","at":"2024-01-31T12:00:00+00:00"}.',
                code="bad-anchor",
            ) from None


def damaged(seq: int, why: str, where: str) -> StoreError:
    """Make the error of a log that is not what was written."""
    return StoreError(
        f"The register is damaged: revision {seq} {why} ({where}). "
        "Restore the last backup (hazardmap restore).",
        code="corrupt",
    )


def hold_against(connection: Connection, mark: Mark, where: str) -> None:
    """Check that the log holds the revision of a mark.

    Raises
    ------
    StoreError
        It holds another one, or none: it was altered, cut or replaced since.
    """
    found = GENESIS if mark.revision == 0 else log.digest_at(connection, mark.revision)
    if found != mark.digest:
        why = "is missing" if found is None else "is another one than"
        raise damaged(mark.revision, f"{why} what was whole on {mark.at:%Y-%m-%d %H:%M} UTC", where)


class Chain:
    """Checks revisions as they pass.

    Parameters
    ----------
    after
        Go on from here, without counting records: the chain alone proves the order of
        versions too, since the store takes each version of a record once.
    """

    def __init__(self, where: str, after: Mark | None = None) -> None:
        self._where = where
        self._versions: dict[tuple[str, str], int] | None = {} if after is None else None
        self._seq = after.revision if after else 0
        self._digest = after.digest if after else GENESIS
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
            if self._versions is not None and row.version != self._versions.get(key, 0) + 1:
                raise self._broken(row.seq, f"is not the next version of {row.record_id!r}")
            if row.digest != digest_of(self._digest, row):
                raise self._broken(row.seq, "is not what was written")
            self._seq, self._digest = row.seq, row.digest
            if self._versions is not None:
                self._versions[key] = row.version
            self._tombstones.note(row)
            yield row

    def _broken(self, seq: int, why: str) -> StoreError:
        return damaged(seq, why, self._where)

    @property
    def mark(self) -> Mark:
        """How far it has come."""
        return Mark(self._seq, self._digest, datetime.now(UTC))

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
        return Verified(self._seq, len(self._versions or ()), self._digest)


def verify(store: Store) -> Verified:
    """Read the whole log of a store and check it.

    Raises
    ------
    StoreError
        The file or the log is damaged; the message names the first bad revision.
    """
    chain = Chain(store.where)
    with store.read() as connection:
        if connection.dialect == "sqlite":
            _check_pages(connection, store.where)
        for _ in chain.checked(log.since(connection, 0)):
            pass
    return chain.verified()


def _check_pages(connection: Connection, where: str) -> None:
    found = connection.value("PRAGMA integrity_check(1)")
    if found != "ok":
        raise StoreError(
            f"The register's file is damaged: {str(found)[:200]} ({where}). "
            "Restore the last backup (hazardmap restore).",
            code="corrupt",
        )
