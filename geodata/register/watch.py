"""Watching beside the work that the register stays whole."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from geodata.background import Background
from geodata.disk import first_at, whole
from geodata.errors import GeodataError, InvalidInput, StoreError
from geodata.register import log
from geodata.register.revision import GENESIS
from geodata.register.store import Store
from geodata.register.verification import Chain, Mark, hold_against

MARK_NAME = "verified.json"
_LOCK_NAME = "verified.lock"
_DAMAGE_NAME = "damaged.txt"
_START = Mark(0, GENESIS, datetime(1970, 1, 1, tzinfo=UTC))
_CHUNK = 2_000
_SHARE = 0.2
"""Share of one processor that a whole pass takes: it must not slow the answers down."""
_BEFORE_SECONDS = 2.0
"""Before a whole pass: whoever asked for the first page after a start has it by then."""
_NEWS_SECONDS = 60.0
_WHOLE_SECONDS = 24 * 3600.0
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Integrity:
    """What is known of the register's being whole."""

    revision: int = 0
    at: datetime | None = None
    """Up to which revision it was found whole, and when; None = not yet."""
    whole_at: datetime | None = None
    """When all of it was last read."""
    damage: str = ""
    """What is wrong; empty where nothing is known to be."""


class Watch(Background):
    """Checks a log in a thread: what is new since the last mark at once, all of it slowly.

    Parameters
    ----------
    folder
        Keeps the mark, outside of the database; None = nowhere, and each start begins anew.
    """

    def __init__(self, store: Store, folder: Path | None) -> None:
        super().__init__("verify")
        self._store = store
        self._folder = folder
        # Each finding takes the place of the one before as a whole, so readers need no lock.
        self.integrity = Integrity()

    def _run(self) -> None:
        whole_due = 0.0
        while not self.ends_within():
            try:
                self.look_at_news()
                if time.monotonic() >= whole_due:
                    whole_due = time.monotonic() + _WHOLE_SECONDS
                    self.ends_within(_BEFORE_SECONDS)
                    with self._alone() as first:
                        if first:
                            self.look_at_all(_SHARE)
            except StoreError as error:
                self._tell(error)
            self.ends_within(_NEWS_SECONDS)

    def _tell(self, error: StoreError) -> None:
        if error.code != "corrupt":
            # A store that is away says nothing about what it holds.
            logger.warning("the register could not be verified: %s", error.message)
            return
        logger.error("%s", error.message)
        self.integrity = replace(self.integrity, damage=error.message)
        if self._folder is not None:
            # The other workers, and the next start, are to know too.
            _keep_file(self._folder, _DAMAGE_NAME, error.message.encode())

    def _known_damage(self) -> str:
        if self._folder is None:
            return self.integrity.damage
        try:
            return (self._folder / _DAMAGE_NAME).read_text(encoding="utf-8")
        except OSError:
            return ""

    def look_at_news(self) -> None:
        """Check what came since the mark.

        Raises
        ------
        StoreError
            The log is damaged, or the store is away.
        """
        mark = self._mark()
        with self._store.read() as connection:
            if mark is not None:
                hold_against(connection, mark, self._store.where)
            elif log.last(connection)[0] > _CHUNK:
                # Nothing was verified yet: the whole pass will do it.
                return
            start = mark or _START
            chain = Chain(self._store.where, start)
            for _ in chain.checked(log.since(connection, start.revision)):
                pass
        self._keep(chain)
        self.integrity = replace(self.integrity, damage=self._known_damage())

    def look_at_all(self, share: float = 1.0) -> None:
        """Check the whole log.

        Raises
        ------
        StoreError
            The log is damaged, or the store is away.
        """
        chain = Chain(self._store.where, _START)
        while not self.ends_within():
            begun = time.thread_time()
            after = chain.mark.revision
            with self._store.read() as connection:
                for _ in chain.checked(log.since(connection, after, after + _CHUNK)):
                    pass
            if chain.mark.revision == after:
                break
            self.ends_within((time.thread_time() - begun) * (1 / share - 1))
        else:
            return
        self._keep(chain)
        if self._folder is not None:
            forget_damage(self._folder)
        self.integrity = replace(self.integrity, whole_at=chain.mark.at, damage="")

    def _keep(self, chain: Chain) -> None:
        chain.verified()
        mark = chain.mark
        self.integrity = replace(self.integrity, revision=mark.revision, at=mark.at)
        if self._folder is not None:
            keep_mark(self._folder, mark)

    def _mark(self) -> Mark | None:
        return None if self._folder is None else kept_mark(self._folder)

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """Say whether no other process of this directory makes a whole pass now."""
        if self._folder is None:
            yield True
            return
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
        with first_at(self._folder / _LOCK_NAME) as alone:
            yield alone


def keep_mark(folder: Path, mark: Mark) -> None:
    """Keep a mark in the data directory, in place of the one before; a full disk keeps none."""
    _keep_file(folder, MARK_NAME, mark.line())


def _keep_file(folder: Path, name: str, content: bytes) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with whole(folder / name) as made:
            made.write_bytes(content)
    except (OSError, GeodataError) as reason:
        logger.warning("what was verified could not be kept: %s", reason)


def kept_mark(folder: Path) -> Mark | None:
    """Give the mark of the data directory; None where there is none that can be read."""
    try:
        return Mark.read((folder / MARK_NAME).read_bytes())
    except (OSError, InvalidInput):
        return None


def forget_damage(folder: Path) -> None:
    """Forget what was found damaged, since the register was found whole."""
    with suppress(OSError):
        (folder / _DAMAGE_NAME).unlink(missing_ok=True)


def forget_mark(folder: Path) -> None:
    """Forget mark and damage, since another log takes the place of the one that they are of."""
    forget_damage(folder)
    with suppress(OSError):
        (folder / MARK_NAME).unlink(missing_ok=True)
