"""A command or a service loads what it needs, and no heavy library more."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import founded

RUN = """
import sys
sys.argv = ["hazardmap", *{arguments!r}]
from service.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print(*sys.modules, sep="\\n", file=sys.stderr)
"""
SERVICE = {
    "affine", "alembic", "branca", "cql2", "dask", "folium", "matplotlib", "mgrs", "numpy.f2py",
    "numpy.polynomial", "numpy.testing", "openpyxl", "psycopg", "pyarrow.parquet", "pyogrio",
    "rasterio", "scipy", "spacy", "sqlalchemy", "typst",
}  # fmt: skip
RISK = SERVICE - {"scipy"} | {
    "babel", "fastapi", "jinja2", "prometheus_client", "rapidfuzz", "scipy.ndimage",
    "scipy.spatial", "uvicorn",
}  # fmt: skip
HELP = SERVICE | RISK | {
    "geopandas", "numpy", "pandas", "pyarrow", "pydantic", "pyproj",
}  # fmt: skip


def loaded_by(arguments: list[str], heavy: set[str]) -> list[str]:
    """Libraries of these that a command loads."""
    code = RUN.format(arguments=arguments)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return sorted(heavy & set(done.stderr.split()))


ROUTES = {"fastapi", "geodata.intake", "geodata.reports", "jinja2", "pydantic.v1", "service.routes"}
SERVED = """
import json, sys, time
steps, there = {}, set()

def step(name, done=None):
    global there
    steps[name] = [done, sorted(set(sys.modules) - there)]
    there = set(sys.modules)

from service.app import create_app
step("start")

from starlette.testclient import TestClient
from geodata.register import open_register
from service.settings import Settings
client = TestClient(create_app(Settings(data=sys.argv[1]), open_register(sys.argv[1])))
step("open")

for query in ("", "?limit=1&device=at_mine", "/none-of-this-id"):
    answer = client.get("/collections/incidents/items" + query)
    step(query, answer.status_code)

wrong = {"Authorization": "Bearer hm_0123456789ab_wrong", "Accept": "text/html"}
answer = client.get("/", headers=wrong)
step("refusal", [answer.status_code, answer.text[:15]])

with TestClient(create_app(Settings(data=sys.argv[2], empty=True, prepare=False))):
    until = time.monotonic() + 30
    while "service.routes" not in sys.modules and time.monotonic() < until:
        time.sleep(0.02)
step("soon")
print(json.dumps(steps))
"""
Steps = dict[str, tuple[object, list[str]]]


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> Steps:
    """What a service answered step by step, and what was loaded with each step."""
    folders = [tmp_path_factory.mktemp(name) for name in ("held", "new")]
    founded(folders[0]).close()
    done = subprocess.run(
        [sys.executable, "-c", SERVED, *map(str, folders)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: Steps = json.loads(done.stdout)
    return found


def test_the_service_starts_without_what_only_some_requests_need(steps: Steps) -> None:
    loaded = {*steps["start"][1], *steps["open"][1]}
    assert "pandas" in loaded
    assert not loaded & (SERVICE | ROUTES | {"babel"})


@pytest.mark.parametrize(
    ("path", "status"), [("", 200), ("?limit=1&device=at_mine", 200), ("/none-of-this-id", 404)]
)
def test_the_first_features_are_given_before_the_routes_are_there(
    steps: Steps, path: str, status: int
) -> None:
    answered, loaded = steps[path]
    assert answered == status
    assert not ROUTES & set(loaded)


def test_a_refusal_before_the_routes_are_there_is_a_page_all_the_same(steps: Steps) -> None:
    answered, loaded = steps["refusal"]
    assert answered == [401, "<!DOCTYPE html>"]
    assert ROUTES & set(loaded) == {"jinja2"}


def test_a_service_loads_its_routes_soon_though_nobody_asks(steps: Steps) -> None:
    assert "fastapi" in steps["soon"][1]


def test_help_loads_no_library_but_the_command_lines() -> None:
    assert not loaded_by(["--help"], HELP)


def test_the_risk_of_a_register_that_is_there_loads_no_web_words_or_migrations(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAZARDMAP_DATA", str(tmp_path / "data"))
    founded(tmp_path / "data").close()
    assert loaded_by(["risk", "-o", str(tmp_path / "risk.csv")], RISK | {"pandas"}) == ["pandas"]
