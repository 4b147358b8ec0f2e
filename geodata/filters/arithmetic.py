"""Arithmetic: + - * / % ^ and div."""

from collections.abc import Callable
from typing import Any

import numpy as np

from geodata.filters.columns import Columns
from geodata.filters.operands import Operand, constant
from geodata.filters.refusals import refusal

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
            raise refusal(f"{side.name} is no number and cannot be used with {op}.", name=side.name)
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
