"""The vocabularies' patterns take time in proportion to the text, as all patterns do."""

import re

import pytest

from geodata.reports.dates import compiled_dates
from geodata.reports.languages import LANGUAGES
from tests.architecture.test_patterns import slow

_LONG = 1 << 11
"""Characters of a text at which what grows as their square takes six times what is allowed."""


def patterns(code: str) -> dict[str, re.Pattern[str]]:
    words, found = LANGUAGES[code](), {}
    for tag, entries in words.lexicon.items():
        for value, pattern in entries:
            found[f"{tag} {value} {len(found)}"] = re.compile(rf"(?<!\w)(?:{pattern})(?!\w)")
    for kind, pattern in compiled_dates(words):
        found[f"date {kind} {len(found)}"] = pattern
    for n, pattern in enumerate((*words.villages, *words.districts, *words.furniture)):
        found[f"name {n}"] = re.compile(pattern)
    return found


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_pattern_of_a_language_is_linear(code: str) -> None:
    found = {name: slow(pattern, _LONG) for name, pattern in patterns(code).items()}
    assert {name: text for name, text in found.items() if text} == {}


def test_the_measure_knows_a_slow_pattern_by_such_a_text() -> None:
    assert slow(re.compile(r"\s+$"), _LONG)
    assert slow(re.compile(r"(?<!\w)(?:\w+,?\s*)*mine(?!\w)"), _LONG)
    assert not slow(re.compile(r"(?<!\w)(?:\w+ ){1,3}mine(?!\w)"), _LONG)
