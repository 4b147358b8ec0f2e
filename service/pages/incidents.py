"""Pages of the records: incidents with their filters, one with its history, and operations."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import shapely

from geodata import codes
from geodata.codes import GroundStatus, values_of
from geodata.errors import InvalidInput
from geodata.incidents import district_ids_text, parse_district_ids, toll_of
from geodata.intervals import parse_interval
from geodata.model import Incident
from geodata.register.revision import GONE
from service.collections import COLLECTIONS
from service.content.incidents import Placing, district_names, incident_rows
from service.drawing.map import light_districts, small_map
from service.http.request import Query, View
from service.i18n import Translator, field_label, is_missing, label, translator_of
from service.ogc.query import read_items
from service.ogc.selection import select as selected
from service.pages.environment import render
from service.pages.ogc import downloads

CODES = {
    "device": values_of(codes.Device),
    "accident_type": values_of(codes.AccidentType),
    "activity": values_of(codes.Activity),
    "record_status": ("draft", "verified", "disputed"),
}
GROUPS = values_of(codes.Group)
SORTABLE = ("date_start", "killed", "injured", "casualties", "record_status", "recorded_at")
PARAMETERS = ("q", "district", "group", "from", "to", "sort", "page", *CODES)
PAGE_SIZE = 50
LONGEST_TEXT = 100
_WILD = re.compile(r"[%_\\]")


@dataclass(frozen=True, slots=True)
class Selection:
    """The choice: a CQL2 filter and an interval, how to sort, which page."""

    values: dict[str, str]
    filter: str
    interval: str
    sort: str
    page: int

    @property
    def key(self) -> str:
        """Sort column without its sign."""
        return self.sort.removeprefix("-")

    @property
    def descending(self) -> bool:
        """Whether the highest comes first."""
        return self.sort.startswith("-")

    @property
    def query(self) -> dict[str, str]:
        """The same choice as parameters of ``/collections/incidents/items``."""
        return {"filter": self.filter, "datetime": self.interval, "sortby": self.sort}


def selection_of(view: View) -> Selection:
    """Read the choice from a page's address; empty fields choose nothing.

    Raises
    ------
    InvalidInput
        A value is outside its list, a date is none, or the page is no number.
    """
    values = {name: text.strip() for name, text in view.query if name in PARAMETERS}
    values = {name: text for name, text in values.items() if text}
    sort = values.get("sort", "-date_start")
    if sort.removeprefix("-") not in SORTABLE:
        raise _bad("sort", f"has to be one of {', '.join(SORTABLE)}")
    page = values.get("page", "1")
    if not page.isdecimal() or not 1 <= int(page) <= 1_000_000:
        raise _bad("page", "has to be the number of a page, e.g. 2")
    return Selection(values, _filter(values), _interval(values), sort, int(page))


def _filter(values: dict[str, str]) -> str:
    parts = []
    for name, allowed in CODES.items():
        if name in values:
            parts.append(f"{name} = '{_one_of(name, values[name], allowed)}'")
    if "group" in values:
        group = _one_of("group", values["group"], GROUPS)
        parts.append(f"(killed_{group} > 0 OR injured_{group} > 0)")
    if "district" in values:
        district = _literal(district_ids_text([values["district"]]) or "")
        parts.append(f"(districts LIKE '{district}:%' OR districts LIKE '%;{district}:%')")
    if "q" in values:
        text = _literal(values["q"])
        fields = ("incident_id", "place_as_reported", "description", "sources")
        parts.append("(" + " OR ".join(_contains(name, text) for name in fields) + ")")
    return " AND ".join(parts)


def _contains(name: str, text: str) -> str:
    return f"CASEI({name}) LIKE CASEI('%{text}%')"


def _literal(text: str) -> str:
    # Wildcards of LIKE are marked as letters, quotes doubled: what was typed is never syntax.
    typed = "".join(c for c in text[:LONGEST_TEXT] if c.isprintable())
    return _WILD.sub(r"\\\g<0>", typed).replace("'", "''")


def _interval(values: dict[str, str]) -> str:
    if "from" not in values and "to" not in values:
        return ""
    text = f"{values.get('from', '..')}/{values.get('to', '..')}"
    parse_interval(text)
    return text


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise _bad(name, f"has to be one of {', '.join(allowed)}")
    return value


def _bad(name: str, reason: str) -> InvalidInput:
    return InvalidInput(
        f"{name} {reason}.", code=f"bad-{name}", details=[{"field": name, "reason": reason}]
    )


def select(snapshot: Any, chosen: Selection) -> gpd.GeoDataFrame:
    """Give the incidents chosen, of every page, as the layer's items are selected and sorted."""
    pairs = ((name, text) for name, text in chosen.query.items() if text)
    asked = read_items(Query(pairs), COLLECTIONS["incidents"], max_limit=PAGE_SIZE, paged=False)
    found = selected(snapshot, asked)
    return found.order.frame.iloc[found.rows]


__all__ = ["PARAMETERS", "evidence_rows", "incident_html", "list_html", "operations_html"]

MOST_POINTS = 3_000
"""Points drawn on the small map of a list; the interactive map holds all."""


def list_html(snapshot: Any, view: View) -> str:
    """Give the page of incidents for the choice in the page's address.

    Raises
    ------
    InvalidInput
        A field of the form holds what cannot be chosen.
    """
    translator = translator_of(view.lang)
    chosen = selection_of(view)
    found = select(snapshot, chosen)
    pages = max(1, -(-len(found) // PAGE_SIZE))
    page = min(chosen.page, pages)
    shown = found.iloc[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    points = found.geometry.dropna().to_numpy()
    names = district_names(snapshot, translator)
    return render(
        "incidents.html",
        view,
        chosen=chosen,
        incidents=incident_rows(snapshot, shown, translator),
        matched=len(found),
        held=len(snapshot.incidents),
        killed=translator.toll(toll_of(found, "killed")),
        injured=translator.toll(toll_of(found, "injured")),
        page=page,
        pages=pages,
        codes=CODES,
        groups=GROUPS,
        names=sorted(names.values(), key=lambda d: d.name),
        points=len(points),
        drawing=small_map(list(points[:MOST_POINTS]), outlines=light_districts(snapshot)),
        paging={
            "prev": view.here(page=page - 1) if page > 1 else None,
            "next": view.here(page=page + 1) if page < pages else None,
        },
        downloads=downloads(view, "/collections/incidents/items", **chosen.query),
    )


def _bounds(translator: Translator, incident: Incident, outcome: codes.Outcome) -> str:
    """Write how many people of an incident had one outcome."""
    rows = [c for c in incident.casualties if c.outcome == outcome]
    least = [c.low if c.best is None else c.best for c in rows]
    most = [c.high if c.best is None else c.best for c in rows]
    held = [n for n in least if n is not None]
    return translator.people(
        sum(held) if held else None,
        incident.count(outcome),
        sum(n for n in most if n is not None) if rows and None not in most else None,
    )


def incident_html(
    snapshot: Any, incident: Incident, view: View, *, history: Sequence[Any] = ()
) -> str:
    """Give the page of one incident."""
    translator = translator_of(view.lang)
    names = district_names(snapshot, translator)
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
        when=translator.days(incident.date_start, incident.date_end, incident.date_precision),
        killed=_bounds(translator, incident, "killed"),
        injured=_bounds(translator, incident, "injured"),
        history=steps,
        editable=editable,
        redactable=view.may("admin") and "as-of" not in dict(view.query),
        restorable=_restorable(steps) if editable else (),
        undo=_undone(steps),
        saved=_saved(steps, view),
        evidence=evidence_rows(incident, translator),
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


def evidence_rows(incident: Incident, translator: Translator) -> list[dict[str, Any]]:
    """Give an incident's evidence with the field in words and the report of each span."""
    reports = {r.report_id: r for r in incident.reports if r.report_id}
    return [
        {
            **e.model_dump(),
            "label": _evidence_label(incident, e.field, translator),
            "report": reports.get(e.report_id) if e.report_id else None,
        }
        for e in incident.evidence
    ]


def _evidence_label(incident: Incident, field: str, translator: Translator) -> str:
    name, _, position = field.partition(".")
    if name == "casualties" and position.isdecimal() and int(position) < len(incident.casualties):
        row = incident.casualties[int(position)]
        return (
            f"{label(translator, 'group', row.group)}, {label(translator, 'outcome', row.outcome)}"
        )
    return field_label(translator, field)


def operations_html(snapshot: Any, view: View) -> str:
    """Give the page of operations, the latest first."""
    translator = translator_of(view.lang)
    names = district_names(snapshot, translator)
    held = snapshot.operations
    ordered = held.sort_values(
        ["date_start", "operation_id"], ascending=[False, True], na_position="last"
    )
    rows = [
        {
            **row,
            "where": _where(row["districts"], names),
            "when": _when(row["date_start"], row["date_end"], translator),
            "found": _found(row["devices_found"]),
        }
        for row in ordered.drop(columns="geometry").astype(object).to_dict("records")
    ]
    return render(
        "operations.html",
        view,
        operations=rows,
        ground=values_of(GroundStatus),
        drawing=small_map(list(ordered.geometry), outlines=light_districts(snapshot)),
        downloads=downloads(view, "/collections/operations/items"),
    )


def _when(start: Any, end: Any, translator: Translator) -> str | None:
    """Say when in words that need no dash for an open end."""
    if is_missing(start) and is_missing(end):
        return None
    if is_missing(end):
        return translator.gettext("since %(date)s") % {"date": translator.date(start)}
    if is_missing(start):
        return translator.gettext("until %(date)s") % {"date": translator.date(end)}
    return translator.days(start, end)


def _where(text: Any, names: dict[str, Placing]) -> list[Placing]:
    if is_missing(text):
        return []
    ids = parse_district_ids(str(text))
    return [names.get(i, Placing(i, i, None, known=False)) for i in ids]


def _found(text: Any) -> list[tuple[str, float]]:
    """Read ``at_mine:12;uxo:3``."""
    if is_missing(text):
        return []
    pairs = (part.partition(":") for part in str(text).split(";"))
    return [(device, float(number or 0)) for device, _, number in pairs]
