"""The tree keeps its shape: imports point down, never in a circle, never across a floor."""

import ast
from functools import cache
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(p for pkg in ("geodata", "service") for p in (ROOT / pkg).rglob("*.py"))

# Floors from the ground up; a module may import its own floor's package and all below.
FLOORS = [
    {
        "geodata.errors",
        "geodata.background",
        "geodata.disk",
        "geodata.deferred",
        "geodata.growing",
        "geodata.codes",
        "geodata.intervals",
        "geodata.plausible",
        "geodata.progress",
        "geodata.wording",
    },
    {
        "geodata.schemas",
        "geodata.crs",
        "geodata.model",
        "geodata.untrusted",
        "geodata.countries",
    },
    {"geodata.incidents", "geodata.districts"},
    {"geodata.places"},
    {"geodata.filters", "geodata.formats", "geodata.statistics"},
    {"geodata.register"},
    {"geodata.risk", "geodata.intake", "geodata.reports"},
    {"service.settings", "service.assets", "service.i18n"},
    {
        "service.handouts",
        "service.collections",
        "service.import_reports",
        "service.redacting",
        "service.jobs",
        "service.layers",
    },
    {"service.security", "service.http"},
    {"service.ogc", "service.tiles", "service.drawing"},
    {"service.content"},
    {"service.pages", "service.print", "service.maps", "service.styles"},
    {"service.arcgis", "service.opendata", "service.heavy"},
    {"service.routes"},
    {"service.app", "service.extraction"},
    {"service.commands"},
    {"service.cli"},
]
LEVEL = {name: level for level, names in enumerate(FLOORS) for name in names}
STRANGERS = {
    "geodata": {"fastapi", "starlette", "folium", "typer", "uvicorn", "jinja2", "service"},
    "geodata.statistics": {"geodata.register", "geodata.incidents", "geodata.districts"},
}
# Rooms of one floor that stay strangers to each other.
SIBLINGS = {"geodata.risk", "geodata.intake", "geodata.reports"}


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def unit_of(module: str) -> str:
    return ".".join(module.split(".")[:2])


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """All nodes of a file: to walk a tree takes as long as to read it."""
    return tuple(ast.walk(tree_of(path)))


def imports_of(path: Path) -> list[tuple[int, str]]:
    typing_only = {
        id(n)
        for block in nodes_of(path)
        if isinstance(block, ast.If) and ast.unparse(block.test).endswith("TYPE_CHECKING")
        for n in ast.walk(block)
    }
    found = []
    for node in nodes_of(path):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative import"
            found += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
    return found


@cache
def all_imports() -> dict[str, list[tuple[int, str]]]:
    """What each module imports, and where."""
    return {module_of(path): imports_of(path) for path in SOURCES}


def test_imports_point_only_downward() -> None:
    wrong = []
    for module, imports in all_imports().items():
        own = unit_of(module)
        for line, name in imports:
            target = unit_of(name)
            if target == own or target not in LEVEL or own not in LEVEL:
                continue
            if LEVEL[target] > LEVEL[own] or {own, target} <= SIBLINGS:
                wrong.append(f"{module}, line {line}: imports {name}")
    assert not wrong


def test_the_domain_library_knows_no_web_map_or_command_line() -> None:
    wrong = [
        f"{module}, line {line}: imports {name}"
        for module, imports in all_imports().items()
        for line, name in imports
        if name.split(".")[0] in STRANGERS.get(module.split(".")[0], set())
        or unit_of(name) in STRANGERS.get(unit_of(module), set())
    ]
    assert not wrong


def test_routes_never_import_each_other() -> None:
    wrong = [
        f"{module}, line {line}: imports {name}"
        for module, imports in all_imports().items()
        if module.startswith("service.routes.")
        for line, name in imports
        if name.startswith("service.routes.")
    ]
    assert not wrong


def test_no_module_imports_itself_in_a_circle() -> None:
    modules = all_imports()

    def target(name: str) -> str:
        return name if name in modules else name.rpartition(".")[0]

    edges = {m: {target(n) for _, n in names} & set(modules) - {m} for m, names in modules.items()}
    done: set[str] = set()
    circles = []

    def walk(module: str, path: list[str]) -> None:
        if module in path:
            circles.append(" → ".join([*path[path.index(module) :], module]))
        elif module not in done:
            for below in sorted(edges[module]):
                walk(below, [*path, module])
            done.add(module)

    for module in sorted(modules):
        walk(module, [])
    assert not circles


def test_only_the_command_line_defers_imports_of_the_project() -> None:
    """A heavy library may load late; a module of the project never, or it hides a circle."""
    inner = [
        f"{module_of(path)}, line {n.lineno}"
        for path in SOURCES
        if not module_of(path).startswith(("service.cli", "service.commands"))
        for f in nodes_of(path)
        if isinstance(f, ast.FunctionDef | ast.AsyncFunctionDef)
        for n in ast.walk(f)
        if (isinstance(n, ast.ImportFrom) and str(n.module).startswith(("geodata", "service")))
        or (isinstance(n, ast.Import) and n.names[0].name.startswith(("geodata", "service")))
    ]
    assert not inner


def test_packages_give_late_what_they_say_to_the_type_checker() -> None:
    seen, wrong = 0, []
    for path in SOURCES:
        if path.name != "__init__.py" or "__getattr__ = parts(" not in path.read_text("utf-8"):
            continue
        blocks = [n for n in tree_of(path).body if ast.unparse(n).startswith("if TYPE_CHECKING")]
        package = import_module(module_of(path))
        for node in ast.walk(blocks[0]):
            for alias in node.names if isinstance(node, ast.ImportFrom) else ():
                seen += 1
                home, name = import_module(str(node.module)), alias.name
                given = getattr(package, name)
                # A module of that name would be given in its place once somebody imported it.
                hidden = home is not package and (path.parent / f"{name}.py").exists()
                if hidden or name not in package.__all__ or given is not getattr(home, name):
                    wrong.append(f"{package.__name__}: {name}")
    assert seen > 50
    assert not wrong


def test_every_unit_has_a_floor() -> None:
    units = {unit_of(module) for module in all_imports()} - {
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


def test_how_often_laws_are_tried_is_said_in_one_place() -> None:
    tests = ROOT / "tests"
    own = {tests / "conftest.py", tests / "laws.py", Path(__file__)}
    said = [p for p in tests.rglob("*.py") if p not in own and "max_examples" in p.read_text()]
    assert said == []
