"""GeoPackage, FlatGeobuf and KML, written by GDAL from Arrow tables."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
import pyogrio.raw
import shapely

from geodata.disk import no_room
from geodata.formats.arrow import shapes_of, to_table, with_wkb
from geodata.formats.geometry import crs_of
from geodata.formats.options import FormatOptions
from geodata.formats.values import time_texts
from geodata.schema import FrameSchema

GEOMETRY = {"Point": "Point", "MultiPolygon": "MultiPolygon", "Geometry": "Unknown"}
NAMES = {
    0: "Point",
    1: "LineString",
    3: "Polygon",
    4: "MultiPoint",
    5: "MultiLineString",
    6: "MultiPolygon",
    7: "GeometryCollection",
}

_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f]"

# Readable by GDAL 3.6 without a warning: version 1.3, and milliseconds as it is written there.
_GPKG = {"dataset_options": {"VERSION": "1.3"}}
_GPKG_LAYER = {"DATETIME_PRECISION": "MILLISECOND"}

# GDAL stamps a GeoPackage with the clock; the same layer is to be the same bytes.
pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "1980-01-01T00:00:00.000Z"})


def geopackage(
    frame: gpd.GeoDataFrame, schema: FrameSchema, path: Path, options: FormatOptions
) -> None:
    """Write a GeoPackage with one layer; without geometry it is an attribute table."""
    write_layer(frame, schema, path, options, driver="GPKG", layer_options=_GPKG_LAYER)


def flatgeobuf(
    frame: gpd.GeoDataFrame, schema: FrameSchema, path: Path, options: FormatOptions
) -> None:
    """Write a FlatGeobuf; with a spatial index where every row has a geometry.

    The index orders the rows along a Hilbert curve. A row without geometry cannot be in
    it, so that a layer with such rows has none and keeps its order.
    """
    placed = schema.geometry is not None and len(frame) > 0
    placed = placed and not (frame.geometry.isna() | frame.geometry.is_empty).any()
    index = {"SPATIAL_INDEX": "YES" if placed else "NO"}
    write_layer(frame, schema, path, options, driver="FlatGeobuf", layer_options=index)


def kml(frame: gpd.GeoDataFrame, schema: FrameSchema, path: Path, options: FormatOptions) -> None:
    """Write KML, always WGS 84; `name`, `begin` and `end` drive Google Earth's time slider."""
    table = _plain(to_table(frame, schema), schema)
    whole = to_table(frame, schema)
    for name, source in (("begin", schema.start), ("end", schema.end)):
        if source in schema.by_name and name not in schema.by_name:
            table = table.append_column(name, whole[source])
    if "name" not in schema.by_name and schema.id_column in schema.by_name:
        table = table.append_column("Name", table[schema.id_column])
    shapes = shapes_of(frame, schema, FormatOptions())
    _write(with_wkb(table, shapes), path, options.title or schema.name, driver="LIBKML")


def _plain(table: pa.Table, schema: FrameSchema) -> pa.Table:
    # KML's fields have no dates and no integers of 64 bits; left to itself GDAL writes
    # 2021/02/04 and text. XML has no control characters: the mark shows one stood here.
    for position, column in enumerate(schema.columns):
        values = table[column.name]
        if column.kind == "date":
            values = pc.strftime(values, format="%Y-%m-%d")
        elif column.kind == "datetime":
            values = pa.array(time_texts(values.to_pandas()), type=pa.string())
        elif column.kind == "integer" and not _wide(values):
            values = values.cast(pa.int32())
        elif column.kind == "text":
            values = pc.replace_substring_regex(values, _CONTROL, "\ufffd")
        table = table.set_column(position, column.name, values)
    return table


def _wide(values: pa.ChunkedArray) -> bool:
    low, high = pc.min_max(values).as_py().values()
    return low is not None and (low < -(2**31) or high >= 2**31)


def write_layer(
    frame: gpd.GeoDataFrame,
    schema: FrameSchema,
    path: Path,
    options: FormatOptions,
    *,
    driver: str,
    layer_options: dict[str, str],
) -> None:
    """Write one layer through GDAL, in the options' CRS (longitude or easting first)."""
    table = to_table(frame, schema)
    name = options.title or schema.name
    if schema.geometry is None and driver == "GPKG":
        pyogrio.write_arrow(
            table, path, layer=name, driver=driver, layer_options=_GPKG_LAYER, **_GPKG
        )
        return
    shapes = shapes_of(frame, schema, options)
    crs = crs_of(options.crs).to_wkt()
    kind = geometry_type(shapes, schema)
    _write(with_wkb(table, shapes), path, name, driver, crs, kind, layer_options)


def geometry_type(shapes: Any, schema: FrameSchema) -> str:
    """Name the layer's geometry type: the schema's, or the only one that occurs."""
    stated = GEOMETRY.get(schema.geometry or "Geometry", "Unknown")
    kinds = np.unique(shapely.get_type_id(shapes[~shapely.is_missing(shapes)]))
    if stated != "Unknown" and len(kinds) <= 1:
        return stated if not len(kinds) else NAMES[int(kinds[0])]
    return NAMES[int(kinds[0])] if len(kinds) == 1 else "Unknown"


def _write(
    table: pa.Table,
    path: Path,
    layer: str,
    driver: str,
    crs: str | None = None,
    kind: str = "Unknown",
    layer_options: dict[str, str] | None = None,
) -> None:
    pyogrio.write_arrow(
        table,
        path,
        layer=layer,
        driver=driver,
        geometry_name="geometry",
        geometry_type=kind,
        crs=crs or crs_of(None).to_wkt(),
        layer_options=layer_options or {},
        **(_GPKG if driver == "GPKG" else {}),
    )
    _check_end(path, driver, table.num_rows)


def _check_end(path: Path, driver: str, rows: int) -> None:
    """Look whether a file has its end: these drivers do not say when the disk was full.

    Raises
    ------
    OSError
        It has not.
    """
    if driver == "FlatGeobuf":
        _, ids, _, _ = pyogrio.raw.read(path, columns=[], read_geometry=False, return_fids=True)
        ends = len(ids) == rows
    elif driver == "LIBKML":
        with path.open("rb") as stream:
            stream.seek(max(path.stat().st_size - 64, 0))
            ends = stream.read().rstrip().endswith(b"</kml>")
    else:
        return
    if not ends:
        raise no_room()
