"""Registers and files for imports: the synthetic country, and tables written on the spot."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from geodata.intake import Choices, FileReport, import_file
from geodata.register import Register
from tests.conftest import founded, squares

TODAY = date(2024, 1, 1)


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Register]:
    """An empty register over the four squares XX-A to XX-D."""
    register = founded(tmp_path / "register", squares)
    yield register
    register.close()


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a text table and give its path."""

    def one(text: str, name: str = "table.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return one


@pytest.fixture
def take(held: Register, tmp_path: Path) -> Callable[..., FileReport]:
    """Import a file of incidents with the choices given; refused rows go to rejects.csv."""

    def one(path: Path, kind: Any = "incidents", **options: Any) -> FileReport:
        flow = {
            n: options.pop(n)
            for n in ("dry_run", "all_or_nothing", "limits", "progress")
            if n in options
        }
        return import_file(
            held,
            path,
            kind=kind,
            author="tester",
            choices=Choices(today=TODAY, **options),
            rejects=tmp_path / "rejects.csv",
            **flow,
        )

    return one
