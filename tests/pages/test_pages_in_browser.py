"""Pages in a real browser: accessible, no stranger asked, readable on a phone, imports by hand."""

import pytest

from tests.pages.in_browser import faults, let_in

PAGES = [
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
    "/login?next=%2Fincidents%2Fnew&lang=az",
    "/offline?lang=ru",
    "/incidents/I5/history?f=html",
    "/collections",
    "/collections/risk",
    "/collections/incidents/items",
    "/collections/risk/items/AZ-TAR",
    "/nowhere",
]
EDITOR_PAGES = [
    "/import",
    "/access",
    "/login",
    "/incidents?lang=az",
    "/incidents/I1?lang=az",
    "/incidents/new?lang=ru",
    "/incidents/I2a/edit?lang=ru",
    "/incidents/I2a/verify",
    "/incidents/I1/dispute?lang=ru",
    "/incidents/I1/retract",
    "/incidents/I5/restore/1",
    "/incidents/I5/history?f=html",
]

TABLE = "Tarix,Rayon,Yaralanan\n2021-05-01,Ağdam,2\n2021-05-02,Laçın,1\nnot a day,Tərtər,1\n"


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_accessible_and_ask_nobody_else(everyones, served, path):
    everyones.goto(served[0] + path)
    assert faults(everyones) == []
    assert everyones.strangers == []
    assert everyones.complaints == []


@pytest.mark.parametrize("path", EDITOR_PAGES)
def test_pages_behind_the_login_are_accessible(editors, served, path):
    editors.goto(served[0] + path)
    assert faults(editors) == []
    assert editors.strangers == []
    assert editors.complaints == []


FAULTS = {
    "color-contrast": '<span style="color: #ddd">seven</span>',
    "label": "<input>",
    "target-size": '<a href="#a" style="font-size: 4px; line-height: 4px">b</a>',
}


def test_faults_in_some_of_many_rows_are_found(anew):
    anew.goto("about:blank")  # without the policy of a page before, which refuses styles
    rows = "".join(f"<tr><td><a href='#{n}'>Row {n}</a></td><td>{n}</td></tr>" for n in range(40))
    faulty = rows
    for n, cell in enumerate(FAULTS.values(), 30):
        faulty = faulty.replace(f"<td>{n}</td>", f"<td>{cell}{cell}</td>")
    for body in (rows, faulty):
        anew.set_content(
            "<!doctype html><html lang=en><title>Rows</title><main><h1>Rows</h1>"
            f"<table style='line-height: 3'>{body}</table></main>"
        )
        found = {one[1] for one in faults(anew)}
        assert found == (set() if body is rows else set(FAULTS))


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


def test_a_file_is_previewed_and_then_imported(anew, served):
    base, key = served
    let_in(anew, base, key)
    anew.goto(f"{base}/import")
    anew.set_input_files(
        "#file", {"name": "table.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
    )
    before = anew.request.get(f"{base}/collections/incidents/items?f=json").json()
    anew.click("button[value=true]")
    anew.wait_for_selector("#report")
    shown = anew.locator("#report").inner_text()
    assert "nothing is stored yet" in shown
    assert "not a day" in shown
    assert faults(anew) == []
    between = anew.request.get(f"{base}/collections/incidents/items?f=json").json()
    assert between["numberMatched"] == before["numberMatched"]
    anew.click("#confirm")
    anew.wait_for_selector("#report .good")
    after = anew.request.get(f"{base}/collections/incidents/items?f=json").json()
    assert after["numberMatched"] == before["numberMatched"] + 2
    assert anew.locator("a[download]").count() >= 1
    assert faults(anew) == []
