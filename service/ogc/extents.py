"""Where and when the features of a layer are."""

from typing import Any

import numpy as np
import shapely

from geodata.register import Snapshot
from geodata.risk import RiskParameters
from service.collections import COLLECTIONS, Collection
from service.ogc.params.space import CRS84_URI, systems_for

GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"


def extent_of(snapshot: Snapshot, collection: Collection) -> dict[str, Any]:
    """Give the extent of a layer as OGC API writes it.

    Parameters
    ----------
    snapshot
        What the layer is made from.
    collection
        The layer.

    Returns
    -------
    dict
        `spatial` (WGS 84, lon lat) and `temporal` (RFC 3339, null = open), each left out
        where no feature has any.
    """
    return snapshot.cached(("extent", collection.id), lambda: _extent(snapshot, collection))


def systems_of(snapshot: Snapshot, collection: Collection) -> tuple[str, ...]:
    """Give the URIs of the coordinate reference systems that a layer is offered in."""

    def make() -> tuple[str, ...]:
        spatial = extent_of(snapshot, collection).get("spatial")
        return systems_for(tuple(spatial["bbox"][0]) if spatial else None)

    return snapshot.cached(("systems", collection.id), make)


def _extent(snapshot: Snapshot, collection: Collection) -> dict[str, Any]:
    found: dict[str, Any] = {}
    # What is computed covers the districts, and costs too much to ask for its box alone.
    held = snapshot.districts if collection.computed else None
    frame = collection.frame(snapshot, RiskParameters()) if held is None else held
    shapes = frame.geometry.to_numpy()
    shapes = shapes[~shapely.is_missing(shapes)]
    if len(shapes) and collection.schema.geometry is not None:
        bbox = [round(float(v), 7) for v in shapely.total_bounds(shapes)]
        found["spatial"] = {"bbox": [bbox], "crs": CRS84_URI}
    interval = _interval(snapshot, collection)
    if interval:
        found["temporal"] = {"interval": [interval], "trs": GREGORIAN}
    return found


def _interval(snapshot: Snapshot, collection: Collection) -> list[str | None] | None:
    schema = collection.schema
    if schema.start is None:
        return None
    # The surface has the period of the risk table, and districts the days of cells: both are
    # made many times faster.
    source = COLLECTIONS["risk"] if collection.id == "risk-surface" else collection
    by_district = RiskParameters(cell_km=0) if collection.id == "forecast" else RiskParameters()
    frame = source.frame(snapshot, by_district)
    schema = source.schema
    start = frame[schema.start].to_numpy(dtype="datetime64[D]")
    end = frame[schema.end or schema.start].to_numpy(dtype="datetime64[D]")
    timed = ~(np.isnat(start) & np.isnat(end))
    if not timed.any():
        return None
    start, end = start[timed], end[timed]
    first = None if np.isnat(start).any() else f"{start.min()}T00:00:00Z"
    last = None if np.isnat(end).any() else f"{end.max()}T23:59:59Z"
    return [first, last]
