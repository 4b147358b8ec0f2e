"""A browser without network, and map pages opened in it from files."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from geodata.risk import RiskParameters

DESKTOP, PHONE = (1366, 768), (390, 844)


class Opened:
    """A page with what it asked for and complained of."""

    def __init__(self, page: Any) -> None:
        self.page, self.asked, self.said = page, [], []
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
        return self.page.evaluate(script)


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


@pytest.fixture(scope="module")
def _opened_once(
    browser: Any, assets: None, founding: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[tuple[int, int]], Opened]]:
    with opening(browser, tmp_path_factory.mktemp("shown") / "map.html") as opener:
        yield cache(lambda size: opener(founding, size=size))


@pytest.fixture
def shown(_opened_once: Callable[[tuple[int, int]], Opened]) -> Callable[..., Opened]:
    """The founding records' map, opened once a size, for tests that open popups at most."""

    def again(size: tuple[int, int] = DESKTOP) -> Opened:
        opened = _opened_once(size)
        opened.run("HM.map.closePopup()")
        opened.page.wait_for_selector(".leaflet-popup", state="detached")
        return opened

    return again
