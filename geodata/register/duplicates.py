"""Suspected duplicates: two records that may be one blast. Offered for merge, never merged."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd
from pyproj import Geod

from geodata.model import Incident

NEAR_M, FAR_M = 1_000.0, 5_000.0
"""Farthest two exactly known places, and any two places, may lie apart."""
NEAR_DAYS, FAR_DAYS = 1, 2
_EARTH_M = 6_371_008.8
_GEOD = Geod(ellps="WGS84")
VAGUE_DATE = 4
"""From this date precision on (month, year) nearness in time says nothing."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Two records that may be one: the new one, the one held, and how near they are."""

    incident_id: str
    candidate_id: str
    distance_m: float | None
    days: int

    def as_json(self) -> dict[str, Any]:
        """Give plain JSON values."""
        return {
            "incident_id": self.incident_id,
            "candidate_id": self.candidate_id,
            "distance_m": None if self.distance_m is None else round(self.distance_m),
            "days": self.days,
        }


@dataclass(slots=True)
class Traits:
    """What nearness is measured by: one entry a record."""

    ids: np.ndarray
    lon: np.ndarray
    lat: np.ndarray
    """Degrees; NaN where only a district is known."""
    day: np.ndarray
    """First day, in days since 1970."""
    exact: np.ndarray
    """Whether day and place are known exactly."""
    vague: np.ndarray
    """Whether the day is known by month or year only."""
    district: np.ndarray
    """Districts as text, for records without a point."""
    killed: np.ndarray
    injured: np.ndarray
    """NaN where not stated."""

    def take(self, keep: np.ndarray) -> "Traits":
        """Give the traits of some records."""
        return Traits(*(getattr(self, one.name)[keep] for one in fields(self)))

    def __add__(self, other: "Traits") -> "Traits":
        """Give the traits of both, one behind the other."""
        both = ((getattr(self, one.name), getattr(other, one.name)) for one in fields(self))
        return Traits(*(np.concatenate(pair) for pair in both))


def traits_of_frame(incidents: pd.DataFrame) -> Traits:
    """Take the traits of the register's incidents (`schemas.INCIDENTS`)."""
    start = incidents["date_start"].to_numpy(dtype="datetime64[D]")
    numbers = {
        name: incidents[name].to_numpy(dtype="float64", na_value=np.nan)
        for name in ("longitude", "latitude", "killed", "injured", "date_precision",
                     "where_precision")
    }  # fmt: skip
    return Traits(
        incidents["incident_id"].to_numpy(dtype=object),
        numbers["longitude"],
        numbers["latitude"],
        start.astype("int64"),
        (numbers["date_precision"] == 1) & (numbers["where_precision"] == 1),
        numbers["date_precision"] >= VAGUE_DATE,
        incidents["districts"].to_numpy(dtype=object),
        numbers["killed"],
        numbers["injured"],
    )


def traits_of(incidents: Sequence[Incident], districts: Sequence[str | None]) -> Traits:
    """Take the traits of records with their districts as text."""

    def _floats(values: list[Any]) -> np.ndarray:
        return np.array([np.nan if v is None else v for v in values], dtype="float64")

    return Traits(
        np.array([i.incident_id for i in incidents], dtype=object),
        _floats([i.longitude for i in incidents]),
        _floats([i.latitude for i in incidents]),
        np.array([i.date_start.toordinal() - 719_163 for i in incidents], dtype="int64"),
        np.array([i.date_precision == 1 and i.where_precision == 1 for i in incidents], dtype=bool),
        np.array([i.date_precision >= VAGUE_DATE for i in incidents], dtype=bool),
        np.array(districts, dtype=object),
        _floats([i.count("killed") for i in incidents]),
        _floats([i.count("injured") for i in incidents]),
    )


class Neighbourhood:
    """Records held, searchable by place and time."""

    def __init__(self, held: Traits) -> None:
        from scipy.spatial import KDTree

        self.held = held
        self._located = np.flatnonzero(~np.isnan(held.lon) & ~held.vague)
        self._tree = KDTree(_space(held, self._located)) if len(self._located) else None
        self._by_district: dict[tuple[str, int], list[int]] = {}
        only = np.isnan(held.lon) & ~held.vague & pd.notna(held.district)
        for place in np.flatnonzero(only).tolist():
            key = (held.district[place], int(held.day[place]))
            self._by_district.setdefault(key, []).append(place)

    def suspicions(
        self, new: Traits, *, same_prefix: str | None = None, earlier_only: bool = False
    ) -> dict[int, Suspicion]:
        """Find for each new record the nearest one held that may be the same.

        Near means: at most 5 km and 2 days apart, or 1 km and 1 day where both are exactly
        known; killed and injured similar, where both state them. Records without a point are
        compared by district and day, and need a stated number in common.

        Position in `new` to the suspicion.

        Parameters
        ----------
        same_prefix
            Ids that begin with it are left out: a source that gives its events ids has
            told them apart already.
        earlier_only
            `new` is what is held: each is compared with those before it.
        """
        found: dict[int, Suspicion] = {}
        for place, candidates in self._candidates(new):
            best: tuple[tuple[float, int], Suspicion] | None = None
            for other in candidates:
                if earlier_only and other >= place:
                    continue
                suspicion = self._judge(new, place, other, same_prefix)
                if suspicion is not None:
                    order = (suspicion.distance_m or 0.0, suspicion.days)
                    if best is None or order < best[0]:
                        best = order, suspicion
            if best is not None:
                found[place] = best[1]
        return found

    def _candidates(self, new: Traits) -> list[tuple[int, list[int]]]:
        result: list[tuple[int, list[int]]] = []
        located = np.flatnonzero(~np.isnan(new.lon) & ~new.vague)
        if self._tree is not None and len(located):
            near = self._tree.query_ball_point(_space(new, located), r=1.0, p=np.inf)
            result += [
                (int(place), self._located[hits].tolist())
                for place, hits in zip(located, near, strict=True)
                if hits
            ]
        for place in np.flatnonzero(np.isnan(new.lon) & ~new.vague & pd.notna(new.district)):
            days = range(int(new.day[place]) - NEAR_DAYS, int(new.day[place]) + NEAR_DAYS + 1)
            hits = [h for d in days for h in self._by_district.get((new.district[place], d), ())]
            if hits:
                result.append((int(place), hits))
        return result

    def _judge(self, new: Traits, a: int, b: int, prefix: str | None) -> Suspicion | None:
        held = self.held
        if held.ids[b] == new.ids[a] or (prefix and str(held.ids[b]).startswith(prefix)):
            return None
        days = abs(int(new.day[a]) - int(held.day[b]))
        exact = bool(new.exact[a] and held.exact[b])
        if days > (NEAR_DAYS if exact else FAR_DAYS):
            return None
        likeness = [
            similar(new.killed[a], held.killed[b]),
            similar(new.injured[a], held.injured[b]),
        ]
        if False in likeness:
            return None
        if np.isnan(new.lon[a]):
            return Suspicion(new.ids[a], held.ids[b], None, days) if True in likeness else None
        _, _, metres = _GEOD.inv(new.lon[a], new.lat[a], held.lon[b], held.lat[b])
        if metres > (NEAR_M if exact else FAR_M):
            return None
        return Suspicion(new.ids[a], held.ids[b], float(metres), days)


def similar(a: float, b: float) -> bool | None:
    """Say whether two numbers of people may mean the same: one or a quarter apart.

    None where one is not stated.

    Parameters
    ----------
    a, b
        Numbers; NaN for not stated.

    Examples
    --------
    >>> similar(3.0, 4.0), similar(3.0, 9.0), similar(3.0, float("nan"))
    (True, False, None)
    """
    if np.isnan(a) or np.isnan(b):
        return None
    return bool(abs(a - b) <= max(1.0, 0.25 * max(a, b)))


def _space(traits: Traits, where: np.ndarray) -> np.ndarray:
    # One unit is the farthest distance or time; the sphere is near enough to find
    # candidates, which are then measured on the ellipsoid.
    lon, lat = np.radians(traits.lon[where]), np.radians(traits.lat[where])
    scale = _EARTH_M / (FAR_M * 1.01)
    return np.column_stack(
        [
            np.cos(lat) * np.cos(lon) * scale,
            np.cos(lat) * np.sin(lon) * scale,
            np.sin(lat) * scale,
            traits.day[where] / FAR_DAYS,
        ]
    )
