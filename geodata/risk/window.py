"""The days that are counted: how a period is chosen, clipped, and what decays in it."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geodata.errors import InvalidInput
from geodata.intervals import Interval, years_between

Floats = NDArray[np.float64]
MIN_OPEN_DAYS = 30
"""A period that the data choose is at least this long: one blast is no rate of 365 a year."""
LONE_DAYS = 365
"""Records of a single day tell no length of observation: at least a year is taken."""
ASKED, OPEN, STATED, ESTIMATED = "asked", "open", "stated", "estimated"
RECORDED = "recorded"
Observed = tuple[date | None, date | None]
"""First and last day on which incidents were recorded, as stated; None = not stated, and
for the last day that recording goes on."""


class RecordedDays(NamedTuple):
    """First and last day of the incidents held, and on how many days one may have begun."""

    first: date
    last: date
    days: int


@dataclass(frozen=True, slots=True)
class Window:
    """A closed range of days, and what chose it: the question, its open ends, or the register."""

    start: date
    end: date
    chosen: str = field(default=ASKED, compare=False)
    first_record: date | None = field(default=None, compare=False)
    """Where the days were estimated from the records: the day from which these reach."""

    @property
    def recorded(self) -> "Window":
        """The period of crude figures: the recorded span where the days were estimated.

        From the first to the last incident, at least `MIN_OPEN_DAYS`; it is chosen to begin and
        end with one, so a rate over it flatters. Else the window itself.
        """
        return self if self.first_record is None else Window(self.first_record, self.end, RECORDED)

    @property
    def years(self) -> float:
        """Length in Julian years of 365.25 days."""
        return years_between(self.start, self.end)

    @property
    def days(self) -> int:
        """Number of days, the last one included."""
        return (self.end - self.start).days + 1

    def before(self) -> "Window":
        """Give the window of the same length that ends the day before this one."""
        start = self.start.toordinal()
        # The calendar begins with its day 1; a register may hold a typing error of that age.
        first, last = max(start - self.days, 1), max(start - 1, 1)
        return Window(date.fromordinal(first), date.fromordinal(last))

    def years_at_risk(self, half_life_days: float | None) -> float:
        """Give the years that decayed weights are divided by.

        The days' own decay weights summed, so that a steady rate keeps its value whatever
        the half-life.

        Parameters
        ----------
        half_life_days
            None for no decay.

        Returns
        -------
        float
            Years of 365.25 days.
        """
        if half_life_days is None:
            return self.years
        return float(_geometric(0.0, float(self.days), half_life_days)) / 365.25


def choose_window(
    period: Interval | None,
    held: RecordedDays | None,
    today: date,
    *,
    observed: Observed | None = None,
) -> Window | None:
    """Choose the days that are counted.

    A period of None ("all") is the observation that was stated. Else it is estimated: a count
    over the days from the first to the last incident flatters the rate, as the span is chosen
    to begin and end with one. Of n events at a steady rate, T days from the first to the last,
    (n - 2) / T is the rate on average (T is a Beta(n - 1, 2) share of the time), so the window
    is lengthened backwards to T n / (n - 2) days, n the days with a record and at least 3, and
    to `LONE_DAYS` for one day. Of two days the rate still comes out too high, less than twice;
    its `recorded` is the span itself, for crude figures. Open ends are the first and last day
    held; windows that the data choose have at least `MIN_OPEN_DAYS`. Days after `today` are cut
    off: what has not happened yet is no exposure.

    Parameters
    ----------
    period
        What was asked for.
    held
        What the register holds.
    today
        Last day that can be observed.
    observed
        The days of observation, where they are stated; only for a period of None.

    Returns
    -------
    Window or None
        None where an end is open and the register is empty.

    Raises
    ------
    InvalidInput
        The period begins after today.
    """
    if period is None:
        return _observation(held, today, *(observed or (None, None)))
    start = period.start.date() if period.start else None
    end = period.end.date() if period.end else None
    if start and start > today:
        raise InvalidInput(
            f"period={period}: it begins after {today}, the last day that can be counted. "
            "Choose an earlier period.",
            code="bad-period",
            details=[{"field": "period", "reason": "begins in the future"}],
        )
    if (start is None or end is None) and held is None:
        return None
    first, last = held[:2] if held else (today, today)
    is_open = start is None or end is None
    end = min(end or max(last, start or last), today)
    start = min(start or first, end)
    if is_open and (end - start).days + 1 < MIN_OPEN_DAYS:
        start = end - timedelta(days=MIN_OPEN_DAYS - 1)
    return Window(start, end, OPEN if is_open else ASKED)


def _observation(
    held: RecordedDays | None, today: date, since: date | None, until: date | None
) -> Window | None:
    """Days of observation: as stated, or estimated from what is held."""
    if since is not None:
        end = min(until or today, today)
        return Window(min(since, end), end, STATED)
    if held is None:
        return None
    end = min(until or held.last, today)
    start = min(held.first, end)
    span = (end - start).days + 1
    known = max(held.days, 3)
    long = LONE_DAYS if held.days < 2 else -(-span * known // (known - 2))
    back = max(long, span, MIN_OPEN_DAYS) - 1
    # the calendar begins with its day 1
    first, whole = (
        date.fromordinal(max(end.toordinal() - days, 1))
        for days in (max(span, MIN_OPEN_DAYS) - 1, back)
    )
    return Window(whole, end, ESTIMATED, first)


def fraction_inside(start: Any, end: Any, window: Window) -> Floats:
    """Give the share of each date range that lies in the window.

    Parameters
    ----------
    start, end
        First and last day (inclusive) of each incident.

    Returns
    -------
    numpy.ndarray
        Between 0 and 1; 0 for an incident without a date.

    Examples
    --------
    >>> import numpy as np
    >>> first, last = np.array(["2021-01-30"], "M8[D]"), np.array(["2021-02-02"], "M8[D]")
    >>> fraction_inside(first, last, Window(date(2021, 2, 1), date(2021, 2, 28))).tolist()
    [0.5]
    """
    first, last, inside_first, inside_last = _bounds(start, end, window)
    return np.clip(inside_last - inside_first + 1, 0, None) / np.maximum(last - first + 1, 1)


def decayed(start: Any, end: Any, window: Window, half_life_days: float | None) -> Floats:
    """Give the mean decay weight over the days of each incident that lie in the window.

    ``2^(-age / half-life)`` with the age in days on the window's last day, averaged over
    the range's days.

    Parameters
    ----------
    start, end
        First and last day (inclusive) of each incident.
    half_life_days
        None for no decay.

    Returns
    -------
    numpy.ndarray
        Between 0 and 1; 1 without decay.
    """
    first, _, inside_first, inside_last = _bounds(start, end, window)
    if half_life_days is None:
        return np.ones(first.shape)
    days = np.maximum(inside_last - inside_first + 1, 1)
    age = np.maximum(_day(window.end) - inside_last, 0)
    return _geometric(age, days, half_life_days) / days


def _geometric(age: Any, days: Any, half_life: float) -> Floats:
    """Sum of q^age + ... + q^(age + days - 1), q = 2^(-1/half-life), exact for long lives."""
    rate = np.log(2) / half_life
    return np.asarray(np.exp(-rate * age) * np.expm1(-rate * days) / np.expm1(-rate))


def _day(day: date) -> int:
    return int(np.datetime64(day, "D").astype(np.int64))


def _bounds(start: Any, end: Any, window: Window) -> tuple[Floats, Floats, Floats, Floats]:
    first, last = _days(start), _days(end)
    inside_first = np.maximum(first, _day(window.start))
    inside_last = np.minimum(last, _day(window.end))
    missing = np.isnan(first) | np.isnan(last)
    inside_last = np.where(missing, _day(window.start) - 1, inside_last)
    inside_first = np.where(missing, _day(window.start), inside_first)
    return np.where(missing, 0, first), np.where(missing, 0, last), inside_first, inside_last


def _days(values: Any) -> Floats:
    days = np.asarray(values).astype("datetime64[D]")
    return np.where(np.isnat(days), np.nan, days.astype(np.int64).astype(float))
