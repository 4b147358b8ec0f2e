"""Functions and relations of CQL2 on numbers, texts and times.

Where every operand of T_AFTER, T_DURING and the other relations of intervals is a day, days are
compared; otherwise moments, and then a day lasts from its first to its last microsecond.
"""

import unicodedata
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geodata.filters.columns import Codes, Columns, Mask, Truth
from geodata.filters.operands import TIMES, Operand, Predicate, constant, known, time_from_text
from geodata.filters.parsing import refusal

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "%": np.fmod,
    "^": np.float_power,
    "div": lambda a, b: np.trunc(np.divide(a, b)),
}


def calculate(op: str, left: Operand, right: Operand) -> Operand:
    """Combine two numbers; a division by zero and what is not finite give null.

    Parameters
    ----------
    op
        One of `OPERATORS`; ``%`` has the sign of the dividend and ``div`` cuts off
        the fraction.
    left, right
        Numbers.

    Returns
    -------
    Operand
        A number.

    Raises
    ------
    InvalidInput
        A side is no number; the message names it.
    """
    for side in (left, right):
        if side.kind != "number":
            raise refusal(
                f"{side.name} has to be a number to be used with {op}, e.g. killed {op} 2.",
                name=side.name,
            )
    apply = OPERATORS[op]

    def combined(a: Any, b: Any) -> Any:
        with np.errstate(all="ignore"):
            result = np.asarray(apply(np.float64(a), np.float64(b)))
        return np.where(np.isfinite(result), result, np.nan)[()]

    if left.constant and right.constant:
        value = float(combined(left.literal, right.literal))
        return constant("number", value, f"{value:g}")

    def of(rows: Columns) -> Any:
        return combined(left.of(rows), right.of(rows))

    return Operand("number", of, f"{left.name} {op} {right.name}")


def without_case(text: str) -> str:
    """Fold case as Unicode does (full folding).

    Examples
    --------
    >>> without_case("AĞDAM")
    'ağdam'
    """
    return text.casefold()


def without_accents(text: str) -> str:
    """Drop what Unicode can take off a letter; ə and ı are letters of their own.

    Examples
    --------
    >>> without_accents("Ağdam")
    'Agdam'
    """
    parts = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(c for c in parts if not unicodedata.combining(c)))


FOLDS: dict[str, Callable[[str], str]] = {"casei": without_case, "accenti": without_accents}


def folded(name: str, operand: Operand) -> Operand:
    """Fold a text; each distinct value once.

    Parameters
    ----------
    name
        One of `FOLDS`.
    operand
        A text.

    Returns
    -------
    Operand
        A text.

    Raises
    ------
    InvalidInput
        The operand is no text; the message names it.
    """
    fold = FOLDS[name]
    if operand.kind != "text":
        raise refusal(f"{name} folds texts, and {operand.name} is none.", name=operand.name)
    if operand.constant:
        return constant("text", fold(operand.literal), operand.name)

    def of(rows: Columns) -> pd.Series:
        codes, uniques = pd.factorize(operand.of(rows))
        values = np.array([*(fold(str(text)) for text in uniques), None], dtype=object)
        return pd.Series(values[codes], dtype="str")

    def codes(rows: Columns) -> Codes | None:
        found = operand.codes(rows) if operand.codes else None
        return None if found is None else found.changed(fold)

    return Operand("text", of, operand.name, codes=codes)


def like(operand: Operand, pattern: Operand) -> Predicate:
    r"""Match a text against a pattern: % any characters, _ one, \ takes the next literally.

    The engine runs in time linear in the text, whatever the pattern.

    Raises
    ------
    InvalidInput
        A side is no text, or the pattern is not written in the filter.
    """
    if operand.kind != "text":
        raise refusal(f"LIKE needs a text, and {operand.name} is none.", name=operand.name)
    if pattern.kind != "text" or not pattern.constant:
        raise refusal("the pattern of LIKE has to be a text in quotes.")

    def matches(values: pd.Series) -> Mask:
        found = pc.match_like(pa.array(values, pa.large_string()), pattern.literal)
        return np.asarray(pc.fill_null(found, False).to_numpy(zero_copy_only=False), dtype=bool)

    def predicate(rows: Columns) -> Truth:
        codes = operand.codes(rows) if operand.codes else None
        if codes is not None:
            return codes.where(matches)
        values = pd.Series(operand.of(rows), index=range(len(rows)), dtype="str")
        return known(matches(values), values.isna().to_numpy(), len(rows))

    return predicate


Ends = tuple[Any, Any]
Relation = Callable[[Any, Any, Any, Any], Any]

RELATIONS: dict[str, Relation] = {
    "t_after": lambda a, _b, _c, d: a > d,
    "t_before": lambda _a, b, c, _d: b < c,
    "t_contains": lambda a, b, c, d: (a < c) & (b > d),
    "t_disjoint": lambda a, b, c, d: (b < c) | (a > d),
    "t_during": lambda a, b, c, d: (a > c) & (b < d),
    "t_equals": lambda a, b, c, d: (a == c) & (b == d),
    "t_finishedby": lambda a, b, c, d: (a < c) & (b == d),
    "t_finishes": lambda a, b, c, d: (a > c) & (b == d),
    "t_intersects": lambda a, b, c, d: (a <= d) & (b >= c),
    "t_meets": lambda _a, b, c, _d: b == c,
    "t_metby": lambda a, _b, _c, d: a == d,
    "t_overlappedby": lambda a, b, c, d: (a > c) & (a < d) & (b > d),
    "t_overlaps": lambda a, b, c, d: (a < c) & (b > c) & (b < d),
    "t_startedby": lambda a, b, c, d: (a == c) & (b > d),
    "t_starts": lambda a, b, c, d: (a == c) & (b < d),
}
"""Each on the ends (a, b) of the first and (c, d) of the second interval."""

_FIRST = np.datetime64("0001-01-01", "us")
_LAST = np.datetime64("9999-12-31T23:59:59.999999", "us")
_DAY_LESS = np.timedelta64(86_399_999_999, "us")
OPEN = ".."


def interval(start: Operand | None, end: Operand | None) -> Operand:
    """Make an interval of two times, each a value or a property; None is open.

    Returns
    -------
    Operand
        Of the kind "interval"; its literal is the pair of operands.

    Raises
    ------
    InvalidInput
        An end is no time, or both are written and the first is later.
    """
    ends = [_time(end_, "interval") if end_ else None for end_ in (start, end)]
    first, last = ends
    if first and last and first.constant and last.constant:
        low, high = _moments((first, last), None)
        if high < low:
            raise refusal(f"the interval from {first.name} ends before it starts.")
    return constant("interval", (first, last), "interval")


def _time(operand: Operand, beside: str) -> Operand:
    if operand.kind == "text" and operand.constant:
        operand = time_from_text(operand, beside)
    if operand.kind not in TIMES:
        raise refusal(
            f"{operand.name} has to be a date or moment, e.g. DATE('2021-02-04').",
            name=operand.name,
        )
    return operand


def relate(name: str, left: Operand, right: Operand) -> Predicate:
    """Compare two instants or intervals.

    Parameters
    ----------
    name
        One of `RELATIONS`.
    left, right
        Times or intervals; a plain text is read as a time.

    Returns
    -------
    Predicate
        Unknown where an end that is a property is null.

    Raises
    ------
    InvalidInput
        A side is no time; the message names it.
    """
    pairs = [_pair(left, right.name), _pair(right, left.name)]
    ends = [end for pair in pairs for end in pair if end is not None]
    daily = all(end.kind == "date" for end in ends)
    apply = RELATIONS[name]

    def predicate(rows: Columns) -> Truth:
        (a, b), (c, d) = (_days(pair, rows) if daily else _moments(pair, rows) for pair in pairs)
        gone = np.isnat(a) | np.isnat(b) | np.isnat(c) | np.isnat(d)
        return known(apply(a, b, c, d), gone, len(rows))

    return predicate


def _pair(operand: Operand, beside: str) -> tuple[Operand | None, Operand | None]:
    if operand.kind == "interval":
        pair: tuple[Operand | None, Operand | None] = operand.literal
        return pair
    time = _time(operand, beside)
    return time, time


def _days(pair: tuple[Operand | None, Operand | None], rows: Columns) -> Ends:
    start, end = pair
    return (
        _FIRST.astype("datetime64[D]") if start is None else start.of(rows),
        _LAST.astype("datetime64[D]") if end is None else end.of(rows),
    )


def _moments(pair: tuple[Operand | None, Operand | None], rows: Any) -> Ends:
    start, end = pair
    first = _FIRST if start is None else start.of(rows).astype("datetime64[us]")
    if end is None:
        return first, _LAST
    last = end.of(rows).astype("datetime64[us]")
    return first, last + _DAY_LESS if end.kind == "date" else last
