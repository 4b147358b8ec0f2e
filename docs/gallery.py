"""Makes the pictures of the README and the documentation from the program itself.

``python docs/gallery.py`` opens the bundled register in a temporary folder, renders the
map, opens it in Chromium without network, and writes docs/images/*.png.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

TOP = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOP))

from geodata.register import open_register  # noqa: E402
from geodata.risk import RiskParameters  # noqa: E402
from service.maps.page import render_risk_map  # noqa: E402
from service.maps.print_district import print_district  # noqa: E402
from service.maps.print_risk import print_risk_map  # noqa: E402

IMAGES = TOP / "docs" / "images"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
DESKTOP, PHONE = (1366, 768), (390, 844)
DISTRICT = "HM.openDistrict(HM.data.districts.findIndex(d => d.id === 'AZ-AGM'))"
VIEWS = {
    "risk-map": (DESKTOP, "en", "0"),
    "risk-map-district": (DESKTOP, "en", DISTRICT),
    "risk-map-az": (DESKTOP, "az", "HM.showLayer('operations', true)"),
    "risk-map-phone": (PHONE, "ru", "0"),
}
"""Picture → window, language, and what to do before it is taken."""


def shoot(browser: Any, page: Path, name: str, size: tuple[int, int], script: str) -> None:
    """Open a page from its file and take one picture of it."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    opened = context.new_page()
    opened.route("**/*", lambda r: r.continue_() if r.request.url[:5] == "file:" else r.abort())
    opened.goto(page.as_uri())
    opened.wait_for_selector("body[data-ready=true]")
    opened.evaluate(script)
    opened.screenshot(path=IMAGES / f"{name}.png")
    context.close()


def main() -> None:
    """Write all pictures."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        register = open_register(Path(folder) / "data")
        snapshot, bare = register.snapshot(), RiskParameters()
        (IMAGES / "risk-sheet.png").write_bytes(print_risk_map(snapshot, bare, kind="png"))
        sheet = print_district(snapshot, bare, "AZ-TAR", kind="png")
        (IMAGES / "district-sheet.png").write_bytes(sheet)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name, (size, lang, script) in VIEWS.items():
            page = Path(folder) / f"{name}.html"
            page.write_text(render_risk_map(snapshot, bare, lang=lang), "utf-8")
            shoot(browser, page, name, size, script)
        browser.close()
        register.close()
    for path in sorted(IMAGES.glob("*.png")):
        with Image.open(path) as picture:
            # All colours stay: fewer would give the legend's rare classes a wrong one.
            lighter = picture.convert("RGB")
        lighter.save(path, optimize=True)
        size_kb = path.stat().st_size / 1000
        sys.stdout.write(f"{path.relative_to(TOP)}  {size_kb:.0f} kB\n")


if __name__ == "__main__":
    main()
