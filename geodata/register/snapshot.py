"""What the register held at one revision, in one view: what every read is made from."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import datetime
from functools import cached_property
from hashlib import blake2b
from itertools import islice
from operator import attrgetter
from pathlib import Path
from threading import Lock, RLock
from typing import Any, Literal, TypeVar

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from geodata import places as place_names
from geodata import schemas
from geodata.errors import NotFound
from geodata.growing import together
from geodata.incidents.frame import operations_frame, statistics_frame
from geodata.intervals import Observed
from geodata.model import Incident, Operation, Statistic
from geodata.register.difference import Difference
from geodata.register.layer import Follow, Ids, Layer, Masked, Table, plain_columns
from geodata.register.log import LogReader
from geodata.register.public import (
    PUBLIC_PREFIX,
    Location,
    hidden_rows,
    is_hidden,
    is_withdrawn,
    own_id,
    public_incidents,
    public_operations,
    public_others,
    public_record,
    public_rows,
    without_hidden,
)
from geodata.register.reference import districts_of
from geodata.register.revision import GONE, Revision, Row
from geodata.register.state import LAYERS, State, StoredReport
from geodata.schemas import empty

T = TypeVar("T")
MOST_BYTES = 64 * 2**20
"""Bytes of results that one memory keeps; a result that does not tell its size counts nothing."""


class Memo:
    """Results by key, the oldest forgotten first.

    Parameters
    ----------
    most_bytes
        How many bytes of them, as far as they tell (texts, bytes, arrays, and what has
        `nbytes`); the newest is kept, however large.
    """

    def __init__(self, size: int = 256, most_bytes: int = MOST_BYTES) -> None:
        self._size = size
        self._most_bytes = most_bytes
        self._bytes = 0
        self._cells: OrderedDict[Hashable, _Cell] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Give the result of the key, making it if it is not there.

        The one result; an error is raised to its caller and not kept.
        """
        cell = self._cells.get(key)
        if cell is not None and cell.made:
            # Most often it is there, and no lock is needed, unless it is forgotten meanwhile.
            try:  # noqa: SIM105 - every answer asks a dozen times, and `suppress` costs more
                self._cells.move_to_end(key)
            except KeyError:
                pass
            return cell.value
        with self._lock:
            cell = self._cells.setdefault(key, _Cell())
            self._cells.move_to_end(key)
            while len(self._cells) > self._size:
                self._forget(next(iter(self._cells)))
        with cell.lock:
            if not cell.made:
                cell.value = make()
                cell.made = True
                self._count(key, cell)
        return cell.value

    def __contains__(self, key: Hashable) -> bool:
        """Say whether the result of a key is made and kept."""
        cell = self._cells.get(key)
        return cell is not None and cell.made

    def made(self) -> list[tuple[Hashable, Any]]:
        """Give the results that are kept, with their keys."""
        with self._lock:
            return [(key, cell.value) for key, cell in self._cells.items() if cell.made]

    def _count(self, key: Hashable, cell: "_Cell") -> None:
        """Count what was made, and forget old large results while there is too much."""
        with self._lock:
            if self._cells.get(key) is not cell:
                return  # forgotten while it was made
            cell.size = size_of(cell.value)
            self._bytes += cell.size
            if self._bytes <= self._most_bytes:
                return
            # Only those that free something: what is small may have cost much to make.
            for old in [k for k, one in self._cells.items() if one.size and one is not cell]:
                if self._bytes <= self._most_bytes:
                    return
                self._forget(old)

    def _forget(self, key: Hashable) -> None:
        self._bytes -= self._cells.pop(key).size


def size_of(value: object) -> int:
    """Give the bytes of a result; 0 where it does not tell.

    Examples
    --------
    >>> size_of(b"abc"), size_of(["a list tells nothing"])
    (3, 0)
    """
    if isinstance(value, (bytes, str)):
        return len(value)
    told = getattr(value, "nbytes", 0)
    return told if isinstance(told, int) else 0


class _Cell:
    __slots__ = ("lock", "made", "size", "value")

    def __init__(self) -> None:
        # Re-entrant: a recursive ask is a mistake of the caller, not a dead lock.
        self.lock = RLock()
        self.made = False
        self.size = 0
        self.value: Any = None


View = Literal["full", "public"]
_AT_ONCE = 1_000
"""Incidents whose two versions are held at once while they are compared."""
Apart = Callable[["Snapshot", tuple[Any, ...], str, Callable[[], Any]], Any]
"""Makes something heavy of a snapshot: from what, under what name, and how to make it here."""


class Snapshot:
    """An immutable state of the register; frames are shared, so treat them as read-only.

    Parameters
    ----------
    edition
        The edition of boundaries; None when the register holds none.
    location
        None makes the full view; else the public one, with what it shows of restricted
        incidents' places.
    now
        The newest state, where `state` is one of the past: what was withdrawn since is
        not found by asking for the past. None = `state` is the newest.
    apart
        Makes what is heavy elsewhere; None = it is made here.
    folder
        The data directory, for what is made of it and kept on the disk; None = nowhere.
    """

    def __init__(
        self,
        state: State,
        edition: str | None,
        reader: LogReader,
        shared: Memo,
        location: Location | None = None,
        now: State | None = None,
        observed: Observed | None = None,
        apart: Apart | None = None,
        folder: Path | None = None,
    ) -> None:
        self._state = state
        self._reader = reader
        self._shared = shared
        self._memo = Memo()
        self._edition = edition
        self._location = location
        self._now = now or state
        self.observed = observed
        self.apart = apart
        self.folder = folder

    @property
    def revision(self) -> int:
        """Number of the last revision it holds."""
        return self._state.revision

    @property
    def recorded_at(self) -> datetime:
        """When that revision was recorded (UTC)."""
        return self._state.recorded_at

    @property
    def digest(self) -> str:
        """Digest of that revision, which chains all before it."""
        return self._state.digest

    @property
    def epoch(self) -> str:
        """What differs once words were taken back, of this revision or of another one."""
        return self._reader.epoch

    @property
    def is_newest(self) -> bool:
        """Whether this was the newest state when it was asked for, not one of the past."""
        return self._newer is None

    @property
    def edition(self) -> str:
        """Edition of the boundaries; ``none`` when the register holds none."""
        return self._edition or "none"

    @property
    def attribution(self) -> str | None:
        """Where this edition's boundaries are from, as stated when they were taken in.

        Without a full stop: it stands within sentences. Registers made by earlier versions
        hold a sentence that begins with "Boundaries:".
        """
        held = self._state.editions.get(self._edition) if self._edition else None
        stated = (held.edition.source or "") if held else ""
        return stated.removeprefix("Boundaries: ").rstrip(". ") or None

    @property
    def view(self) -> View:
        """Which view this is: full or public."""
        return "full" if self._location is None else "public"

    @property
    def location(self) -> Location | None:
        """What the public view shows of restricted places; None in the full view."""
        return self._location

    @cached_property
    def key(self) -> str:
        """What every answer from this snapshot is a function of, for ETags.

        The digest tells it from a register that was restored to an earlier state and
        then changed otherwise.
        """
        kept = "".join(f"-{day or ''}" for day in (self.observed or ())[:2])
        if self.observed and self.observed[2:] and self.observed.sources:
            kept += f"-{blake2b(repr(self.observed.sources).encode(), digest_size=8).hexdigest()}"
        return f"{self.revision}-{self._state.digest[:16]}-{self.edition}-{self.record_key}{kept}"

    @cached_property
    def dated_key(self) -> str:
        """The key, and when the revision was recorded."""
        return f"{self.key} {self.recorded_at}"

    @cached_property
    def record_key(self) -> str:
        """What one record's answer is a function of beside its version, for ETags.

        An answer of the past depends on the newest state too: what was restricted or taken
        back since is not shown there either.
        """
        view = self._location or "full"
        return view if self._newer is None else f"{view}-{self._now.revision}"

    @property
    def _newer(self) -> State | None:
        return None if self._now is self._state else self._now

    def public(self, location: Location = "district") -> "Snapshot":
        """Give the public view of the same state; itself when it is that already.

        The same one at every call.

        Parameters
        ----------
        location
            What it shows of restricted incidents' places: the district, or nothing.
        """
        if self._location is not None:
            return self
        return self.cached(
            ("public", location),
            lambda: Snapshot(
                self._state,
                self._edition,
                self._reader,
                self._shared,
                location,
                self._now,
                self.observed,
                self.apart,
                self.folder,
            ),
        )

    def in_view_of(self, other: "Snapshot") -> "Snapshot":
        """Give this state in the view that another snapshot has."""
        return self if other.location is None else self.public(other.location)

    def cached(self, key: Hashable, make: Callable[[], T]) -> T:
        """Give what was made under the key, making it once for this snapshot."""
        return self._memo.get(key, make)

    def carried(self, name: str, key: Hashable, make: Callable[[], T], follow: Follow[T]) -> T:
        """Give what is made of a layer, carried over from an earlier revision where that is less.

        Made once for this snapshot.
        """

        def made() -> T:
            if name not in LAYERS or self._newer is not None:
                return make()
            layer: Layer = getattr(self._state, name)
            # views show rows otherwise, but none in another place
            return layer.table.carried((self._location, key), make, follow)

        return self._memo.get(key, made)

    def since(
        self, name: str, after: int, digest: str
    ) -> tuple[npt.NDArray[np.int64], list[str]] | None:
        """Say how a layer's frame differs from that of an earlier revision.

        Returns
        -------
        tuple or None
            Rows of this one that were replaced or added, ascending, and the records' own ids
            whose rows went, so that those behind them moved up. None where that is no revision
            before this one.
        """
        if after > self.revision:
            return None
        found = self._reader.changed(LAYERS[name], after, digest, self.revision)
        if found is None:
            return None
        layer: Layer = getattr(self._state, name)
        rows = [row for row in layer.table.ids.rows_of(found.live) if row is not None]
        if len(rows) < len(found.live):
            return None
        return np.sort(np.array(rows, dtype=np.int64)), found.gone

    def own_ids(self, name: str) -> Any:
        """Give the own id of each row's record of a layer, whatever id this view shows."""
        layer: Layer = getattr(self._state, name)
        return layer.frame.index

    @property
    def districts(self) -> gpd.GeoDataFrame:
        """Districts of this edition (`schemas.DISTRICTS`)."""
        if self._edition is None:
            return empty(schemas.DISTRICTS)
        held = self._state.editions[self._edition]
        return self._shared.get(("districts", held.seq), lambda: districts_of(held.document))

    @property
    def incidents(self) -> gpd.GeoDataFrame:
        """Incidents that count, as this view may see them (`schemas.INCIDENTS`)."""
        location, layer = self._location, self._state.incidents
        if location is None:
            return layer.frame

        def make() -> gpd.GeoDataFrame:
            frame = layer.frame
            if self._newer:
                hidden = hidden_rows(frame, self._newer.incidents.frame)
                return public_incidents(frame, self._reader.id_key, location, hidden)
            shown = self._table_shown(location)
            return frame if shown is layer.table else shown.frame(layer.schema)

        return self.cached("incidents", make)

    def _table_shown(self, location: Location) -> Table:
        """Give the incidents' newest rows as everybody sees them."""
        layer = self._state.incidents
        frame, table = layer.frame, layer.table

        def followed(before: Masked, rows: npt.NDArray[np.int64]) -> Masked:
            # A slice of texts is no copy, and picking takes all pieces.
            at = together(rows)
            hidden = is_hidden(frame["sensitivity"].array[at])

            def shown() -> Mapping[str, Any]:
                some = public_incidents(frame.iloc[at], self._reader.id_key, location, hidden)
                return plain_columns(some, layer.schema)

            return before.followed(table, rows, hidden, shown)

        def masked() -> Masked:
            return table.carried(
                ("masked", location),
                lambda: followed(Masked(table.size), hidden_rows(frame).nonzero()[0]),
                followed,
            )

        return self.cached("shown", lambda: masked().of(table))

    def ids(self, name: str) -> Ids | None:
        """Give which row of a frame an id has, kept from revision to revision.

        None where no such index is kept: the layer is small, or this view shows other ids.
        """
        if name not in LAYERS:
            return None

        def make() -> Ids | None:
            layer: Layer = getattr(self._state, name)
            if name == "incidents" and self._location and not self._newer:
                return self._table_shown(self._location).ids
            # The public view shows other ids of what would be known by its own.
            return layer.table.ids if getattr(self, name).index is layer.frame.index else None

        return self.cached(("ids", name), make)

    @property
    def places(self) -> gpd.GeoDataFrame:
        """Gazetteer rows (`schemas.PLACES`), as this view may see them."""
        frame = self._state.places.frame
        if self._location is None:
            return frame
        now = self._newer.places.frame if self._newer else None
        return self.cached("places", lambda: without_hidden(frame, now))

    @property
    def operations(self) -> gpd.GeoDataFrame:
        """Operations, as this view may see them (`schemas.OPERATIONS`)."""
        return self.cached("operations", lambda: operations_frame(self._operations()))

    def _operations(self) -> Iterable[Operation]:
        held, location = self._state.operations, self._location
        if location is None:
            return held.values()
        now = self._newer.operations if self._newer else None
        return public_operations(held, self._reader.id_key, location, now)

    @property
    def statistics(self) -> gpd.GeoDataFrame:
        """Published claims (`schemas.STATISTICS`); never part of a sum of incidents."""
        return self.cached("statistics", lambda: statistics_frame(self._statistics()))

    def _statistics(self) -> Iterable[Statistic]:
        held = self._state.statistics
        if self._location is None:
            return held.values()
        return public_others(held, self._newer.statistics if self._newer else None)

    @property
    def reports(self) -> Mapping[str, StoredReport]:
        """Reports filed for review, without their texts; none in the public view."""
        return self._state.reports if self._location is None else {}

    @property
    def gazetteer(self) -> "place_names.Gazetteer":
        """Look-up of the places, over this edition's districts."""
        held = self._state.editions[self._edition].seq if self._edition else None
        newer = self._newer.places if self._newer else None
        # places and districts alone: a write of an incident must not have it made anew
        key = ("gazetteer", self._state.places, newer, held, self._location)
        return self._shared.get(key, lambda: place_names.Gazetteer(self.places, self.districts))

    def frame(self, name: str) -> gpd.GeoDataFrame:
        """Give a frame by its collection's name.

        Raises
        ------
        NotFound
            No frame of that name is held.
        """
        if name not in FRAMES:
            raise NotFound(f"The register holds no {name[:60]!r}; it holds {', '.join(FRAMES)}.")
        return getattr(self, name)

    def incident(self, incident_id: str) -> Incident:
        """Give one incident's whole record, as this view may see it.

        Raises
        ------
        NotFound
            It is unknown, or merged or retracted by then.
        """
        return self.records([incident_id])[0]

    def records(self, incident_ids: Iterable[str]) -> list[Incident]:
        """Give whole records of incidents, as this view may see them, all read at once.

        In the order of the ids (see `incident`).

        Raises
        ------
        NotFound
            One is unknown, or merged or retracted by then.
        """
        asked = [(incident_id, self._asked(incident_id)) for incident_id in incident_ids]
        names = [name for _, name in asked]
        then = self._reader.heads("incident", names, self.revision)
        now = then
        if self._location is not None:
            now = then | self._reader.heads("incident", names, self._now.revision)
        return [self._shown(one, then.get(name), now.get(name)) for one, name in asked]

    def _shown(self, incident_id: str, found: Row | None, newest: Row | None) -> Incident:
        """Read a record; what is hidden of its newest version is hidden of all."""
        if found is None or newest is None or found.change in GONE:
            raise _no_incident(incident_id)
        incident = Incident.model_validate_json(found.payload)
        if self._location is None:
            return incident
        hidden = is_withdrawn(newest)
        shown = public_record(incident, self._reader.id_key, self._location, hidden=hidden)
        if shown.incident_id != incident_id:
            raise _no_incident(incident_id)
        return shown

    def own_id(self, incident_id: str) -> str:
        """Give the own id of an incident that the public view shows under another one.

        Parameters
        ----------
        incident_id
            Any id; one that is no such id stays.
        """
        if not incident_id.startswith(PUBLIC_PREFIX):
            return incident_id
        shown = self.public().incidents
        return own_id(incident_id, self._state.incidents.frame, shown)

    def _asked(self, incident_id: str) -> str:
        return incident_id if self._location is None else self.own_id(incident_id)

    def history(self, incident_id: str) -> list[Revision]:
        """Give an incident's revisions up to this snapshot, as this view may see them.

        Oldest first. In the public view no author is named, and what is hidden of the newest
        version is hidden of all (see `public_rows`).

        Raises
        ------
        NotFound
            It is unknown.
        """
        name = self._asked(incident_id)
        rows = self._reader.history("incident", name, self.revision)
        if not rows:
            raise _no_incident(incident_id)
        if self._location is not None:
            newest = self._reader.at("incident", name, self._now.revision) or rows[-1]
            rows = public_rows(rows, newest, self._reader.id_key, self._location)
            if rows[-1].record_id != incident_id:
                raise _no_incident(incident_id)
        return [Revision(row) for row in rows]

    def diff(
        self, earlier: "Snapshot", most: int | None = None, *, newest_first: bool = False
    ) -> Difference:
        """Say what became of the incidents since an earlier snapshot, in this view.

        Parameters
        ----------
        most
            How many of each kind are read and given; all are counted. None = all.
        newest_first
            Whether those changed last come first, instead of those changed first.
        """
        found = Difference(earlier.revision, self.revision)
        touched = self._reader.touched("incident", earlier.revision, self.revision)
        if newest_first:
            touched.sort(key=attrgetter("seq"), reverse=True)
        several = iter(touched)
        while some := list(islice(several, _AT_ONCE)):
            read, fresh = [], len(found.added)
            for one in some:
                # What was not there before needs no look at its words to be counted.
                if one.first_version > 1:
                    read.append(one.record_id)
                elif one.change not in GONE:
                    if most is None or fresh < most:
                        read.append(one.record_id)
                    else:
                        found.counts["added"] += 1
                    fresh += 1
            found.take(*self._of_both(earlier, read), most)
        return found

    def _of_both(
        self, earlier: "Snapshot", ids: Iterable[str]
    ) -> tuple[dict[str, Row], dict[str, Row]]:
        """Give the last revisions of some incidents at both dates, in this view."""
        before, held = (
            self._reader.heads("incident", ids, seq) for seq in (earlier.revision, self.revision)
        )
        after = {name: held[name] for name in ids}
        place = self._location
        if place is None:
            return before, after
        # Of the newest state, what this one holds is the newest revision of each already.
        newer = self._newer
        newest = self._reader.heads("incident", ids, newer.revision) if newer else after

        def shown(rows: Mapping[str, Row]) -> dict[str, Row]:
            key = self._reader.id_key
            each = [public_rows([row], newest[i], key, place)[0] for i, row in rows.items()]
            return {row.record_id: row for row in each}

        return shown(before), shown(after)


def _no_incident(incident_id: str) -> NotFound:
    return NotFound(f"There is no incident {incident_id[:120]!r}.", code="no-incident")


FRAMES = ("districts", "incidents", "places", "operations", "statistics")
