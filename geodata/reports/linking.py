"""The same blast told again: what the register holds already, and how both tellings join."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pyproj import Geod

from geodata.incidents import document
from geodata.incidents.flat import parse_districts
from geodata.model import Casualty, Incident
from geodata.register import Snapshot
from geodata.register.duplicates import FAR_DAYS, FAR_M, similar

_GEOD = Geod(ellps="WGS84")
_MOST = 8


@dataclass(frozen=True, slots=True)
class Known:
    """An incident held that a candidate may be told of."""

    incident: Incident
    """The record held."""
    days: int
    """Days between the two; 0 where their ranges meet."""
    distance_m: float | None
    """Between the points where both have one."""
    differences: dict[str, tuple[int, int]]
    """Outcome → (held, told), where both state a number and the numbers differ."""
    likely: bool
    """Whether day, place and numbers agree so well that it is probably the same."""


def known_incidents(candidate: Incident, snapshot: Snapshot) -> list[Known]:
    """Find the incidents held that may be the candidate, likeliest first.

    Near means: ranges of days at most 2 days apart, and a district in common or points at
    most 5 km apart. Different numbers do not rule an incident out: they are what a reviewer
    has to see.

    At most eight.
    """
    frame = snapshot.incidents
    gap = _days_between(candidate, frame)
    wanted = {d.district_id for d in candidate.districts}
    found = []
    rows = frame.loc[gap <= FAR_DAYS, ["incident_id", "districts", "longitude", "latitude"]]
    for incident_id, districts, lon, lat in rows.itertuples(index=False):
        distance = _distance(candidate, lon, lat)
        near = wanted & _ids(districts) if distance is None else distance <= FAR_M
        if near and incident_id != candidate.incident_id:
            found.append(_known(candidate, snapshot.incident(incident_id), distance))
    found.sort(key=lambda k: (not k.likely, k.days, k.distance_m or 0.0, len(k.differences)))
    return found[:_MOST]


def _days_between(candidate: Incident, frame: pd.DataFrame) -> np.ndarray:
    day = np.timedelta64(1, "D")
    start = frame["date_start"].to_numpy(dtype="datetime64[D]")
    end = frame["date_end"].to_numpy(dtype="datetime64[D]")
    after = (np.datetime64(candidate.date_start) - end) / day
    before = (start - np.datetime64(candidate.date_end)) / day
    return np.maximum(np.maximum(after, before), 0)


def _ids(districts: Any) -> set[str]:
    return {d.district_id for d in parse_districts(districts)} if pd.notna(districts) else set()


def _distance(candidate: Incident, lon: Any, lat: Any) -> float | None:
    if candidate.longitude is None or pd.isna(lon):
        return None
    return float(_GEOD.inv(candidate.longitude, candidate.latitude, lon, lat)[2])


def _known(candidate: Incident, held: Incident, distance: float | None) -> Known:
    after = (candidate.date_start - held.date_end).days
    before = (held.date_start - candidate.date_end).days
    days = max(after, before, 0)
    likeness = []
    differences = {}
    for outcome in ("killed", "injured"):
        ours, theirs = held.count(outcome), candidate.count(outcome)
        if ours is not None and theirs is not None:
            likeness.append(similar(float(ours), float(theirs)))
            if ours != theirs:
                differences[outcome] = (ours, theirs)
    vague = max(candidate.date_precision, held.date_precision) > 2
    likely = days <= 1 and not vague and False not in likeness and bool(likeness)
    return Known(held, days, distance, differences, likely)


def joined(held: Incident, told: Incident, *, counts: bool) -> Incident:
    """Give the incident held with what another report tells of it.

    To be appended as a correction.

    Parameters
    ----------
    counts
        Whether the report corrects the numbers of people: its figures become the best ones,
        and the range covers what was held. Who is told to have died and was held as injured
        is not counted twice. Otherwise it is further evidence: what was held stays the best,
        and the range covers what this report tells.
    """
    members: dict[str, Any] = document(held)
    new = document(told)
    mine = members.get("reports", [])
    ids = {r.get("report_id") for r in mine if r.get("report_id")}
    members["reports"] = mine + [r for r in new.get("reports", []) if r.get("report_id") not in ids]
    evidence = new.get("evidence", [])
    kept = members.get("evidence", [])
    if counts:
        rows, moved = _joined_rows(held.casualties, told.casualties)
        rows = _without_the_dead(rows, held, told)
        kept = [e for e in kept if not str(e["field"]).startswith("casualties.")]
    else:
        rows, moved = _widened(held.casualties, told.casualties)
        evidence = [e for e in evidence if _stands(e, moved)]
    members["casualties"] = [document(row) for row in rows]
    evidence = [_renumbered(e, moved) for e in evidence]
    members["evidence"] = kept + [e for e in evidence if e not in kept]
    return Incident.model_validate(members)


def _joined_rows(
    held: Iterable[Casualty], told: Iterable[Casualty]
) -> tuple[list[Casualty], dict[int, int]]:
    """Join rows of people outcome by outcome; also where each row told now stands."""
    rows: list[Casualty] = []
    moved: dict[int, int] = {}
    news = list(enumerate(told))
    before = list(held)
    for outcome in ("killed", "injured", "unknown"):
        olds = [c for c in before if c.outcome == outcome]
        ours = [(i, c) for i, c in news if c.outcome == outcome]
        if not ours:
            rows += olds
            continue
        for position, row in ours:
            twin = _twin(row, olds) or (olds[0] if len(olds) == len(ours) == 1 else None)
            moved[position] = len(rows)
            rows.append(row if twin is None else _ranged(row, twin))
    return rows, moved


def _without_the_dead(rows: list[Casualty], held: Incident, told: Incident) -> list[Casualty]:
    """Take those who died later out of the injured, where the report tells of the dead only."""
    rise = (told.count("killed") or 0) - (held.count("killed") or 0)
    injured = [row for row in rows if row.outcome == "injured"]
    if rise <= 0 or told.count("injured") is not None or len(injured) != 1:
        return rows
    (row,) = injured
    if row.best is None or row.best < rise:
        return rows
    left = row.best - rise
    moved = row.model_copy(
        update={"low": min(left, row.low if row.low is not None else left), "best": left}
    )
    return [moved if one is row else one for one in rows]


def _widened(
    held: Iterable[Casualty], told: Iterable[Casualty]
) -> tuple[list[Casualty], dict[int, int]]:
    """Let the range of each row held cover what another report tells of the same people."""
    rows = list(held)
    moved: dict[int, int] = {}
    for position, row in enumerate(told):
        own = [n for n, old in enumerate(rows) if old.outcome == row.outcome]
        twin = _twin(row, [rows[n] for n in own])
        at = next((n for n in own if rows[n] is twin), own[0] if len(own) == 1 else None)
        if at is not None and rows[at].best is not None and row.best is not None:
            moved[position] = at
            rows[at] = _ranged(rows[at], row)
    return rows, moved


def _stands(evidence: dict[str, Any], moved: dict[int, int]) -> bool:
    """Say whether words rest on a row that the record has."""
    parts = str(evidence["field"]).split(".")
    return parts[0] != "casualties" or (len(parts) > 1 and parts[1] in map(str, moved))


def _twin(row: Casualty, olds: Iterable[Casualty]) -> Casualty | None:
    traits = (row.group, row.sex, row.age_group)
    return next((c for c in olds if (c.group, c.sex, c.age_group) == traits), None)


def _ranged(row: Casualty, old: Casualty) -> Casualty:
    numbers = [n for c in (row, old) for n in (c.low, c.best, c.high) if n is not None]
    if not numbers:
        return row
    group = row.group if row.group != "unknown" else old.group
    return row.model_copy(
        update={
            "low": min(numbers),
            "high": max(numbers),
            "group": group,
            "affiliation": row.affiliation or old.affiliation,
        }
    )


def _renumbered(evidence: dict[str, Any], moved: dict[int, int]) -> dict[str, Any]:
    parts = str(evidence["field"]).split(".")
    if parts[0] == "casualties" and len(parts) > 1 and parts[1].isdecimal():
        place = moved.get(int(parts[1]), int(parts[1]))
        return evidence | {"field": ".".join([parts[0], str(place), *parts[2:]])}
    return evidence
