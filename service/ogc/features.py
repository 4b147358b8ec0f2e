"""Features as ready bytes: those of a snapshot are made once, and a page is a join of slices."""

from collections import OrderedDict
from collections.abc import Iterator
from threading import Lock
from typing import Any
from weakref import ref

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import orjson

from geodata.formats import bytes_of, feature_texts
from geodata.register import Snapshot
from geodata.register.memo import Memo
from service.http.representation import KEPT_LEVEL, LEVEL, Deflated, deflated
from service.ogc.query import ItemsQuery
from service.ogc.selection import Page

Rows = npt.NDArray[np.int64]
MOST_KEPT = 256 * 2**20
"""Bytes of ready features that the process keeps, over all layers, views and revisions."""
KEPT = 8
"""Sets of parameters whose ready features a computed layer keeps."""

BLOCK = 256
"""Features made at once when a single one is asked for: one alone costs as much as a hundred."""
MOST_PAGES, MOST_DEFLATED = 1_024, 32 * 2**20
"""Pieces of compressed pages that a snapshot keeps, and bytes of them."""
PIECE = 2_000
"""Features made, joined and sent at a time."""


class Budget:
    """Bytes that may be kept, shared by all who keep some: the least lately used give way.

    Parameters
    ----------
    most
        Bytes.
    """

    def __init__(self, most: int) -> None:
        self._most = most
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
                if total <= self._most or other is ready:
                    break
                total -= other.kept
                other.empty()
            return total <= self._most

    def _living(self) -> list["Ready"]:
        found = {key: one() for key, one in self._users.items()}
        for key in [key for key, one in found.items() if one is None]:
            del self._users[key]
        return [one for one in found.values() if one is not None]


BUDGET = Budget(MOST_KEPT)


class Ready:
    """Ready features of one layer, made as they are asked for.

    They lie one behind the other in segments, each with the comma that parts it from the
    next, so that neighbours are given as one slice.

    Parameters
    ----------
    frame
        The layer.
    query
        Names its schema, the properties and the coordinate reference system.
    budget
        Says how much may be kept.
    """

    def __init__(self, frame: gpd.GeoDataFrame, query: ItemsQuery, budget: Budget = BUDGET) -> None:
        self._frame, self._query, self._budget = frame, query, budget
        self._lock = Lock()
        self.empty()

    def empty(self) -> None:
        """Forget all; what is being read stays with its reader."""
        with self._lock:
            # Segment of each row (-1 = not made), and where in it the feature lies.
            place = np.full((len(self._frame), 3), (-1, 0, 0), dtype=np.int64)
            self._held: tuple[list[memoryview], Any] = ([], place)
            self.kept = 0

    def has(self, rows: Rows) -> bool:
        """Say whether some rows are made."""
        return bool((self._held[1][rows, 0] >= 0).all())

    def slices(self, rows: Rows) -> list[memoryview]:
        """Give the features of some rows in that order: joined, a list without its brackets."""
        if not len(rows):
            return []
        held = self._held
        segments, where = held[0], held[1][rows]
        gaps = (where[:, 0] < 0).nonzero()[0]
        if len(gaps):
            segments = self._fill(held, rows, where, gaps)
        segment, start, end = where.T
        # A run goes on where the next feature lies right behind, in the same segment.
        breaks = (segment[1:] != segment[:-1]) | (start[1:] != end[:-1])
        first = np.concatenate([[True], breaks]).nonzero()[0]
        last = np.append(first[1:], len(rows)) - 1
        runs = zip(segment[first].tolist(), start[first].tolist(), end[last].tolist(), strict=True)
        found = [segments[one][low:high] for one, low, high in runs]
        found[-1] = found[-1][:-1]
        return found

    def _fill(
        self, held: tuple[list[memoryview], Any], rows: Rows, where: Any, gaps: Rows
    ) -> list[memoryview]:
        """Make what is missing and write where it lies; gives the segments with the new one."""
        made = missing = rows[gaps]
        first, end = int(missing.min()), int(missing.max()) + 1
        if len(missing) == 1:
            first = first // BLOCK * BLOCK
            end = min(first + BLOCK, len(self._frame))
        # Neighbouring rows are taken from a frame without copying them: of many that lie close
        # together those between them are made, too.
        if len(missing) == 1 or (end - first <= 2 * len(missing) <= 2 * PIECE):
            made = np.arange(first, end)
        segment, bounds = _segment(self._frame, made, self._query)
        keep = self._budget.allows(self, segment.nbytes)
        with self._lock:
            segments, place = held
            number = len(segments)
            if keep and self._held is held:
                segments.append(segment)
                place[made, 1:] = bounds
                # Last: who looks at a row meanwhile finds either nothing of it or all.
                place[made, 0] = number
                self.kept += segment.nbytes
            else:
                segments = [*segments, segment]
        where[gaps, 0] = number
        where[gaps, 1:] = bounds if made is missing else bounds[missing - first]
        return segments


def _segment(frame: gpd.GeoDataFrame, rows: Rows, query: ItemsQuery) -> tuple[memoryview, Any]:
    """Make features one behind the other; gives where each begins and ends."""
    together = int(rows[-1]) - int(rows[0]) + 1 == len(rows) and bool((np.diff(rows) == 1).all())
    texts = feature_texts(
        frame.iloc[int(rows[0]) : int(rows[-1]) + 1] if together else frame.iloc[rows],
        query.collection.schema,
        crs=None if query.crs is None else query.crs_uri,
        properties=query.properties,
        around=("", ","),
    )
    segment, edges = bytes_of(texts)
    return segment, np.column_stack([edges[:-1], edges[1:]])


def _ready(snapshot: Snapshot, frame: gpd.GeoDataFrame, query: ItemsQuery) -> Ready:
    """Give the layer's ready features: kept with the snapshot for the usual form."""
    if query.crs is not None or query.properties is not None:
        return Ready(frame, query, Budget(0))

    def make() -> Ready:
        return Ready(frame, query)

    if query.collection.computed:
        # One for each set of parameters that somebody thinks of: only the last few.
        few: Memo = snapshot.cached(("ready-computed", query.collection.id), lambda: Memo(KEPT))
        return few.get(query.risk, make)
    return snapshot.cached(("ready", query.collection.id), make)


def joined_features(
    snapshot: Snapshot, frame: gpd.GeoDataFrame, rows: Rows, query: ItemsQuery
) -> Iterator[list[memoryview]]:
    """Give rows of a layer as GeoJSON features, some thousand at a time.

    Parameters
    ----------
    snapshot
        Remembers what was made, for the usual form: all properties, WGS 84.
    frame
        The layer.
    rows
        Rows of it, in the order wanted.
    query
        Names the layer, the properties and the coordinate reference system.

    Yields
    ------
    list of memoryview
        Joined, features with commas between them; the pieces need one between each other.
    """
    ready = _ready(snapshot, frame, query)
    for start in range(0, len(rows), PIECE):
        yield ready.slices(rows[start : start + PIECE])


def deflated_features(snapshot: Snapshot, page: Page, query: ItemsQuery) -> Iterator[Deflated]:
    """Give a page's features compressed, some thousand at a time, with all the commas.

    They are kept with the snapshot, whose view they are of: whole layers, and the pages asked
    for last.
    """
    kept: Memo = snapshot.cached("deflated", lambda: Memo(MOST_PAGES, MOST_DEFLATED))
    level = LEVEL if query.selects else KEPT_LEVEL
    form = (page.key, query.crs_uri, query.properties)
    ready = _ready(snapshot, page.frame, query)
    for start in range(0, len(page.rows), PIECE):
        rows = page.rows[start : start + PIECE]

        def make(rows: Rows = rows, start: int = start) -> Deflated:
            return deflated([b"," if start else b"", *ready.slices(rows)], level)

        yield kept.get((form, start, len(rows)), make)


def features_ready(snapshot: Snapshot, page: Page, query: ItemsQuery) -> bool:
    """Say whether all features of a page are made."""
    return _ready(snapshot, page.frame, query).has(page.rows)


def one_feature(snapshot: Snapshot, frame: gpd.GeoDataFrame, row: int, query: ItemsQuery) -> bytes:
    """Give one row of a layer as a GeoJSON feature; see `joined_features`."""
    return b"".join(_ready(snapshot, frame, query).slices(np.array([row])))


def feature_documents(
    snapshot: Snapshot, frame: gpd.GeoDataFrame, rows: Rows, query: ItemsQuery
) -> list[dict[str, Any]]:
    """Give rows of a layer as values; see `joined_features`."""
    pieces = (b"".join(piece) for piece in joined_features(snapshot, frame, rows, query))
    found: list[dict[str, Any]] = orjson.loads(b"[%b]" % b",".join(pieces))
    return found
