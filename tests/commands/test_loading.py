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
    "openpyxl", "psycopg", "pyarrow.parquet", "pyogrio", "rasterio", "scipy", "spacy",
    "sqlalchemy", "typst",
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


def test_the_service_starts_without_what_only_some_requests_need() -> None:
    assert not loaded_by("import service.app", SERVICE | {"babel", "geodata.reports"})


def test_help_loads_no_library_but_the_command_lines() -> None:
    assert not loaded_by(RUN.format(arguments=["--help"]), HELP)


def test_the_risk_of_a_register_that_is_there_loads_no_web_words_or_migrations(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAZARDMAP_DATA", str(tmp_path / "data"))
    code = RUN.format(arguments=["risk", "-o", str(tmp_path / "risk.csv")])
    assert loaded_by(code, {"alembic"})
    assert not loaded_by(code, RISK)
