import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from geodata.risk import clusters
from geodata.risk.districts import hotspots


def lattice(side):
    line = sp.diags_array([np.ones(side - 1), np.ones(side - 1)], offsets=[1, -1])
    eye = sp.eye_array(side)
    return sp.csr_array(sp.kron(line, eye) + sp.kron(eye, line))


NEAR = lattice(6)
values36 = st.lists(st.integers(0, 9), min_size=36, max_size=36).filter(lambda v: len(set(v)) > 2)


def test_gi_star_by_hand_on_a_line():
    line = sp.csr_array([[0, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 0]])
    # x = 1 1 0 0: mean 1/2, s 1/2; first window {1, 2}: (2 - 1) / (1/2 sqrt(2 * 2 / 3))
    found = clusters.gi_star([1, 1, 0, 0], line)
    assert found[0] == pytest.approx(np.sqrt(3))
    assert found[1] == pytest.approx(1.0)


@given(values36, st.floats(0.1, 50), st.floats(-20, 20))
def test_gi_star_does_not_depend_on_unit_and_origin(values, factor, shift):
    x = np.array(values, float)
    np.testing.assert_allclose(
        clusters.gi_star(x * factor + shift, NEAR), clusters.gi_star(x, NEAR), atol=1e-7
    )


@given(values36, st.randoms(use_true_random=False))
def test_gi_star_moves_with_the_districts(values, random):
    order = list(range(36))
    random.shuffle(order)
    x = np.array(values, float)
    moved = clusters.gi_star(x[order], NEAR.toarray()[np.ix_(order, order)])
    np.testing.assert_allclose(moved, clusters.gi_star(x, NEAR)[order], atol=1e-9)


def test_row_standardised_weights_give_the_same_gi_star():
    x = np.arange(36.0) % 7
    rows = sp.diags_array(1 / NEAR.sum(axis=1)) @ NEAR
    np.testing.assert_array_equal(clusters.gi_star(x, rows), clusters.gi_star(x, NEAR))


def test_equal_values_have_no_gi_star():
    assert np.isnan(clusters.gi_star(np.full(36, 0.1), NEAR)).all()


def test_an_island_has_a_gi_star_of_itself_but_no_gi():
    dense = NEAR.toarray()
    dense[0] = 0
    dense[:, 0] = 0
    x = np.arange(36.0)
    assert np.isfinite(clusters.gi_star(x, dense)[0])
    assert np.isnan(clusters.gi_star(x, dense, star=False)[0])
    p = clusters.gi_star_permutation(x, dense, np.random.default_rng(0), 99)
    assert np.isnan(p[0])


def test_a_missing_value_leaves_every_window():
    x = np.arange(36.0)
    x[7] = np.nan
    kept = np.arange(36) != 7
    found = clusters.gi_star(x, NEAR)
    assert np.isnan(found[7])
    np.testing.assert_allclose(
        found[kept], clusters.gi_star(x[kept], NEAR.toarray()[np.ix_(kept, kept)])
    )


def test_gi_star_agrees_with_pysal_under_binary_weights():
    esda, weights = pytest.importorskip("esda"), pytest.importorskip("libpysal.weights")
    x = np.random.default_rng(4).gamma(1, 1, 36)
    w = weights.lat2W(6, 6)
    oracle = esda.G_Local(x, w, transform="B", star=True, permutations=0)
    np.testing.assert_allclose(clusters.gi_star(x, NEAR), oracle.Zs, rtol=1e-9)


def test_moran_agrees_with_pysal():
    esda, weights = pytest.importorskip("esda"), pytest.importorskip("libpysal.weights")
    x = np.random.default_rng(4).gamma(1, 1, 36)
    oracle = esda.Moran(x, weights.lat2W(6, 6), permutations=0)
    found = clusters.moran_test(x, NEAR)
    assert clusters.moran(x, NEAR) == pytest.approx(oracle.I)
    assert (found.variance, found.z) == pytest.approx((oracle.VI_rand, oracle.z_rand))
    local = esda.Moran_Local(x, weights.lat2W(6, 6), permutations=0)
    np.testing.assert_allclose(clusters.local_moran(x, NEAR).statistic, local.Is * 36 / 35)


def test_analytic_and_permutation_p_values_of_moran_agree():
    rng = np.random.default_rng(8)
    x = NEAR @ rng.normal(size=36) * 0.3 + rng.normal(size=36)
    found = clusters.moran_test(x, NEAR, rng=rng, permutations=1_999)
    assert found.p_permutation == pytest.approx(found.p, abs=0.05)


def test_permutation_p_values_are_uniform_enough_under_no_pattern():
    rng = np.random.default_rng(3)
    ps = [clusters.gi_star_permutation(rng.normal(size=36), NEAR, rng, 199) for _ in range(20)]
    assert 0.02 < (np.concatenate(ps) <= 0.05).mean() < 0.09


def test_the_same_seed_gives_the_same_p_values():
    x = np.arange(36.0) % 5
    one, two = (
        clusters.gi_star_permutation(x, NEAR, np.random.default_rng(7), 99) for _ in range(2)
    )
    np.testing.assert_array_equal(one, two)


@given(st.lists(st.sampled_from([0.001, 0.01, 0.02, 0.03, 0.04, 0.05, 0.5, 1.0]), min_size=1))
def test_false_discovery_is_benjamini_and_hochbergs_with_ties(p):
    found = clusters.false_discovery(p, 0.05)
    expected = false_discovery_control(p, method="bh") <= 0.05 * (1 + 1e-12)
    np.testing.assert_array_equal(found, expected)


def test_a_tie_with_the_limit_is_a_discovery():
    assert clusters.false_discovery([0.05, 0.05, 0.05], 0.05).all()


def test_tests_that_were_not_made_do_not_dilute_the_others():
    found = clusters.false_discovery([0.04, np.nan, np.nan], 0.05)
    assert found.tolist() == [True, False, False]


def test_few_events_are_not_tested_whatever_their_z():
    rate = np.zeros(36)
    rate[[14, 15]] = 40.0
    found = hotspots(rate, rate / 20, np.full(36, 0.05), NEAR)
    assert set(found.verdict) == {"not_enough_data"}
    assert found.reason is not None
    assert np.nanmax(found.z) > 3


def test_a_planted_hot_spot_is_found_and_nothing_else():
    effective = np.random.default_rng(1).poisson(2.0, 36).astype(float)
    effective[[14, 15, 20, 21]] += 40
    found = hotspots(effective, effective, np.ones(36), NEAR)
    assert {14, 15, 20, 21} <= set(np.flatnonzero(found.verdict == "hot"))
    assert (found.verdict[[0, 5, 30, 35]] == "none").all()


def test_an_island_is_not_tested_among_tested_districts():
    dense = NEAR.toarray()
    dense[0] = 0
    dense[:, 0] = 0
    effective = np.arange(36.0)
    found = hotspots(effective, effective, np.ones(36), sp.csr_array(dense))
    assert found.verdict[0] == "not_enough_data"
    assert found.verdict[1] != "not_enough_data"


def test_knox_counts_pairs_at_the_limits():
    xy, times = [[0, 0], [3, 4], [100, 0]], [0, 5, 5]
    pairs, expected, p = clusters.knox(xy, times, 5.0, 5.0)
    assert pairs == 1
    assert expected == pytest.approx(1 * 3 / 3)
    assert p == pytest.approx(1 - np.exp(-1))
    assert clusters.knox(xy, times, 4.999, 5.0)[0] == 0
    assert clusters.knox(xy, times, 5.0, 4.999)[0] == 0


def test_knox_of_the_burkitt_lymphoma_data():
    # PySAL documents 13 pairs for 20 units and 5 days
    examples = pytest.importorskip("libpysal.examples")
    io = pytest.importorskip("libpysal.io")
    table = io.open(examples.get_path("burkitt.shp").replace(".shp", ".dbf"))
    xy = np.array([table.by_col("X"), table.by_col("Y")], float).T
    pairs, expected, p = clusters.knox(xy, table.by_col("T"), 20, 5)
    assert pairs == 13
    assert p == pytest.approx(0.18, abs=0.1)
    shuffled = clusters.knox_permutation(
        xy, table.by_col("T"), 20, 5, np.random.default_rng(1), 199
    )
    assert shuffled[1] == pytest.approx(expected, rel=0.05)


def test_knox_without_events_cannot_tell():
    assert np.isnan(clusters.knox([], [], 1, 1)[2])
    assert np.isnan(clusters.knox([[0, 0]], [1], 1, 1)[2])


def grid_points(side):
    return np.array([(x, y) for y in range(side) for x in range(side)], float)


def test_scan_finds_the_planted_circle_and_gives_chance_its_due():
    rng = np.random.default_rng(2)
    people = np.full(64, 100.0)
    cases = rng.poisson(2.0, 64).astype(float)
    cases[[27, 28, 35, 36]] += 12
    best = clusters.scan(grid_points(8), cases, people, rng, simulations=99)[0]
    assert set(best.members) & {27, 28, 35, 36}
    assert best.p == 0.01
    flat = clusters.scan(grid_points(8), np.full(64, 2.0), people, rng, simulations=19)
    assert all(cluster.p > 0.05 for cluster in flat)


def test_scan_clusters_do_not_overlap_and_fall_in_likelihood():
    rng = np.random.default_rng(2)
    found = clusters.scan(
        grid_points(8), rng.poisson(2.0, 64), np.full(64, 50.0), rng, simulations=0
    )
    members = [m for cluster in found for m in cluster.members]
    assert len(members) == len(set(members))
    ratios = [cluster.log_likelihood_ratio for cluster in found]
    assert ratios == sorted(ratios, reverse=True)
    assert all(cluster.population <= 0.5 * 64 * 50 for cluster in found)


def test_scan_log_likelihood_by_hand():
    # one of two districts: c = 9 of C = 10, e = 5
    found = clusters.scan(
        [[0, 0], [9, 9]], [9, 1], [1.0, 1.0], np.random.default_rng(0), simulations=0
    )
    expected = 9 * np.log(9 / 5) + 1 * np.log(1 / 5)
    assert found[0].log_likelihood_ratio == pytest.approx(expected)


def test_scan_of_too_few_cases_finds_nothing():
    assert clusters.scan([[0, 0], [1, 1]], [1, 0], [1, 1], np.random.default_rng(0)) == []


def test_districts_without_exposure_are_in_no_cluster():
    rng = np.random.default_rng(0)
    found = clusters.scan(
        grid_points(3), [9, 9, 0, 0, 1, 0, 1, 0, 1], [1, 0, 1, 1, 1, np.nan, 1, 1, 1], rng,
        simulations=0,
    )  # fmt: skip
    assert found
    assert all(cluster.population > 0 for cluster in found)
    assert sum(cluster.cases for cluster in found) <= 12


def test_space_time_scan_finds_place_and_period():
    rng = np.random.default_rng(6)
    # no two districts equally far apart: a circle takes all of a tie or nothing of it
    xy = grid_points(6) + rng.uniform(-0.1, 0.1, (36, 2))
    cases = rng.poisson(1.0, (36, 10)).astype(float)
    cases[[14, 15], 3:6] += 10
    people = np.full(36, 10.0)
    best = clusters.space_time_scan(xy, cases, people, rng, simulations=19)[0]
    assert {14, 15} <= set(best.members)
    assert len(best.members) <= 4
    assert best.periods == (3, 5)
    assert best.p == 0.05
    alive = clusters.space_time_scan(xy, cases, people, rng, simulations=0, prospective=True)
    assert all(cluster.periods[1] == 9 for cluster in alive)


def test_two_events_that_are_close_are_one_pair():
    assert clusters.knox([[0, 0], [1, 0]], [0, 1], 2, 5)[0] == 1


def test_the_permutations_p_is_the_share_of_orders_with_as_many_pairs():
    rng = np.random.default_rng(3)
    xy = [[0, 0], [1, 0], [90, 0], [91, 0]]
    # At one time every order has the same pairs.
    assert clusters.knox_permutation(xy, [5, 5, 5, 5], 2, 1, rng, 50)[2] == 1
    # Near pairs at one time each: a third of all orders have both.
    p = clusters.knox_permutation(xy, [0, 0, 50, 50], 2, 1, rng, 2_000)[2]
    assert p == pytest.approx(1 / 3, abs=0.05)
