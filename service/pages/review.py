"""Pages of reports: the queue, and one report beside the candidates read from it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import shapely

from geodata.model import Evidence, FiledReport
from geodata.reports.linking import Known
from geodata.reports.proposal import quoted, record_field
from service.content.incidents import district_names
from service.drawing.map import light_districts, small_map
from service.http.request import View
from service.i18n import N_, Translator, translator
from service.labels import field_label, label
from service.pages.editing import Draft, form_values
from service.pages.environment import render
from service.pages.form import LISTS, SINGLE

KINDS = {
    "incident": N_("Incident"),
    "statistic": N_("Published figure"),
    "operation": N_("Work on the ground"),
}
STATES = {
    "open": N_("to be decided"),
    "accepted": N_("recorded"),
    "linked": N_("added to a known incident"),
    "rejected": N_("rejected"),
}
STATUSES = {
    "new": N_("new"),
    "in_review": N_("in review"),
    "done": N_("done"),
    "nothing_found": N_("nothing found"),
}
MOST_SPANS = 200


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The candidate in front of the reviewer.

    Attributes
    ----------
    position
        Its number in the report.
    draft
        The form as it stands (empty for other kinds than incidents).
    known
        Incidents held that may be the same.
    form
        What was sent, where the form comes back.
    """

    position: int
    draft: Draft
    known: Sequence[Known] = ()
    form: Mapping[str, str] = field(default_factory=dict)


def spans_added(report: FiledReport, form: Mapping[str, str]) -> tuple[Evidence, ...]:
    """Give the evidence that a reviewer marked in the text: fields ``span-0`` and on.

    Each is ``field:start:end`` in characters of the report's text; the words are taken from
    the text, never from the form.
    """
    known = {f.name for f in SINGLE} | {"districts", "casualties", *LISTS}
    found = []
    for position in range(MOST_SPANS):
        name, _, rest = form.get(f"span-{position}", "").partition(":")
        start, _, end = rest.partition(":")
        if name.partition(".")[0] in known and start.isdecimal() and end.isdecimal():
            words = quoted(report, int(start), int(end))
            if words:
                found.append(Evidence(field=name, quote=words, report_id=report.report_id))
    return tuple(found)


def queue_html(
    reports: Sequence[Any],
    matched: int,
    counts: Mapping[str, int],
    view: View,
    *,
    status: str | None,
    q: str,
    limit: int,
) -> str:
    """Give the page of filed reports, with the form to file one.

    Parameters
    ----------
    reports
        Those of this page, newest first.
    matched
        How many fit the choice.
    status, q, limit
        The choice made.
    """
    words = translator(view.lang)
    offset = int(dict(view.query).get("offset", "0"))
    more = offset + len(reports) < matched
    return render(
        "reports.html",
        view,
        reports=reports,
        matched=matched,
        tabs=[(key, words.gettext(text), counts[key]) for key, text in STATUSES.items()],
        statuses={key: words.gettext(text) for key, text in STATUSES.items()},
        status=status,
        q=q,
        total=sum(counts.values()),
        paging={
            "prev": view.here(offset=max(offset - limit, 0)) if offset else None,
            "next": view.here(offset=offset + limit) if more else None,
        },
    )


def review_html(
    snapshot: Any,
    report: FiledReport,
    version: int,
    reviewed: Reviewed | None,
    warnings: Sequence[str],
    view: View,
) -> str:
    """Give the page on which one report is reviewed.

    Parameters
    ----------
    report
        The report with its candidates.
    version
        Its version, which decisions name.
    reviewed
        The candidate shown with its form; None where the report has none.
    warnings
        The report's, in the reader's language where they can be said in it.
    """
    words = translator(view.lang)
    candidates = [_card(snapshot, report, n, words) for n in range(len(report.candidates))]
    current = None if reviewed is None else candidates[reviewed.position]
    draft = Draft(None, {}) if reviewed is None else reviewed.draft
    areas: list[Any] = []
    if reviewed is not None and draft.incident is not None:
        index = snapshot.districts.index
        areas = [
            light_districts(snapshot)[index.get_loc(d.district_id)]
            for d in draft.incident.districts
            if d.district_id in index
        ]
        if draft.incident.longitude is not None and draft.incident.latitude is not None:
            areas = [shapely.Point(draft.incident.longitude, draft.incident.latitude)]
    return render(
        "review.html",
        view,
        report=report,
        version=version,
        warnings=warnings,
        status=words.gettext(STATUSES[report.status]),
        language=words.locale.languages.get(report.language or "", report.language),
        pieces=_pieces(report, reviewed, words),
        candidates=candidates,
        current=current,
        known=[_known(snapshot, k, words) for k in (reviewed.known if reviewed else ())],
        drawing=small_map(areas, outlines=light_districts(snapshot)) if areas else None,
        spans=[(k, v) for k, v in (reviewed.form if reviewed else {}).items() if "span-" in k],
        span_fields=[(f.name, field_label(words, f.name)) for f in SINGLE]
        + [(name, field_label(words, name)) for name in ("districts", "casualties")],
        **form_values(snapshot, draft, view),
    )


def _card(snapshot: Any, report: FiledReport, n: int, words: Translator) -> dict[str, Any]:
    """Give what the list of candidates shows of one."""
    candidate = report.candidates[n]
    reading = candidate.reading
    facts: list[tuple[str, str]] = []
    if candidate.kind == "incident":
        names = district_names(snapshot, words)
        where = [
            names[p["district_id"]].name
            if p.get("district_id") in names
            else p.get("district_name") or p.get("text") or ""
            for p in reading.get("places") or []
        ]
        title = " / ".join(filter(None, dict.fromkeys(where))) or words.gettext("place not read")
        start, end = reading["date_start"], reading["date_end"]
        when = words.days(start, end, reading.get("date_precision"))
        facts = [
            (field_label(words, "killed"), words.number(reading.get("killed"))),
            (field_label(words, "injured"), words.number(reading.get("injured"))),
            (field_label(words, "device"), label(words, "device", reading.get("device"))),
        ]
    elif candidate.kind == "statistic":
        title = f"{_coded(words, reading, 'outcome')}: {_published(words, reading)}"
        when = _period(words, reading)
        group = reading.get("group")
        facts = [
            (
                field_label(words, "group"),
                words.gettext("all groups") if group is None else label(words, "group", group),
            ),
            (field_label(words, "issuer"), reading.get("issuer") or "–"),
        ]
    else:
        title = _coded(words, reading, "kind")
        when = _period(words, reading)
        facts = [(field_label(words, name), text) for name, text in _work(snapshot, words, reading)]
    return {
        "n": n,
        "kind": candidate.kind,
        "kind_text": words.gettext(KINDS[candidate.kind]),
        "title": title,
        "when": when,
        "facts": facts,
        "state": candidate.state,
        "state_text": words.gettext(STATES[candidate.state]),
        "record_id": candidate.record_id,
        "reason": candidate.reason,
        "decided_by": candidate.decided_by,
        "decided_at": candidate.decided_at,
        "evidence": [
            {
                "label": _field(words, str(s["field"])),
                "quote": quoted(report, int(s["start"]), int(s["end"])),
            }
            for s in reading.get("evidence") or []
        ],
    }


def _coded(words: Translator, reading: Mapping[str, Any], name: str) -> str:
    value = reading.get(name)
    return "–" if value is None else label(words, name, value)


def _published(words: Translator, reading: Mapping[str, Any]) -> str:
    """Give a published number as it was published: "over 100" is not 100."""
    number = words.number(reading.get("value"))
    qualifier = reading.get("qualifier") or "exact"
    return number if qualifier == "exact" else f"{label(words, 'qualifier', qualifier)} {number}"


def _work(
    snapshot: Any, words: Translator, reading: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """Give what was read of work on the ground: fields and their text, those that were stated."""
    yield "status", _coded(words, reading, "status")
    names = district_names(snapshot, words)
    where = [names[d].name if d in names else d for d in reading.get("districts") or ()]
    if where:
        yield "district", " / ".join(where)
    if reading.get("organisation"):
        yield "organisation", reading["organisation"]
    if reading.get("personnel") is not None:
        yield "personnel", words.number(reading["personnel"])
    if reading.get("area_m2") is not None:
        yield "area_m2", words.hectares(reading["area_m2"])
    found = reading.get("devices_found") or {}
    if found:
        yield (
            "devices_found",
            ", ".join(f"{label(words, 'device', d)} {words.number(n)}" for d, n in found.items()),
        )


def _period(words: Translator, reading: Mapping[str, Any]) -> str:
    start, end = reading.get("period_start"), reading.get("period_end") or reading.get("as_of")
    if start or end:
        return words.interval_of_days(start, end)
    return words.gettext("period not stated")


def _field(words: Translator, name: str) -> str:
    return field_label(words, record_field(name).partition(".")[0])


def _known(snapshot: Any, known: Known, words: Translator) -> dict[str, Any]:
    names = district_names(snapshot, words)
    i = known.incident
    where = [names[d.district_id].name for d in i.districts if d.district_id in names]
    return {
        "id": i.incident_id,
        "where": " / ".join(where),
        "when": words.days(i.date_start, i.date_end, i.date_precision),
        "killed": i.count("killed"),
        "injured": i.count("injured"),
        "likely": known.likely,
        "differences": [
            {"label": field_label(words, name), "held": a, "told": b}
            for name, (a, b) in known.differences.items()
        ],
        "sources": len(i.reports),
    }


def _pieces(
    report: FiledReport, reviewed: Reviewed | None, words: Translator
) -> list[dict[str, Any]]:
    """Cut the text into pieces, each with the candidates and fields that rest on it.

    Spans may overlap: the text is cut wherever one begins or ends.
    """
    shown = None if reviewed is None else reviewed.position
    spans = [
        (int(s["start"]), int(s["end"]), n, str(s["field"]))
        for n, candidate in enumerate(report.candidates)
        for s in candidate.reading.get("evidence") or []
    ]
    length = len(report.text)
    cuts = {0, length}
    for start, end, _, _ in spans:
        cuts |= {min(max(start, 0), length), min(max(end, 0), length)}
    edges = sorted(cuts)
    pieces = []
    for a, b in pairwise(edges):
        over = [(n, name) for start, end, n, name in spans if start <= a and b <= end]
        mine = [name for n, name in over if n == shown]
        pieces.append(
            {
                "start": a,
                "text": report.text[a:b],
                "candidates": sorted({n for n, _ in over}),
                "here": bool(mine),
                "part": _part(mine[0]) if mine else "",
                "labels": ", ".join(dict.fromkeys(_field(words, name) for name in mine)),
            }
        )
    return pieces


PARTS = {
    "when": ("date_start", "date_end", "date_text", "date_precision", "local_time", "period"),
    "where": ("districts", "place_as_reported", "where_precision", "territory"),
    "who": ("casualties", "killed", "injured", "value", "personnel"),
    "what": ("device", "accident_type", "activity", "kind", "devices_found", "area_m2"),
}
"""Colour of a span → fields that have it; others have that of the sources."""


def _part(name: str) -> str:
    first = record_field(name).partition(".")[0]
    return next((part for part, names in PARTS.items() if first in names), "word")
