import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from geodata.risk import smoothing

counts = st.lists(st.integers(0, 60), min_size=3, max_size=30)


def exposures(n, seed):
    return np.random.default_rng(seed).uniform(0.5, 20, n)


def ring(n):
    dense = np.zeros((n, n))
    for i in range(n):
        dense[i, (i + 1) % n] = dense[(i + 1) % n, i] = 1
    return sp.csr_array(dense)


def test_marshall_by_hand():
    # r = 0, 4; m = 2; s2 = 4; A = 4 - 2/1 = 2; share = 2 / (2 + 2) with b = 1
    found = smoothing.empirical_bayes([0, 4], [1, 1])
    np.testing.assert_allclose(found, [2 - 0.5 * 2, 2 + 0.5 * 2], atol=1e-12)


@given(counts, st.integers(0, 9))
def test_marshall_lies_between_crude_and_common_rate(count, seed):
    e, b = np.array(count, float), exposures(len(count), seed)
    found = smoothing.empirical_bayes(e, b)
    crude, mean = e / b, e.sum() / b.sum()
    assert (found >= np.minimum(crude, mean) - 1e-9).all()
    assert (found <= np.maximum(crude, mean) + 1e-9).all()


@given(counts, st.integers(0, 9), st.floats(1e-3, 1e3))
def test_marshall_scales_with_the_unit_of_exposure(count, seed, factor):
    b = exposures(len(count), seed)
    one = smoothing.empirical_bayes(count, b)
    other = smoothing.empirical_bayes(count, b * factor)
    np.testing.assert_allclose(other * factor, one, rtol=1e-7, atol=1e-12)


def test_one_district_without_exposure_does_not_spoil_the_map():
    found = smoothing.empirical_bayes([3, 5, 1, 9], [10, 0, 4, 12])
    assert np.isnan(found[1])
    np.testing.assert_allclose(found[[0, 2, 3]], smoothing.empirical_bayes([3, 1, 9], [10, 4, 12]))


def test_underdispersed_counts_give_the_common_rate_and_never_a_negative_one():
    found = smoothing.empirical_bayes([5, 5, 5, 5], [1, 1, 1, 1])
    np.testing.assert_allclose(found, 5.0)
    assert (smoothing.empirical_bayes([1, 0, 1, 0], [1, 1, 1, 1]) >= 0).all()


def test_marshall_agrees_with_pysal_where_pysal_is_sound():
    pysal = pytest.importorskip("esda.smoothing")
    rng = np.random.default_rng(2)
    b = rng.uniform(50, 500, 40)
    e = rng.poisson(b * rng.gamma(2, 0.05, 40)).astype(float)
    np.testing.assert_allclose(
        smoothing.empirical_bayes(e, b), pysal.Empirical_Bayes(e, b).r.ravel(), rtol=1e-9
    )


def test_a_quiet_district_in_a_quiet_neighbourhood_is_zero_and_not_missing():
    found = smoothing.spatial_empirical_bayes([0, 0, 0, 0, 9], np.ones(5), ring(5))
    assert found[1] == found[2] == 0
    assert np.isfinite(found).all()


def test_an_island_keeps_its_crude_rate():
    dense = np.zeros((4, 4))
    dense[0, 1] = dense[1, 0] = 1
    found = smoothing.spatial_empirical_bayes([4, 2, 7, 0], [2, 2, 2, 2], sp.csr_array(dense))
    assert found[2] == 3.5
    assert found[3] == 0


def test_neighbours_without_exposure_do_not_enter_the_window():
    found = smoothing.spatial_empirical_bayes([4, 9, 2], [2, np.nan, 2], ring(3))
    alone = smoothing.spatial_empirical_bayes([4, 2], [2, 2], sp.csr_array([[0, 1], [1, 0]]))
    assert np.isnan(found[1])
    np.testing.assert_allclose(found[[0, 2]], alone)


@given(counts, st.integers(0, 9))
def test_spatial_posterior_means_are_the_spatial_estimates(count, seed):
    e, b = np.array(count, float), exposures(len(count), seed)
    near = ring(len(count))
    point = smoothing.spatial_empirical_bayes(e, b, near)
    mean = smoothing.spatial_posterior(e, b, near).mean
    busy = (near + sp.eye_array(len(count))) @ e > 0
    np.testing.assert_allclose(mean[busy], point[busy], rtol=1e-6)


@pytest.mark.parametrize("kind", ["dense", "sparse", "object", "with diagonal"])
def test_neighbours_may_come_in_any_form(kind):
    near = ring(5)
    given_as = {
        "dense": near.toarray(),
        "sparse": near,
        "object": type("Weights", (), {"sparse": near})(),
        "with diagonal": near + sp.eye_array(5),
    }[kind]
    found = smoothing.spatial_empirical_bayes([1, 2, 3, 4, 5], np.ones(5), given_as)
    expected = smoothing.spatial_empirical_bayes([1, 2, 3, 4, 5], np.ones(5), near)
    np.testing.assert_array_equal(found, expected)


@given(st.integers(0, 400))
def test_gamma_poisson_maximises_the_marginal_likelihood(seed):
    rng = np.random.default_rng(seed)
    b = rng.uniform(0.5, 10, 25)
    e = rng.poisson(b * rng.gamma(1.5, 1.0, 25)).astype(float)
    alpha, beta, _ = smoothing.gamma_poisson(e, b)
    assume(np.isfinite(alpha))

    def likelihood(shape, rate):
        return stats.nbinom.logpmf(e, shape, rate / (rate + b)).sum()

    best = likelihood(alpha, beta)
    for shape, rate in ((1.02, 1), (0.98, 1), (1, 1.02), (1, 0.98), (1.05, 1.05), (0.95, 0.95)):
        assert likelihood(alpha * shape, beta * rate) <= best + 1e-9


@given(counts, st.integers(0, 9))
def test_gamma_poisson_lies_between_crude_rate_and_prior_mean(count, seed):
    e, b = np.array(count, float), exposures(len(count), seed)
    alpha, beta, mean = smoothing.gamma_poisson(e, b)
    assume(np.isfinite(alpha))
    prior, crude = alpha / beta, e / b
    assert (mean >= np.minimum(crude, prior) - 1e-9).all()
    assert (mean <= np.maximum(crude, prior) + 1e-9).all()


@given(counts, st.integers(0, 9), st.floats(1e-2, 1e2))
def test_gamma_poisson_scales_with_the_unit_of_exposure(count, seed, factor):
    b = exposures(len(count), seed)
    one, other = (smoothing.gamma_poisson(count, b * f)[2] for f in (1.0, factor))
    np.testing.assert_allclose(other * factor, one, rtol=1e-4, atol=1e-9)


@given(counts, st.integers(0, 9), st.randoms(use_true_random=False))
def test_gamma_poisson_does_not_depend_on_the_order(count, seed, random):
    b = exposures(len(count), seed)
    order = list(range(len(count)))
    random.shuffle(order)
    straight = smoothing.gamma_poisson(count, b)[2]
    shuffled = smoothing.gamma_poisson(np.array(count)[order], b[order])[2]
    np.testing.assert_allclose(shuffled, straight[order], rtol=1e-5, atol=1e-9)


def test_counts_that_vary_like_poisson_give_the_pooled_rate_with_a_finite_interval():
    alpha, beta, mean = smoothing.gamma_poisson([5, 4, 6, 5], np.ones(4))
    assert np.isinf(alpha)
    assert np.isinf(beta)
    np.testing.assert_allclose(mean, 5.0)
    low, high = smoothing.gamma_poisson_posterior([5, 4, 6, 5], np.ones(4)).interval()
    assert (low > 3).all()
    assert (high < 8).all()


def test_no_event_at_all_is_zero_without_a_prior():
    alpha, _, mean = smoothing.gamma_poisson([0, 0, 0], [1, 2, 3])
    assert np.isnan(alpha)
    np.testing.assert_array_equal(mean, 0)


def test_gamma_poisson_leaves_districts_without_exposure_out():
    alpha, beta, mean = smoothing.gamma_poisson([9, 3, 0, 1, 40], [1, 0, 4, np.nan, 5])
    assert np.isnan(mean[[1, 3]]).all()
    expected = smoothing.gamma_poisson([9, 0, 40], [1, 4, 5])
    assert (alpha, beta) == pytest.approx(expected[:2])
    np.testing.assert_allclose(mean[[0, 2, 4]], expected[2])


def test_posterior_probability_agrees_with_its_own_draws():
    posterior = smoothing.gamma_poisson_posterior([9, 0, 40, 3], [1.0, 4.0, 5.0, 2.0])
    draws = posterior.draw(20_000, np.random.default_rng(1))
    np.testing.assert_allclose((draws > 3.0).mean(axis=0), posterior.exceeds(3.0), atol=0.02)
    low, high = posterior.interval(0.9)
    inside = ((draws > low) & (draws < high)).mean(axis=0)
    np.testing.assert_allclose(inside, 0.9, atol=0.02)


def test_simulated_truth_lies_inside_the_credible_limits_as_often_as_said():
    rng = np.random.default_rng(11)
    theta = rng.gamma(2.0, 0.5, 2_000)
    exposure = rng.uniform(1, 10, 2_000)
    posterior = smoothing.gamma_poisson_posterior(rng.poisson(theta * exposure), exposure)
    low, high = posterior.interval(0.9)
    assert 0.88 < ((low <= theta) & (theta <= high)).mean() < 0.92
