"""Excel workbooks: one sheet as a table of text, its dates as ISO days."""

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from geodata.errors import InvalidInput
from geodata.intake.fields import FIELD_OF_HEADER
from geodata.intake.files.headers import SEARCHED_ROWS, Header, find_header
from geodata.intake.table import BAD, CHUNK_ROWS, Table, check_cells, frame_of
from geodata.untrusted.archives import check_xml, open_archive
from geodata.untrusted.limits import Limits, check_rows, check_width
from geodata.wording import plain

_SAMPLE_ROWS = 200
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_WIDEST = 4_000

Row = tuple[int, list[str | None]]


def open_workbook(path: Path, limits: Limits, *, sheet: str | None = None) -> Table:
    """Open one sheet of an XLSX workbook.

    Parameters
    ----------
    path
        The file.
    limits
        Its bounds; the container's expansion and XML are checked before it is unpacked.
    sheet
        Name; None takes the sheet whose first rows hold the most known headers.

    Returns
    -------
    Table
        Cells formatted as dates are ISO text; other numbers are text, so that serial dates
        are told apart by their column. A formula counts with the result stored beside it;
        one without a stored result stays as its text and is refused where it is read.

    Raises
    ------
    InvalidInput
        Damaged, beyond the limits, or no such sheet.
    """
    with open_archive(path, limits) as archive:
        check_xml(archive)
        formulas = any(_has_formula(archive, m) for m in archive.namelist() if "worksheets/" in m)
    name, others = _choose(path, sheet)
    first = [cells for _, cells in islice(_rows(path, name, formulas), SEARCHED_ROWS)]
    if not any(any(row) for row in first):
        raise InvalidInput(f"{path.name}: the sheet {name!r} is empty.", code="empty-file")
    header = find_header(first)
    check_width(len(header.columns), limits)

    def _read() -> Iterator[pd.DataFrame]:
        return _chunks(_rows(path, name, formulas), header, limits, CHUNK_ROWS)

    sample = next(_chunks(_rows(path, name, formulas), header, limits, _SAMPLE_ROWS), None)
    if sample is None:
        sample = frame_of([], header.columns, [])
    notes = [f"Sheet {name!r}."]
    if others:
        notes.append(f"Sheets not read: {', '.join(others[:10])}.")
    if formulas:
        notes.append("Formulas count with the results stored in the file.")
    return Table("xlsx", header.columns, sample, _read, header.tags, (*notes, *header.notes))


def _has_formula(archive: zipfile.ZipFile, member: str) -> bool:
    tail = b""
    with archive.open(member) as stream:
        while block := stream.read(1 << 20):
            if _FORMULA.search(tail + block):
                return True
            tail = block[-16:]
    return False


def _load(path: Path, *, values: bool) -> Any:
    try:
        return openpyxl.load_workbook(path, read_only=True, data_only=values, keep_links=False)
    except InvalidInput:
        raise
    except Exception as reason:  # noqa: BLE001 - openpyxl raises what the XML provokes
        raise InvalidInput(
            f"{path.name} is not a readable XLSX workbook ({type(reason).__name__}). "
            "Save it again with an office program, or as CSV.",
            code="bad-workbook",
        ) from None


def _choose(path: Path, wanted: str | None) -> tuple[str, list[str]]:
    book = _load(path, values=True)
    try:
        names = [ws.title for ws in book.worksheets]
        if wanted is not None and wanted not in names:
            raise InvalidInput(
                f"{path.name} has no sheet {wanted!r}; it has {', '.join(names)[:300]}.",
                code="unknown-sheet",
            )
        if not names:
            raise InvalidInput(f"{path.name} holds no sheet of cells.", code="empty-file")
    finally:
        book.close()
    if wanted is None:
        scores = {name: _score(path, name) for name in names[:50]}
        wanted = max(scores, key=lambda name: scores[name])
    return wanted, [name for name in names if name != wanted]


def _score(path: Path, name: str) -> tuple[int, int]:
    rows = [cells for _, cells in islice(_rows(path, name, formulas=False), SEARCHED_ROWS)]
    known = max(
        (sum(1 for c in row if c and plain(c) in FIELD_OF_HEADER) for row in rows), default=0
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
            f"{path.name}: the sheet {name!r} is damaged ({reason}).", code="bad-workbook"
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
    rows: Iterator[Row], header: Header, limits: Limits, size: int
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
            f"has cells beyond the header's {width} columns" if any(cells[width:]) else None
            for _, cells in block
        ]
        even = [[*cells[:width], *[None] * (width - len(cells))] for _, cells in block]
        frame = frame_of(even, header.columns, [number for number, _ in block])
        frame[BAD] = pd.Series(bad, dtype=object)
        yield frame
