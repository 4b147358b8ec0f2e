"""What a file is, told by its first bytes and never by what it is called."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from geodata.errors import InvalidInput
from geodata.untrusted.archives import check_prolog
from geodata.wording import say

_HEAD = 8_192
_ARCHIVE = b"PK\x03\x04"
_NOT_READ = (b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b")
# A MapInfo table is read when it holds its own data; a view, a seamless or a linked one names
# the files it is made of.
_TAB_POINTS = re.compile(
    rb"open\s+table|create\s+view|isseamless|type\s+linked|\bfile\s+\"", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class VectorKind:
    """A kind of vector file that is read."""

    name: str
    """As users know it."""
    drivers: tuple[str, ...]
    """GDAL's drivers that may open it; none other is registered while it is read. Empty for
    Parquet, which Arrow reads."""
    suffixes: tuple[str, ...]
    """What such files are called; GDAL sees the first where the name has none of them."""


VECTORS: Mapping[str, VectorKind] = {
    "gpkg": VectorKind("GeoPackage", ("GPKG",), (".gpkg",)),
    "fgb": VectorKind("FlatGeobuf", ("FlatGeobuf",), (".fgb",)),
    "shp": VectorKind("Shapefile", ("ESRI Shapefile",), (".shp",)),
    "json": VectorKind(
        "GeoJSON",
        ("GeoJSON", "GeoJSONSeq", "TopoJSON", "ESRIJSON"),
        (".geojson", ".json", ".geojsonl", ".geojsons", ".jsonl", ".ndjson", ".topojson"),
    ),
    "kml": VectorKind("KML", ("LIBKML", "KML"), (".kml",)),
    "gpx": VectorKind("GPX", ("GPX",), (".gpx",)),
    "tab": VectorKind("MapInfo", ("MapInfo File",), (".tab",)),
    "mif": VectorKind("MapInfo", ("MapInfo File",), (".mif",)),
    "parquet": VectorKind("GeoParquet", (), (".parquet",)),
}
"""The kinds by the name that `kind_of` gives them. A kind that can point at other files or
addresses (VRT, GML, WFS, a database's connection) has no row here, so no driver."""


def kind_of(path: Path) -> str:
    """Tell a file by its content.

    ``archive`` for a ZIP container (XLSX is one), a key of `VECTORS`, or ``text`` for what may be a
    delimited table.

    Raises
    ------
    InvalidInput
        It does not exist, is empty, or is of a kind that is not read.
    """
    head = _head(path)
    if head.startswith(_ARCHIVE):
        return "archive"
    for magic, kind in (
        (b"PAR1", "parquet"),
        (b"SQLite format 3\x00", "gpkg"),
        (b"fgb", "fgb"),
        (b"\x00\x00\x27\x0a", "shp"),
    ):
        if head.startswith(magic):
            return kind
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\x1e \t\r\n")
    if text.startswith(b"{"):
        return "json"
    if text.startswith(b"<"):
        return _markup(path, text)
    if text[:6].lower() == b"!table":
        return _mapinfo(path, head)
    if path.suffix.lower() == ".mif" and text[:8].lower() == b"version ":
        return "mif"
    if head.startswith(_NOT_READ):
        raise InvalidInput(
            say(
                "{name} is of a kind that is not read (old .xls, PDF, picture or gzip). Save "
                "the table as XLSX or CSV.",
                name=path.name,
            ),
            code="unsupported-media-type",
        )
    return "text"


def _head(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise InvalidInput(
                say("{path} cannot be opened: it is no file.", path=path), code="no-such-file"
            )
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError as reason:
        raise InvalidInput(
            say("{path} cannot be opened: {reason}.", path=path, reason=reason.strerror or reason),
            code="no-such-file",
        ) from None
    if not head.strip():
        raise InvalidInput(say("{name} is empty.", name=path.name), code="empty-file")
    return head


def _markup(path: Path, text: bytes) -> str:
    start = text.lower()
    kind = "kml" if b"<kml" in start else "gpx" if b"<gpx" in start else None
    if kind is None:
        raise InvalidInput(
            say(
                "{name} is XML of a kind that is not read (KML and GPX are): it can refer to "
                "other files or addresses, which are not followed. Save it as GeoPackage, "
                "GeoJSON or CSV.",
                name=path.name,
            ),
            code="unsupported-media-type",
        )
    with path.open("rb") as stream:
        check_prolog(stream, path.name)
    return kind


def _mapinfo(path: Path, head: bytes) -> str:
    if path.stat().st_size > _HEAD or _TAB_POINTS.search(head):
        raise InvalidInput(
            say(
                "{name} is a MapInfo table that refers to other files, which are not followed. "
                "Save it as GeoPackage.",
                name=path.name,
            ),
            code="unsupported-media-type",
        )
    return "tab"
