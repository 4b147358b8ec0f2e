"""A small memory for results: each key is made once, by one thread."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock, RLock
from typing import Any, TypeVar

T = TypeVar("T")


class Memo:
    """Results by key, the oldest forgotten first.

    Parameters
    ----------
    size
        How many results are kept.
    """

    def __init__(self, size: int = 256) -> None:
        self._size = size
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
        with self._lock:
            cell = self._cells.setdefault(key, _Cell())
            self._cells.move_to_end(key)
            while len(self._cells) > self._size:
                self._cells.popitem(last=False)
        with cell.lock:
            if not cell.made:
                cell.value = make()
                cell.made = True
        return cell.value


class _Cell:
    __slots__ = ("lock", "made", "value")

    def __init__(self) -> None:
        # Re-entrant: a recursive ask is a mistake of the caller, not a dead lock.
        self.lock = RLock()
        self.made = False
        self.value: Any = None
