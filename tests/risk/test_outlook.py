"""What the history says of the days to come, in the table and in the explanation."""

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.risk import RiskParameters, district_risk, forecast_of
from geodata.risk.districts import days_since_last, series
from geodata.risk.tally import Window
from geodata.schemas import INCIDENTS, conform
from tests.conftest import make_country
from tests.laws import examples
from tests.maps.snapshots import FakeSnapshot

TODAY = date(2024, 1, 1)


def _register(country: gpd.GeoDataFrame, monthly: np.ndarray, killed=None) -> gpd.GeoDataFrame:
    """Incidents on the first days of months of 2019 to 2023: months x districts."""
    rows = [
        (f"I{month}-{place}-{n}", pd.Timestamp(2019 + month // 12, 1 + month % 12, 1 + n % 28), d)
        for month, counts in enumerate(monthly)
        for place, (d, count) in enumerate(zip(country.index, counts, strict=True))
        for n in range(int(count))
    ]
    frame = pd.DataFrame(rows, columns=["incident_id", "date_start", "district_id"])
    frame["date_end"] = frame["date_start"]
    frame["districts"] = frame["district_id"] + ":1"
    if killed is not None:
        frame["killed"] = np.random.default_rng(1).choice(killed, len(frame))
    return conform(frame, INCIDENTS)


@pytest.fixture(scope="module")
def country() -> gpd.GeoDataFrame:
    return make_country()


@pytest.fixture(scope="module")
def bursts(country):
    rng = np.random.default_rng(3)
    means = np.linspace(2, 8, len(country))
    return _register(country, rng.negative_binomial(np.tile(means, (60, 1)) / 5, 1 / 6))


@pytest.fixture(scope="module")
def steady(country):
    means = np.linspace(2, 8, len(country))
    return _register(country, np.random.default_rng(3).poisson(np.tile(means, (60, 1))))


def _table(incidents, country, **parameters):
    return district_risk(incidents, country, today=TODAY, **parameters)


def test_bursts_are_seen_and_widen_what_is_said(bursts, steady, country):
    wild, calm = (_table(x, country, period="2023-01-01/2023-12-31") for x in (bursts, steady))
    assert wild["dispersion"].median() > 3
    assert calm["dispersion"].median() < 2
    width = {
        name: ((t["smoothed_high"] - t["smoothed_low"]) / t["smoothed"]).median()
        for name, t in (("wild", wild), ("calm", calm))
    }
    assert width["wild"] > 1.5 * width["calm"]
    ranks = {n: (t["rank_high"] - t["rank_low"]).mean() for n, t in (("w", wild), ("c", calm))}
    assert ranks["w"] >= ranks["c"]


def test_the_quarter_is_expected_near_its_past(steady, country):
    table = _table(steady, country)
    np.testing.assert_allclose(table["expected"], 3 * np.linspace(2, 8, len(country)), rtol=0.35)
    assert (table["expected_low"] <= table["expected"]).all()
    assert (table["expected"] <= table["expected_high"]).all()


def test_people_have_compound_limits_wider_than_poissons(country):
    counts = np.full((60, len(country)), 2)
    incidents = _register(country, counts, killed=[1, 1, 1, 1, 1, 1, 1, 12])
    table = _table(incidents, country, weight="killed", period="2022-01-01/2023-12-31")
    plain = _table(incidents, country, period="2022-01-01/2023-12-31")
    relative = {
        name: (t["density_high"] / t["density"]).median()
        for name, t in (("killed", table), ("plain", plain))
    }
    assert relative["killed"] > 1.3 * relative["plain"]


def test_days_since_the_last_incident_by_hand(country):
    incidents = _register(country.iloc[:2], np.array([[1, 0], [0, 0], [1, 0]]))
    found = days_since_last(incidents, country.index, date(2019, 3, 11))
    assert found[0] == 10
    assert np.isnan(found[1:]).all()


def test_the_series_counts_every_placed_incident_once_and_nothing_later(bursts, country):
    window = Window(date(2022, 1, 1), date(2022, 12, 31))
    found = series(bursts, country, window)
    assert found.counts.sum() == (bursts["date_end"] <= "2022-12-31").sum()
    assert len(found.counts) <= 60


def test_a_register_of_one_incident_still_has_an_outlook_that_is_called_assumed(country):
    table = _table(_register(country.iloc[:1], np.array([[1]])), country)
    assert (table["expected"] > 0).all()
    assert not table.attrs["risk"]["dispersion_learnt"]


def test_a_handful_of_late_incidents_promises_no_more_than_the_whole_past(country):
    """Records end with an incident: the weeks before it are no trend."""
    incidents = _register(country.iloc[:1], np.array([[1], [0], [0], [4]]))
    late = incidents["date_start"] >= "2019-04-01"
    incidents.loc[late, ["date_start", "date_end"]] = pd.Timestamp("2019-04-28")
    found = series(incidents, country, Window(date(2019, 1, 1), date(2019, 4, 30)))
    outlook = found.outlook(90.0)
    assert outlook.forecast.mean.sum() < 1.6 * 5 / 120 * 90
    assert not outlook.learnt


def test_two_incidents_are_no_bursts_of_a_hundred(country):
    """Each came where none was before; what that says of the spread is nothing yet."""
    counts = np.zeros((60, len(country)))
    counts[30, 0] = counts[50, 1] = 1
    table = _table(_register(country, counts, killed=[3]), country, weight="killed",
                   period="2019-01-01/2023-12-31", half_life_days=365.0)  # fmt: skip
    assert (table["dispersion"] < 10).all()
    assert (table["smoothed_low"] <= table["smoothed"]).all()
    assert (table["smoothed"] <= table["smoothed_high"]).all()


def _of_days(country, days, copies):
    """As many incidents in each district on each of these days of 2022."""
    rows = [(f"I{d}-{k}-{n}", pd.Timestamp(2022, 1, 1) + pd.Timedelta(days=int(d)), k)
            for d in days for k in country.index for n in range(copies)]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["incident_id", "date_start", "district_id"])
    frame["date_end"] = frame["date_start"]
    frame["districts"] = frame["district_id"] + ":1"
    return conform(frame, INCIDENTS)


def test_many_incidents_of_one_day_say_no_more_of_a_rate_than_one(country):
    incidents = _of_days(country, [0], 10)
    table = _table(incidents, country)
    assert (table["smoothed_low"] < 0.1 * table["smoothed"]).all()
    assert (table["smoothed_high"] > 3 * table["smoothed"]).all()
    assert (table["expected_high"] > 2 * table["expected"]).all()
    assert not table.attrs["risk"]["dispersion_learnt"]
    told = forecast_of(FakeSnapshot(country, incidents), RiskParameters(cell_km=0))
    assert set(told["status"]) == {"short_history"}


def _narrowed(days, copies):
    """The least part that is left of the width of the limits where each incident is copied."""
    country = make_country()
    one, many = (_table(_of_days(country, days, n), country) for n in (1, copies))
    few, more = (t[["smoothed_high", "expected_high"]].to_numpy(float)
                 / t[["smoothed", "expected"]].to_numpy(float) for t in (one, many))  # fmt: skip
    return (more / few).min(axis=0)


@examples(25)
@given(st.sets(st.integers(0, 200), min_size=1, max_size=7), st.integers(2, 30))
def test_more_incidents_on_the_same_few_days_make_no_rate_surer(days, copies):
    """Within what the grid leaves open of a dispersion that few days hardly tell (0.87 seen)."""
    # limits of counts lie between whole numbers: of few a little further out
    assert (_narrowed(days, copies) > [0.8, 0.6]).all()


@pytest.mark.parametrize("copies", [2, 6, 10])
def test_where_few_days_tell_nothing_of_larger_means_copies_leave_the_guess(copies):
    """Any quadratic part fits four days alike: the grid's choice of one took a fifth."""
    assert (_narrowed({0, 1, 2, 3}, copies) > 0.9).all()


def test_the_size_of_incidents_scales_what_is_expected_and_is_no_leap(country):
    """Incidents of thirty people leave as many empty months as incidents of one."""
    counts = np.random.default_rng(2).poisson(0.4, (60, len(country)))
    one, many = (_table(_register(country, counts, killed=[n]), country, weight="killed",
                        period="2019-01-01/2023-12-31") for n in (1, 1_000_000))  # fmt: skip
    for name in ("expected", "rate_high", "smoothed", "smoothed_low", "smoothed_high"):
        np.testing.assert_allclose(many[name], 1e6 * one[name], rtol=1e-6)
    np.testing.assert_allclose(many["dispersion"], one["dispersion"])
    assert (many["expected_high"] > many["expected"]).all()
