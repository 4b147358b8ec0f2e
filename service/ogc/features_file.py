"""A layer's features as a file in the data directory, read where they lie.

A process that answers maps it: it costs no memory of its own, several processes share its pages,
and what is asked for costs the same however many features there are. It only saves time, so
that it may be deleted whenever one likes. A line tells what it was made of; then come the edges
between the features, marks of the rows' ids, which of the features is each row's, and the
features, one behind the other. The marks tell which rows are those of records that went since.
"""

import mmap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import orjson
import pandas as pd

from geodata.disk import alone_in, private_folder, whole
from geodata.errors import InvalidInput

Rows = npt.NDArray[np.int64]
FORMAT = 2
ROOM = 256 * 2**20
"""Bytes behind the features for those to come, in the memory of the process that makes them: of
the file they are a hole, which takes nothing of the disk."""
_PAGE = mmap.ALLOCATIONGRANULARITY
_LINE = 4_096


class Laid(NamedTuple):
    """What a file holds."""

    about: dict[str, Any]
    """What it was made of."""
    edges: Rows
    """Where each feature begins, and where the last one ends."""
    marks: npt.NDArray[np.uint64]
    """Of the id of each row's record (`marks_of`)."""
    number: npt.NDArray[np.int32]
    """Which of the features is a row's."""
    memory: mmap.mmap
    """The file; what is written to it is seen by this process alone."""
    start: int
    """Where in it the features begin."""
    path: Path

    def rows_of(self, names: Sequence[str]) -> Rows:
        """Give the rows of some records, ascending; of those that it does not have none."""
        return np.isin(self.marks, marks_of(names)).nonzero()[0]


def marks_of(names: Sequence[str]) -> npt.NDArray[np.uint64]:
    """Give a number for each id: two of them are hardly ever equal.

    Examples
    --------
    >>> marks_of(["m1"]) == marks_of(["m2", "m1"])
    array([False,  True])
    """
    return pd.util.hash_array(np.array(names, dtype=object), categorize=False)


def _places(rows: int) -> tuple[int, int, int, int]:
    """Give where the edges, the marks, the numbers and the features of so many rows begin."""
    marks = _LINE + 8 * (rows + 1)
    numbers = marks + 8 * rows
    return _LINE, marks, numbers, -(-(numbers + 4 * rows) // _PAGE) * _PAGE


def write(
    path: Path,
    about: dict[str, Any],
    order: Rows,
    names: Sequence[str],
    pieces: Iterable[tuple[memoryview, Rows]],
) -> bool:
    """Write the features of a layer, all of them or none.

    Parameters
    ----------
    path
        The file, in a folder of its own; whoever reads the one before keeps it.
    about
        What it is made of.
    order
        All rows, as the features follow each other.
    names
        The own id of each row's record.
    pieces
        The features, each with the comma that parts it from the next, and the edges between them.

    Returns
    -------
    bool
        False where another process is writing it.

    Raises
    ------
    StoreError, InvalidInput
        It cannot be written.
    """
    private_folder(path.parent)
    try:
        with alone_in(path.parent), whole(path) as made:
            _write(made, about, order, names, pieces)
    except InvalidInput as error:
        if error.code != "cannot-write":
            raise
        return False
    return True


def _write(
    path: Path,
    about: dict[str, Any],
    order: Rows,
    names: Sequence[str],
    pieces: Iterable[tuple[memoryview, Rows]],
) -> None:
    rows = len(order)
    edges, number = np.zeros(rows + 1, dtype=np.int64), np.empty(rows, dtype=np.int32)
    number[order] = np.arange(rows, dtype=np.int32)
    *heads, start = _places(rows)
    count = 0
    with path.open("wb") as file:
        file.seek(start)
        for piece, between in pieces:
            file.write(piece)
            edges[count + 1 : count + len(between)] = edges[count] + between[1:]
            count += len(between) - 1
        columns: list[npt.NDArray[Any]] = [edges, marks_of(names), number]
        for at, values in zip(heads, columns, strict=True):
            file.seek(at)
            file.write(values.tobytes())
        file.seek(0)
        line = orjson.dumps(about | {"format": FORMAT, "rows": rows, "bytes": int(edges[-1])})
        file.write(line + b"\n")
        file.truncate(start + int(edges[-1]) + ROOM)


def about(path: Path) -> dict[str, Any] | None:
    """Give what a file was made of; None where there is none that can be read."""
    try:
        with path.open("rb") as file:
            found = orjson.loads(file.read(_LINE).partition(b"\n")[0])
            return found if found["format"] == FORMAT else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def read(path: Path, made_of: dict[str, Any]) -> Laid | None:
    """Map a file; None where it is not there, not whole, or made of something else meanwhile."""
    try:
        with path.open("rb") as file:
            memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    except (OSError, ValueError):
        return None
    if orjson.loads(memory[:_LINE].partition(b"\n")[0]) != made_of:
        return None
    rows, size = made_of["rows"], made_of["bytes"]
    at_edges, at_marks, at_numbers, start = _places(rows)
    if len(memory) != start + size + ROOM:
        return None
    edges = np.frombuffer(memory, np.int64, rows + 1, at_edges)
    marks = np.frombuffer(memory, np.uint64, rows, at_marks)
    number = np.frombuffer(memory, np.int32, rows, at_numbers)
    return Laid(made_of, edges, marks, number, memory, start, path)
