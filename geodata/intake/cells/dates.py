"""Cells to days: the order of day and month is decided by the whole column, never by a cell.

Days of the Solar Hijri calendar, which Afghanistan and Iran use (1402/05/13, 13 اسد 1402), have
years of 1300 to 1499. Such a year can be of no other day that an import takes, but for the lunar
calendar's: so it is converted where the file shows that it is written in Persian or Dari, is of
one of these countries, or the user says so, and refused elsewhere.
"""

import calendar
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING

import numpy as np

from geodata.deferred import babel, deferred
from geodata.intake.cells.numbers import distinct, is_nothing, western
from geodata.wording import Sentence, plain, reason_of, say

if TYPE_CHECKING:
    import persiantools.jdatetime as persian
else:
    persian = deferred("persiantools.jdatetime")

FIRST_SOLAR_YEAR, LAST_SOLAR_YEAR = 1300, 1499
SOLAR_COUNTRIES = frozenset({"AF", "IR"})
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
_SOLAR_YEAR = re.compile(r"(?<!\d)1[34]\d\d(?!\d)")
_PERSIAN = re.compile("[پچژگکی\u06f0-\u06f9]")
_OTHERS = re.compile("[ەێۆڕڵٹڈڑے]")
"""Letters of Kurdish and Urdu, which share those of Persian and count by other calendars."""


def is_solar_year(year: int) -> bool:
    """Say whether a year can be meant as one of the Solar Hijri calendar."""
    return FIRST_SOLAR_YEAR <= year <= LAST_SOLAR_YEAR


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
    return bool(_SOLAR_YEAR.search(text)) and any(w in SOLAR_MONTHS for w in plain(text).split())


def has_solar_year(text: str) -> bool:
    """Say whether a cell has a year that can be one of this calendar."""
    return bool(_SOLAR_YEAR.search(western(text)))


_TIME = r"(?:[T ,]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[ap]\.?m\.?|Z|[+-]\d{2}:?\d{2})?)?"
_ISO = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + _TIME + "$", re.IGNORECASE)
_PACKED = re.compile(r"^(19\d\d|20\d\d)(\d\d)(\d\d)$")
_NUMERIC = re.compile(
    r"^(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{4}|\d{2})(?:\s*г\.?)?" + _TIME + "$",
    re.IGNORECASE,
)
_SERIAL = re.compile(r"^(\d{5})(?:[.,]\d+)?$")
_YEAR = re.compile(r"^(\d{4})(?:[.,]0+)?$")
_YEAR_MONTH = re.compile(r"^(\d{4})[-/.](\d{1,2})$")
_MONTH_YEAR = re.compile(r"^(\d{1,2})[-/.](\d{4})$")
_QUARTER = re.compile(
    r"^(?:q|кв\.?|quarter|trimestre)\s*([1-4])\D{0,3}(\d{4})$|"
    r"^(\d{4})\D{0,3}(?:q|кв\.?|quarter|trimestre)\s*([1-4])$|"
    r"^([1-4])\s*(?:[-.]?\s?(?:й|st|nd|rd|th|er|e|º|o)\s)?\s*"
    r"(?:кв\.?|квартал|rub|rüb|quarter|trimestre)\D{0,4}(\d{4})(?:\s*г\.?)?$",
    re.IGNORECASE,
)
_SPAN = re.compile(r"^(.*\d)\s*(?:/|\bto\b|\s[-–—]\s|\bпо\b|…|\.\.)\s*(.*\d.*)$", re.IGNORECASE)
_DAYS_OF = re.compile(r"^(\d{1,2})\s*[-–—]\s*(\d{1,2})\s+(\D+\d{4})(?:\s*г\.?)?$")
_FIRST_YEAR = 1900
_NEVER = frozenset(
    date(*day)
    for day in (
        (1, 1, 1), (1601, 1, 1), (1753, 1, 1), (1899, 12, 30), (1899, 12, 31), (1900, 1, 1),
        (1904, 1, 1), (1970, 1, 1), (9999, 12, 31),
    )
)  # fmt: skip
"""Days that programs write where none is known: the first or last that they can count."""
_ZEROS = re.compile(r"^0{1,4}([-/.])0{1,4}\1(?:0{1,4}|1900)(?:[T ][0:.]*Z?)?$")
_IN_WORDS = re.compile(r"[^\W\d_]{3}.*\d{4}|\d{4}.*[^\W\d_]{3}")
_SERIAL_RANGE = (7_306, 62_092)
"""Excel's serials of 1920-01-01 and 2069-12-31 in the 1900 system."""
_EPOCH = date(1899, 12, 30)
_PIVOT = 70
_FIRST_DAY = date(1970, 1, 1).toordinal()
_NAT = np.datetime64("NaT", "D").astype("int64")
_SHORT_MONTHS = (
    "jan yanvar янв", "feb fevral фев", "mar mart мар", "apr апр", "may", "jun iyun июн",
    "jul iyul июл", "aug avqust авг", "sep sept сен сент", "oct окт", "nov ноя нояб", "dec дек",
)  # fmt: skip
_FILLERS = frozenset(
    ["г", "года", "р", "року", "il", "of", "the", "ci", "cu", "de", "del", "do", "e", "le", "le"]
)
_LANGUAGES = ("en", "az", "ru", "tr", "fr", "es", "pt", "uk", "ar", "ar_SY", "fa", "de")


@cache
def month_names() -> dict[str, int]:
    """Names of months by how people write them: CLDR's forms of one word, and short ones."""
    names = {plain(n): k for k, some in enumerate(_SHORT_MONTHS, 1) for n in some.split()}
    for language in _LANGUAGES:
        locale = babel.Locale.parse(language)
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in locale.months[context][width].items():
                    word = plain(name)
                    if word.isalpha() and len(word) > 2:
                        names.setdefault(word, number)
    return names


@cache
def _weekday_names() -> frozenset[str]:
    days = (babel.Locale.parse(lang).days["format"] for lang in _LANGUAGES)
    return frozenset(plain(n) for some in days for w in ("wide", "abbreviated")
                     for n in some[w].values())  # fmt: skip


Span = tuple[date, date, int]
"""First day, last day, precision code."""
_BLANK: Span = (date.min, date.min, 0)


@dataclass(slots=True)
class DateProfile:
    """What a whole column says about the order of its days and months."""

    day_first: int = 0
    month_first: int = 0
    """Cells that can only be read one way."""
    open: int = 0
    """Cells that can be read both ways, with different days."""
    dotted: int = 0
    """Of `open`, those written with dots, as only day-first writers do."""
    serials: int = 0
    solar: int = 0
    """Cells with a year that can be one of the Solar Hijri calendar."""
    persian: bool = False
    """Whether they are written in Persian digits or name that calendar's months."""
    _seen: int = field(default=0, repr=False)

    def add(self, values: np.ndarray) -> None:
        """Count one chunk of the column."""
        for text, count in Counter(v for v in values.tolist() if isinstance(v, str)).items():
            if has_solar_year(text):
                self.solar += count
                self.persian |= writes_persian([text]) or names_solar_month(text)
                continue
            match = _NUMERIC.match(text.strip())
            if not match:
                self.serials += count * bool(_SERIAL.match(text.strip()))
                continue
            first, second = int(match.group(1)), int(match.group(2))
            self.day_first += count * (first > 12 >= second)
            self.month_first += count * (second > 12 >= first)
            if first <= 12 and second <= 12 and first != second:
                self.open += count
                self.dotted += count * ("." in text)

    @property
    def order(self) -> str:
        """``dmy`` or ``mdy``: what most cells that decide say; day first if none does."""
        return "mdy" if self.month_first > self.day_first else "dmy"

    def warnings(self, column: str) -> list[str]:
        """State how the order was decided, where it matters."""
        said: list[str] = []
        shown = say("day before month") if self.order == "dmy" else say("month before day")
        if self.open and not (self.day_first or self.month_first) and self.dotted < self.open:
            said.append(
                say(
                    "{column}: {open} dates can be read both ways and none decides; they were "
                    "read {order}. State it with --date-order dmy or mdy.",
                    column=column,
                    open=self.open,
                    order=shown,
                )
            )
        if self.day_first and self.month_first:
            said.append(
                say(
                    "{column}: {days} dates are day first and {months} month first; {open} open "
                    "ones were read {order}, the contradicting ones refused.",
                    column=column,
                    days=self.day_first,
                    months=self.month_first,
                    open=self.open,
                    order=shown,
                )
            )
        elif self.open and self.month_first:
            said.append(
                say(
                    "{column}: dates are read {order}, as {months} of them say.",
                    column=column,
                    order=shown,
                    months=self.month_first,
                )
            )
        if self.serials:
            said.append(
                say(
                    "{column}: {cells} cells are serial numbers of a spreadsheet.",
                    column=column,
                    cells=self.serials,
                )
            )
        return said


@dataclass(slots=True)
class Days:
    """A column of days: first and last day as datetime64[D], precision 1 to 5 (0 = blank)."""

    start: np.ndarray
    end: np.ndarray
    precision: np.ndarray
    bad: dict[int, str]
    never: int = 0
    """Cells with a day that programs write for none, e.g. 1900-01-01: they count as blank."""


def days(values: np.ndarray, *, order: str, epoch_1904: bool = False, solar: bool = False) -> Days:
    """Read a column of dates.

    ISO days and times (the day as written, whatever its zone), ``04.02.2021``,
    ``4 February 2021``, ``4 fevral 2021``, ``4 февраля 2021 г.``, ``20210204``, serial days of a
    spreadsheet, months (``02.2021``, ``Feb 2021``), quarters (``2021-Q1``), years, and spans of
    two such (``2021-01-21/2021-01-31``, ``21-31 January 2021``).

    NaT and precision 0 where blank or bad.

    Parameters
    ----------
    order
        ``dmy`` or ``mdy`` for all-number dates.
    epoch_1904
        Serial days count from 1904-01-01.
    solar
        Years from 1300 to 1499 are those of the Solar Hijri calendar; else they are refused.
    """
    parse = partial(_span, order, date(1904, 1, 1) if epoch_1904 else _EPOCH, solar)
    found, codes, bad = distinct(values, parse, None)
    blank = np.array([s is _BLANK for s in found], dtype=bool)
    never = int(blank[codes].sum())
    found = [None if s is _BLANK else s for s in found]
    start, end = (
        np.array(
            [s[at].toordinal() - _FIRST_DAY if s else _NAT for s in found], dtype="int64"
        ).view("datetime64[D]")
        for at in (0, 1)
    )
    precision = np.array([s[2] if s else 0 for s in found], dtype="int64")
    return Days(start[codes], end[codes], precision[codes], bad, never)


def day_texts(days: np.ndarray) -> list[str | None]:
    """Write each day in ISO 8601, each distinct one once; None for NaT."""
    distinct, which = np.unique(days, return_inverse=True)
    texts = np.datetime_as_string(distinct).astype(object)
    texts[np.isnat(distinct)] = None
    found: list[str | None] = texts[which].tolist()
    return found


def precision_of(start: date, end: date) -> int:
    """Give UCDP's precision code of a span by its length.

    Examples
    --------
    >>> precision_of(date(2021, 1, 21), date(2021, 1, 31))
    4
    """
    length = (end - start).days + 1
    return next((code for code, most in ((1, 1), (2, 6), (3, 7), (4, 31)) if length <= most), 5)


def looks_like_dates(values: np.ndarray) -> bool:
    """Say whether nearly all filled cells of a sample read as dates of a day."""
    filled = [v for v in values if isinstance(v, str) and not is_nothing(v)]
    if len(filled) < 2:
        return False
    read = days(np.array(filled, dtype=object), order="dmy")
    serial = sum(1 for v in filled if _SERIAL.match(v))
    return (
        len(read.bad) <= 0.1 * len(filled) and serial == 0 and int(np.median(read.precision)) == 1
    )


@lru_cache(maxsize=50_000)
def _span(order: str, epoch: date, solar: bool, text: str) -> Span:  # noqa: FBT001 - cached
    # One chunk of a file has the same days as the next.
    return _Parser(order, epoch, solar=solar).span(text)


class _Parser:
    def __init__(self, order: str, epoch: date, *, solar: bool = False) -> None:
        self.order = order
        self.epoch = epoch
        self.solar = solar

    def span(self, text: str) -> Span:
        if _ZEROS.match(text):
            return _BLANK
        try:
            found = self._one(text) or self._two(text)
        except (ValueError, OverflowError) as error:
            reason = reason_of(error)
            # Python's own words are English.
            said = reason if isinstance(reason, Sentence) else say("there is no such day")
            raise ValueError(say("{text!r}: {reason}", text=text[:40], reason=said)) from None
        if found is None:
            raise ValueError(say("{text!r} is not a date; write 2021-02-04", text=text[:40]))
        if found[2] == 1 and found[0] in _NEVER and not _IN_WORDS.search(text):
            return _BLANK
        if not _FIRST_YEAR <= found[0].year <= 2100:
            raise ValueError(
                say(
                    "{text!r} is outside the years {first} to 2100",
                    text=text[:40],
                    first=_FIRST_YEAR,
                )
            )
        return found

    def _one(self, text: str) -> Span | None:
        if match := _ISO.match(text) or _PACKED.match(text):
            year, month, day = (int(part) for part in match.groups()[:3])
            return self._solar(year, month, day) or _day(date(year, month, day))
        if match := _NUMERIC.match(text):
            return _day(self._ordered(*match.groups()))
        if match := _SERIAL.match(text):
            serial = int(match.group(1))
            later = (self.epoch - _EPOCH).days
            if _SERIAL_RANGE[0] <= serial + later <= _SERIAL_RANGE[1]:
                return _day(self.epoch + timedelta(days=serial))
            raise ValueError(say("not a date, nor a spreadsheet's serial day of 1920 to 2069"))
        if match := _YEAR.match(text):
            year = int(match.group(1))
            return self._solar(year) or (date(year, 1, 1), date(year, 12, 31), 5)
        if match := _YEAR_MONTH.match(text):
            year, month = int(match.group(1)), int(match.group(2))
            return self._solar(year, month) or _month(year, month)
        if match := _MONTH_YEAR.match(text):
            year, month = int(match.group(2)), int(match.group(1))
            return self._solar(year, month) or _month(year, month)
        if match := _QUARTER.match(text):
            quarter, year = (int(part) for part in _quarter(*match.groups()))
            return date(year, quarter * 3 - 2, 1), _month(year, quarter * 3)[1], 5
        return self._named(text)

    def _solar(self, year: int, month: int | None = None, day: int | None = None) -> Span | None:
        """Convert a day, month or year of the Solar Hijri calendar, where the file has such."""
        if not is_solar_year(year):
            return None
        if not self.solar:
            raise ValueError(
                say(
                    "is no year of the Gregorian calendar; --calendar solar reads it as one of "
                    "the Solar Hijri calendar of Afghanistan and Iran"
                )
            )
        return *solar_days(year, month, day), 1 if day else 4 if month else 5

    def _ordered(self, first: str, second: str, year: str) -> date:
        day, month = (first, second) if self.order == "dmy" else (second, first)
        if int(month) > 12 >= int(day):
            raise ValueError(
                say("cannot be read dmy, as the column is; it has the month first")
                if self.order == "dmy"
                else say("cannot be read mdy, as the column is; it has the day first")
            )
        found = self._solar(_full_year(year), int(month), int(day))
        return found[0] if found else date(_full_year(year), int(month), int(day))

    def _named(self, text: str) -> Span | None:
        if match := _DAYS_OF.match(text):
            start, end = (self._named(f"{match.group(n)} {match.group(3)}") for n in (1, 2))
            if start and end and start[2] == end[2] == 1:
                return _between(start[0], end[0])
        words = plain(re.sub(r"(?<=\d)(st|nd|rd|th)\b", "", text)).split()
        words = [w for w in words if w not in _FILLERS]
        figures = [w for w in words if w.isdecimal()]
        years = [int(w) for w in figures if len(w) == 4]
        of_solar = len(years) == 1 and is_solar_year(years[0])
        named = SOLAR_MONTHS if of_solar else month_names()
        months = [named[w] for w in words if w in named]
        others = [w for w in words if not w.isdecimal() and w not in named]
        if len(months) != 1 or any(w not in _weekday_names() for w in others):
            return None
        day_numbers = [int(w) for w in figures if len(w) <= 2]
        if of_solar:
            day = day_numbers[0] if day_numbers else None
            return self._solar(years[0], months[0], day) if len(day_numbers) < 2 else None
        if len(years) == 1 and len(day_numbers) == 1:
            return _day(date(years[0], months[0], day_numbers[0]))
        if len(years) == 1 and not day_numbers:
            return _month(years[0], months[0])
        if not years and len(day_numbers) == 2:
            return _day(date(_full_year(f"{day_numbers[1]:02d}"), months[0], day_numbers[0]))
        return None

    def _two(self, text: str) -> Span | None:
        match = _SPAN.match(text)
        if not match:
            return None
        start, end = self._one(match.group(1).strip()), self._one(match.group(2).strip())
        return _between(start[0], end[1]) if start and end else None


def _quarter(*parts: str | None) -> tuple[str, str]:
    """Give quarter and year of what `_QUARTER` found: only its second form has the year first."""
    first, second = (part for part in parts if part)
    return (second, first) if len(first) > 1 else (first, second)


def _full_year(text: str) -> int:
    """Give the century of a year of two digits: up to 69 it is 20xx, in every notation."""
    year = int(text)
    return year if len(text) > 2 else year + (2000 if year < _PIVOT else 1900)


def _day(day: date) -> Span:
    return day, day, 1


def _month(year: int, month: int) -> Span:
    last = calendar.monthrange(year, month)[1]
    return date(year, month, 1), date(year, month, last), 4


def _between(start: date, end: date) -> Span:
    if end < start:
        raise ValueError(say("the span ends before it starts"))
    return start, end, precision_of(start, end)
