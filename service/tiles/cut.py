"""A tile cut out of a layer and encoded as a Mapbox Vector Tile 2.1.

Each point belongs to one tile of a level: the attribute `count`, summed over a level, is
the number of points. Where more than `MOST_POINTS` fall into one tile they are gathered in
cells, each with its count and its sums; nothing is left out at random.
"""

from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from service.tiles.encoding import Layer
from service.tiles.grid import EXTENT, Tile
from service.tiles.layer import BUFFER, TileLayer

MOST_POINTS = 1_000
CELLS = 32
"""Cells along a tile's side where points are gathered: 16 pixels of a 512 pixel tile."""

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]
Metres = NDArray[np.float64]


def tile_bytes(layer: TileLayer, tile: Tile, mask: Mask | None = None) -> bytes:
    """Cut and encode one tile.

    Parameters
    ----------
    layer
        The layer.
    tile
        Which tile.
    mask
        Which rows of the layer's frame are wanted; None = all.

    Returns
    -------
    bytes
        One layer of the schema's name; empty when nothing is in the tile. Exterior rings
        are clockwise on the screen, shapes reach `BUFFER` units over the edge.
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
    drawn.add(_points(x, y), {**layer.attributes(rows), "count": one})


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
    drawn.add(_points(*middle), {"count": pa.array(size), **_sums(layer, rows, group, len(size))})


def _points(x: Metres, y: Metres) -> Any:
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
