"""How a filter is refused: with a sentence that names what is wrong, also its size and depth."""

import math
from typing import Any

from geodata.errors import InvalidInput

FIELD = "filter"
MAX_DEPTH = 200
MAX_NODES = 40_000
MAX_OPERATIONS = 2_000
MAX_STRING = 10_000
MAX_NUMBER = 1e300


def refusal(why: str, *, name: str | None = None) -> InvalidInput:
    """Make the error of a filter.

    Parameters
    ----------
    why
        A sentence.
    name
        The property that is wrong, if it is one.

    Returns
    -------
    InvalidInput
        With the code ``bad-filter``.
    """
    detail = {"field": FIELD, "reason": why}
    if name is not None:
        detail["property"] = name
    return InvalidInput(f"The filter cannot be used: {why}", code="bad-filter", details=[detail])


def check_tree(tree: Any) -> None:
    """Refuse a tree that would take too long or cannot be stored.

    Parameters
    ----------
    tree
        CQL2 JSON as Python values.

    Raises
    ------
    InvalidInput
        It is too deep or too large, or holds a number that is not finite or a text that
        is too long.
    """
    nodes = operations = 0
    waiting = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        nodes += 1
        if depth > MAX_DEPTH:
            raise refusal(f"it is nested more than {MAX_DEPTH} levels deep.")
        if nodes > MAX_NODES:
            raise refusal(f"it has more than {MAX_NODES} parts.")
        if isinstance(node, dict):
            operations += "op" in node
            waiting += [(branch, depth + 1) for branch in node.values()]
        elif isinstance(node, list):
            waiting += [(branch, depth + 1) for branch in node]
        else:
            _check_value(node)
    if operations > MAX_OPERATIONS:
        raise refusal(f"it has more than {MAX_OPERATIONS} operations.")


def _check_value(value: Any) -> None:
    if isinstance(value, str):
        if len(value) > MAX_STRING:
            raise refusal(f"a text in it is longer than {MAX_STRING} characters.")
    elif isinstance(value, int | float) and (not math.isfinite(value) or abs(value) > MAX_NUMBER):
        raise refusal("a number in it is too large.")
