"""Numbers of people and other numbers: unknown is null, never 0."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
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


@given(st.floats(-1e9, 1e9, allow_nan=False))
def test_a_decimal_comma_reads_as_the_point_does(value) -> None:
    text = f"{value:.6f}"
    assert decimal(text) == decimal(text.replace(".", ",")) == float(text)


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
     ("unknown", None, None, None), ("sin datos", None, None, None), ("TBC", None, None, None),
     ("up to 3", None, None, 3), ("<5", None, None, 4), ("не более 4", None, None, 4),
     (">5", 6, None, None), (">=5", 5, None, None), ("5 or more", 5, None, None),
     ("по меньшей мере 2", 2, None, None), ("1 or 2", 1, None, 2), ("between 2 and 3", 2, None, 3),
     ("entre 2 y 3", 2, None, 3), ("от 2 до 3", 2, None, 3), ("no", None, 0, None)],
)  # fmt: skip
def test_people_in_words_and_ranges_are_read(text, low, best, high) -> None:
    found = counts(np.array([text], dtype=object))
    ends = [None if np.isnan(v[0]) else v[0] for v in (found.low, found.best, found.high)]
    assert ends == [low, best, high]
    assert not found.bad


@pytest.mark.parametrize("text", ["1 and 2", "1 y 2", "2a3", "3 (1 child)", "3?", "3/4", "5-"])
def test_what_can_be_a_sum_or_a_guess_is_no_number_of_people(text) -> None:
    assert counts(np.array([text], dtype=object)).bad


def test_yes_and_no_are_no_numbers_of_people() -> None:
    found = counts(np.array(["Yes", "No", "2"], dtype=object))
    assert list(found.bad) == [0, 1]
    assert found.best[2] == 2


def test_a_code_for_unknown_is_no_number_of_people(take, write) -> None:
    report = take(write("id,date,district,killed\n1,2021-02-04,Aghali,999\n2,2021-02-05,Dara,1\n"))
    assert (report.counts["taken"], report.counts["refused"]) == (1, 1)
    assert "unknown" in report.refused[0]["errors"][0]["reason"]


@pytest.mark.parametrize(
    ("columns", "cells", "low", "best", "high"),
    [
        ("killed,casualties", "2-3,5", 4, None, 6), ("killed,casualties", "5+,7", 5, None, None),
        ("killed,casualties", "1,5+", 5, None, None), ("killed,casualties", "2,2", 2, 2, 2),
        ("killed,casualties", "1,3", 3, 3, 3), ("casualties", "4-6", 4, None, 6),
        ("civilians killed,killed,injured", "2-3,5,0", 4, None, 6),
        ("civilians killed,killed,injured", "2,5+,0", 5, None, None),
        ("civilians killed,killed,injured", ",3,0", 3, 3, 3),
    ],
)  # fmt: skip
def test_a_total_beside_its_parts_counts_nobody_twice(
    take, write, held, columns, cells, low, best, high
) -> None:
    report = take(write(f"id,date,district,{columns}\n1,2021-02-04,Aghali,{cells}\n"))
    assert report.counts["taken"] == 1, report.refused
    frame = held.snapshot().incidents
    found = [frame[f"casualties{end}"].iloc[0] for end in ("_low", "", "_high")]
    assert [None if pd.isna(v) else v for v in found] == [low, best, high]


@pytest.mark.parametrize("cells", ["3,2,0", "3-4,2,0"])
def test_parts_that_are_more_than_their_total_are_refused(take, write, cells) -> None:
    text = f"id,date,district,civilians killed,killed,injured\n1,2021-02-04,Aghali,{cells}\n"
    assert take(write(text)).counts["refused"] == 1


def test_0_0_is_no_position(take, write, held) -> None:
    report = take(write("id,date,district,lat,lon\n1,2021-02-04,Aghali,0,0\n"))
    frame = held.snapshot().incidents
    assert frame["districts"].tolist() == ["XX-A:1"]
    assert frame["longitude"].isna().all()
    assert any("0, 0 is no position" in text for text in report.warnings)


def test_codes_for_unknown_are_refused_and_such_as_may_be_numbers_are_said(take, write, held):
    rows = "".join(f"2021-01-0{n},Aghali,{n}\n" for n in (1, 2)).replace(",1\n", ",99\n")
    report = take(write("date,district,killed\n" + rows + "2021-01-04,Aghali,888\n"))
    assert report.counts["refused"] == 1
    assert sorted(held.snapshot().incidents["killed"]) == [2, 99]
    assert (
        report.warnings["killed: 88 and 99, which some write for unknown, count as so many people"]
        == 1
    )
