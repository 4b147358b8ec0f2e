"""A reviewer's path from a pasted report to an incident on the map, by mouse and by keys."""

import httpx2
import pytest

from tests.pages.conftest import _one_page, anew, opened, served  # noqa: F401 - fixtures
from tests.pages.in_browser import let_in, overflows, serious

TEXT = (
    "Officials met in Baku on Friday to discuss demining.\n\n"
    "A shepherd was killed and his son was injured when an anti-personnel mine exploded near the "
    "village of Sarijali in Aghdam district on June 2, prosecutors said. Since November 2020 more "
    "than 300 people have been killed or wounded by mines, the ministry said."
)


@pytest.fixture(scope="module")
def known(served):  # noqa: F811
    """An incident that the report may tell of."""
    base, key = served
    told = {"date_start": "2023-06-02", "date_end": "2023-06-02", "killed": 1, "injured": 1}
    feature = {"type": "Feature", "geometry": None, "properties": told | {"districts": "AZ-AGM:1"}}
    answer = httpx2.post(
        f"{base}/collections/incidents/items",
        json=feature,
        headers={"Authorization": f"Bearer {key}"},
    )
    assert answer.status_code == 201


@pytest.fixture
def page(opened, served, known):  # noqa: F811
    let_in(opened, *served)
    yield opened
    assert not opened.complaints


def file(page, base, text=TEXT):
    page.goto(f"{base}/reports")
    form = page.locator("#file-report")
    if form.get_attribute("open") is None:
        form.locator("summary").click()
    page.fill("#r-text", text)
    page.fill("#r-published", "2023-06-03")
    page.fill("#r-publisher", "A paper")
    page.click("#report-form .save button")
    page.wait_for_selector("#review")


def test_from_paste_to_the_map(page, served):  # noqa: F811
    base = served[0]
    file(page, base)
    assert serious(page) == []
    assert not overflows(page)
    marks = page.locator("#report-text mark").all_inner_texts()
    assert any("June 2" in text for text in marks)
    page.check("input[name=into][value='']")
    page.keyboard.press("a")
    page.wait_for_selector(".state-accepted")
    name = page.locator(".state-accepted a[href*='/incidents/']").inner_text()
    page.goto(f"{base}/incidents/{name}")
    words = page.locator("q").all_inner_texts()
    assert any("June 2" in text for text in words)
    # Undone by a key; the record is retracted, its history stays.
    page.go_back()
    page.goto(page.url.split("?")[0] + "?candidate=0")
    page.keyboard.press("u")
    page.wait_for_selector("#decide")
    assert page.locator(".state-accepted").count() == 0


def test_selected_words_are_evidence_and_a_draft_is_lost_with_neither_connection_nor_page(
    page,
    served,  # noqa: F811
):
    base = served[0]
    file(page, base, TEXT.replace("June 2", "June 1"))
    page.locator("#values summary").click()
    page.fill("#f-description", "Typed before the connection dropped")
    page.evaluate(
        """() => {
          const walker = document.createTreeWalker(document.getElementById("report-text"), 4);
          while (walker.nextNode()) {
            const at = walker.currentNode.data.indexOf("prosecutors");
            if (at < 0) continue;
            const range = document.createRange();
            range.setStart(walker.currentNode, at);
            range.setEnd(walker.currentNode, at + "prosecutors".length);
            getSelection().removeAllRanges();
            getSelection().addRange(range);
            return;
          }
        }"""
    )
    page.select_option("#mark-field", "note")
    page.click("#mark-words button[type=submit]")
    assert page.locator("#f-note").input_value() == "prosecutors"
    page.context.set_offline(True)
    page.click("#decide .save button")
    assert "nothing is lost" in page.locator(".told-here").inner_text()
    page.context.set_offline(False)
    page.reload()
    assert page.locator("#f-description").input_value() == "Typed before the connection dropped"
    assert page.locator("#f-note").input_value() == "prosecutors"
    page.check("input[name=into][value='']")
    page.click("#decide .save button")
    page.wait_for_selector(".state-accepted")
    name = page.locator(".state-accepted a[href*='/incidents/']").first.inner_text()
    page.goto(f"{base}/incidents/{name}")
    row = page.locator("tr", has_text="prosecutors")
    assert row.count() >= 1
