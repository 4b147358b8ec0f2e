"""Delimited text: CSV and its relatives, in any encoding, read in chunks."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import islice, pairwise
from pathlib import Path
from typing import IO, Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geodata.deferred import deferred
from geodata.errors import InvalidInput
from geodata.intake.fields import field_of_header
from geodata.intake.files.headers import SEARCHED_ROWS, Header, find_header
from geodata.intake.table import BAD, CHUNK_ROWS, ROW, Encoding, Table, frame_of, plain_frame
from geodata.untrusted.limits import Limits, check_rows, check_width
from geodata.wording import plain, say

_arrow_csv = deferred("pyarrow.csv")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_OF_FILES = {"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape"}
_WORD = re.compile(rb"[A-Za-z\x80-\xff]+")
_CANDIDATES = ("cp1251", "cp1254", "koi8-u", "cp866", "cp1256", "iso8859-5", "iso8859-6",
               "mac-cyrillic", "mac-roman", "cp850")  # fmt: skip
"""Single-byte encodings of the languages read; of equals the first is taken."""
_SINGLE = (*_CANDIDATES, "cp1252", "cp1250")
"""Single-byte encodings that people may choose instead."""
_CYRILLIC = "оаеинтсрвлкмдпуяыьгзбчйхжшюцщэфъёіїєґ"
_ARABIC = "اليمنوترةبعدسفهكقحجشطصأخىضغذثزظئءإؤآیپکچگژ"
"""Letters, frequent ones first."""
_LATIN = frozenset("əğışçöüéèêëàâîïôùûñáíóúãõäœß")
_MOST_WORDS = 2_000
_DELIMITERS = (",", ";", "\t", "|")
_SEP_LINE = re.compile(r"^sep=(.)\r?\n", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x01-\x08\x0e-\x1f]")
_BLOCK = 1 << 20
_ARROW_BLOCK = 1 << 22
"""Bytes that are parsed at once; a row that is longer is read by Python's reader."""
_MOST_ODD = 2 * CHUNK_ROWS
"""Rows of another width that wait for those between them: of more the file is read by rows."""
_LOOK = 500
_SAMPLE_ROWS = 200
_LONGEST_LINE = 32
"""Longest line in blocks: a line is read at once, whatever a file holds."""


Block: TypeAlias = list[list[str]] | pa.RecordBatch
"""Records that follow each other: row by row, or by column where all are as wide as the header."""


@cache
def _header_words() -> frozenset[str]:
    return frozenset(w for h in field_of_header() for w in h.split() if not w.isascii())


@dataclass(frozen=True, slots=True)
class TextLayout:
    """Encoding and delimiter of a text table, and how they were found."""

    encoding: str
    delimiter: str
    skip_first_line: bool = False
    sure: float = 1.0
    """Below 1 where the encoding was guessed from the look of the words."""

    @property
    def read_as(self) -> Encoding:
        """The encoding, with those that would give other letters."""
        others = () if self.encoding.startswith("utf") else _SINGLE
        return Encoding(self.encoding, self.sure, tuple(o for o in others if o != self.encoding))


def text_layout(path: Path, *, encoding: str | None = None) -> TextLayout:
    """Find the encoding and the delimiter of a text table.

    The layout is not `sure` where the encoding is one of `_CANDIDATES`.

    Parameters
    ----------
    encoding
        A codec's name if the user knows it; None finds it: a byte order mark, else UTF-16 by
        its zero bytes, else UTF-8 if the *whole* file is valid UTF-8, else the one of
        `_CANDIDATES` in which its words look most like words.

    Raises
    ------
    InvalidInput
        Not text in any of them, or not in the encoding given.
    """
    with path.open("rb") as stream:
        head = stream.read(_BLOCK)
    found, sure = (encoding, 1.0) if encoding else _encoding(path, head)
    try:
        text = _text_codec(found).incrementaldecoder().decode(head)
    except (UnicodeError, LookupError, ValueError) as reason:
        raise InvalidInput(
            say(
                "{name} cannot be read as {found!r}: {reason}. Name its encoding, e.g. "
                "--encoding cp1251.",
                name=path.name,
                found=found[:60],
                reason=reason,
            ),
            code="bad-encoding",
        ) from None
    text = text.removeprefix("\ufeff")
    if "\x00" in text or len(_CONTROLS.findall(text)) > 0.001 * len(text):
        raise InvalidInput(
            say(
                "{name} holds control characters; a table is text with a row of headings, e.g. "
                "date,latitude,longitude, or an XLSX workbook.",
                name=path.name,
            ),
            code="bad-encoding",
        )
    stated = _SEP_LINE.match(text)
    if stated:
        return TextLayout(found, stated.group(1), skip_first_line=True, sure=sure)
    return TextLayout(found, _delimiter(text), sure=sure)


def _text_codec(name: str) -> codecs.CodecInfo:
    """Look up a codec that makes text of bytes; others of Python's (rot13, zlib) are none."""
    codec = codecs.lookup(name)
    io.TextIOWrapper(io.BytesIO(), encoding=name)  # raises LookupError where it is none
    if codec.name in _NOT_OF_FILES or codec.incrementaldecoder is None:
        raise LookupError("it is no encoding of text files")
    return codec


def _encoding(path: Path, head: bytes) -> tuple[str, float]:
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name, 1.0
    # Of two bytes a letter, one is zero in many and the other in none: a stray one is damage.
    even, odd = head[:4096:2].count(0), head[1:4096:2].count(0)
    if max(even, odd) > 0.02 * len(head[:4096]) and max(even, odd) > 10 * min(even, odd):
        return ("utf-16-le", 1.0) if odd > even else ("utf-16-be", 1.0)
    words: Counter[bytes] = Counter()
    if _is_utf8(path, words):
        return "utf-8", 1.0
    return _likeliest(words)


def _is_utf8(path: Path, words: Counter[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    valid = True
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            if valid:
                try:
                    decoder.decode(block)
                    continue
                except UnicodeDecodeError:
                    valid = False
            words.update(word for word in _WORD.findall(block) if max(word) > 0x7F)
            if len(words) > 5_000:
                return False
    return valid


def _likeliest(words: Counter[bytes]) -> tuple[str, float]:
    """Choose the encoding in which the words look most like words of a language.

    UTF-8 is one of them: a single damaged byte must not turn all other words into noise. Reading
    the file then names the row that is damaged.
    """
    some = words.most_common(_MOST_WORDS)
    total = max(sum(n for _, n in some), 1)
    rated = {
        codec: sum(n * _likeness(w, codec) for w, n in some) / total
        for codec in ("utf-8", *_CANDIDATES)
    }
    best, second, *_ = sorted(rated.values(), reverse=True)
    chosen = max(rated, key=lambda codec: rated[codec])
    # A word is rated about 1 in its own encoding and below 0 in others: half of that is doubtful.
    return chosen, round(min(0.99, max(0.0, (best - second) / 1.5)), 2)


def _likeness(word: bytes, codec: str) -> float:
    """Rate one word: frequent letters of one script, one case, or a known header."""
    try:
        text = word.decode(codec)
    except UnicodeDecodeError:
        return -3.0
    if not text.isalpha():
        return -2.0
    if plain(text) in _header_words():
        return 5.0
    small = text.lower()
    jumps = sum(a.islower() and b.isupper() for a, b in pairwise(text))
    for letters in (_CYRILLIC, _ARABIC):
        found = [letters.find(c) for c in small]
        if all(place >= 0 for place in found):
            return 1 - sum(found) / len(found) / len(letters) - jumps
        if any(place >= 0 for place in found):
            return -1.0
    strange = sum(1 for c in small if ord(c) > 0x7F and c not in _LATIN)
    return 0.6 * any(c.isascii() for c in small) - strange - jumps


def _delimiter(text: str) -> str:
    lines = text[:200_000].splitlines(keepends=True)
    scores = {}
    for delimiter in _DELIMITERS:
        # The last row of the sample may be cut in its middle.
        widths = Counter(len(row) for row in _split(lines, delimiter) if row)
        if widths:
            width, times = max(widths.items(), key=lambda item: (item[0] > 1) * item[1])
            scores[delimiter] = (width > 1) * times / sum(widths.values()) + min(width, 60) / 1_000
    return max(scores, key=lambda d: scores[d]) if scores else ","


def _split(lines: list[str], delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader(lines, delimiter=delimiter):
            rows.append(row)
            if len(rows) == _SAMPLE_ROWS:
                break
    except csv.Error:
        # Reading the file itself says what is wrong, and where.
        return rows
    return rows


def open_delimited(path: Path, limits: Limits, *, encoding: str | None = None) -> Table:
    """Open a delimited text file.

    Rows longer than the header carry the reason in `BAD`; shorter ones are filled with empty cells.

    Raises
    ------
    InvalidInput
        Not text, no columns, or beyond the limits.
    """
    layout = text_layout(path, encoding=encoding)
    _check_lines(path)
    with _rows(path, layout, limits) as rows:
        first = rows.take(SEARCHED_ROWS)
    if not any(_says(row) for row in first):
        raise InvalidInput(say("{name} is empty.", name=path.name), code="empty-file")
    header = find_header(first)
    check_width(len(header.columns), limits)

    def _read(wanted: Collection[str] | None = None) -> Iterator[pd.DataFrame]:
        return _chunks(path, layout, header, limits, wanted=wanted)

    sample = next(_chunks(path, layout, header, limits, _SAMPLE_ROWS), None)
    if sample is None:
        sample = frame_of([], header.columns, [])
    return Table(
        "csv", header.columns, sample, _read, header.tags, _notes(layout, header),
        encoding=layout.read_as, groups=header.groups,
    )  # fmt: skip


def _notes(layout: TextLayout, header: Header) -> tuple[str, ...]:
    shown = {"\t": "tab"}.get(layout.delimiter, layout.delimiter)
    said = say(
        "Text in {encoding}, cells separated by {shown!r}.", encoding=layout.encoding, shown=shown
    )
    if layout.sure < 1:
        words = [name for name in header.columns if not name.isascii()][:3]
        said = say(
            "Text in {encoding} (guessed from its letters, {sure} % sure: check the names, e.g. "
            "{words}; --encoding NAME states another), cells separated by {shown!r}.",
            encoding=layout.encoding,
            sure=round(100 * layout.sure),
            words=", ".join(words or header.columns[:3]),
            shown=shown,
        )
    return (said, *header.notes)


def _check_lines(path: Path) -> None:
    """Refuse a file with a line that would fill the memory."""
    without = 0
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            without = 0 if b"\n" in block or b"\r" in block else without + 1
            if without >= _LONGEST_LINE:
                raise InvalidInput(
                    say(
                        "{name} has a line of more than {longest_line:,} MB, so it is no table of "
                        "rows. Export it again as CSV, one row a line.",
                        name=path.name,
                        longest_line=_LONGEST_LINE,
                    ),
                    code="line-too-long",
                )


class _Rows:
    """The records of a text table with their numbers; every way to fail names the row.

    Parameters
    ----------
    stream
        The text, line ends as they are.
    """

    def __init__(self, stream: IO[str], path: Path, layout: TextLayout, limits: Limits) -> None:
        csv.field_size_limit(limits.field_chars)
        self._path, self._layout, self._limits = path, layout, limits
        self.number = 0
        """Of the record read last."""
        if layout.skip_first_line:
            stream.readline()
            self.number = 1
        self._reader = csv.reader(stream, delimiter=layout.delimiter)

    def take(self, size: int) -> list[list[str]]:
        """Give the next records, at most so many; none at the end.

        Raises
        ------
        InvalidInput
            A record cannot be read, or is far too wide.
        """
        block: list[list[str]] = []
        try:
            # What was read before a failure stays in the list, and tells the row.
            block.extend(islice(self._reader, size))
        except UnicodeError as reason:
            raise self._bad(
                len(block),
                say(
                    "not readable as {encoding} ({reason}). Name the file's encoding.",
                    encoding=self._layout.encoding,
                    reason=reason,
                ),
                "bad-encoding",
                "encoding",
            ) from None
        except csv.Error as reason:
            if "field larger" in str(reason):
                raise self._bad(
                    len(block),
                    say(
                        "a cell has more than {most:,} characters, which are not read. Is a "
                        "quotation mark not closed?",
                        most=self._limits.field_chars,
                    ),
                    "field-too-long",
                    say("cell too long"),
                ) from None
            raise self._bad(
                len(block),
                say("{reason}. Is a quotation mark not closed?", reason=reason),
                "bad-csv",
                str(reason),
            ) from None
        for row in block if max(map(len, block), default=0) > self._limits.columns * 4 else ():
            check_width(len(row), self._limits)
        self.number += len(block)
        return block

    def _bad(self, read: int, what: str, code: str, reason: str) -> InvalidInput:
        number = self.number + read + 1
        return InvalidInput(
            say("{name}, row {number}: {what}", name=self._path.name, number=number, what=what),
            code=code,
            details=[{"row": number, "reason": reason}],
        )


@contextmanager
def _rows(path: Path, layout: TextLayout, limits: Limits) -> Iterator[_Rows]:
    with path.open(encoding=layout.encoding, newline="") as stream:
        yield _Rows(stream, path, layout, limits)


def _chunks(
    path: Path,
    layout: TextLayout,
    header: Header,
    limits: Limits,
    size: int = CHUNK_ROWS,
    wanted: Collection[str] | None = None,
) -> Iterator[pd.DataFrame]:
    total = 0
    for first, block in _blocks(path, layout, header, limits, size):
        numbers = np.arange(first, first + len(block))
        blank = _blank(block)
        kept: Block = block
        if blank.any():
            numbers = numbers[~blank]
            kept = (
                [row for row, b in zip(block, blank.tolist(), strict=True) if not b]
                if isinstance(block, list)
                else block.filter(pa.array(~blank))
            )
        total += len(kept)
        check_rows(total, limits)
        if len(kept):
            yield _frame(kept, numbers, header, wanted)


def _blocks(
    path: Path, layout: TextLayout, header: Header, limits: Limits, size: int
) -> Iterator[tuple[int, Block]]:
    """Give all records behind the header with the number of the first of each block.

    Arrow's reader takes a fifth of the time of Python's and splits records and cells alike. What
    it does not take, and whatever is wrong, is left to Python's reader, which has the last word.
    """
    done = header.first_data + layout.skip_first_line
    try:
        for block in _by_columns(path, layout, len(header.columns), limits, size, done):
            yield done + 1, block
            done += len(block)
    except (_NotPlain, pa.ArrowException, UnicodeError, csv.Error):
        with _rows(path, layout, limits) as rows:
            while rows.number < done and rows.take(min(size, done - rows.number)):
                pass
            while block := rows.take(size):
                yield rows.number - len(block) + 1, block


class _NotPlain(Exception):
    """A table, or something in it, that Arrow's reader is not asked for."""


class _Utf8:
    """A text as the stream of UTF-8 that Arrow reads; decoding errors are Python's own."""

    closed = False

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._begun = False

    def read(self, size: int) -> bytes:
        """Give the next piece."""
        text = self._stream.read(size)
        if not self._begun and text.startswith("\ufeff"):
            # Arrow takes one mark away, wherever it comes from.
            text = "\ufeff" + text
        self._begun = True
        return text.encode()

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def close(self) -> None:
        """Leave the stream to whoever opened it."""


def _by_columns(
    path: Path, layout: TextLayout, width: int, limits: Limits, size: int, before: int
) -> Iterator[Block]:
    """Give the records of a text table behind the first ones, so many a block, by Arrow's reader.

    Raises
    ------
    _NotPlain, ArrowException, UnicodeError, csv.Error
        From here on the records have to be read one by one.
    """
    if len(layout.delimiter) != 1 or not layout.delimiter.isascii() or layout.delimiter in '"\r\n':
        raise _NotPlain
    odd: dict[int, str] = {}

    def keep(row: Any) -> str:
        if row.actual_columns > 4 * limits.columns or len(odd) >= _MOST_ODD:
            return "error"
        odd[row.number] = row.text
        return "skip"

    names = [str(number) for number in range(width)]
    csv.field_size_limit(limits.field_chars)
    with path.open(encoding=layout.encoding, newline="") as stream:
        batches = _arrow_csv.open_csv(
            pa.PythonFile(_Utf8(stream), mode="r"),
            _arrow_csv.ReadOptions(use_threads=False, block_size=_ARROW_BLOCK, column_names=names),
            _arrow_csv.ParseOptions(
                delimiter=layout.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=keep,
            ),
            _arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), check_utf8=False
            ),
        )
        cut = _Cut(batches.schema, odd, layout.delimiter)
        left = before
        for batch in batches:
            _check_lengths(batch, limits)
            cut.rows.append(batch)
            while cut.holds(left or size):
                block = cut.take(left or size)
                if not left:
                    yield block
                left = 0
        while cut.remain():
            block = cut.take(left or size)
            if not left:
                yield block
            left = 0


def _check_lengths(batch: pa.RecordBatch, limits: Limits) -> None:
    for column in batch.columns:
        longest = pc.max(pc.binary_length(column)).as_py() or 0
        if longest > limits.field_chars:
            raise _NotPlain


class _Cut:
    """Rows as wide as the header and those that are not, cut into blocks in the file's order.

    Parameters
    ----------
    odd
        The text of each row of another width by its number, from 1; it grows while others read.
    """

    def __init__(self, schema: pa.Schema, odd: dict[int, str], delimiter: str) -> None:
        self.rows: list[pa.RecordBatch] = []
        self._schema = schema
        self._odd, self._delimiter = odd, delimiter
        self._done = 0

    def _odd_among(self, size: int) -> list[int]:
        return sorted(number for number in self._odd if number <= self._done + size)

    def _even(self) -> int:
        return sum(map(len, self.rows))

    def holds(self, size: int) -> bool:
        """Say whether so many records have been read."""
        return self._even() >= size - len(self._odd_among(size))

    def remain(self) -> bool:
        """Say whether any record is left."""
        return bool(self._odd) or self._even() > 0

    def take(self, size: int) -> Block:
        """Give the next records, at most so many."""
        numbers = self._odd_among(size)
        table = pa.Table.from_batches(self.rows, self._schema)
        even = table.slice(0, size - len(numbers))
        self.rows = table.slice(len(even)).to_batches()
        first = self._done + 1
        self._done += len(even) + len(numbers)
        if not numbers:
            return even.combine_chunks().to_batches()[0]
        rows = [list(row) for row in zip(*(c.to_pylist() for c in even.columns), strict=True)]
        for number in numbers:
            rows.insert(number - first, self._parsed(self._odd.pop(number)))
        return rows

    def _parsed(self, text: str) -> list[str]:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=self._delimiter))
        if len(rows) > 1:
            raise _NotPlain
        return rows[0] if rows else []


def _blank(block: Block) -> np.ndarray:
    """Tell the records that say nothing."""
    if isinstance(block, list):
        said = (bool(row and row[0].strip()) or _says(row) for row in block)
        return ~np.fromiter(said, dtype=bool, count=len(block))
    blank = np.ones(len(block), dtype=bool)
    for column in block.columns:
        blank &= pc.binary_length(pc.utf8_trim_whitespace(column)).to_numpy() == 0
        if not blank.any():
            break
    return blank


def _says(row: list[str]) -> bool:
    return any(cell and not cell.isspace() for cell in row)


def _frame(
    block: Block, numbers: np.ndarray, header: Header, wanted: Collection[str] | None
) -> pd.DataFrame:
    width = len(header.columns)
    if not isinstance(block, list):
        cells = zip(header.columns, block.columns, strict=True)
        data = {n: _texts(c) for n, c in cells if wanted is None or n in wanted}
        nothing = np.full(len(block), None, dtype=object)
        return plain_frame({ROW: numbers, **data, BAD: nothing})
    bad: list[str | None] = [None] * len(block)
    even: list[list[str]] = block
    if set(map(len, block)) != {width}:
        even = [[*row[:width], *[""] * (width - len(row))] for row in block]
        for at, row in enumerate(block):
            if len(row) > width and _says(row[width:]):
                bad[at] = say(
                    "has {number} cells where the header has {width}: quote the cell that holds "
                    "the delimiter",
                    number=len(row),
                    width=width,
                )
    frame = frame_of(even, header.columns, numbers, wanted)
    frame[BAD] = pd.Series(bad, dtype=object)
    return frame


def _texts(cells: pa.StringArray) -> np.ndarray:
    """Give cells as `frame_of` does: of few distinct ones, each text is made once."""
    trimmed = pc.utf8_trim_whitespace(cells)
    some = trimmed.slice(0, _LOOK)
    if 2 * len(some.unique()) <= len(some):
        coded = trimmed.dictionary_encode()
        return _or_none(coded.dictionary)[coded.indices.to_numpy()]
    return _or_none(trimmed)


def _or_none(texts: pa.StringArray) -> np.ndarray:
    values: np.ndarray = texts.to_numpy(zero_copy_only=False)
    empty = pc.binary_length(texts).to_numpy() == 0
    if empty.any():
        values[empty] = None
    return values
