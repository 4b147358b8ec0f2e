"""Land around the districts, so that a reader sees where the sea is; no borders, no names.

The outlines are Natural Earth's (public domain) from the pinned package ``world-atlas``:
its states joined, since its land counts the Caspian Sea in. Borders are left out on
purpose: a hazard map takes no side, and needs none.
"""

from functools import lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geodata.crs import extent
from geodata.errors import NotFound
from service.assets import asset_path

DETAILED, COARSE = "world-atlas/countries-10m.json", "world-atlas/countries-50m.json"
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

    Parameters
    ----------
    districts
        WGS 84 polygons.

    Returns
    -------
    shapely.Geometry or None
        MultiPolygon, WGS 84 (lon, lat), clipped to a frame larger than the districts', with
        longitudes beyond 180 where the frame goes over it;
        None where there are no districts or the atlas was not fetched.
    """
    if districts.empty:
        return None
    west, south, east, north = (round(v, 1) for v in extent(districts.geometry.array))
    return _land(west, south, east, north)


@lru_cache(maxsize=8)
def _land(west: float, south: float, east: float, north: float) -> Any:
    import pyogrio

    size = max(east - west, north - south, LEAST_DEG)
    try:
        path = asset_path(COARSE if size > LARGE_DEG else DETAILED)
    except NotFound:
        return None
    margin = AROUND * size
    frame = (
        max(west - margin, -180.0) if east <= 180 else west - margin,
        max(south - margin, -90.0),
        min(east + margin, 180.0) if east <= 180 else min(east + margin, west - margin + 360),
        min(north + margin, 90.0),
    )
    states = pyogrio.read_dataframe(path, layer="countries", columns=[])
    held = shapely.get_parts(states.geometry.array)
    if east > 180:
        again = shapely.transform(held, lambda xy: np.add(xy, (360.0, 0.0)))
        held = np.concatenate([held, again])
    parts = np.concatenate([_unwrapped(part) for part in held[_across(held, frame)]])
    cut = shapely.make_valid(shapely.clip_by_rect(parts, *frame))
    land = shapely.simplify(shapely.union_all(cut), TOLERANCE * size)
    return _whole(land, SLIVER * max(east - west, north - south))


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
