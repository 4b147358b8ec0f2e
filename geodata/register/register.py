"""The register: the truth, over time; and its newest state in memory, at the log's head."""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import partial
from itertools import chain, islice
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import geopandas as gpd
import orjson

from geodata.errors import Conflict, GeodataError, NotFound, StoreError
from geodata.intervals import Observed
from geodata.model import Incident
from geodata.plausible import DateRange
from geodata.register import log, projection
from geodata.register.connection import Connection
from geodata.register.copying import backup
from geodata.register.difference import Difference
from geodata.register.log import LogReader, Planned, merged, planned, rows_of, with_status
from geodata.register.public import Location
from geodata.register.redaction import KIND as REDACTION
from geodata.register.redaction import (
    Document,
    Redaction,
    planned_redaction,
    redacted,
    write_over,
)
from geodata.register.reference import Edition, boundaries_document
from geodata.register.revision import GONE, ID_FIELDS, Change, Revision, Row
from geodata.register.snapshot import Apart, Memo, Snapshot
from geodata.register.state import (
    LAYERS,
    SMALL_KINDS,
    State,
    StoredEdition,
    discard_checkpoint,
    load_checkpoint,
    save_checkpoint,
)
from geodata.register.store import EPOCH, Clash, Store, keep_setting
from geodata.register.verification import Verified
from geodata.register.watch import Watch

_PAST_STATES = 4
_RETRY_SECONDS = 1.0
_AT_ONCE = 50_000
"""Revisions of which a long log's rows are made at once: more take memory, fewer take time."""
_LONG_TAIL = 10_000
"""Revisions after the checkpoint from which on a start gets slow (about 0.1 s)."""
logger = logging.getLogger(__name__)


class LiveState:
    """The state in memory: follows this process's writes at once and others' by looking.

    Parameters
    ----------
    folder
        Where checkpoints are kept; None = nowhere, and every start reads the whole log.
    """

    def __init__(
        self,
        store: Store,
        folder: Path | None = None,
        observed: Observed | None = None,
    ) -> None:
        self.observed = observed
        self.apart: Apart | None = None
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
        self._shorter = False
        """Whether rows of the checkpoint went since: a start behind that copies all columns."""
        with store.read() as connection:
            kept = None if folder is None else load_checkpoint(connection, folder, self.epoch)
            start = kept or State()
            self._saved = start.revision
            rows = log.since(connection, start.revision)
            self._state = _grown(start, self._noted(rows))
        self._snapshot = self._of(self._state, None)
        self._save_if_long()

    @property
    def epoch(self) -> str:
        """What makes checkpoints stale although the log's end is the same."""
        return self.reader.epoch

    def _save_if_long(self) -> None:
        """Write a checkpoint beside the work when a start would have much of the log to read."""
        long = self._state.revision - self._saved >= _LONG_TAIL
        if self._folder is not None and long and not self._filling:
            Thread(target=self.save, name="checkpoint", daemon=True).start()

    def _noted(self, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            self._shorter |= row.change in GONE and row.kind in LAYERS.values()
            yield row

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
        """Write a checkpoint, if at least so many revisions came since the last one, or rows went.

        Parameters
        ----------
        wait
            Let a checkpoint that is being written be finished first; else leave it at that.
        """
        if self._folder is None or not self._saving.acquire(blocking=wait):
            return
        shorter, self._shorter = self._shorter, False
        state = self._state
        try:
            if state.revision - self._saved < max(least, 1) and not (shorter and self._saved):
                return
            epoch = self.epoch
            save_checkpoint(state, self._folder, epoch)
            if self.epoch != epoch or self._state.redactions != state.redactions:
                # Words were taken back meanwhile: they must not lie on disk.
                discard_checkpoint(self._folder)
                return
            self._saved = state.revision
        except (OSError, StoreError) as reason:
            # It only saves time: the log has everything.
            self._shorter |= shorter
            logger.warning("no checkpoint was written: %s", reason)
        finally:
            self._saving.release()

    def makes(self, apart: Apart) -> None:
        """Let what is heavy be made apart, from now on."""
        with self._lock:
            self.apart = apart
            self._past = Memo(_PAST_STATES)
            self._snapshot = self._of(self._state, None)

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
        self._state = self._state.after(self._noted(rows))
        if self._state.redactions != before:
            # States of the past, and files, were made of words that are taken back now.
            self._past = Memo(_PAST_STATES)
            for name in LAYERS:
                getattr(self._state, name).table.alone()
            self._saved = 0
            if self._folder is not None:
                discard_checkpoint(self._folder)
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
        if moment is None and (edition is None or edition == current.edition):
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
        return Snapshot(
            shown,
            edition,
            self.reader,
            self._shared,
            now=now,
            observed=self.observed,
            apart=self.apart,
            folder=self._folder,
        )

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


def _default(editions: Mapping[str, StoredEdition]) -> str | None:
    """Choose the edition added last among those that still apply, or else the last."""
    names = list(editions)
    open_ended = [name for name in names if editions[name].edition.valid_to is None]
    chosen = open_ended or names
    return chosen[-1] if chosen else None


@dataclass(slots=True)
class _Asked:
    """A write that waits for its transaction, and what became of it."""

    plans: Sequence[Planned]
    author: str
    reason: str | None
    fresh: Sequence[tuple[str, str]]
    rows: list[Row] = field(default_factory=list)
    """What was committed."""
    error: BaseException | None = None


class _Commits:
    """The writes of a process, one transaction after the other.

    Those that come while one is written to the disk share the next, and so its ``fsync``: each is
    acknowledged after the transaction that has it. One that is refused disturbs no other.

    Parameters
    ----------
    publish
        Takes in what has just been committed.
    """

    def __init__(self, store: Store, publish: Callable[[list[Row]], None]) -> None:
        self._store, self._publish = store, publish
        self._waiting: deque[_Asked] = deque()
        self._writing = Lock()

    def write(self, asked: _Asked) -> list[Row]:
        """Commit a write, and give its rows once they are on disk and published."""
        self._waiting.append(asked)
        with self._writing:
            # Whoever wrote before may have written this one, too.
            if not asked.rows and asked.error is None:
                some = []
                while self._waiting:
                    some.append(self._waiting.popleft())
                self._commit(some)
        if asked.error is not None:
            raise asked.error
        return asked.rows

    def _commit(self, some: list[_Asked]) -> None:
        try:
            with self._store.write() as connection:
                made = [self._inserted(connection, one) for one in some]
        except Clash as error:
            if len(some) > 1:
                for one in some:
                    self._commit([one])
                return
            some[0].error = Conflict(
                "Somebody else changed a record at the same time. Read it again and repeat."
            )
            some[0].error.__cause__ = error
            return
        except BaseException as error:  # noqa: BLE001 - each of them raises it itself
            for one in some:
                one.error = one.error or error
            return
        for one, rows in zip(some, made, strict=True):
            one.rows = rows
        if rows := list(chain.from_iterable(made)):
            self._publish(rows)

    def _inserted(self, connection: Connection, one: _Asked) -> list[Row]:
        """Insert the rows of a write; none where it does not fit what is held."""
        if one.error is not None:
            return []
        now = datetime.now(UTC)
        try:
            rows = rows_of(connection, one.plans, now, one.author, one.reason, one.fresh)
        except GeodataError as error:
            one.error = error
            return []
        self._store.insert(connection, rows)
        return rows


class Register:
    """An open register. Threads may share it; close it at the end.

    Parameters
    ----------
    folder
        Where checkpoints are kept, so that the next opening need not read the whole log;
        None = nowhere.
    dates
        Which days a record can mean.
    """

    def __init__(
        self,
        store: Store,
        folder: Path | None = None,
        *,
        dates: DateRange | None = None,
        observed: Observed | None = None,
    ) -> None:
        self.store = store
        self.dates = dates or DateRange()
        self.watch = Watch(store, folder)
        self._live = LiveState(store, folder, observed)
        self._commits = _Commits(store, self._live.publish)

    # -- reading ---------------------------------------------------------------

    def snapshot(self, as_of: datetime | None = None, *, boundaries: str | None = None) -> Snapshot:
        """Give what is held now, or what was held at a moment.

        The full view; use its `public()` for everybody.

        Parameters
        ----------
        as_of
            The moment (UTC if it names no zone); None = now.
        boundaries
            Edition of the boundaries; None = the current one.

        Raises
        ------
        NotFound
            There is no such edition.
        """
        return self._live.at(as_of, boundaries)

    def newest(self) -> Snapshot:
        """Give what the store holds now: what a change has to rest on.

        `snapshot` gives the same, but goes on from memory while the store is away.
        """
        return self._live.newest()

    @property
    def revision(self) -> int:
        """Number of the last revision."""
        return self._live.current().revision

    @property
    def id_key(self) -> bytes:
        """The key that makes ids of contents, which nobody can then find by guessing."""
        return self._live.reader.id_key

    @property
    def epoch(self) -> str:
        """What differs when words were taken back: what was made of them must not be kept."""
        return self._live.epoch

    def makes_apart(self, apart: Apart) -> None:
        """Let what is heavy be made elsewhere (see `Snapshot`)."""
        self._live.makes(apart)

    def only_added(self, after: int, digest: str, until: int) -> bool:
        """Say whether nothing but new incidents was recorded between two revisions."""
        with self.store.read() as connection:
            return log.only_added(connection, after, digest, until)

    def show_restricted(self, location: Location) -> None:
        """Let the database's public view show of restricted places what `public` shows.

        Parameters
        ----------
        location
            See `Snapshot.public`; stores without views need nothing.
        """
        projection.follow_location(self.store, location)

    def check(self) -> None:
        """Ask the store for a sign of life.

        Raises
        ------
        StoreError
            It gives none.
        """
        self.store.head()

    def get(self, kind: str, record_id: str, as_of: datetime | None = None) -> Any:
        """Give a whole record, also a merged or retracted one.

        A dict where the kind has no model.

        Parameters
        ----------
        kind
            incident, statistic, operation, place, boundaries, or another slug.
        as_of
            The moment; None = now.

        Raises
        ------
        NotFound
            There was no such record then.
        """
        return self.head(kind, record_id, as_of).record()

    def head(self, kind: str, record_id: str, as_of: datetime | None = None) -> Revision:
        """Give the last revision of a record (see `get`)."""
        with self.store.read() as connection:
            seq = log.last(connection)[0] if as_of is None else log.seq_at(connection, as_of)
            row = log.heads(connection, kind, [record_id], seq).get(record_id)
        if row is None:
            raise _unknown(kind, record_id)
        return Revision(row)

    def history(self, record_id: str, kind: str = "incident") -> list[Revision]:
        """Give every revision of a record, oldest first.

        Raises
        ------
        NotFound
            There is no such record.
        """
        with self.store.read() as connection:
            rows = log.history(connection, kind, record_id)
        if not rows:
            raise _unknown(kind, record_id)
        return [Revision(row) for row in rows]

    def diff(self, start: datetime, end: datetime | None = None) -> Difference:
        """Say what became of the incidents between two moments.

        In full; for everybody take `Snapshot.diff` of a public view.

        Parameters
        ----------
        start, end
            The moments (UTC if they name no zone); None = now.
        """
        return self.snapshot(end).diff(self.snapshot(start))

    def editions(self) -> list[Edition]:
        """Give the editions of boundaries, in the order added."""
        return [held.edition for held in self._live.state.editions.values()]

    # -- writing ---------------------------------------------------------------

    def append(
        self,
        changes: Sequence[Change],
        *,
        author: str,
        reason: str | None = None,
        fresh: Sequence[tuple[str, str]] = (),
    ) -> list[Revision]:
        """Append changes in one transaction: all of them, or none.

        On disk when this returns.

        Parameters
        ----------
        changes
            What changes, in order; a record may occur once.
        fresh
            New incidents after the changes, id and document of version 1 as JSON: whoever
            writes them so has checked them as the model and `dates` would.

        Raises
        ------
        InvalidInput
            A day of a record cannot be meant (see `geodata.plausible`).
        Conflict
            A record exists already, or is at another version than expected.
        NotFound
            A record to change does not exist.
        StoreError
            The store failed; nothing is appended.
        """
        plans = []
        for change in changes:
            document = change.document()
            # What is taken back may be what could not be meant.
            if change.change in ("create", "correct"):
                self.dates.check(document)
            plans.append(planned(change, document))
        return self._write(plans, author, reason, fresh)

    def filling(self) -> AbstractContextManager[None]:
        """Tell that many transactions follow each other, as those of an import do."""
        return self._live.filling()

    def create(self, incident: Incident, *, author: str, reason: str | None = None) -> Revision:
        """Append a new incident (see `append`)."""
        return self.append([Change("incident", incident)], author=author, reason=reason)[0]

    def replace(
        self,
        incident: Incident,
        *,
        author: str,
        reason: str | None = None,
        expected_version: int | None = None,
    ) -> Revision:
        """Append a correction: the incident as it is now believed (see `append`)."""
        change = Change("incident", incident, "correct", expected_version)
        return self.append([change], author=author, reason=reason)[0]

    def retract(
        self,
        record_id: str,
        *,
        author: str,
        reason: str | None = None,
        expected_version: int | None = None,
        kind: str = "incident",
    ) -> Revision:
        """Append that a record no longer counts; its history stays (see `append`)."""
        plan = with_status(kind, record_id, "retract", expected_version)
        return self._write([plan], author, reason)[0]

    def verify(
        self,
        incident_id: str,
        *,
        author: str,
        reason: str | None = None,
        expected_version: int | None = None,
    ) -> Revision:
        """Append that somebody checked an incident (see `append`)."""
        plan = with_status("incident", incident_id, "verify", expected_version)
        return self._write([plan], author, reason)[0]

    def dispute(
        self,
        incident_id: str,
        *,
        author: str,
        reason: str | None = None,
        expected_version: int | None = None,
    ) -> Revision:
        """Append that somebody doubts an incident (see `append`)."""
        plan = with_status("incident", incident_id, "dispute", expected_version)
        return self._write([plan], author, reason)[0]

    def merge(
        self, loser_id: str, into_id: str, *, author: str, reason: str | None = None
    ) -> Revision:
        """Append that two incidents are one: the loser points to the other, which stays.

        The reports of the loser are added to the other's. Returns the loser's revision.
        """
        return self._write(merged(loser_id, into_id), author, reason)[0]

    def redact(self, wanted: Redaction) -> list[int]:
        """Take words of a record back from all its versions, for good.

        Numbers of the revisions that held the words; empty where none does any more. The words are
        in no file of the store when this returns; earlier backups hold them still (see
        `redaction`).

        Parameters
        ----------
        wanted
            The record, the fields (none = what the public view withholds of a restricted
            one), who and why.

        Raises
        ------
        NotFound
            There is no such record.
        InvalidInput
            A field cannot be taken back.
        """
        with self.store.write() as connection:
            plans, emptied = planned_redaction(connection, wanted)
            if not plans:
                return []
            now = datetime.now(UTC)
            rows = rows_of(connection, plans, now, wanted.author, wanted.reason)
            self.store.insert(connection, rows)
            write_over(connection, emptied)
            keep_setting(connection, EPOCH, rows[-1].digest)
        self._live.publish(rows)
        self.store.scrub()
        return [row.seq for row in emptied]

    def redactions(self) -> list[Redaction]:
        """Give everything that was taken back, in order."""
        with self.store.read() as connection:
            rows = log.of_kinds(connection, [REDACTION], log.last(connection)[0])
        found = []
        for row in rows:
            said = orjson.loads(row.payload)
            fields = tuple(said["fields"])
            one = Redaction(said["kind"], said["record_id"], fields, row.author, row.reason or "")
            found.append(one)
        return found

    def without_redacted(self, kind: str, documents: Sequence[Document]) -> list[Document]:
        """Leave out of documents what was taken back of those records, so that it stays so.

        Parameters
        ----------
        documents
            As a file states them; those of which nothing was taken back stay as they are.
        """
        taken: dict[str, dict[str, None]] = {}
        for one in self.redactions():
            if one.kind == kind:
                taken.setdefault(one.record_id, {}).update(dict.fromkeys(one.fields))
        id_field = ID_FIELDS[kind]
        return [
            redacted(kind, one, tuple(taken[one[id_field]]), strict=False)
            if one.get(id_field) in taken
            else one
            for one in documents
        ]

    def add_boundaries(
        self,
        frame: gpd.GeoDataFrame,
        *,
        edition: str,
        author: str,
        valid_from: date | None = None,
        valid_to: date | None = None,
        source: str | None = None,
        reason: str | None = None,
    ) -> Revision:
        """Append an edition of boundaries; an open-ended one is current from now on.

        Raises
        ------
        Conflict
            The edition is held already.
        """
        document = boundaries_document(
            frame, edition, valid_from=valid_from, valid_to=valid_to, source=source
        )
        return self.append([Change("boundaries", document)], author=author, reason=reason)[0]

    def withdraw_boundaries(
        self, edition: str, *, author: str, reason: str | None = None
    ) -> Revision:
        """Append that an edition was a mistake: nobody can ask for it any more.

        The one that was current before it is current again; its history stays.

        Raises
        ------
        NotFound
            There is no such edition.
        Conflict
            It is the only one: without boundaries nothing can be counted.
        """
        held = {one.edition for one in self.editions()}
        if held == {edition}:
            raise Conflict(
                f"The edition {edition!r} is the only one. Import the right boundaries first, "
                "then withdraw it.",
                code="last-edition",
            )
        if edition not in held:
            raise _unknown("boundaries", edition)
        return self.retract(edition, author=author, reason=reason, kind="boundaries")

    def choose_boundaries(
        self, edition: str, *, author: str, reason: str | None = None
    ) -> Revision:
        """Append that an edition is current from now on, also one that was withdrawn.

        Raises
        ------
        NotFound
            There never was such an edition.
        Conflict
            It has an end of validity, or somebody else changed it at the same time.
        """
        last = self.history(edition, kind="boundaries")[-1]
        if last.payload.get("valid_to"):
            raise Conflict(
                f"The edition {edition!r} applies until {last.payload['valid_to']} only, so it "
                "cannot be current. Ask for it by name (boundaries=…).",
                code="edition-ended",
            )
        change = Change("boundaries", last.payload, "correct", last.version)
        return self.append([change], author=author, reason=reason)[0]

    def _write(
        self,
        plans: Sequence[Planned],
        author: str,
        reason: str | None,
        fresh: Sequence[tuple[str, str]] = (),
    ) -> list[Revision]:
        if not plans and not fresh:
            return []
        rows = self._commits.write(_Asked(plans, author, reason, fresh))
        return [Revision(row) for row in rows]

    def backup(self, path: Path) -> Verified:
        """Write the register to one file while it is in use (see `copying.backup`)."""
        return backup(self.store, path)

    def close(self) -> None:
        """Give back the store's connections, and write a checkpoint if much was written or went."""
        self.watch.stop()
        self._live.save(wait=True)
        self.store.close()


def _unknown(kind: str, record_id: str) -> NotFound:
    return NotFound(f"There is no {kind} {record_id[:120]!r}.", code=f"no-{kind}")
