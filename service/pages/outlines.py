"""The districts as paths of a small map."""

from dataclasses import dataclass
from typing import Any

import shapely

from geodata.districts import simplified
from geodata.register import Snapshot
from service.pages.svg import Canvas

TOLERANCE_M = 700.0
WIDTH, HEIGHT = 600.0, 480.0


@dataclass(frozen=True, slots=True)
class Shape:
    """One district on the small map."""

    district_id: str
    d: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Outline:
    """All districts as paths, in the order of the districts' frame."""

    canvas: Canvas
    shapes: tuple[Shape, ...]


def outlines_of(snapshot: Snapshot) -> Any:
    """Give the districts' polygons simplified as one coverage, for small maps."""

    def make() -> Any:
        return simplified(snapshot.districts, TOLERANCE_M).geometry.to_numpy()

    return snapshot.cached("pages-outlines", make)


def outline_paths(snapshot: Snapshot) -> Outline | None:
    """Give the districts as paths; None when there are no districts."""
    if snapshot.districts.empty:
        return None

    def make() -> Outline:
        polygons = outlines_of(snapshot)
        canvas = Canvas.over(tuple(shapely.total_bounds(polygons)), WIDTH, HEIGHT)
        inside = shapely.point_on_surface(polygons)
        pixels = canvas.xy(shapely.get_coordinates(inside))
        shapes = tuple(
            Shape(str(district), canvas.path(polygon), round(float(x), 1), round(float(y), 1))
            for district, polygon, (x, y) in zip(
                snapshot.districts.index, polygons, pixels, strict=True
            )
        )
        return Outline(canvas, shapes)

    found: Outline = snapshot.cached("pages-outline-paths", make)
    return found
