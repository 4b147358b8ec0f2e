"""Pages of incidents: the list with its form, and one incident with all it rests on."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import shapely

from geodata.model import Incident
from service.content.incidents import Placing, district_names, incident_rows
from service.drawing.small import light_districts, small_map
from service.http.reader import View
from service.i18n import Translator, translator
from service.labels import field_label, label
from service.pages import selection
from service.pages.environment import render
from service.pages.ogc import downloads
from service.pages.selection import PAGE_SIZE, PARAMETERS, select, selection_of

__all__ = ["PARAMETERS", "evidence_rows", "incident_html", "list_html"]

GONE = ("merge", "retract")
"""Changes after which a record no longer counts."""
MOST_POINTS = 3_000
"""Points drawn on the small map of a list; the interactive map holds all."""


def list_html(snapshot: Any, view: View) -> str:
    """Give the page of incidents for the choice in the page's address.

    Raises
    ------
    InvalidInput
        A field of the form holds what cannot be chosen.
    """
    words = translator(view.lang)
    chosen = selection_of(view)
    found = select(snapshot.incidents, chosen)
    pages = max(1, -(-len(found) // PAGE_SIZE))
    page = min(chosen.page, pages)
    shown = found.iloc[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    points = found.geometry.dropna().to_numpy()
    names = district_names(snapshot, words)
    return render(
        "incidents.html",
        view,
        chosen=chosen,
        incidents=incident_rows(snapshot, shown, words),
        matched=len(found),
        held=len(snapshot.incidents),
        killed=_total(found, "killed"),
        injured=_total(found, "injured"),
        page=page,
        pages=pages,
        codes=selection.CODES,
        groups=selection.GROUPS,
        names=sorted(names.values(), key=lambda d: d.name),
        points=len(points),
        drawing=small_map(list(points[:MOST_POINTS]), outlines=light_districts(snapshot)),
        paging={
            "prev": view.here(page=page - 1) if page > 1 else None,
            "next": view.here(page=page + 1) if page < pages else None,
        },
        downloads=downloads(view, "/collections/incidents/items", **chosen.query),
    )


def _total(frame: Any, name: str) -> int | None:
    stated = frame[name].dropna()
    return int(stated.sum()) if len(stated) else None


def incident_html(
    snapshot: Any, incident: Incident, view: View, *, history: Sequence[Any] = ()
) -> str:
    """Give the page of one incident.

    Parameters
    ----------
    snapshot
        Gives names and outlines.
    incident
        The record as the reader may see it.
    view
        The reader's view.
    history
        Its revisions, oldest first, with field differences, as the reader may see them.

    Returns
    -------
    str
        A whole page.
    """
    words = translator(view.lang)
    names = district_names(snapshot, words)
    where = [
        replace(names.get(d.district_id, _unnamed(d.district_id)), weight=d.weight)
        for d in incident.districts
    ]
    steps = list(history)
    # What was held in the past is read, not changed.
    editable = view.may("editor") and "as-of" not in dict(view.query)
    point = None
    if incident.longitude is not None and incident.latitude is not None:
        point = shapely.Point(incident.longitude, incident.latitude)
    areas = [] if point else [_area(snapshot, d.district_id) for d in incident.districts]
    return render(
        "incident.html",
        view,
        i=incident,
        where=where,
        when=words.days(incident.date_start, incident.date_end, incident.date_precision),
        killed=incident.count("killed"),
        injured=incident.count("injured"),
        history=steps,
        editable=editable,
        redactable=view.may("admin") and "as-of" not in dict(view.query),
        restorable=_restorable(steps) if editable else (),
        undo=_undone(steps),
        saved=_saved(steps, view),
        evidence=evidence_rows(incident, words),
        drawing=small_map([point, *areas], outlines=light_districts(snapshot)),
        is_point=point is not None,
    )


def _restorable(steps: Sequence[Any]) -> list[int]:
    """Versions that can be restored: all but the newest, and none that says it is gone."""
    return [step.version for step in steps[:-1] if step.change not in GONE]


def _undone(steps: Sequence[Any]) -> int | None:
    """Give the version that undoing the last change brings back."""
    return steps[-2].version if len(steps) > 1 and steps[-2].change not in GONE else None


def _saved(steps: Sequence[Any], view: View) -> Any:
    """Give the step that an editor comes from, by the page's address."""
    wanted = dict(view.query).get("saved")
    if not view.may("editor"):
        return None
    return next((step for step in steps if str(step.version) == wanted), None)


def _unnamed(district_id: str) -> Placing:
    return Placing(district_id, district_id, None, known=False)


def _area(snapshot: Any, district_id: str) -> Any:
    if district_id not in snapshot.districts.index:
        return None
    return light_districts(snapshot)[snapshot.districts.index.get_loc(district_id)]


def evidence_rows(incident: Incident, words: Translator) -> list[dict[str, Any]]:
    """Give an incident's evidence with the field in words and the report of each span."""
    reports = {r.report_id: r for r in incident.reports if r.report_id}
    return [
        {
            **e.model_dump(),
            "label": _evidence_label(incident, e.field, words),
            "report": reports.get(e.report_id) if e.report_id else None,
        }
        for e in incident.evidence
    ]


def _evidence_label(incident: Incident, field: str, words: Translator) -> str:
    name, _, position = field.partition(".")
    if name == "casualties" and position.isdecimal() and int(position) < len(incident.casualties):
        row = incident.casualties[int(position)]
        return f"{label(words, 'group', row.group)}, {label(words, 'outcome', row.outcome)}"
    return field_label(words, field)
