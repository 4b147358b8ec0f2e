"""The clusters as a layer: hot, cold and emerging, with period, p, observed and expected."""

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import MultiPolygon, box

from geodata.risk import RiskParameters, clusters_of, district_risk, risk_of
from geodata.risk.clusters import cluster_frame, emerging_of
from geodata.risk.districts import estimate
from geodata.schemas import CLUSTERS, CRS84, DISTRICTS, INCIDENTS, conform
from geodata.statistics.scan import scan_emerging
from tests.maps.snapshots import FakeSnapshot

ROWS, COLUMNS = 6, 6
N = ROWS * COLUMNS
TODAY = date(2023, 1, 15)
HOT = [14, 15, 20, 21]


def make_board() -> gpd.GeoDataFrame:
    """Thirty-six equal squares south of the equator, row by row from the north-west."""
    at = np.arange(N)
    shapes = [
        MultiPolygon([box(30 + c / 10, -10 - (r + 1) / 10, 30 + (c + 1) / 10, -10 - r / 10)])
        for r, c in zip(at // COLUMNS, at % COLUMNS, strict=True)
    ]
    rows = {"district_id": [f"ZZ-{n:02d}" for n in at], "name": [f"D{n}" for n in at]}
    frame = pd.DataFrame(rows).assign(area_km2=120.0, population=10_000)
    return conform(gpd.GeoDataFrame(frame, geometry=shapes, crs=CRS84), DISTRICTS)


def make_incidents(days: list[pd.Timestamp], districts: list[int]) -> gpd.GeoDataFrame:
    rows = pd.DataFrame(
        {
            "incident_id": [f"I{n}" for n in range(len(days))],
            "date_start": days,
            "date_end": days,
            "districts": [f"ZZ-{d:02d}:1" for d in districts],
            "where_precision": 4,
        }
    )
    return conform(rows, INCIDENTS)


@pytest.fixture(scope="module")
def board() -> gpd.GeoDataFrame:
    return make_board()


@pytest.fixture(scope="module")
def incidents() -> gpd.GeoDataFrame:
    """Three years of chance, four districts five times as bad, and a burst in the last month."""
    rng = np.random.default_rng(8)
    risk = np.ones(N)
    risk[HOT] = 5
    where = rng.choice(N, 400, p=risk / risk.sum()).tolist() + [35] * 9 + [34] * 5
    when = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 1_090, 400), unit="D")
    late = pd.Timestamp("2022-12-03") + pd.to_timedelta(rng.integers(0, 27, 14), unit="D")
    return make_incidents([*when, *late], where)


@pytest.fixture(scope="module")
def layer(incidents, board) -> gpd.GeoDataFrame:
    result = estimate(incidents, board, RiskParameters(), today=TODAY)
    return cluster_frame(result, incidents, board, TODAY)


def test_a_hot_cluster_has_its_districts_period_and_figures(layer, incidents, board):
    hot = layer[layer["cluster"] == "hot"].iloc[0]
    members = hot["districts"].split(";")
    assert {f"ZZ-{n:02d}" for n in HOT} <= set(members)
    counted = incidents["districts"].str.removesuffix(":1").isin(members).sum()
    assert hot["observed"] == counted
    assert hot["expected"] == pytest.approx(len(incidents) * len(members) / N)
    assert hot["ratio"] == pytest.approx(hot["observed"] / hot["expected"])
    assert hot["p"] <= 0.05
    assert (hot["cluster_id"], hot["status"]) == ("hot-1", "ok")
    assert hot["name"] == "; ".join(f"D{int(m[3:])}" for m in members)
    union = board.loc[members].geometry.union_all()
    assert hot.geometry.equals(union)
    assert list(layer.columns) == [*CLUSTERS.names, "geometry"]


def test_the_layer_and_the_table_tell_the_same(layer, incidents, board):
    table = district_risk(incidents, board, today=TODAY)
    hot = layer[layer["cluster"] == "hot"]["districts"].str.split(";").sum()
    assert set(table.index[table["hotspot"] == "hot"]) <= set(hot)
    assert set(table.index[table["hotspot"] == "hot"])


def test_what_is_new_in_the_last_whole_month_is_emerging(layer):
    new = layer[layer["cluster"] == "emerging"]
    assert len(new) == 1
    found = new.iloc[0]
    assert "ZZ-35" in found["districts"]
    assert found["period_end"].date() == date(2022, 12, 31)
    assert found["observed"] > 5 * found["expected"]
    assert found["recurrence_days"] >= 20 * 365
    assert found["recurrence_days"] == pytest.approx(365.25 / 12 / found["p"])


@pytest.mark.parametrize(
    ("period", "today", "last"),
    [
        ("all", date(2022, 12, 30), date(2022, 11, 30)),
        ("all", date(2023, 1, 1), date(2022, 12, 31)),
        ("2020-01-01/2022-12-30", TODAY, date(2022, 11, 30)),
        ("../2022-11-30", TODAY, date(2022, 11, 30)),
    ],
)
def test_a_month_that_has_not_ended_is_not_looked_at(incidents, board, period, today, last):
    asked = RiskParameters.parse({"period": period})
    result = estimate(incidents, board, asked, today=today)
    assert emerging_of(result, incidents, board, today).months[-1][1] == last


def test_a_longstanding_cluster_is_not_emerging_and_chance_hardly_ever():
    rng = np.random.default_rng(3)
    near = _neighbours()
    base = np.full(N, 0.4)
    base[HOT] = 4.0
    counts = rng.poisson(base, (40, N))
    # of two stretches p is 2/600 at least: an alarm can be
    alarms = [
        any(c.p <= 0.05 / 12 for c in scan_emerging(counts[:end], near, simulations=599))
        for end in range(24, 40, 2)
    ]
    assert sum(alarms) == 0


def test_a_rise_of_the_whole_country_is_no_cluster():
    rng = np.random.default_rng(4)
    counts = rng.poisson(2.0, (30, N))
    counts[-1] *= 4
    found = scan_emerging(counts, _neighbours(), simulations=599)
    assert all(c.p > 0.05 / 12 for c in found)


def test_too_little_to_test_says_so_without_a_shape(board):
    few = make_incidents([pd.Timestamp("2022-05-01")] * 4, [1, 2, 3, 3])
    result = estimate(few, board, RiskParameters(), today=TODAY)
    layer = cluster_frame(result, few, board, TODAY)
    assert layer["cluster"].tolist() == ["hot", "cold", "emerging"]
    assert set(layer["status"]) == {"not_enough_data"}
    assert layer.geometry.isna().all()
    assert layer["note"].str.contains("the test needs 30").all()
    none = estimate(few.iloc[:0], board, RiskParameters(), today=TODAY)
    assert set(cluster_frame(none, few.iloc[:0], board, TODAY)["status"]) == {"not_enough_data"}


def test_the_same_register_gives_the_same_clusters_in_any_order(layer, incidents, board):
    mixed = incidents.sample(frac=1.0, random_state=1)
    result = estimate(mixed, board, RiskParameters(), today=TODAY)
    again = cluster_frame(result, mixed, board, TODAY)
    pd.testing.assert_frame_equal(pd.DataFrame(layer), pd.DataFrame(again))


def test_a_snapshot_gives_the_layer_with_its_parameters(incidents, board):
    snapshot = FakeSnapshot(board, incidents)
    asked = RiskParameters.parse({"period": "2020-01-01/2022-11-30"})
    found = clusters_of(snapshot, asked)
    assert set(found[found["cluster"] == "hot"]["period_end"].dt.date) == {date(2022, 11, 30)}
    assert not (found["cluster"] == "emerging").any()
    assert (risk_of(snapshot, asked)["hotspot"] == "hot").any()


def _neighbours():
    at = np.arange(N)
    row, column = at // COLUMNS, at % COLUMNS
    return (np.maximum(abs(row[:, None] - row), abs(column[:, None] - column)) == 1).astype(float)
