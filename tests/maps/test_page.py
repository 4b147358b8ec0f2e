"""The page's bytes: complete, repeatable, safe and small; no browser needed."""

import base64
import hashlib
import json
import re
import zlib
from html.parser import HTMLParser
from typing import Any

import pytest

from geodata.errors import InvalidInput
from geodata.incidents import Toll
from geodata.risk import RiskParameters
from geodata.risk.of_snapshot import risk_view
from service.content.districts import figures_of
from service.content.incidents import links_of
from service.content.texts import COUNTED, TEXTS, texts_of
from service.drawing.outlines import SCALE, encode, light
from service.i18n import languages, translator_of
from service.maps.page import STATIC, render_page
from service.maps.payload import MapOptions, as_script, incident_columns
from tests.maps.snapshots import FakeSnapshot, crowd

pytestmark = pytest.mark.usefixtures("assets")
BARE = RiskParameters()


class Loads(HTMLParser):
    """What a page would ask a host for."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        for name, value in attributes:
            if (name == "src" or (tag == "link" and name == "href")) and "data:" not in value:
                self.found.append(value)


def test_the_page_names_no_other_host(square_snapshot):
    parser = Loads()
    html = render_page(square_snapshot, BARE).html
    parser.feed(html)
    assert parser.found == []
    styles = "".join(re.findall(r"<style>(.*?)</style>", html, re.DOTALL))
    assert "url(" not in styles
    assert "@import" not in styles


def test_the_same_data_give_the_same_bytes(country, incidents):
    first, second = (
        render_page(FakeSnapshot(country, incidents, alone=True), BARE, lang="ru").html
        for _ in range(2)
    )
    assert first == second


def test_only_the_pages_own_scripts_may_run(square_snapshot):
    page = render_page(square_snapshot, BARE)
    scripts = re.findall(r"<script>(.*?)</script>", page.html, re.DOTALL)
    allowed = set(re.findall(r"'sha256-([^']+)'", page.policy))
    digests = {base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts}
    assert digests == allowed
    assert "connect-src" not in page.policy
    assert page.policy.startswith("default-src 'none'")


def test_many_incidents_stay_below_the_size_for_phones():
    by_rate = RiskParameters(rank_by="rate")  # no backtest, which takes most of the time
    small = render_page(crowd(1_000), by_rate).html
    large = render_page(crowd(20_000), by_rate).html
    assert len(small.encode()) < 1_500_000
    assert len(large.encode()) < 6_000_000


def test_a_large_payload_is_deflated_and_comes_back():
    payload = {"text": "<b>" * 500_000}
    kind, content = as_script(payload)
    assert kind == "application/zlib"
    assert json.loads(zlib.decompress(base64.b64decode(content))) == payload


def test_a_payload_cannot_end_its_script_element():
    kind, content = as_script({"text": "</script><!--"})
    assert kind == "application/json"
    assert "<" not in content
    assert json.loads(content) == {"text": "</script><!--"}


def test_columns_keep_unknown_apart_from_zero(country, incidents):
    made = incident_columns(incidents, country["district_id"].tolist())
    columns = made["incidents"]
    assert columns["lon"] == [4_705_000, None, None, None, None]
    people = [made["harm"][i] for i in columns["harm"]]
    unknown = 8
    assert people[0] == [unknown, 1, 5]
    assert people[2] == [unknown, None, 1]
    assert people[4] == []
    assert [made["placings"][i] for i in columns["placing"]][2] == [0, 500, 1, 500]
    assert [made["placings"][i] for i in columns["placing"]][4] == []


def test_people_known_only_by_bounds_are_carried_as_such(country, incidents) -> None:
    some = incidents.copy()
    some.loc[some.index[0], ["killed", "killed_low", "killed_high"]] = [None, 5, None]
    some.loc[some.index[1], ["injured", "injured_low", "injured_high"]] = [None, 2, 3]
    made = incident_columns(some, country["district_id"].tolist())
    found = [made["ranges"][i] for i in made["incidents"]["range"]]
    assert found[:3] == [[(5, None), None], [None, (2, 3)], [None, None]]


def test_totals_count_every_incident_of_the_period(square_snapshot):
    view = risk_view(square_snapshot, BARE)
    figures = figures_of(view, translator_of("en"))
    assert (figures.incidents, figures.killed, figures.injured) == (
        5.0,
        Toll(3.0, 2.0),
        Toll(7.0, 1.0),
    )
    assert view.unplaced == 1.0
    assert view.risk["incidents"].sum() + view.unplaced == 5.0


def test_incidents_outside_the_period_are_not_carried(square_snapshot):
    view = risk_view(square_snapshot, RiskParameters.parse({"period": "2021-02-01/2021-02-28"}))
    assert view.incidents["incident_id"].tolist() == ["i2"]


def test_shapes_come_back_within_their_rounding(country):
    shape = country.geometry.iloc[0]
    x, y = encode(shape)[0][0][:2]
    corners = {(round(px * SCALE), round(py * SCALE)) for px, py in shape.geoms[0].exterior.coords}
    assert (x, y) in corners
    assert encode(None) is None


def test_light_districts_stay_as_they_are(country):
    assert light(country) is country


def test_only_web_links_leave_the_sources():
    assert links_of("A (b; c) https://a.example/x; javascript:alert(1)") == [
        ["A (b; c)", "https://a.example/x"],
        ["javascript:alert(1)", None],
    ]


def test_the_frame_and_links_follow_the_options(square_snapshot):
    options = MapOptions(public_url="https://maps.example.org/", query="weight=killed", embed=True)
    html = render_page(square_snapshot, BARE, options=options).html
    assert 'class="hm-embed"' in html
    assert 'content="https://maps.example.org/maps/risk.png?weight=killed"' in html
    assert 'href="https://maps.example.org/maps/risk.pdf?weight=killed"' in html


def test_readers_without_scripts_get_a_table(square_snapshot):
    html = render_page(square_snapshot, BARE).html
    table = html.split("<noscript>")[1].split("</noscript>")[0]
    assert table.count("<tr>") == 4
    assert "No record does not mean safe." in table


def test_every_text_is_translated():
    same = {"95 % interval"}  # the same words in Azerbaijani
    for lang in languages():
        if lang == "en":
            continue
        translator = translator_of(lang)
        missing = [t for t in TEXTS.values() if translator.gettext(t) == t and t not in same]
        missing += [p for p in COUNTED.values() if translator.ngettext(*p, 5) == p[1]]
        assert missing == []


def test_every_text_that_the_scripts_ask_for_exists():
    texts = texts_of("en")
    for path in sorted(STATIC.glob("*.js")):
        asked = re.findall(r'HM\.t\("([^"]+)"(?:\)|, )', path.read_text("utf-8"))
        assert [key for key in asked if key not in texts] == [], path.name


def test_an_unknown_language_is_refused(square_snapshot):
    with pytest.raises(InvalidInput, match="has to be one of en"):
        render_page(square_snapshot, BARE, lang="xx")
