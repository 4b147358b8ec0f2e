"""Bodies that describe: landing page, layers, conformance, queryables and schemas."""

from collections.abc import Mapping
from typing import Any

from geodata.register import Snapshot
from geodata.schemas import Column, FrameSchema
from service.collections import COLLECTIONS, URIS, VALUE_TYPES, Collection, extent_of, systems_of
from service.http.representation import GEOJSON, HTML, ITEMS, JSON, OPENAPI, SCHEMA
from service.http.request import OGC_REL, Context, Link, Links, segment

_FEATURES = "http://www.opengis.net/spec/ogcapi-features-"
_CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf/"
_COMMON = "http://www.opengis.net/spec/ogcapi-common-"
_STYLES = "http://www.opengis.net/spec/ogcapi-styles-1/1.0/conf/"
_TILES = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/"

CLASSES = (
    f"{_COMMON}1/1.0/conf/core",
    f"{_COMMON}2/1.0/conf/collections",
    *(f"{_FEATURES}1/1.0/conf/{name}" for name in ("core", "oas30", "html", "geojson")),
    f"{_FEATURES}2/1.0/conf/crs",
    *(
        f"{_FEATURES}3/1.0/conf/{name}"
        for name in ("queryables", "queryables-query-parameters", "filter", "features-filter")
    ),
    *(
        f"{_FEATURES}4/1.0/conf/{name}"
        for name in ("create-replace-delete", "update", "optimistic-locking-etags", "features")
    ),
    *(
        f"{_FEATURES}5/1.0/conf/{name}"
        for name in ("schemas", "core-roles-features", "returnables-and-receivables", "queryables")
    ),
    *(
        f"{_CQL2}{name}"
        for name in (
            "cql2-text",
            "cql2-json",
            "basic-cql2",
            "advanced-comparison-operators",
            "case-insensitive-comparison",
            "accent-insensitive-comparison",
            "basic-spatial-functions",
            "basic-spatial-functions-plus",
            "spatial-functions",
            "temporal-functions",
            "property-property",
            "arithmetic",
        )
    ),
    *(
        f"{_TILES}{name}"
        for name in ("core", "tileset", "tilesets-list", "geodata-tilesets", "mvt")
    ),
    *(f"{_STYLES}{name}" for name in ("core", "html", "mapbox-styles", "sld-10", "sld-11")),
)


DIALECT = "https://json-schema.org/draft/2020-12/schema"
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
        **VALUE_TYPES[column.kind],
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


TITLE = "hazardmap"
DESCRIPTION = (
    "A register of landmine and UXO blasts, with risk per district and its uncertainty. "
    "No record is not the same as safe."
)
ATTRIBUTION = "Boundaries and names shown imply no opinion on the status of any territory."

_LANDING: tuple[tuple[str, str, str, str], ...] = (
    ("/api", "service-desc", OPENAPI, "Definition of the API (OpenAPI 3.0)"),
    ("/api.html", "service-doc", HTML, "Reference of the API"),
    ("/conformance", "conformance", JSON, "Conformance classes"),
    ("/conformance", f"{OGC_REL}conformance", JSON, "Conformance classes"),
    ("/collections", "data", JSON, "Layers"),
    ("/collections", f"{OGC_REL}data", JSON, "Layers"),
    ("/tileMatrixSets", f"{OGC_REL}tiling-schemes", JSON, "Tile matrix sets"),
    ("/catalogue", f"{OGC_REL}ogc-catalog", JSON, "Catalogue of the layers (records, DCAT)"),
    ("/changes.atom", "alternate", "application/atom+xml", "Changes of the register"),
    ("/publish/hxl.zip", "related", "application/zip", "Package with HXL tags"),
    ("/styles", f"{OGC_REL}styles", JSON, "Styles of the layers"),
    ("/qgis/hazardmap.qgz", "related", "application/x-qgis-project", "Project for QGIS"),
    ("/maps/risk", "related", HTML, "Map of the risk"),
    ("/reconciliation", "related", JSON, "Published totals beside the register's"),
    ("/backtest", "related", JSON, "How well past rankings foresaw what followed"),
)


def landing(context: Context) -> dict[str, Any]:
    """Give the body of the landing page."""
    links = [context.links.to(path, rel, kind, title) for path, rel, kind, title in _LANDING]
    return {
        "title": TITLE,
        "description": DESCRIPTION,
        "attribution": ATTRIBUTION,
        "links": [*context.self_links(), *links],
    }


def conformance(context: Context) -> dict[str, Any]:
    """Give the body of the declaration of conformance."""
    return {"links": context.self_links(), "conformsTo": list(CLASSES)}


def conformance_page(context: Context) -> dict[str, Any]:
    """Give the declaration as a page has it: each class is a link."""
    classes: list[Link] = [
        {"href": uri, "rel": "conforms-to", "title": uri.split("/spec/")[1]} for uri in CLASSES
    ]
    return {
        "title": "Conformance classes",
        "description": "What of the standards this service does, as its tests prove.",
        "links": [*context.self_links(), *classes],
    }


def collections(context: Context, snapshot: Snapshot) -> dict[str, Any]:
    """Give the body of the list of layers."""
    described = [
        collection(one, snapshot, context.links, global_crs=True) for one in COLLECTIONS.values()
    ]
    return {
        "title": "Layers",
        "description": DESCRIPTION,
        "links": context.self_links(),
        "crs": list(URIS),
        "collections": described,
    }


def collection_resource(context: Context, snapshot: Snapshot, one: Collection) -> Mapping[str, Any]:
    """Give the body of one layer, with links to itself."""
    body = collection(one, snapshot, context.links)
    return body | {"links": [*context.self_links(), *body["links"][1:]]}


def collection(
    one: Collection, snapshot: Snapshot, links: Links, *, global_crs: bool = False
) -> dict[str, Any]:
    """Describe one layer.

    As OGC API – Features has it; the first link is the layer's own.

    Parameters
    ----------
    global_crs
        Whether the list around it states the coordinate reference systems.
    """
    body: dict[str, Any] = {
        "id": one.id,
        "title": one.title,
        "description": one.description,
        "attribution": _attribution(snapshot),
        "itemType": "feature",
        "extent": extent_of(snapshot, one),
        "links": _links(one, links),
    }
    if one.schema.geometry is not None:
        systems = systems_of(snapshot, one)
        body["crs"] = ["#/crs"] if global_crs and systems == URIS else list(systems)
        body["storageCrs"] = URIS[0]
    return body


def _attribution(snapshot: Snapshot) -> str:
    origin = snapshot.attribution
    return f"Boundaries: {origin}. {ATTRIBUTION}" if origin else ATTRIBUTION


def _links(one: Collection, links: Links) -> list[Link]:
    path = f"/collections/{segment(one.id)}"
    found = [
        links.to(path, "self", JSON, one.title),
        # Clients append the feature's id to this link: it has no query.
        links.to(f"{path}/items", "items", GEOJSON, f"{one.title} as GeoJSON"),
        links.to(f"{path}/items", "items", HTML, f"{one.title} as a table", f="html"),
    ]
    found += [
        links.to(f"{path}/items", "items", offer.media_type, f"{one.title}: {offer.title}", f=key)
        for offer in ITEMS
        if (key := offer.key) not in ("json", "html")
        and (key != "pmtiles" or one.schema.geometry is not None)
    ]
    found += [
        links.to(f"{path}/queryables", f"{OGC_REL}queryables", SCHEMA, "Queryables"),
        links.to(f"{path}/schema", f"{OGC_REL}schema", SCHEMA, "Schema of the features"),
        links.to(f"{path}/schema", "describedby", SCHEMA, "Schema of the features"),
    ]
    if one.schema.geometry is not None:
        tiles = f"{OGC_REL}tilesets-vector"
        found.append(links.to(f"{path}/tiles", tiles, JSON, f"{one.title} as vector tiles"))
        styles = f"{OGC_REL}styles"
        found.append(links.to(f"{path}/styles", styles, JSON, f"{one.title}: how it is drawn"))
    return found
