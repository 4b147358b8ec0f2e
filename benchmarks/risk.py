"""Measure the risk engine: ``python benchmarks/risk.py``; times are the best of some runs.

Peers run on the same data in the same process, so the ratios mean more than the times.
"""

import os
import time
from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
import shapely

from geodata.districts import grid_of, load_districts
from geodata.risk import district_risk, forecast, surface
from geodata.risk.backtest import rolling_backtest
from geodata.schemas import INCIDENTS, conform
from geodata.statistics.counts import forecast_counts
from geodata.statistics.rates import ranks


def best(work: Callable[[], object], runs: int = 5) -> float:
    """Shortest of some runs in seconds, after one to warm up."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def incidents(n: int, district_ids: np.ndarray) -> pd.DataFrame:
    """Make incidents with uneven districts, ranges of days, ambiguous places and harm."""
    rng = np.random.default_rng(0)
    chosen = district_ids[rng.choice(len(district_ids), n, p=rng.dirichlet(np.full(77, 0.3)))]
    other = district_ids[rng.integers(0, len(district_ids), n)]
    split = (rng.random(n) < 0.1) & (chosen != other)
    places = np.where(split, chosen + ":0.5;" + other + ":0.5", chosen + ":1")
    start = np.datetime64("2015-01-01") + rng.integers(0, 3_000, n)
    killed = pd.array(rng.poisson(0.3, n), dtype="Int64")
    killed[rng.random(n) < 0.2] = pd.NA
    frame = {
        "incident_id": np.arange(n).astype(str),
        "date_start": start,
        "date_end": start + rng.integers(0, 6, n),
        "districts": places,
        "killed": killed,
        "casualties": pd.array(rng.poisson(1.2, n), dtype="Int64"),
    }
    return conform(pd.DataFrame(frame), INCIDENTS)


def show(name: str, seconds: float, peer: float | None = None) -> None:
    """Print one line."""
    ratio = "" if peer is None else f"   peer {1e3 * peer:10.1f} ms   x{peer / seconds:,.0f}"
    print(f"{name:58s} {1e3 * seconds:9.1f} ms{ratio}")


def table() -> None:
    """Measure the whole table: intervals, smoothing, hot spots, ranks, classes."""
    districts = load_districts()
    ids = districts.index.to_numpy(dtype=object).astype(str)
    for n in (100_000, 1_000_000):
        plain = partial(district_risk, incidents(n, ids), districts)
        show(f"district_risk, 77 districts, {n:,}", best(plain))
        heavy = partial(plain, smoothing="spatial", weight="casualties", half_life_days=365)
        show("  spatial smoothing, casualties, half-life", best(heavy))
    work = best(partial(rolling_backtest, incidents(100_000, ids), districts), 1)
    show("backtest that chooses the ranking, 100,000", work)
    rng = np.random.default_rng(0)
    counts = rng.negative_binomial(4, 0.02, (60, 77)).astype(float)
    show("counts that come in bursts, fit on 60 x 77", best(lambda: forecast_counts(counts)))
    drawn = forecast_counts(counts).draw(2_000, rng)
    now = counts[-1]
    show("2,000 simulated rankings", best(lambda: ranks(now, drawn, now > 0)))
    xy, days = rng.normal(250_000, 60_000, (100_000, 2)), rng.uniform(0, 3_000, 100_000)
    square = shapely.box(0, 0, 500_000, 500_000)
    work = best(lambda: forecast.cell_intensity(xy, days, square, 3_000, 90, 10_000))
    show("forecast surface, 100,000 events, 50 x 50 cells", work)


def kernel() -> None:
    """Measure the surface against the direct sum over all points, timed on a few cells."""
    rng = np.random.default_rng(0)
    xy = rng.normal(250_000, 60_000, (100_000, 2))
    square = shapely.box(0, 0, 500_000, 500_000)
    bean = shapely.Point(250_000, 250_000).buffer(249_000)

    def exact(cells: int = 50) -> None:
        at = rng.uniform(0, 500_000, (cells, 2))
        for x, y in at:
            np.exp(-((xy[:, 0] - x) ** 2 + (xy[:, 1] - y) ** 2) / 5e7).sum()

    peer = best(exact, 2) / 50 * 250_000
    for name, window in (("square", square), ("disc", bean)):
        for bandwidth in (5_000, 50_000):
            work = best(lambda w=window, h=bandwidth: surface.intensity(xy, w, h, 1_000))
            show(f"surface 100,000 on 500 x 500, {name}, {bandwidth} m", work, peer)


def assignment() -> None:
    """Measure points in districts against a spatial join."""
    import geopandas as gpd

    districts = load_districts()
    west, south, east, north = districts.total_bounds
    rng = np.random.default_rng(0)
    lon, lat = rng.uniform(west, east, 1_000_000), rng.uniform(south, north, 1_000_000)
    grid = grid_of(districts)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs=districts.crs)
    peer = best(lambda: gpd.sjoin(points, districts[["geometry"]], predicate="within"), 1)
    show("1,000,000 points in 77 districts", best(lambda: grid.locate(lon, lat)), peer)


if __name__ == "__main__":
    threads = {name: os.environ.get(name) for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")}
    print(f"{os.cpu_count()} cores, threads {threads}")
    table()
    kernel()
    assignment()
