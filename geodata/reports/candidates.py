"""What a reader of reports hands back: candidates, each with the words it rests on."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from geodata import codes


@dataclass(frozen=True, slots=True)
class Span:
    """Characters of the text as given that one value rests on; `end` is exclusive."""

    field: str
    start: int
    end: int

    def as_dict(self) -> dict[str, Any]:
        """Give the span as the contract writes it."""
        return {"field": self.field, "start": self.start, "end": self.end}


@dataclass(frozen=True, slots=True)
class PlaceShare:
    """A place where the blast may have been, with its share of the incident."""

    text: str
    district_id: str | None = None
    district_name: str | None = None
    place_name: str | None = None
    country: str | None = None
    weight: float = 1.0

    def as_dict(self) -> dict[str, Any]:
        """Give the place as the contract writes it."""
        return {
            "text": self.text,
            "district_id": self.district_id,
            "district_name": self.district_name,
            "place_name": self.place_name,
            "country": self.country,
            "weight": self.weight,
        }


@dataclass(frozen=True, slots=True)
class CasualtyCount:
    """People of one group and outcome; nobody is named, an unknown number is None.

    `children` says how many of them are stated to be children, `sex` is stated for all.
    """

    group: codes.Group
    outcome: codes.Outcome
    affiliation: str | None = None
    low: int | None = None
    best: int | None = None
    high: int | None = None
    sex: codes.Sex = "unknown"
    age_group: codes.AgeGroup = "unknown"

    def as_dict(self) -> dict[str, Any]:
        """Give the row as the contract writes it."""
        return {
            "group": self.group,
            "affiliation": self.affiliation,
            "outcome": self.outcome,
            "low": self.low,
            "best": self.best,
            "high": self.high,
        }


@dataclass(frozen=True, slots=True)
class IncidentCandidate:
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

    def as_dict(self) -> dict[str, Any]:
        """Give the candidate as the contract writes it."""
        return {
            "date_start": self.date_start.isoformat(),
            "date_end": self.date_end.isoformat(),
            "date_precision": self.date_precision,
            "date_basis": self.date_basis,
            "date_text": self.date_text,
            "places": [place.as_dict() for place in self.places],
            "where_precision": self.where_precision,
            "casualties": [row.as_dict() for row in self.casualties],
            "killed": self.killed,
            "injured": self.injured,
            "device": self.device,
            "accident_type": self.accident_type,
            "activity": self.activity,
            "source_chain": self.source_chain,
            "evidence": [span.as_dict() for span in self.evidence],
        }


@dataclass(frozen=True, slots=True)
class StatisticCandidate:
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

    def as_dict(self) -> dict[str, Any]:
        """Give the figure as the contract writes it."""
        return {
            "group": self.group,
            "outcome": self.outcome,
            "value": self.value,
            "qualifier": self.qualifier,
            "period_start": _iso(self.period_start),
            "period_end": _iso(self.period_end),
            "as_of": _iso(self.as_of),
            "issuer": self.issuer,
            "evidence": [span.as_dict() for span in self.evidence],
        }


@dataclass(frozen=True, slots=True)
class OperationCandidate:
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

    def as_dict(self) -> dict[str, Any]:
        """Give the operation as the contract writes it."""
        return {
            "kind": self.kind,
            "status": self.status,
            "organisation": self.organisation,
            "personnel": self.personnel,
            "districts": list(self.districts),
            "area_m2": self.area_m2,
            "devices_found": dict(self.devices_found),
            "period_start": _iso(self.period_start),
            "period_end": _iso(self.period_end),
            "evidence": [span.as_dict() for span in self.evidence],
        }


@dataclass(frozen=True, slots=True)
class Reading:
    """All that one report says.

    `language` is None where the text is in none of the languages that are read.
    """

    language: str | None
    published: date
    warnings: tuple[str, ...] = ()
    incidents: tuple[IncidentCandidate, ...] = ()
    statistics: tuple[StatisticCandidate, ...] = ()
    operations: tuple[OperationCandidate, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Give the reading as `hazardmap extract` prints it."""
        return {
            "language": self.language,
            "published": self.published.isoformat(),
            "warnings": list(self.warnings),
            "incidents": [one.as_dict() for one in self.incidents],
            "statistics": [one.as_dict() for one in self.statistics],
            "operations": [one.as_dict() for one in self.operations],
        }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
