"""What people rely on is written down: settings, layers, formats, commands."""

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
