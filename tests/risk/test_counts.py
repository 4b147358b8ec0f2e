"""Forecasts of counts: limits that hold, means that follow, and no trap in odd series."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import nbinom

from geodata.risk import forecast, rates
from geodata.statistics.counts import (
    forecast_counts,
    forecasts_of_counts,
    negative_binomial_cdf,
    negative_binomial_log,
    negative_binomial_quantile,
)
from geodata.statistics.rates import change
from tests.laws import examples

ANY_COUNTS = hnp.arrays(
    float, st.tuples(st.integers(1, 30), st.integers(1, 5)), elements=st.integers(0, 400)
)


def _bursts(mean, dispersion, rng):
    return rng.negative_binomial(mean / (dispersion - 1), 1 / dispersion).astype(float)


def _series(name: str) -> np.ndarray:
    rng = np.random.default_rng(7)
    base, periods = rng.lognormal(0.5, 1.2, 40), np.arange(60)[:, None]
    if name == "steady":
        return _bursts(np.tile(base, (60, 1)), 6, rng)
    if name == "trend":
        return _bursts(base * 8 ** (periods / 60), 3, rng)
    if name == "seasonal":
        return _bursts(base * (1 + 0.7 * np.sin(periods * np.pi / 6)), 3, rng)
    if name == "sparse":
        return rng.poisson(0.1, (60, 40)).astype(float)
    return rng.poisson(np.exp(np.cumsum(rng.normal(0, 0.15, (60, 40)), 0)) * base).astype(float)


@pytest.mark.parametrize("name", ["steady", "trend", "seasonal", "sparse", "wandering"])
def test_limits_hold_their_level_on_counts_that_they_have_not_seen(name):
    """Randomised for discreteness: the predictive probabilities are uniform."""
    counts = _series(name)
    inside = []
    for end in range(36, 60, 3):
        found = forecast_counts(counts[:end])
        nominal, seen = found.tails
        upper, lower = (
            np.interp(negative_binomial_cdf(counts[end] - k, found.mean, found.size), nominal, seen)
            for k in (0, 1)
        )
        below = [
            np.clip((q - lower) / np.maximum(upper - lower, 1e-12), 0, 1) for q in (0.05, 0.95)
        ]
        inside.append(below[1] - below[0])
    assert 0.87 <= np.mean(inside) <= 0.95


def test_poisson_limits_would_hold_far_less_than_their_level():
    """The fault that this model is for: a constant Poisson rate on counts in bursts."""
    counts = _series("steady")
    rate = np.maximum(counts[:59].mean(axis=0), 0.01)
    low, high = rates.poisson_interval(rate, level=0.9)
    plain = ((counts[59] >= low) & (counts[59] <= high)).mean()
    low, _, high = forecast.district_counts(counts[:59])
    assert plain < 0.75 < ((counts[59] >= low) & (counts[59] <= high)).mean()


def test_a_leap_of_the_whole_country_is_not_learnt_as_a_tenfold_rise_of_whatever_was():
    """A war begins once: what follows is foreseen between the levels that were."""
    rng = np.random.default_rng(11)
    before, after = rng.poisson(0.03, (22, 30)), rng.poisson(2.0, (6, 30))
    found = forecast_counts(np.vstack([before, after]), horizon=3)
    assert sum(found.weights.values()) == pytest.approx(1)
    assert 30 < found.mean.sum() < 1.3 * 3 * 60


@examples(25)
@given(ANY_COUNTS, st.floats(0.1, 5))
def test_the_shares_of_the_means_sum_to_one(counts, horizon):
    weights = np.array(list(forecast_counts(counts, horizon=horizon).weights.values()))
    assert (weights >= 0).all()
    assert weights.sum() == pytest.approx(1)


def _moved_together(periods: int, districts: int, seed: int) -> np.ndarray:
    """Give counts whose level wanders for the whole country at once, and bursts that last."""
    rng = np.random.default_rng(seed)
    base = rng.lognormal(0.3, 1.0, districts)
    level = np.exp(np.cumsum(rng.normal(0, 0.15, (periods, 1)), axis=0))
    lasting = np.zeros((periods, districts))
    for t in range(1, periods):
        lasting[t] = 0.8 * lasting[t - 1] + rng.normal(0, 0.5, districts)
    return _bursts(np.maximum(base * level * np.exp(lasting), 1e-6), 2, rng)


def test_limits_of_several_periods_ahead_hold_where_few_such_stretches_have_ended():
    """Errors of weights fitted to the counts they are held against would be too small."""
    inside = []
    for seed in range(6):
        counts = _moved_together(44, 12, seed)
        inside += [
            forecast_counts(counts[:end], horizon=3).covers(counts[end : end + 3].sum(axis=0))
            for end in range(20, 42, 7)
        ]
    assert 0.87 <= np.mean(inside) <= 0.95


def test_the_dispersion_is_found():
    found = forecast_counts(_series("steady"))
    large = found.mean > 3
    assert 3.5 < np.median(found.dispersion[large]) < 9


def test_the_mean_follows_a_level_that_moved():
    counts = np.vstack([np.full((20, 3), 2.0), np.full((20, 3), 40.0)])
    assert (forecast_counts(counts).mean > 30).all()


def test_a_longer_horizon_expects_more_and_is_less_sure():
    one, four = forecasts_of_counts(_series("steady"), [1, 4])
    assert 3 < four.mean.sum() / one.mean.sum() < 5
    assert (four.variance > one.variance).all()


@examples(25)
@given(ANY_COUNTS, st.floats(0.1, 5))
def test_any_counts_give_ordered_finite_limits(counts, horizon):
    low, mean, high = forecast.district_counts(counts, horizon=horizon)
    assert np.isfinite([low, mean, high]).all()
    assert (np.diff([np.zeros_like(low), low, mean, high], axis=0) >= 0).all()
    assert (mean > 0).all()


def test_districts_may_be_in_any_order():
    counts, order = _series("wandering"), np.random.default_rng(1).permutation(40)
    left, right = forecast_counts(counts), forecast_counts(counts[:, order])
    np.testing.assert_allclose(left.mean[order], right.mean, rtol=1e-6)


def test_no_observation_is_not_no_event():
    counts = _series("steady")
    busiest = counts.sum(axis=0).argmax()
    counts[-10:, busiest] = np.nan
    blanked = forecast_counts(counts).mean[busiest]
    counts[-10:, busiest] = 0.0
    assert forecast_counts(counts).mean[busiest] < 0.9 * blanked


@pytest.mark.parametrize("counts", [np.zeros((0, 3)), [[-1.0]], np.zeros((2, 2, 2))])
def test_what_is_no_table_of_counts_is_refused(counts):
    with pytest.raises(ValueError, match="counts"):
        forecast_counts(counts)


def test_the_negative_binomial_is_scipys():
    count, mean, size = np.arange(8.0), np.full(8, 3.0), np.full(8, 1.7)
    oracle = nbinom(1.7, 1.7 / 4.7)
    np.testing.assert_allclose(negative_binomial_log(count, mean, size), oracle.logpmf(count))
    np.testing.assert_allclose(negative_binomial_cdf(count, mean, size), oracle.cdf(count))
    found = negative_binomial_quantile(0.9, mean[:1], size[:1])
    assert abs(found[0] - oracle.ppf(0.9)) <= 0.5


def test_false_rises_stay_at_their_level_where_counts_come_in_bursts():
    rng = np.random.default_rng(3)
    pairs = _bursts(np.full((2_000, 2), 20.0), 5, rng)
    found = [change(b, 1.0, a, 1.0, dispersion=5.0).probability_of_rise for a, b in pairs]
    plain = [change(b, 1.0, a, 1.0).probability_of_rise for a, b in pairs]
    assert np.mean(np.array(found) > 0.95) <= 0.06 < 0.2 < np.mean(np.array(plain) > 0.95)


def test_people_harmed_several_at_a_time_have_wider_limits():
    rng = np.random.default_rng(4)
    sizes = np.array([1.0] * 60 + [2] * 25 + [3] * 10 + [5] * 4 + [30])
    true = 20 * sizes.mean()
    hits = {"compound": 0, "garwood": 0}
    for _ in range(300):
        drawn = rng.choice(sizes, rng.poisson(20))
        low, high = rates.compound_interval(drawn)
        hits["compound"] += low <= true <= high
        low, high = rates.poisson_interval(drawn.sum())
        hits["garwood"] += low <= true <= high
    assert hits["compound"] >= 0.9 * 300 > 0.8 * 300 > hits["garwood"]


@given(st.integers(0, 50), st.floats(0.1, 9))
@examples(20)
def test_one_person_an_incident_gives_garwoods_limits(count, exposure):
    np.testing.assert_allclose(
        rates.compound_interval(np.ones(count), exposure),
        rates.poisson_interval(count, exposure),
        rtol=1e-9,
    )


def test_sizes_not_stated_are_left_out_and_negative_ones_refused():
    assert rates.compound_interval([2, np.nan, 3]) == rates.compound_interval([2, 3])
    with pytest.raises(ValueError, match="negative"):
        rates.compound_interval([1, -1])


def test_events_of_the_last_periods_alone_are_expected_again_where_they_were():
    counts = np.zeros((10, 30))
    counts[-2:, 3] = 1
    counts[-1, 7] = 2
    mean = forecast_counts(counts, horizon=4).mean
    assert set(np.argsort(-mean)[:2]) == {3, 7}
    assert mean[[3, 7]].min() > 3 * np.median(mean)


@pytest.mark.parametrize("months", [8, 60])
def test_a_small_town_is_not_foreseen_as_if_it_were_a_large_district(months):
    """Equal risk by area: what is expected of the smallest third is near what comes of them."""
    rng = np.random.default_rng(1)
    area = np.exp(np.linspace(-2.5, 2.5, 40))
    mean = 40 * 0.3 * area / area.sum()
    counts = rng.poisson(np.tile(mean, (months, 1))).astype(float)
    small, plain = area < np.quantile(area, 1 / 3), forecast_counts(counts)
    found = forecast_counts(counts, areas=area)
    true = mean[small].sum()
    assert found.mean[small].sum() < plain.mean[small].sum()
    assert found.mean[small].sum() - true < 0.6 * (plain.mean[small].sum() - true)
    assert (found.mean > 0).all()


def test_areas_in_any_unit_and_unknown_ones_make_no_difference():
    counts = _series("sparse")
    area = np.random.default_rng(2).lognormal(0, 1.5, 40)
    found = forecast_counts(counts, areas=area)
    np.testing.assert_allclose(forecast_counts(counts, areas=area * 1e6).mean, found.mean)
    plain = forecast_counts(counts).mean
    for same in (np.full(40, 3.0), np.full(40, np.nan), np.zeros(40)):
        np.testing.assert_array_equal(forecast_counts(counts, areas=same).mean, plain)
    lacking = np.where(np.arange(40) == 7, np.nan, area)
    filled = np.where(np.arange(40) == 7, np.delete(area, 7).mean(), area)
    np.testing.assert_allclose(
        forecast_counts(counts, areas=lacking).mean, forecast_counts(counts, areas=filled).mean
    )
    with pytest.raises(ValueError, match="areas"):
        forecast_counts(counts, areas=area[:3])


def _leapt(after: float, *, districts: int = 40, seed: int = 3, share: int = 1):
    """Counts whose level changes two months before the end, in every so-many-th district."""
    rng = np.random.default_rng(seed)
    level = np.full((42, districts), 2.0)
    level[-2:, ::share] = after
    return rng.negative_binomial(level / 2, 1 / 3).astype(float)


def test_after_a_leap_the_limits_hold_both_that_it_lasts_and_that_it_fades():
    counts = _leapt(30.0)
    found = forecast_counts(counts, horizon=3)
    low, high = found.interval(0.9)
    assert (found.leap > 0).all()
    for level in (6.0, 90.0):
        rng = np.random.default_rng(5)
        came = rng.negative_binomial(level / 2, 1 / 3, 40)
        assert ((came >= np.floor(low)) & (came <= np.ceil(high))).mean() >= 0.8
    assert 20 < found.mean.mean() < 70
    assert (found.bursts < found.dispersion / 2).all()
    assert found.thinned(0.5).leap == pytest.approx(found.leap / 2)


def test_draws_after_a_leap_are_of_one_level_or_the_other_and_together():
    counts = _leapt(30.0)
    found = forecast_counts(counts, horizon=3)
    totals = found.draw(400, np.random.default_rng(1)).sum(axis=1)
    before, after = ((found.mean + side * found.leap).sum() for side in (-1, 1))
    assert np.median(totals[:200]) == pytest.approx(before, rel=0.3)
    assert np.median(totals[200:]) == pytest.approx(after, rel=0.3)
    assert totals.mean() == pytest.approx(found.mean.sum(), rel=0.15)


def test_districts_that_leapt_alone_are_told_from_the_others():
    found = forecast_counts(_leapt(60.0, share=10), horizon=3)
    assert (found.leap != 0).tolist() == [d % 10 == 0 for d in range(40)]


def test_a_fall_of_a_whole_country_leaves_the_old_level_open():
    counts = _leapt(0.05)
    counts[:-2] += 8
    found = forecast_counts(counts, horizon=3)
    assert (found.leap < 0).all()
    low, high = found.interval(0.9)
    assert (low < 5).all()
    assert (high > 25).mean() > 0.9


def test_counts_that_only_vary_hardly_ever_leap():
    seen = [
        (found.leap != 0).any()
        for seed in range(12)
        for found in forecasts_of_counts(_leapt(2.0, districts=12, seed=seed), [1, 3])
    ]
    assert sum(seen) <= 1


def test_a_burst_of_one_day_is_no_rate_of_a_year():
    counts = np.zeros((52, 12))
    counts[-1] = 40 / 12
    found = forecast_counts(counts, horizon=13)
    assert 20 < found.mean.sum() < 60
    assert (found.leap > 0).all()
