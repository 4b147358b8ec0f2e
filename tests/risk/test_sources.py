"""Sources that were kept for different times: the rate is neither diluted nor inflated."""

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest
from starlette.testclient import TestClient

from geodata.errors import InvalidInput
from geodata.intervals import Observed, SourceDays, parse_source_days
from geodata.risk import RiskParameters, explain, risk_of, unplaced
from geodata.risk.of_snapshot import risk_view
from geodata.risk.tally import BY_SOURCE, fraction_inside, window_of_sources
from service.app import create_app
from service.content.districts import districts_of, figures_of, sums_of
from service.i18n import translator_of
from service.settings import Settings
from tests.conftest import make_country, make_incidents
from tests.maps.snapshots import FakeSnapshot

TODAY = date(2026, 1, 1)
AFTER = Observed(
    sources=(
        SourceDays("Agency", date(2020, 1, 1), date(2020, 12, 31)),
        SourceDays("news", date(2022, 1, 1), date(2022, 12, 31)),
        SourceDays("Nobody's", date(1990, 1, 1)),
    )
)


def incidents_of(rows: list[tuple[str, str]]):
    """Make an incident in the first district of each day and its sources."""
    found = pd.concat([make_incidents().iloc[[0]]] * len(rows), ignore_index=True)
    found.index = pd.Index([f"d{k}" for k in range(len(rows))], name="incident_id")
    found["incident_id"] = found.index
    days = pd.DatetimeIndex([day for day, _ in rows])
    found["date_start"], found["date_end"] = days, days
    found["sources"] = [sources for _, sources in rows]
    return found


class Held(FakeSnapshot):
    """With stated days of observation."""

    def __init__(self, incidents, observed: Observed) -> None:
        super().__init__(make_country(), incidents)
        self.observed = observed

    def history(self, _: str):
        return []


IN_TURN = [
    (f"{year}-{month:02d}-05", name)
    for year, name in ((2020, "agency"), (2022, "News desk"))
    for month in range(1, 13)
]


def test_sources_one_after_the_other_are_one_and_the_days_between_nobodys():
    held = Held(incidents_of([*IN_TURN, ("2021-06-01", "Agency")]), AFTER)
    table = risk_of(held, RiskParameters(smoothing="none"))
    row = table.loc["XX-A"]
    assert row["incidents"] == 24  # what nobody kept is in no count
    assert (str(row["observed_start"].date()), str(row["observed_end"].date())) == (
        "2020-01-01", "2022-12-31",
    )  # fmt: skip
    # 731 days: neither the 1,096 of the whole, nor each source's own
    assert row["observed_years"] == pytest.approx(731 / 365.25)
    assert row["rate"] == pytest.approx(24 / (731 / 365.25)) == row["density"]
    assert unplaced(held.incidents, held.districts, today=TODAY, observed=AFTER).incidents == 24


def test_a_source_beside_another_counts_in_its_own_time():
    within = Observed(
        sources=(
            SourceDays("Agency", date(2019, 1, 1), date(2022, 12, 31)),
            SourceDays("News", date(2022, 1, 1), date(2022, 12, 31)),
        )
    )
    rows = [(f"{y}-{m:02d}-05", "Agency") for y in (2019, 2020, 2021, 2022) for m in (3, 6, 9, 12)]
    rows += [(f"2022-{m:02d}-15", "News (from a ministry) x.example") for m in range(1, 13)]
    held = Held(incidents_of(rows), within)
    row = risk_of(held, RiskParameters(smoothing="none")).loc["XX-A"]
    # 4 a year by the one, and 12 that it does not see
    assert row["rate"] == pytest.approx(16, rel=0.002)
    told = explain(held, "XX-A", RiskParameters())["observed"]
    assert told["chosen"] == BY_SOURCE
    assert told["sources"] == [
        {"source": "Agency", "since": "2019-01-01", "until": "2022-12-31", "incidents": 16},
        {"source": "News", "since": "2022-01-01", "until": "2022-12-31", "incidents": 12},
    ]
    assert told["years"] == row["observed_years"] == pytest.approx(28 / 16, rel=0.002)


def test_page_map_and_sheet_divide_by_the_same_years():
    held, translator = Held(incidents_of(IN_TURN), AFTER), translator_of("en")
    view = risk_view(held, RiskParameters())
    district = districts_of(view, translator)[0]
    assert f"24 ÷ (100 km² × {translator.number(731 / 365.25, 2)} years)" in sums_of(
        view, translator, district
    )
    figures = figures_of(view, translator)
    assert figures.per_year[0] == pytest.approx(24 / (731 / 365.25))
    assert "2.00 years by when each source was kept" in figures.period


@pytest.mark.parametrize("alike", [0.0, 0.5, 1.0])
def test_the_rate_lies_between_the_fuller_source_and_the_sum_of_both_on_average(alike):
    """Two sources of 6 a year each, of which a share is the same; one joins after three years."""
    draw, found = np.random.default_rng(4), []
    kept = (
        SourceDays("A", date(2016, 1, 1), date(2021, 12, 31)),
        SourceDays("B", date(2019, 1, 1), date(2021, 12, 31)),
    )
    first, days = np.datetime64("2016-01-01"), 2_192
    for _ in range(200):
        number = draw.poisson(np.array([6 * (1 - alike), 6 * (1 - alike), 6 * alike]) * 6)
        day = first + draw.integers(0, days, number.sum())
        a = np.repeat([True, False, True], number)
        b = np.repeat([False, True, True], number) & (day >= np.datetime64("2019-01-01"))
        seen = a | b
        window = window_of_sources(day[seen], np.column_stack([a, b])[seen], kept, TODAY)
        found.append(seen.sum() / window.years)
    truth = 12 - 6 * alike
    assert np.mean(found) == pytest.approx(truth, rel=0.04)


def test_an_incident_counts_by_its_days_inside_any_part():
    named = np.array([[True, False, False], [False, True, False]])
    days = np.array(["2020-05-01", "2022-05-01"], "M8[D]")
    window = window_of_sources(days, named, AFTER.sources, TODAY)
    start = np.array(["2020-12-31", "2021-05-01", "2021-12-31"], "M8[D]")
    end = np.array(["2021-01-01", "2021-05-01", "2022-01-03"], "M8[D]")
    np.testing.assert_allclose(fraction_inside(start, end, window), [0.5, 0, 0.75])
    assert window.days == 731
    assert window.years_at_risk(1e6) == pytest.approx(window.years, rel=1e-3)


def test_without_a_source_that_is_named_the_days_are_chosen_as_ever_and_a_period_rules():
    held = Held(incidents_of([("2020-01-05", "Other"), ("2020-08-05", "Other")]), AFTER)
    assert risk_of(held, RiskParameters()).attrs["risk"]["period_chosen"] == "estimated"
    asked = RiskParameters.parse({"period": "2020-01-01/2021-12-31"})
    held = Held(incidents_of(IN_TURN), AFTER)
    assert risk_of(held, asked)["observed_years"].iloc[0] == pytest.approx(731 / 365.25)
    assert risk_of(held, asked)["incidents"].sum() == 12


@pytest.mark.parametrize(
    "text",
    [
        *("Agency", "Agency=", "=2019-01-01/..", "A=../2020-01-01"),
        *("A=2019-01-01/..;a=2020-01-01/..", "A=2020-13-01/.."),
    ],
)
def test_what_is_no_statement_of_days_is_refused(text):
    with pytest.raises(InvalidInput):
        parse_source_days(text)


def test_the_service_reads_them_from_its_settings(register, tmp_path):
    settings = Settings(data=tmp_path / "data", observed_sources="Azernews = 2020-11-10/..")
    assert settings.observed == Observed(sources=(SourceDays("Azernews", date(2020, 11, 10)),))
    register.observed = settings.observed
    with TestClient(create_app(settings, register)) as client:
        told = json.loads(client.get("/risk/AZ-AGM/explain").content)
        page = client.get("/districts/AZ-AGM")
    assert told["observed"]["chosen"] in (BY_SOURCE, "estimated")
    assert page.status_code == 200
