"""One layer made ready to be cut into tiles: projected once, indexed once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from geodata.crs import parse_crs, to_crs
from geodata.formats.geometry import flat
from geodata.schema import FrameSchema
from service.tiles.generalise import FULL_FROM
from service.tiles.grid import Tile, index_of

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
        shapes = flat(frame.geometry.array)
        kinds = shapely.get_type_id(shapes)
        self.points = _points(shapes, (kinds == 0).nonzero()[0])
        self.rows = (kinds > 0).nonzero()[0]
        self._levels: dict[int, tuple[Any, STRtree]] = {}

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


def _points(shapes: Any, rows: NDArray[np.int64]) -> Points:
    xy = shapely.get_coordinates(to_crs(shapes[rows], parse_crs("EPSG:3857")))
    order = np.argsort(xy[:, 0], kind="stable")
    return Points(xy[order, 0].copy(), xy[order, 1].copy(), rows[order])
