"""The gazetteer: which place and district a text means."""

from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import pandas as pd

from geodata.deferred import distance as metrics
from geodata.deferred import fuzz, process
from geodata.districts import bundled_districts, grid_of, shape_key
from geodata.errors import InvalidInput
from geodata.places.bundled import alias_facts, district_places, load_places, unit_origins
from geodata.places.fold import fold, plain, sound, split, stems
from geodata.places.match import (
    Candidate,
    Match,
    Method,
    NameIndex,
    Refusal,
    Tier,
    choose,
    compact,
    match_of,
)
from geodata.places.units import UnitIndex, borne_names

_MAX_TEXT = 200
_MEMORY = 200_000
_GRAMMAR, _SOUND = 0.9, 0.85
# Shorter names are too alike for guesses; longer ones may have two letters wrong.
_SHORTEST, _LONG = 5, 8


class Gazetteer:
    """Finds places and districts by name, in any of their spellings.

    Parameters
    ----------
    places
        Frame of the schema PLACES; None is the bundled one.
    districts
        Frame of the schema DISTRICTS; None is the bundled one. With other districts than
        the bundled ones their names take the place of the bundled districts', and each
        settlement is put in the district that holds its point.
    """

    def __init__(
        self, places: gpd.GeoDataFrame | None = None, districts: gpd.GeoDataFrame | None = None
    ) -> None:
        bundled = places is None
        places = load_places() if places is None else places
        if districts is None and bundled:
            districts = bundled_districts()
        cities: frozenset[str] = frozenset()
        if districts is not None:
            places = _with_districts(places, districts)
            cities = frozenset(districts.loc[districts["type"] == "city", "district_id"])
        self.places = places
        self._names = NameIndex(places, cities)
        self._fuzzy = [key for key in self._names.folded if len(key) >= _SHORTEST]
        ids = set(districts["district_id"]) if districts is not None else set()
        self._origins = {p: tuple(d for d in o if d in ids) for p, o in unit_origins().items()}
        self._units: tuple[str, UnitIndex] | None = None
        self._memory: dict[tuple[Any, ...], Match | Refusal] = {}

    def unit_index(self, districts: gpd.GeoDataFrame) -> UnitIndex:
        """Give the index of the districts' names, with the aliases that are known of them."""
        key = shape_key(districts)
        if self._units is None or self._units[0] != key:
            ids = districts["district_id"].astype(str).tolist()
            tiers = {
                (target, fact.alias): 1 if fact.verified else 2
                for target, facts in alias_facts().items()
                for fact in facts
            }
            self._units = key, UnitIndex(districts, borne_names(self.places, ids, tiers))
        return self._units[1]

    def find(self, text: str, *, country: str | None = None, kind: str | None = None) -> Match:
        """Find the place that a text names.

        A name without a word for its kind means the district before the town of the same
        name; *Aghdam city* means the town. Names are compared after `fold`, then with
        grammar undone, by sound, and with one or two letters wrong.

        Parameters
        ----------
        kind
            ``district``, or ``settlement`` for any place that is not a district, or one
            of city, town, village.

        Raises
        ------
        NotFound
            No name comes near (code ``unknown-place``).
        Ambiguous
            Several places fit equally, or only the country would make it clear;
            `candidates` holds matches, best first (code ``ambiguous-place``).
        """
        return self._remembered("find", text, country, kind)

    def find_district(self, text: str, *, country: str | None = None) -> Match:
        """Find the district that a text names, or that holds the settlement it names.

        Its `district_id` is never None; `place_id` is the settlement's where only that bears the
        name.

        Parameters
        ----------
        country
            ISO 3166-1 alpha-2 of the country that the text is about.

        Raises
        ------
        NotFound
            No name comes near, or the place lies in no district (code
            ``unknown-place``).
        Ambiguous
            Several districts fit; `candidates` holds them (code ``ambiguous-place``).
        """
        return self._remembered("district", text, country, None)

    def named(self, text: str) -> Match | None:
        """Find the place that a text names in so many words, in any inflection.

        Unlike `find` it never guesses at a spelling and never raises, so it can be asked
        about every word of a report.

        The place; of several that bear the name the one whose own name it is, a district before a
        settlement. None where no place, or none clearly, is named.
        """
        key = ("named", text, None, None)
        answer = self._memory.get(key)
        if answer is None:
            answer = self._answer("named", _checked(text), "AZ", None)
            if len(self._memory) >= _MEMORY:
                self._memory.clear()
            self._memory[key] = answer
        return answer if isinstance(answer, Match) else None

    def search(self, text: str, limit: int = 10) -> list[Match]:
        """Suggest places for a search box, best first; never raises.

        Each place once; empty for an empty text.

        Parameters
        ----------
        text
            The beginning, a part or a misspelling of a name.
        """
        key = compact(fold(str(text)[:_MAX_TEXT]))
        if not key or limit < 1:
            return []
        table = self._names.folded
        rough = process.extract(key, table.keys(), scorer=fuzz.ratio, score_cutoff=70, limit=50)
        scores = {name: score / 100 for name, score, _ in rough}
        for name in table:
            if key in name:
                start = 0.9 if name.startswith(key) else 0.7
                scores[name] = max(scores.get(name, 0), start + 0.1 * len(key) / len(name))
        best: dict[str, Match] = {}
        for name, score in scores.items():
            for candidate in table[name]:
                match = match_of(candidate, "name" if name == key else "spelling", None)
                match = match.scaled(score / match.score * (1 - 0.01 * candidate.tier))
                held = best.get(candidate.entry.place_id)
                if held is None or match.score > held.score:
                    best[candidate.entry.place_id] = match
        return sorted(best.values(), key=_shown_first)[:limit]

    def _remembered(self, how: str, text: str, country: str | None, kind: str | None) -> Match:
        key = (how, text, country, kind)
        answer = self._memory.get(key)
        if answer is None:
            answer = self._answer(how, _checked(text), country, kind)
            if len(self._memory) >= _MEMORY:
                self._memory.clear()
            self._memory[key] = answer
        if isinstance(answer, Refusal):
            raise answer.error(text)
        return answer

    def _answer(
        self, how: str, text: str, country: str | None, kind: str | None
    ) -> Match | Refusal:
        answer: Match | Refusal = Refusal("unknown")
        for method, factor, groups in self._steps(text, guess=how != "named"):
            fitting = [[b for b in group if _fits(b, country, kind)] for group in groups]
            fitting = [group for group in fitting if group]
            if fitting:
                answer = choose(fitting, split(text)[1], method, country).scaled(factor)
                break
        return self._in_district(answer) if how == "district" else answer

    def _steps(
        self, text: str, *, guess: bool = True
    ) -> Iterable[tuple[Method, float, list[list[Candidate]]]]:
        names = self._names
        folded = split(text)[0]
        key = compact(folded)
        whole = names.whole.get(compact(plain(text)), [])
        if any(b.tier is Tier.NAME for b in whole):
            yield "name", 1.0, [whole]
        yield "name", 1.0, [names.folded.get(key, [])]
        for stem in map(compact, stems(folded)):
            russian = "а" <= folded[-1] <= "я"
            keys = names.stemmed.get(stem, set()) if russian else {stem}
            yield "grammar", _GRAMMAR, self._groups(keys)
        if guess and len(key) >= _SHORTEST:
            yield from self._approximate(key, names.sounding.get(sound(folded), set()))

    def _approximate(
        self, key: str, alike: set[str]
    ) -> Iterable[tuple[Method, float, list[list[Candidate]]]]:
        """Names that sound alike and names one letter off count together, lest one wins unseen."""
        allowed = 1 if len(key) < _LONG else 2
        near = process.extract(
            key, self._fuzzy, scorer=metrics.OSA.distance, score_cutoff=allowed, limit=None
        )
        least = min((distance for _, distance, _ in near), default=0)
        closest = {name for name, distance, _ in near if distance == least}
        if alike:
            yield "sound", _SOUND, self._groups(alike | (closest if least == 1 else set()))
        yield "spelling", 1 - 0.75 * least / len(key) - 0.05, self._groups(closest)

    def _groups(self, keys: Iterable[str]) -> list[list[Candidate]]:
        return [self._names.folded.get(key, []) for key in sorted(keys)]

    def _in_district(self, answer: Match | Refusal) -> Match | Refusal:
        if isinstance(answer, Refusal):
            return answer.by_district()
        if answer.district_id is None:
            origins = self._origins.get(answer.place_id or "", ())
            return Refusal.of_origins(answer, origins)
        return answer if answer.kind == "district" else answer.scaled(0.95)


def _checked(text: str) -> str:
    if not isinstance(text, str):
        raise InvalidInput("A place's name has to be text.", code="bad-place")
    return text[:_MAX_TEXT]


def _fits(candidate: Candidate, country: str | None, kind: str | None) -> bool:
    entry = candidate.entry
    if country and entry.country and entry.country != country.upper():
        return False
    if kind is None:
        return True
    if kind == "settlement":
        return entry.kind != "district"
    return entry.kind == kind or (kind == "city" and entry.is_city)


def _shown_first(match: Match) -> tuple[float, bool, str, str]:
    return -match.score, match.kind != "district", match.name, match.place_id or ""


def _with_districts(places: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> pd.DataFrame:
    ids = set(districts["district_id"].astype(str))
    plain_places = pd.DataFrame(places.drop(columns=places.geometry.name))
    origins = unit_origins()
    is_unit = (plain_places["kind"] == "district") & ~plain_places["place_id"].isin(origins)
    settlements = plain_places[~is_unit].copy()
    unknown = ~settlements["district_id"].isin(ids)
    where = grid_of(districts).locate(settlements["longitude"], settlements["latitude"])
    by_point = (
        districts["district_id"].astype("str").array.take(where, allow_fill=True, fill_value=None)
    )
    settlements["district_id"] = settlements["district_id"].mask(
        unknown, pd.Series(by_point, index=settlements.index)
    )
    names = set(districts["name"].map(fold))
    replaced = settlements["place_id"].isin(origins) & settlements["name"].map(fold).isin(names)
    return pd.concat([settlements[~replaced], district_places(districts)], ignore_index=True)
