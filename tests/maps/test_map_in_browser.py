"""The map as people meet it: opened from a file, without network, on desktop and phone."""

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest

from geodata.intervals import Observed as WhenKept
from geodata.intervals import SourceDays
from geodata.risk import RiskParameters, risk_of
from geodata.risk.of_snapshot import risk_view
from service.assets import asset_text
from service.content.districts import figures_of
from service.i18n import languages, translator_of
from tests.conftest import make_country, make_incidents
from tests.maps.conftest import DESKTOP, PHONE
from tests.maps.snapshots import FakeSnapshot, crowd, many_incidents

pytestmark = pytest.mark.browser
SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])


@SIZES
def test_it_opens_from_a_file_and_asks_nothing_of_anyone(shown, size):
    opened = shown(size)
    assert opened.page.locator("path.hm-district").count() == 77
    assert opened.page.locator("#hm-legend").is_visible()
    assert opened.page.locator(".leaflet-control-scale").is_visible()
    assert opened.page.locator(".hm-north").is_visible()
    assert opened.asked == []
    assert opened.said == []


@SIZES
def test_the_counts_drawn_equal_the_risk_table(shown, founding, size):
    opened = shown(size)
    table = risk_of(founding, RiskParameters())
    drawn = opened.run(
        "Object.fromEntries(Array.from(document.querySelectorAll('path.hm-district'))"
        ".map(p => [p.dataset.id, [Number(p.dataset.incidents), p.dataset.cls]]))"
    )
    expected = {row.district_id: [row.incidents, row.risk_class] for row in table.itertuples()}
    assert drawn == expected
    figures = opened.page.locator("#hm-figures").inner_text()
    assert [word for word in figures.split() if word.isdigit()][:3] == ["5", "3", "11"]


RECOUNTED = (
    "(() => {{ const filtered = HM.filtered; HM.filtered = () => true; HM.recount();"
    " HM.filtered = filtered; return HM.now.rows.map(r => {}) }})()"
)
"""The page's own sum, made to run by a filter that keeps everything."""


def test_counting_in_the_page_gives_the_tables_numbers(shown, founding):
    opened = shown()
    table = risk_of(founding, RiskParameters())
    counted = opened.run(
        RECOUNTED.format("[r.incidents, r.killed[0], r.injured[0], r.rate, r.low, r.high]")
    )
    opened.do("HM.recount()")
    names = ["incidents", "killed", "injured", "rate", "rate_low", "rate_high"]
    for got, (_, row) in zip(counted, table.iterrows(), strict=True):
        wanted = [None if row[name] != row[name] else float(row[name]) for name in names]
        assert got == [w if w is None else pytest.approx(w, rel=1e-5) for w in wanted]


class Observed(FakeSnapshot):
    """Recorded by one source in 2020 and by another in 2022, and by neither in between."""

    observed = WhenKept(
        sources=(
            SourceDays("Agency", date(2020, 1, 1), date(2020, 12, 31)),
            SourceDays("Paper", date(2022, 1, 1), date(2022, 6, 30)),
        )
    )


@pytest.fixture(scope="module")
def observed():
    rows = pd.concat([make_incidents().iloc[[0]]] * 15, ignore_index=True)
    rows["incident_id"] = [f"k{i}" for i in range(15)]
    start = pd.DatetimeIndex([f"{2020 + i // 6}-{2 * (i % 6) + 1:02d}-05" for i in range(15)])
    rows["date_start"], rows["date_end"] = start, start + pd.Timedelta(days=3)
    # in days of two parts, and in those between them
    rows.loc[5, "date_start"], rows.loc[5, "date_end"] = "2020-12-25", "2021-01-08"
    rows["sources"] = ["Agency"] * 6 + ["Neither"] * 6 + ["Paper"] * 3
    rows.index = pd.Index(rows["incident_id"])
    return Observed(make_country(), rows)


DAYS = [
    None,
    *("2020-01-01/2020-06-30", "2020-07-01/2022-03-31", "2021-02-01/2021-11-30"),
    *("2022-06-30/2022-06-30", "2020-12-20/2022-01-10"),
]


@pytest.mark.parametrize("days", DAYS)
def test_days_chosen_in_the_page_have_the_rates_that_the_service_has_of_them(shown, observed, days):
    table = risk_of(observed, RiskParameters.parse({"period": days} if days else {}))
    opened = shown(of=observed)
    chosen = [f"HM.fromIso('{day}')" for day in days.split("/")] if days else ["null", "null"]
    opened.do(f"[HM.state.first, HM.state.last] = [{', '.join(chosen)}]")
    counted = opened.run(RECOUNTED.format("[r.incidents, r.rate, HM.years(HM.now.span)]"))
    names = ["incidents", "rate", "observed_years"]
    for got, (_, row) in zip(counted, table.iterrows(), strict=True):
        wanted = [None if row[name] != row[name] else float(row[name]) for name in names]
        assert got == [w if w is None else pytest.approx(w, rel=1e-6) for w in wanted]
    assert (counted[0][0] > 0) == (days != "2022-06-30/2022-06-30")


@pytest.mark.parametrize("weight", ["incidents", "killed", "casualties"])
def test_the_page_counts_people_at_least_as_the_table_does(open_map, country, incidents, weight):
    rows = incidents.copy()
    for name, low, high in (("i1", 1, 3), ("i2", 5, None), ("i4", None, 4)):
        columns = ["killed", "killed_low", "killed_high"]
        rows.loc[rows["incident_id"] == name, columns] = [None, low, high]
    rows.loc[rows["killed"].isna(), "casualties"] = None
    snapshot, parameters = FakeSnapshot(country, rows), RiskParameters(weight=weight)
    table, translator = risk_of(snapshot, parameters), translator_of("en")
    opened = open_map(snapshot, parameters=parameters)
    counted = "HM.now.rows.map(r => [r.killed, r.injured, HM.toll(r.killed), r.total])"
    told = opened.run("document.querySelector('#hm-figures').innerText")
    figures = figures_of(risk_view(snapshot, parameters), translator)
    assert f"{translator.toll(figures.killed)} people killed" in told
    assert f"{translator.toll(figures.injured)} people injured" in told
    plain, filtered = (
        opened.run(counted),
        opened.run(f"(() => {{ HM.filtered = () => true; HM.recount(); return {counted} }})()"),
    )
    for once, again, (_, row) in zip(plain, filtered, table.iterrows(), strict=True):
        for found in (once, again):
            for (people, more), key in zip(found[:2], ("killed", "injured"), strict=True):
                unknown = row[key] != row[key]
                assert people == (None if unknown else pytest.approx(row[key], abs=1e-6))
                assert more == (row[f"{key}_unstated"] > 0)
        assert once[2] == again[2]
        assert once[3] == pytest.approx(again[3], abs=1e-6)


def test_land_lies_under_the_districts_and_the_sea_is_no_land(shown):
    opened = shown()
    path = opened.page.locator("path.hm-land")
    assert path.count() == 1
    inside = (
        "(p => { const at = HM.map.latLngToLayerPoint(p), n = document.querySelector("
        "'path.hm-land'), q = n.ownerSVGElement.createSVGPoint(); q.x = at.x; q.y = at.y;"
        " return n.isPointInFill(q) })"
    )
    assert opened.run(f"{inside}([40.0, 47.5])")
    assert opened.run(f"{inside}([41.7, 44.8])")
    assert not opened.run(f"{inside}([40.5, 51.0])")


def test_district_only_incidents_are_square_counts_and_never_points(shown):
    opened = shown()
    assert opened.page.locator(".hm-square").count() == 3
    assert opened.page.locator(".hm-point").count() == 0
    label = opened.page.locator(".leaflet-marker-icon[aria-label*=Aghdam]").get_attribute(
        "aria-label"
    )
    assert "known only by district" in label


def test_an_ambiguous_incident_counts_in_parts_and_says_so(shown, square_snapshot):
    opened = shown(of=square_snapshot)
    labels = opened.page.locator(".leaflet-marker-icon").evaluate_all(
        "nodes => nodes.map(n => n.getAttribute('aria-label'))"
    )
    assert any("0.5 incidents" in text and "may belong to another" in text for text in labels)
    assert "in no known district" in opened.page.locator("#hm-figures").inner_text()


def test_a_click_on_a_district_opens_its_numbers_and_arithmetic(shown):
    opened = shown()
    opened.page.locator("path.hm-district[data-id=AZ-FUZ]").dispatch_event("click")
    opened.do("HM.openDistrict(HM.data.districts.findIndex(d => d.id === 'AZ-FUZ'))")
    popup = opened.page.locator(".leaflet-popup-content")
    text = popup.inner_text()
    assert "Fuzuli" in text
    assert "95 % interval" in text
    assert "low: few incidents, wide interval" in text
    popup.locator("summary").nth(1).click()
    said = popup.inner_text().replace("\n", " ")
    assert "1 ÷ (1,248 km² × 0.41 years) × 100 = 0.2" in said
    assert "(days of observation, estimated from the records)" in said
    assert "Over the recorded span of 74 days alone it would be 0.4" in said


def test_an_incident_shows_evidence_precision_and_groups(shown):
    opened = shown()
    opened.do("HM.openIncident(HM.data.ids.indexOf('I1'))")
    text = opened.page.locator(".leaflet-popup-content").inner_text()
    assert "the day is known" in text
    assert "no point is known, so none is drawn" in text
    assert "peacekeepers" in text
    link = opened.page.locator(".leaflet-popup-content a[href^=http]").first
    assert link.get_attribute("rel") == "noopener noreferrer"


def test_filters_count_again_without_network_and_the_legend_says_so(shown):
    opened = shown()
    group = opened.run("HM.data.codes.group.indexOf('civilian')")
    opened.page.select_option("#hm-group", str(group))
    assert opened.page.locator("#hm-figures [data-key=incidents] b").inner_text() == "1"
    assert opened.page.locator(".hm-filtered").is_visible()
    opened.page.click("#hm-reset")
    assert opened.page.locator("#hm-figures [data-key=incidents] b").inner_text() == "5"
    assert opened.page.locator(".hm-filtered").count() == 0


HELD = """
(() => {
  const own = setInterval;
  setInterval = (step, wait) => {
    setInterval = own;
    window.played = { step, wait };
    return own(() => {}, 1e9);
  };
})()
"""
"""The next interval is stepped by hand."""


def test_the_time_slider_moves_through_the_months_and_plays(open_map, founding):
    opened = open_map(founding)
    opened.page.select_option("#hm-mode", "month")
    # The time that is estimated to have been observed begins two months before the first record.
    opened.page.locator("#hm-slider").fill("2")
    assert opened.page.locator("#hm-figures [data-key=incidents] b").inner_text() == "1"
    assert "November 2020" in opened.page.locator("#hm-slider").get_attribute("aria-valuetext")
    opened.page.locator("#hm-slider").fill("3")
    opened.run(HELD)
    opened.page.click("#hm-play")
    assert opened.page.locator("#hm-slider").input_value() == "4"
    assert opened.page.locator("#hm-play").inner_text() != "▶"
    assert 120 <= opened.run("played.wait") <= 900
    opened.run("played.step()")
    assert opened.page.locator("#hm-slider").input_value() == "5"
    assert opened.page.locator("#hm-play").inner_text() == "▶"
    assert opened.page.locator("#hm-figures [data-key=incidents] b").inner_text() == "2"


def test_search_finds_a_district_in_any_spelling(shown):
    opened = shown()
    for text in (
        *("aghdam", "Agdam region", "Ağdam rayonu", "Агдамский район"),
        *("AĞDAM", "Aghdamm", "Ակնա"),
    ):
        opened.page.fill("#hm-search", text)
        found = opened.page.locator("#hm-found button").all_inner_texts()
        assert any("Aghdam" in name for name in found), (text, found)


def test_search_opens_what_was_found(shown):
    opened = shown()
    opened.page.fill("#hm-search", "Fizuli")
    opened.page.press("#hm-search", "Enter")
    assert "Fuzuli" in opened.page.locator(".leaflet-popup-content").inner_text()


@pytest.mark.parametrize(
    ("lang", "words", "place", "day"),
    [
        ("az", "Qeydin olmaması təhlükəsizlik demək deyil.", "Ağdam", "4 fev 2021"),
        ("ru", "Отсутствие записей не означает безопасности.", "Агдам", "4 февр. 2021"),
    ],
)
def test_the_page_changes_its_language_without_network(shown, lang, words, place, day):
    opened = shown()
    opened.page.select_option("#hm-lang", lang)
    assert opened.run("document.documentElement.lang") == lang
    assert words in opened.page.locator("#hm-legend").inner_text()
    assert day in opened.page.locator("#hm-subtitle").inner_text()
    assert place in opened.page.locator(".hm-district-name").all_inner_texts()
    assert opened.asked == []


def test_the_address_restores_the_view(open_map, shown, founding):
    opened = shown()
    opened.do("HM.map.setView([39.8, 47.0], 9)")
    opened.do("HM.showLayer('places', true)")
    opened.page.select_option("#hm-lang", "ru")
    device = opened.run("HM.data.codes.device.indexOf('unknown')")
    opened.do(f"HM.setFilter('device', {device})")
    fragment = opened.run("location.hash")
    again = open_map(founding, fragment=fragment)
    assert again.run("[HM.map.getZoom(), HM.lang, HM.isShown('places'), HM.state.device]") == [
        9,
        "ru",
        True,
        device,
    ]


def test_an_address_opened_in_the_page_without_days_is_of_the_whole_period(shown):
    opened = shown()
    whole = opened.run("location.hash")
    go = "(to) => { const moved = new Promise((done) => addEventListener('hashchange', done)); "
    go += "location.hash = to; return moved.then(() => HM.now.drawn.length) }"
    assert opened.page.evaluate(go, f"{whole}&days=2021-02-01/2021-02-04") == 2
    assert opened.page.evaluate(go, whole) == 5
    assert "days" not in opened.run("location.hash")


def test_the_tables_hold_the_same_content(shown):
    opened = shown()
    opened.page.click("#hm-table-button")
    assert opened.page.locator("#hm-table-districts tbody tr").count() == 77
    assert opened.page.locator("#hm-table-incidents tbody tr").count() == 5
    first = opened.page.locator("#hm-table-districts tbody tr").first
    assert first.get_attribute("data-id") == "AZ-AGM"


def test_the_keyboard_walks_through_the_districts(shown):
    opened = shown()
    opened.do("document.querySelector('path.hm-district[tabindex=\"0\"]').focus()")
    before = opened.run("document.activeElement.dataset.id")
    opened.page.keyboard.press("ArrowRight")
    after = opened.run("document.activeElement.dataset.id")
    assert before != after
    opened.page.keyboard.press("Enter")
    assert opened.page.locator(".leaflet-popup-content").is_visible()


FILTERED = "HM.setFilter('device', HM.data.incidents.device[0])"
STATES = {
    "start": "0",
    "popup of what is filtered": f"{FILTERED}, HM.openDistrict(0)",
    "incident": "HM.openIncident(0)",
    "table": "document.getElementById('hm-show-table').click()",
    "layers": "HM.layerNames.forEach(n => HM.showLayer(n, true))",
}
OF_A_PHONE = {
    "panel": f"{FILTERED}, document.body.classList.add('hm-open')",
    "legend": f"{FILTERED}, document.getElementById('hm-legend-toggle').click()",
}
"""What a wide page shows at all times."""


@SIZES
def test_axe_finds_nothing(shown, founding, square_snapshot, size):
    rules = "{'label-content-name-mismatch': {enabled: true}, 'target-size': {enabled: true}}"
    for snapshot in (founding, square_snapshot):
        shown(size, snapshot).run(asset_text("axe-core/axe.min.js") + ";0")
    for state, script in (STATES if size == DESKTOP else STATES | OF_A_PHONE).items():
        # What is opened of one incident or district is built alike in a country of four.
        opened = shown(size, founding if state in ("start", "layers") else square_snapshot)
        # A popup that the map still moves to show has its close button off the page for a moment.
        opened.page.emulate_media(reduced_motion="reduce")
        opened.do(script)
        found = opened.run(
            f"axe.run({{resultTypes: ['violations'], rules: {rules}}}).then(r => r.violations.map("
            "v => [v.id, v.impact, v.nodes.slice(0, 3).map(n => n.html)]))"
        )
        assert found == [], f"{state}: {json.dumps(found, indent=1)[:3000]}"


def test_nothing_of_the_data_becomes_markup(open_map, square_snapshot):
    evil = "</script><img src=x onerror=\"document.title='broken'\"><b>"
    frame = square_snapshot.incidents.copy()
    for column in ("place_as_reported", "description"):
        frame[column] = evil
    frame["sources"] = f'{evil} https://example.org/"onmouseover=alert(1); javascript:alert(1)'
    districts = square_snapshot.districts.copy()
    for column in ("name", "name_en", "name_az", "name_ru"):
        districts[column] = evil
    opened = open_map(FakeSnapshot(districts, frame))
    opened.do("HM.openIncident(0)")
    assert evil in opened.page.locator(".leaflet-popup-content").inner_text()
    assert opened.page.locator(".leaflet-popup-content img").count() == 0
    opened.do("HM.openDistrict(0)")
    opened.page.click("#hm-table-button")
    assert opened.page.title() == "Landmine and UXO incidents: risk by district"
    assert opened.page.locator("a[href^=javascript]").count() == 0
    assert opened.said == []


def test_clusters_tell_incidents_and_casualties(shown):
    opened = shown(of=crowd(400))
    drawn = opened.page.locator(".leaflet-marker-icon").evaluate_all(
        "nodes => nodes.map(n => n.getAttribute('aria-label'))"
    )
    assert any("killed" in text and "injured" in text for text in drawn)
    total = opened.run(
        "HM.now.drawn.filter(i => HM.data.incidents.lon[i] !== null).length"
        " + HM.now.rows.reduce((a, r) => a + r.districtOnly, 0)"
    )
    assert total == 400


def test_more_incidents_than_fit_are_summed_and_the_page_says_so(open_map):
    from service.maps.payload import MapOptions

    opened = open_map(crowd(400), options=MapOptions(max_incidents=399))
    assert opened.page.locator("#hm-aggregated").is_visible()
    assert not opened.page.locator("#hm-time").is_visible()
    assert opened.page.locator("#hm-figures [data-key=incidents] b").inner_text() == "400"
    assert opened.page.locator("#hm-figures [data-key=districts] b").inner_text() == "4"
    assert "too many to draw each one" in opened.page.locator("#hm-legend").inner_text()
    badges = opened.page.locator(".hm-square .n").all_inner_texts()
    assert sum(map(int, badges)) == 400
    assert opened.said == []


def read_of(opened, incident: str) -> str:
    opened.do(f"HM.withDetails(() => HM.openIncident(HM.data.ids.indexOf('{incident}')))")
    opened.page.wait_for_selector(".leaflet-popup-content")
    return opened.page.locator(".leaflet-popup-content").inner_text()


def test_words_that_stand_apart_are_those_of_one_piece(open_map):
    from service.maps.payload import MapOptions

    told = []
    for apart_from in (401, 400):
        opened = open_map(crowd(400), options=MapOptions(apart_from=apart_from))
        assert (opened.page.locator("#hm-details").count() == 1) == (apart_from == 400)
        popups = [read_of(opened, name) for name in ("r0", "r7", "r399")]
        opened.do("document.getElementById('hm-table-button').click()")
        opened.page.wait_for_selector("#hm-table-incidents")
        told.append([*popups, opened.page.locator("#hm-tables").inner_text()])
        assert opened.page.locator("#hm-left-out").is_hidden()
        assert (opened.said, opened.asked) == ([], [])
    assert told[0] == told[1]
    assert "Report 7: a vehicle struck a device on a track." in told[0][1]


def test_what_would_make_the_page_too_large_is_left_out_and_named(open_map):
    from service.maps.payload import MapOptions

    options = MapOptions(apart_from=10, most_characters=1)
    opened = open_map(crowd(400), size=PHONE, options=options)
    text = read_of(opened, "r7")
    assert text.count("not in this page, which would be too large") == 3
    # What is counted, filtered and drawn is all there.
    assert opened.page.locator("#hm-figures [data-key=incidents] b").inner_text() == "400"
    opened.do("HM.state.device = 0, HM.recount()")
    shown = opened.run("HM.now.totals.incidents")
    assert 0 < shown < 400
    foot = opened.page.locator("#hm-left-out")
    assert foot.text_content().endswith("Description, Sources, Place as reported.")
    assert opened.said == []


def test_sums_are_not_filtered_by_an_address_and_their_arithmetic_is_that_of_the_table(
    open_map, country
):
    from service.maps.payload import MapOptions

    snapshot, options = crowd(400), MapOptions(max_incidents=399)
    parameters = RiskParameters(weight="killed")
    opened = open_map(
        snapshot, options=options, parameters=parameters, fragment="#days=2018-01-01/2018-02-01"
    )
    table = risk_of(snapshot, parameters).set_index("district_id")
    for district, row in table.iterrows():
        drawn = opened.page.locator(f"path.hm-district[data-id={district}]")
        assert float(drawn.get_attribute("data-incidents")) == row.incidents
    opened.do("HM.openDistrict(0)")
    # Opened by itself: the map may still be moving under a click.
    opened.page.locator(".leaflet-popup-content details").first.evaluate("e => { e.open = true }")
    sums = opened.page.locator(".leaflet-popup-content").inner_text()
    assert f"{table.killed.iloc[0]:g} ÷ (100 km²" in sums


def test_the_keyboard_opens_a_group_and_stands_in_it(shown):
    opened = shown(of=crowd(400))
    focused = "document.activeElement.getAttribute('aria-label') || ''"
    opened.do("document.querySelector('.leaflet-marker-icon[tabindex=\"0\"]').focus()")
    assert opened.page.locator(".leaflet-marker-icon[tabindex='0']").count() == 1
    for _ in range(40):
        if opened.run("document.activeElement.querySelector('.hm-cluster') !== null"):
            break
        opened.page.keyboard.press("ArrowRight")
    whole, zoom = opened.run(focused), opened.run("HM.map.getZoom()")
    opened.page.keyboard.press("Enter")
    assert opened.run("HM.map.getZoom()") > zoom
    part = opened.run(focused)
    assert "incident" in part
    assert part != whole


def test_escape_closes_what_enter_opened_and_leads_back(shown):
    opened = shown()
    opened.do("document.querySelector('.leaflet-marker-icon[tabindex=\"0\"]').focus()")
    before = opened.run("document.activeElement.getAttribute('aria-label')")
    opened.page.keyboard.press("Enter")
    assert opened.run("document.activeElement.matches('.leaflet-popup-content')")
    opened.page.keyboard.press("Escape")
    assert opened.page.locator(".leaflet-popup-content").count() == 0
    assert opened.run("document.activeElement.getAttribute('aria-label')") == before


def test_the_map_does_not_glide_for_those_who_asked_for_less_motion(shown):
    opened = shown()
    assert opened.run("HM.map.options.inertia")
    opened.page.emulate_media(reduced_motion="reduce")
    assert not opened.run("HM.map.options.inertia")
    moved = opened.run(
        "(() => { const c = HM.map.getCenter(); HM.map.panBy([80, 0]);"
        " return HM.map.getCenter().lng - c.lng })()"
    )
    assert moved > 0, "at once, not little by little"


def test_a_basemap_that_fails_leaves_the_map_complete(open_map, square_snapshot):
    from service.maps.payload import MapOptions

    options = MapOptions(
        basemap_url="https://tiles.example.org/{z}/{x}/{y}.png", basemap_attribution="Tiles <b>"
    )
    opened = open_map(square_snapshot, options=options)
    assert opened.page.locator("path.hm-district").count() == 4
    assert "Tiles <b>" in opened.page.locator(".leaflet-control-attribution").inner_text()
    assert all(url.startswith("https://tiles.example.org/") for url in opened.asked)


def test_an_empty_register_still_makes_a_map(open_map, country):
    from geodata import schemas
    from geodata.schemas import empty

    opened = open_map(FakeSnapshot(country, empty(schemas.INCIDENTS)))
    assert opened.page.locator("path.hm-district[data-cls=no_information]").count() == 4
    assert opened.page.locator("#hm-layer-forecast").count() == 0
    assert opened.said == []


def test_print_leaves_map_and_legend_and_hides_the_controls(shown):
    opened = shown()
    opened.page.emulate_media(media="print")
    assert opened.page.locator("#hm-legend").is_visible()
    assert not opened.page.locator("#hm-panel").is_visible()
    assert not opened.page.locator("#hm-time").is_visible()


def test_the_legend_stays_legible_on_a_phone(shown):
    opened = shown(PHONE)
    box = opened.page.locator("#hm-legend").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE[0]
    assert opened.page.locator(".hm-classes .hm-swatch").first.is_visible()
    assert opened.run("document.documentElement.scrollWidth") <= PHONE[0]


OVER = """
(pairs) => {
  const boxes = (one) => Array.from(document.querySelectorAll(one)).map((node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = (node.matches(".hm-figure") ? range : node).getBoundingClientRect();
    return [box.left, box.top, box.right, box.bottom, node.textContent || node.className];
  }).filter((b) => b[2] > b[0]);
  const over = (a, b) => a[0] < b[2] - 1 && a[2] > b[0] + 1 && a[1] < b[3] - 1 && a[3] > b[1] + 1;
  return pairs.flatMap(([one, other]) => boxes(one).flatMap((a) => boxes(other)
    .filter((b) => over(a, b)).map((b) => a[4] + " | " + b[4])));
}
"""
APART = [
    ("#hm-menu", "#hm-aggregated"),
    ("#hm-lang", ".hm-figure"),
    (".hm-north", ".hm-district-name span"),
    (".hm-north", ".hm-square"),
    (".leaflet-control-zoom", ".hm-district-name span"),
    ("#hm-legend", ".hm-district-name span"),
    ("#hm-menu", ".hm-district-name span"),
]


@pytest.fixture(scope="module")
def spread(founding):
    """Many incidents of three districts at the borders, and some of none."""
    near = founding.districts[founding.districts.index.isin(["AZ-AGA", "AZ-QAZ", "AZ-AGM"])]
    incidents = many_incidents(near, 400)
    incidents.loc[incidents.index[:30], "districts"] = None
    return FakeSnapshot(founding.districts, incidents)


@pytest.mark.parametrize("most", [50, 20_000])
def test_nothing_lies_over_anything_on_a_phone(open_map, spread, most):
    from service.maps.payload import MapOptions

    # Ranked without a backtest, which takes most of the time and tells a word in the popups.
    by_rate, options = RiskParameters(rank_by="rate"), MapOptions(max_incidents=most)
    opened = open_map(spread, size=PHONE, options=options, parameters=by_rate)
    for lang in languages():
        opened.do(f"HM.setLang('{lang}')")
        assert opened.run(f"({OVER})({json.dumps(APART)})") == [], lang


def test_grid_references_agree_with_another_implementation(shown):
    """Oracle: the `mgrs` package for Python, which wraps GEOTRANS."""
    from mgrs import MGRS

    opened = shown()
    random = np.random.default_rng(7)
    lon = np.concatenate([random.uniform(44.5, 51, 60), random.uniform(-179, 179, 60)])
    lat = np.concatenate([random.uniform(38, 42, 60), random.uniform(-79, 83, 60)])
    points = [[float(a), float(b)] for a, b in zip(lat, lon, strict=True)]
    found = opened.run(f"{json.dumps(points)}.map(p => HM.coordinates(p[0], p[1])[1])")
    convert = MGRS()
    for (at_lat, at_lon), text in zip(points, found, strict=True):
        wanted = convert.toMGRS(at_lat, at_lon).lstrip("0")  # zones with or without a zero
        plain = text.replace(" ", "")
        assert plain[:-10] == wanted[:-10], (at_lat, at_lon)
        for part in (slice(-10, -5), slice(-5, None)):
            assert abs(int(plain[part]) - int(wanted[part])) <= 1


def test_a_click_tells_coordinates_in_degrees_and_grid(shown):
    opened = shown()
    opened.do("HM.showCoordinates(L.latLng(40.0, 47.0))")
    text = opened.page.locator("#hm-coords").inner_text()
    assert "40° N, 47° E" in text
    assert "MGRS 38T PK" in text or "MGRS 38S" in text or "MGRS 38T" in text
