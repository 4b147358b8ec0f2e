"""Small maps of the pages: paths and points in pixels, which the page styles and links.

Only drawings: longitudes are scaled by the cosine of the middle latitude, so that shapes look
right at the size of a country, and a layer of the whole world can be drawn; nothing is
measured on them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.crs import extent, turned
from geodata.districts import generalised
from geodata.register import Snapshot
from service.drawing.canvas import Bounds, Canvas

TOLERANCE_M = 700.0
LEAST_DEG = 0.08
"""A point gets a few kilometres around it."""
WHOLE = (600.0, 480.0)
"""Most of the map of all districts, in pixels."""
PAD = 0.014
"""Around what is drawn, as a share of it."""


@dataclass(frozen=True, slots=True)
class SmallMap:
    """Paths and points of features in pixels, and outlines of districts below them.

    Attributes
    ----------
    bounds
        What is seen: west, south, east, north in degrees.
    """

    width: float
    height: float
    outlines: list[str]
    paths: list[str]
    points: list[tuple[float, float]]
    bounds: Bounds


def small_map(
    geometries: Sequence[BaseGeometry | None],
    *,
    outlines: Any = None,
    width: float = 480,
    height: float = 330,
) -> SmallMap | None:
    """Draw features, with outlines of districts for orientation.

    Parameters
    ----------
    geometries
        WGS 84 (lon, lat); null and empty ones are left out.
    outlines
        Polygons from `light_districts`, or None. Those near the features are drawn; with
        outlines and small features the area shown is widened to them.
    width, height
        Largest size in pixels.

    Returns
    -------
    SmallMap or None
        None when no feature has a geometry.
    """
    shown = np.array([g for g in geometries if g is not None and not g.is_empty], dtype=object)
    if not len(shown):
        return None
    around = extent(shown if outlines is None else outlines)
    if around[2] > 180:
        shown = turned(shown, around[0])
    west, south, east, north = shapely.total_bounds(shown).tolist()
    span = max(east - west, north - south)
    more = 0.0 if outlines is None else 0.25 if span < 2 else 0.04 * span
    frame = _Frame((west - more, south - more, east + more, north + more))
    canvas = frame.canvas((width, height), filled=outlines is not None)
    below = [] if outlines is None else shapely.clip_by_rect(outlines, *frame.degrees(canvas, 0.02))
    points = [g for g in shown if g.geom_type in ("Point", "MultiPoint")]
    lonlat = shapely.get_coordinates(points).reshape(-1, 2)
    return SmallMap(
        *canvas.size,
        [frame.path(canvas, g) for g in below if g is not None and not g.is_empty],
        [frame.path(canvas, g) for g in shown if g.geom_type not in ("Point", "MultiPoint")],
        [(float(x), float(y)) for x, y in canvas.points(lonlat * frame.scale).tolist()],
        frame.degrees(canvas),
    )


class _Frame:
    """Bounds in degrees, and the scale that makes a degree as long both ways."""

    def __init__(self, bounds: Bounds) -> None:
        west, south, east, north = bounds
        x, y = max(0.0, LEAST_DEG - (east - west)) / 2, max(0.0, LEAST_DEG - (north - south)) / 2
        self.bounds = np.array([west - x, south - y, east + x, north + y])
        squeeze = max(math.cos(math.radians((south + north) / 2)), 0.05)
        self.scale = np.array([squeeze, 1.0])

    def canvas(self, most: tuple[float, float], *, filled: bool) -> Canvas:
        """Give a canvas that the bounds fit: of this size, or of their own shape."""
        bounds: Bounds = tuple((self.bounds * np.tile(self.scale, 2)).tolist())
        if filled:
            return Canvas(bounds, most, digits=1)
        ratio = (bounds[2] - bounds[0]) / (bounds[3] - bounds[1])
        high = min(most[1], most[0] / ratio)
        return Canvas(bounds, (round(high * ratio, 1), round(high, 1)), PAD, digits=1)

    def path(self, canvas: Canvas, geometry: BaseGeometry) -> str:
        return canvas.paths(shapely.transform(geometry, lambda lonlat: lonlat * self.scale))

    def degrees(self, canvas: Canvas, beyond: float = 0.0) -> Bounds:
        found = np.array(canvas.beyond(beyond)) / np.tile(self.scale, 2)
        bounds: Bounds = tuple(found.tolist())
        return bounds


@dataclass(frozen=True, slots=True)
class Shape:
    """One district: its path, and where its name stands."""

    district_id: str
    d: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class DistrictPaths:
    """All districts as paths, in their order."""

    width: float
    height: float
    shapes: tuple[Shape, ...]


def light_districts(snapshot: Snapshot) -> Any:
    """Give the districts' polygons simplified as one coverage, for small maps."""

    def make() -> Any:
        shapes = generalised(snapshot.districts, TOLERANCE_M).geometry.to_numpy()
        return turned(shapes, extent(shapes)[0])

    return snapshot.cached("drawing-small", make)


def district_paths(snapshot: Snapshot) -> DistrictPaths | None:
    """Give the districts as paths; None when there are no districts."""
    if snapshot.districts.empty:
        return None

    def make() -> DistrictPaths:
        polygons = light_districts(snapshot)
        frame = _Frame(tuple(shapely.total_bounds(polygons).tolist()))
        canvas = frame.canvas(WHOLE, filled=False)
        inside = shapely.get_coordinates(shapely.point_on_surface(polygons))
        pixels = canvas.points(inside * frame.scale).tolist()
        rows = zip(snapshot.districts.index, polygons, pixels, strict=True)
        shapes = tuple(Shape(str(name), frame.path(canvas, g), x, y) for name, g, (x, y) in rows)
        return DistrictPaths(*canvas.size, shapes)

    found: DistrictPaths = snapshot.cached("drawing-small-paths", make)
    return found
