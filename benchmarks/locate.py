"""A million points to their districts: the grid beside GeoPandas' join.

Run ``python benchmarks/locate.py [points]``. Prints one JSON line; the answers are compared
before anything is timed.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from geodata.districts import DistrictGrid, contiguity, load_districts
from geodata.places import Gazetteer, place_many


def seconds(work: Callable[[], object], repeats: int = 3) -> float:
    """Shortest of some runs."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    districts = load_districts()
    west, south, east, north = districts.total_bounds
    rng = np.random.default_rng(0)
    lon, lat = rng.uniform(west, east, count), rng.uniform(south, north, count)
    grid = DistrictGrid(districts)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs=districts.crs)
    plain = districts[["geometry"]].reset_index(drop=True)
    joined = points.sjoin(plain, predicate="within")
    expected = np.full(count, -1)
    expected[joined.index] = joined["index_right"]
    if not (grid.locate(lon, lat) == expected).all():
        raise SystemExit("the grid and the join disagree")
    rows = count // 10
    names = rng.choice(districts["name_az"].to_numpy(), rows)
    gazetteer = Gazetteer(districts=districts)
    by_grid = seconds(lambda: grid.locate(lon, lat), 5)
    by_join = seconds(lambda: points.sjoin(plain, predicate="within"), 1)
    print(
        json.dumps(
            {
                "points": count,
                "grid_build_s": round(seconds(lambda: DistrictGrid(districts), 1), 3),
                "grid_s": round(by_grid, 4),
                "sjoin_within_s": round(by_join, 3),
                "times_faster": round(by_join / by_grid, 1),
                "contiguity_s": round(seconds(lambda: contiguity(districts)), 4),
                "gazetteer_build_s": round(seconds(lambda: Gazetteer(districts=districts)), 3),
                "place_rows": rows,
                "place_many_s": round(
                    seconds(
                        lambda: place_many(
                            lon[:rows], lat[:rows], names, None, gazetteer, districts
                        ),
                        1,
                    ),
                    3,
                ),
            }
        )
    )


if __name__ == "__main__":
    main()
