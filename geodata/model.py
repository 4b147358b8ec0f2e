"""The records of the register: what DOMAIN calls an incident, a statistic, an operation.

Unknown is null and never 0. Casualties are counts; nobody is named.
"""

from datetime import date, datetime
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from geodata import codes
from geodata.wording import say

# Files and databases cannot hold a null character (pydantic refuses lone surrogates itself).
_STORABLE = r"^[^\x00]*$"
Text = Annotated[str, Field(max_length=10_000, pattern=_STORABLE)]
Name = Annotated[str, Field(max_length=300, pattern=_STORABLE)]
Slug = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[\w.:\-]+$")]
Count = Annotated[int, Field(ge=0, le=10_000_000)]


class Record(BaseModel):
    """Base of all records: immutable, no unknown fields, finite numbers."""

    # What validates them takes 70 ms to build: whoever reads only the register's table needs none.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)


class DistrictWeight(Record):
    """A share of an incident in one district; an incident's weights sum to 1."""

    district_id: Name
    weight: Annotated[float, Field(gt=0, le=1)] = 1.0


class Casualty(Record):
    """How many people of one group came to harm; unknown is null."""

    group: codes.Group = "unknown"
    affiliation: Name | None = None
    sex: codes.Sex = "unknown"
    age_group: codes.AgeGroup = "unknown"
    outcome: codes.Outcome
    low: Count | None = None
    best: Count | None = None
    high: Count | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        known = [n for n in (self.low, self.best, self.high) if n is not None]
        if any(a > b for a, b in pairwise(known)):
            raise ValueError(say("low, best and high must not decrease"))
        return self


class Report(Record):
    """A source document; its text is not kept here."""

    report_id: Slug | None = None
    publisher: Name | None = None
    url: Annotated[str, Field(max_length=2_000, pattern=r"^https?://[^\x00]*$")] | None = None
    title: Name | None = None
    language: Annotated[str, Field(max_length=10, pattern=_STORABLE)] | None = None
    published: date | None = None
    retrieved: date | None = None
    chain: Name | None = None
    """Who is cited by whom, e.g. "Defence Ministry, cited by an agency"."""
    note: Text | None = None


CandidateKind = Literal["incident", "statistic", "operation"]
CandidateState = Literal["open", "accepted", "linked", "rejected"]
ReportStatus = Literal["new", "in_review", "done", "nothing_found"]


class Candidate(Record):
    """What was read from a report, and what a person decided about it."""

    kind: CandidateKind
    reading: dict[str, Any]
    """As `geodata.reports` gives it; spans count characters of the report's text."""
    state: CandidateState = "open"
    record_id: Slug | None = None
    """The record that an accepted candidate became, or that a linked one supports."""
    record_version: Annotated[int, Field(ge=1)] | None = None
    """The version of it that the decision wrote: undoing is offered while it is the newest."""
    reason: Text | None = None
    decided_by: Name | None = None
    decided_at: datetime | None = None


class FiledReport(Record):
    """A report filed for review: its text, what was read from it, what was decided.

    Never public: the text belongs to its publisher and may name people.
    """

    report_id: Slug
    text: Annotated[str, Field(min_length=1, max_length=1_000_000, pattern=_STORABLE)]
    url: Annotated[str, Field(max_length=2_000, pattern=r"^https?://[^\x00]*$")] | None = None
    title: Name | None = None
    publisher: Name | None = None
    language: Annotated[str, Field(max_length=10, pattern=_STORABLE)] | None = None
    published: date
    retrieved: date | None = None
    warnings: tuple[Text, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    fingerprint: tuple[int, ...] = ()
    """Of its words, by which near-copies are found (`geodata.reports.copies`)."""
    copy_of: Slug | None = None
    """The report filed before that is told nearly word for word: both are one source."""

    @property
    def status(self) -> ReportStatus:
        """Where the review stands."""
        if not self.candidates:
            return "nothing_found"
        decided = sum(c.state != "open" for c in self.candidates)
        if decided == 0:
            return "new"
        return "done" if decided == len(self.candidates) else "in_review"

    def source(self, chain: str | None = None) -> Report:
        """Give the report as a record cites it."""
        return Report(
            report_id=self.report_id,
            publisher=self.publisher,
            url=self.url,
            title=self.title,
            language=self.language,
            published=self.published,
            retrieved=self.retrieved,
            chain=chain,
        )


class Evidence(Record):
    """The span of a report that one value rests on."""

    field: Name
    quote: Text | None = None
    report_id: Slug | None = None
    chain: Name | None = None


class Incident(Record):
    """One blast, or find with harm, at one place and time.

    `districts` is where it counts: weights that sum to 1, or nothing at all when the
    incident is unplaced. `longitude` and `latitude` are WGS 84 degrees, both or neither.
    """

    incident_id: Slug
    version: Annotated[int, Field(ge=1)] = 1
    record_status: codes.RecordStatus = "draft"
    date_start: date
    date_end: date
    date_precision: Annotated[int, Field(ge=1, le=5)] = 1
    date_text: Text | None = None
    date_basis: codes.DateBasis = "stated"
    local_time: Annotated[str, Field(max_length=40, pattern=_STORABLE)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    uncertainty_m: Annotated[float, Field(ge=0, le=5_000_000)] | None = None
    coordinate_method: codes.CoordinateMethod = "unknown"
    where_precision: Annotated[int, Field(ge=1, le=7)] = 4
    place_as_reported: Text | None = None
    place_id: Slug | None = None
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    districts: tuple[DistrictWeight, ...] = ()
    placed_by: codes.PlacedBy | None = None
    """Which evidence decided `districts`; a person where they were chosen by hand."""
    district_note: Text | None = None
    """Why the placing is uncertain, e.g. the neighbour within 2 km."""
    accident_type: codes.AccidentType = "unknown"
    device: codes.Device = "unknown"
    activity: codes.Activity = "unknown"
    casualties: tuple[Casualty, ...] = ()
    reports: tuple[Report, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    source_reliability: codes.Reliability | None = None
    information_credibility: Annotated[int, Field(ge=1, le=6)] | None = None
    sensitivity: codes.Sensitivity = "public"
    description: Text | None = None
    note: Text | None = None
    external_id: Name | None = None
    merged_into: Slug | None = None

    @model_validator(mode="before")
    @classmethod
    def _precision(cls, data: Any) -> Any:
        # A point that states no precision is the place; without a point it is the district.
        if isinstance(data, dict) and data.get("where_precision") is None:
            known = data.get("longitude") is not None
            return {**data, "where_precision": 1 if known else 4}
        return data

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.date_end < self.date_start:
            raise ValueError(say("date_end is before date_start"))
        if (self.longitude is None) != (self.latitude is None):
            raise ValueError(say("longitude and latitude go together"))
        # Most count in one district, where there is nothing to add up.
        if self.districts and not (len(self.districts) == 1 and self.districts[0].weight == 1):
            total = sum(d.weight for d in self.districts)
            if abs(total - 1) > 1e-6:
                raise ValueError(
                    say("the weights of districts sum to {total:g}, not to 1", total=total)
                )
            if len({d.district_id for d in self.districts}) < len(self.districts):
                raise ValueError(say("districts names a district twice"))
        return self

    def count(self, outcome: codes.Outcome, group: codes.Group | None = None) -> int | None:
        """Sum the best counts of one outcome, null where a row or all of them state none."""
        counts = [
            c.best
            for c in self.casualties
            if c.outcome == outcome and (group is None or c.group == group)
        ]
        stated = [count for count in counts if count is not None]
        return sum(stated) if counts and len(stated) == len(counts) else None


class Statistic(Record):
    """A claim about a period and territory; never counted as an incident."""

    statistic_id: Slug
    metric: Name
    group: codes.Group | None = None
    outcome: codes.Outcome | None = None
    value: Count
    qualifier: codes.Qualifier = "exact"
    period_start: date | None = None
    period_end: date | None = None
    as_of: date | None = None
    territory: Name | None = None
    districts: tuple[Name, ...] = ()
    issuer: Name | None = None
    report: Report | None = None
    mine_related: bool = True
    """False for totals of a whole conflict, which stay out of every mine total."""
    sensitivity: codes.Sensitivity = "public"
    note: Text | None = None


class Operation(Record):
    """Clearance, survey, training, deployment or assessment."""

    operation_id: Slug
    kind: codes.OperationKind
    status: codes.OperationStatus
    organisation: Name | None = None
    personnel: Count | None = None
    districts: tuple[Name, ...] = ()
    area_planned_m2: Annotated[float, Field(ge=0)] | None = None
    area_done_m2: Annotated[float, Field(ge=0)] | None = None
    planned_start: date | None = None
    planned_end: date | None = None
    actual_start: date | None = None
    actual_end: date | None = None
    announced: date | None = None
    devices_found: dict[Name, Count] = Field(default_factory=dict)
    ground_status: codes.GroundStatus | None = None
    hazardous_area: codes.HazardousArea | None = None
    """The polygon is a confirmed (CHA) or suspected (SHA) hazardous area (IMAS 08.10)."""
    geometry_wkt: Annotated[str, Field(max_length=1_000_000, pattern=_STORABLE)] | None = None
    report: Report | None = None
    sensitivity: codes.Sensitivity = "public"
    note: Text | None = None
