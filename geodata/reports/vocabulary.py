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


class Hit(NamedTuple):
    """A word or phrase of the vocabulary in the text."""

    start: int
    end: int
    tag: str
    value: str


@dataclass(frozen=True)
class Vocabulary:
    """Words and patterns of one language.

    Attributes
    ----------
    code
        ISO 639-1.
    common
        Frequent words by which the language is recognised.
    abbreviations
        What ends with a full stop without ending a sentence.
    furniture
        Patterns of lines that are the page's and not the report's.
    furniture_below
        Patterns of lines after which nothing belongs to the report.
    numbers
        Words to numbers.
    tens
        Words of twenty, thirty … that a unit may follow.
    months, weekdays
        Patterns of the twelve and the seven, Monday first.
    dates
        Kind of a date (see `dates`) and its pattern, with `{month}`, `{weekday}` and
        `{number}` in it.
    capitals
        Names of months and days are written with capitals here.
    lexicon
        Tag to its values and patterns.
    date_roles, place_roles
        What a date or a place is, by the words before or after it: role, pattern that
        ends right before it, pattern that begins right after it.
    villages, districts
        Patterns of settlements and districts with the group `name`, matched in the text
        as it is written, for names that no gazetteer has.
    not_number
        Pattern of a number that the text takes back, with `{number}` in it: *not two but one*.
    article
        Pattern of an article that a person of unknown trade may follow.
    apposition
        What stands between two nouns for one person: *a serviceman, a lieutenant,*.
    subject_first
        People come before what happened to them (always, or where nothing tells).
    clause_strong
        Which of the borders of `clause` are more than a comma.
    clause
        Where a sentence may be cut when it tells of several blasts.
    ordinals
        Days of a month in words.
    partitive, partitive_noun, partitive_gap, partitive_one
        What stands between the numbers of *one of the two*; how a noun ends that a number
        is taken out of, and what stands between them; how the two look where one person is
        named by both.
    no_number
        What looks like a number with an ending and is another word.
    belonging
        What stands between a person and the body that he or she belongs to.
    crowd, crowd_of
        Nouns that their number follows, and what stands between: *a family of four*.
    parts_before
        What follows people who are part of those named next.
    agent
        What stands before those who did it, and did not suffer it.
    plural
        How a noun ends that stands for several people.
    reported
        Words after whoever says how others are: *doctors say they are stable*.
    singular_outcome, singular_pronoun, pronoun_object
        How a verb begins that tells of one person; what stands before or after it and does.
    ages
        Spans of ages, whose numbers count nobody.
    genitive
        A noun of one person that looks like several, with what stands before it.
    owner
        Pattern of an animal, ``#``, and of whose it is, in angles, with the words between.
    of_kind
        Numbers that themselves say *of that kind*.
    possessive
        What follows people whose things are spoken of, not they themselves.
    body
        What is counted of a body: *two ribs* are not two people.
    collective
        Numbers that only people have.
    comitative
        What follows people who are only in the company of those named next.
    hamlet
        Pattern of the words for a village, which is never a whole district.
    nth
        Words of order, as in *a third victim*, to their number.
    at_place, place_after
        What stands before a place's name and how that ends; what stands after it.
    stem
        So many letters of a noun no ending changes.
    serving
        Who serves in a vehicle.
    everyone
        How a number begins that sums up those named before: *both residents of*.
    rank
        Ranks that more than one service has.
    at_once
        What says that somebody died where it happened, not later of the wounds.
    later
        What says, before a death, that it was later: *who was treated in hospital*.
    anyone
        Nouns by which somebody told of before is called again: *the man*.
    victims
        Nouns that only say that people came to harm: *the injured*.
    kin
        People told of by their tie to others.
    whole
        What stands before a number that others are a part of.
    beside
        What stands between people and a participle about them.
    relative
        How a clause begins that has no comma before it.
    attached
        What ties the people after it to those before: *a guard accompanying the team*.
    no_person
        What looks like a person and is an adjective: *a tourist bus*.
    unknown_subject, of_people
        One of unknown trade, `who`, right before a verb; verbs that only people have.
    carrying, nominative
        Verbs whose subject need not be named, and how those look who are that subject.
    dependent
        A clause that only says which person is spoken of, or when: *whom a mine had crippled*.
    owning
        What stands before people who have a wound that is named after them.
    within
        What stands between a village and the district that it lies in.
    keep
        Pattern of what keeps its diacritics, lest two words become one.
    cited
        How a source and the medium that quotes it are put together.
    """

    code: str
    common: frozenset[str]
    abbreviations: str
    furniture: tuple[str, ...]
    furniture_below: tuple[str, ...]
    numbers: Mapping[str, int]
    tens: Mapping[str, int]
    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    dates: Entries
    lexicon: Mapping[str, Entries]
    date_roles: tuple[tuple[str, str, str], ...]
    place_roles: tuple[tuple[str, str, str], ...]
    villages: tuple[str, ...]
    districts: tuple[str, ...]
    clause: str
    cited: str
    number_ending: str = ""
    capitals: bool = False
    subject_first: bool = False
    keep: str = ""
    within: str = "(?!)"
    serving: str = "(?!)"
    anyone: str = "(?!)"
    victims: str = "(?!)"
    at_once: str = "(?!)"
    later: str = "(?!)"
    everyone: str = "(?!)"
    rank: str = "(?!)"
    owning: str = "(?!)"
    kin: str = "(?!)"
    stem: int = 5
    whole: str = "(?!)"
    beside: str = "(?!)"
    relative: str = "(?!)"
    attached: str = "(?!)"
    no_person: str = "(?!)"
    unknown_subject: str = "(?!)"
    of_people: str = "(?!)"
    carrying: str = "(?!)"
    nominative: str = "(?!)"
    dependent: str = "(?!)"
    ordinals: Mapping[str, int] = field(default_factory=dict)
    nth: Mapping[str, int] = field(default_factory=dict)
    no_number: str = "(?!)"
    not_number: str = "(?!)"
    article: str = "(?!)"
    apposition: str = "(?!)"
    partitive: str = "(?!)"
    belonging: str = "(?!)"
    crowd: str = "(?!)"
    crowd_of: str = "(?!)"
    agent: str = "(?!)"
    parts_before: str = "(?!)"
    owner: str = "(?!)"
    possessive: str = "(?!)"
    of_kind: str = "(?!)"
    body: str = "(?!)"
    collective: str = "(?!)"
    comitative: str = "(?!)"
    hamlet: str = "(?!)"
    at_place: tuple[str, str] = ("(?!)", "(?!)")
    place_after: str = "(?!)"
    partitive_noun: str = "(?!)"
    partitive_gap: str = " "
    partitive_one: str = "(?!)"
    plural: str = "(?!)"
    singular_outcome: str = "(?!)"
    singular_pronoun: str = "(?!)"
    reported: str = "(?!)"
    pronoun_object: str = "(?!)"
    genitive: str = "(?!)"
    clause_strong: str = "[;:.]"
    ages: str = "(?!)"

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
