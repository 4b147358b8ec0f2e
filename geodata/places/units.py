"""The names and codes of administrative units, read from the top down.

A name can mean a unit because it bears it (*strong*), because only a word for the kind of unit
or an ending of grammar parts them (*kin*: Kyiv, Kyiv Oblast, Kyivska), or because it is
spelled much like it (*similar*). Nothing similar is ever sought across a parent, and two
spellings are similar only if they sound alike: ``Lobaye`` is no ``Mobaye``.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache

import geopandas as gpd
import pandas as pd

from geodata.deferred import distance as metrics
from geodata.places.fold import Hint, fold, plain, sound, split, stems
from geodata.places.match import compact

_SHORTEST, _LONG = 5, 8
_SLAVIC = re.compile(r"(?:s'?|z)?k(?:a|yi|yy|iy|ij|oi|oj|oe|aya|aia|y|i)$")
_SLAVIC_CYRILLIC = re.compile(r"(?:ськ|цьк|зьк)(?:а|ии|ого|ои|іи|і|у|ому)$")
_VOWELS = frozenset("aeiouyəаеиоуыэюяіїєաեէըիոօ")

Positions = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class UnitReading:
    """The units that a text can mean, as positions in the districts."""

    strong: Positions = ()
    """Units that bear the name."""
    kin: Positions = ()
    """Units whose name differs by a word for its kind or by grammar: a point may choose one."""
    similar: Positions = ()
    """The one unit that is spelled much like the text, where nothing bears the name."""
    elsewhere: Positions = ()
    """Units that bear the name, but not under the parent given."""
    grammar: bool = False
    """Whether `strong` was found only with an ending undone."""

    @property
    def known(self) -> bool:
        """Whether any unit bears the name, here or under another parent."""
        return bool(self.strong or self.kin or self.elsewhere)


@dataclass(frozen=True, slots=True)
class _Bearing:
    tier: int
    hint: Hint | None


@dataclass(slots=True)
class _Level:
    """Names and codes of the units of one level above the districts."""

    names: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    codes: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))


class UnitIndex:
    """Finds the districts of one edition by their names, codes and parents.

    Parameters
    ----------
    names
        For each district the names it bears with their tier: 0 its own, 1 an alias, 2 an
        alias that is not verified.
    """

    def __init__(self, districts: gpd.GeoDataFrame, names: list[dict[str, int]]) -> None:
        self.size = len(districts)
        self.titles = districts["name"].astype(str).tolist()
        self._cities = frozenset(
            i for i, kind in enumerate(districts["type"].tolist()) if kind == "city"
        )
        self._bearers: dict[str, dict[int, _Bearing]] = defaultdict(dict)
        self._whole: dict[str, set[int]] = defaultdict(set)
        self._stems: dict[str, set[int]] = defaultdict(set)
        self._sounds: dict[str, set[str]] = defaultdict(set)
        for position, borne in enumerate(names):
            for name, tier in borne.items():
                self._add(position, name, tier)
        self.parents = {n: _level(districts, n) for n in (1, 2)}
        self._codes = _codes(districts)
        self._prefixes = _prefixes(districts)

    def _add(self, position: int, name: str, tier: int) -> None:
        bare, hint = split(name)
        key = compact(bare)
        if not key:
            return
        held = self._bearers[key].get(position)
        if held is None or tier < held.tier:
            self._bearers[key][position] = _Bearing(tier, hint)
        self._whole[compact(plain(name))].add(position)
        for stem in unit_stems(bare):
            self._stems[stem].add(position)
        self._sounds[sound(bare)].add(key)

    def read(
        self, text: str, within: frozenset[int] | None = None, *, guess: bool = True
    ) -> UnitReading:
        """Read one text.

        All of it within `within`, but for `elsewhere`.

        Parameters
        ----------
        within
            The districts that are possible by their parents and country; None = all.
        guess
            Look for a similar spelling where nothing bears the name.
        """
        bare, hint = split(text)
        key = compact(bare)
        if not key:
            return UnitReading()
        bearers = self._bearers.get(key, {})
        best = min((b.tier for b in bearers.values()), default=0)
        named = {i for i, b in bearers.items() if b.tier == best}
        strong = self._fitting(named, bearers, hint)
        kin = set(bearers) - strong | self._kin(bare)
        grammar = not strong and bool(kin)
        if grammar:
            strong, kin = kin, set()
        inside = set(range(self.size)) if within is None else within
        here = strong & inside
        if not here and kin & inside:
            here, kin = kin & inside, set()
        kin = kin & inside - here
        if here or strong:
            beyond = () if here else tuple(sorted(strong))
            return UnitReading(tuple(sorted(here)), tuple(sorted(kin)), (), beyond, grammar)
        return UnitReading(similar=self._similar(bare, inside) if guess else ())

    def _fitting(
        self, named: set[int], bearers: dict[int, _Bearing], hint: Hint | None
    ) -> set[int]:
        # "Kyiv City" beside Kyiv and Kyiv Oblast is not the oblast; a bare name that several
        # bear is the district before the town, where the boundaries say which is a town.
        towns = {i for i in named if i in self._cities or bearers[i].hint == "city"}
        wider = {i for i in named - towns if bearers[i].hint == "district"}
        if hint == "city":
            return towns or (named - wider) or named
        if hint == "district":
            return (wider or named - towns) or named
        return named - towns if towns and not wider else named

    def _kin(self, bare: str) -> set[int]:
        found: set[int] = set()
        for stem in (compact(bare), *unit_stems(bare)):
            found |= self._stems.get(stem, set()) | set(self._bearers.get(stem, {}))
        return found

    def _similar(self, bare: str, inside: frozenset[int] | set[int]) -> Positions:
        key = compact(bare)
        if len(key) < _SHORTEST:
            return ()
        alike = {k for k in self._sounds.get(sound(bare), set()) if _figures(k) == _figures(key)}
        alike |= {k for k in self._bearers if similar(key, k)}
        found = {i for k in alike for i in self._bearers[k] if i in inside}
        return tuple(found) if len(found) == 1 else ()

    def above(self, level: int, text: str) -> frozenset[int] | None:
        """Give the districts that lie in a unit above them; None where it is not known."""
        known = self.parents[level]
        keys = [compact(fold(text)), *unit_stems(fold(text))]
        found = next((known.names[k] for k in keys if k in known.names), None)
        return frozenset(found) if found else None

    @property
    def has_parents(self) -> bool:
        """Whether the boundaries say which units lie above the districts."""
        return any(level.names for level in self.parents.values())

    def above_like(self, text: str, level: int | None = None) -> frozenset[int] | None:
        """Give the districts of the one unit above that is spelled much like a text."""
        key = compact(fold(text))
        found = {
            frozenset(units)
            for number, known in self.parents.items()
            if level in (None, number)
            for name, units in known.names.items()
            if similar(key, name)
        }
        return found.pop() if len(found) == 1 else None

    def any_above(self, text: str) -> frozenset[int] | None:
        """Give the districts in the unit of any level above that bears the name."""
        return next((f for n in (1, 2) if (f := self.above(n, text)) is not None), None)

    def coded(self, code: str) -> tuple[Positions, frozenset[int] | None]:
        """Read a place code."""
        key = code.strip().upper()
        if key in self._codes:
            return (self._codes[key],), None
        for known in self.parents.values():
            if key in known.codes:
                return (), frozenset(known.codes[key])
        for length, table in self._prefixes.items():
            if len(key) > length and key[length:].isdecimal() and key[:length] in table:
                return (table[key[:length]],), None
        return (), None


def _level(districts: gpd.GeoDataFrame, number: int) -> _Level:
    level = _Level()
    names = districts[f"admin{number}_name"].tolist()
    codes = districts[f"admin{number}_code"].tolist()
    for position, (name, code) in enumerate(zip(names, codes, strict=True)):
        if isinstance(name, str) and name:
            bare = fold(name)
            for key in (compact(bare), *unit_stems(bare)):
                level.names[key].add(position)
        if isinstance(code, str) and code:
            level.codes[code.upper()].add(position)
    return level


def _codes(districts: gpd.GeoDataFrame) -> dict[str, int]:
    table: dict[str, int] = {}
    for column in ("pcode", "district_id"):
        for position, code in enumerate(districts[column].tolist()):
            if isinstance(code, str) and code:
                table[code.upper()] = position
    return table


def _prefixes(districts: gpd.GeoDataFrame) -> dict[int, dict[str, int]]:
    """Index P-codes as beginnings of finer units' codes, where all are of one length."""
    codes = [c if isinstance(c, str) else "" for c in districts["pcode"].tolist()]
    if not all(re.fullmatch(r"[A-Za-z]{2,3}\d+", c) for c in codes):
        return {}
    lengths = {len(c) for c in codes}
    if len(lengths) != 1:
        return {}
    return {lengths.pop(): {c.upper(): i for i, c in enumerate(codes)}}


@lru_cache(maxsize=65_536)
def unit_stems(bare: str) -> tuple[str, ...]:
    """Give what is left of a folded name without endings: *Kyivska*, *Житомирська*, *Агдамский*.

    Compact stems; empty where no ending is known.
    """
    found = [compact(s) for s in stems(bare)] if "а" <= bare[-1:] <= "я" else []
    for pattern in (_SLAVIC, _SLAVIC_CYRILLIC):
        stem = pattern.sub("", compact(bare))
        if stem != compact(bare) and len(stem) >= 3:
            found += [stem, stem.removesuffix("s")]
    return tuple(dict.fromkeys(s for s in found if len(s) >= 3))


def similar(one: str, other: str) -> bool:
    """Say whether two folded names are likely spellings of one.

    They begin alike, hold the same figures, and differ by one slip (two in long names): a
    letter left out or doubled, two exchanged, or one vowel for another.

    Examples
    --------
    >>> similar("stepanakret", "stepanakert"), similar("lobaye", "mobaye")
    (True, False)
    """
    allowed = 1 if min(len(one), len(other)) < _LONG else 2
    if abs(len(one) - len(other)) > allowed or min(len(one), len(other)) < _SHORTEST:
        return False
    alike = one[0] == other[0] or sound(one)[:1] == sound(other)[:1]
    if not alike or _figures(one) != _figures(other):
        return False
    distance = metrics.OSA.distance(one, other, score_cutoff=allowed)
    if not 0 < distance <= allowed:
        return False
    edits = metrics.Levenshtein.editops(one, other)
    swaps = 2 * (len(edits) - distance)
    replaced = [(one[e.src_pos], other[e.dest_pos]) for e in edits if e.tag == "replace"]
    odd = sum(1 for a, b in replaced if not _one_class(a, b))
    return odd <= swaps


def _one_class(one: str, other: str) -> bool:
    return (one in _VOWELS and other in _VOWELS) or sound(one) == sound(other)


def _figures(text: str) -> str:
    return "".join(c for c in text if c.isdecimal())


def borne_names(
    places: pd.DataFrame, ids: list[str], tiers: dict[tuple[str, str], int]
) -> list[dict[str, int]]:
    """Give the names of each district with their tiers, out of the gazetteer's rows.

    Parameters
    ----------
    tiers
        (place, alias) to its tier, where it is not 1.
    """
    names: list[dict[str, int]] = [{} for _ in ids]
    position = {name: i for i, name in enumerate(ids)}
    units = places[(places["kind"] == "district") & places["place_id"].isin(position)]
    own = [c for c in ("name", "name_az", "name_en", "name_ru", "name_hy") if c in units]
    for row in units.to_dict("records"):
        table = names[position[row["place_id"]]]
        aliases = row["aliases"].split("|") if isinstance(row["aliases"], str) else []
        for alias in aliases:
            table[alias] = tiers.get((row["place_id"], alias), 1)
        table |= {row[c]: 0 for c in own if isinstance(row[c], str) and row[c]}
    return names
