"""A browser without network, and map pages opened in it from files."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from geodata.risk import RiskParameters

DESKTOP, PHONE = (1366, 768), (390, 844)


class Opened:
    """A page with what it asked for and complained of."""

    def __init__(self, page: Any) -> None:
        self.page, self.asked, self.said = page, [], []
        self.first = ""  # the address once it was opened
        page.on("console", lambda m: m.type in ("error", "warning") and self.said.append(m.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.route("**/*", self._only_files)

    def _only_files(self, route: Any) -> None:
        address = route.request.url
        if address.startswith("file:"):
            route.continue_()
        else:
            self.asked.append(address)
            route.abort()

    def run(self, script: str) -> Any:
        """Give the value of a script."""
        return self.page.evaluate(script)

    def do(self, script: str) -> None:
        """Run an expression whose value is not wanted: it may be the map with all that it holds."""
        self.page.evaluate(f"(async () => {{ await ({script}) }})()")


@contextmanager
def opening(browser: Any, path: Path) -> Iterator[Callable[..., Opened]]:
    """Render snapshots' maps to a file, and open each in a browser of its own until the end."""
    from service.maps.page import render_risk_map

    contexts = []

    def opener(
        snapshot: Any, *, size: tuple[int, int] = DESKTOP, fragment: str = "", **options: Any
    ) -> Opened:
        parameters = options.pop("parameters", RiskParameters())
        path.write_text(render_risk_map(snapshot, parameters, **options), "utf-8")
        context = browser.new_context(viewport={"width": size[0], "height": size[1]})
        contexts.append(context)
        opened = Opened(context.new_page())
        opened.page.goto(f"{path.as_uri()}{fragment}")
        opened.page.wait_for_selector("body[data-ready=true]")
        return opened

    yield opener
    for context in contexts:
        context.close()


@pytest.fixture
def open_map(browser: Any, assets: None, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """Open a snapshot's map anew."""
    with opening(browser, tmp_path / "map.html") as opener:
        yield opener


# As it was opened: the address says view, language, layers, filters and days.
PUT_BACK = """
(first) => {
  HM.map.closePopup();
  HM.closeTable();
  document.getElementById("hm-coords").hidden = true;
  document.body.classList.remove("hm-open");
  const legend = document.getElementById("hm-legend");
  if (legend.classList.contains("open")) document.getElementById("hm-legend-toggle").click();
  if (document.activeElement) document.activeElement.blur();
  if (location.hash === first) return;
  history.replaceState(null, "", first);
  window.dispatchEvent(new HashChangeEvent("hashchange"));
}
"""


@pytest.fixture(scope="module")
def _opened_once(
    browser: Any, assets: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[Any, tuple[int, int]], Opened]]:
    with opening(browser, tmp_path_factory.mktemp("shown") / "map.html") as opener:
        held: dict[tuple[int, tuple[int, int]], Opened] = {}

        def once(snapshot: Any, size: tuple[int, int]) -> Opened:
            key = (id(snapshot), size)
            if key not in held:
                held[key] = opener(snapshot, size=size)
                held[key].first = held[key].run("location.hash")
            return held[key]

        yield once


@pytest.fixture
def shown(
    _opened_once: Callable[[Any, tuple[int, int]], Opened], founding: Any
) -> Callable[..., Opened]:
    """A snapshot's map (the founding records'), opened once a size and put back for each test.

    For tests that leave the page's own functions and texts alone; others open theirs.
    """

    def again(size: tuple[int, int] = DESKTOP, of: Any = founding) -> Opened:
        opened = _opened_once(of, size)
        opened.page.emulate_media(media="null", reduced_motion="null")
        opened.page.evaluate(PUT_BACK, opened.first)
        opened.page.wait_for_selector(".leaflet-popup", state="detached")
        return opened

    return again
