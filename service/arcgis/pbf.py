"""Answers as Esri's Protocol Buffers (FeatureCollection.proto of the GeoServices specification).

A message is fields with a number each; a number is written as a varint, what has a length with
its length. Coordinates are whole numbers of a grid, each as the difference to the one before.
"""

import struct
from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any

import numpy as np
import shapely

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


def count(number: int) -> bytes:
    """Write how many there are."""
    return _result(2, _number(1, number))


def ids(name: str, numbers: Iterable[int]) -> bytes:
    """Write numbers of features."""
    packed = b"".join(varint(number) for number in numbers)
    return _result(3, _text(1, name) + _bytes(3, packed))


def extent(box: Sequence[float] | None, wkid: int, matched: int) -> bytes:
    """Write the box around the features, and how many there are."""
    around = b""
    if box is not None:
        around = _bytes(
            1, b"".join(_double(n, v) for n, v in enumerate(box, 1)) + _reference(5, wkid)
        )
    return _result(4, around + _number(2, matched))


def features(
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
    fields
        As the layer describes them.
    rows
        Values in their order, for each feature.
    shapes
        Geometry of each feature in the system wanted (x before y), or None for none at all.
    geometry
        Esri's name of their kind.
    exceeded
        Whether there are more.
    grid
        Side of its cells, and where its origin lies: x of the left, y of the top.
    id_field
        Name of the field that numbers the features.

    Returns
    -------
    bytes
        A message ``FeatureCollectionPBuffer``.
    """
    side, left, top = grid
    kind = _GEOMETRIES["" if shapes is None else geometry]
    own = _text(1, id_field) + _number(2, 1)
    scale, translate = _double(1, side) + _double(2, side), _double(1, left) + _double(2, top)
    body = [_text(1, id_field), _bytes(2, own)]
    if shapes is not None:
        body += [_number(7, kind), _reference(8, wkid)]
    if exceeded:
        body.append(_number(9, 1))
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
    lines = [shape] if kind == 0 else rings(shape)
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


def rings(shape: Any) -> list[Any]:
    """Give the rings of an area, outer ones clockwise, as Esri has them."""
    found = []
    for part in shapely.get_parts(shape):
        for place, ring in enumerate([part.exterior, *part.interiors]):
            turned = shapely.is_ccw(ring) == (place == 0)
            found.append(shapely.reverse(ring) if turned else ring)
    return found


def _field(field: dict[str, Any]) -> bytes:
    kind = _FIELDS[field["type"]]
    named = _text(1, field["name"]) + _number(2, kind) + _text(3, field["alias"])
    return named + _number(4, _SQL)


def _value(value: Any) -> bytes:
    if value is None:
        return b""
    if isinstance(value, str):
        return _text(1, value)
    if isinstance(value, float):
        return _double(3, value)
    if isinstance(value, bool):
        return _number(9, int(value))
    # sint64 for all whole numbers: ids, counts, and moments in milliseconds.
    return _number(8, (value << 1) ^ (value >> 63))


def _reference(number: int, wkid: int) -> bytes:
    return _bytes(number, _number(1, wkid) + _number(2, wkid))


def _result(kind: int, body: bytes) -> bytes:
    return _bytes(2, _bytes(kind, body))


def _number(number: int, value: int) -> bytes:
    return varint(number << 3) + varint(value)


def _double(number: int, value: float) -> bytes:
    return varint(number << 3 | 1) + struct.pack("<d", value)


def _bytes(number: int, value: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(value)) + value


def _text(number: int, value: str) -> bytes:
    return _bytes(number, value.encode())
