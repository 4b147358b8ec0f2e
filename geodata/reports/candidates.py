"""What a reader of reports hands back: candidates, each with the words it rests on."""

from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from geodata import codes

_UNWRITTEN = {"disputed", "ambiguous", "mine_related", "sex", "age_group"}
"""Fields for whoever decides on a candidate, which the contract does not write."""


class Written:
    """What is written by its fields, in their order."""

    __slots__ = ()

    def as_dict(self) -> dict[str, Any]:
        """Give it as the contract writes it: days as ISO text, unknown as null."""
        names = [one.name for one in fields(self)]  # type: ignore[arg-type]
        return {name: _plain(getattr(self, name)) for name in names if name not in _UNWRITTEN}


def _plain(value: Any) -> Any:
    if isinstance(value, Written):
        return value.as_dict()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return dict(value) if isinstance(value, dict) else value


@dataclass(frozen=True, slots=True)
class Span(Written):
    """Characters of the text as given that one value rests on; `end` is exclusive."""

    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PlaceShare(Written):
    """A place where the blast may have been, with its share of the incident."""

    text: str
    district_id: str | None = None
    district_name: str | None = None
    place_name: str | None = None
    country: str | None = None
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class CasualtyCount(Written):
    """People of one group and outcome; nobody is named, an unknown number is None.

    `sex` and `age_group` are those stated of all of them.
    """

    group: codes.Group
    affiliation: str | None
    outcome: codes.Outcome
    low: int | None = None
    best: int | None = None
    high: int | None = None
    sex: codes.Sex = "unknown"
    age_group: codes.AgeGroup = "unknown"


@dataclass(frozen=True, slots=True)
class IncidentCandidate(Written):
    """One blast as a report tells it, before anybody decided on it.

    `disputed` is set where the report denies, doubts or contradicts it; `ambiguous` where
    it may have been more than one blast, or in one of several districts.
    """

    date_start: date
    date_end: date
    date_precision: int
    date_basis: codes.DateBasis
    date_text: str | None = None
    places: tuple[PlaceShare, ...] = ()
    where_precision: int = 6
    casualties: tuple[CasualtyCount, ...] = ()
    killed: int | None = None
    injured: int | None = None
    device: codes.Device = "unknown"
    accident_type: codes.AccidentType = "unknown"
    activity: codes.Activity = "unknown"
    source_chain: str | None = None
    evidence: tuple[Span, ...] = ()
    disputed: bool = False
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class StatisticCandidate(Written):
    """A figure about a period, never an incident."""

    group: codes.Group | None
    outcome: codes.Outcome | None
    value: int
    qualifier: codes.Qualifier = "exact"
    period_start: date | None = None
    period_end: date | None = None
    as_of: date | None = None
    issuer: str | None = None
    evidence: tuple[Span, ...] = ()
    mine_related: bool = True


@dataclass(frozen=True, slots=True)
class OperationCandidate(Written):
    """Work on the ground that a report tells of; `area_m2` in square metres."""

    kind: codes.OperationKind
    status: codes.OperationStatus
    organisation: str | None = None
    personnel: int | None = None
    districts: tuple[str, ...] = ()
    area_m2: float | None = None
    devices_found: dict[str, int] = field(default_factory=dict)
    period_start: date | None = None
    period_end: date | None = None
    evidence: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading(Written):
    """All that one report says.

    `language` is None where the text is in none of the languages that are read.
    """

    language: str | None
    published: date
    warnings: tuple[str, ...] = ()
    incidents: tuple[IncidentCandidate, ...] = ()
    statistics: tuple[StatisticCandidate, ...] = ()
    operations: tuple[OperationCandidate, ...] = ()
