"""Values of frames and records, as texts need them: what is missing, what is a day."""

import calendar
import datetime as dt
import math
from typing import Any


def is_missing(value: Any) -> bool:
    """Say whether a value of a frame or record is null, NaN, NaT or NA."""
    if value is None:
        return True
    if type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float) and math.isnan(value)


def as_date(day: Any) -> dt.date | None:
    """Read a day from what frames and JSON hold; null for null."""
    if is_missing(day):
        return None
    if isinstance(day, str):
        return dt.date.fromisoformat(day[:10])
    if isinstance(day, dt.datetime):
        return day.date()
    return day if isinstance(day, dt.date) else dt.date.fromisoformat(str(day)[:10])


def month_end(day: dt.date) -> dt.date:
    """Give the last day of the day's month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def decimals(value: float) -> int:
    """Give the decimals that leave two or three significant digits; none from 1000 on."""
    size = abs(value)
    if size >= 1000 or size == 0:
        return 0
    if size >= 10:
        return 0 if size.is_integer() else 1
    return min(6, max(1, 1 - math.floor(math.log10(size))))
