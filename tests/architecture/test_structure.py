"""The tree keeps its shape: imports point down, files and functions stay small."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(p for pkg in ("geodata", "service") for p in (ROOT / pkg).rglob("*.py"))

# Floors from the ground up; a module may import its own floor's package and all below.
FLOORS = [
    {"geodata.errors", "geodata.codes", "geodata.intervals"},
    {"geodata.schema", "geodata.schemas", "geodata.crs", "geodata.model"},
    {"geodata.incidents", "geodata.districts"},
    {"geodata.places"},
    {"geodata.filters", "geodata.formats"},
    {"geodata.register"},
    {"geodata.risk", "geodata.intake"},
    {"service.settings", "service.problems", "service.auth", "service.assets", "service.values"},
    {"service.i18n"},
    {"service.labels", "service.collections", "service.changes", "service.import_reports"},
    {"service.pages", "service.maps", "service.tiles", "service.security", "service.ogc"},
    {"service.views"},
    {"service.dependencies"},
    {"service.routes"},
    {"service.app", "service.extraction"},
    {"service.commands"},
    {"service.cli"},
]
LEVEL = {name: level for level, names in enumerate(FLOORS) for name in names}
HEAVY_OUTSIDE = {"geodata": {"fastapi", "starlette", "folium", "typer", "uvicorn", "jinja2"}}


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def unit_of(module: str) -> str:
    return ".".join(module.split(".")[:2])


def imports_of(path: Path) -> list[tuple[int, str]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(n)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.unparse(block.test)
        for n in ast.walk(block)
    }
    found = []
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative import"
            found.append((node.lineno, node.module))
            found += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
    return found


@pytest.mark.parametrize("path", SOURCES, ids=module_of)
def test_imports_point_only_downward(path: Path) -> None:
    own = unit_of(module_of(path))
    wrong = []
    for line, name in imports_of(path):
        target = unit_of(name)
        if target == own or target not in LEVEL or own not in LEVEL:
            continue
        if LEVEL[target] > LEVEL[own]:
            wrong.append(f"line {line}: {own} imports {target}")
    assert not wrong


@pytest.mark.parametrize("path", SOURCES, ids=module_of)
def test_the_domain_library_knows_no_web_map_or_command_line(path: Path) -> None:
    package = module_of(path).split(".")[0]
    banned = HEAVY_OUTSIDE.get(package, set())
    assert not [name for _, name in imports_of(path) if name.split(".")[0] in banned]
    if package == "geodata":
        assert not [name for _, name in imports_of(path) if name.startswith("service")]


@pytest.mark.parametrize("path", sorted((ROOT / "service/routes").glob("*.py")), ids=module_of)
def test_routes_never_import_each_other(path: Path) -> None:
    assert not [n for _, n in imports_of(path) if n.startswith("service.routes.")]


@pytest.mark.parametrize("path", SOURCES, ids=module_of)
def test_files_have_at_most_300_lines_and_functions_40(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 300
    long = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            doc = node.body[0]
            has_doc = ast.get_docstring(node) is not None
            start = (doc.end_lineno if has_doc else node.lineno) or node.lineno
            # The docstring is for the reader; the code that follows it is counted.
            if (node.end_lineno or start) - start > 40:
                long.append(f"{node.name} at line {node.lineno}")
    assert not long


@pytest.mark.parametrize("path", SOURCES, ids=module_of)
def test_only_the_command_line_defers_imports(path: Path) -> None:
    module = module_of(path)
    if module.startswith(("service.cli", "service.commands")) or module == "geodata":
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inner = [
        f"line {n.lineno}"
        for f in ast.walk(tree)
        if isinstance(f, ast.FunctionDef | ast.AsyncFunctionDef)
        for n in ast.walk(f)
        if isinstance(n, ast.Import | ast.ImportFrom)
    ]
    assert not inner


def test_every_unit_has_a_floor() -> None:
    units = {unit_of(module_of(p)) for p in SOURCES} - {
        "geodata",
        "service",
        "service.__main__",
        "geodata.data",
    }
    assert units <= set(LEVEL)


def test_nothing_is_left_undone() -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "raise NotImplemented" + "Error")
    left = [
        f"{module_of(p)}: {mark}" for p in SOURCES for mark in marks if mark in p.read_text("utf-8")
    ]
    assert not left
