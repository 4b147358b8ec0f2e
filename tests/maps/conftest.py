"""A browser without network, and map pages opened in it from files.

A context of the browser takes more than a second of processor time, a page in it nearly one: tests
share them, and each opens a file of its own.
"""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
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


class Maps:
    """Snapshots' maps, rendered to files and opened in pages of one context."""

    def __init__(self, browser: Any, folder: Path) -> None:
        self._context = browser.new_context()
        self._folder = folder
        self._numbers = count()
        self._front: Opened | None = None

    def page(self) -> Opened:
        self._front = Opened(self._context.new_page())
        return self._front

    def to_front(self, opened: Opened) -> None:
        """Let a page be drawn at once: the browser draws those behind another once a second."""
        if self._front is not opened:
            opened.page.bring_to_front()
        self._front = opened

    def open(
        self,
        opened: Opened,
        snapshot: Any,
        *,
        size: tuple[int, int] = DESKTOP,
        fragment: str = "",
        **options: Any,
    ) -> Opened:
        from service.maps.page import render_page

        parameters = options.pop("parameters", RiskParameters())
        path = self._folder / f"map{next(self._numbers)}.html"
        path.write_text(render_page(snapshot, parameters, **options).html, "utf-8")
        self.to_front(opened)
        opened.asked.clear()
        opened.said.clear()
        opened.page.set_viewport_size({"width": size[0], "height": size[1]})
        opened.page.goto(f"{path.as_uri()}{fragment}")
        opened.page.wait_for_selector("body[data-ready=true]")
        return opened


@pytest.fixture(scope="module")
def maps(browser: Any, assets: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maps]:
    """One context for the maps of a file of tests."""
    made = Maps(browser, tmp_path_factory.mktemp("shown"))
    yield made
    made._context.close()


@pytest.fixture(scope="module")
def _one_page(maps: Maps) -> Opened:
    return maps.page()


@pytest.fixture
def open_map(maps: Maps, _one_page: Opened) -> Callable[..., Opened]:
    """Open a snapshot's map anew, in the page of the map opened before."""
    return partial(maps.open, _one_page)


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
def _opened_once(maps: Maps) -> Callable[[Any, tuple[int, int]], Opened]:
    held: dict[tuple[int, tuple[int, int]], Opened] = {}

    def once(snapshot: Any, size: tuple[int, int]) -> Opened:
        key = (id(snapshot), size)
        if key not in held:
            held[key] = maps.open(maps.page(), snapshot, size=size)
            held[key].first = held[key].run("location.hash")
        return held[key]

    return once


@pytest.fixture
def shown(
    _opened_once: Callable[[Any, tuple[int, int]], Opened], maps: Maps, founding: Any
) -> Callable[..., Opened]:
    """A snapshot's map (the founding records'), opened once a size and put back for each test.

    For tests that leave the page's own functions and texts alone; others open theirs.
    """

    def again(size: tuple[int, int] = DESKTOP, of: Any = founding) -> Opened:
        opened = _opened_once(of, size)
        maps.to_front(opened)
        opened.page.emulate_media(media="null", reduced_motion="null")
        opened.page.evaluate(PUT_BACK, opened.first)
        opened.page.wait_for_selector(".leaflet-popup", state="detached")
        return opened

    return again
