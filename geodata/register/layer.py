"""A frame that changes cheaply: rows are appended and replaced column by column.

A column has room to spare. Appending writes behind the last row that any snapshot sees;
replacing copies the column first, so that older snapshots keep theirs.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock
from typing import Any, Self

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import shapely

from geodata.points import Points
from geodata.register.revision import GONE, Row
from geodata.schema import FrameSchema

_ROOM = 1.25
_MOST_CHUNKS = 400


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

    def kept(self, keep: npt.NDArray[np.bool_]) -> Self:
        """Give the column without some rows."""
        return type(self)(self.values[keep])

    @property
    def array(self) -> Any:
        """The rows as pandas takes them."""
        return self.values


class Moments(Buffer):
    """Times in UTC; the frame shows their zone."""

    @property
    def array(self) -> Any:
        """The rows with their zone."""
        return pd.DatetimeIndex(self.values).tz_localize("UTC").array


class Whole:
    """Whole numbers with a mask of the unknown ones."""

    def __init__(self, numbers: Buffer, unknown: Buffer) -> None:
        self._numbers, self._unknown = numbers, unknown

    def extended(self, rows: Any) -> "Whole":
        """Give the column with more rows."""
        return Whole(self._numbers.extended(_data(rows)), self._unknown.extended(_mask(rows)))

    def replaced(self, at: npt.NDArray[np.int64], rows: Any) -> "Whole":
        """Give the column with some rows changed."""
        return Whole(
            self._numbers.replaced(at, _data(rows)), self._unknown.replaced(at, _mask(rows))
        )

    def kept(self, keep: npt.NDArray[np.bool_]) -> "Whole":
        """Give the column without some rows."""
        return Whole(self._numbers.kept(keep), self._unknown.kept(keep))

    @property
    def array(self) -> Any:
        """The rows as a pandas array."""
        return pd.arrays.IntegerArray(self._numbers.values, self._unknown.values)


def _data(rows: Any) -> npt.NDArray[np.int64]:
    return rows.fillna(0).to_numpy(dtype="int64")


def _mask(rows: Any) -> npt.NDArray[np.bool_]:
    return np.asarray(rows.isna())


class Texts:
    """Text in Arrow chunks; appending and replacing make new chunks and copy nothing."""

    def __init__(self, chunks: pa.ChunkedArray) -> None:
        self._chunks = (
            pa.chunked_array([chunks.combine_chunks()])
            if chunks.num_chunks > _MOST_CHUNKS
            else chunks
        )

    def extended(self, rows: Any) -> "Texts":
        """Give the column with more rows."""
        return Texts(pa.chunked_array([*self._chunks.chunks, *_arrow(rows).chunks]))

    def replaced(self, at: npt.NDArray[np.int64], rows: Any) -> "Texts":
        """Give the column with some rows changed; itself where they are the same."""
        fresh = _arrow(rows)
        if self._chunks.take(pa.array(at)).equals(fresh):
            return self
        pieces: list[pa.Array] = []
        last = 0
        for row in np.argsort(at):
            pieces += self._chunks.slice(last, at[row] - last).chunks
            pieces += fresh.slice(row, 1).chunks
            last = int(at[row]) + 1
        pieces += self._chunks.slice(last).chunks
        return Texts(pa.chunked_array(pieces, type=pa.large_string()))

    def kept(self, keep: npt.NDArray[np.bool_]) -> "Texts":
        """Give the column without some rows."""
        return Texts(self._chunks.filter(pa.array(keep)))

    @property
    def array(self) -> Any:
        """The rows as a pandas array."""
        return _TEXT.__from_arrow__(self._chunks)


_TEXT = pd.StringDtype(na_value=np.nan)


class Placed:
    """Points, or None, as the columns of their coordinates say; objects are made on demand.

    Parameters
    ----------
    flags
        Whether a row has a point.
    """

    def __init__(self, flags: Buffer) -> None:
        self.flags = flags

    def extended(self, rows: npt.NDArray[Any]) -> "Placed":
        """Give the column with more rows."""
        return Placed(self.flags.extended(~shapely.is_missing(rows)))

    def replaced(self, at: npt.NDArray[np.int64], rows: npt.NDArray[Any]) -> "Placed":
        """Give the column with some rows changed."""
        return Placed(self.flags.replaced(at, ~shapely.is_missing(rows)))

    def kept(self, keep: npt.NDArray[np.bool_]) -> "Placed":
        """Give the column without some rows."""
        return Placed(self.flags.kept(keep))


Growing = Buffer | Whole | Texts | Placed


def _arrow(rows: Any) -> pa.ChunkedArray:
    found = pa.array(rows, type=pa.large_string(), from_pandas=True)
    return found if isinstance(found, pa.ChunkedArray) else pa.chunked_array([found])


def to_arrow(column: Growing) -> pa.Array | pa.ChunkedArray:
    """Give a column for a file; what is unknown is null, but for numbers, which are NaN.

    Texts are one piece, so that they can be read where they lie, and numbers of which none is
    known take no room.
    """
    if isinstance(column, Placed):
        return pa.array(column.flags.values)
    if isinstance(column, Buffer):
        return pa.array(column.values)
    values = column.array
    if isinstance(column, Texts):
        return _arrow(values).combine_chunks()
    if values._mask.all():  # noqa: SLF001 - without copying to objects
        return pa.nulls(len(values))
    return pa.array(values._data, mask=values._mask)  # noqa: SLF001


def from_arrow(values: pa.ChunkedArray) -> Growing:
    """Take a column from a file, without copying what the file's mapped memory has."""
    kind = values.type
    if pa.types.is_large_string(kind):
        return Texts(values)
    if pa.types.is_null(kind):
        return Whole(Buffer(_none(len(values), np.int64)), Buffer(_all(len(values), np.bool_)))
    one = values.combine_chunks() if values.num_chunks != 1 else values.chunk(0)
    if pa.types.is_integer(kind):
        numbers = np.frombuffer(one.buffers()[1], dtype=np.int64, count=len(one))
        unknown = _none(len(one), np.bool_)
        if one.null_count:
            unknown = one.is_null().to_numpy(zero_copy_only=False)
        return Whole(Buffer(numbers), Buffer(unknown))
    return growing(one.to_numpy(zero_copy_only=False))


@lru_cache(maxsize=8)
def _all(size: int, kind: type) -> npt.NDArray[Any]:
    """Give a column of ones, the same memory for all columns that are like that."""
    return np.ones(size, dtype=kind)


@lru_cache(maxsize=8)
def _none(size: int, kind: type) -> npt.NDArray[Any]:
    """Give a column of zeros, the same memory for all columns that are like that."""
    return np.zeros(size, dtype=kind)


def growing(rows: Any) -> Growing:
    """Choose the kind of column for its first rows."""
    if isinstance(rows, pd.arrays.IntegerArray):
        return Whole(Buffer(_data(rows)), Buffer(_mask(rows)))
    if isinstance(rows, np.ndarray):
        if rows.dtype == object:
            return Placed(Buffer(~shapely.is_missing(rows)))
        return Moments(rows) if rows.dtype == "datetime64[ms]" else Buffer(rows)
    return Texts(_arrow(rows))


Make = Callable[[list[Row]], dict[str, Any]]
"""Gives the columns of some revisions' records, and ``geometry``."""


class Table:
    """Rows by id, immutable; later tables share its columns' memory.

    Parameters
    ----------
    columns
        By name, ``geometry`` among them.
    positions
        Row of each id; may know ids of later tables, whose rows lie behind this one's. None =
        to be made of the column `ids` when somebody needs them.
    size
        How many rows there are.
    """

    def __init__(
        self,
        columns: Mapping[str, Growing],
        positions: dict[str, int] | None,
        size: int,
        ids: str = "",
    ) -> None:
        self._columns = columns
        self._known = positions
        self._ids = ids
        self.size = size

    @classmethod
    def of_arrow(cls, table: pa.Table, schema: FrameSchema) -> "Table":
        """Take the rows that `arrow` gave."""
        columns = {name: from_arrow(table[name]) for name in schema.names}
        columns["geometry"] = Placed(Buffer(table["geometry"].to_numpy()))
        # Ids become positions only when something is written: a million of them take long.
        return cls(columns, None, table.num_rows, schema.id_column)

    def arrow(self, schema: FrameSchema) -> pa.Table:
        """Give the rows for a file; of a geometry whether there is one, since it is a point."""
        return pa.table({n: to_arrow(self._columns[n]) for n in (*schema.names, "geometry")})

    @property
    def _positions(self) -> dict[str, int]:
        if self._known is None:
            ids: Any = self._columns[self._ids]
            self._known = {str(name): at for at, name in enumerate(ids.array)}
        return self._known

    def position(self, name: str) -> int | None:
        """Give the row of an id; None where it is not held."""
        at = self._positions.get(name, self.size)
        return at if at < self.size else None

    def without(self, names: Iterable[str]) -> "Table":
        """Give the table without some ids."""
        lost = [at for name in names if (at := self.position(name)) is not None]
        if not lost:
            return self
        keep = np.ones(self.size, dtype=bool)
        keep[lost] = False
        ordered = sorted(
            (at, name) for name, at in self._positions.items() if at < self.size and keep[at]
        )
        positions = {name: row for row, (_, name) in enumerate(ordered)}
        columns = {name: column.kept(keep) for name, column in self._columns.items()}
        return Table(columns, positions, len(positions))

    def with_rows(self, names: list[str], rows: Mapping[str, Any]) -> "Table":
        """Give the table with rows replaced in their place, and new ones at the end."""
        found = [self.position(name) for name in names]
        old = np.array([at is not None for at in found], dtype=bool)
        at = np.array([row for row in found if row is not None], dtype=np.int64)
        columns = dict(self._columns)
        for name, values in rows.items():
            column: Any = columns[name]
            if old.any():
                column = column.replaced(at, values[old])
            if not old.all():
                column = column.extended(values[~old])
            columns[name] = column
        fresh = [name for name, held in zip(names, old, strict=True) if not held]
        known = self._positions if len(self._positions) == self.size else self._own_positions()
        known.update(zip(fresh, range(self.size, self.size + len(fresh)), strict=True))
        return Table(columns, known, self.size + len(fresh))

    def _own_positions(self) -> dict[str, int]:
        # Another table grew from this one already: its ids must not be mixed with ours.
        return {name: at for name, at in self._positions.items() if at < self.size}

    def frame(self, schema: FrameSchema) -> gpd.GeoDataFrame:
        """Give the rows as a frame of the schema, without copying the columns."""
        columns: Mapping[str, Any] = self._columns
        arrays = {name: columns[name].array for name in schema.names}
        index = pd.Index(arrays[schema.id_column], dtype="str", name=None)
        lon, lat, geometry = (columns[n] for n in ("longitude", "latitude", "geometry"))
        arrays["geometry"] = Points(lon.values, lat.values, geometry.flags.values)
        data = pd.DataFrame(arrays, index=index, copy=False)
        return gpd.GeoDataFrame(data, copy=False)


class Layer:
    """One immutable state of a collection, known by the revisions of its records.

    Rows are made of revisions when somebody asks for the frame: a change costs nothing
    before that, and after it no more than the columns that differ.

    Parameters
    ----------
    schema
        Of the frame.
    make
        Makes columns of revisions.
    base
        The layer it follows; None = it starts empty.
    pending
        What changed since.
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

    def changed(self, rows: Iterable[Row]) -> "Layer":
        """Give the layer after more revisions.

        Parameters
        ----------
        rows
            In order. A held record keeps its place; a new one comes last, and so does
            one that was gone and came back.

        Returns
        -------
        Layer
            Shares this one's columns.
        """
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

    def filled(self, table: pa.Table) -> "Layer":
        """Give the layer with the rows of a file (`Table.arrow`)."""
        layer = Layer(self._schema, self._make)
        layer._table = Table.of_arrow(table, self._schema)
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
            if self._table is None:
                base = self._base
                self._table = self._applied(base.table if base else first_table(self._make([]), []))
                # What it grew from is needed no longer and may be forgotten.
                self._base, self._pending = None, Pending()
            return self._table

    def _applied(self, held: Table) -> Table:
        live = self._pending.live
        table = held.without(self._pending.gone)
        if not live:
            return table
        rows = self._make(list(live.values()))
        return table.with_rows(list(live), rows) if table.size else first_table(rows, list(live))


@dataclass(frozen=True, slots=True)
class Pending:
    """Revisions that are not rows yet.

    Attributes
    ----------
    live
        The newest of each record that is held.
    gone
        Records that were retracted or merged meanwhile, also if they came back.
    """

    live: Mapping[str, Row] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()

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


def first_table(rows: Mapping[str, Any], names: list[str]) -> Table:
    """Make a table of its first rows."""
    columns = {name: growing(values) for name, values in rows.items()}
    return Table(columns, {name: at for at, name in enumerate(names)}, len(names))
