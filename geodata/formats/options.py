"""What can be chosen when a layer is written."""

from dataclasses import dataclass, replace

import geopandas as gpd
import pandas as pd

from geodata.errors import InvalidInput
from geodata.schemas import Column, FrameSchema


@dataclass(frozen=True, slots=True)
class FormatOptions:
    """Choices of a file; a format that has no use for one ignores it."""

    crs: str | None = None
    """CRS of the coordinates, longitude or easting first; None = WGS 84 (OGC:CRS84)."""
    properties: tuple[str, ...] | None = None
    """Columns to write, in this order; None = all. The id always comes along."""
    bom: bool = False
    """CSV: begin with a byte order mark, by which Excel knows UTF-8."""
    hxl: bool = False
    """CSV and XLSX: a row of HXL tags under the header."""
    wkt: bool | None = None
    """CSV: a column WKT; None = where longitude and latitude do not say it already."""
    record_separator: bool | None = None
    """GeoJSON sequences: begin each record with RS (RFC 8142); None = always but in files
    whose suffix promises plain lines (.geojsonl, .jsonl, .ndjson)."""
    by_space: bool = True
    """GeoParquet: rows along a curve through space where there are many; False = as they come."""
    title: str | None = None
    """Name of the layer inside the file; None = the collection's."""
    notice: str | None = None
    """A sentence that stays with the data: a last column `NOTICE` repeats it in every row,
    the one place that no format lacks and no conversion drops; None = no such column."""


NOTICE = "distribution"
"""Name of the column that holds the notice."""


def narrowed(schema: FrameSchema, options: FormatOptions) -> FrameSchema:
    """Give the schema of what is written: the chosen columns, the id first if missing.

    The column of the notice comes last, whatever was chosen.

    Raises
    ------
    InvalidInput
        A chosen column is none of the schema's.
    """
    chosen = _chosen(schema, options)
    if options.notice is None:
        return chosen
    notice = Column(NOTICE, "text", "Who may have this file")
    return replace(chosen, columns=(*chosen.columns, notice))


def with_notice(frame: gpd.GeoDataFrame, options: FormatOptions) -> gpd.GeoDataFrame:
    """Give the frame with the column of the notice, if there is one; the frame is not changed."""
    if options.notice is None:
        return frame
    text = pd.Series(options.notice, index=frame.index, dtype="str")
    return frame.assign(**{NOTICE: text})


def _chosen(schema: FrameSchema, options: FormatOptions) -> FrameSchema:
    if options.properties is None:
        return schema
    unknown = [name for name in options.properties if name not in schema.by_name]
    if unknown:
        raise InvalidInput(
            f"{schema.name} has no property {unknown[0][:60]!r}; it has " + ", ".join(schema.names),
            code="bad-properties",
            details=[{"field": "properties", "reason": f"unknown: {n[:60]}"} for n in unknown],
        )
    names = dict.fromkeys(options.properties)
    if schema.id_column not in names:
        names = {schema.id_column: None, **names}
    return replace(schema, columns=tuple(schema.by_name[name] for name in names))
