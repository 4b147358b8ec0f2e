"""Delimited text: CSV and its relatives, in any encoding, read in chunks."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import pandas as pd

from geodata.errors import InvalidInput
from geodata.intake.files.encoding import TextLayout, text_layout
from geodata.intake.files.headers import SEARCHED_ROWS, Header, find_header
from geodata.intake.table import BAD, CHUNK_ROWS, Table, check_cells, frame_of
from geodata.untrusted.limits import Limits, check_rows, check_width

_SAMPLE_ROWS = 200


def open_delimited(path: Path, limits: Limits, *, encoding: str | None = None) -> Table:
    """Open a delimited text file.

    Parameters
    ----------
    path
        The file.
    limits
        Its bounds.
    encoding
        A codec's name; None finds it.

    Returns
    -------
    Table
        Rows longer than the header carry the reason in `BAD`; shorter ones are filled with
        empty cells.

    Raises
    ------
    InvalidInput
        Not text, no columns, or beyond the limits.
    """
    layout = text_layout(path, encoding=encoding)
    with _records(path, layout, limits) as records:
        first = [row for _, row in islice(records, SEARCHED_ROWS)]
    if not any(_says(row) for row in first):
        raise InvalidInput(f"{path.name} is empty.", code="empty-file")
    header = find_header(first)
    check_width(len(header.columns), limits)

    def _read() -> Iterator[pd.DataFrame]:
        return _chunks(path, layout, header, limits)

    sample = next(_chunks(path, layout, header, limits, _SAMPLE_ROWS), None)
    if sample is None:
        sample = frame_of([], header.columns, [])
    return Table("csv", header.columns, sample, _read, header.tags, _notes(layout, header))


def _notes(layout: TextLayout, header: Header) -> tuple[str, ...]:
    shown = {"\t": "tab"}.get(layout.delimiter, layout.delimiter)
    how = "" if layout.certain else " (guessed from its letters: check the names)"
    return (f"Text in {layout.encoding}{how}, cells separated by {shown!r}.", *header.notes)


@contextmanager
def _records(
    path: Path, layout: TextLayout, limits: Limits
) -> Iterator[Iterator[tuple[int, list[str]]]]:
    csv.field_size_limit(max(limits.field_chars, 131_072))
    with path.open(encoding=layout.encoding, newline="") as stream:
        if layout.skip_first_line:
            stream.readline()
        yield _guarded(stream, path, layout, limits)


def _guarded(
    stream: Iterator[str], path: Path, layout: TextLayout, limits: Limits
) -> Iterator[tuple[int, list[str]]]:
    number = 1 if layout.skip_first_line else 0
    reader = csv.reader(stream, delimiter=layout.delimiter)
    while True:
        number += 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except UnicodeError as reason:
            raise InvalidInput(
                f"{path.name}, row {number}: not readable as {layout.encoding} ({reason}). "
                "Name the file's encoding.",
                code="bad-encoding",
                details=[{"row": number, "reason": "encoding"}],
            ) from None
        except csv.Error as reason:
            raise InvalidInput(
                f"{path.name}, row {number}: {reason}. Is a quotation mark not closed?",
                code="bad-csv",
                details=[{"row": number, "reason": str(reason)}],
            ) from None
        if len(row) > limits.columns * 4:
            check_width(len(row), limits)
        yield number, row


def _chunks(
    path: Path, layout: TextLayout, header: Header, limits: Limits, size: int = CHUNK_ROWS
) -> Iterator[pd.DataFrame]:
    width = len(header.columns)
    total = 0
    with _records(path, layout, limits) as records:
        data = ((n, row) for n, row in islice(records, header.first_data, None) if _says(row))
        while block := list(islice(data, size)):
            total += len(block)
            check_rows(total, limits)
            yield _frame(block, header, width, limits)


def _says(row: list[str]) -> bool:
    # A loop, for a generator would be made for every row and mostly asked once.
    for cell in row:  # noqa: SIM110
        if cell and not cell.isspace():
            return True
    return False


def _frame(
    block: list[tuple[int, list[str]]], header: Header, width: int, limits: Limits
) -> pd.DataFrame:
    rows: list[list[str | None]] = []
    bad: list[str | None] = []
    for number, cells in block:
        check_cells(cells, number, limits)
        extra = len(cells) > width and any(cell.strip() for cell in cells[width:])
        bad.append(
            f"has {len(cells)} cells where the header has {width}: quote the cell that holds "
            "the delimiter"
            if extra
            else None
        )
        missing = width - len(cells)
        rows.append([*cells[:width], *[None] * missing] if missing else [*cells])
    frame = frame_of(rows, header.columns, [number for number, _ in block])
    frame[BAD] = pd.Series(bad, dtype=object)
    return frame
