"""The record that a candidate would become, with the words that each value rests on."""

from collections.abc import Mapping, Sequence
from typing import Any

from geodata.incidents import checked
from geodata.model import FiledReport, Incident, Operation, Record, Statistic

_AS_READ = (
    "date_start",
    "date_end",
    "date_precision",
    "date_basis",
    "date_text",
    "where_precision",
    "device",
    "accident_type",
    "activity",
)
_STATISTIC = (
    "group",
    "outcome",
    "value",
    "qualifier",
    "period_start",
    "period_end",
    "as_of",
    "issuer",
)
_OPERATION = ("kind", "status", "organisation", "personnel", "devices_found")


def proposed_incident(
    report: FiledReport, reading: Mapping[str, Any], incident_id: str
) -> Incident:
    """Give the incident that a reading of a report describes.

    Parameters
    ----------
    report
        The report; gives the words of each span.
    reading
        A member of ``incidents`` as `geodata.reports` reads it.
    incident_id
        Id of the record to be.

    Returns
    -------
    Incident
        A draft with its evidence: disputed where the report leaves the place open or where
        its word is doubted. Without districts where no place of the edition was read.

    Raises
    ------
    InvalidInput
        The reading has a value that the register does not take.
    """
    places = reading.get("places") or []
    members = _stated(reading, _AS_READ) | {
        "incident_id": incident_id,
        "record_status": "disputed" if reading.get("disputed") else "draft",
        "districts": _weights(places),
        "casualties": [_without_nulls(row) for row in reading.get("casualties") or []],
        "reports": [report.source(reading.get("source_chain"))],
        "evidence": _evidence(report, reading),
        "coordinate_method": "district" if any(p.get("district_id") for p in places) else "unknown",
    }
    names = [str(p["text"]) for p in places if p.get("text")]
    countries = {p.get("country") for p in places} - {None}
    if names:
        members["place_as_reported"] = "; ".join(dict.fromkeys(names))
    if len(countries) == 1:
        members["country"] = countries.pop()
    if len(members["districts"]) > 1:
        members["district_note"] = "The report leaves open which of these districts it was."
    return checked(Incident, members)


def proposed_statistic(
    report: FiledReport, reading: Mapping[str, Any], statistic_id: str
) -> Statistic:
    """Give the published claim that a reading describes (see `proposed_incident`)."""
    members = _stated(reading, _STATISTIC) | {
        "statistic_id": statistic_id,
        "metric": "casualties",
        "mine_related": reading.get("mine_related", True),
        "report": report.source(),
        "note": _words(report, reading),
    }
    if reading.get("territory"):
        members["territory"] = reading["territory"]
    return checked(Statistic, members)


def proposed_operation(
    report: FiledReport, reading: Mapping[str, Any], operation_id: str
) -> Operation:
    """Give the work on the ground that a reading describes (see `proposed_incident`)."""
    members = _stated(reading, _OPERATION) | {
        "operation_id": operation_id,
        "districts": [d for d in reading.get("districts") or [] if isinstance(d, str)],
        "report": report.source(),
        "note": _words(report, reading),
    }
    done = reading.get("status") == "completed"
    if reading.get("area_m2") is not None:
        members["area_done_m2" if done else "area_planned_m2"] = reading["area_m2"]
    prefix = "planned" if reading.get("status") in ("planned", "announced") else "actual"
    for end in ("start", "end"):
        if reading.get(f"period_{end}"):
            members[f"{prefix}_{end}"] = reading[f"period_{end}"]
    return checked(Operation, members)


def proposed(report: FiledReport, position: int, record_id: str) -> Record:
    """Give the record that a candidate would become, by its kind."""
    candidate = report.candidates[position]
    make = {
        "incident": proposed_incident,
        "statistic": proposed_statistic,
        "operation": proposed_operation,
    }[candidate.kind]
    return make(report, candidate.reading, record_id)


def quoted(report: FiledReport, start: int, end: int) -> str:
    """Give the words of a span on one line."""
    return " ".join(report.text[max(start, 0) : max(end, 0)].split())


def _stated(reading: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: reading[name] for name in names if reading.get(name) is not None}


def _without_nulls(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


def _weights(places: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Add up the weights of places in one district; they sum to 1 or there are none."""
    together: dict[str, float] = {}
    for place in places:
        if place.get("district_id"):
            weight = place.get("weight")
            name = str(place["district_id"])
            together[name] = together.get(name, 0.0) + (1.0 if weight is None else float(weight))
    total = sum(together.values())
    return [{"district_id": i, "weight": w / total} for i, w in together.items() if total > 0]


def _evidence(report: FiledReport, reading: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    for span in reading.get("evidence") or []:
        words = quoted(report, int(span["start"]), int(span["end"]))
        if words:
            name = record_field(str(span["field"]))
            found.append({"field": name, "quote": words, "report_id": report.report_id})
    return found


_FIELDS = {"date": "date_start", "places": "districts", "source_chain": "reports"}


def record_field(name: str) -> str:
    """Name the member of a record that a reading's evidence is for.

    Examples
    --------
    >>> record_field("date"), record_field("places.0"), record_field("casualties.1")
    ('date_start', 'districts', 'casualties.1')
    """
    return _FIELDS.get(name.partition(".")[0], name)


def _words(report: FiledReport, reading: Mapping[str, Any]) -> str:
    spans = [(int(s["start"]), int(s["end"])) for s in reading.get("evidence") or []]
    return " … ".join(dict.fromkeys(quoted(report, *span) for span in sorted(spans)))[:10_000]
