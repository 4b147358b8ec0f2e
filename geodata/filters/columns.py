"""The columns of a frame as filters compare them: small numbers, each made once a frame.

Beside them the indexes: rows by their days (`Calendar`) and points by place (`PointIndex`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]
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
        """Say where a test of the text holds; unknown where it is null.

        Parameters
        ----------
        test
            Gives one boolean for each of the distinct texts.
        """
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

    Parameters
    ----------
    frame
        Rows of one schema. It must not change while this is in use.

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


def mask_during(columns: Columns, start: str, end: str, first: Any, last: Any) -> Mask:
    """Say which rows' days meet a closed interval.

    Parameters
    ----------
    start, end
        Columns of the first and the last day; a missing day is an open end, so that a row
        without either meets every interval.
    first, last
        Days (``datetime64``); None = open.

    Returns
    -------
    numpy.ndarray
        One boolean a row.
    """
    met = np.ones(len(columns), dtype=bool)
    if last is not None:
        met &= columns.first_days(start) <= _number(last, _AFTER)
    if first is not None:
        met &= columns.last_days(end) >= _number(first, _BEFORE)
    return met


class Calendar:
    """Rows by their days: an interval costs what it meets, not what there is.

    Rows of a single day, which most are, are sorted by it; the others are looked at one by one.

    Parameters
    ----------
    places
        A number for each row, which is given back.
    first, last
        Its days, as `Columns.first_days` and `Columns.last_days` have them.
    """

    def __init__(
        self,
        places: npt.NDArray[np.int32],
        first: npt.NDArray[np.int32],
        last: npt.NDArray[np.int32],
    ) -> None:
        single = first == last
        by_day = np.argsort(first[single], kind="stable")
        self._days, self._places = first[single][by_day], places[single][by_day]
        self._longer = (first[~single], last[~single], places[~single])

    @property
    def nbytes(self) -> int:
        """Bytes that keeping it takes."""
        return sum(one.nbytes for one in (self._days, self._places, *self._longer))

    def during(self, first: Any, last: Any) -> Rows:
        """Give the places of the rows that `mask_during` keeps, ascending."""
        low, high = _number(first, _BEFORE), _number(last, _AFTER)
        begin = np.searchsorted(self._days, low, side="left")
        end = np.searchsorted(self._days, high, side="right")
        found = self._places[begin:end]
        firsts, lasts, places = self._longer
        if len(places):
            found = np.concatenate([found, places[(firsts <= high) & (lasts >= low)]])
        return np.sort(found).astype(np.int64)


def _number(day: Any, other: int) -> np.int32:
    return np.int32(other if day is None else np.datetime64(day, "D").astype(np.int64))


_PER_STRIP = 1_024
"""Points a strip holds at least: below it a strip's own cost outweighs what it leaves out."""
_STRIDE = 1_000.0
"""Between the keys of two strips: more than any two latitudes that a box may name."""
_SLACK = 1e-9


class PointIndex:
    """Points by place: strips of equal counts, sorted by latitude inside each strip.

    A box costs what it selects and about the square root of what is held: of the strips that
    it meets, the rows between two latitudes are found by bisection, all strips at once.

    Parameters
    ----------
    longitude, latitude
        WGS 84 degrees, shape (n,); a row with NaN in either is no point and never found.
    """

    def __init__(
        self, longitude: npt.NDArray[np.float64], latitude: npt.NDArray[np.float64]
    ) -> None:
        rows = np.flatnonzero(~(np.isnan(longitude) | np.isnan(latitude)))
        order = rows[np.argsort(longitude[rows], kind="stable")]
        count = len(order)
        strips = max(1, min(int(np.sqrt(count)), count // _PER_STRIP))
        edges = np.linspace(0, count, strips + 1).astype(np.int64)
        strip = np.repeat(np.arange(strips), np.diff(edges))
        # Within a strip by latitude: one sort, since lexsort is stable in its last key.
        inner = np.lexsort((latitude[order], strip))
        west = longitude[order[np.minimum(edges[:-1], count - 1)]] if count else np.empty(0)
        east = longitude[order[edges[1:] - 1]] if count else np.empty(0)
        order = order[inner]
        self._rows = order.astype(np.int32)
        self._x = longitude[order]
        self._y = latitude[order]
        # One ascending key over all strips, so that one bisection in C serves them all.
        self._key = strip * _STRIDE + self._y
        self._west, self._east = west, east

    def __len__(self) -> int:
        """How many points there are."""
        return len(self._rows)

    def within(self, west: float, south: float, east: float, north: float) -> Rows:
        """Give the rows of the points in a closed box.

        Parameters
        ----------
        west, south, east, north
            WGS 84 degrees; west is not east of east (cut a box at the antimeridian in two).

        Returns
        -------
        numpy.ndarray
            Rows in ascending order; a point on the edge is in.
        """
        south, north = max(south, -90.0), min(north, 90.0)
        if not len(self) or west > east or south > north:
            return np.empty(0, dtype=np.int64)
        # Strips are in the order of longitude, but equal longitudes may fill several.
        first = int(np.searchsorted(self._east, west, side="left"))
        last = int(np.searchsorted(self._west, east, side="right"))
        if first >= last:
            return np.empty(0, dtype=np.int64)
        strips = np.arange(first, last) * _STRIDE
        # The key has lost digits to the strip's number: take a little more, then look exactly.
        low = np.searchsorted(self._key, strips + (south - _SLACK), side="left")
        high = np.searchsorted(self._key, strips + (north + _SLACK), side="right")
        places = _ranges(low, high)
        x, y = self._x[places], self._y[places]
        found = self._rows[places[(x >= west) & (x <= east) & (y >= south) & (y <= north)]]
        found.sort()
        return found.astype(np.int64)


def _ranges(low: Rows, high: Rows) -> Rows:
    """Write out the whole numbers from each low up to, without, its high."""
    sizes = np.maximum(high - low, 0)
    total = int(sizes.sum())
    ends = np.cumsum(sizes)
    return np.arange(total) + np.repeat(low - (ends - sizes), sizes)
