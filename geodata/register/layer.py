"""A frame that changes cheaply: rows are appended and replaced column by column.

A column has room to spare. Appending writes behind the last row that any snapshot sees;
replacing copies the column first, so that older snapshots keep theirs.
"""

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock, Thread
from typing import Any, NamedTuple, Self, TypeVar

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geodata import growing as growing_arrays
from geodata.growing import moved_up, without
from geodata.register.revision import GONE, Row
from geodata.schemas import FrameSchema, Points

_ORDER = "rows_by_id"
"""Column of a file: all rows in the order of their ids."""
_SIZE = b"rows"
_SPARE = 16
"""One row of a file in so many is room for rows to come: the first writes copy no column."""
_ROOM = 1.25
_MOST_CHUNKS = 400
_LARGE_CHUNK = 50_000
_SMALL_CHUNK, _FEW = 1_024, 16
_LEAST_ROOM = 1_023
_MOST_FRESH = 20_000
_MOST_PENDING = 40_000
_STRIDE = 32
_MOST_CARRIED = 5_000
"""Changed rows up to which what was made of a table is carried over to a later one."""
_MANY, _LOOK = 500, 250
"""So many ids are looked up together; one look costs as much as passing so many rows."""


class Buffer:
    """A NumPy array of which the first `size` rows are seen.

    Parameters
    ----------
    data
        The rows, and room behind them.
    used
        One number that all columns on this array share: rows that some column sees.
    size
        Rows that this column sees; None = all.
    """

    def __init__(
        self, data: npt.NDArray[Any], used: list[int] | None = None, size: int | None = None
    ) -> None:
        self.size = len(data) if size is None else size
        self._data = data
        self._used = [self.size] if used is None else used

    @property
    def values(self) -> npt.NDArray[Any]:
        """The rows, without copying them: nobody can write to what others read."""
        seen = self._data[: self.size]
        seen.flags.writeable = False
        return seen

    def extended(self, rows: npt.NDArray[Any]) -> Self:
        """Give the column with more rows, in place when nobody else has extended it."""
        size = self.size + len(rows)
        data, used = self._data, self._used
        if used[0] != self.size or size > len(data):
            data, used = np.empty(int(size * _ROOM) + 64, dtype=data.dtype), [0]
            data[: self.size] = self.values
        data[self.size : size] = rows
        used[0] = size
        return type(self)(data, used, size)

    def replaced(self, at: npt.NDArray[np.int64], rows: npt.NDArray[Any]) -> Self:
        """Give the column with some rows changed; itself where they are the same."""
        held = self.values[at]
        same = (held == rows) | ((held != held) & (rows != rows))
        if np.all(same):
            return self
        values = self.values.copy()
        values[at] = rows
        return type(self)(values)

    def without(self, lost: npt.NDArray[np.int64]) -> Self:
        """Give the column without some rows, with room for others."""
        size = self.size - len(lost)
        data = without(self.values, lost, size // _SPARE + 64)
        return type(self)(data, [size], size)

    @property
    def array(self) -> Any:
        """The rows as pandas takes them."""
        return self.values


_MOMENT = pd.DatetimeTZDtype("ms", "UTC")


class Moments(Buffer):
    """Times in UTC; the frame shows their zone."""

    @property
    def array(self) -> Any:
        """The rows with their zone."""
        # Localised by pandas, all of them would be looked at and copied.
        return pd.arrays.DatetimeArray._simple_new(self.values, dtype=_MOMENT)  # noqa: SLF001


class Whole:
    """Whole numbers with a mask of the unknown ones."""

    def __init__(self, numbers: Buffer, unknown: Buffer) -> None:
        self._numbers, self._unknown = numbers, unknown

    def extended(self, rows: Any) -> "Whole":
        """Give the column with more rows."""
        return Whole(self._numbers.extended(_data(rows)), self._unknown.extended(_mask(rows)))

    def replaced(self, at: npt.NDArray[np.int64], rows: Any) -> "Whole":
        """Give the column with some rows changed; itself where they are the same."""
        numbers = self._numbers.replaced(at, _data(rows))
        unknown = self._unknown.replaced(at, _mask(rows))
        same = numbers is self._numbers and unknown is self._unknown
        return self if same else Whole(numbers, unknown)

    def without(self, lost: npt.NDArray[np.int64]) -> "Whole":
        """Give the column without some rows."""
        return Whole(self._numbers.without(lost), self._unknown.without(lost))

    @property
    def array(self) -> Any:
        """The rows as a pandas array."""
        return pd.arrays.IntegerArray(self._numbers.values, self._unknown.values)


class Unknown:
    """Whole numbers of which none is known: all such columns are the same memory."""

    def __init__(self, size: int) -> None:
        self._size = size

    def _written(self) -> Whole:
        values = self.array
        return Whole(Buffer(values._data), Buffer(values._mask))  # noqa: SLF001 - without copying

    def extended(self, rows: Any) -> "Whole | Unknown":
        """Give the column with more rows."""
        if _mask(rows).all():
            return Unknown(self._size + len(rows))
        return self._written().extended(rows)

    def replaced(self, at: npt.NDArray[np.int64], rows: Any) -> "Whole | Unknown":
        """Give the column with some rows changed."""
        return self if _mask(rows).all() else self._written().replaced(at, rows)

    def without(self, lost: npt.NDArray[np.int64]) -> "Unknown":
        """Give the column without some rows."""
        return Unknown(self._size - len(lost))

    @property
    def array(self) -> Any:
        """The rows as a pandas array."""
        room = 1 << max(self._size, _LEAST_ROOM).bit_length()
        numbers, mask = _same(room, 0, "int64"), _same(room, 1, "bool")
        return pd.arrays.IntegerArray(numbers[: self._size], mask[: self._size])


@lru_cache(maxsize=8)
def _same(size: int, value: int, kind: str) -> npt.NDArray[Any]:
    """Give rows of one value, which many columns share."""
    rows = np.full(size, value, dtype=kind) if value else np.zeros(size, dtype=kind)
    rows.flags.writeable = False
    return rows


def _data(rows: Any) -> npt.NDArray[np.int64]:
    data: npt.NDArray[np.int64] = np.where(rows._mask, 0, rows._data)  # noqa: SLF001 - pandas' own way takes forty times as long
    return data


def _mask(rows: Any) -> npt.NDArray[np.bool_]:
    mask: npt.NDArray[np.bool_] = rows._mask  # noqa: SLF001
    return mask


class Texts:
    """Text in Arrow chunks; appending and replacing make new chunks and copy nothing."""

    def __init__(self, chunks: pa.ChunkedArray) -> None:
        self._chunks = chunks if chunks.num_chunks <= _MOST_CHUNKS else _fewer(chunks)
        self._first: tuple[int, Any, Any] | None = None
        """Texts of the first piece, between which bytes of it each lies, and these."""

    def extended(self, rows: Any) -> "Texts":
        """Give the column with more rows."""
        chunks, fresh = self._chunks.chunks, _arrow(rows).chunks
        if chunks and len(fresh) == 1 and len(chunks[-1]) + len(fresh[0]) <= _SMALL_CHUNK:
            # Else each row that is written would be a piece of its own.
            chunks[-1:], fresh = [pa.concat_arrays([chunks[-1], fresh[0]])], []
        return Texts(pa.chunked_array([*chunks, *fresh]))

    def replaced(self, at: npt.NDArray[np.int64], rows: Any) -> "Texts":
        """Give the column with some rows changed; itself where they are the same."""
        fresh = _arrow(rows)
        if len(at) <= _FEW:
            # To pick rows, Arrow joins all pieces first.
            same = all(self._chunks[row] == fresh[n] for n, row in enumerate(at.tolist()))
        else:
            same = self._chunks.take(pa.array(at)).equals(fresh)
        if same:
            return self
        pieces: list[pa.Array] = []
        last = 0
        for row in np.argsort(at):
            pieces += self._chunks.slice(last, at[row] - last).chunks
            pieces += fresh.slice(row, 1).chunks
            last = int(at[row]) + 1
        pieces += self._chunks.slice(last).chunks
        return Texts(pa.chunked_array(pieces, type=pa.large_string()))

    def without(self, lost: npt.NDArray[np.int64]) -> "Texts":
        """Give the column without some rows."""
        if len(lost) > _MOST_CHUNKS:
            keep = np.ones(len(self._chunks), dtype=bool)
            keep[lost] = False
            return Texts(self._chunks.filter(pa.array(keep)))
        pieces: list[pa.Array] = []
        last = 0
        for row in lost.tolist():
            pieces += self._chunks.slice(last, row - last).chunks
            last = row + 1
        pieces += self._chunks.slice(last).chunks
        return Texts(pa.chunked_array(pieces, type=pa.large_string()))

    def __getitem__(self, row: int) -> str:
        """Give one text that is known."""
        if self._first is None:
            chunk = self._chunks.chunk(0)
            _, edges, letters = chunk.buffers()
            at = memoryview(edges).cast("q")[chunk.offset :]
            self._first = len(chunk), at, memoryview(letters or b"")
        size, edges, letters = self._first
        if row < size:
            # Most are in one piece; Arrow would make an object of each.
            return str(letters[edges[row] : edges[row + 1]], "utf-8")
        return str(self._chunks[row].as_py())

    def taken(self, rows: npt.NDArray[np.uint32]) -> list[str]:
        """Give some texts that are known."""
        found: list[str] = self._chunks.take(pa.array(rows)).to_pylist()
        return found

    def find(self, texts: list[str]) -> list[int | None]:
        """Give the row of each of many texts; None where it is none. One pass over all rows."""
        wanted = pa.array(texts, type=pa.large_string())
        which = pc.fill_null(pc.index_in(self._chunks, value_set=wanted), -1).to_numpy()
        found: list[int | None] = [None] * len(texts)
        for row in np.flatnonzero(which >= 0).tolist():
            found[which[row]] = row
        return found

    def sorted_rows(self) -> npt.NDArray[np.uint32]:
        """Give the rows in the order of their texts (UTF-8)."""
        return pc.array_sort_indices(self._chunks).to_numpy().astype(np.uint32)

    @property
    def array(self) -> Any:
        """The rows as a pandas array."""
        return _TEXT.__from_arrow__(self._chunks)


def _fewer(chunks: pa.ChunkedArray) -> pa.ChunkedArray:
    """Join small pieces that follow each other; large ones stay where they lie."""
    pieces: list[pa.Array] = []
    small: list[pa.Array] = []
    for chunk in chunks.chunks:
        if len(chunk) >= _LARGE_CHUNK:
            pieces += [pa.concat_arrays(small), chunk] if small else [chunk]
            small = []
        elif len(chunk):
            small.append(chunk)
    pieces += [pa.concat_arrays(small)] if small else []
    if len(pieces) > _MOST_CHUNKS // 2:
        pieces = [pa.concat_arrays(pieces)]
    return pa.chunked_array(pieces, type=chunks.type)


_TEXT = pd.StringDtype(na_value=np.nan)


class Placed:
    """Points, or None, as the columns of their coordinates say; objects are made on demand."""

    def __init__(self, flags: Buffer) -> None:
        self.flags = flags

    def extended(self, rows: npt.NDArray[Any]) -> "Placed":
        """Give the column with more rows."""
        return Placed(self.flags.extended(rows))

    def replaced(self, at: npt.NDArray[np.int64], rows: npt.NDArray[Any]) -> "Placed":
        """Give the column with some rows changed; itself where they are the same."""
        flags = self.flags.replaced(at, rows)
        return self if flags is self.flags else Placed(flags)

    def without(self, lost: npt.NDArray[np.int64]) -> "Placed":
        """Give the column without some rows."""
        return Placed(self.flags.without(lost))


Growing = Buffer | Whole | Unknown | Texts | Placed


def _arrow(rows: Any) -> pa.ChunkedArray:
    found = pa.array(rows, type=pa.large_string(), from_pandas=True)
    return found if isinstance(found, pa.ChunkedArray) else pa.chunked_array([found])


def to_arrow(column: Growing, room: int) -> pa.Array:
    """Give a column for a file; what is unknown is null, but for numbers, which are NaN.

    Texts are one piece, so that they can be read where they lie, and numbers of which none is
    known take no room.

    Parameters
    ----------
    room
        Rows behind those that there are, for those to come.
    """
    if isinstance(column, Placed):
        return pa.array(_with_room(column.flags.values, room))
    if isinstance(column, Buffer):
        return pa.array(_with_room(column.values, room))
    if isinstance(column, Unknown):
        return pa.nulls(len(column.array) + room)
    if isinstance(column, Texts):
        return pa.concat_arrays([*_arrow(column.array).chunks, pa.nulls(room, pa.large_string())])
    values = column.array
    mask = _with_room(values._mask, room)  # noqa: SLF001 - without copying to objects
    return pa.array(_with_room(values._data, room), mask=mask)  # noqa: SLF001


def _with_room(values: npt.NDArray[Any], room: int) -> npt.NDArray[Any]:
    return np.concatenate([values, np.zeros(room, dtype=values.dtype)])


def from_arrow(values: pa.ChunkedArray, size: int, memory: npt.NDArray[np.uint8] | None) -> Growing:
    """Take a column from a file, without copying what the file's mapped memory has.

    Parameters
    ----------
    memory
        The mapped file, private to this process: what is written to its room is seen here only.
    """
    kind = values.type
    if pa.types.is_large_string(kind):
        return Texts(values.slice(0, size))
    if pa.types.is_null(kind):
        return Unknown(size)
    one = values.combine_chunks() if values.num_chunks != 1 else values.chunk(0)
    if pa.types.is_integer(kind):
        known = one.slice(0, size)
        unknown = _same(size, 0, "bool")
        if known.null_count:
            unknown = known.is_null().to_numpy(zero_copy_only=False)
        return Whole(_numbers(one, size, memory), Buffer(unknown))
    rows = one.slice(0, size)
    if rows.null_count or pa.types.is_boolean(kind):
        return growing(rows.to_numpy(zero_copy_only=False))
    return _numbers(one, size, memory)


def _numbers(values: pa.Array, size: int, memory: npt.NDArray[np.uint8] | None) -> Buffer:
    """Give numbers as they lie in the file, with the room behind them."""
    kind = np.dtype(values.type.to_pandas_dtype())
    lies = values.buffers()[1]
    if memory is None:
        data = np.frombuffer(lies, dtype=kind, count=size)
    else:
        start = lies.address - memory.ctypes.data
        data = memory[start : start + len(values) * kind.itemsize].view(kind)
    return (Moments if kind == "datetime64[ms]" else Buffer)(data, [size], size)


def plain_columns(frame: gpd.GeoDataFrame, schema: FrameSchema) -> dict[str, Any]:
    """Give a frame's columns as a layer takes them (see `Make`)."""
    columns: dict[str, Any] = {}
    for name in schema.names:
        values: Any = frame[name].array
        if isinstance(values, pd.arrays.DatetimeArray):
            values = values._ndarray  # noqa: SLF001 - in UTC, without its zone
        columns[name] = values.to_numpy() if values.dtype == "float64" else values
    return columns | {"geometry": frame.geometry.notna().to_numpy()}


def growing(rows: Any) -> Growing:
    """Choose the kind of column for its first rows."""
    if isinstance(rows, pd.arrays.IntegerArray):
        if len(rows) and _mask(rows).all():
            return Unknown(len(rows))
        return Whole(Buffer(_data(rows)), Buffer(_mask(rows)))
    if isinstance(rows, np.ndarray):
        return Moments(rows) if rows.dtype == "datetime64[ms]" else Buffer(rows)
    return Texts(_arrow(rows))


T = TypeVar("T")
Follow = Callable[[T, npt.NDArray[np.int64]], T | None]
Make = Callable[[list[Row]], dict[str, Any]]
"""Gives the columns of some revisions' records, and as ``geometry`` which have a point."""


class Ids:
    """Which row an id has: rows sorted by their ids, and a dictionary of those that came since.

    Parameters
    ----------
    order
        The first rows in the order of their ids.
    fresh
        Row of each later id; may know ids of later tables, whose rows lie behind this one's.
    """

    def __init__(
        self,
        texts: Texts,
        size: int,
        order: npt.NDArray[np.uint32],
        fresh: dict[str, int],
    ) -> None:
        self._texts, self._size, self._order, self._fresh = texts, size, order, fresh
        self._rows: npt.NDArray[np.uint32] | None = None
        self._numbers = order.data
        self._marks: list[str] | None = None

    def row(self, name: str) -> int | None:
        """Give the row of an id; None where it is not held."""
        at = self._fresh.get(name)
        if at is not None:
            return at if at < self._size else None
        place, numbers = self._place(name), self._numbers
        if place < len(numbers):
            row = numbers[place]
            if self._texts[row] == name:
                return row
        return None

    def rows_of(self, names: list[str]) -> list[int | None]:
        """Give the row of each id: of many by one pass, which a look at each would outlast."""
        if len(names) < _MANY or len(names) * _LOOK < self._size:
            return [self.row(name) for name in names]
        return self._texts.find(names)

    def _place(self, name: str) -> int:
        texts, numbers = self._texts, self._numbers
        if self._marks is None:
            # Every so many ids as texts: between two of them few are looked at.
            self._marks = texts.taken(self._order[::_STRIDE])
        after = bisect_left(self._marks, name) * _STRIDE
        low, high = max(after - _STRIDE + 1, 0), min(after, len(numbers))
        while low < high:
            # As `bisect_left` does, which would call a function for each look.
            middle = (low + high) // 2
            if texts[numbers[middle]] < name:
                low = middle + 1
            else:
                high = middle
        return low

    def extended(self, texts: Texts, names: list[str]) -> "Ids":
        """Give the ids with more of them behind, where `texts` are all."""
        size = self._size + len(names)
        if len(self._order) + len(self._fresh) != self._size:
            # Another table grew from this one already: its ids must not be mixed with ours.
            self._fresh = {name: row for name, row in self._fresh.items() if row < self._size}
        if size - len(self._order) > max(_MOST_FRESH, len(self._order) // 4):
            return Ids(texts, size, texts.sorted_rows(), {})
        self._fresh.update(zip(names, range(self._size, size), strict=True))
        grown = Ids(texts, size, self._order, self._fresh)
        grown._marks = self._marks
        return grown

    def without(self, texts: Texts, lost: npt.NDArray[np.int64]) -> "Ids":
        """Give the ids without some rows, where `texts` are those left."""
        gone = np.zeros(self._size, dtype=bool)
        gone[lost] = True
        order = moved_up(without(self._order, gone[self._order].nonzero()[0]), lost)
        names = [name for name, row in self._fresh.items() if row < self._size and not gone[row]]
        rows = moved_up(np.array([self._fresh[name] for name in names], dtype=np.int64), lost)
        fresh = dict(zip(names, rows.tolist(), strict=True))
        return Ids(texts, self._size - len(lost), order, fresh)

    @property
    def rows(self) -> npt.NDArray[np.uint32]:
        """All rows in the order of their ids (UTF-8)."""
        if self._rows is None:
            fresh = sorted((n, row) for n, row in self._fresh.items() if row < self._size)
            if len(fresh) > _MOST_CHUNKS:
                self._rows = self._texts.sorted_rows()
            else:
                places = [self._place(name) for name, _ in fresh]
                rows = [row for _, row in fresh]
                self._rows = np.insert(self._order, places, rows).astype(np.uint32)
        return self._rows


_NO_ROWS = np.zeros(0, dtype=np.int64)


class Step(NamedTuple):
    """How a table differs from an earlier one: rows were lost, and then others changed or added."""

    lost: npt.NDArray[np.int64] = _NO_ROWS
    """Rows of the earlier table that are gone, ascending; those behind them moved up."""
    changed: npt.NDArray[np.int64] = _NO_ROWS
    """Rows of the later table that were replaced or added, ascending."""

    @property
    def rows(self) -> int:
        """How many rows that are."""
        return len(self.lost) + len(self.changed)

    @classmethod
    def of(cls, steps: Iterable["Step"], size: int) -> "Step":
        """Give steps that follow each other as one.

        Examples
        --------
        >>> first = Step(np.array([1]), np.array([2, 3]))  # a b c d -> a c D e
        >>> both = Step.of([first, Step(lost=np.array([0, 3]))], 4)  # -> c D
        >>> both.lost.tolist(), both.changed.tolist()
        ([0, 1], [1])
        """
        lost, changed = _NO_ROWS, [_NO_ROWS]
        for one in steps:
            if len(one.lost):
                # Of those that go, the rows of the first table: where they lay in it.
                held = one.lost[one.lost < size - len(lost)]
                before = lost - np.arange(len(lost))
                lost = np.sort(np.append(lost, held + before.searchsorted(held, side="right")))
                rows = np.unique(np.concatenate(changed))
                changed = [moved_up(rows[~np.isin(rows, one.lost)], one.lost)]
            changed.append(one.changed)
        return cls(lost, np.unique(np.concatenate(changed)))


class Line:
    """Tables each of which has the rows of the one before in their order, but for some.

    What is made of one of them may be kept with the line, and carried over to the next.
    """

    def __init__(self) -> None:
        self.steps: list[Step] = []
        """From each table to the next."""
        self.kept: dict[Hashable, tuple[int, int, Any]] = {}
        """What was made last under a key, at which step, and of how many rows."""
        self._merging: set[Hashable] = set()

    def merge(self, key: Hashable) -> None:
        """Merge what is kept under a key with what it keeps apart, in a thread, where that is much.

        What was carried over meanwhile is carried over once more, from what was merged.
        """
        step, size, made = self.kept[key]
        if key in self._merging or getattr(made, "apart", 0) <= growing_arrays.MOST_APART // 2:
            return

        def work() -> None:
            try:
                self.kept[key] = step, size, made.merged()
            finally:
                self._merging.discard(key)

        self._merging.add(key)
        Thread(target=work, name="merging", daemon=True).start()


def _without(made: Any, lost: npt.NDArray[np.int64]) -> Any:
    if isinstance(made, np.ndarray):
        return without(made, lost)
    fewer = getattr(made, "without", None)
    return None if fewer is None else fewer(lost)


class Table:
    """Rows by id, immutable; later tables share its columns' memory.

    Parameters
    ----------
    columns
        By name, ``geometry`` among them.
    line
        Of the tables that it grew from; None = it is the first.
    step
        How many of the line came before it.
    """

    def __init__(
        self,
        columns: Mapping[str, Growing],
        ids: Ids,
        size: int,
        key: str,
        line: Line | None = None,
        step: int = 0,
    ) -> None:
        self.columns = columns
        self.ids = ids
        self.size = size
        self.key = key
        self._line = line or Line()
        self._step = step

    def carried(self, key: Hashable, make: Callable[[], T], follow: Follow[T]) -> T:
        """Give what is made of the rows, from an earlier table's where few of them changed since.

        Parameters
        ----------
        follow
            Makes it of an earlier table's, which stays as it is, and of the rows that were
            replaced or added since, ascending; None = that cannot be. Where rows were lost it
            takes what the earlier one's `without` gives, an array's without them; what has no
            such method is made anew. What tells by `apart` that it keeps much beside itself is
            `merged` in a thread.
        """
        line = self._line
        step, size, made = line.kept.get(key, (-1, 0, None))
        found: T | None = None
        if 0 <= step <= self._step <= step + _MOST_CARRIED:
            since = Step.of(line.steps[step : self._step], size)
            if since.rows <= _MOST_CARRIED:
                before = _without(made, since.lost) if len(since.lost) else made
                found = None if before is None else follow(before, since.changed)
        if found is None:
            found = make()
        if self._step >= step:
            # of two threads at once the later table's may be lost: then it is made again
            line.kept[key] = (self._step, self.size, found)
            line.merge(key)
        return found

    @classmethod
    def of_rows(cls, rows: Mapping[str, Any], key: str) -> "Table":
        """Make a table of its first rows."""
        columns = {name: growing(values) for name, values in rows.items()}
        columns["geometry"] = Placed(Buffer(rows["geometry"]))
        texts: Any = columns[key]
        size = len(rows["geometry"])
        return cls(columns, Ids(texts, size, texts.sorted_rows(), {}), size, key)

    @classmethod
    def of_arrow(
        cls, table: pa.Table, schema: FrameSchema, memory: npt.NDArray[np.uint8] | None = None
    ) -> "Table":
        """Take the rows that `arrow` gave (see `from_arrow`)."""
        size = int(table.schema.metadata[_SIZE])
        columns = {name: from_arrow(table[name], size, memory) for name in schema.names}
        columns["geometry"] = Placed(Buffer(table["geometry"].to_numpy()[:size]))
        texts: Any = columns[schema.id_column]
        order = table[_ORDER].to_numpy()[:size]
        return cls(columns, Ids(texts, size, order, {}), size, schema.id_column)

    def alone(self) -> None:
        """Carry nothing over from earlier tables: words were taken back, and what has them goes."""
        self._line, self._step = Line(), 0

    def arrow(self, schema: FrameSchema) -> pa.Table:
        """Give the rows for a file; of a geometry whether there is one, since it is a point."""
        room = self.size // _SPARE + 64
        arrays = {n: to_arrow(self.columns[n], room) for n in (*schema.names, "geometry")}
        arrays[_ORDER] = pa.array(_with_room(self.ids.rows, room))
        return pa.table(arrays).replace_schema_metadata({_SIZE: str(self.size)})

    def without(self, names: Iterable[str]) -> "Table":
        """Give the table without some ids."""
        lost = [at for name in names if (at := self.ids.row(name)) is not None]
        if not lost:
            return self
        rows = np.unique(np.array(lost, dtype=np.int64))
        columns = {name: column.without(rows) for name, column in self.columns.items()}
        texts: Any = columns[self.key]
        ids, size = self.ids.without(texts, rows), self.size - len(rows)
        return self._next(columns, ids, size, Step(lost=rows))

    def with_rows(self, names: list[str], rows: Mapping[str, Any]) -> "Table":
        """Give the table with rows replaced in their place, and new ones at the end."""
        found = self.ids.rows_of(names)
        old = np.array([at is not None for at in found], dtype=bool)
        at = np.array([row for row in found if row is not None], dtype=np.int64)
        columns = {name: _put(self.columns[name], at, old, rows[name]) for name in rows}
        fresh = [name for name, held in zip(names, old, strict=True) if not held]
        texts: Any = columns[self.key]
        size = self.size + len(fresh)
        ids = self.ids.extended(texts, fresh)
        changed = np.append(at, np.arange(self.size, size))
        return self._next(columns, ids, size, Step(changed=changed))

    def _next(self, columns: Mapping[str, Growing], ids: Ids, size: int, step: "Step") -> "Table":
        """Give the next table of the line."""
        line = self._line
        if step.rows > _MOST_CARRIED or len(line.steps) != self._step:
            # nothing is worth carrying over, or another table grew from this one already
            return Table(columns, ids, size, self.key)
        line.steps.append(step)
        return Table(columns, ids, size, self.key, line, self._step + 1)

    def frame(self, schema: FrameSchema) -> gpd.GeoDataFrame:
        """Give the rows as a frame of the schema, without copying the columns."""
        columns: Mapping[str, Any] = self.columns
        arrays = {name: columns[name].array for name in schema.names}
        index = pd.Index(arrays[self.key], dtype="str", name=None)
        lon, lat, geometry = (columns[n] for n in ("longitude", "latitude", "geometry"))
        arrays["geometry"] = Points(lon.values, lat.values, geometry.flags.values)
        data: Any = pd.DataFrame(arrays, index=index, copy=False)
        # The constructor would look for the geometry's system again and again: longer than a write.
        frame = gpd.GeoDataFrame._from_mgr(data._mgr, data.axes)  # noqa: SLF001
        frame._geometry_column_name = "geometry"  # noqa: SLF001
        return frame


def _put(column: Any, at: npt.NDArray[np.int64], old: npt.NDArray[np.bool_], values: Any) -> Any:
    """Give a column with some values put at the rows of old ones, and the others behind."""
    some, all_ = bool(old.any()), bool(old.all())
    # Cut only where there is something to cut: most often one row is written.
    if some:
        column = column.replaced(at, values if all_ else values[old])
    if not all_:
        column = column.extended(values[~old] if some else values)
    return column


class Masked:
    """What a view shows otherwise of some rows of a table; it shares what it does not.

    Parameters
    ----------
    size
        Rows of the table.
    own
        Columns in which a row is shown otherwise.
    key
        Those of them that are the ids.
    ids
        Which row an id has that is shown. Neither where the ids are the table's own.
    """

    def __init__(
        self,
        size: int,
        own: Mapping[str, Growing] | None = None,
        key: Texts | None = None,
        ids: Ids | None = None,
    ) -> None:
        self._size, self._own, self._key, self._ids = size, own or {}, key, ids

    def of(self, table: Table) -> Table:
        """Give the table as it is shown; itself where nothing is shown otherwise."""
        if not self._own:
            return table
        return Table({**table.columns, **self._own}, self._ids or table.ids, self._size, table.key)

    def followed(
        self,
        table: Table,
        rows: npt.NDArray[np.int64],
        hidden: npt.NDArray[np.bool_],
        shown: Callable[[], Mapping[str, Any]],
    ) -> "Masked":
        """Give what is shown otherwise of a later table.

        Parameters
        ----------
        rows
            Those that were replaced or added since, ascending.
        hidden
            Which of them are shown otherwise.
        shown
            Gives the columns of these rows as they are shown (see `Make`).
        """
        some = bool(hidden.any())
        if not some and not self._own:
            return Masked(table.size)
        values, own = shown(), dict(self._own)
        old = rows < self._size
        for name, held in table.columns.items():
            if name in own:
                own[name] = _put(own[name], rows[old], old, values[name])
            elif some:
                column: Any = held
                masked = column.replaced(rows[hidden], values[name][hidden])
                if masked is not held:
                    own[name] = masked
        texts, before = own.get(table.key), self._key
        if not isinstance(texts, Texts):
            return Masked(table.size, own)
        if before is None or self._ids is None or any(texts[n] != before[n] for n in rows[old]):
            ids = Ids(texts, table.size, texts.sorted_rows(), {})
        else:
            ids = self._ids.extended(texts, [texts[n] for n in rows[~old]])
        return Masked(table.size, own, texts, ids)

    def without(self, lost: npt.NDArray[np.int64]) -> "Masked":
        """Give what is shown otherwise of a table of which some rows are lost."""
        size = self._size - len(lost)
        own = {name: column.without(lost) for name, column in self._own.items()}
        if self._key is None or self._ids is None:
            return Masked(size, own)
        key = self._key.without(lost)
        return Masked(size, own, key, self._ids.without(key, lost))


class Layer:
    """One immutable state of a collection, known by the revisions of its records.

    Rows are made of revisions when somebody asks for the frame: a change costs nothing
    before that, and after it no more than the columns that differ.

    Parameters
    ----------
    base
        The layer it follows; None = it starts empty.
    """

    def __init__(
        self,
        schema: FrameSchema,
        make: Make,
        base: "Layer | None" = None,
        pending: "Pending | None" = None,
    ) -> None:
        self._schema = schema
        self._make = make
        self._base = base
        self._pending = pending or Pending()
        self._table: Table | None = None
        self._frame: gpd.GeoDataFrame | None = None
        self._lock = Lock()
        self._read: Callable[[], Iterator[list[Row]]] | None = None

    def read_by(self, read: Callable[[], Iterator[list[Row]]]) -> "Layer":
        """Give the layer of other revisions, which are read when somebody asks for rows."""
        layer = Layer(self._schema, self._make)
        layer._read = read
        return layer

    def changed(self, rows: Iterable[Row]) -> "Layer":
        """Give the layer after more revisions.

        Shares this one's columns.

        Parameters
        ----------
        rows
            In order. A held record keeps its place; a new one comes last, and so does
            one that was gone and came back.
        """
        if len(self._pending.live) >= _MOST_PENDING:
            # A long import that nobody looks at must not hold all its documents until then.
            _ = self.table
        with self._lock:
            # A state that nobody has looked at is passed over: one making for both.
            seen = self._table is not None
            base = self if seen or self._base is None else self._base
            pending = Pending() if base is self else self._pending
        return Layer(self._schema, self._make, base, pending.after(rows))

    @property
    def schema(self) -> FrameSchema:
        """Its columns."""
        return self._schema

    def filled(self, table: pa.Table, memory: npt.NDArray[np.uint8] | None = None) -> "Layer":
        """Give the layer with the rows of a file (`Table.arrow`, `from_arrow`)."""
        layer = Layer(self._schema, self._make)
        layer._table = Table.of_arrow(table, self._schema, memory)
        return layer

    @property
    def frame(self) -> gpd.GeoDataFrame:
        """The whole frame; treat it as read-only."""
        table = self.table
        with self._lock:
            if self._frame is None:
                self._frame = table.frame(self._schema)
            return self._frame

    @property
    def table(self) -> Table:
        """The rows."""
        with self._lock:
            if self._table is None and self._read is not None:
                table = self._first(self._make([]))
                for rows in self._read():
                    table = self._applied(table, Pending().after(rows))
                self._table, self._read = table, None
            if self._table is None:
                base = self._base
                if base is None or base.is_blank:
                    self._table = self._first(self._make(list(self._pending.live.values())))
                else:
                    self._table = self._applied(base.table, self._pending)
                # What it grew from is needed no longer and may be forgotten.
                self._base, self._pending = None, Pending()
            return self._table

    @property
    def is_blank(self) -> bool:
        """Whether it never held a record: no columns need be made of that."""
        known = (self._table, self._read, self._base)
        return known == (None, None, None) and not (self._pending.live or self._pending.gone)

    def _applied(self, held: Table, pending: "Pending") -> Table:
        live = pending.live
        table = held.without(pending.gone)
        if not live:
            return table
        rows = self._make(list(live.values()))
        return table.with_rows(list(live), rows) if table.size else self._first(rows)

    def _first(self, rows: Mapping[str, Any]) -> Table:
        return Table.of_rows(rows, self._schema.id_column)


@dataclass(frozen=True, slots=True)
class Pending:
    """Revisions that are not rows yet."""

    live: Mapping[str, Row] = field(default_factory=dict)
    """The newest of each record that is held."""
    gone: frozenset[str] = frozenset()
    """Records that were retracted or merged meanwhile, also if they came back."""

    def after(self, rows: Iterable[Row]) -> "Pending":
        """Take more revisions in."""
        live, gone = dict(self.live), set(self.gone)
        for row in rows:
            if row.change in GONE:
                live.pop(row.record_id, None)
                gone.add(row.record_id)
            else:
                live[row.record_id] = row
        return Pending(live, frozenset(gone))
