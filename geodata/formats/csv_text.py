"""CSV in UTF-8 for spreadsheets and scripts, with an optional row of HXL tags."""

import codecs
import csv
import io
from collections.abc import Iterator

import geopandas as gpd
import pyarrow as pa
import pyarrow.csv as arrow_csv
import shapely

from geodata.crs import is_crs84
from geodata.formats.arrow import shapes_of, to_table
from geodata.formats.formulas import neutralised
from geodata.formats.geometry import crs_of, decimals_of, rounded
from geodata.formats.options import FormatOptions
from geodata.formats.values import time_texts
from geodata.schema import FrameSchema

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
    table = to_table(harmless, schema)
    for position, column in enumerate(schema.columns):
        if column.kind == "datetime":
            texts = pa.array(time_texts(frame[column.name]), type=pa.string())
            table = table.set_column(position, column.name, texts)
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
