"""How a filter is refused: always a sentence, always naming what is wrong."""

from geodata.errors import InvalidInput

FIELD = "filter"


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
