"""A raw table: named columns of text cells, read in chunks, whatever file it came from."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
import pandas as pd

from geodata.errors import InvalidInput
from geodata.untrusted.limits import Limits
from geodata.wording import say

ROW = "__row__"
"""Column with the row's number as a spreadsheet shows it; the header is row 1."""
BAD = "__bad__"
"""Column with the reason why a row cannot be read at all, else None."""
LON, LAT, SHAPE = "__lon__", "__lat__", "__shape__"
"""Columns of a vector file's geometry: WGS 84 degrees, and the geometry's type."""

WKT = "__wkt__"
"""Column of the whole geometry as WKT in WGS 84, where it was asked for."""

CHUNK_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the bytes of a text table were read."""

    name: str
    """The codec."""
    sure: float = 1.0
    """From 0 to 1; below 1 it was guessed from the look of the words."""
    others: tuple[str, ...] = ()
    """Codecs that read every byte too, and would give other letters."""

    def readings(self, words: Sequence[str]) -> list[tuple[str, str]]:
        """Give words of the table as this codec and each other one reads them, if it can."""
        text = " · ".join(word for word in words if not word.isascii())[:200]
        found = {text: self.name}
        for name in self.others if text else ():
            try:
                found.setdefault(text.replace(" · ", "\n").encode(self.name).decode(name)
                                 .replace("\n", " · "), name)  # fmt: skip
            except UnicodeError:
                continue
        return [(name, text) for text, name in found.items()] if text else []


@dataclass(frozen=True, slots=True)
class Table:
    """A file opened for reading: its columns, its first rows, and a way to read all of it."""

    kind: str
    """csv, xlsx, geo or parquet."""
    columns: tuple[str, ...]
    """Names in the file's order; unique."""
    sample: pd.DataFrame
    """The first rows."""
    read: "Read"
    """Gives the chunks from the start, each with `ROW` and text cells; an empty cell is None. May
    be called several times; given names of columns, a chunk needs no others."""
    tags: dict[str, str] = field(default_factory=dict)
    """Column name to HXL tag, where a tag row was found."""
    notes: tuple[str, ...] = ()
    """What was found out about the file, in sentences."""
    has_geometry: bool = False
    epoch_1904: bool = False
    """Serial days of the workbook count from 1904-01-01."""
    encoding: Encoding | None = None
    """Of a text table."""
    groups: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Column of a header of several rows to what stands above it, and its own cell."""

    def renamed(self, names: Mapping[str, str]) -> "Table":
        """Give the table with other names of some columns, here and in what it reads."""
        back = {new: old for old, new in names.items()}

        def _read(wanted: Collection[str] | None = None) -> Iterator[pd.DataFrame]:
            asked = None if wanted is None else frozenset(back.get(c, c) for c in wanted)
            return (chunk.rename(columns=names) for chunk in self.read(asked))

        return replace(
            self,
            columns=tuple(names.get(c, c) for c in self.columns),
            sample=self.sample.rename(columns=names),
            tags={names.get(c, c): tag for c, tag in self.tags.items()},
            read=_read,
        )


class Read(Protocol):
    """Gives a table's chunks from the start."""

    def __call__(self, wanted: Collection[str] | None = None) -> Iterator[pd.DataFrame]:
        """Give chunks that have the columns wanted; None = all."""


def unique_names(names: list[str]) -> tuple[str, ...]:
    """Name columns so that each name occurs once: ``a, a`` becomes ``a, a (2)``.

    Examples
    --------
    >>> unique_names(["a", "", "a"])
    ('a', 'column 2', 'a (2)')
    """
    seen: dict[str, int] = {}
    result = []
    for position, given in enumerate(names, 1):
        name = given.strip() or f"column {position}"
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(result)


def frame_of(
    rows: Sequence[Sequence[str | None]],
    columns: tuple[str, ...],
    numbers: Sequence[int] | np.ndarray,
    wanted: Collection[str] | None = None,
) -> pd.DataFrame:
    """Make a chunk of equally long rows.

    Object columns with text or None.

    Parameters
    ----------
    rows
        Cells; blank text becomes None.
    wanted
        Columns to make; None = all.
    """
    data: dict[str, Any] = {ROW: np.asarray(numbers, dtype="int64")}
    if not rows:
        return plain_frame(data | {name: np.empty(0, dtype=object) for name in columns})
    for name, cells in zip(columns, zip(*rows, strict=True), strict=True):
        if wanted is not None and name not in wanted:
            continue
        values = np.empty(len(cells), dtype=object)
        values[:] = (
            [(c.strip() or None) if c is not None else None for c in cells]
            if None in cells
            else [c or None for c in map(str.strip, cells)]
        )
        data[name] = values
    return plain_frame(data)


def plain_frame(data: dict[str, Any]) -> pd.DataFrame:
    """Make a frame whose text columns stay object columns with None for blank."""
    kept = {
        name: pd.Series(values, dtype=object) if values.dtype == object else pd.Series(values)
        for name, values in data.items()
    }
    return pd.DataFrame(kept)


def check_cells(row: Sequence[str | None], number: int, limits: Limits) -> None:
    """Refuse a file with a cell that is too long.

    Raises
    ------
    InvalidInput
        A cell has more than `limits.field_chars` characters.
    """
    longest = max(map(len, filter(None, row)), default=0)
    if longest > limits.field_chars:
        raise InvalidInput(
            say(
                "Row {number} has a cell of {longest:,} characters; at most {field_chars:,} "
                "are read. Is a quotation mark not closed?",
                number=number,
                longest=longest,
                field_chars=limits.field_chars,
            ),
            code="field-too-long",
            details=[{"row": number, "reason": say("cell too long")}],
        )
