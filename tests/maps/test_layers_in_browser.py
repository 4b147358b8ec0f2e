"""Layers of the map: one picture of the risk at a time, ground, groups of incidents."""

import shutil

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box, wkt

from geodata.codes import HazardousArea, values_of
from geodata.incidents.frame import operations_frame
from geodata.model import Operation
from geodata.risk import RiskParameters, foreseen
from service import i18n
from service.maps.payload import MapOptions
from tests.conftest import make_country
from tests.conftest import make_incidents as incidents_of_the_country
from tests.maps.conftest import DESKTOP, PHONE
from tests.maps.snapshots import FakeSnapshot, crowd, many_incidents
from tests.risk.test_cluster_layer import make_board, make_incidents

pytestmark = pytest.mark.browser
BY_RATE = RiskParameters(rank_by="rate")
"""Without a backtest, which takes most of the time that a map of many incidents does."""
GROUNDS = {"cleared": "clearance", "surveyed_no_evidence": "survey"}


@pytest.fixture(scope="module")
def crowded():
    return crowd(400)


@pytest.fixture(scope="module")
def grounds():
    """The synthetic country with one polygon for each thing that can be said of the ground."""
    said = [("hazardous_area", v) for v in values_of(HazardousArea)]
    said += [("ground_status", v) for v in GROUNDS]
    operations = operations_frame(
        Operation.model_validate(
            {
                "operation_id": f"o{i}",
                "kind": GROUNDS.get(value, "survey"),
                "status": "under_way" if value == "sha" else "completed",
                "geometry_wkt": wkt.dumps(box(47 + i / 10, 40, 47.05 + i / 10, 40.05)),
                field: value,
            }
        )
        for i, (field, value) in enumerate(said)
    )
    return FakeSnapshot(make_country(), incidents_of_the_country(), operations=operations)


def fills(opened):
    return opened.page.locator("path.hm-district").evaluate_all(
        "nodes => nodes.map(n => Number(n.getAttribute('fill-opacity')))"
    )


def test_counts_that_come_in_bursts_are_not_called_sure(open_map):
    country = make_country()
    incidents = many_incidents(country, 250)
    day = incidents["date_start"].to_numpy().astype("M8[D]").astype(int)
    # as many, in one month of sixteen
    incidents["date_start"] = incidents["date_end"] = pd.to_datetime(
        (day - day % 500 + day % 30).astype("M8[D]")
    )
    opened = open_map(FakeSnapshot(country, incidents), parameters=BY_RATE)
    told = opened.page.evaluate(
        "HM.data.districts.map((d, i) => [HM.now.rows[i].high / HM.now.rows[i].rate, "
        "d.risk.shigh / d.risk.smoothed, HM.confidence(HM.now.rows[i], d.risk) "
        "=== HM.t('confidence.high')])"
    )
    assert any(crude < 1.5 < smoothed for crude, smoothed, _ in told)
    assert not any(sure for crude, smoothed, sure in told if max(crude, smoothed) >= 1.5)


def test_surface_and_classes_are_never_laid_over_each_other(shown, crowded):
    opened = shown(of=crowded)
    assert opened.page.locator("path.hm-surface").count() == 0
    assert set(fills(opened)) == {1}
    opened.page.check("#hm-layer-surface")
    assert opened.page.locator("path.hm-surface").count() > 0
    assert set(fills(opened)) == {0}
    assert not opened.page.is_checked("#hm-layer-risk")
    assert "Risk surface" in opened.page.locator("#hm-legend").inner_text()
    opened.page.check("#hm-layer-risk")
    assert opened.page.locator("path.hm-surface").count() == 0
    assert set(fills(opened)) == {1}


def test_colours_of_the_surface_are_those_of_its_legend(shown, crowded):
    opened = shown(of=crowded)
    opened.page.check("#hm-layer-surface")
    drawn = opened.page.locator("path.hm-surface").evaluate_all(
        "nodes => nodes.map(n => [n.getAttribute('fill'), n.getAttribute('fill-opacity')])"
    )
    legend = opened.run("HM.data.surface.map(b => [b.colour, '1'])")
    assert drawn == legend


def test_districts_open_whatever_fills_them(shown, crowded):
    opened = shown(of=crowded)
    opened.page.check("#hm-layer-surface")
    opened.page.locator("path.hm-district").first.dispatch_event("click")
    assert opened.page.locator(".leaflet-popup-content").is_visible()


def test_what_is_computed_from_all_incidents_goes_while_a_filter_is_on(shown, crowded):
    opened = shown(of=crowded)
    opened.page.check("#hm-layer-surface")
    device = opened.run("HM.data.codes.device.indexOf('uxo')")
    opened.page.select_option("#hm-device", str(device))
    assert opened.page.locator("path.hm-surface").count() == 0
    assert set(fills(opened)) == {1}
    assert opened.page.is_disabled("#hm-layer-surface")
    assert opened.page.is_disabled("#hm-layer-hotspots")
    assert "not while filtered" in opened.page.locator("#hm-layers").inner_text()
    opened.page.click("#hm-reset")
    assert opened.page.locator("path.hm-surface").count() > 0


def test_clusters_are_outlined_and_say_what_was_counted_and_expected(open_map):
    board, rng = make_board(), np.random.default_rng(8)
    where = rng.choice(36, 300).tolist() + [14] * 40 + [15] * 40
    days = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 700, 380), unit="D")
    found = FakeSnapshot(board, make_incidents(list(days), where))
    opened = open_map(found, parameters=BY_RATE)
    opened.page.check("#hm-layer-hotspots")
    assert opened.page.locator("path.hm-cluster-hot").count() == 1
    assert "hot spot" in opened.page.locator("#hm-legend").inner_text()
    opened.do("HM.groups.hotspots.getLayers()[0].openPopup()")
    said = opened.page.locator(".leaflet-popup-content").inner_text()
    assert "D14" in said
    assert "expected" in said
    assert "p = 0.00" in said


def test_the_forecast_is_off_at_first_and_never_laid_over_another_picture(shown, crowded):
    opened = shown(of=crowded)
    assert not opened.page.is_checked("#hm-layer-forecast")
    for name in ("surface", "forecast", "risk"):
        opened.page.check(f"#hm-layer-{name}")
        drawn = {k: opened.page.locator(f"path.hm-{k}").count() for k in ("surface", "forecast")}
        assert {k for k, n in drawn.items() if n} == {name} - {"risk"}
        assert set(fills(opened)) == {1 if name == "risk" else 0}
    assert opened.said == []


def test_the_forecast_says_its_unit_its_days_and_its_interval_in_each_language(shown, crowded):
    opened = shown(of=crowded)
    opened.page.check("#hm-layer-forecast")
    forecast = opened.run("HM.data.forecast")
    assert len(forecast["districts"]) == len(crowded.districts)
    for lang in i18n.languages():
        opened.do(f"HM.setLang('{lang}')")
        words = forecast["words"][lang]
        legend = opened.page.locator("#hm-legend").inner_text()
        for said in (words["unit"], words["side"], words["days"], words["period"], *words["notes"]):
            assert said in legend
        name = crowded.districts["district_id"].iloc[0]
        opened.page.locator(f"path.hm-district[data-id='{name}']").click()
        popup = opened.page.locator(".leaflet-popup-content").inner_text()
        mean, low, high = forecast["districts"][0]
        shown = opened.run(f"HM.expected([{mean}, {low}, {high}])")
        assert shown in popup
        assert i18n.translator_of(lang).gettext("90 % range") in shown
        assert popup.count(i18n.translator_of(lang).gettext("90 % range")) == 2
        opened.do("HM.map.closePopup()")


def test_a_place_has_the_number_of_the_cell_that_it_lies_in(shown, crowded):
    opened = shown(of=crowded)
    opened.page.check("#hm-layer-forecast")
    found = foreseen(crowded, RiskParameters(cell_km=opened.run("HM.data.forecast.side")))
    lonlat, mean = found.cells.middles(), found.cells.counts.mean
    for at in (0, len(mean) // 2, len(mean) - 1):
        lon, lat = lonlat[at]
        cell = opened.run(f"HM.cellAt({{ lat: {lat}, lng: {lon} }})")
        assert cell[0] == pytest.approx(mean[at], rel=0.01)
        assert cell[1] <= cell[0] <= cell[2]


def test_hazardous_areas_have_the_fields_own_colours_and_legend(shown, grounds):
    opened = shown(of=grounds)
    opened.page.check("#hm-layer-areas")
    found = {
        kind: opened.page.locator(f"path.hm-area-{kind}").evaluate(
            "n => [n.getAttribute('fill'), n.getAttribute('fill-opacity'), "
            "n.getAttribute('stroke-dasharray')]"
        )
        for kind in (*values_of(HazardousArea), *GROUNDS)
    }
    assert found["cha"] == ["#FF0000", "0.5", None]
    assert found["sha"][:2] == ["#F4A718", "0.5"]
    assert found["sha"][2] is not None
    assert len({f[0] for f in found.values()}) == 4
    legend = opened.page.locator("#hm-legend").inner_text()
    for words in ("confirmed hazardous area", "suspected hazardous area", "work under way"):
        assert words in legend
    opened.page.locator("path.hm-area-cha").dispatch_event("click")
    assert "Confirmed hazardous area" in opened.page.locator(".leaflet-popup-content").inner_text()


def test_the_layer_of_operations_does_not_paint_over_what_is_said_of_the_ground(shown, grounds):
    opened = shown(of=grounds)
    opened.page.check("#hm-layer-operations")
    count = "HM.groups.operations.getLayers().filter(l => l instanceof L.Polygon).length"
    assert opened.run(count) == 4
    opened.page.check("#hm-layer-areas")
    assert opened.run(count) == 0


def test_what_is_said_of_an_operations_ground_stays_while_the_map_moves_to_show_it(shown, grounds):
    opened = shown(of=grounds)
    opened.page.check("#hm-layer-operations")
    moved = opened.run(
        "new Promise((done) => { const before = HM.map.getCenter(), wide = HM.map.getSize().x;"
        " HM.map.once('moveend', () => setTimeout(() => done(!HM.map.getCenter().equals(before))));"
        " HM.groups.operations.getLayers().find(l => l instanceof L.Polygon)"
        " .fire('click', { latlng: HM.map.containerPointToLatLng([wide / 2, 4]) }); })"
    )
    assert moved
    assert opened.page.locator(".leaflet-popup-content").count() == 1
    assert "survey" in opened.page.locator(".leaflet-popup-content").inner_text()


@pytest.mark.parametrize("zoom", [5, 7, 9, 12, 15])
def test_groups_hold_each_incident_in_view_once(shown, crowded, zoom):
    opened = shown(of=crowded)
    opened.do("HM.map.setMinZoom(1)")
    held = opened.run(
        f"(() => {{ HM.map.setView(HM.map.getCenter(), {zoom}, {{animate: false}});"
        " const inc = HM.data.incidents, rows = HM.now.drawn.filter(i => inc.lon[i] !== null);"
        " const groups = HM.clusters(rows, 60), inside = HM.map.getBounds();"
        " return { ids: groups.flatMap(g => g.rows()), n: groups.map(g => [g.n, g.rows().length]),"
        " seen: rows.filter(i => inside.contains([inc.lat[i] / 1e5, inc.lon[i] / 1e5])),"
        " killed: groups.reduce((a, g) => a + g.killed[0], 0),"
        " sum: groups.flatMap(g => g.rows()).reduce((a, i) => a + HM.harm(i)[0][0], 0) } })()"
    )
    assert len(held["ids"]) == len(set(held["ids"]))
    assert set(held["seen"]) <= set(held["ids"])
    assert all(n == rows for n, rows in held["n"])
    assert held["killed"] == held["sum"]


def test_groups_do_not_depend_on_the_order_of_rows(shown, crowded):
    opened = shown(of=crowded)
    grouped = (
        "HM.clusters({rows}, 60).map(g => [g.n, g.rows().sort((a, b) => a - b)])"
        ".sort((a, b) => a[1][0] - b[1][0])"
    )
    rows = "HM.now.drawn.filter(i => HM.data.incidents.lon[i] !== null)"
    one = opened.run(grouped.replace("{rows}", rows))
    assert one == opened.run(grouped.replace("{rows}", f"{rows}.reverse()"))


def test_many_incidents_at_one_place_open_as_a_list(open_map, country):
    frame = many_incidents(country, 30)
    point = country.geometry.iloc[0].representative_point()
    at = gpd.GeoSeries([point] * 30, index=frame.index, crs=frame.crs)
    opened = open_map(FakeSnapshot(country, frame.set_geometry(at)))
    opened.page.locator(".leaflet-marker-icon:has(.hm-cluster)").click()
    popup = opened.page.locator(".leaflet-popup-content")
    assert popup.locator("li").count() == 20
    assert "10" in popup.inner_text()


def test_large_data_open_also_where_the_browser_cannot_inflate(maps):
    opened = maps.open(maps.page(), crowd(20_000), parameters=BY_RATE)
    counted = opened.page.locator("#hm-figures [data-key=incidents] b").inner_text()
    assert counted == "20,000"
    opened.page.add_init_script("delete window.DecompressionStream")
    opened.page.reload()
    opened.page.wait_for_selector("body[data-ready=true]")
    assert opened.page.locator("#hm-figures [data-key=incidents] b").inner_text() == counted
    assert opened.said == []
    opened.page.close()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_counts_by_district_keep_clear_of_groups_and_of_each_other(shown, crowded, size):
    opened = shown(size, crowded)
    taken = opened.run("HM.takenRoom()")
    assert len(taken) > 3
    boxes = [box(*one) for one in taken]
    drawn = opened.page.locator(".hm-square").count()
    squares = boxes[len(boxes) - drawn :]
    others = boxes[: len(boxes) - drawn]
    for i, square in enumerate(squares):
        assert not any(square.intersects(o) for o in (*others, *squares[:i]))


def test_a_language_written_from_right_to_left_needs_only_a_catalogue(
    open_map, square_snapshot, tmp_path, monkeypatch
):
    folder = tmp_path / "locales"
    shutil.copytree(i18n.LOCALES, folder)
    made = folder / "ar" / "LC_MESSAGES"
    made.mkdir(parents=True)
    made.joinpath("maps.po").write_text(
        'msgid ""\nmsgstr ""\n"Language: ar\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "Layers"\nmsgstr "الطبقات"\n',
        "utf-8",
    )
    monkeypatch.setattr(i18n, "LOCALES", folder)
    for cached in (i18n.languages, i18n.translator_of):
        cached.cache_clear()
    try:
        opened = open_map(square_snapshot, lang="ar")
        assert opened.run("document.documentElement.dir") == "rtl"
        for width, height in (DESKTOP, PHONE):
            opened.page.set_viewport_size({"width": width, "height": height})
            assert opened.run("document.documentElement.scrollWidth") <= width
            legend = opened.page.locator("#hm-legend").bounding_box()
            assert legend["x"] + legend["width"] > width / 2
        assert "الطبقات" in opened.page.locator("#hm-panel").text_content()
        opened.page.select_option("#hm-lang", "en")
        assert opened.run("document.documentElement.dir") == "ltr"
        assert opened.said == []
    finally:
        for cached in (i18n.languages, i18n.translator_of):
            cached.cache_clear()


def test_a_wms_basemap_is_asked_for_its_layer_and_may_fail(open_map, square_snapshot):
    options = MapOptions(
        basemap_url="https://maps.example.org/wms?layers=topo", basemap_attribution="A survey"
    )
    opened = open_map(square_snapshot, options=options)
    assert opened.page.locator("path.hm-district").count() == 4
    assert opened.asked
    for url in opened.asked:
        assert url.startswith("https://maps.example.org/wms?")
        assert "layers=topo" in url
        assert "request=GetMap" in url
    assert "A survey" in opened.page.locator(".leaflet-control-attribution").inner_text()


def test_a_mark_of_time_tells_when_the_map_can_be_used(shown, grounds):
    opened = shown(of=grounds)
    opened.page.wait_for_function("performance.getEntriesByName('hm-usable').length === 1")
    assert np.isfinite(opened.run("performance.getEntriesByName('hm-usable')[0].startTime"))
