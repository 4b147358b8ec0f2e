"""Time intervals as OGC API and RFC 3339 write them, closed at both ends.

A closed interval includes its last day: ``2021-02-01/2021-02-04`` holds what happened
on 4 February at any hour.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import NamedTuple

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

    A day covers its 24 hours in UTC.

    Parameters
    ----------
    text
        ``2021-02-04``, ``2021-02-04T10:00:00Z``, ``A/B``, ``../B``, ``A/..``; an empty
        end is open too, and ``2021-02-04T`` (as GDAL writes it) is the day.

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
    start, end = _moment(parts[0], field, text), _moment(parts[1], field, text)
    interval = Interval(start[0] if start else None, end[1] if end else None)
    if interval.start and interval.end and interval.end < interval.start:
        raise _bad(field, text, "it ends before it starts")
    return interval


class SourceDays(NamedTuple):
    """From when to when a source was kept, as stated; a `until` of None = it still is."""

    source: str
    """Part of the publisher's name; case does not matter."""
    since: date
    until: date | None = None


class Observed(NamedTuple):
    """First and last day on which incidents were recorded, as stated; None = not stated."""

    since: date | None = None
    until: date | None = None
    """None = recording goes on."""
    sources: tuple[SourceDays, ...] = ()
    """Where each source has days of its own."""


def parse_source_days(text: str, *, field: str = "sources") -> tuple[SourceDays, ...]:
    """Read from when to when sources were kept.

    Parameters
    ----------
    text
        ``NAME=FIRST/LAST`` with semicolons between, ``..`` for a source that is still kept; the
        first day has to be known.

    Raises
    ------
    InvalidInput
        A part is not of that form, or a source stands twice.

    Examples
    --------
    >>> [str(s.since) for s in parse_source_days("Agency=2019-01-01/..; News=2021-02-01/..")]
    ['2019-01-01', '2021-02-01']
    """
    found: list[SourceDays] = []
    for part in filter(None, (part.strip() for part in text.split(";"))):
        name, is_, days = (piece.strip() for piece in part.rpartition("="))
        kept = parse_interval(days, field=field) if is_ and name else Interval()
        if kept.start is None:
            raise InvalidInput(
                f"{field}={part[:60]!r} has to be NAME=FIRST/LAST, e.g. Agency=2019-01-01/.. for "
                "a source that is still kept.",
                details=[{"field": field, "reason": "no NAME=FIRST/LAST"}],
            )
        if name.casefold() in (one.source.casefold() for one in found):
            raise InvalidInput(
                f"{field}: {name[:60]!r} stands twice; state the days of a source once.",
                details=[{"field": field, "reason": "a source stands twice"}],
            )
        end = kept.end.date() if kept.end else None
        found.append(SourceDays(name, kept.start.date(), end))
    return tuple(found)


def _moment(part: str, field: str, whole: str) -> tuple[datetime, datetime] | None:
    part = part.strip()
    if part in ("", ".."):
        return None
    try:
        if _DAY.match(part):
            return _ends(part)
        if _BARE_TIME.match(part):
            return _ends(part[:-1])
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
