"""Files that hold reports: text, HTML pages, .docx, .pdf, RSS and Atom, lines of JSON, folders.

Each gives its own text as it is, or the main text of a page; the reading comes after. The
libraries for a form load with the first file of that form.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson

from geodata.errors import GeodataError, InvalidInput

SUFFIXES = (".txt", ".md", ".html", ".htm", ".docx", ".pdf", ".rss", ".atom", ".xml", ".jsonl")
"""What a folder is searched for."""

_MOST_BYTES = 50_000_000
_TAG = re.compile(r"<[^<>]{1,2000}>")
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/h\d)\b[^<>]{0,200}>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Document:
    """One report as it came: `published` and `title` where the file itself states them.

    `name` is the file's name, or the id that a line of JSON or a feed gives.
    `problem` says why there is no text; the rest of a batch goes on.
    """

    name: str | int
    text: str = ""
    published: date | None = None
    title: str | None = None
    url: str | None = None
    problem: str | None = None


def documents(path: Path) -> Iterator[Document]:
    """Read the reports of a file, or of all files of a folder in the order of their names.

    Parameters
    ----------
    path
        A file of one of `SUFFIXES` (another suffix is read as text), or a folder.

    Yields
    ------
    Document
        One a report; a feed and lines of JSON hold many. A file that cannot be read gives
        one with its `problem`.

    Raises
    ------
    InvalidInput
        No such file, or a folder without any report (code ``no-report``).
    """
    if path.is_dir():
        files = sorted(p for p in path.rglob("*") if p.is_file() and p.suffix.lower() in SUFFIXES)
        if not files:
            wanted = ", ".join(SUFFIXES)
            raise InvalidInput(f"{path} holds no report; looked for {wanted}.", code="no-report")
        for file in files:
            yield from _file(file, str(file.relative_to(path)))
    elif path.is_file():
        yield from _file(path, path.name)
    else:
        raise InvalidInput(f"There is no file {path}.", code="no-report")


def _file(path: Path, name: str) -> Iterator[Document]:
    suffix = path.suffix.lower()
    if suffix == ".jsonl":
        yield from json_lines(path)
        return
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InvalidInput(f"{name} is larger than {_MOST_BYTES // 1_000_000} MB.")
        content = path.read_bytes()
        if suffix in (".rss", ".atom", ".xml"):
            yield from _feed(content, name)
        elif suffix in (".html", ".htm"):
            yield _page(content, name)
        elif suffix == ".docx":
            yield _docx(content, name)
        elif suffix == ".pdf":
            yield _pdf(content, name)
        else:
            yield Document(name, decoded(content))
    except (GeodataError, OSError) as error:
        yield Document(name, problem=str(error))


def decoded(content: bytes) -> str:
    """Decode text that is UTF-8, or else in the older encodings of the region.

    Windows-1251 where that gives Cyrillic words, else Windows-1254.
    """
    for encoding in ("utf-8-sig", "utf-16") if content[:2] in (b"\xff\xfe", b"\xfe\xff") else (
        "utf-8-sig",
    ):  # fmt: skip
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    cyrillic = content.decode("cp1251", errors="replace")
    letters = re.findall(r"[^\W\d_]", cyrillic)
    russian = sum(1 for c in letters if "а" <= c.lower() <= "я")
    return cyrillic if russian > len(letters) / 2 else content.decode("cp1254", errors="replace")


def json_lines(path: Path) -> Iterator[Document]:
    """Read lines of ``{"id", "text", "published"}``, one at a time.

    Yields
    ------
    Document
        One a line, blank ones left out, named by its `id` or else its line number; a line
        that cannot be read has a `problem`.
    """
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _line(line, number)


def _line(line: bytes, number: int) -> Document:
    try:
        row: Any = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return Document(number, problem=f"line {number} is not JSON: {error}")
    name = row.get("id", number) if isinstance(row, dict) else number
    if not isinstance(name, str | int):
        name = str(name)
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        return Document(
            name, problem=f'line {number} has no "text"; wanted {{"id", "text", "published"}}'
        )
    try:
        published = day_of(row["published"]) if row.get("published") else None
    except InvalidInput as error:
        return Document(name, row["text"], problem=f"line {number}: {error}")
    return Document(name, row["text"], published, row.get("title"), row.get("url"))


def day_of(text: object) -> date:
    """Read a day of publication, as ISO 8601 with or without the time.

    The day as written, whatever the zone.

    Parameters
    ----------
    text
        e.g. ``2021-02-04`` or ``2021-02-04T10:00:00+04:00``.

    Raises
    ------
    InvalidInput
        Not a day (code ``bad-date``).
    """
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        raise InvalidInput(
            f"{text!r} has to be the day of publication, e.g. 2021-02-04.", code="bad-date"
        ) from None


def _page(content: bytes, name: str) -> Document:
    import trafilatura

    found = trafilatura.bare_extraction(
        content, with_metadata=True, include_comments=False, favor_recall=True
    )
    if found is None:
        return Document(name, problem=f"{name}: no main text was found on the page")
    page: dict[str, Any] = found if isinstance(found, dict) else found.as_dict()
    text = page.get("text") or page.get("raw_text") or ""
    title = page.get("title")
    if title and title.strip() not in text[: len(title) + 200]:
        text = f"{title}\n{text}"
    try:
        published = day_of(page["date"]) if page.get("date") else None
    except InvalidInput:
        published = None
    return Document(name, text, published, title, page.get("url"))


def _docx(content: bytes, name: str) -> Document:
    from docx import Document as Word
    from docx.table import Table

    try:
        word = Word(BytesIO(content))
        parts = []
        for block in word.iter_inner_content():
            if isinstance(block, Table):
                parts += ["; ".join(dict.fromkeys(c.text for c in row.cells)) for row in block.rows]
            else:
                parts.append(block.text)
        title = word.core_properties.title or None
    except Exception as error:  # noqa: BLE001 - the library raises whatever the archive breaks
        return Document(name, problem=f"{name} is not a readable .docx: {error}")
    return Document(name, "\n".join(parts), title=title)


def _pdf(content: bytes, name: str) -> Document:
    from pypdf import PdfReader

    try:
        pages = [page.extract_text() or "" for page in PdfReader(BytesIO(content)).pages]
    except Exception as error:  # noqa: BLE001 - the library raises whatever the file breaks
        return Document(name, problem=f"{name} is not a readable .pdf: {error}")
    text = _joined("\n".join(pages))
    if not text.strip():
        return Document(name, problem=f"{name} has no text layer; recognise its text first")
    return Document(name, text)


def _joined(text: str) -> str:
    """Join the lines that a page's width broke; a blank line or a full stop parts paragraphs."""
    text = re.sub(r"(?<=[^\W\d_])-\n(?=[^\W\d_])", "", text)
    return re.sub(r"(?<![.!?:;\"»”\n])\n(?=[^\n])", " ", text)


def _feed(content: bytes, name: str) -> Iterator[Document]:
    import feedparser

    feed = feedparser.parse(content)
    if not feed.entries:
        yield Document(name, problem=f"{name} is no RSS or Atom feed with entries")
        return
    for number, entry in enumerate(feed.entries, 1):
        parsed = entry.get("published_parsed") or entry.get("updated_parsed")
        bodies = [c.get("value", "") for c in entry.get("content", ())]
        body = max([*bodies, entry.get("summary", "")], key=len)
        title = _plain(entry.get("title", ""))
        yield Document(
            entry.get("id") or entry.get("link") or f"{name}#{number}",
            f"{title}\n{_plain(body)}".strip(),
            date(*parsed[:3]) if parsed else None,
            title or None,
            entry.get("link"),
        )


def _plain(markup: str) -> str:
    return unescape(_TAG.sub("", _BREAK.sub("\n", markup))).strip()
