"""What tests of pages in a real browser share."""

from service.assets import asset_path

SIZES = {"desktop": (1366, 768), "phone": (390, 844)}
AXE = "axe.run({runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']})"


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
