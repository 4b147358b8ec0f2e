"""Snapshots for the map tests: the synthetic country, and many incidents at random."""

import pickle
from collections.abc import Callable, Hashable
from datetime import UTC, datetime
from functools import cache, cached_property
from hashlib import sha256
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import points

from geodata import schemas
from geodata.register.snapshot import Memo
from geodata.schemas import CRS84, conform, empty
from tests.conftest import make_country

_OF_THE_ROWS = (
    "backtest", "backtest-cells", "clusters", "drawing-light", "drawing-outlines", "forecast",
    "foreseen", "map-land", "risk", "risk-estimate", "risk-surface", "risk-surface-bands", "ruling",
    "window",
)  # fmt: skip
_made_of: Memo = Memo()


@cache
def _empty() -> dict[str, Any]:
    layers = (schemas.PLACES, schemas.OPERATIONS, schemas.STATISTICS)
    return {schema.name: empty(schema) for schema in layers}


class FakeSnapshot:
    """What the maps read of a snapshot, from frames held in memory.

    What is estimated of the same rows is made once a process, but for snapshots that are `alone`.
    """

    def __init__(self, districts: Any, incidents: Any, **frames: Any) -> None:
        self.districts, self.incidents = districts, incidents
        for name, nothing in _empty().items():
            setattr(self, name, frames.get(name, nothing))
        self.revision, self.edition, self.view, self.key = 1, "test", "public", "1-test-public"
        self.attribution = "Made by hand"
        self.recorded_at = datetime(2022, 1, 1, tzinfo=UTC)
        self._made: dict[Hashable, Any] = {}
        self._alone = frames.get("alone", False)

    def cached(self, key: Hashable, make: Callable[[], Any]) -> Any:
        if key not in self._made:
            shared = not self._alone and (key[0] if isinstance(key, tuple) else key) in _OF_THE_ROWS
            self._made[key] = _made_of.get((self._rows, key), make) if shared else make()
        return self._made[key]

    @cached_property
    def _rows(self) -> bytes:
        held = (self.districts, self.incidents, self.places, self.operations, self.recorded_at)
        return sha256(pickle.dumps((*held, getattr(self, "observed", None)))).digest()

    def public(self) -> "FakeSnapshot":
        return self


def many_incidents(districts: gpd.GeoDataFrame, count: int, seed: int = 1) -> gpd.GeoDataFrame:
    """Make incidents at random points of the districts; a tenth known only by district."""
    random = np.random.default_rng(seed)
    which = random.integers(0, len(districts), count)
    at = districts.geometry.representative_point().to_numpy()
    lon = np.array([p.x for p in at])[which] + random.normal(0, 0.05, count)
    lat = np.array([p.y for p in at])[which] + random.normal(0, 0.05, count)
    ids = districts["district_id"].to_numpy()[which]
    start = np.datetime64("2018-01-01") + random.integers(0, 1_500, count)
    hidden = random.random(count) < 0.1
    rows = pd.DataFrame(
        {
            "incident_id": [f"r{i}" for i in range(count)],
            "version": 1,
            "record_status": "verified",
            "date_start": start,
            "date_end": start,
            "date_precision": 1,
            "where_precision": np.where(hidden, 4, 2),
            "longitude": np.where(hidden, np.nan, lon),
            "latitude": np.where(hidden, np.nan, lat),
            "district_id": ids,
            "districts": [f"{i}:1" for i in ids],
            "accident_type": "mine",
            "device": random.choice(["ap_mine", "at_mine", "uxo", "unknown"], count),
            "killed": random.poisson(0.4, count),
            "injured": random.poisson(1.2, count),
            "place_as_reported": [f"near village {i % 900}, on the road" for i in range(count)],
            "description": [
                f"Report {i}: a vehicle struck a device on a track." for i in range(count)
            ],
            "sources": [
                f"News agency {i % 40} https://example.org/{i % 3000}" for i in range(count)
            ],
            "sensitivity": "public",
            "recorded_at": "2022-01-01T00:00:00Z",
        }
    )
    rows["casualties"] = rows["killed"] + rows["injured"]
    geometry = np.array(points(lon, lat), dtype=object)
    geometry[hidden] = None
    return conform(
        gpd.GeoDataFrame(rows, geometry=gpd.GeoSeries(geometry, crs=CRS84)), schemas.INCIDENTS
    )


@cache
def crowd(count: int) -> FakeSnapshot:
    """Give a snapshot of many incidents in the synthetic country, made once; read only."""
    country = make_country()
    return FakeSnapshot(country, many_incidents(country, count))
