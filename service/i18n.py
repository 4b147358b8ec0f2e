"""Languages: texts, plural forms, numbers, dates and writing direction.

A language is one folder of catalogues, ``service/locales/<lang>/LC_MESSAGES/*.po``; all
files of the folder are read. English is the language of the source and needs none.
"""

import calendar
import datetime as dt
import gettext
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Any

from geodata.deferred import babel, deferred
from geodata.errors import InvalidInput
from geodata.wording import Sentence


def is_missing(value: Any) -> bool:
    """Say whether a value of a frame or record is null, NaN, NaT or NA."""
    if value is None:
        return True
    if type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float) and math.isnan(value)


def as_date(day: Any) -> dt.date | None:
    """Read a day from what frames and JSON hold; null for null."""
    if is_missing(day):
        return None
    if isinstance(day, str):
        return dt.date.fromisoformat(day[:10])
    if isinstance(day, dt.datetime):
        return day.date()
    return day if isinstance(day, dt.date) else dt.date.fromisoformat(str(day)[:10])


def month_end(day: dt.date) -> dt.date:
    """Give the last day of the day's month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def decimals(value: float) -> int:
    """Give the decimals that leave two or three significant digits; none from 1000 on."""
    size = abs(value)
    if size >= 1000 or size == 0:
        return 0
    if size >= 10:
        return 0 if size.is_integer() else 1
    return min(6, max(1, 1 - math.floor(math.log10(size))))


if TYPE_CHECKING:
    from babel import dates, numbers, units
    from babel.messages import mofile, pofile

    from geodata.incidents import Toll
else:
    dates, numbers, units = (deferred(f"babel.{name}") for name in ("dates", "numbers", "units"))
    mofile, pofile = deferred("babel.messages.mofile"), deferred("babel.messages.pofile")


LOCALES = Path(__file__).parent / "locales"
SOURCE = "en"
DAY_FIRST = ("az",)
"""Languages whose ranges of days the CLDR writes year first, unlike their single days."""
_SCIENTIFIC = 1e15
"""From here on a number's digits say nothing, and Babel cannot write them all."""
MISSING = "–"
"""What stands for a value that is not known; never 0."""


def N_(text: str) -> str:  # noqa: N802 - the customary mark of a text translated later
    """Mark a text for the catalogues without translating it here."""
    return text


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """Give the languages there are, English first."""
    folders = {path.parent.parent.name for path in LOCALES.glob("*/LC_MESSAGES/*.po")}
    return (SOURCE, *sorted(folders - {SOURCE}))


class Translator:
    """Texts and formats of one language; immutable and safe to share."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    @cached_property
    def locale(self) -> "babel.Locale":
        """The language's data in the Unicode CLDR."""
        # British English: day before month, as everywhere the service is used.
        return babel.Locale.parse("en_GB" if self.lang == SOURCE else self.lang)

    @cached_property
    def _catalogue(self) -> gettext.NullTranslations:
        return _read_catalogues(self.lang)

    @property
    def dir(self) -> str:
        """Writing direction, ``ltr`` or ``rtl``, as the page's attribute."""
        return "rtl" if self.locale.character_order == "right-to-left" else "ltr"

    @property
    def name(self) -> str:
        """The language's name in itself."""
        own = self.locale.language_name or self.lang
        return own if self.dir == "rtl" else own[:1].upper() + own[1:]

    def gettext(self, message: str) -> str:
        """Translate a text; a text without translation stays as it is."""
        return self._catalogue.gettext(message)

    _ = gettext

    def ngettext(self, singular: str, plural: str, n: float) -> str:
        """Translate a text by the language's plural rule for `n`.

        A fraction takes the plural form that its integer part would not decide.
        """
        whole = int(n) if float(n).is_integer() else 2
        return self._catalogue.ngettext(singular, plural, whole)

    def pgettext(self, context: str, message: str) -> str:
        """Translate a text whose sense depends on `context`."""
        return self._catalogue.pgettext(context, message)

    def said(self, message: str) -> str:
        """Say a sentence of the library in this language; a text that is none stays as it is."""
        if self.lang == SOURCE or not isinstance(message, Sentence):
            return str(message)
        return _Filling(self).vformat(self.gettext(message.pattern), (), message.parts)

    def number(self, value: Any, digits: int | None = None) -> str:
        """Write a number with the language's separators.

        Parameters
        ----------
        value
            A number; null or NaN gives an en dash, because unknown is not 0.
        digits
            Decimals shown; None shows two or three significant digits, and
            no zeros at the end.
        """
        if is_missing(value) or not math.isfinite(value):
            return MISSING
        if abs(value) >= _SCIENTIFIC:
            return numbers.format_scientific(float(value), format="0.##E0", locale=self.locale)
        if digits is None:
            digits = decimals(float(value))
            pattern = "#,##0." + "#" * digits if digits else "#,##0"
        else:
            pattern = "#,##0." + "0" * digits if digits else "#,##0"
        return numbers.format_decimal(float(value), format=pattern, locale=self.locale)

    def hectares(self, area_m2: float) -> str:
        """Write an area given in square metres in hectares."""
        return units.format_unit(area_m2 / 1e4, "hectare", "short", locale=self.locale)

    def extent(self, box: Sequence[float], digits: int = 2) -> str:
        """Write a box (west, south, east, north; heights between are left out) in degrees.

        Examples
        --------
        >>> Translator("en").extent((45.894, 39.781, 47.7, 40.73))
        '45.89–47.70° E, 39.78–40.73° N'
        >>> Translator("en").extent((177, -19.2, -178.5, 1.5), 1)
        '177.0° E – 178.5° W, 19.2° S – 1.5° N'
        """
        west, south, east, north = *box[:2], *box[-(len(box) // 2) :][:2]

        def axis(first: float, last: float, letters: str) -> str:
            ends = [self.number(abs(value), digits) for value in (first, last)]
            sides = [letters[value < 0] for value in (first, last)]
            if sides[0] == sides[1]:
                return f"{'–'.join(ends)}° {sides[0]}"
            return " – ".join(f"{end}° {side}" for end, side in zip(ends, sides, strict=True))

        return f"{axis(west, east, 'EW')}, {axis(south, north, 'NS')}"

    def percent(self, share: Any, digits: int = 0) -> str:
        """Write a share of 1 as a percentage."""
        if is_missing(share) or not math.isfinite(share):
            return MISSING
        pattern = self.locale.percent_formats[None].pattern
        if digits:
            pattern = pattern.replace("0", "0." + "0" * digits, 1)
        return numbers.format_percent(float(share), format=pattern, locale=self.locale)

    def people(self, low: Any, best: Any, high: Any) -> str:
        """Write a number of people: the best one, else its bounds: ``2–3``, ``≥ 5``, ``≤ 7``."""
        if not is_missing(best):
            return self.number(best)
        if is_missing(low) or is_missing(high):
            sign, bound = ("≤", high) if is_missing(low) else ("≥", low)
            return MISSING if is_missing(bound) else f"{sign} {self.number(bound)}"
        return self.number(low) if low == high else self.interval(low, high)

    def toll(self, toll: "Toll") -> str:
        """Write the people of several incidents, with ``≥`` where some of these do not say."""
        people = None if toll.people is None else round(toll.people, 2)
        return self.people(people, None if toll.bounded else people, None)

    def interval(self, low: Any, high: Any, digits: int | None = None) -> str:
        """Write both limits of an interval, ``0.12–1.3``; missing limits give one dash."""
        if is_missing(low) and is_missing(high):
            return MISSING
        return f"{self.number(low, digits)}–{self.number(high, digits)}"

    def date(self, day: Any, style: str = "medium") -> str:
        """Write a day.

        Parameters
        ----------
        day
            A date, a date-time, a text in ISO 8601, or null.
        style
            CLDR's ``short``, ``medium``, ``long`` or ``full``, or a pattern.
        """
        found = as_date(day)
        return MISSING if found is None else dates.format_date(found, style, self.locale)

    def datetime(self, moment: Any, style: str = "medium") -> str:
        """Write a moment in UTC, and say so."""
        if is_missing(moment):
            return MISSING
        found = dt.datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        found = found.replace(tzinfo=dt.UTC) if found.tzinfo is None else found.astimezone(dt.UTC)
        pattern = "short" if style == "medium" else style
        day = dates.format_date(found.date(), style, self.locale)
        return f"{day}, {dates.format_time(found.time(), pattern, locale=self.locale)} UTC"

    def days(self, start: Any, end: Any, precision: Any = None) -> str:
        """Write when something happened, as exactly as it is known.

        Parameters
        ----------
        start, end
            First and last day; either may be null.
        precision
            Precision of the date: 4 (month) and 5 (year) are written as month and year
            when the days span just that, otherwise the range is written.
        """
        first, last = as_date(start), as_date(end)
        if first is None or last is None or first == last:
            return self.date(first or last)
        same_year = first.year == last.year and first.day == 1
        if precision == 5 and same_year and (first.month, last.month, last.day) == (1, 12, 31):
            return self.date(first, "yyyy")
        if precision == 4 and same_year and last == month_end(first):
            return self.date(first, "LLLL yyyy")
        return self._span(first, last)

    def interval_of_days(self, start: Any, end: Any) -> str:
        """Write a period; an open end is an ellipsis."""
        first, last = as_date(start), as_date(end)
        if first is not None and last is not None:
            return self.days(first, last)
        return f"{self.date(first) if first else '…'} – {self.date(last) if last else '…'}"

    def _span(self, first: dt.date, last: dt.date) -> str:
        if self.lang not in DAY_FIRST:
            return dates.format_interval(first, last, "yMMMd", locale=self.locale)
        start = (
            "d MMM y" if first.year != last.year else "d MMM" if first.month != last.month else "d"
        )
        gap = "–" if start == "d" else " – "
        return self.date(first, start) + gap + self.date(last, "d MMM y")

    def place_name(self, row: Mapping[str, Any]) -> str:
        """Give the name in this language of a district or place, else its default name."""
        own = row.get(f"name_{self.lang}")
        return str(row["name"] if is_missing(own) or own == "" else own)

    def local_name(self, row: Mapping[str, Any]) -> str | None:
        """Give the local name to set beside `place_name`; None when it is the same."""
        local = row.get("name_az")
        local = row["name"] if is_missing(local) or local == "" else local
        return None if str(local) == self.place_name(row) else str(local)


class _Filling(Formatter):
    """Fills the braces of a sentence's pattern as its language writes."""

    def __init__(self, translator: Translator) -> None:
        self._words = translator

    def convert_field(self, value: Any, conversion: Any) -> Any:
        """Say sentences in the language; quote and join as the English does."""
        if isinstance(value, tuple):
            value = "; ".join(self._words.said(one) for one in value)
        elif isinstance(value, Sentence):
            value = self._words.said(value)
        return super().convert_field(value, conversion)

    def format_field(self, value: Any, format_spec: str) -> str:
        """Write counts, shares and measures with the language's separators."""
        text = format(value, format_spec)
        digits = len(text.rstrip("%").partition(".")[2])
        if format_spec.endswith("%"):
            return self._words.percent(value, digits)
        if "," in format_spec or format_spec.endswith("f"):
            return self._words.number(value, digits)
        return text


def _read_catalogues(lang: str) -> gettext.NullTranslations:
    found: gettext.NullTranslations | None = None
    for path in _files(lang):
        with path.open("rb") as source:
            catalogue = pofile.read_po(source, locale=lang)
        binary = io.BytesIO()
        mofile.write_mo(binary, catalogue)
        binary.seek(0)
        translations = gettext.GNUTranslations(binary)
        if found is None:
            found = translations
        else:
            found.add_fallback(translations)
    return found or gettext.NullTranslations()


def _files(lang: str) -> Iterator[Path]:
    return iter(sorted((LOCALES / lang / "LC_MESSAGES").glob("*.po")))


@lru_cache(maxsize=32)
def translator_of(lang: str) -> Translator:
    """Give the translator of a language.

    Raises
    ------
    InvalidInput
        There is no such language; the message lists those there are.
    """
    if lang not in languages():
        names = ", ".join(languages())
        raise InvalidInput(
            f"lang={lang[:40]!r} has to be one of {names}, e.g. lang=en.",
            code="bad-lang",
            details=[{"field": "lang", "reason": f"has to be one of {names}"}],
        )
    return Translator(lang)
