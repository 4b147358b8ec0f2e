"""Makes the pictures of the README and docs/gallery.md from the program itself.

``make gallery`` opens the bundled register in a temporary folder, renders the map and
opens it in Chromium without network, prints the sheets, takes pictures of the served
pages, and writes docs/images/*.png and docs/gallery.md.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image
from playwright.sync_api import sync_playwright

TOP = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOP))

from geodata.register import open_register  # noqa: E402
from geodata.risk import RiskParameters  # noqa: E402
from service.maps.page import render_page  # noqa: E402
from service.print.sheets import print_district, print_risk_map  # noqa: E402
from tests import needs  # noqa: E402
from tests.live import served  # noqa: E402

IMAGES = TOP / "docs" / "images"
DESKTOP, PHONE = (1366, 768), (390, 844)
AGHDAM = "HM.data.districts.findIndex(d => d.id === 'AZ-AGM')"


class Shot(NamedTuple):
    """One picture of the map: how it is opened, what is done, what it shows."""

    name: str
    size: tuple[int, int]
    lang: str
    script: str
    caption: str


MAPS = (
    Shot("risk-map", DESKTOP, "en", "0", "The risk map, opened from a file without network."),
    Shot("risk-map-district", DESKTOP, "en", f"HM.openDistrict({AGHDAM})",
         "A district: its numbers with their intervals, and how they are computed."),
    Shot("risk-map-surface", DESKTOP, "en", "HM.showLayer('surface', true)",
         "The risk surface: what is known only by district is spread over its district."),
    Shot("risk-map-az", DESKTOP, "az", "HM.showLayer('operations', true)",
         "In Azerbaijani, with the operations."),
    Shot("risk-map-phone", PHONE, "ru", "0", "On a phone, in Russian."),
)  # fmt: skip
PAGES = (
    Shot("overview", DESKTOP, "en", "/", "The overview that a browser gets at the root."),
    Shot("district-page", DESKTOP, "en", "/districts/AZ-TAR",
         "A district's page: incidents, trend, and the number unfolded."),
    Shot("incident-phone", PHONE, "az", "/incidents/I1?lang=az",
         "An incident on a phone: how exact place and date are, and on which words it rests."),
)  # fmt: skip
SHEETS = (
    ("risk-sheet", "The map to print, A4 (`/maps/risk.pdf`, `.png`)."),
    ("district-sheet", "A district's sheet to print (`/maps/districts/{id}.pdf`)."),
)


def shoot(browser: Any, shot: Shot, address: str, *, offline: bool) -> None:
    """Open one address and take one picture of it."""
    context = browser.new_context(
        viewport={"width": shot.size[0], "height": shot.size[1]}, locale="en-GB"
    )
    opened = context.new_page()
    if offline:
        opened.route("**/*", lambda r: r.continue_() if r.request.url[:5] == "file:" else r.abort())
    opened.goto(address)
    if offline:
        opened.wait_for_selector("body[data-ready=true]")
        opened.evaluate(f"(() => {{ {shot.script} }})()")
    opened.screenshot(path=IMAGES / f"{shot.name}.png")
    context.close()


def lighter(path: Path) -> None:
    """Store a picture smaller; all its colours stay, for a legend must not change."""
    with Image.open(path) as picture:
        plain = picture.convert("RGB")
    plain.save(path, optimize=True)
    sys.stdout.write(f"{path.relative_to(TOP)}  {path.stat().st_size / 1000:.0f} kB\n")


def write_page() -> None:
    """Write docs/gallery.md."""
    rows = [(shot.name, shot.caption) for shot in (*MAPS, *PAGES)] + list(SHEETS)
    parts = ["# Gallery", "Made by `make gallery` from the bundled data; nothing is drawn by hand."]
    parts += [f"{caption}\n\n![{caption}](images/{name}.png)" for name, caption in rows]
    (TOP / "docs" / "gallery.md").write_text("\n\n".join(parts) + "\n", "utf-8")


def main() -> None:
    """Write all pictures and the page that shows them."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        register = open_register(folder / "data")
        snapshot, bare = register.snapshot().public(), RiskParameters()
        (IMAGES / "risk-sheet.png").write_bytes(print_risk_map(snapshot, bare, kind="png"))
        sheet = print_district(snapshot, bare, "AZ-TAR", kind="png")
        (IMAGES / "district-sheet.png").write_bytes(sheet)
        browser = playwright.chromium.launch(
            executable_path=needs.browser(), args=needs.CHROMIUM_FLAGS
        )
        for shot in MAPS:
            page = folder / f"{shot.name}.html"
            page.write_text(render_page(snapshot, bare, lang=shot.lang).html, "utf-8")
            shoot(browser, shot, page.as_uri(), offline=True)
        with served(folder / "data") as base:
            for shot in PAGES:
                shoot(browser, shot, base + shot.script, offline=False)
        browser.close()
        register.close()
    for path in sorted(IMAGES.glob("*.png")):
        lighter(path)
    write_page()


if __name__ == "__main__":
    main()
