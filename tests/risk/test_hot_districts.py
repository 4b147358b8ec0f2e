"""What the map calls hot: rarely by chance, often where there is a cluster."""

import numpy as np
import pytest
import scipy.sparse as sp

from geodata.risk import hot_districts
from geodata.statistics.scan import in_clusters, scan_both_sides, scan_neighbours

ROWS, COLUMNS = 8, 7
N = ROWS * COLUMNS


def _neighbours() -> sp.csr_array:
    at = np.arange(N)
    row, column = at // COLUMNS, at % COLUMNS
    near = np.maximum(abs(row[:, None] - row), abs(column[:, None] - column)) == 1
    return sp.csr_array(near.astype(float))


NEAR = _neighbours()


def _equal_risk(kind: str, expected: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw counts: Poisson, variance k times the mean (v), or negative binomial of size k (r)."""
    if kind == "poisson":
        return rng.poisson(expected)
    k = float(kind[1:])
    if kind[0] == "v":
        return rng.negative_binomial(expected / (k - 1), 1 / k)
    return rng.negative_binomial(k, k / (k + expected))


@pytest.mark.parametrize(
    ("kind", "mean", "unequal"),
    [
        ("poisson", 0.7, 1.0),
        ("v6", 0.7, 1.5),
        ("v3", 5.0, 1.0),
        ("r0.5", 0.7, 1.5),
        ("r1", 20.0, 1.0),
        ("r2", 2.0, 2.0),
    ],
)
def test_maps_of_equal_risk_and_unequal_areas_rarely_show_a_cluster(kind, mean, unequal):
    rng = np.random.default_rng(11)
    maps, alarms = 60, 0
    for _ in range(maps):
        area = rng.lognormal(0, unequal, N)
        count = _equal_risk(kind, area / area.sum() * mean * N, rng)
        found = scan_neighbours(count, area, NEAR, simulations=99)
        alarms += any(c.p <= 0.05 for c in found.clusters)
    assert alarms <= 0.05 * maps


def test_a_cluster_of_neighbours_is_found_and_little_else():
    rng = np.random.default_rng(2)
    cluster = NEAR[[30]].toarray()[0] > 0
    cluster[30] = True
    found = hot_districts(rng.poisson(np.where(cluster, 12.0, 3.0)), np.ones(N), NEAR)
    assert found[cluster].mean() >= 0.6
    assert found[~cluster].mean() <= 0.05


def test_the_same_counts_give_the_same_verdict_in_any_order():
    rng = np.random.default_rng(5)
    count, area, order = rng.poisson(3, N), rng.uniform(1, 1.2, N), rng.permutation(N)
    count[10] = 40
    left = hot_districts(count, area, NEAR)
    assert left[10]
    right = hot_districts(count[order], area[order], NEAR[order][:, order])
    np.testing.assert_array_equal(left[order], right)


@pytest.mark.parametrize("count", [np.zeros(N), np.eye(1, N)[0], np.full(N, np.nan)])
def test_few_or_no_events_are_no_cluster(count):
    assert not hot_districts(count, np.ones(N), NEAR).any()


def test_a_district_without_exposure_and_an_island_do_no_harm():
    lone = NEAR.toarray()
    lone[5] = lone[:, 5] = 0
    exposure = np.ones(N)
    exposure[3] = np.nan
    count = np.full(N, 2.0)
    count[5] = 40
    found = hot_districts(count, exposure, sp.csr_array(lone))
    assert found.nonzero()[0].tolist() == [5]


def test_a_quiet_quarter_is_found_by_the_low_scan():
    count = np.full(N, 12.0)
    quiet = NEAR[[20]].toarray()[0] > 0
    count[quiet] = 0
    found = scan_neighbours(count, np.ones(N), NEAR, low=True)
    assert in_clusters(found, count, np.ones(N), 0.05, low=True)[quiet].all()


def test_both_sides_at_once_are_each_alone():
    rng = np.random.default_rng(4)
    area = rng.lognormal(0, 1, N)
    count = rng.poisson(area * np.where(np.arange(N) < 6, 8.0, 2.0)).astype(float)
    more, fewer = scan_both_sides(count, area, NEAR)
    assert more == scan_neighbours(count, area, NEAR)
    assert fewer == scan_neighbours(count, area, NEAR, low=True)
    assert more.clusters
    assert fewer.clusters
    assert more != fewer
