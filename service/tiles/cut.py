"""A tile cut out of a layer and encoded as a Mapbox Vector Tile 2.1.

Each point belongs to one tile of a level: the attribute `count`, summed over a level, is
the number of points. Where more than `MOST_POINTS` fall into one tile they are gathered in
cells, each with its count and its sums; nothing is left out at random.
"""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from service.tiles.attributes import Attributes, single, summed, summed_columns
from service.tiles.grid import EXTENT, Tile
from service.tiles.layer import BUFFER, TileLayer

MOST_POINTS = 1_000
CELLS = 32
"""Cells along a tile's side where points are gathered: 16 pixels of a 512 pixel tile."""

Mask = NDArray[np.bool_]
Feature = dict[str, Any]


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
    import mapbox_vector_tile

    features = _point_features(layer, tile, mask) + _shape_features(layer, tile, mask)
    if not features:
        return b""
    content: bytes = mapbox_vector_tile.encode(
        {"name": layer.schema.name, "features": features},
        # Rings are turned and made valid below, all at once.
        default_options={"extents": EXTENT, "check_winding_order": False},
    )
    return content


def _point_features(layer: TileLayer, tile: Tile, mask: Mask | None) -> list[Feature]:
    points = layer.points
    found = points.within(tile)
    if mask is not None:
        found = found[mask[points.rows[found]]]
    if not len(found):
        return []
    x = (points.x[found] - tile.west) / tile.side * EXTENT
    y = (points.y[found] - tile.south) / tile.side * EXTENT
    rows = points.rows[found]
    if len(found) <= MOST_POINTS:
        attributes = [{**a, "count": 1} for a in single(layer.frame.iloc[rows], layer.schema)]
        return _features(shapely.points(np.round(np.column_stack((x, y)))), attributes)
    return _gathered(layer, rows, x, y)


def _gathered(
    layer: TileLayer, rows: NDArray[np.int64], x: NDArray[np.float64], y: NDArray[np.float64]
) -> list[Feature]:
    side = EXTENT / CELLS
    column = np.clip(x // side, 0, CELLS - 1).astype(np.int64)
    row = np.clip(y // side, 0, CELLS - 1).astype(np.int64)
    cells, group, counts = np.unique(row * CELLS + column, return_inverse=True, return_counts=True)
    middle = [np.bincount(group, weights=v) / counts for v in (x, y)]
    # Only what is summed is taken: texts are most of a row's cost.
    counted = layer.frame[summed_columns(layer.schema)].iloc[rows]
    attributes = summed(counted, layer.schema, group, len(cells))
    alone = counts == 1
    if alone.any():
        # A cell with one point is that point, with all it says.
        at = np.isin(group, alone.nonzero()[0]).nonzero()[0]
        for position, own in zip(
            at.tolist(), single(layer.frame.iloc[rows[at]], layer.schema), strict=True
        ):
            attributes[group[position]] = {**own, "count": 1}
    return _features(shapely.points(np.round(np.column_stack(middle))), attributes)


def _shape_features(layer: TileLayer, tile: Tile, mask: Mask | None) -> list[Feature]:
    if not len(layer.rows):
        return []
    shapes, tree = layer.level(tile.zoom)
    edge = tile.side * BUFFER / EXTENT
    box = (tile.west - edge, tile.south - edge, tile.west + tile.side + edge,
           tile.south + tile.side + edge)  # fmt: skip
    found = np.sort(tree.query(shapely.box(*box)))
    if mask is not None:
        found = found[mask[layer.rows[found]]]
    if not len(found):
        return []
    drawn = _drawn(shapes[found], tile, box)
    present = ~(shapely.is_missing(drawn) | shapely.is_empty(drawn))
    frame = layer.frame.iloc[layer.rows[found[present]]]
    return _features(drawn[present], single(frame, layer.schema))


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


def _features(shapes: Any, attributes: list[Attributes]) -> list[Feature]:
    return [
        {"geometry": shape, "properties": own}
        for shape, own in zip(shapes, attributes, strict=True)
    ]
