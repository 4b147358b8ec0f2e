"""Validate the docstrings of public functions and classes with numpydoc.

Run by ``make check``; prints each complaint and exits with 1 if there is any.
"""

import ast
import sys
import tomllib
from pathlib import Path

from numpydoc.hooks.validate_docstrings import parse_config, process_file

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Check every source file against the configured checks."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        assert tomllib.load(file)["tool"]["numpydoc_validation"]
    config = parse_config(ROOT)
    complaints = []
    for package in ("geodata", "service"):
        for path in sorted((ROOT / package).rglob("*.py")):
            ast.parse(path.read_text(encoding="utf-8"))
            complaints += process_file(path, config)
    for complaint in complaints:
        print(*complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
