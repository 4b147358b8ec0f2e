"""Vector files: whatever GDAL reads, streamed as Arrow batches; GeoParquet by pyarrow."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from geodata.errors import InvalidInput
from geodata.intake.limits import Limits, check_rows, check_width
from geodata.intake.table import BAD, CHUNK_ROWS, LAT, LON, ROW, SHAPE, WKT, Table, plain_frame
from geodata.schema import CRS84

_SAMPLE_ROWS = 200
_WGS84 = CRS.from_user_input(CRS84)


def open_vector(
    path: Path, source: str, limits: Limits, *, layer: str | None = None, shapes: bool = False
) -> Table:
    """Open a layer of a vector file.

    Parameters
    ----------
    path
        The file, for messages.
    source
        What GDAL opens: the path, or ``/vsizip/…`` of a checked archive.
    limits
        Its bounds.
    layer
        Name; None takes the only one, or the first of several, saying so.
    shapes
        Give the whole geometry too, as WKT in `WKT`.

    Returns
    -------
    Table
        Attributes as text, dates as ISO days; the point in `LON` and `LAT` (WGS 84 degrees,
        transformed from the layer's CRS with longitude first), the geometry's type in `SHAPE`.

    Raises
    ------
    InvalidInput
        GDAL cannot read it, it has no such layer, or it is beyond the limits.
    """
    try:
        layers = [str(name) for name in pyogrio.list_layers(source)[:, 0]]
        chosen = layer or layers[0]
        info = pyogrio.read_info(source, layer=chosen)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, IndexError) as reason:
        raise _unreadable(path, reason) from None
    check_width(len(info["fields"]), limits)
    notes = [f"Layer {chosen!r}, {info['driver']}, {info['crs'] or 'no CRS stated'}."]
    if len(layers) > 1 and layer is None:
        notes.append(f"Layers not read: {', '.join(x for x in layers if x != chosen)[:300]}.")

    def _read(size: int = CHUNK_ROWS) -> Iterator[pd.DataFrame]:
        return _guarded(_layer_batches(source, chosen, size, shapes), path, limits)

    return _table("geo", _read, [str(name) for name in info["fields"]], notes)


def open_parquet(path: Path, limits: Limits) -> Table:
    """Open a (Geo)Parquet file.

    Parameters
    ----------
    path
        The file.
    limits
        Its bounds, applied to what the file's own directory states before reading.

    Returns
    -------
    Table
        As `open_vector` gives.

    Raises
    ------
    InvalidInput
        Damaged, or beyond the limits.
    """
    try:
        with pq.ParquetFile(path) as file:
            meta = file.metadata
            groups = [meta.row_group(i).total_byte_size for i in range(meta.num_row_groups)]
            names = list(file.schema_arrow.names)
    except (pa.ArrowException, OSError, ValueError) as reason:
        raise _unreadable(path, reason) from None
    check_rows(meta.num_rows, limits)
    check_width(len(names), limits)
    if sum(groups) > limits.expanded_bytes:
        raise InvalidInput(f"{path.name} unpacks beyond the limit.", code="archive-too-large")

    def _read(size: int = CHUNK_ROWS) -> Iterator[pd.DataFrame]:
        return _guarded(_parquet_batches(path, size), path, limits)

    return _table("parquet", _read, [n for n in names if n != "geometry"], ["Parquet."])


def _table(
    kind: str,
    read: Callable[..., Iterator[pd.DataFrame]],
    fields: list[str],
    notes: list[str],
) -> Table:
    sample = next(read(_SAMPLE_ROWS), None)
    if sample is None:
        sample = pd.DataFrame({ROW: np.empty(0, dtype="int64")} | {f: [] for f in fields})
    located = LON in sample
    columns = tuple(c for c in sample.columns if c not in (ROW, BAD, LON, LAT, SHAPE, WKT))
    return Table(kind, columns, sample, read, {}, tuple(notes), has_geometry=located)


def _layer_batches(
    source: str,
    layer: str,
    size: int,
    shapes: bool,  # noqa: FBT001
) -> Iterator[pd.DataFrame]:
    with pyogrio.open_arrow(
        source, layer=layer, batch_size=size, use_pyarrow=True, datetime_as_string=True
    ) as (meta, reader):
        column = meta["geometry_name"] or "wkb_geometry"
        for batch in reader:
            yield _located(batch.to_pandas(), column, meta["crs"], keep=shapes)


def _parquet_batches(path: Path, size: int) -> Iterator[pd.DataFrame]:
    with pq.ParquetFile(path) as file:
        meta = file.schema_arrow.metadata or {}
        crs: str | None = None
        if b"geo" in meta:
            geo = pd.io.json.ujson_loads(meta[b"geo"].decode())
            stated = geo.get("columns", {}).get(geo.get("primary_column"), {}).get("crs", CRS84)
            crs = CRS.from_user_input(stated).to_string() if stated else None
        for batch in file.iter_batches(batch_size=size):
            yield _located(batch.to_pandas(), "geometry", crs)


def _located(
    frame: pd.DataFrame, column: str, crs: str | None, *, keep: bool = False
) -> pd.DataFrame:
    if column not in frame:
        return frame
    shapes = shapely.from_wkb(frame.pop(column).to_numpy(), on_invalid="ignore")
    # GEOS refuses to look into an empty point, which is also what a position of NaN becomes.
    shapes = np.where(shapely.is_empty(shapes), None, shapes)
    kinds = shapely.get_type_id(shapes)
    single = (kinds == shapely.GeometryType.MULTIPOINT) & (shapely.get_num_geometries(shapes) == 1)
    shapes = np.where(single, shapely.get_geometry(shapes, 0), shapes)
    x, y = shapely.get_x(shapes), shapely.get_y(shapes)
    if crs is not None:
        x, y = _to_wgs84(x, y, crs)
    if keep:
        whole = (
            shapes
            if crs is None
            else shapely.transform(
                shapes, lambda xy: np.column_stack(_to_wgs84(xy[:, 0], xy[:, 1], crs))
            )
        )
        frame[WKT] = shapely.to_wkt(shapely.force_2d(whole), rounding_precision=7)
    empty = shapely.is_missing(shapes)
    names = np.array(["unreadable", *(g.name.title() for g in shapely.GeometryType if g >= 0)])
    frame[LON], frame[LAT] = x, y
    frame[SHAPE] = np.where(empty, None, names[shapely.get_type_id(shapes) + 1].astype(object))
    return frame


def _to_wgs84(x: np.ndarray, y: np.ndarray, crs: str) -> tuple[np.ndarray, np.ndarray]:
    try:
        held = CRS.from_user_input(crs)
    except CRSError as reason:
        raise InvalidInput(
            f"The layer's coordinate system is not known ({reason}).", code="bad-crs"
        ) from None
    if held.equals(_WGS84, ignore_axis_order=True) or held.to_epsg() == 4326:
        return x, y
    lon, lat = Transformer.from_crs(held, _WGS84, always_xy=True).transform(x, y)
    return np.asarray(lon), np.asarray(lat)


def _guarded(batches: Iterator[pd.DataFrame], path: Path, limits: Limits) -> Iterator[pd.DataFrame]:
    total = 0
    try:
        for frame in batches:
            if not len(frame):
                continue
            numbers = np.arange(total + 1, total + len(frame) + 1, dtype="int64")
            total += len(frame)
            check_rows(total, limits)
            yield _as_text(frame, numbers, limits)
    except (pyogrio.errors.DataSourceError, pa.ArrowException, RuntimeError, OSError) as reason:
        raise _unreadable(path, reason) from None


def _as_text(frame: pd.DataFrame, numbers: np.ndarray, limits: Limits) -> pd.DataFrame:
    data: dict[str, Any] = {ROW: numbers}
    for name in frame.columns:
        own = name in (LON, LAT, SHAPE)
        data[str(name)] = frame[name].to_numpy() if own else _text_column(frame[name])
    result = plain_frame(data)
    for name in result.columns[1:]:
        if result[name].dtype == object:
            longest = max((len(v) for v in result[name] if isinstance(v, str)), default=0)
            if longest > limits.field_chars:
                raise InvalidInput(
                    f"The field {name!r} holds a text of {longest:,} characters; at most "
                    f"{limits.field_chars:,} are read.",
                    code="field-too-long",
                )
    result[BAD] = pd.Series([None] * len(result), dtype=object)
    return result


def _text_column(values: pd.Series) -> np.ndarray:
    result = np.empty(len(values), dtype=object)
    result[:] = [_cell(value) for value in values.tolist()]
    return result


def _cell(value: object) -> str | None:
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, float):
        if value != value:
            return None
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    text = str(value).strip()
    if text.endswith((" 00:00:00", "T00:00:00")):
        text = text[:-9]
    return text or None


def _unreadable(path: Path, reason: object) -> InvalidInput:
    return InvalidInput(
        f"{path.name} cannot be read as a vector layer ({str(reason)[:200]}). "
        "Save it as GeoPackage, GeoJSON or CSV.",
        code="bad-file",
    )
