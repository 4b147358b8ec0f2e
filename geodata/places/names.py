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
class Bearer:
    """An entry that bears a name."""

    entry: Entry
    tier: Tier
    ambiguous: bool


Table = dict[str, list[Bearer]]


class NameIndex:
    """Tables from folded names to the entries that bear them.

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
        self.stemmed: Table = defaultdict(list)
        self.sounding: Table = defaultdict(list)
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
        best: dict[tuple[str, str], Bearer] = {}
        for name in names:
            fact = known.get(name)
            tier = Tier.NAME if name in own else Tier.ALIAS
            if tier is not Tier.NAME and fact is not None and not fact.verified:
                tier = Tier.UNVERIFIED
            bearer = Bearer(entry, tier, ambiguous=fact is not None and fact.ambiguous)
            for key in _keys(name):
                if key not in best or bearer.tier < best[key].tier:
                    best[key] = bearer
        tables = {
            "whole": self.whole,
            "folded": self.folded,
            "stemmed": self.stemmed,
            "sounding": self.sounding,
        }
        for (table, folded), bearer in best.items():
            tables[table][folded].append(bearer)


def _keys(name: str) -> list[tuple[str, str]]:
    folded = fold(name)
    keys = [
        ("whole", compact(plain(name))),
        ("folded", compact(folded)),
        ("sounding", sound(folded)),
    ]
    if "а" <= folded[-1:] <= "я":
        keys.append(("stemmed", compact(russian_stem(folded))))
    return [(table, key) for table, key in keys if key]


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
