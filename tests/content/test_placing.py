"""How an incident was placed is said in the reader's language, whatever its names hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.content.incidents import placing_note


@pytest.mark.parametrize("lang", ["az", "ru"])
def test_every_phrase_of_a_contradiction_is_translated(lang) -> None:
    note = (
        "its point lies in Baku (AZ-BA), 224.3 km from Aghdam (AZ-AGM), which is named; "
        "shared equally among the candidates"
    )
    text, held = placing_note(lang, note)
    assert held == lang
    assert all(part in text for part in ("Baku (AZ-BA)", "224.3", "Aghdam (AZ-AGM)"))
    assert "point" not in text


def test_what_is_not_known_stays_in_english_and_says_so() -> None:
    assert placing_note("ru", "somebody wrote this") == ("somebody wrote this", "en")
    assert placing_note("en", "its point lies in X") == ("its point lies in X", "en")


@given(st.text("a'\"; %()s", max_size=8))
def test_any_name_is_kept(name) -> None:
    text, lang = placing_note("ru", f"{name!r} is not known as a district or place")
    assert lang == "en" or repr(name) in text
