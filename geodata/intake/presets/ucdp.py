"""UCDP GED: events of organised violence with deaths by side. It counts no injured people."""

from typing import Any

import numpy as np

from geodata.intake.cells.dates import days
from geodata.intake.cells.numbers import numbers
from geodata.intake.draft import Draft, People, Points, Values
from geodata.intake.plan import Plan
from geodata.intake.presets.scope import kinds_by_text, leave_out
from geodata.wording import say

SIGNATURE = frozenset({"date_start", "date_end", "best", "low", "high"})
HINTS = frozenset({"where_prec", "type_of_violence", "deaths_a", "dyad_name"})
FIELDS = {
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
}
DATASET = "UCDP"
ALSO = frozenset(
    {
        "deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown", "low", "best", "high",
        "side_a", "side_b", "type_of_violence", "dyad_name", "event_clarity", "source_office",
        "source_headline", "source_original", "source_article", "source_date",
        "where_description",
    }
)  # fmt: skip
ORDERS = {"date_start": "dmy", "date_end": "dmy"}

_UNSTATED = 2
"""Where a file leaves where_prec out, a point is near the place that is named."""
_VIOLENCE = {"1": "state-based", "2": "non-state", "3": "one-sided"}
_DEATHS = ("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown")


def casualties(draft: Draft) -> list[list[People]]:
    """Make casualties of deaths by side: fighters, civilians, unknown; injured are not stated.

    The parts carry the best estimate. Low and high belong to the event as a whole: they
    stand in the casualty row where there is only one, else in the note. Where the parts do
    not sum to best, best wins and the group is unknown.
    """
    cells = {name: _people(draft, name) for name in (*_DEATHS, "low", "best", "high")}
    sides = [_column(draft, name) for name in ("side_a", "side_b")]
    result = []
    for place in range(len(draft)):
        get = {name: values[place] for name, values in cells.items()}
        rows = _parts(get, [side[place] for side in sides])
        best, total = get["best"], sum(row["best"] for row in rows)
        if not np.isnan(best) and (total != best or not rows):
            rows = [{"group": "unknown", "outcome": "killed", "best": int(best)}]
        filled = [row for row in rows if row["best"]] or rows[:1]
        if len(filled) == 1:
            _bound(filled[0], get)
        result.append(rows)
    return result


def _people(draft: Draft, name: str) -> np.ndarray:
    if name not in draft.chunk:
        return np.full(len(draft), np.nan)
    read = numbers(draft.chunk[name].to_numpy(dtype=object), 0, 10_000_000)
    for place, reason in read.bad.items():
        draft.refuse(place, name, reason)
    return read.values


def _parts(get: dict[str, float], sides: list[str | None]) -> list[People]:
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


def _bound(row: People, get: dict[str, float]) -> None:
    low, high = get["low"], get["high"]
    if not np.isnan(low) and low <= row["best"]:
        row["low"] = int(low)
    if not np.isnan(high) and high >= row["best"]:
        row["high"] = int(high)


def finish(draft: Draft, values: Values, plan: Plan) -> None:
    """Add what only this format knows: source, kind by headline, the meaning of its points.

    A point of precision 3 or 4 stands for a whole unit: it says the district and is not kept
    as a position. One of 5 or 6 says no district at all.
    """
    if not draft.has("where_precision"):
        draft.warnings[say("where_prec is missing: points count as near the place named")] += 1
        values.where_precision = [_UNSTATED] * len(draft)
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
    values.note = _notes(draft, vague)
    values.reports = _reports(draft)
    values.place = _places(draft, values)
    texts = [_column(draft, n) for n in ("source_article", "source_headline", "where_description")]
    kinds_by_text(values, [" ".join(t for t in row if t) for row in zip(*texts, strict=True)])
    leave_out(draft, values, plan, unless="all")


def _column(draft: Draft, name: str) -> list[Any]:
    if name not in draft.chunk:
        return [None] * len(draft)
    cells: list[Any] = draft.chunk[name].tolist()
    return cells


def _notes(draft: Draft, vague: np.ndarray) -> list[str | None]:
    kinds, names, clarity = (
        _column(draft, n) for n in ("type_of_violence", "dyad_name", "event_clarity")
    )
    low, best, high = (_column(draft, n) for n in ("low", "best", "high"))
    notes: list[str | None] = []
    for place in range(len(draft)):
        kind = _VIOLENCE.get((kinds[place] or "").removesuffix(".0"), "unstated")
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


def _reports(draft: Draft) -> list[list[dict[str, Any]]]:
    names = ("source_office", "source_headline", "source_original", "source_article", "source_date")
    office, headline, original, article, when = (_column(draft, n) for n in names)
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


def _places(draft: Draft, values: Values) -> list[str | None]:
    described = _column(draft, "where_description")
    return [
        f"{place}; {more}" if place and more and more != place else place or more
        for place, more in zip(values.place, described, strict=True)
    ]
