"""A command or a service loads what it needs, and no heavy library more."""

import subprocess
import sys
from pathlib import Path

import pytest

SHOW = "\nimport sys; print(*sys.modules, sep='\\n', file=sys.stderr)"
RUN = """
import sys
sys.argv = ["hazardmap", *{arguments!r}]
from service.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
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


def loaded_by(code: str, heavy: set[str]) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", code + SHOW], capture_output=True, text=True, check=True
    )
    return sorted(heavy & set(done.stderr.split()))


ROUTES = {"fastapi", "geodata.intake", "geodata.reports", "jinja2", "pydantic.v1", "service.routes"}
ASK = """
from starlette.testclient import TestClient
from geodata.register import open_register
from service.app import create_app
from service.settings import Settings
register = open_register({folder!r})
client = TestClient(create_app(Settings(data={folder!r}), register))
answer = client.get({path!r}, headers={headers!r})
assert answer.status_code == {status}, answer.text
"""


def test_the_service_starts_without_what_only_some_requests_need() -> None:
    assert not loaded_by("import service.app", SERVICE | ROUTES | {"babel"})


@pytest.mark.parametrize(
    ("path", "status"), [("", 200), ("?limit=1&device=at_mine", 200), ("/none-of-this-id", 404)]
)
def test_the_first_features_are_given_before_the_routes_are_there(
    tmp_path: Path, path: str, status: int
) -> None:
    asked = f"/collections/incidents/items{path}"
    code = ASK.format(folder=str(tmp_path), path=asked, headers={}, status=status)
    assert not loaded_by(code, ROUTES)


def test_a_refusal_before_the_routes_are_there_is_a_page_all_the_same(tmp_path: Path) -> None:
    wrong = {"Authorization": "Bearer hm_0123456789ab_wrong", "Accept": "text/html"}
    code = ASK.format(folder=str(tmp_path), path="/", headers=wrong, status=401)
    page = "\nassert answer.text.startswith('<!DOCTYPE html>'), answer.text"
    assert loaded_by(code + page, ROUTES) == ["jinja2"]


SOON = """
import sys, time
from starlette.testclient import TestClient
from service.app import create_app
from service.settings import Settings
with TestClient(create_app(Settings(data={folder!r}, empty=True, prepare=False))):
    until = time.monotonic() + 30
    while "service.routes" not in sys.modules and time.monotonic() < until:
        time.sleep(0.05)
"""


def test_a_service_loads_its_routes_soon_though_nobody_asks(tmp_path: Path) -> None:
    assert loaded_by(SOON.format(folder=str(tmp_path)), {"fastapi"}) == ["fastapi"]


def test_help_loads_no_library_but_the_command_lines() -> None:
    assert not loaded_by(RUN.format(arguments=["--help"]), HELP)


def test_the_risk_of_a_register_that_is_there_loads_no_web_words_or_migrations(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAZARDMAP_DATA", str(tmp_path / "data"))
    code = RUN.format(arguments=["risk", "-o", str(tmp_path / "risk.csv")])
    assert loaded_by(code, {"alembic"})
    assert not loaded_by(code, RISK)
