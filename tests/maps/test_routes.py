"""The maps over HTTP: types, refusals, caching, frames; and from the command line."""

from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

from geodata.errors import NotFound
from service import assets
from tests.conftest import founded

pytestmark = pytest.mark.usefixtures("assets")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/maps/risk", "text/html; charset=utf-8"),
        ("/maps/risk.html", "text/html; charset=utf-8"),
        ("/maps/embed", "text/html; charset=utf-8"),
        ("/maps/risk.png", "image/png"),
        ("/maps/risk.pdf?size=A3", "application/pdf"),
        ("/maps/forecast.png", "image/png"),
        ("/maps/forecast.pdf?horizon-days=30", "application/pdf"),
        ("/maps/districts/AZ-AGM.pdf?lang=az", "application/pdf"),
        ("/maps/districts/AZ-AGM.pdf?size=a3", "application/pdf"),
        ("/maps/districts.pdf", "application/pdf"),
        ("/maps/districts.pdf?districts=AZ-AGM,AZ-LAC&size=A3&lang=ru", "application/pdf"),
    ],
)
def test_each_form_of_the_map_is_served_and_cached(reading: Any, path: str, kind: str) -> None:
    answer = reading.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == kind
    again = reading.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/maps/risk?colour=red", 400),
        ("/maps/risk?weight=tons", 400),
        ("/maps/risk?lang=xx", 400),
        ("/maps/risk?period=2021-13-01", 400),
        ("/maps/risk.pdf?size=A0", 400),
        ("/maps/districts.pdf?forecast=perhaps", 400),
        ("/maps/risk?size=A4", 400),
        ("/maps/districts/XX-1.pdf", 404),
        ("/maps/districts/AZ-AGM.pdf?size=A5", 400),
        ("/maps/districts.pdf?size=letter", 400),
        ("/maps/districts.pdf?districts=AZ-AGM,XX-1", 400),
        ("/maps/districts.pdf?districts=,", 400),
        ("/maps/districts.pdf?page=2", 400),
    ],
)
def test_what_is_not_understood_is_refused(reading: Any, path: str, status: int) -> None:
    answer = reading.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_parameters_change_the_map_and_its_tag(reading: Any) -> None:
    plain, killed = reading.get("/maps/risk"), reading.get("/maps/risk?weight=killed")
    assert plain.headers["etag"] != killed.headers["etag"]
    assert '"weight":"killed"' in killed.text


def test_only_the_frame_may_stand_in_other_pages(reading: Any) -> None:
    assert "frame-ancestors *" in reading.get("/maps/embed").headers["content-security-policy"]
    assert "x-frame-options" not in reading.get("/maps/embed").headers
    assert "frame-ancestors 'self'" in reading.get("/maps/risk").headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/maps/risk", "/maps/embed", "/methods"])
def test_what_a_browser_has_keeps_the_policy_that_it_came_with(reading: Any, path: str) -> None:
    """A browser writes the headers of a 304 over those of the page that it has."""
    first = reading.get(path, headers={"Accept": "text/html"})
    known = {"Accept": "text/html", "If-None-Match": first.headers["etag"]}
    again = reading.get(path, headers=known)
    assert again.status_code == 304
    for name in ("content-security-policy", "x-frame-options"):
        kept = {**first.headers, **again.headers}
        assert kept.get(name) == first.headers.get(name)


def test_the_download_is_a_file_and_the_language_follows_the_browser(reading: Any) -> None:
    answer = reading.get("/maps/risk.html", headers={"Accept-Language": "ru"})
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-language"] == "ru"
    assert '<html lang="ru"' in answer.text


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A data directory with the founding records, which the command only reads."""
    folder = tmp_path_factory.mktemp("mapped") / "data"
    founded(folder).close()
    return str(folder)


@pytest.mark.parametrize(("suffix", "start"), [("html", b"<!DOCTYPE html>"), ("pdf", b"%PDF")])
def test_the_command_writes_the_map(data: str, tmp_path: Path, suffix: str, start: bytes) -> None:
    from service.cli import app

    target = tmp_path / f"map.{suffix}"
    words = ["map", "-o", str(target), "--data", data, "--lang", "ru"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert target.read_bytes().startswith(start)


@pytest.mark.parametrize(
    ("suffix", "words", "pages"),
    [
        ("pdf", ["--district", "AZ-AGM", "--size", "A3"], 1),
        ("pdf", ["--district", "AZ-AGM,AZ-TAR"], 3),
        ("pdf", ["--atlas"], 4),
        ("pdf", ["--atlas", "--forecast"], 5),
        ("pdf", ["--forecast", "--horizon-days", "30", "--cell-km", "20"], 1),
        ("png", ["--district", "AZ-AGM"], 0),
    ],
)
def test_the_command_writes_sheets(
    data: str, tmp_path: Path, suffix: str, words: list[str], pages: int
) -> None:
    from service.cli import app

    target = tmp_path / f"map.{suffix}"
    start = ["map", "-o", str(target), "--data", data]
    done = CliRunner().invoke(app, [*start, *words])
    assert done.exit_code == 0, done.output
    if pages:
        assert len(PdfReader(target).pages) == pages
    else:
        assert target.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("map.html", ["--district", "AZ-AGM"]),
        ("map.png", ["--atlas"]),
        ("map.png", ["--district", "AZ-AGM,AZ-TAR"]),
        ("map.pdf", ["--size", "A5"]),
        ("map.pdf", ["--forecast", "--district", "AZ-AGM"]),
        ("map.html", ["--forecast"]),
    ],
)
def test_the_command_refuses_what_does_not_go_together(
    tmp_path: Path, name: str, words: list[str]
) -> None:
    from service.cli import app

    assert CliRunner().invoke(app, ["map", "-o", str(tmp_path / name), *words]).exit_code == 2


def test_the_command_refuses_other_files(tmp_path: Path) -> None:
    from service.cli import app

    assert CliRunner().invoke(app, ["map", "-o", str(tmp_path / "map.gif")]).exit_code == 2


def test_missing_assets_say_what_to_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(assets, "folders", lambda: [tmp_path])
    with pytest.raises(NotFound, match="python -m service"):
        assets.asset_path("leaflet/dist/leaflet.js")


def test_a_second_set_up_fetches_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    done = tmp_path / "node_modules" / ".fetched"
    done.parent.mkdir()
    done.write_bytes((assets.TOP / "package-lock.json").read_bytes())

    def never(*_: object) -> None:
        raise AssertionError("it ran npm")

    monkeypatch.setattr(assets, "_run", never)
    assert assets.fetch(tmp_path) == tmp_path


def test_the_lock_names_no_addresses() -> None:
    text = (assets.TOP / "package-lock.json").read_text("utf-8")
    assert "://" not in text
    assert text.count('"integrity"') >= 6
