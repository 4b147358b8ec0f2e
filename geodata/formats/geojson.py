"""GeoJSON made a column at a time: features, a collection (RFC 7946) or a sequence (RFC 8142)."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geodata.crs import crs_uri, is_crs84, parse_crs
from geodata.formats.arrow import array_of, unchunked
from geodata.formats.geometry import (
    Shapes,
    crs_of,
    decimals_of,
    flat,
    in_authority_order,
    longitude_first,
    rounded,
)
from geodata.formats.options import FormatOptions
from geodata.formats.scalars import json_texts, split_array, wrapped
from geodata.schemas import FrameSchema, Points

_TEXT = pa.large_string()
Bytes = bytes | memoryview
COLLECTION_END = b"]}"


def feature_texts(
    frame: gpd.GeoDataFrame,
    schema: FrameSchema,
    *,
    crs: str | CRS | None = None,
    properties: Sequence[str] | None = None,
    lon_first: bool = False,
    around: tuple[str, str] = ("", ""),
) -> pa.LargeStringArray:
    """Give each row as one GeoJSON Feature, all in one piece of memory.

    In the order of `frame`. The id is the index; an unknown value and an empty geometry are
    ``null``; coordinates have 7 decimals of a degree (1 cm) or 3 of a metre; exterior rings run
    counterclockwise.

    Parameters
    ----------
    frame
        Rows of the schema, WGS 84 (lon, lat); not changed.
    crs
        CRS of the coordinates, in the axis order of its authority (OGC API – Features
        Part 2: EPSG:4326 is latitude, longitude). None is WGS 84, longitude first.
    properties
        Names of the properties to give, in this order; None gives all.
    lon_first
        Longitude or easting first whatever the authority says, as files have it.
    around
        Put before and after each feature, e.g. the comma that parts it from the next.
    """
    names = list(schema.names if properties is None else properties)
    ids = json_texts(unchunked(frame.index.array))
    joined = _Joined(len(frame))
    joined.add(around[0] + '{"type":"Feature","id":', ids)
    joined.add(',"geometry":', geometry_texts(frame, crs=crs, lon_first=lon_first))
    before = ',"properties":{'
    columns = pd.DataFrame(frame, copy=False)  # its columns are found in half the time
    for name in names:
        values = array_of(columns[name].array, schema.by_name[name])
        joined.add(f"{before}{orjson.dumps(name).decode()}:", json_texts(values))
        before = ","
    return joined.end(("" if names else before) + "}}" + around[1])


class _Joined:
    """Texts of rows, put together of columns and of what stands between them.

    What is the same in every row is gathered first: most columns of most layers are empty.
    """

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._fixed: list[str] = []
        self._parts: list[pa.Array | pa.Scalar] = []

    def add(self, before: str, values: pa.Array) -> None:
        self._fixed.append(before)
        if values.null_count == self._rows:
            self._fixed.append("null")
        else:
            self._parts += [pa.scalar("".join(self._fixed), _TEXT), values]
            self._fixed = []

    def end(self, after: str) -> pa.LargeStringArray:
        last = pa.scalar("".join([*self._fixed, after]), _TEXT)
        if not self._rows:
            return pa.array([], _TEXT)
        nothing = pa.scalar("", _TEXT)
        return pc.binary_join_element_wise(
            *self._parts, last, nothing, null_handling="replace", null_replacement="null"
        )


def geometry_texts(
    frame: gpd.GeoDataFrame, *, crs: str | CRS | None = None, lon_first: bool = False
) -> pa.LargeStringArray:
    """Give each row's geometry as GeoJSON, null where there is none or it is empty."""
    held, target = frame.geometry.array, crs_of(crs)
    pairs = held.coordinates() if isinstance(held, Points) and is_crs84(target) else None
    shapes = flat(held) if pairs is None else pairs
    missing = shapely.is_missing(shapes) if pairs is None else np.isnan(pairs).any(axis=1)
    present: NDArray[np.bool_] = np.asarray(~missing)
    if not present.any():
        return pa.nulls(len(present), _TEXT)
    if pairs is None:
        order = longitude_first if lon_first else in_authority_order
        written = _written(order(shapes[present], target), decimals_of(target))
    else:
        written = _point_texts(pairs[present], decimals_of(target))
    if present.all():
        return written
    places = np.cumsum(present) - 1
    return written.take(pa.array(places, mask=~present))


def collection_bytes(
    pieces: Iterable[Iterable[Bytes]], members: dict[str, Any] | None = None
) -> Iterator[bytes]:
    """Wrap features as one FeatureCollection, piece by piece.

    Parameters
    ----------
    pieces
        Each some features with commas between them, in parts that are only to be joined.

    Yields
    ------
    bytes
        One a piece, in order; one for a collection without any.
    """
    parts: list[Bytes] = [collection_head(members)]
    for number, piece in enumerate(pieces):
        if number:
            yield b"".join(parts)
            parts = [b","]
        parts += piece
    parts.append(COLLECTION_END)
    yield b"".join(parts)


def collection_head(members: dict[str, Any] | None = None) -> bytes:
    """Give what stands before the features of a FeatureCollection."""
    return orjson.dumps({"type": "FeatureCollection", **(members or {})})[:-1] + b',"features":['


def _written(shapes: Shapes, decimals: int) -> pa.LargeStringArray:
    # Points are most of what is asked for: one pass over the coordinates, without GEOS.
    if (shapely.get_type_id(shapes) == 0).all():
        return _point_texts(shapely.get_coordinates(shapes), decimals)
    return pa.array(shapely.to_geojson(rounded(shapes, decimals)), _TEXT)


def _point_texts(pairs: NDArray[np.float64], decimals: int) -> pa.LargeStringArray:
    rounded_pairs = np.round(pairs, decimals) + 0.0
    return wrapped('{"type":"Point","coordinates":[', split_array(rounded_pairs, "],["), "]}")


ROWS = 5_000
"""Rows made ready at a time: memory stays small, the columns still are long."""


def geojson(
    frame: gpd.GeoDataFrame, schema: FrameSchema, options: FormatOptions
) -> Iterator[bytes]:
    """Write one FeatureCollection.

    In a CRS other than WGS 84 the collection names it in the member ``crs`` of GeoJSON
    2008, which GDAL reads; RFC 7946 knows WGS 84 only.
    """
    members: dict[str, Any] = {"name": options.title or schema.name}
    if options.crs is not None and not is_crs84(parse_crs(options.crs)):
        name = _urn(options.crs)
        members["crs"] = {"type": "name", "properties": {"name": name}}
    pieces = _pieces(frame, schema, options, ("", ","))
    # Of each piece all but its last comma.
    yield from collection_bytes(([piece[:-1]] for piece in pieces), members)


def sequence(
    frame: gpd.GeoDataFrame, schema: FrameSchema, options: FormatOptions
) -> Iterator[bytes]:
    """Write one feature a line, each after RS if the options say so."""
    start = "" if options.record_separator is False else "\x1e"
    for piece in _pieces(frame, schema, options, (start, "\n")):
        yield bytes(piece)


def _pieces(
    frame: gpd.GeoDataFrame, schema: FrameSchema, options: FormatOptions, around: tuple[str, str]
) -> Iterator[memoryview]:
    for first in range(0, len(frame), ROWS):
        part = frame.iloc[first : first + ROWS]
        texts = feature_texts(part, schema, crs=options.crs, lon_first=True, around=around)
        yield bytes_of(texts)[0]


def bytes_of(texts: pa.LargeStringArray) -> tuple[memoryview, NDArray[np.int64]]:
    """Give the bytes of texts as they lie one behind the other, and the edges between them."""
    _, offsets, data = texts.buffers()
    edges = np.frombuffer(offsets, dtype=np.int64, count=len(texts) + 1)
    return memoryview(data).cast("B")[edges[0] : edges[-1]], edges - edges[0]


def _urn(crs: str) -> str:
    authority, version, code = crs_uri(parse_crs(crs)).split("/")[-3:]
    return f"urn:ogc:def:crs:{authority}:{'' if version == '0' else version}:{code}"
