from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import InvalidInput
from geodata.incidents.flat import districts_text, parse_districts
from geodata.intervals import parse_interval
from geodata.model import DistrictWeight
from geodata.risk.tally import (
    ESTIMATED,
    MIN_OPEN_DAYS,
    RECORDED,
    STATED,
    RecordedDays,
    Window,
    choose_window,
    decayed,
    fraction_inside,
    recorded_days,
)

TODAY = date(2022, 1, 1)
HELD = RecordedDays(date(2020, 11, 23), date(2021, 2, 4), 5)
YEAR = Window(date(2021, 1, 1), date(2021, 12, 31))


def days(*texts):
    return np.array(texts, "M8[D]")


def test_all_is_longer_than_from_the_first_to_the_last_incident_which_would_flatter():
    window = choose_window(None, HELD, TODAY)
    assert window.end == HELD.last
    assert window.days == 124  # 74 days x 5 / 3
    assert window.chosen == ESTIMATED
    assert window.recorded == Window(HELD.first, HELD.last)
    assert window.recorded.chosen == RECORDED


def test_the_rate_over_all_is_right_on_average_where_the_span_alone_doubles_it():
    draw = np.random.default_rng(1)
    for expected, off in ((5, 0.08), (10, 0.03), (30, 0.02)):
        counts, spans, estimated = [], [], []
        for _ in range(4_000):
            when = np.unique(draw.integers(0, 3_000, draw.poisson(expected)))
            if len(when) < 2:
                continue
            first, last = (date.fromordinal(730_000 + int(day)) for day in (when[0], when[-1]))
            window = choose_window(None, RecordedDays(first, last, len(when)), date(2022, 1, 1))
            counts.append(len(when))
            spans.append(len(when) / window.recorded.days)
            estimated.append(len(when) / window.days)
        assert np.mean(estimated) == pytest.approx(np.mean(counts) / 3_000, rel=off)
        assert np.mean(spans) > (1 + 1.8 / expected) * np.mean(counts) / 3_000


@pytest.mark.parametrize(
    "observed", [(date(2019, 1, 1), date(2020, 12, 31)), (date(2019, 1, 1), None)]
)
def test_a_stated_observation_rules(observed):
    window = choose_window(None, HELD, TODAY, observed=observed)
    assert window == Window(observed[0], observed[1] or TODAY)
    assert window.chosen == STATED
    asked = parse_interval("2021-01-01/2021-01-31")
    assert choose_window(asked, HELD, TODAY, observed=observed).days == 31


def test_one_day_tells_no_length_and_is_taken_as_a_year():
    window = choose_window(None, RecordedDays(date(2021, 2, 4), date(2021, 2, 4), 1), TODAY)
    assert window.end == date(2021, 2, 4)
    assert window.days == 365
    assert window.recorded.days == MIN_OPEN_DAYS


@given(st.integers(0, 4_000), st.integers(1, 90), st.booleans())
def test_the_recorded_span_lies_in_the_days_observed_and_only_estimates_lengthen_it(
    span, count, stated
):
    held = RecordedDays(date(2005, 1, 1), date.fromordinal(732_000 + span), min(count, span + 1))
    observed = (date(2004, 1, 1), None) if stated else None
    window = choose_window(None, held, date(2026, 1, 1), observed=observed)
    assert window.start <= window.recorded.start <= held.first or stated
    assert window.recorded.end == window.end
    assert window.recorded.days <= window.days
    if stated:
        assert window.recorded is window
    asked = choose_window(parse_interval("2005-01-01/.."), held, date(2026, 1, 1))
    assert asked.recorded is asked


def test_an_open_end_keeps_at_least_thirty_days():
    window = choose_window(parse_interval("../2020-11-24"), HELD, TODAY)
    assert window.days == MIN_OPEN_DAYS


def test_a_period_asked_for_is_taken_as_it_is_however_short():
    window = choose_window(parse_interval("2021-02-04"), HELD, TODAY)
    assert window.days == 1


def test_open_ends_are_the_first_and_last_day_held():
    assert choose_window(parse_interval("../2021-01-15"), HELD, TODAY).start == HELD[0]
    assert choose_window(parse_interval("2020-12-01/.."), HELD, TODAY).end == HELD[1]


def test_a_start_after_everything_held_does_not_end_before_it():
    window = choose_window(parse_interval("2021-06-01/.."), HELD, TODAY)
    assert window.start <= window.end


def test_days_that_have_not_happened_are_no_exposure():
    assert choose_window(parse_interval("2020-01-01/2040-12-31"), HELD, TODAY).end == TODAY


def test_a_period_in_the_future_is_refused():
    with pytest.raises(InvalidInput, match="after 2022-01-01") as refused:
        choose_window(parse_interval("2030-01-01/2030-12-31"), HELD, TODAY)
    assert refused.value.code == "bad-period"


def test_an_empty_register_has_no_open_period():
    assert choose_window(None, None, TODAY) is None
    assert choose_window(parse_interval("2021-01-01/2021-12-31"), None, TODAY) == YEAR


def test_the_window_before_has_the_same_length_and_touches():
    before = YEAR.before()
    assert before.days == YEAR.days
    assert before.end == date(2020, 12, 31)


def test_a_range_counts_for_its_days_inside_the_period():
    share = fraction_inside(
        days("2020-12-31", "2020-12-30", "2021-06-01", "2022-01-01", "NaT"),
        days("2021-01-01", "2021-01-02", "2021-06-01", "2022-01-05", "NaT"),
        YEAR,
    )
    np.testing.assert_allclose(share, [0.5, 0.5, 1, 0, 0])


@given(st.integers(0, 800), st.integers(0, 400), st.integers(0, 900))
def test_a_range_split_at_any_day_adds_up(start, length, cut):
    first, last = np.datetime64("2020-01-01") + start, np.datetime64("2020-01-01") + start + length
    middle = (np.datetime64("2020-01-01") + cut).astype(date)
    early = Window(date(2019, 1, 1), middle)
    late = Window((np.datetime64(middle) + 1).astype(date), date(2030, 1, 1))
    parts = [fraction_inside(np.array([first]), np.array([last]), w)[0] for w in (early, late)]
    assert sum(parts) == pytest.approx(1.0)


def test_decay_halves_after_a_half_life():
    found = decayed(days("2021-12-31", "2021-12-01"), days("2021-12-31", "2021-12-01"), YEAR, 30)
    np.testing.assert_allclose(found, [1.0, 0.5])


@given(st.integers(0, 300), st.integers(0, 60), st.floats(0.5, 5_000))
def test_decay_of_a_range_is_the_mean_over_its_days(start, length, half_life):
    first = np.datetime64("2021-01-01") + start
    last = first + length
    found = decayed(np.array([first]), np.array([last]), YEAR, half_life)[0]
    inside = np.arange(first, min(last, np.datetime64("2021-12-31")) + 1)
    age = (np.datetime64("2021-12-31") - inside).astype(int)
    assert found == pytest.approx((0.5 ** (age / half_life)).mean(), rel=1e-9)


@given(st.floats(1, 1e6))
def test_a_steady_rate_keeps_its_value_whatever_the_half_life(half_life):
    every_day = np.arange(np.datetime64("2021-01-01"), np.datetime64("2022-01-01"))
    total = decayed(every_day, every_day, YEAR, half_life).sum()
    assert total / YEAR.years_at_risk(half_life) == pytest.approx(365.25, rel=1e-9)


def test_a_very_long_half_life_is_no_decay():
    assert YEAR.years_at_risk(1e6) == pytest.approx(YEAR.years, rel=1e-3)


def test_incidents_of_no_loaded_district_do_not_stretch_the_period(incidents, country) -> None:
    far = incidents.copy()
    far.loc["i5", ["date_start", "date_end"]] = pd.Timestamp("1999-01-01")
    assert recorded_days(far, country) == recorded_days(incidents, country)
    assert recorded_days(far)[0] == date(1999, 1, 1)
    # Where nothing is placed at all, what is held is what there is.
    assert recorded_days(far.loc[["i5"]], country)[:2] == (date(1999, 1, 1), date(1999, 1, 1))


@pytest.mark.parametrize("name", ["p%2Fq", "a;b", "x%3By", "%", "a:b;c%"])
def test_ids_with_marks_keep_their_incidents(name) -> None:
    text = districts_text([DistrictWeight(district_id=name)])
    assert [(d.district_id, d.weight) for d in parse_districts(text)] == [(name, 1.0)]
