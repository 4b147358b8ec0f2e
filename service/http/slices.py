"""Parts of a buffer that are sent from where they lie, without becoming objects of their own."""

import ctypes
import os
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Places = npt.NDArray[np.int64]
Bytes = bytes | memoryview
MOST_PARTS = os.sysconf("SC_IOV_MAX")
"""Parts that the system takes in one call: more it refuses as a whole."""
_WRITEV = ctypes.CDLL(None).writev
_WRITEV.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_int)
_WRITEV.restype = ctypes.c_ssize_t


class Slices:
    """Some slices of a buffer, only to be joined; its length is that of all of them.

    Parameters
    ----------
    buffer
        Stays as it is while somebody has this.
    starts, ends
        Of each slice.

    Examples
    --------
    >>> found = Slices(memoryview(b"abcdef"), np.array([4, 0]), np.array([6, 1]))
    >>> len(found), b"".join(found)
    (3, b'efa')
    """

    def __init__(self, buffer: memoryview, starts: Places, ends: Places) -> None:
        self.buffer, self.starts, self.sizes = buffer, starts, ends - starts
        self._length = int(np.add.reduce(self.sizes))

    def __len__(self) -> int:
        """How many bytes there are."""
        return self._length

    def __iter__(self) -> Iterator[memoryview]:
        """Give each slice."""
        buffer = self.buffer
        for start, size in zip(self.starts.tolist(), self.sizes.tolist(), strict=True):
            yield buffer[start : start + size]


Part = Bytes | Slices


def flat(parts: Iterable[Part]) -> Iterator[Bytes]:
    """Give parts of an answer one by one, only to be joined."""
    for part in parts:
        if isinstance(part, Slices):
            yield from part
        else:
            yield part


def written(socket: int, parts: Sequence[Part]) -> int:
    """Write to a socket what the system takes at once.

    Returns
    -------
    int
        Bytes that it took: 0 where it is full, or broken.
    """
    if Slices not in map(type, parts):
        try:
            return os.writev(socket, [*flat(parts[:MOST_PARTS])])
        except OSError:
            return 0
    count = sum([len(part.starts) if isinstance(part, Slices) else 1 for part in parts])
    vector, at = np.empty((count, 2), dtype=np.int64), 0
    for part in parts:
        if isinstance(part, Slices):
            after = at + len(part.starts)
            np.add(part.starts, pa.py_buffer(part.buffer).address, out=vector[at:after, 0])
            vector[at:after, 1] = part.sizes
            at = after
        else:
            vector[at] = pa.py_buffer(part).address, len(part)
            at += 1
    # The system reads where they lie, and lets other threads run meanwhile.
    where = pa.py_buffer(vector).address
    return max(int(_WRITEV(socket, where, min(count, MOST_PARTS))), 0)
