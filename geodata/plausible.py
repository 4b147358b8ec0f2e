"""Which days a record can mean: one range for every door by which records come in.

A typing error like the year 0221 is no small error in one record: rates are counts over time, so
it changes every number. It is refused where it is written, whoever writes it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from geodata.errors import InvalidInput
from geodata.wording import say

_PAST = frozenset({"date_start", "published", "retrieved", "as_of", "period_start", "actual_start",
                   "actual_end", "announced", "valid_from"})  # fmt: skip
_ENDS = frozenset({"date_end", "period_end"})
_AHEAD = frozenset({"planned_start", "planned_end", "valid_to"})
MEMBERS = _PAST | _ENDS | _AHEAD
"""Every member of a record that is a day; a test compares it with the model."""
_AHEAD_YEARS = 100


@dataclass(frozen=True, slots=True)
class DateRange:
    """The days that can be meant.

    What happened lies between the two; an end that is known by its year may be the year's last
    day; plans and ends of validity may lie a hundred years ahead.
    """

    earliest: date = date(1900, 1, 1)
    """The first day."""
    latest: date | None = None
    """The last day; None is tomorrow, for somewhere tomorrow has begun."""

    def of(self, today: date) -> "DateRange":
        """Give the range as it was on a day."""
        return DateRange(self.earliest, self.latest or today + timedelta(days=1))

    def problems(self, document: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Say which days of a record cannot be meant.

        `field`, `reason` and `value` of each; empty where all can be meant.

        Parameters
        ----------
        document
            The record's document (days as ISO text); reports and features inside count too.
        """
        latest = self.latest or date.today() + timedelta(days=1)  # noqa: DTZ011 - the user's day
        first, last = self.earliest.isoformat(), _last_days(latest)
        # Text of ISO days with four digits of the year is in the order of the days.
        return [
            {
                "field": field,
                "reason": say(
                    "{day} cannot be meant: {first} to {last} can",
                    day=day,
                    first=first,
                    last=last[name],
                ),
                "value": day,
            }
            for field, name, day in _days(document, "")
            if not first <= day <= last[name]
        ]

    def check(self, document: Mapping[str, Any]) -> None:
        """Refuse a record with a day that cannot be meant.

        Raises
        ------
        InvalidInput
            Code ``implausible-date``; details name the fields.
        """
        found = self.problems(document)
        if found:
            said = tuple(say("{field}: {reason}", **c) for c in found[:5])
            raise InvalidInput(
                say(
                    "{said}. Is the year right? The range is a setting (HAZARDMAP_EARLIEST_DATE, "
                    "HAZARDMAP_LATEST_DATE).",
                    said=said,
                ),
                code="implausible-date",
                details=found,
            )


@lru_cache(maxsize=8)
def _last_days(latest: date) -> Mapping[str, str]:
    ahead = date(min(latest.year + _AHEAD_YEARS, date.max.year), 12, 31)
    return {
        **dict.fromkeys(_PAST, latest.isoformat()),
        **dict.fromkeys(_ENDS, date(latest.year, 12, 31).isoformat()),
        **dict.fromkeys(_AHEAD, ahead.isoformat()),
    }


def _days(document: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str, str]]:
    for name, value in document.items():
        if name in MEMBERS:
            if value is not None:
                yield prefix + name, name, str(value)
        elif name == "report" and isinstance(value, Mapping):
            yield from _days(value, f"{prefix}report.")
        elif name in ("reports", "features") and isinstance(value, list | tuple):
            for number, one in enumerate(value):
                inner = one.get("properties", one) if isinstance(one, Mapping) else {}
                yield from _days(inner, f"{prefix}{name}.{number}.")
