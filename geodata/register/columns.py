"""Columns that grow in place: what a snapshot sees of them never changes.

A column has room to spare. Appending writes behind the last row that any snapshot sees;
replacing copies the column first, so that older snapshots keep theirs.
"""

from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

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

Growing = Buffer | Whole | Texts


def _arrow(rows: Any) -> pa.ChunkedArray:
    found = pa.array(rows, type=pa.large_string(), from_pandas=True)
    return found if isinstance(found, pa.ChunkedArray) else pa.chunked_array([found])


def to_arrow(column: Growing) -> pa.Array | pa.ChunkedArray:
    """Give a column for a file; what is unknown is null, but for numbers, which are NaN."""
    if isinstance(column, Buffer):
        return pa.array(column.values)
    values = column.array
    if isinstance(column, Whole):
        return pa.array(values._data, mask=values._mask)  # noqa: SLF001 - without copying to objects
    return _arrow(values)


def from_arrow(values: pa.ChunkedArray) -> Growing:
    """Take a column from a file, without copying what the file's mapped memory has."""
    kind = values.type
    if pa.types.is_large_string(kind):
        return Texts(values)
    one = values.combine_chunks() if values.num_chunks != 1 else values.chunk(0)
    if pa.types.is_integer(kind):
        numbers = np.frombuffer(one.buffers()[1], dtype=np.int64, count=len(one))
        unknown = one.is_null().to_numpy(zero_copy_only=False)
        return Whole(Buffer(numbers), Buffer(unknown))
    return growing(one.to_numpy())


def growing(rows: Any) -> Growing:
    """Choose the kind of column for its first rows."""
    if isinstance(rows, pd.arrays.IntegerArray):
        return Whole(Buffer(_data(rows)), Buffer(_mask(rows)))
    if isinstance(rows, np.ndarray):
        return Moments(rows) if rows.dtype == "datetime64[ms]" else Buffer(rows)
    return Texts(_arrow(rows))
