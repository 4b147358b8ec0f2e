"""Days of the Solar Hijri calendar, which Afghanistan and Iran use: 1402/05/13, 13 اسد 1402.

A year of 1300 to 1499 can be of no other day that an import takes, but for the lunar calendar's:
so it is converted where the file shows that it is written in Persian or Dari, is of one of these
countries, or the user says so, and refused elsewhere.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from geodata.deferred import deferred
from geodata.intake.cells.numbers import western
from geodata.wording import plain, say

if TYPE_CHECKING:
    import persiantools.jdatetime as persian
else:
    persian = deferred("persiantools.jdatetime")

FIRST_YEAR, LAST_YEAR = 1300, 1499
COUNTRIES = frozenset({"AF", "IR"})
_MONTHS = (
    "حمل فروردین وری hamal farvardin",
    "ثور اردیبهشت غویی sawr saur thawr ordibehesht",
    "جوزا خرداد غبرګولی jawza jauza khordad",
    "سرطان تیر چنګاښ saratan tir",
    "اسد مرداد امرداد زمری asad mordad",
    "سنبله شهریور وږی sunbula sonbola shahrivar",
    "میزان مهر تله mizan mehr",
    "عقرب آبان لړم aqrab aban",
    "قوس آذر لیندۍ qaws qaus azar",
    "جدی دی مرغومی jadi dey",
    "دلو بهمن سلواغه dalw dalwa bahman",
    "حوت اسفند کب hut esfand",
)
"""Names in Dari, in Persian and in Pashto, and how they are written in Latin letters."""
SOLAR_MONTHS = {plain(n): number for number, some in enumerate(_MONTHS, 1) for n in some.split()}
"""Folded name to the month's number."""
_YEAR = re.compile(r"(?<!\d)1[34]\d\d(?!\d)")
_PERSIAN = re.compile("[پچژگکی\u06f0-\u06f9]")
_OTHERS = re.compile("[ەێۆڕڵٹڈڑے]")
"""Letters of Kurdish and Urdu, which share those of Persian and count by other calendars."""


def is_solar_year(year: int) -> bool:
    """Say whether a year can be meant as one of the Solar Hijri calendar."""
    return FIRST_YEAR <= year <= LAST_YEAR


def solar_days(year: int, month: int | None = None, day: int | None = None) -> tuple[date, date]:
    """Give the first and last day of a Solar Hijri day, month or year.

    Raises
    ------
    ValueError
        There is no such day.

    Examples
    --------
    >>> solar_days(1402, 5, 13)[0].isoformat(), solar_days(1403, 12)[1].isoformat()
    ('2023-08-04', '2025-03-20')
    """
    if month is not None and not 1 <= month <= 12:
        raise ValueError(say("there is no such day"))
    last = month or 12
    length = persian.JalaliDate.days_in_month(last, year)
    if day is not None and not 1 <= day <= length:
        raise ValueError(say("there is no such day"))
    ends = ((year, month or 1, day or 1), (year, last, day or length))
    start, end = (persian.JalaliDate(*one).to_gregorian() for one in ends)  # type: ignore[no-untyped-call]
    return start, end


def writes_persian(texts: Iterable[str]) -> bool:
    """Say whether headers or cells are written in Persian, Dari or Pashto, or with its digits.

    Examples
    --------
    >>> writes_persian(["تاریخ"]), writes_persian(["۱۴۰۲"]), writes_persian(["تاريخ", "Date"])
    (True, True, False)
    """
    whole = " ".join(texts)
    return bool(_PERSIAN.search(whole)) and not _OTHERS.search(whole)


def names_solar_month(text: str) -> bool:
    """Say whether a cell has a year of the calendar with the name of a month."""
    text = western(text)
    return bool(_YEAR.search(text)) and any(w in SOLAR_MONTHS for w in plain(text).split())


def has_solar_year(text: str) -> bool:
    """Say whether a cell has a year that can be one of this calendar."""
    return bool(_YEAR.search(western(text)))
