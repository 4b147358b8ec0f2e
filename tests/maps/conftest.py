"""A browser without network, and map pages opened in it from files."""

from collections.abc import Callable, Iterator
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


@pytest.fixture
def open_map(browser: Any, assets: None, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """Render a snapshot's map, write it to a file, and open it in the browser."""
    from service.maps.page import render_risk_map

    contexts = []

    def opener(
        snapshot: Any, *, size: tuple[int, int] = DESKTOP, fragment: str = "", **options: Any
    ) -> Opened:
        parameters = options.pop("parameters", RiskParameters())
        path = tmp_path / "map.html"
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
