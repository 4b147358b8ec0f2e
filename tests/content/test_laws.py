"""Said once, shown four ways: page, PDF, offline table, map and explanation agree."""

import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.incidents import Toll
from geodata.risk import RiskParameters, explain, risk_of
from geodata.risk.of_snapshot import risk_view
from service.content.districts import (
    Span,
    Trend,
    districts_of,
    figures_of,
    ranking_of,
    record_of,
    trend_of,
)
from service.http.request import View
from service.i18n import translator_of
from service.maps import payload
from service.maps.page import plain_table, render_page
from service.pages.districts import LETTER, bars_of, district_html, list_html, overview_html
from service.print import typesetting
from service.print.sheets import print_atlas
from tests.conftest import make_country, make_incidents
from tests.maps.snapshots import FakeSnapshot, many_incidents
from tests.paper import pages_of

QUERIES = [
    {},
    {"period": "2015-01-01/2016-12-31"},
    {"period": "2021-01-01/2021-03-31"},
    {"period": "2021-06-15/2021-12-31"},
    {"where": "device='uxo'"},
    {"where": "killed > 0", "smoothing": "none"},
    {"weight": "killed"},
    {"weight": "casualties", "exposure": "population", "smoothing": "spatial"},
    {"half-life": "90", "period": "2020-01-01/2021-12-31"},
]
EACH = [
    *(("squares", query) for query in QUERIES),
    *(("many", QUERIES[n]) for n in (0, 3, 5, 7, 8)),
    *(("bounds", QUERIES[n]) for n in (0, 2, 4, 6, 7)),
]
"""Snapshots and queries: each of the squares, and each that finds anything of one of the others."""
translator = translator_of("en")


class Snapshot(FakeSnapshot):
    """With what the pages read beside the maps."""

    def history(self, _: str) -> list[Any]:
        return []


@pytest.fixture(scope="module")
def squares() -> Snapshot:
    return Snapshot(make_country(), make_incidents())


@pytest.fixture(scope="module")
def bounds() -> Snapshot:
    """Of some incidents only bounds are known, or nothing."""
    rows = make_incidents()
    for name, low, high in (("i1", 1, 3), ("i2", 5, None), ("i4", None, 4)):
        for outcome in ("killed", "injured"):
            columns = [outcome, f"{outcome}_low", f"{outcome}_high"]
            rows.loc[rows["incident_id"] == name, columns] = [None, low, high]
    return Snapshot(make_country(), rows)


@pytest.fixture(scope="module")
def many() -> Snapshot:
    return Snapshot(make_country(), many_incidents(make_country(), 300))


class Words(HTMLParser):
    """The text of a page by the class of its element, and the rows of its tables."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.classed: list[tuple[str, str]] = []
        self.rows: list[list[str]] = []
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        named = dict(attrs)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag not in ("br", "input", "meta", "link", "img", "option"):
            self._open.append(f"{tag}.{named.get('class') or ''}")

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop().partition(".")[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._open:
            self.classed.append((self._open[-1], data.strip()))
        if any(one.startswith(("td.", "th.")) for one in self._open) and self.rows:
            self.rows[-1][-1] += data


def values_of(html: str) -> list[str]:
    """The large numbers of a page."""
    return [text for kind, text in Words(html).classed if kind == "span.value"]


def page_of(snapshot: Snapshot, query: dict[str, str], district: str = "") -> str:
    return _page(snapshot, urlencode(query), district)


@cache
def _page(snapshot: Snapshot, query: str, district: str) -> str:
    view = View(url=f"/districts/{district}?{query}")
    if district:
        return district_html(snapshot, district, view)
    return list_html(snapshot, view)


def page_text(snapshot: Snapshot) -> str:
    """The summary that the map's page carries for readers without scripts."""
    return render_page(snapshot, RiskParameters()).html


def sheets_of(snapshot: Snapshot, query: dict[str, str]) -> list[str]:
    """The words of the index and of a sheet for each district, typeset once."""
    return _sheets(snapshot, urlencode(query))


@cache
def _sheets(snapshot: Snapshot, query: str) -> list[str]:
    parameters = RiskParameters.parse(dict(parse_qsl(query)))
    names = [row.district_id for row in districts_of(risk_view(snapshot, parameters), translator)]
    with pytest.MonkeyPatch.context() as patch:
        # without the maps, whose room is only known from a layout of its own
        patch.setattr(typesetting.Document, "draw", lambda *_: None)
        return pages_of(print_atlas(snapshot, parameters, districts=names))


@pytest.mark.parametrize(("name", "query"), EACH, ids=str)
def test_page_table_map_and_explanation_give_the_numbers_of_the_risk_table(request, name, query):
    snapshot = request.getfixturevalue(name)
    parameters = RiskParameters.parse(query)
    view, table = risk_view(snapshot, parameters), risk_of(snapshot, parameters)
    drawn = payload._districts(view, translator, payload._notes(view))
    offline = {row[0]: row for row in Words(plain_table(view, "en")).rows if row}
    for row, district, on_map in zip(
        table.itertuples(), districts_of(view, translator), drawn, strict=True
    ):
        told = explain(snapshot, row.district_id, parameters)
        assert told["sums"]["incidents"] == pytest.approx(district.incidents)
        tolls = {key: getattr(district, key) for key in ("killed", "injured")}
        for key, toll in tolls.items():
            assert told["result"][key] == toll.people == _null(getattr(row, key))
            assert told["result"][f"{key}_unstated"] == toll.unstated
            assert on_map["risk"][key] == [
                toll.people and pytest.approx(toll.people, abs=1e-6), toll.bounded,
            ]  # fmt: skip
        assert told["rate"]["value"] == district.rate.value
        assert _null(row.density) == told["density"]["value"]
        assert on_map["risk"]["incidents"] == pytest.approx(district.incidents, abs=1e-6)
        assert on_map["risk"]["rate"] == pytest.approx(district.rate.value, abs=1e-6)
        rate, counts = (
            translator.number(district.headline.value),
            translator.number(district.incidents),
        )
        page = page_of(snapshot, query, row.district_id)
        values = values_of(page)
        assert values[0] == (rate if district.known else "–")
        assert values[2:5] == [counts, *map(translator.toll, tolls.values())]
        if district.incidents > 0:
            cells = offline[district.name]
            assert cells[2:5] == [
                translator.number(round(district.incidents, 2)),
                *map(translator.toll, tolls.values()),
            ]  # fmt: skip
            assert cells[5] == rate


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_a_districts_page_lists_and_draws_what_it_counts(squares, query):
    parameters = RiskParameters.parse(query)
    view = risk_view(squares, parameters)
    for row in districts_of(view, translator):
        record = record_of(view, translator, row.district_id, 500)
        if record.trend is not None:
            assert record.trend.total == pytest.approx(row.incidents)
        assert (record.count > 0) == (row.incidents > 0)
        listed = explain(squares, row.district_id, parameters)["incidents"]
        assert {i["incident_id"] for i in listed} == {i.incident_id for i in record.incidents}
        assert sum(i.share for i in record.incidents) == pytest.approx(row.incidents)
        words = Words(page_of(squares, query, row.district_id))
        shown = {text for kind, text in words.classed if kind == "span.local"}
        assert {i.incident_id for i in record.incidents} <= shown
        if not record.count:
            assert not any(re.fullmatch(r"i\d", text) for text in shown)
            assert "Incidents by" not in page_of(squares, query, row.district_id)


@pytest.mark.parametrize(("name", "query"), [one for one in EACH if one[0] != "many"], ids=str)
def test_the_pdf_says_the_numbers_of_the_page(request, name, query):
    squares, parameters = request.getfixturevalue(name), RiskParameters.parse(query)
    view = risk_view(squares, parameters)
    districts = districts_of(view, translator)
    _, *sheets = sheets_of(squares, query)
    for row, text in zip(districts, sheets, strict=True):
        assert row.title in text
        counts = [
            translator.number(row.incidents),
            translator.toll(row.killed),
            translator.toll(row.injured),
        ]
        number = re.compile(r"(\S+) (?:incidents?|(?:person|people) (?:killed|injured))")
        figures = text.partition("Rate")[0]
        assert all(count in figures for count in counts), number.findall(figures)
        assert f"Rate {row.rate.words(translator)}" in text
        assert f"Smoothed rate {row.smoothed.words(translator)}" in text
        record = record_of(view, translator, row.district_id, 60)
        for incident in record.incidents:
            assert incident.when in text


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_the_ranking_shows_the_rate_that_its_classes_are_made_of(squares, query):
    parameters = RiskParameters.parse(query)
    view = risk_view(squares, parameters)
    ranking = ranking_of(view, translator)
    index = sheets_of(squares, query)[0]
    rows = [row for row in Words(page_of(squares, query)).rows if len(row) == 10]
    by_name = {row[1].split()[0]: row for row in rows}
    for row in ranking.recorded:
        rate = row.headline
        cells = f"{translator.number(rate.value)} {translator.interval(rate.low, rate.high)}"
        assert cells in index
        if row.known:
            assert translator.number(rate.value) == by_name[row.name][3].strip()
    rates = [row.headline.value for row in ranking.ranked]
    assert rates == sorted(rates, reverse=True)


def test_incidents_of_another_country_are_held_and_count_nowhere_in_this_one():
    country, incidents = make_country(), make_incidents()
    country["country"] = "NG"
    own = Snapshot(country, incidents)
    away = incidents.assign(country="AZ", districts="AZ-AGM:1")
    away.index = pd.Index([f"away-{name}" for name in away.index], name=incidents.index.name)
    away["incident_id"] = away.index
    # Of a country that is not known, or counted here, nobody says that it is another one's.
    incidents.iloc[:1, incidents.columns.get_loc("country")] = "AZ"
    both = Snapshot(country, pd.concat([incidents, away]))
    before, after = (figures_of(risk_view(s, RiskParameters()), translator) for s in (own, both))
    assert after == replace(before, elsewhere=len(away))
    words = "incidents of other countries are held and not counted here"
    assert words in overview_html(both, View())
    assert words not in overview_html(own, View())


@pytest.mark.parametrize("name", ["squares", "many", "bounds"])
def test_the_overview_the_map_and_the_sheets_count_the_country_alike(request, name):
    squares = request.getfixturevalue(name)
    view = risk_view(squares, RiskParameters())
    figures = figures_of(view, translator)
    trend = trend_of(view, translator)
    assert trend is not None
    assert trend.total == pytest.approx(figures.incidents)
    placed = sum(row.incidents for row in districts_of(view, translator))
    assert placed + figures.unplaced == pytest.approx(figures.incidents)
    values = values_of(overview_html(squares, View()))
    people = [translator.toll(figures.killed), translator.toll(figures.injured)]
    assert values[:3] == [translator.number(figures.incidents), *people]
    for outcome, toll in (("killed", figures.killed), ("injured", figures.injured)):
        rows = zip(view.incidents[outcome], view.incidents[f"{outcome}_low"], strict=True)
        least = [low if pd.isna(best) else best for best, low in rows]
        assert toll.people == sum(n for n in least if not pd.isna(n))
        assert toll.bounded == bool(view.incidents[outcome].isna().any())
        assert translator.toll(toll).startswith("≥ ") == toll.bounded
    sheet = sheets_of(squares, {})[0]
    drawn = page_text(squares)
    for words in people:
        assert f"{words} {'person' if words == '1' else 'people'}" in sheet
        assert f"{words} {'person' if words == '1' else 'people'}" in drawn
    totals = payload.payload_of(view, "en", payload.MapOptions(), {})["meta"]["totals"]
    assert totals["killed"] == [figures.killed.people, figures.killed.bounded]
    assert totals["incidents"] == figures.incidents
    assert totals["unplaced"] == figures.unplaced


def _null(value: Any) -> float | None:
    return None if value != value or value is None else float(value)


def test_the_page_says_a_rise_where_there_are_more_and_not_where_there_are_fewer(squares):
    query = {"period": "2021-07-03/2021-12-31"}
    likely = {}
    for district in ("XX-A", "XX-D"):
        said = re.search(r"a rise with a probability of\s+(\d+)", page_of(squares, query, district))
        assert said is not None
        likely[district] = int(said[1])
        found = explain(squares, district, RiskParameters.parse(query))["change"]
        assert found["probability_of_rise"] * 100 == pytest.approx(likely[district], abs=1)
    # A has two or three before and none now; D has none before and one now
    assert likely["XX-A"] < 50 <= likely["XX-D"]


@given(st.lists(st.text("Декабрь 2024iM", min_size=1, max_size=14), min_size=1, max_size=60))
def test_the_names_under_a_trend_are_inside_it_and_apart(names):
    trend = Trend(tuple(Span(n, 1.0, Toll(0.0)) for n in names), monthly=True, imprecise=0)
    bars = bars_of(trend)
    assert bars is not None
    spots = [
        (bar.label_x - LETTER * len(bar.name) / 2, bar.label_x + LETTER * len(bar.name) / 2)
        for bar in bars.bars
        if bar.label_x is not None
    ]
    assert spots
    assert spots[0][0] >= -0.1
    assert spots[-1][1] <= bars.width + 0.1
    assert all(after[0] > before[1] for before, after in pairwise(spots))
