"""Temporal predicates: T_AFTER, T_DURING and the other relations of intervals.

Where every operand is a day, days are compared; otherwise moments, and then a day lasts
from its first to its last microsecond.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from geodata.filters.columns import Columns, Truth
from geodata.filters.comparison import TIMES
from geodata.filters.literals import time_from_text
from geodata.filters.operands import Operand, Predicate, constant, known
from geodata.filters.refusals import refusal

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
        raise refusal(f"{operand.name} is no date or moment.", name=operand.name)
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
