"""The days that are counted: how a period is chosen, clipped, and what decays in it."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geodata.errors import InvalidInput
from geodata.intervals import Interval, Observed, SourceDays

Floats = NDArray[np.float64]
MIN_OPEN_DAYS = 30
"""A period that the data choose is at least this long: one blast is no rate of 365 a year."""
LONE_DAYS = 365
"""Records of a single day tell no length of observation: at least a year is taken."""
ASKED, OPEN, STATED, ESTIMATED = "asked", "open", "stated", "estimated"
RECORDED, BY_SOURCE = "recorded", "by_source"


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
    spans: tuple[tuple[date, date], ...] = ()
    """First and last days of its parts, where nobody recorded in between."""
    effective_days: float | None = None
    """Days that counts are divided by, where sources were kept for different times."""
    sources: tuple[tuple[SourceDays, int], ...] = field(default=(), compare=False)
    """Those whose days were stated, and how many of the incidents counted name each."""

    @property
    def parts(self) -> tuple[tuple[date, date], ...]:
        """The ranges of days, in order."""
        return self.spans or ((self.start, self.end),)

    @property
    def recorded(self) -> "Window":
        """The period of crude figures: the recorded span where the days were estimated.

        From the first to the last incident, at least `MIN_OPEN_DAYS`; it is chosen to begin and
        end with one, so a rate over it flatters. Else the window itself.
        """
        return self if self.first_record is None else Window(self.first_record, self.end, RECORDED)

    @property
    def years(self) -> float:
        """Length in Julian years of 365.25 days, as counts are divided by it."""
        return (self.days if self.effective_days is None else self.effective_days) / 365.25

    @property
    def days(self) -> int:
        """Number of days, the last one included."""
        return sum((last - first).days + 1 for first, last in self.parts)

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
        """
        if half_life_days is None:
            return self.years
        faded = sum(
            float(
                _geometric((self.end - last).days, float((last - first).days + 1), half_life_days)
            )
            for first, last in self.parts
        )
        return faded / self.days * self.years


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
        return _observation(held, today, *(observed or ())[:2])
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
    held: RecordedDays | None,
    today: date,
    since: date | None = None,
    until: date | None = None,
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


def window_of_sources(
    day: Any, named: Any, kept: tuple[SourceDays, ...], today: date
) -> Window | None:
    """Choose the days of sources that were kept for different times.

    The window is the union of their days. A count over all of it would dilute what only a
    source of fewer days tells, and a sum of each source's own rate would count twice what
    sources tell after one another. So an incident speaks of E days: those of the union, but
    for the days on which only such sources were kept as were also kept on its own day and did
    not report it; and n incidents are divided by ``n / sum(1 / E)`` days, so that the rate is
    ``sum(1 / E)``. Assumes that a source which was not kept would have told what the others
    tell; broken by one that sees another part of the country, or another kind of blast, than
    those it follows. An incident none of whose sources was kept that day, or has its days
    stated, speaks of all of the union; one outside the union is not counted.

    Parameters
    ----------
    day
        Of each incident, as datetime64.
    named
        Incidents x sources, whether one names the other.
    kept
        The sources; those that nothing names, or that begin after `today`, do not contribute.

    Returns
    -------
    Window or None
        None where no source contributes.

    Examples
    --------
    Four incidents of a source kept for four years, and four of another's one year in them:

    >>> days = np.array(["2020-05-01", "2021-05-01", "2022-05-01", *["2023-05-01"] * 5], "M8[D]")
    >>> named = np.array([[1, 0]] * 4 + [[0, 1]] * 4, bool)
    >>> kept = (SourceDays("A", date(2020, 1, 1), date(2023, 12, 31)),
    ...         SourceDays("B", date(2023, 1, 1), date(2023, 12, 31)))
    >>> window = window_of_sources(days, named, kept, date(2026, 1, 1))
    >>> round(8 / window.years, 2), window.days   # 4 / 4 + 4 / 1 a year
    (5.0, 1461)
    """
    named = np.asarray(named, bool)
    use = [k for k, one in enumerate(kept) if one.since <= today and named[:, k : k + 1].any()]
    if not use:
        return None
    named, kept = named[:, use], tuple(kept[k] for k in use)
    ranges = [(_day(one.since), _day(min(one.until or today, today))) for one in kept]
    ranges = [(first, max(first, last)) for first, last in ranges]
    parts = _union(ranges)
    at = _days(day)[:, None]
    first, last = np.array(ranges).T
    open_ = (at >= first) & (at <= last)
    inside = open_.any(axis=1)
    own = (open_ & named).any(axis=1, keepdims=True)
    silent = (open_ & ~named & own)[inside]
    kinds, which = np.unique(silent, axis=0, return_inverse=True)
    speaks = np.array(
        [
            _length(_union([r for r, missed in zip(ranges, kind, strict=True) if not missed]))
            for kind in kinds
        ]
    )
    spans = tuple((date.fromordinal(a + _EPOCH), date.fromordinal(b + _EPOCH)) for a, b in parts)
    count = int(inside.sum())
    effective = count / float((1 / speaks[which.ravel()]).sum()) if count else None
    numbers = (int((named[:, k] & inside).sum()) for k in range(len(kept)))
    return Window(
        spans[0][0],
        spans[-1][1],
        BY_SOURCE,
        spans=spans if len(spans) > 1 else (),
        effective_days=effective if effective != _length(parts) else None,
        sources=tuple(zip(kept, numbers, strict=True)),
    )


_EPOCH = date(1970, 1, 1).toordinal()


def _union(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join ranges of days that touch or overlap."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


def _length(parts: list[tuple[int, int]]) -> int:
    return sum(last - first + 1 for first, last in parts)


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
    if window.spans:
        parts = (fraction_inside(start, end, Window(*part)) for part in window.spans)
        return np.asarray(sum(parts))
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
