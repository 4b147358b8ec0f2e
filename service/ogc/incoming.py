"""Incidents as clients send them: bodies, their checks, and preconditions."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import numpy as np
import orjson
import shapely
from pydantic import ValidationError
from pyproj import CRS
from starlette.datastructures import Headers

from geodata.crs import from_crs
from geodata.errors import InvalidInput
from geodata.incidents.geojson import incident_from_feature
from geodata.model import Incident
from geodata.places import place_incident
from geodata.register import Snapshot
from service.ogc.etags import versions_in
from service.ogc.media import GEOJSON, JSON, MERGE_PATCH
from service.ogc.params.query import bad
from service.ogc.params.space import read_crs

ACCEPTED = (GEOJSON, JSON, "application/vnd.geo+json", MERGE_PATCH)
OPEN_STATUSES = ("draft", "verified", "disputed")
_PLACING = ("districts", "district_id")
_COUNTED = ("killed", "injured", "casualties")
_NOT_JSON = "The body is no JSON object; send one GeoJSON Feature."


def read_body(body: bytes, headers: Headers) -> dict[str, Any]:
    """Read the body of a write.

    Parameters
    ----------
    body
        As it came.
    headers
        Content-Type may be missing, as some clients leave it out.

    Returns
    -------
    dict
        The members of the JSON object, its point in WGS 84.

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
        raise invalid("properties", "is no object")
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
        raise invalid("geometry", "is no geometry") from None
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

    Parameters
    ----------
    feature
        Its id is taken if it has one; else it gets one.
    snapshot
        Gives districts and gazetteer, to place it.

    Returns
    -------
    Incident
        Checked and placed.

    Raises
    ------
    InvalidInput
        A field does not fit (422); details name it.
    """
    properties = feature.get("properties") or {}
    given = properties.get("incident_id") or feature.get("id") or f"inc-{uuid4().hex[:12]}"
    return _checked(feature, str(given), None, snapshot)


def replaced(feature: dict[str, Any], current: Incident, snapshot: Snapshot) -> Incident:
    """Give the incident with all its properties as the feature has them.

    What the feature does not state is unknown. Only what no flat property can say
    (quoted evidence, ranges behind equal counts, details of equal sources) stays.

    Parameters
    ----------
    feature
        Its id, if any, has to be the current one.
    current
        The record held.
    snapshot
        Gives districts and gazetteer.

    Returns
    -------
    Incident
        Checked and placed.

    Raises
    ------
    InvalidInput
        A field is missing or does not fit (422); details name it.
    """
    properties = feature.get("properties") or {}
    _same_id(feature, current)
    for name in ("date_start", "date_end"):
        if name not in properties and "record" not in feature:
            raise invalid(name, "is required")
    counted = any(
        name in _COUNTED or name.startswith(("killed_", "injured_")) for name in properties
    )
    base = Incident(
        incident_id=current.incident_id,
        date_start=current.date_start,
        date_end=current.date_end,
        evidence=current.evidence,
        local_time=current.local_time,
        casualties=current.casualties if counted else (),
        reports=current.reports if "sources" in properties else (),
    )
    return _checked({"geometry": None, **feature}, current.incident_id, base, snapshot)


def patched(patch: dict[str, Any], current: Incident, snapshot: Snapshot) -> Incident:
    """Give the incident with a merge patch (RFC 7396) applied to its feature.

    Parameters
    ----------
    patch
        Members to change; a null property becomes unknown. An incident whose point
        changes is placed anew unless the patch names its district.
    current
        The record held.
    snapshot
        Gives districts and gazetteer.

    Returns
    -------
    Incident
        Checked and placed.

    Raises
    ------
    InvalidInput
        A field does not fit (422); details name it.
    """
    _same_id(patch, current)
    properties = patch.get("properties") or {}
    moved = "geometry" in patch or "longitude" in properties or "latitude" in properties
    base = current
    if moved and not any(name in properties for name in _PLACING):
        base = current.model_copy(update={"districts": (), "district_note": None})
    if moved and patch.get("geometry") is None:
        # A geometry of null, or of coordinates in properties, replaces the point held.
        base = base.model_copy(update={"longitude": None, "latitude": None})
    return _checked({"type": "Feature", **patch}, current.incident_id, base, snapshot)


def _same_id(feature: Mapping[str, Any], current: Incident) -> None:
    properties = feature.get("properties") or {}
    for given in (feature.get("id"), properties.get("incident_id")):
        if given is not None and str(given) != current.incident_id:
            raise invalid("id", f"is {str(given)[:60]!r}, but the address names another")


def _checked(
    feature: dict[str, Any], incident_id: str, base: Incident | None, snapshot: Snapshot
) -> Incident:
    try:
        incident = incident_from_feature(feature, incident_id=incident_id, base=base)
        return settled(incident, snapshot)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "record"
        raise invalid(field, str(first["msg"])) from None
    except InvalidInput as error:
        code = error.code if error.code == "bad-geojson" else "invalid-record"
        raise InvalidInput(error.message, code=code, details=error.details) from None


def settled(incident: Incident, snapshot: Snapshot) -> Incident:
    """Place an incident that names no district, and hold it to what may be written.

    Parameters
    ----------
    incident
        The record as sent.
    snapshot
        Gives districts and gazetteer.

    Returns
    -------
    Incident
        With its districts.

    Raises
    ------
    InvalidInput
        A status that only a change of its own may set, or an unknown district (422).
    """
    # The gazetteer takes long to load; most incidents name their district.
    placed = incident if incident.districts else _placed(incident, snapshot)
    if placed.record_status not in OPEN_STATUSES:
        raise invalid("record_status", f"has to be one of {', '.join(OPEN_STATUSES)} here")
    known = snapshot.districts.index
    unknown = [d.district_id for d in placed.districts if d.district_id not in known]
    if unknown and len(known):
        raise invalid("districts", f"{unknown[0][:60]!r} is no district of {snapshot.edition}")
    return placed


def _placed(incident: Incident, snapshot: Snapshot) -> Incident:
    return place_incident(incident, snapshot.gazetteer, snapshot.districts)


def expected_version(if_match: str | None, held: int) -> int | None:
    """Read If-Match.

    Parameters
    ----------
    if_match
        The header; None when it is absent.
    held
        The version held now.

    Returns
    -------
    int or None
        The version that the register has to hold; None = any.

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
