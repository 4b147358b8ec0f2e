"""The columns of a frame as filters compare them: small numbers, each made once a frame.

Beside them the indexes: rows by their days (`Calendar`) and points by place (`PointIndex`).
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from math import isnan
from typing import Any, Literal, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from geodata.growing import (
    Spliced,
    grown,
    held_of,
    is_merged,
    is_much,
    moved_up,
    together,
    without,
)

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]
_NONE = np.empty(0, dtype=np.int64)
_SAMPLE = 4_096
_MOST_CODES = 32_000
"""Distinct texts beyond which a column is none of categories: its codes would not be small."""
_FEW = 8


class Truth(NamedTuple):
    """Where something is true and where it is false; elsewhere it is unknown."""

    true: Mask
    false: Mask


@dataclass(frozen=True, slots=True)
class Codes:
    """Texts as numbers: a filter looks at each distinct text once, then compares numbers."""

    codes: npt.NDArray[Any]
    """Place in `values` of each row's text; -1 = null."""
    values: pd.Series
    """The texts, in no order."""
    numbers: Mapping[str, int] | None = None
    """Place of each text in `values`; None where some of them are equal."""

    def equal(self, text: str) -> Truth:
        """Say where the text is this one; unknown where it is null."""
        if self.numbers is None:
            return self.where(lambda texts: (texts == text).to_numpy(dtype=bool))
        there = self.codes >= 0
        code = self.numbers.get(text)
        if code is None:
            return Truth(np.zeros(len(self.codes), dtype=bool), there)
        true = self.codes == self.codes.dtype.type(code)
        return Truth(true, there ^ true)

    def where(self, test: Callable[[pd.Series], Any]) -> Truth:
        """Say where a test of the text holds; unknown where it is null."""
        hits = np.asarray(test(self.values), dtype=bool)
        there = self.codes >= 0
        if np.count_nonzero(hits) <= _FEW:
            true = np.zeros(len(self.codes), dtype=bool)
            for code in hits.nonzero()[0]:
                true |= self.codes == self.codes.dtype.type(code)
        else:
            # The null's -1 is the last one.
            true = np.append(hits, False)[self.codes]
        return Truth(true, ~true & there)

    def changed(self, change: Callable[[str], str]) -> "Codes":
        """Give the texts changed, each distinct one once; some may be equal then."""
        return Codes(self.codes, pd.Series([change(str(t)) for t in self.values], dtype="str"))

    def at(self, rows: Rows) -> "Codes":
        """Give some of the rows."""
        return Codes(self.codes[rows], self.values, self.numbers)


class Columns:
    """What filters read of a frame; whoever keeps it with an unchanging frame saves the work.

    Examples
    --------
    >>> import geopandas as gpd
    >>> Columns(gpd.GeoDataFrame({"killed": [2, None]})).number("killed").tolist()
    [2.0, nan]
    """

    def __init__(self, frame: gpd.GeoDataFrame) -> None:
        self._frame = frame
        # Two threads may make the same column; both make the same values.
        self._made: dict[tuple[str, str], Any] = {}

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self._frame)

    def geometry(self) -> npt.NDArray[np.object_]:
        """Give the geometries."""
        return self.column("geometry", "")

    def number(self, name: str) -> npt.NDArray[np.float64]:
        """Give numbers, null as NaN."""
        return self.column("number", name)

    def days(self, name: str) -> npt.NDArray[np.datetime64]:
        """Give days as ``datetime64[D]``."""
        return self.column("days", name)

    def moments(self, name: str) -> npt.NDArray[np.datetime64]:
        """Give moments as ``datetime64[us]``, UTC."""
        return self.column("moments", name)

    def truth(self, name: str) -> Truth:
        """Give booleans, null as unknown."""
        return self.column("truth", name)

    def text(self, name: str) -> pd.Series:
        """Give texts, by the number of the row."""
        return self.column("text", name)

    def codes(self, name: str) -> Codes | None:
        """Give texts as codes; None where too many are distinct (names, notes)."""
        return self.column("codes", name)

    def first_days(self, name: str) -> npt.NDArray[np.int32]:
        """Give days since 1970 as small numbers, null before all others."""
        return self.column("first_days", name)

    def last_days(self, name: str) -> npt.NDArray[np.int32]:
        """Give days since 1970 as small numbers, null after all others."""
        return self.column("last_days", name)

    def at(self, rows: Rows) -> "Columns":
        """Give the columns of some rows alone, so that a filter costs no more than those."""
        return _Part(self, rows)

    def followed(self, frame: gpd.GeoDataFrame, rows: Rows) -> "Columns":
        """Give the columns of a later frame, in which all but some rows are the same.

        Of those that were made, numbers and codes are taken over; the others are made anew where
        they are asked for. These stay as they are.

        Parameters
        ----------
        frame
            Its rows lie where they lay, and new ones behind them.
        rows
            Those that changed, and the new ones.
        """
        found, at = Columns(frame), together(rows)
        for (kind, name), held in list(self._made.items()):
            if kind not in _TAKEN_OVER or held is None:
                continue
            # Not a frame: to make one takes longer than to read a row.
            some: Any = {name: pd.Series(frame[name].array[at], copy=False)}
            if not isinstance(held, Codes):
                found._made[kind, name] = grown(held, rows, _READERS[kind](some, name), len(frame))
                continue
            known = held.numbers or {}
            fresh = [-1 if pd.isna(text) else known.get(text) for text in some[name]]
            if None not in fresh:
                codes = grown(held.codes, rows, np.array(fresh, held.codes.dtype), len(frame))
                found._made[kind, name] = Codes(codes, held.values, held.numbers)
        return found

    def without(self, lost: Rows) -> "Columns":
        """Give the columns without some rows, to be followed (see `followed`)."""
        found = Columns(self._frame)
        for (kind, name), held in list(self._made.items()):
            if kind not in _TAKEN_OVER or held is None:
                continue
            left = held
            if isinstance(held, Codes):
                left = Codes(without(held.codes, lost), held.values, held.numbers)
            else:
                left = without(held, lost)
            found._made[kind, name] = left
        return found

    def column(self, kind: str, name: str) -> Any:
        """Give a column in one of the forms above, made at the first call."""
        found = self._made.get((kind, name), self)
        if found is self:
            found = self._made[kind, name] = _READERS[kind](self._frame, name)
        return found


class _Part(Columns):
    """Some rows of columns: nothing is made of the rest."""

    def __init__(self, whole: Columns, rows: Rows) -> None:
        self._whole = whole
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def column(self, kind: str, name: str) -> Any:
        values = self._whole.column(kind, name)
        if isinstance(values, Codes):
            return values.at(self._rows)
        if isinstance(values, Truth):
            return Truth(values.true[self._rows], values.false[self._rows])
        if isinstance(values, pd.Series):
            return pd.Series(values.array[self._rows])
        return None if values is None else values[self._rows]


_TAKEN_OVER = {"codes", "number", "days", "moments", "first_days", "last_days"}


def _truth(frame: gpd.GeoDataFrame, name: str) -> Truth:
    values = frame[name]
    return Truth(
        values.fillna(False).to_numpy(dtype=bool), (~values.fillna(True)).to_numpy(dtype=bool)
    )


def _codes(frame: gpd.GeoDataFrame, name: str) -> Codes | None:
    texts = pa.array(frame[name].array, pa.large_string(), from_pandas=True)
    if isinstance(texts, pa.ChunkedArray):
        # As a checkpoint gives it, mapped from its file.
        texts = texts.combine_chunks()
    sample = texts.slice(0, _SAMPLE)
    if len(texts) > _SAMPLE and len(sample.unique()) > _SAMPLE // 2:
        return None
    encoded = texts.dictionary_encode()
    distinct = len(encoded.dictionary)
    if distinct > _MOST_CODES:
        return None
    small = np.int8 if distinct < 128 else np.int16
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(small)
    values = encoded.dictionary.to_pylist()
    numbers = {text: number for number, text in enumerate(values)}
    return Codes(codes, pd.Series(values, dtype="str"), numbers)


def _days(frame: gpd.GeoDataFrame, name: str) -> npt.NDArray[np.datetime64]:
    return frame[name].to_numpy(dtype="datetime64[D]")


def _small_days(frame: gpd.GeoDataFrame, name: str, null: int) -> npt.NDArray[np.int32]:
    days = _days(frame, name)
    numbers = np.where(np.isnat(days), null, days.astype(np.int64))
    # A day that no calendar has stays beyond every interval.
    return np.clip(numbers, _BEFORE, _AFTER).astype(np.int32)


_BEFORE, _AFTER = int(np.iinfo(np.int32).min), int(np.iinfo(np.int32).max)
_READERS: dict[str, Callable[[gpd.GeoDataFrame, str], Any]] = {
    "geometry": lambda frame, _: frame.geometry.to_numpy(),
    "number": lambda frame, name: frame[name].to_numpy(dtype="float64", na_value=np.nan),
    "days": _days,
    "moments": lambda frame, name: frame[name].to_numpy(dtype="datetime64[us]"),
    "truth": _truth,
    "text": lambda frame, name: frame[name].reset_index(drop=True),
    "codes": _codes,
    "first_days": lambda frame, name: _small_days(frame, name, _BEFORE),
    "last_days": lambda frame, name: _small_days(frame, name, _AFTER),
}


def mask_during(
    columns: Columns, start: str, end: str, first: date | None, last: date | None
) -> Mask:
    """Say which rows' days meet a closed interval.

    One boolean a row.

    Parameters
    ----------
    start, end
        Columns of the first and the last day; a missing day is an open end, so that a row
        without either meets every interval.
    first, last
        Days, or moments in UTC; None = open.
    """
    met = np.ones(len(columns), dtype=bool)
    if last is not None:
        met &= columns.first_days(start) <= _number(last, _AFTER)
    if first is not None:
        met &= columns.last_days(end) >= _number(first, _BEFORE)
    return met


class Calendar:
    """Rows by their days: an interval costs what it meets, not what there is.

    Rows of a single day, which most are, are sorted by it; the others are looked at one by one, and
    so are those that came or changed since it was sorted.
    """

    def __init__(
        self,
        rows: npt.NDArray[np.integer[Any]],
        first: npt.NDArray[np.int32],
        last: npt.NDArray[np.int32],
    ) -> None:
        single, rows = first == last, rows.astype(np.int32)
        by_day = np.argsort(first[single], kind="stable")
        self._days, self._rows = first[single][by_day], rows[single][by_day]
        self._longer = _Spans(rows[~single], first[~single], last[~single])
        self._apart = _Spans(rows[:0], first[:0], last[:0])
        """Rows that came or changed since."""
        self._gone: Rows = _NONE
        """Rows that changed or went since, ascending."""

    _told: tuple[Any, Any] = (None, None)
    """What was asked for last of all rows, and of those here."""

    def followed(
        self,
        lost: Rows,
        rows: Rows,
        first: npt.NDArray[np.int32],
        last: npt.NDArray[np.int32],
    ) -> "Calendar":
        """Give the calendar without some rows, and with others; this one stays as it is.

        Parameters
        ----------
        lost
            Rows that go, ascending, if they are there.
        """
        found = object.__new__(Calendar)
        found._days, found._rows, found._longer = self._days, self._rows, self._longer
        new = _Spans(rows.astype(np.int32), first, last)
        found._apart = self._apart.without(lost).with_rows(new)
        found._gone = np.union1d(self._gone, lost)
        if not is_much(len(found._gone)):
            return found
        held = _Spans(found._rows, found._days, found._days).with_rows(found._longer)
        return Calendar(*held.without(found._gone).with_rows(found._apart))

    def without(self, lost: Rows) -> "Calendar":
        """Give the calendar of rows some of which are lost; those behind them move up."""
        found = object.__new__(Calendar)
        gone = np.union1d(self._gone, lost)
        kept = ~np.isin(self._rows, gone)
        found._days, found._rows = self._days[kept], moved_up(self._rows[kept], lost)
        found._longer = self._longer.without(gone).moved_up(lost)
        found._apart, found._gone = self._apart.without(lost).moved_up(lost), _NONE
        return found

    @property
    def nbytes(self) -> int:
        """Bytes that keeping it takes, with what is told of its rows."""
        held = (self._days, self._rows, self._rows, *self._longer, *self._apart, self._gone)
        return sum(one.nbytes for one in held)

    def during(
        self, first: date | None, last: date | None, of: npt.NDArray[np.int32] | None = None
    ) -> npt.NDArray[Any]:
        """Give the rows that `mask_during` keeps, in no order; or what an array says of them.

        Parameters
        ----------
        of
            By row. What it says of the rows here is kept, so that it is not looked up again.
        """
        low, high = _number(first, _BEFORE), _number(last, _AFTER)
        days, changed = self._days, len(self._gone) or len(self._apart.rows)
        some = slice(days.searchsorted(low), days.searchsorted(high, side="right"))
        rows, longer = self._rows, self._longer
        if of is not None and not changed:
            rows, longer = self._told_of(of)
        found = rows[some]
        if len(longer.rows):
            found = np.concatenate([found, longer.during(low, high)])
        if changed:
            found = held_of(found, self._gone)
            found = np.concatenate([found, self._apart.during(low, high)])
            found = found if of is None else of[found]
        return found.astype(np.int64) if of is None else found

    def _told_of(self, of: npt.NDArray[np.int32]) -> tuple[npt.NDArray[np.int32], "_Spans"]:
        of_all, told = self._told
        if of_all is not of:
            told = of[self._rows], self._longer._replace(rows=of[self._longer.rows])
            self._told = of, told
        return told


class _Spans(NamedTuple):
    """Rows with their first and last days."""

    rows: npt.NDArray[Any]
    first: npt.NDArray[np.int32]
    last: npt.NDArray[np.int32]

    def moved_up(self, lost: Rows) -> "_Spans":
        return self._replace(rows=moved_up(self.rows, lost))

    def without(self, lost: Rows) -> "_Spans":
        if not len(self.rows) or not len(lost):
            return self
        kept = ~np.isin(self.rows, lost)
        return _Spans(self.rows[kept], self.first[kept], self.last[kept])

    def with_rows(self, other: "_Spans") -> "_Spans":
        return _Spans(*(np.append(one, two) for one, two in zip(self, other, strict=True)))

    def during(self, low: np.int32, high: np.int32) -> npt.NDArray[Any]:
        return self.rows[(self.first <= high) & (self.last >= low)]


_EPOCH = date(1970, 1, 1).toordinal()


def _number(day: date | None, other: int) -> np.int32:
    return np.int32(other if day is None else day.toordinal() - _EPOCH)


Keys = npt.NDArray[np.uint32]
Names = Callable[[int], Any]
_LEVELS = 16
"""Of the curve: its cells are 600 m by 300 m at the equator, wherever the points lie."""
_STEP = 4
"""Levels looked up at once."""
_LEAST_BLOCK = 16
_SIDES: tuple[Literal["left"], Literal["right"]] = ("left", "right")


class PointIndex:
    """Points by place: along a curve on which neighbours lie together, in blocks with their bounds.

    A box meets few runs of the curve (Hilbert's, about a quarter of the box's edge in points), so
    that whatever lies in the curve's order is read in as many pieces. A block whose bounds do not
    meet the box is not looked at. Points that came, moved or went since the blocks were made are
    kept apart, and looked at one by one, until they are many.

    Parameters
    ----------
    longitude, latitude
        WGS 84 degrees, shape (n,); a row with NaN in either is no point and never found.
    order
        All rows in the order of those that share a cell; None = ascending.

    Attributes
    ----------
    rows
        Rows of the points along the curve, the row at each place; then those that are no point.
    keys
        Cells of the curve, ascending: that of the point at each place.

    References
    ----------
    Moon, B., Jagadish, H. V., Faloutsos, C., Saltz, J. H. (2001). Analysis of the clustering
    properties of the Hilbert space-filling curve. IEEE Transactions on Knowledge and Data
    Engineering 13.
    """

    def __init__(
        self,
        longitude: npt.NDArray[np.float64],
        latitude: npt.NDArray[np.float64],
        order: Rows | None = None,
    ) -> None:
        points = ~(np.isnan(longitude) | np.isnan(latitude))
        order = np.arange(len(points), dtype=np.int64) if order is None else order
        pointed = points[order]
        rows = order[pointed]
        # Cell and number in one: all are different, so that the quickest sort will do.
        both = place_keys(longitude[rows], latitude[rows]).astype(np.uint64) << np.uint64(32)
        both |= np.arange(len(rows), dtype=np.uint64)
        both.sort()
        rows = rows[(both & np.uint64(0xFFFFFFFF)).astype(np.int64)]
        self.rows = Spliced(np.concatenate([rows, order[~pointed]]))
        keys: Keys = (both >> np.uint64(32)).astype(np.uint32)
        self._place(keys, longitude[rows], latitude[rows])

    def _place(
        self, keys: Keys, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
    ) -> "PointIndex":
        self.keys = Spliced(keys)
        self._x, self._y, self._bounds = _blocks(x, y)
        self._put = x[:0], y[:0]
        """Coordinates of the points that are kept apart."""
        return self

    def _next(
        self, rows: Spliced, keys: Spliced, x: npt.NDArray[Any], y: npt.NDArray[Any]
    ) -> "PointIndex":
        """Give the index of the same blocks with other points apart, or with none where many."""
        found = object.__new__(PointIndex)
        found.rows = rows
        found.keys, found._put = keys, (x, y)
        found._x, found._y, found._bounds = self._x, self._y, self._bounds
        return found.merged() if is_merged(keys.splice) else found

    def merged(self) -> "PointIndex":
        """Give the index with nothing kept apart."""
        found, coordinates = object.__new__(PointIndex), self.coordinates(np.arange(len(self)))
        found.rows = self.rows.merged()
        return found._place(np.asarray(self.keys), *coordinates.T)

    @property
    def apart(self) -> int:
        """How many points are kept apart, or went."""
        return max(self.keys.splice.changes, self.rows.splice.changes)

    def followed(
        self,
        moved: Rows,
        before: npt.NDArray[np.float64],
        now: npt.NDArray[np.float64],
        name: Names,
    ) -> "PointIndex":
        """Give the index after some rows were added, moved, or got or lost their point.

        The one that would be made of all rows anew; this one stays as it is.

        Parameters
        ----------
        moved
            Those rows, ascending.
        before, now
            Longitude and latitude, shape (m, 2), of those of them that there were, which are the
            first, and of all; NaN where it is no point.
        name
            Gives what a row is ordered by among those that share a cell.
        """
        held = moved[moved < len(self.rows)]
        places = [
            self._place_of(x, y, name(row), name)
            for row, (x, y) in zip(held.tolist(), before.tolist(), strict=True)
        ]
        left = self._without_places(np.array(sorted(places), dtype=np.int64)) if places else self
        return left.with_rows(moved, now, name)

    def _place_of(self, longitude: float, latitude: float, name: Any, of: Names) -> int:
        """Give where a row of a name is, or would be: among those of its cell, or of no point."""
        if isnan(longitude) or isnan(latitude):
            low, high = len(self.keys), len(self.rows)
        else:
            cell = place_keys(np.array([longitude]), np.array([latitude]))[0]
            low, high = (self.keys.searchsorted(cell, side) for side in _SIDES)
        return bisect_left(range(high), name, low, high, key=lambda at: of(int(self.rows[at])))

    def with_rows(self, rows: Rows, at: npt.NDArray[np.float64], of: Names) -> "PointIndex":
        """Give the index with rows that are not in it."""
        keys, none = place_keys(*np.nan_to_num(at).T), np.isnan(at.sum(axis=1))
        names = [of(row) for row in rows.tolist()]
        # As all are ordered: points first, by their cells, and of one cell by name.
        order = sorted(range(len(rows)), key=lambda n: (none[n], not none[n] and keys[n], names[n]))
        each = [self._place_of(at[n, 0], at[n, 1], names[n], of) for n in order]
        places = np.array(each, dtype=np.int64)
        pointed = ~none[order]
        splice, number = self.keys.splice.with_places(places[pointed])
        points = np.array(order, dtype=np.int64)[pointed]
        put = np.insert(self.keys.put, number, keys[points])
        x, y = (np.insert(one, number, at[points, n]) for n, one in enumerate(self._put))
        return self._next(
            self.rows.with_values(places, rows[order]), Spliced(self.keys.base, splice, put), x, y
        )

    def without(self, lost: Rows) -> "PointIndex":
        """Give the index of rows some of which are lost; those behind them move up."""
        found = self._without_places(np.isin(self.rows, lost).nonzero()[0])
        found.rows = Spliced(moved_up(np.asarray(found.rows), lost))
        return found

    def _without_places(self, gone: Rows) -> "PointIndex":
        splice, kept = self.keys.splice.without(gone[gone < len(self)])
        keys = Spliced(self.keys.base, splice, self.keys.put[kept])
        return self._next(self.rows.without(gone), keys, *(one[kept] for one in self._put))

    def __len__(self) -> int:
        """How many points there are."""
        return len(self.keys)

    def within(self, west: float, south: float, east: float, north: float) -> Rows:
        """Give the places of the points in a closed box.

        Places in ascending order (`rows` has the row of each); a point on the edge is in.

        Parameters
        ----------
        west, south, east, north
            WGS 84 degrees; west is not east of east (cut a box at the antimeridian in two).
        """
        ends = np.array(((east,), (north,), (-west,), (-south,)))
        met = np.logical_and.reduce(self._bounds <= ends).nonzero()[0]
        x, y = self._x.take(met, 0), self._y.take(met, 0)
        inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
        size = self._x.shape[1]
        found = ((met * size)[:, None] + np.arange(size))[inside]
        splice = self.keys.splice
        if not splice.changes:
            return found
        found = splice.place_of(splice.held(found))
        x, y = self._put
        apart = ((x >= west) & (x <= east) & (y >= south) & (y <= north)).nonzero()[0]
        if not len(apart):
            return found
        return np.sort(np.concatenate([found, splice.places[apart]]), kind="stable")

    def coordinates(self, places: Rows) -> npt.NDArray[np.float64]:
        """Give longitude and latitude of the points at some places, shape (n, 2)."""
        splice = self.keys.splice
        held = (one.ravel()[: splice.size] for one in (self._x, self._y))
        both = zip(held, self._put, strict=True)
        return np.column_stack([Spliced(base, splice, put)[places] for base, put in both])


def _blocks(x: Any, y: Any) -> tuple[Any, Any, Any]:
    """Cut points into blocks, the last filled up with NaN, and give the bounds of each.

    Bounds are the least x and y, and the greatest with their signs turned, so that one comparison
    holds all four against a box.
    """
    # The fewer blocks, the more points of those on a box's edge are looked at in vain.
    size = max(_LEAST_BLOCK, int(np.sqrt(len(x)) / 8))
    short = -len(x) % size
    x, y = (np.append(one, np.full(short, np.nan)).reshape(-1, size) for one in (x, y))
    ends = [np.fmin.reduce(one, axis=1) for one in (x, y, -x, -y)]
    return x, y, np.array(ends)


def place_keys(longitude: npt.NDArray[np.float64], latitude: npt.NDArray[np.float64]) -> Keys:
    """Give the cell of Hilbert's curve around the world in which each point lies.

    Parameters
    ----------
    longitude, latitude
        WGS 84 degrees, without NaN; what lies beyond the world is brought to its edge.

    Examples
    --------
    >>> place_keys(np.array([-180.0, 180.0]), np.array([-90.0, -90.0])).tolist()
    [0, 4294967295]
    """
    cells = 1 << _LEVELS
    x, y = (
        np.clip((one + half) * (cells / (2 * half)), 0, cells - 1).astype(np.uint32)
        for one, half in ((longitude, 180.0), (latitude, 90.0))
    )
    table = _turns()
    keys = np.zeros(len(x), dtype=np.uint32)
    turn = np.zeros(len(x), dtype=np.uint32)
    part = (1 << _STEP) - 1
    for low in range(_LEVELS - _STEP, -1, -_STEP):
        at = (turn << (2 * _STEP)) | (((x >> low) & part) << _STEP) | ((y >> low) & part)
        found = table[at]
        keys = (keys << (2 * _STEP)) | (found >> 2)
        turn = found & 3
    return keys


@cache
def _turns() -> npt.NDArray[np.uint32]:
    """Make the table of some levels: by turn and the digits of x and y, the key and the next turn.

    A turn is whether the curve within a cell is transposed (1) and whether it is mirrored (2).
    """
    turn, x, y = np.indices((4, 1 << _STEP, 1 << _STEP)).reshape(3, -1)
    key = np.zeros_like(turn)
    for level in range(_STEP - 1, -1, -1):
        right, up = (x >> level) & 1, (y >> level) & 1
        right, up = np.where(turn & 1, up, right), np.where(turn & 1, right, up)
        right, up = right ^ (turn >> 1), up ^ (turn >> 1)
        key = (key << 2) | ((3 * right) ^ up)
        # The first quarter is entered transposed, the last one transposed the other way.
        turn = np.where(up == 0, turn ^ np.where(right == 1, 3, 1), turn)
    table = (key << 2) | turn
    return table.astype(np.uint32)
