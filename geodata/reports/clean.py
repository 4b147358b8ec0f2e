"""The first stage: one form of letters, and which lines are the report's own.

Nothing here changes a position: every character stays where it was, so that spans count
the text as given.
"""

import re
import unicodedata
from functools import cache

from geodata.reports.languages.common import CYRILLIC, LATIN, ONLY_CYRILLIC
from geodata.reports.vocabulary import Vocabulary

_LETTERS = {
    "ə": "e", "ǝ": "e", "ä": "e", "ı": "i", "ö": "o", "ü": "u", "ç": "c", "ş": "s", "ğ": "g",
    "ё": "е", "İ": "i", "I": "i", "Ə": "e", "Ё": "е",
    "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "«": '"', "»": '"',
    "„": '"', "–": "-", "—": "-", "‑": "-", "‐": "-", "−": "-",
    "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\t": " ", "\u200b": " ", "\ufeff": " ",
}  # fmt: skip


@cache
def _fold_letter(letter: str) -> str:
    if letter in _LETTERS:
        return _LETTERS[letter]
    small = letter.lower()
    small = _LETTERS.get(small, small)
    bare = unicodedata.normalize("NFD", small)[:1] if "LATIN" in unicodedata.name(small, "") else ""
    small = bare or small
    return small if len(small) == 1 else letter


class _Fold(dict[int, str]):
    def __missing__(self, key: int) -> str:
        self[key] = _fold_letter(chr(key))
        return self[key]


_FOLD = _Fold()


def folded(text: str, keep: str = "") -> str:
    """Write a text in small letters without diacritics, character for character.

    As long as the text; typographic quotes, dashes and blanks are plain ones.

    Parameters
    ----------
    keep
        Pattern of what keeps its diacritics, for texts in small letters.

    Examples
    --------
    >>> folded("Ağdamda İKİ nəfər — ёлка")
    'agdamda iki nefer - елка'
    """
    plain = text.translate(_FOLD)
    if keep:
        small = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
        for match in re.finditer(keep, small):
            plain = f"{plain[: match.start()]}{match.group()}{plain[match.end() :]}"
    return plain


_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
"""Soft hyphens, joiners and marks of direction, which part no words."""


def plain(text: str) -> tuple[str, list[int] | None]:
    r"""Compose letters with their marks and drop what cannot be seen.

    The text to read, and where each of its characters stands in the text given; None where they are
    the same.

    Examples
    --------
    >>> plain("mi\u200bne")
    ('mine', [0, 1, 3, 4])
    """
    if unicodedata.is_normalized("NFC", text) and _INVISIBLE.search(text) is None:
        return text, None
    letters: list[str] = []
    origin: list[int] = []
    for at, letter in enumerate(text):
        if _INVISIBLE.match(letter):
            continue
        if letters and unicodedata.combining(letter):
            composed = unicodedata.normalize("NFC", letters[-1] + letter)
            if len(composed) == 1:
                letters[-1] = composed
                continue
        letters.append(letter)
        origin.append(at)
    return "".join(letters), origin


_TO_LATIN = str.maketrans(CYRILLIC, LATIN)
_ONLY_AZERBAIJANI = re.compile(f"[{ONLY_CYRILLIC}]", re.IGNORECASE)
_FEW = 3


def in_latin(text: str) -> str:
    """Write Azerbaijani in Latin letters where it is written in Cyrillic, one for one.

    As long as the text, and the same where it is in another language.

    Examples
    --------
    >>> in_latin("Ағдам рајонунда мина партлајыб, өлән олмајыб")
    'Ağdam rayonunda mina partlayıb, ölən olmayıb'
    """
    own = sum(1 for _ in _ONLY_AZERBAIJANI.finditer(text[:5000]))
    return text.translate(_TO_LATIN) if own >= _FEW else text


def unwrapped(text: str, vocabulary: Vocabulary) -> str:
    """Join the lines of paragraphs that were wrapped at a width, character for character.

    As long as the text; a line break within a sentence is a blank. A headline and the lines of a
    list stay lines.
    """
    lines = text.split("\n")
    filled = [bool(line.strip()) for line in lines]
    joined = [lines[0]]
    last, wrapped = 0, False
    for number in range(1, len(lines)):
        if number >= last or not filled[number - 1]:
            first = number if not filled[number - 1] else number - 1
            last = next((n for n in range(number, len(lines)) if not filled[n]), len(lines))
            wrapped = _wrapped(lines[first:last])
        goes_on = wrapped or _goes_on(lines[number - 1], lines[number], vocabulary)
        joined.append((" " if goes_on and filled[number] else "\n") + lines[number])
    return "".join(joined)


def _goes_on(line: str, following: str, vocabulary: Vocabulary) -> bool:
    """Say whether a sentence goes on in the next line."""
    line, following = line.rstrip(), following.lstrip()
    if not line or not following or line[-1] in _STOPS:
        return False
    last = folded(line.rpartition(" ")[2], vocabulary.keep)
    # Where sentences end with their verb, a common word at the end of a line may be one.
    small = last in vocabulary.common and len(last) <= _SMALL and not vocabulary.subject_first
    return following[0].islower() or line[-1] == "," or small


_SMALL = 3
"""So short are the words that no headline ends with."""


def _wrapped(lines: list[str]) -> bool:
    """Say whether lines are of one width and mostly end within a sentence."""
    whole = [line.strip() for line in lines[:-1]]
    widest = max(map(len, whole), default=0)
    if len(whole) < 2 or not _NARROWEST <= widest <= _WIDEST:
        return False
    even = all(len(line) >= _EVEN * widest for line in whole)
    open_ended = sum(line[-1:] not in _STOPS for line in whole)
    return even and 2 * open_ended > len(whole)


_STOPS = '.!?:;…"»”'
_NARROWEST, _WIDEST, _EVEN = 40, 120, 0.7


def own_parts(text: str, vocabulary: Vocabulary) -> list[tuple[int, int]]:
    """Give the lines of a folded text that belong to the report, without page furniture.

    Start and end of each line that is kept, blank ones left out.
    """
    parts: list[tuple[int, int]] = []
    line = re.compile(r"[^\n\r]+")
    below = [re.compile(pattern) for pattern in vocabulary.furniture_below]
    alone = [re.compile(pattern) for pattern in vocabulary.furniture]
    for match in line.finditer(text):
        content = match.group().strip()
        # The report's own beginning may quote such words: the first lines always count.
        if parts and any(pattern.match(content) for pattern in below):
            break
        if content and not any(pattern.match(content) for pattern in alone):
            lead = len(match.group()) - len(match.group().lstrip())
            parts.append((match.start() + lead, match.start() + lead + len(content)))
    return parts
