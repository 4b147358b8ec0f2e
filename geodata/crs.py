"""Coordinate reference systems, normalised once at the door.

Inside the project every geometry is OGC:CRS84: WGS 84 in degrees, longitude before
latitude. `parse_crs` reads what clients write, `to_crs` and `from_crs` cross the door
with the axis order that the authority of the other system prescribes.
"""

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from geodata.errors import InvalidInput

CRS84_URI = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
AxisOrder = Literal["xy", "yx"]

_MAX_TEXT = 200
_FORMS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^https?://www\.opengis\.net/def/crs/(?P<authority>\w+)/[\w.]+/(?P<code>\w+)$",
        r"^https?://www\.opengis\.net/gml/srs/(?P<authority>epsg)\.xml#(?P<code>\w+)$",
        r"^urn:ogc:def:crs:(?P<authority>\w+):[\w.]*:(?P<code>\w+)$",
        r"^\[?(?P<authority>[a-z]+):(?P<code>\w+)\]?$",
    )
)


def parse_crs(text: str | int | CRS) -> CRS:
    """Read a coordinate reference system as clients write it.

    The same object for the same system. Its coordinates have the axis order of its authority: ask
    `axis_order`.

    Parameters
    ----------
    text
        An OGC URI (``http://www.opengis.net/def/crs/EPSG/0/4326``), a URN
        (``urn:ogc:def:crs:EPSG::4326``), a CURIE (``EPSG:4326``, ``[OGC:CRS84]``), an EPSG
        number, or a `CRS`, which is taken as it is. Case does not matter.

    Raises
    ------
    InvalidInput
        The text names no known system, or one that is not two-dimensional
        (code ``bad-crs``).

    Examples
    --------
    >>> parse_crs("urn:ogc:def:crs:EPSG::4326") is parse_crs("epsg:4326")
    True
    """
    if isinstance(text, CRS):
        return _checked(text, text.to_string()[:80])
    text = str(text).strip()
    if text.isascii() and text.isdigit():
        text = f"EPSG:{text}"
    for form in _FORMS:
        found = form.match(text) if len(text) <= _MAX_TEXT else None
        if found:
            return _from_authority(found["authority"].upper(), found["code"].upper())
    raise bad_crs(text, "it is not written as a URI, URN or AUTHORITY:CODE")


@lru_cache(maxsize=512)
def _from_authority(authority: str, code: str) -> CRS:
    written = f"{authority}:{code}"
    if authority not in {"EPSG", "OGC", "ESRI", "IAU_2015", "IGNF"}:
        raise bad_crs(written, "its authority is not known")
    try:
        crs = CRS.from_authority(authority, code)
    except CRSError:
        raise bad_crs(written, "no such system is known") from None
    return _checked(crs, written)


def _checked(crs: CRS, written: str) -> CRS:
    if not (crs.is_geographic or crs.is_projected) or len(crs.axis_info) != 2:
        raise bad_crs(written, "it is not a two-dimensional geographic or projected system")
    return crs


def bad_crs(text: str, why: str) -> InvalidInput:
    """Say why a coordinate reference system cannot be used."""
    return InvalidInput(
        f"The coordinate reference system {text[:80]!r} cannot be used: {why}. "
        f"Write {CRS84_URI} or, for example, http://www.opengis.net/def/crs/EPSG/0/4326.",
        code="bad-crs",
        details=[{"field": "crs", "reason": why}],
    )


def crs_uri(crs: CRS) -> str:
    """Give the OGC URI of a system, as OGC API headers and links write it.

    ``http://www.opengis.net/def/crs/AUTHORITY/VERSION/CODE``.

    Parameters
    ----------
    crs
        A system of a known authority.

    Raises
    ------
    InvalidInput
        No authority lists the system (code ``bad-crs``).
    """
    found = crs.to_authority(min_confidence=100) or crs.to_authority()
    if found is None:
        raise bad_crs(crs.name, "no authority lists it, so it has no URI")
    authority, code = found
    version = "1.3" if authority == "OGC" else "0"
    return f"http://www.opengis.net/def/crs/{authority}/{version}/{code}"


def axis_order(crs: CRS) -> AxisOrder:
    """Say in which order the authority writes the two coordinates.

    ``"xy"`` for longitude or easting first, ``"yx"`` for latitude or northing first.

    Parameters
    ----------
    crs
        A two-dimensional system.

    Examples
    --------
    >>> axis_order(parse_crs("EPSG:4326")), axis_order(parse_crs("OGC:CRS84"))
    ('yx', 'xy')
    """
    first, second = crs.axis_info
    directions = (first.direction.lower(), second.direction.lower())
    if directions[0] in {"north", "south"} and directions[1] in {"east", "west"}:
        return "yx"
    # Polar systems point both axes the same way: only the names tell.
    named = (first.name.lower(), second.name.lower())
    if named[0].startswith(("northing", "latitude")) and named[1].startswith(("east", "long")):
        return "yx"
    return "xy"


def is_crs84(crs: CRS) -> bool:
    """Say whether coordinates in `crs` can be used as longitude, latitude WGS 84 unchanged."""
    return bool(crs == parse_crs("OGC:CRS84"))


Bounds = tuple[float, float, float, float]


@lru_cache(maxsize=256)
def transformer_between(source: CRS, target: CRS) -> Transformer:
    """Give the transformer of two systems, longitude or easting first on both sides."""
    return Transformer.from_crs(source, target, always_xy=True)


def to_crs(geometries: Any, crs: CRS) -> np.ndarray:
    """Express WGS 84 geometries in another system, in its authority's axis order.

    Geometries in the order given. In EPSG:4326 a point is (lat, lon).

    Parameters
    ----------
    geometries
        Array, GeoSeries or GeoSeries array of shapely geometries in OGC:CRS84
        (lon, lat); missing ones stay missing.

    Raises
    ------
    InvalidInput
        A geometry lies where the system is not defined (code ``bad-crs``).
    """
    shapes = np.asarray(geometries, dtype=object)
    if is_crs84(crs):
        return shapes
    return _moved(shapes, transformer_between(parse_crs("OGC:CRS84"), crs), crs, swap_after=True)


def from_crs(geometries: Any, crs: CRS) -> np.ndarray:
    """Bring geometries in another system, in its authority's axis order, to WGS 84.

    Geometries in OGC:CRS84 (lon, lat), in the order given.

    Parameters
    ----------
    geometries
        Array of shapely geometries; in EPSG:4326 a point is (lat, lon). Missing ones stay
        missing.

    Raises
    ------
    InvalidInput
        A coordinate is outside the system's domain (code ``bad-crs``).
    """
    shapes = np.asarray(geometries, dtype=object)
    if is_crs84(crs):
        return shapes
    return _moved(shapes, transformer_between(crs, parse_crs("OGC:CRS84")), crs, swap_after=False)


def _moved(
    shapes: np.ndarray, transformer: Transformer, crs: CRS, *, swap_after: bool
) -> np.ndarray:
    swap = axis_order(crs) == "yx"

    def move(coordinates: np.ndarray) -> np.ndarray:
        if swap and not swap_after:
            coordinates = coordinates[:, ::-1]
        x, y = transformer.transform(coordinates[:, 0], coordinates[:, 1])
        if not (np.isfinite(x).all() and np.isfinite(y).all()):
            raise bad_crs(crs.to_string(), "some coordinates lie outside its domain")
        return np.column_stack((y, x) if swap and swap_after else (x, y))

    return np.asarray(shapely.transform(shapes, move), dtype=object)


def bounds_from_crs(bounds: Sequence[float], crs: CRS) -> Bounds:
    """Bring a bounding box to WGS 84.

    ``west, south, east, north`` in degrees; west > east where the box crosses the antimeridian.
    Edges are followed, not only the corners.

    Parameters
    ----------
    bounds
        Minimum of both axes, then maximum of both, in the authority's axis order:
        ``lat, lon, lat, lon`` for EPSG:4326.

    Raises
    ------
    InvalidInput
        The box is not finite or outside the system's domain (code ``bad-bbox``).
    """
    first, second, third, fourth = (float(value) for value in bounds)
    if axis_order(crs) == "yx":
        first, second, third, fourth = second, first, fourth, third
    box = (first, second, third, fourth)
    moved: list[float] = [math.nan]
    if all(map(math.isfinite, box)):
        moved = list(box) if _is_wgs84_degrees(crs) else _followed(box, crs)
    if not all(map(math.isfinite, moved)):
        raise InvalidInput(
            f"The box cannot be placed on the ground in {crs.name}: give four finite numbers "
            "inside the area the system is defined for.",
            code="bad-bbox",
            details=[{"field": "bbox", "reason": "outside the coordinate system's domain"}],
        )
    west, south, east, north = moved
    return west, south, east, north


def _is_wgs84_degrees(crs: CRS) -> bool:
    return is_crs84(crs) or bool(crs == parse_crs("EPSG:4326"))


def _followed(box: Bounds, crs: CRS) -> list[float]:
    try:
        return list(transformer_between(crs, parse_crs("OGC:CRS84")).transform_bounds(*box))
    except ProjError:
        return [math.inf]


_HALF = 180.0
_TINY = 1e-9


def local_equal_area(bounds: Sequence[float]) -> CRS:
    """Give an equal-area system in metres, centred on a box.

    Lambert's azimuthal equal-area projection: areas are exact, lengths within 0.1 % up to
    550 km from the centre.

    Easting before northing, metres.

    Parameters
    ----------
    bounds
        ``west, south, east, north`` in degrees; east may be beyond 180 (see `extent`).

    Raises
    ------
    InvalidInput
        The box is not finite (code ``bad-bbox``).
    """
    west, south, east, north = (float(value) for value in bounds)
    if not all(map(math.isfinite, (west, south, east, north))):
        raise InvalidInput("There is no box to project: give finite bounds.", code="bad-bbox")
    lon, lat = round((west + east) / 2, 3), round((south + north) / 2, 3)
    lon = lon - 360 if lon > 180 else lon
    return _equal_area_at(lon, lat)


def extent(shapes: Any) -> Bounds:
    """Give the smallest box that holds shapes, also over the 180th meridian.

    West, south, east, north in degrees. Where the box goes over the 180th meridian, east is beyond
    180. NaN where there are no shapes.

    Parameters
    ----------
    shapes
        Array of shapely geometries in OGC:CRS84, each part within ±180 degrees; missing and
        empty ones are left out.

    Examples
    --------
    >>> extent([shapely.box(178, -18, 180, -17), shapely.box(-180, -18, -179, -17)])
    (178.0, -18.0, 181.0, -17.0)
    """
    known = np.asarray(shapes, dtype=object)
    if not len(known):
        return math.nan, math.nan, math.nan, math.nan
    west, south, east, north = (float(v) for v in shapely.total_bounds(known))
    if not east - west > _HALF:
        return west, south, east, north
    parts = shapely.get_parts(shapely.get_parts(known[~shapely.is_missing(known)]))
    edges = shapely.bounds(parts[~shapely.is_empty(parts)])[:, [0, 2]]
    edges = edges[np.argsort(edges[:, 0])]
    reach = np.maximum.accumulate(edges[:, 1])
    gaps = edges[1:, 0] - reach[:-1]
    if not len(gaps) or gaps.max() <= 360 - (east - west):
        return west, south, east, north
    at = int(np.argmax(gaps))
    return float(edges[at + 1, 0]), south, float(reach[at]) + 360, north


def turned(shapes: Any, west: float) -> np.ndarray:
    """Give shapes with longitudes from `west` on, so that what lies over 180 is whole.

    The parts of a shape on both sides of the 180th meridian are joined.

    Parameters
    ----------
    shapes
        Array of shapely geometries in OGC:CRS84.
    west
        Western edge of `extent`; longitudes below it are raised by 360.
    """
    result = np.array(shapes, dtype=object)
    bounds = shapely.bounds(result)
    moved = np.flatnonzero(bounds[:, 0] < west - _TINY)
    if not len(moved):
        return result
    result[moved] = shapely.transform(
        result[moved], lambda xy: np.column_stack([turned_lon(xy[:, 0], west), xy[:, 1]])
    )
    # A shape on both sides of 180 was in two parts; joined, no line is drawn between them.
    both = moved[(bounds[moved, 2] > _HALF - _TINY) & (shapely.get_dimensions(result[moved]) == 2)]
    result[both] = shapely.union_all(result[both][:, None], axis=1)
    return result


def turned_lon(lon: Any, west: float) -> np.ndarray:
    """Give longitudes from `west` on: those below it raised by 360; NaN stays."""
    degrees = np.asarray(lon, dtype=float)
    return np.where(degrees < west - _TINY, degrees + 360, degrees)


def crossing(shapes: Any) -> np.ndarray:
    """Tell the shapes drawn over the 180th meridian: beyond it, or with an edge across the world.

    True for longitudes of 180 to 360, and for edges of more than 180 degrees, which go the other
    way round the earth than the plane between their ends.

    Parameters
    ----------
    shapes
        Array of shapely geometries, lon lat in degrees; None is none.
    """
    shapes = np.asarray(shapes, dtype=object)
    found = np.zeros(len(shapes), dtype=bool)
    coordinates, index = shapely.get_coordinates(shapes, return_index=True)
    if not len(coordinates):
        return found
    beyond = (coordinates[:, 0] > 180.000001) & (coordinates[:, 0] <= 360.000001)
    found[index[beyond]] = True
    # Between two rings there is no edge.
    for shape in np.unique(index[:-1][_over_180(coordinates) & (np.diff(index) == 0)]).tolist():
        rings = shapely.get_rings(shapely.get_parts(shapes[shape]))
        found[shape] |= any(_over_180(shapely.get_coordinates(ring)).any() for ring in rings)
    return found


def _over_180(xy: np.ndarray) -> np.ndarray:
    """Tell which steps go over the 180th meridian; one of the whole circle, or at a pole, does not.

    However short the edge: in data as fine as a kilometre it is a hundredth of a degree.
    """
    steps = np.abs(np.diff(xy[:, 0]))
    polar = np.minimum(np.abs(xy[:-1, 1]), np.abs(xy[1:, 1])) > 89.9
    return np.asarray((steps > _HALF) & (steps < 2 * _HALF) & ~polar)


def cut_at_180(shape: Any) -> Any:
    """Cut a shape at the 180th meridian, so that all of it lies within ±180 degrees."""
    whole = shapely.transform(
        shape,
        lambda xy: np.column_stack([np.where(xy[:, 0] < 0, xy[:, 0] + 360, xy[:, 0]), xy[:, 1]]),
    )
    if not shapely.is_valid(whole):
        whole = shapely.make_valid(whole, method="structure")
    west = shapely.intersection(whole, shapely.box(0, -90, 180, 90))
    east = shapely.intersection(whole, shapely.box(180, -90, 360, 90))
    moved = shapely.transform(east, lambda xy: xy - (360, 0))
    parts = [p for p in (*shapely.get_parts(west), *shapely.get_parts(moved)) if p.area > 0]
    return shapely.MultiPolygon([polygon for part in parts for polygon in shapely.get_parts(part)])


def whole_within_180(shapes: Any) -> np.ndarray:
    """Give shapes of which those over the 180th meridian are cut there."""
    result = np.array(shapes, dtype=object)
    over = crossing(result)
    result[over] = [cut_at_180(shape) for shape in result[over]]
    return result


@lru_cache(maxsize=64)
def _equal_area_at(lon: float, lat: float) -> CRS:
    return CRS.from_dict(
        {"proj": "laea", "lon_0": lon, "lat_0": lat, "datum": "WGS84", "units": "m"}
    )


def transform_xy(x: Any, y: Any, source: CRS, target: CRS) -> tuple[np.ndarray, np.ndarray]:
    """Transform coordinate arrays, longitude or easting first on both sides.

    x and y in `target`; not finite where it is not defined.

    Parameters
    ----------
    x, y
        Coordinates in `source`; NaN stays NaN.
    """
    moved = transformer_between(source, target).transform(
        np.asarray(x, float), np.asarray(y, float)
    )
    return np.asarray(moved[0]), np.asarray(moved[1])
