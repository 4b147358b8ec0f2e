"""Checking each district's shape, and mending what can be mended safely."""

from typing import Any

import numpy as np
import shapely

from geodata.districts.area import geodesic_area_km2
from geodata.districts.complaints import Complaint

# Making a shape valid may change its area by this share and no more.
SAFE_SHARE = 1e-3
_POLYGONS = (3, 6)
_COLLECTION = 7


def mended(shapes: Any, ids: list[str]) -> tuple[np.ndarray, list[Complaint]]:
    """Check shapes one by one and mend what is safe.

    Safe is: dropping heights, promoting to MultiPolygon, turning rings, taking the
    polygons out of a collection that holds nothing else of area, and undoing
    self-crossings that change the area by less than 0.1 %.

    Parameters
    ----------
    shapes
        Array of shapely geometries in OGC:CRS84 (lon, lat).
    ids
        The districts' ids, for the complaints.

    Returns
    -------
    tuple
        Valid MultiPolygons, None where a shape cannot be used, and the complaints.
    """
    result = np.array(shapes, dtype=object)
    said: list[Complaint] = []
    for row, shape in enumerate(result):
        why = _unusable(shape)
        if why is not None:
            said.append(Complaint(row, ids[row], why, "error"))
            result[row] = None
            continue
        flat = shapely.force_2d(shape)
        if not shapely.is_valid(flat):
            flat, complaint = _valid(flat, row, ids[row])
            said.append(complaint)
        result[row] = None if flat is None else _multi(flat)
    known = ~shapely.is_missing(result)
    result[known] = shapely.orient_polygons(result[known])
    return result, said + _summary(np.asarray(shapes, dtype=object), known)


def _unusable(shape: Any) -> str | None:
    if shape is None or shapely.is_empty(shape):
        return "has no geometry; draw it or remove the row"
    coordinates = shapely.get_coordinates(shape)
    if not np.isfinite(coordinates).all():
        return "has coordinates that are not finite"
    if (np.abs(coordinates) > (180.000001, 90.000001)).any():
        return "has coordinates outside ±180 and ±90 degrees; is the coordinate system right?"
    kind = shapely.get_type_id(shape)
    if kind in _POLYGONS:
        return None
    if kind == _COLLECTION and (shapely.get_dimensions(shapely.get_parts(shape)) == 2).any():
        return None
    return f"is a {shape.geom_type}, not a polygon"


def _valid(shape: Any, row: int, name: str) -> tuple[Any, Complaint]:
    reason = str(shapely.is_valid_reason(shape))
    fixed = _areal(shapely.make_valid(shape, method="structure", keep_collapsed=False))
    before, after = (float(geodesic_area_km2([s])[0]) for s in (_areal(shape), fixed))
    # The plain area of a crossed ring is that of its loops with their signs.
    change = max(abs(after - before), _loops(shape, fixed)) / max(before, after, 1e-12)
    if shapely.is_empty(fixed) or not change <= SAFE_SHARE:
        text = f"is not valid ({reason}) and cannot be mended without changing its area"
        return None, Complaint(row, name, text, "error")
    text = f"was not valid ({reason}); mended, its area changed by {change:.2g} of itself"
    return fixed, Complaint(row, name, text, "warning", repaired=True)


def _loops(shape: Any, fixed: Any) -> float:
    other = shapely.make_valid(shape, method="linework")
    difference = shapely.symmetric_difference(_areal(other), fixed)
    return float(geodesic_area_km2([_areal(difference)])[0])


def _areal(shape: Any) -> Any:
    parts = shapely.get_parts(shape)
    polygons = shapely.get_parts(parts[shapely.get_dimensions(parts) == 2])
    return shapely.MultiPolygon(list(polygons)) if len(polygons) else shapely.MultiPolygon()


def _multi(shape: Any) -> Any:
    if shapely.get_type_id(shape) == _COLLECTION:
        return shapely.MultiPolygon(list(shapely.get_parts(shapely.union_all([_areal(shape)]))))
    return shapely.MultiPolygon(list(shapely.get_parts(shape)))


def _summary(before: np.ndarray, known: np.ndarray) -> list[Complaint]:
    kinds = shapely.get_type_id(before)
    parts = shapely.get_parts(shapely.get_parts(before[known & np.isin(kinds, _POLYGONS)]))
    counts = (
        (int((known & (kinds == 3)).sum()), "polygons were promoted to MultiPolygon"),
        (int((known & (kinds == _COLLECTION)).sum()), "collections were reduced to their polygons"),
        (int((known & shapely.has_z(before)).sum()), "shapes had heights, which were dropped"),
        (
            int((~shapely.is_ccw(shapely.get_exterior_ring(parts))).sum()),
            "outer rings ran clockwise and were turned",
        ),
    )
    return [Complaint(None, None, f"{n} {what}", "note", repaired=True) for n, what in counts if n]
