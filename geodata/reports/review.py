"""Deciding on what was read from a report: nothing enters the register unread.

A proposal is the record that a candidate would become, with the words that each value rests on.
Each decision is one transaction: the record and the report that it came from change
together, or neither does.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from threading import Lock
from typing import Any
from uuid import uuid4
from weakref import WeakKeyDictionary

import orjson

from geodata.errors import Conflict, InvalidInput, NotFound
from geodata.incidents import checked
from geodata.model import (
    Candidate,
    CandidateKind,
    FiledReport,
    Incident,
    Operation,
    Record,
    Statistic,
)
from geodata.register import Change, Register
from geodata.register.revision import ID_FIELDS
from geodata.reports.candidates import Reading
from geodata.reports.copies import Copies, fingerprint_of
from geodata.reports.linking import joined

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

    A draft with its evidence: disputed where the report leaves the place open or where its word is
    doubted. Without districts where no place of the edition was read.

    Parameters
    ----------
    report
        The report; gives the words of each span.
    reading
        A member of ``incidents`` as `geodata.reports` reads it.

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


_ID_PREFIX = {"incident": "inc", "statistic": "stat", "operation": "op"}
_tables: WeakKeyDictionary[Register, tuple[dict[str, Any], Copies]] = WeakKeyDictionary()
_lock = Lock()
NEW_ID = re.compile(r"(?:inc|stat|op)-[0-9a-f]{12}")


def new_id(kind: str) -> str:
    """Give the id of a record to be."""
    return f"{_ID_PREFIX[kind]}-{uuid4().hex[:12]}"


def file_report(
    register: Register, details: Mapping[str, Any], reading: Reading, *, author: str
) -> FiledReport:
    """File a report with what was read from it.

    As kept. The same words filed before make it a copy: `copy_of` names the first.

    Parameters
    ----------
    details
        Members of `FiledReport` that the person gave: text, published, url, title, publisher.

    Raises
    ------
    InvalidInput
        A detail does not fit.
    """
    kinds: tuple[tuple[CandidateKind, Sequence[Any]], ...] = (
        ("incident", reading.incidents),
        ("statistic", reading.statistics),
        ("operation", reading.operations),
    )
    candidates = [
        # Plain values with every member, also those that the contract's shape leaves out.
        Candidate(kind=kind, reading=orjson.loads(orjson.dumps(one)))
        for kind, ones in kinds
        for one in ones
    ]
    members = {k: v for k, v in details.items() if v not in (None, "")}
    report = checked(
        FiledReport,
        {
            "report_id": f"rep-{uuid4().hex[:12]}",
            "language": reading.language,
            "retrieved": date.today().isoformat(),  # noqa: DTZ011 - the day where the person is
            "warnings": list(reading.warnings),
            "candidates": candidates,
            **members,
        },
    )
    shingles = fingerprint_of(report.text)
    update = {
        "fingerprint": tuple(sorted(shingles)),
        "copy_of": _copies_in(register).original_of(shingles),
    }
    report = report.model_copy(update=update)
    register.append([Change("report", report)], author=author)
    return report


def _copies_in(register: Register) -> Copies:
    """Give the table of all reports held, to which only what was filed since is added."""
    held = {one.report_id: one.fingerprint for one in register.newest().reports.values()}
    with _lock:
        known, copies = _tables.get(register, ({}, Copies()))
        if any(held.get(name) != fingerprint for name, fingerprint in known.items()):
            # A report was redacted: its words are no longer anybody's original.
            known, copies = {}, Copies()
        for name, fingerprint in held.items():
            if name not in known:
                copies.add(name, frozenset(fingerprint))
        _tables[register] = (held, copies)
        return copies


def filed(register: Register, report_id: str) -> tuple[FiledReport, int]:
    """Give a filed report and its version.

    Raises
    ------
    NotFound
        There is no such report.
    """
    last = register.head("report", report_id)
    return last.record(), last.version


def accept(
    register: Register,
    report_id: str,
    position: int,
    record: Record,
    *,
    author: str,
    reason: str | None = None,
    version: int | None = None,
) -> FiledReport:
    """Take a candidate into the register as a record of its own.

    Parameters
    ----------
    record
        What to record: the proposal, or as the reviewer corrected it.
    version
        The report's version that the reviewer saw; None = the newest.

    Raises
    ------
    Conflict
        It was decided before, or somebody else changed the report.
    """
    report, held = _undecided(register, report_id, position, version)
    kind = report.candidates[position].kind
    if kind != _kind_of(record):
        raise InvalidInput(f"Candidate {position} is of the kind {kind}.", code="bad-candidate")
    record_id = getattr(record, ID_FIELDS[kind])
    done = _decided(report, position, "accepted", author, reason, record_id, 1)
    register.append(
        [Change(kind, record), Change("report", done, "correct", held)],
        author=author,
        reason=reason or f"Read in report {report_id}",
    )
    return done


def link(
    register: Register,
    report_id: str,
    position: int,
    incident_id: str,
    told: Incident,
    *,
    counts: bool,
    author: str,
    reason: str | None = None,
    version: int | None = None,
) -> FiledReport:
    """Add a candidate to an incident held: as further evidence, or as a correction.

    Parameters
    ----------
    counts
        Whether its numbers of people correct those held (see `linking.joined`).

    Raises
    ------
    NotFound
        The incident is not held.
    Conflict
        It was decided before, or somebody else changed the report or the incident.
    """
    report, held = _undecided(register, report_id, position, version)
    incident = register.newest().incident(incident_id)
    after = joined(incident, told, counts=counts)
    done = _decided(report, position, "linked", author, reason, incident_id, incident.version + 1)
    register.append(
        [
            Change("incident", after, "correct", incident.version),
            Change("report", done, "correct", held),
        ],
        author=author,
        reason=reason or f"{'Corrected' if counts else 'Confirmed'} by report {report_id}",
    )
    return done


def reject(
    register: Register,
    report_id: str,
    position: int,
    *,
    author: str,
    reason: str,
    version: int | None = None,
) -> FiledReport:
    """Note that a candidate is none, and why (see `accept`)."""
    if not reason.strip():
        raise InvalidInput(
            "Say why the candidate is rejected.",
            code="reason-missing",
            details=[{"field": "reason", "reason": "is needed"}],
        )
    report, held = _undecided(register, report_id, position, version)
    done = _decided(report, position, "rejected", author, reason.strip(), None, None)
    register.append([Change("report", done, "correct", held)], author=author, reason=reason.strip())
    return done


def reopen(register: Register, report_id: str, position: int, *, author: str) -> FiledReport:
    """Undo a decision: the record made is retracted, the one corrected gets its version back.

    Raises
    ------
    Conflict
        The candidate is open, or somebody changed the record since: it has to be put right
        on its own page.
    """
    report, held = filed(register, report_id)
    candidate = candidate_of(report, position)
    if candidate.state == "open":
        raise Conflict("The candidate is open already.", code="not-decided")
    changes = [Change("report", _reopened(report, position), "correct", held)]
    name, version = candidate.record_id, candidate.record_version
    if name is not None and version is not None:
        history = register.history(name, candidate.kind)
        if history[-1].version != version:
            raise Conflict(
                f"The {candidate.kind} {name!r} was changed since (version {history[-1].version}). "
                "Correct or retract it on its own page, then decide anew.",
                code="changed-since",
            )
        if candidate.state == "linked":
            changes.append(Change("incident", history[-2].record(), "correct", version))
        else:
            record = history[-1].record()
            if isinstance(record, Incident):
                record = record.model_copy(update={"record_status": "retracted"})
            changes.append(Change(candidate.kind, record, "retract", version))
    register.append(changes, author=author, reason=f"Decision undone on report {report_id}")
    return filed(register, report_id)[0]


def add_candidate(register: Register, report_id: str, *, author: str) -> FiledReport:
    """Add an incident that the reader of reports did not find, dated as published."""
    report, held = filed(register, report_id)
    day = report.published.isoformat()
    reading = {"date_start": day, "date_end": day, "date_precision": 5, "date_basis": "inferred"}
    added = Candidate(kind="incident", reading=reading)
    done = report.model_copy(update={"candidates": (*report.candidates, added)})
    register.append([Change("report", done, "correct", held)], author=author)
    return done


def _kind_of(record: Record) -> str:
    kinds = {Incident: "incident", Statistic: "statistic", Operation: "operation"}
    return kinds[type(record)]


def candidate_of(report: FiledReport, position: int) -> Candidate:
    """Give a candidate by its number.

    Raises
    ------
    NotFound
        The report has no such candidate.
    """
    if not 0 <= position < len(report.candidates):
        last = len(report.candidates) - 1
        raise NotFound(
            f"The report has no candidate {position}; it has "
            + (f"0 to {last}." if last >= 0 else "none."),
            code="no-candidate",
        )
    return report.candidates[position]


def _undecided(
    register: Register, report_id: str, position: int, version: int | None
) -> tuple[FiledReport, int]:
    report, held = filed(register, report_id)
    candidate = candidate_of(report, position)
    if candidate.state != "open":
        raise Conflict(
            f"Candidate {position} was {candidate.state} before, by {candidate.decided_by}. "
            "Undo that decision first.",
            code="decided",
        )
    return report, held if version is None else version


def _decided(
    report: FiledReport,
    position: int,
    state: str,
    author: str,
    reason: str | None,
    record_id: str | None,
    version: int | None,
) -> FiledReport:
    update = {
        "state": state,
        "record_id": record_id,
        "record_version": version,
        "reason": reason,
        "decided_by": author,
        "decided_at": datetime.now(UTC),
    }
    return _with(report, position, report.candidates[position].model_copy(update=update))


def _reopened(report: FiledReport, position: int) -> FiledReport:
    was = report.candidates[position]
    return _with(report, position, Candidate(kind=was.kind, reading=was.reading))


def _with(report: FiledReport, position: int, candidate: Candidate) -> FiledReport:
    candidates = list(report.candidates)
    candidates[position] = candidate
    return report.model_copy(update={"candidates": tuple(candidates)})
