"""Layers for the round trips: every kind of value, every kind of hole."""

import geopandas as gpd
import pandas as pd

from geodata import schemas
from geodata.schemas import FrameSchema, conform, empty
from tests.conftest import make_country, make_incidents

NASTY = '=HYPERLINK("x"), \'quoted\'; Ağdam – Агдам – Աղdam\nsecond line, "q"\ttab'


def operations() -> gpd.GeoDataFrame:
    """Four operations: a point, a polygon, a multipolygon, and one without a place."""
    rows = pd.DataFrame(
        {
            "operation_id": ["o1", "o2", "o3", "o4"],
            "kind": ["clearance", "survey", "training", "clearance"],
            "status": "planned",
            "personnel": [20, None, 0, 3_000_000_000],
            "area_planned_m2": [1_000_000.0, None, 0.1, 1e-9],
            "note": [NASTY, "+1", None, "x" * 300],
            "date_start": ["2021-01-01", None, "1899-12-31", "2021-12-31"],
        }
    )
    shapes = gpd.GeoSeries.from_wkt(
        [
            "POINT (47.1234567 40.7654321)",
            (
                "POLYGON ((47 40, 47.1 40, 47.1 40.1, 47 40), "
                "(47.05 40.02, 47.08 40.02, 47.08 40.04, 47.05 40.02))"
            ),
            None,
            "MULTIPOLYGON (((47 40, 47.1 40, 47.1 40.1, 47 40)))",
        ],
        crs="OGC:CRS84",
    )
    return conform(gpd.GeoDataFrame(rows, geometry=shapes), schemas.OPERATIONS)


def statistics() -> gpd.GeoDataFrame:
    """Two claims, one of them hardly known; no geometry."""
    rows = pd.DataFrame(
        {
            "statistic_id": ["s1", "s2"],
            "value": [6, None],
            "as_of": ["2020-12-22", None],
            "mine_related": [True, None],
            "note": ["-5 °C", None],
        }
    )
    return conform(rows, schemas.STATISTICS)


def layers() -> dict[str, tuple[gpd.GeoDataFrame, FrameSchema]]:
    """All layers by name; ``empty-…`` have no rows."""
    held = {
        "districts": (make_country(), schemas.DISTRICTS),
        "incidents": (make_incidents(), schemas.INCIDENTS),
        "operations": (operations(), schemas.OPERATIONS),
        "statistics": (statistics(), schemas.STATISTICS),
    }
    hollow = {f"empty-{name}": (empty(schema), schema) for name, (_, schema) in held.items()}
    return held | hollow
