"""The layers that people get: the schema, frame, extent and coordinate systems of each."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

from geodata import schemas
from geodata.crs import (
    CRS84_URI,
    from_crs,
    parse_crs,
    to_crs,
)
from geodata.errors import InvalidInput, NotFound
from geodata.growing import together
from geodata.register import Snapshot
from geodata.risk import (
    RiskParameters,
    clusters_of,
    forecast_of,
    period_of,
    priorities_of,
    risk_of,
    surface_frame_of,
)
from geodata.schemas import CLUSTERS, FORECAST, PRIORITIES, RISK_SURFACE, Column, FrameSchema

Frame = Callable[[Snapshot, RiskParameters], gpd.GeoDataFrame]


@dataclass(frozen=True, slots=True)
class Collection:
    """One layer."""

    id: str
    title: str
    description: str
    schema: FrameSchema
    frame: Frame
    computed: bool = False
    """Whether the risk parameters change it."""


def _held(name: str) -> Frame:
    return lambda snapshot, _parameters: snapshot.frame(name)


COLLECTIONS = {
    c.id: c
    for c in (
        Collection(
            "districts",
            "Districts",
            "Administrative units that risk is computed for. Approximate boundaries; they imply no "
            "opinion on the status of any territory.",
            schemas.DISTRICTS,
            _held("districts"),
        ),
        Collection(
            "incidents",
            "Incidents",
            "Landmine and UXO blasts, one feature an incident. No geometry where only the district "
            "is known. Features without a geometry belong to every bbox; filter=geometry IS NOT "
            "NULL leaves them out.",
            schemas.INCIDENTS,
            _held("incidents"),
        ),
        Collection(
            "risk",
            "Risk by district",
            "Rate of incidents per district with intervals. No record is not the same as safe.",
            schemas.RISK,
            risk_of,
            computed=True,
        ),
        Collection(
            "risk-surface",
            "Risk surface",
            "Kernel intensity of incidents in bands; district-only incidents are spread over "
            "their area.",
            RISK_SURFACE,
            surface_frame_of,
            computed=True,
        ),
        Collection(
            "clusters",
            "Clusters",
            "Neighbouring districts with more or fewer incidents than equal risk would have, and "
            "with more of late than their history foresees. Features without a geometry say "
            "what could not be tested.",
            CLUSTERS,
            clusters_of,
            computed=True,
        ),
        Collection(
            "forecast",
            "Forecast",
            "Incidents expected in the days to come, by cell or district, with predictive "
            "limits. Nowhere is the expected number 0.",
            FORECAST,
            forecast_of,
            computed=True,
        ),
        Collection(
            "priorities",
            "Priorities",
            "Districts in the order of clearance or of risk education (purpose), by criteria with "
            "weights of your choice, with the ranks that other weights would give.",
            PRIORITIES,
            priorities_of,
            computed=True,
        ),
        Collection(
            "places",
            "Places",
            "Settlements and district names with their spellings. Features without a geometry "
            "belong to every bbox; filter=geometry IS NOT NULL leaves them out.",
            schemas.PLACES,
            _held("places"),
        ),
        Collection(
            "operations",
            "Operations",
            "Clearance, survey, training, deployment and assessment. Features without a geometry "
            "belong to every bbox; filter=geometry IS NOT NULL leaves them out.",
            schemas.OPERATIONS,
            _held("operations"),
        ),
        Collection(
            "statistics",
            "Statistics",
            "Published claims about a period and territory; never counted as incidents.",
            schemas.STATISTICS,
            _held("statistics"),
        ),
    )
}


def collection(collection_id: str) -> Collection:
    """Find a layer by its id.

    Raises
    ------
    NotFound
        There is no such layer; the message lists those there are.
    """
    found = COLLECTIONS.get(collection_id)
    if found is None:
        names = ", ".join(COLLECTIONS)
        raise NotFound(f"There is no collection {collection_id[:60]!r}; there are {names}.")
    return found


VALUE_TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "boolean": {"type": "boolean"},
}
"""Kind of a column → its values in JSON Schema."""


def value_schema(column: Column) -> dict[str, Any]:
    """Describe the values of a column in JSON Schema."""
    return VALUE_TYPES[column.kind] | ({"enum": list(column.codes)} if column.codes else {})


URIS = (
    CRS84_URI,
    *(
        f"http://www.opengis.net/def/crs/EPSG/0/{code}"
        for code in (4326, 3857, 32637, 32638, 32639, 32640, 3035, 6933, 8857)
    ),
)
"""Systems that geometries can be asked for in; the first is that of the store."""


MARGIN_DEG = 40.0
"""How far beyond a system's own area it is still offered: some stray place, not a hemisphere."""


Box = tuple[float, float, float, float]


# Each thread that moves coordinates sets every system up anew, which takes a fifth of a second.
@lru_cache(maxsize=256)
def systems_for(bounds: Box | None) -> tuple[str, ...]:
    """Give the URIs of the systems that can hold what lies within some bounds.

    Those whose own area lies within `MARGIN_DEG`, and that give each place of the bounds back as it
    was; OGC:CRS84 is always the first.

    Parameters
    ----------
    bounds
        West, south, east, north in degrees; None = nothing is there yet.
    """
    if bounds is None:
        return URIS
    return tuple(uri for uri in URIS if _holds(parse_crs(uri), bounds))


def _holds(crs: CRS, bounds: Box) -> bool:
    if crs.is_geographic:
        return True
    west, south, east, north = bounds
    own = crs.area_of_use
    if own is not None and not (
        west >= own.west - MARGIN_DEG
        and east <= own.east + MARGIN_DEG
        and south >= own.south - MARGIN_DEG
        and north <= own.north + MARGIN_DEG
    ):
        return False
    grid = np.meshgrid(np.linspace(west, east, 9), np.linspace(south, north, 9))
    places = shapely.points(*(axis.ravel() for axis in grid))
    try:
        back = from_crs(to_crs(places, crs), crs)
    except InvalidInput:
        return False
    moved = np.abs(shapely.get_coordinates(back) - shapely.get_coordinates(places))
    # A full turn of longitude is the same place.
    moved[:, 0] = np.minimum(moved[:, 0], np.abs(360 - moved[:, 0]))
    return bool((moved < 1e-6).all())


GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"


def extent_of(snapshot: Snapshot, collection: Collection) -> dict[str, Any]:
    """Give the extent of a layer as OGC API writes it.

    `spatial` (WGS 84, lon lat) and `temporal` (RFC 3339, null = open), each left out where no
    feature has any.
    """
    return snapshot.cached(("extent", collection.id), lambda: _extent(snapshot, collection))


def systems_of(snapshot: Snapshot, collection: Collection) -> tuple[str, ...]:
    """Give the URIs of the coordinate reference systems that a layer is offered in."""

    def make() -> tuple[str, ...]:
        bbox = _bbox(snapshot, collection)
        if bbox is None:
            return systems_for(None)
        west, south, east, north = bbox
        return systems_for((west, south, east, north))

    return snapshot.cached(("systems", collection.id), make)


def _bbox(snapshot: Snapshot, collection: Collection) -> list[float] | None:
    """West, south, east and north of a layer; None where it has no place."""
    if collection.schema.geometry is None:
        return None
    # What is computed covers the districts, and costs too much to ask for its box alone.
    held = snapshot.districts if collection.computed else None
    frame = collection.frame(snapshot, RiskParameters()) if held is None else held
    shapes: Any = frame.geometry.array

    def follow(before: tuple[Any, Any], rows: Any) -> tuple[Any, Any] | None:
        earlier, bounds = before
        west, south, east, north = earlier[together(rows[rows < len(earlier)])].total_bounds
        if west <= bounds[0] or south <= bounds[1] or east >= bounds[2] or north >= bounds[3]:
            return None  # what moved may have been at the edge
        new = shapes[together(rows)].total_bounds
        return shapes, np.concatenate([np.fmin(bounds[:2], new[:2]), np.fmax(bounds[2:], new[2:])])

    key = ("bbox", collection.id)
    _, bounds = snapshot.carried(
        collection.id, key, lambda: (shapes, np.asarray(shapes.total_bounds)), follow
    )
    return None if np.isnan(bounds).any() else [round(float(v), 7) for v in bounds]


def _extent(snapshot: Snapshot, collection: Collection) -> dict[str, Any]:
    found: dict[str, Any] = {}
    bbox = _bbox(snapshot, collection)
    if bbox is not None:
        found["spatial"] = {"bbox": [bbox], "crs": CRS84_URI}
    interval = _interval(snapshot, collection)
    if interval:
        found["temporal"] = {"interval": [interval], "trs": GREGORIAN}
    return found


def _interval(snapshot: Snapshot, collection: Collection) -> list[str | None] | None:
    schema = collection.schema
    if schema.start is None:
        return None
    if collection.id in ("risk", "risk-surface", "clusters"):  # which need not be made for that
        period = period_of(snapshot, RiskParameters())
        return [f"{period.start}T00:00:00Z", f"{period.end}T23:59:59Z"] if period else None
    # Days do not depend on what ranks best, which takes a backtest to say, nor on cells.
    frame = collection.frame(snapshot, RiskParameters(rank_by="rate", cell_km=0))
    start = frame[schema.start].to_numpy(dtype="datetime64[D]")
    end = frame[schema.end or schema.start].to_numpy(dtype="datetime64[D]")
    timed = ~(np.isnat(start) & np.isnat(end))
    if not timed.any():
        return None
    start, end = start[timed], end[timed]
    first = None if np.isnat(start).any() else f"{start.min()}T00:00:00Z"
    last = None if np.isnat(end).any() else f"{end.max()}T23:59:59Z"
    return [first, last]
