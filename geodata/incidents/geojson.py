"""Incidents of GeoJSON features.

A feature carries the flat twins in `properties`, one level deep, for every GIS. What
has no flat twin (casualties with low and high, reports, evidence) may be in the member
`record` beside them.
"""

from collections.abc import Mapping
from typing import Any

from geodata.errors import InvalidInput
from geodata.incidents.documents import checked, document
from geodata.incidents.flat import members_of_properties
from geodata.model import Incident

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
