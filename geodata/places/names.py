"""The index of names: which entries bear a folded name, and how well it stands for them."""

from collections import defaultdict
from dataclasses import dataclass
from enum import IntEnum

import pandas as pd

from geodata.places.bundled import NAME_COLUMNS, AliasFact, alias_facts
from geodata.places.fold import fold, plain, russian_stem, sound


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
    entries
        Frame of the schema PLACES.
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
