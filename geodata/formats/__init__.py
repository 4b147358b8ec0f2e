"""What the layers can be written as: one row a format in `table.FORMATS`."""

from typing import TYPE_CHECKING

from geodata.deferred import parts

if TYPE_CHECKING:
    from geodata.formats.geojson import (
        COLLECTION_END,
        bytes_of,
        collection_bytes,
        collection_head,
        feature_texts,
    )
    from geodata.formats.options import FormatOptions
    from geodata.formats.partitioned import Part, Parts, parts_of, write_parts
    from geodata.formats.table import FORMATS, Format, format_of, stream, write

__all__ = [
    "COLLECTION_END",
    "FORMATS",
    "Format",
    "FormatOptions",
    "Part",
    "Parts",
    "bytes_of",
    "collection_bytes",
    "collection_head",
    "feature_texts",
    "format_of",
    "parts_of",
    "stream",
    "write",
    "write_parts",
]

__getattr__ = parts(
    __name__,
    {
        "geojson": (
            "COLLECTION_END",
            "bytes_of",
            "collection_bytes",
            "collection_head",
            "feature_texts",
        ),
        "options": ("FormatOptions",),
        "partitioned": ("Part", "Parts", "parts_of", "write_parts"),
        "table": ("FORMATS", "Format", "format_of", "stream", "write"),
    },
)
