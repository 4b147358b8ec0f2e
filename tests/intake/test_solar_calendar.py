"""Days of the Solar Hijri calendar: converted where the file shows that they are, else refused."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from persiantools.jdatetime import JalaliDate

from geodata.intake.cells.dates import days, solar_days, writes_persian

PAIRS = {
    (1357, 11, 22): "1979-02-11", (1380, 6, 20): "2001-09-11", (1399, 12, 30): "2021-03-20",
    (1400, 1, 1): "2021-03-21", (1402, 5, 13): "2023-08-04", (1403, 1, 1): "2024-03-20",
    (1403, 12, 30): "2025-03-20", (1404, 1, 1): "2025-03-21",
}  # fmt: skip


def read(*cells: str, **how) -> list[tuple[str, str, int] | str]:
    found = days(np.array(cells, dtype=object), order="dmy", **how)
    return [
        found.bad.get(i) or (str(found.start[i]), str(found.end[i]), int(found.precision[i]))
        for i in range(len(cells))
    ]


@pytest.mark.parametrize(("solar", "day"), PAIRS.items())
def test_known_days(solar, day):
    assert [d.isoformat() for d in solar_days(*solar)] == [day, day]


@given(st.dates(date(1922, 3, 21), date(2100, 1, 1)))
def test_every_day_comes_back_and_days_months_and_years_follow_each_other(day):
    solar = JalaliDate(day)
    year, month, number = solar.year, solar.month, solar.day
    assert solar_days(year, month, number) == (day, day)
    first, last = solar_days(year, month)
    assert first == day - timedelta(days=number - 1)
    following = (year, month + 1) if month < 12 else (year + 1, 1)
    assert solar_days(*following)[0] == last + timedelta(days=1)
    assert solar_days(year)[1] + timedelta(days=1) == solar_days(year + 1)[0]
    written = read(f"{year}/{month:02d}/{number:02d}", f"{number}.{month}.{year}", solar=True)
    assert written == [(day.isoformat(), day.isoformat(), 1)] * 2


def test_notations():
    one = ("2023-08-04", "2023-08-04", 1)
    cells = ("1402-05-13", "۱۴۰۲/۰۵/۱۳", "13 اسد 1402", "۱۳ مرداد ۱۴۰۲", "13 Asad 1402",
             "13/05/1402", "13 زمری 1402")  # fmt: skip
    assert read(*cells, solar=True) == [one] * len(cells)
    assert read("1402/05", "اسد 1402", solar=True) == [("2023-07-23", "2023-08-22", 4)] * 2
    assert read("1402", solar=True) == [("2023-03-21", "2024-03-19", 5)]
    assert read("13-15 اسد 1402", solar=True) == [("2023-08-04", "2023-08-06", 2)]
    assert read("2023-08-04", solar=True) == [one]


def test_what_is_not_shown_to_be_solar_is_refused_with_the_way_out():
    for said in read("1402/05/13", "13.05.1402", "13 Asad 1402", "1445-02-30", "1402"):
        assert "--calendar solar" in said
    assert "no such day" in read("1402-12-30", solar=True)[0]
    assert "no such day" in read("1402-13-01", solar=True)[0]


def test_persian_is_told_from_arabic_kurdish_and_urdu():
    assert writes_persian(["تاریخ", "ولسوالی"])
    assert not writes_persian(["التاريخ", "القتلى", "المحافظة"])
    assert not writes_persian(["ڕێکەوت", "پارێزگا"])
    assert not writes_persian(["Date", "Killed"])


def test_a_file_in_dari_is_converted_and_says_so(take, write):
    report = take(write("id,تاریخ,ولسوالی,کشته\n1,1402/05/13,A,1\n2,1402-05-14,A,0\n"))
    assert [r["date_start"] for r in report.preview] == ["2023-08-04", "2023-08-05"]
    assert any("2 dates of the Solar Hijri calendar were converted" in w for w in report.warnings)


def test_an_english_file_is_refused_and_taken_when_the_calendar_is_stated(take, write):
    path = write("id,date,district\n1,1402/05/13,A\n")
    report = take(path)
    assert report.counts["refused"] == 1
    assert "--calendar solar" in report.refused[0]["errors"][0]["reason"]
    assert take(path, calendar="solar").preview[0]["date_start"] == "2023-08-04"


def test_years_and_months_in_columns_of_their_own(take, write):
    report = take(write("id,سال,ماه,ولسوالی\n1,1402,5,A\n2,1402,اسد,A\n"))
    assert {(r["date_start"], r["date_end"]) for r in report.preview} == {
        ("2023-07-23", "2023-08-22")
    }


def test_lunar_years_in_a_file_in_dari_are_no_days_of_the_future(take, write):
    report = take(write("id,تاریخ,ولسوالی\n1,1445/02/03,A\n"))
    assert report.counts["refused"] == 1


def test_clearance_of_a_file_in_dari(take, write):
    text = "operation_id,kind,status,period_start\n1,clearance,completed,۱۴۰۲/۰۵/۱۳\n"
    report = take(write(text), kind="operations")
    assert report.counts["refused"] == 0, report.refused
