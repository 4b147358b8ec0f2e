"""Dates: every writing, and an order of day and month that the whole column decides."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.intake.cells.dates import DateProfile, days


def read(text: str, order: str = "dmy") -> tuple[str, str, int]:
    found = days(np.array([text], dtype=object), order=order)
    assert not found.bad, found.bad
    return str(found.start[0]), str(found.end[0]), int(found.precision[0])


@pytest.mark.parametrize(
    "text",
    [
        "2021-02-04", "2021/02/04", "2021.2.4", "20210204", "2021-02-04 10:30:00",
        "2021-02-04T23:59:00+04:00", "04.02.2021", "4/2/2021", "04-02-21", "4.2.2021 г.",
        "4 February 2021", "04 Feb 2021", "February 4, 2021", "4th of February 2021", "4-Feb-21",
        "4 fevral 2021", "4 февраля 2021 г.", "4 Şubat 2021", "44231", "44231.75",
    ],
)  # fmt: skip
def test_every_writing_of_a_day_gives_that_day(text) -> None:
    assert read(text) == ("2021-02-04", "2021-02-04", 1)


@pytest.mark.parametrize(
    ("text", "start", "end", "precision"),
    [
        ("2021-02", "2021-02-01", "2021-02-28", 4),
        ("02.2021", "2021-02-01", "2021-02-28", 4),
        ("yanvar 2021", "2021-01-01", "2021-01-31", 4),
        ("2021", "2021-01-01", "2021-12-31", 5),
        ("2021-01-21/2021-01-31", "2021-01-21", "2021-01-31", 4),
        ("21-31 January 2021", "2021-01-21", "2021-01-31", 4),
        ("01.02.2021 - 04.02.2021", "2021-02-01", "2021-02-04", 2),
        ("2021-02-01 to 2021-02-07", "2021-02-01", "2021-02-07", 3),
    ],
)
def test_months_years_and_spans_keep_their_precision(text, start, end, precision) -> None:
    assert read(text) == (start, end, precision)


@pytest.mark.parametrize(
    "text",
    ["31.02.2021", "2021-13-01", "0021-02-04", "99999", "soon", "4 Mars 2021 maybe", "7/2021/4/3"],
)
def test_what_is_no_date_is_bad_with_its_text(text) -> None:
    found = days(np.array([text], dtype=object), order="dmy")
    assert found.precision[0] == 0
    assert text[:10] in found.bad[0]


@pytest.mark.parametrize("text", [None, "", "n/a", "unknown", "naməlum", "нет данных", "—"])
def test_a_cell_that_states_nothing_is_blank_not_bad(text) -> None:
    found = days(np.array([text], dtype=object), order="dmy")
    assert not found.bad
    assert np.isnat(found.start[0])


def profile(*texts: str) -> DateProfile:
    held = DateProfile()
    held.add(np.array(texts, dtype=object))
    return held


def test_one_day_above_twelve_decides_for_the_whole_column() -> None:
    assert profile("02/04/2021", "05/23/2021", "03/04/2021").order == "mdy"
    assert profile("02/04/2021", "23/05/2021").order == "dmy"


def test_a_column_that_nothing_decides_is_day_first_and_says_so() -> None:
    held = profile("02/04/2021", "03/04/2021")
    assert held.order == "dmy"
    assert "both ways" in held.warnings("Date")[0]


def test_dots_are_day_first_without_a_warning() -> None:
    assert profile("02.04.2021", "03.04.2021").warnings("Date") == []


def test_a_column_of_both_orders_warns_and_refuses_the_fewer() -> None:
    held = profile("23/05/2021", "24/05/2021", "05/25/2021", "01/02/2021")
    assert held.order == "dmy"
    assert "refused" in held.warnings("Date")[0]
    assert days(np.array(["05/25/2021"], dtype=object), order="dmy").bad


@given(st.dates(date(1950, 1, 1), date(2060, 12, 31)).filter(lambda d: d != date(1970, 1, 1)))
def test_a_serial_day_is_the_day_it_counts(day) -> None:
    serial = (day - date(1899, 12, 30)).days
    assert read(str(serial)) == (day.isoformat(), day.isoformat(), 1)


@given(st.dates(date(1950, 1, 1), date(2069, 12, 31)), st.sampled_from(["dmy", "mdy"]))
def test_a_day_written_in_an_order_is_read_in_that_order(day, order) -> None:
    text = day.strftime("%d/%m/%Y" if order == "dmy" else "%m/%d/%Y")
    assert read(text, order)[0] == day.isoformat()


@given(st.dates(date(1990, 1, 1), date(2030, 1, 1)), st.integers(0, 60))
def test_a_span_holds_both_its_ends(day, length) -> None:
    end = day + timedelta(days=length)
    start, stop, precision = read(f"{day}/{end}")
    assert (start, stop) == (day.isoformat(), end.isoformat())
    assert precision == next(
        c for c, m in ((1, 0), (2, 5), (3, 6), (4, 30), (5, 99)) if length <= m
    )


@pytest.mark.parametrize(
    "text",
    ["1900-01-01", "01/01/1970", "1970-01-01T00:00:00Z", "01-Jan-70", "00/00/0000", "0000-00-00",
     "1904-01-01", "9999-12-31", "0001-01-01 00:00:00"],
)  # fmt: skip
def test_a_day_that_programs_write_for_none_is_no_date_and_said(take, write, text) -> None:
    report = take(write(f"id,date,lat,lon\n1,{text},40.1,47.1\n2,2021-02-04,40.1,47.1\n"))
    assert (report.counts["taken"], report.counts["refused"]) == (1, 1)
    assert "no date is known" in report.refused[0]["errors"][0]["reason"]


def test_such_a_day_written_in_words_is_meant(take, write, held) -> None:
    assert take(write("id,date,lat,lon\n1,1 January 1970,40.1,47.1\n")).counts["taken"] == 1


def test_an_end_that_is_none_leaves_the_start(take, write, held) -> None:
    take(write("id,date start,date end,lat,lon\n1,2021-02-04,1900-01-01,40.1,47.1\n"))
    assert held.snapshot().incidents["date_end"].astype(str).tolist() == ["2021-02-04"]


def test_the_days_of_reports_have_an_order_of_their_own(take, write, held) -> None:
    take(write("id,date,report date,source,lat,lon\n1,13/02/2021,03/04/2021,a,40.1,47.1\n"
               "2,14/02/2021,03/25/2021,a,40.1,47.1\n"))  # fmt: skip
    name = next(n for n in held.snapshot().incidents.index if n.endswith("-1"))
    assert str(held.get("incident", name).reports[0].published) == "2021-03-04"
