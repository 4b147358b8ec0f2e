"""What does not fit in a form, told beside the field, in the reader's language."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from service.i18n import N_, Translator
from service.pages.editing.fields import REASON_LENGTH

Complaint = tuple[str, str, dict[str, Any]]
"""Field of the form, sentence with placeholders, and what fills them."""

BY_KIND = {
    "missing": N_("This is needed."),
    "date_from_datetime_parsing": N_("Write a day as 2021-02-04."),
    "date_from_datetime_inexact": N_("Write a day as 2021-02-04."),
    "date_parsing": N_("Write a day as 2021-02-04."),
    "int_parsing": N_("Write a whole number, or leave it empty if it is not known."),
    "int_from_float": N_("Write a whole number, or leave it empty if it is not known."),
    "float_parsing": N_("Write a number, or leave it empty if it is not known."),
    "finite_number": N_("Write a number, or leave it empty if it is not known."),
    "greater_than_equal": N_("It must be at least %(ge)s."),
    "greater_than": N_("It must be more than %(gt)s."),
    "less_than_equal": N_("It must be at most %(le)s."),
    "string_too_long": N_("It must have at most %(max_length)s characters."),
    "string_pattern_mismatch": N_("It holds characters that cannot be stored."),
    "literal_error": N_("Choose one of the list."),
}
"""The model's kind of error → a sentence."""

BY_FIELD = {
    "url": N_("An address starts with http:// or https://."),
    "country": N_("Write two capital letters, e.g. AZ."),
    "report_id": N_("An id has letters, digits and . : - _ only."),
}
"""Field whose pattern is refused → a sentence."""

BY_RULE = {
    "date_end is before date_start": ("date_end", N_("The last day is before the first.")),
    "longitude and latitude go together": (
        "latitude",
        N_("Longitude and latitude go together: write both, or none."),
    ),
    "the weights of districts sum to": (
        "districts-0-weight",
        N_(
            "The weights must be above 0 and sum to 1, e.g. 0.5 and 0.5. Empty ones share the rest."
        ),
    ),
    "districts names a district twice": (
        "districts-0-district_id",
        N_("One district is named twice."),
    ),
    "low, best and high must not decrease": (
        "best",
        N_("“At least”, the number stated and “at most” must not decrease."),
    ),
}
"""Start of a rule's text → the field to show it at, and a sentence."""

UNKNOWN_DISTRICT = N_("This district is not in the current edition of the boundaries.")


class Complaints(Exception):
    """A form that cannot be taken; `found` has field, sentence and what fills it."""

    def __init__(self, found: Sequence[Complaint]) -> None:
        super().__init__(f"{len(found)} fields do not fit")
        self.found = list(found)

    def told(self, words: Translator) -> dict[str, str]:
        """Give field → sentence in the reader's language; the first of each field."""
        told: dict[str, str] = {}
        for field, sentence, filling in self.found:
            text = words.gettext(sentence)
            told.setdefault(field, text % filling if filling else text)
        return told


def complaints_of_reason(reason: str, needed: str = "") -> list[Complaint]:
    """Give what does not fit of the reason for a change.

    Parameters
    ----------
    reason
        As typed, without blanks around it.
    needed
        The sentence for an empty one; empty where it may stay empty.
    """
    if needed and not reason:
        return [("reason", needed, {})]
    if len(reason) > REASON_LENGTH or "\x00" in reason:
        return [("reason", BY_KIND["string_too_long"], {"max_length": REASON_LENGTH})]
    return []


def complaints_of(error: ValidationError, places: Mapping[str, Sequence[int]]) -> list[Complaint]:
    """Give the model's complaints by the names of the form's fields.

    Parameters
    ----------
    error
        What the model refused.
    places
        List → places in the form of its rows, which may leave out empty ones.

    Returns
    -------
    list of Complaint
        In the model's order.
    """
    found: list[Complaint] = []
    for problem in error.errors(include_url=False, include_input=False):
        name = _name(problem["loc"], places)
        rule = problem["msg"].removeprefix("Value error, ")
        own = next((said for start, said in BY_RULE.items() if rule.startswith(start)), None)
        if own is not None:
            # A rule on one row is shown in that row, one on the record at its own field.
            at = f"{name}-{own[0]}" if name else _first(own[0], places)
            found.append((at, own[1], {}))
            continue
        field = name.rpartition("-")[2]
        sentence = BY_KIND.get(problem["type"], rule)
        filling = dict(problem.get("ctx", {})) if sentence is not rule else {}
        if problem["type"] == "string_pattern_mismatch":
            sentence = BY_FIELD.get(field, sentence)
        found.append((name, sentence, filling))
    return found


def _name(loc: Sequence[int | str], places: Mapping[str, Sequence[int]]) -> str:
    parts = list(loc)
    if len(parts) > 1 and parts[0] in places and isinstance(parts[1], int):
        parts[1] = places[str(parts[0])][parts[1]]
    return "-".join(str(part) for part in parts)


def _first(field: str, places: Mapping[str, Sequence[int]]) -> str:
    """Give the field in the first row that holds something."""
    name, position, rest = (*field.split("-"), "", "")[:3]
    held = places.get(name)
    return f"{name}-{held[0]}-{rest}" if position and held else field
