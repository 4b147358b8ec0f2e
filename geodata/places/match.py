"""From a name to the places that bear it: the index, and the choice or why none was made."""

from collections import defaultdict
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Literal

import pandas as pd

from geodata.errors import Ambiguous, GeodataError, NotFound
from geodata.places.bundled import NAME_COLUMNS, AliasFact, alias_facts
from geodata.places.fold import Hint, fold, plain, russian_stem, sound


class Tier(IntEnum):
    """How well a name stands for a place; the lower, the better."""

    NAME = 0
    ALIAS = 1
    UNVERIFIED = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """A place as the index holds it."""

    place_id: str
    kind: str
    name: str
    district_id: str | None
    country: str | None
    population: float
    is_city: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that bears a name."""

    entry: Entry
    tier: Tier
    ambiguous: bool


Table = dict[str, list[Candidate]]


class NameIndex:
    """Tables from folded names to the entries that bear them.

    `whole` keeps the words for the kind of place, `folded` does not; `stemmed` and
    `sounding` lead from stems and sounds to keys of `folded`.

    Parameters
    ----------
    city_ids
        Districts that are cities.
    """

    def __init__(self, entries: pd.DataFrame, city_ids: frozenset[str]) -> None:
        self.whole: Table = defaultdict(list)
        self.folded: Table = defaultdict(list)
        self.stemmed: dict[str, set[str]] = defaultdict(set)
        self.sounding: dict[str, set[str]] = defaultdict(set)
        facts = alias_facts()
        for row in entries.itertuples(index=False):
            entry = _entry(row, city_ids)
            known = {f.alias: f for f in facts.get(entry.place_id, [])}
            own = {getattr(row, c) for c in ("name", *NAME_COLUMNS)}
            aliases = row.aliases.split("|") if isinstance(row.aliases, str) else []
            names = [n for n in (*own, *aliases) if isinstance(n, str) and n]
            self._add(entry, names, own, known)

    def _add(
        self, entry: Entry, names: list[str], own: set[str], known: dict[str, AliasFact]
    ) -> None:
        whole: dict[str, Candidate] = {}
        folded: dict[str, Candidate] = {}
        for name in names:
            fact = known.get(name)
            tier = Tier.NAME if name in own else Tier.ALIAS
            if tier is not Tier.NAME and fact is not None and not fact.verified:
                tier = Tier.UNVERIFIED
            candidate = Candidate(entry, tier, ambiguous=fact is not None and fact.ambiguous)
            bare = fold(name)
            _keep_best(whole, compact(plain(name)), candidate)
            _keep_best(folded, compact(bare), candidate)
            self._approximate(bare)
        for key, candidate in whole.items():
            self.whole[key].append(candidate)
        for key, candidate in folded.items():
            self.folded[key].append(candidate)

    def _approximate(self, bare: str) -> None:
        key = compact(bare)
        if "а" <= bare[-1:] <= "я":
            self.stemmed[compact(russian_stem(bare))].add(key)
        self.sounding[sound(bare)].add(key)


def _keep_best(table: dict[str, Candidate], key: str, candidate: Candidate) -> None:
    if key and (key not in table or candidate.tier < table[key].tier):
        table[key] = candidate


def compact(text: str) -> str:
    """Drop the blanks, so that *Mir-Bashir* and *Mirbashir* are one name."""
    return text.replace(" ", "")


def _entry(row: object, city_ids: frozenset[str]) -> Entry:
    def text(column: str) -> str | None:
        value = getattr(row, column)
        return value if isinstance(value, str) and value else None

    place_id = text("place_id") or ""
    people = getattr(row, "population", None)
    return Entry(
        place_id=place_id,
        kind=text("kind") or "settlement",
        name=text("name") or place_id,
        district_id=text("district_id"),
        country=text("country"),
        population=float(people) if isinstance(people, float | int) and people == people else 0.0,
        is_city=place_id in city_ids,
    )


Method = Literal["name", "alias", "grammar", "sound", "spelling"]


@dataclass(frozen=True, slots=True)
class Match:
    """A place that a text may mean."""

    place_id: str | None
    """The gazetteer entry; a district's is its `district_id`."""
    district_id: str | None
    """The district it is, or lies in; None where no boundaries hold it."""
    name: str
    """Its name as shown by default."""
    score: float
    """1 for a place's own name; lower for unverified or ambiguous aliases, undone grammar and
    corrected spelling."""
    method: Method
    """How the text led there."""
    kind: str = "district"
    """district, city, town, village or settlement."""
    country: str | None = None
    """ISO 3166-1 alpha-2, where known."""

    def scaled(self, factor: float) -> "Match":
        """Give the same match with a lower score."""
        return replace(self, score=round(self.score * factor, 4))


_SCORES = {Tier.NAME: 1.0, Tier.ALIAS: 0.95, Tier.UNVERIFIED: 0.75}
_AMBIGUOUS_NAME, _AMBIGUOUS_ALIAS = 0.9, 0.85


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a text led to no single place."""

    reason: str
    candidates: tuple[Match, ...] = ()

    def scaled(self, factor: float) -> "Refusal":
        """Give the same refusal with lower scores."""
        return Refusal(self.reason, tuple(c.scaled(factor) for c in self.candidates))

    def by_district(self) -> "Match | Refusal":
        """Ask again for districts only: candidates in one district are no contradiction."""
        if self.reason != "several":
            return self
        ids = {c.district_id for c in self.candidates}
        if len(ids) == 1 and None not in ids:
            return self.candidates[0].scaled(0.9)
        return self

    @classmethod
    def of_origins(cls, match: Match, districts: tuple[str, ...]) -> "Refusal":
        """Name the districts that a unit without boundaries was formed from."""
        if not districts:
            return cls("outside")
        shared = match.scaled(1 / len(districts))
        return cls(
            "new-unit",
            tuple(
                Match(d, d, d, shared.score, shared.method, "district", match.country)
                for d in districts
            ),
        )

    def error(self, text: str) -> GeodataError:
        """Say it to the caller."""
        shown = text[:80]
        if self.reason == "unknown":
            return NotFound(
                f"No place is called {shown!r}, nor anything like it. Check the spelling, or "
                "give the district's name.",
                code="unknown-place",
            )
        if self.reason == "outside":
            return NotFound(f"{shown!r} lies in none of these districts.", code="unknown-place")
        names = ", ".join(
            dict.fromkeys(f"{c.name} ({c.district_id or c.country})" for c in self.candidates)
        )
        why = {
            "several": f"{shown!r} fits several places: {names}. Say which district is meant.",
            "country": f"{shown!r} also names places elsewhere; here it would be {names}. Give "
            "the country, or the district's usual name.",
            "new-unit": f"{shown!r} is a unit that these boundaries do not have; it was formed "
            f"from {names}.",
        }
        return Ambiguous(why[self.reason], self.candidates, code="ambiguous-place")


def choose(
    groups: list[list[Candidate]], hint: Hint | None, method: Method, country: str | None
) -> Match | Refusal:
    """Choose the place that a name means.

    A refusal holds the candidates, best first.

    Parameters
    ----------
    groups
        For each name that the text may be: the entries that bear it; at least one.
    """
    top = list({b.entry.place_id: b for group in groups for b in _best(group, hint)}.values())
    top.sort(key=lambda b: (b.tier, b.entry.kind != "district", -b.entry.population))
    matches = tuple(match_of(b, method, country) for b in top)
    places = {b.entry.district_id or b.entry.place_id for b in top}
    if len(places) > 1 or (len(top) > 1 and all(b.entry.kind != "district" for b in top)):
        return Refusal("several", matches)
    if top[0].ambiguous and top[0].tier is not Tier.NAME and country is None:
        others = _others([b for group in groups for b in group], top)
        return Refusal("country", tuple(match_of(b, method, country) for b in (*top, *others)))
    return matches[0]


def _best(candidates: list[Candidate], hint: Hint | None) -> list[Candidate]:
    preferred = _preferred(candidates, hint)
    best = min(b.tier for b in preferred)
    return [b for b in preferred if b.tier == best]


def _others(candidates: list[Candidate], top: list[Candidate]) -> list[Candidate]:
    held = {b.entry.district_id for b in top}
    return [b for b in candidates if b not in top and b.entry.district_id not in held]


def _preferred(candidates: list[Candidate], hint: Hint | None) -> list[Candidate]:
    districts = [b for b in candidates if b.entry.kind == "district"]
    settled = [b for b in candidates if b.entry.kind != "district"]
    towns = [b for b in settled if b.entry.kind in ("city", "town")]
    if hint == "city":
        order = [[b for b in districts if b.entry.is_city], towns, settled, districts]
    elif hint == "village":
        order = [[b for b in settled if b not in towns], settled, districts]
    elif hint == "district":
        order = [[b for b in districts if not b.entry.is_city], districts, settled]
    else:
        placed = [b for b in districts if b.entry.district_id]
        own = [b for b in placed if b.tier is not Tier.UNVERIFIED]
        order = [own, placed, settled, districts]
    return next(group for group in order if group)


def match_of(candidate: Candidate, method: Method, country: str | None) -> Match:
    """Write a candidate of the name as a match with its score."""
    score = _SCORES[candidate.tier]
    if candidate.ambiguous and country is None:
        score = _AMBIGUOUS_NAME if candidate.tier is Tier.NAME else _AMBIGUOUS_ALIAS
    if method == "name" and candidate.tier is not Tier.NAME:
        method = "alias"
    entry = candidate.entry
    return Match(
        entry.place_id, entry.district_id, entry.name, score, method, entry.kind, entry.country
    )
