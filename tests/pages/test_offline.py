"""What the public read opens again without network, and says so; nothing else is kept."""

import json
import re
import struct

import pytest

from service.pages.environment import STATIC
from tests.pages.in_browser import READER, sign_in

HTML = {"accept": "text/html"}


def test_the_worker_may_serve_every_page(reader):
    answer = reader.get("/sw.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["service-worker-allowed"] == "/"
    assert answer.headers["cache-control"] == "no-cache"
    assert "worker-src 'self'" in reader.get("/", headers=HTML).headers["content-security-policy"]
    settings = json.loads(re.match(r"const SETTINGS = (.*);\n", answer.text)[1])
    for address in settings["files"]:
        assert reader.get(address).status_code == 200
    assert set(settings["notes"]) == {"en", "az", "ru"}


def test_answers_say_whose_view_they_show(client):
    assert client.get("/", headers=HTML).headers["hazardmap-view"] == "public"
    key = client.app.state.keys.add("field office", "analyst")
    answer = client.get("/", headers={"authorization": f"Bearer {key}"})
    assert answer.headers["hazardmap-view"] == "signed-in"


def test_the_manifest_makes_an_app_of_the_pages(reader):
    page = reader.get("/", headers=HTML).text
    link = re.search(r'rel="manifest" href="([^"]*)"', page)[1]
    manifest = reader.get(link).json()
    assert manifest["start_url"] == "../"
    for icon in manifest["icons"]:
        assert (STATIC / icon["src"]).is_file()
        if icon["type"] == "image/png":
            head = (STATIC / icon["src"]).read_bytes()[16:24]
            assert "{}x{}".format(*struct.unpack(">II", head)) == icon["sizes"]
            assert (STATIC / icon["src"]).stat().st_size < 10_000
    assert {i.get("purpose") for i in manifest["icons"]} >= {"any", "maskable"}
    assert "192x192" in {i["sizes"] for i in manifest["icons"]}


KEPT = """async () => {
  const keys = await (await caches.open('hazardmap-pages')).keys();
  return keys.map((k) => new URL(k.url).pathname + new URL(k.url).search);
}"""
UNTIL_KEPT = f"""async (path) => {{
  const until = Date.now() + 60_000;
  while (!(await ({KEPT})()).includes(path)) {{
    if (Date.now() > until) throw new Error(`${{path}} is not kept`);
    await new Promise((go) => {{ setTimeout(go, 10); }});
  }}
}}"""
FORGET = """async () => {
  const pages = await caches.open('hazardmap-pages');
  for (const {url} of await pages.keys()) {
    const {pathname} = new URL(url);
    if (pathname !== '/' && pathname !== '/offline') await pages.delete(url, {ignoreVary: true});
  }
}"""


@pytest.fixture(scope="module")
def _visitor(browser, served):
    context = browser.new_context(**READER)
    page = context.new_page()
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(served[0])
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.evaluate(UNTIL_KEPT, "/")
    yield page
    context.close()


@pytest.fixture
def visitor(_visitor, served):
    """A page of somebody who has opened the overview and nothing else, and is not signed in.

    One for the file, put back for each test: a context and its first visit take a second.
    """
    _visitor.context.set_offline(False)
    _visitor.context.clear_cookies()
    _visitor.complaints.clear()
    _visitor.goto(served[0])
    _visitor.evaluate(FORGET)
    return _visitor


def test_the_overview_opens_without_network(visitor, served):
    assert visitor.locator("#kept-copy").count() == 0
    visitor.context.set_offline(True)
    visitor.reload()
    assert visitor.locator("h1").inner_text().startswith("Mine and explosive ordnance")
    note = visitor.locator("#kept-copy").inner_text()
    assert re.fullmatch(r"Shown from \d+ \w+ \d{4}, \d\d:\d\d, without network\.", note)
    style = "getComputedStyle(document.querySelector('.masthead')).backgroundColor"
    assert visitor.evaluate(style) == "rgb(18, 48, 63)", "the style is kept too"
    visitor.context.set_offline(False)
    visitor.reload()
    assert visitor.locator("#kept-copy").count() == 0
    assert visitor.complaints == []


def test_pages_and_the_map_once_opened_open_again(visitor, served):
    base = served[0]
    for path in ("/districts/AZ-FUZ?lang=az", "/maps/risk"):
        visitor.goto(base + path)
        visitor.evaluate(UNTIL_KEPT, path)
    visitor.context.set_offline(True)
    visitor.goto(f"{base}/districts/AZ-FUZ?lang=az")
    assert "şəbəkə yoxdur" in visitor.locator("#kept-copy").inner_text()
    visitor.goto(f"{base}/maps/risk")
    visitor.wait_for_selector("body[data-ready=true]")
    assert "without network" in visitor.locator("#kept-copy").inner_text()
    assert visitor.complaints == []


def test_a_page_never_opened_gets_help(visitor, served):
    visitor.context.set_offline(True)
    visitor.goto(f"{served[0]}/incidents?lang=ru")
    assert visitor.locator("h1").inner_text() == "Нет сети"
    link = visitor.locator("#kept-list a")
    link.first.wait_for()
    assert link.count() == 1
    link.first.click()
    visitor.wait_for_url(f"{served[0]}/")
    assert visitor.locator("#kept-copy").count() == 1


def test_nothing_is_kept_for_who_is_signed_in(visitor, served):
    base, key = served
    sign_in(visitor, base, key)
    for path in ("/access", "/import", "/incidents/I1/edit", "/incidents", "/incidents/I1"):
        visitor.goto(base + path)
    # What is read afterwards by somebody else is kept, after all that came before.
    visitor.context.clear_cookies()
    visitor.goto(f"{base}/about")
    visitor.evaluate(UNTIL_KEPT, "/about")
    kept = visitor.evaluate(KEPT)
    assert [p for p in kept if not p.startswith("/offline?")] == ["/", "/about"]
    assert "field office" not in visitor.evaluate(
        "caches.match('/', {ignoreVary: true}).then((r) => r.text())"
    )
