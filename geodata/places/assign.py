"""Which district an incident counts for: one decision over all the evidence of a row.

The order, from the top down:

1. **Country.** A row of another country than the districts' never counts for one of them.
2. **Units above the districts** (province, by name or code) narrow what is possible, and never
   place by themselves.
3. **The district itself**, by its code (id, P-code, or the P-code of a finer unit in it) or its
   name under its parents. Several districts in one cell share the incident; a code and a name
   of different districts do too, and are a conflict. A name that several units bear, or nearly
   bear, leaves the choice to the point; without one they share the incident equally.
4. **The point.** One that stands for a place and lies in a unit decides wherever the names
   leave room. A point and a name of the same level that lie further apart than the point's
   precision are a *conflict*: by policy the point counts, or the name, or the incident is shared
   by both and marked disputed. Closer than that the name decides, for drawn boundaries are
   approximate. A point that stands for a whole unit narrows like that unit's name.
5. **The place's name** in the gazetteer, under all of the above; it never contradicts a point,
   for villages of one name are many.
6. **A similar spelling**, where nothing finer contradicts it; never across a parent.

What is left is unplaced, with the reason.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.countries import FILED_UNDER, country_code, country_of_code
from geodata.districts import distance_m, grid_of, near_border
from geodata.errors import Ambiguous, InvalidInput, NotFound
from geodata.incidents import districts_text, parse_districts
from geodata.model import DistrictWeight, Incident
from geodata.places.fold import fold, split
from geodata.places.gazetteer import Gazetteer
from geodata.places.match import Match, compact
from geodata.places.units import Positions, UnitIndex, UnitReading, similar, unit_stems

OnConflict = Literal["point", "name", "dispute"]
Role = Literal["above", "unit", "below", "any"]
"""What a column of names says of the districts' level: units above it, the districts, finer
units, or whatever it names."""

COLUMNS = (
    "district_id", "districts", "where_method", "note", "place_id",
    "place_longitude", "place_latitude", "point_district", "neighbour",
    "placed_by", "reason", "conflict", "distance_m", "named", "named_by", "guess",
)  # fmt: skip
_TEXT_COLUMNS = (
    "district_id", "districts", "where_method", "note", "place_id", "point_district", "neighbour",
    "placed_by", "reason", "named", "named_by", "guess",
)  # fmt: skip
TOLERANCE_M = 2_500.0
"""How far a point may lie from the unit that is named without contradicting it, where the
point's own error is not stated: 95 % of villages lie this near their unit as it is drawn."""
_SURE = 0.7
_BESIDE = re.compile(
    r"(?<!\s)\s*[;/|&\n]\s*"
    r"|(?<!\s)\s+(?:or|and|və|ve|və ya|yaxud|и|или|та|або|ou|et|o|y|e|und|oder|و|أو|یا)\s+",
    re.IGNORECASE,
)
_WITHIN = re.compile(r"(?<!\s)\s*[,،()]\s*")
"""What parts the names in a cell that holds several: units beside each other, one in another."""
_MOST_PARTS = 6
_MOST_READ = 50_000
"""Combinations of names and codes whose reading is kept."""
_GUESSES = ("spelling", "sound")


@dataclass(frozen=True, slots=True)
class Names:
    """A column of names of units, one a row."""

    texts: np.ndarray
    """Text or None."""
    role: Role = "any"
    """What the column says of the districts' level."""
    level: int | None = None
    """The administrative level that its header says, where it does."""
    aside: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """Positions that a text never means, because another text of the same column does ("Kyiv"
    beside "Kyiv City")."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that rows say of where they happened."""

    lon: np.ndarray
    lat: np.ndarray
    """Degrees, WGS 84; NaN where no point is stated."""
    names: tuple[Names, ...] = ()
    """Columns of unit names, coarse ones first."""
    places: np.ndarray | None = None
    """Names of settlements, or None."""
    codes: tuple[np.ndarray, ...] = ()
    """Columns of place codes."""
    country: np.ndarray | None = None
    """ISO 3166-1 alpha-2 a row, or None."""
    tolerance_m: np.ndarray | None = None
    """How far each point may be off; NaN = `TOLERANCE_M`."""
    stands_for: np.ndarray | None = None
    """The administrative level of the unit that each point stands for; 0 = a place."""
    home: str | None = None
    """The country that all rows are about, where they do not say."""
    decided: Mapping[str, str | None] = field(default_factory=dict)
    """Text of a name column (see `decision_key`) to the district it means (None: no district), as
    people decided before."""


@dataclass(slots=True)
class _Named:
    """What the names and codes of a row lead to, before its point is looked at.

    Read once for all rows that say the same, and then not changed any more.
    """

    strong: Positions = ()
    kin: Positions = ()
    weak: Positions = ()
    """By a similar spelling, or by the gazetteer: a point goes before it."""
    by: str = ""
    weak_by: str = ""
    within: frozenset[int] | None = None
    """Districts of the units above that are named; None = not known."""
    above: str = ""
    foreign: str = ""
    place_id: str | None = None
    notes: tuple[str, ...] = ()
    unknown: str = ""
    """A text that names no unit."""
    contradicts: bool = False
    """Whether its codes and names are of different districts."""
    guess: str = ""
    """The name of a place that was read by a likeness."""

    @property
    def read_by(self) -> str | None:
        """By what the names lead to a district; None where they do not."""
        if len(self.strong) > 1 or (self.strong and self.kin):
            return "several"
        return (self.by if self.strong else self.weak_by) or None


class _Spot(NamedTuple):
    """What is known of the point of a row, and which of the names read are its own."""

    named: int
    where: int
    """The district that holds the point; -1 = none."""
    near: int
    """Another district within 2 km of it; -1 = none."""
    seen: bool
    """Whether there is a point."""
    stands: int
    """The level of the unit that it stands for; 0 = a place."""
    km: float
    """From the point to what is named."""
    apart: bool
    """Whether that is further than the point may be off."""


@dataclass(slots=True)
class _Making(_Named):
    """The same while its evidence is read."""

    country: str | None = None
    coded: frozenset[int] = frozenset()
    under: str = ""
    """The unit above as the row names it."""
    doubtful: str = ""
    """A unit above that is not known: what is named under it is not guessed at."""
    sure: bool = False
    """Whether the row itself states its country, or a district's code."""
    alike: frozenset[int] | None = None
    """Districts of the unit above that `doubtful` is spelled like."""


class Decider:
    """Places rows in one edition of districts (see the module for the order of evidence)."""

    def __init__(self, gazetteer: Gazetteer, districts: gpd.GeoDataFrame) -> None:
        self.gazetteer = gazetteer
        self.districts = districts
        self.ids = districts["district_id"].astype(str).to_numpy(dtype=object)
        self.titles = districts["name"].astype(str).to_numpy(dtype=object)
        self.countries = [c if isinstance(c, str) else None for c in districts["country"].tolist()]
        known = {c or country_of_code(i) for c, i in zip(self.countries, self.ids, strict=True)}
        self.home = frozenset(c for c in known if c) if None not in known else frozenset()
        self.index: UnitIndex = gazetteer.unit_index(districts)
        levels = districts["level"].dropna().unique().tolist()
        self.level: int | None = int(levels[0]) if len(levels) == 1 else None
        self._position = {name: i for i, name in enumerate(self.ids.tolist())}
        self._read_before: tuple[Any, dict[tuple[Any, ...], _Named]] = (None, {})
        self._own = self.home | {
            code for pair in FILED_UNDER.items() if self.home & {*pair} for code in pair
        }

    def decide(self, evidence: Evidence, *, on_conflict: OnConflict = "dispute") -> pd.DataFrame:
        """Place rows.

        One row each, in the order given: `district_id` (the only or first one), `districts`
        (``AZ-TAR:0.5;AZ-AGM:0.5``; null when unplaced), `placed_by` (code, name, similar_name,
        place, point; null when unplaced), `where_method` (district, gazetteer, point or unplaced),
        `note` in words, `reason` why a row is unplaced (no_place, not_understood, outside, foreign,
        coarse, conflict), `conflict`, `distance_m` from the point to what is named, `guess` (the
        place's name, where it was read by a likeness), `place_id`, `place_longitude` and
        `place_latitude` of the gazetteer's settlement, `point_district` (that holds the point) and
        `neighbour` (another district within 2 km of the point).

        Raises
        ------
        InvalidInput
            The columns differ in length (code ``bad-points``).
        """
        answer = self.decided(evidence, on_conflict=on_conflict)
        return _with_points(answer, self.gazetteer).astype(dict.fromkeys(_TEXT_COLUMNS, "str"))[
            list(COLUMNS)
        ]

    def decided(self, evidence: Evidence, *, on_conflict: OnConflict = "dispute") -> pd.DataFrame:
        """Place rows as `decide` does, with texts as plain objects and without settlements' points.

        For whoever places many rows and takes single columns.
        """
        x, y = (np.asarray(v, dtype=np.float64).ravel() for v in (evidence.lon, evidence.lat))
        columns = self._columns(evidence, len(x))
        if len(x) != len(y) or any(len(c) != len(x) for c in columns.values()):
            raise InvalidInput("All columns must have one length.", code="bad-points")
        code, combinations = _distinct(list(columns.values()))
        named = self._each_named(combinations, tuple(columns), evidence)
        stands = np.zeros(len(x), dtype=np.int64)
        if evidence.stands_for is not None:
            stands = np.asarray(evidence.stands_for, dtype=np.int64)
        where = grid_of(self.districts).locate(x, y)
        placed = stands == 0
        beside = near_border(x, y, np.where(placed, where, -1), self.districts)
        beside[~placed] = -1
        seen = np.isfinite(x) & np.isfinite(y)
        distance = self._distances(x, y, where, code, named, placed & seen)
        tolerance = np.full(len(x), TOLERANCE_M)
        if evidence.tolerance_m is not None:
            tolerance = np.fmax(np.where(placed, evidence.tolerance_m, np.nan), tolerance)
        km = np.where(np.isnan(distance), -1, np.round(distance / 100) / 10)
        group, rows = _distinct([code, where, beside, seen, stands, km, distance > tolerance])
        spots = map(_Spot._make, rows)
        answers = [self._placed(named[spot.named], spot, on_conflict) for spot in spots]
        names = ("found", "placed_by", "where_method", "note", "reason", "conflict", "place_id")
        columns_of = zip(*answers, strict=True) if answers else ((),) * len(names)
        answer = {n: _objects(list(c)) for n, c in zip(names, columns_of, strict=True)}
        found = answer.pop("found").tolist()
        ids = {f: tuple(self.ids[i] for i in f) for f in set(found)}
        answer["district_id"] = _objects([ids[f][0] if f else None for f in found])
        texts = {f: _text(each) for f, each in ids.items()}
        answer["districts"] = _objects([texts[f] for f in found])
        answer = {name: cells[group] for name, cells in answer.items()}
        answer["conflict"] = answer["conflict"].astype(bool)
        answer["point_district"] = _taken(self.ids, np.where(placed, where, -1))
        answer["neighbour"] = _taken(self.ids, beside)
        answer["distance_m"] = distance
        meant = ["|".join(self.ids[i] for i in (one.strong or one.weak)) or None for one in named]
        answer["named"] = _objects(meant)[code]
        answer["named_by"] = _objects([one.read_by for one in named])[code]
        answer["guess"] = _objects([one.guess or None for one in named])[code]
        return pd.DataFrame(
            {
                name: pd.Series(cells, dtype=object) if cells.dtype == object else cells
                for name, cells in answer.items()
            }
        )

    def _columns(self, evidence: Evidence, size: int) -> dict[str, Any]:
        columns = {f"name{i}": _texts(n.texts) for i, n in enumerate(evidence.names)}
        columns |= {f"code{i}": _texts(c) for i, c in enumerate(evidence.codes)}
        if evidence.places is not None:
            columns["place"] = _texts(evidence.places)
        if evidence.country is not None:
            columns["country"] = _texts(evidence.country)
        return columns or {"nothing": np.zeros(size, dtype=np.int8)}

    def _each_named(
        self, combinations: list[tuple[Any, ...]], columns: tuple[str, ...], evidence: Evidence
    ) -> list[_Named]:
        """Read the names and codes of combinations; the next rows hold many of them again."""
        names = [(n.role, n.level, dict(n.aside)) for n in evidence.names]
        by = (columns, names, evidence.home, dict(evidence.decided))
        held, known = self._read_before
        if held != by or len(known) > _MOST_READ:
            known = {}
            self._read_before = (by, known)
        for one in combinations:
            if one not in known:
                known[one] = self._named(dict(zip(columns, one, strict=True)), evidence)
        return [known[one] for one in combinations]

    def _named(self, row: Mapping[str, Any], evidence: Evidence) -> _Named:
        """Read the names and codes of one combination, from the top down."""
        stated = row.get("country") or None
        made = _Making(country=stated)
        for code in (row[f"code{i}"] for i in range(len(evidence.codes))):
            if code:
                self._take_code(made, code)
        if self.home and made.country is not None and made.country not in self.home:
            return _Named(foreign=made.country, notes=made.notes)
        made.sure = stated is not None or bool(made.coded)
        made.country = made.country or evidence.home
        above = [row[f"name{i}"] for i, n in enumerate(evidence.names) if n.role == "above"]
        made.under = above[-1] if above else ""
        names = [(n, row[f"name{i}"]) for i, n in enumerate(evidence.names) if row[f"name{i}"]]
        for position, (column, text) in enumerate(names):
            self._take_name(made, column, text, evidence, last=position == len(names) - 1)
        if made.coded and made.within is not None and not made.coded & made.within:
            made.notes += (f"its code is of no district in {made.above!r}",)
            made.contradicts = True
        if row.get("place"):
            self._take_place(made, row["place"], evidence)
        if made.country and self.home and made.country not in self.home:
            return _Named(foreign=made.country, notes=made.notes)
        made.strong = tuple(sorted(made.strong))
        return made

    def above_is(self, column: Names, text: str) -> str | None:
        """Tell of which country the unit above that a text names is.

        Empty for a unit above these districts and for a country's name; the code of the other
        country that has such a province; None where it is not known, or is of this country but none
        of those that the boundaries say their districts lie in.
        """
        if self._above(column, text) is not None or country_code(text) is not None:
            return ""
        of = self._province_of(text)
        if of is None:
            return None
        if of & self._own:
            return None if self.index.has_parents else ""
        return " / ".join(sorted(of))

    def _province_of(self, text: str) -> frozenset[str] | None:
        """Give the countries that have such a province, or a district; None where none is known."""
        if self.index.read(text, guess=False).known:
            return self._own
        return (self.home and countries_of_province(text)) or None

    def known_code(self, code: str) -> bool:
        """Say whether a code is of a unit of these boundaries, or of another country."""
        units, children = self.index.coded(code)
        country = country_of_code(code)
        return bool(units) or children is not None or bool(country and country not in self.home)

    def _take_code(self, made: "_Making", code: str) -> None:
        units, children = self.index.coded(code)
        if units:
            made.coded |= set(units)
            made.strong = tuple({*made.strong, *units})
            made.by = "code"
        elif children is not None:
            made.within, made.above = children, code
        else:
            made.country = made.country or country_of_code(code)
            made.unknown = made.unknown or code

    def _take_name(
        self, made: "_Making", column: Names, text: str, evidence: Evidence, *, last: bool
    ) -> None:
        if column.role == "below":
            return
        for said in (decision_key(text, made.under), text):
            if said in evidence.decided and column.role != "above":
                self._take_decision(made, text, evidence.decided[said])
                return
        if column.role == "above" or (column.role == "any" and not last):
            children = self._above(column, text, made.within)
            if children is not None:
                self._narrow(made, children, text)
                return
            if column.role == "above":
                self._take_unknown_above(made, column, text)
                return
        reading = self._unit(made, column, text)
        if not reading.known and made.within is None:
            children = self.index.any_above(text)
            if children is not None:
                self._narrow(made, children, text)
                return
        self._take_reading(made, reading, text)

    def _unit(self, made: "_Making", column: Names, text: str) -> UnitReading:
        """Read a cell of the districts' column, under what is known of the units above."""
        reading = self._read(column, text, made.within)
        if made.alike is not None and made.within is None:
            inside = self._read(column, text, made.alike)
            if inside.strong or inside.similar:
                self._narrow(made, made.alike, made.doubtful)
                made.notes += (f"{made.doubtful!r} is not known as a unit above, but like one",)
                reading = inside
        if reading.known:
            return reading
        return self._parts(made, text, of="unit") or reading

    def _take_unknown_above(self, made: "_Making", column: Names, text: str) -> None:
        """Note a unit above that is not of these boundaries: what it holds is not guessed at.

        One that is known of another country says that the row is about that country, unless the
        row states its own.
        """
        if (country := country_code(text)) is not None:
            if not made.sure or made.country not in self.home:
                made.country = country
            return
        of = self.above_is(column, text)
        made.above = made.above or text
        if of == "":
            return
        if of is not None:
            made.notes += (f"{text!r} is a province of {of}",)
            if not made.sure:
                made.country = of
                return
        made.doubtful = text
        made.alike = self.index.above_like(text, column.level)

    def _parts(
        self, made: "_Making", text: str, *, of: Literal["unit", "place"]
    ) -> UnitReading | None:
        """Read a cell with several names: *Quela, Lumba*, *Quela (Lumba)*, *Quela or Bango*.

        What stands before a comma or a bracket lies in what follows, or the other way round
        where only that can be read; districts beside each other share the incident. A unit
        above that these boundaries do not know is no reason against an exact name in it, unless
        something says that the one does not lie in the other. What can be read both ways, or
        is a list with a part that is not known, is not read.

        Parameters
        ----------
        made
            What the row named before; a foreign country is set.
        of
            What its column names: a place before its district is that district.
        """
        parts = [p for p in (part.strip() for part in _BESIDE.split(text)) if p]
        if 1 < len(parts) <= _MOST_PARTS:
            return self._beside(made, text, parts)
        parts = [p for p in (part.strip() for part in _WITHIN.split(text)) if p]
        if not 1 < len(parts) <= _MOST_PARTS:
            return None
        within, unknown = made.within, []
        for part in parts[:0:-1]:
            country = country_code(part)
            above = self.index.any_above(part)
            if country is not None and self.home and country not in self.home:
                made.country = country
                return UnitReading()
            if above is not None:
                within = above if within is None else within & above
            elif country is None:
                unknown.append(part)
        first = self.index.read(parts[0], within, guess=False)
        if of == "place" and unknown == [parts[1]] and not first.known:
            return self.index.read(parts[1], within, guess=False)
        listed = self._beside(made, text, parts) if of == "unit" and "(" not in text else None
        if not first.known and len(parts) == 2 and self._holds(parts[0]):
            above = self.index.any_above(parts[0])
            first = self.index.read(parts[1], above, guess=False)
            unknown = parts[:1] if above is None else []
        return self._one_of(made, first, listed, unknown)

    def _one_of(
        self, made: "_Making", first: UnitReading, listed: UnitReading | None, unknown: list[str]
    ) -> UnitReading | None:
        """Choose between the finest unit of a cell, some of the others not known, and a list."""
        if unknown and not listed and len(first.strong) == 1:
            if not all(self._may_hold(part, first.strong[0]) for part in unknown):
                return None
            made.notes += tuple(
                f"{p!r} is not known as a unit above the districts" for p in unknown
            )
            return first
        if unknown or not first.strong:
            return listed
        return first if listed is None or first.strong == listed.strong else None

    def _holds(self, text: str) -> bool:
        """Say whether a name is known as that of a unit above districts of this country."""
        if self.index.any_above(text) is not None:
            return True
        of = self.home and countries_of_province(text)
        return bool(of and of & self._own) and not self.index.has_parents

    def _may_hold(self, text: str, unit: int) -> bool:
        """Say whether nothing is against a unit lying in one that these boundaries do not know."""
        if self.home and countries_of_province(text):
            return self._holds(text)
        alike = self.index.above_like(text)
        if alike is not None:
            return unit in alike
        reading = self.index.read(text)
        if reading.known or reading.similar:
            return unit in reading.strong
        found = self._settlement(text, None, None, "find")
        return found is None or unit in found[0]

    def _beside(self, made: "_Making", text: str, parts: list[str]) -> UnitReading | None:
        each = [self.index.read(p, made.within, guess=False).strong for p in parts]
        if any(len(found) != 1 for found in each):
            return None
        note = f"{text!r} names several districts"
        made.notes += (note,) if note not in made.notes else ()
        return UnitReading(tuple(sorted({found[0] for found in each})))

    def _take_decision(self, made: "_Making", text: str, district: str | None) -> None:
        at = self._position.get(district or "")
        made.notes += (f"{text!r} was decided by a person",)
        made.strong, made.kin, made.by = ((at,) if at is not None else ()), (), "name"
        made.unknown = text if at is None else ""

    def _narrow(self, made: "_Making", children: frozenset[int], text: str) -> None:
        narrowed = children if made.within is None else made.within & children
        if narrowed:
            made.within, made.above = narrowed, text
        else:
            made.notes += (f"{text!r} does not hold {made.above!r}",)

    def _take_reading(self, made: "_Making", reading: UnitReading, text: str) -> None:
        if reading.strong:
            named = set(reading.strong)
            if made.by == "code" and not named & {*made.strong}:
                made.notes += (f"its code and the name {text!r} are of different districts",)
                made.strong = tuple(named | {*made.strong})
                made.contradicts = True
            elif made.by != "code":
                made.strong, made.by, made.kin = reading.strong, "name", reading.kin
            made.unknown = ""
            if made.doubtful and made.within is None:
                made.notes += (f"{made.doubtful!r} is not known as a unit above the districts",)
        elif reading.similar and made.within is None and made.doubtful:
            made.unknown = made.unknown or text
        elif reading.similar:
            made.weak, made.weak_by = reading.similar, "similar_name"
            made.notes += (f"{text!r} was read as {self.titles[made.weak[0]]}",)
        elif reading.elsewhere:
            where = ", ".join(self.titles[i] for i in reading.elsewhere[:3])
            made.notes += (
                f"{text!r} is no district of {made.above!r}, where {where} does not lie",
            )
            made.unknown = made.unknown or text
        else:
            found = self._settlement(text, made.country, made.within, "find_district")
            if found is None:
                made.unknown = made.unknown or text
                return
            made.weak, made.place_id, note = found
            made.weak_by = "place"
            made.notes += (note,) if note else ()

    def _take_place(self, made: "_Making", text: str, evidence: Evidence) -> None:
        if text in evidence.decided and not made.strong:
            at = self._position.get(evidence.decided[text] or "")
            made.weak, made.weak_by = (() if at is None else (at,)), "place"
            made.notes += (f"{text!r} was decided by a person",)
            return
        bound = frozenset({*made.strong, *made.kin}) if made.strong else made.within
        if bound is None and split(text)[1] not in ("city", "village"):
            above = self.index.any_above(text)
            if above is not None:
                # The place may be the whole unit: its namesake among the districts is a guess.
                self._narrow(made, above, text)
                return
        found = self._settlement(text, made.country, bound, "find")
        if found is None and not made.strong:
            reading = self._parts(made, text, of="place")
            found = (reading.strong, None, "") if reading and reading.strong else None
        if found is None:
            made.unknown = made.unknown or ("" if made.strong or made.weak else text)
            return
        units, place_id, note = found
        if len(made.strong) > 1 and len(inside := set(units) & {*made.strong}) == 1:
            made.strong = tuple(inside)
        if not made.strong:
            if made.weak and not set(units) & set(made.weak):
                return
            made.weak, made.weak_by = units, "place"
            made.notes += (note,) if note else ()
            made.guess = text if note else ""
        made.place_id = place_id

    def _above(
        self, column: Names, text: str, within: frozenset[int] | None = None
    ) -> frozenset[int] | None:
        if column.level in (1, 2):
            found = self.index.above(column.level, text)
            if found is not None:
                return found
        levels = [f for n in (1, 2) if (f := self.index.above(n, text)) is not None]
        # A province and a district of another one can bear the same name.
        fitting = [f for f in levels if within is None or f & within] or levels[:1]
        return frozenset().union(*fitting) if fitting else None

    def _read(self, column: Names, text: str, within: frozenset[int] | None) -> UnitReading:
        reading = self.index.read(text, within)
        aside = column.aside.get(text)
        if aside and set(reading.strong) - aside:
            strong = tuple(i for i in reading.strong if i not in aside)
            return UnitReading(strong, reading.kin, (), reading.elsewhere, reading.grammar)
        if aside and set(reading.kin) - aside:
            return UnitReading(tuple(i for i in reading.kin if i not in aside))
        return reading

    def _settlement(
        self, text: str, country: str | None, within: frozenset[int] | None, how: str
    ) -> tuple[Positions, str | None, str] | None:
        """Look a text up in the gazetteer; None where it leads to no district within bounds."""
        try:
            match: Match = getattr(self.gazetteer, how)(text, country=country)
        except NotFound:
            return None
        except Ambiguous as doubt:
            named = (c for c in doubt.candidates if c.method not in _GUESSES)
            found = (self._position.get(c.district_id or "") for c in named)
            units = tuple(dict.fromkeys(i for i in found if i is not None and _inside(i, within)))
            return (units, None, f"{text!r} is ambiguous") if units else None
        at = self._position.get(match.district_id or "")
        guessed = match.method in _GUESSES
        if at is None or not _inside(at, within):
            return None
        if guessed and not similar(compact(fold(text)), compact(fold(match.name))):
            return None
        doubtful = match.score < _SURE or guessed
        note = f"{text!r} was read as {match.name}" if doubtful else ""
        return (at,), match.place_id if match.kind != "district" else None, note

    def _distances(
        self, x: np.ndarray, y: np.ndarray, where: np.ndarray, code: np.ndarray,
        named: list[_Named], placed: np.ndarray,
    ) -> np.ndarray:  # fmt: skip
        """Measure from each point to the nearest of the units named, where it is in none."""
        distance = np.full(len(x), np.nan)
        order = np.argsort(code, kind="stable")
        starts = np.searchsorted(code[order], np.arange(len(named) + 1))
        pairs_row, pairs_unit = [], []
        for number, one in enumerate(named):
            meant = (*one.strong, *one.kin)
            if not one.strong:
                continue
            rows = order[starts[number] : starts[number + 1]]
            rows = rows[placed[rows]]
            inside = np.isin(where[rows], meant)
            distance[rows[inside]] = 0.0
            for unit in meant:
                pairs_row.append(rows[~inside])
                pairs_unit.append(np.full(int((~inside).sum()), unit))
        if pairs_row:
            rows, units = np.concatenate(pairs_row), np.concatenate(pairs_unit)
            measured = distance_m(x[rows], y[rows], units, self.districts)
            np.fmin.at(distance, rows, measured)
        return distance

    def _placed(self, named: _Named, row: _Spot, on_conflict: OnConflict) -> tuple[Any, ...]:
        notes = list(named.notes)
        point = row.where
        if named.foreign:
            return self._foreign(named, row, notes, on_conflict)
        if row.stands:
            return self._by_wide_point(named, point, row.stands, notes)
        if named.strong:
            found, by, reason, conflict = self._by_names(named, row, notes, on_conflict)
            conflict = conflict or (named.contradicts and by != "point")
        elif point >= 0:
            found, by, reason, conflict = self._by_point(named, point, notes, on_conflict)
        elif named.weak and not row.seen:
            found, by, reason, conflict = named.weak, named.weak_by, "", False
        else:
            found, by, conflict = (), "", False
            reason = "outside" if row.seen else self._why_not(named)
        if row.seen and point < 0 and not conflict:
            notes.append("its point lies in no district")
        if named.unknown and (by == "point" or not (found or row.seen)):
            notes.append(f"{named.unknown!r} is not known as a district or place")
        if row.near >= 0 and (by == "point" or not found):
            notes.append(f"its point is within 2 km of {self._title(row.near)}")
        return self._answer(found, by, notes, reason, conflict, named)

    def _by_names(
        self, named: _Named, row: _Spot, notes: list[str], on_conflict: OnConflict
    ) -> tuple[Positions, str, str, bool]:
        point = row.where
        if point >= 0 and point in (*named.strong, *named.kin):
            return (point,), "point", "", False
        if row.seen and row.apart:
            notes.append(self._apart(named, row))
            return *self._in_conflict(named, point, on_conflict), True
        if point >= 0:
            notes.append(f"its point lies in {self._title(point)}")
        return named.strong, named.by, "", False

    def _by_point(
        self, named: _Named, point: int, notes: list[str], on_conflict: OnConflict
    ) -> tuple[Positions, str, str, bool]:
        if named.within is not None and point not in named.within:
            notes.append(f"its point lies in {self._title(point)}, not in {named.above!r}")
            if on_conflict == "name":
                return (), "", "coarse", True
            return (point,), "point", "", True
        if named.weak and point not in named.weak:
            said = ", ".join(str(self.titles[i]) for i in named.weak[:3])
            kind = "place that is named" if named.weak_by == "place" else "name is like one"
            notes.append(f"its {kind} lies in {said}, its point in {self._title(point)}")
        return (point,), "point", "", False

    def _in_conflict(
        self, named: _Named, point: int, on_conflict: OnConflict
    ) -> tuple[Positions, str, str]:
        if on_conflict == "name":
            return named.strong, named.by, ""
        if point < 0:
            return (), "", "outside" if on_conflict == "point" else "conflict"
        if on_conflict == "point":
            return (point,), "point", ""
        return (point, *named.strong), "point", ""

    def _apart(self, named: _Named, row: _Spot) -> str:
        said = " or ".join(self._title(i) for i in named.strong[:3])
        lies = self._title(row.where) if row.where >= 0 else "no district"
        return f"its point lies in {lies}, {row.km:g} km from {said}, which is named"

    def _foreign(
        self, named: _Named, row: _Spot, notes: list[str], on_conflict: OnConflict
    ) -> tuple[Any, ...]:
        point = row.where
        if point >= 0 and not row.stands:
            unit = self.countries[point] or next(iter(self.home))
            if FILED_UNDER.get(unit) == named.foreign:
                return self._answer((point,), "point", notes, "", False, named)
            notes.append(
                f"the row says that it happened in {named.foreign}; its point lies in "
                f"{self._title(point)}"
            )
            if on_conflict == "point":
                return self._answer((point,), "point", notes, "", True, named)
            return self._answer((), "", notes, "foreign", on_conflict == "dispute", named)
        if row.seen and point < 0:
            notes.append("its point lies in no district")
        return self._answer((), "", notes, "foreign", False, named)

    def _by_wide_point(
        self, named: _Named, point: int, stands: int, notes: list[str]
    ) -> tuple[Any, ...]:
        """Use a point that stands for a whole unit: it narrows as that unit's name would."""
        found, by, reason = named.strong, named.by, ""
        if not found and point >= 0 and stands <= 2 and stands >= (self.level or 1):
            fits = named.within is None or point in named.within
            found, by = ((point,), "point") if fits else ((), "")
        if len(found) > 1 and point in found and stands <= 2:
            found = (point,)
        if not found and named.weak and (point < 0 or point in named.weak):
            found, by = named.weak, named.weak_by
        if not found:
            reason = "coarse" if point >= 0 or named.within is not None else self._why_not(named)
            if reason == "coarse":
                notes.append("only a unit above the districts is known")
        return self._answer(found, by, notes, reason, False, named)

    def _why_not(self, named: _Named) -> str:
        if named.unknown:
            return "not_understood"
        return "coarse" if named.within is not None or named.above else "no_place"

    def _answer(
        self, found: Positions, by: str, notes: list[str], reason: str, conflict: bool,  # noqa: FBT001
        named: _Named,
    ) -> tuple[Any, ...]:  # fmt: skip
        if len(found) > 1:
            notes.append("shared equally among the candidates")
        method = _METHODS.get(by, "district")
        agrees = named.place_id is not None and (
            not named.weak or set(named.weak) & set(found) or named.weak_by != "place"
        )
        return (found, by or None, method, "; ".join(dict.fromkeys(notes)) or None,
                None if found else reason or "no_place", conflict,
                named.place_id if agrees else None)  # fmt: skip

    def _title(self, position: int) -> str:
        return f"{self.titles[position]} ({self.ids[position]})"


_METHODS = {"point": "point", "place": "gazetteer", "": "unplaced"}
"""By what a row was placed → how; all else is by a district's name or code."""


def decision_key(text: str, within: str | None) -> str:
    """Give the text that a decision about a name is kept under: with the unit above, if named.

    *Santa Rita* of one province is not that of another.
    """
    return f"{text}\t{within}" if within else text


def _inside(position: int, within: frozenset[int] | None) -> bool:
    return within is None or position in within


def _texts(values: Any) -> np.ndarray:
    codes, distinct = pd.factorize(_objects(list(values)), use_na_sentinel=True)
    return _objects([v.strip() if isinstance(v, str) else str(v) for v in distinct] + [""])[codes]


def place_many(
    lon: Any,
    lat: Any,
    district_texts: Sequence[Any] | None,
    place_texts: Sequence[Any] | None,
    gazetteer: Gazetteer,
    districts: gpd.GeoDataFrame,
    *,
    country: str | None = None,
    on_conflict: OnConflict = "dispute",
) -> pd.DataFrame:
    """Find the districts of many incidents from one column each of districts and places.

    Parameters
    ----------
    lon, lat
        Arrays of degrees, WGS 84; NaN where no point is known.
    district_texts, place_texts
        Names of districts and of places, one a row, or None; empty and missing ones say
        nothing.

    Raises
    ------
    InvalidInput
        The columns differ in length (code ``bad-points``).
    """
    x, y = (np.asarray(v, dtype=np.float64).ravel() for v in (lon, lat))
    columns = [t for t in (district_texts, place_texts) if t is not None]
    if any(len(c) != len(x) for c in (y, *columns)):
        raise InvalidInput("All columns must have one length.", code="bad-points")
    evidence = Evidence(
        x, y,
        () if district_texts is None else (Names(_texts(district_texts)),),
        None if place_texts is None else _texts(place_texts),
        country=None if country is None else np.full(len(x), country, dtype=object),
    )  # fmt: skip
    return Decider(gazetteer, districts).decide(evidence, on_conflict=on_conflict)


def _taken(ids: np.ndarray, positions: np.ndarray) -> np.ndarray:
    padded = np.empty(len(ids) + 1, dtype=object)
    padded[:-1] = ids
    return np.asarray(padded[positions], dtype=object)


def _distinct(columns: Sequence[np.ndarray]) -> tuple[np.ndarray, list[tuple[Any, ...]]]:
    """Give each row the number of its combination, and the combinations in order of appearance."""
    code = np.zeros(len(columns[0]), dtype=np.int64)
    for cells in columns:
        own = pd.factorize(cells, use_na_sentinel=False)[0]
        most = int(own.max(initial=0))
        if most:
            code = pd.factorize(code * (most + 1) + own)[0]
    first = np.empty(int(code.max(initial=-1)) + 1, dtype=np.int64)
    first[code[::-1]] = np.arange(len(code))[::-1]
    return code, list(zip(*(cells[first].tolist() for cells in columns), strict=True))


def _objects(cells: list[Any]) -> np.ndarray:
    made = np.empty(len(cells), dtype=object)
    made[:] = cells
    return made


@lru_cache(maxsize=4096)
def _text(found: tuple[str, ...]) -> str | None:
    each = 1 / max(len(found), 1)
    return districts_text(DistrictWeight(district_id=d, weight=each) for d in found)


def _with_points(answer: pd.DataFrame, gazetteer: Gazetteer) -> pd.DataFrame:
    places = gazetteer.places.drop_duplicates("place_id").set_index("place_id")
    for axis in ("longitude", "latitude"):
        answer[f"place_{axis}"] = answer["place_id"].map(places[axis]).astype("float64")
    return answer


def place_incident(
    incident: Incident,
    gazetteer: Gazetteer,
    districts: gpd.GeoDataFrame,
    *,
    district_text: str | None = None,
) -> Incident:
    """Give an incident its districts by all its evidence (see the module).

    Districts that the incident already has are kept. What is uncertain is said in
    `district_note`; an incident that lies nowhere keeps no district and says so.

    A copy with `districts`, `placed_by`, `district_note` and, where the gazetteer knows the
    settlement, `place_id`.
    """
    if incident.districts:
        return incident
    row = place_many(
        [np.nan if incident.longitude is None else incident.longitude],
        [np.nan if incident.latitude is None else incident.latitude],
        [district_text],
        [incident.place_as_reported],
        gazetteer,
        districts,
        country=incident.country,
    ).iloc[0]
    text = row["districts"] if isinstance(row["districts"], str) else ""
    weights = parse_districts(text)
    note = "; ".join(n for n in (incident.district_note, row["note"]) if isinstance(n, str))
    change: dict[str, Any] = {"districts": weights, "district_note": note or None}
    if isinstance(row["placed_by"], str):
        change["placed_by"] = row["placed_by"]
    if incident.place_id is None and isinstance(row["place_id"], str):
        change["place_id"] = row["place_id"]
    return incident.model_copy(update=change)


_DIRECTIONS = frozenset(
    [
        "north", "northern", "south", "southern", "east", "eastern", "west", "western", "central",
        "centre", "center", "middle", "upper", "lower", "northeast", "northwest", "southeast",
        "southwest", "northeastern", "northwestern", "southeastern", "southwestern", "capital",
        "metropolitan", "nord", "sud", "est", "ouest", "norte", "sur", "este", "oeste", "sul",
        "leste", "centro", "islands", "island", "coast",
    ]
)  # fmt: skip
"""Words that name a part of any country: a name of nothing else tells no country apart."""


def countries_of_province(text: str) -> frozenset[str]:
    """Give the countries that have a first-level unit of this name.

    It tells that a row is about another country than the boundaries in use, and places nothing.

    ISO 3166-1 alpha-2 codes; empty where it is not known, or is only a direction.

    Parameters
    ----------
    text
        A name in any spelling that Natural Earth knows, with or without the word for its kind.

    Examples
    --------
    >>> sorted(countries_of_province("Kandahar Province")), sorted(countries_of_province("Central"))
    (['AF'], [])
    """
    bare = split(text)[0]
    if set(bare.split()) <= _DIRECTIONS:
        return frozenset()
    keys = (compact(bare), *unit_stems(bare))
    return next((_provinces()[key] for key in keys if key in _provinces()), frozenset())


@cache
def _provinces() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    text = (files("geodata") / "data" / "provinces.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        found[compact(split(row["name"])[0])].add(row["country"])
    return {name: frozenset(codes) for name, codes in found.items() if name}
