"""GeoJSON, as one collection (RFC 7946) or a sequence of features (RFC 8142)."""

from collections.abc import Iterator
from typing import Any

import geopandas as gpd

from geodata.crs import crs_uri, is_crs84, parse_crs
from geodata.formats.features import collection_bytes, feature_bytes
from geodata.formats.options import FormatOptions
from geodata.schema import FrameSchema

ROWS = 5_000
"""Rows made ready at a time: memory stays small, the columns still are long."""


def geojson(
    frame: gpd.GeoDataFrame, schema: FrameSchema, options: FormatOptions
) -> Iterator[bytes]:
    """Write one FeatureCollection.

    In a CRS other than WGS 84 the collection names it in the member ``crs`` of GeoJSON
    2008, which GDAL reads; RFC 7946 knows WGS 84 only.

    Yields
    ------
    bytes
        Pieces of the document in order.
    """
    members: dict[str, Any] = {"name": options.title or schema.name}
    if options.crs is not None and not is_crs84(parse_crs(options.crs)):
        name = _urn(options.crs)
        members["crs"] = {"type": "name", "properties": {"name": name}}
    yield from collection_bytes(_features(frame, schema, options), members)


def sequence(
    frame: gpd.GeoDataFrame, schema: FrameSchema, options: FormatOptions
) -> Iterator[bytes]:
    """Write one feature a line, each after RS if the options say so.

    Yields
    ------
    bytes
        Some thousand records at a time.
    """
    start = b"" if options.record_separator is False else b"\x1e"
    for first in range(0, len(frame), ROWS):
        part = frame.iloc[first : first + ROWS]
        found = feature_bytes(part, schema, crs=options.crs, lon_first=True)
        yield b"".join(start + feature + b"\n" for feature in found)


def _features(
    frame: gpd.GeoDataFrame, schema: FrameSchema, options: FormatOptions
) -> Iterator[bytes]:
    for first in range(0, len(frame), ROWS):
        part = frame.iloc[first : first + ROWS]
        yield from feature_bytes(part, schema, crs=options.crs, lon_first=True)


def _urn(crs: str) -> str:
    authority, version, code = crs_uri(parse_crs(crs)).split("/")[-3:]
    return f"urn:ogc:def:crs:{authority}:{'' if version == '0' else version}:{code}"
