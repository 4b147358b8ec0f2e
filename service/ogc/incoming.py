"""Incidents as clients send them: bodies, their checks, and preconditions."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import numpy as np
import orjson
import shapely
from pydantic import ValidationError
from pyproj import CRS
from starlette.datastructures import Headers

from geodata.codes import Group, values_of
from geodata.crs import from_crs
from geodata.errors import Conflict, InvalidInput, NotFound
from geodata.formats import feature_texts
from geodata.incidents import incident_from_feature, incidents_frame
from geodata.model import Incident
from geodata.places import place_incident
from geodata.register import Revision, Snapshot
from geodata.schemas import INCIDENTS
from service.http.representation import GEOJSON, JSON, MERGE_PATCH, versions_in
from service.http.request import bad
from service.ogc.features import Written, feature_of, revision_of, usual_query
from service.ogc.query import read_crs

ACCEPTED = (GEOJSON, JSON, "application/vnd.geo+json", MERGE_PATCH)
OPEN_STATUSES = ("draft", "verified", "disputed")
_PLACING = ("districts", "district_id")
_COUNTED = ("killed", "injured", "casualties")
_GROUPS = ("killed_", "injured_")
_POINT = ("longitude", "latitude")
_POINT_EXAMPLE = '{"type": "Point", "coordinates": [46.95, 40.05]}'
_NOT_JSON = 'The body has to be one JSON object, a GeoJSON Feature: {"type": "Feature", …}.'


@dataclass(frozen=True, slots=True)
class Stored:
    """A record that is to be changed."""

    record: Incident
    """As the register holds it."""
    feature: Mapping[str, Any]
    """As a reader gets it: GeoJSON with flat properties."""
    unchanged: Written
    """The answer where nothing was changed."""


def stored_of(snapshot: Snapshot, incident_id: str) -> Stored:
    """Give a record of the snapshot, as it is held and as it is read.

    Raises
    ------
    NotFound
        There is none of that id.
    """
    record = snapshot.incident(incident_id)
    row, content = feature_of(snapshot, usual_query(), incident_id)
    unchanged = Written(content, *revision_of(snapshot, row))
    return Stored(record, orjson.loads(content), unchanged)


def written(revision: Revision, snapshot: Snapshot) -> Written:
    """Give an incident as a revision left it, as a reader gets it.

    Parameters
    ----------
    snapshot
        Taken after the revision, in full: it mostly has the very version, which the next reader
        wants, too.
    """
    with suppress(NotFound):
        row, content = feature_of(snapshot, usual_query(), revision.record_id)
        held = Written(content, *revision_of(snapshot, row))
        if held.version == revision.version:
            return held
    rows = incidents_frame([revision.record()], [revision.recorded_at])
    rows["version"] = revision.version
    content = feature_texts(rows, INCIDENTS)[0].as_py().encode()
    return Written(content, revision.version, rows["recorded_at"].iloc[0].timestamp())


def read_body(body: bytes, headers: Headers) -> dict[str, Any]:
    """Read the body of a write.

    The members of the JSON object, its point in WGS 84.

    Parameters
    ----------
    headers
        Content-Type may be missing, as some clients leave it out.

    Raises
    ------
    InvalidInput
        Another media type (415), or no JSON object (400).
    """
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind and kind not in ACCEPTED:
        raise InvalidInput(
            f"Content-Type {kind[:60]!r} is not taken here; send {', '.join(ACCEPTED)}.",
            code="unsupported-media-type",
        )
    try:
        feature = orjson.loads(body)
    except orjson.JSONDecodeError as reason:
        raise InvalidInput(f"{_NOT_JSON} ({str(reason)[:100]})", code="bad-json") from None
    if not isinstance(feature, dict):
        raise InvalidInput(_NOT_JSON, code="bad-json")
    if not isinstance(feature.get("properties") or {}, dict):
        raise invalid("properties", 'has to be an object, e.g. {"device": "uxo"}')
    given = headers.get("content-crs")
    crs = read_crs(given.strip().strip("<>"), "Content-Crs") if given else None
    return feature if crs is None else _moved(feature, crs)


def _moved(feature: dict[str, Any], crs: CRS) -> dict[str, Any]:
    geometry = feature.get("geometry")
    if geometry is None:
        return feature
    try:
        point = shapely.geometry.shape(geometry)
    except Exception:  # noqa: BLE001 - whatever a malformed geometry makes of the constructor
        raise invalid("geometry", f"has to be null or a Point, e.g. {_POINT_EXAMPLE}") from None
    moved = from_crs(np.array([point], dtype=object), crs)[0]
    return feature | {"geometry": orjson.loads(shapely.to_geojson(moved))}


def invalid(field: str, reason: str) -> InvalidInput:
    """Make the error of a record that does not fit (422)."""
    return InvalidInput(
        f"The incident cannot be stored: {field}: {reason}.",
        code="invalid-record",
        details=[{"field": field, "reason": reason}],
    )


def created(feature: dict[str, Any], snapshot: Snapshot) -> Incident:
    """Give the new incident that a feature describes.

    Checked and placed.

    Parameters
    ----------
    feature
        Its id is taken if it has one; else it gets one.

    Raises
    ------
    InvalidInput
        A field does not fit (422); details name it.
    """
    properties = feature.get("properties") or {}
    given = properties.get("incident_id") or feature.get("id") or f"inc-{uuid4().hex[:12]}"
    own = {n: v for n, v in properties.items() if n not in ("version", "recorded_at")}
    stated = _without_echoes({**feature, "properties": own}, {})
    incident = _built(stated, str(given), None)
    _check_sum(properties, incident, None)
    return settled(incident, snapshot)


def changed(feature: dict[str, Any], held: Stored, snapshot: Snapshot, *, whole: bool) -> Incident:
    """Give the incident with a feature's members: all it has, or a merge patch (RFC 7396).

    A member that says what is held already is no change, so that of two that say the same
    in two ways (point and longitude, districts and district, sum and counts) the one that
    was changed counts.

    Checked. One whose point or place changed is placed anew, unless a district is named with it.

    Parameters
    ----------
    feature
        Its id, if any, has to be the current one; null is not stated.
    held
        The record as it is held, and as it was read.
    whole
        What the feature does not state is unknown, but for what no flat property can say
        (quoted evidence, ranges behind equal counts, details of equal sources).

    Raises
    ------
    Conflict
        It names another version than the one held.
    InvalidInput
        A field is missing, read-only or does not fit (422); details name it.
    """
    properties = feature.get("properties") or {}
    current = held.record
    _same_id(feature, current)
    _check_read_only(properties, held)
    base = current
    if whole:
        for name in ("date_start", "date_end"):
            if properties.get(name) is None and "record" not in feature:
                raise invalid(name, "is required; write a date, for example 2021-02-04")
        base = _base_of_whole(feature, current)
        feature = {"geometry": None, **feature, "properties": _all_counts(properties)}
    stated = _without_echoes({"type": "Feature", **feature}, held.feature)
    if stated.get("geometry", current) is None:
        # A geometry of null takes the point away with its coordinates.
        base = base.model_copy(update={"longitude": None, "latitude": None})
    incident = _built(stated, current.incident_id, base)
    _check_sum(properties, incident, held)
    named = not whole and any(name in properties for name in _PLACING)
    return settled(incident, snapshot, current, named=named)


def _base_of_whole(feature: Mapping[str, Any], current: Incident) -> Incident:
    """Give what a whole feature rests on: nothing but what it states again or cannot say."""
    properties = feature.get("properties") or {}
    kept = {
        "casualties": any(n in _COUNTED or n.startswith(_GROUPS) for n in properties),
        "reports": "sources" in properties,
        "districts": any(name in properties for name in _PLACING),
        "longitude": "geometry" in feature or "longitude" in properties,
        "latitude": "geometry" in feature or "latitude" in properties,
    }
    return Incident(
        incident_id=current.incident_id,
        date_start=current.date_start,
        date_end=current.date_end,
        evidence=current.evidence,
        local_time=current.local_time,
        **{name: getattr(current, name) for name, yes in kept.items() if yes},
    )


def _all_counts(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Give the properties with null for each count of people that they leave out."""
    found = dict(properties)
    for outcome in ("killed", "injured"):
        groups = [f"{outcome}_{group}" for group in values_of(Group)]
        if outcome not in properties and not any(name in properties for name in groups):
            found[outcome] = None
        for name in groups:
            found.setdefault(name, None)
    return found


def _without_echoes(feature: dict[str, Any], served: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what only repeats the record as it was read, or follows from the rest."""
    before = served.get("properties", {})
    stated = dict(feature.get("properties") or {})

    def repeats(name: str) -> bool:
        return bool(served) and name in stated and stated[name] == before.get(name)

    if "casualties" in stated and not isinstance(stated["casualties"], list):
        del stated["casualties"]
    if repeats("sources"):
        del stated["sources"]
    given = [name for name in _PLACING if name in stated]
    if all(map(repeats, given)):
        for name in given:
            del stated[name]
    _one_of_two(stated, *_PLACING, repeats)
    return _one_point({**feature, "properties": stated}, served)


def _one_point(feature: dict[str, Any], served: Mapping[str, Any]) -> dict[str, Any]:
    """Keep of the geometry and its coordinates in the properties what was changed."""
    before = served.get("properties", {})
    stated = feature["properties"]
    given = {name: stated[name] for name in _POINT if name in stated}
    moved = any(value != before.get(name) for name, value in given.items())
    geometry = feature.get("geometry")
    redrawn = "geometry" in feature and geometry != served.get("geometry")
    known = any(value is not None for value in given.values())
    if redrawn and moved and geometry is not None and known and not _agrees(geometry, given):
        raise invalid(next(iter(given)), "differs from the geometry; state one of them")
    # A GIS that shows properties alone sends them back with a geometry of null.
    if not redrawn or (geometry is None and known):
        feature.pop("geometry", None)
    if not moved or "geometry" in feature:
        for name in given:
            del stated[name]
    return feature


def _agrees(geometry: Any, given: Mapping[str, Any]) -> bool:
    coordinates = geometry.get("coordinates") if isinstance(geometry, Mapping) else None
    if not isinstance(coordinates, list) or len(coordinates) < 2:
        return True
    return all(
        isinstance(at, int | float)
        and isinstance(given.get(name), int | float | None)
        and (given.get(name) is None or abs(given[name] - at) < 1e-6)
        for name, at in zip(_POINT, coordinates, strict=False)
    )


def _one_of_two(
    stated: dict[str, Any], text: str, main: str, repeats: Callable[[str], bool]
) -> None:
    """Keep of the districts and the largest of them the one that was changed."""
    if text not in stated or main not in stated:
        return
    if repeats(text) and not repeats(main) and stated[main] is not None:
        del stated[text]
    elif repeats(main) or stated[main] is None:
        del stated[main]
    elif isinstance(stated[text], str) and str(stated[main]) not in stated[text]:
        raise invalid(main, f"is {str(stated[main])[:60]!r}, which districts does not name")
    else:
        del stated[main if stated[text] is not None else text]


def _check_read_only(properties: Mapping[str, Any], held: Stored) -> None:
    """Refuse a change of what the register sets.

    Raises
    ------
    Conflict
        Of the version: somebody else changed the record since it was read.
    InvalidInput
        Of anything else (422).
    """
    before = held.feature["properties"]
    version = properties.get("version")
    if version is not None and version != before["version"]:
        reason = f"is {str(version)[:20]}, but version {before['version']} is held; read it again"
        raise Conflict(f"version: {reason}.", details=[{"field": "version", "reason": reason}])
    moment = properties.get("recorded_at")
    if moment is not None and moment != before["recorded_at"]:
        raise invalid("recorded_at", "is set by the register; leave it out")


def _check_sum(properties: Mapping[str, Any], incident: Incident, held: Stored | None) -> None:
    """Refuse a sum of casualties that is not that of the counts, before or after the change."""
    stated = properties.get("casualties")
    if stated is None or isinstance(stated, list):
        return
    parts = [incident.count(outcome) for outcome in ("killed", "injured")]
    known = [part for part in parts if part is not None]
    before = held.feature["properties"]["casualties"] if held else None
    if stated not in ([sum(known)] if known else []) and (before is None or stated != before):
        raise invalid(
            "casualties",
            "is the sum of killed and injured, which is computed; state killed and injured",
        )


def _same_id(feature: Mapping[str, Any], current: Incident) -> None:
    properties = feature.get("properties") or {}
    for given in (feature.get("id"), properties.get("incident_id")):
        if given is not None and str(given) != current.incident_id:
            raise invalid("id", f"is {str(given)[:60]!r}, but the address names another")


def _built(feature: dict[str, Any], incident_id: str, base: Incident | None) -> Incident:
    try:
        return incident_from_feature(feature, incident_id=incident_id, base=base)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "record"
        raise invalid(field, str(first["msg"])) from None
    except InvalidInput as error:
        code = error.code if error.code == "bad-geojson" else "invalid-record"
        raise InvalidInput(error.message, code=code, details=error.details) from None


def settled(
    incident: Incident,
    snapshot: Snapshot,
    current: Incident | None = None,
    *,
    named: bool = False,
) -> Incident:
    """Place an incident that names no district, and hold it to what may be written.

    With its districts.

    Parameters
    ----------
    current
        The record held; None = it is new. What did not change is not judged again.
    named
        Whether the districts are named on purpose, also where they are those held.

    Raises
    ------
    InvalidInput
        A status that only a change of its own may set, or an unknown district (422).
    """
    placed = _placed_anew(incident, snapshot, current, named=named)
    if placed.record_status not in OPEN_STATUSES:
        raise invalid("record_status", f"has to be one of {', '.join(OPEN_STATUSES)} here")
    known = {*snapshot.districts.index, *_ids(current)}
    unknown = [d for d in _ids(placed) if d not in known]
    if unknown and len(snapshot.districts):
        wanted = f"has to be a district of {snapshot.edition}, e.g. {snapshot.districts.index[0]}"
        raise invalid("districts", f"{unknown[0][:60]!r} {wanted}")
    return placed


def _ids(incident: Incident | None) -> list[str]:
    return [] if incident is None else [d.district_id for d in incident.districts]


def _placed_anew(
    incident: Incident, snapshot: Snapshot, current: Incident | None, *, named: bool
) -> Incident:
    """Place what is new, moved or has lost its district; the rest stays where it is."""
    if current is None:
        # The gazetteer takes long to load; most incidents name their district.
        return incident if incident.districts else _placed(incident, snapshot)
    moved = _where(incident)[:2] != _where(current)[:2]
    if incident.districts != current.districts:
        again = not incident.districts
    elif incident.districts:
        again = moved and not named
    else:
        again = _where(incident) != _where(current)
    if not again:
        return incident
    # What was said of the old place is not said of the new one.
    stale = incident.district_note == current.district_note
    reset = {"districts": (), **({"district_note": None} if stale else {})}
    return _placed(incident.model_copy(update=reset), snapshot)


def _where(incident: Incident) -> tuple[object, ...]:
    return (incident.longitude, incident.latitude, incident.place_as_reported, incident.country)


def _placed(incident: Incident, snapshot: Snapshot) -> Incident:
    return place_incident(incident, snapshot.gazetteer, snapshot.districts)


def expected_version(if_match: str | None, held: int) -> int | None:
    """Read If-Match.

    The version that the register has to hold; None = any.

    Parameters
    ----------
    held
        The version held now.

    Raises
    ------
    InvalidInput
        None of the tags is of the version held (412).
    """
    if if_match is None or if_match.strip() == "*":
        return None
    if held in versions_in(if_match):
        return held
    raise InvalidInput(
        f"The record is at version {held}, which If-Match does not name. "
        "Read it again and repeat the change.",
        code="precondition-failed",
    )


def reason_of(text: str | None) -> str | None:
    """Read the parameter `reason`, which is kept with the revision."""
    if text is not None and (len(text) > 1_000 or "\x00" in text):
        raise bad("reason", "has to be a text of at most 1000 characters.")
    return text or None
