"""What people rely on is written down: settings, layers, formats, commands."""

import re
from pathlib import Path

import pytest

from service.cli import COMMANDS
from service.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def row(name: str) -> str:
    """The README's row of one setting."""
    field = Settings.model_fields[name]
    default = "" if field.default == "" else f"`{str(field.default).lower()}`"
    return f"| `HAZARDMAP_{name.upper()}` | {default or 'empty'} | {field.description} |"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_each_setting_has_its_row_in_the_readme(name: str) -> None:
    assert row(name) in README


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_is_named_in_the_readme(name: str) -> None:
    assert f"hazardmap {name}" in README


def test_the_two_commands_are_in_the_readme() -> None:
    assert "make serve" in README
    assert "make test" in README


def test_the_picture_of_the_readme_exists() -> None:
    assert (ROOT / "docs/images/risk-map.png").stat().st_size < 400_000


def test_the_security_tables_name_tests_that_exist() -> None:
    told = "".join((ROOT / name).read_text("utf-8") for name in ("SECURITY.md", "docs/security.md"))
    files = {path.name: path for path in (ROOT / "tests").rglob("*.py")}
    held = "".join(path.read_text("utf-8") for path in files.values())
    named = set(re.findall(r"\btest_\w+\b(?!\.py)", told))
    assert {name for name in named if f"def {name}(" not in held} == set()
    assert {name for name in re.findall(r"\b(test_\w+\.py)", told) if name not in files} == set()
    assert {p for p in re.findall(r"tests/[\w/.]+", told) if not (ROOT / p).exists()} == set()


@pytest.mark.parametrize("name", ["", "-dev", "-build", "-supply"])
def test_every_locked_package_has_hashes(name: str) -> None:
    text = (ROOT / f"requirements{name}.lock").read_text("utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())
    assert len(entries) > 1
    assert [one.split()[0] for one in entries if "--hash=sha256:" not in one] == []


NAMED = re.compile(r"`+((?:geodata|service)(?:\.\w+)+)`|`((?:\w+/)+\w+)(?:\.py)?`")
ROOMS = {path.name for name in ("geodata", "service") for path in (ROOT / name).iterdir()}


def is_there(dotted: str, path: str) -> bool:
    """Whether a file, or a module with what is named of it, stands in the tree."""
    if path:
        homes = (ROOT, ROOT / "geodata", ROOT / "service")
        places = [home / path for home in homes]
        is_ours = path.partition("/")[0] in {"geodata", "service", "tests", "benchmarks", *ROOMS}
        return not is_ours or any(
            place.is_dir() or place.with_suffix(".py").is_file() for place in places
        )
    parts = dotted.split(".")
    for end in range(len(parts), 0, -1):
        base = ROOT.joinpath(*parts[:end])
        for module in (base.with_suffix(".py"), base / "__init__.py"):
            if module.is_file():
                text = module.read_text("utf-8")
                return all(re.search(rf"\b{part}\b", text) for part in parts[end:])
    return ROOT.joinpath(*parts).is_dir()


def test_modules_named_in_words_are_where_they_are_named() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "benchmarks/README.md"]
    sources = [p for name in ("geodata", "service") for p in (ROOT / name).rglob("*.py")]
    wrong = {
        f"{page.relative_to(ROOT)}: {dotted or path}"
        for page in (*pages, *sources)
        for dotted, path in NAMED.findall(page.read_text("utf-8"))
        if not is_there(dotted, path)
    }
    assert wrong == set()
