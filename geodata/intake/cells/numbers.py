"""Cells to numbers: decimal commas, ranges of casualties, the many ways to write nothing."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from geodata.wording import plain, reason_of, say

NULLS = frozenset(
    plain(text)
    for text in [
        "n/a",
        "na",
        "nil",
        "null",
        "none",
        "unknown",
        "not known",
        "not stated",
        "no information",
        "no data",
        "not available",
        "unspecified",
        "tbd",
        "namelum",
        "naməlum",
        "məlum deyil",
        "melumat yoxdur",
        "məlumat yoxdur",
        "неизвестно",
        "нет данных",
        "н/д",
        "не указано",
        "неизвестен",
        "неизвестна",
        "#n/a",
        *[
            "inconnu",
            "inconnue",
            "non renseigne",
            "nd",
            "n/d",
            "sans information",
            "aucune information",
            "desconocido",
            "desconocida",
            "sin informacion",
            "sin datos",
            "no disponible",
            "no aplica",
            "desconhecido",
            "desconhecida",
            "sem informacao",
            "невідомо",
            "немає даних",
            "не вказано",
            "غير معروف",
            "مجهول",
            "لا يوجد",
            "غير محدد",
            "نامعلوم",
            "نامشخص",
            "معلوم نیست",
            "bilinmir",
            "bilinmiyor",
            "not applicable",
            "not reported",
            "no reported",
            "unk",
            "tbc",
            "tba",
            "pending",
            "to be confirmed",
            "to be determined",
            "not confirmed",
            "not recorded",
            "не установлено",
            "уточняется",
            "dəqiqləşdirilir",
            "à confirmer",
            "por confirmar",
            "a confirmar",
        ],
        "nodata",
    ]
)
_DASHES = frozenset({"", "-", "--", "—", "–", "?", "??", ".", "...", "…", "/"})
LONGEST_NULL = 30
MOST_CHARS = 500
"""Longest cell that is looked into for a number, a date, a code or a coordinate. No such value is
longer, and the patterns that read one may compare each character with every other."""
_MISSING_CODES = frozenset({-9.0, -99.0, -999.0, -9999.0})
_YES = frozenset({"yes", "true", "sim", "si", "oui", "да", "так", "beli", "bəli", "نعم", "بلی"})
_NUMBER = re.compile(r"^[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?$")
_THOUSANDS = re.compile(r"^\d{1,3}([ \u00a0\u202f,.']\d{3})+$")
_RANGE = re.compile(
    r"^(?:(?:from|de|от|від|من|از)\s+)?(\d{1,12})"
    r"(?:\s*[-–—]\s*|\s+(?:to|or|до|или|або|a|à|ou|o|ilə|və ya|إلى|الى|أو|تا|یا)\s+)(\d{1,12})$|"
    r"^(?:between|entre|между|між|بين)\s+(\d{1,12})\s+(?:and|et|y|e|и|та|і|و)\s+(\d{1,12})$",
    re.IGNORECASE,
)
_LEAST = re.compile(
    r"^(?:>=?|≥|at least|more than|over|not less than|no fewer than|minimum|не менее|"
    r"по меньшей мере|более|больше|azı|ən azı|min\.?|au moins|plus de|al menos|"
    r"mas de|más de|pelo menos|mais de|щонайменше|не менше|понад|على الأقل|اکثر من|"
    r"أكثر من|حداقل|بیش از)\s*(\d{1,12})$|"
    r"^(\d{1,12})\s*(?:\+|plus|or more|and more|and above|и более|или более|и больше|"
    r"ou plus|et plus|o mas|o más|y mas|y más|ou mais|və daha çox|або більше)$",
    re.IGNORECASE,
)
_MOST = re.compile(
    r"^(<=?|≤|up to|at most|maximum|max\.?|no more than|not more than|less than|fewer than|under|"
    r"до|не более|не больше|менее|меньше|ən çox|jusqu[’']?\s?[aà]|au plus|moins de|hasta|"
    r"como maximo|como máximo|menos de|até|no maximo|no máximo|не більше|менше)\s*(\d{1,12})$",
    re.IGNORECASE,
)
_BELOW = frozenset({"<", "less than", "fewer than", "under", "менее", "меньше", "moins de",
                    "menos de", "менше"})  # fmt: skip
_MORE = re.compile(
    r"^(?:more than|over|более|больше|plus de|mas de|más de|mais de|понад|أكثر من|بیش از|"
    r">(?!=))\s*\d",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"^(?:~|≈|c\.|ca\.?|about|around|approx\.?|около|təxminən|environ|unos|cerca de|"
    r"aproximadamente|"
    r"близько|حوالي|حدود)\s*(\d{1,12})$",
    re.IGNORECASE,
)
_NUMBER_WORDS = {
    plain(word): number
    for number, words in enumerate(
        (
            "zero|no|nil|aucun|aucune|ninguno|ninguna|cero|nenhum|nenhuma|ноль|нет|sifir|нуль|صفر",
            "one|a|single|un|une|uno|una|um|uma|один|одна|одного|одну|bir|واحد|یک|одне",
            "two|both|deux|dos|dois|duas|два|две|двое|двух|iki|اثنان|اثنين|دو|дві|двоє",
            "three|trois|tres|três|три|трое|трех|uc|üç|ثلاثة|سه|троє",
            "four|quatre|cuatro|quatro|четыре|четверо|dord|dörd|أربعة|چهار|чотири",
            "five|cinq|cinco|пять|пятеро|bes|beş|خمسة|پنج|п ять|п'ять",
            "six|seis|шесть|шестеро|alti|altı|ستة|شش|шість",
            "seven|sept|siete|sete|семь|yeddi|سبعة|هفت|сім",
            "eight|huit|ocho|oito|восемь|sekkiz|səkkiz|ثمانية|هشت|вісім",
            "nine|neuf|nueve|nove|девять|doqquz|تسعة|نه|дев ять",
            "ten|dix|diez|dez|десять|on|عشرة|ده",
            "eleven|onze|once|одиннадцать|on bir",
            "twelve|douze|doce|doze|двенадцать|on iki",
        )
    )
    for word in words.split("|")
}
_SEVERAL = frozenset(
    plain(word)
    for word in [
        "several",
        "some",
        "many",
        "few",
        "a few",
        "multiple",
        "numerous",
        "a number of",
        "plusieurs",
        "quelques",
        "varios",
        "varias",
        "algunos",
        "vários",
        "várias",
        "alguns",
        "несколько",
        "многие",
        "декілька",
        "кілька",
        "bir neçə",
        "عدة",
        "عدد من",
        "چندین",
        "چند",
    ]
)
MOST_PEOPLE = 10_000_000


@dataclass(slots=True)
class Parsed:
    """A column's values with, by position, why some could not be read."""

    values: np.ndarray
    bad: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class Counts:
    """A column of people: `low` to `high` around `best`; NaN where not stated."""

    low: np.ndarray
    best: np.ndarray
    high: np.ndarray
    bad: dict[int, str] = field(default_factory=dict)


def is_nothing(text: str | None) -> bool:
    """Say whether a cell states nothing: blank, a dash, ``n/a``, ``unknown``, in en/az/ru.

    Examples
    --------
    >>> is_nothing("—"), is_nothing("нет данных"), is_nothing("0")
    (True, True, False)
    """
    if text is None:
        return True
    # Long texts and numbers say something: only short words are worth a look.
    if len(text) > LONGEST_NULL or text[:1].isdecimal() or text[-1:].isdecimal():
        return False
    return _says_nothing(text)


@lru_cache(maxsize=10_000)
def _says_nothing(text: str) -> bool:
    stripped = text.strip().lower()
    return stripped in _DASHES or plain(stripped) in NULLS


_DIGITS = str.maketrans(
    {0x660 + n: str(n) for n in range(10)}
    | {0x6F0 + n: str(n) for n in range(10)}
    | {"٫": ".", "٬": None, "\u2212": "-", "\u200e": None, "\u200f": None}
)


def western(text: str) -> str:
    """Write Arabic and Persian digits, their decimal sign and the minus sign in ASCII.

    Examples
    --------
    >>> western("٤٠٫٢٥"), western("۱۴")
    ('40.25', '14')
    """
    return text if text.isascii() else text.translate(_DIGITS)


def each_unique(
    values: np.ndarray, parse: Callable[[str], Any], blank: Any
) -> tuple[list[Any], dict[int, str]]:
    """Parse a column of text by its distinct values.

    One value a cell (`blank` where it could not be read), and the reasons by position.

    Parameters
    ----------
    parse
        Gives the value of one text; raises ValueError with the reason.
    """
    results, codes, bad = distinct(values, parse, blank)
    return [results[code] for code in codes.tolist()], bad


def distinct(
    values: np.ndarray, parse: Callable[[str], Any], blank: Any
) -> tuple[list[Any], np.ndarray, dict[int, str]]:
    """Parse the distinct texts of a column (see `each_unique`).

    The value of each distinct text and behind them `blank`, where each cell's value stands among
    these, and the reasons by position.
    """
    codes, uniques = pd.factorize(values, use_na_sentinel=True)
    results: list[Any] = []
    reasons: dict[int, str] = {}
    for number, text in enumerate(uniques):
        try:
            results.append(blank if is_nothing(text) else parse(western(_bounded(text.strip()))))
        except ValueError as reason:
            results.append(blank)
            reasons[number] = reason_of(reason)
    results.append(blank)
    bad: dict[int, str] = {}
    if reasons:
        wrong = np.isin(codes, list(reasons)).nonzero()[0]
        bad = {int(i): reasons[int(codes[i])] for i in wrong}
    return results, codes, bad


def _bounded(text: str) -> str:
    if len(text) > MOST_CHARS:
        raise ValueError(
            say(
                "has {number:,} characters; such a value has at most {most}",
                number=len(text),
                most=MOST_CHARS,
            )
        )
    return text


def decimal(text: str) -> float:
    """Read one number with a decimal point or comma.

    Raises
    ------
    ValueError
        Not a number, or not finite.

    Examples
    --------
    >>> decimal("40,25"), decimal("-3.5e1")
    (40.25, -35.0)
    """
    text = text.replace("\u2212", "-").replace("\u00a0", "").strip()
    if len(text) > 60:
        raise ValueError(say("{text!r} is not a number", text=f"{text[:40]}…"))
    if not _NUMBER.match(text):
        if text.lower().lstrip("+-") in ("nan", "inf", "infinity"):
            raise ValueError(say("{text!r} is not a finite number", text=text))
        raise ValueError(say("{text!r} is not a number", text=text))
    value = float(text.replace(",", "."))
    if not math.isfinite(value):
        raise ValueError(say("{text!r} is not a finite number", text=text[:40]))
    return value


def numbers(values: np.ndarray, low: float, high: float) -> Parsed:
    """Read a column of numbers.

    float64, NaN for blank and for bad.
    """

    def _one(text: str) -> float:
        value = decimal(text)
        if not low <= value <= high:
            raise ValueError(
                say("{text!r} is outside {low:g} to {high:g}", text=text, low=low, high=high)
            )
        return value

    found, codes, bad = distinct(values, _one, math.nan)
    return Parsed(np.array(found, dtype="float64")[codes], bad)


def counts(values: np.ndarray) -> Counts:
    """Read a column of numbers of people.

    ``3`` and ``3,0`` give best 3; ``3-5`` gives low 3, high 5 and no best, for no best was
    stated; ``at least 3`` and ``3+`` give low 3, ``up to 3`` high 3; ``about 3`` best 3.
    Thousands may be separated. Blank, ``unknown`` and the codes -9, -99, -999 are null, never 0.

    float64 arrays with NaN where nothing is stated; negative, fractional and huge numbers are bad.
    """
    nothing = (math.nan, math.nan, math.nan)
    answers = any(plain(v) in _YES for v in pd.unique(values) if v and not v[0].isdecimal())
    found, codes, bad = distinct(values, _answer if answers else _people, nothing)
    table = np.array(found, dtype="float64").reshape(-1, 3)[codes]
    return Counts(table[:, 0], table[:, 1], table[:, 2], bad)


def _answer(text: str) -> tuple[float, float, float]:
    """Read a cell of a column that answers yes or no: *no* says nothing of how many."""
    word = plain(text)
    if word in _YES or _NUMBER_WORDS.get(word) == 0:
        raise ValueError(say("{text!r} is no number of people, nor are yes and no", text=text[:40]))
    return _people(text)


def _people(text: str) -> tuple[float, float, float]:
    if bounds := _bounds(text):
        return bounds
    if not text[:1].isdecimal():
        word = plain(text)
        if word in _SEVERAL:
            return 2.0, math.nan, math.nan
        if word in _NUMBER_WORDS:
            return math.nan, float(_NUMBER_WORDS[word]), math.nan
    if match := _ABOUT.match(text):
        return math.nan, _whole(float(match.group(1)), text), math.nan
    if _THOUSANDS.match(text):
        return math.nan, _whole(float(re.sub(r"\D", "", text)), text), math.nan
    value = decimal(text)
    if value in _MISSING_CODES:
        return math.nan, math.nan, math.nan
    return math.nan, _whole(value, text), math.nan


def _bounds(text: str) -> tuple[float, float, float] | None:
    """Read a range, a least or a most number; None where the text is none of them."""
    if match := _RANGE.match(text):
        low, high = (int(part) for part in match.groups() if part)
        if low > high:
            raise ValueError(say("{text!r} is a range that falls", text=text))
        return _whole(low, text), math.nan, _whole(high, text)
    if match := _MOST.match(text):
        most = int(match.group(2)) - (match.group(1).lower() in _BELOW)
        return math.nan, math.nan, _whole(most, text)
    if match := _LEAST.match(text):
        least = float(match.group(1) or match.group(2)) + bool(_MORE.match(text))
        return _whole(least, text), math.nan, math.nan
    return None


def _whole(value: float, text: str) -> float:
    if value < 0 or not value.is_integer() if isinstance(value, float) else value < 0:
        raise ValueError(say("{text!r} is not a whole number of people", text=text[:40]))
    if value > MOST_PEOPLE:
        raise ValueError(say("{text!r} is more people than can be meant", text=text[:40]))
    return float(value)
