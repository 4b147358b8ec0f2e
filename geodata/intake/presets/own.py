"""Own exports, read back: export then import is the identity."""

from typing import Any

import numpy as np
import orjson

from geodata.errors import GeodataError
from geodata.formats.formulas import restored
from geodata.incidents import document
from geodata.incidents.flat import members_of_properties
from geodata.intake.cells.dates import days
from geodata.intake.cells.numbers import numbers
from geodata.intake.draft import Draft
from geodata.intake.places.placing import Placer
from geodata.intake.plan import Plan
from geodata.intake.presets.generic import refuse_formulas
from geodata.intake.records import checked, newest_rows
from geodata.intake.table import LAT, LON
from geodata.model import Incident
from geodata.places.assign import place_incident
from geodata.register import Register
from geodata.register.log import Newest
from geodata.schemas import INCIDENTS
from geodata.wording import say

_NOT_READ = frozenset({"recorded_at", "district_id", "version"})
_POINT = ("longitude", "latitude")
_OF_POINT = ("where_precision", "coordinate_method", "uncertainty_m")
_SAME_DEGREES = 5e-7
"""Exports round degrees to six or seven decimals; a difference below is none."""

Properties = dict[str, Any]


def read_own(register: Register, draft: Draft, plan: Plan, placer: Placer) -> dict[int, Incident]:
    """Read rows of an own export against what is held under their ids.

    A blank cell states nothing, so it never erases: neither what the flat twins cannot say
    (affiliations, evidence) nor what the public view withheld. A row that an older version of
    a record stands in, and that differs from what is held, is refused.

    Parameters
    ----------
    register
        What is held.
    draft
        The chunk; `draft.fields` names the columns by themselves.
    plan
        Defaults of status and sensitivity.
    placer
        Places new rows that state no district.

    Returns
    -------
    dict
        Position to incident.
    """
    refuse_formulas(draft)
    columns = _columns(draft)
    snapshot = register.snapshot()
    # A public export names some restricted incidents otherwise than the register does.
    ids = [i and snapshot.own_id(i) for i in draft.raw("incident_id").tolist()]
    held = newest_rows(register, sorted({i for i in ids if i}))
    versions = numbers(draft.raw("version"), 1, 1e9).values.tolist()
    made: dict[int, Incident] = {}
    for place in range(len(draft)):
        if place in draft.refused:
            continue
        said = {n: v[place] for n, v in columns.items() if v[place] is not None}
        row = held.get(ids[place] or "")
        if row is not None:
            said["incident_id"] = row.record_id
        try:
            members = _members(said, row)
        except GeodataError as error:
            draft.refuse(place, "row", error.message)
            continue
        incident = checked(draft, place, _defaults(members, plan) if row is None else members)
        if incident is None:
            continue
        if row is None:
            incident = _placed(incident, placer)
        elif _is_older(versions[place], row, incident):
            draft.refuse(
                place,
                "version",
                say(
                    "the row is of version {versions:g}, held is {version}: export again",
                    versions=versions[place],
                    version=row.version,
                ),
            )
            continue
        made[place] = incident
    return made


def _columns(draft: Draft) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {}
    for column in INCIDENTS.columns:
        if draft.has(column.name) and column.name not in _NOT_READ:
            columns[column.name] = _read(draft, column.name, column.kind)
    if LON in draft.chunk and "longitude" not in columns:
        for name, source in zip(_POINT, (LON, LAT), strict=True):
            values = draft.chunk[source].tolist()
            columns[name] = [None if v != v else v for v in values]
    if "districts" not in columns and draft.has("district_id"):
        columns["district_id"] = draft.raw("district_id").tolist()
    return columns


def _read(draft: Draft, name: str, kind: str) -> list[Any]:
    raw = draft.raw(name)
    if kind == "date":
        read = days(raw, order="dmy")
        draft.refuse_all(name, read.bad)
        texts = np.datetime_as_string(read.start)
        return [None if t == "NaT" else str(t) for t in texts]
    if kind in ("number", "integer"):
        found = numbers(raw, -1e12, 1e12)
        draft.refuse_all(name, found.bad)
        whole = kind == "integer"
        return [
            None if v != v else int(v) if whole and v.is_integer() else v
            for v in found.values.tolist()
        ]
    return [restored(text) if text else text for text in raw.tolist()]


def _members(said: Properties, row: Newest | None) -> Properties:
    if row is None:
        return members_of_properties(said)
    ours: Properties = orjson.loads(row.payload)
    if "longitude" not in said and "longitude" in ours:
        said = {n: v for n, v in said.items() if n not in _OF_POINT}
    for name in _POINT:
        if name in said and abs(said[name] - ours.get(name, np.inf)) <= _SAME_DEGREES:
            said[name] = ours[name]
    stated = members_of_properties(said, ours)
    return ours | {n: v for n, v in stated.items() if v is not None and v != []}


def _defaults(members: Properties, plan: Plan) -> Properties:
    filled = {n: v for n, v in members.items() if v is not None}
    filled.setdefault("record_status", plan.choices.status)
    filled.setdefault("sensitivity", plan.choices.sensitivity)
    return filled


def _placed(incident: Incident, placer: Placer) -> Incident:
    foreign = placer.home and incident.country and incident.country not in placer.home
    if incident.districts or foreign or not len(placer.districts):
        return incident
    return place_incident(incident, placer.gazetteer, placer.districts)


def _is_older(version: float, row: Newest, incident: Incident) -> bool:
    if version != version or version >= row.version:
        return False
    ours = document(Incident.model_validate_json(row.payload))
    return document(incident) != ours | {"version": incident.version}
