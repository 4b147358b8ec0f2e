"""What the FeatureServer says of itself and of its layers."""

from typing import Any

import numpy as np

from geodata.register import Snapshot
from geodata.risk import RiskParameters
from geodata.schemas import Column
from service.arcgis.layers import LAYERS, OBJECT_ID, Layer, bounds_of
from service.drawing.palette import PATTERNS
from service.i18n import translator
from service.labels import CODES
from service.ogc.descriptions import ATTRIBUTION, DESCRIPTION, TITLE
from service.styles import STYLED, Condition, Rule, Symbol, style_of

VERSION = 11.1
MOST_RECORDS = 10_000
"""Features of one answer."""
WGS84 = {"wkid": 4326, "latestWkid": 4326}
TYPES = {
    "text": "esriFieldTypeString",
    "integer": "esriFieldTypeInteger",
    "number": "esriFieldTypeDouble",
    "date": "esriFieldTypeDate",
    "datetime": "esriFieldTypeDate",
    "boolean": "esriFieldTypeSmallInteger",
}
_FORMATS = "JSON, geoJSON, PBF"
_PIXELS = 96 / 72


def info() -> dict[str, Any]:
    """Say which version is spoken, and that there are no tokens."""
    auth = {"isTokenBasedSecurity": False}
    return {"currentVersion": VERSION, "fullVersion": f"{VERSION}.0", "authInfo": auth}


def catalogue() -> dict[str, Any]:
    """List the one service."""
    service = {"name": TITLE, "type": "FeatureServer"}
    return {"currentVersion": VERSION, "folders": [], "services": [service]}


def service(snapshot: Snapshot) -> dict[str, Any]:
    """Describe the service."""
    boxes = [box for one in LAYERS if (box := _box(snapshot, one)) is not None]
    around = None
    if boxes:
        sides = np.array(boxes)
        around = _extent((*sides[:, :2].min(0).tolist(), *sides[:, 2:].max(0).tolist()))
    listed = [_listed(one) for one in LAYERS]
    return {
        "currentVersion": VERSION,
        "serviceDescription": DESCRIPTION,
        "description": DESCRIPTION,
        "copyrightText": ATTRIBUTION,
        "hasVersionedData": False,
        "maxRecordCount": MOST_RECORDS,
        "supportedQueryFormats": _FORMATS,
        "capabilities": "Query",
        "spatialReference": WGS84,
        "initialExtent": around,
        "fullExtent": around,
        "allowGeometryUpdates": False,
        "units": "esriDecimalDegrees",
        "layers": [one for one in listed if one["geometryType"]],
        "tables": [one for one in listed if not one["geometryType"]],
    }


def _listed(one: Layer) -> dict[str, Any]:
    return {
        "id": one.number,
        "name": one.collection.title,
        "parentLayerId": -1,
        "defaultVisibility": True,
        "subLayerIds": None,
        "minScale": 0,
        "maxScale": 0,
        "type": "Feature Layer" if one.geometry else "Table",
        "geometryType": one.geometry or None,
    }


def layer(snapshot: Snapshot, one: Layer, lang: str) -> dict[str, Any]:
    """Describe one layer: its fields, extent, renderer and what it can do.

    Parameters
    ----------
    one
        The layer.
    lang
        Of code lists and legend.
    """
    schema, box = one.collection.schema, _box(snapshot, one)
    found: dict[str, Any] = {
        "currentVersion": VERSION,
        **_listed(one),
        "displayField": "name" if "name" in schema.by_name else schema.id_column,
        "description": one.collection.description,
        "copyrightText": ATTRIBUTION,
        "hasAttachments": False,
        "hasZ": False,
        "hasM": False,
        "objectIdField": OBJECT_ID,
        "uniqueIdField": {"name": OBJECT_ID, "isSystemMaintained": True},
        "globalIdField": "",
        "typeIdField": "",
        "fields": fields(schema.columns, lang),
        "indexes": [],
        "types": [],
        "templates": [],
        "maxRecordCount": MOST_RECORDS,
        "standardMaxRecordCount": MOST_RECORDS,
        "tileMaxRecordCount": MOST_RECORDS,
        "supportedQueryFormats": _FORMATS,
        "capabilities": "Query",
        "supportsStatistics": True,
        "supportsAdvancedQueries": True,
        "supportsCoordinatesQuantization": True,
        "useStandardizedQueries": True,
        "advancedQueryCapabilities": _CAN,
        "dateFieldsTimeReference": {"timeZone": "UTC", "respectsDaylightSaving": False},
    }
    if one.geometry:
        found |= {
            "extent": None if box is None else _extent(box),
            "sourceSpatialReference": WGS84,
            "drawingInfo": drawing(snapshot, one, lang),
        }
    if schema.start is not None:
        found["timeInfo"] = {
            "startTimeField": schema.start,
            "endTimeField": schema.end,
            "timeReference": {"timeZone": "UTC", "respectsDaylightSaving": False},
        }
    return found


_CAN = {
    "supportsPagination": True,
    "supportsQueryWithDistance": True,
    "supportsReturningQueryExtent": True,
    "supportsStatistics": True,
    "supportsOrderBy": True,
    "supportsDistinct": True,
    "supportsSqlExpression": False,
    "supportsReturningGeometryCentroid": False,
    "supportsQueryWithResultType": True,
}


def fields(columns: tuple[Column, ...], lang: str) -> list[dict[str, Any]]:
    """Describe columns as fields; code lists become domains."""
    return [_field(column, lang) for column in columns]


def _field(column: Column, lang: str) -> dict[str, Any]:
    own = column.name == OBJECT_ID
    found: dict[str, Any] = {
        "name": column.name,
        "type": "esriFieldTypeOID" if own else TYPES[column.kind],
        "alias": OBJECT_ID if own else column.name.replace("_", " ").capitalize(),
        "description": column.description,
        "nullable": not own,
        "editable": False,
        "domain": None,
        "defaultValue": None,
    }
    if column.kind == "text":
        found["length"] = 4000
    if column.codes:
        names, words = CODES.get(column.name, {}), translator(lang)
        found["domain"] = {
            "type": "codedValue",
            "name": column.name,
            "codedValues": [
                {"code": code, "name": words.gettext(names[code]) if code in names else code}
                for code in column.codes
            ],
        }
    return found


def _box(snapshot: Snapshot, one: Layer) -> tuple[float, ...] | None:
    def make() -> tuple[float, ...] | None:
        frame = one.collection.frame(snapshot, RiskParameters())
        return bounds_of(frame.geometry.to_numpy())

    if not one.geometry:
        return None
    return snapshot.cached(("arcgis-box", one.number), make)


def _extent(box: tuple[float, ...]) -> dict[str, Any]:
    west, south, east, north = box
    sides = {"xmin": west, "ymin": south, "xmax": east, "ymax": north}
    return {**sides, "spatialReference": WGS84}


def drawing(snapshot: Snapshot, one: Layer, lang: str) -> dict[str, Any]:
    """Write the layer's style as a renderer with unique values, told by an Arcade expression."""
    if one.style not in STYLED:
        mark = Symbol("point", "#173f5f", "#ffffff", 1.0)
        return {"renderer": {"type": "simple", "symbol": _symbol(mark), "label": ""}}
    style = style_of(snapshot, one.style, RiskParameters(), lang=lang)
    chosen = "".join(
        f"if ({' && '.join(map(_arcade, rule.where)) or 'true'}) {{ return '{rule.name}'; }} "
        for rule in style.rules
    )
    infos = [_unique(rule) for rule in style.rules]
    renderer = {
        "type": "uniqueValue",
        # For clients without Arcade, e.g. QGIS: what has the value of a rule's name, and the rest.
        "field1": next((rule.where[0].column for rule in style.rules if rule.where), None),
        "defaultSymbol": infos[-1]["symbol"],
        "defaultLabel": infos[-1]["label"],
        "valueExpression": f"{chosen}return '';",
        "valueExpressionTitle": style.title,
        "uniqueValueInfos": infos,
    }
    return {"renderer": renderer, "transparency": 0}


def _unique(rule: Rule) -> dict[str, Any]:
    return {"value": rule.name, "label": rule.title, "symbol": _symbol(rule.symbol)}


def _arcade(condition: Condition) -> str:
    value = f'$feature["{condition.column}"]'
    if condition.operator == "null":
        return f"IsEmpty({value})"
    text = f"'{condition.value}'" if isinstance(condition.value, str) else f"{condition.value:g}"
    operator = "==" if condition.operator == "=" else condition.operator
    return f"!IsEmpty({value}) && {value} {operator} {text}"


def _symbol(symbol: Symbol) -> dict[str, Any]:
    edge = {
        "type": "esriSLS",
        "style": "esriSLSDash" if symbol.dashed else "esriSLSSolid",
        "color": _rgba(symbol.outline),
        "width": symbol.width,
    }
    if symbol.kind == "point":
        return {
            "type": "esriSMS",
            "style": "esriSMSCircle",
            "color": _rgba(symbol.colour or "#ffffff", symbol.opacity),
            "size": symbol.size,
            "outline": edge,
        }
    if symbol.pattern:
        hatch = {
            "no_information": "esriSFSForwardDiagonal",
            "surveyed_no_evidence": "esriSFSHorizontal",
            "cleared": "esriSFSCross",
            "not_computed": "esriSFSDiagonalCross",
        }[symbol.pattern]
        ink = _rgba(PATTERNS[symbol.pattern].ink)
        return {"type": "esriSFS", "style": hatch, "color": ink, "outline": edge}
    filled = "esriSFSNull" if symbol.colour is None else "esriSFSSolid"
    colour = _rgba(symbol.colour or "#ffffff", symbol.opacity)
    return {"type": "esriSFS", "style": filled, "color": colour, "outline": edge}


def _rgba(colour: str, opacity: float = 1.0) -> list[int]:
    return [*(int(colour[at : at + 2], 16) for at in (1, 3, 5)), round(opacity * 255)]
