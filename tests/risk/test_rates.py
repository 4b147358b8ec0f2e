import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, poisson

from geodata.risk import rates

# Garwood 1936, table of 95 % limits (the printed two to three decimals)
GARWOOD = {0: (0.0, 3.69), 1: (0.0253, 5.57), 2: (0.242, 7.22), 3: (0.619, 8.77),
           5: (1.62, 11.67), 10: (4.80, 18.39), 20: (12.22, 30.89), 50: (37.11, 65.92)}  # fmt: skip


@pytest.mark.parametrize(("count", "limits"), GARWOOD.items())
def test_limits_are_garwoods(count, limits):
    low, high = rates.poisson_interval(count)
    assert float(low) == pytest.approx(limits[0], abs=0.006)
    assert float(high) == pytest.approx(limits[1], abs=0.006)


@given(st.integers(0, 2_000), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_limits_are_chi_square_quantiles_and_tails_are_exact(count, level):
    low, high = (float(x) for x in rates.poisson_interval(count, level=level))
    tail = (1 - level) / 2
    assert high == pytest.approx(chi2.ppf(1 - tail, 2 * count + 2) / 2, rel=1e-9)
    assert poisson.cdf(count, high) == pytest.approx(tail, rel=1e-6)
    if count:
        assert poisson.sf(count - 1, low) == pytest.approx(tail, rel=1e-6)
    else:
        assert low == 0


@given(st.integers(0, 500), st.floats(1e-3, 1e6), st.floats(1e-3, 1e3))
def test_rate_limits_scale_with_the_unit_of_exposure(count, exposure, factor):
    one = np.array(rates.poisson_interval(count, exposure))
    other = np.array(rates.poisson_interval(count, exposure * factor))
    np.testing.assert_allclose(other * factor, one, rtol=1e-9)


@pytest.mark.parametrize("exposure", [0, -1, np.nan, np.inf])
def test_no_exposure_is_undefined_and_not_zero(exposure):
    assert np.isnan(rates.poisson_interval(3, exposure)).all()
    assert np.isnan(rates.rate(3, exposure))


@pytest.mark.parametrize("count", [np.nan, -1])
def test_a_missing_count_is_undefined(count):
    assert np.isnan(rates.poisson_interval(count)).all()


def test_arrays_keep_their_shape():
    low, high = rates.poisson_interval(np.arange(6).reshape(2, 3), [[1.0], [2.0]])
    assert low.shape == high.shape == (2, 3)
    assert (low <= high).all()


@pytest.mark.parametrize("level", [0, 1, -0.5, 95])
def test_a_level_outside_zero_and_one_is_refused(level):
    with pytest.raises(ValueError, match="level"):
        rates.poisson_interval(1, level=level)


@given(st.integers(0, 300))
def test_unit_weights_give_garwood_exactly(count):
    weighted = rates.weighted_interval(float(count), float(count))
    np.testing.assert_array_equal(weighted, rates.poisson_interval(count))


@given(st.lists(st.floats(0.01, 50), min_size=1, max_size=40), st.floats(0.1, 20))
def test_weighted_limits_hold_the_sum_and_scale_with_the_weights(weights, factor):
    w = np.array(weights)
    low, high = rates.weighted_interval(w.sum(), (w**2).sum())
    assert low <= w.sum() <= high
    scaled = rates.weighted_interval((factor * w).sum(), ((factor * w) ** 2).sum())
    np.testing.assert_allclose(scaled, (factor * low, factor * high), rtol=1e-6)


def test_one_incident_of_nine_casualties_is_less_certain_than_nine_incidents():
    one = rates.weighted_interval(9.0, 81.0)
    nine = rates.weighted_interval(9.0, 9.0)
    assert one[0] < nine[0]
    assert one[1] > nine[1]
    assert float(one[1]) == pytest.approx(9 * 5.5716, rel=1e-4)


def test_weighted_limits_cover_the_truth_in_simulation():
    rng = np.random.default_rng(5)
    truth, inside = 12.0 * 3.0, 0
    for _ in range(400):
        w = rng.geometric(1 / 3, rng.poisson(12.0)).astype(float)
        low, high = rates.weighted_interval(w.sum(), (w**2).sum(), zero_weight=3.0)
        inside += low <= truth <= high
    assert inside / 400 > 0.93
