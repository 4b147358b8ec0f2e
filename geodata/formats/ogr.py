"""Formats that GDAL writes from Arrow tables: GeoPackage, FlatGeobuf, KML and Shapefile."""

import csv
import re
import tempfile
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from geodata.deferred import deferred
from geodata.disk import no_room, scratch
from geodata.formats.arrow import shapes_of, to_table, with_wkb
from geodata.formats.fixed_zip import FixedZip
from geodata.formats.geometry import Shapes, crs_of
from geodata.formats.options import FormatOptions
from geodata.formats.scalars import time_texts
from geodata.schemas import FrameSchema

_errors = deferred("pyogrio.errors")

GEOMETRY = {"Point": "Point", "MultiPolygon": "MultiPolygon", "Geometry": "Unknown"}
GEOMETRY_NAMES = {
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


@cache
def _gdal() -> Any:
    """Give the library, which is loaded when the first file is written."""
    import pyogrio.raw

    # GDAL stamps a GeoPackage with the clock; the same layer is to be the same bytes.
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "1980-01-01T00:00:00.000Z"})
    return pyogrio


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


_KML_ROWS = 2_000
"""Rows of a piece of KML: GDAL holds a whole document as objects, 13 kB a row."""
_PLACEMARK, _PLACEMARK_END = b"<Placemark", b"</Placemark>"
_NUMBER = re.compile(rb'(?m)^( *<Placemark id="[^"]*\.)(\d+)(">)$')


def kml(frame: gpd.GeoDataFrame, schema: FrameSchema, options: FormatOptions) -> Iterator[bytes]:
    """Write KML, always WGS 84; `name`, `begin` and `end` drive Google Earth's time slider.

    Yields
    ------
    bytes
        The document in pieces of some thousand rows, each written by GDAL and freed.

    Raises
    ------
    StoreError
        The disk is full.
    """
    wide = [c.name for c in schema.columns if c.kind == "integer" and _wide(frame[c.name])]
    end = b""
    for first in range(0, max(len(frame), 1), _KML_ROWS):
        document = _kml(frame.iloc[first : first + _KML_ROWS], schema, options, wide)
        start, stop = document.find(_PLACEMARK), document.rfind(_PLACEMARK_END)
        if start < 0:
            yield document
            return
        stop += len(_PLACEMARK_END)
        head, rows, end = document[:start], document[start:stop], document[stop:]
        yield head if not first else b"\n      "
        yield _renumbered(rows, first)
    yield end


def _renumbered(rows: bytes, before: int) -> bytes:
    """Go on with the numbers of the rows: GDAL numbers each document from 1."""

    def number(found: re.Match[bytes]) -> bytes:
        return b"%b%d%b" % (found[1], int(found[2]) + before, found[3])

    return _NUMBER.sub(number, rows)


def _kml(
    frame: gpd.GeoDataFrame, schema: FrameSchema, options: FormatOptions, wide: Collection[str]
) -> bytes:
    whole = to_table(frame, schema)
    table = _plain(whole, schema, wide)
    for name, source in (("begin", schema.start), ("end", schema.end)):
        if source in schema.by_name and name not in schema.by_name:
            table = table.append_column(name, whole[source])
    if "name" not in schema.by_name and schema.id_column in schema.by_name:
        table = table.append_column("Name", table[schema.id_column])
    shapes = shapes_of(frame, schema, FormatOptions())
    with scratch("kml") as folder:
        path = Path(folder) / "layer.kml"
        try:
            _write(with_wkb(table, shapes), path, options.title or schema.name, driver="LIBKML")
        except (_errors.DataSourceError, _errors.DataLayerError):
            raise no_room() from None
        return path.read_bytes()


def _plain(table: pa.Table, schema: FrameSchema, wide: Collection[str]) -> pa.Table:
    # KML's fields have no dates and no integers of 64 bits; left to itself GDAL writes
    # 2021/02/04 and text. XML has no control characters: the mark shows one stood here.
    for position, column in enumerate(schema.columns):
        values = table[column.name]
        if column.kind == "date":
            values = pc.strftime(values, format="%Y-%m-%d")
        elif column.kind == "datetime":
            values = pa.array(time_texts(values.to_pandas()), type=pa.string())
        elif column.kind == "integer" and column.name not in wide:
            values = values.cast(pa.int32())
        elif column.kind == "text":
            values = pc.replace_substring_regex(values, _CONTROL, "\ufffd")
        table = table.set_column(position, column.name, values)
    return table


def _wide(values: pd.Series) -> bool:
    low, high = values.min(), values.max()
    return bool(pd.notna(low) and (low < -(2**31) or high >= 2**31))


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
        _gdal().write_arrow(
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
        return stated if not len(kinds) else GEOMETRY_NAMES[int(kinds[0])]
    return GEOMETRY_NAMES[int(kinds[0])] if len(kinds) == 1 else "Unknown"


def _write(
    table: pa.Table,
    path: Path,
    layer: str,
    driver: str,
    crs: str | None = None,
    kind: str = "Unknown",
    layer_options: dict[str, str] | None = None,
) -> None:
    _gdal().write_arrow(
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
        _, ids, _, _ = _gdal().raw.read(path, columns=[], read_geometry=False, return_fids=True)
        ends = len(ids) == rows
    elif driver == "LIBKML":
        with path.open("rb") as stream:
            stream.seek(max(path.stat().st_size - 64, 0))
            ends = stream.read().rstrip().endswith(b"</kml>")
    else:
        return
    if not ends:
        raise no_room()


MOST_BYTES = 254
FAMILIES = {"point": (0,), "multipoint": (4,), "line": (1, 2, 5), "polygon": (3, 6)}
_SHAPE_TYPES = {
    "point": "Point",
    "multipoint": "MultiPoint",
    "line": "MultiLineString",
    "polygon": "MultiPolygon",
}
SHAPEFILE_README = """Layer {name}: {rows} rows.

A Shapefile's field names have ten characters at most: fields.csv gives each field's full
name, unit and meaning. Text is UTF-8 (see the .cpg file). Dates are dates; moments are
text in UTC. An unknown value is null, never 0. Rows without a place are records without a
shape. A text has {most} bytes at most; texts cut short here: {cut}.
GeoPackage has none of these limits.
"""


def shapefile(
    frame: gpd.GeoDataFrame, schema: FrameSchema, path: Path, options: FormatOptions
) -> None:
    """Write a ZIP of a Shapefile, the key of its field names, and what did not fit.

    Points, lines and polygons of one layer become files of their own. Rows without a
    geometry go to the first; a layer without any geometry is a table (.dbf).
    """
    name = options.title or schema.name
    short = short_names(schema.names)
    table, cut = _fitted(frame, schema)
    table = table.rename_columns([short[n] for n in schema.names])
    # Beside the file, not among the temporary ones: one disk, and one error when it is full.
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        _layers(Path(folder), name, table, frame, schema, options)
        _key(Path(folder) / "fields.csv", schema, short)
        text = SHAPEFILE_README.format(name=name, rows=len(frame), most=MOST_BYTES, cut=cut)
        (Path(folder) / "README.txt").write_text(text, encoding="utf-8")
        with FixedZip(path) as archive:
            for file in sorted(Path(folder).iterdir()):
                archive.write(file, file.name)


def short_names(names: list[str]) -> dict[str, str]:
    """Give each name ten characters at most, all different, always the same way.

    Parameters
    ----------
    names
        Full names in order.

    Returns
    -------
    dict
        Full name → short name. A name that fits stays; a longer one keeps the start of
        each of its words.

    Examples
    --------
    >>> short_names(["killed", "killed_civilian", "killed_emergency_worker"])
    {'killed': 'killed', 'killed_civilian': 'killed_civ', 'killed_emergency_worker': 'kil_eme_wo'}
    """
    short = {name: name for name in names if len(name) <= 10}
    taken = set(short.values())
    for name in names:
        if name in short:
            continue
        candidate = _shortened(name.split("_"))
        number = 1
        while candidate in taken:
            number += 1
            candidate = f"{candidate[: 10 - len(str(number))]}{number}"
        short[name] = candidate
        taken.add(candidate)
    return {name: short[name] for name in names}


def _shortened(words: list[str]) -> str:
    if len(words) == 1:
        return words[0][:10]
    if len(words) == 2:
        last = words[1][:3]
        return f"{words[0][: 9 - len(last)]}_{last}"
    return "_".join(word[:3] for word in words)[:10]


def _fitted(frame: gpd.GeoDataFrame, schema: FrameSchema) -> tuple[pa.Table, int]:
    table = to_table(frame, schema)
    cut = 0
    for position, column in enumerate(schema.columns):
        if column.kind == "datetime":
            texts = pa.array(time_texts(frame[column.name]), type=pa.string())
            table = table.set_column(position, column.name, texts)
        elif column.kind == "text":
            long = pc.fill_null(pc.greater(pc.binary_length(table[column.name]), MOST_BYTES), False)
            if pc.any(long).as_py():
                cut += pc.sum(long).as_py()
                texts = pa.array([_cut(t) for t in table[column.name].to_pylist()], pa.string())
                table = table.set_column(position, column.name, texts)
    return table, cut


def _cut(text: str | None) -> str | None:
    # By bytes, but never inside a character.
    return text and text.encode()[:MOST_BYTES].decode(errors="ignore")


def _layers(
    folder: Path,
    name: str,
    table: pa.Table,
    frame: gpd.GeoDataFrame,
    schema: FrameSchema,
    options: FormatOptions,
) -> None:
    if schema.geometry is None:
        _write_part(folder, name, table, None, "None", options)
        return
    shapes = shapes_of(frame, schema, options)
    kinds = pd.Series(shapely.get_type_id(shapes))
    found = {f: kinds.isin(members).to_numpy() for f, members in FAMILIES.items()}
    used = [family for family, rows in found.items() if rows.any()]
    used = used or ["polygon" if schema.geometry == "MultiPolygon" else "point"]
    rest = ~np.logical_or.reduce([found[family] for family in used])
    for family in used:
        rows = found[family] | rest if family == used[0] else found[family]
        layer = name if len(used) == 1 else f"{name}_{family}"
        _write_part(
            folder, layer, table.filter(pa.array(rows)), shapes[rows], _SHAPE_TYPES[family], options
        )


def _write_part(
    folder: Path, layer: str, table: pa.Table, shapes: Shapes, kind: str, options: FormatOptions
) -> None:
    given = {"layer": layer, "driver": "ESRI Shapefile", "encoding": "UTF-8"}
    fixed = {"DBF_DATE_LAST_UPDATE": "1980-01-01"}
    if shapes is None:
        fixed["SHPT"] = "NULL"
        _gdal().write_arrow(table, folder / f"{layer}.dbf", layer_options=fixed, **given)
        return
    _gdal().write_arrow(
        with_wkb(table, shapes),
        folder / f"{layer}.shp",
        geometry_name="geometry",
        geometry_type=kind,
        crs=crs_of(options.crs).to_wkt(),
        layer_options=fixed,
        **given,
    )


def _key(path: Path, schema: FrameSchema, short: dict[str, str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as sink:
        rows = csv.writer(sink, lineterminator="\n")
        rows.writerow(["field", "name", "kind", "unit", "meaning"])
        for column in schema.columns:
            unit = column.unit or ""
            rows.writerow([short[column.name], column.name, column.kind, unit, column.description])
