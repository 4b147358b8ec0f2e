"""Time intervals as OGC API and RFC 3339 write them, closed at both ends.

A closed interval includes its last day: ``2021-02-01/2021-02-04`` holds what happened
on 4 February at any hour.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from geodata.errors import InvalidInput

_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_BARE_TIME = re.compile(r"^\d{4}-\d{2}-\d{2}T$")


@dataclass(frozen=True, slots=True)
class Interval:
    """A closed interval in UTC; an open end is None."""

    start: datetime | None = None
    end: datetime | None = None
    """First and last moment that belong to the interval."""

    def __str__(self) -> str:
        """Write as RFC 3339, ``..`` for an open end; whole days as dates."""
        return f"{_text(self.start, time.min)}/{_text(self.end, time.max)}"


def _text(moment: datetime | None, whole: time) -> str:
    if moment is None:
        return ".."
    if moment.time() == whole:
        return moment.date().isoformat()
    return moment.isoformat().replace("+00:00", "Z")


def parse_interval(text: str, *, field: str = "datetime") -> Interval:
    """Read an instant, a day or an interval with open ends.

    Parameters
    ----------
    text
        ``2021-02-04``, ``2021-02-04T10:00:00Z``, ``A/B``, ``../B``, ``A/..``; an empty
        end is open too, and ``2021-02-04T`` (as GDAL writes it) is the day.
    field
        The parameter's name, for the error.

    Returns
    -------
    Interval
        A day covers its 24 hours in UTC.

    Raises
    ------
    InvalidInput
        The text is no date, or the interval ends before it starts.

    Examples
    --------
    >>> str(parse_interval("2021-02-01/2021-02-04"))
    '2021-02-01/2021-02-04'
    """
    parts = text.strip().split("/")
    if len(parts) > 2:
        raise _bad(field, text, "an interval has two ends")
    if len(parts) == 1:
        first = _moment(parts[0], field, text)
        if first is None:
            raise _bad(field, text, "an instant cannot be open")
        return Interval(first[0], first[1])
    start, end = (_moment(part, field, text) for part in parts)
    interval = Interval(start[0] if start else None, end[1] if end else None)
    if interval.start and interval.end and interval.end < interval.start:
        raise _bad(field, text, "it ends before it starts")
    return interval


def _moment(part: str, field: str, whole: str) -> tuple[datetime, datetime] | None:
    part = part.strip()
    if part in ("", ".."):
        return None
    if _BARE_TIME.match(part):
        part = part[:-1]
    try:
        if _DAY.match(part):
            return _ends(part)
        moment = datetime.fromisoformat(part.replace(" ", "+", 1))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _bad(
            field, whole, f"{part[:40]!r} has to be a date or time of RFC 3339, e.g. 2021-02-04"
        ) from None
    return moment, moment


@lru_cache(maxsize=4_096)
def _ends(day: str) -> tuple[datetime, datetime]:
    date_ = date.fromisoformat(day)
    return datetime.combine(date_, time.min, UTC), datetime.combine(date_, time.max, UTC)


def _bad(field: str, text: str, why: str) -> InvalidInput:
    return InvalidInput(
        f"{field}={text[:80]!r}: {why}. Write 2021-02-04, 2021-02-04T10:00:00Z or "
        "2021-02-01/2021-02-28, with .. for an open end.",
        code=f"bad-{field}",
        details=[{"field": field, "reason": why}],
    )


def years_between(start: date, end: date) -> float:
    """Length of the closed interval of days in Julian years of 365.25 days.

    Examples
    --------
    >>> round(years_between(date(2021, 1, 1), date(2021, 12, 31)), 4)
    0.9993
    """
    return (end - start + timedelta(days=1)).days / 365.25
