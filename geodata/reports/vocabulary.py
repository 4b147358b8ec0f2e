"""What a language has to bring for its reports to be read, and which one a text is in.

A language is one module of tables in `geodata.reports.languages`, from which `vocabulary_of`
builds a `Vocabulary`. All its patterns are written for text after `clean.folded`: small
letters without diacritics.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import cached_property
from types import ModuleType
from typing import NamedTuple

Entries = tuple[tuple[str, str], ...]
"""Value and pattern; earlier patterns win at the same position."""


TAGS = (
    "device", "blast", "hit", "outcome", "negated", "modal", "person", "org", "qualifier",
    "including", "more", "background", "period", "superlative", "other_cause", "fiction",
    "denied", "and", "not_blast", "happened", "agency", "source", "speech", "activity", "work",
    "work_status", "area", "crew", "find", "civil", "affiliation", "identified", "daypart",
)  # fmt: skip
"""The kinds of words that the stages look for; a language has a table of each."""

NO_TRADE = (
    "device", "blast", "outcome", "activity", "happened", "org", "person", "more", "including",
    "source", "speech", "agency",
)  # fmt: skip
"""The kinds of words that are no unknown trade of somebody."""


class Hit(NamedTuple):
    """A word or phrase of the vocabulary in the text."""

    start: int
    end: int
    tag: str
    value: str


@dataclass(frozen=True)
class Vocabulary:
    """Words and patterns of one language."""

    code: str
    common: frozenset[str]
    """Frequent words by which the language is recognised."""
    abbreviations: str
    """What ends with a full stop without ending a sentence."""
    furniture: tuple[str, ...]
    """Patterns of lines that are the page's and not the report's."""
    furniture_below: tuple[str, ...]
    """Patterns of lines after which nothing belongs to the report."""
    numbers: Mapping[str, int]
    tens: Mapping[str, int]
    """Words of twenty, thirty … that a unit may follow."""
    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    """Patterns of the twelve and the seven, Monday first."""
    dates: Entries
    """Kind of a date (see `dates`) and its pattern, with `{month}`, `{weekday}` and `{number}` in
    it."""
    lexicon: Mapping[str, Entries]
    date_roles: tuple[tuple[str, str, str], ...]
    place_roles: tuple[tuple[str, str, str], ...]
    """What a date or a place is, by the words before or after it: role, pattern that ends right
    before it, pattern that begins right after it."""
    villages: tuple[str, ...]
    districts: tuple[str, ...]
    """Patterns of settlements and districts with the group `name`, matched in the text as it is
    written, for names that no gazetteer has."""
    clause: str
    """Where a sentence may be cut when it tells of several blasts."""
    cited: str
    """How a source and the medium that quotes it are put together."""
    number_ending: str = ""
    capitals: bool = False
    """Names of months and days are written with capitals here."""
    subject_first: bool = False
    """People come before what happened to them (always, or where nothing tells)."""
    keep: str = ""
    """Pattern of what keeps its diacritics, lest two words become one."""
    within: str = "(?!)"
    """What stands between a village and the district that it lies in."""
    serving: str = "(?!)"
    """Who serves in a vehicle."""
    anyone: str = "(?!)"
    """Nouns by which somebody told of before is called again: *the man*."""
    victims: str = "(?!)"
    """Nouns that only say that people came to harm: *the injured*."""
    at_once: str = "(?!)"
    """What says that somebody died where it happened, not later of the wounds."""
    later: str = "(?!)"
    """What says, before a death, that it was later: *who was treated in hospital*."""
    everyone: str = "(?!)"
    """How a number begins that sums up those named before: *both residents of*."""
    rank: str = "(?!)"
    """Ranks that more than one service has."""
    owning: str = "(?!)"
    """What stands before people who have a wound that is named after them."""
    kin: str = "(?!)"
    """People told of by their tie to others."""
    stem: int = 5
    """So many letters of a noun no ending changes."""
    whole: str = "(?!)"
    """What stands before a number that others are a part of."""
    beside: str = "(?!)"
    """What stands between people and a participle about them."""
    relative: str = "(?!)"
    """How a clause begins that has no comma before it."""
    attached: str = "(?!)"
    """What ties the people after it to those before: *a guard accompanying the team*."""
    no_person: str = "(?!)"
    """What looks like a person and is an adjective: *a tourist bus*."""
    unknown_subject: str = "(?!)"
    of_people: str = "(?!)"
    """One of unknown trade, `who`, right before a verb; verbs that only people have."""
    carrying: str = "(?!)"
    nominative: str = "(?!)"
    """Verbs whose subject need not be named, and how those look who are that subject."""
    dependent: str = "(?!)"
    """A clause that only says which person is spoken of, or when: *whom a mine had crippled*."""
    ordinals: Mapping[str, int] = field(default_factory=dict)
    """Days of a month in words."""
    nth: Mapping[str, int] = field(default_factory=dict)
    """Words of order, as in *a third victim*, to their number."""
    no_number: str = "(?!)"
    """What looks like a number with an ending and is another word."""
    not_number: str = "(?!)"
    """Pattern of a number that the text takes back, with `{number}` in it: *not two but one*."""
    article: str = "(?!)"
    """Pattern of an article that a person of unknown trade may follow."""
    apposition: str = "(?!)"
    """What stands between two nouns for one person: *a serviceman, a lieutenant,*."""
    partitive: str = "(?!)"
    partitive_noun: str = "(?!)"
    partitive_gap: str = " "
    partitive_one: str = "(?!)"
    """What stands between the numbers of *one of the two*; how a noun ends that a number is taken
    out of, and what stands between them; how the two look where one person is named by both."""
    belonging: str = "(?!)"
    """What stands between a person and the body that he or she belongs to."""
    crowd: str = "(?!)"
    crowd_of: str = "(?!)"
    """Nouns that their number follows, and what stands between: *a family of four*."""
    agent: str = "(?!)"
    """What stands before those who did it, and did not suffer it."""
    parts_before: str = "(?!)"
    """What follows people who are part of those named next."""
    owner: str = "(?!)"
    """Pattern of an animal, ``#``, and of whose it is, in angles, with the words between."""
    possessive: str = "(?!)"
    """What follows people whose things are spoken of, not they themselves."""
    of_kind: str = "(?!)"
    """Numbers that themselves say *of that kind*."""
    body: str = "(?!)"
    """What is counted of a body: *two ribs* are not two people."""
    collective: str = "(?!)"
    """Numbers that only people have."""
    comitative: str = "(?!)"
    """What follows people who are only in the company of those named next."""
    hamlet: str = "(?!)"
    """Pattern of the words for a village, which is never a whole district."""
    at_place: tuple[str, str] = ("(?!)", "(?!)")
    place_after: str = "(?!)"
    """What stands before a place's name and how that ends; what stands after it."""
    plural: str = "(?!)"
    """How a noun ends that stands for several people."""
    singular_outcome: str = "(?!)"
    singular_pronoun: str = "(?!)"
    pronoun_object: str = "(?!)"
    """How a verb begins that tells of one person; what stands before or after it and does."""
    reported: str = "(?!)"
    """Words after whoever says how others are: *doctors say they are stable*."""
    genitive: str = "(?!)"
    """A noun of one person that looks like several, with what stands before it."""
    clause_strong: str = "[;:.]"
    """Which of the borders of `clause` are more than a comma."""
    ages: str = "(?!)"
    """Spans of ages, whose numbers count nobody."""

    @cached_property
    def scanners(self) -> Mapping[str, tuple[re.Pattern[str], tuple[str, ...]]]:
        """One compiled pattern a tag, with the values of its groups."""
        return {tag: _compiled(entries) for tag, entries in self.lexicon.items()}

    def find(self, tag: str, text: str, start: int = 0, end: int | None = None) -> Iterator[Hit]:
        """Give the words of one tag in a folded text, in their order."""
        pattern, values = self.scanners[tag]
        for match in pattern.finditer(text, start, len(text) if end is None else end):
            index = match.lastindex
            if index and match.end() > match.start():
                yield Hit(match.start(), match.end(), tag, values[index - 1])

    def has(self, tag: str, text: str, start: int = 0, end: int | None = None) -> bool:
        """Say whether a folded text holds a word of the tag."""
        pattern, _ = self.scanners[tag]
        return pattern.search(text, start, len(text) if end is None else end) is not None

    def knows(self, word: str) -> bool:
        """Say whether a folded word is one of the language's, and so nobody of unknown trade."""
        return word in self.common or any(self.has(tag, word) for tag in NO_TRADE)

    @cached_property
    def number_pattern(self) -> str:
        """Digits or words of one number, without a group."""
        words = "|".join(sorted(self.numbers, key=len, reverse=True))
        tens = "|".join(sorted(self.tens, key=len, reverse=True)) or "(?!)"
        return (
            rf"(?:\d{{1,3}}(?:[ ,.]\d{{3}}){{1,4}}(?!\d)|\d+|(?:{tens})[- ](?:{words})|"
            rf"(?:{words}|{tens}))"
        )

    def number(self, text: str) -> int | None:
        """Read a number that `number_pattern` matched."""
        text = text.strip()
        digits = re.sub(r"[ ,.](?=\d{3})", "", text)
        if digits.isdecimal():
            return int(digits)
        if text in self.numbers:
            return self.numbers[text]
        if text in self.tens:
            return self.tens[text]
        first, _, second = re.sub(r"[- ]", " ", text).partition(" ")
        if first in self.tens and second in self.numbers:
            return self.tens[first] + self.numbers[second]
        return None


def _compiled(entries: Entries) -> tuple[re.Pattern[str], tuple[str, ...]]:
    patterns = "|".join(f"((?:{pattern}))" for _, pattern in entries)
    # Only the outer group of each entry may capture, so that lastindex tells the entry.
    return re.compile(rf"(?<!\w)(?:{patterns})(?!\w)"), tuple(value for value, _ in entries)


def vocabulary_of(language: ModuleType) -> Vocabulary:
    """Build the vocabulary of a language from the tables of its module.

    Returns
    -------
    Vocabulary
        Attributes that have a default may be missing in the module.

    Raises
    ------
    AttributeError
        A table that every language needs is missing.
    """
    tables = {
        f.name: getattr(language, f.name.upper())
        for f in fields(Vocabulary)
        if f.name != "lexicon" and (_needed(f.name) or hasattr(language, f.name.upper()))
    }
    lexicon = {tag: getattr(language, tag.upper()) for tag in TAGS}
    return Vocabulary(lexicon=lexicon, **tables)


def _needed(name: str) -> bool:
    attribute = Vocabulary.__dataclass_fields__[name]
    return attribute.default is MISSING and attribute.default_factory is MISSING
