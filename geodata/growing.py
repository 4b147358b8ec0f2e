"""Long arrays that change a little, without copying what is there.

Those that grow by rows behind their last one (`grown`), and those into which values are put and
from which some are taken anywhere (`Spliced`).
"""

from functools import cached_property
from itertools import pairwise
from threading import Lock
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

_ROOM = 1.125
_LOCK = Lock()
Places = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class _Roomy(np.ndarray):
    """Memory of an array."""

    used = 0
    """Rows that are given out, from the first on."""


def grown(
    held: npt.NDArray[Any], rows: npt.NDArray[np.int64], values: Any, size: int
) -> npt.NDArray[Any]:
    """Give an array of so many rows: those held, with the values of some put in.

    Where only rows behind `held` differ, and nobody has put others there yet, they are put into the
    room behind it, and the rest is the same memory; else a copy with some room.

    Parameters
    ----------
    held
        Stays as it is, whoever reads it meanwhile.
    rows
        Rows whose values differ, ascending; all behind `held` are among them.

    Examples
    --------
    >>> import numpy as np
    >>> once = grown(np.array([1, 2]), np.array([2]), [3], 3)
    >>> twice = grown(once, np.array([3]), [4], 4)
    >>> twice.tolist(), once.tolist(), np.shares_memory(once, twice)
    ([1, 2, 3, 4], [1, 2, 3], True)
    """
    room, count, kind = held.base, len(held), held.dtype
    before = int(rows.searchsorted(count))
    if before:
        values = np.broadcast_to(np.asarray(values, dtype=kind), len(rows))
        was, now = held[rows[:before]], values[:before]
        if bool(((was == now) | ((was != was) & (now != now))).all()):
            # What was written is what was there.
            rows, values = rows[before:], values[before:]
    if isinstance(room, _Roomy) and (not len(rows) or rows[0] >= count):
        # It must be all that was given out, not a part of it or the same the other way round.
        whole = held.__array_interface__ == _seen(room, kind, count).__array_interface__
        with _LOCK:
            free = whole and room.used == count and size * kind.itemsize <= len(room)
            if free:
                room.used = size
        if free:
            found = _seen(room, kind, size)
            found[rows] = values
            return found
    room = _Roomy((int(size * _ROOM) + 64) * kind.itemsize, dtype=np.uint8)
    room.used = size
    found = _seen(room, kind, size)
    found[:count] = held
    found[rows] = values
    return found


def together(rows: npt.NDArray[np.int64]) -> Any:
    """Give neighbouring rows as a slice, which copies nothing; others as they are.

    Examples
    --------
    >>> together(np.array([4, 5, 6])), together(np.array([4, 6])).tolist()
    (slice(4, 7, None), [4, 6])
    """
    count = len(rows)
    if not count:
        return slice(0, 0)
    first, last = int(rows[0]), int(rows[-1])
    if last - first + 1 == count and bool((np.diff(rows) == 1).all()):
        return slice(first, last + 1)
    return rows


_FEW = 64


def without(held: npt.NDArray[Any], lost: npt.NDArray[np.int64], room: int = 0) -> npt.NDArray[Any]:
    """Give an array without some of its rows; those behind them move up.

    Parameters
    ----------
    lost
        Rows, ascending and distinct.
    room
        Rows to come, whose values are of no meaning yet.

    Examples
    --------
    >>> without(np.array([5, 6, 7, 8]), np.array([0, 2])).tolist()
    [6, 8]
    """
    size = len(held) - len(lost)
    found = np.empty(size + room, dtype=held.dtype)
    if len(lost) > _FEW:
        keep = np.ones(len(held), dtype=bool)
        keep[lost] = False
        found[:size] = held[keep]
        return found
    # A few whole pieces are copied in a third of the time that a look at each row takes.
    edges = [-1, *lost.tolist(), len(held)]
    for number, (low, high) in enumerate(pairwise(edges)):
        found[low + 1 - number : high - number] = held[low + 1 : high]
    return found


def moved_up(rows: npt.NDArray[Any], lost: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    """Give where rows lie once others are lost, none of which is among them.

    Examples
    --------
    >>> moved_up(np.array([3, 0, 4]), np.array([1, 2])).tolist()
    [1, 0, 2]
    """
    if len(lost) > _FEW // 8:
        return (rows - np.searchsorted(lost, rows)).astype(rows.dtype)
    found = rows.copy()
    for row in lost.tolist():
        found -= rows > row
    return found


def _seen(room: _Roomy, kind: np.dtype[Any], size: int) -> npt.NDArray[Any]:
    # A slice would forget whose memory it is.
    return np.ndarray(size, kind, buffer=room)


_NONE = np.empty(0, dtype=np.int64)
MOST_APART = 2_048
"""Values taken out of an array and put into it from which on it is made anew, whoever waits; from
half of it on in the background."""
LEAST_LONG = 8_192
"""Values up to which an array is copied for each change."""


class Splice:
    """Which places of a long sequence, its base, are left out, and before which others stand.

    Parameters
    ----------
    size
        Of the base.
    gone
        Places of the base that are left out, ascending.
    at
        For each value put in, the place of the base before which it stands, ascending.
    """

    def __init__(self, size: int, gone: Places = _NONE, at: Places = _NONE) -> None:
        self.size, self.gone, self.at = size, gone, at
        self.changes = len(gone) + len(at)
        """How many values are left out or put in."""

    def __len__(self) -> int:
        """How many values there are."""
        return self.size - len(self.gone) + len(self.at)

    @cached_property
    def places(self) -> Places:
        """Place of each value that was put in, ascending."""
        return self.at - self.gone.searchsorted(self.at) + np.arange(len(self.at))

    @cached_property
    def _left(self) -> Places:
        # How many of the base are left before each that is gone.
        return self.gone - np.arange(len(self.gone))

    def place_of(self, base: Places) -> Places:
        """Give the places of some of the base that are not left out."""
        if not self.changes:
            return base
        return base - self.gone.searchsorted(base) + self.at.searchsorted(base, side="right")

    def held(self, base: Places) -> Places:
        """Give those of some of the base that are not left out."""
        return held_of(base, self.gone)

    def sources(self, places: Places) -> tuple[Places, Places, Mask]:
        """Give where the values of some places lie: in the base, or among those put in.

        Returns
        -------
        base, number, put
            Where `put`, `number` of those put in; else the place in the base.
        """
        number = self.places.searchsorted(places)
        left = places - number
        base = left + self._left.searchsorted(left, side="right")
        if not len(self.at):
            return base, number, np.zeros(len(places), dtype=bool)
        put = self.places[np.minimum(number, len(self.at) - 1)] == places
        return base, number, put

    def without(self, places: Places) -> tuple["Splice", Mask]:
        """Leave out more, and say which of the values put in are still there.

        Parameters
        ----------
        places
            Places now, ascending.
        """
        base, number, put = self.sources(places)
        kept = np.ones(len(self.at), dtype=bool)
        kept[number[put]] = False
        gone = np.union1d(self.gone, base[~put])
        return Splice(self.size, gone, self.at[kept]), kept

    def with_places(self, places: Places) -> tuple["Splice", Places]:
        """Put in more, and say before which of the values put in each of them stands.

        Parameters
        ----------
        places
            Places now, ascending, before which they come, as `numpy.insert` takes them.
        """
        base, number, put = self.sources(places)
        at = base.copy()
        at[put] = self.at[number[put]]
        return Splice(self.size, self.gone, np.insert(self.at, number, at)), number


class Spliced:
    """A long array of which some values are taken out, and into which others are put.

    Immutable. What changes is kept apart from the base, and merged with it where it is much: so a
    change costs what changes, and a look at some values a search for each among the changes.

    Parameters
    ----------
    base
        Its values at first.
    splice
        How it differs from them; None = not at all.
    put
        The values that the splice puts in.
    places
        Keeps, for all that have this base, the place in it of each value (`places_of`).

    Examples
    --------
    >>> one = Spliced(np.arange(10_000)).without(np.array([0, 1])).with_values([1], [-5])
    >>> one[np.array([0, 1, 2])].tolist(), len(one), np.asarray(one)[1]
    ([2, -5, 3], 9999, np.int64(-5))
    """

    def __init__(
        self,
        base: npt.NDArray[Any],
        splice: Splice | None = None,
        put: npt.NDArray[Any] | None = None,
        places: list[npt.NDArray[np.int32]] | None = None,
    ) -> None:
        self.base = base
        self.splice = Splice(len(base)) if splice is None else splice
        self.put = base[:0] if put is None else put
        self._places = [] if places is None else places

    def __len__(self) -> int:
        """How many values there are."""
        return len(self.splice)

    def __getitem__(self, places: Any) -> Any:
        """Give the values of some places, or of one."""
        if not self.splice.changes:
            return self.base[places]
        if isinstance(places, (int, np.integer)):
            return self[np.array([places])][0]
        base, number, put = self.splice.sources(places)
        if not len(self.base):
            return self.put[number]
        found = self.base[np.minimum(base, len(self.base) - 1)]
        found[put] = self.put[number[put]]
        return found

    @cached_property
    def _whole(self) -> npt.NDArray[Any]:
        splice = self.splice
        if not splice.changes:
            return self.base
        left = without(self.base, splice.gone) if len(splice.gone) else self.base
        at = splice.at - splice.gone.searchsorted(splice.at)
        return np.insert(left, at, self.put)

    def __array__(self, dtype: Any = None, *, copy: bool | None = None) -> npt.NDArray[Any]:
        """Give all values in one piece, as NumPy asks for them."""
        return np.array(self._whole, dtype=dtype, copy=copy)

    def tolist(self) -> list[Any]:
        """Give all values."""
        found: list[Any] = self._whole.tolist()
        return found

    @property
    def nbytes(self) -> int:
        """Bytes of the values."""
        return len(self) * self.base.itemsize

    def searchsorted(self, value: Any, side: Literal["left", "right"] = "left") -> int:
        """Give before which place a value belongs, where all are ascending."""
        base = int(self.base.searchsorted(value, side))
        before = int(self.splice.gone.searchsorted(base))
        return base - before + int(self.put.searchsorted(value, side))

    @property
    def _places_in_base(self) -> npt.NDArray[np.int32]:
        if not self._places:
            found = np.empty(len(self.base), dtype=np.int32)
            found[self.base] = np.arange(len(self.base), dtype=np.int32)
            self._places.append(found)
        return self._places[0]

    @property
    def place_by_value(self) -> npt.NDArray[np.int32] | None:
        """Places by value (see `places_of`); None where the base was changed."""
        return None if self.splice.changes else self._places_in_base

    @cached_property
    def _put_in_order(self) -> Places:
        return self.put.argsort()

    def places_of(self, rows: Places) -> Places:
        """Give the places of some values, in their order.

        Where the values are the numbers from 0 on, each once, and so are those of the base.
        """
        splice, held = self.splice, self._places_in_base
        if not splice.changes:
            return held[rows].astype(np.int64)
        if not len(self.put):
            return splice.place_of(held[rows].astype(np.int64))
        order = self._put_in_order
        number = order[np.minimum(self.put.searchsorted(rows, sorter=order), len(order) - 1)]
        put = self.put[number] == rows
        found = splice.place_of(held[np.minimum(rows, len(held) - 1)].astype(np.int64))
        found[put] = splice.places[number[put]]
        return found

    def places_where(self, wanted: Mask) -> Places:
        """Give the places of the values of which a mask says so, ascending; see `places_of`."""
        splice = self.splice
        found = splice.place_of(splice.held(wanted[self.base].nonzero()[0]))
        put = splice.places[wanted[self.put]]
        return np.sort(np.concatenate([found, put]), kind="stable") if len(put) else found

    def without(self, places: Places) -> "Spliced":
        """Give the array without the values of some places, ascending."""
        splice, kept = self.splice.without(places)
        return self._next(splice, self.put[kept])

    def with_values(self, places: Any, values: Any) -> "Spliced":
        """Give the array with more values, as `numpy.insert` puts them in.

        Parameters
        ----------
        places
            Places now, ascending, before which they come.
        """
        splice, number = self.splice.with_places(np.asarray(places, dtype=np.int64))
        return self._next(splice, np.insert(self.put, number, values))

    def _next(self, splice: Splice, put: npt.NDArray[Any]) -> "Spliced":
        found = Spliced(self.base, splice, put, self._places)
        return found.merged() if is_merged(splice) else found

    def merged(self) -> "Spliced":
        """Give the same values with nothing kept apart."""
        return Spliced(self._whole)


def is_merged(splice: Splice) -> bool:
    """Say whether what differs from a base is so much that it is to be made one with it."""
    return splice.size < LEAST_LONG or is_much(splice.changes)


def is_much(changes: int) -> bool:
    """Say whether so many values are no longer to be kept apart."""
    return changes > MOST_APART


def held_of(rows: Places, gone: Places) -> Places:
    """Give those of some rows that are not gone; costs what is given, not what is held.

    Parameters
    ----------
    gone
        Ascending.

    Examples
    --------
    >>> held_of(np.array([7, 2, 5]), np.array([2, 4])).tolist()
    [7, 5]
    """
    if not len(gone):
        return rows
    near = gone[np.minimum(gone.searchsorted(rows), len(gone) - 1)]
    return rows[near != rows]
