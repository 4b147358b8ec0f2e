"""Geometry as files want it: projected, axis order, rings' direction, one type a layer."""

from typing import Any

import numpy as np
import shapely
from pyproj import CRS

from geodata.crs import axis_order, parse_crs, to_crs
from geodata.schemas import CRS84

Shapes = Any
"""A numpy array of shapely geometries; None where there is none."""


def crs_of(crs: str | CRS | None) -> CRS:
    """Read a CRS; None is WGS 84, longitude first.

    Raises
    ------
    InvalidInput
        It is not known.
    """
    return parse_crs(CRS84 if crs is None else crs)


def in_authority_order(shapes: Shapes, crs: CRS) -> Shapes:
    """Project from WGS 84 (lon, lat); axes as the CRS's authority orders them.

    Exterior rings are turned counterclockwise before (RFC 7946, 3.1.6).
    """
    if (shapely.get_dimensions(shapes) > 1).any():
        shapes = shapely.orient_polygons(shapes)
    return to_crs(shapes, crs)


def longitude_first(shapes: Shapes, crs: CRS) -> Shapes:
    """Project from WGS 84 (lon, lat); easting or longitude first, as GIS files have it."""
    moved = in_authority_order(shapes, crs)
    if axis_order(crs) == "xy":
        return moved
    return shapely.transform(moved, lambda c: c[:, ::-1])


def decimals_of(crs: CRS) -> int:
    """Decimals that keep a centimetre in degrees, or a millimetre in metres."""
    return 7 if crs.is_geographic else 3


def rounded(shapes: Shapes, decimals: int) -> Shapes:
    """Round coordinates; no negative zero remains."""
    return shapely.transform(shapes, lambda c: np.round(c, decimals) + 0.0)


def flat(shapes: Shapes) -> Shapes:
    """Give plain two-dimensional shapes, None for those that are empty."""
    found = np.array(shapes, dtype=object)
    if shapely.has_z(found).any() or shapely.has_m(found).any():
        found = shapely.force_2d(found)
    found[shapely.is_empty(found)] = None
    return found


def promoted(shapes: Shapes) -> Shapes:
    """Make one type of what mixes single and multiple geometries, for one-type layers.

    The same shapes; where points and multipoints (lines, polygons alike) are mixed, all are
    multiple.

    Parameters
    ----------
    shapes
        Array of shapely geometries; None stays None.
    """
    kinds = shapely.get_type_id(shapes)
    found = np.array(shapes, dtype=object)
    makers = {
        (0, 4): shapely.multipoints,
        (1, 5): shapely.multilinestrings,
        (3, 6): shapely.multipolygons,
    }
    for (single, multiple), make in makers.items():
        at = (kinds == single).nonzero()[0]
        if len(at) and (kinds == multiple).any():
            found[at] = make(found[at], indices=np.arange(len(at)))
    return found
