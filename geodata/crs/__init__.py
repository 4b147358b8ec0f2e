"""Coordinate reference systems, normalised once at the door.

Inside the project every geometry is OGC:CRS84: WGS 84 in degrees, longitude before
latitude. `parse_crs` reads what clients write, `to_crs` and `from_crs` cross the door
with the axis order that the authority of the other system prescribes.
"""

from geodata.crs.local import (
    crossing,
    cut_at_180,
    extent,
    local_equal_area,
    transform_xy,
    turned,
    turned_lon,
    whole_within_180,
)
from geodata.crs.moving import Bounds, bounds_from_crs, from_crs, to_crs, transformer_between
from geodata.crs.naming import CRS84_URI, AxisOrder, axis_order, crs_uri, is_crs84, parse_crs

__all__ = [
    "CRS84_URI",
    "AxisOrder",
    "Bounds",
    "axis_order",
    "bounds_from_crs",
    "crossing",
    "crs_uri",
    "cut_at_180",
    "extent",
    "from_crs",
    "is_crs84",
    "local_equal_area",
    "parse_crs",
    "to_crs",
    "transform_xy",
    "transformer_between",
    "turned",
    "turned_lon",
    "whole_within_180",
]
