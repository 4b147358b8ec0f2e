"""Languages: texts, words for codes, plural forms, numbers, dates and writing direction.

A language is one folder of catalogues, ``service/locales/<lang>/LC_MESSAGES/*.po``; all
files of the folder are read. English is the language of the source and needs none. A reader
sees words instead of ``ap_mine`` or ``date_start`` (`label`, `field_label`).
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

from geodata.deferred import babel, deferred, numbers, units
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
    from babel import dates
    from babel.messages import mofile, pofile

    from geodata.incidents import Toll
else:
    dates = deferred("babel.dates")
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


CODES: dict[str, dict[str, str]] = {
    "record_status": {
        "draft": N_("draft"),
        "verified": N_("verified"),
        "disputed": N_("disputed"),
        "merged": N_("merged into another record"),
        "retracted": N_("retracted"),
    },
    "date_basis": {
        "stated": N_("stated by the source"),
        "resolved": N_("worked out from the source's words"),
        "inferred": N_("inferred"),
    },
    "coordinate_method": {
        "gps": N_("measured (GPS)"),
        "digitised": N_("digitised from a map"),
        "gazetteer": N_("place name looked up"),
        "district": N_("district only"),
        "unknown": N_("unknown"),
    },
    "placed_by": {
        "code": N_("code of the place"),
        "name": N_("name of the district"),
        "similar_name": N_("a similar spelling of the district's name"),
        "place": N_("name of the place"),
        "point": N_("the point"),
        "person": N_("a person"),
    },
    "accident_type": {
        "mine": N_("mine"),
        "demining": N_("accident during demining"),
        "cluster": N_("cluster munition"),
        "uxo_axo": N_("unexploded or abandoned ordnance"),
        "ied": N_("improvised explosive device"),
        "stored_ammunition": N_("stored ammunition"),
        "other": N_("other"),
        "unknown": N_("unknown"),
    },
    "device": {
        "ap_mine": N_("anti-personnel mine"),
        "at_mine": N_("anti-tank mine"),
        "mine_unspecified": N_("mine, type not stated"),
        "uxo": N_("unexploded ordnance"),
        "axo": N_("abandoned ordnance"),
        "cmr": N_("cluster munition remnant"),
        "improvised_mine": N_("improvised mine"),
        "ied_other": N_("other improvised device"),
        "stored_ammunition": N_("stored ammunition"),
        "unknown": N_("unknown"),
    },
    "activity": {
        "farming": N_("farming"),
        "herding": N_("herding"),
        "gathering": N_("gathering wood, plants or scrap"),
        "travel_foot": N_("travelling on foot"),
        "travel_vehicle": N_("travelling by vehicle"),
        "construction": N_("construction"),
        "playing": N_("playing"),
        "tampering": N_("handling the device"),
        "search_recovery": N_("search and recovery"),
        "demining": N_("demining"),
        "military": N_("military activity"),
        "other": N_("other"),
        "unknown": N_("unknown"),
    },
    "group": {
        "civilian": N_("civilians"),
        "military": N_("military"),
        "peacekeeper": N_("peacekeepers"),
        "deminer": N_("deminers"),
        "emergency_worker": N_("emergency workers"),
        "aid_worker": N_("aid workers"),
        "journalist": N_("journalists"),
        "police": N_("police"),
        "unknown": N_("group not stated"),
    },
    "sex": {"female": N_("female"), "male": N_("male"), "unknown": N_("not stated")},
    "age_group": {"child": N_("child"), "adult": N_("adult"), "unknown": N_("not stated")},
    "outcome": {
        "killed": N_("killed"),
        "injured": N_("injured"),
        "unknown": N_("outcome not stated"),
    },
    "role": {
        "public": N_("public"),
        "analyst": N_("analyst (reads restricted records)"),
        "editor": N_("editor (writes)"),
        "admin": N_("administrator"),
    },
    "sensitivity": {"public": N_("public"), "restricted": N_("restricted")},
    "qualifier": {
        "exact": N_("exactly"),
        "over": N_("more than"),
        "almost": N_("almost"),
        "about": N_("about"),
    },
    "kind": {
        "clearance": N_("clearance"),
        "survey": N_("survey"),
        "training": N_("training"),
        "deployment": N_("deployment"),
        "assessment": N_("assessment"),
    },
    "status": {
        "planned": N_("planned"),
        "under_way": N_("under way"),
        "completed": N_("completed"),
        "announced": N_("announced"),
    },
    "ground_status": {
        "recorded": N_("incidents recorded"),
        "surveyed_no_evidence": N_("surveyed, no evidence found"),
        "cleared": N_("cleared"),
        "no_information": N_("no information"),
    },
    "hazardous_area": {
        "cha": N_("confirmed hazardous area"),
        "sha": N_("suspected hazardous area"),
    },
    "risk_class": {
        "very_low": N_("very low"),
        "low": N_("low"),
        "medium": N_("medium"),
        "high": N_("high"),
        "very_high": N_("very high"),
        "no_information": N_("no information"),
    },
    "rate_status": {
        "island": N_("without neighbours: its estimate borrows from the whole area"),
        "no_area": N_("no area is known to divide by"),
        "no_population": N_("no population is known to divide by"),
        "known_by_province_only": N_(
            "no incident is known to be here; some known by province only may be"
        ),
        "casualties_not_stated": N_("no report states how many were killed and injured"),
        "casualties_partly_stated": N_(
            "some reports do not state how many were killed and injured: at least so many"
        ),
        "killed_not_stated": N_("no report states how many were killed"),
        "killed_partly_stated": N_(
            "some reports do not state how many were killed: at least so many"
        ),
    },
    "hotspot": {
        "hot": N_("hot spot"),
        "cold": N_("cold spot"),
        "none": N_("no cluster found"),
        "not_enough_data": N_("not enough data to tell"),
    },
    "change": {
        "create": N_("created"),
        "correct": N_("corrected"),
        "verify": N_("verified"),
        "dispute": N_("disputed"),
        "merge": N_("merged"),
        "retract": N_("retracted"),
        "redact": N_("redacted"),
    },
    "date_precision": {
        "1": N_("the day is known"),
        "2": N_("a range of 2 to 6 days"),
        "3": N_("the week is known"),
        "4": N_("the month is known"),
        "5": N_("the year is known"),
    },
    "where_precision": {
        "1": N_("exact place"),
        "2": N_("near a named place"),
        "3": N_("second-level unit"),
        "4": N_("district only"),
        "5": N_("vague, or between two places"),
        "6": N_("country only"),
        "7": N_("on water or in the air"),
    },
    "source_reliability": {
        "A": N_("A – completely reliable"),
        "B": N_("B – usually reliable"),
        "C": N_("C – fairly reliable"),
        "D": N_("D – not usually reliable"),
        "E": N_("E – unreliable"),
        "F": N_("F – cannot be judged"),
    },
    "information_credibility": {
        "1": N_("1 – confirmed by other sources"),
        "2": N_("2 – probably true"),
        "3": N_("3 – possibly true"),
        "4": N_("4 – doubtful"),
        "5": N_("5 – improbable"),
        "6": N_("6 – cannot be judged"),
    },
}
"""Field → code → English words; the translator knows the other languages."""

FIELDS: dict[str, str] = {
    "incident_id": N_("Incident"),
    "version": N_("Version"),
    "record_status": N_("Review status"),
    "date_start": N_("First possible day"),
    "date_end": N_("Last possible day"),
    "date_precision": N_("How exact the date is"),
    "date_text": N_("Date in the source's words"),
    "date_basis": N_("How the date is known"),
    "local_time": N_("Local time"),
    "longitude": N_("Longitude"),
    "latitude": N_("Latitude"),
    "uncertainty_m": N_("Uncertainty of the point"),
    "coordinate_method": N_("How the point was found"),
    "where_precision": N_("How exact the place is"),
    "id": N_("Id in its data set"),
    "date": N_("Date"),
    "place": N_("Place"),
    "district": N_("District"),
    "admin1": N_("Unit of the first level"),
    "admin2": N_("Unit of the second level"),
    "admin3": N_("Unit of the third level"),
    "admin1_code": N_("Code of the first-level unit"),
    "admin2_code": N_("Code of the second-level unit"),
    "admin3_code": N_("Code of the third-level unit"),
    "place_as_reported": N_("Place as reported"),
    "place_id": N_("Gazetteer place"),
    "country": N_("Country"),
    "district_id": N_("District"),
    "districts": N_("Districts and weights"),
    "placed_by": N_("District decided by"),
    "district_note": N_("Note on the placing"),
    "accident_type": N_("Kind of accident"),
    "device": N_("Device"),
    "activity": N_("Activity"),
    "casualties": N_("Casualties"),
    "killed": N_("Killed"),
    "injured": N_("Injured"),
    "reports": N_("Sources"),
    "sources": N_("Sources"),
    "evidence": N_("Evidence"),
    "source_reliability": N_("Reliability of the source"),
    "information_credibility": N_("Credibility of the information"),
    "sensitivity": N_("Who may see it"),
    "description": N_("Description"),
    "note": N_("Note"),
    "external_id": N_("Id in its data set"),
    "merged_into": N_("Merged into"),
    "group": N_("Group"),
    "affiliation": N_("Affiliation"),
    "sex": N_("Sex"),
    "age_group": N_("Age group"),
    "outcome": N_("Outcome"),
    "low": N_("At least"),
    "best": N_("Number stated"),
    "high": N_("At most"),
    "weight": N_("Weight"),
    "publisher": N_("Publisher"),
    "title": N_("Title"),
    "url": N_("Link"),
    "published": N_("Day of publication"),
    "language": N_("Language of the report"),
    "chain": N_("Chain of sources"),
    "issuer": N_("Issuer"),
    "status": N_("Status"),
    "organisation": N_("Organisation"),
    "personnel": N_("People at work"),
    "area_m2": N_("Area"),
    "devices_found": N_("Found"),
}
"""Field of a record → its English label."""


UNITS = {
    ("incidents", "area"): N_("Incidents per 100 km² per year"),
    ("casualties", "area"): N_("Casualties per 100 km² per year"),
    ("killed", "area"): N_("People killed per 100 km² per year"),
    ("incidents", "population"): N_("Incidents per 100,000 people per year"),
    ("casualties", "population"): N_("Casualties per 100,000 people per year"),
    ("killed", "population"): N_("People killed per 100,000 people per year"),
}
"""Weight and exposure of a risk → the unit of its rates."""


def unit_text(translator: Translator, parameters: Any) -> str:
    """Give the unit of the rates of risk parameters in words."""
    return translator.gettext(UNITS[(parameters.weight, parameters.exposure)])


def label(translator: Translator, field: str, code: Any) -> str:
    """Give the words for a code of a field.

    Words in the reader's language, in lower case where the language allows.

    Parameters
    ----------
    code
        A code; null gives "not stated"; a code that the list lacks is shown as it is.
    """
    if is_missing(code):
        return translator.gettext(N_("not stated"))
    key = str(int(code)) if isinstance(code, float) and code.is_integer() else str(code)
    words = CODES.get(field, {}).get(key)
    return key if words is None else translator.gettext(words)


def field_label(translator: Translator, field: str) -> str:
    """Give the label of a record's field, or the field's own name if it has none."""
    words = FIELDS.get(field)
    return field if words is None else translator.gettext(words)
