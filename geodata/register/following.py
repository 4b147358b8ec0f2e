"""Keeping the state in memory at the log's head, and states of the past at hand."""

import logging
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from threading import Lock, Thread

from sqlalchemy import Connection

from geodata.errors import NotFound, StoreError
from geodata.register import checkpoint, log
from geodata.register.log import LogReader
from geodata.register.memo import Memo
from geodata.register.revision import Row
from geodata.register.snapshot import Snapshot
from geodata.register.state import LAYERS, SMALL_KINDS, HeldEdition, State
from geodata.register.store import EPOCH, Store

_PAST_STATES = 4
_RETRY_SECONDS = 1.0
_AT_ONCE = 50_000
"""Revisions of which a long log's rows are made at once: more take memory, fewer take time."""
_LONG_TAIL = 10_000
"""Revisions after the checkpoint from which on a start gets slow (about 0.1 s)."""
logger = logging.getLogger(__name__)


class Following:
    """The held state: follows this process's writes at once and others' by looking.

    Parameters
    ----------
    store
        Where the log lies.
    folder
        Where checkpoints are kept; None = nowhere, and every start reads the whole log.
    observed
        First and last day on which incidents were recorded, where that is stated.
    """

    def __init__(
        self,
        store: Store,
        folder: Path | None = None,
        observed: tuple[date | None, date | None] | None = None,
    ) -> None:
        self.observed = observed
        self._store = store
        self._folder = folder
        self.reader = LogReader(store)
        self._shared = Memo(16)
        self._past = Memo(_PAST_STATES)
        self._lock = Lock()
        self._look_again = 0.0
        # Numbers of looks at the store: the newest begun, and the newest done.
        self._begun = self._done = 0
        self._saving = Lock()
        self._filling = 0
        with store.read() as connection:
            kept = None if folder is None else checkpoint.load(connection, folder, self._epoch)
            start = kept or State()
            self._saved = start.revision
            self._state = _grown(start, log.since(connection, start.revision))
        self._snapshot = self._of(self._state, None)
        self._save_if_long()

    @property
    def _epoch(self) -> str:
        """What makes checkpoints stale although the log's end is the same."""
        return self._store.setting(EPOCH) or ""

    def _save_if_long(self) -> None:
        """Write a checkpoint beside the work when a start would have much of the log to read."""
        long = self._state.revision - self._saved >= _LONG_TAIL
        if self._folder is not None and long and not self._filling:
            Thread(target=self.save, name="checkpoint", daemon=True).start()

    @contextmanager
    def filling(self) -> Iterator[None]:
        """Write no checkpoint while much is appended, and one afterwards.

        Each would be stale at once, and holds all rows: for a million rows in batches they would
        take longer than the rows. After a crash the next start reads the log's tail instead.
        """
        with self._lock:
            self._filling += 1
        try:
            yield
        finally:
            with self._lock:
                self._filling -= 1
                self._save_if_long()

    def save(self, least: int = _LONG_TAIL, *, wait: bool = False) -> None:
        """Write a checkpoint, if at least so many revisions came since the last one.

        Parameters
        ----------
        least
            So many.
        wait
            Let a checkpoint that is being written be finished first; else leave it at that.
        """
        if self._folder is None or not self._saving.acquire(blocking=wait):
            return
        state = self._state
        try:
            if state.revision - self._saved < max(least, 1):
                return
            epoch = self._epoch
            checkpoint.save(state, self._folder, epoch)
            if self._epoch != epoch or self._state.redactions != state.redactions:
                # Words were taken back meanwhile: they must not lie on disk.
                checkpoint.discard(self._folder)
                return
            self._saved = state.revision
        except (OSError, StoreError) as reason:
            # It only saves time: the log has everything.
            logger.warning("no checkpoint was written: %s", reason)
        finally:
            self._saving.release()

    def current(self) -> Snapshot:
        """Give the newest snapshot: every write acknowledged before this call is in it.

        By whichever process, over whichever connection: the store is asked for its newest
        number, which costs a fraction of a millisecond. Threads that wait for each other
        share one look, but only one that began after they had come. While the store is away,
        reading goes on from memory.
        """
        begun = self._begun
        with self._lock:
            if self._done <= begun and time.monotonic() >= self._look_again:
                self._look()
        return self._snapshot

    def newest(self) -> Snapshot:
        """Give the newest snapshot, having asked the store now, also where it was away before."""
        with self._lock:
            self._look()
        return self._snapshot

    def _look(self) -> None:
        self._begun += 1
        try:
            if self._store.head() != self._state.revision:
                self._catch_up()
        except StoreError as error:
            # Writing says so itself.
            logger.warning("cannot look for new revisions: %s", error.message)
            self._look_again = time.monotonic() + _RETRY_SECONDS
        self._done = self._begun

    def _catch_up(self) -> None:
        with self._store.read() as connection:
            self._advance(log.since(connection, self._state.revision))

    def _advance(self, rows: Iterable[Row]) -> None:
        before = self._state.redactions
        self._state = self._state.after(rows)
        if self._state.redactions != before:
            # States of the past, and files, were made of words that are taken back now.
            self._past = Memo(_PAST_STATES)
            self._saved = 0
            if self._folder is not None:
                checkpoint.discard(self._folder)
        self._snapshot = self._of(self._state, None)
        self._save_if_long()

    def publish(self, rows: list[Row]) -> None:
        """Take in what this process has just committed."""
        with self._lock:
            if rows[-1].seq <= self._state.revision:
                return
            if rows[0].seq == self._state.revision + 1:
                self._advance(rows)
            else:
                self._catch_up()

    def at(self, moment: datetime | None, edition: str | None) -> Snapshot:
        """Give the snapshot of a moment (None = now) on an edition of boundaries."""
        current = self.current()
        if moment is None and edition in (None, current.edition):
            return current
        state = self._state if moment is None else self._state_at(moment)
        key = ("snapshot", state.revision, edition, self._state.revision)
        return self._past.get(key, lambda: self._of(state, edition))

    def _state_at(self, moment: datetime) -> State:
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        if moment >= self._state.recorded_at:
            return self._state
        with self._store.read() as connection:
            seq = log.seq_at(connection, moment)
            if seq == self._state.revision:
                return self._state

            def build() -> State:
                return self._past_state(connection, seq)

            return self._past.get(("state", seq), build)

    def _past_state(self, connection: Connection, seq: int) -> State:
        """Give the state at a number, whose layers are read when somebody looks at them."""
        if seq == 0:
            return State()
        state = State().after(log.of_kinds(connection, SMALL_KINDS, seq))
        layers = {
            name: getattr(state, name).read_by(partial(self._of_kind, kind, seq))
            for name, kind in LAYERS.items()
        }
        return replace(
            state,
            **layers,
            revision=seq,
            recorded_at=log.moment_at(connection, seq),
            digest=log.digest_at(connection, seq) or state.digest,
        )

    def _of_kind(self, kind: str, seq: int) -> Iterator[list[Row]]:
        with self._store.read() as connection:
            rows = log.since(connection, 0, seq, kind)
            while some := list(islice(rows, _AT_ONCE)):
                yield some

    def _of(self, state: State, edition: str | None) -> Snapshot:
        known_now = self._state.editions
        if edition is None:
            # Before any edition was recorded, the first one stands in: districts without
            # incidents say more than no districts.
            edition = _default(state.editions) or next(iter(known_now), None)
        elif edition not in known_now:
            known = ", ".join(known_now) or "none"
            raise NotFound(
                f"There is no edition {edition[:60]!r} of boundaries; there are: {known}.",
                code="no-edition",
            )
        shown = replace(state, editions=known_now)
        now = None if state is self._state else self._state
        return Snapshot(shown, edition, self.reader, self._shared, now=now, observed=self.observed)

    @property
    def state(self) -> State:
        """What is held now."""
        self.current()
        return self._state


def _grown(state: State, rows: Iterable[Row]) -> State:
    """Give the state after many revisions; rows are made of some at a time, within memory."""
    several = iter(rows)
    while some := list(islice(several, _AT_ONCE)):
        state = state.after(some)
        if len(some) == _AT_ONCE:
            for name in LAYERS:
                getattr(state, name).table  # noqa: B018 - made here, so that the texts can go
    return state


def _default(editions: Mapping[str, HeldEdition]) -> str | None:
    """Choose the edition added last among those that still apply, or else the last."""
    names = list(editions)
    open_ended = [name for name in names if editions[name].edition.valid_to is None]
    chosen = open_ended or names
    return chosen[-1] if chosen else None
