"""Comparisons: = <> < <= > >=, BETWEEN, IN, IS NULL."""

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geodata.filters.columns import Columns, Truth
from geodata.filters.literals import time_from_text
from geodata.filters.operands import Kind, Operand, Predicate, all_of, any_of, known
from geodata.filters.refusals import refusal

OPERATORS = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TURNED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
TIMES = ("date", "timestamp")
_WORDS = {
    "text": "a text",
    "number": "a number",
    "date": "a date",
    "timestamp": "a moment",
    "boolean": "true or false",
    "geometry": "a geometry",
    "interval": "an interval",
}


def compare(op: str, left: Operand, right: Operand) -> Predicate:
    """Compare two operands of one kind.

    Parameters
    ----------
    op
        One of `OPERATORS`.
    left, right
        A plain text beside a date is read as one. A day written in the filter beside a
        moment means the whole day; a moment beside a property that holds a day compares
        with that day's first moment.

    Returns
    -------
    Predicate
        Unknown where a side is null.

    Raises
    ------
    InvalidInput
        The kinds do not fit; the message names the property.
    """
    left, right = alike(left, right)
    if left.kind == "boolean":
        return _compare_truth(op, left, right)
    if left.kind not in ("text", "number", *TIMES):
        raise refusal(f"{left.name} is {_WORDS[left.kind]} and cannot be compared with {op}.")
    if left.constant and right.codes:
        left, right, op = right, left, _TURNED[op]
    apply = OPERATORS[op]

    def predicate(rows: Columns) -> Truth:
        codes = left.codes(rows) if left.codes and right.constant else None
        if codes is not None:
            return codes.where(lambda texts: _plain(apply(texts, right.literal)))
        a, b = left.of(rows), right.of(rows)
        return known(_plain(apply(a, b)), missing(a) | missing(b), len(rows))

    return predicate


def _plain(result: Any) -> Any:
    """Give a comparison of texts as an array of booleans, null as false."""
    if isinstance(result, pd.Series):
        return result.fillna(False).to_numpy(dtype=bool)
    return result


def missing(values: Any) -> Any:
    """Say where values of any kind are null."""
    if isinstance(values, pd.Series):
        return values.isna().to_numpy()
    if isinstance(values, Truth):
        return ~(values.true | values.false)
    if isinstance(values, np.datetime64) or getattr(values, "dtype", np.dtype(bool)).kind == "M":
        return np.isnat(values)
    if isinstance(values, float | np.floating | np.ndarray) and not _is_object(values):
        return np.isnan(values)
    return shapely.is_missing(values) if _is_object(values) else np.False_


def _is_object(values: Any) -> bool:
    return isinstance(values, np.ndarray) and values.dtype == object


def alike(left: Operand, right: Operand) -> tuple[Operand, Operand]:
    """Bring two operands to one kind.

    Raises
    ------
    InvalidInput
        They do not fit; the message names the property.
    """
    if left.kind in TIMES and right.kind == "text" and right.constant:
        right = time_from_text(right, left.name)
    elif right.kind in TIMES and left.kind == "text" and left.constant:
        left = time_from_text(left, right.name)
    if left.kind in TIMES and right.kind in TIMES:
        return _same_resolution(left, right), _same_resolution(right, left)
    if left.kind != right.kind:
        named, other = (right, left) if left.constant else (left, right)
        raise refusal(
            f"{named.name} is {_WORDS[named.kind]}, but {other.name} is {_WORDS[other.kind]}.",
            name=named.name,
        )
    return left, right


def _same_resolution(operand: Operand, other: Operand) -> Operand:
    """Take a moment as its day where the other side is a day written in the filter."""
    if operand.kind == "timestamp" and other.kind == "date" and other.constant:
        return Operand("date", lambda rows: operand.of(rows).astype("datetime64[D]"), operand.name)
    return operand


def _compare_truth(op: str, left: Operand, right: Operand) -> Predicate:
    if op not in ("=", "<>"):
        raise refusal(f"{left.name} is true or false; compare it with = or <>.", name=left.name)

    def predicate(rows: Columns) -> Truth:
        a, b = left.of(rows), right.of(rows)
        same = (a.true & b.true) | (a.false & b.false)
        other = (a.true & b.false) | (a.false & b.true)
        return Truth(same, other) if op == "=" else Truth(other, same)

    return predicate


def between(value: Operand, low: Operand, high: Operand) -> Predicate:
    """Say whether a value is in the closed range."""
    return all_of([compare(">=", value, low), compare("<=", value, high)])


def one_of(value: Operand, options: Sequence[Operand]) -> Predicate:
    """Say whether a value is in a list; unknown where it is null.

    Raises
    ------
    InvalidInput
        An option does not fit the value, or is not written in the filter.
    """
    if not options:
        raise refusal(f"IN needs at least one value for {value.name}.", name=value.name)
    if value.kind == "boolean":
        return any_of([compare("=", value, option) for option in options])
    kinds: set[Kind] = set()
    plain = []
    for option in options:
        if not option.constant:
            raise refusal("IN takes values, not properties.")
        left, right = alike(value, option)
        kinds.add(left.kind)
        plain.append((left, right.literal))
    if len(kinds) > 1 or value.kind not in ("text", "number", *TIMES):
        raise refusal(f"the values in the list for {value.name} are not of one kind.")
    left = plain[0][0]
    allowed = [literal for _, literal in plain]

    def predicate(rows: Columns) -> Truth:
        codes = left.codes(rows) if left.codes else None
        if codes is not None:
            return codes.where(lambda texts: texts.isin(allowed))
        values = left.of(rows)
        if isinstance(values, pd.Series):
            return known(values.isin(allowed).to_numpy(), missing(values), len(rows))
        return known(np.isin(values, np.array(allowed)), missing(values), len(rows))

    return predicate


def is_null(operand: Operand) -> Predicate:
    """Say where a value is null; always known."""

    def predicate(rows: Columns) -> Truth:
        gone = np.broadcast_to(np.asarray(missing(operand.of(rows)), bool), (len(rows),))
        return Truth(gone.copy(), ~gone)

    return predicate
