"""Arrays that grow by rows behind their last one, without copying what is there."""

from itertools import pairwise
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

_ROOM = 1.125
_LOCK = Lock()


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
