"""Small maps without assets: geometries as the paths of an inline SVG.

Only a drawing: longitudes are scaled by the cosine of the middle latitude, so shapes look
right at the size of a country; nothing is measured here.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Canvas:
    """A drawing area over bounds in degrees (west, south, east, north).

    Attributes
    ----------
    bounds
        What the area shows, WGS 84 degrees, without padding.
    width, height
        Size in pixels, padding included.
    """

    bounds: Bounds
    width: float
    height: float
    scale: float
    squeeze: float
    pad: float

    @classmethod
    def over(
        cls, bounds: Bounds, width: float = 480, max_height: float = 360, pad: float = 8
    ) -> "Canvas":
        """Fit an area around bounds; a point gets a few kilometres around it."""
        west, south, east, north = _widened(bounds)
        squeeze = max(math.cos(math.radians((south + north) / 2)), 0.05)
        wide, high = (east - west) * squeeze, north - south
        scale = min((width - 2 * pad) / wide, (max_height - 2 * pad) / high)
        size = (round(wide * scale + 2 * pad, 1), round(high * scale + 2 * pad, 1))
        return cls((west, south, east, north), *size, scale, squeeze, pad)

    @classmethod
    def filling(
        cls, bounds: Bounds, width: float = 480, height: float = 330, pad: float = 0
    ) -> "Canvas":
        """Fit an area around bounds and widen the bounds until they fill it."""
        west, south, east, north = _widened(bounds)
        squeeze = max(math.cos(math.radians((south + north) / 2)), 0.05)
        wide, high = (east - west) * squeeze, north - south
        scale = min((width - 2 * pad) / wide, (height - 2 * pad) / high)
        more_x = ((width - 2 * pad) / scale - wide) / squeeze / 2
        more_y = ((height - 2 * pad) / scale - high) / 2
        shown = (west - more_x, south - more_y, east + more_x, north + more_y)
        return cls(shown, width, height, scale, squeeze, pad)

    def xy(self, lon_lat: np.ndarray) -> np.ndarray:
        """Give pixels (x right, y down) of rows of (lon, lat)."""
        west, _, _, north = self.bounds
        x = (lon_lat[:, 0] - west) * self.squeeze * self.scale + self.pad
        y = (north - lon_lat[:, 1]) * self.scale + self.pad
        return np.column_stack([x, y])

    def point(self, lon: float, lat: float) -> tuple[float, float]:
        """Give the pixel of one point."""
        x, y = self.xy(np.array([[lon, lat]]))[0]
        return round(float(x), 1), round(float(y), 1)

    def path(self, geometry: BaseGeometry | None) -> str:
        """Give the `d` attribute of a polygon's or line's path; nothing for a null one."""
        if geometry is None or geometry.is_empty:
            return ""
        parts = []
        for ring in _rings(geometry):
            pixels = np.round(self.xy(shapely.get_coordinates(ring)), 1)
            keep = np.ones(len(pixels), dtype=bool)
            keep[1:] = (np.abs(np.diff(pixels, axis=0)) > 0).any(axis=1)
            text = "L".join(f"{x:g} {y:g}" for x, y in pixels[keep])
            parts.append(f"M{text}" + ("Z" if shapely.get_type_id(ring) == 2 else ""))
        return "".join(parts)


def _rings(geometry: BaseGeometry) -> list[Any]:
    parts = shapely.get_parts(geometry)
    areas = parts[shapely.get_dimensions(parts) == 2]
    lines = parts[shapely.get_dimensions(parts) == 1]
    return [*shapely.get_rings(areas), *lines]


def _widened(bounds: Bounds) -> Bounds:
    west, south, east, north = bounds
    least = 0.08
    if east - west < least:
        west, east = west - least / 2, east + least / 2
    if north - south < least:
        south, north = south - least / 2, north + least / 2
    return west, south, east, north


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a map template draws: paths and points of the features, and outlines below."""

    width: float
    height: float
    outlines: list[str]
    paths: list[str]
    points: list[tuple[float, float]]
    bounds: Bounds


def drawing_of(
    geometries: list[BaseGeometry | None],
    *,
    outlines: Any = None,
    width: float = 480,
    max_height: float = 330,
) -> Drawing | None:
    """Draw features, with outlines of districts for orientation.

    Parameters
    ----------
    geometries
        WGS 84 (lon, lat); null and empty ones are left out.
    outlines
        Array of simplified district polygons, or None. Those near the features are drawn;
        with outlines and small features the area shown is widened to them.
    width, max_height
        Largest size in pixels.

    Returns
    -------
    Drawing or None
        None when no feature has a geometry.
    """
    shown = [g for g in geometries if g is not None and not g.is_empty]
    if not shown:
        return None
    west, south, east, north = shapely.total_bounds(np.array(shown, dtype=object))
    if outlines is not None:
        span = max(east - west, north - south)
        margin = 0.25 if span < 2 else 0.04 * span
        west, south, east, north = west - margin, south - margin, east + margin, north + margin
    bounds = (float(west), float(south), float(east), float(north))
    fit = Canvas.over if outlines is None else Canvas.filling
    canvas = fit(bounds, width, max_height)
    below = [] if outlines is None else _clipped(outlines, canvas.bounds)
    points = [g for g in shown if g.geom_type in ("Point", "MultiPoint")]
    pixels = canvas.xy(shapely.get_coordinates(points)) if points else np.empty((0, 2))
    return Drawing(
        canvas.width,
        canvas.height,
        [canvas.path(g) for g in below],
        [canvas.path(g) for g in shown if g.geom_type not in ("Point", "MultiPoint")],
        [(round(float(x), 1), round(float(y), 1)) for x, y in pixels],
        canvas.bounds,
    )


def _clipped(outlines: Any, bounds: Bounds) -> list[BaseGeometry]:
    # A little beyond the edge, so that the cut itself is not drawn.
    west, south, east, north = bounds
    more = 0.02 * (east - west)
    box = (west - more, south - more, east + more, north + more)
    clipped = shapely.clip_by_rect(np.asarray(outlines, dtype=object), *box)
    return [g for g in clipped if g is not None and not g.is_empty]


def geometry_of(feature: dict[str, Any]) -> BaseGeometry | None:
    """Read the geometry of a GeoJSON feature; null stays null."""
    found = feature.get("geometry")
    return None if found is None else shapely.geometry.shape(found)
