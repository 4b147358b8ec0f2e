"""Features as ready bytes: made as they are asked for, or read where they lie."""

import mmap
import os
import tempfile
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple, cast
from weakref import ref

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from geodata import progress
from geodata.disk import no_room
from geodata.formats import bytes_of, feature_texts
from geodata.growing import grown, together, without
from geodata.register import Snapshot
from geodata.register.snapshot import Memo
from geodata.register.state import FEATURES, LAYERS
from geodata.schemas import Points
from service.http.slices import Bytes, Slices
from service.jobs import program
from service.ogc import features_file
from service.ogc.query import ItemsQuery
from service.ogc.selection import Order, rows_by_place

Rows = npt.NDArray[np.int64]
MOST_KEPT = 256 * 2**20
"""Bytes of ready features that the process keeps, over all layers, views and revisions."""
KEPT = 8
"""Sets of parameters whose ready features a computed layer keeps."""

BLOCK = 256
"""Features made at once when a single one is asked for: one alone costs as much as a hundred."""
PIECE = 2_500
"""Features made, joined and sent at a time."""
AHEAD = 7_500
"""Features made beyond those asked for, of a layer that is asked for in order."""
LEAST_FILE = 16 * 2**20
"""Bytes of a layer's features from which on they lie in a file."""
LOOK_SECONDS = 5.0
"""After which one that makes features looks again whether somebody has written them all."""
AT_ONCE = 20_000
"""Features made at a time where all are written."""
MOST_CHANGED, SHARE_CHANGED = 5_000, 20
"""Changed rows, or one in so many of all, up to which a file of an earlier revision is read."""


_NONE = np.empty(0, dtype=np.int64)
Mask = npt.NDArray[np.bool_]
ByPlace = Callable[[], Rows | None]


class Budget:
    """Bytes that may be kept, shared by all who keep some: the least lately used give way."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._users: OrderedDict[int, ref[Ready]] = OrderedDict()
        self._lock = Lock()

    def used(self) -> int:
        """Say how many bytes are kept now."""
        with self._lock:
            return sum(one.kept for one in self._living())

    def allows(self, ready: "Ready", more: int) -> bool:
        """Say whether somebody may keep more bytes; others are emptied for it."""
        with self._lock:
            self._users[id(ready)] = ref(ready)
            self._users.move_to_end(id(ready))
            living = self._living()
            total = sum(one.kept for one in living) + more
            for other in living:
                if total <= self.most or other is ready:
                    break
                total -= other.kept
                other.empty()
            return total <= self.most

    def _living(self) -> list["Ready"]:
        found = {key: one() for key, one in self._users.items()}
        for key in [key for key, one in found.items() if one is None]:
            del self._users[key]
        return [one for one in found.values() if one is not None]


BUDGET = Budget(MOST_KEPT)


class _Room:
    """Bytes that are written once, one behind the other, and read in place.

    Many lie in a file without a name: the system keeps of it in memory what is read, and lets go
    of it where memory is short.

    Parameters
    ----------
    size
        How many bytes there are to be room for.

    Raises
    ------
    OSError
        There is no such file to be had.
    """

    def __init__(self, size: int) -> None:
        self._file = tempfile.TemporaryFile() if size >= LEAST_FILE else None  # noqa: SIM115
        self._map: mmap.mmap | None = None
        self.grow(size)

    def grow(self, size: int) -> None:
        """Make room for more bytes; whoever reads keeps what was there before."""
        if self._file is None:
            held, self.view = self.__dict__.get("view", b""), memoryview(bytearray(size))
            self.view[: len(held)] = held
            return
        # What is not written to takes no room on the disk either.
        os.ftruncate(self._file.fileno(), size)
        self._map = mmap.mmap(self._file.fileno(), size, prot=mmap.PROT_READ)
        self.view = memoryview(self._map)

    def write(self, at: int, content: Bytes) -> None:
        """Write bytes where nothing was written yet."""
        if self._file is None:
            self.view[at : at + len(content)] = content
            return
        while len(content):
            done = os.pwrite(self._file.fileno(), content, at)
            at, content = at + done, content[done:]

    def leave(self) -> None:
        """Leave it to the system which of the bytes stay in memory."""
        if self._map is not None:
            self._map.madvise(mmap.MADV_DONTNEED)


class _Mapped(_Room):
    """Bytes of a file that all processes share, and room behind them for those of this one.

    Parameters
    ----------
    laid
        The file.
    """

    def __init__(self, laid: features_file.Laid) -> None:
        self._file, self._map = None, laid.memory
        self._kept = laid.start + laid.about["bytes"]
        self.view = memoryview(laid.memory)[laid.start :]

    def grow(self, _size: int) -> None:
        """Refuse to make more room: so much was changed that a new file is due."""
        raise no_room()

    def leave(self) -> None:
        """Leave it to the system which of the bytes stay in memory, but for our own."""
        if self._map is not None:
            self._map.madvise(mmap.MADV_DONTNEED, 0, self._kept // mmap.PAGESIZE * mmap.PAGESIZE)


class _Texts:
    """Features one behind the other in one piece, each with the comma that parts it from the next.

    Neighbours are one slice of it.

    Parameters
    ----------
    rows
        Rows of the layer: how many features there may be.
    """

    def __init__(self, rows: int) -> None:
        self.number = np.full(rows, -1, dtype=np.int32)
        """Which of the features is a row's; -1, or one beyond `count`, = not made. Later revisions
        put numbers into the same memory, where the row is the same."""
        self._edges = np.zeros(rows + 1, dtype=np.int64)
        self._room: _Room | None = None
        self._view, self.count = memoryview(b""), 0
        self._laid: features_file.Laid | None = None
        """The file that the first of them lie in."""
        self.along: Rows | None = None
        """All rows in the order in which they lie, where that is known."""
        self.untouched = False
        """Whether they are as in the file, and nobody has looked yet along which rows they lie."""

    @classmethod
    def read(cls, laid: features_file.Laid, number: npt.NDArray[np.int32]) -> "_Texts":
        """Give the features of a file, by rows that may be others than when it was written."""
        found = cls(0)
        found._room, found._edges, found._laid = _Mapped(laid), laid.edges, laid
        found._view, found.count = found._room.view, len(laid.number)
        found.number = number
        found.untouched = np.array_equal(number, laid.number)
        return found

    @classmethod
    def of(cls, segment: memoryview, edges: Rows) -> "_Texts":
        """Give the features of a segment, a row each, where they lie."""
        found = cls(0)
        found._view, found._edges = segment, edges
        return found

    def add(self, rows: Rows, segment: Bytes, edges: Rows) -> None:
        """Add the features of some rows, which lie between the edges of a segment.

        Raises
        ------
        OSError
            There is no room on the disk; nothing was added.
        """
        before, after = self.count, self.count + len(rows)
        used = int(self._edges[before])
        self._make_room(used + len(segment), after).write(used, segment)
        self._edges[before + 1 : after + 1] = used + edges[1:]
        self.count = after
        # Last: who looks at a row meanwhile finds either nothing of it or all.
        self.number[rows] = np.arange(before, after)

    def _make_room(self, size: int, count: int) -> _Room:
        """Make room for so many bytes of so many features.

        At once for all the others, should they be as long, and some more: what is not written
        to takes no memory, and whoever reads keeps what was there before.
        """
        if count >= len(self._edges):
            edges = np.zeros(2 * count, dtype=np.int64)
            edges[: len(self._edges)] = self._edges
            self._edges = edges
        if size > len(self._view):
            wanted = size * max(len(self.number), count) // count * 5 // 4
            if self._room is None:
                self._room = _Room(wanted)
            else:
                self._room.grow(wanted)
            self._view = self._room.view
        return cast("_Room", self._room)

    @property
    def whole(self) -> bool:
        """Whether the features of all rows are made."""
        # A row that is asked for twice at once is made twice.
        return self.count >= len(self.number) and bool(self.number.min(initial=0) >= 0)

    def lie_along(self, rows: Rows) -> bool:
        """Say whether they are those of some rows, which are all, in that order.

        Of the rows of one array; where it is not known yet, they are compared once.
        """
        if self.untouched:
            self.untouched = False
            if np.array_equal(self.number[rows], np.arange(len(self.number))):
                self.along = rows
        return self.along is rows

    def slices(self, numbers: npt.NDArray[Any]) -> Slices:
        """Give some of the features in that order, only to be joined; no comma behind the last."""
        # A run ends where the next one does not lie right behind.
        parted = np.empty(len(numbers) + 1, dtype=bool)
        parted[0] = parted[-1] = True
        np.not_equal(numbers[1:] - numbers[:-1], 1, out=parted[1:-1])
        starts = self._edges.take(numbers[parted[:-1]])
        ends = self._edges[1:].take(numbers[parted[1:]])
        ends[-1:] -= 1
        return Slices(self._view, starts, ends)

    def joined(self, numbers: npt.NDArray[Any]) -> list[Bytes]:
        """Give `slices` one by one."""
        return list(self.slices(numbers))

    def one(self, number: int) -> Bytes:
        """Give one of the features."""
        return self._view[self._edges[number] : self._edges[number + 1] - 1]

    def followed(self, rows: int, changed: Rows) -> "_Texts":
        """Give the features of a later frame of so many rows, of which some changed or are new.

        They lie where they lay: from now on only what is given may be added to.
        """
        found = _Texts(0)
        found._edges, found._room = self._edges, self._room
        found._view, found.count = self._view, self.count
        found._laid = self._laid
        found.number = grown(self.number, changed, -1, rows)
        if not len(changed):
            found.along, found.untouched = self.along, self.untouched
        return found

    def has(self, numbers: npt.NDArray[Any]) -> Mask:
        """Say which of the features are made."""
        there: Mask = numbers.view(np.uint32) < self.count
        return there

    def without(self, lost: Rows) -> "_Texts":
        """Give the features of the rows left where some are lost, to be followed."""
        found = self.followed(len(self.number), _NONE)
        found.along, found.untouched = None, False
        found.number = without(self.number, lost)
        return found

    def emptied(self, rows: int) -> "_Texts":
        """Give only those that lie in a file, of as many rows."""
        held = self._laid
        laid = held and features_file.read(held.path, held.about)
        if laid is None:
            return _Texts(rows)
        number = np.where(self.number < len(laid.number), self.number, np.int32(-1))
        return _Texts.read(laid, number)

    def laid(self, rows: Rows) -> "_Texts":
        """Give all of them in the order of the rows, where all are made."""
        found = _Texts(len(rows))
        numbers = self.number[rows]
        sizes = np.diff(self._edges)[numbers]
        for start in range(0, len(rows), PIECE):
            some = slice(start, start + PIECE)
            edges = np.append(0, np.cumsum(sizes[some]))
            segment = b"".join([*self.joined(numbers[some]), b","])
            found.add(rows[some], segment, edges)
        found.along = rows
        return found

    def leave(self) -> None:
        """Leave it to the system which of them stay in memory, and give back what making took."""
        if self._room is not None:
            self._room.leave()
            pa.default_memory_pool().release_unused()


Written = Callable[[], _Texts | None]


class Ready:
    """Ready features of one layer, made as they are asked for.

    Parameters
    ----------
    query
        Names its schema, the properties and the coordinate reference system.
    budget
        Says how much may be kept.
    by_place
        Gives the rows by place: as soon as all are made they lie in that order, so that those in
        a box are few slices. None = they stay as they were asked for.
    written
        Gives those of a file, once somebody has written it; None = nobody will.
    held
        What is made already; None = nothing.
    """

    def __init__(
        self,
        frame: gpd.GeoDataFrame,
        query: ItemsQuery,
        budget: Budget = BUDGET,
        by_place: ByPlace | None = None,
        written: Written | None = None,
        held: _Texts | None = None,
    ) -> None:
        self._frame, self._query, self._budget = frame, query, budget
        self._by_place, self._written = by_place, written
        self._look_again = 0.0
        self._handed_on = False
        self._lock = Lock()
        self._held, self.kept = _Texts(len(frame)) if held is None else held, 0

    def empty(self) -> None:
        """Forget all that a file does not have; what is being read stays with its reader."""
        with self._lock:
            self._held, self.kept = self._held.emptied(len(self._frame)), 0

    def followed(
        self,
        frame: gpd.GeoDataFrame,
        rows: Rows,
        by_place: ByPlace | None = None,
        written: Written | None = None,
    ) -> "Ready | None":
        """Give the ready features of a later frame, in which all but some rows are the same.

        Parameters
        ----------
        frame
            Its rows lie where they lay, and new ones behind them.
        rows
            Those that changed, and the new ones.
        by_place, written
            As at first.

        Returns
        -------
        Ready or None
            It takes over what is kept here; None where that is handed on already, or most of it
            is of rows that changed since.
        """
        return self._handed(frame, lambda held: held.followed(len(frame), rows), by_place, written)

    def without(self, lost: Rows) -> "Ready | None":
        """Give those of the rows left where some are lost, to be followed (see `followed`)."""
        return self._handed(
            self._frame, lambda held: held.without(lost), self._by_place, self._written
        )

    def _handed(
        self,
        frame: gpd.GeoDataFrame,
        follow: Callable[[_Texts], _Texts],
        by_place: ByPlace | None,
        written: Written | None,
    ) -> "Ready | None":
        with self._lock:
            held = self._held
            if self._handed_on or held.count > 2 * len(frame) + PIECE:
                return None
            self._handed_on = True
            ready = Ready(frame, self._query, self._budget, held=follow(held))
            # What lies by place stays so, but for what changes.
            ready._by_place = by_place if self._by_place is not None else None
            ready._written = written if self._written is not None else None
            ready._look_again = self._look_again
            ready.kept, self.kept = self.kept, 0
        return ready

    def made(self, order: Order, places: Rows) -> Slices | None:
        """Give what `slices` gives of the rows at places of an order, if all of it is there."""
        held = self._held
        positions = order.positions
        by_place = order.index is not None and not positions.splice.changes
        if by_place and held.lie_along(positions.base):
            return held.slices(places)
        numbers = held.number[positions[places]]
        there = not len(numbers) or np.maximum.reduce(numbers.view(np.uint32)) < held.count
        return held.slices(numbers) if there else None

    def one(self, row: int) -> Bytes:
        """Give the feature of a row."""
        held = self._held
        number = int(held.number[row])
        return held.one(number) if 0 <= number < held.count else self.slices(np.array([row]))[0]

    def slices(self, rows: Rows) -> list[Bytes]:
        """Give the features of some rows in that order: joined, a list without its brackets."""
        held = self._held
        numbers = held.number[rows]
        gaps = (~held.has(numbers)).nonzero()[0]
        if not len(gaps):
            return held.joined(numbers)
        return self.slices(rows) if self._reads() else self._filled(held, rows, numbers, gaps)

    def leave(self) -> None:
        """Leave it to the system what stays in memory, after many were given at once."""
        self._held.leave()

    def _reads(self) -> bool:
        """Read the features of a file from now on; False where there is none yet."""
        if self._written is None or time.monotonic() < self._look_again:
            return False
        with self._lock:
            if self._written is None or self._handed_on:
                return False
            self._look_again = time.monotonic() + LOOK_SECONDS
            found = self._written()
            if found is None:
                return False
            self._held, self.kept = found, 0
            self._by_place = self._written = None
        return True

    def _filled(
        self, held: _Texts, rows: Rows, numbers: npt.NDArray[Any], gaps: Rows
    ) -> list[Bytes]:
        """Make what is missing and keep it, if that is allowed."""
        missing = rows[gaps]
        made = self._with_neighbours(held, missing)
        segment, edges = _segment(self._frame, made, self._query)
        keep = self._budget.allows(self, segment.nbytes)
        # Without room on the disk they are given without being kept.
        with self._lock, suppress(OSError):
            if keep and self._held is held and not self._handed_on:
                held.add(made, segment, edges)
                self.kept += segment.nbytes
                order = self._by_place() if self._by_place is not None and held.whole else None
                if order is not None:
                    self._held, self._by_place = held.laid(order), None
                return held.joined(held.number[rows])
        fresh = _Texts.of(segment, edges)
        new = np.arange(len(gaps)) if made is missing else np.searchsorted(made, missing)
        if len(gaps) == len(rows):
            return fresh.joined(new)
        pieces: list[Bytes] = [b""] * len(numbers)
        for at in held.has(numbers).nonzero()[0].tolist():
            pieces[at] = held.one(int(numbers[at]))
        for gap, number in zip(gaps.tolist(), new.tolist(), strict=True):
            pieces[gap] = fresh.one(number)
        return [b",".join(pieces)]

    def _with_neighbours(self, held: _Texts, missing: Rows) -> Rows:
        """Give the rows to make where some are asked for that are not made yet.

        Neighbouring rows are taken from a frame without copying them: of many that lie close
        together those between them are made, too, and with a single one those around it, unless
        most of these are made already, as after a change.
        """
        first, end = int(missing.min()), int(missing.max()) + 1
        if len(missing) == 1:
            first = first // BLOCK * BLOCK
            end = min(first + BLOCK, len(self._frame))
            between = 2 * int(np.count_nonzero(held.has(held.number[first:end]))) < end - first
        else:
            between = end - first <= 2 * len(missing) <= 2 * PIECE
            if between and len(missing) > PIECE // 2:
                end = self._ahead(held, end)
        return np.arange(first, end) if between else missing

    def _ahead(self, held: _Texts, end: int) -> int:
        """Give up to which row features are made where thousands are asked for: the next, too.

        Each making costs what a thousand features do, beside those made; not beyond what may be
        kept.
        """
        if not held.count or self.kept / held.count * len(self._frame) > self._budget.most:
            return end
        later = held.number[end : end + AHEAD]
        there = held.has(later).nonzero()[0]
        return end + (int(there[0]) if len(there) else len(later))


def _segment(frame: gpd.GeoDataFrame, rows: Rows, query: ItemsQuery) -> tuple[memoryview, Rows]:
    """Make features one behind the other; gives the edges between them."""
    texts = feature_texts(
        frame.iloc[together(rows)],
        query.collection.schema,
        crs=None if query.crs is None else query.crs_uri,
        properties=query.properties,
        around=("", ","),
    )
    return bytes_of(texts)


def ready_of(snapshot: Snapshot, frame: gpd.GeoDataFrame, query: ItemsQuery) -> Ready:
    """Give the layer's ready features: kept with the snapshot for the usual form."""
    if query.crs is not None or query.properties is not None:
        return Ready(frame, query, Budget(0))

    if query.collection.computed:
        # One for each set of parameters that somebody thinks of: only the last few.
        few: Memo = snapshot.cached(("ready-computed", query.collection.id), lambda: Memo(KEPT))
        return few.get(query.risk, lambda: Ready(frame, query))
    return snapshot.cached(
        ("all-ready", query.collection.id), lambda: _carried(snapshot, frame, query)
    )


def _carried(snapshot: Snapshot, frame: gpd.GeoDataFrame, query: ItemsQuery) -> Ready:
    # Not the snapshot itself: what it keeps must not keep it, so that it goes with its last reader.
    weak = ref(snapshot)

    def rows() -> Rows | None:
        held = weak()
        return None if held is None else rows_by_place(held, query)

    def written() -> _Texts | None:
        held = weak()
        return None if held is None else _written(held, query)

    def more() -> tuple[ByPlace | None, Written | None]:
        # Looked at where they are made: a frame's geometry costs as much as a whole answer.
        points = isinstance(frame.geometry.array, Points)
        return (rows, written) if points else (None, None)

    return snapshot.carried(
        query.collection.id,
        ("ready", query.collection.id),
        lambda: Ready(frame, query, BUDGET, *more()),
        lambda before, rows: before.followed(frame, rows, *more()),
    )


# -- all of a layer, in a file ---------------------------------------------------------


def _file_of(snapshot: Snapshot, query: ItemsQuery) -> tuple[Path, dict[str, Any]] | None:
    """Give the file of a layer's features as everybody sees them, and what it is made of.

    None where there is no folder for it, or where the rows are seen as they were.
    """
    name, location = query.collection.id, snapshot.location
    if snapshot.folder is None or location is None or not snapshot.is_newest or name not in LAYERS:
        return None
    about = {"program": program(), "layer": name, "view": location, "epoch": snapshot.epoch}
    return snapshot.folder / FEATURES / f"{name}-{location}", about


class _Usable(NamedTuple):
    """A file that is there."""

    path: Path
    about: dict[str, Any]
    """What it was made of."""
    rows: Rows
    """Rows that were replaced or added since."""
    gone: list[str]
    """Records whose rows went since."""

    @property
    def changes(self) -> int:
        """How many rows are others than when it was written."""
        return len(self.rows) + len(self.gone)


def _usable(snapshot: Snapshot, query: ItemsQuery) -> _Usable | None:
    """Give a file that has most of a layer's features."""
    found = _file_of(snapshot, query)
    about = found and features_file.about(found[0])
    if not found or not about or not found[1].items() <= about.items():
        return None
    since = snapshot.since(query.collection.id, about["revision"], about["digest"])
    if since is None:
        return None
    usable = _Usable(found[0], about, *since)
    return usable if usable.changes <= max(MOST_CHANGED, about["rows"] // SHARE_CHANGED) else None


def _written(snapshot: Snapshot, query: ItemsQuery, most: int | None = None) -> _Texts | None:
    """Give the features of a file, where not too much changed since it was written."""
    found = _usable(snapshot, query)
    if found is None or (most is not None and found.changes > most):
        return None
    laid = features_file.read(found.path, found.about)
    if laid is None:
        return None
    held, rows = laid.number, found.rows
    if found.gone:
        held = without(held, laid.rows_of(found.gone))
    kept, count = len(held), len(query.collection.frame(snapshot, query.risk))
    if kept + int(np.count_nonzero(rows >= kept)) != count:
        return None
    number = np.full(count, -1, dtype=np.int32)
    number[:kept] = held
    number[rows] = -1
    return _Texts.read(laid, number)


def is_written(snapshot: Snapshot, query: ItemsQuery) -> bool:
    """Say whether a layer's features lie in a file, and few of them are of other rows by now."""
    return _written(snapshot, query, MOST_CHANGED // 4) is not None


def write_features(snapshot: Snapshot, query: ItemsQuery) -> None:
    """Write all features of a layer of points by place, for all processes on a data directory.

    Parameters
    ----------
    snapshot
        The newest, in the view of everybody.
    query
        Names the layer.

    Raises
    ------
    StoreError, InvalidInput
        The file cannot be written.
    """
    found = _file_of(snapshot, query)
    if found is None or is_written(snapshot, query):
        return
    path, about = found
    frame, order = query.collection.frame(snapshot, query.risk), rows_by_place(snapshot, query)

    def pieces() -> Iterator[tuple[memoryview, Rows]]:
        for start in range(0, len(order), AT_ONCE):
            progress.step(start, len(order))
            yield _segment(frame, order[start : start + AT_ONCE], query)

    about |= {"revision": snapshot.revision, "digest": snapshot.digest}
    names = snapshot.own_ids(query.collection.id)
    features_file.write(path, about, order, names, pieces())
    if snapshot.epoch != about["epoch"]:
        # Words were taken back meanwhile: they must not lie on disk.
        path.unlink(missing_ok=True)
