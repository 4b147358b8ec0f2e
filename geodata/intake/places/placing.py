"""Where each row counts: what its columns say, handed to one decision, and how names were read."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.incidents import parse_districts
from geodata.intake.draft import Draft
from geodata.intake.places.matches import MatchTable, decisions, read_matches
from geodata.intake.places.positions import Points, bounds_of
from geodata.intake.plan import Choices
from geodata.places import Decider, Evidence, Gazetteer, Names, OnConflict
from geodata.places.assign import Role
from geodata.places.fold import split
from geodata.register import Register

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
    gazetteer, districts
        Where names and points are looked up.
    bounds
        The districts' extent in degrees; None where there are none.
    on_conflict
        What counts where a point and a name contradict each other.
    matches
        How names are read, with what people decided before.
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

    def place(self, draft: Draft) -> None:
        """Set a draft's districts, notes, evidence, gazetteer places and precision of place.

        Parameters
        ----------
        draft
            Read; rows in conflict become disputed where the policy says so.
        """
        values = draft.members
        points: Points = values["points"]
        anchor: Points = values.get("anchor", points)
        evidence = self._evidence(draft, anchor)
        if len(self.districts):
            placed = self.decider.decide(evidence, on_conflict=self.on_conflict)
        else:
            placed = _nowhere(len(draft))
        for name, column in (
            ("districts", "districts"), ("district_note", "note"), ("place_id", "place_id"),
            ("placed_by", "placed_by"), ("reason", "reason"),
        ):  # fmt: skip
            cells = placed[column].astype(object)
            values[name] = cells.where(cells.notna(), None).tolist()
        conflict = placed["conflict"].to_numpy(dtype=bool)
        values["conflict"] = conflict
        self._shares_stated(draft)
        self.matches.add(draft, placed, self.roles)
        if self.on_conflict == "dispute":
            stated = values["record_status"]
            values["record_status"] = [
                "disputed" if c and s is None else s
                for c, s in zip(conflict.tolist(), stated, strict=True)
            ]
        values["unplaced"] = np.array([d is None for d in values["districts"]], dtype=bool)
        self._precision(draft, points)
        values["country"] = [
            c or (self._country_of(text) if text else None)
            for c, text in zip(values["country"], values["districts"], strict=True)
        ]

    def _country_of(self, districts: str) -> str | None:
        held = {self._country.get(d.district_id) for d in parse_districts(districts)}
        return held.pop() if len(held) == 1 else None

    def _evidence(self, draft: Draft, anchor: Points) -> Evidence:
        values = draft.members
        names = tuple(
            Names(
                np.array(values[name], dtype=object),
                self.roles.get(name, "any"),
                _LEVEL.get(name),
                self._aside.get(name, {}),
            )
            for name in UNIT_NAMES
            if draft.has(name)
        )
        codes = tuple(
            np.array(
                [c if c in self._ids or ";" not in (c or "") else None for c in values[name]],
                dtype=object,
            )
            for name in UNIT_CODES
            if draft.has(name)
        )
        precision = values["where_precision"]
        stands = stands_for(precision)
        lon, lat = anchor.lon.copy(), anchor.lat.copy()
        lon[stands == 9], lat[stands == 9] = np.nan, np.nan
        if "nowhere" in values:
            # What stands beside an estimated point was filled in from it.
            names = tuple(replace(n, texts=_blanked(n.texts, values["nowhere"])) for n in names)
        near = np.array([_NEAR_M if p == _SETTLEMENT else np.nan for p in precision])
        return Evidence(
            lon,
            lat,
            names,
            _blanked(
                np.array(values["place"], dtype=object),
                values.get("nowhere", np.zeros(len(draft), dtype=bool)),
            ),
            codes,
            np.array(values["country"], dtype=object),
            np.fmax(values["uncertainty_m"], near),
            stands,
            next(iter(self.home)) if len(self.home) == 1 else None,
            self.matches.decided,
        )

    def _shares_stated(self, draft: Draft) -> None:
        """Take districts with weights that a row states itself: ``AZ-TAR:0.5;AZ-AGM:0.5``."""
        if not draft.has("district_id"):
            return
        values = draft.members
        for place, text in enumerate(values["district_id"]):
            if text is None or text in self._ids or (";" not in text and ":" not in text):
                continue
            try:
                stated = parse_districts(text)
            except ValueError:
                continue
            if all(d.district_id in self._ids for d in stated):
                values["districts"][place] = text
                values["district_note"][place] = values["reason"][place] = None
                values["placed_by"][place] = "code"

    def _precision(self, draft: Draft, points: Points) -> None:
        values = draft.members
        known = ~np.isnan(points.lon)
        stated = values["where_precision"]
        values["where_precision"] = [
            given
            if given is not None
            else 1
            if point
            else _SETTLEMENT
            if place
            else _COUNTRY
            if unplaced
            else _VAGUE
            if ";" in (text or "")
            else _DISTRICT
            for given, point, place, unplaced, text in zip(
                stated,
                known.tolist(),
                values["place_id"],
                values["unplaced"].tolist(),
                values["districts"],
                strict=True,
            )
        ]
        values["coordinate_method"] = [
            method or ("unknown" if point or unplaced else "district")
            for method, point, unplaced in zip(
                values["coordinate_method"],
                known.tolist(),
                values["unplaced"].tolist(),
                strict=True,
            )
        ]


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
            "district_id", "districts", "note", "place_id", "placed_by", "named", "named_by")}
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
