"""Reading polygons from any file that GDAL or Arrow reads, within limits."""

import zipfile
from pathlib import Path, PurePosixPath

import geopandas as gpd
import pyarrow.parquet as pq
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from geodata.districts.complaints import Complaint
from geodata.errors import InvalidInput
from geodata.schema import CRS84

MAX_FILE_BYTES = 1_000_000_000
MAX_UNPACKED_BYTES = 2_000_000_000
MAX_RATIO = 200
MAX_ENTRIES = 1_000
MAX_FEATURES = 100_000
_SPATIAL = (".shp", ".geojson", ".gpkg", ".fgb", ".kml", ".json")
# Drivers that follow what a file points at: other files, databases, addresses.
_POINTERS = (b"<OGRVRT", b"<VRTDataset", b"schemaLocation", b"<!ENTITY", b"<NetworkLink")
_PARQUET = (".parquet", ".geoparquet", ".pq")


def read_polygons(
    path: str | Path, *, layer: str | None = None, level: int | None = None
) -> tuple[gpd.GeoDataFrame, list[Complaint]]:
    """Read a boundary file into WGS 84.

    Parameters
    ----------
    path
        GeoJSON, GeoPackage, FlatGeobuf, a Shapefile (also zipped), GeoParquet, or anything
        else GDAL reads, in any CRS.
    layer
        The layer to read; needed where a file has several and `level` does not tell.
    level
        Administrative level; picks the layer whose name ends in ``adm1`` and the like.

    Returns
    -------
    tuple
        The rows in the file's order in OGC:CRS84 (lon, lat), and what there was to say
        about the CRS.

    Raises
    ------
    InvalidInput
        There is no such file, it is too large or not readable, or the layer is not clear
        (code ``bad-boundaries``).
    """
    path = Path(path)
    if not path.exists():
        raise _bad(f"there is no file {path.name!r}")
    if path.is_file() and path.stat().st_size > MAX_FILE_BYTES:
        raise _bad(f"the file is larger than {MAX_FILE_BYTES // 10**6} MB")
    _check_pointers(path)
    if path.suffix.lower() in _PARQUET:
        frame = _read_parquet(path)
    else:
        frame = _read_gdal(path, layer, level)
    if not isinstance(frame, gpd.GeoDataFrame):
        raise _bad("the file has no geometry column")
    return _in_wgs84(frame)


def _read_parquet(path: Path) -> gpd.GeoDataFrame:
    try:
        metadata = pq.read_metadata(path)
        unpacked = sum(
            metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups)
        )
        _check_size(metadata.num_rows, unpacked)
        return gpd.read_parquet(path)
    except (ValueError, OSError) as reason:
        raise _bad(f"it is no GeoParquet file: {str(reason)[:200]}") from None


def _read_gdal(path: Path, layer: str | None, level: int | None) -> gpd.GeoDataFrame:
    source = _checked_archive(path) if path.suffix.lower() == ".zip" else str(path)
    try:
        layers = [(str(name), str(kind)) for name, kind in pyogrio.list_layers(source) if kind]
        areal = [name for name, kind in layers if "Polygon" in kind]
        chosen = _layer(areal or [name for name, _ in layers], layer, level)
        info = pyogrio.read_info(source, layer=chosen, force_feature_count=True)
        _check_size(int(info["features"]), 0)
        return pyogrio.read_dataframe(source, layer=chosen)
    except (DataSourceError, DataLayerError, ValueError) as reason:
        raise _bad(f"it cannot be read: {str(reason)[:200]}") from None


def _layer(names: list[str], layer: str | None, level: int | None) -> str:
    if layer is not None:
        if layer in names:
            return layer
        raise _bad(f"there is no layer {layer!r}; there are {', '.join(names)}")
    if len(names) == 1:
        return names[0]
    if level is not None:
        fitting = [n for n in names if f"adm{level}" in n.lower() or f"admin{level}" in n.lower()]
        if len(fitting) == 1:
            return fitting[0]
    if not names:
        raise _bad("no layer of it has geometries")
    raise _bad(f"it has several layers, name one: {', '.join(names[:20])}")


def _checked_archive(path: Path) -> str:
    """Look into a zip file before GDAL does, and name the one data set in it."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError):
        raise _bad("it is no zip archive") from None
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(sum(entry.compress_size for entry in entries), 1)
    if len(entries) > MAX_ENTRIES:
        raise _bad(f"the archive has more than {MAX_ENTRIES} entries")
    if unpacked > MAX_UNPACKED_BYTES or (unpacked > 10**7 and unpacked > MAX_RATIO * packed):
        raise _bad("the archive unpacks to far more than boundaries need")
    names = [entry.filename for entry in entries if not entry.is_dir()]
    if any(PurePosixPath(n).is_absolute() or ".." in PurePosixPath(n).parts for n in names):
        raise _bad("the archive has entries that point outside of it")
    data = [n for n in names if n.lower().endswith(_SPATIAL) and "__MACOSX" not in n]
    if any(not n.lower().endswith(".json") for n in data):
        data = [n for n in data if not n.lower().endswith(".json")]
    if len(data) != 1:
        found = ", ".join(data[:10]) or "none"
        raise _bad(f"the archive has to hold one data set; it holds {found}")
    return f"/vsizip/{{{path.resolve()}}}/{data[0]}"


def _check_pointers(path: Path) -> None:
    if path.is_file():
        with path.open("rb") as lines:
            head = lines.read(65_536)
        if (
            any(mark in head for mark in _POINTERS)
            and head.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<"
        ):
            raise _bad("it refers to other files or addresses, which are not followed")


def _check_size(rows: int, unpacked: int) -> None:
    if rows > MAX_FEATURES:
        raise _bad(f"it has {rows} features; boundaries have at most {MAX_FEATURES}")
    if unpacked > MAX_UNPACKED_BYTES:
        raise _bad("it unpacks to far more than boundaries need")


def _in_wgs84(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[Complaint]]:
    if frame.crs is not None:
        return frame.to_crs(CRS84), []
    west, south, east, north = frame.total_bounds if len(frame) else (0, 0, 0, 0)
    if not (-180.1 <= west <= east <= 180.1 and -90.1 <= south <= north <= 90.1):
        raise _bad("it names no coordinate system and its numbers are no degrees; add the CRS")
    said = Complaint(
        None,
        None,
        "the file names no coordinate system; its numbers look like degrees and were taken as "
        "WGS 84, longitude first",
        "warning",
        repaired=True,
    )
    return frame.set_crs(CRS84), [said]


def _bad(why: str) -> InvalidInput:
    return InvalidInput(
        f"The boundary file cannot be read: {why}.",
        code="bad-boundaries",
        details=[{"field": "file", "row": None, "reason": why}],
    )
