"""GeoJSON made a column at a time: features, a collection (RFC 7946) or a sequence (RFC 8142)."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import shapely
from pyproj import CRS

from geodata.crs import crs_uri, is_crs84, parse_crs
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
from geodata.formats.scalars import plain_values
from geodata.schema import FrameSchema

NULL = orjson.Fragment(b"null")
_OPTIONS = orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z


def feature_bytes(
    frame: gpd.GeoDataFrame,
    schema: FrameSchema,
    *,
    crs: str | CRS | None = None,
    properties: Sequence[str] | None = None,
    lon_first: bool = False,
) -> list[bytes]:
    """Give each row as one GeoJSON Feature, ready to be joined into an answer.

    Parameters
    ----------
    frame
        Rows of the schema, WGS 84 (lon, lat); not changed.
    schema
        Names and kinds of the properties.
    crs
        CRS of the coordinates, in the axis order of its authority (OGC API – Features
        Part 2: EPSG:4326 is latitude, longitude). None is WGS 84, longitude first.
    properties
        Names of the properties to give, in this order; None gives all.
    lon_first
        Longitude or easting first whatever the authority says, as files have it.

    Returns
    -------
    list of bytes
        In the order of `frame`. The id is the index; an unknown value and an empty
        geometry are ``null``; coordinates have 7 decimals of a degree (1 cm) or 3 of a
        metre; exterior rings run counterclockwise.

    Examples
    --------
    >>> from geodata.schema import empty
    >>> from geodata.schemas import DISTRICTS
    >>> feature_bytes(empty(DISTRICTS), DISTRICTS)
    []
    """
    names = list(schema.names if properties is None else properties)
    columns = [plain_values(frame[name], schema.by_name[name]) for name in names]
    rows = zip(*columns, strict=True) if columns else [()] * len(frame)
    shapes = geometry_fragments(frame, crs=crs, lon_first=lon_first)
    return [
        orjson.dumps(
            {
                "type": "Feature",
                "id": feature_id,
                "geometry": shape,
                "properties": dict(zip(names, row, strict=True)),
            },
            option=_OPTIONS,
        )
        for feature_id, shape, row in zip(frame.index.tolist(), shapes, rows, strict=True)
    ]


def geometry_fragments(
    frame: gpd.GeoDataFrame, *, crs: str | CRS | None = None, lon_first: bool = False
) -> list[orjson.Fragment]:
    """Give each row's geometry as GeoJSON, ``null`` where there is none or it is empty.

    Parameters
    ----------
    frame
        Rows in WGS 84 (lon, lat).
    crs, lon_first
        As for `feature_bytes`.

    Returns
    -------
    list of orjson.Fragment
        In the order of `frame`.
    """
    shapes = flat(frame.geometry.array)
    present = ~shapely.is_missing(shapes)
    found = [NULL] * len(shapes)
    if not present.any():
        return found
    target = crs_of(crs)
    order = longitude_first if lon_first else in_authority_order
    written = _written(order(shapes[present], target), decimals_of(target))
    for position, text in zip(present.nonzero()[0].tolist(), written, strict=True):
        found[position] = orjson.Fragment(text)
    return found


def collection_bytes(
    features: Iterable[bytes], members: dict[str, Any] | None = None
) -> Iterator[bytes]:
    """Wrap features as one FeatureCollection, in pieces of some hundred features.

    Parameters
    ----------
    features
        As `feature_bytes` gives them.
    members
        Further members of the collection (links, numberMatched …), written first.

    Yields
    ------
    bytes
        Pieces of the document in order.
    """
    head = {"type": "FeatureCollection", **(members or {})}
    piece = [orjson.dumps(head)[:-1] + b',"features":[']
    first = True
    for feature in features:
        piece.append(feature if first else b"," + feature)
        first = False
        if len(piece) >= 500:
            yield b"".join(piece)
            piece = []
    piece.append(b"]}")
    yield b"".join(piece)


def _written(shapes: Shapes, decimals: int) -> Iterable[bytes | str]:
    # Points are most of what is asked for: one pass over the coordinates, without GEOS.
    if (shapely.get_type_id(shapes) == 0).all():
        pairs = np.round(shapely.get_coordinates(shapes), decimals) + 0.0
        text = orjson.dumps(pairs, option=orjson.OPT_SERIALIZE_NUMPY)[2:-2]
        return [b'{"type":"Point","coordinates":[%b]}' % p for p in text.split(b"],[")]
    found: Iterable[str] = shapely.to_geojson(rounded(shapes, decimals)).tolist()
    return found


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
