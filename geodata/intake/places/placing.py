"""Where each row counts: what its columns say, handed to one decision, and how names were read."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.errors import InvalidInput
from geodata.incidents import parse_districts
from geodata.intake.draft import Draft, Placement, Texts, Values
from geodata.intake.places.positions import bounds_of
from geodata.intake.plan import Choices
from geodata.places import Decider, Evidence, Gazetteer, Names, OnConflict
from geodata.places.assign import Role, decision_key
from geodata.places.fold import split
from geodata.register import Register
from geodata.wording import say

COLUMNS = (
    "text", "within", "district_id", "district_name", "by", "rows", "distance_km", "decision",
)  # fmt: skip
"""Columns of the table as a file; `decision` is for people: approve, forbid, or the id of the
district that is meant."""
_ORDER = {"similar_name": 0, "": 1, "unknown_above": 1, "foreign_above": 1, "several": 2,
          "place": 3, "name": 4, "code": 5, "person": 6}  # fmt: skip
ABOVE = ("unknown_above", "foreign_above")
"""How units above the districts were read that are none of the boundaries'."""
LISTED = 2_000


@dataclass(slots=True)
class Match:
    """One text of the file and the district it was read as."""

    text: str
    within: str
    """The name, and the unit above that the row names beside it."""
    district_id: str | None
    by: str
    """What it was read as, and by what: name, similar_name, place, several (the point chose, or the
    candidates share), person; unknown_above or foreign_above for a unit above the districts that is
    not known, or of another country; empty where it was not understood."""
    rows: int = 0
    """How many rows say so."""
    distance_m: float = 0.0
    """The furthest that one of their points lies from the district."""
    disputed: int = 0


@dataclass(slots=True)
class MatchTable:
    """All matches of one file."""

    decided: dict[str, str | None] = field(default_factory=dict)
    """Text (see `decision_key`) to the district that people say it means; None: to none."""
    found: dict[tuple[str, str, str | None, str], Match] = field(default_factory=dict)
    approved: set[str] = field(default_factory=set)

    def add(
        self, draft: Draft, values: Values, placed: pd.DataFrame, roles: Mapping[str, Role]
    ) -> None:
        """Count how one chunk's names were read."""
        unit = next((name for name, role in roles.items() if role == "unit"), None)
        if unit is None and not placed["guess"].notna().any():
            return
        above = [name for name, role in roles.items() if role == "above" and draft.has(name)]
        named = pd.DataFrame(
            {
                "text": values.names[unit] if unit is not None else "",
                "within": values.names[above[-1]] if above else "",
                "named": placed["named"].to_numpy(dtype=object),
                "by": placed["named_by"].to_numpy(dtype=object),
                "distance": placed["distance_m"].to_numpy(),
                "conflict": placed["conflict"].to_numpy(dtype=bool),
            }
        )
        table = pd.concat([named, _guesses(placed)]) if placed["guess"].notna().any() else named
        table = table.fillna({"text": "", "within": "", "by": ""})
        table = table[table["text"] != ""]
        grouped = table.groupby(["text", "within", "named", "by"], dropna=False, sort=False)
        for key, rows, far, disputed in zip(
            grouped.groups, grouped.size(), grouped["distance"].max(), grouped["conflict"].sum(),
            strict=True,
        ):  # fmt: skip
            text, within, named, by = (None if v is None or v != v else str(v) for v in key)
            held = self.found.setdefault(
                (text or "", within or "", named, by or ""),
                Match(text or "", within or "", named, by or ""),
            )
            held.rows += int(rows)
            held.disputed += int(disputed)
            if not np.isnan(far):
                held.distance_m = max(held.distance_m, float(far))

    def add_above(self, text: str, rows: int, of: str | None) -> None:
        """Count a name of a unit above that is none of the boundaries'; `of` = its country."""
        by = ABOVE[0] if of is None else ABOVE[1]
        held = self.found.setdefault((text, of or "", None, by), Match(text, of or "", None, by))
        held.rows += rows

    def ordered(self) -> list[Match]:
        """Give the matches that people should look at first: guessed, not understood, far."""
        return sorted(
            self.found.values(),
            key=lambda m: (
                _ORDER.get(m.by, 3) if not m.disputed else 0, -m.disputed, -m.rows, m.text,
            ),
        )  # fmt: skip

    def as_json(self, titles: Mapping[str, str]) -> list[dict[str, Any]]:
        """Give the table as plain JSON values, at most `LISTED` lines."""
        return [
            {
                "text": match.text,
                "within": match.within or None,
                "district_id": match.district_id,
                "district_name": _titles(match.district_id, titles),
                "by": match.by or None,
                "rows": match.rows,
                "disputed": match.disputed,
                "distance_km": round(match.distance_m / 1000, 1),
                "decision": self._decision(match),
                "key": decision_key(match.text, match.within),
            }
            for match in self.ordered()[:LISTED]
        ]

    def _decision(self, match: Match) -> str:
        keys = (decision_key(match.text, match.within), match.text)
        said = next((k for k in keys if k in self.decided), None)
        if said is not None:
            return self.decided[said] or "forbid"
        return "approve" if keys[0] in self.approved else ""

    def write(self, path: Path, titles: Mapping[str, str]) -> None:
        """Write the table as CSV, with the decisions that were read from it before."""
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(COLUMNS)
            for line in self.as_json(titles):
                writer.writerow(["" if line[c] is None else line[c] for c in COLUMNS])


def _guesses(placed: pd.DataFrame) -> pd.DataFrame:
    """Give the names of places that were read by a likeness, and the district they led to."""
    rows = placed["guess"].notna() & (placed["placed_by"] == "place")
    return pd.DataFrame(
        {
            "text": placed.loc[rows, "guess"],
            "within": "",
            "named": placed.loc[rows, "district_id"],
            "by": "similar_name",
            "distance": placed.loc[rows, "distance_m"],
            "conflict": placed.loc[rows, "conflict"],
        }
    )


def _titles(ids: str | None, titles: Mapping[str, str]) -> str | None:
    if ids is None:
        return None
    return "|".join(titles.get(one, one) for one in ids.split("|"))


def read_matches(path: Path, ids: set[str]) -> MatchTable:
    """Read the decisions of a table of matches.

    With the decisions, and no matches yet.

    Parameters
    ----------
    path
        CSV as `MatchTable.write` makes it; a file that is not there decides nothing.

    Raises
    ------
    InvalidInput
        The file is no such table, or names a district that the edition does not have.
    """
    if not path.exists():
        return MatchTable()
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as reason:
        raise InvalidInput(
            say(
                "{name} cannot be read as a table of matches ({reason}). Name a CSV file that "
                "an import wrote with --matches, or a new one.",
                name=path.name,
                reason=reason,
            ),
            code="bad-matches",
        ) from None
    if rows and not {"text", "decision"} <= rows[0].keys():
        raise InvalidInput(
            say(
                "{name} is no table of matches: it has no columns text and decision.",
                name=path.name,
            ),
            code="bad-matches",
        )
    return decisions(
        ((decision_key(row.get("text") or "", row.get("within")), row.get("district_id") or "",
          row.get("decision") or "") for row in rows), ids,
    )  # fmt: skip


def decisions(rows: Any, ids: set[str]) -> MatchTable:
    """Take decisions: (text, district it was read as, decision) each.

    Raises
    ------
    InvalidInput
        A decision is neither approve, forbid nor a district of the edition.
    """
    table = MatchTable()
    wrong: Counter[str] = Counter()
    for text, district, given in rows:
        decision = str(given).strip()
        if not decision or not text:
            continue
        if decision == "forbid":
            table.decided[text] = None
        elif decision == "approve":
            if district in ids:
                table.decided[text] = district
            table.approved.add(text)
        elif decision in ids:
            table.decided[text] = decision
        else:
            wrong[decision] += 1
    if wrong:
        raise InvalidInput(
            say(
                "These decisions are no districts of the current boundaries: {wrong}. Write "
                "approve, forbid, or a district's id.",
                wrong=", ".join(list(wrong)[:10]),
            ),
            code="bad-matches",
            details=[
                {"field": "decision", "reason": say("no district {name!r}", name=name)}
                for name in wrong
            ],
        )
    return table


UNIT_NAMES = ("admin1", "district", "admin2", "admin3")
"""Fields of units' names, coarse ones first."""
UNIT_CODES = ("admin1_code", "district_id", "admin2_code", "admin3_code")
_LEVEL: Mapping[str, int] = {"admin1": 1, "admin2": 2, "admin3": 3}
_SETTLEMENT, _DISTRICT, _VAGUE, _COUNTRY = 2, 4, 5, 6
_STANDS_FOR = {3: 2, 4: 1, 5: 9, 6: 9, 7: 9}
"""UCDP's `where_prec` to the level of the unit that the point stands for; 9 = none."""
_NEAR_M = 25_000.0
"""How far the event may be from a point of precision 2 ("near a named place")."""
_MOST_TEXTS = 20_000
_FINER_HANDICAP, _LABEL_BONUS = 0.3, 0.2


@dataclass(slots=True)
class NamesSeen:
    """The distinct texts of the columns of unit names, gathered over the whole file."""

    texts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, draft: Draft) -> None:
        """Count one chunk."""
        for name in UNIT_NAMES:
            if draft.has(name) and len(self.texts[name]) < _MOST_TEXTS:
                self.texts[name].update(t for t in draft.texts(name) if t)


class Placer:
    """Places drafts in one edition of districts.

    Parameters
    ----------
    bounds
        The districts' extent in degrees; None where there are none.
    on_conflict
        What counts where a point and a name contradict each other.
    """

    def __init__(
        self,
        gazetteer: Gazetteer,
        districts: gpd.GeoDataFrame,
        bounds: tuple[float, float, float, float] | None,
        *,
        on_conflict: OnConflict = "dispute",
        matches: MatchTable | None = None,
    ) -> None:
        self.gazetteer = gazetteer
        self.districts = districts
        self.bounds = bounds
        self.on_conflict: OnConflict = on_conflict
        self.matches = matches or MatchTable()
        self.decider = Decider(gazetteer, districts)
        self.home = self.decider.home
        self.roles: dict[str, Role] = {}
        self._aside: dict[str, dict[str, frozenset[int]]] = {}
        self._ids = set(districts["district_id"].astype(str))
        self._country = dict(zip(self.decider.ids.tolist(), self.decider.countries, strict=True))

    def learn(self, seen: NamesSeen) -> None:
        """Decide from the whole file which column names the districts, and which lie above.

        The header's level decides where the boundaries' level is known; what the cells name
        decides the rest.
        """
        fields = [name for name in UNIT_NAMES if seen.texts.get(name)]
        self.roles = self._roles({name: seen.texts[name] for name in fields})
        for name in fields:
            self._aside[name] = self._told_apart(seen.texts[name])

    def named(self, text: str) -> list[str]:
        """Give the ids of the districts that bear a name, or that a code is of."""
        units = self.decider.index.coded(text)[0]
        units = units or self.decider.index.read(text, guess=False).strong
        return [str(self.decider.ids[i]) for i in units]

    def is_district(self, text: str) -> bool:
        """Say whether a text is the name of a district, spelled as it is known."""
        return bool(self.decider.index.read(text, guess=False).known)

    def _roles(self, texts: Mapping[str, Counter[str]]) -> dict[str, Role]:
        index, level = self.decider.index, self.decider.level
        best: tuple[float, int] | None = None
        order = list(texts)
        for place, name in enumerate(order):
            label = _LEVEL.get(name)
            if level is not None and label is not None and label < level:
                continue
            distinct = list(texts[name])
            unit = _share(bool(index.read(t, guess=False).known) for t in distinct)
            above = _share(index.any_above(t) is not None for t in distinct)
            if above >= 0.5 and above > unit:
                continue
            score = unit
            if level is not None and label is not None:
                score += _LABEL_BONUS if label == level else -_FINER_HANDICAP
            if best is None or (score, place) >= best:
                best = (score, place)
        if best is None:
            return dict.fromkeys(order, "above")
        unit_at = best[1]
        return {
            name: "unit" if at == unit_at else "above" if at < unit_at else "below"
            for at, name in enumerate(order)
        }

    def _told_apart(self, texts: Iterable[str]) -> dict[str, frozenset[int]]:
        """Find bare names beside the same name of a city: "Kyiv" beside "Kyiv City"."""
        cities: dict[str, frozenset[int]] = {}
        bare: dict[str, str] = {}
        for text in texts:
            name, hint = split(text)
            if hint == "city":
                cities[name] = frozenset(self.decider.index.read(text, guess=False).strong)
            elif hint is None:
                bare[text] = name
        return {text: cities[name] for text, name in bare.items() if cities.get(name)}

    def place(self, draft: Draft, values: Values) -> Placement:
        """Find a chunk's districts, with notes, evidence and gazetteer places.

        Rows in conflict are disputed where the policy says so.
        """
        if len(self.districts):
            placed = self.decider.decided(
                self._evidence(draft, values), on_conflict=self.on_conflict
            )
            self._report_unknown(draft, values)
        else:
            placed = _nowhere(len(draft))
        found = {
            name: _cells(placed[name]) for name in ("districts", "note", "reason", "placed_by")
        }
        self._shares_stated(draft, values, found)
        for place in self._strange(draft, values).nonzero()[0].tolist():
            said = f"its country {str(draft.raw('country')[place])[:60]!r} is not known"
            found["note"][place] = "; ".join(n for n in (found["note"][place], said) if n)
            if found["districts"][place] is None and found["reason"][place] == "no_place":
                found["reason"][place] = "not_understood"
        self.matches.add(draft, values, placed, self.roles)
        conflict, status = placed["conflict"].to_numpy(dtype=bool), values.record_status
        if self.on_conflict == "dispute" and conflict.any():
            status = [
                "disputed" if c and s is None else s
                for c, s in zip(conflict.tolist(), status, strict=True)
            ]
        districts, place_id = found["districts"], _cells(placed["place_id"])
        precision, method = _precision(values, districts, place_id)
        countries = {text: self._country_of(text) for text in set(districts) if text}
        return Placement(
            districts=districts,
            note=found["note"],
            place_id=place_id,
            placed_by=found["placed_by"],
            reason=found["reason"],
            conflict=conflict,
            where_precision=precision,
            coordinate_method=method,
            country=[
                stated or countries.get(text or "")
                for stated, text in zip(values.country, districts, strict=True)
            ],
            record_status=status,
        )

    def _strange(self, draft: Draft, values: Values) -> np.ndarray:
        """Tell the rows that state a country which is not understood."""
        if not draft.has("country") or not self.home:
            return np.zeros(len(draft), dtype=bool)
        unknown = [c is None for c in values.country]
        if not any(unknown):
            return np.zeros(len(draft), dtype=bool)
        stated = [t is not None for t in draft.texts("country")]
        return np.array(unknown, dtype=bool) & np.array(stated, dtype=bool)

    def _report_unknown(self, draft: Draft, values: Values) -> None:
        """Report names of units above and codes that are of no unit of these boundaries."""
        for name in UNIT_NAMES:
            if draft.has(name) and self.roles.get(name) == "above":
                column = Names(np.empty(0, dtype=object), "above", _LEVEL.get(name))
                for text, rows in Counter(t for t in values.names[name] if t).items():
                    of = self.decider.above_is(column, text)
                    if of is None:
                        draft.unknown_values[name, text[:60]] += rows
                    if of is None or of:
                        self.matches.add_above(text, rows, of)
        for name in filter(draft.has, UNIT_CODES):
            for code, rows in Counter(c for c in values.codes[name] if c).items():
                if ";" not in code and not self.decider.known_code(code):
                    draft.unknown_values[name, code[:60]] += rows

    def _country_of(self, districts: str) -> str | None:
        held = {self._country.get(d.district_id) for d in parse_districts(districts)}
        return held.pop() if len(held) == 1 else None

    def _evidence(self, draft: Draft, values: Values) -> Evidence:
        names = tuple(
            Names(
                np.array(values.names[name], dtype=object),
                self.roles.get(name, "any"),
                _LEVEL.get(name),
                self._aside.get(name, {}),
            )
            for name in UNIT_NAMES
            if draft.has(name)
        )
        codes = tuple(
            np.array(
                [c if c in self._ids or ";" not in (c or "") else None for c in values.codes[name]],
                dtype=object,
            )
            for name in UNIT_CODES
            if draft.has(name)
        )
        stands = stands_for(values.where_precision)
        lon, lat = values.anchor.lon.copy(), values.anchor.lat.copy()
        lon[stands == 9], lat[stands == 9] = np.nan, np.nan
        # What stands beside an estimated point was filled in from it.
        # A country that is not understood may be another one: then no name counts at home.
        silent = values.nowhere | self._strange(draft, values)
        names = tuple(replace(n, texts=_blanked(n.texts, silent)) for n in names)
        near = np.array([_NEAR_M if p == _SETTLEMENT else np.nan for p in values.where_precision])
        return Evidence(
            lon,
            lat,
            names,
            _blanked(np.array(values.place, dtype=object), silent),
            codes,
            np.array(values.country, dtype=object),
            np.fmax(values.uncertainty_m, near),
            stands,
            next(iter(self.home)) if len(self.home) == 1 else None,
            self.matches.decided,
        )

    def _shares_stated(self, draft: Draft, values: Values, found: dict[str, Texts]) -> None:
        """Take districts with weights that a row states itself: ``AZ-TAR:0.5;AZ-AGM:0.5``."""
        if not draft.has("district_id"):
            return
        for place, text in enumerate(values.codes["district_id"]):
            if text is None or text in self._ids or (";" not in text and ":" not in text):
                continue
            try:
                stated = parse_districts(text)
            except InvalidInput:
                continue
            if all(d.district_id in self._ids for d in stated):
                found["districts"][place], found["placed_by"][place] = text, "code"
                found["note"][place] = found["reason"][place] = None


def _precision(values: Values, districts: Texts, place_id: Texts) -> tuple[list[int], Texts]:
    """Give how exactly each place is known, and how its position was found."""
    known = (~np.isnan(values.points.lon)).tolist()
    precision = [
        given
        if given is not None
        else 1
        if point
        else _SETTLEMENT
        if place
        else _COUNTRY
        if text is None
        else _VAGUE
        if ";" in text
        else _DISTRICT
        for given, point, place, text in zip(
            values.where_precision, known, place_id, districts, strict=True
        )
    ]
    method: Texts = [
        stated or ("unknown" if point or text is None else "district")
        for stated, point, text in zip(values.coordinate_method, known, districts, strict=True)
    ]
    return precision, method


def _cells(column: pd.Series) -> Texts:
    found: Texts = column.astype(object).tolist()
    return found


def stands_for(precision: Iterable[int | None]) -> np.ndarray:
    """Give the level of the unit that points of UCDP's precisions stand for; 0 = a place."""
    return np.array([_STANDS_FOR.get(p or 0, 0) for p in precision], dtype=np.int64)


def _share(flags: Iterable[bool]) -> float:
    found = list(flags)
    return sum(found) / len(found) if found else 0.0


def _blanked(texts: np.ndarray, rows: np.ndarray) -> np.ndarray:
    return np.where(rows, np.array(None, dtype=object), texts)


def _nowhere(size: int) -> pd.DataFrame:
    nothing = pd.DataFrame(
        {c: np.full(size, None, dtype=object) for c in (
            "district_id", "districts", "note", "place_id", "placed_by", "named", "named_by",
            "guess")}
    )  # fmt: skip
    return nothing.assign(reason="no_boundaries", conflict=False, distance_m=np.nan)


def placer_of(register: Register, choices: Choices) -> Placer:
    """Give the placer of the register's current boundaries, with what people decided of names."""
    snapshot = register.snapshot()
    districts = snapshot.districts
    ids = set(districts["district_id"].astype(str))
    matches = read_matches(choices.matches, ids) if choices.matches else MatchTable()
    if choices.decisions:
        given = decisions(choices.decisions, ids)
        matches.decided |= given.decided
        matches.approved |= given.approved
    return Placer(
        snapshot.gazetteer, districts, bounds_of(districts),
        on_conflict=choices.on_conflict, matches=matches,
    )  # fmt: skip
