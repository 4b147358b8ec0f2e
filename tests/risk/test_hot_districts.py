"""What the map calls hot: rarely by chance, often where there is a cluster."""

import numpy as np
import pytest
import scipy.sparse as sp

from geodata.risk import hot_districts
from geodata.statistics.scan import in_clusters, scan_neighbours

ROWS, COLUMNS = 8, 7
N = ROWS * COLUMNS


def _neighbours() -> sp.csr_array:
    at = np.arange(N)
    row, column = at // COLUMNS, at % COLUMNS
    near = np.maximum(abs(row[:, None] - row), abs(column[:, None] - column)) == 1
    return sp.csr_array(near.astype(float))


NEAR = _neighbours()


@pytest.mark.parametrize("bursts", [1, 5])
@pytest.mark.parametrize("mean", [0.7, 5.0])
def test_maps_of_equal_risk_and_unequal_areas_rarely_show_a_cluster(mean, bursts):
    rng = np.random.default_rng(11)
    area = rng.lognormal(0, 1, N)
    alarms = 0
    for _ in range(100):
        expected = area / area.sum() * mean * N
        count = (
            rng.poisson(expected)
            if bursts == 1
            else rng.negative_binomial(expected / (bursts - 1), 1 / bursts)
        )
        alarms += any(
            c.p <= 0.05 for c in scan_neighbours(count, area, NEAR, simulations=199).clusters
        )
    assert alarms <= 10


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
