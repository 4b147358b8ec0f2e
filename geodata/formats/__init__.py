"""What the layers can be written as: one row a format in `table.FORMATS`."""

from geodata.formats.geojson import collection_bytes, feature_bytes
from geodata.formats.options import FormatOptions
from geodata.formats.table import FORMATS, Format, format_of, stream, write

__all__ = [
    "FORMATS",
    "Format",
    "FormatOptions",
    "collection_bytes",
    "feature_bytes",
    "format_of",
    "stream",
    "write",
]
