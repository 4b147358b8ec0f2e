"""Drafts to incidents, one checked record a row."""

from typing import Any

import numpy as np
from pydantic import ValidationError

from geodata.incidents import parse_districts
from geodata.intake.draft import Draft
from geodata.intake.identity import content_id, earlier_content_id, incident_id, source_ids
from geodata.intake.places.placing import UNIT_NAMES
from geodata.intake.places.positions import Points
from geodata.intake.plan import Plan
from geodata.model import Incident
from geodata.plausible import DateRange

_PLAIN = (
    "date_start", "date_end", "date_precision", "date_text", "date_basis", "coordinate_method",
    "where_precision", "place_id", "country", "placed_by", "district_note", "accident_type",
    "device", "activity", "source_reliability", "information_credibility", "description", "note",
)  # fmt: skip
_DIGITS = 7
"""Decimals of a degree kept: a centimetre, and what every export writes."""


def incidents_of(draft: Draft, plan: Plan, key: bytes) -> dict[int, Incident]:
    """Make the incidents of a draft's rows that are neither refused nor out of scope.

    Parameters
    ----------
    draft
        Read and placed; rows that make no valid record are refused with the field.
    plan
        Dataset, and defaults of status and sensitivity.
    key
        The register's, for the ids of rows that have none.

    Returns
    -------
    dict
        Position to incident; `draft.earlier_ids` has the ids that earlier versions gave to
        rows without one.
    """
    members = _members(draft)
    weights = _weights(draft)
    points: Points = draft.members["points"]
    lon, lat = np.round(points.lon, _DIGITS).tolist(), np.round(points.lat, _DIGITS).tolist()
    error = draft.members["uncertainty_m"].tolist()
    ids = source_ids(draft)
    times = draft.texts("local_time")
    named = [
        district or province
        for district, province in zip(
            draft.members["district"], draft.members["admin1"], strict=True
        )
    ]
    made: dict[int, Incident] = {}
    for place in range(len(draft)):
        if place in draft.refused or draft.out_of_scope[place] or draft.folded[place]:
            continue
        row: dict[str, Any] = {n: v[place] for n, v in members.items() if v[place] is not None}
        if lon[place] == lon[place]:
            row |= {"longitude": lon[place], "latitude": lat[place]}
        if error[place] == error[place]:
            row["uncertainty_m"] = error[place]
        row["districts"] = weights.get(draft.members["districts"][place], ())
        source = ids[place]
        if times[place]:
            row["local_time"] = times[place]
        if source:
            row |= {"incident_id": incident_id(plan.dataset, source), "external_id": source}
        else:
            said = row | {"district_text": named[place]}
            row["incident_id"] = content_id(said, key)
            draft.earlier_ids[place] = earlier_content_id(said)
        row["record_status"] = draft.members["record_status"][place] or plan.choices.status
        row["sensitivity"] = draft.members["sensitivity"][place] or plan.choices.sensitivity
        incident = checked(draft, place, row)
        if incident is not None:
            made[place] = incident
    return made


def checked(draft: Draft, place: int, row: dict[str, Any]) -> Incident | None:
    """Give the record, or refuse the row with the field that does not fit."""
    try:
        return Incident.model_validate(row)
    except ValidationError as error:
        for found in error.errors(include_url=False, include_context=False)[:5]:
            name = ".".join(str(part) for part in found["loc"]) or "row"
            reason = found["msg"].removeprefix("Value error, ")
            draft.refuse(place, _FIELD_OF_MEMBER.get(name, name), reason)
    return None


def _days_of(incident: Incident) -> dict[str, Any]:
    # Its days alone: writing the whole document of each row would double the time.
    return {
        "date_start": incident.date_start.isoformat(),
        "date_end": incident.date_end.isoformat(),
        "reports": [{"published": report.published} for report in incident.reports],
    }


def refuse_implausible(draft: Draft, made: dict[int, Any], dates: DateRange) -> None:
    """Refuse the rows with a day that cannot be meant, and take them out of what was made.

    Parameters
    ----------
    draft
        The chunk.
    made
        Position to record or document.
    dates
        The register's range.
    """
    for place, one in list(made.items()):
        found = dates.complaints(_days_of(one) if isinstance(one, Incident) else one)
        for complaint in found:
            name = complaint["field"]
            field = _FIELD_OF_MEMBER.get(name, name)
            if field in ("date_start", "date_end") and not draft.has(field):
                field = next((n for n in ("date", "year") if draft.has(n)), "date")
            draft.refuse(place, field, complaint["reason"], complaint["value"])
        if found:
            del made[place]


_FIELD_OF_MEMBER = {"place_as_reported": "place", "incident_id": "id", "external_id": "id",
                    "reports.0.published": "source_date"}  # fmt: skip


def _members(draft: Draft) -> dict[str, list[Any]]:
    values = draft.members
    members = {name: list(values[name]) for name in _PLAIN if name in values}
    members["casualties"] = values["casualties"]
    members["reports"] = values["reports"]
    members["place_as_reported"] = [
        place or district
        for place, district in zip(values["place"], _districts_named(draft), strict=True)
    ]
    return members


def _districts_named(draft: Draft) -> list[str | None]:
    columns = [draft.members[name] for name in reversed(UNIT_NAMES)]
    return [", ".join(part for part in row if part) or None for row in zip(*columns, strict=True)]


def _weights(draft: Draft) -> dict[str | None, Any]:
    texts = {text for text in draft.members["districts"] if text}
    return {text: [d.model_dump() for d in parse_districts(text)] for text in texts}
