"""Outlines for print: districts and land, simplified and projected once for a snapshot."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely

from geodata.crs import extent, local_equal_area, parse_crs, transform_xy, turned
from geodata.register import Snapshot
from service.drawing.land import land_around
from service.drawing.shapes import label_points, light

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
    """What a map is drawn from, in metres of one projection and in the order of the districts.

    Attributes
    ----------
    project
        From WGS 84.
    shapes
        The districts' polygons.
    labels
        x, y in rows: where a name stands best.
    land
        Land in and around the districts; None where it is not known.
    rough
        The polygons with fewer corners, to find room for names by.
    """

    project: Projection
    shapes: Any
    labels: Any
    land: Any
    rough: Any


def outlines_of(snapshot: Snapshot) -> Outlines:
    """Give the outlines in the projection of the whole; shared, do not change them.

    Parameters
    ----------
    snapshot
        With at least one district.
    """

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
    drawn = project(shapes)
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
