"""ACLED: political violence and protest; only its explosives and mines are ours."""

import calendar
from datetime import date, timedelta

import numpy as np

from geodata.intake.cells.numbers import numbers
from geodata.intake.draft import Draft, People, Points, Values
from geodata.intake.plan import Plan
from geodata.intake.presets.scope import kinds_by_text, leave_out
from geodata.wording import say

SIGNATURE = frozenset({"event_id_cnty", "event_date"})
HINTS = frozenset({"event_type", "sub_event_type"})
FIELDS = {
    "id": "event_id_cnty",
    "date": "event_date",
    "latitude": "latitude",
    "longitude": "longitude",
    "place": "location",
    "admin1": "admin1",
    "admin2": "admin2",
    "admin3": "admin3",
    "country": "country",
    "description": "notes",
    "source": "source",
}
DATASET = "ACLED"
ALSO = frozenset({"geo_precision", "time_precision", "event_type", "sub_event_type", "fatalities"})
ORDERS = {"date": "dmy"}
OURS = "remote explosive/landmine/ied"
_WHERE = {1: 1, 2: 2, 3: 4}
"""geo_precision (town, near or part of region, larger region) to the register's code."""
_UNSTATED = 2
"""Where a file leaves geo_precision out, a point is near the place that is named."""
_EXPLOSIONS = ("explosions", "remote violence")


def casualties(draft: Draft) -> list[list[People]]:
    """Give fatalities as people killed, group unknown; injured people are not stated."""
    cells = draft.chunk.get("fatalities")
    if cells is None:
        return [[] for _ in range(len(draft))]
    read = numbers(cells.to_numpy(dtype=object), 0, 10_000_000)
    for place, reason in read.bad.items():
        draft.refuse(place, "fatalities", reason)
    known: dict[float, list[People]] = {
        value: [{"group": "unknown", "outcome": "killed", "best": int(value)}]
        for value in np.unique(read.values[~np.isnan(read.values)]).tolist()
    }
    return [known.get(value, []) for value in read.values.tolist()]


def finish(draft: Draft, values: Values, plan: Plan) -> None:
    """Widen dates by their precision, drop points that stand for regions, keep what is ours."""
    _dates(draft, values)
    precision = _where(draft)
    values.where_precision = precision
    found = values.points
    region = np.array([p == 4 for p in precision], dtype=bool)
    values.anchor = Points(found.lon.copy(), found.lat.copy(), found.uncertainty_m)
    found.lon[region] = found.lat[region] = np.nan
    values.coordinate_method = ["district" if p == 4 else "gazetteer" for p in precision]
    column = "sub_event_type" if "sub_event_type" in draft.chunk else "event_type"
    types = [(t or "").strip() for t in draft.chunk[column].tolist()]
    distinct = set(types)
    notes = {t: f"ACLED: {t}." if t else None for t in distinct}
    values.note = [notes[t] for t in types]
    kinds_by_text(values, [text or "" for text in values.description])
    if plan.choices.scope == "all":
        return
    if column == "sub_event_type":
        ours = {t for t in distinct if t.lower() == OURS}
        draft.out_of_scope |= np.array([t not in ours for t in types], dtype=bool)
    else:
        # Explosions are of shells and bombs as well: the words must name what lay in the ground.
        ours = {t for t in distinct if t.lower().startswith(_EXPLOSIONS)}
        draft.out_of_scope |= np.array([t not in ours for t in types], dtype=bool)
        leave_out(draft, values, plan, unless="all")


def _where(draft: Draft) -> list[int | None]:
    if "geo_precision" not in draft.chunk:
        draft.warnings[say("geo_precision is missing: points count as near the place named")] += 1
        return [_UNSTATED] * len(draft)
    geo = numbers(draft.chunk["geo_precision"].to_numpy(dtype=object), 1, 3)
    for place, reason in geo.bad.items():
        draft.refuse(place, "geo_precision", reason)
    return [None if g != g else _WHERE[int(g)] for g in geo.values.tolist()]


def _dates(draft: Draft, values: Values) -> None:
    cells = draft.chunk.get("time_precision")
    if cells is None:
        return
    read = numbers(cells.to_numpy(dtype=object), 1, 3)
    for place, reason in read.bad.items():
        draft.refuse(place, "time_precision", reason)
    start, end = values.date_start.copy(), values.date_end.copy()
    for place in ((read.values == 2) | (read.values == 3)).nonzero()[0].tolist():
        if np.isnat(start[place]):
            continue
        day: date = start[place].item()
        if read.values[place] == 2:
            first = day - timedelta(days=day.weekday())
            start[place], end[place] = first, first + timedelta(days=6)
        else:
            last = calendar.monthrange(day.year, day.month)[1]
            start[place], end[place] = day.replace(day=1), day.replace(day=last)
        values.date_precision[place] = int(read.values[place]) + 1
    values.date_start, values.date_end = start, end
