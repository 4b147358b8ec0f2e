"""Writes on incidents, as the definition describes them."""

from typing import Any

from service.collections import COLLECTIONS
from service.http.media import GEOJSON, MERGE_PATCH
from service.ogc.openapi import parameters as p
from service.ogc.openapi.layers import feature_id
from service.ogc.openapi.operations import write
from service.ogc.openapi.schemas import ref

_REQUIRED = ("date_start", "date_end")
_PLAIN = (
    "record_status",
    "date_start",
    "date_end",
    "date_basis",
    "accident_type",
    "device",
    "activity",
    "sensitivity",
    "source_reliability",
    "description",
    "place_as_reported",
)
_TAG = "Incidents"
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "Tag of the version that the change rests on; another version is 412.",
    "schema": {"type": "string"},
}
EXAMPLE = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [46.95, 40.05]},
    "properties": {
        "date_start": "2021-03-01",
        "date_end": "2021-03-01",
        "device": "at_mine",
        "killed": 0,
        "injured": 1,
        "place_as_reported": "Aghdam",
    },
}


def body_schema(*, whole: bool) -> dict[str, Any]:
    """Describe an incident as it is sent: a feature with flat properties.

    Parameters
    ----------
    whole
        Whether the required properties have to be there.

    Returns
    -------
    dict
        Further properties (counts by group, districts) are taken too.
    """
    columns = COLLECTIONS["incidents"].schema.by_name
    statuses = {"type": "string", "enum": ["draft", "verified", "disputed"]}
    described = {name: p.column_schema(columns[name]) for name in _PLAIN}
    count = {"type": "integer", "minimum": 0, "maximum": 10_000_000}
    described |= {"record_status": statuses, "killed": count, "injured": count}
    properties: dict[str, Any] = {"type": "object", "properties": described}
    if whole:
        properties["required"] = list(_REQUIRED)
    position = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
    point = {
        "type": "object",
        "nullable": True,
        "required": ["type", "coordinates"],
        "properties": {"type": {"type": "string", "enum": ["Point"]}, "coordinates": position},
    }
    return {
        "type": "object",
        **({"required": ["type", "properties"]} if whole else {}),
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "string", "pattern": "^[A-Za-z0-9_.:-]{1,120}$"},
            "geometry": point,
            "properties": properties,
        },
    }


def _body(media_type: str, *, whole: bool, example: dict[str, Any]) -> dict[str, Any]:
    content = {"schema": body_schema(whole=whole), "example": example}
    return {"required": True, "content": {media_type: content}}


def _reason() -> p.Parameter:
    schema = {"type": "string", "maxLength": 1000}
    return p.parameter("reason", "Why; kept with the revision.", schema)


def item_edits(example_id: str) -> dict[str, Any]:
    """Describe PUT, PATCH and DELETE of one incident."""
    parameters = [feature_id(example_id), _reason(), _IF_MATCH]
    content = {GEOJSON: {"schema": ref("incidentsFeature")}}
    changed = {"200": {"description": "Stored as the next version.", "content": content}}
    patch = {"type": "Feature", "properties": {"device": "uxo"}}
    return {
        "put": write(
            "replaceIncident",
            "Say an incident anew, as a whole",
            _TAG,
            parameters,
            changed,
            body=_body(GEOJSON, whole=True, example=EXAMPLE),
        ),
        "patch": write(
            "updateIncident",
            "Change some members (RFC 7396)",
            _TAG,
            parameters,
            changed,
            body=_body(MERGE_PATCH, whole=False, example=patch),
        ),
        "delete": write(
            "retractIncident",
            "Retract an incident; its history stays",
            _TAG,
            parameters,
            {"204": {"description": "It no longer counts."}},
            statuses=("400", "401", "403", "404", "409", "412"),
        ),
    }


def collection_edits() -> dict[str, Any]:
    """Describe POST of an incident."""
    created = {
        "201": {
            "description": "Stored.",
            "headers": {"Location": {"schema": {"type": "string"}}},
            "content": {GEOJSON: {"schema": ref("incidentsFeature")}},
        }
    }
    return {
        "post": write(
            "createIncident",
            "Add an incident",
            _TAG,
            [_reason()],
            created,
            body=_body(GEOJSON, whole=True, example=EXAMPLE),
            statuses=("400", "401", "403", "409", "415", "422"),
        )
    }
