"""What the parts of a filter stand for, and truth that may be unknown (Kleene's AND, OR, NOT).

A comparison with a null is unknown, and so is its negation: a row is kept only where the
filter is true (three-valued logic, as in SQL).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from geodata.filters.columns import Codes, Columns, Truth

Kind = Literal["text", "number", "date", "timestamp", "boolean", "geometry", "interval", "null"]


@dataclass(frozen=True, slots=True)
class Operand:
    """A part of a filter with its kind.

    Attributes
    ----------
    kind
        What its values are. Dates are ``datetime64[D]``, timestamps ``datetime64[us]``
        (UTC), numbers floats, texts a Series, geometries an array, booleans a `Truth`.
    of
        Gives the values of rows.
    name
        How messages call it.
    literal
        Its value where it is written in the filter; None for what depends on the row.
    constant
        Whether `literal` holds.
    codes
        Gives the texts of rows as codes, where few are distinct; None for other kinds.
    """

    kind: Kind
    of: Callable[[Columns], Any]
    name: str
    literal: Any = None
    constant: bool = False
    codes: Callable[[Columns], Codes | None] | None = None


Predicate = Callable[[Columns], Truth]


def constant(kind: Kind, value: Any, name: str) -> Operand:
    """Make the operand of a value written in the filter."""
    return Operand(kind, lambda _rows: value, name, value, True)


def known(result: Any, missing: Any, rows: int) -> Truth:
    """Make truth of a comparison's result, unknown where a value is missing.

    Parameters
    ----------
    result
        Array or one boolean.
    missing
        Array or one boolean: where a value was null.
    rows
        Rows of the frame.

    Returns
    -------
    Truth
        Arrays of `rows` values.
    """
    result = np.broadcast_to(np.asarray(result, dtype=bool), (rows,))
    there = ~np.broadcast_to(np.asarray(missing, dtype=bool), (rows,))
    return Truth(result & there, ~result & there)


def all_of(parts: Sequence[Predicate]) -> Predicate:
    """Make what is true where every part is true, and false where one is false."""

    def conjunction(rows: Columns) -> Truth:
        found = parts[0](rows)
        for part in parts[1:]:
            further = part(rows)
            found = Truth(found.true & further.true, found.false | further.false)
        return found

    return conjunction


def any_of(parts: Sequence[Predicate]) -> Predicate:
    """Make what is true where one part is true, and false where every one is false."""

    def disjunction(rows: Columns) -> Truth:
        found = parts[0](rows)
        for part in parts[1:]:
            further = part(rows)
            found = Truth(found.true | further.true, found.false & further.false)
        return found

    return disjunction


def negation(part: Predicate) -> Predicate:
    """Make what is true where the part is false; what is unknown stays so."""

    def negated(rows: Columns) -> Truth:
        found = part(rows)
        return Truth(found.false, found.true)

    return negated
