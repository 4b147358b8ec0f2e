"""Figures that others published are a layer of their own: each once, never as incidents."""

import datetime as dt
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.incidents.frame import statistics_frame
from geodata.intervals import parse_interval
from geodata.model import Statistic
from geodata.register import Change
from geodata.risk import RiskParameters
from geodata.risk.of_snapshot import risk_view
from service.maps.payload import published_of
from tests.conftest import founded, make_country, make_incidents
from tests.maps.conftest import DESKTOP, PHONE
from tests.maps.snapshots import FakeSnapshot

COUNTRY, INCIDENTS = make_country(), make_incidents()
IDS = COUNTRY["district_id"].tolist()
YEAR = (dt.date(2021, 1, 1), dt.date(2021, 12, 31))


def figure(number, districts=(), first=None, last=None, **fields):
    return Statistic.model_validate(
        {
            "statistic_id": f"S{number}",
            "metric": "people",
            "value": 700 + number,
            "districts": districts,
            "period_start": first,
            "period_end": last,
            **fields,
        }
    )


HELD = FakeSnapshot(COUNTRY, INCIDENTS)
"""Of which the laws change the published figures alone: the risk is computed once."""


def published(figures, **parameters):
    HELD.statistics = statistics_frame(figures)
    return published_of(risk_view(HELD, RiskParameters(**parameters)), IDS)


DAYS = st.none() | st.dates(dt.date(2019, 1, 1), dt.date(2023, 12, 31))
FIGURES = st.lists(
    st.tuples(st.lists(st.sampled_from([*IDS, "YY-1"]), unique=True, max_size=3), DAYS, DAYS),
    max_size=8,
)


@given(FIGURES)
def test_each_figure_is_drawn_once_or_counted_as_of_elsewhere(drawn):
    figures = [
        figure(n, tuple(names), *sorted([a, b]) if a and b else (a, b))
        for n, (names, a, b) in enumerate(drawn)
    ]
    here = {f.value: f for f in figures if f.districts and set(f.districts) <= set(IDS)}
    found = published(figures)
    assert sorted(row["value"] for row in found["rows"]) == sorted(here)
    assert found["elsewhere"] == len(figures) - len(here)
    for row in found["rows"]:
        assert {IDS[d] for d in row["districts"]} == set(here[row["value"]].districts)


@given(FIGURES)
def test_a_chosen_period_leaves_out_what_is_not_of_it(drawn):
    figures = [
        figure(n, tuple(names), *sorted([a, b]) if a and b else (a, b))
        for n, (names, a, b) in enumerate(drawn)
    ]
    found = published(figures, period=parse_interval("2021-01-01/2021-12-31"))
    of_it = [
        f
        for f in figures
        if (f.period_start or f.period_end)
        and (f.period_start or YEAR[0]) <= YEAR[1]
        and (f.period_end or YEAR[1]) >= YEAR[0]
    ]
    assert len(found["rows"]) + found["elsewhere"] == len(of_it)
    assert {row["value"] for row in found["rows"]} <= {f.value for f in of_it}


def test_a_restricted_figure_is_not_in_the_public_map(tmp_path):
    with closing(founded(tmp_path)) as register:
        held = register.snapshot()
        district = held.districts["district_id"].iloc[0]
        figures = [
            figure(1, (district,), sensitivity="restricted", issuer="zqx7"),
            figure(2, (district,), issuer="An office"),
        ]
        register.append([Change("statistic", one) for one in figures], author="test")
        view = risk_view(register.snapshot().public(), RiskParameters())
        rows = published_of(view, view.districts["district_id"].tolist())["rows"]
    assert [row["issuer"] for row in rows] == ["An office"]


FEW = [
    figure(1, ("XX-A",), "2021-01-01", "2021-01-31", outcome="killed", issuer="An old office"),
    figure(
        2, ("XX-A",), "2021-02-01", "2021-02-28", outcome="killed", issuer="An office",
        qualifier="over", mine_related=False,
    ),
    figure(3, ("XX-D",), "2021-03-01", "2021-03-31", metric="incidents"),
    figure(4, territory="The whole country"),
]  # fmt: skip


@pytest.fixture(scope="module")
def few():
    return FakeSnapshot(COUNTRY, INCIDENTS, statistics=statistics_frame(FEW))


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_the_layer_shows_number_period_and_issuer(shown, few, size):
    opened = shown(size, few)
    signs = opened.page.locator(".leaflet-marker-pane .hm-quoted")
    fills = "HM.paths.map(p => p.options.fillColor)"
    before = opened.run(fills)
    assert signs.count() == 0, "off until it is asked for"
    opened.do("document.getElementById('hm-layer-published').click()")
    assert sorted(signs.all_inner_texts()) == ["“703”", "“>\u2009702 …”"]
    assert opened.run(fills) == before
    legend = opened.page.locator("#hm-legend").text_content()
    assert "Published figures, not incidents" in legend
    assert "not on this map: 1" in legend
    mark = opened.page.get_by_role("button", name="Published figures, not incidents, Aghali")
    label = mark.get_attribute("aria-label")
    assert "more than 702 (all groups, killed), February 2021, An office; and 1 more" in label
    mark.focus()
    opened.page.keyboard.press("Enter")
    popup = opened.page.locator(".leaflet-popup-content").inner_text()
    for words in ("more than 702", "killed", "Period: February 2021", "Issuer: An office"):
        assert words in popup
    assert "not known to be of mines only" in popup
    assert popup.index("702") < popup.index("701")
    opened.page.keyboard.press("Escape")
    opened.page.wait_for_selector(".leaflet-popup", state="detached")
    assert opened.run("document.activeElement.getAttribute('aria-label')") == label
    assert opened.said == opened.asked == []


@pytest.mark.browser
def test_the_days_chosen_on_the_map_choose_the_figures(open_map, few):
    opened = open_map(few, fragment="#layers=risk,published&days=2021-01-05/2021-02-20")
    signs = opened.page.locator(".leaflet-marker-pane .hm-quoted").all_inner_texts()
    assert signs == ["“>\u2009702 …”"]
    shown = opened.run("location.hash")
    assert "published" in shown


@pytest.mark.browser
def test_without_a_figure_of_a_district_there_is_no_layer(open_map):
    snapshot = FakeSnapshot(COUNTRY, INCIDENTS, statistics=statistics_frame(FEW[-1:]))
    opened = open_map(snapshot)
    assert opened.page.locator("#hm-layer-published").count() == 0


@pytest.mark.browser
def test_a_popup_stays_open_when_the_map_moves_to_show_it(shown, few):
    opened = shown(of=few)
    opened.do("HM.showLayer('published', true)")
    opened.page.get_by_role("button", name="Published figures, not incidents, Aghali").focus()
    opened.page.keyboard.press("Enter")
    opened.do("HM.map.panBy([0, -40], {animate: false})")
    assert "An office" in opened.page.locator(".leaflet-popup-content").inner_text()
