"""Languages: which one is chosen, and how numbers, dates and names are written in it."""

import datetime as dt
import math

import pytest

from geodata.errors import InvalidInput
from service.http.representation import negotiate_language
from service.i18n import CODES, label, translator_of


def test_the_parameter_wins_over_the_browser():
    assert negotiate_language("az", "ru") == "az"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("de, ru-RU;q=0.8, en;q=0.5", "ru"),
        ("az-Latn-AZ", "az"),
        ("fr", "en"),
        ("", "en"),
        (None, "en"),
        ("*;q=0.1,;;,q=", "en"),
        ("ru;q=0, az;q=0.1", "az"),
        ("en;q=0.5, az;q=0.9", "az"),
    ],
)
def test_the_browser_is_asked_next(header, expected):
    assert negotiate_language(None, header) == expected


def test_an_unknown_language_is_refused_with_those_there_are():
    with pytest.raises(InvalidInput, match="en, az, ru") as refused:
        negotiate_language("xx", None)
    assert refused.value.code == "bad-lang"


def test_numbers_have_the_separators_of_the_language():
    assert translator_of("en").number(1234567) == "1,234,567"
    assert translator_of("az").number(1234567) == "1.234.567"
    assert translator_of("ru").number(0.5) == "0,5"


@pytest.mark.parametrize("value", [None, math.nan, math.inf])
def test_an_unknown_number_is_a_dash_and_not_zero(value):
    assert translator_of("en").number(value) == "–"
    assert translator_of("en").number(0) == "0"


def test_fractions_show_two_significant_digits():
    assert translator_of("en").number(0.0123456) == "0.012"
    assert translator_of("en").number(12.34) == "12.3"


def test_dates_are_written_in_the_language():
    assert translator_of("en").date("2021-02-04") == "4 Feb 2021"
    assert translator_of("ru").date(dt.date(2021, 2, 4), "long") == "4 февраля 2021\u202fг."
    assert translator_of("az").date("2021-02-04", "long") == "4 fevral 2021"
    assert translator_of("en").date(None) == "–"


def test_a_range_of_days_says_no_more_than_is_known():
    translator = translator_of("en")
    assert translator.days("2021-01-21", "2021-01-31", 4) == "21–31 Jan 2021"
    assert translator.days("2021-06-01", "2021-06-30", 4) == "June 2021"
    assert translator.days("2021-01-01", "2021-12-31", 5) == "2021"
    assert translator.days("2021-02-04", "2021-02-04", 1) == "4 Feb 2021"


def test_ranges_of_days_are_written_as_single_days_are():
    translator = translator_of("az")
    assert translator.date("2021-01-21") == "21 yan 2021"
    assert translator.days("2021-01-21", "2021-01-31") == "21–31 yan 2021"
    assert translator.days("2020-11-10", "2020-12-22") == "10 noy – 22 dek 2020"
    assert translator.days("2020-11-23", "2021-02-04") == "23 noy 2020 – 4 fev 2021"


def test_moments_say_that_they_are_utc():
    assert translator_of("en").datetime("2021-02-04T10:30:00+04:00") == "4 Feb 2021, 06:30 UTC"


@pytest.mark.parametrize(
    ("n", "expected"),
    [(1, "1 инцидент"), (3, "3 инцидента"), (5, "5 инцидентов"), (21, "21 инцидент")],
)
def test_russian_has_three_plural_forms(n, expected):
    text = translator_of("ru").ngettext("%(number)s incident", "%(number)s incidents", n)
    assert text % {"number": n} == expected


def test_place_names_come_in_the_readers_language_with_the_local_one_beside():
    row = {"name": "Tartar", "name_az": "Tərtər", "name_ru": "Тертер", "name_en": "Tartar"}
    assert translator_of("ru").place_name(row) == "Тертер"
    assert translator_of("ru").local_name(row) == "Tərtər"
    assert translator_of("az").local_name(row) is None


def test_writing_direction_is_known():
    assert translator_of("en").dir == "ltr"


@pytest.mark.parametrize("lang", ["en", "az", "ru"])
def test_every_code_has_words(lang):
    translator = translator_of(lang)
    for field, codes in CODES.items():
        for code in codes:
            assert label(translator, field, code)
    assert label(translator, "device", None) == translator.gettext("not stated")
    assert label(translator, "device", "not_in_the_list") == "not_in_the_list"


@pytest.mark.parametrize(
    ("bounds", "text"),
    [((2, 3, 5), "3"), ((2, None, 3), "2–3"), ((5, None, None), "≥ 5"), ((None, None, 7), "≤ 7"),
     ((None, None, None), "–"), ((4, None, 4), "4"), ((None, 0, None), "0")],
)  # fmt: skip
def test_people_of_whom_only_bounds_are_known_are_no_dash(bounds, text) -> None:
    assert translator_of("en").people(*bounds) == text
