"""Where features are: boxes and coordinate reference systems of requests, extents of layers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS

from geodata.crs import (
    axis_order,
    bounds_from_crs,
    crs_uri,
    from_crs,
    is_crs84,
    parse_crs,
    to_crs,
    transformer_between,
)
from geodata.errors import InvalidInput
from geodata.filters.point_index import PointIndex
from geodata.register import Snapshot
from geodata.risk import RiskParameters
from service.collections import COLLECTIONS, Collection
from service.http.parameters import bad

SUPPORTED = tuple(
    parse_crs(text)
    for text in (
        "OGC:CRS84",
        "EPSG:4326",
        "EPSG:3857",
        "EPSG:32637",
        "EPSG:32638",
        "EPSG:32639",
        "EPSG:32640",
        "EPSG:3035",
        "EPSG:6933",
        "EPSG:8857",
    )
)
"""Systems that geometries can be asked for in; the first is that of the store."""

MARGIN_DEG = 40.0
"""How far beyond a system's own area it is still offered: some stray place, not a hemisphere."""
EDGE_DEG = 0.05
_BBOX = "west,south,east,north as in 46.5,39.5,47.0,40.0"

URIS = tuple(crs_uri(crs) for crs in SUPPORTED)
CRS84_URI = URIS[0]

Box = tuple[float, float, float, float]


def systems_for(bounds: Box | None) -> tuple[str, ...]:
    """Give the URIs of the systems that can hold what lies within some bounds.

    Parameters
    ----------
    bounds
        West, south, east, north in degrees; None = nothing is there yet.

    Returns
    -------
    tuple of str
        Those whose own area lies within `MARGIN_DEG`, and that give each place of the
        bounds back as it was; OGC:CRS84 is always the first.
    """
    if bounds is None:
        return URIS
    return tuple(uri for uri, crs in zip(URIS, SUPPORTED, strict=True) if _holds(crs, bounds))


def _holds(crs: CRS, bounds: Box) -> bool:
    if crs.is_geographic:
        return True
    west, south, east, north = bounds
    own = crs.area_of_use
    near = own is None or (
        west >= own.west - MARGIN_DEG
        and east <= own.east + MARGIN_DEG
        and south >= own.south - MARGIN_DEG
        and north <= own.north + MARGIN_DEG
    )
    grid = np.meshgrid(np.linspace(west, east, 9), np.linspace(south, north, 9))
    places = shapely.points(*(axis.ravel() for axis in grid))
    try:
        back = from_crs(to_crs(places, crs), crs)
    except InvalidInput:
        return False
    moved = np.abs(shapely.get_coordinates(back) - shapely.get_coordinates(places))
    # A full turn of longitude is the same place.
    moved[:, 0] = np.minimum(moved[:, 0], np.abs(360 - moved[:, 0]))
    return near and bool((moved < 1e-6).all())


def read_crs(text: str | None, name: str, systems: Sequence[str] = URIS) -> CRS | None:
    """Read a parameter that names a system.

    Parameters
    ----------
    text
        Its URI (OGC API – Features, Part 2 knows no other spelling); None = absent.
    name
        Of the parameter.
    systems
        URIs of those there are.

    Returns
    -------
    pyproj.CRS or None
        None for OGC:CRS84, in which everything is stored.

    Raises
    ------
    InvalidInput
        It is none of `systems`.
    """
    if text is None:
        return None
    if text not in systems:
        raise bad(name, f"{text[:100]!r} is not offered here; there are {', '.join(systems)}.")
    crs = SUPPORTED[URIS.index(text)]
    return None if is_crs84(crs) else crs


@dataclass(frozen=True, slots=True)
class Area:
    """Where features have to be: boxes in WGS 84 (west, south, east, north).

    One box, or two where it crosses the antimeridian; longitudes beyond 180 degrees are
    brought back.

    Attributes
    ----------
    boxes
        The boxes; for a box of another system the envelope around it.
    crs_uri
        The box's own system, where its edges are no meridians and parallels.
    own
        The box in that system, easting first.
    """

    boxes: tuple[Box, ...]
    crs_uri: str | None = None
    own: Box | None = None

    def mask(self, shapes: Any, bounds: Any, *, points: bool) -> npt.NDArray[np.bool_]:
        """Say which geometries meet the area.

        Parameters
        ----------
        shapes
            Array of geometries in WGS 84 (lon, lat); missing ones never meet it.
        bounds
            Their bounds, one row each.
        points
            Whether all are points, whose bounds say everything.

        Returns
        -------
        numpy.ndarray
            One boolean a geometry; touching counts.
        """
        found = np.zeros(len(shapes), dtype=bool)
        for west, south, east, north in self.boxes:
            near = (
                (bounds[:, 0] <= east)
                & (bounds[:, 2] >= west)
                & (bounds[:, 1] <= north)
                & (bounds[:, 3] >= south)
            )
            if not points and self.own is None:
                shape = _rectangle((west, south, east, north))
                at = near.nonzero()[0]
                near[at] = shapely.intersects(shape, np.asarray(shapes[at]))
            found |= near
        if self.own is not None:
            at = found.nonzero()[0]
            found[at] = self._in_own_system(np.asarray(shapes[at]), points=points)
        return found

    def rows_of_points(self, shapes: Any, index: PointIndex) -> npt.NDArray[np.int64]:
        """Give the rows of the points in the area, ascending; see `mask`.

        Parameters
        ----------
        shapes
            Array of points in WGS 84 (lon, lat).
        index
            Of these points.
        """
        found = index.within(*self.boxes[0])
        if len(self.boxes) > 1:
            found = np.unique(np.concatenate([found, *(index.within(*b) for b in self.boxes[1:])]))
        if self.own is not None:
            found = found[self._in_own_system(np.asarray(shapes[found]), points=True)]
        return found

    def _in_own_system(self, shapes: Any, *, points: bool) -> npt.NDArray[np.bool_]:
        """Test candidates where the box is a rectangle; edges are followed, not only corners."""
        transformer = transformer_between(SUPPORTED[0], parse_crs(str(self.crs_uri)))
        followed = shapes if points else shapely.segmentize(shapes, EDGE_DEG)
        moved = shapely.transform(followed, transformer.transform, interleaved=False)
        return np.asarray(shapely.intersects(_rectangle(cast("Box", self.own)), moved))


def _rectangle(box: Box) -> Any:
    """Make the shape of a box; a degenerate one is a line or a point."""
    west, south, east, north = box
    shape = shapely.envelope(shapely.multipoints([[west, south], [east, north]]))
    shapely.prepare(shape)
    return shape


def read_area(text: str | None, crs: CRS | None) -> Area | None:
    """Read `bbox`.

    Parameters
    ----------
    text
        Four numbers, or six with heights, which are passed over.
    crs
        Their system, in the axis order of its authority; None = OGC:CRS84.

    Returns
    -------
    Area or None
        None when the parameter is absent.

    Raises
    ------
    InvalidInput
        They are not 4 or 6 finite numbers, or the box is upside down.
    """
    if text is None:
        return None
    numbers = [_number(part) for part in text.split(",", 7)]
    if len(numbers) not in (4, 6):
        raise bad("bbox", f"has {len(numbers)} numbers; write four, {_BBOX}.")
    if len(numbers) == 6:
        if numbers[2] > numbers[5]:
            raise bad("bbox", "has its lowest height above its highest; exchange them.")
        numbers = [numbers[0], numbers[1], numbers[3], numbers[4]]
    if crs is not None and not crs.is_geographic:
        return _projected(numbers, crs)
    # Only a longitude can run backwards, over the antimeridian.
    west, south, east, north = numbers if crs is None else bounds_from_crs(numbers, crs)
    if south > north:
        raise bad("bbox", f"has its south above its north; write {_BBOX}.")
    return Area(tuple(_wrapped(west, south, east, north)))


def _projected(numbers: list[float], crs: CRS) -> Area:
    """Give the area of a box in metres: its envelope in degrees, and the box itself."""
    if numbers[0] > numbers[2] or numbers[1] > numbers[3]:
        raise bad("bbox", "has a minimum above its maximum; write the smaller number first.")
    west, south, east, north = bounds_from_crs(numbers, crs)
    # Curved edges may reach a little beyond the points that were followed.
    slack = 0.01 * max(north - south, (east - west) % 360)
    around = _wrapped(
        west - slack, max(south - slack, -90.0), east + slack, min(north + slack, 90.0)
    )
    if axis_order(crs) == "yx":
        numbers = [numbers[1], numbers[0], numbers[3], numbers[2]]
    first, second, third, fourth = numbers
    return Area(tuple(around), crs_uri(crs), (first, second, third, fourth))


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or "_" in text or not text.isascii():
        raise bad("bbox", f"holds {text[:40]!r} where a number has to stand; write {_BBOX}.")
    return value


def _wrapped(west: float, south: float, east: float, north: float) -> list[Box]:
    if west > east:
        return [(west, south, 180.0, north), (-180.0, south, east, north)]
    boxes = [(west, south, east, north)]
    if east > 180:
        boxes.append((west - 360, south, east - 360, north))
    if west < -180:
        boxes.append((west + 360, south, east + 360, north))
    return boxes


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
    shapes: Any = frame.geometry.array
    if collection.schema.geometry is not None and not shapes.isna().all():
        bbox = [round(float(v), 7) for v in shapes.total_bounds]
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
    of_risk = collection.id in ("risk-surface", "clusters")
    source = COLLECTIONS["risk"] if of_risk else collection
    # Nor does the period depend on what ranks best, which takes a backtest to say.
    quick = RiskParameters(rank_by="rate", cell_km=0)
    frame = source.frame(snapshot, quick)
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
