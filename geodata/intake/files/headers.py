"""Where a table's header is: title rows above it, merged header rows, an HXL tag row."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from geodata.intake.fields import field_of_header
from geodata.intake.table import unique_names
from geodata.wording import plain, say

SEARCHED_ROWS = 30
# Parts that never give back what they took: a tag is decided in one pass.
_TAG = re.compile(r"^#\s*+[a-z][\w/]*+(?:[\s+]++[\w/]++)*+\s*+$", re.IGNORECASE)
_NUMBER = re.compile(r"^(?=[\s.,:/+\-]*+\d)[\d\s.,:/+\-]++$")
_YEAR = re.compile(r"^(?:19|20)\d\d$")
_LEAST_YEARS = 3
_MOST_HEADER_ROWS = 3

Cells = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Header:
    """The names of the columns and where the data begins."""

    columns: tuple[str, ...]
    """Unique names."""
    first_data: int
    """Position of the first data row (0 = the table's first row)."""
    tags: dict[str, str]
    """Column name to HXL tag in canonical form."""
    notes: tuple[str, ...] = ()
    """What was found, in sentences."""
    groups: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Column of a header of several rows to what stands above, and its own lowest cell."""


def find_header(rows: Sequence[Cells]) -> Header:
    """Find the header among a table's first rows.

    The rule: an HXL tag row makes the row above it the header. Else the header is the first
    row of at least two cells that are all words, and the rows below belong to it (at most
    three) while they are words too and fill gaps of the row above, as merged cells leave
    them: ``Casualties | (gap)`` over ``killed | injured`` gives ``Casualties killed`` and
    ``Casualties injured``.

    With no header at all (all rows hold numbers) the columns are named by position.

    Examples
    --------
    >>> find_header([["Date", "Place"], ["2021-02-04", "Aghdam"]]).columns
    ('Date', 'Place')
    """
    tagged = next((i for i, row in enumerate(rows) if is_tag_row(row)), None)
    if tagged is not None:
        top = tagged - 1 if tagged else tagged
        width = _width(rows, top, tagged + 1)
        names = _padded(rows[top], width)
        columns = unique_names([name or "" for name in names])
        tags = dict(zip(columns, _padded(rows[tagged], width), strict=True))
        held = {c: canonical_tag(t) for c, t in tags.items() if t and t.startswith("#")}
        return Header(
            columns, tagged + 1, held, (say("HXL tags found in row {row}.", row=tagged + 1),)
        )
    start = _start(rows)
    if start is None:
        width = max((_filled(row) for row in rows), default=0)
        return Header(unique_names([""] * width), 0, {}, (say("No header row was found."),))
    width = _width(rows, start, start + 1)
    end = _end(rows, start, width)
    width = _width(rows, start, end)
    parts = _parts([_padded(row, width) for row in rows[start:end]])
    columns = unique_names([" ".join(found) for found in parts])
    notes = []
    if start:
        notes.append(
            say("The header is row {row}; the rows above it were left out.", row=start + 1)
        )
    if end - start > 1:
        notes.append(
            say("The header spans rows {start} to {end} (merged cells).", start=start + 1, end=end)
        )
    groups = {
        column: (" ".join(found[:-1]), found[-1])
        for column, found in zip(columns, parts, strict=True)
        if len(found) > 1
    }
    return Header(columns, end, {}, tuple(notes), groups)


def is_tag_row(row: Cells) -> bool:
    """Say whether a row is HXL's row of hashtags (spaces and case are loose in the wild)."""
    filled = [cell.strip() for cell in row if cell and cell.strip()]
    return bool(filled) and all(_TAG.match(cell) for cell in filled)


def canonical_tag(text: str) -> str:
    """Write a tag with its attributes in order.

    Examples
    --------
    >>> canonical_tag("#ADM1 +name+Code")
    '#adm1+code+name'
    """
    tag, *attributes = [
        part for part in re.split(r"[\s+]+", text.strip().lower().replace("# ", "#")) if part
    ]
    return "+".join([tag, *sorted(attributes)])


def _padded(row: Cells, width: int) -> list[str | None]:
    cells = [(c.strip() or None) if c else None for c in row[:width]]
    return [*cells, *[None] * (width - len(cells))]


def _filled(row: Cells) -> int:
    return max((place for place, cell in enumerate(row, 1) if cell and cell.strip()), default=0)


def _width(rows: Sequence[Cells], start: int, end: int) -> int:
    # The header is as wide as its names, or as most rows if their last columns have none;
    # a single longer row is a mistake in that row.
    names = max(_filled(row) for row in rows[start:end])
    lengths = sorted(_filled(row) for row in rows[end:] if _filled(row))
    return max(names, lengths[len(lengths) // 2] if len(lengths) > 2 else 0)


def _is_words(row: Cells) -> bool:
    filled = [cell for cell in row if cell and cell.strip()]
    if not filled or _NUMBER.match(filled[0].strip()):
        return False
    others = [cell for cell in filled if not _YEAR.match(cell.strip())]
    if len(filled) - len(others) < _LEAST_YEARS:
        # Fewer years than that are cells of a row; so many are names of columns.
        others = filled
    return len(filled) >= 2 and not any(_NUMBER.match(cell.strip()) for cell in others)


def _is_one_column(rows: Sequence[Cells]) -> bool:
    """Say whether a table of one column begins with its name."""
    cells = [next((c.strip() for c in row if c and c.strip()), "") for row in rows]
    if any(_filled(row) > 1 for row in rows) or len(cells) < 2 or _NUMBER.match(cells[0]):
        return False
    return plain(cells[0]) in field_of_header() or any(_NUMBER.match(c) for c in cells[1:])


def _known(row: Cells) -> int:
    return sum(1 for cell in row if cell and plain(cell) in field_of_header())


def _start(rows: Sequence[Cells]) -> int | None:
    words = [i for i, row in enumerate(rows) if _is_words(row)]
    if not words:
        return 0 if _is_one_column(rows) else None
    first = words[0]
    # A row of words far poorer in known headers than a later one is a title or a note.
    best = max(words, key=lambda i: (_known(rows[i]), -i))
    if _known(rows[first]) == 0 and _known(rows[best]) >= 2 and best - first > 1:
        return best
    return first


def _end(rows: Sequence[Cells], start: int, width: int) -> int:
    end = start + 1
    while end < len(rows) and end - start < _MOST_HEADER_ROWS:
        row, above = _padded(rows[end], width), _padded(rows[end - 1], width)
        fills = sum(1 for cell, over in zip(row, above, strict=True) if cell and not over)
        split = sum(1 for cell, over in zip(row, above, strict=True) if cell and over)
        gaps = sum(1 for cell in above if not cell)
        filled = fills + split
        if not (_is_words(row) and fills and fills * 2 >= gaps and filled < width):
            break
        end += 1
    return end


def _parts(rows: list[list[str | None]]) -> list[list[str]]:
    """Give what stands above each column, the merged cells over it first."""
    if len(rows) == 1:
        return [[cell or ""] for cell in rows[0]]
    parts: list[list[str]] = [[] for _ in rows[0]]
    for depth, row in enumerate(rows):
        over: str | None = None
        for column, cell in enumerate(row):
            below = any(later[column] for later in rows[depth + 1 :])
            over = cell or (over if below else None)
            if over and over not in parts[column]:
                parts[column].append(over)
    return parts
