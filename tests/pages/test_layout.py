"""Layout names no side, and holds on paper and with the reader's own colours."""

import re

from service.pages.environment import STATIC
from tests.pages.in_browser import let_in

CSS = (STATIC / "site.css").read_text()
PHYSICAL = re.compile(
    r"(?<![\w-])((margin|padding|border|inset)-(left|right)[\w-]*|(left|right)\s*:"
    r"|text-align:\s*(left|right)|float:|border-(top|bottom)-(left|right)-radius)"
)
UNEVEN = re.compile(r"(?:margin|padding|inset|border-radius):((?: +[\w.%-]+){4});")


def test_the_style_names_no_physical_side():
    assert not PHYSICAL.findall(CSS)
    for values in UNEVEN.findall(CSS):
        _, right, _, left = values.split()
        assert right == left, values


def test_paper_has_the_table_and_no_navigation(anew, served):
    anew.set_viewport_size({"width": 690, "height": 1000})
    anew.goto(f"{served[0]}/incidents")
    anew.emulate_media(media="print")
    for gone in (".masthead", ".crumbs", "form.filters", ".share"):
        assert not anew.locator(gone).first.is_visible()
    assert anew.locator("main table thead").is_visible()
    display = "getComputedStyle(document.querySelector('main tbody tr')).display"
    assert anew.evaluate(display) == "table-row", "rows stay rows on narrow paper"
    assert anew.locator(".safe").is_visible()


def test_the_readers_own_colours_still_tell_the_current_page(anew, served):
    anew.set_viewport_size({"width": 1366, "height": 768})
    anew.emulate_media(forced_colors="active")
    anew.goto(f"{served[0]}/incidents")
    colour = "(s) => getComputedStyle(document.querySelector(s)).borderBottomColor"
    current = anew.evaluate(colour, ".menu a[aria-current]")
    assert current != anew.evaluate(colour, ".menu a:not([aria-current])")


def test_nothing_moves_for_who_asked_for_less_motion(anew, served):
    anew.goto(served[0])
    scrolls = "getComputedStyle(document.documentElement).scrollBehavior"
    assert anew.evaluate(scrolls) == "auto"
    anew.emulate_media(reduced_motion="no-preference")
    assert anew.evaluate(scrolls) == "smooth"


def test_the_keyboard_never_loses_what_it_is_on(anew, served):
    """The bar with Save covers no focused field (WCAG 2.4.11)."""
    anew.set_viewport_size({"width": 390, "height": 600})
    let_in(anew, *served)
    anew.goto(f"{served[0]}/incidents/I1/edit")
    bar = anew.locator(".save").bounding_box()["height"]
    for _ in range(40):
        anew.keyboard.press("Tab")
        box = anew.evaluate(
            "(() => { const r = document.activeElement.getBoundingClientRect();"
            " return [r.top, r.bottom, !!document.activeElement.closest('.save')]; })()"
        )
        assert box[2] or box[0] < 600 - bar
