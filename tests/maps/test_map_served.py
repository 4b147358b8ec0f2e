"""The map as it is served: the API's numbers, its links, its frame in a stranger's page."""

import functools
import http.server

import httpx2
import pytest

from service.app import create_app
from service.assets import asset_path
from service.settings import Settings
from tests.conftest import founded
from tests.live import answering, threaded
from tests.maps.conftest import DESKTOP

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    asset_path("leaflet/dist/leaflet.js")
    folder = tmp_path_factory.mktemp("served")
    register = founded(folder)
    with threaded(create_app(Settings(data=folder), register)) as base:
        yield base
    register.close()


@pytest.fixture(scope="module")
def _one_page(browser, address):
    context = browser.new_context(
        viewport={"width": DESKTOP[0], "height": DESKTOP[1]}, accept_downloads=True
    )
    page = context.new_page()
    page.said, page.strangers = [], []
    page.on("console", lambda m: m.type == "error" and page.said.append(m.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.on("request", lambda r: r.url.startswith(("http", "ws")) and page.strangers.append(r.url))
    yield page
    context.close()


@pytest.fixture
def page(_one_page):
    """One page for the file, put back for each test: a context takes a second to open."""
    _one_page.context.set_offline(False)
    _one_page.goto("about:blank")
    _one_page.said.clear()
    _one_page.strangers.clear()
    return _one_page


def opened(page, where):
    page.goto(where)
    page.wait_for_selector("body[data-ready=true]")
    return page


def test_every_number_in_the_page_equals_the_apis(page, address):
    opened(page, f"{address}/maps/risk")
    risk = httpx2.get(f"{address}/collections/risk/items?limit=1000").json()["features"]
    shown = page.evaluate(
        "Object.fromEntries(HM.data.districts.map((d, i) => [d.id, [HM.now.rows[i].incidents,"
        " HM.now.rows[i].killed[0], HM.now.rows[i].injured[0], d.risk.rate, d.risk.low,"
        " d.risk.high, d.risk.smoothed, d.risk.rank]]))"
    )
    names = ["incidents", "killed", "injured", "rate", "rate_low", "rate_high",
             "smoothed", "rank"]  # fmt: skip
    assert len(shown) == len(risk) == 77
    for feature in risk:
        properties = feature["properties"]
        wanted = [properties[name] for name in names]
        got = shown[properties["district_id"]]
        assert got == [w if w is None else pytest.approx(w, abs=1e-6) for w in wanted]
    incidents = httpx2.get(f"{address}/collections/incidents/items?limit=1000").json()
    assert page.evaluate("HM.now.drawn.length") == incidents["numberMatched"]
    assert page.evaluate("HM.data.ids.slice().sort()") == sorted(
        f["id"] for f in incidents["features"]
    )
    assert page.said == []


def test_the_page_saved_for_offline_use_opens_from_a_file_with_the_same_numbers(
    page, address, tmp_path
):
    opened(page, f"{address}/maps/risk?lang=az")
    figures = page.locator("#hm-figures").inner_text()
    with page.expect_download() as waiting:
        page.click("#hm-offline")
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    assert path.suffix == ".html"
    page.context.set_offline(True)
    opened(page, path.as_uri())
    assert page.locator("#hm-figures").inner_text() == figures
    assert page.said == []


def test_the_frame_for_other_pages_works_in_a_strangers_page(page, address, tmp_path):
    opened(page, f"{address}/maps/risk")
    page.click("#hm-frame")
    snippet = page.locator("#hm-address").input_value()
    assert snippet.startswith("<iframe")
    tmp_path.joinpath("other.html").write_text(f"<!DOCTYPE html><title>x</title>{snippet}")
    with stranger(tmp_path) as other:
        page.goto(f"{other}/other.html")
        frame = page.frame_locator("iframe")
        frame.locator("body[data-ready=true]").wait_for()
        assert frame.locator("path.hm-district").count() == 77
        assert frame.locator("#hm-legend").is_visible()
        assert not frame.locator("#hm-panel").is_visible()


def test_only_the_frame_may_stand_in_a_strangers_page(page, address, tmp_path):
    whole = f'<!DOCTYPE html><title>x</title><iframe src="{address}/maps/risk"></iframe>'
    tmp_path.joinpath("other.html").write_text(whole)
    with stranger(tmp_path) as other:
        page.goto(f"{other}/other.html")
        page.wait_for_function("window.frames.length === 1")
        assert page.frames[1].locator("path.hm-district").count() == 0
    assert any("frame-ancestors" in text for text in page.said)


def test_nothing_but_the_page_is_asked_for_and_the_code_of_the_view_holds_the_view(page, address):
    opened(page, f"{address}/maps/risk")
    page.select_option("#hm-lang", "ru")
    page.fill("#hm-search", "Агдам")
    page.evaluate("void HM.map.setView([39.8, 47.0], 9, { animate: false })")
    assert {url.removeprefix(address).split("#")[0] for url in page.strangers} == {"/maps/risk"}
    link = page.get_attribute("#hm-qr", "href")
    assert "map%3D9%2F39.8" in link
    code = httpx2.get(link)
    assert code.status_code == 200
    assert code.headers["content-type"].startswith("image/svg+xml")


def test_the_links_of_the_page_lead_somewhere(page, address):
    opened(page, f"{address}/maps/risk?lang=ru&weight=killed")
    page.evaluate("void HM.openIncident(0)")
    links = page.locator("a[href^=http]").evaluate_all("nodes => nodes.map(n => n.href)")
    links.append(page.get_attribute('meta[property="og:image"]', "content"))
    own = {link.split("#")[0] for link in links if link.startswith(address)}
    assert len(own) >= 6
    for link in own:
        assert httpx2.get(link, timeout=60).status_code == 200, link


@pytest.mark.parametrize("where", ["/maps/risk?weight=killed", "/maps/embed?weight=killed"])
def test_the_limits_of_the_classes_are_changed_beside_the_legend(page, address, where):
    opened(page, f"{address}{where}")
    fixed = page.evaluate("HM.data.meta.limits")
    page.evaluate("HM.setLang('ru'); void HM.map.setView([39.8, 47.0], 9, { animate: false })")
    assert page.inner_text(".hm-classing strong") == "постоянные"
    page.click("text=поровну районов")
    page.wait_for_url("**classes=quantiles#**")
    page.wait_for_selector("body[data-ready=true]")
    assert page.evaluate("[HM.lang, HM.map.getZoom(), HM.data.meta.weight]") == ["ru", 9, "killed"]
    limits = page.evaluate("HM.data.meta.limits")
    asked = {"weight": "killed", "classes": "quantiles"}
    told = httpx2.get(f"{address}/risk/AZ-AGM/explain", params=asked).json()["class"]
    assert limits == told["limits"] != fixed
    assert page.locator(".hm-classes .hm-limit").count() == len(limits) + 1
    assert page.inner_text(".hm-classing strong") == "поровну районов"
    links = page.evaluate("[HM.data.meta.links.pdf, HM.data.meta.links.offline]")
    assert all("classes=quantiles" in link for link in links)
    assert page.said == []


def stranger(folder):
    """Serve a folder on another origin, as somebody else's site."""
    return answering(functools.partial(Quiet, directory=str(folder)))


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves without a line a request."""

    def log_message(self, *_: object) -> None:
        pass
