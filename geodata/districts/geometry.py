"""The ground of districts: what identifies it, its area, borders, neighbours and lighter copies.

Areas and distances are on the ellipsoid or in a local equal-area system; copies are simplified
as one coverage. `districts` are frames with `district_id` and valid polygons in OGC:CRS84 (lon,
lat); what is given for each is in the order of its rows.
"""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import Any, Concatenate, ParamSpec, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS, Geod

from geodata.crs import extent, local_equal_area, parse_crs, transform_xy, whole_within_180
from geodata.deferred import sparse
from geodata.errors import InvalidInput

T = TypeVar("T")
P = ParamSpec("P")
_Make = Callable[Concatenate[gpd.GeoDataFrame, P], T]
_COUNTRY = re.compile(r"^([A-Z]{2})(?:-|\d)")


def shape_key(districts: gpd.GeoDataFrame) -> str:
    """Hash ids, order and geometry of the districts: the key of what derives from shapes.

    32 hexadecimal digits; equal for equal content, whatever the object.
    """
    digest = hashlib.blake2b(digest_size=16)
    for text in districts["district_id"].astype(str):
        digest.update(text.encode("utf-8", "surrogatepass") + b"\x00")
    for shape in shapely.to_wkb(districts.geometry.to_numpy()):
        digest.update(b"\x01" if shape is None else shape)
    return digest.hexdigest()


def kept_by_shapes(most: int = 8) -> Callable[[_Make[P, T]], _Make[P, T]]:
    """Keep what is made of boundaries as long as they are among the last few looked at.

    Equal ids and shapes share one, where what else is given is equal; safe to use from several
    threads.
    """

    def decorated(make: _Make[P, T]) -> _Make[P, T]:
        kept: OrderedDict[object, T] = OrderedDict()
        lock = Lock()

        @wraps(make)
        def given(districts: gpd.GeoDataFrame, /, *more: P.args, **named: P.kwargs) -> T:
            key = (shape_key(districts), more, *sorted(named.items()))
            with lock:
                if key in kept:
                    kept.move_to_end(key)
                    return kept[key]
            made = make(districts, *more, **named)
            with lock:
                kept[key] = made
                while len(kept) > most:
                    kept.popitem(last=False)
            return made

        return given

    return decorated


def edition_of(districts: gpd.GeoDataFrame) -> str:
    """Give the short id of an edition of boundaries.

    The label given when the file was loaded, or else country and month of `valid_from`, then eight
    digits of a hash of the whole content, e.g. ``AZ-2023-10-1f0c9a3b``. Any change of a name,
    number or vertex changes it.
    """
    label = districts.attrs.get("edition") or _label(districts)
    digest = hashlib.blake2b(shape_key(districts).encode(), digest_size=4)
    values = districts.drop(columns=districts.geometry.name)
    digest.update(pd.util.hash_pandas_object(values, index=False).to_numpy().tobytes())
    return f"{label}-{digest.hexdigest()}"


def _label(districts: gpd.GeoDataFrame) -> str:
    countries = {
        found[1] if (found := _COUNTRY.match(text)) else ""
        for text in districts["district_id"].astype(str)
    }
    country = countries.pop() if len(countries) == 1 else ""
    first = districts["valid_from"].max() if "valid_from" in districts else pd.NaT
    month = "" if pd.isna(first) else pd.Timestamp(first).strftime("%Y-%m")
    return "-".join(part for part in (country, month) if part) or "districts"


_WGS84 = Geod(ellps="WGS84")


def geodesic_area_km2(geometries: Any) -> np.ndarray:
    """Measure polygons on the WGS 84 ellipsoid.

    Area in km2 in the order given; NaN for missing geometries, 0 for points and lines.

    Parameters
    ----------
    geometries
        Array of shapely geometries in OGC:CRS84 (lon, lat); the direction of the rings
        does not matter.

    References
    ----------
    Karney, C. F. F. (2013). Algorithms for geodesics. Journal of Geodesy 87, 43-55.

    Examples
    --------
    >>> float(geodesic_area_km2([shapely.box(46, 40, 47, 41)])[0].round())
    9413.0
    """
    shapes = np.asarray(geometries, dtype=object).ravel()
    if not len(shapes):
        return np.zeros(0)
    return np.array(
        [
            np.nan if shape is None else abs(_WGS84.geometry_area_perimeter(shape)[0]) / 1e6
            for shape in shapely.orient_polygons(shapes)
        ]
    )


def uncrossed(shapes: Any) -> np.ndarray:
    """Mend polygons whose rings cross: a projection may bend sides that only touched.

    Valid polygons in the order given; those that were valid are the same objects.

    Examples
    --------
    >>> bow = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    >>> float(uncrossed(np.array([bow]))[0].area)
    2.0
    """
    found = np.array(shapes, dtype=object)
    bad = ~shapely.is_valid(found) & ~shapely.is_missing(found)
    found[bad] = shapely.make_valid(found[bad], method="structure", keep_collapsed=False)
    return found


NEAR_M = 2000.0
_VERTICES = 12
# The projection stretches lengths a little; candidates are sought this much further out.
_SLACK = 1.1


class _Borders:
    """Borders cut into short pieces, projected to metres, with the district of each."""

    def __init__(self, districts: gpd.GeoDataFrame) -> None:
        shapes = np.array(districts.geometry.to_numpy(), dtype=object)
        known = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
        bounds = extent(shapes[known]) if len(known) else (0, 0, 1, 1)
        self.crs: CRS = local_equal_area(bounds)
        parts, part_of = shapely.get_parts(shapes[known], return_index=True)
        rings, ring_of = shapely.get_rings(parts, return_index=True)
        owner = part_of[ring_of]
        coordinates, ring = shapely.get_coordinates(rings, return_index=True)
        x, y = transform_xy(coordinates[:, 0], coordinates[:, 1], parse_crs("OGC:CRS84"), self.crs)
        xy = np.column_stack((x, y))
        start = np.flatnonzero(np.diff(ring, prepend=-1))
        place = np.arange(len(ring)) - start[ring] if len(ring) else np.zeros(0, int)
        last = np.append(ring[1:] != ring[:-1], True) if len(ring) else np.zeros(0, bool)
        # Each piece repeats the first vertex of the next, so that no segment is lost.
        joint = (place > 0) & (place % _VERTICES == 0) & ~last
        rows = np.repeat(np.arange(len(ring)), np.where(joint, 2, 1))
        piece_start = np.zeros(len(rows), dtype=bool)
        piece_start[np.cumsum(np.where(joint, 2, 1))[joint] - 1] = True
        firsts = np.flatnonzero(np.diff(ring[rows], prepend=-1))
        piece_start[firsts] = True
        piece = np.cumsum(piece_start) - 1
        self.pieces = shapely.linestrings(xy[rows], indices=piece)
        self.owner = known[owner[ring[rows[piece_start]]]]
        self.tree = shapely.STRtree(self.pieces)


@kept_by_shapes()
def _borders_of(districts: gpd.GeoDataFrame) -> _Borders:
    return _Borders(districts)


def near_border(
    lon: Any,
    lat: Any,
    district_pos: Any,
    districts: gpd.GeoDataFrame,
    metres: float = NEAR_M,
) -> np.ndarray:
    """Find the nearest other district within a distance of each point.

    Candidates are found in an equal-area projection; the distance that decides is
    geodesic, to the nearest point of the other district's border.

    For each point the row position of the nearest other district whose border lies within the
    distance, or -1. A point outside all districts gets the nearest one. Ties go to the smaller
    `district_id`.

    Parameters
    ----------
    lon, lat
        Arrays of degrees, WGS 84, of one length; missing ones have no neighbour.
    district_pos
        For each point the row position of its own district, -1 for none.
    """
    x = np.asarray(lon, dtype=np.float64).ravel()
    y = np.asarray(lat, dtype=np.float64).ravel()
    own = np.asarray(district_pos, dtype=np.int64).ravel()
    result = np.full(len(x), -1, dtype=np.int64)
    borders = _borders_of(districts)
    flat_x, flat_y = transform_xy(x, y, parse_crs("OGC:CRS84"), borders.crs)
    usable = np.flatnonzero(np.isfinite(flat_x) & np.isfinite(flat_y))
    points = shapely.points(flat_x[usable], flat_y[usable])
    point, piece = borders.tree.query(points, predicate="dwithin", distance=metres * _SLACK)
    other = borders.owner[piece] != own[usable[point]]
    point, piece = point[other], piece[other]
    owner = borders.owner[piece]
    distance = _geodesic(points[point], borders.pieces[piece], usable[point], (x, y), borders.crs)
    near = distance <= metres
    rank = np.argsort(np.argsort(districts["district_id"].astype(str).to_numpy(), kind="stable"))
    point, owner, distance = point[near], owner[near], distance[near]
    order = np.lexsort((rank[owner], np.round(distance, 3), point))
    point, owner = point[order], owner[order]
    first = np.flatnonzero(np.diff(point, prepend=-1))
    result[usable[point[first]]] = owner[first]
    return result


def distance_m(lon: Any, lat: Any, district_pos: Any, districts: gpd.GeoDataFrame) -> np.ndarray:
    """Measure how far each point lies from a district.

    Metres, geodesic, to the nearest point of the district as it is drawn; 0 within it, NaN where a
    coordinate or the district is missing.

    Parameters
    ----------
    lon, lat
        Arrays of degrees, WGS 84, of one length.
    district_pos
        For each point the row position of the district to measure to; -1 for none.
    """
    x, y = (np.asarray(v, dtype=np.float64).ravel() for v in (lon, lat))
    position = np.asarray(district_pos, dtype=np.int64).ravel()
    result = np.full(len(x), np.nan)
    rows = np.flatnonzero(np.isfinite(x) & np.isfinite(y) & (position >= 0))
    if not len(rows):
        return result
    borders = _borders_of(districts)
    flat_x, flat_y = transform_xy(x[rows], y[rows], parse_crs("OGC:CRS84"), borders.crs)
    points = shapely.points(flat_x, flat_y)
    for district in np.unique(position[rows]):
        here = position[rows] == district
        inside = shapely.intersects_xy(
            districts.geometry.iloc[int(district)], x[rows[here]], y[rows[here]]
        )
        result[rows[here]] = np.where(inside, 0.0, np.nan)
        out = np.flatnonzero(here)[~inside]
        pieces = borders.pieces[borders.owner == district]
        if not len(out) or not len(pieces):
            continue
        nearest = pieces[shapely.STRtree(pieces).nearest(points[out])]
        result[rows[out]] = _geodesic(points[out], nearest, rows[out], (x, y), borders.crs)
    return result


def _geodesic(
    points: np.ndarray,
    pieces: np.ndarray,
    rows: np.ndarray,
    lonlat: tuple[np.ndarray, np.ndarray],
    crs: CRS,
) -> np.ndarray:
    if not len(points):
        return np.zeros(0)
    lines = shapely.shortest_line(points, pieces)
    ends = shapely.get_coordinates(lines)[1::2]
    lon, lat = transform_xy(ends[:, 0], ends[:, 1], crs, parse_crs("OGC:CRS84"))
    return np.asarray(_WGS84.inv(lonlat[0][rows], lonlat[1][rows], lon, lat)[2])


SNAP_M = 10.0


def projected(shapes: np.ndarray) -> np.ndarray:
    """Project WGS 84 shapes to metres, equal-area around their common centre."""
    local = local_equal_area(extent(shapes))

    def _move(coordinates: np.ndarray) -> np.ndarray:
        x, y = transform_xy(coordinates[:, 0], coordinates[:, 1], parse_crs("OGC:CRS84"), local)
        return np.column_stack((x, y))

    return np.asarray(shapely.transform(shapes, _move), dtype=object)


def contiguity(districts: gpd.GeoDataFrame) -> "sparse.csr_array":
    """Say which districts are neighbours: they share an edge or a corner.

    Those closer than `SNAP_M` count as touching, so that slivers of drawing do not part them.

    0/1 in the rows' order, symmetric, without diagonal; a row without entries is an island. Read
    only: equal boundaries share one matrix.
    """
    return _contiguity(districts).copy()


@kept_by_shapes(most=32)
def _contiguity(districts: gpd.GeoDataFrame) -> "sparse.csr_array":
    count = len(districts)
    shapes = np.array(districts.geometry.to_numpy(), dtype=object)
    shapes[shapely.is_empty(shapes)] = None
    if count == 0 or shapely.is_missing(shapes).all():
        return sparse.csr_array((count, count), dtype=np.int8)
    flat = projected(shapes)
    shapely.prepare(flat)
    left, right = shapely.STRtree(flat).query(flat, predicate="dwithin", distance=SNAP_M)
    apart = left != right
    left, right = left[apart], right[apart]
    ones = np.ones(2 * len(left), dtype=np.int8)
    matrix = sparse.coo_array(
        (ones, (np.concatenate([left, right]), np.concatenate([right, left]))), (count, count)
    ).tocsr()
    matrix.data[:] = 1
    matrix.sort_indices()
    return matrix


def simplified(districts: gpd.GeoDataFrame, tolerance_m: float) -> gpd.GeoDataFrame:
    """Simplify all districts together, so that neighbours keep sharing their edges.

    Visvalingam and Whyatt's algorithm on the coverage, in an equal-area projection. Rings
    never vanish and districts never part or overlap where they did not before.

    A copy with simplified MultiPolygons; `area_km2` and all else stay those of the full boundaries.

    Parameters
    ----------
    districts
        Frame with valid polygons in OGC:CRS84; missing geometries stay missing.
    tolerance_m
        Side in metres of the square whose area a dropped vertex may cut off; 0 keeps all.

    Raises
    ------
    InvalidInput
        The tolerance is negative or not finite (code ``bad-tolerance``).

    References
    ----------
    Visvalingam, M., Whyatt, J. D. (1993). Line generalisation by repeated elimination of
    points. The Cartographic Journal 30, 46-51.
    """
    if not np.isfinite(tolerance_m) or tolerance_m < 0:
        raise InvalidInput("The tolerance has to be 0 metres or more.", code="bad-tolerance")
    result = districts.copy()
    shapes = np.array(districts.geometry.to_numpy(), dtype=object)
    known = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if tolerance_m == 0 or not known.any():
        return result
    wgs84, local = parse_crs("OGC:CRS84"), local_equal_area(extent(shapes[known]))

    def _flatten(xy: np.ndarray) -> np.ndarray:
        return np.column_stack(transform_xy(xy[:, 0], xy[:, 1], wgs84, local))

    def _lift(xy: np.ndarray) -> np.ndarray:
        return np.column_stack(transform_xy(xy[:, 0], xy[:, 1], local, wgs84))

    flat = shapely.transform(shapes[known], _flatten)
    # What lay along the 180th meridian comes back on either side of it.
    lifted = shapely.transform(shapely.coverage_simplify(flat, tolerance_m), _lift)
    light = whole_within_180(lifted)
    shapes[known] = [shapely.MultiPolygon(list(shapely.get_parts(shape))) for shape in light]
    return result.set_geometry(gpd.GeoSeries(shapes, index=districts.index, crs=districts.crs))
