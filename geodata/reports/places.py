"""Mentions of places: the gazetteer's, other countries', and villages that nobody lists."""

import csv
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from importlib.resources import files
from itertools import pairwise

from geodata.errors import Ambiguous, GeodataError
from geodata.places import Gazetteer
from geodata.places.match import Match
from geodata.reports.clean import folded as fold_letters
from geodata.reports.dates import role_of
from geodata.reports.languages.common import (
    AFTER_NAME,
    BEFORE_NAME,
    ENDING,
    INSTRUMENTAL,
    OF_COUNTRY,
    OWN_ENDING,
    PATRONYMIC,
    POSSESSIVE,
)
from geodata.reports.vocabulary import Vocabulary

_WORD = re.compile(r"[^\W\d_][\w'’ʼ]*(?:-[^\W\d_][\w'’ʼ]*)*")
_STOP = re.compile(r"[.!?](?=\s)")
_MOST_WORDS = 3
_LIKENESS = 0.7
_SURE = 0.9


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A place that a text names."""

    start: int
    end: int
    kind: str
    """``district``, ``settlement``, ``country`` or, outside the gazetteer, ``unit``."""
    role: str
    """``location`` unless the words around say otherwise: ``dateline``, ``hospital``, ``home``,
    ``office``, ``inquiry`` (of an office that investigates in its own district), ``people``,
    ``border``, ``road``."""
    name: str
    districts: tuple[str, ...] = ()
    """Ids of the districts it may lie in; empty outside the gazetteer."""
    place_name: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class _Foreign:
    country: str
    kind: str
    name: str


class PlaceFinder:
    """Finds places in reports; build one and use it for all."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer

    @cached_property
    def district_names(self) -> dict[str, str]:
        """Give the shown name of each district by its id."""
        places = self.gazetteer.places
        own = places[places["kind"] == "district"]
        return dict(zip(own["place_id"], own["name"], strict=True))

    def find(self, text: str, folded: str, vocabulary: Vocabulary) -> list[PlaceMention]:
        """Find all places of a report.

        Parameters
        ----------
        text
            The text as given; a place's name begins with a capital.

        Returns
        -------
        list of PlaceMention
            In the order of the text, not overlapping.
        """
        found: list[PlaceMention] = []
        taken = bytearray(len(text))

        def add(mention: PlaceMention) -> None:
            if not any(taken[mention.start : mention.end]):
                taken[mention.start : mention.end] = b"\1" * (mention.end - mention.start)
                found.append(mention)

        for mention in self._villages(text, vocabulary):
            add(mention)
        own = self._of_gazetteer(text, folded, vocabulary)
        for mention in own:
            add(mention)
        found = self._among_districts(found, text, folded, vocabulary)
        persons = _of_persons(text, list(_WORD.finditer(text)))
        for mention in _of_other_countries(text, folded):
            if mention.start not in persons:
                add(mention)
        abroad = any(m.country not in (None, "AZ") for m in found)
        for mention in self._units(text, vocabulary, abroad=abroad):
            add(mention)
        found.sort(key=lambda m: m.start)
        return [self._with_role(m, folded, vocabulary) for m in found]

    def _among_districts(
        self, found: list[PlaceMention], text: str, folded: str, vocabulary: Vocabulary
    ) -> list[PlaceMention]:
        """Let no village be another district than the one that the report names.

        A village may bear the name of a district elsewhere, or of a village elsewhere.
        """
        called = set()
        for pattern in _compiled(vocabulary.villages):
            for m in pattern.finditer(text):
                if re.search(vocabulary.hamlet, fold_letters(m.group())):
                    called.add((self._own_start(m, vocabulary), m.end("name")))

        # *The village of Kangarli* is no district, *the Salahli village of Aghdam* is in one.
        called = {
            (start, end)
            for start, end in called
            if not AFTER_NAME.search(text, max(0, start - _NAMED_BEFORE), start)
        }
        hamlets = {(start, end) for start, end in called if not self._has_village(text, end)}
        within = re.compile(vocabulary.within)
        called |= {
            (a.start, a.end)
            for a, b in pairwise(sorted(found, key=lambda m: m.start))
            # *Near Kangarli in the Aghdam district*: no district lies in another.
            if a.kind == b.kind == "district"
            and a.districts != b.districts
            and within.fullmatch(folded, a.end, b.start)
            # *The road from Gubadli to Zangilan* runs through both.
            and self._with_role(a, folded, vocabulary).role != "road"
        }

        def is_village(mention: PlaceMention, spans: Collection[tuple[int, int]] = called) -> bool:
            return any(s <= mention.start and mention.end <= e for s, e in spans)

        def told_later(mention: PlaceMention) -> bool:
            """Say whether the other district is only named of something further down."""
            first = min(
                (m.start for m in found if m.kind == "district" and named & set(m.districts)),
                default=0,
            )
            return len(_STOP.findall(folded, mention.end, max(first, mention.end))) > 1

        named = {
            d
            for m in found
            if m.kind == "district" and not is_village(m)
            and self._with_role(m, folded, vocabulary).role in ("location", "road")
            for d in m.districts
        }  # fmt: skip
        return [
            replace(m, kind="settlement", districts=(), place_name=m.name)
            if m.kind == "district"
            and (is_village(m, hamlets) or (is_village(m) and named - set(m.districts)))
            else replace(m, districts=())
            if m.kind == "settlement" and is_village(m) and len(named) == 1 and m.districts
            and not named & set(m.districts) and not told_later(m)
            else m
            for m in found
        ]  # fmt: skip

    def _has_village(self, text: str, end: int) -> bool:
        """Say whether a district is named before its village: *the Kalbajar village of X*."""
        match = BEFORE_NAME.match(text, end)
        return match is not None and not self._is_district(match["name"])

    def _with_role(
        self, mention: PlaceMention, folded: str, vocabulary: Vocabulary
    ) -> PlaceMention:
        role = role_of(folded, mention.start, mention.end, vocabulary.place_roles)
        if role == "dateline" and mention.start > _FAR_DOWN:
            role = None
        return replace(mention, role=role) if role else mention

    def _villages(self, text: str, vocabulary: Vocabulary) -> list[PlaceMention]:
        found = []
        for pattern in _compiled(vocabulary.villages):
            for match in pattern.finditer(text):
                start, end = self._own_start(match, vocabulary), match.end("name")
                name = text[start:end]
                word = fold_letters(name)
                if word in vocabulary.common or word in vocabulary.numbers:
                    continue
                if self._is_district(name, only=True):
                    continue
                abroad = _of_other_countries(name, fold_letters(name))
                # *The Bosnian town of X*: the name comes later.
                if any(m.kind == "unit" or OF_COUNTRY.search(name) for m in abroad):
                    continue
                found.append(self._village(name, start, end))
        return found

    def _own_start(self, match: re.Match[str], vocabulary: Vocabulary) -> int:
        """Say where the name begins after all else with a capital that the pattern swept up.

        The district's name, that of a country with its possessive, the sentence's first word.
        """
        start, name = match.start("name"), match["name"]
        first, _, rest = name.partition(" ")
        while rest and (
            fold_letters(first) in vocabulary.common
            or POSSESSIVE.search(first)
            or self._is_district(first)
        ):
            start += len(first) + 1
            first, _, rest = rest.partition(" ")
        return start

    def _village(self, name: str, start: int, end: int) -> PlaceMention:
        match = self.gazetteer.named(name)
        if match is not None and match.kind != "district" and match.district_id:
            return PlaceMention(
                start, end, "settlement", "location", match.name, (match.district_id,), name, "AZ"
            )
        return PlaceMention(start, end, "settlement", "location", name, (), name)

    def _is_district(self, name: str, *, only: bool = False) -> bool:
        match = self.gazetteer.named(POSSESSIVE.sub("", name))
        if match is None or match.kind not in (("district",) if only else ("district", "town")):
            return False
        return not only or len(name) > 4

    def _of_gazetteer(self, text: str, folded: str, vocabulary: Vocabulary) -> list[PlaceMention]:
        found = []
        place_after = re.compile(vocabulary.place_after)
        before, after = re.compile(vocabulary.at_place[0]), re.compile(vocabulary.at_place[1])
        words = list(_WORD.finditer(text))
        persons = _of_persons(text, words)
        at = 0
        while at < len(words):
            if not text[words[at].start()].isupper() or words[at].start() in persons:
                at += 1
                continue
            step = 1
            for size in range(min(_MOST_WORDS, len(words) - at), 0, -1):
                last = words[at + size - 1]
                name = text[words[at].start() : last.end()]
                if size > 1 and not _one_name(text, words[at : at + size]):
                    continue
                start, end = words[at].start(), last.end()
                beside = place_after.match(folded, end) is not None or (
                    before.search(folded, max(0, start - 24), start) is not None
                    and after.search(folded, start, end) is not None
                )
                match = self._named(name, hamlet=beside and size == 1)
                if match is not None:
                    found.append(self._mention(start, end, match))
                    step = size
                    break
            else:
                # Two names with a hyphen between them, such as the ends of a road.
                found += self._hyphened(words[at])
            at += step
        return found

    def _hyphened(self, word: re.Match[str]) -> list[PlaceMention]:
        found, start = [], word.start()
        parts = word.group().split("-")
        for part in parts if len(parts) > 1 else ():
            match = self._named(part) if part[:1].isupper() else None
            if match is not None and match.kind == "district":
                found.append(self._mention(start, start + len(part), match))
            start += len(part) + 1
        between = all(part[:1].isupper() for part in parts)
        return [replace(m, role="road") for m in found] if between else found

    def _named(self, name: str, *, hamlet: bool = False) -> Match | None:
        if name.isupper() and len(name) < 4:
            return None
        match = self.gazetteer.named(POSSESSIVE.sub("", name))
        if match is None and INSTRUMENTAL.search(name):
            match = self.gazetteer.named(INSTRUMENTAL.sub("", name))
        if match is None or match.country not in (None, "AZ"):
            return None
        # Hamlets share their names with people; those count beside a word for village, or
        # where the words around say that it is a place, and no other has the name.
        sure = match.kind in ("district", "city", "town") or match.place_id in _KNOWN
        alone = hamlet and match.district_id is not None and match.score >= _SURE and len(name) > 4
        return match if sure or alone else None

    def _mention(self, start: int, end: int, match: Match) -> PlaceMention:
        if match.kind == "district":
            districts = (match.district_id,) if match.district_id else self._origins(match)
            return PlaceMention(
                start, end, "district", "location", match.name, districts, None, "AZ"
            )
        districts = (match.district_id,) if match.district_id else ()
        return PlaceMention(
            start, end, "settlement", "location", match.name, districts, match.name, "AZ"
        )

    def _origins(self, match: Match) -> tuple[str, ...]:
        try:
            found = self.gazetteer.find_district(match.name, country="AZ")
        except Ambiguous as doubt:
            return tuple(c.district_id for c in doubt.candidates)
        except GeodataError:
            return ()
        return (found.district_id,) if found.district_id else ()

    def _units(self, text: str, vocabulary: Vocabulary, *, abroad: bool) -> list[PlaceMention]:
        found = []
        for pattern in _compiled(vocabulary.districts):
            for match in pattern.finditer(text):
                start, end = match.span("name")
                name = match["name"]
                first, _, rest = name.partition(" ")
                while rest and fold_letters(first) in vocabulary.common:
                    start += len(first) + 1
                    name = rest
                    first, _, rest = name.partition(" ")
                if fold_letters(name) in vocabulary.common:
                    continue
                unit = self._unit(name, start, end, abroad=abroad)
                found += [unit] if unit is not None else []
        return found

    def _unit(self, name: str, start: int, end: int, *, abroad: bool) -> PlaceMention | None:
        if name[:1].islower():
            # An adjective made of a name: *in a village of Aghdam*, *towards Hadrut*.
            match = self._named(name)
            return self._mention(start, end, match) if match is not None else None
        try:
            match = self.gazetteer.find_district(name, country="AZ")
        except GeodataError:
            match = None
        least = _SURE if abroad else _LIKENESS
        if match is not None and match.score >= least and match.kind == "district":
            return self._mention(start, end, match)
        return PlaceMention(start, end, "unit", "location", name)


_FAR_DOWN = 400
_NAMED_BEFORE = 60
_KNOWN = frozenset({"x-talis", "x-zabux"})


def _one_name(text: str, words: list[re.Match[str]]) -> bool:
    """Say whether words make one name: only blanks between them, each with a capital."""
    return all(
        text[a.end() : b.start()] == " " and text[b.start()].isupper() for a, b in pairwise(words)
    )


def _of_persons(text: str, words: list[re.Match[str]]) -> set[int]:
    """Say where the words of a name with a patronymic begin, after which places are called."""
    sons = {m.start() for m in PATRONYMIC.finditer(text)}
    found: set[int] = set()
    for number, word in enumerate(words if sons else ()):
        if word.start() in sons:
            first = number
            while (
                number - first < _NAMES and first and _one_name(text, words[first - 1 : number + 1])
            ):
                first -= 1
            found |= {w.start() for w in words[first : number + 1]}
    return found


_NAMES = 2
"""So many names stand before that of the father."""


@lru_cache(maxsize=16)
def _compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)


@lru_cache(maxsize=1)
def _foreign_patterns() -> dict[str, tuple[re.Pattern[str], tuple[_Foreign, ...]]]:
    """Give the pattern of other countries' places by the first letter of a word."""
    rows: list[_Foreign] = []
    patterns: list[str] = []
    with (files("geodata") / "data" / "foreign_places.csv").open(encoding="utf-8") as lines:
        for one in csv.DictReader(lines):
            rows.append(_Foreign(one["country"], one["kind"], one["name"]))
            patterns.append(one["stems"])
    by_letter: dict[str, list[tuple[str, _Foreign]]] = {}
    for row, stems in zip(rows, patterns, strict=True):
        for stem in _alternatives(stems):
            by_letter.setdefault(stem[0] if stem[0].isalpha() else "", []).append((stem, row))
    anywhere = by_letter.pop("", [])
    return {letter: _by_stem(own + anywhere) for letter, own in by_letter.items()} | {
        "": _by_stem(anywhere)
    }


def _by_stem(stems: list[tuple[str, _Foreign]]) -> tuple[re.Pattern[str], tuple[_Foreign, ...]]:
    """Make one pattern of stems, the longest first, with what its groups stand for."""
    stems = sorted(stems, key=lambda s: -len(s[0]))
    joined = "|".join(f"({stem})" for stem, _ in stems) or "((?!))"
    return re.compile(rf"(?:{joined})[^\W\d_]*"), tuple(row for _, row in stems)


def _alternatives(stems: str) -> list[str]:
    """Part *a|b(?:c|d)* at the bars outside of parentheses."""
    found, depth = [""], 0
    for letter in stems:
        depth += (letter in "([") - (letter in ")]")
        if letter == "|" and not depth:
            found.append("")
        else:
            found[-1] += letter
    return found


def _of_other_countries(text: str, folded: str) -> list[PlaceMention]:
    patterns = _foreign_patterns()
    found, stop = [], 0
    for word in _WORD_START.finditer(folded):
        pattern, rows = patterns.get(word.group(), patterns[""])
        match = pattern.match(folded, word.start()) if word.start() >= stop else None
        if match is None:
            continue
        stop = match.end()
        row = rows[(match.lastindex or 1) - 1]
        start, end = match.span()
        stem = match.end(match.lastindex or 1) - start
        # *In al-Jawf*: the article may be small.
        capital = any(part[:1].isupper() for part in text[start:end].split("-"))
        # An ending may follow a stem; a short stem with a long ending is another word.
        ending = folded[start + stem : end]
        if len(ending) > _LONGEST_ENDING or (stem < 4 and len(ending) > 3):
            continue
        if row.kind == "district" and ending.isascii() and not ENDING.fullmatch(ending):
            continue
        if row.kind == "district" and (not capital or OWN_ENDING.fullmatch(ending)):
            continue
        if row.kind == "district" and end - start < 5 and text[start:end].isupper():
            # SANA is an agency, Sanaa a town.
            continue
        found.append(
            PlaceMention(
                start, end, "country" if row.kind == "country" else "unit", "location",
                row.name, (), None, row.country,
            )
        )  # fmt: skip
    return found


_WORD_START = re.compile(r"(?<!\w)[^\W\d_]")
_LONGEST_ENDING = 6
