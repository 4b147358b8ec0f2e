"""Settings come from the environment, and what is given on top of it counts more."""

from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from service.settings import Settings


def test_settings_are_the_environments_in_small_and_large_letters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HAZARDMAP_EARLIEST_DATE", "1990-01-01")
    monkeypatch.setenv("hazardmap_prepare", "false")
    monkeypatch.setenv("MAX_LIMIT", "7")
    read = Settings()
    assert read.earliest_date == date(1990, 1, 1)
    assert read.prepare is False
    assert read.max_limit == Settings.model_fields["max_limit"].default


def test_an_empty_variable_states_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAZARDMAP_LATEST_DATE", "")
    monkeypatch.setenv("HAZARDMAP_LOG_LEVEL", "")
    assert (Settings().latest_date, Settings().log_level) == (None, "info")


def test_a_flag_counts_more_than_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAZARDMAP_DATA", "elsewhere")
    assert Settings().data == Path("elsewhere")
    assert Settings(data=Path("here")).data == Path("here")


def test_a_setting_out_of_its_limits_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAZARDMAP_MAX_LIMIT", "0")
    with pytest.raises(ValidationError, match="max_limit"):
        Settings()
