"""What can be chosen when a layer is written."""

from dataclasses import dataclass, replace

from geodata.errors import InvalidInput
from geodata.schema import FrameSchema


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
    title: str | None = None
    """Name of the layer inside the file; None = the collection's."""


def narrowed(schema: FrameSchema, options: FormatOptions) -> FrameSchema:
    """Give the schema of what is written: the chosen columns, the id first if missing.

    Raises
    ------
    InvalidInput
        A chosen column is none of the schema's.
    """
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
