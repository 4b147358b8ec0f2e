"""What tests of pages in a real browser share."""

from service.assets import asset_path

SIZES = {"desktop": (1366, 768), "phone": (390, 844)}
RULES = "['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']"
AXE = f"axe.run({{runOnly: {RULES}, resultTypes: ['violations']}})"


def sign_in(page, base, key):
    """Sign in as people do."""
    page.goto(f"{base}/login")
    page.fill("#key", key)
    page.click("main button[type=submit]")
    page.wait_for_url(f"{base}/")


def let_in(page, base, key):
    """Sign in without opening a page, which takes a second of processor time."""
    answer = page.request.post(
        f"{base}/session", form={"key": key}, headers={"Origin": base}, max_redirects=0
    )
    assert answer.status == 303


def serious(page):
    if not page.evaluate("'axe' in window"):
        page.evaluate(asset_path("axe-core/axe.min.js").read_text() + ";0")
    found = page.evaluate(AXE)["violations"]
    return [
        (v["id"], v["nodes"][0]["html"][:200])
        for v in found
        if v["impact"] in ("serious", "critical")
    ]


def overflows(page):
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")


def faults(page):
    """What is wrong with a page at each size: serious findings, and what does not fit."""
    found = []
    for name, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        found += [(name, *one) for one in serious(page)]
        if overflows(page):
            found.append((name, "is wider than the window"))
    return found
