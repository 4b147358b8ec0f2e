"""Time single tiles: boundaries by level, and points from sparse to a hundred thousand.

Run: ``python benchmarks/tiles.py [POINTS]``; prints milliseconds of processor time, bytes and
features, and
GDAL's own MVT writer on the same boundaries (a whole pyramid at once).
"""

import argparse
import tempfile
from pathlib import Path
from time import process_time

import mapbox_vector_tile
import pyogrio
from formats import incidents

from geodata import schemas
from geodata.districts import load_districts
from service.tiles.grid import Tile
from service.tiles.layer import TileLayer, districts_at, shapes_at, tile_bytes

PLACES = ((0, 0, 0), (4, 6, 10), (6, 24, 40), (8, 96, 162), (10, 387, 646), (12, 1549, 2587))


def show(layer: TileLayer) -> None:
    """Print what each tile costs the first time and when its level is ready."""
    name = layer.schema.name
    for place in PLACES:
        spans = []
        for _ in range(3):
            start = process_time()
            content = tile_bytes(layer, Tile(*place))
            spans.append((process_time() - start) * 1_000)
        count = len(mapbox_vector_tile.decode(content)[name]["features"]) if content else 0
        print(
            f"{name:10} {place[0]:3}: first {spans[0]:6.0f} ms, then {min(spans):6.0f} ms, "
            f"{len(content):7} bytes, {count:5} features"
        )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("points", nargs="?", type=int, default=100_000)
    points = arguments.parse_args().points
    districts = load_districts()
    show(TileLayer(districts, schemas.DISTRICTS, districts_at))
    frame = incidents(points)
    start = process_time()
    layer = TileLayer(frame, schemas.INCIDENTS, shapes_at)
    print(f"{points} incidents made ready in {(process_time() - start) * 1_000:.0f} ms")
    show(layer)
    with tempfile.TemporaryDirectory() as folder:
        start = process_time()
        pyogrio.write_dataframe(
            districts, Path(folder) / "mvt", driver="MVT", MINZOOM=0, MAXZOOM=8, FORMAT="DIRECTORY"
        )
        made = sum(1 for _ in Path(folder).rglob("*.pbf"))
        span = process_time() - start
        print(f"GDAL's MVT driver: {made} tiles of levels 0 to 8 in {span * 1_000:.0f} ms, "
              f"{span / made * 1_000:.0f} ms a tile")  # fmt: skip


if __name__ == "__main__":
    main()
