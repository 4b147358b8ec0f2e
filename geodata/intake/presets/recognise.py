"""The published data sets whose columns are known, and which of them a table is.

A preset says by which columns its files are told, which column fills which field, and what only
it knows: how people are counted and what kind of accident a row tells of. Which rows are in
scope is told by their words where no column states it.
"""

import calendar
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from geodata.errors import InvalidInput
from geodata.intake.cells.dates import days
from geodata.intake.cells.numbers import counts, numbers
from geodata.intake.cells.vocabulary import VOCABULARY, kinds_in_texts
from geodata.intake.draft import Draft, People, Points, Values
from geodata.intake.people import MakeCasualties, casualties
from geodata.intake.plan import Plan
from geodata.intake.table import Table
from geodata.wording import plain, say

Finish = Callable[[Draft, Values, Plan], None]
"""Adds to what the cells say what only the format knows."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A known format: its columns, and what only it knows."""

    signature: frozenset[str]
    """Columns that every file of it has."""
    hints: frozenset[str]
    """Columns of which it has one at least."""
    fields: Mapping[str, str]
    """Field to column."""
    dataset: str
    """Prefix of its ids."""
    orders: Mapping[str, str]
    """Order of all-number dates."""
    also: frozenset[str]
    """Columns that are read beside those of the fields."""
    casualties: MakeCasualties
    finish: Finish

    @property
    def columns(self) -> frozenset[str]:
        """Every column that it knows."""
        return self.signature | self.hints | self.also | frozenset(self.fields.values())

    def missing(self, columns: frozenset[str]) -> frozenset[str]:
        """Give the columns without which a table is of another format."""
        hinted = not self.hints or self.hints & columns
        return self.signature - columns | (frozenset() if hinted else self.hints)


_OF_DEVICE = {
    "ap_mine": "mine",
    "at_mine": "mine",
    "mine_unspecified": "mine",
    "uxo": "uxo_axo",
    "axo": "uxo_axo",
    "cmr": "cluster",
    "improvised_mine": "ied",
    "ied_other": "ied",
    "stored_ammunition": "stored_ammunition",
}


def kinds_by_text(values: Values, texts: list[str]) -> None:
    """Set accident type and device from what the texts name, where no column states them.

    Parameters
    ----------
    texts
        One a row; a row whose text names no ordnance keeps what it has.
    """
    distinct = list(dict.fromkeys(texts))
    kinds = dict(zip(distinct, kinds_in_texts(distinct), strict=True))
    found = [kinds[text] for text in texts]
    values.accident_type, values.device = (
        [held or (kind[at] if kind else None) for held, kind in zip(column, found, strict=True)]
        for at, column in enumerate((values.accident_type, values.device))
    )


def kinds_by_device(values: Values) -> None:
    """Set the accident type that a stated device implies, where none is stated."""
    values.accident_type = [
        kind or _OF_DEVICE.get(device or "")
        for kind, device in zip(values.accident_type, values.device, strict=True)
    ]


def leave_out(draft: Draft, values: Values, plan: Plan, *, unless: str | None = None) -> None:
    """Put rows of no known ordnance out of scope: counted, not taken.

    Parameters
    ----------
    plan
        Its scope ``mines`` leaves such rows out.
    unless
        For catalogues of all violence: every scope but this one leaves them out, for a battle
        is no mine incident unless the user says that all events are wanted.
    """
    if plan.choices.scope == "mines" or (unless and plan.choices.scope != unless):
        kinds = values.accident_type
        draft.out_of_scope |= np.array([k in (None, "other", "unknown") for k in kinds], dtype=bool)


_ACLED_OURS = "remote explosive/landmine/ied"
_WHERE_ACLED = {1: 1, 2: 2, 3: 4}
"""geo_precision (town, near or part of region, larger region) to the register's code."""
_UNSTATED_ACLED = 2
"""Where a file leaves geo_precision out, a point is near the place that is named."""
_ACLED_EXPLOSIONS = ("explosions", "remote violence")


def _acled_casualties(draft: Draft) -> list[list[People]]:
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


def _finish_acled(draft: Draft, values: Values, plan: Plan) -> None:
    """Widen dates by their precision, drop points that stand for regions, keep what is ours."""
    _acled_dates(draft, values)
    precision = _acled_where(draft)
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
        ours = {t for t in distinct if t.lower() == _ACLED_OURS}
        draft.out_of_scope |= np.array([t not in ours for t in types], dtype=bool)
    else:
        # Explosions are of shells and bombs as well: the words must name what lay in the ground.
        ours = {t for t in distinct if t.lower().startswith(_ACLED_EXPLOSIONS)}
        draft.out_of_scope |= np.array([t not in ours for t in types], dtype=bool)
        leave_out(draft, values, plan, unless="all")


def _acled_where(draft: Draft) -> list[int | None]:
    if "geo_precision" not in draft.chunk:
        draft.warnings[say("geo_precision is missing: points count as near the place named")] += 1
        return [_UNSTATED_ACLED] * len(draft)
    geo = numbers(draft.chunk["geo_precision"].to_numpy(dtype=object), 1, 3)
    for place, reason in geo.bad.items():
        draft.refuse(place, "geo_precision", reason)
    return [None if g != g else _WHERE_ACLED[int(g)] for g in geo.values.tolist()]


def _acled_dates(draft: Draft, values: Values) -> None:
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


ACLED = Preset(
    signature=frozenset({"event_id_cnty", "event_date"}),
    hints=frozenset({"event_type", "sub_event_type"}),
    fields={
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
    },
    dataset="ACLED",
    orders={"date": "dmy"},
    also=frozenset(
        {"geo_precision", "time_precision", "event_type", "sub_event_type", "fatalities"}
    ),
    casualties=_acled_casualties,
    finish=_finish_acled,
)
"""ACLED: political violence and protest; only its explosives and mines are ours."""


_INSECURITY_KILLED = (
    ("Aid Workers Killed", "aid_worker", None),
    ("Aid Health Workers Killed", "aid_worker", "health care"),
    ("Health Workers Killed", "civilian", "health care"),
    ("Educators Killed", "civilian", "education staff"),
    ("Students Killed", "civilian", "students"),
)
_IED = re.compile(r"\b(?:[rsv][bcov]?)?ieds?\b|remote-controlled ied", re.IGNORECASE)
_INSECURITY_LAID = ("mine", "cluster", "uxo_axo", "ied")


def _insecurity_casualties(draft: Draft) -> list[list[People]]:
    """Give the people killed by column; blank is not stated, and injured never are."""
    result: list[list[People]] = [[] for _ in range(len(draft))]
    for column, group, affiliation in _INSECURITY_KILLED:
        if column not in draft.chunk:
            continue
        read = counts(draft.chunk[column].to_numpy(dtype=object))
        for place, reason in read.bad.items():
            draft.refuse(place, column, reason)
        for place, value in enumerate(read.best.tolist()):
            if value == value:
                row: People = {"group": group, "outcome": "killed", "best": int(value)}
                result[place].append(row | ({"affiliation": affiliation} if affiliation else {}))
    return result


def _finish_insecurity(draft: Draft, values: Values, plan: Plan) -> None:
    """Tell the kind of accident from the weapon's type; places are known by first-level unit."""
    weapons = draft.chunk["Explosive Weapon Type"].tolist()
    launches = draft.chunk["Launch Type"].tolist() if "Launch Type" in draft.chunk else weapons
    kinds = [_insecurity_kind(w, launch) for w, launch in zip(weapons, launches, strict=True)]
    values.accident_type = [kind for kind, _ in kinds]
    values.device = [device for _, device in kinds]
    values.note = [f"Weapon as reported: {w[:200]}." if w else None for w in weapons]
    leave_out(draft, values, plan)


def _insecurity_kind(weapon: str | None, launch: str | None) -> tuple[str | None, str | None]:
    for text in (weapon or "", launch or ""):
        for part in text.split(","):
            word = plain(part)
            kind = VOCABULARY["accident_type"].get(word)
            if kind in _INSECURITY_LAID:
                return kind, VOCABULARY["device"].get(word)
            if _IED.search(part):
                return "ied", "ied_other"
    return ("other", None) if weapon else (None, None)


INSECURITY = Preset(
    signature=frozenset({"SiND Event ID", "Explosive Weapon Type", "Country ISO", "Admin 1"}),
    hints=frozenset(),
    fields={
        "id": "SiND Event ID",
        "date": "Date",
        "country": "Country ISO",
        "admin1": "Admin 1",
        "description": "Event Description",
    },
    dataset="SIND",
    orders={"date": "dmy"},
    also=frozenset(
        {"Explosive Weapon Type", "Launch Type", *(c for c, _, _ in _INSECURITY_KILLED)}
    ),
    casualties=_insecurity_casualties,
    finish=_finish_insecurity,
)
"""Insecurity Insight: explosive weapons against aid, health and education; no coordinates."""


_UNSTATED_UCDP = 2
"""Where a file leaves where_prec out, a point is near the place that is named."""
_UCDP_VIOLENCE = {"1": "state-based", "2": "non-state", "3": "one-sided"}
_UCDP_DEATHS = ("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown")


def _ucdp_casualties(draft: Draft) -> list[list[People]]:
    """Make casualties of deaths by side: fighters, civilians, unknown; injured are not stated.

    The parts carry the best estimate. Low and high belong to the event as a whole: they
    stand in the casualty row where there is only one, else in the note. Where the parts do
    not sum to best, best wins and the group is unknown.
    """
    cells = {name: _ucdp_people(draft, name) for name in (*_UCDP_DEATHS, "low", "best", "high")}
    sides = [_ucdp_column(draft, name) for name in ("side_a", "side_b")]
    result = []
    for place in range(len(draft)):
        get = {name: values[place] for name, values in cells.items()}
        rows = _ucdp_sides(get, [side[place] for side in sides])
        best, total = get["best"], sum(row["best"] for row in rows)
        if not np.isnan(best) and (total != best or not rows):
            rows = [{"group": "unknown", "outcome": "killed", "best": int(best)}]
        filled = [row for row in rows if row["best"]] or rows[:1]
        if len(filled) == 1:
            _bound_ucdp(filled[0], get)
        result.append(rows)
    return result


def _ucdp_people(draft: Draft, name: str) -> np.ndarray:
    if name not in draft.chunk:
        return np.full(len(draft), np.nan)
    read = numbers(draft.chunk[name].to_numpy(dtype=object), 0, 10_000_000)
    for place, reason in read.bad.items():
        draft.refuse(place, name, reason)
    return read.values


def _ucdp_sides(get: dict[str, float], sides: list[str | None]) -> list[People]:
    rows: list[People] = []
    for name, side in zip(("deaths_a", "deaths_b"), sides, strict=True):
        if get[name] > 0:
            row = {"group": "military", "outcome": "killed", "best": int(get[name])}
            rows.append(row | ({"affiliation": side[:300]} if side else {}))
    civilians, unknown = get["deaths_civilians"], get["deaths_unknown"]
    # With deaths of unknown people among them, "no civilians" is not what the source says.
    if civilians > 0 or (civilians == 0 and unknown == 0):
        rows.append({"group": "civilian", "outcome": "killed", "best": int(civilians)})
    if unknown > 0:
        rows.append({"group": "unknown", "outcome": "killed", "best": int(unknown)})
    return rows


def _bound_ucdp(row: People, get: dict[str, float]) -> None:
    low, high = get["low"], get["high"]
    if not np.isnan(low) and low <= row["best"]:
        row["low"] = int(low)
    if not np.isnan(high) and high >= row["best"]:
        row["high"] = int(high)


def _finish_ucdp(draft: Draft, values: Values, plan: Plan) -> None:
    """Add what only this format knows: source, kind by headline, the meaning of its points.

    A point of precision 3 or 4 stands for a whole unit: it says the district and is not kept
    as a position. One of 5 or 6 says no district at all.
    """
    if not draft.has("where_precision"):
        draft.warnings[say("where_prec is missing: points count as near the place named")] += 1
        values.where_precision = [_UNSTATED_UCDP] * len(draft)
    precision = np.array([p or 0 for p in values.where_precision])
    found = values.points
    unit, vague = (precision == 3) | (precision == 4), (precision == 5) | (precision == 6)
    anchor = Points(found.lon.copy(), found.lat.copy(), found.uncertainty_m)
    anchor.lon[vague] = anchor.lat[vague] = np.nan
    found.lon[unit | vague] = found.lat[unit | vague] = np.nan
    values.anchor, values.nowhere = anchor, vague
    values.coordinate_method = [
        {1: "gazetteer", 2: "gazetteer", 3: "district", 4: "district"}.get(p, "unknown")
        for p in precision.tolist()
    ]
    values.note = _ucdp_notes(draft, vague)
    values.reports = _ucdp_reports(draft)
    values.place = _ucdp_places(draft, values)
    texts = [
        _ucdp_column(draft, n) for n in ("source_article", "source_headline", "where_description")
    ]
    kinds_by_text(values, [" ".join(t for t in row if t) for row in zip(*texts, strict=True)])
    leave_out(draft, values, plan, unless="all")


def _ucdp_column(draft: Draft, name: str) -> list[Any]:
    if name not in draft.chunk:
        return [None] * len(draft)
    cells: list[Any] = draft.chunk[name].tolist()
    return cells


def _ucdp_notes(draft: Draft, vague: np.ndarray) -> list[str | None]:
    kinds, names, clarity = (
        _ucdp_column(draft, n) for n in ("type_of_violence", "dyad_name", "event_clarity")
    )
    low, best, high = (_ucdp_column(draft, n) for n in ("low", "best", "high"))
    notes: list[str | None] = []
    for place in range(len(draft)):
        kind = _UCDP_VIOLENCE.get((kinds[place] or "").removesuffix(".0"), "unstated")
        parts = [f"UCDP GED, {kind} violence: {(names[place] or 'actors unstated')[:300]}."]
        if low[place] != high[place]:
            ends = [(v or "?").removesuffix(".0") for v in (low[place], best[place], high[place])]
            parts.append(f"Deaths low {ends[0]}, best {ends[1]}, high {ends[2]}.")
        if (clarity[place] or "").startswith("2"):
            parts.append("The source reports it only as part of a longer event.")
        if vague[place]:
            parts.append("The source's point is an estimate for a wide area and was not used.")
        notes.append(" ".join(parts))
    return notes


def _ucdp_reports(draft: Draft) -> list[list[dict[str, Any]]]:
    names = ("source_office", "source_headline", "source_original", "source_article", "source_date")
    office, headline, original, article, when = (_ucdp_column(draft, n) for n in names)
    first = [(w or "").split(";")[0].strip() or None for w in when]
    published = days(np.array(first, dtype=object), order="dmy")
    result = []
    for place in range(len(draft)):
        report: dict[str, Any] = {}
        if office[place] or article[place]:
            publisher = office[place] or (article[place] or "").split(",")[0].strip('" ')
            report["publisher"] = publisher[:300]
        if headline[place]:
            report["title"] = headline[place][:300]
        if original[place]:
            report["chain"] = original[place][:300]
        if published.precision[place] == 1:
            report["published"] = str(published.start[place])
        if article[place]:
            report["note"] = article[place][:10_000]
        result.append([report] if report else [])
    return result


def _ucdp_places(draft: Draft, values: Values) -> list[str | None]:
    described = _ucdp_column(draft, "where_description")
    return [
        f"{place}; {more}" if place and more and more != place else place or more
        for place, more in zip(values.place, described, strict=True)
    ]


UCDP = Preset(
    signature=frozenset({"date_start", "date_end", "best", "low", "high"}),
    hints=frozenset({"where_prec", "type_of_violence", "deaths_a", "dyad_name"}),
    fields={
        "id": "id",
        "date_start": "date_start",
        "date_end": "date_end",
        "date_precision": "date_prec",
        "where_precision": "where_prec",
        "latitude": "latitude",
        "longitude": "longitude",
        "place": "where_coordinates",
        "admin1": "adm_1",
        "admin2": "adm_2",
        "country": "country",
    },
    dataset="UCDP",
    orders={"date_start": "dmy", "date_end": "dmy"},
    also=frozenset(
        {
            "deaths_a",
            "deaths_b",
            "deaths_civilians",
            "deaths_unknown",
            "low",
            "best",
            "high",
            "side_a",
            "side_b",
            "type_of_violence",
            "dyad_name",
            "event_clarity",
            "source_office",
            "source_headline",
            "source_original",
            "source_article",
            "source_date",
            "where_description",
        }
    ),
    casualties=_ucdp_casualties,
    finish=_finish_ucdp,
)
"""UCDP GED: events of organised violence with deaths by side. It counts no injured people."""


PRESETS: Mapping[str, Preset] = {"ucdp": UCDP, "acled": ACLED, "insecurity": INSECURITY}
"""One row a format."""
OWN = frozenset({"incident_id", "record_status", "date_start", "date_end", "accident_type"})


def recognise(table: Table, stated: str = "auto") -> str:
    """Tell a table's format.

    ucdp, acled, insecurity, hazardmap (this project's own exports), hxl, geo or csv.

    Raises
    ------
    InvalidInput
        The stated format needs columns that the table has not.
    """
    columns = frozenset(table.columns)
    if stated in PRESETS:
        missing = PRESETS[stated].missing(columns)
        if missing:
            raise InvalidInput(
                say(
                    "This is no {format} file: it has no column {missing}. Leave the format to be "
                    "found, or map the columns.",
                    format=stated.upper(),
                    missing=", ".join(sorted(missing)),
                ),
                code="wrong-format",
            )
        return stated
    if stated == "hxl" and not table.tags:
        raise InvalidInput(say("No row of HXL tags was found."), code="wrong-format")
    if stated != "auto":
        return stated
    for name, preset in PRESETS.items():
        if not preset.missing(columns):
            return name
    if columns >= OWN:
        return "hazardmap"
    if table.tags:
        return "hxl"
    return "geo" if table.has_geometry else "csv"


def in_its_own_names(table: Table, stated: str = "auto") -> tuple[Table, dict[str, str]]:
    """Give a table of a known format the format's own names of columns, however they are written.

    The table, and the names that were changed: as in the file to the format's own.

    Parameters
    ----------
    stated
        What the user states; ``auto`` tries every format.
    """
    for name, preset in PRESETS.items():
        if stated not in ("auto", name):
            continue
        own = {plain(column): column for column in preset.columns}
        held = set(table.columns) & set(own.values())
        names = {
            column: own[plain(column)]
            for column in table.columns
            if column not in held and own.get(plain(column)) not in (None, *held)
        }
        one_each = len(set(names.values())) == len(names)
        if names and one_each and not preset.missing(frozenset(held | set(names.values()))):
            return table.renamed(names), names
    return table, {}


def finish_generic(draft: Draft, values: Values, plan: Plan) -> None:
    """Tell kinds by device and description where no column states them; apply the scope."""
    kinds_by_device(values)
    kinds_by_text(values, [text or "" for text in values.description])
    leave_out(draft, values, plan)


def reader_of(name: str) -> tuple[MakeCasualties, Finish]:
    """Give how a format's people are read and what finishes its draft."""
    preset = PRESETS.get(name)
    return (preset.casualties, preset.finish) if preset else (casualties, finish_generic)
