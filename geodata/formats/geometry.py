"""Geometry as files want it: projected, axis order, rings' direction, one type a layer."""

from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from geodata.errors import InvalidInput
from geodata.schema import CRS84

_MULTI = {0: 4, 1: 5, 3: 6}


def crs_of(crs: str) -> CRS:
    """Read a CRS: ``EPSG:32638``, an OGC URI or anything else that PROJ knows.

    Raises
    ------
    InvalidInput
        PROJ does not know it.
    """
    return _crs(crs)


@lru_cache(maxsize=64)
def _crs(crs: str) -> CRS:
    text = crs.strip("<>[] ")
    try:
        return CRS.from_user_input(text)
    except CRSError:
        raise InvalidInput(
            f"The CRS {text[:80]!r} is not known. Write for example EPSG:32638 or OGC:CRS84.",
            code="bad-crs",
            details=[{"field": "crs", "reason": "unknown"}],
        ) from None


@lru_cache(maxsize=64)
def _transformer(crs: str) -> Transformer | None:
    target = _crs(crs)
    if target.to_authority() in (("OGC", "CRS84"), ("EPSG", "4326")):
        return None
    return Transformer.from_crs(CRS84, target, always_xy=True)


def projected(shapes: Any, crs: str) -> Any:
    """Project shapes from WGS 84 (lon, lat), easting or longitude first.

    Parameters
    ----------
    shapes
        Array of shapely geometries; None stays None.
    crs
        The target.

    Returns
    -------
    numpy.ndarray
        New shapes in the same order.
    """
    transformer = _transformer(crs)
    if transformer is None:
        return shapes
    return shapely.transform(shapes, transformer.transform, interleaved=False)


def in_authority_order(shapes: Any, crs: str) -> Any:
    """Swap x and y where the CRS's authority names latitude or northing first."""
    if not northing_first(crs):
        return shapes
    return shapely.transform(shapes, lambda x, y: (y, x), interleaved=False)


@lru_cache(maxsize=64)
def northing_first(crs: str) -> bool:
    """Say whether the CRS's authority names latitude or northing first."""
    directions = [axis.direction.lower() for axis in _crs(crs).axis_info[:2]]
    return directions == ["north", "east"]


def decimals_of(crs: str) -> int:
    """Decimals that keep a centimetre in degrees, or a millimetre in metres."""
    return 7 if _crs(crs).is_geographic else 3


def polygons_oriented(shapes: Any) -> Any:
    """Turn exterior rings counterclockwise and holes clockwise (RFC 7946, 3.1.6)."""
    return shapely.orient_polygons(shapes)


def promoted(shapes: Any) -> Any:
    """Make one type of what mixes single and multiple geometries, for one-type layers.

    Parameters
    ----------
    shapes
        Array of shapely geometries; None stays None.

    Returns
    -------
    numpy.ndarray
        The same shapes; where points and multipoints (lines, polygons alike) are mixed,
        all are multiple.
    """
    kinds = shapely.get_type_id(shapes)
    present = set(np.unique(kinds[kinds >= 0]).tolist())
    found = np.array(shapes, dtype=object)
    makers = {0: shapely.multipoints, 1: shapely.multilinestrings, 3: shapely.multipolygons}
    for single, multiple in _MULTI.items():
        if {single, multiple} <= present:
            at = (kinds == single).nonzero()[0]
            found[at] = makers[single](found[at], indices=np.arange(len(at)))
    return found
