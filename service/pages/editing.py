"""The pages in which an editor writes: a record's form, a decision about it, reports, imports.

Reports are a queue, and one report beside the candidates read from it. An import takes a file into
the register: choose, preview, correct, confirm.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import shapely

from geodata.deferred import deferred
from geodata.intake.file_report import WHY_UNPLACED
from geodata.intake.places.placing import ABOVE
from geodata.model import Evidence, FiledReport, Incident
from geodata.register import Edition
from geodata.wording import sentence_of
from service.content.incidents import district_names
from service.drawing.map import light_districts, small_map
from service.http.request import View
from service.i18n import N_, Translator, field_label, label, translator_of
from service.pages.environment import render
from service.pages.form import (
    HELP,
    LISTS,
    MOST_ROWS,
    REASON_LENGTH,
    SECTIONS,
    SINGLE,
    SPARE,
    Clash,
    Typed,
    cleaned,
)
from service.pages.incidents import evidence_rows

if TYPE_CHECKING:
    from geodata.reports import review
    from geodata.reports.linking import Known
else:
    review = deferred("geodata.reports.review")

ROW_TITLES = {
    "districts": N_("District %(number)s"),
    "casualties": N_("People, row %(number)s"),
    "reports": N_("Source %(number)s"),
}
LIST_OF_SECTION = {"where": "districts", "who": "casualties", "sources": "reports"}
MORE_ROWS = 3
STALE = N_("This form was made before you signed in. Look at it once more, and save again.")


@dataclass(frozen=True, slots=True)
class Draft:
    """A form as it stands: what is typed, what does not fit, what clashes."""

    incident: Incident | None
    """The version that the form rests on; None = a new record."""
    typed: Typed
    """The texts in it."""
    reason: str = ""
    """Why the record is changed."""
    errors: Mapping[str, str] = field(default_factory=dict)
    """Field → what does not fit."""
    clashes: Sequence[Clash] = ()
    """What somebody else saved meanwhile."""
    notice: str = ""
    """A sentence above the form: why it was not taken."""
    more: int = 0
    """Empty rows on top of the usual ones."""
    new_id: str = ""
    """Id of a new record, made with the form: one form sent twice is one record."""
    resumed: tuple[str, str] = ("", "0")
    """Id and version of the record whose form somebody sent who may not see it now."""

    @property
    def record_id(self) -> str:
        """Id of the record corrected; empty for a new one."""
        return self.resumed[0] if self.incident is None else self.incident.incident_id

    @property
    def base(self) -> str:
        """The version that the form was made from; 0 for a new record."""
        return self.resumed[1] if self.incident is None else str(self.incident.version)


def form_html(snapshot: Any, draft: Draft, view: View) -> str:
    """Give the page with the form of an incident."""
    return render("edit.html", view, **form_values(snapshot, draft, view))


def form_values(snapshot: Any, draft: Draft, view: View) -> dict[str, Any]:
    """Give what the template of an incident's form needs, wherever the form stands."""
    translator = translator_of(view.lang)
    names = sorted(district_names(snapshot, translator).values(), key=lambda d: d.name)
    wrong = dict(draft.errors)
    return {
        "draft": draft,
        "groups": [
            {
                "id": key,
                "title": translator.gettext(title),
                "fields": fields,
                "list": _list(LIST_OF_SECTION.get(key), draft, translator),
            }
            for key, title, fields in SECTIONS
        ],
        "typed": draft.typed,
        "wrongs": wrong,
        "summary": [(name, _named(name, translator), text) for name, text in wrong.items()],
        "help": {name: translator.gettext(text) for name, text in HELP.items()},
        "districts": names,
        "reason_length": REASON_LENGTH,
        "evidence": () if draft.incident is None else evidence_rows(draft.incident, translator),
    }


def _list(name: str | None, draft: Draft, translator: Translator) -> dict[str, Any] | None:
    """Give the rows of a list: those that hold something, and empty ones to fill."""
    if name is None:
        return None
    used = [int(n.split("-")[1]) for n in draft.typed if n.startswith(f"{name}-")]
    count = min(max(used, default=-1) + 1 + SPARE[name] + draft.more, MOST_ROWS)
    return {
        "name": name,
        "title": field_label(translator, name),
        "fields": LISTS[name],
        "rows": [
            {
                "position": position,
                "title": translator.gettext(ROW_TITLES[name]) % {"number": position + 1},
                "held": position in used,
            }
            for position in range(count)
        ],
    }


def _named(name: str, translator: Translator) -> str:
    """Name a field of the form for the list of errors."""
    parts = name.split("-")
    if len(parts) < 3 or parts[0] not in ROW_TITLES:
        return field_label(translator, name) if name else translator.gettext("The record")
    row = translator.gettext(ROW_TITLES[parts[0]]) % {"number": int(parts[1]) + 1}
    return f"{row}, {field_label(translator, parts[2])}"


DECISIONS: dict[str, dict[str, str]] = {
    "verify": {
        "title": N_("Verify incident %(id)s"),
        "lead": N_("You confirm that you checked this record against its sources."),
        "button": N_("Verify"),
        "reason": N_("What you checked (may stay empty)"),
    },
    "dispute": {
        "title": N_("Dispute incident %(id)s"),
        "lead": N_("Sources or reviewers disagree: say how. The record still counts, and says so."),
        "button": N_("Dispute"),
        "reason": N_("What is in doubt"),
    },
    "retract": {
        "title": N_("Retract incident %(id)s"),
        "lead": N_(
            "A retracted record no longer counts in figures, maps and downloads. Nothing is "
            "deleted: its history stays, and every version can be restored."
        ),
        "button": N_("Retract"),
        "reason": N_("Why it is retracted"),
    },
    "redact": {
        "title": N_("Take back the words of incident %(id)s"),
        "lead": N_(
            "Texts, names, sources, the point and the reasons of all versions are removed for "
            "good and cannot be restored. Date, district, device and numbers of people stay. "
            "Backups made before hold the words still: delete them."
        ),
        "button": N_("Take back for good"),
        "reason": N_("Why (without the words themselves)"),
    },
    "restore": {
        "title": N_("Restore version %(version)s of incident %(id)s"),
        "lead": N_(
            "The content of that version becomes a new version. The versions in between stay "
            "in the history."
        ),
        "button": N_("Restore this version"),
        "reason": N_("Why it is restored (may stay empty)"),
    },
}
"""Decision → its texts."""


def draft_of(form: Mapping[str, str], base: Incident | None, new_id: str) -> Draft:
    """Give a form as it was sent, with more empty rows where they were asked for."""
    rows = form.get("rows", "")
    had = int(rows) if rows.isdecimal() and len(rows) < 3 else 0
    return Draft(
        base,
        cleaned(form),
        reason=form.get("reason", "").strip(),
        more=had + (MORE_ROWS if "more" in form else 0),
        new_id=new_id,
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """A decision that an editor is about to take."""

    decision: str
    """One of `DECISIONS`."""
    incident: Incident
    """The record as it is held, and so the version decided about."""
    restored: int | None = None
    """The version to restore."""
    changes: Sequence[Any] = ()
    """What restoring would change."""
    newer: Sequence[Any] = ()
    """Steps that somebody else added meanwhile."""
    reason: str = ""
    error: str = ""
    notice: str = ""
    """What was typed, what is wrong with it, and why it was not taken."""

    @property
    def needs_reason(self) -> bool:
        """Whether it cannot be taken without saying why."""
        return self.decision in ("dispute", "retract", "redact")


def decision_html(snapshot: Any, choice: Choice, view: View) -> str:
    """Give the page that asks for one decision about an incident."""
    translator = translator_of(view.lang)
    incident = choice.incident
    names = district_names(snapshot, translator)
    filling = {"id": incident.incident_id, "version": choice.restored}
    ids = [d.district_id for d in incident.districts]
    return render(
        "decide.html",
        view,
        choice=choice,
        texts={k: translator.gettext(v) % filling for k, v in DECISIONS[choice.decision].items()},
        i=incident,
        where=" / ".join(names[i].name if i in names else i for i in ids),
        when=translator.days(incident.date_start, incident.date_end, incident.date_precision),
        reason_length=REASON_LENGTH,
    )


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
    """The candidate in front of the reviewer."""

    position: int
    """Its number in the report."""
    draft: Draft
    """The form as it stands (empty for other kinds than incidents)."""
    known: "Sequence[Known]" = ()
    """Incidents held that may be the same."""
    form: Mapping[str, str] = field(default_factory=dict)
    """What was sent, where the form comes back."""


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
            words = review.quoted(report, int(start), int(end))
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
    """Give the page of filed reports, with the form to file one."""
    translator = translator_of(view.lang)
    offset = int(dict(view.query).get("offset", "0"))
    more = offset + len(reports) < matched
    return render(
        "reports.html",
        view,
        reports=reports,
        matched=matched,
        tabs=[(key, translator.gettext(text), counts[key]) for key, text in STATUSES.items()],
        statuses={key: translator.gettext(text) for key, text in STATUSES.items()},
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
    reviewed
        The candidate shown with its form; None where the report has none.
    warnings
        The report's, in the reader's language where they can be said in it.
    """
    translator = translator_of(view.lang)
    candidates = [_card(snapshot, report, n, translator) for n in range(len(report.candidates))]
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
        status=translator.gettext(STATUSES[report.status]),
        language=translator.locale.languages.get(report.language or "", report.language),
        pieces=_pieces(report, reviewed, translator),
        candidates=candidates,
        current=current,
        known=[_known(snapshot, k, translator) for k in (reviewed.known if reviewed else ())],
        drawing=small_map(areas, outlines=light_districts(snapshot)) if areas else None,
        spans=[(k, v) for k, v in (reviewed.form if reviewed else {}).items() if "span-" in k],
        span_fields=[(f.name, field_label(translator, f.name)) for f in SINGLE]
        + [(name, field_label(translator, name)) for name in ("districts", "casualties")],
        **form_values(snapshot, draft, view),
    )


def _card(snapshot: Any, report: FiledReport, n: int, translator: Translator) -> dict[str, Any]:
    """Give what the list of candidates shows of one."""
    candidate = report.candidates[n]
    reading = candidate.reading
    facts: list[tuple[str, str]] = []
    if candidate.kind == "incident":
        names = district_names(snapshot, translator)
        where = [
            names[p["district_id"]].name
            if p.get("district_id") in names
            else p.get("district_name") or p.get("text") or ""
            for p in reading.get("places") or []
        ]
        title = " / ".join(filter(None, dict.fromkeys(where))) or translator.gettext(
            "place not read"
        )
        start, end = reading["date_start"], reading["date_end"]
        when = translator.days(start, end, reading.get("date_precision"))
        facts = [
            (field_label(translator, "killed"), translator.number(reading.get("killed"))),
            (field_label(translator, "injured"), translator.number(reading.get("injured"))),
            (field_label(translator, "device"), label(translator, "device", reading.get("device"))),
        ]
    elif candidate.kind == "statistic":
        title = f"{_coded(translator, reading, 'outcome')}: {_published(translator, reading)}"
        when = _period(translator, reading)
        group = reading.get("group")
        facts = [
            (
                field_label(translator, "group"),
                translator.gettext("all groups")
                if group is None
                else label(translator, "group", group),
            ),
            (field_label(translator, "issuer"), reading.get("issuer") or "–"),
        ]
    else:
        title = _coded(translator, reading, "kind")
        when = _period(translator, reading)
        facts = [
            (field_label(translator, name), text)
            for name, text in _work(snapshot, translator, reading)
        ]
    return {
        "n": n,
        "kind": candidate.kind,
        "kind_text": translator.gettext(KINDS[candidate.kind]),
        "title": title,
        "when": when,
        "facts": facts,
        "state": candidate.state,
        "state_text": translator.gettext(STATES[candidate.state]),
        "record_id": candidate.record_id,
        "reason": candidate.reason,
        "decided_by": candidate.decided_by,
        "decided_at": candidate.decided_at,
        "evidence": [
            {
                "label": _field(translator, str(s["field"])),
                "quote": review.quoted(report, int(s["start"]), int(s["end"])),
            }
            for s in reading.get("evidence") or []
        ],
    }


def _coded(translator: Translator, reading: Mapping[str, Any], name: str) -> str:
    value = reading.get(name)
    return "–" if value is None else label(translator, name, value)


def _published(translator: Translator, reading: Mapping[str, Any]) -> str:
    """Give a published number as it was published: "over 100" is not 100."""
    number = translator.number(reading.get("value"))
    qualifier = reading.get("qualifier") or "exact"
    return (
        number if qualifier == "exact" else f"{label(translator, 'qualifier', qualifier)} {number}"
    )


def _work(
    snapshot: Any, translator: Translator, reading: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """Give what was read of work on the ground: fields and their text, those that were stated."""
    yield "status", _coded(translator, reading, "status")
    names = district_names(snapshot, translator)
    where = [names[d].name if d in names else d for d in reading.get("districts") or ()]
    if where:
        yield "district", " / ".join(where)
    if reading.get("organisation"):
        yield "organisation", reading["organisation"]
    if reading.get("personnel") is not None:
        yield "personnel", translator.number(reading["personnel"])
    if reading.get("area_m2") is not None:
        yield "area_m2", translator.hectares(reading["area_m2"])
    found = reading.get("devices_found") or {}
    if found:
        yield (
            "devices_found",
            ", ".join(
                f"{label(translator, 'device', d)} {translator.number(n)}" for d, n in found.items()
            ),
        )


def _period(translator: Translator, reading: Mapping[str, Any]) -> str:
    start, end = reading.get("period_start"), reading.get("period_end") or reading.get("as_of")
    if start or end:
        return translator.interval_of_days(start, end)
    return translator.gettext("period not stated")


def _field(translator: Translator, name: str) -> str:
    return field_label(translator, review.record_field(name).partition(".")[0])


def _known(snapshot: Any, known: "Known", translator: Translator) -> dict[str, Any]:
    names = district_names(snapshot, translator)
    i = known.incident
    where = [names[d.district_id].name for d in i.districts if d.district_id in names]
    return {
        "id": i.incident_id,
        "where": " / ".join(where),
        "when": translator.days(i.date_start, i.date_end, i.date_precision),
        "killed": i.count("killed"),
        "injured": i.count("injured"),
        "likely": known.likely,
        "differences": [
            {"label": field_label(translator, name), "held": a, "told": b}
            for name, (a, b) in known.differences.items()
        ],
        "sources": len(i.reports),
    }


def _pieces(
    report: FiledReport, reviewed: Reviewed | None, translator: Translator
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
                "labels": ", ".join(dict.fromkeys(_field(translator, name) for name in mine)),
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
    first = review.record_field(name).partition(".")[0]
    return next((part for part, names in PARTS.items() if first in names), "word")


OUTCOMES = {
    "taken": N_("new"),
    "updated": N_("updated"),
    "unchanged": N_("unchanged"),
    "duplicate": N_("suspected duplicates"),
    "refused": N_("refused"),
    "out_of_scope": N_("not about mines"),
    "folded": N_("further victims of an incident"),
}
"""Outcome of a row → words."""

CHOICES: dict[str, tuple[tuple[str, str], ...]] = {
    "as": (
        ("incidents", N_("incidents")),
        ("boundaries", N_("district boundaries")),
        ("places", N_("places")),
        ("operations", N_("operations")),
        ("statistics", N_("published figures")),
    ),
    "format": (
        ("auto", N_("find out")),
        ("ucdp", "UCDP GED"),
        ("acled", "ACLED"),
        ("imsma", "IMSMA"),
        ("hxl", "HXL"),
        ("csv", N_("plain table (CSV, Excel)")),
        ("geo", N_("vector file (GeoJSON, GeoPackage, …)")),
        ("insecurity", "Insecurity Insight"),
        ("hazardmap", "hazardmap"),
    ),
    "date_order": (("", N_("find out")), ("dmy", N_("day first")), ("mdy", N_("month first"))),
    "calendar": (
        ("", N_("find out")),
        ("solar", N_("Solar Hijri (Afghanistan, Iran)")),
        ("gregorian", N_("Gregorian only")),
    ),
    "swapped": (
        ("refuse", N_("refuse the row")),
        ("exchange", N_("exchange them")),
        ("keep", N_("keep as they are")),
    ),
    "duplicates": (("take", N_("record and mark them")), ("hold", N_("do not record them"))),
    "on_conflict": (
        ("dispute", N_("keep both, as disputed")),
        ("point", N_("the point counts")),
        ("name", N_("the name counts")),
    ),
    "status": (("draft", N_("draft")), ("verified", N_("verified")), ("disputed", N_("disputed"))),
    "sensitivity": (("public", N_("public")), ("restricted", N_("restricted"))),
    "only": (
        ("auto", N_("find out")),
        ("mines", N_("mines and explosive ordnance only")),
        ("all", N_("every row")),
    ),
}
"""Field of the form → values with their words."""

LABELS = {
    "as": N_("The file holds"),
    "format": N_("Format"),
    "date_order": N_("Order of dates"),
    "calendar": N_("Calendar of years 1300 to 1499"),
    "swapped": N_("Longitude and latitude exchanged"),
    "duplicates": N_("Suspected duplicates"),
    "on_conflict": N_("Point and named district contradict each other"),
    "status": N_("Review status of new records"),
    "sensitivity": N_("Who may see them"),
    "only": N_("Rows to take"),
}
READ_BY = {
    "similar_name": N_("similar spelling"),
    "name": N_("its name"),
    "several": N_("several bear the name; the point chooses"),
    "place": N_("a place of that name"),
    "code": N_("its code"),
    "unknown_above": N_("a unit above the districts that is not known"),
    "foreign_above": N_("a province of another country"),
}
"""How a name was matched → words."""
SHOWN = 100


def import_html(
    view: View,
    report: Mapping[str, Any] | None = None,
    districts: Iterable[Mapping[str, Any]] = (),
    *,
    editions: Sequence[Edition] = (),
    current: str | None = None,
) -> str:
    """Give the page with the form; with a report also what the import did or would do.

    A whole page; the report stands in the element with the id ``result``.

    Parameters
    ----------
    districts
        The current districts, for correcting how a name was matched.
    editions
        Editions of the boundaries, for an editor to choose and withdraw.
    """
    translator = translator_of(view.lang)
    choices = [
        {
            "name": name,
            "label": translator.gettext(LABELS[name]),
            "values": [(code, translator.gettext(text)) for code, text in values],
        }
        for name, values in CHOICES.items()
    ]
    return render(
        "import.html",
        view,
        choices=choices,
        report=report,
        editions=editions,
        current=current,
        outcomes=[(name, translator.gettext(text)) for name, text in OUTCOMES.items()],
        mapping=_mapping(report),
        reasons=[
            (translator.said(WHY_UNPLACED.get(name, name)), number)
            for name, number in (report or {}).get("unplaced_by_reason", {}).items()
        ],
        unplaced_reason=lambda name: translator.said(WHY_UNPLACED.get(name, "–")),
        said=_said(translator, report),
        read_by={name: translator.gettext(text) for name, text in READ_BY.items()},
        districts=sorted((d["district_id"], d["name"]) for d in districts),
        fields=sorted(
            ((name, field_label(translator, name)) for name in (report or {}).get("fields", ())),
            key=lambda pair: pair[1].lower(),
        ),
        links={k["rel"]: k["href"] for k in (report or {}).get("links", ())},
        shown=SHOWN,
        above=ABOVE,
    )


def _said(
    translator: Translator, report: Mapping[str, Any] | None
) -> Callable[[str], tuple[str, str]]:
    """Give what says a text of the report in the reader's language, and in which it is then."""
    sentences = (report or {}).get("sentences", {})

    def said(text: str) -> tuple[str, str]:
        told = sentences.get(text)
        return (
            (text, "en") if told is None else (translator.said(sentence_of(told)), translator.lang)
        )

    return said


def _mapping(report: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Columns of the file with the field that each fills, as the guess or the user has it."""
    if report is None:
        return []
    fills = {m["column"]: m for m in report.get("mapping", ()) if m.get("column")}
    return [
        {
            "name": column["name"],
            "samples": [str(s) for s in column.get("samples", ())][:3],
            "field": fills.get(column["name"], {}).get("field", ""),
            "why": fills.get(column["name"], {}).get("why", ""),
        }
        for column in report.get("columns", ())
    ]
