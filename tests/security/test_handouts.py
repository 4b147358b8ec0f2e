"""What is handed out shows what everybody may see, and says so loudly where it shows more."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from starlette.testclient import TestClient

from geodata.formats import FORMATS
from geodata.register import Register, open_register
from service.app import create_app
from service.settings import Settings
from tests.conftest import founded
from tests.paper import pages_of
from tests.security.test_leaks import LON, assert_tight, public_country, secret

WORDS = {
    "en": "NOT FOR DISTRIBUTION",
    "az": "YAYILMAQ ÜÇÜN DEYIL",
    "ru": "НЕ ДЛЯ РАСПРОСТРАНЕНИЯ",
}
MARK = "not-for-distribution"
OWN = {"Sec-Fetch-Site": "same-origin"}


def fill(register: Register) -> None:
    public_country(register)
    register.create(secret("R1"), author="leakmark-author")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("handouts") / "data"
    founded(folder, fill).close()
    return folder


@pytest.fixture(scope="module")
def app(data: Path) -> Iterator[Any]:
    register = open_register(data)
    yield create_app(Settings(data=data), register)
    register.close()


@pytest.fixture(scope="module")
def session(app: Any) -> Iterator[TestClient]:
    """A browser that an editor is signed in with."""
    key = app.state.keys.add("desk", "editor")
    with TestClient(app, headers=OWN) as client:
        assert client.post("/session", data={"key": key}).status_code == 200
        yield client


SHEETS = ("/maps/risk.pdf", "/maps/districts/XX-A.pdf", "/maps/districts.pdf")


@pytest.mark.parametrize("address", [*SHEETS, "/maps/risk.html", "/maps/embed", "/maps/risk.png"])
def test_a_session_gets_the_public_view_to_hand_out(session: TestClient, address: str) -> None:
    answer = session.get(address)
    assert answer.status_code == 200
    assert MARK not in answer.headers.get("content-disposition", "")
    assert_tight(address, answer.content)
    if address.endswith("pdf"):
        assert not any("DISTRIBUTION" in page for page in pages_of(answer.content))


@pytest.mark.parametrize(
    ("address", "lang"),
    [*((SHEETS[0], lang) for lang in WORDS), (SHEETS[1], "ru"), (SHEETS[2], "az")],
)
def test_every_page_of_a_full_sheet_says_so(session: TestClient, address: str, lang: str) -> None:
    answer = session.get(address, params={"full": "true", "lang": lang})
    assert MARK in answer.headers["content-disposition"]
    pages = pages_of(answer.content)
    assert all(WORDS[lang] in page.upper() for page in pages), pages[0][:300]


def test_a_full_page_says_so_in_each_language(session: TestClient) -> None:
    answer = session.get("/maps/risk.html?full=true&lang=ru")
    assert MARK in answer.headers["content-disposition"]
    assert '<p class="hm-not-public" data-t="not-for-distribution">Не для' in answer.text
    assert "Не для распространения" in answer.text.partition("</title>")[0]
    seen = session.get("/maps/risk")
    assert 'class="hm-not-public"' in seen.text


@pytest.mark.parametrize("key", ["json", *(k for k in FORMATS if k != "geojson")])
def test_a_download_in_a_session_is_public_and_a_full_one_marked(
    session: TestClient, tmp_path: Path, key: str
) -> None:
    address = f"/collections/incidents/items?f={key}&limit=1000"
    assert_tight(key, session.get(address).content)
    answer = session.get(f"{address}&full=true")
    assert answer.status_code == 200
    if key == "json":
        assert answer.json()["distribution"].startswith("Not for distribution")
        return
    assert MARK in answer.headers["content-disposition"]
    path = tmp_path / f"x{FORMATS[key].suffix}"
    path.write_bytes(answer.content)
    frame, layer = read(path)
    words = frame["distributi" if key == "shp" else "distribution"]
    assert words.str.startswith("Not for distribution").all()
    assert len(frame) == 6
    assert layer is None or key == "jsonl" or MARK in layer


def read(path: Path) -> tuple[Any, str | None]:
    if path.suffix == ".csv":
        return pd.read_csv(path), None
    if path.suffix == ".xlsx":
        return pd.read_excel(path), openpyxl.load_workbook(path).sheetnames[0]
    if path.suffix == ".arrows":
        return pa.ipc.open_stream(path.read_bytes()).read_all().to_pandas(), None
    if path.suffix == ".parquet":
        return gpd.read_parquet(path), None
    layers = gpd.list_layers(path)["name"]
    frames = [gpd.read_file(path, layer=name) for name in layers]
    return pd.concat(frames), str(layers[0])


def test_a_key_in_the_request_is_on_purpose_for_data_but_not_for_sheets(app: Any) -> None:
    key = app.state.keys.add("script", "analyst")
    client = TestClient(app, headers={"Authorization": f"Bearer {key}"})
    assert str(LON) in client.get("/collections/incidents/items?f=csv").text
    plain = "/collections/incidents/items?f=csv&full=false"
    assert_tight("full=false", client.get(plain).content)
    assert_tight("sheet", client.get("/maps/risk.pdf").content)


def test_the_full_view_is_for_those_who_may_see_it(app: Any) -> None:
    client = TestClient(app)
    for address in ("/maps/risk.pdf?full=true", "/collections/incidents/items?f=csv&full=true"):
        assert client.get(address).status_code == 401
    assert client.get("/maps/risk.pdf?full=perhaps").status_code == 400


COMMANDS = (
    ("map", "x.html"),
    ("map", "x.png"),
    ("map", "x.pdf"),
    ("map", "x.pdf", "--atlas"),
    ("export incidents", "x.csv"),
    ("risk", "x.csv"),
    ("surface", "x.csv"),
)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_writes_the_public_view_unless_told_otherwise(
    run: Callable[..., Any], data: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    name, file, *more = words
    target = tmp_path / file
    done = run(*name.split(), "-o", target, *more, "--data", data)
    assert done.code == 0, done.err
    assert_tight(name, target.read_bytes())
    done = run(*name.split(), "-o", target, *more, "--full", "--data", data)
    assert done.code == 0, done.err
    written = tmp_path / file.replace("x.", f"x-{MARK}.")
    assert str(written) in done.err
    content = written.read_bytes()
    if file.endswith("pdf"):
        assert all(WORDS["en"] in page.upper() for page in pages_of(content))
    elif not file.endswith("png"):
        assert "Not for distribution" in content.decode()


def test_a_file_taken_in_again_ignores_the_notice(
    run: Callable[..., Any], data: Path, tmp_path: Path
) -> None:
    run("export", "incidents", "-o", tmp_path / "x.csv", "--full", "--data", data)
    done = run("import", tmp_path / f"x-{MARK}.csv", "--dry-run", "--json", "--data", data)
    assert done.code == 0, done.err
    [report] = json.loads(done.out)["files"]
    assert report["counts"]["refused"] == 0
    assert report["counts"]["updated"] == 0
