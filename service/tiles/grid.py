"""The tile matrix set WebMercatorQuad: which tile is where (EPSG:3857, metres).

References
----------
OGC 17-083r4, Two Dimensional Tile Matrix Set and Tile Set Metadata, annex D.1.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.errors import NotFound

TMS = "WebMercatorQuad"
HALF = math.pi * 6_378_137.0
"""Half of the side of the square that is the world, in metres."""
EXTENT = 4096
"""Units of a tile's side in the encoding."""
MOST_ZOOM = 18
SCALE_0 = 2 * HALF / 256 / 0.00028
"""Scale denominator of level 0, for pixels of 0.28 mm."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile: zoom, row from the north, column from the west."""

    zoom: int
    row: int
    column: int

    @property
    def side(self) -> float:
        """Side in metres of the projection."""
        return side_of(self.zoom)

    @property
    def west(self) -> float:
        """Easting of the left edge."""
        return self.column * self.side - HALF

    @property
    def south(self) -> float:
        """Northing of the lower edge."""
        return HALF - (self.row + 1) * self.side


def side_of(zoom: int) -> float:
    """Side of a tile in metres of the projection."""
    return 2 * HALF / 2**zoom


def tile_of(zoom: str, row: str, column: str) -> Tile:
    """Read a tile's address.

    Raises
    ------
    NotFound
        It is no tile of the set.
    """
    given = (zoom, row, column)
    if not all(text.isascii() and text.isdigit() and len(text) <= 9 for text in given):
        raise NotFound("A tile's address is three whole numbers: tileMatrix/tileRow/tileCol.")
    found = Tile(int(zoom), int(row), int(column))
    if found.zoom > MOST_ZOOM:
        raise NotFound(f"There are tiles for the tile matrices 0 to {MOST_ZOOM}, not {zoom}.")
    most = 2**found.zoom - 1
    if max(found.row, found.column) > most:
        raise NotFound(f"Tile matrix {zoom} has rows and columns from 0 to {most}.")
    return found


def index_of(metres: NDArray[np.float64], zoom: int, *, southward: bool) -> NDArray[np.int64]:
    """Give the row (southward) or column of the tile that each coordinate belongs to.

    A coordinate on the edge of two tiles belongs to one: the eastern, the southern. What
    lies beyond the square counts to its outermost tile, so that every point has a tile.
    """
    distance = HALF - metres if southward else metres + HALF
    found = np.floor(distance / side_of(zoom)).astype(np.int64)
    return np.clip(found, 0, 2**zoom - 1)


def matrix_set(base: str) -> dict[str, Any]:
    """Describe WebMercatorQuad as OGC's JSON."""
    return {
        "id": TMS,
        "title": "Google Maps Compatible for the World",
        "uri": "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad",
        "crs": "http://www.opengis.net/def/crs/EPSG/0/3857",
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": [_matrix(zoom) for zoom in range(MOST_ZOOM + 1)],
        "links": [
            {
                "href": f"{base}/tileMatrixSets/{TMS}",
                "rel": "self",
                "type": "application/json",
                "title": TMS,
            }
        ],
    }


def _matrix(zoom: int) -> dict[str, Any]:
    return {
        "id": str(zoom),
        "scaleDenominator": SCALE_0 / 2**zoom,
        "cellSize": 2 * HALF / 256 / 2**zoom,
        "cornerOfOrigin": "topLeft",
        "pointOfOrigin": [-HALF, HALF],
        "tileWidth": 256,
        "tileHeight": 256,
        "matrixWidth": 2**zoom,
        "matrixHeight": 2**zoom,
    }


def limits_of(bounds: tuple[float, float, float, float]) -> list[dict[str, Any]]:
    """Give the tiles of each level that a box touches.

    OGC's tileMatrixSetLimits, one a level.

    Parameters
    ----------
    bounds
        ``west, south, east, north`` in metres of EPSG:3857.
    """
    x, y = np.array(bounds[0::2]), np.array(bounds[3::-2])
    limits = []
    for zoom in range(MOST_ZOOM + 1):
        columns = index_of(x, zoom, southward=False).tolist()
        rows = index_of(y, zoom, southward=True).tolist()
        limits.append(
            {
                "tileMatrix": str(zoom),
                "minTileRow": rows[0],
                "maxTileRow": rows[1],
                "minTileCol": columns[0],
                "maxTileCol": columns[1],
            }
        )
    return limits
