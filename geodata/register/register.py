"""The register: the truth, over time."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import orjson
from sqlalchemy.exc import IntegrityError

from geodata.errors import Conflict, NotFound
from geodata.model import Incident
from geodata.plausible import DateRange
from geodata.register import log, projection
from geodata.register.copying import backup
from geodata.register.difference import Difference
from geodata.register.following import Following
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
from geodata.register.revision import ID_FIELDS, Change, Revision
from geodata.register.snapshot import Snapshot
from geodata.register.store import EPOCH, Store, keep_setting
from geodata.register.verification import Verified
from geodata.register.watch import Watch
from geodata.register.writing import Planned, merged, planned, rows_of, with_status


class Register:
    """An open register. Threads may share it; close it at the end.

    Parameters
    ----------
    store
        A store whose tables are at the newest migration.
    folder
        Where checkpoints are kept, so that the next opening need not read the whole log;
        None = nowhere.
    dates
        Which days a record can mean.
    observed
        First and last day on which incidents were recorded, where that is stated.
    """

    def __init__(
        self,
        store: Store,
        folder: Path | None = None,
        *,
        dates: DateRange | None = None,
        observed: tuple[date | None, date | None] | None = None,
    ) -> None:
        self.store = store
        self.dates = dates or DateRange()
        self.watch = Watch(store, folder)
        self._following = Following(store, folder, observed)

    # -- reading ---------------------------------------------------------------

    def snapshot(self, as_of: datetime | None = None, *, boundaries: str | None = None) -> Snapshot:
        """Give what is held now, or what was held at a moment.

        Parameters
        ----------
        as_of
            The moment (UTC if it names no zone); None = now.
        boundaries
            Edition of the boundaries; None = the current one.

        Returns
        -------
        Snapshot
            The full view; use its `public()` for everybody.

        Raises
        ------
        NotFound
            There is no such edition.
        """
        return self._following.at(as_of, boundaries)

    def newest(self) -> Snapshot:
        """Give what the store holds now: what a change has to rest on.

        `snapshot` gives the same, but goes on from memory while the store is away.
        """
        return self._following.newest()

    @property
    def revision(self) -> int:
        """Number of the last revision."""
        return self._following.current().revision

    @property
    def id_key(self) -> bytes:
        """The key that makes ids of contents, which nobody can then find by guessing."""
        return self._following.reader.id_key

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

        Parameters
        ----------
        kind
            incident, statistic, operation, place, boundaries, or another slug.
        record_id
            Its id.
        as_of
            The moment; None = now.

        Returns
        -------
        Record or dict
            A dict where the kind has no model.

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

        Parameters
        ----------
        record_id
            Its id.
        kind
            Its kind.

        Returns
        -------
        list of Revision
            At least one.

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

        Parameters
        ----------
        start, end
            The moments (UTC if they name no zone); None = now.

        Returns
        -------
        Difference
            In full; for everybody take `Snapshot.diff` of a public view.
        """
        return self.snapshot(end).diff(self.snapshot(start))

    def editions(self) -> list[Edition]:
        """Give the editions of boundaries, in the order added."""
        return [held.edition for held in self._following.state.editions.values()]

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

        Parameters
        ----------
        changes
            What changes, in order; a record may occur once.
        author
            Who changes it.
        reason
            Why.
        fresh
            New incidents after the changes, id and document of version 1 as JSON: whoever
            writes them so has checked them as the model and `dates` would.

        Returns
        -------
        list of Revision
            On disk when this returns.

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
        return self._following.filling()

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

        Parameters
        ----------
        wanted
            The record, the fields (none = what the public view withholds of a restricted
            one), who and why.

        Returns
        -------
        list of int
            Numbers of the revisions that held the words; empty where none does any more.
            The words are in no file of the store when this returns; earlier backups hold
            them still (see `redaction`).

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
        self._following.publish(rows)
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
        kind
            Of the records.
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
        try:
            with self.store.write() as connection:
                rows = rows_of(connection, plans, datetime.now(UTC), author, reason, fresh)
                self.store.insert(connection, rows)
        except IntegrityError as error:
            raise Conflict(
                "Somebody else changed a record at the same time. Read it again and repeat."
            ) from error
        self._following.publish(rows)
        return [Revision(row) for row in rows]

    def backup(self, path: Path) -> Verified:
        """Write the register to one file while it is in use (see `copying.backup`)."""
        return backup(self.store, path)

    def close(self) -> None:
        """Give back the store's connections, and write a checkpoint if much was written."""
        self.watch.stop()
        self._following.save(wait=True)
        self.store.close()


def _unknown(kind: str, record_id: str) -> NotFound:
    return NotFound(f"There is no {kind} {record_id[:120]!r}.", code=f"no-{kind}")
