"""All tiles of a layer as one file: PMTiles 3, read in parts over HTTP without a server.

References
----------
PMTiles version 3 specification, https://github.com/protomaps/PMTiles
"""

import gzip
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.disk import scratch, whole
from geodata.errors import InvalidInput
from service.tiles.documents import tilejson
from service.tiles.grid import Tile
from service.tiles.layer import TileLayer, tile_bytes

KEY, SUFFIX = "pmtiles", ".pmtiles"
DEEPEST = {"MultiPolygon": 10, "Point": 13, "Geometry": 12}
"""Most zoom by kind of geometry: readers enlarge the last level, whose unit is some metres."""
MOST_TILES = 30_000
"""Tiles from which on no deeper level is begun."""

PIECE = 1 << 18
Mask = NDArray[np.bool_]


def write_archive(
    layer: TileLayer, path: Path, *, title: str, description: str, mask: Mask | None = None
) -> int:
    """Write the tiles of a layer.

    Parameters
    ----------
    path
        The file; it appears only when it is complete.
    mask
        Which of its rows are drawn; None = all.

    Raises
    ------
    InvalidInput
        Nothing that is drawn has a geometry.
    """
    # Few requests need it.
    from pmtiles.tile import Compression, TileType, zxy_to_tileid
    from pmtiles.writer import Writer

    kind = layer.schema.geometry
    if kind is None:
        raise InvalidInput(
            f"The layer {layer.schema.name} has no geometry, so it has no tiles; write CSV.",
            code="no-geometry",
        )
    about = tilejson(layer, title, description, "", "")
    west, south, east, north = about.get("bounds", [-180.0, -85.0, 180.0, 85.0])
    written, deepest = 0, 0
    if not tile_bytes(layer, Tile(0, 0, 0), mask):
        raise InvalidInput(
            f"No feature chosen of {layer.schema.name} has a geometry, so there is no tile; write "
            "CSV, or choose others.",
            code="no-geometry",
        )
    with whole(path) as made, made.open("wb") as sink:
        make: Any = Writer  # which has no types
        writer = make(sink)
        level = [Tile(0, 0, 0)]
        for zoom in range(DEEPEST[kind] + 1):
            below: list[tuple[int, Tile]] = []
            for tile in level:
                content = tile_bytes(layer, tile, mask)
                if not content:
                    continue
                number = zxy_to_tileid(tile.zoom, tile.column, tile.row)
                writer.write_tile(number, gzip.compress(content, 6, mtime=0))
                written, deepest = written + 1, zoom
                below += [
                    (zxy_to_tileid(zoom + 1, child.column, child.row), child)
                    for child in _children(tile)
                ]
            if written > MOST_TILES:
                break
            # In the order of the archive, so that what is near is near in the file.
            level = [tile for _, tile in sorted(below, key=lambda one: one[0])]
        header: dict[str, Any] = {
            "tile_type": TileType.MVT,
            "tile_compression": Compression.GZIP,
            "min_zoom": 0,
            "max_zoom": deepest,
            "min_lon_e7": _e7(west),
            "min_lat_e7": _e7(south),
            "max_lon_e7": _e7(east),
            "max_lat_e7": _e7(north),
            "center_zoom": min(6, deepest),
            "center_lon_e7": _e7((west + east) / 2),
            "center_lat_e7": _e7((south + north) / 2),
        }
        known = ("name", "description", "attribution", "vector_layers")
        metadata = {name: about[name] for name in known}
        for one in metadata["vector_layers"]:
            one["maxzoom"] = deepest
        writer.finalize(header, metadata)
    return written


def archive_bytes(layer: TileLayer, **about: Any) -> Iterator[bytes]:
    """Give the archive piece by piece; what does not fit raises before the first one."""
    with ExitStack() as kept:
        folder = kept.enter_context(scratch("tiles"))
        path = Path(folder) / "layer.pmtiles"
        write_archive(layer, path, **about)
        rest = kept.pop_all()
    return _read(rest, path)


def _read(folder: ExitStack, path: Path) -> Iterator[bytes]:
    with folder, path.open("rb") as source:
        while piece := source.read(PIECE):
            yield piece


def _children(tile: Tile) -> list[Tile]:
    row, column = 2 * tile.row, 2 * tile.column
    return [Tile(tile.zoom + 1, row + down, column + right) for down in (0, 1) for right in (0, 1)]


def _e7(degrees: float) -> int:
    return round(degrees * 1e7)
