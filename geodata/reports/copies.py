"""The same report by several outlets: near-copies, which are no independent sources."""

import re
from collections import defaultdict
from zlib import crc32

from geodata.reports.clean import folded

_WORD = re.compile(r"[^\W_]+")
_SHINGLE = 4
_KEPT = 192
_KEYS = 24
_ALIKE = 0.6
_FEWEST = 6


class Copies:
    """Remembers reports and recognises the ones that are told again nearly word for word.

    Two texts are copies where at least 60 % of the shorter one's runs of four words are in
    the other: another dateline, an agency's name or a shortened ending do not hide a copy.
    About one kilobyte a report is kept, never its text.
    """

    def __init__(self) -> None:
        self._names: list[str | int] = []
        self._prints: list[frozenset[int]] = []
        self._holders: dict[int, list[int]] = defaultdict(list)

    def add(self, name: str | int, fingerprint: frozenset[int]) -> str | int | None:
        """Remember a report.

        The first report that it is a copy of; a copy of a copy names the original.
        """
        original = self.original_of(fingerprint)
        if original is None and len(fingerprint) >= _FEWEST:
            number = len(self._names)
            self._names.append(name)
            self._prints.append(fingerprint)
            for key in _keys(fingerprint):
                self._holders[key].append(number)
        return original

    def original_of(self, fingerprint: frozenset[int]) -> str | int | None:
        """Give the first report that a text is a copy of, and remember nothing."""
        numbers = {n for key in _keys(fingerprint) for n in self._holders.get(key, ())}
        alike = (n for n in sorted(numbers) if _alike(self._prints[n], fingerprint))
        number = next(alike, None)
        return None if number is None else self._names[number]


def _keys(fingerprint: frozenset[int]) -> list[int]:
    return sorted(fingerprint)[:_KEYS]


def fingerprint_of(text: str) -> frozenset[int]:
    """Give the least hashes of a text's runs of four words.

    At most 192, the same for the same words in any case and diacritics.
    """
    words = _WORD.findall(folded(text))
    runs = {" ".join(words[n : n + _SHINGLE]) for n in range(max(len(words) - _SHINGLE + 1, 0))}
    return frozenset(sorted({crc32(run.encode()) for run in runs})[:_KEPT])


def _alike(a: frozenset[int], b: frozenset[int]) -> bool:
    if min(len(a), len(b)) < _FEWEST:
        return False
    # Of long texts only the least hashes are kept: compare below the least of the two maxima.
    most = min(max(a), max(b)) if _KEPT in (len(a), len(b)) else 1 << 32
    first, second = ({h for h in prints if h <= most} for prints in (a, b))
    least = min(len(first), len(second))
    return least >= _FEWEST and len(first & second) >= _ALIKE * least
