"""Editing as an editor does it: in a browser, with and without script, by two people."""

import re

import pytest

from tests.pages.in_browser import READER, SIZES, faults, let_in, sign_in


@pytest.fixture(scope="module")
def plain(browser, served):
    """A page without script, which is laid out as with it: on a phone."""
    width, height = SIZES["phone"]
    context = browser.new_context(
        viewport={"width": width, "height": height}, java_script_enabled=False, **READER
    )
    yield context.new_page()
    context.close()


def test_pages_work_without_script(plain, served):
    plain.goto(f"{served[0]}/incidents?sort=-killed")
    plain.click("form.filters button[type=submit]")
    assert plain.locator("main tbody tr").count() >= 5


def record(page, base, place):
    page.goto(f"{base}/incidents")
    page.click("main a[href='/incidents/new']")
    page.fill("#f-date_start", "2021-06-01")
    page.fill("#f-place_as_reported", place)
    page.select_option("#f-districts-0-district_id", "AZ-FUZ")
    page.select_option("#f-casualties-0-group", "civilian")
    page.select_option("#f-casualties-0-outcome", "injured")
    page.fill("#f-casualties-0-best", "2")
    page.click("form.record .save button")
    return re.search(r"/incidents/(inc-\w+)", page.url)[1]


def test_without_script_a_record_is_made_corrected_withdrawn_and_brought_back(plain, served):
    base = served[0]
    sign_in(plain, *served)
    name = record(plain, base, "Qışlaq kəndi, Füzuli")
    assert plain.locator(".good").inner_text() == "Saved as version 1: created."
    assert "Qışlaq kəndi, Füzuli" in plain.locator("main").inner_text()
    plain.click("main .actions a.button:has-text('Edit')")
    plain.select_option("#f-device", "ap_mine")
    plain.fill("#f-latitude", "39.6")
    plain.click("form.record .save button")
    assert plain.locator("#e-reason").inner_text() == "Say why the record is changed."
    assert "go together" in plain.locator("#e-latitude").inner_text()
    assert plain.locator("#f-device").input_value() == "ap_mine"
    plain.fill("#f-latitude", "")
    plain.fill("#f-reason", "Seen by a survey team")
    plain.click("form.record .save button")
    assert plain.locator(".good").inner_text() == "Saved as version 2: corrected. Device."
    plain.click("a:has-text('Verify')")
    plain.click("form.record button")
    assert "verified" in plain.locator(".good").inner_text()
    plain.click("a:has-text('Retract')")
    plain.fill("#f-reason", "Twice in the register")
    plain.click("form.record button")
    assert "retracted" in plain.locator(".good").inner_text()
    plain.click("a:has-text('Restore version 3')")
    plain.click("form.record button")
    plain.wait_for_url(f"{base}/incidents/{name}?saved=5")
    assert "anti-personnel mine" in plain.locator("main").inner_text()


def test_a_form_that_was_not_taken_is_accessible(anew, served):
    let_in(anew, *served)
    anew.goto(f"{served[0]}/incidents/new")
    anew.fill("#f-longitude", "400")
    anew.click("form.record .save button")
    assert anew.locator("[role=alert] a[href='#f-longitude']").count() == 1
    assert faults(anew) == []
    anew.click("[role=alert] a[href='#f-longitude']")
    assert anew.evaluate("document.activeElement.id") == "f-longitude"


def test_a_conflict_is_accessible_and_keeps_what_was_typed(anew, served):
    base = served[0]
    let_in(anew, *served)
    name = record(anew, base, "Seyidəhmədli")
    anew.goto(f"{base}/incidents/{name}/edit")
    other = anew.context.new_page()
    other.goto(f"{base}/incidents/{name}/edit")
    other.select_option("#f-device", "uxo")
    other.fill("#f-reason", "first")
    other.click("form.record .save button")
    other.wait_for_selector(".good")
    anew.bring_to_front()  # a page behind another is drawn once a second
    anew.select_option("#f-device", "at_mine")
    anew.fill("#f-description", "Yol kənarında")
    anew.fill("#f-reason", "second")
    anew.click("form.record .save button")
    assert "Somebody else saved version 2" in anew.locator("[role=alert]").inner_text()
    assert "unexploded ordnance" in anew.locator("section.alert").inner_text()
    assert anew.locator("#f-description").input_value() == "Yol kənarında"
    assert faults(anew) == []
    anew.click("form.record .save button")
    assert anew.locator(".good").inner_text().startswith("Saved as version 3")
    other.close()
    # The browser notes every answer that is no success.
    assert [c for c in anew.complaints if "409 (Conflict)" not in c] == []
