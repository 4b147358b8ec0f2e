"""A report in one line of text, and the column ``sources``, such lines joined, read back."""

import re

from geodata.model import Report

_MARK = re.compile(r";\s+|[()]")
_ADDRESS = re.compile(r"https?://(?=.)")


def parted(text: str) -> list[str]:
    """Split a text of several sources at the semicolons outside brackets.

    A semicolon inside brackets belongs to the chain of who cites whom.

    Examples
    --------
    >>> parted("News (A; B) https://example.org/a; A paper form")
    ['News (A; B) https://example.org/a', 'A paper form']
    """
    cuts: list[tuple[int, int]] = []
    since_bracket = 0
    for mark in _MARK.finditer(text):
        if mark[0] == ")":
            del cuts[since_bracket:]
        if mark[0] in "()":
            since_bracket = len(cuts)
        else:
            cuts.append(mark.span())
    ends = [start for start, _ in cuts] + [len(text)]
    starts = [0, *(end for _, end in cuts)]
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]


def words_and_link(text: str) -> tuple[str, str | None]:
    """Part one source into its words and the http address at its end.

    Examples
    --------
    >>> words_and_link("News (A; B) https://example.org/a")
    ('News (A; B)', 'https://example.org/a')
    """
    text = text.strip()
    last = max(text.rfind(space) for space in " \t\n\r\f\v;\u00a0") + 1
    found = _ADDRESS.search(text, last)
    if found is None:
        return text, None
    return text[: found.start()].strip(), text[found.start() :]


def source_text(report: Report | None) -> str | None:
    """Write a report as "publisher (chain) url"; None without any of them.

    Examples
    --------
    >>> source_text(Report(publisher="Paper", chain="Ministry", url="https://example.org/1"))
    'Paper (Ministry) https://example.org/1'
    """
    if report is None:
        return None
    chain = f"({report.chain})" if report.chain else None
    parts = [report.publisher or report.title, chain, report.url]
    return " ".join(part for part in parts if part) or None
