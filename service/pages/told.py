"""Members of records in words, for histories and differences."""

from collections.abc import Mapping
from typing import Any

import orjson

from service.i18n import Translator
from service.labels import CODES, label
from service.values import is_missing

LONGEST = 300
DATES = ("date_start", "date_end")


def told(words: Translator, field: str, value: Any) -> str:
    """Write the value of a record's field for a reader.

    Parameters
    ----------
    words
        The reader's language.
    field
        The field; its code list and kind decide how it is written.
    value
        As in the record's document; null gives "not stated".

    Returns
    -------
    str
        At most 300 characters.
    """
    if is_missing(value) or value in ([], {}):
        return words.gettext("not stated")
    if field in DATES:
        return words.date(value)
    if field in CODES and isinstance(value, str | int):
        return label(words, field, value)
    if field == "casualties" and isinstance(value, list):
        return "; ".join(_casualty(words, row) for row in value)[:LONGEST]
    if field == "districts" and isinstance(value, list):
        return ", ".join(_district(words, row) for row in value)[:LONGEST]
    if field == "reports" and isinstance(value, list):
        return "; ".join(_report(row) for row in value)[:LONGEST]
    if isinstance(value, float | int) and not isinstance(value, bool):
        return words.number(value, 5 if field in ("longitude", "latitude") else None)
    text = value if isinstance(value, str) else orjson.dumps(value, default=str).decode()
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _casualty(words: Translator, row: Mapping[str, Any]) -> str:
    count = words.number(row.get("best"))
    group, outcome = (
        label(words, "group", row.get("group")),
        label(words, "outcome", row["outcome"]),
    )
    return f"{group}, {outcome}: {count}"


def _district(words: Translator, row: Any) -> str:
    if not isinstance(row, Mapping):
        return str(row)
    weight = row.get("weight", 1.0)
    share = f" ({words.percent(weight)})" if weight < 1 else ""
    return f"{row.get('district_id')}{share}"


def _report(row: Mapping[str, Any]) -> str:
    named = row.get("title") or row.get("publisher") or row.get("report_id") or row.get("url")
    return str(named or "")
