"""The vocabularies' patterns take time in proportion to the text, as all patterns do."""

import re

import pytest

from geodata.reports.dates import compiled_dates
from geodata.reports.languages import LANGUAGES
from tests.architecture.test_patterns import slow

_LONG = 1 << 12


def patterns() -> dict[str, re.Pattern[str]]:
    found = {}
    for code, build in LANGUAGES.items():
        words = build()
        for tag, entries in words.lexicon.items():
            for value, pattern in entries:
                found[f"{code} {tag} {value} {len(found)}"] = re.compile(
                    rf"(?<!\w)(?:{pattern})(?!\w)"
                )
        for kind, pattern in compiled_dates(words):
            found[f"{code} date {kind} {len(found)}"] = pattern
        for n, (role, before, after) in enumerate((*words.date_roles, *words.place_roles)):
            found[f"{code} {role} {n} before"] = re.compile(before)
            found[f"{code} {role} {n} after"] = re.compile(after)
        for n, pattern in enumerate((*words.villages, *words.districts, *words.furniture)):
            found[f"{code} name {n}"] = re.compile(pattern)
    return found


PATTERNS = patterns()


@pytest.mark.parametrize("name", [n for n in PATTERNS if "before" not in n and "after" not in n])
def test_each_pattern_of_a_language_is_linear(name: str) -> None:
    assert slow(PATTERNS[name], _LONG) is None
