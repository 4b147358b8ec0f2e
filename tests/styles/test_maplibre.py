"""MapLibre draws the styles as they come, from the service's tiles and sprite."""

import functools
import io
import itertools
import json
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from service.app import create_app
from service.assets import asset_path
from service.drawing.palette import CLASS_COLOURS, PATTERNS
from service.settings import Settings
from tests.conftest import founded
from tests.live import answering, threaded
from tests.needs import CHROMIUM_FLAGS

# WebGL by software; the usual flags switch it off.
FLAGS = [flag for flag in CHROMIUM_FLAGS if flag != "--disable-gpu"]
FLAGS += ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
PAGE = """<!doctype html><link rel="stylesheet" href="/maplibre-gl/dist/maplibre-gl.css">
<script type="importmap">{"imports": {"fflate": "/fflate/esm/browser.js"}}</script>
<div id="map" style="width: 700px; height: 500px"></div><script type="module">
import * as maplibre from "/maplibre-gl/dist/maplibre-gl.mjs";
import { Protocol } from "/pmtiles/dist/esm/index.js";
maplibre.addProtocol("pmtiles", new Protocol().tile);
const map = window.map = new maplibre.Map({ container: "map", fadeDuration: 0,
  bounds: [[44.7, 38.3], [50.7, 42]], style: { version: 8, sources: {}, layers: [] } });
window.draw = (style) => new Promise((done) => {
  map.once("error", (e) => done(String(e.error)));
  map.once("style.load", () => map.once("idle", () => done("")));
  map.setStyle(style, { diff: false });
});
map.once("load", () => { window.loaded = true; });
</script>"""


class Site(SimpleHTTPRequestHandler):
    """The library's files, and a page with a map that draws one style after the other."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {".mjs": "text/javascript"}

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Give the page or a file."""
        if self.path != "/":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(PAGE.encode())


@pytest.fixture(scope="module")
def site(assets: None) -> Iterator[str]:
    folder = asset_path("maplibre-gl/dist/maplibre-gl.mjs").parents[2]
    with answering(functools.partial(Site, directory=str(folder))) as address:
        yield address


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("maplibre")
    register = founded(folder)
    with threaded(create_app(Settings(data=folder), register)) as found:
        yield found
    register.close()


@pytest.fixture(scope="module")
def page(browser: Any, site: str) -> Iterator[Any]:
    opened = browser.browser_type.launch(executable_path="/usr/bin/chromium", args=FLAGS)
    page = opened.new_page(viewport={"width": 720, "height": 520})
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(site)
    page.wait_for_function("window.loaded")
    yield page
    opened.close()


def colours(page: Any, style: Any) -> set[str]:
    from PIL import Image

    assert page.evaluate("(style) => draw(style)", style) == ""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    counted = picture.getcolors(2**24) or []
    return {"#{:02x}{:02x}{:02x}".format(*colour) for _, colour in counted}


@pytest.fixture(scope="module")
def painted(page: Any, address: str) -> Callable[[str], set[str]]:
    """Colours of a layer in its style, which is drawn once."""
    return functools.cache(lambda layer: colours(page, f"{address}/styles/{layer}"))


def test_districts_have_the_classes_and_the_hatching_of_the_map(
    painted: Callable[[str], set[str]],
) -> None:
    found = painted("risk")
    assert found & {*CLASS_COLOURS}
    assert PATTERNS["no_information"].paper in found


@pytest.mark.parametrize("layer", ["forecast", "incidents", "operations", "districts"])
def test_every_style_loads_without_an_error(painted: Callable[[str], set[str]], layer: str) -> None:
    assert painted(layer)


@pytest.mark.parametrize("layer", ["risk", "places"])
def test_names_are_drawn_in_the_readers_own_fonts(
    page: Any, painted: Callable[[str], set[str]], site: str, address: str, layer: str
) -> None:
    plain = painted(layer)
    named = colours(page, f"{address}/styles/{layer}?f=maplibre")
    assert len(named) > len(plain)
    drawn = page.evaluate(
        f"map.queryRenderedFeatures({{layers: ['{layer}-names']}}).map(f => f.properties.name)"
    )
    assert len(set(drawn)) > 20
    assert all(url.startswith((site, address, "data:", "blob:")) for url in page.asked)


def test_one_file_of_tiles_is_drawn_alike(page: Any, address: str) -> None:
    with urlopen(f"{address}/styles/risk") as answer:
        style = json.load(answer)
    file = f"{address}/collections/risk/items?f=pmtiles"
    style["sources"]["risk"] = {"type": "vector", "url": f"pmtiles://{file}"}
    found = colours(page, style)
    assert found & {*CLASS_COLOURS}
    assert PATTERNS["no_information"].paper in found


def test_every_style_is_valid_by_the_specification(address: str, tmp_path: Path) -> None:
    import subprocess
    from urllib.request import urlretrieve

    from service.styles import STYLED

    check = asset_path("@maplibre/maplibre-gl-style-spec/package.json")
    program = check.parents[2] / ".bin" / "gl-style-validate"
    files = []
    for layer, form in itertools.product(STYLED, ("mapbox", "maplibre")):
        files.append(tmp_path / f"{layer}-{form}.json")
        urlretrieve(f"{address}/styles/{layer}?f={form}", files[-1])
    done = subprocess.run([program, *files], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
