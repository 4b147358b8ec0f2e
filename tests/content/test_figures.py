"""Key figures and incidents over time, done again by hand on five incidents of one year."""

import pandas as pd
import pytest

from geodata.incidents import Toll
from geodata.risk import RiskParameters
from geodata.risk.of_snapshot import RiskView, risk_view
from service.content.districts import (
    Span,
    Trend,
    counts_of,
    districts_of,
    figures_of,
    period_words,
    rounded,
    tiles_of,
    trend_of,
)
from service.i18n import translator_of
from tests.conftest import make_country, make_incidents
from tests.maps.snapshots import FakeSnapshot

YEAR = "2021-01-01/2021-12-31"
ENGLISH = translator_of("en")


def seen(period: str = YEAR, *, last: tuple[str, str] | None = None, held: int = 5) -> RiskView:
    """The view of a period; `last` are other days of the incident in no district."""
    incidents = make_incidents().iloc[:held]
    if last is not None:
        incidents.loc["i5", ["date_start", "date_end"]] = pd.to_datetime(list(last))
    parameters = RiskParameters.parse({"period": period} if period else {})
    return risk_view(FakeSnapshot(make_country(), incidents), parameters)


def trend(view: RiskView, weights: object = None) -> Trend:
    found = trend_of(view, ENGLISH, weights)
    assert found is not None
    return found


def recorded(found: Trend) -> dict[str, float]:
    return {span.name: span.incidents for span in found.spans if span.incidents}


def test_the_figures_of_a_year() -> None:
    view = seen()
    figures = figures_of(view, ENGLISH)
    assert (figures.incidents, figures.unplaced, figures.elsewhere) == (5.0, 1.0, 0)
    assert (figures.with_record, figures.districts) == (3, 4)
    assert figures.killed == Toll(3.0, 2.0)
    assert figures.injured == Toll(7.0, 1.0)
    assert figures.period == "1 Jan\u2009–\u200931 Dec 2021"
    # Garwood's limits of five events, over 365 days
    years = 365 / 365.25
    assert figures.per_year == pytest.approx((5 / years, 1.62349 / years, 11.66833 / years), 1e-5)
    assert tiles_of(figures, ENGLISH) == [
        ("5", "incidents"),
        ("≥ 3", "people killed"),
        ("≥ 7", "people injured"),
        ("3", "of 4 districts with a record"),
    ]


def test_figures_of_a_district_are_worded_alike() -> None:
    first, _, _, last = districts_of(seen(), ENGLISH)
    assert counts_of(first, ENGLISH)[0] == ("2.5", "incidents")
    assert counts_of(last, ENGLISH) == [
        ("1", "incident"),
        ("2", "people killed"),
        ("0", "people injured"),
    ]


@pytest.mark.parametrize(("end", "given"), [("2021-01-29", False), ("2021-01-30", True)])
def test_fewer_than_thirty_days_give_no_number_a_year(end: str, *, given: bool) -> None:
    figures = figures_of(seen(f"2021-01-01/{end}"), ENGLISH)
    assert (figures.per_year is not None) == given
    assert figures.unplaced == 0.0


def test_an_incident_partly_in_the_period_counts_in_part() -> None:
    view = seen("2021-01-25/2021-06-15")
    # i3 has 7 of its 11 days in it, i5 15 of 30, and i2 its only one
    assert figures_of(view, ENGLISH).incidents == pytest.approx(7 / 11 + 0.5 + 1)
    found = trend(view)
    assert recorded(found) == pytest.approx({"Jan 2021": 7 / 11, "Feb 2021": 1, "Jun 2021": 0.5})
    assert found.imprecise == 0


def test_days_that_the_records_chose_are_said_to_be_estimated_and_of_none_is_no_word() -> None:
    words = period_words(seen(""), ENGLISH)
    assert words.endswith("31 Dec 2021 (days of observation, estimated from the records)")
    nothing = seen("", held=0)
    assert period_words(nothing, ENGLISH) == ""
    assert trend_of(nothing, ENGLISH) is None
    assert figures_of(nothing, ENGLISH).per_year is None


def test_a_trend_by_month_has_every_month_and_counts_in_the_first_possible_one() -> None:
    found = trend(seen())
    assert [span.name for span in found.spans][::11] == ["Jan 2021", "Dec 2021"]
    assert len(found.spans) == 12
    assert recorded(found) == {"Jan 2021": 2, "Feb 2021": 1, "Jun 2021": 1, "Dec 2021": 1}
    assert found.total == 5
    assert found.monthly
    assert found.imprecise == 0
    january, february, march, june = (found.spans[i] for i in (0, 1, 2, 5))
    assert january.killed == Toll(1.0, 1.0)
    assert february.killed == Toll(0.0, 0.0)
    assert march == Span("Mar 2021", 0.0, Toll(0.0, 0.0))
    assert june.killed == Toll(None, 1.0)


def test_a_districts_trend_counts_its_shares_alone() -> None:
    view = seen()
    assert recorded(trend(view, view.weights(1))) == {"Jan 2021": 0.5}
    first = trend(view, view.weights(0))
    assert recorded(first) == {"Jan 2021": 1.5, "Feb 2021": 1}
    assert first.spans[0].killed == Toll(1.0, 0.5)


def test_what_may_lie_in_two_months_counts_in_the_first_and_is_told() -> None:
    view = seen(last=("2021-05-20", "2021-06-10"))
    found = trend(view)
    assert found.imprecise == 1
    assert trend(view, view.weights(0)).imprecise == 0  # it counts for no district
    assert recorded(found)["May 2021"] == 1
    assert trend(seen("2021-01-01/2021-05-31", last=("2021-05-20", "2021-06-10"))).imprecise == 0


@pytest.mark.parametrize(
    ("period", "names"),
    [
        ("2019-01-15/2021-12-01", ["Jan 2019", "Dec 2021"]),
        ("2018-12-31/2021-12-01", ["2018", "2021"]),
    ],
)
def test_more_than_three_years_of_months_are_shown_by_year(period: str, names: list[str]) -> None:
    found = trend(seen(period))
    assert [found.spans[0].name, found.spans[-1].name] == names
    assert found.monthly == (len(names[0]) > 4)
    assert len(found.spans) == (36 if found.monthly else 4)


def test_months_are_named_in_each_language() -> None:
    view = seen()
    russian = trend_of(view, translator_of("ru"))
    assert russian is not None
    assert russian.spans[0].name != trend(view).spans[0].name


def test_counts_are_rounded_for_readers_and_null_stays_null() -> None:
    assert rounded(2.346) == 2.35
    assert rounded(None) is None
