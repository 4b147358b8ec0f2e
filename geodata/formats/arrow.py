"""Frames as Arrow tables and GeoParquet 1.1: dates as days, moments in UTC, unknown as null."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from geodata.formats.geometry import Shapes, crs_of, flat, longitude_first, promoted
from geodata.formats.options import FormatOptions
from geodata.schemas import Column, FrameSchema, Kind

_BATCH = 20_000

TYPES: dict[Kind, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "date": pa.date32(),
    "datetime": pa.timestamp("ms", tz="UTC"),
    "boolean": pa.bool_(),
}


def to_table(frame: gpd.GeoDataFrame, schema: FrameSchema) -> pa.Table:
    """Give the columns of a frame, without its geometry, in the schema's types.

    In the order of `frame`. NaN and NaT are null.
    """
    arrays = [array_of(frame[column.name].array, column) for column in schema.columns]
    return pa.Table.from_arrays(arrays, schema=pa.schema([_field(c) for c in schema.columns]))


def shapes_of(frame: gpd.GeoDataFrame, schema: FrameSchema, options: FormatOptions) -> Shapes:
    """Give the geometry as a layer of one type in the file's CRS, longitude first."""
    moved = longitude_first(flat(frame.geometry.array), crs_of(options.crs))
    if schema.geometry == "MultiPolygon":
        kinds = shapely.get_type_id(moved)
        at = (kinds == 3).nonzero()[0]
        moved = np.array(moved, dtype=object)
        moved[at] = shapely.multipolygons(moved[at], indices=np.arange(len(at)))
        return moved
    return promoted(moved)


def with_wkb(table: pa.Table, shapes: Shapes) -> pa.Table:
    """Add the geometry as a column of WKB, as GDAL takes it."""
    field = pa.field("geometry", pa.binary(), metadata={"ARROW:extension:name": "ogc.wkb"})
    return table.append_column(field, _wkb(shapes))


def arrow_stream(
    frame: gpd.GeoDataFrame, schema: FrameSchema, options: FormatOptions
) -> Iterator[bytes]:
    """Give an Arrow IPC stream, one record batch after the other.

    The geometry is GeoArrow's WKB with its CRS, so that ``GeoDataFrame.from_arrow`` and DuckDB
    know it; a layer without geometry has none.

    Yields
    ------
    bytes
        The schema, the batches, the end.
    """
    field = None
    if schema.geometry is not None:
        crs = {"crs": crs_of(options.crs).to_json_dict(), "crs_type": "projjson"}
        field = pa.field(
            "geometry",
            pa.binary(),
            metadata={
                "ARROW:extension:name": "geoarrow.wkb",
                "ARROW:extension:metadata": json.dumps(crs),
            },
        )
    fields = [_field(column) for column in schema.columns]
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, pa.schema(fields if field is None else [*fields, field])) as out:
        for start in range(0, len(frame), _BATCH):
            some = frame.iloc[start : start + _BATCH]
            table = to_table(some, schema)
            if field is not None:
                table = table.append_column(field, _wkb(shapes_of(some, schema, options)))
            out.write_table(table)
            yield sink.getvalue()
            sink.seek(0)
            sink.truncate()
    yield sink.getvalue()


def _wkb(shapes: Shapes) -> pa.Array:
    return pa.array(shapely.to_wkb(shapes, flavor="iso"), type=pa.binary(), from_pandas=True)


def _field(column: Column) -> pa.Field:
    text = column.description + (f" [{column.unit}]" if column.unit else "")
    metadata = {"description": text, "GDAL:OGR:comment": text}
    return pa.field(column.name, TYPES[column.kind], metadata=metadata)


def array_of(values: Any, column: Column) -> pa.Array:
    """Give a column's pandas array in the type of its kind; NaN and NaT are null."""
    if column.kind == "date":
        return pa.array(np.asarray(values, dtype="datetime64[D]"), type=pa.date32())
    return unchunked(values, TYPES[column.kind])


def unchunked(values: Any, kind: pa.DataType | None = None) -> pa.Array:
    """Give the values of a pandas array in one piece; NaN is null."""
    found = pa.array(values, type=kind, from_pandas=True)
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


GROUP = 10_000
"""Rows of a group: a reader of a small box takes a few groups, not the file."""


def parquet(
    frame: gpd.GeoDataFrame, schema: FrameSchema, path: Path, options: FormatOptions
) -> None:
    """Write GeoParquet; a layer without geometry becomes plain Parquet.

    Dates are ``date32``, moments UTC timestamps. The column ``bbox`` lets readers skip
    row groups that lie elsewhere: rows lie along a Hilbert curve, unless an order was asked for.
    """
    table = to_table(frame, schema).replace_schema_metadata(None)
    columns = {
        column.name: pd.Series(
            table[column.name].to_pandas(types_mapper=pd.ArrowDtype).array,
            dtype=pd.ArrowDtype(TYPES[column.kind]),
        )
        for column in schema.columns
    }
    rows = pd.DataFrame(columns, columns=schema.names)
    if schema.geometry is None:
        rows.to_parquet(path, index=False, compression="zstd")
        return
    shapes = shapes_of(frame, schema, options)
    layer = gpd.GeoDataFrame(rows, geometry=gpd.GeoSeries(shapes, crs=crs_of(options.crs)))
    if options.by_space and len(layer) > GROUP:
        layer = layer.iloc[by_space(layer.geometry.to_numpy())]
    layer.to_parquet(
        path,
        index=False,
        compression="zstd",
        schema_version="1.1.0",
        write_covering_bbox=True,
        row_group_size=GROUP,
    )


def by_space(shapes: Any) -> Any:
    """Give the order of rows along a Hilbert curve; those that lie nowhere come last."""
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    distance = np.full(len(shapes), np.iinfo(np.uint32).max, dtype=np.uint64)
    if there.any():
        distance[there] = gpd.GeoSeries(shapes[there]).hilbert_distance().to_numpy()
    return np.argsort(distance, kind="stable")
