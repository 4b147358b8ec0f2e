"""Outlines of districts and land: simplified and projected once, for the page and for print.

The land is Natural Earth's (public domain) from the pinned package ``world-atlas``: its states
joined, since its land counts the Caspian Sea in. Borders are left out on purpose: a hazard map
takes no side, and needs none.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geodata.crs import extent, local_equal_area, parse_crs, transform_xy, turned
from geodata.districts import drawable, simplified
from geodata.districts.geometry import uncrossed
from geodata.errors import NotFound
from geodata.register import Snapshot
from service.assets import asset_path

FINE_STATES, COARSE_STATES = "world-atlas/countries-10m.json", "world-atlas/countries-50m.json"
LARGE_DEG = 12.0
"""Size of a frame from which the coarser outlines are as good on a screen."""
AROUND = 0.75
"""Margin on each side, in sizes of the districts' frame: what zooming out still shows."""
LEAST_DEG = 1.0
TOLERANCE = 0.0015
"""Simplification, in sizes of the frame: below a pixel when all districts are seen."""

SLIVER = 0.006
"""Half the width of a gap in the land that is no water, in sizes of the districts' frame."""


def land_around(districts: gpd.GeoDataFrame) -> Any:
    """Give the land in and around the districts' frame.

    MultiPolygon, WGS 84 (lon, lat), clipped to a frame larger than the districts', with longitudes
    beyond 180 where the frame goes over it; None where there are no districts or the atlas was not
    fetched.
    """
    if districts.empty:
        return None
    west, south, east, north = (round(v, 1) for v in extent(districts.geometry.array))
    return _land(west, south, east, north)


@lru_cache(maxsize=8)
def _land(west: float, south: float, east: float, north: float) -> Any:
    size = max(east - west, north - south, LEAST_DEG)
    try:
        path = asset_path(COARSE_STATES if size > LARGE_DEG else FINE_STATES)
    except NotFound:
        return None
    margin = AROUND * size
    frame = (
        max(west - margin, -180.0) if east <= 180 else west - margin,
        max(south - margin, -90.0),
        min(east + margin, 180.0) if east <= 180 else min(east + margin, west - margin + 360),
        min(north + margin, 90.0),
    )
    held = shapely.get_parts(_states(path))
    if east > 180:
        again = shapely.transform(held, lambda xy: np.add(xy, (360.0, 0.0)))
        held = np.concatenate([held, again])
    parts = np.concatenate([_unwrapped(part) for part in held[_across(held, frame)]])
    cut = shapely.make_valid(shapely.clip_by_rect(parts, *frame))
    land = shapely.simplify(shapely.union_all(cut), TOLERANCE * size)
    return _whole(land, SLIVER * max(east - west, north - south))


def _states(path: Path) -> Any:
    """Read the outlines of all states, which are too many to be kept."""
    import pyogrio

    return pyogrio.read_dataframe(path, layer="countries", columns=[]).geometry.array


def _whole(land: Any, width: float) -> Any:
    """Close gaps that are narrower than twice a width: states whose outlines do not meet."""
    parts = []
    for part in shapely.get_parts(land):
        if part.geom_type != "Polygon":
            continue  # what cutting leaves along the frame
        holes = [ring for ring in part.interiors if not _narrow(ring, width)]
        parts.append(shapely.Polygon(part.exterior, holes))
    return shapely.MultiPolygon(parts)


def _narrow(ring: Any, width: float) -> bool:
    return bool(shapely.buffer(shapely.Polygon(ring), -width).is_empty)


def _across(parts: Any, frame: tuple[float, float, float, float]) -> Any:
    """Say which parts' bounds meet the frame."""
    west, south, east, north = shapely.bounds(parts).T
    found: Any = (west < frame[2]) & (east > frame[0]) & (south < frame[3]) & (north > frame[1])
    return found


def _unwrapped(part: Any) -> Any:
    """Take a polygon over the antimeridian apart; the atlas does not cut there.

    Its longitudes jump from 180 to -180. Followed on without the jump, the polygon is
    whole again, once at each end of the map. One around a pole does not close: left out.
    """
    west, _, east, _ = part.bounds
    if east - west < 180:
        return np.array([part])
    rings = [_followed(shapely.get_coordinates(ring)) for ring in (part.exterior, *part.interiors)]
    if np.ptp(rings[0][[0, -1], 0]) > 1:
        return np.array([], dtype=object)
    copies = []
    for turn in (-360.0, 0.0, 360.0):
        outer, *holes = (np.add(ring, (turn, 0.0)) for ring in rings)
        copies.append(shapely.Polygon(outer, holes))
    return np.array(copies)


def _followed(points: Any) -> Any:
    turns = np.cumsum(np.diff(points[:, 0], prepend=points[0, 0]) < -180)
    turns = turns - np.cumsum(np.diff(points[:, 0], prepend=points[0, 0]) > 180)
    return points + np.column_stack([turns * 360.0, np.zeros(len(points))])


SCALE = 10_000
"""Units a degree: 1e-4 degrees is 11 m, a twentieth of the boundaries' own accuracy."""
MAX_VERTICES = 20_000
Shape = list[list[list[int]]]


def light(districts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Simplify districts as one coverage until they are light enough for a phone.

    The same rows; unchanged when light already.
    """
    tolerance_m = 50.0
    districts = drawable(districts)
    found = districts
    while shapely.get_num_coordinates(found.geometry.array).sum() > MAX_VERTICES:
        found = simplified(districts, tolerance_m)
        tolerance_m *= 2
        if tolerance_m > 5_000:
            break
    return found


def encode(geometry: Any) -> Shape | None:
    """Write polygons as rings of integer differences, ``x0, y0, dx1, dy1, …``.

    Polygons of rings in units of 1/`SCALE` degree; None where nothing is left.

    Parameters
    ----------
    geometry
        Polygon or MultiPolygon in WGS 84 (lon, lat); parts of other kinds are left out.
    """
    if geometry is None or geometry.is_empty:
        return None
    parts = [p for p in shapely.get_parts(geometry) if p.geom_type == "Polygon"]
    shape = []
    for part in parts:
        rings = [_ring(ring) for ring in (part.exterior, *part.interiors)]
        if rings[0]:
            shape.append([ring for ring in rings if ring])
    return shape or None


def _ring(ring: Any) -> list[int]:
    points = np.rint(shapely.get_coordinates(ring)[:-1] * SCALE).astype(np.int64)
    moved = np.any(np.diff(points, axis=0) != 0, axis=1)
    points = points[np.concatenate([[True], moved])]
    if len(points) < 3:
        return []
    steps = np.vstack([points[:1], np.diff(points, axis=0)])
    flat: list[int] = steps.ravel().tolist()
    return flat


def label_points(geometry: Any) -> Any:
    """Give the point farthest from the border of each polygon's largest part.

    lon, lat in rows; NaN for an empty geometry. A place for a name, never a location.

    Parameters
    ----------
    geometry
        Array of polygons, WGS 84.
    """
    points = np.full((len(geometry), 2), np.nan)
    for i, shape in enumerate(geometry):
        if shape is None or shape.is_empty:
            continue
        largest = max(shapely.get_parts(shape), key=lambda part: part.area)
        circle = shapely.maximum_inscribed_circle(largest, tolerance=0.005)
        points[i] = shapely.get_coordinates(circle)[0]
    return points


COARSE = 0.004
"""Simplification of the small map of where a district lies, in sizes of the whole."""

ROUGH_M = 400.0
"""Simplification of `Outlines.rough`: less than a millimetre on any map of a district."""


class Projection:
    """Equal-area around the middle of some geometries: true scale there, north up there.

    Parameters
    ----------
    geometry
        Array of geometries that are to be drawn, WGS 84 (lon, lat).
    """

    def __init__(self, geometry: Any) -> None:
        self._wgs84 = parse_crs("OGC:CRS84")
        self._local = local_equal_area(extent(geometry))

    def __call__(self, shapes: Any) -> Any:
        """Give geometries (lon, lat) in metres."""
        return shapely.transform(shapes, self.metres)

    def metres(self, lonlat: Any) -> Any:
        """Give rows of lon, lat as rows of x, y in metres."""
        return np.column_stack(transform_xy(lonlat[:, 0], lonlat[:, 1], self._wgs84, self._local))

    def degrees(self, xy: Any) -> Any:
        """Give rows of x, y in metres as rows of lon, lat."""
        return np.column_stack(transform_xy(xy[:, 0], xy[:, 1], self._local, self._wgs84))


@dataclass(frozen=True, slots=True)
class Outlines:
    """What a map is drawn from, in metres of one projection and in the order of the districts."""

    project: Projection
    """From WGS 84."""
    shapes: Any
    """The districts' polygons."""
    labels: Any
    """x, y in rows: where a name stands best."""
    land: Any
    """Land in and around the districts; None where it is not known."""
    rough: Any
    """The polygons with fewer corners, to find room for names by."""


def outlines_of(snapshot: Snapshot) -> Outlines:
    """Give the outlines in the projection of the whole; shared, do not change them."""

    def make() -> Outlines:
        return _projected(snapshot, Projection(_light(snapshot)[0]))

    found: Outlines = snapshot.cached("drawing-outlines", make)
    return found


def outlines_around(snapshot: Snapshot, position: int) -> Outlines:
    """Give the outlines in a projection whose middle is one district."""
    return _projected(snapshot, Projection(_light(snapshot)[0][[position]]))


def coarse_outlines(snapshot: Snapshot) -> Outlines:
    """Give districts and land for a map of a few centimetres, as `outlines_of` projects them."""

    def make() -> Outlines:
        fine = outlines_of(snapshot)
        west, south, east, north = shapely.total_bounds(fine.shapes)
        tolerance = COARSE * max(east - west, north - south)
        shapes = shapely.coverage_simplify(fine.shapes, tolerance)
        land = None if fine.land is None else shapely.simplify(fine.land, tolerance / 2)
        return replace(fine, shapes=shapes, land=land)

    found: Outlines = snapshot.cached("drawing-coarse", make)
    return found


def _light(snapshot: Snapshot) -> tuple[Any, Any, Any]:
    """Give polygons, label points and land in degrees."""

    def make() -> tuple[Any, Any, Any]:
        shapes = light(snapshot.districts).geometry.to_numpy()
        shapes = turned(shapes, extent(shapes)[0])
        return shapes, label_points(shapes), land_around(snapshot.districts)

    found: tuple[Any, Any, Any] = snapshot.cached("drawing-light", make)
    return found


def _projected(snapshot: Snapshot, project: Projection) -> Outlines:
    shapes, labels, land = _light(snapshot)
    drawn = uncrossed(project(shapes))
    return Outlines(
        project,
        drawn,
        project.metres(labels),
        None if land is None else project(land),
        _rough(drawn, ROUGH_M),
    )


def _rough(shapes: Any, tolerance_m: float) -> Any:
    """Leave out corners; a shape that would be lost stays as it is."""
    found = shapely.simplify(shapes, tolerance_m)
    return np.where(shapely.is_empty(found), shapes, found)
