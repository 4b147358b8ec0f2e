import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.statistics.rates import change


def test_no_change_is_as_likely_up_as_down():
    found = change(7, 2.0, 7, 2.0)
    assert found.ratio == 1
    assert found.probability_of_rise == pytest.approx(0.5)


@given(st.integers(0, 50), st.integers(0, 50), st.floats(0.1, 10), st.floats(0.1, 10))
def test_probabilities_of_rise_and_fall_sum_to_one(now, before, e_now, e_before):
    if now + before == 0:
        return
    up = change(now, e_now, before, e_before).probability_of_rise
    down = change(before, e_before, now, e_now).probability_of_rise
    assert up + down == pytest.approx(1.0)


def test_the_probability_agrees_with_simulation():
    rng = np.random.default_rng(0)
    now = rng.gamma(9.5, 1 / 2.0, 200_000)
    before = rng.gamma(4.5, 1 / 3.0, 200_000)
    assert change(9, 2.0, 4, 3.0).probability_of_rise == pytest.approx(
        (now > before).mean(), abs=0.005
    )


def test_from_nothing_there_is_no_ratio_but_a_probability():
    found = change(6, 1.0, 0, 1.0)
    assert found.ratio is None
    assert found.low > 1
    assert found.probability_of_rise > 0.97


@pytest.mark.parametrize(
    "arguments", [(0, 1, 0, 1), (1, 0, 1, 1), (1, 1, 1, float("nan")), (1, -1, 2, 1)]
)
def test_nothing_counted_or_no_exposure_says_nothing(arguments):
    found = change(*arguments)
    assert found.ratio is None
    assert found.probability_of_rise is None


@given(st.integers(1, 60), st.integers(1, 60), st.floats(0.1, 9), st.floats(0.1, 9))
def test_the_limits_of_a_change_turn_over_with_the_question(now, before, e_now, e_before):
    up, down = change(now, e_now, before, e_before), change(before, e_before, now, e_now)
    assert up.low == pytest.approx(1 / down.high)
    assert up.low < up.ratio < up.high


def test_a_single_event_says_something_and_nothing_counted_does_not():
    assert change(1, 0.5, 0, 0.5).probability_of_rise > 0.5
    assert change(0, 0.5, 0, 0.5).probability_of_rise is None
