"""Tables for spreadsheets: CSV in UTF-8 with an optional row of HXL tags, and XLSX."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyarrow as pa
import pyarrow.csv as arrow_csv
import shapely

from geodata.crs import is_crs84
from geodata.errors import InvalidInput
from geodata.formats.arrow import shapes_of, to_table
from geodata.formats.fixed_zip import MOMENT, FixedZip
from geodata.formats.formulas import is_formula, neutralised
from geodata.formats.geometry import crs_of, decimals_of, rounded
from geodata.formats.options import FormatOptions
from geodata.formats.scalars import known_values, time_texts
from geodata.schemas import Column, FrameSchema

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
