"""Pages in a real browser: accessible, no stranger asked, readable on a phone, imports by hand."""

import socket
import threading
import time

import pytest
import uvicorn

from geodata.register import open_register
from service.app import create_app
from service.assets import asset_path
from service.settings import Settings
from tests import needs

SIZES = {"desktop": (1366, 768), "phone": (390, 844)}
PAGES = [
    "/",
    "/?lang=ru",
    "/incidents",
    "/incidents/I1?lang=az",
    "/districts",
    "/districts/AZ-TAR",
    "/operations",
    "/reconciliation",
    "/backtest",
    "/changes",
    "/methods",
    "/about",
    "/login",
    "/collections",
    "/collections/risk",
    "/collections/incidents/items",
    "/collections/risk/items/AZ-TAR",
    "/nowhere",
]
EDITOR_PAGES = ["/import", "/access", "/login"]

AXE = "axe.run({runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']})"
TABLE = "Tarix,Rayon,Yaralanan\n2021-05-01,Ağdam,2\n2021-05-02,Füzuli,1\nnot a day,Tərtər,1\n"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The service on a free port of the loopback, and an administrator's key."""
    needs.browser()
    folder = tmp_path_factory.mktemp("served")
    register = open_register(folder)
    app = create_app(Settings(data=folder), register)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    key = app.state.keys.add("field office", "admin")
    yield f"http://127.0.0.1:{listener.getsockname()[1]}", key
    server.should_exit = True
    thread.join(10)
    register.close()


@pytest.fixture(params=SIZES)
def opened(request, browser, served):
    """A page of one size that notes complaints and requests to other places."""
    width, height = SIZES[request.param]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="en-GB")
    page = context.new_page()
    page.strangers, page.complaints = [], []
    page.on(
        "request",
        lambda r: None if r.url.startswith((served[0], "data:")) else page.strangers.append(r.url),
    )
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on(
        "console",
        lambda m: (
            page.complaints.append(m.text)
            if m.type == "error" and "status of 404" not in m.text
            else None
        ),
    )
    yield page
    context.close()


def sign_in(page, base, key):
    page.goto(f"{base}/login")
    page.fill("#key", key)
    page.click("main button[type=submit]")
    page.wait_for_url(f"{base}/")


def serious(page):
    page.evaluate(asset_path("axe-core/axe.min.js").read_text() + ";0")
    found = page.evaluate(AXE)["violations"]
    return [
        (v["id"], v["nodes"][0]["html"][:200])
        for v in found
        if v["impact"] in ("serious", "critical")
    ]


def overflows(page):
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_accessible_and_ask_nobody_else(opened, served, path):
    opened.goto(served[0] + path)
    assert serious(opened) == []
    assert not overflows(opened)
    assert opened.strangers == []
    assert opened.complaints == []


@pytest.mark.parametrize("path", EDITOR_PAGES)
def test_pages_behind_the_login_are_accessible(opened, served, path):
    base, key = served
    sign_in(opened, base, key)
    opened.goto(base + path)
    assert serious(opened) == []
    assert not overflows(opened)
    assert opened.complaints == []


def test_the_first_tab_stop_leads_to_the_content(opened, served):
    opened.goto(served[0])
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.className") == "skip"
    opened.keyboard.press("Enter")
    assert opened.evaluate("document.activeElement.id") == "main"


def test_the_language_switch_keeps_the_page(opened, served):
    opened.goto(f"{served[0]}/incidents?district=AZ-AGM")
    opened.click("nav.languages a[hreflang=ru]")
    assert opened.evaluate("document.documentElement.lang") == "ru"
    assert "district=AZ-AGM" in opened.url


def test_a_form_sends_only_what_was_filled_in(opened, served):
    opened.goto(f"{served[0]}/incidents")
    opened.select_option("#f-district", "AZ-FUZ")
    opened.click("form.filters button[type=submit]")
    assert opened.url == f"{served[0]}/incidents?district=AZ-FUZ"
    assert opened.locator("main tbody tr").count() == 1


def test_a_district_of_the_small_map_leads_to_its_page(opened, served):
    opened.goto(served[0])
    opened.locator('path[data-href="/districts/AZ-FUZ"]').dispatch_event("click")
    opened.wait_for_url(f"{served[0]}/districts/AZ-FUZ")
    assert opened.locator("h1").inner_text().startswith("Fuzuli")


def test_pages_work_without_script(browser, served):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{served[0]}/incidents?sort=-killed")
    page.click("form.filters button[type=submit]")
    assert page.locator("main tbody tr").count() == 5
    context.close()


def test_a_file_is_previewed_and_then_imported(opened, served):
    base, key = served
    sign_in(opened, base, key)
    opened.goto(f"{base}/import")
    table = TABLE.replace("2021-05", f"20{opened.viewport_size['width'] % 20 + 10}-05")
    opened.set_input_files(
        "#file", {"name": "table.csv", "mimeType": "text/csv", "buffer": table.encode()}
    )
    before = opened.request.get(f"{base}/collections/incidents/items?f=json").json()
    opened.click("button[value=true]")
    opened.wait_for_selector("#report")
    shown = opened.locator("#report").inner_text()
    assert "nothing is stored yet" in shown
    assert "not a day" in shown
    assert serious(opened) == []
    between = opened.request.get(f"{base}/collections/incidents/items?f=json").json()
    assert between["numberMatched"] == before["numberMatched"]
    opened.click("#confirm")
    opened.wait_for_selector("#report .good")
    after = opened.request.get(f"{base}/collections/incidents/items?f=json").json()
    assert after["numberMatched"] == before["numberMatched"] + 2
    assert opened.locator("a[download]").count() >= 1
    assert serious(opened) == []
