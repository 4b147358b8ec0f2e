"""Boundaries, places, operations and statistics from files with the schemas' column names.

Boundaries make an edition, new or held already, and place the incidents that waited for it.
Operations may come as polygons of hazardous areas: their districts, and shapes that cross the
antimeridian, are told here.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import shapely
from pydantic import ValidationError
from pyproj import Geod

from geodata.codes import OperationStatus, values_of
from geodata.crs import crossing, cut_at_180
from geodata.districts import drawable, edition_of, geodesic_area_km2, inspect_boundaries
from geodata.errors import Conflict, InvalidInput
from geodata.incidents import document, elsewhere, parse_district_ids, parse_districts
from geodata.intake.cells.dates import DateProfile, days
from geodata.intake.cells.numbers import numbers
from geodata.intake.cells.vocabulary import vocabulary
from geodata.intake.counts import (
    Spread,
    about_mines,
    count_columns,
    counted_thing,
    figures,
    mapping_of_counts,
    panel_column,
    seems_count,
    spread_of,
    unpivoted,
)
from geodata.intake.draft import Draft
from geodata.intake.file_report import FileReport, Rejects
from geodata.intake.files.source import Source
from geodata.intake.identity import content_id, earlier_content_id, fitting, slug
from geodata.intake.mapping import map_columns
from geodata.intake.places.placing import Placer, placer_of, stands_for
from geodata.intake.places.positions import points
from geodata.intake.plan import Choices
from geodata.intake.prepare import counts_solar_years, prepare
from geodata.intake.presets.generic import read_generic, refuse_formulas
from geodata.intake.presets.imsma import HAZARD, columns_of
from geodata.intake.records import REASON, newest_rows, refuse_implausible
from geodata.intake.table import WKT
from geodata.model import Operation, Record, Statistic
from geodata.places import Decider, Evidence, Gazetteer, Names
from geodata.progress import told_to
from geodata.register import Change, Register, Snapshot, log
from geodata.register.reference import boundaries_document, placed_in
from geodata.register.revision import GONE, Row
from geodata.schemas import OPERATIONS, PLACES, STATISTICS, Column, FrameSchema
from geodata.untrusted.limits import Limits
from geodata.wording import plain, reason_of, reason_of_problem, say

Document = dict[str, Any]

_AREAS = {
    "cha": "cha|confirmed hazardous area|confirmed hazard area|confirmed|defined hazardous area|"
    "dha|mined area|minefield|mine field|battle area|zone dangereuse confirmee|zdc|"
    "area peligrosa confirmada|apc|area perigosa confirmada|пото|подтвержденная опасная зона|"
    "підтверджена небезпечна територія|منطقة خطرة مؤكدة|ساحه خطر تایید شده|"
    "tesdiqlenmis tehlukeli erazi",
    "sha": "sha|suspected hazardous area|suspected hazard area|suspected|dangerous area|"
    "zone dangereuse soupconnee|zone soupconnee dangereuse|zsd|area peligrosa sospechosa|aps|"
    "area perigosa suspeita|предполагаемая опасная зона|ймовірно небезпечна територія|"
    "منطقة خطرة مشتبه بها|ساحه مشکوک|subheli tehlukeli erazi",
}  # fmt: skip
WORDS = {plain(word): code for code, words in _AREAS.items() for word in words.split("|")}
_LEAST_SHARE = 0.001
_SAFE_CHANGE = 0.001


def _word(text: str) -> str:
    words = plain(text).split()
    # "C.H.A." is one word of three letters.
    return ("" if all(len(w) == 1 for w in words) else " ").join(words)


def is_hazard_column(cells: np.ndarray) -> bool:
    """Say whether a column's filled cells are mostly kinds of hazardous areas."""
    filled = [c for c in cells if isinstance(c, str)]
    known = sum(1 for c in filled if _word(c) in WORDS)
    return bool(filled) and known * 2 > len(filled)


def hazardous_area(draft: Draft, place: int, row: Document, statuses: tuple[str, ...]) -> None:
    """Complete one operation that is a hazardous area: what is not stated is inferred and said.

    Its kind is survey and its status completed, for it is what a survey found. Another
    system's word for its status ("Open", "Suspended") is kept in the note.

    Parameters
    ----------
    row
        Members of the operation; changed.
    statuses
        The register's own words for an operation's status.
    """
    text = row.get("hazardous_area")
    if text is None:
        return
    code = WORDS.get(_word(str(text)))
    if code is None:
        draft.not_understood("hazardous_area", str(text))
        del row["hazardous_area"]
        if row.get("kind") is None:
            said = (
                f"{str(text)[:60]!r} is no kind of hazardous area that is known; write cha or sha"
            )
            draft.refuse(place, "hazardous_area", said)
        return
    if row.get("geometry_wkt") is None:
        draft.warnings[say("a hazardous area has no shape: it is listed and drawn nowhere")] += 1
    row["hazardous_area"] = code
    notes = [str(row["note"])] if row.get("note") else []
    status = row.get("status")
    if status is not None and status not in statuses:
        notes.append(f"Status in the source: {status}.")
        draft.not_understood("status", str(status))
        del row["status"]
    if row.get("kind") is None or WORDS.get(plain(str(row["kind"]))):
        row["kind"] = "survey"
        draft.warnings[say("kind is not stated: a hazardous area counts as found by a survey")] += 1
    if "status" not in row:
        row["status"] = "completed"
        draft.warnings[say("status is not stated: the survey counts as completed")] += 1
    if notes:
        row["note"] = " ".join(notes)
    if place in draft.refused:
        return


def repaired(wkt: str) -> tuple[str, bool]:
    """Give a polygon's valid form and whether it had to be mended.

    Raises
    ------
    ValueError
        It crosses itself so that what it encloses is not clear.
    """
    shape = shapely.force_2d(shapely.from_wkt(wkt))
    if crossing([shape])[0]:
        return str(shapely.to_wkt(cut_at_180(shape), rounding_precision=-1)), True
    if shapely.is_valid(shape):
        return wkt, False
    mended = shapely.make_valid(shape, method="structure")
    before, after = shapely.area(shape), shapely.area(mended)
    if after <= 0 or abs(before - after) > _SAFE_CHANGE * after:
        raise ValueError(
            say("crosses itself ({shape}); draw it anew", shape=shapely.is_valid_reason(shape)[:80])
        )
    return str(shapely.to_wkt(mended, rounding_precision=-1)), True


_WGS84 = Geod(ellps="WGS84")


def shares(wkt: str, districts: gpd.GeoDataFrame) -> list[tuple[str, float]]:
    """Give the districts that a shape lies in, by the share of it in each, largest first.

    (id, share) of its area, of a line's length, or of several points' number; below a thousandth is
    left out. A point on a border counts in one district.

    Parameters
    ----------
    wkt
        A valid geometry in WGS 84, lon lat.
    """
    shape = shapely.from_wkt(wkt)
    near = districts.sindex.query(shape, predicate="intersects")
    ids = districts["district_id"].astype(str).to_numpy()
    parts = shapely.intersection(districts.geometry.to_numpy()[near], shape)
    *sizes, whole = _sizes([*shapely.make_valid(parts), shape], shapely.get_dimensions(shape))
    if shape.geom_type == "Point" or not whole:
        return [(str(i), 1.0) for i in sorted(ids[near])[:1]]
    found = [(str(i), n / whole) for i, n in zip(ids[near], sizes, strict=True)]
    kept = [pair for pair in found if pair[1] > _LEAST_SHARE]
    return sorted(kept, key=lambda pair: (-pair[1], pair[0]))


def _sizes(shapes: list[Any], dimension: int) -> list[float]:
    """Measure shapes as areas (km2), lines (km) or points (their number)."""
    if dimension == 2:
        return [float(area) for area in geodesic_area_km2(shapes)]
    if dimension == 1:
        return [_WGS84.geometry_length(shape) / 1e3 for shape in shapes]
    return [float(shapely.get_num_geometries(shape)) for shape in shapes]


def place_area(draft: Draft, place: int, row: Document, districts: gpd.GeoDataFrame) -> None:
    """Mend an operation's geometry, and tell its districts and area where they are not stated."""
    wkt = row.get("geometry_wkt")
    if wkt is None:
        return
    try:
        row["geometry_wkt"], changed = repaired(wkt)
    except (ValueError, shapely.errors.GEOSException, InvalidInput) as reason:
        draft.refuse(place, "geometry", reason_of(reason))
        return
    if changed:
        draft.warnings[say("geometry: a shape that touches or crosses itself was mended")] += 1
    if not len(districts):
        return
    found = shares(row["geometry_wkt"], districts)
    if not found:
        draft.warnings[say("geometry: a shape lies in no district of the boundaries")] += 1
    known = set(districts["district_id"].astype(str))
    if found and not set(row.get("districts") or ()) & known:
        row["districts"] = [name for name, _ in found]
        if len(found) > 1:
            said = ", ".join(f"{name} {share:.0%}" for name, share in found)
            row["note"] = " ".join(t for t in (row.get("note"), f"Its area lies in {said}.") if t)
    if row.get("hazardous_area") and "area_planned_m2" not in row and "area_done_m2" not in row:
        area = float(geodesic_area_km2([shapely.from_wkt(row["geometry_wkt"])])[0]) * 1e6
        if area:
            row["area_planned_m2"] = round(area, 1)


Kind = Literal["places", "operations", "statistics"]
_SINGULAR: Mapping[str, str] = {
    "places": "place",
    "operations": "operation",
    "statistics": "statistic",
}
_SCHEMAS: Mapping[str, FrameSchema] = {
    "places": PLACES,
    "operations": OPERATIONS,
    "statistics": STATISTICS,
}
_MODELS: Mapping[str, type[Record]] = {"operations": Operation, "statistics": Statistic}
_ALSO: Mapping[str, Mapping[str, str]] = {
    "places": {"lat": "latitude", "lon": "longitude", "place": "name", "pop": "population"},
    "operations": {"type": "kind", "organization": "organisation", "org": "organisation",
                   "staff": "personnel", "id": "operation_id", "imsma id": "operation_id",
                   "local id": "operation_id", "area sqm": "area_planned_m2",
                   "areasqm": "area_planned_m2", "area size": "area_planned_m2",
                   "area m2": "area_planned_m2", "reported area": "area_planned_m2",
                   "start date": "actual_start", "end date": "actual_end"},
    "statistics": {"id": "statistic_id", "number": "value", "source": "issuer"},
}  # fmt: skip
_STATUSES = values_of(OperationStatus)
_WEIGHT = re.compile(r"(?<!\s)\s*:\s*(?:0?\.\d+|1(?:\.0*)?)$")
"""The share of a district, as incidents write it: an operation lies in all of it."""
_DERIVED = {"operations": ("date_start", "date_end"), "statistics": (), "places": ()}


def import_layer(
    register: Register,
    source: Source,
    kind: Kind,
    rejects: Rejects,
    report: FileReport,
    *,
    author: str,
    choices: Choices,
    write: bool,
    all_or_nothing: bool,
) -> None:
    """Import places, operations or statistics; new, changed and unchanged ones are told apart."""
    fields = _fields(source, kind, choices)
    if kind == "statistics" and "value" not in fields:
        placer = placer_of(register, choices)
        counted = _counted(source, choices, placer)
        if counted is not None:
            import_counts(
                register, source, counted, placer, rejects, report,
                author=author, choices=choices, write=write,
            )  # fmt: skip
            return
    report.plan |= {
        "format": source.table.kind,
        "mapping": [
            {"field": f, "column": c, "score": 1.0, "why": "header"} for f, c in fields.items()
        ],
        "columns_not_taken": [c for c in source.table.columns if c not in fields.values()],
    }
    rejects.taken = frozenset(fields.values())
    changes: list[Change] = []
    seen: set[str] = set()
    placer, looked = placer_of(register, choices), _looked_at(source, kind, fields)
    reading = _Reading(
        kind, register.id_key, placer,
        {n: choices.date_orders.get(n) or choices.date_order or p.order for n, p in looked.items()},
        counts_solar_years(choices, placer.home, source.table, looked.values()),
    )  # fmt: skip
    for chunk in source.table.read():
        draft = Draft(chunk, fields)
        report.rows += len(chunk)
        made = _documents(draft, reading)
        refuse_implausible(draft, made, register.dates)
        _under_earlier_ids(register, draft, kind, made)
        for place, made_document in list(made.items()):
            name = str(made_document[_SCHEMAS[kind].id_column])
            if name in seen:
                draft.refuse(
                    place,
                    _SCHEMAS[kind].id_column,
                    say("{name} occurs before in the file", name=name),
                )
                del made[place]
            seen.add(name)
        changes += _compared(register, kind, made, report, choices)
        for place in sorted(draft.refused):
            report.refuse(draft.rows[place], draft.refused[place])
        rejects.write(chunk, draft.refused)
        report.warnings.update(draft.warnings)
        report.unknown_values.update(draft.unknown_values)
    if write and changes and not (all_or_nothing and report.counts["refused"]):
        register.append(changes, author=author, reason=f"{REASON}{source.path.name[:120]}")
        report.written = len(changes)


def _counted(source: Source, choices: Choices, placer: Placer) -> str | Spread | None:
    """Give the column or columns of a table of counts; None for another table."""
    mapping = map_columns(source.table, choices.mapping)
    spread = spread_of(source.table, mapping, placer.is_district)
    if spread is not None:
        return spread
    columns = count_columns(source.table)
    columns += [c for c in mapping.unused if seems_count(c)]
    return columns[0] if columns else panel_column(source.table, mapping)


def import_counts(
    register: Register,
    source: Source,
    counted: str | Spread,
    placer: Placer,
    rejects: Rejects,
    report: FileReport,
    *,
    author: str,
    choices: Choices,
    write: bool,
) -> None:
    """Import a table of counts per unit and period as statistics: one for each figure."""
    column: str | None = counted if isinstance(counted, str) else None
    said = say("{column!r} counts incidents", column=counted)
    table = source.table
    if isinstance(counted, Spread):
        thing = counted_thing(source.path.stem, table.notes)
        table = unpivoted(table, counted, thing)
        column = thing if thing == "incidents" else None
        said = say("the columns {columns} count {what}", columns=counted, what=_THINGS[thing])
        choices = replace(choices, mapping=dict(choices.mapping) | _spread_fields(counted, thing))
    chosen = replace(choices, mapping=dict(choices.mapping) | {"id": ""})
    plan = prepare(Source(source.path, table), chosen, placer, counts=True)
    fields = mapping_of_counts(plan.mapping.fields, column)
    of_people = next(
        (n for n, c in plan.mapping.fields.items() if c == column and n in _THINGS), ""
    )
    if of_people and not isinstance(counted, Spread):
        fields |= {of_people: str(column)}
        said = say("{column!r} counts {what}", column=column, what=_THINGS[of_people])
        column = None
    of_mines = about_mines(source.table.columns, source.path.stem, choices.scope)
    report.plan |= plan.as_json() | {"format": "counts"}
    report.plan["columns_not_taken"] = [
        c for c in plan.mapping.unused if c not in (column, "incidents")
    ]
    report.notes.append(
        say(
            "Taken as published figures: {said}. They are of mines and explosive ordnance.",
            said=said,
        )
        if of_mines
        else say(
            "Taken as published figures: {said}. They are not known to be of mines only "
            "(--only mines says so) and stay out of such totals.",
            said=said,
        )
    )
    changes: list[Change] = []
    times: Counter[str] = Counter()
    for chunk in table.read():
        draft = Draft(chunk, fields)
        report.rows += len(chunk)
        values = read_generic(draft, plan)
        placement = placer.place(draft, values)
        made: dict[int, Document] = {}
        for number, (place, row) in enumerate(
            figures(draft, values, placement, column, of_mines=of_mines, issuer=choices.attribution)
        ):
            name = _figure_id(row, register.id_key, times)
            draft.earlier_ids[number] = content_id(row, register.id_key, "statistic")
            made_document = _made(draft, place, "statistics", row | {"statistic_id": name})
            if made_document is not None:
                made_document.pop("sensitivity", None)
                made[number] = made_document
        _under_earlier_ids(register, draft, "statistics", made)
        changes += _compared(register, "statistics", made, report, choices)
        for place in sorted(draft.refused):
            report.refuse(draft.rows[place], draft.refused[place])
        rejects.write(chunk, draft.refused)
        report.warnings.update(draft.warnings)
    if write and changes:
        register.append(changes, author=author, reason=f"{REASON}{source.path.name[:120]}")
        report.written = len(changes)


def _figure_id(row: Document, key: bytes, times: Counter[str]) -> str:
    """Make the id of a figure of what it counts, so that a corrected figure takes its place.

    Where a file has several figures of one unit and period they are numbered in its order.
    """
    said = {name: value for name, value in row.items() if name != "value"}
    name = content_id(said, key, "statistic")
    times[name] += 1
    return name if times[name] == 1 else content_id(said | {"n": times[name]}, key, "statistic")


_THINGS = {
    "incidents": say("incidents"),
    "killed": say("people killed"),
    "injured": say("people injured"),
    "casualties": say("people killed and injured"),
}


def _spread_fields(spread: Spread, thing: str) -> dict[str, str]:
    fields = {"date": "Period"} if spread.of == "period" else {"district": "District"}
    return fields if thing == "incidents" else fields | {thing: thing}


def _under_earlier_ids(
    register: Register, draft: Draft, kind: Kind, made: dict[int, Document]
) -> None:
    """Keep the id under which an earlier version recorded a row."""
    with register.store.read() as connection:
        held = log.heads(connection, _SINGULAR[kind], draft.earlier_ids.values())
    for place, name in draft.earlier_ids.items():
        if name in held and place in made:
            made[place][_SCHEMAS[kind].id_column] = name


def _fields(source: Source, kind: Kind, choices: Choices) -> dict[str, str]:
    names = {plain(n): n for n in _SCHEMAS[kind].names if n not in _DERIVED[kind]}
    names |= {plain(k): v for k, v in _ALSO[kind].items()}
    fields = {f: c for f, c in choices.mapping.items() if c in source.table.columns}
    if kind == "operations" and choices.format == "imsma":
        found = columns_of(HAZARD, source.table.columns)
        fields = {f: c for f, c in found.items() if c not in fields.values()} | fields
    for column in source.table.columns:
        field = names.get(plain(column))
        if field is not None and column not in fields.values():
            fields.setdefault(field, column)
    if kind == "operations" and "hazardous_area" not in fields:
        held = [c for c in source.table.columns if is_hazard_column(source.table.sample[c])]
        if len(held) == 1:
            fields = {f: c for f, c in fields.items() if c != held[0]}
            fields["hazardous_area"] = held[0]
    if "hazardous_area" in fields:
        found = columns_of(HAZARD, source.table.columns)
        for field, column in found.items():
            if column not in fields.values():
                fields.setdefault(field, column)
    return fields


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a file's rows are read with: kind, the register's key, its districts, orders of days."""

    kind: Kind
    key: bytes
    placer: Placer
    orders: Mapping[str, str]
    solar: bool
    """Years from 1300 to 1499 are of the Solar Hijri calendar."""

    def districts(self, draft: Draft, text: str | None) -> list[str] | None:
        """Read ids or names of districts, with weights or without; others are reported."""
        if text is None:
            return None
        ids = self.placer.decider.ids.tolist()
        found: list[str] = []
        for part in parse_district_ids(text):
            name = _WEIGHT.sub("", part) if part not in ids else part
            named = [name] if name in ids else self.placer.named(name)
            if len(named) == 1:
                found += named
            else:
                draft.not_understood("districts", part)
                found.append(name)
        return list(dict.fromkeys(found))


def _looked_at(source: Source, kind: Kind, fields: Mapping[str, str]) -> dict[str, DateProfile]:
    """Look through the first rows of each column of dates, for what decides how it is read."""
    found = {}
    for column in _SCHEMAS[kind].columns:
        if column.kind == "date" and column.name in fields:
            found[column.name] = DateProfile()
            cells = source.table.sample[fields[column.name]].to_numpy(dtype=object)
            found[column.name].add(cells)
    return found


def _documents(draft: Draft, reading: _Reading) -> dict[int, Document]:
    kind = reading.kind
    refuse_formulas(draft)
    columns = {
        column.name: _column(draft, column, reading)
        for column in _SCHEMAS[kind].columns
        if draft.has(column.name)
    }
    if kind == "places":
        found = points(draft)
        columns["longitude"], columns["latitude"] = (
            [None if np.isnan(v) else round(v, 7) for v in axis.tolist()]
            for axis in (found.lon, found.lat)
        )
    if kind == "operations" and WKT in draft.chunk:
        columns["geometry_wkt"] = draft.chunk[WKT].tolist()
    made: dict[int, Document] = {}
    for place in range(len(draft)):
        if place in draft.refused:
            continue
        row = {n: v[place] for n, v in columns.items() if v[place] is not None}
        if kind == "operations":
            hazardous_area(draft, place, row, _STATUSES)
            if place in draft.refused:
                continue
            place_area(draft, place, row, reading.placer.districts)
            if place in draft.refused:
                continue
        held = _checked(draft, place, kind, row, reading.key)
        if held is not None:
            made[place] = held
    return made


def _column(draft: Draft, column: Column, reading: _Reading) -> list[Any]:
    name, kind = column.name, column.kind
    raw = draft.raw(name)
    if kind == "date":
        read = days(raw, order=reading.orders.get(name, "dmy"), solar=reading.solar)
        draft.refuse_all(name, read.bad)
        return [None if np.isnat(v) else str(v) for v in read.start]
    if kind in ("number", "integer"):
        found = numbers(raw, -1e12, 1e12)
        draft.refuse_all(name, found.bad)
        return [
            None if v != v else int(v) if kind == "integer" and v.is_integer() else v
            for v in found.values.tolist()  # noqa: PD011 - no pandas
        ]
    if name == "sensitivity":
        return vocabulary(draft, name)
    texts = draft.texts(name)
    if kind == "boolean":
        return [None if t is None else t.lower() in ("true", "1", "yes", "t") for t in texts]
    if name == "districts":
        return [reading.districts(draft, t) for t in texts]
    # A code is one, though it sounds like a cell that states nothing (no_information).
    return [
        cell if text is None and cell in column.codes else text
        for cell, text in zip(raw.tolist(), texts, strict=True)
    ]


_OWN_ID = re.compile(r"[\w.:\-]{1,120}")


def _checked(draft: Draft, place: int, kind: Kind, row: Document, key: bytes) -> Document | None:
    id_column = _SCHEMAS[kind].id_column
    stated = row.pop("sensitivity", None)
    if id_column not in row:
        earlier = earlier_content_id(row, _SINGULAR[kind])
        row[id_column] = content_id(row, key, _SINGULAR[kind])
        draft.earlier_ids[place] = earlier
    elif kind != "places" and not _OWN_ID.fullmatch(str(row[id_column])):
        row[id_column] = fitting(str(row[id_column]))
    made = _made(draft, place, kind, row)
    if made is None:
        return None
    # What the row does not state stays as it is held: a file without the column publishes nothing.
    made.pop("sensitivity", None)
    return made if stated is None else made | {"sensitivity": stated}


def _made(draft: Draft, place: int, kind: Kind, row: Document) -> Document | None:
    id_column = _SCHEMAS[kind].id_column
    if kind == "places":
        if "name" not in row:
            draft.refuse(place, "name", say("no name is stated"))
            return None
        row[id_column] = slug(str(row[id_column]))[:120]
        row.setdefault("kind", "settlement")
        return row
    if "devices_found" in row:
        row["devices_found"] = _devices(draft, place, row["devices_found"])
    if source := row.pop("sources", None):
        row["report"] = {"publisher": str(source)[:300]}
    if kind == "statistics":
        row.setdefault("metric", "people")
    try:
        return document(_MODELS[kind].model_validate(row))
    except ValidationError as error:
        for found in error.errors(include_url=False)[:5]:
            name = ".".join(str(part) for part in found["loc"]) or "row"
            draft.refuse(place, name, reason_of_problem(found))
    return None


def _devices(draft: Draft, place: int, text: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in text.split(";"):
        device, _, number = part.partition(":")
        if not number.strip().isdecimal() or len(number) > 9:
            draft.refuse(
                place, "devices_found", say("{part!r}: write at_mine:12;uxo:3", part=part[:40])
            )
            continue
        found[device.strip()] = int(number)
    return found


def _compared(
    register: Register,
    kind: Kind,
    made: dict[int, Document],
    report: FileReport,
    choices: Choices,
) -> list[Change]:
    singular, id_column = _SINGULAR[kind], _SCHEMAS[kind].id_column
    with register.store.read() as connection:
        held: dict[str, Row] = log.heads(
            connection, singular, [d[id_column] for d in made.values()]
        )
    changes = []
    for made_document in register.without_redacted(singular, list(made.values())):
        row = held.get(made_document[id_column])
        if row is None:
            report.counts["taken"] += 1
            new = {"sensitivity": choices.sensitivity} | made_document
            changes.append(Change(singular, new, "create", 0))
            continue
        before = {"sensitivity": "public"} | orjson.loads(row.payload)
        after = before | made_document
        if row.change == "retract" or after == before:
            report.counts["unchanged"] += 1
            continue
        report.counts["updated"] += 1
        changes.append(Change(singular, after, "correct", row.version))
    return changes


def import_boundaries(
    register: Register,
    path: Path,
    report: FileReport,
    *,
    author: str,
    choices: Choices,
    limits: Limits,
    write: bool,
    progress: Callable[[str, int, int], None] | None = None,
) -> None:
    """Take a boundary file as an edition; it is current from then on.

    Of very detailed ones the lighter copies are made, which maps and tiles are drawn from.

    Parameters
    ----------
    report
        Filled: each district is taken or unchanged; what was mended stands in the warnings.

    Raises
    ------
    InvalidInput
        The boundaries cannot be used; details hold every issue. Or they are to be
        restricted: everybody sees the districts.
    Conflict
        Another edition of that name is held.
    """
    if choices.sensitivity == "restricted":
        raise InvalidInput(
            say(
                "Boundaries cannot be restricted: everybody sees the districts. Leave the "
                "sensitivity out, or do not take them in."
            ),
            code="bad-sensitivity",
            details=[{"field": "sensitivity", "reason": say("boundaries are always public")}],
        )
    found = inspect_boundaries(
        path,
        edition=choices.edition,
        id_column=choices.id_column,
        name_column=choices.name_column,
        level=choices.level,
        layer=choices.layer,
        limits=limits,
    )
    districts = found.districts()
    edition = choices.edition or edition_of(districts)
    report.rows = len(districts)
    report.plan |= {"format": "boundaries", "edition": edition}
    for issue in found.issues:
        report.warnings[issue.said] += 1
    if any(held.edition == edition for held in register.editions()):
        _same(register, edition, boundaries_document(districts, edition))
        report.counts["unchanged"] = len(districts)
        report.notes.append(say("The edition {edition} is held already.", edition=edition))
        return
    report.counts["taken"] = len(districts)
    now = register.snapshot()
    _of_others(now, edition, districts, report)
    if write:
        register.add_boundaries(
            districts, edition=edition, author=author,
            source=choices.attribution or path.name[:200],
            reason=f"Import of {path.name[:120]}",
        )  # fmt: skip
        report.written = 1
        report.notes.append(say("The edition {edition} is current from now on.", edition=edition))
        with told_to(partial(progress or _unheard, "make lighter")):
            drawable(register.snapshot().districts)
        waiting, placed = place_waiting(register, author=author, edition=edition)
        after = placed_in(register.snapshot().incidents, districts)
        told = say(
            "{placed:,} of {waiting:,} incidents that were in no district are placed in it.",
            placed=placed,
            waiting=waiting,
        )
    else:
        waiting, placed = _would_place(now, districts)
        after = placed_in(now.incidents, districts) + placed
        told = say(
            "{placed:,} of {waiting:,} incidents that are in no district would be placed in it.",
            placed=placed,
            waiting=waiting,
        )
    if waiting:
        report.notes.append(told)
    _before_and_after(now, edition, districts, after, report)


def _unheard(_stage: str, _done: int, _of: int) -> None:
    """Hear how far work is where nobody looks."""


def _before_and_after(
    now: Snapshot, edition: str, districts: gpd.GeoDataFrame, placed: int, report: FileReport
) -> None:
    """Say what becomes of the districts and of the incidents' placing, those that waited too."""
    total = len(now.incidents)
    before, after = (
        {
            "edition": which,
            "districts": len(frame),
            "incidents_placed": held,
            "incidents": total,
        }
        for which, frame, held in (
            (now.edition, now.districts, placed_in(now.incidents, now.districts)),
            (edition, districts, placed),
        )
    )
    report.plan["boundaries"] = {"before": before, "after": after}
    report.notes.append(
        say(
            "Districts: {units} before ({edition}), {units_then} after ({edition_then}). "
            "Incidents in a district: {placed} of {total} before, {placed_then} after.",
            units=before["districts"],
            edition=now.edition,
            units_then=after["districts"],
            edition_then=edition,
            placed=before["incidents_placed"],
            total=total,
            placed_then=after["incidents_placed"],
        )
    )


def _of_others(
    now: Snapshot, edition: str, districts: gpd.GeoDataFrame, report: FileReport
) -> None:
    """Say which incidents are of other countries, and which these districts would lose."""
    incidents, total = now.incidents, len(now.incidents)
    home = incidents[~elsewhere(incidents, districts)]
    if len(home) < total:
        report.notes.append(
            say(
                "{away} incidents are of other countries than these districts: they are held and "
                "count in none of them.",
                away=total - len(home),
            )
        )
    lost = placed_in(home, now.districts) - placed_in(home, districts)
    if lost > 0:
        report.warnings[
            say(
                "{lost} incidents that count in a district now would count in none of these: "
                "their districts have other ids. Is it the right file? An edition can be "
                "withdrawn (hazardmap boundaries withdraw {edition}).",
                lost=lost,
                edition=edition,
            )
        ] += 1


def _same(register: Register, edition: str, new: dict[str, object]) -> None:
    held = register.get("boundaries", edition)
    # Through JSON, for what is held came from there: tuples are lists.
    if orjson.loads(orjson.dumps(new["features"])) != held["features"]:
        raise Conflict(
            say(
                "Another edition called {edition!r} is held. Give this one its own name "
                "(--edition).",
                edition=edition,
            ),
            code="exists",
        )


_AT_ONCE = 10_000


def place_waiting(register: Register, *, author: str, edition: str) -> tuple[int, int]:
    """Place the incidents that are in no district by what their records say of the place.

    Their points, countries and names as reported decide (see `geodata.places.assign`); of
    names with commas the first is the district and the last the unit above it. What stays
    unplaced stays as it is.

    Incidents that waited, and those that are placed now.
    """
    snapshot = register.snapshot()
    waiting = _waiting(snapshot)
    if not len(waiting):
        return 0, 0
    decider = Decider(snapshot.gazetteer, snapshot.districts)
    country_of = dict(zip(decider.ids.tolist(), decider.countries, strict=True))
    placed = 0
    for some, answer in _answers(waiting, decider):
        changes = _changes(register, some, answer, country_of)
        if changes:
            register.append(changes, author=author, reason=f"Placed in the boundaries {edition}")
        placed += len(changes)
    return len(waiting), placed


def _would_place(now: Snapshot, districts: gpd.GeoDataFrame) -> tuple[int, int]:
    """Count as `place_waiting` does, before the boundaries are taken."""
    waiting = _waiting(now)
    if not len(waiting):
        return 0, 0
    decider = Decider(Gazetteer(now.places, districts), districts)
    found = (int(answer["districts"].notna().sum()) for _, answer in _answers(waiting, decider))
    return len(waiting), sum(found)


def _waiting(snapshot: Snapshot) -> gpd.GeoDataFrame:
    incidents = snapshot.incidents
    return incidents[incidents["districts"].isna()]


def _answers(
    waiting: gpd.GeoDataFrame, decider: Decider
) -> Iterator[tuple[gpd.GeoDataFrame, pd.DataFrame]]:
    """Place incidents some at a time, by what their records say."""
    for start in range(0, len(waiting), _AT_ONCE):
        some = waiting.iloc[start : start + _AT_ONCE]
        yield some, decider.decide(_evidence(some, decider))


def _evidence(some: pd.DataFrame, decider: Decider) -> Evidence:
    parts = [
        [p.strip() for p in text.split(",") if p.strip()] if isinstance(text, str) else []
        for text in some["place_as_reported"]
    ]
    first, last = (
        np.array([p[at] if len(p) > least else None for p in parts], dtype=object)
        for at, least in ((0, 0), (-1, 1))
    )
    countries = some["country"].astype(object)
    precision = some["where_precision"].fillna(0).astype(int).tolist()
    return Evidence(
        some["longitude"].to_numpy(dtype=float),
        some["latitude"].to_numpy(dtype=float),
        (Names(last, "above"), Names(first, "any")),
        np.array([p[0] if p else None for p in parts], dtype=object),
        country=countries.where(countries.notna(), None).to_numpy(),
        tolerance_m=some["uncertainty_m"].to_numpy(dtype=float),
        stands_for=stands_for(precision),
        home=next(iter(decider.home)) if len(decider.home) == 1 else None,
    )


def _changes(
    register: Register,
    some: pd.DataFrame,
    answer: pd.DataFrame,
    country_of: Mapping[str, str | None],
) -> list[Change]:
    found = answer["districts"].notna().to_numpy()
    ids = some.index[found].tolist()
    held = newest_rows(register, ids)
    changes = []
    for name, row in zip(ids, answer[found].to_dict("records"), strict=True):
        before = held.get(name)
        if before is None or before.change in GONE:
            continue
        record = orjson.loads(before.payload)
        note = row["note"] if isinstance(row["note"], str) else None
        record |= {
            "districts": [d.model_dump() for d in parse_districts(row["districts"])],
            "placed_by": row["placed_by"],
        }
        record.pop("district_note", None)
        countries = {country_of.get(d["district_id"]) for d in record["districts"]}
        if "country" not in record and len(countries) == 1 and None not in countries:
            record["country"] = countries.pop()
        changes.append(
            Change(
                "incident",
                record | ({"district_note": note} if note else {}),
                "correct",
                before.version,
            )
        )
    return changes
