"""Columns as plain Python values, made a column at a time and ready for JSON."""

from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from geodata.schema import Column


def plain_values(values: pd.Series, column: Column) -> list[Any]:
    """Give each value of a column as str, int, float, bool, date, datetime or None.

    Parameters
    ----------
    values
        A column in the dtype of its kind.
    column
        What the schema says of it.

    Returns
    -------
    list
        In the order of `values`. Unknown is None, or NaN in numbers and texts, which
        JSON writes as ``null`` too; moments are naive UTC.
    """
    array = values.array
    if column.kind == "number":
        numbers: list[Any] = array.to_numpy(dtype="float64", na_value=np.nan).tolist()
        return numbers
    if column.kind == "date":
        return np.asarray(array, dtype="datetime64[D]").tolist()  # NaT becomes None
    if column.kind == "datetime":
        moments: list[Any] = array.to_numpy(dtype="datetime64[ms]").tolist()
        return moments
    if column.kind == "text":
        texts: list[Any] = array.to_numpy(dtype=object).tolist()
        return texts
    objects = array.to_numpy(dtype=object, na_value=None)
    found: list[Any] = objects.tolist()
    return found


def known_values(values: pd.Series, column: Column) -> list[Any]:
    """Give each value as `plain_values` does, with None for all that is unknown."""
    found = plain_values(values, column)
    if column.kind not in ("number", "text"):
        return found
    missing = values.isna().to_numpy()
    if not missing.any():
        return found
    return [None if gone else value for value, gone in zip(found, missing.tolist(), strict=True)]


def time_texts(values: pd.Series) -> list[str | None]:
    """Write moments as RFC 3339 in UTC, milliseconds only where there are any."""
    return [
        None if moment is None else _time_text(moment)
        for moment in values.array.to_numpy(dtype="datetime64[ms]").tolist()
    ]


def _time_text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds") + "Z"
