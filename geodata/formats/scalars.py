"""Columns as plain Python values and as the texts of JSON, made a column at a time."""

from datetime import datetime
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from geodata.schemas import Column

_TEXT = pa.large_string()
_NULL = pa.scalar(None, _TEXT)
_ARRAY = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z
_ESCAPED = r'["\\\x00-\x1f]'
_FEW = 16
"""Rows for one distinct text from which on writing the distinct ones is cheaper."""


def json_texts(values: pa.Array) -> pa.LargeStringArray:
    r"""Give each value of a column as JSON writes it.

    In the order of `values`; null stays null, and so becomes a number that is none.

    Parameters
    ----------
    values
        Texts, numbers, truth, days, or moments in UTC.

    Examples
    --------
    >>> json_texts(pa.array(['a "b"', None])).to_pylist(), json_texts(pa.array([1.0])).to_pylist()
    (['"a \\"b\\""', None], ['1.0'])
    """
    kind = values.type
    if values.null_count == len(values):
        return pa.nulls(len(values), _TEXT)
    if kind == pa.string() or kind == _TEXT:
        return _quoted(values.cast(_TEXT))
    if kind == pa.float64():
        texts = split_array(values.fill_null(np.nan).to_numpy())
        # What is no number is written null, a text here.
        return pc.if_else(pc.equal(texts, "null"), _NULL, texts)
    if pa.types.is_timestamp(kind):
        moments = values.cast(pa.int64()).fill_null(0).to_numpy().astype("datetime64[ms]")
        return pc.if_else(values.is_null(), _NULL, split_array(moments))
    texts = values.cast(_TEXT)
    return wrapped('"', texts, '"') if pa.types.is_date(kind) else texts


def wrapped(before: str, texts: pa.LargeStringArray, after: str) -> pa.LargeStringArray:
    """Put something before and after each text; null stays null."""
    fixed = [pa.scalar(text, _TEXT) for text in (before, after, "")]
    return pc.binary_join_element_wise(fixed[0], texts, fixed[1], fixed[2])


def split_array(values: NDArray[Any], between: str = ",") -> pa.LargeStringArray:
    """Write numbers or moments as JSON, and cut the list at what stands between two of them."""
    around = between.count("[") + 1
    written = orjson.dumps(values, option=_ARRAY)[around:-around].decode()
    return pc.split_pattern(pa.array([written], _TEXT), between).flatten()


def _quoted(texts: pa.LargeStringArray) -> pa.LargeStringArray:
    sample = texts.slice(0, 4 * _FEW)
    if len(texts) > len(sample) and len(sample.unique()) * 4 < len(sample):
        coded = texts.dictionary_encode()
        if len(coded.dictionary) * _FEW < len(texts):
            return _quoted(coded.dictionary).take(coded.indices)
    found = wrapped('"', texts, '"')
    escaped = pc.match_substring_regex(texts, _ESCAPED)
    if not escaped.true_count:
        return found
    escaped = pc.fill_null(escaped, False)
    whole = [orjson.dumps(text).decode() for text in texts.filter(escaped).to_pylist()]
    return pc.replace_with_mask(found, escaped, pa.array(whole, _TEXT))


def known_values(values: pd.Series, column: Column) -> list[Any]:
    """Give each value of a column as str, int, float, bool, date, datetime or None.

    In the order of `values`. Unknown is None; moments are naive UTC.
    """
    found = _plain(values, column)
    if column.kind not in ("number", "text"):
        return found
    missing = values.isna().to_numpy()
    if not missing.any():
        return found
    return [None if gone else value for value, gone in zip(found, missing.tolist(), strict=True)]


def _plain(values: pd.Series, column: Column) -> list[Any]:
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


def time_texts(values: pd.Series) -> list[str | None]:
    """Write moments as RFC 3339 in UTC, milliseconds only where there are any."""
    return [
        None if moment is None else _time_text(moment)
        for moment in values.array.to_numpy(dtype="datetime64[ms]").tolist()
    ]


def _time_text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds") + "Z"
