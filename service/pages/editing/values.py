"""An incident as the texts of a form, and back: what was typed becomes a checked record."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from geodata.errors import InvalidInput
from geodata.incidents import document
from geodata.model import Incident
from service.pages.editing.complaints import UNKNOWN_DISTRICT, Complaints, complaints_of
from service.pages.editing.fields import LISTS, MOST_ROWS, SINGLE, Field

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

    Parameters
    ----------
    typed
        What `cleaned` gave.
    incident_id
        Its id.
    base
        The version that the form was made from; what the form does not show stays.

    Returns
    -------
    Incident
        Checked, but not placed.

    Raises
    ------
    Complaints
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
        found = complaints_of(error, places)
        # An empty last day repeats the first one, and so would its complaint.
        told = [one for one in found if one[0] != "date_end" or "date_end" in typed]
        raise Complaints(told or found) from None


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
    """Fill weights left empty: such districts share equally what the others leave."""
    silent = [row for row in rows if "weight" not in row]
    stated = [_number(row["weight"]) for row in rows if "weight" in row]
    rest = (1 - sum(w or 0 for w in stated)) / len(silent) if silent else 0
    return [row if "weight" in row else row | {"weight": max(rest, 0)} for row in rows]


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


def complaints_of_register(error: InvalidInput) -> Complaints:
    """Take the register's own refusal of a record as complaints about the form."""
    details = error.details or [{"field": "", "reason": error.message}]
    return Complaints(
        [
            ("districts-0-district_id", UNKNOWN_DISTRICT, {})
            if detail.get("field") == "districts"
            else (str(detail.get("field", "")), str(detail.get("reason", "")), {})
            for detail in details
        ]
    )
