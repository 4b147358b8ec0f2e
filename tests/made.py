"""Made countries and histories whose answers are known."""

from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
from shapely import box

from geodata.crs import whole_within_180
from geodata.formats import feature_texts
from geodata.schemas import DISTRICTS, INCIDENTS, FrameSchema, conform


def lattice(side=6, west=47, south=40):
    """Square districts of a made country; it may lie over the 180th meridian."""
    return _lattice(side, west, south).copy()


@cache
def _lattice(side, west, south):
    names = [f"XX-{row}{column}" for row in range(side) for column in range(side)]
    shapes = [
        box(west + c / 10, south + r / 10, west + (c + 1) / 10, south + (r + 1) / 10)
        for r in range(side)
        for c in range(side)
    ]
    rows = {"district_id": names, "name": names, "area_km2": 95.0}
    return conform(
        gpd.GeoDataFrame(rows, geometry=whole_within_180(shapes), crs="OGC:CRS84"), DISTRICTS
    )


def history(rate, *, days=1_200, seed=0, districts=None):
    """Incidents whose rates by district stay the same all along."""
    rng = np.random.default_rng(seed)
    districts = lattice() if districts is None else districts
    ids = np.repeat(districts.index.to_numpy(dtype=str), rng.poisson(rate))
    start = np.datetime64("2018-01-01") + rng.integers(0, days, len(ids))
    return conform(
        pd.DataFrame(
            {
                "incident_id": [f"i{n}" for n in range(len(ids))],
                "date_start": start,
                "date_end": start,
                "districts": ids,
                "where_precision": 4,
            }
        ),
        INCIDENTS,
    )


def placed_history(n=700, seed=4, west=47, south=40):
    """Incidents with places: near repeats around spots whose turn comes and goes."""
    rng = np.random.default_rng(seed)
    spots = rng.uniform([0.02, 0.02], [0.58, 0.58], (12, 2))
    day = np.sort(rng.integers(0, 1_200, n))
    turn = np.exp(-0.5 * ((day[:, None] - np.linspace(0, 1_200, 12)) / 120) ** 2) + 0.02
    spot = np.array([rng.choice(12, p=row / row.sum()) for row in turn])
    east, north = (spots[spot] + rng.normal(0, 0.006, (n, 2))).T
    lon, lat = (west + east + 180) % 360 - 180, south + north
    start = np.datetime64("2018-01-01") + day
    cell = (north * 10).astype(int).clip(0, 5), (east * 10).astype(int).clip(0, 5)
    return conform(
        pd.DataFrame(
            {
                "incident_id": [f"i{k}" for k in range(n)],
                "date_start": start,
                "date_end": start,
                "districts": [f"XX-{r}{c}" for r, c in zip(*cell, strict=True)],
                "longitude": lon,
                "latitude": lat,
                "where_precision": 1,
                "coordinate_method": "reported",
            }
        ),
        INCIDENTS,
    )


def feature_bytes(frame: gpd.GeoDataFrame, schema: FrameSchema, **options: object) -> list[bytes]:
    """Each row as one GeoJSON feature."""
    texts = feature_texts(frame, schema, **options)  # type: ignore[arg-type]
    found: list[bytes] = texts.cast(pa.large_binary()).to_pylist()
    return found
