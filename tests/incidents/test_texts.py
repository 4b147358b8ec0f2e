"""Texts of records: what no file or database can hold is refused at the door."""

import pytest
from pydantic import ValidationError

from geodata.model import Incident

PLAIN = {"incident_id": "a", "date_start": "2021-01-01", "date_end": "2021-01-01"}


@pytest.mark.parametrize("bad", ["\ud800", "a\x00b", "\x00"])
@pytest.mark.parametrize("field", ["description", "place_as_reported", "external_id", "local_time"])
def test_what_cannot_be_stored_is_refused(field: str, bad: str) -> None:
    with pytest.raises(ValidationError):
        Incident.model_validate({**PLAIN, field: bad})


@pytest.mark.parametrize("good", ["", "two\nlines\n", "Ağdərə · Հադրութ · Шуша", "=1+1", "\u202e"])
def test_any_other_text_is_kept_as_it_is(good: str) -> None:
    assert Incident.model_validate({**PLAIN, "description": good}).description == good
