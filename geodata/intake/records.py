"""Rows to incidents, one checked record a row, and what each does to the register."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import orjson
from pydantic import ValidationError

from geodata.incidents import document, parse_districts
from geodata.intake.draft import Draft, Placement, Texts, Values
from geodata.intake.identity import content_id, earlier_content_id, incident_id, source_ids
from geodata.intake.places.placing import UNIT_NAMES
from geodata.intake.plan import Plan
from geodata.model import Incident
from geodata.plausible import DateRange
from geodata.register import Register, log
from geodata.register.revision import Row

_DIGITS = 7
"""Decimals of a degree kept: a centimetre, and what every export writes."""


def incidents_of(
    draft: Draft, values: Values, placement: Placement, plan: Plan, key: bytes
) -> dict[int, Incident]:
    """Make the incidents of a draft's rows that are neither refused nor out of scope.

    Parameters
    ----------
    draft, values, placement
        The chunk, read and placed; rows that make no valid record are refused with the field.
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
    members = _members(values, placement)
    weights = _weights(placement)
    lon, lat = (np.round(axis, _DIGITS).tolist() for axis in (values.points.lon, values.points.lat))
    error = values.uncertainty_m.tolist()
    ids = source_ids(draft)
    named = [
        district or province
        for district, province in zip(values.names["district"], values.names["admin1"], strict=True)
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
        row["districts"] = weights.get(placement.districts[place], ())
        source = ids[place]
        if values.local_time[place]:
            row["local_time"] = values.local_time[place]
        if source:
            row |= {"incident_id": incident_id(plan.dataset, source), "external_id": source}
        else:
            said = row | {"district_text": named[place]}
            row["incident_id"] = content_id(said, key)
            draft.earlier_ids[place] = earlier_content_id(said)
        row["record_status"] = placement.record_status[place] or plan.choices.status
        row["sensitivity"] = values.sensitivity[place] or plan.choices.sensitivity
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


def _members(values: Values, placement: Placement) -> dict[str, Sequence[Any]]:
    return {
        "date_start": np.datetime_as_string(values.date_start).tolist(),
        "date_end": np.datetime_as_string(values.date_end).tolist(),
        "date_precision": values.date_precision,
        "date_text": values.date_text,
        "date_basis": values.date_basis,
        "coordinate_method": placement.coordinate_method,
        "where_precision": placement.where_precision,
        "place_id": placement.place_id,
        "country": placement.country,
        "placed_by": placement.placed_by,
        "district_note": placement.note,
        "accident_type": values.accident_type,
        "device": values.device,
        "activity": values.activity,
        "source_reliability": values.source_reliability,
        "information_credibility": values.information_credibility,
        "description": values.description,
        "note": values.note,
        "casualties": values.casualties,
        "reports": values.reports,
        "place_as_reported": [
            place or district
            for place, district in zip(values.place, _districts_named(values), strict=True)
        ],
    }


def _districts_named(values: Values) -> Texts:
    columns = [values.names[name] for name in reversed(UNIT_NAMES)]
    return [", ".join(part for part in row if part) or None for row in zip(*columns, strict=True)]


def _weights(placement: Placement) -> dict[str | None, Any]:
    texts = {text for text in placement.districts if text}
    return {text: [d.model_dump() for d in parse_districts(text)] for text in texts}


Document = dict[str, Any]
Verdict = Literal["new", "unchanged", "updated", "conflict"]
REASON = "Import of "
"""How the reason of every revision that an import writes begins."""
_NOT_COMPARED = frozenset({"version", "record_status", "merged_into"})


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with one incident.

    Attributes
    ----------
    document
        The whole record to append; None where nothing is.
    version
        The version it replaces.
    why
        For unchanged and conflict: what stands against it.
    """

    verdict: Verdict
    document: Document | Incident | None = None
    version: int = 0
    why: str | None = None


def held_rows(register: Register, ids: list[str]) -> Mapping[str, Row]:
    """Give the last revision of those incidents that are held."""
    with register.store.read() as connection:
        found = log.heads(connection, "incident", ids)
    return {name: found[name] for name in ids if name in found}


def decide(
    register: Register,
    incident: Incident,
    held: Row | None,
    said: Document | None = None,
    *,
    status_stated: bool = False,
    own: bool = False,
) -> Decision:
    """Compare a row's incident with what is held under its id.

    A merged or retracted incident stays so. What people changed since the last import stays:
    only what the source itself changed since then is taken over, and where both changed the
    same member differently, the row is a conflict.

    Parameters
    ----------
    register
        The register.
    incident
        What the row says now.
    held
        The last revision of that id; None if there is none.
    said
        The incident's document without what was taken back of it; None = all of it.
    status_stated
        Whether the file itself states the record's status.
    own
        Whether the row is of an own export, already read over what is held.

    Returns
    -------
    Decision
        With the record to append for new and updated.
    """
    if held is None:
        return Decision("new", incident)
    if held.change in ("merge", "retract"):
        done = "merged into another" if held.change == "merge" else "retracted"
        return Decision("unchanged", None, held.version, f"was {done} and stays so")
    now = said or document(incident)
    # The same file again says it in the same words: then nothing is to be read or compared.
    if held.payload == orjson.dumps(now | {"version": held.version}).decode():
        return Decision("unchanged", None, held.version)
    ours = orjson.loads(held.payload)
    ignored = _NOT_COMPARED - ({"record_status"} if status_stated else set())
    if "placed_by" not in ours:
        # Recorded before the evidence was kept: that alone is no change of the source.
        ignored |= {"placed_by"}
    if not differing(ours, now, ignored):
        return Decision("unchanged", None, held.version)
    if own:
        return Decision("updated", now, held.version)
    base = ours if held.version == 1 else last_source(register, incident.incident_id) or ours
    theirs = differing(base, now, ignored)
    if not theirs:
        return Decision("unchanged", None, held.version, "was changed here since; the file was not")
    return merged(ours, base, now, theirs, held.version)


def merged(
    ours: Document, base: Document, now: Document, theirs: set[str], version: int
) -> Decision:
    """Bring the source's changes since `base` over to what is held.

    Parameters
    ----------
    ours, base, now
        What is held, what the source said last, what it says now.
    theirs
        Members that the source changed.
    version
        The version held.
    """
    both = {n for n in theirs if ours.get(n) != base.get(n) and ours.get(n) != now.get(n)}
    if both:
        return Decision(
            "conflict",
            None,
            version,
            f"changed here and in the file since the last import: {', '.join(sorted(both))}",
        )
    result = {name: value for name, value in ours.items() if name not in theirs}
    result |= {name: now[name] for name in theirs if name in now}
    if result == ours:
        return Decision("unchanged", None, version)
    return Decision("updated", result, version)


def differing(one: Document, other: Document, ignored: frozenset[str]) -> set[str]:
    """Give the members that two documents state differently; absent equals null."""
    names = (one.keys() | other.keys()) - ignored
    return {name for name in names if one.get(name) != other.get(name)}


def last_source(register: Register, incident_id: str) -> Document | None:
    """Put together what the source said last, from the revisions that imports wrote.

    An import writes the source's changes over what people changed, so a later revision is
    not the source's word throughout: only its differences from the revision before are.
    """
    said: Document | None = None
    before: Document = {}
    for revision in register.history(incident_id):
        payload = revision.payload
        if (revision.reason or "").startswith(REASON):
            if said is None:
                said = dict(payload)
            for name in differing(before, payload, _NOT_COMPARED):
                said[name] = payload.get(name)
        before = payload
    return said
