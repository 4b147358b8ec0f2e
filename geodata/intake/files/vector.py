"""Vector files as tables: their attributes as text, their points in WGS 84."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from geodata.errors import InvalidInput
from geodata.intake.table import BAD, CHUNK_ROWS, LAT, LON, ROW, SHAPE, WKT, Table, plain_frame
from geodata.schemas import CRS84
from geodata.untrusted.limits import Limits
from geodata.untrusted.sandbox import read_layer, unreadable
from geodata.wording import say

_SAMPLE_ROWS = 200
_WGS84 = CRS.from_user_input(CRS84)


def open_vector(
    path: Path, kind: str, limits: Limits, *, layer: str | None = None, shapes: bool = False
) -> Table:
    """Open a layer of a vector file.

    Parameters
    ----------
    kind
        What it is (see `geodata.untrusted.contents.VECTORS`).
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
        It cannot be read, it has no such layer, or it is beyond the limits.
    """
    held = read_layer(path, kind, limits, layer=layer)
    crs = held.crs or say("no CRS stated")
    notes = [say("Layer {name!r}, {driver}, {crs}.", name=held.name, driver=held.driver, crs=crs)]
    if kind == "parquet":
        notes = [say("Parquet.")]
    if len(held.layers) > 1 and layer is None:
        rest = ", ".join(name for name, _ in held.layers if name != held.name)
        notes.append(say("Layers not read: {rest}.", rest=rest[:300]))

    def _read(
        wanted: Collection[str] | None = None, *, size: int = CHUNK_ROWS
    ) -> Iterator[pd.DataFrame]:
        frames = (
            _located(_chosen(batch.to_pandas(), wanted, held), held.geometry, held.crs, keep=shapes)
            for batch in held.batches(size)
        )
        return _numbered(frames, path, limits)

    sample = next(_read(size=_SAMPLE_ROWS), None)
    if sample is None:
        sample = pd.DataFrame({ROW: np.empty(0, dtype="int64")} | {f: [] for f in held.fields})
    columns = tuple(c for c in sample.columns if c not in (ROW, BAD, LON, LAT, SHAPE, WKT))
    form = "parquet" if kind == "parquet" else "geo"
    return Table(form, columns, sample, _read, {}, tuple(notes), has_geometry=LON in sample)


def _chosen(frame: pd.DataFrame, wanted: Collection[str] | None, held: Any) -> pd.DataFrame:
    if wanted is None:
        return frame
    return frame[[c for c in frame.columns if c in wanted or c == held.geometry]]


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
            say("The layer's coordinate system is not known ({reason}).", reason=reason),
            code="bad-crs",
        ) from None
    if held.equals(_WGS84, ignore_axis_order=True) or held.to_epsg() == 4326:
        return x, y
    lon, lat = Transformer.from_crs(held, _WGS84, always_xy=True).transform(x, y)
    return np.asarray(lon), np.asarray(lat)


def _numbered(frames: Iterator[pd.DataFrame], path: Path, limits: Limits) -> Iterator[pd.DataFrame]:
    total = 0
    try:
        for frame in frames:
            if not len(frame):
                continue
            numbers = np.arange(total + 1, total + len(frame) + 1, dtype="int64")
            total += len(frame)
            yield _as_text(frame, numbers, limits)
    except (pa.ArrowException, RuntimeError, OSError) as reason:
        raise unreadable(path, reason) from None


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
                    say(
                        "The field {name!r} holds a text of {longest:,} characters; at most "
                        "{field_chars:,} are read.",
                        name=name,
                        longest=longest,
                        field_chars=limits.field_chars,
                    ),
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
