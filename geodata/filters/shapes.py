"""Spatial predicates: S_INTERSECTS and the others, and S_DWITHIN in metres.

Literals are brought to WGS 84 (lon, lat) first; the predicates themselves are
topological, and distances are taken on the ellipsoid or in a local projection.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from pyproj import CRS, Geod, Transformer

from geodata.crs import bounds_from_crs, from_crs
from geodata.filters.columns import Columns, Mask, Truth
from geodata.filters.operands import Operand, Predicate, constant, known
from geodata.filters.parsing import refusal

PREDICATES: dict[str, Callable[[Any, Any], Any]] = {
    "s_intersects": shapely.intersects,
    "s_disjoint": shapely.disjoint,
    "s_equals": shapely.equals,
    "s_touches": shapely.touches,
    "s_crosses": shapely.crosses,
    "s_within": shapely.within,
    "s_contains": shapely.contains,
    "s_overlaps": shapely.overlaps,
}
_SWAPPED = {"s_within": "s_contains", "s_contains": "s_within"}
UNITS = {"m": 1.0, "metre": 1.0, "metres": 1.0, "meter": 1.0, "meters": 1.0}
UNITS |= {"km": 1000.0, "kilometre": 1000.0, "kilometres": 1000.0, "kilometers": 1000.0}
_GEOD = Geod(ellps="WGS84")
MOST_LATITUDE = 90.0 + 1e-9


def geometry_operand(tree: dict[str, Any], crs: CRS | None) -> Operand:
    """Give the operand of a geometry or box written in the filter.

    Parameters
    ----------
    tree
        GeoJSON geometry, or ``{"bbox": […]}`` with 4 or 6 numbers.
    crs
        The system of its coordinates, in the axis order of its authority; None is
        OGC:CRS84.

    Returns
    -------
    Operand
        WGS 84 (lon, lat).

    Raises
    ------
    InvalidInput
        It is no geometry, or not valid.
    """
    shape = _box(tree["bbox"], crs) if "bbox" in tree else _shape(tree, crs)
    shapely.prepare(shape)
    return constant("geometry", shape, "the geometry")


def _shape(tree: dict[str, Any], crs: CRS | None) -> Any:
    try:
        shape = shapely.force_2d(shapely.geometry.shape(tree))
    except Exception:  # noqa: BLE001 - whatever a malformed geometry makes of the constructor
        raise refusal(f"a geometry in it cannot be read: {str(tree)[:80]}.") from None
    if shape.is_empty or not np.isfinite(shapely.get_coordinates(shape)).all():
        raise refusal("a geometry in it is empty or not finite.")
    if crs is None and (np.abs(shapely.get_coordinates(shape)[:, 1]) > MOST_LATITUDE).any():
        raise refusal(
            "a geometry in it has a latitude beyond 90 degrees; longitude stands before latitude, "
            "unless filter-crs says otherwise."
        )
    if not shape.is_valid:
        raise refusal(f"a geometry in it is not valid: {shapely.is_valid_reason(shape)[:100]}.")
    return shape if crs is None else from_crs(np.array([shape], dtype=object), crs)[0]


def _box(numbers: Any, crs: CRS | None) -> Any:
    plain = isinstance(numbers, list) and all(
        isinstance(n, int | float) and not isinstance(n, bool) for n in numbers
    )
    if not plain or len(numbers) not in (4, 6):
        raise refusal("BBOX takes 4 or 6 numbers.")
    if len(numbers) == 6:
        numbers = [numbers[0], numbers[1], numbers[3], numbers[4]]
    west, south, east, north = bounds_from_crs(numbers, crs) if crs else numbers
    if south > north:
        raise refusal("BBOX has its south above its north.")
    if west <= east:
        return shapely.box(west, south, east, north)
    return shapely.union(
        shapely.box(west, south, 180.0, north), shapely.box(-180.0, south, east, north)
    )


def relate(name: str, left: Operand, right: Operand) -> Predicate:
    """Relate two geometries.

    Parameters
    ----------
    name
        One of `PREDICATES`.
    left, right
        The property `geometry` or geometries written in the filter.

    Returns
    -------
    Predicate
        Unknown where a geometry is null.

    Raises
    ------
    InvalidInput
        A side is no geometry; the message names it.
    """
    _need_geometries(name, left, right)
    if right.constant and not left.constant:
        # The prepared geometry goes first: the predicate is then many times faster.
        left, right, name = right, left, _SWAPPED.get(name, name)
    apply = PREDICATES[name]

    def predicate(rows: Columns) -> Truth:
        a, b = left.of(rows), right.of(rows)
        return known(apply(a, b), shapely.is_missing(a) | shapely.is_missing(b), len(rows))

    return predicate


def within_distance(
    left: Operand, right: Operand, distance: Operand, units: Operand | None = None
) -> Predicate:
    """Say whether the geometry is within a distance of one written in the filter.

    Between points the distance is geodesic (WGS 84); otherwise it is taken in an
    azimuthal equidistant projection centred on the literal.

    Raises
    ------
    InvalidInput
        An argument is of the wrong kind, or the unit is not known.
    """
    _need_geometries("s_dwithin", left, right)
    if left.constant:
        left, right = right, left
    if left.constant or not right.constant:
        raise refusal("S_DWITHIN takes the property geometry and one geometry.")
    if distance.kind != "number" or not distance.constant or not distance.literal >= 0:
        raise refusal("the distance of S_DWITHIN has to be a number of metres from 0 on.")
    unit = "m" if units is None else str(units.literal).lower()
    if unit not in UNITS:
        raise refusal(f"S_DWITHIN knows the units {', '.join(sorted(UNITS))}, not {unit[:20]!r}.")
    metres, target = distance.literal * UNITS[unit], right.literal

    def predicate(rows: Columns) -> Truth:
        shapes = left.of(rows)
        near = np.zeros(len(rows), dtype=bool)
        there = ~shapely.is_missing(shapes)
        near[there] = _near(shapes[there], target, metres)
        return known(near, ~there, len(rows))

    return predicate


def _near(shapes: Any, target: Any, metres: float) -> Mask:
    if target.geom_type == "Point" and (shapely.get_type_id(shapes) == 0).all():
        count = len(shapes)
        x, y = np.full(count, target.x), np.full(count, target.y)
        _, _, away = _GEOD.inv(shapely.get_x(shapes), shapely.get_y(shapes), x, y)
        return np.asarray(away <= metres)
    centre = shapely.centroid(target)
    forward = _equidistant(round(centre.x, 4), round(centre.y, 4))
    moved = shapely.transform(shapes, forward.transform, interleaved=False)
    there = shapely.transform(target, forward.transform, interleaved=False)
    return np.asarray(shapely.dwithin(moved, there, metres))


@lru_cache(maxsize=32)
def _equidistant(lon: float, lat: float) -> Transformer:
    local = CRS.from_dict({"proj": "aeqd", "lon_0": lon, "lat_0": lat, "datum": "WGS84"})
    return Transformer.from_crs("OGC:CRS84", local, always_xy=True)


def _need_geometries(name: str, *operands: Operand) -> None:
    for operand in operands:
        if operand.kind != "geometry":
            raise refusal(
                f"{name.upper()} needs geometries, and {operand.name} is none.", name=operand.name
            )
