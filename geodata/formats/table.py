"""The formats: one row each. `write` and `stream` serve files and answers alike."""

import logging
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd

from geodata.deferred import deferred
from geodata.disk import no_room, scratch, whole
from geodata.errors import InvalidInput
from geodata.formats.arrow import arrow_stream, parquet
from geodata.formats.geojson import geojson, sequence
from geodata.formats.ogr import flatgeobuf, geopackage, kml, shapefile
from geodata.formats.options import FormatOptions, narrowed, with_notice
from geodata.formats.spreadsheets import csv_text, xlsx
from geodata.schemas import FrameSchema

_errors = deferred("pyogrio.errors")
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

    Parameters
    ----------
    frame
        Rows of the schema, WGS 84 (lon, lat); not changed.
    schema
        Names, kinds and meaning of the columns.
    path
        The file; one that exists is replaced.
    key
        A key of `FORMATS`; None takes the format of the suffix.
    options
        See `FormatOptions`.

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

    Parameters
    ----------
    frame, schema, key, options
        As for `write`.

    Returns
    -------
    iterator of bytes
        Text formats are made as they are read. The others are made first, so that what
        does not fit raises before the first piece, and then read from a temporary file.

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
