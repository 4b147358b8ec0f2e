"""Numbers of people and other numbers: unknown is null, never 0."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.intake.cells.numbers import counts, decimal, is_nothing, numbers


def people(text: str | None) -> tuple[float, float, float]:
    found = counts(np.array([text], dtype=object))
    assert not found.bad
    return float(found.low[0]), float(found.best[0]), float(found.high[0])


def same(one: tuple[float, ...], other: tuple[float | None, ...]) -> bool:
    return all((math.isnan(a) and b is None) or a == b for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3", (None, 3, None)), ("3.0", (None, 3, None)), ("3,0", (None, 3, None)),
        ("0", (None, 0, None)), ("1,234", (None, 1234, None)), ("1 234", (None, 1234, None)),
        ("3-5", (3, None, 5)), ("3 – 5", (3, None, 5)), ("5+", (5, None, None)),
        ("at least 2", (2, None, None)), ("~4", (None, 4, None)), ("около 4", (None, 4, None)),
        ("", (None, None, None)), (None, (None, None, None)), ("-", (None, None, None)),
        ("unknown", (None, None, None)), ("naməlum", (None, None, None)), ("-99", (None, None, None)),  # noqa: E501
        ("н/д", (None, None, None)),
    ],
)  # fmt: skip
def test_people_are_read_and_nothing_stated_is_null(text, expected) -> None:
    assert same(people(text), expected)


@pytest.mark.parametrize(
    "text",
    [
        "-2",
        "1.5",
        "NaN",
        "inf",
        "-Infinity",
        "1e400",
        "99999999999999999999",
        "5-3",
        "1 (child)",
        "9" * 500,
        "=1+1",
    ],
)
def test_what_is_no_number_of_people_is_bad(text) -> None:
    found = counts(np.array([text], dtype=object))
    assert 0 in found.bad
    assert np.isnan(found.best[0])


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-inf", "1e999", "0x10", "1_000"])
def test_only_finite_decimals_are_numbers(text) -> None:
    with pytest.raises(ValueError, match=r".+"):
        decimal(text)


@settings(deadline=None)
@given(st.floats(-1e9, 1e9, allow_nan=False))
def test_a_decimal_comma_reads_as_the_point_does(value) -> None:
    text = f"{value:.6f}"
    assert decimal(text) == decimal(text.replace(".", ",")) == float(text)


@settings(deadline=None)
@given(st.integers(0, 10_000_000))
def test_a_count_comes_back_as_itself(value) -> None:
    assert people(str(value))[1] == value


def test_a_number_outside_its_range_is_bad() -> None:
    found = numbers(np.array(["7", "8"], dtype=object), 1, 7)
    assert list(found.bad) == [1]


def test_zero_is_something() -> None:
    assert not is_nothing("0")


def test_arabic_and_persian_digits_are_numbers_everywhere() -> None:
    assert counts(np.array(["٣", "۱۴"], dtype=object)).best.tolist() == [3, 14]
    assert numbers(np.array(["۴۶٫۹۵"], dtype=object), -180, 180).values.tolist() == [46.95]


@pytest.mark.parametrize(
    ("text", "low", "best", "high"),
    [("2-3", 2, None, 3), ("3 à 5", 3, None, 5), ("5+", 5, None, None),
     ("more than 4", 5, None, None),
     ("не менее 2", 2, None, None), ("deux", None, 2, None), ("several", 2, None, None),
     ("unknown", None, None, None), ("sin datos", None, None, None)],
)  # fmt: skip
def test_people_in_words_and_ranges_are_read(text, low, best, high) -> None:
    found = counts(np.array([text], dtype=object))
    ends = [None if np.isnan(v[0]) else v[0] for v in (found.low, found.best, found.high)]
    assert ends == [low, best, high]
    assert not found.bad
