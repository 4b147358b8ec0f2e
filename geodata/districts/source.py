"""Reading polygons from a boundary file, within limits and apart from the rest."""

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from geodata.disk import scratch
from geodata.districts.complaints import Complaint
from geodata.errors import InvalidInput
from geodata.schema import CRS84
from geodata.untrusted.archives import unpacked
from geodata.untrusted.contents import VECTORS, kind_of
from geodata.untrusted.limits import DEFAULT_LIMITS, Limits
from geodata.untrusted.vectors import VectorLayer, read_layer

MAX_DISTRICTS = 100_000
BOUNDARY_LIMITS = replace(DEFAULT_LIMITS, rows=MAX_DISTRICTS)


def read_polygons(
    path: str | Path,
    *,
    layer: str | None = None,
    level: int | None = None,
    limits: Limits = BOUNDARY_LIMITS,
) -> tuple[gpd.GeoDataFrame, list[Complaint]]:
    """Read a boundary file into WGS 84.

    Parameters
    ----------
    path
        A vector file of a kind in `geodata.untrusted.contents.VECTORS`, also zipped, in any
        CRS.
    layer
        The layer to read; needed where a file has several and `level` does not tell.
    level
        Administrative level; picks the layer whose name ends in ``adm1`` and the like.
    limits
        Bounds of the file.

    Returns
    -------
    tuple
        The rows in the file's order in OGC:CRS84 (lon, lat), and what there was to say
        about the CRS.

    Raises
    ------
    InvalidInput
        There is no such file, it is beyond the limits or not readable, it points at other
        files or addresses, or the layer is not clear (code ``bad-boundaries``).
    """
    path = Path(path)
    if not path.exists():
        raise _bad(f"there is no file {path.name!r}")
    limits = replace(limits, rows=min(limits.rows, MAX_DISTRICTS))
    try:
        with scratch("unpacked") as folder:
            kind = kind_of(path)
            if kind == "archive":
                path = unpacked(path, Path(folder), limits)
                kind = kind_of(path)
            if kind not in VECTORS:
                raise _bad("it is no vector file")
            frame = _frame(_chosen(path, kind, limits, layer, level))
    except InvalidInput as reason:
        if reason.code == "bad-boundaries":
            raise
        raise _bad(reason.message) from None
    return _in_wgs84(frame)


def _chosen(
    path: Path, kind: str, limits: Limits, layer: str | None, level: int | None
) -> VectorLayer:
    found = read_layer(path, kind, limits, layer=layer, areal=True)
    layers = [(name, form) for name, form in found.layers if form]
    areal = [name for name, form in layers if "Polygon" in form]
    name = _layer(areal or [name for name, _ in layers], layer, level)
    return found if name == found.name else read_layer(path, kind, limits, layer=name)


def _frame(layer: VectorLayer) -> gpd.GeoDataFrame:
    parts = [batch.to_pandas() for batch in layer.batches()]
    data = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=layer.fields)
    if layer.geometry not in data:
        if parts:
            raise _bad("the file has no geometry column")
        data[layer.geometry] = None
    shapes = shapely.from_wkb(data.pop(layer.geometry).to_numpy(), on_invalid="ignore")
    try:
        crs = CRS.from_user_input(layer.crs) if layer.crs else None
    except CRSError as reason:
        raise _bad(f"its coordinate system is not known ({reason})") from None
    return gpd.GeoDataFrame(data, geometry=shapes, crs=crs)


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
        f"The boundary file cannot be read: {why.rstrip('.')}.",
        code="bad-boundaries",
        details=[{"field": "file", "row": None, "reason": why}],
    )
