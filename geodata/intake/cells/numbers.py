"""Cells to numbers: decimal commas, ranges of casualties, the many ways to write nothing."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from geodata.wording import plain

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
        "nodata",
    ]
)
_DASHES = frozenset({"", "-", "--", "—", "–", "?", "??", ".", "...", "…", "/"})
_LONGEST_NULL = 30
MOST_CHARS = 500
"""Longest cell that is looked into for a number, a date, a code or a coordinate. No such value is
longer, and the patterns that read one may compare each character with every other."""
_MISSING_CODES = frozenset({-9.0, -99.0, -999.0, -9999.0})
_NUMBER = re.compile(r"^[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?$")
_THOUSANDS = re.compile(r"^\d{1,3}([ \u00a0\u202f,.']\d{3})+$")
_RANGE = re.compile(r"^(\d+)\s*(?:-|–|—|to|до)\s*(\d+)$")
_LEAST = re.compile(r"^(?:>=|≥|at least|не менее|azı|min\.?)\s*(\d+)$|^(\d+)\s*\+$", re.IGNORECASE)
_ABOUT = re.compile(r"^(?:~|≈|c\.|ca\.?|about|around|около|təxminən)\s*(\d+)$", re.IGNORECASE)
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
    if len(text) > _LONGEST_NULL or text[:1].isdecimal():
        return False
    return _says_nothing(text)


@lru_cache(maxsize=10_000)
def _says_nothing(text: str) -> bool:
    stripped = text.strip().lower()
    return stripped in _DASHES or plain(stripped) in NULLS


def each_unique(
    values: np.ndarray, parse: Callable[[str], Any], blank: Any
) -> tuple[list[Any], dict[int, str]]:
    """Parse a column of text by its distinct values.

    Parameters
    ----------
    values
        Object array of text or None.
    parse
        Gives the value of one text; raises ValueError with the reason.
    blank
        What a cell that states nothing gives.

    Returns
    -------
    tuple
        One value a cell (`blank` where it could not be read), and the reasons by position.
    """
    codes, uniques = pd.factorize(values, use_na_sentinel=True)
    results: list[Any] = []
    reasons: dict[int, str] = {}
    for number, text in enumerate(uniques):
        try:
            results.append(blank if is_nothing(text) else parse(_bounded(text.strip())))
        except ValueError as reason:
            results.append(blank)
            reasons[number] = str(reason)
    results.append(blank)
    bad: dict[int, str] = {}
    if reasons:
        wrong = np.isin(codes, list(reasons)).nonzero()[0]
        bad = {int(i): reasons[int(codes[i])] for i in wrong}
    return [results[code] for code in codes], bad


def _bounded(text: str) -> str:
    if len(text) > MOST_CHARS:
        raise ValueError(f"has {len(text):,} characters; such a value has at most {MOST_CHARS}")
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
        raise ValueError(f"{text[:40]!r}… is not a number")
    if not _NUMBER.match(text):
        if text.lower().lstrip("+-") in ("nan", "inf", "infinity"):
            raise ValueError(f"{text!r} is not a finite number")
        raise ValueError(f"{text!r} is not a number")
    value = float(text.replace(",", "."))
    if not math.isfinite(value):
        raise ValueError(f"{text[:40]!r} is not a finite number")
    return value


def numbers(values: np.ndarray, low: float, high: float) -> Parsed:
    """Read a column of numbers.

    Parameters
    ----------
    values
        Text or None.
    low, high
        Range; values beyond it are bad.

    Returns
    -------
    Parsed
        float64, NaN for blank and for bad.
    """

    def _one(text: str) -> float:
        value = decimal(text)
        if not low <= value <= high:
            raise ValueError(f"{text!r} is outside {low:g} to {high:g}")
        return value

    found, bad = each_unique(values, _one, math.nan)
    return Parsed(np.asarray(found, dtype="float64"), bad)


def counts(values: np.ndarray) -> Counts:
    """Read a column of numbers of people.

    ``3`` and ``3,0`` give best 3; ``3-5`` gives low 3, high 5 and no best, for no best was
    stated; ``at least 3`` and ``3+`` give low 3; ``about 3`` best 3. Thousands may be
    separated. Blank, ``unknown`` and the codes -9, -99, -999 are null, never 0.

    Parameters
    ----------
    values
        Text or None.

    Returns
    -------
    Counts
        float64 arrays with NaN where nothing is stated; negative, fractional and huge
        numbers are bad.
    """
    nothing = (math.nan, math.nan, math.nan)
    found, bad = each_unique(values, _people, nothing)
    table = np.asarray(found, dtype="float64").reshape(-1, 3)
    return Counts(table[:, 0], table[:, 1], table[:, 2], bad)


def _people(text: str) -> tuple[float, float, float]:
    if match := _RANGE.match(text):
        low, high = int(match.group(1)[:12]), int(match.group(2)[:12])
        if low > high:
            raise ValueError(f"{text!r} is a range that falls")
        return _whole(low, text), math.nan, _whole(high, text)
    if match := _LEAST.match(text):
        return _whole(float(match.group(1) or match.group(2)), text), math.nan, math.nan
    if match := _ABOUT.match(text):
        return math.nan, _whole(float(match.group(1)), text), math.nan
    if _THOUSANDS.match(text):
        return math.nan, _whole(float(re.sub(r"\D", "", text)), text), math.nan
    value = decimal(text)
    if value in _MISSING_CODES:
        return math.nan, math.nan, math.nan
    return math.nan, _whole(value, text), math.nan


def _whole(value: float, text: str) -> float:
    if value < 0 or not value.is_integer() if isinstance(value, float) else value < 0:
        raise ValueError(f"{text[:40]!r} is not a whole number of people")
    if value > MOST_PEOPLE:
        raise ValueError(f"{text[:40]!r} is more people than can be meant")
    return float(value)
