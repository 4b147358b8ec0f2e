"""Validate the docstrings of public functions and classes with numpydoc.

Run by ``make check``; prints each problem and exits with 1 if there is any.
"""

import ast
import sys
import tomllib
from pathlib import Path

from numpydoc.hooks.validate_docstrings import parse_config, process_file

ROOT = Path(__file__).resolve().parents[1]


def inner_functions(path: Path) -> set[str]:
    """Names of the functions inside functions, which nobody else can call."""
    found: set[str] = set()

    def walk(node: ast.AST, name: str, *, inside: bool) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                own = f"{name}.{child.name}".lstrip(".")
                is_function = not isinstance(child, ast.ClassDef)
                if inside and is_function:
                    found.add(own)
                walk(child, own, inside=inside or is_function)
            else:
                walk(child, name, inside=inside)

    walk(ast.parse(path.read_text(encoding="utf-8")), "", inside=False)
    return found


def main() -> int:
    """Check every source file against the configured checks."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        assert tomllib.load(file)["tool"]["numpydoc_validation"]
    config = parse_config(ROOT)
    problems = []
    for package in ("geodata", "service"):
        for path in sorted((ROOT / package).rglob("*.py")):
            inner = inner_functions(path)
            found = process_file(path, config)
            problems += [c for c in found if ".".join(c[1].split(".")[1:]) not in inner]
    for problem in problems:
        print(*problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
