"""Scripts beside the program, which no test runs whole, name only what there is."""

import ast
import importlib
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = [
    path
    for folder in ("benchmarks", "docs", "notebooks", "geodata/data/scripts")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in (".py", ".ipynb")
]


def _code(path: Path) -> str:
    text = path.read_text("utf-8")
    if path.suffix == ".py":
        return text
    cells = json.loads(text)["cells"]
    return "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_what_a_script_imports_from_the_program_is_there(path: Path) -> None:
    missing = [
        f"{node.module}.{name.name}"
        for node in ast.walk(ast.parse(_code(path)))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").partition(".")[0] in ("geodata", "service", "tests")
        for name in node.names
        if not _is_there(str(node.module), name.name)
    ]
    assert missing == []


def _is_there(module: str, name: str) -> bool:
    return hasattr(importlib.import_module(module), name) or _is_module(f"{module}.{name}")


def _is_module(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        return False
    return True
