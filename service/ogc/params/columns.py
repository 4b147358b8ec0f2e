"""Parameters that name columns: `properties`, `sortby`, and queryables as parameters."""

from dataclasses import dataclass
from typing import Any

from geodata.errors import InvalidInput
from geodata.filters import Filter, equality
from geodata.schema import Column, FrameSchema
from service.http.query import bad

_BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class SortKey:
    """One column to sort by; nulls come last both ways."""

    name: str
    descending: bool = False

    def __str__(self) -> str:
        return f"{'-' if self.descending else '+'}{self.name}"


def read_properties(text: str | None, schema: FrameSchema) -> tuple[str, ...] | None:
    """Read `properties`: the columns wanted, in their order; None = all.

    Raises
    ------
    InvalidInput
        A column is none of the schema's.
    """
    if text is None:
        return None
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        _known(name, "properties", schema)
    return tuple(dict.fromkeys(names))


def read_sort(text: str | None, schema: FrameSchema) -> tuple[SortKey, ...]:
    """Read `sortby`: columns with ``+`` (or nothing) ascending, ``-`` descending.

    Raises
    ------
    InvalidInput
        A column is none of the schema's, or is named twice.
    """
    keys: list[SortKey] = []
    for part in (text or "").split(","):
        name = part.strip()
        if not name:
            continue
        # In a query an unescaped plus is a space, which strip has taken.
        bare = name[1:] if name[0] in "+-" else name
        _known(bare, "sortby", schema)
        keys.append(SortKey(bare, name[0] == "-"))
    if len({key.name for key in keys}) < len(keys):
        raise bad("sortby", "names a column twice; write each once, as in sortby=-killed,name.")
    if text is not None and not keys:
        raise bad("sortby", "names no column; write for example sortby=-date_start.")
    return tuple(keys)


def read_equals(values: dict[str, str], schema: FrameSchema) -> list[Filter]:
    """Read queryables given as parameters, e.g. ``device=at_mine``.

    Parameters
    ----------
    values
        Parameters of the request; others are passed over.
    schema
        The collection's columns.

    Returns
    -------
    list of Filter
        One a parameter.

    Raises
    ------
    InvalidInput
        A value does not fit its column.
    """
    return [
        equality(column.name, _value(column, values[column.name]), schema)
        for column in schema.columns
        if column.name in values
    ]


def _value(column: Column, text: str) -> Any:
    name = column.name
    if column.codes and text not in column.codes:
        raise bad(name, f"is {text[:40]!r}, but has to be one of {', '.join(column.codes)}.")
    if column.kind in ("integer", "number"):
        try:
            number = float(text) if text.isascii() and "_" not in text else float("nan")
        except ValueError:
            number = float("nan")
        if not abs(number) < 1e300 or (column.kind == "integer" and not number.is_integer()):
            wanted = (
                "a whole number, as in 3" if column.kind == "integer" else "a number, as in 2.5"
            )
            raise bad(name, f"is {text[:40]!r}, but has to be {wanted}.")
        return number
    if column.kind == "boolean":
        if text.lower() not in _BOOLEANS:
            raise bad(name, f"is {text[:40]!r}, but has to be true or false.")
        return _BOOLEANS[text.lower()]
    if column.kind in ("date", "datetime"):
        return _time(column, text)
    return text


def _time(column: Column, text: str) -> str:
    try:
        equality(column.name, text, FrameSchema("", column.name, None, (column,)))
    except InvalidInput:
        raise bad(
            column.name, f"is {text[:40]!r}, but has to be a date, as in 2021-02-04."
        ) from None
    return text


def _known(name: str, parameter: str, schema: FrameSchema) -> None:
    if name not in schema.by_name:
        raise bad(
            parameter,
            f"names {name[:60]!r}, but {schema.name} has no such column. Write for example "
            f"{parameter}={schema.names[0]}; there are {', '.join(schema.names)}.",
        )
