"""Features given: as ready bytes, of which a page is a join; one, a page of them, or a file."""

import mmap
import os
import tempfile
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from threading import Lock
from typing import Any, cast
from weakref import ref

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
from starlette.responses import Response, StreamingResponse

from geodata.errors import NotFound
from geodata.formats import (
    COLLECTION_END,
    FORMATS,
    FormatOptions,
    bytes_of,
    collection_bytes,
    collection_head,
    feature_texts,
    stream,
)
from geodata.formats.options import NOTICE
from geodata.points import Points
from geodata.register import Snapshot
from geodata.register.layer import Ids
from geodata.register.snapshot import Memo
from service.collections import COLLECTIONS
from service.handouts import file_options, marked, notice_of
from service.http.files import file_answer
from service.http.parameters import Query, bad, switch
from service.http.representation import (
    GEOJSON,
    HTML,
    JSON,
    Bytes,
    Deflated,
    deflated,
    gzip_pieces,
    mark_coded,
    matches,
    tag_of_version,
)
from service.http.request import Context, Link, Links, header, segment
from service.ogc.query import ItemsQuery, Token, read_items
from service.ogc.selection import Page, page_of, rows_by_place
from service.tiles import archive
from service.tiles.answers import layer_of

Rows = npt.NDArray[np.int64]
MOST_KEPT = 256 * 2**20
"""Bytes of ready features that the process keeps, over all layers, views and revisions."""
KEPT = 8
"""Sets of parameters whose ready features a computed layer keeps."""

BLOCK = 256
"""Features made at once when a single one is asked for: one alone costs as much as a hundred."""
MOST_PAGES, MOST_DEFLATED = 1_024, 32 * 2**20
"""Pieces of compressed pages that a snapshot keeps, and bytes of them."""
PIECE = 2_500
"""Features made, joined and sent at a time."""
AHEAD = 7_500
"""Features made beyond those asked for, of a layer that is asked for in order."""
LEAST_FILE = 16 * 2**20
"""Bytes of a layer's features from which on they lie in a file."""


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
        """Which of the features is a row's; -1 = not made."""
        self._edges = np.zeros(rows + 1, dtype=np.int64)
        self._room: _Room | None = None
        self._view, self.count = memoryview(b""), 0

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

    def joined(self, numbers: npt.NDArray[Any]) -> list[Bytes]:
        """Give some of the features in that order, only to be joined; no comma behind the last."""
        if not len(numbers):
            return []
        # A run ends where the next one does not lie right behind.
        ends = (numbers[1:] - numbers[:-1] != 1).nonzero()[0]
        edges, view = self._edges, self._view
        lows = [int(edges[numbers[0]]), *edges[numbers[ends + 1]].tolist()]
        highs = [*edges[numbers[ends] + 1].tolist(), int(edges[numbers[-1] + 1]) - 1]
        return [view[low:high] for low, high in zip(lows, highs, strict=True)]

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
        found.number = np.empty(rows, dtype=np.int32)
        found.number[: len(self.number)] = self.number
        found.number[len(self.number) :] = found.number[changed] = -1
        return found

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
        return found

    def leave(self) -> None:
        """Leave it to the system which of them stay in memory, and give back what making took."""
        if self._room is not None:
            self._room.leave()
            pa.default_memory_pool().release_unused()


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
    """

    def __init__(
        self,
        frame: gpd.GeoDataFrame,
        query: ItemsQuery,
        budget: Budget = BUDGET,
        by_place: Callable[[], Rows | None] | None = None,
    ) -> None:
        self._frame, self._query, self._budget = frame, query, budget
        self._by_place = by_place
        self._handed_on = False
        self._lock = Lock()
        self.empty()

    def empty(self) -> None:
        """Forget all; what is being read stays with its reader."""
        with self._lock:
            self._held = _Texts(len(self._frame))
            self.kept = 0

    def followed(
        self, frame: gpd.GeoDataFrame, rows: Rows, by_place: Callable[[], Rows | None] | None = None
    ) -> "Ready | None":
        """Give the ready features of a later frame, in which all but some rows are the same.

        Parameters
        ----------
        frame
            Its rows lie where they lay, and new ones behind them.
        rows
            Those that changed, and the new ones.
        by_place
            As at first.

        Returns
        -------
        Ready or None
            It takes over what is kept here; None where that is handed on already, or most of it
            is of rows that changed since.
        """
        ready = Ready(frame, self._query, self._budget, by_place)
        with self._lock:
            held = self._held
            if self._handed_on or held.count > 2 * len(frame) + PIECE:
                return None
            self._handed_on = True
            ready._held = held.followed(len(frame), rows)
            # What lies by place stays so, but for what changes.
            ready._by_place = by_place if self._by_place is not None else None
            ready.kept, self.kept = self.kept, 0
        return ready

    def made(self, rows: Rows) -> list[Bytes] | None:
        """Give what `slices` gives, if all of it is made already."""
        held = self._held
        numbers = held.number[rows]
        there = not len(rows) or np.minimum.reduce(numbers) >= 0
        return held.joined(numbers) if there else None

    def one(self, row: int) -> Bytes:
        """Give the feature of a row."""
        held = self._held
        number = int(held.number[row])
        return held.one(number) if number >= 0 else self.slices(np.array([row]))[0]

    def slices(self, rows: Rows) -> list[Bytes]:
        """Give the features of some rows in that order: joined, a list without its brackets."""
        held = self._held
        numbers = held.number[rows]
        gaps = (numbers < 0).nonzero()[0]
        return self._filled(held, rows, numbers, gaps) if len(gaps) else held.joined(numbers)

    def leave(self) -> None:
        """Leave it to the system what stays in memory, after many were given at once."""
        self._held.leave()

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
        pieces = [held.one(number) if number >= 0 else b"" for number in numbers.tolist()]
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
            together = 2 * int(np.count_nonzero(held.number[first:end] < 0)) > end - first
        else:
            together = end - first <= 2 * len(missing) <= 2 * PIECE
            if together and len(missing) > PIECE // 2:
                end = self._ahead(held, end)
        return np.arange(first, end) if together else missing

    def _ahead(self, held: _Texts, end: int) -> int:
        """Give up to which row features are made where thousands are asked for: the next, too.

        Each making costs what a thousand features do, beside those made; not beyond what may be
        kept.
        """
        if not held.count or self.kept / held.count * len(self._frame) > self._budget.most:
            return end
        later = held.number[end : end + AHEAD]
        there = (later >= 0).nonzero()[0]
        return end + (int(there[0]) if len(there) else len(later))


def _segment(frame: gpd.GeoDataFrame, rows: Rows, query: ItemsQuery) -> tuple[memoryview, Rows]:
    """Make features one behind the other; gives the edges between them."""
    together = int(rows[-1]) - int(rows[0]) + 1 == len(rows) and bool((np.diff(rows) == 1).all())
    texts = feature_texts(
        frame.iloc[int(rows[0]) : int(rows[-1]) + 1] if together else frame.iloc[rows],
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

    def make() -> Ready:
        return Ready(frame, query)

    if query.collection.computed:
        # One for each set of parameters that somebody thinks of: only the last few.
        few: Memo = snapshot.cached(("ready-computed", query.collection.id), lambda: Memo(KEPT))
        return few.get(query.risk, make)

    # Not the snapshot itself: what it keeps must not keep it, so that it goes with its last reader.
    weak = ref(snapshot)

    def rows() -> Rows | None:
        held = weak()
        return None if held is None else rows_by_place(held, query)

    def by_place() -> Callable[[], Rows | None] | None:
        # Looked at where they are made: a frame's geometry costs as much as a whole answer.
        return rows if isinstance(frame.geometry.array, Points) else None

    return snapshot.carried(
        query.collection.id,
        ("ready", query.collection.id),
        lambda: Ready(frame, query, by_place=by_place()),
        lambda before, rows: before.followed(frame, rows, by_place()),
    )


def joined_features(
    snapshot: Snapshot, frame: gpd.GeoDataFrame, rows: Rows, query: ItemsQuery
) -> Iterator[list[Bytes]]:
    """Give rows of a layer as GeoJSON features, some thousand at a time.

    Parameters
    ----------
    snapshot
        Remembers what was made, for the usual form: all properties, WGS 84.
    rows
        Rows of it, in the order wanted.
    query
        Names the layer, the properties and the coordinate reference system.

    Yields
    ------
    list of memoryview
        Joined, features with commas between them; the pieces need one between each other.
    """
    ready = ready_of(snapshot, frame, query)
    for start in range(0, len(rows), PIECE):
        yield ready.slices(rows[start : start + PIECE])
    if len(rows) > PIECE:
        ready.leave()


def deflated_features(snapshot: Snapshot, page: Page, query: ItemsQuery) -> Iterator[Deflated]:
    """Give a page's features compressed, some thousand at a time, and the end of a collection.

    They are kept with the snapshot, whose view they are of: whole layers, and the pages asked
    for last.
    """
    kept: Memo = snapshot.cached("deflated", lambda: Memo(MOST_PAGES, MOST_DEFLATED))
    kept_long = not query.selects and len(page.rows) <= STREAMED_FROM
    form = (page.key, query.crs_uri, query.properties)
    ready = ready_of(snapshot, page.frame, query)
    for start in range(0, len(page.rows), PIECE):
        rows = page.rows[start : start + PIECE]
        end = COLLECTION_END if start + PIECE >= len(page.rows) else b""

        def make(rows: Rows = rows, start: int = start, end: bytes = end) -> Deflated:
            return deflated([b"," if start else b"", *ready.slices(rows), end], kept=kept_long)

        yield kept.get((form, start, len(rows), end), make)
    if len(page.rows) > PIECE:
        ready.leave()


def page_features(snapshot: Snapshot, page: Page, query: ItemsQuery) -> list[Bytes] | None:
    """Give a page's features, only to be joined; None where some are not made yet."""
    return ready_of(snapshot, page.frame, query).made(page.rows)


def layer_features(snapshot: Snapshot, page: Page, query: ItemsQuery) -> bytes:
    """Give all features of a small layer in their order, joined once a snapshot."""
    ready = ready_of(snapshot, page.frame, query)
    return snapshot.cached(
        ("joined", query.collection.id), lambda: b"".join(ready.slices(page.rows))
    )


def one_feature(snapshot: Snapshot, frame: gpd.GeoDataFrame, row: int, query: ItemsQuery) -> Bytes:
    """Give one row of a layer as a GeoJSON feature; see `joined_features`."""
    return ready_of(snapshot, frame, query).one(row)


def feature_documents(
    snapshot: Snapshot, frame: gpd.GeoDataFrame, rows: Rows, query: ItemsQuery
) -> list[dict[str, Any]]:
    """Give rows of a layer as values; see `joined_features`."""
    pieces = (b"".join(piece) for piece in joined_features(snapshot, frame, rows, query))
    found: list[dict[str, Any]] = orjson.loads(b"[%b]" % b",".join(pieces))
    return found


Html = Callable[[dict[str, Any]], str]
STREAMED_FROM = 2_000
"""Features from which on a page is sent in pieces."""


@dataclass(frozen=True, slots=True)
class Written:
    """One feature as it is given, with what its tag rests on."""

    content: Bytes
    version: int
    recorded_at: datetime


def feature_answer(
    context: Context,
    snapshot: Snapshot,
    feature_id: str,
    query: ItemsQuery | None = None,
    page: Html | None = None,
    written: Written | None = None,
) -> Response:
    """Give one feature.

    Parameters
    ----------
    query
        Names the layer and the form; None = an incident as it is stored.
    page
        Makes the page for people; None where only data is given.
    written
        The incident as a change left it; None takes it from the snapshot.

    Returns
    -------
    Response
        With the feature's tag: an incident's stays the same until somebody changes it.

    Raises
    ------
    NotFound
        The layer has no feature of that id.
    """
    if query is None:
        query = read_items(Query(()), COLLECTIONS["incidents"], max_limit=1)
    collection = query.collection
    if written is None:
        row, content = feature_of(snapshot, query, feature_id)
    else:
        content = written.content
    if collection.id == "incidents":
        of = revision_of(snapshot, row) if written is None else written
        tag = incident_tag(snapshot, of, feature_id, query, context.parts())
    else:
        tag = context.tag(snapshot, daily=collection.computed)
    links = feature_links(context.links, query, context.self_links())

    def make() -> bytes | str:
        # No timeStamp here: the tag says that the bytes stay while the record does.
        if page and context.html:
            return page({**orjson.loads(content), "links": links})
        return b"".join((content[:-1], feature_end(links)))

    laid_out(snapshot).add(collection.id)
    return context.answer(make, tag=tag, headers=feature_headers(query, links))


def feature_headers(query: ItemsQuery, links: list[Link]) -> dict[str, str]:
    """Give the header of one feature, beside what all answers have."""
    return {"Content-Crs": f"<{query.crs_uri}>", "Link": header(links)}


def feature_end(links: list[Link]) -> bytes:
    """Give what stands behind a feature's own members, in place of its last brace."""
    return b',"links":%b}' % orjson.dumps(links)


def incident_tag(
    snapshot: Snapshot,
    of: Written,
    feature_id: str,
    query: ItemsQuery,
    parts: tuple[object, ...],
) -> str:
    """Give the tag of an incident, which stays while nobody changes it.

    Parameters
    ----------
    snapshot
        Where it is.
    of
        Its version.
    feature_id
        Its id.
    query
        Names the form.
    parts
        What else the answer is a function of (`Context.parts`).
    """
    moment = of.recorded_at.timestamp()
    form = (query.crs_uri, query.properties, *parts)
    return tag_of_version(snapshot, of.version, moment, feature_id, *form)


def items_answer(
    context: Context,
    snapshot: Snapshot,
    query: ItemsQuery,
    html: Html | None = None,
    page: Page | None = None,
) -> Response:
    """Give features of a layer: a page of them, or a file.

    Parameters
    ----------
    snapshot
        Where the features are, in the view that may be given.
    html
        Makes the page for people of the values of the page; None where only data is given.
    page
        The features, if they are known.

    Returns
    -------
    Response
        In pieces where there are many features.
    """
    computed, paged = query.collection.computed, context.offer.key in ("json", "html")
    # A page says when it was given and may hold a form's token; a file is the same bytes.
    tag = context.tag(snapshot, daily=computed, strong=not paged)
    headers = layer_headers(context, query, tag)
    if matches(context.request.headers.get("if-none-match"), tag):
        return context.answer(bytes, tag=tag, headers=headers)
    page = page or page_of(snapshot, query)
    links = page_links(context, query, page.next, page.previous)
    headers |= page_headers(page.matched, len(page.rows), links)
    if not paged:
        return _file(context, snapshot, query, page, tag, headers)
    if html is not None and context.html:
        body = items_body(context, snapshot, query, page, links)
        return context.answer(lambda: html(body), tag=tag, headers=headers)
    laid_out(snapshot).add(query.collection.id)
    members = _members(context, snapshot, page, links)
    return _collection(context, snapshot, query, page, members, headers)


def layer_headers(context: Context, query: ItemsQuery, tag: str) -> dict[str, str]:
    """Give the header of features of a layer that does not depend on which they are."""
    return {"Content-Crs": f"<{query.crs_uri}>", **context.cache_headers(tag)}


def page_headers(matched: object, returned: object, links: list[Link]) -> dict[str, str]:
    """Give the header that counts a page's features and names its neighbours."""
    near = (one for one in links if one["rel"] in ("self", "next", "prev"))
    return {
        "OGC-NumberMatched": str(matched),
        "OGC-NumberReturned": str(returned),
        "Link": header(near),
    }


def _collection(
    context: Context,
    snapshot: Snapshot,
    query: ItemsQuery,
    page: Page,
    members: dict[str, Any],
    headers: dict[str, str],
) -> Response:
    """Give a page as GeoJSON; as gzip of parts that were compressed before, where that is taken."""
    packed = next(iter(context.request.scope["state"].get("codings", ())), None) == "gzip"
    pieces: Iterable[bytes]
    if packed and len(page.rows):
        parts = deflated_features(snapshot, page, query)
        pieces = gzip_pieces(collection_head(members), parts)
    else:
        features = joined_features(snapshot, page.frame, page.rows, query)
        pieces = collection_bytes(features, members)
    media_type = context.offer.media_type
    answer: Response
    streamed = len(page.rows) >= STREAMED_FROM
    if streamed:
        # Made as they are sent, so that the first byte need not wait for the last.
        answer = StreamingResponse(pieces, media_type=media_type, headers=headers)
    else:
        answer = Response(b"".join(pieces), media_type=media_type, headers=headers)
    if packed and len(page.rows):
        mark_coded(answer.headers, "gzip")
        if not streamed:
            answer.headers["Content-Length"] = str(len(answer.body))
    return answer


def _file(
    context: Context,
    snapshot: Snapshot,
    query: ItemsQuery,
    page: Page,
    tag: str,
    headers: dict[str, str],
) -> Response:
    name = marked(file_name(context, query), snapshot)
    request = context.request
    return file_answer(
        request,
        request.app.state.files,
        lambda: file_bytes(context, snapshot, query, page),
        tag=tag,
        media_type=context.offer.media_type,
        headers=headers | {"Content-Disposition": f'attachment; filename="{name}"'},
    )


def laid_out(snapshot: Snapshot) -> set[object]:
    """Give the layers of a snapshot that features were given of: the next costs little."""
    return snapshot.cached("laid-out", set[object])


def revision_of(snapshot: Snapshot, row: int) -> Written:
    """Give version and moment of an incident, of columns that are not copied."""

    def columns() -> tuple[Rows, npt.NDArray[np.datetime64]]:
        frame = snapshot.incidents
        moments: Any = frame["recorded_at"].array
        return (
            frame["version"].to_numpy(dtype=np.int64, copy=False),
            np.asarray(moments, f"datetime64[{moments.unit}]"),
        )

    versions, moments = snapshot.cached("revisions", columns)
    return Written(
        b"", int(versions[row]), moments[row].astype("M8[us]").item().replace(tzinfo=UTC)
    )


def moment() -> str:
    """Give the moment of the answer, as `timeStamp` has it."""
    return _moment_text(int(time.time()))


@lru_cache(maxsize=1)
def _moment_text(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def page_links(
    context: Context, query: ItemsQuery, following: Token | None, previous: Token | None
) -> list[Link]:
    """Give the links of a page of items: itself, other forms, next, prev, its layer."""
    found = context.self_links()
    for rel, title, token in (
        ("next", "Next page", following),
        ("prev", "Previous page", previous),
    ):
        if token is not None:
            text = token.write(query.sort)
            kind = context.offer.media_type
            found.append(context.links.here(rel, kind, title, drop=("offset",), token=text))
    path = f"/collections/{segment(query.collection.id)}"
    return [*found, context.links.to(path, "collection", JSON, query.collection.title)]


def collection_members(
    matched: object, returned: object, links: list[Link], at: str, notice: str = ""
) -> dict[str, Any]:
    """Give the members of a feature collection beside its features.

    Parameters
    ----------
    matched, returned
        How many features were selected, and are given.
    links
        Of the page.
    at
        The moment of the answer.
    notice
        What has to be said of the view; empty = nothing.
    """
    return {
        **({NOTICE: notice} if notice else {}),
        "timeStamp": at,
        "numberMatched": matched,
        "numberReturned": returned,
        "links": links,
    }


def _members(context: Context, snapshot: Snapshot, page: Page, links: list[Link]) -> dict[str, Any]:
    notice = notice_of(snapshot, context.query.text("lang") or "en")
    return collection_members(page.matched, len(page.rows), links, moment(), notice)


def items_body(
    context: Context, snapshot: Snapshot, query: ItemsQuery, page: Page, links: list[Link]
) -> dict[str, Any]:
    """Give a page as values, as the HTML page has it."""
    features = feature_documents(snapshot, page.frame, page.rows, query)
    members = _members(context, snapshot, page, links)
    return {"type": "FeatureCollection", **members, "features": features}


def file_bytes(
    context: Context, snapshot: Snapshot, query: ItemsQuery, page: Page
) -> Iterator[bytes]:
    """Give the features as a file of the format chosen, piece by piece.

    Raises
    ------
    InvalidInput
        The layer does not fit the format; raised before the first piece.
    """
    options = FormatOptions(
        crs=None if query.crs is None else query.crs_uri,
        properties=query.properties,
        bom=_switch(context.query, "bom") or False,
        hxl=_switch(context.query, "hxl") or False,
        wkt=_switch(context.query, "wkt"),
        by_space=not query.sort,
        title=query.collection.id,
    )
    options = file_options(
        options, query.collection.id, snapshot, context.query.text("lang") or "en"
    )
    if context.offer.key == archive.KEY:
        return _tiles(snapshot, query, page, options.notice)
    frame = page.frame.iloc[page.rows]
    return stream(frame, query.collection.schema, context.offer.key, options)


def _tiles(
    snapshot: Snapshot, query: ItemsQuery, page: Page, notice: str | None
) -> Iterator[bytes]:
    one = query.collection
    description = f"{notice}. {one.description}" if notice else one.description
    if query.crs is not None or query.properties is not None:
        raise bad("f", "is pmtiles, which has its own system and all properties.")
    mask = np.zeros(len(page.frame), dtype=bool)
    mask[page.rows] = True
    layer = layer_of(snapshot, one, query.risk)
    return archive.archive_bytes(layer, title=one.title, description=description, mask=mask)


def file_name(context: Context, query: ItemsQuery) -> str:
    """Give the name of a download."""
    key = context.offer.key
    suffix = archive.SUFFIX if key == archive.KEY else FORMATS[key].suffix
    return f"{query.collection.id}{suffix}"


def _switch(query: Query, name: str) -> bool | None:
    text = query.text(name)
    return None if text is None else switch(text, name)


def feature_of(snapshot: Snapshot, query: ItemsQuery, feature_id: str) -> tuple[int, Bytes]:
    """Find one feature.

    Parameters
    ----------
    query
        Names the layer and the form.

    Returns
    -------
    tuple
        Row of the layer's frame, and the feature's bytes.

    Raises
    ------
    NotFound
        The layer has none of that id.
    """
    frame = query.collection.frame(snapshot, query.risk)
    row = row_of(frame, feature_id, snapshot.ids(query.collection.id))
    if row < 0:
        raise NotFound(
            f"The layer {query.collection.id} has no feature {feature_id[:120]!r}.",
            code="no-feature",
        )
    return row, one_feature(snapshot, frame, row, query)


def row_of(frame: gpd.GeoDataFrame, feature_id: str, ids: Ids | None) -> int:
    """Give the row of an id in a layer's frame; -1 where it has none."""
    if not _writable(feature_id):
        return -1
    if ids is not None:
        row = ids.row(feature_id)
        return -1 if row is None else row
    try:
        return int(frame.index.get_loc(feature_id))
    except KeyError:
        return -1


def _writable(feature_id: str) -> bool:
    """Say whether a text can be an id at all: Arrow's texts are UTF-8."""
    return feature_id.isascii() or not any("\ud800" <= one <= "\udfff" for one in feature_id)


def feature_links(links: Links, query: ItemsQuery, own: list[Link]) -> list[Link]:
    """Give the links of one feature: itself, other forms, and its layer."""
    path = f"/collections/{segment(query.collection.id)}"
    return [
        *own,
        links.to(path, "collection", JSON, query.collection.title),
        links.to(f"{path}/items", "items", GEOJSON, query.collection.title),
        links.to(f"{path}/items", "items", HTML, query.collection.title, f="html"),
    ]
