"""What a user can state about a file is declared once; every door offers it so."""

from typing import get_args

import pytest
from typer.testing import CliRunner

from geodata.intake.plan import Choices, choices_of, options
from service.cli import app
from service.pages.editing import CHOICES
from service.routes.imports import ImportFields

OF_FORMS = [one for one in options() if not one.local]


def values_of(kind) -> set[str]:
    """The words that a type takes; none where it takes any."""
    return {w for part in (kind, *get_args(kind)) for w in get_args(part) if isinstance(w, str)} | {
        w for w in get_args(kind) if isinstance(w, str)
    }


@pytest.mark.parametrize("option", OF_FORMS, ids=lambda one: one.name)
def test_a_form_over_http_takes_every_option_with_its_values_and_default(option) -> None:
    field = ImportFields.model_fields[option.name]
    assert field.default == option.default
    assert values_of(field.annotation) == values_of(option.kind)
    made = ImportFields(**{option.name: option.default}).choices()
    assert getattr(made, option.member) == option.default


@pytest.mark.parametrize("option", OF_FORMS, ids=lambda one: one.name)
def test_the_page_offers_every_value_of_an_option_and_no_other(option) -> None:
    if option.name not in CHOICES:
        return
    assert {code for code, _ in CHOICES[option.name] if code} == values_of(option.kind)


def test_the_command_has_a_flag_for_every_option() -> None:
    text = CliRunner().invoke(app, ["import", "--help"], env={"COLUMNS": "200"}).output
    for option in options():
        assert f"--{option.name.replace('_', '-')}" in text
        assert option.text.split()[0] in text


def test_options_become_choices_under_their_members() -> None:
    assert choices_of({"only": "mines", "level": 2, "unrelated": 1}) == Choices(
        scope="mines", level=2
    )
