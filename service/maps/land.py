"""Land around the districts, so that a reader sees where the sea is; no borders, no names.

The outlines are Natural Earth's land at 1:10 million (public domain), from the pinned
package ``world-atlas``. States and their borders are left out on purpose: a hazard map
takes no side, and needs none.
"""

from functools import lru_cache
from typing import Any

import geopandas as gpd
import pyogrio
import shapely

from geodata.errors import NotFound
from service.assets import asset_path

ATLAS = "world-atlas/countries-10m.json"
AROUND = 0.75
"""Margin on each side, in sizes of the districts' frame: what zooming out still shows."""
LEAST_DEG = 1.0
TOLERANCE = 0.0015
"""Simplification, in sizes of the frame: below a pixel when all districts are seen."""


def land_around(districts: gpd.GeoDataFrame) -> Any:
    """Give the land in and around the districts' frame.

    Parameters
    ----------
    districts
        WGS 84 polygons.

    Returns
    -------
    shapely.Geometry or None
        MultiPolygon, WGS 84 (lon, lat), clipped to a frame larger than the districts';
        None where there are no districts or the atlas was not fetched.
    """
    if districts.empty:
        return None
    west, south, east, north = (round(float(v), 1) for v in districts.total_bounds)
    return _land(west, south, east, north)


@lru_cache(maxsize=8)
def _land(west: float, south: float, east: float, north: float) -> Any:
    try:
        path = asset_path(ATLAS)
    except NotFound:
        return None
    size = max(east - west, north - south, LEAST_DEG)
    margin = AROUND * size
    frame = (
        max(west - margin, -180.0),
        max(south - margin, -90.0),
        min(east + margin, 180.0),
        min(north + margin, 90.0),
    )
    held = pyogrio.read_dataframe(path, layer="countries", bbox=frame, columns=[])
    parts = shapely.get_parts(held.geometry.array)
    parts = parts[shapely.intersects(parts, shapely.box(*frame))]
    cut = shapely.clip_by_rect(shapely.make_valid(parts), *frame)
    return shapely.simplify(shapely.union_all(cut), TOLERANCE * size)
