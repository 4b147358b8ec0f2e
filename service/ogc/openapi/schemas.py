"""Shared schemas and responses of the definition."""

from typing import Any

from geodata.schema import FrameSchema
from service.collections import Collection
from service.ogc.openapi.parameters import column_schema

Schema = dict[str, Any]

_TEXT = {"type": "string"}
_KINDS = {
    "Point": ["Point"],
    "MultiPolygon": ["MultiPolygon"],
    "Geometry": [
        "Point",
        "MultiPoint",
        "LineString",
        "MultiLineString",
        "Polygon",
        "MultiPolygon",
        "GeometryCollection",
    ],
}


def ref(name: str) -> dict[str, str]:
    """Point to a shared schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def _array(of: Schema) -> Schema:
    return {"type": "array", "items": of}


def _object(required: list[str], **properties: Schema) -> Schema:
    # OpenAPI 3.0 allows no empty list of required members.
    needed = {"required": required} if required else {}
    return {"type": "object", **needed, "properties": properties}


_LINKS = _array(ref("link"))


def shared() -> dict[str, Schema]:
    """Give the schemas that are alike for all layers."""
    return {
        "link": _object(["href", "rel"], href=_TEXT, rel=_TEXT, type=_TEXT, title=_TEXT),
        "problem": _object(
            ["title", "status", "code", "description"],
            type=_TEXT,
            title=_TEXT,
            status={"type": "integer"},
            detail=_TEXT,
            code=_TEXT,
            description=_TEXT,
            errors=_array({"type": "object"}),
        ),
        "landingPage": _object(
            ["links"], title=_TEXT, description=_TEXT, attribution=_TEXT, links=_LINKS
        ),
        "confClasses": _object(["conformsTo"], conformsTo=_array(_TEXT), links=_LINKS),
        "jsonSchema": _object(
            ["$schema", "$id", "type", "properties"], properties={"type": "object"}
        ),
        **_descriptions(),
    }


def _descriptions() -> dict[str, Schema]:
    """Give the schemas of the layers' descriptions."""
    box = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
    moment = {"type": "string", "format": "date-time", "nullable": True}
    interval = {"type": "array", "items": moment, "minItems": 2, "maxItems": 2}
    return {
        "extent": _object(
            [],
            spatial=_object(["bbox"], bbox=_array(box), crs=_TEXT),
            temporal=_object(["interval"], interval=_array(interval), trs=_TEXT),
        ),
        "collection": _object(
            ["id", "links"],
            id=_TEXT,
            title=_TEXT,
            description=_TEXT,
            attribution=_TEXT,
            itemType=_TEXT,
            extent=ref("extent"),
            crs=_array(_TEXT),
            storageCrs=_TEXT,
            links=_LINKS,
        ),
        "collections": _object(
            ["links", "collections"],
            title=_TEXT,
            description=_TEXT,
            links=_LINKS,
            crs=_array(_TEXT),
            collections=_array(ref("collection")),
        ),
    }


def of_layer(one: Collection) -> dict[str, Schema]:
    """Give the schemas of a layer's feature and feature collection."""
    properties: Schema = {
        "type": "object",
        "properties": {
            c.name: _nullable(column_schema(c)) | ({"readOnly": True} if c.read_only else {})
            for c in one.schema.columns
        },
        "additionalProperties": False,
    }
    feature = _object(
        ["type", "id", "geometry", "properties"],
        type={"type": "string", "enum": ["Feature"]},
        id=_TEXT,
        geometry=_geometry(one.schema),
        properties=properties,
        links=_LINKS,
    )
    count = {"type": "integer", "minimum": 0}
    features = _object(
        ["type", "features", "links", "timeStamp", "numberMatched", "numberReturned"],
        type={"type": "string", "enum": ["FeatureCollection"]},
        features=_array(ref(f"{one.id}Feature")),
        links=_LINKS,
        timeStamp={"type": "string", "format": "date-time"},
        numberMatched=count,
        numberReturned=count,
    )
    return {f"{one.id}Feature": feature, f"{one.id}Features": features}


def _nullable(schema: Schema) -> Schema:
    if "enum" in schema:
        schema = schema | {"enum": [*schema["enum"], None]}
    return schema | {"nullable": True}


def _geometry(schema: FrameSchema) -> Schema:
    kinds = _KINDS[schema.geometry or "Point"]
    return {
        "type": "object",
        "nullable": True,
        "required": ["type"],
        "properties": {
            "type": {"type": "string", "enum": kinds},
            "coordinates": {"type": "array", "items": {}},
            "geometries": {"type": "array", "items": {"type": "object"}},
        },
    }


def responses() -> dict[str, Any]:
    """Give the responses that are alike for all operations."""
    content = {"application/problem+json": {"schema": ref("problem")}}
    html = {"text/html": {"schema": _TEXT}}
    return {
        "Problem": {
            "description": "What went wrong, in a sentence; `errors` name the fields.",
            "content": content | html,
        },
        "NotModified": {"description": "The client has the current answer already."},
    }
