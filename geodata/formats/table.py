"""The formats: one row each. `write` and `stream` serve files and answers alike.

GeoJSON and Arrow have their own modules; here are those that GDAL writes from Arrow tables
(GeoPackage, FlatGeobuf, KML, Shapefile) and those for spreadsheets (CSV in UTF-8 with an optional
row of HXL tags, XLSX). ZIP files are the same bytes for the same content.
"""

import codecs
import csv
import io
import logging
import re
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import shapely

from geodata.crs import is_crs84
from geodata.deferred import deferred
from geodata.disk import no_room, scratch, whole
from geodata.errors import InvalidInput
from geodata.formats.arrow import arrow_stream, parquet, shapes_of, to_table, with_wkb
from geodata.formats.formulas import is_formula, neutralised
from geodata.formats.geojson import geojson, sequence
from geodata.formats.geometry import Shapes, crs_of, decimals_of, rounded
from geodata.formats.options import FormatOptions, narrowed, with_notice
from geodata.formats.scalars import known_values, time_texts
from geodata.schemas import Column, FrameSchema

MOMENT = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a ZIP entry can state; the entries' time says nothing here."""


class FixedZip(ZipFile):
    """A ZIP file to be written whose entries carry no clock and no user."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "w", ZIP_DEFLATED)

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_rest: Any, **_more: Any) -> None:
        """Add an entry from memory."""
        super().writestr(_entry(str(zinfo_or_arcname)), data)

    def write(self, filename: Any, arcname: Any = None, *_rest: Any, **_more: Any) -> None:
        """Add an entry from a file, in pieces."""
        entry = _entry(str(arcname or Path(filename).name))
        entry.file_size = Path(filename).stat().st_size
        with Path(filename).open("rb") as source, self.open(entry, "w") as target:
            while piece := source.read(1 << 20):
                target.write(piece)


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, MOMENT)
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    entry.create_system = 3
    return entry


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
            _write_with_gdal(
                with_wkb(table, shapes), path, options.title or schema.name, driver="LIBKML"
            )
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
    _write_with_gdal(with_wkb(table, shapes), path, name, driver, crs, kind, layer_options)


def geometry_type(shapes: Any, schema: FrameSchema) -> str:
    """Name the layer's geometry type: the schema's, or the only one that occurs."""
    stated = GEOMETRY.get(schema.geometry or "Geometry", "Unknown")
    kinds = np.unique(shapely.get_type_id(shapes[~shapely.is_missing(shapes)]))
    if stated != "Unknown" and len(kinds) <= 1:
        return stated if not len(kinds) else GEOMETRY_NAMES[int(kinds[0])]
    return GEOMETRY_NAMES[int(kinds[0])] if len(kinds) == 1 else "Unknown"


def _write_with_gdal(
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
        try:
            _, ids, _, _ = _gdal().raw.read(path, columns=[], read_geometry=False, return_fids=True)
            ends = len(ids) == rows
        except IndexError:  # its header counts none, since the true count is written at the end
            ends = False
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

    Full name → short name. A name that fits stays; a longer one keeps the start of each of its
    words.

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


def _with_time_texts(table: pa.Table, frame: gpd.GeoDataFrame, schema: FrameSchema) -> pa.Table:
    """Write moments as texts, where a format has no such type."""
    for position, column in enumerate(schema.columns):
        if column.kind == "datetime":
            texts = pa.array(time_texts(frame[column.name]), type=pa.string())
            table = table.set_column(position, column.name, texts)
    return table


def _fitted(frame: gpd.GeoDataFrame, schema: FrameSchema) -> tuple[pa.Table, int]:
    table = _with_time_texts(to_table(frame, schema), frame, schema)
    cut = 0
    for position, column in enumerate(schema.columns):
        if column.kind == "text":
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


ROWS = 5_000


def csv_text(
    frame: gpd.GeoDataFrame, schema: FrameSchema, options: FormatOptions
) -> Iterator[bytes]:
    """Write a table, one line a feature.

    Texts are quoted and unknown values are not, so that an empty text differs from an
    unknown one. Texts that a spreadsheet would run as a formula are made harmless
    (`geodata.formats.formulas`). The geometry stands in the columns ``longitude`` and
    ``latitude`` where the layer has them, else as ``WKT``.

    Yields
    ------
    bytes
        The header first, then some thousand lines at a time.
    """
    with_wkt = has_wkt(schema, options)
    if options.bom:
        yield codecs.BOM_UTF8
    names = schema.names + (["WKT"] if with_wkt else [])
    yield _line(names)
    if options.hxl:
        yield _line([column.hxl or "" for column in schema.columns] + [""] * with_wkt)
    for first in range(0, len(frame), ROWS):
        yield _lines(frame.iloc[first : first + ROWS], schema, options, with_wkt=with_wkt)


def has_wkt(schema: FrameSchema, options: FormatOptions) -> bool:
    """Say whether the file has a column WKT."""
    if schema.geometry is None:
        return False
    if options.wkt is not None:
        return options.wkt
    said = {"longitude", "latitude"} <= set(schema.names)
    return not said or not is_crs84(crs_of(options.crs))


def _lines(
    frame: gpd.GeoDataFrame, schema: FrameSchema, options: FormatOptions, *, with_wkt: bool
) -> bytes:
    harmless = frame.copy(deep=False)
    for column in schema.columns:
        if column.kind == "text":
            harmless[column.name] = neutralised(frame[column.name])
    table = _with_time_texts(to_table(harmless, schema), frame, schema)
    if with_wkt:
        shapes = rounded(shapes_of(frame, schema, options), decimals_of(crs_of(options.crs)))
        wkt = shapely.to_wkt(shapes, rounding_precision=-1)
        table = table.append_column("WKT", pa.array(wkt, type=pa.string()))
    sink = io.BytesIO()
    arrow_csv.write_csv(table, sink, arrow_csv.WriteOptions(include_header=False))
    return sink.getvalue()


def _line(cells: list[str]) -> bytes:
    sink = io.StringIO()
    csv.writer(sink, lineterminator="\n").writerow(cells)
    return sink.getvalue().encode()


MOST_ROWS = 1_048_576 - 2
MOST_TEXT = 32_767
FIRST_DAY = date(1900, 3, 1)
"""Excel's calendar is wrong before this day and ends at 1900-01-01."""
CUT = " … [cut: a cell of Excel holds no more]"

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def xlsx(frame: gpd.GeoDataFrame, schema: FrameSchema, path: Path, options: FormatOptions) -> None:
    """Write a workbook of two sheets: the rows, and what the fields mean.

    Dates are dates, unknown values are empty cells. A text that looks like a formula is
    a text cell with Excel's own quote prefix: nothing runs, and the value is exact.
    Coordinates are in the columns ``longitude`` and ``latitude``; other geometry does
    not fit a cell and is left out, which the second sheet says.

    Raises
    ------
    InvalidInput
        There are more rows than a sheet can hold.
    """
    from openpyxl import Workbook
    from openpyxl.writer.excel import ExcelWriter

    if len(frame) > MOST_ROWS:
        raise InvalidInput(
            f"{len(frame)} rows are more than a sheet of Excel holds ({MOST_ROWS}). "
            "Choose fewer by a filter, or write CSV, GeoPackage or Parquet.",
            code="too-many-rows",
        )
    book = Workbook(write_only=True)
    _rows(book, frame, schema, options)
    _fields(book, schema)
    book.properties.creator = "hazardmap"
    book.properties.created = book.properties.modified = datetime(*MOMENT)  # noqa: DTZ001
    with FixedZip(path) as archive:
        ExcelWriter(book, archive).write_data()


def _rows(book: Any, frame: Any, schema: FrameSchema, options: FormatOptions) -> None:
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet((options.title or schema.name)[:31])
    sheet.freeze_panes = "A3" if options.hxl else "A2"
    for position, column in enumerate(schema.columns, 1):
        width = min(max(len(column.name) + 2, 12), 30)
        sheet.column_dimensions[get_column_letter(position)].width = width
    last = get_column_letter(len(schema.columns))
    sheet.auto_filter.ref = f"A{2 if options.hxl else 1}:{last}{len(frame) + 1 + options.hxl}"
    sheet.append(_bold(sheet, schema.names))
    if options.hxl:
        sheet.append([column.hxl for column in schema.columns])
    columns = [_cells(sheet, frame[c.name], c) for c in schema.columns]
    for row in zip(*columns, strict=True):
        sheet.append(row)


def _fields(book: Any, schema: FrameSchema) -> None:
    sheet = book.create_sheet("fields")
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDEF", (24, 10, 70, 24, 60, 26), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append(_bold(sheet, ["field", "kind", "meaning", "unit", "codes", "hxl"]))
    for c in schema.columns:
        sheet.append([c.name, c.kind, c.description, c.unit, ", ".join(c.codes) or None, c.hxl])
    sheet.append([])
    sheet.append(["An empty cell is unknown, never 0."])
    if schema.geometry not in (None, "Point"):
        sheet.append(["The shapes are left out: take GeoPackage or GeoJSON for them."])


def _bold(sheet: Any, names: Sequence[str]) -> list[Any]:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    cells = []
    for name in names:
        cell = WriteOnlyCell(sheet, value=name)
        cell.font = Font(bold=True)
        cells.append(cell)
    return cells


def _cells(sheet: Any, values: Any, column: Column) -> Iterator[Any]:
    found = known_values(values, column)
    if column.kind == "text":
        return (_text(sheet, value) for value in found)
    if column.kind == "date":
        # openpyxl gives dates their number format; a day before its calendar is text.
        return (v if v is None or v >= FIRST_DAY else v.isoformat() for v in found)
    return iter(found)


def _text(sheet: Any, value: str | None) -> Any:
    if value is None:
        return None
    if len(value) > MOST_TEXT:
        value = value[: MOST_TEXT - len(CUT)] + CUT
    # XML has no control characters; the mark shows that one stood here.
    value = _UNWRITABLE.sub("\ufffd", value)
    if not is_formula(value) and not value.startswith("#"):
        return value
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value=value)
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell


logger = logging.getLogger(__name__)

Pieces = Callable[[gpd.GeoDataFrame, FrameSchema, FormatOptions], Iterator[bytes]]
Writer = Callable[[gpd.GeoDataFrame, FrameSchema, Path, FormatOptions], None]

PIECE = 1 << 18


@dataclass(frozen=True, slots=True)
class Format:
    """One format: what it is called, and how it is written."""

    key: str
    """Value of the parameter ``f``."""
    title: str
    media_type: str
    suffix: str
    """Suffix of a download."""
    suffixes: tuple[str, ...]
    """All suffixes that a file to be written may have."""
    pieces: Pieces | None = None
    """Gives the file piece by piece …"""
    writer: Writer | None = None
    """… or writes it as a whole, where the format needs to be sought in."""


_ROWS = (
    Format(
        "geojson", "GeoJSON", "application/geo+json", ".geojson", (".geojson", ".json"), geojson
    ),
    Format(
        "jsonl",
        "GeoJSON text sequence",
        "application/geo+json-seq",
        ".geojsons",
        (".geojsonl", ".geojsons", ".jsonl", ".ndjson"),
        sequence,
    ),
    Format("csv", "CSV", "text/csv", ".csv", (".csv",), csv_text),
    Format(
        "xlsx",
        "Excel workbook",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ".xlsx",
        (".xlsx",),
        writer=xlsx,
    ),
    Format(
        "gpkg",
        "GeoPackage",
        "application/geopackage+sqlite3",
        ".gpkg",
        (".gpkg",),
        writer=geopackage,
    ),
    Format("fgb", "FlatGeobuf", "application/flatgeobuf", ".fgb", (".fgb",), writer=flatgeobuf),
    Format(
        "parquet",
        "GeoParquet",
        "application/vnd.apache.parquet",
        ".parquet",
        (".parquet", ".geoparquet"),
        writer=parquet,
    ),
    Format(
        "arrow",
        "Arrow IPC stream",
        "application/vnd.apache.arrow.stream",
        ".arrows",
        (".arrows", ".arrow"),
        arrow_stream,
    ),
    Format("kml", "KML", "application/vnd.google-earth.kml+xml", ".kml", (".kml",), kml),
    Format(
        "shp",
        "Shapefile (zipped)",
        "application/x-shapefile+zip",
        ".zip",
        (".zip", ".shp.zip", ".shz"),
        writer=shapefile,
    ),
)

FORMATS: dict[str, Format] = {row.key: row for row in _ROWS}


def format_of(path: Path | str) -> Format:
    """Find the format that a file's suffix names.

    Raises
    ------
    InvalidInput
        No format has that suffix; the message lists those there are.

    Examples
    --------
    >>> format_of("risk.GPKG").key
    'gpkg'
    """
    name = Path(path).name.lower()
    for row in _ROWS:
        if name.endswith(row.suffixes):
            return row
    known = " ".join(row.suffixes[0] for row in _ROWS)
    raise InvalidInput(
        f"{Path(path).name!r}: the suffix names no format; there are {known}.",
        code="bad-format",
        details=[{"field": "output", "reason": "unknown suffix"}],
    )


def write(
    frame: gpd.GeoDataFrame,
    schema: FrameSchema,
    path: Path | str,
    *,
    key: str | None = None,
    options: FormatOptions | None = None,
) -> None:
    """Write a layer to a file, which appears only when it is complete.

    Without a `key` of `FORMATS` the suffix tells the format. The frame holds rows of the schema
    in WGS 84 (lon, lat), and is not changed.

    Raises
    ------
    InvalidInput
        The suffix, the CRS or a chosen property is not known, the layer does not fit the
        format, or the file cannot be written.
    StoreError
        The disk is full; what stood at the path still does.
    """
    path = Path(path)
    row = _row(key) if key else format_of(path)
    options = options or FormatOptions()
    if options.record_separator is None:
        options = replace(options, record_separator=path.suffix.lower() == row.suffix)
    schema, frame = narrowed(schema, options), with_notice(frame, options)
    with whole(path) as made:
        _write(row, frame, schema, made, options)


def _write(
    row: Format, frame: gpd.GeoDataFrame, schema: FrameSchema, path: Path, options: FormatOptions
) -> None:
    if row.pieces is not None:
        with path.open("wb") as sink:
            for piece in row.pieces(frame, schema, options):
                sink.write(piece)
    elif row.writer is not None:
        # The name that a driver is given never stands in what it writes: the same layer is to be
        # the same bytes whatever its file is called.
        made = path.with_name(f"layer{row.suffix}")
        try:
            row.writer(frame, schema, made, options)
        except (_errors.DataSourceError, _errors.DataLayerError) as reason:
            # GDAL tells a full disk in words of SQL or of a field that could not grow.
            logger.warning("GDAL could not write %s: %s", path.name, reason)
            raise no_room() from None
        except Exception as reason:
            # lxml's own; it is there only where openpyxl found it.
            if type(reason).__name__ == "SerialisationError":
                raise no_room() from None
            raise
        if made != path:
            made.replace(path)


def stream(
    frame: gpd.GeoDataFrame, schema: FrameSchema, key: str, options: FormatOptions | None = None
) -> Iterator[bytes]:
    """Give a layer as the bytes of a file, piece by piece.

    Text formats are made as they are read. The others are made first, so that what does not fit
    raises before the first piece, and then read from a temporary file.

    Raises
    ------
    InvalidInput
        As for `write`.
    """
    row = _row(key)
    options = options or FormatOptions()
    if row.pieces is not None:
        return row.pieces(with_notice(frame, options), narrowed(schema, options), options)
    folder = scratch("layer")
    try:
        write(frame, schema, Path(folder.name) / f"layer{row.suffix}", key=key, options=options)
    except BaseException:
        folder.cleanup()
        raise
    return _read(folder, Path(folder.name) / f"layer{row.suffix}")


def _read(folder: "tempfile.TemporaryDirectory[str]", path: Path) -> Iterator[bytes]:
    with folder, path.open("rb") as source:
        while piece := source.read(PIECE):
            yield piece


def _row(key: str) -> Format:
    row = FORMATS.get(key)
    if row is None:
        raise InvalidInput(
            f"The format {key[:40]!r} is not known; there are {', '.join(FORMATS)}.",
            code="bad-format",
            details=[{"field": "f", "reason": "unknown"}],
        )
    return row
