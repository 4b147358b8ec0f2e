"""One layer made ready once (projected, generalised, indexed), and tiles cut out of it.

A tile is encoded as a Mapbox Vector Tile 2.1. Each point belongs to one tile of a level: the
attribute `count`, summed over a level, is the number of points. Where more than `MOST_POINTS`
fall into one tile they are gathered in cells, each with its count and its sums; nothing is left
out at random.
"""

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
from geodata.districts import generalised
from geodata.districts.geometry import shape_key
from geodata.formats.arrow import TYPES, array_of
from geodata.formats.geometry import flat
from geodata.register.snapshot import Memo
from geodata.schemas import CRS84, FrameSchema
from geodata.schemas import Points as PointArray
from service.tiles.encoding import Coded, Column, Layer, coded_of
from service.tiles.grid import EXTENT, Tile, index_of, side_of

FULL_FROM = 13
"""Boundaries are drawn in full from this level on."""
TOLERANCE_UNITS = 3.0
"""How many of a tile's units (1/4096 of its side) simplifying may take off."""

# Boundaries outlive snapshots: a write does not make them be simplified again.
_LIGHT = Memo(4 * FULL_FROM)


def districts_at(frame: gpd.GeoDataFrame, zoom: int) -> Any:
    """Give districts of a level: simplified as one coverage, neighbours keep their edges."""
    key = (shape_key(frame), min(zoom, FULL_FROM))
    return _LIGHT.get(key, lambda: _districts(frame, zoom))


def shapes_at(frame: gpd.GeoDataFrame, zoom: int) -> Any:
    """Give any lines and polygons of a level; as one coverage where they are one.

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
        light = generalised(frame, tolerance_m(zoom, latitude))
    return to_crs(flat(light.geometry.array), parse_crs("EPSG:3857"))


def tolerance_m(zoom: int, latitude: float) -> float:
    """Give the tolerance of a level in metres on the ground at a latitude."""
    unit = side_of(zoom) / EXTENT
    return float(TOLERANCE_UNITS * unit * np.cos(np.radians(latitude)))


BUFFER = 64
"""Units by which shapes reach over a tile's edge, so that outlines do not show it."""

MOST_WRITTEN = 8_192
"""Distinct values of a column that a layer keeps as tiles have them."""

Generalise = Callable[[gpd.GeoDataFrame, int], Any]


@dataclass(frozen=True, slots=True)
class Points:
    """Points sorted by easting."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    """Metres of EPSG:3857."""
    rows: NDArray[np.int64]
    """Row of the frame that each belongs to."""

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
        if isinstance(held, PointArray):
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
        self._written: dict[str, Coded | None] = {}
        # Most columns of most layers are empty; the others are taken from without the frame.
        self._columns = {name: frame[name] for name in schema.names if frame[name].notna().any()}

    def column(self, name: str, rows: NDArray[np.int64]) -> pa.Array:
        """Give a column of some rows; what is unknown is null."""
        kind = self.schema.by_name[name]
        values = self._columns.get(name)
        if values is None:
            return pa.nulls(len(rows), TYPES[kind.kind])
        return array_of(values.array.take(rows), kind)

    def attributes(self, rows: NDArray[np.int64]) -> dict[str, Column]:
        """Give what is known of some rows, by column."""
        found: dict[str, Column] = {}
        for name in self._columns:
            coded = self._coded(name)
            found[name] = self.column(name, rows) if coded is None else coded.taken(rows)
        return found

    def _coded(self, name: str) -> Coded | None:
        """Give a column of few distinct values with those written, once; None where they are many.

        Two threads may make the same one; both make the same.
        """
        if name not in self._written:
            values = self.column(name, np.arange(len(self.frame)))
            few = len(values.unique()) <= MOST_WRITTEN
            self._written[name] = coded_of(values) if few else None
        return self._written[name]

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


MOST_POINTS = 1_000
CELLS = 32
"""Cells along a tile's side where points are gathered: 16 pixels of a 512 pixel tile."""

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]
Metres = NDArray[np.float64]


def tile_bytes(layer: TileLayer, tile: Tile, mask: Mask | None = None) -> bytes:
    """Cut and encode one tile.

    One layer of the schema's name; empty when nothing is in the tile. Exterior rings are clockwise
    on the screen, shapes reach `BUFFER` units over the edge.

    Parameters
    ----------
    mask
        Which rows of the layer's frame are wanted; None = all.
    """
    drawn = Layer(layer.schema.name)
    _add_points(drawn, layer, tile, mask)
    _add_shapes(drawn, layer, tile, mask)
    return drawn.content()


def _add_points(drawn: Layer, layer: TileLayer, tile: Tile, mask: Mask | None) -> None:
    points = layer.points
    found = points.within(tile)
    if mask is not None:
        found = found[mask[points.rows[found]]]
    if not len(found):
        return
    x = (points.x[found] - tile.west) / tile.side * EXTENT
    y = (points.y[found] - tile.south) / tile.side * EXTENT
    rows = points.rows[found]
    if len(found) <= MOST_POINTS:
        _add_alone(drawn, layer, rows, x, y)
    else:
        _add_gathered(drawn, layer, rows, x, y)


def _add_alone(drawn: Layer, layer: TileLayer, rows: Numbers, x: Metres, y: Metres) -> None:
    """Add points one by one, with all they say."""
    one = pa.array(np.ones(len(rows), dtype=np.int64))
    drawn.add(_shapes(x, y), {**layer.attributes(rows), "count": one})


def _add_gathered(drawn: Layer, layer: TileLayer, rows: Numbers, x: Metres, y: Metres) -> None:
    side = EXTENT / CELLS
    column = np.clip(x // side, 0, CELLS - 1).astype(np.int64)
    row = np.clip(y // side, 0, CELLS - 1).astype(np.int64)
    cell = row * CELLS + column
    counts = np.bincount(cell, minlength=CELLS * CELLS)
    # A cell with one point is that point, with all it says.
    alone = counts[cell] == 1
    if alone.any():
        _add_alone(drawn, layer, rows[alone], x[alone], y[alone])
    rows, x, y, cell = (values[~alone] for values in (rows, x, y, cell))
    if not len(rows):
        return
    many = counts > 1
    group = (np.cumsum(many) - 1)[cell]
    size = counts[many]
    middle = (np.bincount(group, weights=values) / size for values in (x, y))
    drawn.add(_shapes(*middle), {"count": pa.array(size), **_sums(layer, rows, group, len(size))})


def _shapes(x: Metres, y: Metres) -> Any:
    return shapely.points(np.round(np.column_stack((x, y))))


def _sums(layer: TileLayer, rows: Numbers, group: Numbers, groups: int) -> dict[str, pa.Array]:
    """Give what a gathered point says: people, the first and the last day.

    Sums are over the rows that state the number; one that none of them states is null,
    never 0.
    """
    found: dict[str, pa.Array] = {}
    schema = layer.schema
    for column in schema.columns:
        if column.unit == "people" and column.kind in ("integer", "number"):
            values = layer.column(column.name, rows)
            stated = values.is_valid().to_numpy(zero_copy_only=False)
            numbers = values.fill_null(0).to_numpy()
            sums = np.bincount(group, weights=numbers, minlength=groups)
            none = np.bincount(group[stated], minlength=groups) == 0
            whole = sums.astype(np.int64) if column.kind == "integer" else sums
            found[column.name] = pa.array(whole, mask=none)
    for name, first in ((schema.start, True), (schema.end, False)):
        if name is not None:
            found[name] = _day(layer.column(name, rows), group, groups, first=first)
    return found


def _day(values: pa.Array, group: Numbers, groups: int, *, first: bool) -> pa.Array:
    """Give the first or the last day of each group, null where it has none."""
    days = values.cast(pa.int32())
    known = days.is_valid().to_numpy(zero_copy_only=False)
    own = group[known]
    found = np.full(groups, np.iinfo(np.int32).max if first else np.iinfo(np.int32).min, np.int32)
    better = np.minimum if first else np.maximum
    better.at(found, own, days.drop_null().to_numpy())
    return pa.array(found, mask=np.bincount(own, minlength=groups) == 0).cast(pa.date32())


def _add_shapes(drawn: Layer, layer: TileLayer, tile: Tile, mask: Mask | None) -> None:
    if not len(layer.rows):
        return
    shapes, tree = layer.level(tile.zoom)
    edge = tile.side * BUFFER / EXTENT
    box = (tile.west - edge, tile.south - edge, tile.west + tile.side + edge,
           tile.south + tile.side + edge)  # fmt: skip
    found = np.sort(tree.query(shapely.box(*box)))
    if mask is not None:
        found = found[mask[layer.rows[found]]]
    if not len(found):
        return
    units = _drawn(shapes[found], tile, box)
    present = ~(shapely.is_missing(units) | shapely.is_empty(units))
    if present.any():
        drawn.add(units[present], layer.attributes(layer.rows[found[present]]))


def _drawn(shapes: Any, tile: Tile, box: tuple[float, float, float, float]) -> Any:
    clipped = shapely.clip_by_rect(shapes, *box)
    scale = EXTENT / tile.side
    origin = np.array([tile.west, tile.south])
    units = shapely.transform(clipped, lambda c: (c - origin) * scale)
    # On whole units; what would cross itself there is made valid, what vanishes is empty.
    whole = shapely.set_precision(shapely.make_valid(units), 1.0)
    whole = _kept_small(whole, units)
    return shapely.orient_polygons(_uniform(whole, shapely.get_dimensions(units)), exterior_cw=True)


def _kept_small(whole: Any, units: Any) -> Any:
    """Draw what is smaller than a unit as one unit, so that no district disappears."""
    gone = shapely.is_empty(whole) & ~shapely.is_empty(units) & (shapely.get_dimensions(units) == 2)
    if not gone.any():
        return whole
    corner = np.floor(shapely.get_coordinates(shapely.centroid(units[gone])))
    inside = ((corner >= 0) & (corner < EXTENT)).all(axis=1)
    x, y = corner[:, 0], corner[:, 1]
    whole[gone] = np.where(inside, shapely.box(x, y, x + 1, y + 1), None)
    return whole


def _uniform(shapes: Any, dimensions: NDArray[np.int64]) -> Any:
    """Keep of a collection the parts of the shape's own dimension."""
    mixed = (shapely.get_type_id(shapes) == 7).nonzero()[0]
    for at in mixed.tolist():
        parts = shapely.get_parts(shapes[at])
        same = parts[shapely.get_dimensions(parts) == dimensions[at]]
        shapes[at] = shapely.union_all(same) if len(same) else None
    return shapes
