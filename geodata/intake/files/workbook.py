"""Excel workbooks: one sheet as a table of text, its dates as ISO days."""

import re
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd

from geodata.errors import InvalidInput
from geodata.intake.fields import counts_people, field_of_header
from geodata.intake.files.headers import SEARCHED_ROWS, Header, find_header
from geodata.intake.table import BAD, CHUNK_ROWS, Table, check_cells, frame_of
from geodata.untrusted.archives import check_xml, open_archive
from geodata.untrusted.limits import Limits, check_rows, check_width
from geodata.wording import plain, say

_SAMPLE_ROWS = 200
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_MERGE = re.compile(rb'<(?:\w{1,20}:)?mergeCell ref="([A-Z]{1,3}\d{1,7}):([A-Z]{1,3}\d{1,7})"')
_MOST_MERGED, _MOST_MERGES = 10_000, 100_000
_WIDEST = 4_000

Row = tuple[int, list[str | None]]


def open_workbook(path: Path, limits: Limits, *, sheet: str | None = None) -> Table:
    """Open one sheet of an XLSX workbook.

    Cells formatted as dates are ISO text; other numbers are text, so that serial dates are told
    apart by their column. A formula counts with the result stored beside it; one without a stored
    result stays as its text and is refused where it is read.

    Parameters
    ----------
    sheet
        Name; None takes the sheet whose first rows hold the most known headers.

    Raises
    ------
    InvalidInput
        Damaged, beyond the limits, or no such sheet.
    """
    with open_archive(path, limits) as archive:
        check_xml(archive)
        formulas = any(_has_formula(archive, m) for m in archive.namelist() if "worksheets/" in m)
    name, others, member, epoch_1904 = _choose(path, sheet)
    with open_archive(path, limits) as archive:
        merged = _merged(archive, member)

    first = [cells for _, cells in islice(_rows(path, name, formulas), SEARCHED_ROWS)]
    if not any(any(row) for row in first):
        raise InvalidInput(
            say("{file}: the sheet {sheet!r} is empty.", file=path.name, sheet=name),
            code="empty-file",
        )
    header = find_header(first)
    check_width(len(header.columns), limits)
    figures = frozenset(n for n, c in enumerate(header.columns) if _counts(c, header))

    def _filled() -> Iterator[Row]:
        return _filled_down(_rows(path, name, formulas), merged, figures)

    def _read(wanted: Collection[str] | None = None) -> Iterator[pd.DataFrame]:
        return _chunks(_filled(), header, limits, CHUNK_ROWS, wanted)

    sample = next(_chunks(_filled(), header, limits, _SAMPLE_ROWS), None)
    if sample is None:
        sample = frame_of([], header.columns, [])
    notes = [say("Sheet {name!r}.", name=name)]
    if others:
        notes.append(say("Sheets not read: {others}.", others=", ".join(others[:10])))
    if formulas:
        notes.append(say("Formulas count with the results stored in the file."))
    below = [m for m in merged if m.last > header.first_data + 1]
    if below:
        shown = ", ".join(m.ref for m in below[:5]) + (" …" if len(below) > 5 else "")
        notes.append(
            say("Cells merged over several rows speak for all of them: {shown}.", shown=shown)
        )
    if epoch_1904:
        notes.append(say("The workbook counts its days from 1904."))
    return Table(
        "xlsx", header.columns, sample, _read, header.tags, (*notes, *header.notes),
        epoch_1904=epoch_1904, groups=header.groups,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Merged:
    """A cell merged over rows `first` to `last` (from 1) of one column (from 0)."""

    ref: str
    column: int
    first: int
    last: int


def _merged(archive: zipfile.ZipFile, member: str) -> list[_Merged]:
    """Read which cells of a sheet are merged over several rows."""
    found: list[_Merged] = []
    tail = b""
    with archive.open(member) as stream:
        while block := stream.read(1 << 20):
            text = tail + block
            for match in _MERGE.finditer(text):
                column, first = _coordinate(match[1].decode())
                last = _coordinate(match[2].decode())[1]
                # Beyond what people merge by hand it is a layout, not a value for all rows.
                if first < last <= first + _MOST_MERGED and len(found) < _MOST_MERGES:
                    found.append(_Merged(f"{match[1].decode()}:{match[2].decode()}", column,
                                         first, last))  # fmt: skip
            tail = text[max(text.rfind(b"<"), len(text) - 200) :]
    return found


def _coordinate(reference: str) -> tuple[int, int]:
    """Part a cell's reference: ``B4`` is column 1 (from 0) and row 4."""
    from openpyxl.utils import column_index_from_string

    letters = reference.rstrip("0123456789")
    return column_index_from_string(letters) - 1, int(reference[len(letters) :])


def _counts(column: str, header: Header) -> bool:
    """Say whether a column's cells are figures: of people, say, not names of what they are of."""
    known = field_of_header()
    own = header.groups.get(column, ("", ""))[1]
    return counts_people(known.get(plain(column)) or known.get(plain(own)) or "")


def _filled_down(
    rows: Iterator[Row], merged: list[_Merged], figures: frozenset[int]
) -> Iterator[Row]:
    """Let a cell merged over rows speak for each of them.

    A figure does not: it would count once a row. It is given with the rows that it is of, so that
    nobody takes it for a number.
    """
    starts: dict[int, list[_Merged]] = {}
    for one in merged:
        starts.setdefault(one.first, []).append(one)
    running: dict[int, tuple[int, str | None]] = {}
    for number, cells in rows:
        for one in starts.get(number, ()):
            if one.column < len(cells):
                if one.column in figures and cells[one.column]:
                    cells[one.column] = f"{cells[one.column]} for rows {one.first} to {one.last}"
                running[one.column] = one.last, cells[one.column]
        for column, (last, value) in list(running.items()):
            if number > last:
                del running[column]
            elif column < len(cells) and cells[column] is None and any(cells):
                cells[column] = value
        yield number, cells


def _has_formula(archive: zipfile.ZipFile, member: str) -> bool:
    tail = b""
    with archive.open(member) as stream:
        while block := stream.read(1 << 20):
            if _FORMULA.search(tail + block):
                return True
            tail = block[-16:]
    return False


def _load(path: Path, *, values: bool) -> Any:
    import openpyxl

    try:
        return openpyxl.load_workbook(path, read_only=True, data_only=values, keep_links=False)
    except InvalidInput:
        raise
    except Exception as reason:  # noqa: BLE001 - openpyxl raises what the XML provokes
        raise InvalidInput(
            say(
                "{file} is not a readable XLSX workbook ({reason}). Save it again with an "
                "office program, or as CSV.",
                file=path.name,
                reason=type(reason).__name__,
            ),
            code="bad-workbook",
        ) from None


def sheets_of(path: Path) -> list[str]:
    """Name the sheets of a workbook."""
    book = _load(path, values=True)
    try:
        return [ws.title for ws in book.worksheets]
    finally:
        book.close()


def _choose(path: Path, wanted: str | None) -> tuple[str, list[str], str, bool]:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    book = _load(path, values=True)
    try:
        names = [ws.title for ws in book.worksheets]
        if wanted is not None and wanted not in names:
            raise InvalidInput(
                say(
                    "{name} has no sheet {wanted!r}; it has {names}.",
                    name=path.name,
                    wanted=wanted,
                    names=", ".join(names)[:300],
                ),
                code="unknown-sheet",
            )
        if not names:
            raise InvalidInput(
                say("{name} holds no sheet of cells.", name=path.name), code="empty-file"
            )
        members = {ws.title: ws._worksheet_path for ws in book.worksheets}  # noqa: SLF001
        epoch_1904 = book.epoch == CALENDAR_MAC_1904
    finally:
        book.close()
    if wanted is None:
        scores = {name: _score(path, name) for name in names[:50]}
        wanted = max(scores, key=lambda name: scores[name])
    others = [name for name in names if name != wanted]
    return wanted, others, members[wanted], epoch_1904


def _score(path: Path, name: str) -> tuple[int, int]:
    rows = [cells for _, cells in islice(_rows(path, name, formulas=False), SEARCHED_ROWS)]
    known = max(
        (sum(1 for c in row if c and plain(c) in field_of_header()) for row in rows), default=0
    )
    return known, sum(1 for row in rows if any(row))


def _rows(path: Path, name: str, formulas: bool) -> Iterator[Row]:  # noqa: FBT001
    book = _load(path, values=True)
    twin = _load(path, values=False) if formulas else None
    try:
        sheets = [_sheet(b, name) for b in (book, twin) if b is not None]
        for number, rows in enumerate(zip(*sheets, strict=False), 1):
            cells = [_text(value) for value in rows[0]]
            if len(rows) > 1:
                cells = [
                    str(raw) if cell is None and isinstance(raw, str) and raw[:1] == "=" else cell
                    for cell, raw in zip(cells, rows[1], strict=False)
                ]
            yield number, cells
    except (zipfile.BadZipFile, SyntaxError, ValueError, KeyError, OSError) as reason:
        raise InvalidInput(
            say(
                "{file}: the sheet {sheet!r} is damaged ({reason}).",
                file=path.name,
                sheet=name,
                reason=reason,
            ),
            code="bad-workbook",
        ) from None
    finally:
        for opened in (book, twin):
            if opened is not None:
                opened.close()


def _sheet(book: Any, name: str) -> Iterator[tuple[Any, ...]]:
    sheet = book[name]
    # Other programs write a wrong or no extent; the rows themselves are the truth.
    sheet.reset_dimensions()
    rows: Iterator[tuple[Any, ...]] = sheet.iter_rows(values_only=True, max_col=_WIDEST)
    return rows


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        whole = value.time() == time()
        return value.date().isoformat() if whole else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _chunks(
    rows: Iterator[Row],
    header: Header,
    limits: Limits,
    size: int,
    wanted: Collection[str] | None = None,
) -> Iterator[pd.DataFrame]:
    width = len(header.columns)
    data = ((n, cells) for n, cells in islice(rows, header.first_data, None) if any(cells))
    total = 0
    while block := list(islice(data, size)):
        total += len(block)
        check_rows(total, limits)
        for number, cells in block:
            check_cells(cells, number, limits)
        bad = [
            say("has cells beyond the header's {width} columns", width=width)
            if any(cells[width:])
            else None
            for _, cells in block
        ]
        even = [[*cells[:width], *[None] * (width - len(cells))] for _, cells in block]
        frame = frame_of(even, header.columns, [number for number, _ in block], wanted)
        frame[BAD] = pd.Series(bad, dtype=object)
        yield frame
