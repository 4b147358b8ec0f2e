"""Checking that districts fit together: no overlaps, no gaps."""

import numpy as np
import shapely

from geodata.districts.area import geodesic_area_km2
from geodata.districts.complaints import Complaint

# Drawing is never exact: a shared strip below this share of the smaller district, or below
# this area, is a sliver.
SLIVER_SHARE, SLIVER_KM2 = 0.01, 1e-6
_LISTED = 50


def coverage_complaints(shapes: np.ndarray, ids: list[str]) -> list[Complaint]:
    """Find overlaps between districts and gaps enclosed by them.

    Parameters
    ----------
    shapes
        Valid MultiPolygons in OGC:CRS84, None where one is missing.
    ids
        The districts' ids.

    Returns
    -------
    list of Complaint
        An overlap of more than 1 % of the smaller district is an error: its incidents
        could be either's. Lesser ones and gaps are warnings; nothing is mended, because
        only the owner of the boundaries knows where the line runs.
    """
    known = np.flatnonzero(~shapely.is_missing(shapes))
    if len(known) < 2:
        return []
    fitting = shapes[known]
    complaints = []
    if not shapely.coverage_is_valid(fitting):
        complaints = _overlaps(shapes, known, ids)
    return complaints + _gaps(fitting, np.array(ids, dtype=object)[known])


def _overlaps(shapes: np.ndarray, known: np.ndarray, ids: list[str]) -> list[Complaint]:
    fitting = shapes[known]
    left, right = shapely.STRtree(fitting).query(fitting, predicate="intersects")
    once = left < right
    left, right = left[once], right[once]
    shared = geodesic_area_km2(shapely.intersection(fitting[left], fitting[right]))
    areas = geodesic_area_km2(fitting)
    share = shared / np.maximum(np.minimum(areas[left], areas[right]), 1e-12)
    complaints = []
    for pair in np.flatnonzero(shared > SLIVER_KM2)[np.argsort(-shared[shared > SLIVER_KM2])]:
        row, other = int(known[left[pair]]), ids[known[right[pair]]]
        text = f"overlaps {other!r} by {shared[pair]:.3g} km2 ({share[pair]:.2%} of the smaller)"
        severity = "error" if share[pair] > SLIVER_SHARE else "warning"
        complaints.append(Complaint(row, ids[row], text, severity))  # type: ignore[arg-type]
    return complaints


def _gaps(fitting: np.ndarray, ids: np.ndarray) -> list[Complaint]:
    union = shapely.union_all(fitting)
    holes = [
        shapely.get_interior_ring(part, number)
        for part in shapely.get_parts(union)
        for number in range(shapely.get_num_interior_rings(part))
    ]
    if not holes:
        return []
    gaps = shapely.polygons(holes)
    areas = geodesic_area_km2(gaps)
    tree = shapely.STRtree(fitting)
    complaints = []
    for gap in np.argsort(-areas)[:_LISTED]:
        if areas[gap] <= SLIVER_KM2:
            continue
        around = sorted(set(ids[tree.query(gaps[gap], predicate="intersects")]))
        spot = shapely.point_on_surface(gaps[gap])
        text = (
            f"a gap of {areas[gap]:.3g} km2 near lon {spot.x:.4f}, lat {spot.y:.4f} between "
            f"{', '.join(around[:6])}: points in it lie in no district"
        )
        complaints.append(Complaint(None, None, text, "warning"))
    return complaints
