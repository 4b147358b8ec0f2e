"""What heavy libraries a start costs: those that few requests need load when one does."""

import subprocess
import sys

import pytest

LATE = ("openpyxl", "rasterio", "scipy.ndimage", "scipy.spatial", "matplotlib", "cql2", "folium")


def loaded(module: str) -> set[str]:
    code = f"import sys, {module}; print(*sys.modules)"
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    return set(made.stdout.split())


@pytest.mark.parametrize(
    ("module", "late"),
    [
        ("service.app", LATE),
        ("geodata.risk", (*LATE, "fastapi", "sqlalchemy.dialects.postgresql.psycopg")),
        ("service.cli", ("pandas", "numpy", "fastapi", "sqlalchemy", "pyproj")),
    ],
)
def test_what_few_need_is_not_loaded_at_the_start(module: str, late: tuple[str, ...]) -> None:
    assert not loaded(module) & set(late)
