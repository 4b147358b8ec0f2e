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
from typing import IO

import pandas as pd

from geodata.errors import InvalidInput
from geodata.intake.fields import field_of_header
from geodata.intake.files.headers import SEARCHED_ROWS, Header, find_header
from geodata.intake.table import BAD, CHUNK_ROWS, Encoding, Table, frame_of
from geodata.untrusted.limits import Limits, check_rows, check_width
from geodata.wording import plain, say

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
_SAMPLE_ROWS = 200
_LONGEST_LINE = 32
"""Longest line in blocks: a line is read at once, whatever a file holds."""


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

    Parameters
    ----------
    encoding
        A codec's name if the user knows it; None finds it: a byte order mark, else UTF-16 by
        its zero bytes, else UTF-8 if the *whole* file is valid UTF-8, else the one of
        `_CANDIDATES` in which its words look most like words.

    Returns
    -------
    TextLayout
        `sure` is below 1 for the last ones.

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

    Parameters
    ----------
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
    with _rows(path, layout, limits) as rows:
        rows.take(header.first_data)
        while True:
            first = rows.number + 1
            block = rows.take(size)
            if not block:
                return
            numbers = list(range(first, first + len(block)))
            blank = [not (row and row[0].strip()) and not _says(row) for row in block]
            if any(blank):
                numbers = [n for n, b in zip(numbers, blank, strict=True) if not b]
                block = [row for row, b in zip(block, blank, strict=True) if not b]
            total += len(block)
            check_rows(total, limits)
            if block:
                yield _frame(block, numbers, header, wanted)


def _says(row: list[str]) -> bool:
    return any(cell and not cell.isspace() for cell in row)


def _frame(
    block: list[list[str]], numbers: list[int], header: Header, wanted: Collection[str] | None
) -> pd.DataFrame:
    width = len(header.columns)
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
