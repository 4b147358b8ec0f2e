"""One layer made ready to be cut into tiles: projected, generalised and indexed once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from geodata.crs import parse_crs, to_crs, transform_xy
from geodata.districts import simplified
from geodata.districts.edition import shape_key
from geodata.formats.arrow import TYPES, array_of
from geodata.formats.geometry import flat
from geodata.points import Points as Held
from geodata.register.memo import Memo
from geodata.schemas import CRS84, FrameSchema
from service.tiles.grid import EXTENT, Tile, index_of, side_of

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


BUFFER = 64
"""Units by which shapes reach over a tile's edge, so that outlines do not show it."""

Generalise = Callable[[gpd.GeoDataFrame, int], Any]


@dataclass(frozen=True, slots=True)
class Points:
    """Points sorted by easting.

    Attributes
    ----------
    x, y
        Metres of EPSG:3857.
    rows
        Row of the frame that each belongs to.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    rows: NDArray[np.int64]

    def within(self, tile: Tile) -> NDArray[np.int64]:
        """Give the positions of the points that belong to a tile, and to no other one."""
        n = 2**tile.zoom
        # One unit of play on both sides; the exact rule decides below.
        first, last = np.searchsorted(self.x, [tile.west - 1.0, tile.west + tile.side + 1.0])
        start = 0 if tile.column == 0 else int(first)
        stop = len(self.x) if tile.column == n - 1 else int(last)
        part = slice(start, stop)
        here = index_of(self.x[part], tile.zoom, southward=False) == tile.column
        here &= index_of(self.y[part], tile.zoom, southward=True) == tile.row
        return start + here.nonzero()[0]


class TileLayer:
    """A frame in the tiles' projection.

    Parameters
    ----------
    frame
        Rows of the schema, WGS 84 (lon, lat). Rows without geometry are in no tile.
    schema
        Names and kinds of the attributes.
    generalise
        Gives the shapes of rows at a level, in EPSG:3857; called once a level.
    """

    def __init__(
        self, frame: gpd.GeoDataFrame, schema: FrameSchema, generalise: Generalise
    ) -> None:
        self.frame = frame
        self.schema = schema
        self._generalise = generalise
        held: Any = frame.geometry.array
        if isinstance(held, Held):
            # Without an object a point.
            placed = (~held.isna()).nonzero()[0]
            self.points = _points(held.x[placed], held.y[placed], placed)
            self.rows = placed[:0]
        else:
            shapes = flat(held)
            kinds = shapely.get_type_id(shapes)
            placed = (kinds == 0).nonzero()[0]
            degrees = shapely.get_coordinates(shapes[placed])
            self.points = _points(degrees[:, 0], degrees[:, 1], placed)
            self.rows = (kinds > 0).nonzero()[0]
        self._levels: dict[int, tuple[Any, STRtree]] = {}
        # Most columns of most layers are empty; the others are taken from without the frame.
        self._columns = {name: frame[name] for name in schema.names if frame[name].notna().any()}

    def column(self, name: str, rows: NDArray[np.int64]) -> pa.Array:
        """Give a column of some rows; what is unknown is null."""
        kind = self.schema.by_name[name]
        values = self._columns.get(name)
        if values is None:
            return pa.nulls(len(rows), TYPES[kind.kind])
        return array_of(values.array.take(rows), kind)

    def attributes(self, rows: NDArray[np.int64]) -> dict[str, pa.Array]:
        """Give what is known of some rows, by column."""
        return {name: self.column(name, rows) for name in self._columns}

    @property
    def placed(self) -> int:
        """Number of rows that have a geometry."""
        return len(self.points.rows) + len(self.rows)

    def bounds(self) -> tuple[float, float, float, float] | None:
        """Box of all shapes in metres of EPSG:3857; None when there are none."""
        boxes = []
        if len(self.points.x):
            p = self.points
            boxes.append((p.x.min(), p.y.min(), p.x.max(), p.y.max()))
        if len(self.rows):
            boxes.append(tuple(shapely.total_bounds(self.level(FULL_FROM)[0])))
        if not boxes:
            return None
        low, high = np.array(boxes)[:, :2].min(axis=0), np.array(boxes)[:, 2:].max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])

    def level(self, zoom: int) -> tuple[Any, STRtree]:
        """Give the lines and polygons of a level, generalised, with their index."""
        zoom = min(zoom, FULL_FROM)
        if zoom not in self._levels:
            shapes = self._generalise(self.frame.iloc[self.rows], zoom)
            self._levels[zoom] = (shapes, STRtree(shapes))
        return self._levels[zoom]


def _points(lon: NDArray[np.float64], lat: NDArray[np.float64], rows: NDArray[np.int64]) -> Points:
    x, y = transform_xy(lon, lat, parse_crs(CRS84), parse_crs("EPSG:3857"))
    order = np.argsort(x, kind="stable")
    return Points(x[order], y[order], rows[order])
