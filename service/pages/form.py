"""The form of a record: its fields, and what it sends, read and joined with what others saved."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from geodata import codes
from geodata.codes import DATE_PRECISION, WHERE_PRECISION, values_of
from geodata.errors import InvalidInput
from geodata.incidents import document
from geodata.incidents.flat import shared_out
from geodata.model import Incident
from service.i18n import CODES, N_, Translator, field_label, label

OPEN_STATUSES = ("draft", "verified", "disputed")
REASON_LENGTH = 1_000
LONG_TEXT = 10_000
NAME = 300
CREDIBILITIES = tuple("123456")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form."""

    name: str
    """As in the record, and the name of its texts in `service.i18n`."""
    kind: str = "text"
    """text, long, date, whole, number, choice or district."""
    values: tuple[str, ...] = ()
    """Codes of a choice, in order."""
    needed: bool = False
    """Whether it cannot stay empty."""
    longest: int = NAME
    """Most characters of a text."""
    empty: str = ""
    """What an empty choice stands for; empty = the choice cannot be empty."""


def _choice(name: str, values: tuple[str, ...], empty: str = "") -> Field:
    return Field(name, "choice", values, empty=empty)


NOT_STATED = N_("not stated")

SECTIONS: tuple[tuple[str, str, tuple[Field, ...]], ...] = (
    (
        "when",
        N_("When"),
        (
            Field("date_start", "date", needed=True),
            Field("date_end", "date"),
            _choice("date_precision", tuple(map(str, DATE_PRECISION))),
            _choice("date_basis", values_of(codes.DateBasis)),
            Field("date_text", longest=LONG_TEXT),
            Field("local_time", longest=40),
        ),
    ),
    (
        "where",
        N_("Where"),
        (
            Field("place_as_reported", longest=LONG_TEXT),
            Field("longitude", "number"),
            Field("latitude", "number"),
            Field("uncertainty_m", "number"),
            _choice("where_precision", tuple(map(str, WHERE_PRECISION)), N_("by the point")),
            _choice("coordinate_method", values_of(codes.CoordinateMethod)),
            Field("country", longest=2),
            Field("district_note", "long", longest=LONG_TEXT),
        ),
    ),
    (
        "what",
        N_("What"),
        (
            _choice("accident_type", values_of(codes.AccidentType)),
            _choice("device", values_of(codes.Device)),
            _choice("activity", values_of(codes.Activity)),
            Field("description", "long", longest=LONG_TEXT),
        ),
    ),
    ("who", N_("Who"), ()),
    (
        "sources",
        N_("Evidence"),
        (
            _choice("source_reliability", values_of(codes.Reliability), NOT_STATED),
            _choice("information_credibility", CREDIBILITIES, NOT_STATED),
            Field("note", "long", longest=LONG_TEXT),
        ),
    ),
    (
        "review",
        N_("Review"),
        (
            _choice("record_status", OPEN_STATUSES),
            _choice("sensitivity", values_of(codes.Sensitivity)),
        ),
    ),
)
"""Id, title and single fields of each group."""

LISTS: dict[str, tuple[Field, ...]] = {
    "districts": (Field("district_id", "district", empty="–"), Field("weight", "number")),
    "casualties": (
        _choice("group", values_of(codes.Group), "–"),
        _choice("outcome", values_of(codes.Outcome), "–"),
        Field("low", "whole"),
        Field("best", "whole"),
        Field("high", "whole"),
        Field("affiliation"),
        _choice("sex", values_of(codes.Sex), "–"),
        _choice("age_group", values_of(codes.AgeGroup), "–"),
    ),
    "reports": (
        Field("publisher"),
        Field("title"),
        Field("url", longest=2_000),
        Field("published", "date"),
        Field("language", longest=10),
        Field("chain"),
        Field("note", "long", longest=LONG_TEXT),
        Field("report_id", "hidden"),
        Field("retrieved", "hidden"),
    ),
}
"""Groups of rows; a row that holds nothing is none."""

SPARE = {"districts": 2, "casualties": 2, "reports": 1}
"""Empty rows that a form offers."""

MOST_ROWS = 60
SINGLE = tuple(field for _, _, fields in SECTIONS for field in fields)
HELP = {
    "date_end": N_("Empty: the same day."),
    "date_text": N_("As the source has it, e.g. “late January”."),
    "local_time": N_("With its zone, e.g. 14:30 +04."),
    "longitude": N_("WGS 84, degrees east, e.g. 46.95."),
    "latitude": N_("WGS 84, degrees north, e.g. 39.99."),
    "uncertainty_m": N_("Metres around the point."),
    "country": N_("Two letters, e.g. AZ."),
    "description": N_("What happened, without names of people."),
    "sensitivity": N_("Restricted: the public sees the district and the counts only."),
}
"""Field → a line of help below it."""


FormError = tuple[str, str, dict[str, Any]]
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


class FormErrors(Exception):
    """A form that cannot be taken; `found` has field, sentence and what fills it."""

    def __init__(self, found: Sequence[FormError]) -> None:
        super().__init__(f"{len(found)} fields do not fit")
        self.found = list(found)

    def sentences(self, translator: Translator) -> dict[str, str]:
        """Give field → sentence in the reader's language; the first of each field."""
        found: dict[str, str] = {}
        for field, sentence, filling in self.found:
            text = translator.gettext(sentence)
            found.setdefault(field, text % filling if filling else text)
        return found


def errors_of_reason(reason: str, needed: str = "") -> list[FormError]:
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


def errors_of(error: ValidationError, places: Mapping[str, Sequence[int]]) -> list[FormError]:
    """Give the model's errors by the names of the form's fields.

    Parameters
    ----------
    places
        List → places in the form of its rows, which may leave out empty ones.
    """
    found: list[FormError] = []
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


Typed = dict[str, str]
"""Name of a form's field → the text in it; rows are named ``casualties-0-best``."""

NEW = (
    "date_precision",
    "date_basis",
    "coordinate_method",
    "accident_type",
    "device",
    "activity",
    "record_status",
    "sensitivity",
)
"""Choices that a new form has filled in."""


def typed_of(incident: Incident | None) -> Typed:
    """Give the texts that a form shows for an incident; None = those of a new form."""
    if incident is None:
        defaults = Incident.model_fields
        return {name: str(defaults[name].default) for name in NEW}
    held = document(incident)
    found = {f.name: _text(held.get(f.name)) for f in SINGLE}
    for name, fields in LISTS.items():
        for position, row in enumerate(held.get(name, ())):
            found |= {f"{name}-{position}-{f.name}": _text(row.get(f.name)) for f in fields}
    return {name: text for name, text in found.items() if text}


def _text(value: Any) -> str:
    if value is None:
        return ""
    # The shortest text that reads back as the same number.
    return str(value).removesuffix(".0") if isinstance(value, float) else str(value)


def cleaned(form: Mapping[str, str]) -> Typed:
    """Keep what a form of an incident may send, without the blanks around it.

    Line ends of long texts become the plain ones that the record holds.
    """
    known = {f.name for f in SINGLE}
    rows = {f"{n}-{i}-{f.name}" for n, fs in LISTS.items() for i in range(MOST_ROWS) for f in fs}
    ticks = {f"{n}-{i}-remove" for n in (*LISTS, "evidence") for i in range(MOST_ROWS)}
    texts = {
        name: text.replace("\r\n", "\n")
        for name, text in form.items()
        if name in known | rows | ticks
    }
    return {name: text.strip() for name, text in texts.items() if text.strip()}


def rows_typed(typed: Typed, name: str) -> list[tuple[int, Typed]]:
    """Give the rows of a list that hold something and are not to go, with their places."""
    found = []
    for position in range(MOST_ROWS):
        prefix = f"{name}-{position}-"
        row = {n.removeprefix(prefix): text for n, text in typed.items() if n.startswith(prefix)}
        if row and "remove" not in row:
            found.append((position, row))
    return found


def incident_of(typed: Typed, incident_id: str, base: Incident | None) -> Incident:
    """Make the record that a form describes.

    Checked, but not placed.

    Raises
    ------
    FormErrors
        Fields do not fit; all of them at once, by their names in the form.
    """
    places: dict[str, list[int]] = {}
    members: dict[str, Any] = {} if base is None else document(base)
    members |= {f.name: _value(f, typed.get(f.name, "")) for f in SINGLE}
    members["date_end"] = members["date_end"] or members["date_start"]
    for name, fields in LISTS.items():
        rows = rows_typed(typed, name)
        places[name] = [position for position, _ in rows]
        members[name] = [_row(fields, row) for _, row in rows]
    members["districts"] = _shares(members["districts"])
    members["evidence"] = _evidence(typed, base, members["casualties"])
    members["incident_id"] = incident_id
    stated = {name: value for name, value in members.items() if value is not None}
    try:
        return Incident.model_validate(stated)
    except ValidationError as error:
        found = errors_of(error, places)
        # An empty last day repeats the first one, and so would its error.
        kept = [one for one in found if one[0] != "date_end" or "date_end" in typed]
        raise FormErrors(kept or found) from None


def _row(fields: Sequence[Field], row: Typed) -> dict[str, Any]:
    values = ((f.name, _value(f, row.get(f.name, ""))) for f in fields)
    return {name: value for name, value in values if value is not None}


def _value(field: Field, text: str) -> Any:
    """Give the text as the model takes it; what is no number stays text, to be refused."""
    if not text:
        return None
    if field.name == "country":
        return text.upper()
    # A comma is the decimal sign of Azerbaijani and Russian.
    plain = text.replace(",", ".").replace("\N{MINUS SIGN}", "-")
    return plain if field.kind == "number" else text


def _shares(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Fill weights left empty; what is no number stays text, to be refused."""
    stated = (_number(row["weight"]) or 0.0 if "weight" in row else None for row in rows)
    filled = shared_out(list(stated))
    return [{"weight": weight} | row for row, weight in zip(rows, filled, strict=True)]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _evidence(typed: Typed, base: Incident | None, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Give the evidence that stays: not ticked away, and its row of people still there."""
    kept = []
    for position, one in enumerate(() if base is None else base.evidence):
        field = _moved(one.field, base, rows)
        if f"evidence-{position}-remove" not in typed and field is not None:
            kept.append(document(one) | {"field": field})
    return kept


def _moved(field: str, base: Incident | None, rows: Sequence[Any]) -> str | None:
    """Give the field of an evidence after rows were taken out; None = its row is gone."""
    parts = field.split(".")
    held = () if base is None else base.casualties
    if parts[0] != "casualties" or len(parts) < 2 or len(rows) >= len(held):
        return field
    if not parts[1].isdecimal() or int(parts[1]) >= len(held):
        return field
    wanted = held[int(parts[1])]
    for position, row in enumerate(rows):
        same = (row.get("group", "unknown"), row.get("outcome")) == (wanted.group, wanted.outcome)
        if same:
            return ".".join(["casualties", str(position), *parts[2:]])
    return None


def errors_of_register(error: InvalidInput) -> FormErrors:
    """Take the register's own refusal of a record as errors about the form."""
    details = error.details or [{"field": "", "reason": error.message}]
    return FormErrors(
        [
            ("districts-0-district_id", UNKNOWN_DISTRICT, {})
            if detail.get("field") == "districts"
            else (str(detail.get("field", "")), str(detail.get("reason", "")), {})
            for detail in details
        ]
    )


@dataclass(frozen=True, slots=True)
class Clash:
    """One field that somebody else changed meanwhile."""

    field: str
    """Its name."""
    label: str
    mine: str
    theirs: str
    """What was typed and what is held, in words."""
    taken: bool
    """Whether the form now holds theirs, because this editor had not touched the field."""


def reconciled(
    typed: Typed, base: Incident, held: Incident, translator: Translator
) -> tuple[Typed, list[Clash]]:
    """Bring what was typed together with what somebody else saved.

    The form's texts for another try on `held`, and the fields that clash. A field that only the
    other editor changed has theirs; every other one stays as typed.
    """
    before, now = typed_of(base), typed_of(held)
    merged: Typed = {}
    clashes = []
    for name in (*(f.name for f in SINGLE), *LISTS):
        old, new, own = (_part(texts, name) for texts in (before, now, typed))
        changed_there = _plain(old, name) != _plain(new, name)
        touched_here = _plain(old, name) != _plain(own, name)
        takes = changed_there and not touched_here
        merged |= new if takes else own
        if changed_there and _plain(own, name) != _plain(new, name):
            mine, theirs = (_written(texts, name, translator) for texts in (own, new))
            clashes.append(Clash(name, field_label(translator, name), mine, theirs, takes))
    return merged, clashes


def _part(typed: Typed, name: str) -> Typed:
    if name not in LISTS:
        return {name: typed[name]} if name in typed else {}
    return {n: text for n, text in typed.items() if n.startswith(f"{name}-")}


def _plain(typed: Typed, name: str) -> object:
    return [row for _, row in rows_typed(typed, name)] if name in LISTS else typed.get(name)


def _written(typed: Typed, name: str, translator: Translator) -> str:
    if name not in LISTS:
        return _word(name, typed.get(name, ""), translator) or translator.gettext("not stated")
    shown = [f for f in LISTS[name] if f.kind != "hidden"]
    rows = [
        ", ".join(_word(f.name, row[f.name], translator) for f in shown if f.name in row)
        for _, row in rows_typed(typed, name)
    ]
    return "; ".join(rows) or translator.gettext("not stated")


def _word(name: str, text: str, translator: Translator) -> str:
    return label(translator, name, text) if text and name in CODES else text


def only_if_all_fits(reason: str, needed: str, make: Callable[[], Incident]) -> Incident:
    """Give the record that a form makes, or everything in it that does not fit at once.

    Raises
    ------
    FormErrors
        All of them.
    """
    found = errors_of_reason(reason, needed)
    try:
        incident = make()
    except FormErrors as more:
        found += more.found
    except InvalidInput as error:
        found += errors_of_register(error).found
    if found:
        raise FormErrors(found)
    return incident
