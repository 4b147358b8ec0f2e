"""Shapes of a layer, lighter the farther one looks from, in the tiles' projection."""

from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geodata.crs import parse_crs, to_crs
from geodata.districts import simplified
from geodata.districts.edition import shape_key
from geodata.formats.geometry import flat
from geodata.register.memo import Memo
from service.tiles.grid import EXTENT, side_of

FULL_FROM = 13
"""Boundaries are drawn in full from this level on."""
TOLERANCE_UNITS = 3.0
"""How many of a tile's units (1/4096 of its side) simplifying may take off."""

# Boundaries outlive snapshots: a write does not make them be simplified again.
_LIGHT = Memo(4 * FULL_FROM)


def districts_at(frame: gpd.GeoDataFrame, zoom: int) -> Any:
    """Give districts of a level: simplified as one coverage, neighbours keep their edges.

    Parameters
    ----------
    frame
        Frame with `district_id` and polygons, WGS 84 (lon, lat).
    zoom
        The level.

    Returns
    -------
    numpy.ndarray
        Shapes in EPSG:3857, in the order of `frame`; kept for the next snapshot.
    """
    key = (shape_key(frame), min(zoom, FULL_FROM))
    return _LIGHT.get(key, lambda: _districts(frame, zoom))


def shapes_at(frame: gpd.GeoDataFrame, zoom: int) -> Any:
    """Give any lines and polygons of a level; as one coverage where they are one.

    Parameters
    ----------
    frame
        Rows in WGS 84 (lon, lat).
    zoom
        The level.

    Returns
    -------
    numpy.ndarray
        Shapes in EPSG:3857, in the order of `frame`.
    """
    shapes = to_crs(flat(frame.geometry.array), parse_crs("EPSG:3857"))
    if zoom >= FULL_FROM or not len(shapes):
        return shapes
    tolerance = TOLERANCE_UNITS * side_of(zoom) / EXTENT
    if (shapely.get_dimensions(shapes) == 2).all() and shapely.coverage_is_valid(shapes):
        return shapely.coverage_simplify(shapes, tolerance)
    return shapely.simplify(shapes, tolerance, preserve_topology=True)


def _districts(frame: gpd.GeoDataFrame, zoom: int) -> Any:
    light = frame
    if zoom < FULL_FROM and len(frame):
        latitude = float(np.mean(frame.total_bounds[1::2]))
        light = simplified(frame[["geometry"]], tolerance_m(zoom, latitude))
    return to_crs(flat(light.geometry.array), parse_crs("EPSG:3857"))


def tolerance_m(zoom: int, latitude: float) -> float:
    """Give the tolerance of a level in metres on the ground at a latitude."""
    unit = side_of(zoom) / EXTENT
    return float(TOLERANCE_UNITS * unit * np.cos(np.radians(latitude)))
