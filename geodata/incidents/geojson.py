"""Incidents as GeoJSON and back, without loss.

A feature carries the flat twins in `properties`, one level deep, for every GIS. What
has no flat twin (casualties with low and high, reports, evidence) is in the member
`record` beside them: GIS pass over it, and reading the file back gives equal records.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
import pandas as pd

from geodata.errors import InvalidInput
from geodata.incidents.documents import checked, document
from geodata.incidents.flat import members_of_properties
from geodata.incidents.frame import incidents_frame
from geodata.model import Incident
from geodata.schemas import INCIDENTS


def incidents_to_geojson(incidents: Iterable[Incident]) -> bytes:
    """Write incidents as a GeoJSON FeatureCollection (WGS 84, lon lat).

    Returns
    -------
    bytes
        UTF-8; `incidents_from_geojson` reads equal records from it.
    """
    records = list(incidents)
    return orjson.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                incident_feature(incident, properties)
                for incident, properties in zip(records, _properties(records), strict=True)
            ],
        }
    )


def incident_feature(
    incident: Incident, properties: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Give one incident as a GeoJSON feature with its whole record.

    Returns
    -------
    dict
        Geometry is null where no point is known.
    """
    point = None
    if incident.longitude is not None and incident.latitude is not None:
        point = {"type": "Point", "coordinates": [incident.longitude, incident.latitude]}
    return {
        "type": "Feature",
        "id": incident.incident_id,
        "geometry": point,
        "properties": dict(properties) if properties is not None else _properties([incident])[0],
        "record": document(incident),
    }


def _properties(records: Sequence[Incident]) -> list[dict[str, Any]]:
    frame = incidents_frame(records)
    flat = pd.DataFrame(frame[INCIDENTS.names]).astype(object)
    flat = flat.where(flat.notna(), None)
    for name in ("date_start", "date_end"):
        flat[name] = frame[name].dt.strftime("%Y-%m-%d")
    return flat.to_dict("records")


def incidents_from_geojson(data: bytes | str) -> list[Incident]:
    """Read incidents from a GeoJSON FeatureCollection or feature.

    Parameters
    ----------
    data
        GeoJSON text, WGS 84 (lon, lat).

    Raises
    ------
    InvalidInput
        The text is no GeoJSON, or features cannot be taken; all problems at once,
        with row (from 1) and field.
    """
    features = _features(data)
    incidents, problems = [], []
    for row, feature in enumerate(features, start=1):
        try:
            incidents.append(incident_from_feature(feature))
        except InvalidInput as error:
            problems += [{"row": row, **detail} for detail in error.details]
    if problems:
        raise InvalidInput(
            f"{len({c['row'] for c in problems})} of {len(features)} features cannot be taken; "
            "the details name row and field. Nothing was read.",
            code="bad-feature",
            details=problems,
        )
    return incidents


def _features(data: bytes | str) -> list[Any]:
    try:
        parsed = orjson.loads(data)
    except orjson.JSONDecodeError as reason:
        raise _no_geojson(f"it cannot be read as JSON ({reason})") from None
    kind = parsed.get("type") if isinstance(parsed, dict) else None
    if kind == "Feature":
        return [parsed]
    features = parsed.get("features") if kind == "FeatureCollection" else None
    if not isinstance(features, list):
        raise _no_geojson("it holds no features")
    return features


_EXAMPLE = (
    '{"type": "Feature", "geometry": null, '
    '"properties": {"date_start": "2021-02-04", "date_end": "2021-02-04"}}'
)


def _no_geojson(why: str) -> InvalidInput:
    return InvalidInput(
        f"This cannot be read as GeoJSON of incidents: {why}. Send a Feature or a "
        f"FeatureCollection, e.g. {_EXAMPLE}.",
        code="bad-geojson",
        details=[{"field": "", "reason": why}],
    )


def incident_from_feature(
    feature: Any, *, incident_id: str | None = None, base: Incident | None = None
) -> Incident:
    """Read one incident from a GeoJSON feature.

    Members come from `record` where the feature has one, then from `properties`: flat
    twins (`districts` as text, `killed_civilian`, …) or the record's own members.
    A property that is absent leaves the base's value; null clears it.

    Parameters
    ----------
    incident_id
        Id to give it, instead of the feature's.
    base
        The record to change; None makes a new one.

    Raises
    ------
    InvalidInput
        It is no feature, its geometry is no point, or a member does not fit; details
        name the fields.
    """
    if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
        raise _no_geojson("it has to be an object with the type Feature")
    properties = feature.get("properties") or {}
    if not isinstance(properties, Mapping):
        raise _no_geojson('properties has to be an object, e.g. {"device": "uxo"}')
    members: dict[str, Any] = document(base) if base else {}
    record = feature.get("record")
    if isinstance(record, Mapping):
        members |= record
    else:
        members |= members_of_properties(properties, members)
        members |= _point(feature, members)
    given = incident_id or members.get("incident_id") or feature.get("id")
    members["incident_id"] = str(given) if given is not None else None
    return checked(Incident, members)


def _point(feature: Mapping[str, Any], members: Mapping[str, Any]) -> dict[str, Any]:
    """Take the point from the geometry; it wins over longitude and latitude."""
    if "geometry" not in feature:
        return {}
    geometry = feature["geometry"]
    if geometry is None:
        stated = members.get("longitude") is not None
        # A GIS that shows properties only sends them back with a null geometry.
        return {} if stated else {"longitude": None, "latitude": None}
    coordinates = geometry.get("coordinates") if isinstance(geometry, Mapping) else None
    is_point = isinstance(geometry, Mapping) and geometry.get("type") == "Point"
    if not is_point or not isinstance(coordinates, list) or len(coordinates) < 2:
        raise InvalidInput(
            "An incident's geometry is a Point [longitude, latitude], or null.",
            code="bad-geometry",
            details=[{"field": "geometry", "reason": "has to be a Point, e.g. [46.95, 40.05]"}],
        )
    return {"longitude": coordinates[0], "latitude": coordinates[1]}
