"""JSON Schemas of a layer's features: what can be queried, and what is given."""

from typing import Any

from geodata.schema import Column, FrameSchema
from service.collections import Collection
from service.http.request import Links

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "boolean": {"type": "boolean"},
}
_FORMATS = {
    "Point": "geometry-point",
    "MultiPolygon": "geometry-multipolygon",
    "Geometry": "geometry-any",
}
# UCUM, the code system of the keyword's default.
_UNITS = {"km2": "km2", "m2": "m2", "m": "m", "degrees": "deg", "years of 365.25 days": "a_j"}


def column_schema(column: Column, schema: FrameSchema) -> dict[str, Any]:
    """Describe one property: type, title, meaning, unit, codes and role."""
    found: dict[str, Any] = {
        "title": column.name.replace("_", " ").capitalize(),
        "description": column.description,
        **_TYPES[column.kind],
    }
    if column.read_only:
        found["readOnly"] = True
    if column.codes:
        found["enum"] = list(column.codes)
    if column.unit is not None:
        found["x-ogc-unit"] = _UNITS.get(column.unit, column.unit)
        if column.unit not in _UNITS:
            found["x-ogc-unitLang"] = "text"
    if column.name == schema.id_column:
        found["x-ogc-role"] = "id"
    elif column.name == schema.start and schema.start != schema.end:
        found["x-ogc-role"] = "primary-interval-start"
    elif column.name == schema.end:
        found["x-ogc-role"] = "primary-interval-end"
    return found


def geometry_schema(schema: FrameSchema) -> dict[str, Any] | None:
    """Describe the geometry; None where the layer has none."""
    if schema.geometry is None:
        return None
    return {
        "title": "Geometry",
        "description": "WGS 84, longitude before latitude; null where it is not known",
        "x-ogc-role": "primary-geometry",
        "format": _FORMATS[schema.geometry],
    }


def properties_of(schema: FrameSchema) -> dict[str, Any]:
    """Describe all properties in their order, the geometry last."""
    found = {c.name: column_schema(c, schema) for c in schema.columns}
    geometry = geometry_schema(schema)
    return found | ({"geometry": geometry} if geometry else {})


def queryables(collection: Collection, links: Links) -> dict[str, Any]:
    """Give what can be used in filters and as parameters.

    Parameters
    ----------
    collection
        The layer.
    links
        Gives the schema's own address.

    Returns
    -------
    dict
        JSON Schema; other properties are refused.
    """
    return _document(collection, links, "queryables") | {"additionalProperties": False}


def feature_schema(collection: Collection, links: Links) -> dict[str, Any]:
    """Give the schema of a feature's properties; parameters as in `queryables`."""
    schema = collection.schema
    required = [column.name for column in schema.columns if column.required]
    sequence = {
        name: value | {"x-ogc-propertySeq": number}
        for number, (name, value) in enumerate(properties_of(schema).items(), start=1)
    }
    document = _document(collection, links, "schema")
    return document | {
        "properties": sequence,
        "required": required,
        "additionalProperties": False,
    }


def _document(collection: Collection, links: Links, kind: str) -> dict[str, Any]:
    return {
        "$schema": DIALECT,
        "$id": f"{links.root}/collections/{collection.id}/{kind}",
        "type": "object",
        "title": collection.title,
        "description": collection.description,
        "properties": properties_of(collection.schema),
    }
