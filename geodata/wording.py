"""Text as people type it, brought to one form; sentences that can be said in other languages."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

_SPECIAL = str.maketrans(
    {
        "ə": "e",
        "ı": "i",
        "ß": "ss",
        "ø": "o",
        "đ": "d",
        "ł": "l",
        "ё": "е",
        "æ": "ae",
        "ʼ": " ",
        "œ": "oe",
        "ي": "ی",
        "ى": "ی",
        "ك": "ک",
        "ة": "ه",
        "ۀ": "ه",
        "ـ": "",
    }
)
_BETWEEN = re.compile(r"[^\w]+|_+")
_ASCII_BETWEEN = {code: " " for code in range(128) if not chr(code).isalnum()}
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def plain(text: str) -> str:
    """Bring text to lower case without marks, words separated by one space.

    Diacritics go (``ğ`` to ``g``, ``ə`` to ``e``, ``й`` to ``и``), punctuation separates
    words, and camel case is split.

    Examples
    --------
    >>> plain("Kəşf_tarixi"), plain("dateStart (UTC)")
    ('kesf tarixi', 'date start utc')
    """
    text = _CAMEL.sub(" ", text)
    if text.isascii():
        return " ".join(text.lower().translate(_ASCII_BETWEEN).split())
    text = unicodedata.normalize("NFKD", text.casefold().translate(_SPECIAL))
    text = "".join(c for c in text if not unicodedata.combining(c))
    return " ".join(_BETWEEN.sub(" ", text.translate(_SPECIAL)).split())


Part = Any
"""What stands in a sentence: text, a number, a sentence, or a tuple of these, joined by ``; ``."""
_LONGEST_CODE = 10


class Sentence(str):
    """A text made of a pattern and its parts, which the service says in other languages.

    It is plain text for whoever does not ask. Made by `say`.
    """

    __slots__ = ("parts", "pattern")

    pattern: str
    """The sentence with braces, as the catalogues have it."""
    parts: dict[str, Part]
    """What fills the braces, by name."""

    @property
    def code(self) -> str:
        """What the sentence says, for programs: its pattern's first words, without the parts.

        One that only holds other sentences says what they say.
        """
        words = plain(re.sub(r"\{[^{}]*\}", " ", self.pattern)).split()
        held = (part for part in self.parts.values() if isinstance(part, Sentence))
        return "-".join(words[:_LONGEST_CODE]) or "-".join(part.code for part in held)

    def as_json(self) -> dict[str, Any]:
        """Give code, pattern and parts as plain JSON values (see `sentence_of`)."""
        parts = {name: _plain_part(part) for name, part in self.parts.items()}
        return {"code": self.code, "pattern": self.pattern, "parts": parts}


def say(pattern: str, /, **parts: Part) -> Sentence:
    """Say a sentence in English so that it can be said in other languages.

    The pattern is found by ``python -m service.extraction``: it has to stand in the call.

    Parameters
    ----------
    pattern
        With named braces, as of `str.format`; a comma in a format (``{rows:,}``) marks a count.
    **parts
        What fills them; an exception stands for its reason.

    Examples
    --------
    >>> say("{rows:,} rows are left out", rows=1200)
    '1,200 rows are left out'
    """
    taken = {name: _taken_part(part) for name, part in parts.items()}
    shown = {n: "; ".join(map(str, p)) if isinstance(p, tuple) else p for n, p in taken.items()}
    made = Sentence(pattern.format(**shown) if parts else pattern)
    made.pattern, made.parts = pattern, taken
    return made


def sentence_of(told: Mapping[str, Any]) -> Sentence:
    """Make a sentence of what `Sentence.as_json` gave."""
    pattern, parts = told["pattern"], told["parts"]
    return say(pattern, **{name: _read_part(part) for name, part in parts.items()})


def sentences_in(value: Any) -> dict[str, dict[str, Any]]:
    """Give every sentence in nested lists and dictionaries: its English to `Sentence.as_json`."""
    if isinstance(value, Sentence):
        return {str(value): value.as_json()}
    some = value.values() if isinstance(value, dict) else value
    if not isinstance(value, dict | list | tuple):
        return {}
    return {text: told for one in some for text, told in sentences_in(one).items()}


def reason_of(error: BaseException) -> str:
    """Give why something failed, as the sentence it was raised with."""
    first = error.args[0] if error.args else None
    return first if isinstance(first, Sentence) else str(error)


_NO_DAY, _NO_WHOLE, _NO_NUMBER = (
    lambda _: say("has to be a day, as 2021-02-04"),
    lambda _: say("has to be a whole number, as 2"),
    lambda _: say("has to be a number, as 2.5"),
)
_REASONS: Mapping[str, Callable[[Mapping[str, Any]], Sentence]] = {
    "missing": lambda _: say("is not stated"),
    **dict.fromkeys(("date_parsing", "date_from_datetime_parsing", "date_type"), _NO_DAY),
    "date_from_datetime_inexact": _NO_DAY,
    **dict.fromkeys(("int_parsing", "int_from_float", "int_type"), _NO_WHOLE),
    **dict.fromkeys(("float_parsing", "float_type", "finite_number"), _NO_NUMBER),
    "greater_than_equal": lambda given: say("has to be at least {least}", least=given["ge"]),
    "greater_than": lambda given: say("has to be more than {bound}", bound=given["gt"]),
    "less_than_equal": lambda given: say("has to be at most {most}", most=given["le"]),
    "less_than": lambda given: say("has to be less than {bound}", bound=given["lt"]),
    "string_too_long": lambda given: say(
        "has to have at most {most} characters", most=given["max_length"]
    ),
    "string_too_short": lambda given: say(
        "has to have at least {least} characters", least=given["min_length"]
    ),
    "string_pattern_mismatch": lambda given: say(
        "holds characters that cannot stand there (wanted: {pattern})", pattern=given["pattern"]
    ),
    "string_type": lambda _: say("has to be a text in quotation marks"),
    "literal_error": lambda given: say("has to be {expected}", expected=given["expected"]),
    "extra_forbidden": lambda _: say("is not known here: the record has no such member"),
}
"""The model's kind of problem, to what is said of it out of the problem's context."""


def reason_of_problem(problem: Mapping[str, Any]) -> str:
    """Give why a model refused a member, out of what Pydantic tells with its context."""
    given = problem.get("ctx", {})
    if isinstance(raised := given.get("error"), Exception):
        return reason_of(raised)
    known = _REASONS.get(problem["type"])
    return str(problem["msg"]) if known is None else known(given)


def _taken_part(part: Part) -> Part:
    if isinstance(part, tuple):
        return tuple(_taken_part(one) for one in part)
    if isinstance(part, BaseException):
        return reason_of(part)
    if isinstance(part, str | int | float):
        # NumPy's numbers are floats that JSON does not know.
        return float(part) if isinstance(part, float) else part
    return part.item() if hasattr(part, "item") else str(part)


def _plain_part(part: Part) -> Any:
    if isinstance(part, tuple):
        return [_plain_part(one) for one in part]
    return part.as_json() if isinstance(part, Sentence) else part


def _read_part(part: Any) -> Part:
    if isinstance(part, list):
        return tuple(_read_part(one) for one in part)
    return sentence_of(part) if isinstance(part, dict) else part
