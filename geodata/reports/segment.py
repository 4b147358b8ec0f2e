"""The second stage: sentences, with their paragraph and place in the report."""

import re
from dataclasses import dataclass, replace

from geodata.reports.vocabulary import Vocabulary

_END = re.compile(r"(?<![.!?…])[.!?…]++[\"')\]]*+(?=\s|$)|;(?=\s)")
_LONGEST_HEADLINE = 200
_LONGEST = 2000
"""Characters of a sentence; what is longer has lost its stops and is cut at a blank."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence; `headline` for a first line that stands alone, without a full stop."""

    start: int
    end: int
    paragraph: int
    headline: bool = False


def sentences(
    text: str, folded: str, parts: list[tuple[int, int]], vocabulary: Vocabulary
) -> list[Sentence]:
    """Cut a report into sentences.

    Parameters
    ----------
    parts
        Its own lines, as `clean.own_parts` gives them.

    Returns
    -------
    list of Sentence
        In their order; an abbreviation, an initial or a number does not end one.
    """
    short = re.compile(rf"(?:^|[\s(\".])(?:{vocabulary.abbreviations}|[^\W\d_])$")
    found = []
    for number, (start, end) in enumerate(parts):
        line = folded[start:end]
        alone = len(parts) > 1 and len(line) < _LONGEST_HEADLINE
        if number == 0 and alone and line[-1] not in '.!?;"':
            found.append(Sentence(start, end, number, headline=True))
            continue
        at = start
        for match in _END.finditer(line):
            stop = start + match.end()
            if not _ends(text, folded, start + match.start(), stop, end, short):
                continue
            found.append(Sentence(at, stop, number))
            at = _skip(folded, stop, end)
        if at < end:
            found.append(Sentence(at, end, number))
    return [part for sentence in found for part in _parts(folded, sentence)]


def _parts(folded: str, sentence: Sentence) -> list[Sentence]:
    parts, at = [], sentence.start
    while sentence.end - at > _LONGEST:
        blank = folded.rfind(" ", at + 1, at + _LONGEST)
        stop = blank if blank > at else at + _LONGEST
        parts.append(replace(sentence, start=at, end=stop))
        at = stop
    parts.append(replace(sentence, start=at))
    return parts


def _ends(text: str, folded: str, mark: int, stop: int, end: int, short: re.Pattern[str]) -> bool:
    following = _skip(folded, stop, end)
    if following >= end:
        return True
    if text[mark] == "." and short.search(folded, max(0, mark - 14), mark):
        return False
    first = text[following]
    return text[mark] != "." or not first.islower()


def _skip(folded: str, at: int, end: int) -> int:
    while at < end and folded[at].isspace():
        at += 1
    return at
