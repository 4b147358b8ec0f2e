"""The FeatureServer's layers, one a collection and kind of geometry, and what it says of them."""

import hashlib
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geodata.errors import NotFound
from geodata.register import Snapshot
from geodata.risk import RiskParameters
from geodata.schemas import Column, FrameSchema
from service.collections import COLLECTIONS, Collection
from service.drawing.palette import PATTERNS
from service.i18n import CODES, translator_of
from service.ogc.descriptions import ATTRIBUTION, DESCRIPTION, TITLE
from service.styles import STYLED, Condition, Rule, Symbol, style_of

OBJECT_ID = "OBJECTID"
_OBJECT_IDS = Column(OBJECT_ID, "integer", "Number of the feature: stays as long as its id does")
_MOST = 2**31 - 1
"""Ids fit in what older clients hold: a signed number of 32 bits."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer or table."""

    number: int
    """In its address."""
    collection: Collection
    """With `OBJECT_ID` before its columns, and only features of its kind of geometry, or without
    any."""
    geometry: str
    """``esriGeometryPoint`` or ``esriGeometryPolygon``; empty for a table."""
    style: str
    """Id of its style; empty for none."""


def _layers() -> tuple[Layer, ...]:
    found: list[Layer] = []
    for one in COLLECTIONS.values():
        kinds = {
            "Point": ("esriGeometryPoint",),
            "MultiPolygon": ("esriGeometryPolygon",),
            "Geometry": ("esriGeometryPolygon", "esriGeometryPoint"),
            None: ("",),
        }[one.schema.geometry]
        for kind in kinds:
            part = kind if len(kinds) > 1 else ""
            style = "" if one.schema.geometry is None or part == "esriGeometryPoint" else one.id
            found.append(Layer(len(found), _numbered(one, part), kind, style))
    return tuple(found)


def _numbered(one: Collection, part: str) -> Collection:
    schema: FrameSchema = replace(one.schema, columns=(_OBJECT_IDS, *one.schema.columns))
    points = part == "esriGeometryPoint"
    title = f"{one.title} (points)" if points else one.title

    def frame(snapshot: Snapshot, parameters: RiskParameters) -> gpd.GeoDataFrame:
        key = ("arcgis", one.id, part, parameters)
        return snapshot.cached(key, lambda: _with_ids(one.frame(snapshot, parameters), part))

    return replace(one, id=f"arcgis:{one.id}:{part}", title=title, schema=schema, frame=frame)


def _with_ids(frame: gpd.GeoDataFrame, part: str) -> gpd.GeoDataFrame:
    if part:
        # -1 stands for none: what lies nowhere is with the areas.
        dimensions = shapely.get_dimensions(frame.geometry.to_numpy())
        frame = frame[dimensions == 0 if part == "esriGeometryPoint" else dimensions != 0]
    # The columns are shared, not copied.
    found = frame.copy(deep=False)
    found.insert(0, OBJECT_ID, object_ids(found.index))
    return found


def object_ids(ids: Any) -> np.ndarray:
    """Give a number for each id: the same for the same id, whatever else the layer holds.

    Where two ids have the same digest, of which there are 2 pairs in 100,000, the one that
    comes later in the order of texts takes the next number that is free.

    Examples
    --------
    >>> object_ids(["I1", "I2"]).tolist() == object_ids(["I2", "I1"]).tolist()[::-1]
    True
    """
    texts = [str(one) for one in ids]
    digests = b"".join(hashlib.blake2b(text.encode(), digest_size=4).digest() for text in texts)
    numbers = np.frombuffer(digests, dtype=">u4").astype(np.int64) % _MOST + 1
    if len(np.unique(numbers)) == len(numbers):
        return numbers
    taken: set[int] = set()
    for place in sorted(range(len(texts)), key=texts.__getitem__):
        number = int(numbers[place])
        while number in taken:
            number = number % _MOST + 1
        numbers[place] = number
        taken.add(number)
    return numbers


LAYERS = _layers()


def layer(number: str) -> Layer:
    """Find a layer by its number in an address.

    Raises
    ------
    NotFound
        There is no such layer.
    """
    if not number.isascii() or not number.isdigit() or int(number) >= len(LAYERS):
        raise NotFound(f"There is no layer {number[:20]!r}; there are 0 to {len(LAYERS) - 1}.")
    return LAYERS[int(number)]


def bounds_of(shapes: Any) -> tuple[float, float, float, float] | None:
    """Give the box around shapes; None where there is none."""
    there = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    if not len(there):
        return None
    west, south, east, north = (float(side) for side in shapely.total_bounds(there))
    return west, south, east, north


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


def layer_document(snapshot: Snapshot, one: Layer, lang: str) -> dict[str, Any]:
    """Describe one layer: its fields, extent, renderer and what it can do."""
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
        names, translator = CODES.get(column.name, {}), translator_of(lang)
        found["domain"] = {
            "type": "codedValue",
            "name": column.name,
            "codedValues": [
                {"code": code, "name": translator.gettext(names[code]) if code in names else code}
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
