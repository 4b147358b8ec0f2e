"""The map in a phone's browser, beside a plain Folium map of the same data.

``python benchmarks/browser.py`` opens both from files at 390 x 844 with the processor
slowed down four times and without network. Leaflet is handed to the plain map, whose
other scripts and styles are answered empty: that flatters it. For each it prints the
file's size, the requests to other hosts, and the time until it can be used: for ours the
page's own mark, for the plain map its first frame after all scripts have run.
"""

import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import folium
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from geodata.districts import load_districts
from geodata.risk import RiskParameters
from geodata.risk.of_snapshot import risk_view
from service.assets import asset_path
from service.maps.page import render_page
from tests import needs
from tests.maps.snapshots import FakeSnapshot, many_incidents

SLOWER = 4
RUNS = 3
PAINTED = "() => new Promise(r => requestAnimationFrame(() => setTimeout(r, 0)))"


def plain_map(snapshot: Any) -> str:
    """Draw the same data as the documentation of Folium would: choropleth and markers."""
    view = risk_view(snapshot, RiskParameters())
    drawn = folium.Map(location=(40.3, 47.7), zoom_start=7, tiles=None)
    table = view.risk.merge(
        view.districts[["district_id", "geometry"]], on="district_id", suffixes=("", "_shape")
    )
    folium.Choropleth(
        geo_data=view.districts[["district_id", "name", "geometry"]].to_json(),
        data=table,
        columns=["district_id", "density"],
        key_on="feature.properties.district_id",
        fill_color="YlOrBr",
    ).add_to(drawn)
    for row in view.incidents[view.incidents.geometry.notna()].itertuples():
        text = f"{row.date_start:%Y-%m-%d}<br>{row.place_as_reported}<br>{row.description}"
        folium.CircleMarker(
            (row.geometry.y, row.geometry.x), radius=5, popup=f"{text}<br>{row.sources}"
        ).add_to(drawn)
    return drawn.get_root().render()


class Measured:
    """What one opening of a page cost."""

    def __init__(self, browser: Any, path: Path, mark: str | None) -> None:
        self.asked = 0
        context = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True)
        page = context.new_page()
        page.route("**/*", self._answer)
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.goto(path.as_uri(), wait_until="load")
        if mark:
            page.wait_for_function(f"performance.getEntriesByName('{mark}').length")
            spent = page.evaluate(f"performance.getEntriesByName('{mark}')[0].startTime")
        else:
            page.evaluate(PAINTED)
            spent = page.evaluate("performance.now()")
        self.seconds = spent / 1000
        context.close()

    def _answer(self, route: Any) -> None:
        address = route.request.url
        if address.startswith("file:"):
            route.continue_()
            return
        self.asked += 1
        if address.endswith("leaflet.js"):
            route.fulfill(path=asset_path("leaflet/dist/leaflet.js"))
        elif address.endswith("leaflet.css"):
            route.fulfill(path=asset_path("leaflet/dist/leaflet.css"))
        else:
            route.fulfill(body="", content_type="text/plain")


def main() -> None:
    """Print one line a map and size, and the ratios."""
    districts = load_districts()
    sizes = [int(n) for n in sys.argv[1:]] or [5, 1_000, 20_000]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=needs.browser(), args=needs.CHROMIUM_FLAGS
        )
        for count in sizes:
            snapshot = FakeSnapshot(districts, many_incidents(districts, count))
            pages = {
                "hazardmap": (render_page(snapshot, RiskParameters()).html, "hm-usable"),
                "plain Folium": (plain_map(snapshot), None),
            }
            for name, (html, mark) in pages.items():
                path = Path(folder) / "map.html"
                path.write_text(html, "utf-8")
                opened = [Measured(browser, path, mark) for _ in range(RUNS)]
                spent = statistics.median(o.seconds for o in opened)
                size = path.stat().st_size / 1e6
                print(
                    f"{count:>6} incidents  {name:<12}  {size:6.2f} MB  "
                    f"{opened[0].asked:2d} requests  {spent:5.2f} s until usable"
                )
        browser.close()


if __name__ == "__main__":
    main()
