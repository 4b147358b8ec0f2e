"""Queries of a FeatureServer's layer: read leniently, answered by the selection of all doors.

Answers are JSON, GeoJSON or Esri's protocol buffers: fields with a number each; a number is written
as a varint, what has a length with its length. Coordinates are whole numbers of a grid, each as the
difference to the one before.
"""

import json
import math
import re
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import repeat
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import shapely
from pyproj import CRS
from shapely.affinity import translate
from shapely.geometry import Polygon

from geodata.crs import parse_crs, transform_xy
from geodata.errors import InvalidInput
from geodata.filters import Filter, compile_filter
from geodata.intervals import Interval
from geodata.register import Snapshot
from geodata.risk import RiskParameters
from geodata.schemas import Column, FrameSchema
from service.arcgis.documents import MOST_RECORDS, OBJECT_ID, TYPES, WGS84, Layer, bounds_of, fields
from service.ogc.query import Area, ItemsQuery, SortKey, read_area
from service.ogc.selection import select
from service.tiles.encoding import varint

PBF = "application/x-protobuf"
_GEOMETRIES = {"esriGeometryPoint": 0, "esriGeometryPolygon": 3, "": 127}
_FIELDS = {
    "esriFieldTypeSmallInteger": 0,
    "esriFieldTypeInteger": 1,
    "esriFieldTypeDouble": 3,
    "esriFieldTypeString": 4,
    "esriFieldTypeDate": 5,
    "esriFieldTypeOID": 6,
}
_SQL = 18
"""``sqlTypeOther``."""


def pbf_count(number: int) -> bytes:
    """Write how many there are."""
    return _result(2, _pbf_number(1, number))


def pbf_ids(name: str, numbers: Iterable[int]) -> bytes:
    """Write numbers of features."""
    packed = b"".join(varint(number) for number in numbers)
    return _result(3, _text(1, name) + _bytes(3, packed))


def pbf_extent(box: Sequence[float] | None, wkid: int, matched: int) -> bytes:
    """Write the box around the features, and how many there are."""
    around = b""
    if box is not None:
        around = _bytes(
            1, b"".join(_double(n, v) for n, v in enumerate(box, 1)) + _pbf_reference(5, wkid)
        )
    return _result(4, around + _pbf_number(2, matched))


def pbf_features(
    fields: Sequence[dict[str, Any]],
    rows: Iterable[Sequence[Any]],
    shapes: Any,
    *,
    geometry: str,
    wkid: int,
    exceeded: bool,
    grid: tuple[float, float, float],
    id_field: str,
) -> bytes:
    """Write features.

    Parameters
    ----------
    shapes
        Geometry of each feature in the system wanted (x before y), or None for none at all.
    geometry
        Esri's name of their kind.
    grid
        Side of its cells, and where its origin lies: x of the left, y of the top.
    """
    side, left, top = grid
    kind = _GEOMETRIES["" if shapes is None else geometry]
    own = _text(1, id_field) + _pbf_number(2, 1)
    scale, translate = _double(1, side) + _double(2, side), _double(1, left) + _double(2, top)
    body = [_text(1, id_field), _bytes(2, own)]
    if shapes is not None:
        body += [_pbf_number(7, kind), _pbf_reference(8, wkid)]
    if exceeded:
        body.append(_pbf_number(9, 1))
    if shapes is not None:
        body.append(_bytes(12, _bytes(2, scale) + _bytes(3, translate)))
    body += [_bytes(13, _field(field)) for field in fields]
    drawn = repeat(b"") if shapes is None else (_geometry(one, kind, grid) for one in shapes)
    for row, geometry_bytes in zip(rows, drawn, strict=False):
        values = b"".join(_bytes(1, _value(v)) for v in row)
        body.append(_bytes(15, values + geometry_bytes))
    return _result(1, b"".join(body))


def _geometry(shape: Any, kind: int, grid: tuple[float, float, float]) -> bytes:
    if shape is None or shape.is_empty:
        return b""
    side, left, top = grid
    lines = [shape] if kind == 0 else rings_of(shape)
    lengths, coordinates = [], []
    for line in lines:
        xy = shapely.get_coordinates(line)
        # The grid's rows run downwards.
        cells = np.rint(np.column_stack([(xy[:, 0] - left) / side, (top - xy[:, 1]) / side]))
        cells = cells.astype(np.int64)
        if kind != 0:
            kept = np.ones(len(cells), dtype=bool)
            kept[1:] = (cells[1:] != cells[:-1]).any(axis=1)
            cells = cells[kept]
            if len(cells) < 4:
                continue
        # Each ring begins at the origin anew.
        coordinates.append(np.diff(cells, axis=0, prepend=0))
        lengths.append(len(cells))
    if not lengths:
        return b""
    moves = np.concatenate(coordinates).ravel()
    zigzag = ((moves << 1) ^ (moves >> 63)).tolist()
    packed = b"".join(varint(number) for number in zigzag)
    counted = b"" if kind == 0 else _bytes(2, b"".join(varint(n) for n in lengths))
    return _bytes(2, counted + _bytes(3, packed))


def rings_of(shape: Any) -> list[Any]:
    """Give the rings of an area, outer ones clockwise, as Esri has them."""
    found = []
    for part in shapely.get_parts(shape):
        for place, ring in enumerate([part.exterior, *part.interiors]):
            turned = shapely.is_ccw(ring) == (place == 0)
            found.append(shapely.reverse(ring) if turned else ring)
    return found


def _field(field: dict[str, Any]) -> bytes:
    kind = _FIELDS[field["type"]]
    named = _text(1, field["name"]) + _pbf_number(2, kind) + _text(3, field["alias"])
    return named + _pbf_number(4, _SQL)


def _value(value: Any) -> bytes:
    if value is None:
        return b""
    if isinstance(value, str):
        return _text(1, value)
    if isinstance(value, float):
        return _double(3, value)
    if isinstance(value, bool):
        return _pbf_number(9, int(value))
    # sint64 for all whole numbers: ids, counts, and moments in milliseconds.
    return _pbf_number(8, (value << 1) ^ (value >> 63))


def _pbf_reference(number: int, wkid: int) -> bytes:
    return _bytes(number, _pbf_number(1, wkid) + _pbf_number(2, wkid))


def _result(kind: int, body: bytes) -> bytes:
    return _bytes(2, _bytes(kind, body))


def _pbf_number(number: int, value: int) -> bytes:
    return varint(number << 3) + varint(value)


def _double(number: int, value: float) -> bytes:
    return varint(number << 3 | 1) + struct.pack("<d", value)


def _bytes(number: int, value: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(value)) + value


def _text(number: int, value: str) -> bytes:
    return _bytes(number, value.encode())


_TOKEN = re.compile(
    r"(?:[nN]?(?P<text>'(?:[^']|'')*')|(?P<name>\"[^\"]*\"|[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<number>[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+)|(?P<sign><>|!=|<=|>=|[=<>(),*/+-]))"
)
_COMPARE = ("=", "<>", "!=", "<", ">", "<=", ">=")
_MOST = 100_000
_FOLDS = {"upper": str.upper, "lower": str.lower}
"""Functions by which clients mean "whatever the case": CASEI of both sides."""


def read_where(text: str, schema: FrameSchema) -> Filter | None:
    """Read a condition.

    Parameters
    ----------
    text
        E.g. ``killed > 0 AND date_start >= DATE '2021-01-01'``; ``1=1`` means all.
    schema
        Columns that it may name, in any letter case.

    Raises
    ------
    InvalidInput
        It cannot be read, or names something else.
    """
    if re.fullmatch(r"\s*(1\s*=\s*1)?\s*", text):
        return None
    return compile_filter(_translated(text, schema), "cql2-text", schema)


def _translated(text: str, schema: FrameSchema) -> str:
    names = {name.lower(): name for name in schema.names}
    found: list[str] = []
    moment = ""
    for kind, word in _folded(_tokens(text)):
        lower = word.lower()
        if moment:
            # DATE '2021-01-01', TIMESTAMP '2021-01-01 00:00:00', DATE('…') is CQL2 already.
            found.append(_literal_moment(word) if kind == "text" else f"{moment}{word}")
            moment = ""
        elif kind == "name" and lower in ("date", "timestamp") and lower not in names:
            moment = word.upper()
        elif kind == "name":
            bare = lower.strip('"')
            known = names.get(bare)
            found.append(f'"{known}"' if known else "CASEI" if bare in _FOLDS else word)
        else:
            found.append("<>" if word == "!=" else word)
    return " ".join(found + ([moment] if moment else []))


def _folded(tokens: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Fold the texts that UPPER(…) or LOWER(…) is compared with: ``UPPER(device) = 'UXO'``."""
    found = list(tokens)
    for start, (kind, word) in enumerate(tokens):
        if kind == "name" and word.lower() in _FOLDS and ("sign", "(") in tokens[start + 1 :][:1]:
            places = [*_compared_after(tokens, _closing(tokens, start + 1) + 1)]
            if start >= 2 and tokens[start - 1][1] in _COMPARE:
                places.append(start - 2)
            for at in places:
                if tokens[at][0] == "text":
                    found[at] = ("folded", _fold(tokens[at][1], _FOLDS[word.lower()]))
    return found


def _fold(literal: str, spell: Callable[[str], str]) -> str:
    # A text in the other case equals nothing that was spelt so: nor does this one, unfolded.
    return f"CASEI({literal})" if literal == spell(literal) else literal.upper()


def _closing(tokens: list[tuple[str, str]], opening: int) -> int:
    depth = 0
    for at in range(opening, len(tokens)):
        depth += {"(": 1, ")": -1}.get(tokens[at][1], 0)
        if depth == 0:
            return at
    return len(tokens)


def _compared_after(tokens: list[tuple[str, str]], at: int) -> Iterable[int]:
    """Give the places of what follows an operator: one value, two, or those of a list."""
    words = [word.lower() for _, word in tokens]
    at += words[at : at + 1] == ["not"]
    operator = words[at] if at < len(words) else ""
    if operator == "in":
        return range(at + 1, _closing(tokens, at + 1))
    wanted = {"between": (at + 1, at + 3), "like": (at + 1,)}.get(operator, ())
    if operator in _COMPARE:
        wanted = (at + 1,)
    return [one for one in wanted if one < len(tokens)]


def _tokens(text: str) -> list[tuple[str, str]]:
    if len(text) > _MOST:
        raise InvalidInput(f"where has more than {_MOST} characters.", code="bad-where")
    found, at = [], 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        match = _TOKEN.match(text, at)
        if match is None:
            raise InvalidInput(
                f"where cannot be read at {text[at : at + 20]!r}; write for example "
                "killed > 0 AND date_start >= DATE '2021-01-01'.",
                code="bad-where",
            )
        found.append((str(match.lastgroup), match[str(match.lastgroup)]))
        at = match.end()
    return found


def _literal_moment(text: str) -> str:
    """Write a literal of SQL, at midnight a day, as CQL2 has it."""
    day, _, time = text.strip("'").strip().replace("T", " ").partition(" ")
    time = time.strip().removesuffix("Z")
    if not time.strip("0:."):
        return f"DATE('{day}')"
    return f"TIMESTAMP('{day}T{time}Z')"


JSON, GEOJSON = "application/json", "application/geo+json"
Form = Literal["json", "geojson", "pbf"]
_DEGREES = parse_crs("OGC:CRS84")
_WEB_MERCATOR = (3857, 102100, 102113, 900913)
_MOST_IDS = 20_000
_STATISTICS = {
    "count": "count", "sum": "sum", "min": "min", "max": "max", "avg": "mean",
    "stddev": "std", "var": "var",
}  # fmt: skip
_CANNOT = ("having", "historicMoment", "relationParam", "parentGlobalIds")
"""Parameters that choose features or rows are refused: without one it is another number."""
_BOXES = ("intersects", "envelopeintersects", "indexintersects")
_RELATIONS = dict.fromkeys(_BOXES, "S_INTERSECTS") | {
    # The other way round: the features within the shape given.
    "contains": "S_WITHIN", "within": "S_CONTAINS",
    "touches": "S_TOUCHES", "crosses": "S_CROSSES", "overlaps": "S_OVERLAPS",
}  # fmt: skip
_UNITS = {
    "": 1.0, "meter": 1.0, "kilometer": 1_000.0, "foot": 0.3048, "statutemile": 1_609.344,
    "nauticalmile": 1_852.0, "usnauticalmile": 1_853.248,
}  # fmt: skip
_HALF_WORLD = {4326: 180.0, 3857: 20_037_508.342789244}
_FINE = {4326: 1e-7, 3857: 0.01}
"""Side of the grid of PBF where a client states none, in the system's unit: 1 cm."""


@dataclass(frozen=True, slots=True)
class LayerQuery:
    """A query, read."""

    layer: Layer
    items: ItemsQuery
    """Which features, in which order."""
    ids: tuple[int, ...] | None
    """Numbers of features wanted; None = whichever are selected."""
    columns: tuple[Column, ...]
    """To be given."""
    form: Form
    wkid: int
    """System of the answer."""
    geometry: bool
    only: Literal["", "count", "ids", "extent"]
    distinct: bool
    statistics: tuple[tuple[str, str, str], ...]
    groups: tuple[str, ...]
    order: tuple[SortKey, ...]
    """Of features by their columns, of statistics by groups and their own names."""
    precision: int | None
    tolerance: float
    grid: tuple[float, float, float] | None
    lang: str


def read(given: Mapping[str, str], layer: Layer, lang: str) -> LayerQuery:
    """Read a query.

    Raises
    ------
    InvalidInput
        A value cannot be read.
    """
    texts = {name.lower(): value.strip() for name, value in given.items()}
    schema = layer.collection.schema
    for name in _CANNOT:
        if texts.get(name.lower(), "") not in ("", "null"):
            raise _bad(name, "is not spoken here; an answer that passes over it would be another.")
    filters = [read_where(texts.get("where", ""), schema)]
    statistics = _statistics(texts.get("outstatistics", ""), layer)
    groups = tuple(
        _column(name, layer) for name in _list(texts.get("groupbyfieldsforstatistics", ""))
    )
    order = _order(
        texts.get("orderbyfields", ""),
        (*groups, *(name for *_, name in statistics)) if statistics else schema.names,
    )
    area, further = _place(texts, layer)
    most = _whole(texts, "resultrecordcount", MOST_RECORDS)
    items = ItemsQuery(
        layer.collection,
        RiskParameters(),
        min(most or MOST_RECORDS, MOST_RECORDS),
        _whole(texts, "resultoffset", 0),
        None,
        area,
        _time(texts.get("time", "")),
        tuple(one for one in (*filters, further) if one is not None),
        () if statistics else order,
        None,
        None,
    )
    form = texts.get("f", "json").lower()
    return LayerQuery(
        layer=layer,
        items=items,
        ids=_ids(texts.get("objectids", "")),
        columns=_columns(texts.get("outfields", ""), layer),
        form="pbf" if form == "pbf" else "geojson" if form == "geojson" else "json",
        wkid=_system(texts.get("outsr") or "4326"),
        geometry=bool(layer.geometry) and texts.get("returngeometry", "true").lower() != "false",
        only=_only(texts),
        distinct=texts.get("returndistinctvalues", "").lower() == "true",
        statistics=statistics,
        groups=groups,
        order=order,
        precision=_whole(texts, "geometryprecision", -1) if "geometryprecision" in texts else None,
        tolerance=_number("maxAllowableOffset", texts.get("maxallowableoffset", "")),
        grid=_grid(texts.get("quantizationparameters", "")),
        lang=lang,
    )


def _only(texts: Mapping[str, str]) -> Literal["", "count", "ids", "extent"]:
    names: tuple[Literal["extent", "count", "ids"], ...] = ("extent", "count", "ids")
    for name in names:
        if texts.get(f"return{name}only", "").lower() == "true":
            return name
    return ""


def _bad(name: str, reason: str) -> InvalidInput:
    return InvalidInput(f"{name} {reason}", code="bad-query", details=[{"field": name}])


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _column(name: str, layer: Layer) -> str:
    return _known(name, layer.collection.schema.names)


def _known(name: str, names: Iterable[str]) -> str:
    known = {column.lower(): column for column in names}
    found = known.get(name.strip('"').lower())
    if found is None:
        raise _bad("field", f"{name[:60]!r} is none of {', '.join(known.values())}.")
    return found


def _columns(text: str, layer: Layer) -> tuple[Column, ...]:
    schema = layer.collection.schema
    if text == "*":
        return schema.columns
    names = [_column(name, layer) for name in _list(text)] or [OBJECT_ID]
    return tuple(schema.by_name[name] for name in dict.fromkeys([OBJECT_ID, *names]))


def _order(text: str, names: Iterable[str]) -> tuple[SortKey, ...]:
    keys = []
    for part in _list(text):
        name, _, way = part.partition(" ")
        keys.append(SortKey(_known(name, names), way.strip().lower() == "desc"))
    return tuple(keys)


def _whole(texts: Mapping[str, str], name: str, otherwise: int) -> int:
    text = texts.get(name, "")
    if not text:
        return otherwise
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise _bad(name, f"is {text[:40]!r}, but has to be a whole number.")
    return int(text)


def _number(name: str, text: str) -> float:
    try:
        found = float(text or 0)
    except ValueError:
        found = math.nan
    if not math.isfinite(found) or found < 0:
        raise _bad(name, f"is {text[:40]!r}, but has to be a number from 0 on.")
    return found


def _ids(text: str) -> tuple[int, ...] | None:
    if not text:
        return None
    parts = _list(text)
    if len(parts) > _MOST_IDS or not all(
        p.isascii() and p.isdigit() and len(p) < 12 for p in parts
    ):
        raise _bad("objectIds", f"are at most {_MOST_IDS} whole numbers with commas between.")
    return tuple(int(part) for part in parts)


def _time(text: str) -> Interval | None:
    if not text or text.lower() == "null":
        return None
    ends = [None if one.lower() == "null" else _moment(one) for one in _list(text)]
    if not 1 <= len(ends) <= 2:
        raise _bad("time", "is a moment, or two with a comma between, in milliseconds since 1970.")
    return Interval(ends[0], ends[-1])


def _moment(text: str) -> datetime:
    try:
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        raise _bad("time", f"is {text[:40]!r}, but has to be milliseconds since 1970.") from None


def _json(name: str, text: str) -> Any:
    if len(text) > 1_000_000:
        raise _bad(name, "is too long.")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise _bad(name, f"is no JSON: {text[:40]!r}.") from None


def _system(text: str) -> int:
    """Read a spatial reference; all names of Web Mercator are one."""
    found: Any = text
    if text.startswith("{"):
        found = _json("spatialReference", text)
        found = found.get("latestWkid") or found.get("wkid") or 4326
    try:
        wkid = int(found)
    except (TypeError, ValueError):
        raise _bad("spatialReference", f"is {text[:40]!r}; write a WKID, as in 4326.") from None
    return 3857 if wkid in _WEB_MERCATOR else wkid


def _crs(wkid: int) -> CRS:
    return _DEGREES if wkid == 4326 else parse_crs(wkid)


def _place(texts: Mapping[str, str], layer: Layer) -> tuple[Area | None, Filter | None]:
    """Read the place: a box by its index, anything else as a filter; both only what lies there."""
    text = texts.get("geometry", "")
    if not text or not layer.geometry:
        return None, None
    shape, wkid = _shape(text, texts)
    shape = _within_world(shape, wkid)
    lonlat = _moved(shape, _crs(wkid), _DEGREES)
    schema = layer.collection.schema
    relation = texts.get("spatialrel", "").removeprefix("esriSpatialRel").lower() or "intersects"
    wkt = shapely.to_wkt(lonlat, rounding_precision=9)
    distance = _number("distance", texts.get("distance", ""))
    box = relation in _BOXES and shape.area and shape.equals(shapely.box(*shape.bounds))
    if relation not in _RELATIONS or (distance and relation not in _BOXES):
        raise _bad("spatialRel", f"is {relation[:40]!r}; write one of {', '.join(_RELATIONS)}.")
    if distance:
        metres = distance * _unit(texts.get("units", ""))
        text = f"S_DWITHIN(geometry, {wkt}, {metres!r}, 'm')"
        return None, compile_filter(text, "cql2-text", schema)
    if box and wkid == 4326:
        west, south, east, north = lonlat.bounds
        inside = compile_filter("geometry IS NOT NULL", "cql2-text", schema)
        sides = (west, max(south, -90.0), east, min(north, 90.0))
        return read_area(",".join(map(repr, sides)), None), inside
    text = f"{_RELATIONS[relation]}(geometry, {wkt})"
    return None, compile_filter(text, "cql2-text", schema)


def _within_world(shape: Any, wkid: int) -> Any:
    """Bring what a client draws beyond the 180th meridian back, round the world."""
    half = _HALF_WORLD.get(wkid)
    west, south, east, north = shape.bounds
    if half is None or (-half <= west and east <= half):
        return shape
    if east - west >= 2 * half and shape.equals(shapely.box(*shape.bounds)):
        return shapely.box(-half, south, half, north)
    world = shapely.box(-half, south - 1, half, north + 1)
    turns = [translate(shape, by) for by in (2 * half * np.arange(-2, 3)).tolist()]
    return _finite(shapely.union_all(shapely.intersection(turns, world)))


def _unit(text: str) -> float:
    """Give a unit of distance in metres; metres where none is named."""
    name = text.removeprefix("esriSRUnit_").lower()
    if name not in _UNITS:
        raise _bad("units", f"are {text[:40]!r}; write esriSRUnit_Meter or one of its like.")
    return _UNITS[name]


def _shape(text: str, texts: Mapping[str, str]) -> tuple[Any, int]:
    wkid = _system(texts.get("insr") or "4326")
    if not text.startswith("{"):
        try:
            numbers = [float(part) for part in _list(text)]
        except ValueError:
            numbers = []
        if len(numbers) == 4:
            return _boxed(numbers), wkid
        if len(numbers) == 2:
            return _finite(shapely.Point(numbers)), wkid
        raise _bad("geometry", "is xmin,ymin,xmax,ymax or x,y, or Esri's JSON.")
    given = _json("geometry", text)
    if not isinstance(given, dict):
        raise _bad("geometry", "is Esri's JSON of a geometry.")
    if isinstance(given.get("spatialReference"), dict):
        wkid = _system(json.dumps(given["spatialReference"]))
    try:
        return _finite(_from_esri(given)), wkid
    except (KeyError, TypeError, ValueError, shapely.errors.GEOSException):
        raise _bad("geometry", f"cannot be read: {text[:60]!r}.") from None


def _from_esri(given: dict[str, Any]) -> Any:
    if "xmin" in given:
        return shapely.box(*(float(given[side]) for side in ("xmin", "ymin", "xmax", "ymax")))
    if "rings" in given:
        rings = [[(float(x), float(y)) for x, y, *_ in ring] for ring in given["rings"]]
        parts = [shapely.make_valid(Polygon(ring)) for ring in rings if len(ring) > 3]
        # Outer rings and holes are told by what lies in what.
        whole = Polygon()
        for part in sorted(parts, key=lambda one: -one.area):
            whole = whole.symmetric_difference(part)
        return whole
    if "paths" in given:
        return shapely.MultiLineString([[(x, y) for x, y, *_ in path] for path in given["paths"]])
    if "points" in given:
        return shapely.MultiPoint([(x, y) for x, y, *_ in given["points"]])
    return shapely.Point(float(given["x"]), float(given["y"]))


def _boxed(sides: Sequence[float]) -> Any:
    return _finite(shapely.box(*sides))


def _finite(shape: Any) -> Any:
    if shape is None or shape.is_empty or not np.isfinite(shapely.get_coordinates(shape)).all():
        raise _bad("geometry", "is empty or not finite.")
    return shape


def _moved(shapes: Any, source: CRS, target: CRS) -> Any:
    if source == target:
        return shapes

    def move(xy: np.ndarray) -> np.ndarray:
        return np.column_stack(transform_xy(xy[:, 0], xy[:, 1], source, target))

    return shapely.transform(shapes, move)


def _grid(text: str) -> tuple[float, float, float] | None:
    if not text:
        return None
    given = _json("quantizationParameters", text)
    try:
        around = given["extent"]
        side = float(given["tolerance"])
        corner = float(around["xmin"]), float(around["ymax"])
    except (KeyError, TypeError, ValueError):
        raise _bad("quantizationParameters", "have extent and tolerance.") from None
    if not all(map(np.isfinite, (side, *corner))) or side <= 0:
        raise _bad("quantizationParameters", "have a tolerance above 0 and a finite extent.")
    return (side, *corner)


def _statistics(text: str, layer: Layer) -> tuple[tuple[str, str, str], ...]:
    if not text:
        return ()
    given, found = _json("outStatistics", text), []
    for one in given if isinstance(given, list) else [given]:
        try:
            kind, name = str(one["statisticType"]).lower(), str(one["onStatisticField"])
        except (KeyError, TypeError):
            raise _bad("outStatistics", "have statisticType and onStatisticField.") from None
        if kind not in _STATISTICS:
            raise _bad("statisticType", f"is {kind[:40]!r}, but has to be one of {_KINDS}.")
        column = _column(name, layer)
        numeric = layer.collection.schema.by_name[column].kind in ("integer", "number")
        if kind not in ("count", "min", "max") and not numeric:
            raise _bad("onStatisticField", f"{column} holds no numbers to have the {kind} of.")
        found.append((kind, column, str(one.get("outStatisticFieldName") or f"{kind}_{name}")))
    return tuple(found)


_KINDS = ", ".join(_STATISTICS)


def answer(snapshot: Snapshot, asked: LayerQuery) -> tuple[bytes, str]:
    """Answer a query."""
    rows, frame = _selected(snapshot, asked)
    if asked.only in ("count", "ids") and not (asked.statistics or asked.distinct):
        numbers = frame[OBJECT_ID].to_numpy()[rows].tolist()
        if asked.only == "ids":
            body = {"objectIdFieldName": OBJECT_ID, "objectIds": numbers}
            return _given(asked, body, lambda: pbf_ids(OBJECT_ID, numbers))
        return _given(asked, {"count": len(rows)}, lambda: pbf_count(len(rows)))
    if asked.only == "extent":
        return _extent(asked, frame, rows)
    table = None
    if asked.statistics:
        table = _summed(asked, frame.iloc[rows])
    elif asked.distinct:
        names = [c.name for c in asked.columns if c.name != OBJECT_ID]
        table = pd.DataFrame(frame.iloc[rows][names].drop_duplicates())
    if table is not None and asked.only == "count":
        return _given(asked, {"count": len(table)}, lambda: pbf_count(len(table)))
    if table is not None:
        return _table(asked, table)
    first, limit = asked.items.offset, asked.items.limit or MOST_RECORDS
    page = rows[first : first + limit]
    return _features(asked, frame, page, exceeded=len(rows) > first + limit)


def _selected(snapshot: Snapshot, asked: LayerQuery) -> tuple[np.ndarray, gpd.GeoDataFrame]:
    found = select(snapshot, asked.items)
    rows, frame = found.rows, found.order.frame
    if asked.ids is not None:
        rows = rows[np.isin(frame[OBJECT_ID].to_numpy()[rows], asked.ids)]
    return rows, frame


def _given(asked: LayerQuery, body: dict[str, Any], packed: Any) -> tuple[bytes, str]:
    return (packed(), PBF) if asked.form == "pbf" else (orjson.dumps(body), JSON)


def _extent(asked: LayerQuery, frame: gpd.GeoDataFrame, rows: np.ndarray) -> tuple[bytes, str]:
    shapes = _moved(frame.geometry.to_numpy()[rows], _DEGREES, _crs(asked.wkid))
    sides = bounds_of(shapes)
    # Esri's word for the side of nothing.
    written: list[Any] = ["NaN"] * 4 if sides is None else [*sides]
    named = dict(zip(("xmin", "ymin", "xmax", "ymax"), written, strict=True))
    around = {**named, "spatialReference": _reference(asked.wkid)}
    body = {"extent": around, "count": len(rows)}
    return _given(asked, body, lambda: pbf_extent(sides, asked.wkid, len(rows)))


def _reference(wkid: int) -> dict[str, int]:
    if wkid == 4326:
        return WGS84
    return {"wkid": 102100 if wkid == 3857 else wkid, "latestWkid": wkid}


def _summed(asked: LayerQuery, chosen: pd.DataFrame) -> pd.DataFrame:
    """Compute statistics; sums of nothing known are null, not 0."""
    groups = list(asked.groups)
    grouped: Any = chosen.groupby(groups, dropna=False, observed=True) if groups else None
    found: dict[str, Any] = {}
    for kind, column, name in asked.statistics:
        values = chosen[column] if grouped is None else grouped[column]
        if kind == "sum":
            found[name] = values.sum(min_count=1)
        elif kind == "count":
            found[name] = values.count()
        else:
            found[name] = getattr(values, _STATISTICS[kind])()
    if grouped is None:
        return pd.DataFrame([found])
    table = pd.DataFrame(found).reset_index()
    if asked.order:
        ways = [not key.descending for key in asked.order]
        table = table.sort_values([key.name for key in asked.order], ascending=ways, kind="stable")
    return table


def _table(asked: LayerQuery, table: pd.DataFrame) -> tuple[bytes, str]:
    first, limit = asked.items.offset, asked.items.limit or MOST_RECORDS
    schema = asked.layer.collection.schema
    own = fields(tuple(c for c in schema.columns if c.name in table), asked.lang)
    named = {field["name"] for field in own}
    own += [_computed(table[name], name) for name in table if name not in named]
    own.sort(key=lambda field: list(table).index(field["name"]))
    cut = table.iloc[first : first + limit]
    rows = list(zip(*(_values(cut[f["name"]], f["type"]) for f in own), strict=True))
    names = [field["name"] for field in own]
    if asked.form == "pbf":
        grid = (1.0, 0.0, 0.0)
        return pbf_features(
            own, rows, None, geometry="", wkid=asked.wkid, exceeded=len(table) > first + limit,
            grid=grid, id_field="",
        ), PBF  # fmt: skip
    body = {
        "objectIdFieldName": "",
        "fields": own,
        "features": [{"attributes": dict(zip(names, row, strict=True))} for row in rows],
        "exceededTransferLimit": len(table) > first + limit,
    }
    return orjson.dumps(body), JSON


def _computed(values: pd.Series, name: str) -> dict[str, Any]:
    kind = "esriFieldTypeDouble"
    if pd.api.types.is_datetime64_any_dtype(values):
        kind = "esriFieldTypeDate"
    elif pd.api.types.is_integer_dtype(values):
        kind = "esriFieldTypeInteger"
    elif not pd.api.types.is_numeric_dtype(values):
        kind = "esriFieldTypeString"
    return {"name": name, "type": kind, "alias": name}


def _features(
    asked: LayerQuery, frame: gpd.GeoDataFrame, page: np.ndarray, *, exceeded: bool
) -> tuple[bytes, str]:
    chosen = frame.iloc[page]
    described = fields(asked.columns, asked.lang)
    columns = [_values(chosen[c.name], TYPES[c.kind]) for c in asked.columns]
    rows: Iterable[tuple[Any, ...]] = zip(*columns, strict=True)
    shapes = None
    if asked.geometry:
        moved = _moved(chosen.geometry.to_numpy(), _DEGREES, _crs(asked.wkid))
        shapes = shapely.simplify(moved, asked.tolerance) if asked.tolerance else moved
    if asked.form == "pbf":
        return pbf_features(
            described, rows, shapes, geometry=asked.layer.geometry, wkid=asked.wkid,
            exceeded=exceeded, grid=asked.grid or _natural(shapes, asked.wkid), id_field=OBJECT_ID,
        ), PBF  # fmt: skip
    names = [column.name for column in asked.columns]
    attributes = [dict(zip(names, row, strict=True)) for row in rows]
    if asked.form == "geojson":
        return _geojson(attributes, shapes, exceeded=exceeded), GEOJSON
    body: dict[str, Any] = {"objectIdFieldName": OBJECT_ID, "globalIdFieldName": ""}
    if asked.geometry:
        body |= {
            "geometryType": asked.layer.geometry,
            "spatialReference": _reference(asked.wkid),
        }
    body["fields"] = described
    if exceeded:
        body["exceededTransferLimit"] = True
    digits = asked.precision if asked.precision is not None else (7 if asked.wkid == 4326 else 2)
    body["features"] = [
        {"attributes": own} | ({} if shape is None else {"geometry": _esri(shape, digits)})
        for own, shape in zip(
            attributes, [None] * len(attributes) if shapes is None else shapes, strict=True
        )
    ]
    return orjson.dumps(body), JSON


def _natural(shapes: Any, wkid: int) -> tuple[float, float, float]:
    """Give a grid of a centimetre whose origin is the features' own corner."""
    box = None if shapes is None else bounds_of(shapes)
    side = _FINE.get(wkid, _FINE[4326] if _crs(wkid).is_geographic else 0.01)
    return (side, 0.0, 0.0) if box is None else (side, box[0], box[3])


def _geojson(attributes: list[dict[str, Any]], shapes: Any, *, exceeded: bool) -> bytes:
    texts = [None] * len(attributes) if shapes is None else shapely.to_geojson(shapes)
    features = [
        {
            "type": "Feature",
            "id": own[OBJECT_ID],
            "geometry": None if text is None else orjson.Fragment(text),
            "properties": own,
        }
        for own, text in zip(attributes, texts, strict=True)
    ]
    body: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    if exceeded:
        body["properties"] = {"exceededTransferLimit": True}
    return orjson.dumps(body)


def _esri(shape: Any, digits: int) -> dict[str, Any]:
    if shape.geom_type == "Point":
        x, y = np.round(shapely.get_coordinates(shape)[0], digits).tolist()
        return {"x": x, "y": y}
    rings = rings_of(shape)
    return {"rings": [np.round(shapely.get_coordinates(r), digits).tolist() for r in rings]}


def _values(values: pd.Series, kind: str) -> list[Any]:
    """Give values as Esri has them: moments in milliseconds, nothing as null."""
    missing = values.isna().to_numpy()
    if kind == "esriFieldTypeDate" or pd.api.types.is_datetime64_any_dtype(values):
        moments = pd.to_datetime(values, utc=True).to_numpy(dtype="datetime64[ms]")
        found = moments.astype(np.int64).tolist()
    elif kind in ("esriFieldTypeInteger", "esriFieldTypeOID", "esriFieldTypeSmallInteger"):
        found = [0 if gone else int(v) for v, gone in zip(values, missing, strict=True)]
    elif kind == "esriFieldTypeDouble":
        found = values.astype(float).tolist()
    else:
        found = [v if isinstance(v, str) else str(v) for v in values.tolist()]
    return [None if gone else value for value, gone in zip(found, missing, strict=True)]
