"""A small memory for results: each key is made once, by one thread, within a budget of bytes."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import suppress
from threading import Lock, RLock
from typing import Any, TypeVar

T = TypeVar("T")
MOST_BYTES = 64 * 2**20
"""Bytes of results that one memory keeps; a result that does not tell its size counts nothing."""


class Memo:
    """Results by key, the oldest forgotten first.

    Parameters
    ----------
    size
        How many results are kept.
    most_bytes
        How many bytes of them, as far as they tell (texts, bytes, arrays, and what has
        `nbytes`); the newest is kept, however large.
    """

    def __init__(self, size: int = 256, most_bytes: int = MOST_BYTES) -> None:
        self._size = size
        self._most_bytes = most_bytes
        self._bytes = 0
        self._cells: OrderedDict[Hashable, _Cell] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Give the result of the key, making it if it is not there.

        Parameters
        ----------
        key
            Of the result.
        make
            Called once; while it runs, others who ask for this key wait, and only they.

        Returns
        -------
        object
            The one result; an error is raised to its caller and not kept.
        """
        cell = self._cells.get(key)
        if cell is not None and cell.made:
            # Most often it is there, and no lock is needed, unless it is forgotten meanwhile.
            with suppress(KeyError):
                self._cells.move_to_end(key)
            return cell.value
        with self._lock:
            cell = self._cells.setdefault(key, _Cell())
            self._cells.move_to_end(key)
            while len(self._cells) > self._size:
                self._forget(next(iter(self._cells)))
        with cell.lock:
            if not cell.made:
                cell.value = make()
                cell.made = True
                self._count(key, cell)
        return cell.value

    def __contains__(self, key: Hashable) -> bool:
        """Say whether the result of a key is made and kept."""
        cell = self._cells.get(key)
        return cell is not None and cell.made

    def _count(self, key: Hashable, cell: "_Cell") -> None:
        """Count what was made, and forget old large results while there is too much."""
        with self._lock:
            if self._cells.get(key) is not cell:
                return  # forgotten while it was made
            cell.size = size_of(cell.value)
            self._bytes += cell.size
            if self._bytes <= self._most_bytes:
                return
            # Only those that free something: what is small may have cost much to make.
            for old in [k for k, one in self._cells.items() if one.size and one is not cell]:
                if self._bytes <= self._most_bytes:
                    return
                self._forget(old)

    def _forget(self, key: Hashable) -> None:
        self._bytes -= self._cells.pop(key).size


def size_of(value: object) -> int:
    """Give the bytes of a result; 0 where it does not tell.

    Examples
    --------
    >>> size_of(b"abc"), size_of(["a list tells nothing"])
    (3, 0)
    """
    if isinstance(value, (bytes, str)):
        return len(value)
    told = getattr(value, "nbytes", 0)
    return told if isinstance(told, int) else 0


class _Cell:
    __slots__ = ("lock", "made", "size", "value")

    def __init__(self) -> None:
        # Re-entrant: a recursive ask is a mistake of the caller, not a dead lock.
        self.lock = RLock()
        self.made = False
        self.size = 0
        self.value: Any = None
