"""Attributes of features in tiles: text, numbers and truth; unknown is left out."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.formats.scalars import known_values, time_texts
from geodata.schema import Column, FrameSchema

Attributes = dict[str, Any]


def single(frame: pd.DataFrame, schema: FrameSchema) -> list[Attributes]:
    """Give the attributes of each row; dates are ISO texts.

    Parameters
    ----------
    frame
        Rows of the schema.
    schema
        Names and kinds.

    Returns
    -------
    list of dict
        In the order of `frame`; a vector tile has no null, so that what is unknown is
        absent.
    """
    columns = [_plain(frame[column.name], column) for column in schema.columns]
    names = schema.names
    return [
        {name: value for name, value in zip(names, row, strict=True) if value is not None}
        for row in zip(*columns, strict=True)
    ]


def _plain(values: pd.Series, column: Column) -> list[Any]:
    if column.kind == "datetime":
        return list(time_texts(values))
    found = known_values(values, column)
    if column.kind == "date":
        return [None if v is None else v.isoformat() for v in found]
    return found


def summed_columns(schema: FrameSchema) -> list[str]:
    """Name the columns that `summed` reads: numbers of people, first and last day."""
    people = [c.name for c in schema.columns if _counts_people(c)]
    return [*people, *dict.fromkeys(n for n in (schema.start, schema.end) if n is not None)]


def _counts_people(column: Column) -> bool:
    return column.unit == "people" and column.kind in ("integer", "number")


def summed(
    frame: pd.DataFrame, schema: FrameSchema, group: NDArray[np.int64], groups: int
) -> list[Attributes]:
    """Give the attributes of each group of rows.

    Parameters
    ----------
    frame
        Rows with the `summed_columns` of the schema.
    schema
        Columns that count people are summed; the first and the last day are kept.
    group
        Number of the group that each row belongs to.
    groups
        How many groups there are.

    Returns
    -------
    list of dict
        `count`, and sums over the rows that state the number; a number that none of them
        states is absent, never 0.
    """
    found: list[Attributes] = [{"count": n} for n in np.bincount(group, minlength=groups).tolist()]
    for column in schema.columns:
        if _counts_people(column):
            _add_sums(found, frame[column.name], column, group)
    for name, first in ((schema.start, True), (schema.end, False)):
        if name is not None:
            _add_day(found, frame[name], name, group, first=first)
    return found


def _add_sums(
    found: list[Attributes], values: pd.Series, column: Column, group: NDArray[np.int64]
) -> None:
    numbers = values.to_numpy(dtype="float64", na_value=np.nan)
    known = ~np.isnan(numbers)
    sums = np.bincount(group[known], weights=numbers[known], minlength=len(found))
    stated = np.bincount(group[known], minlength=len(found))
    for at in stated.nonzero()[0].tolist():
        whole = column.kind == "integer"
        found[at][column.name] = int(sums[at]) if whole else float(sums[at])


def _add_day(
    found: list[Attributes],
    values: pd.Series,
    name: str,
    group: NDArray[np.int64],
    *,
    first: bool,
) -> None:
    days = values.groupby(group)
    for at, day in (days.min() if first else days.max()).items():
        if not pd.isna(day):
            found[int(at)][name] = day.strftime("%Y-%m-%d")
