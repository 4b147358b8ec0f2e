"""Properties and literals of a filter as operands."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np

from geodata.errors import InvalidInput
from geodata.filters.columns import Columns, Truth
from geodata.filters.operands import Kind, Operand, constant
from geodata.filters.refusals import refusal
from geodata.schema import Column, FrameSchema

GEOMETRY = "geometry"

KINDS: dict[str, Kind] = {
    "text": "text",
    "integer": "number",
    "number": "number",
    "date": "date",
    "datetime": "timestamp",
    "boolean": "boolean",
}
_SLASHES = re.compile(r"^\d{4}/\d{2}/\d{2}")


def property_operand(name: Any, schema: FrameSchema) -> Operand:
    """Give the operand of a property.

    Parameters
    ----------
    name
        As the filter has it.
    schema
        The collection's columns.

    Returns
    -------
    Operand
        Named after the property.

    Raises
    ------
    InvalidInput
        The collection has no such property; the message lists those it has.
    """
    if name in (GEOMETRY, "geom") and schema.geometry is not None:
        return Operand("geometry", Columns.geometry, GEOMETRY)
    column = schema.by_name.get(name) if isinstance(name, str) else None
    if column is None:
        names = ", ".join([*schema.names, *([GEOMETRY] if schema.geometry else [])])
        raise refusal(
            f"{schema.name} has no property {str(name)[:60]!r}; it has {names}.",
            name=str(name)[:60],
        )
    known = column.name
    codes = (lambda rows: rows.codes(known)) if column.kind == "text" else None
    return Operand(KINDS[column.kind], _reader(column), known, codes=codes)


def _reader(column: Column) -> Callable[[Columns], Any]:
    name = column.name
    if column.kind == "text":
        return lambda rows: rows.text(name)
    if column.kind in ("integer", "number"):
        return lambda rows: rows.number(name)
    if column.kind == "date":
        return lambda rows: rows.days(name)
    if column.kind == "datetime":
        return lambda rows: rows.moments(name)
    return lambda rows: rows.truth(name)


def literal_operand(value: Any) -> Operand:
    """Give the operand of a text, number or boolean.

    Raises
    ------
    InvalidInput
        It is none of these.
    """
    if isinstance(value, bool):
        return Operand(
            "boolean",
            lambda rows: Truth(np.full(len(rows), value), np.full(len(rows), not value)),
            str(value).lower(),
            value,
            True,
        )
    if isinstance(value, int | float):
        return constant("number", float(value), f"{value:g}")
    if isinstance(value, str):
        return constant("text", value, repr(value[:40]))
    if value is None:
        raise refusal("a comparison with null is never true; write IS NULL.")
    raise refusal(f"{str(value)[:60]!r} is no value.")


def date_operand(text: Any) -> Operand:
    """Give the operand of a day, ``2021-02-04``.

    Raises
    ------
    InvalidInput
        The text is no day.
    """
    try:
        day = datetime.strptime(str(text)[:40], "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise refusal(f"{str(text)[:40]!r} is no date; write DATE('2021-02-04').") from None
    return constant("date", np.datetime64(day, "D"), f"date {day}")


def timestamp_operand(text: Any) -> Operand:
    """Give the operand of a moment, ``2021-02-04T10:00:00Z``; without a zone it is UTC.

    Raises
    ------
    InvalidInput
        The text is no moment.
    """
    try:
        moment = datetime.fromisoformat(str(text)[:60])
        moment = moment.astimezone(UTC) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        raise refusal(
            f"{str(text)[:40]!r} is no moment; write TIMESTAMP('2021-02-04T10:00:00Z')."
        ) from None
    return constant(
        "timestamp", np.datetime64(moment.replace(tzinfo=None), "us"), f"time {str(text)[:40]}"
    )


def time_from_text(operand: Operand, beside: str) -> Operand:
    """Read a plain text that stands beside a date as a date or a moment.

    Clients of the older CQL write times so, and some with slashes.

    Parameters
    ----------
    operand
        A constant text.
    beside
        What it is compared with, for the message.

    Returns
    -------
    Operand
        A date or a timestamp.

    Raises
    ------
    InvalidInput
        The text is no time.
    """
    text = str(operand.literal).strip()
    if _SLASHES.match(text):
        text = text[:10].replace("/", "-") + text[10:]
    text = text.removesuffix("T")
    try:
        return date_operand(text) if len(text) == 10 else timestamp_operand(text)
    except InvalidInput:
        raise refusal(
            f"{beside} is a date, and {operand.name} is none; write DATE('2021-02-04').",
            name=beside,
        ) from None
