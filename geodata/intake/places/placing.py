"""Where each row counts: named district, gazetteer, point; what lies outside stays unplaced."""

import re

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.incidents import parse_districts
from geodata.intake.draft import Draft
from geodata.intake.places.positions import Points, within
from geodata.places import Gazetteer
from geodata.places.assign import COLUMNS, place_many

_ISO = re.compile(r"^([A-Z]{2})-")
_NOTHING = np.array(None, dtype=object)
_SETTLEMENT, _DISTRICT, _VAGUE, _COUNTRY = 2, 4, 5, 6


def home_of(districts: gpd.GeoDataFrame) -> frozenset[str]:
    """Give the countries of the districts, by their ISO 3166-2 ids; empty where unknown."""
    found = (_ISO.match(str(i)) for i in districts["district_id"])
    codes = [match[1] if match else None for match in found]
    return frozenset(c for c in codes if c) if codes and all(codes) else frozenset()


class Placer:
    """Places drafts in one edition of districts.

    Parameters
    ----------
    gazetteer, districts
        Where names and points are looked up.
    bounds
        The districts' extent in degrees; None where there are none.
    """

    def __init__(
        self,
        gazetteer: Gazetteer,
        districts: gpd.GeoDataFrame,
        bounds: tuple[float, float, float, float] | None,
    ) -> None:
        self.gazetteer = gazetteer
        self.districts = districts
        self.bounds = bounds
        self.home = home_of(districts)
        self._ids = set(districts["district_id"].astype(str))

    def place(self, draft: Draft) -> None:
        """Set a draft's districts, notes, gazetteer places and precision of place.

        Names are looked up only for rows of the districts' own country: one whose country or
        point says that it happened elsewhere is placed by its point alone, lest a foreign
        village lands in the district of a similar name. A district's id in the row goes
        before everything.
        """
        values = draft.members
        points: Points = values["points"]
        anchor: Points = values.get("anchor", points)
        local = self._is_local(draft, anchor)
        placed = self._look_up(draft, anchor, local)
        values["unplaced"] = placed["districts"].isna().to_numpy().copy()
        for name, column in (("districts",) * 2, ("district_note", "note"), ("place_id",) * 2):
            cells = placed[column].astype(object)
            values[name] = cells.where(cells.notna(), None).tolist()
        self._stated(draft)
        self._precision(draft, points)
        if len(self.home) == 1:
            (only,) = self.home
            values["country"] = [
                c or (None if out else only)
                for c, out in zip(values["country"], values["unplaced"], strict=True)
            ]

    def _is_local(self, draft: Draft, anchor: Points) -> np.ndarray:
        local = np.ones(len(draft), dtype=bool)
        if self.home:
            countries = draft.members["country"]
            local &= np.array([c is None or c in self.home for c in countries], dtype=bool)
        if self.bounds is not None:
            local &= np.isnan(anchor.lon) | within(anchor.lon, anchor.lat, self.bounds)
        if "nowhere" in draft.members:
            local &= ~draft.members["nowhere"]
        return local

    def _look_up(self, draft: Draft, anchor: Points, local: np.ndarray) -> pd.DataFrame:
        texts = {
            name: np.where(local, np.array(draft.members[name], dtype=object), _NOTHING)
            for name in ("district", "district_alt", "place")
        }
        country = next(iter(self.home)) if len(self.home) == 1 else None
        first = self._many(anchor, texts["district"], texts["place"], country)
        if draft.has("district_alt"):
            other = self._many(anchor, texts["district_alt"], texts["place"], country)
            # The level that names a district of this edition is the one that is meant.
            better = (first["where_method"] != "district") & (other["where_method"] == "district")
            first.loc[better] = other.loc[better]
        return first

    def _many(
        self, anchor: Points, districts: np.ndarray, places: np.ndarray, country: str | None
    ) -> pd.DataFrame:
        if not len(self.districts):
            nothing = pd.DataFrame(index=range(len(districts)), columns=list(COLUMNS), dtype=object)
            return nothing.assign(where_method="unplaced")
        return place_many(
            anchor.lon,
            anchor.lat,
            districts.tolist(),
            places.tolist(),
            self.gazetteer,
            self.districts,
            country=country,
        )

    def _stated(self, draft: Draft) -> None:
        if not draft.has("district_id"):
            return
        values = draft.members
        for place, text in enumerate(values["district_id"]):
            if text is None:
                continue
            ids = text.split(";")[0].rpartition(":")[0] or text
            if text in self._ids:
                weights = f"{text}:1"
            elif ids in self._ids:
                weights = text
            else:
                draft.warnings[
                    f"{draft.fields['district_id']}: {text[:60]!r} is no district of this edition"
                ] += 1
                continue
            try:
                parse_districts(weights)
            except ValueError:
                continue
            values["districts"][place] = weights
            values["district_note"][place] = None
            values["unplaced"][place] = False

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
