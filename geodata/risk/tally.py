"""The days that are counted, what each district holds of them, and what none of them has.

How a period is chosen, clipped, and what decays in it; then incidents, severity and weights by
district. Places that are known only in part are imputed: an incident in one of several districts,
or in a province of which no more is known, counts for each district with a probability, never in
full for one. What that leaves open is a variance between imputations, added to the limits (Rubin
1987).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.deferred import sparse as sp
from geodata.errors import InvalidInput
from geodata.incidents import (
    COUNT,
    LARGEST,
    SQUARES,
    DistrictWeights,
    abroad,
    incidents_in,
    least_of,
    people_in,
)
from geodata.intervals import Interval, Observed, SourceDays
from geodata.places.units import UnitIndex
from geodata.statistics.rates import Posterior, gamma_poisson_posterior

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

    None where an end is open and the register is empty.

    Parameters
    ----------
    observed
        The days of observation, where they are stated; only for a period of None.

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

    None where no source contributes.

    Parameters
    ----------
    day
        Of each incident, as datetime64.
    named
        Incidents x sources, whether one names the other.
    kept
        The sources; those that nothing names, or that begin after `today`, do not contribute.

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

    Between 0 and 1; 0 for an incident without a date.

    Parameters
    ----------
    start, end
        First and last day (inclusive) of each incident.

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
    the range's days: between 0 and 1; 1 without decay.
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


IMPUTATIONS = 40
"""Draws of the districts' rates, which say where in a province an incident may have been."""
SEED = 20_201_110
"""Fixed, so that the same register always gives the same shares."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where incidents count, the imputed ones included."""

    stated: DistrictWeights
    """As the register has it."""
    weights: DistrictWeights
    """The same, with the mean shares of those known only by a unit above the districts."""
    rows: NDArray[np.intp]
    """Rows of the matrix of `weights` that hold such units."""
    draws: Floats
    """Imputations x units x districts: the shares under each draw of the rates."""

    def sums(self, values: Floats) -> Floats:
        """Sum ``value x share`` by district, of one value an incident."""
        return self.weights.sums(values)

    def variance(self, total: Floats, squares: Floats, inside: Floats) -> Floats:
        """Give the variance of the sums over where, and whether, the incidents happened.

        ``sum v^2 p (1 - p)`` for the places given their shares (every imputation at once),
        and ``(1 + 1/M)`` times the variance of the sums between M draws of the shares.

        One number a district; 0 where all places and days are known.

        Parameters
        ----------
        total
            What the incidents of a row count, one number each.
        squares
            The same of the squares of what an incident counts where it is.
        inside
            Probability that it happened in the period.
        """
        whole = self.weights.sums(squares * inside)
        found = np.maximum(whole - self.weights.square_sums(squares * inside**2), 0.0)
        found[found <= 1e-9 * whole] = 0.0
        if len(self.rows):
            held = self.weights.by_text(total)[self.rows]
            drawn = np.einsum("u,mud->md", held, self.draws)
            found += (1 + 1 / len(drawn)) * drawn.var(axis=0, ddof=1)
        return np.asarray(found)


def places_of(
    incidents: pd.DataFrame,
    districts: gpd.GeoDataFrame,
    inside: Floats | None = None,
    stated: DistrictWeights | None = None,
) -> Places:
    """Find where incidents count; those known only by a unit above share its districts.

    An incident that no district holds, but whose place as reported names a province (or
    another unit above the districts), counts for the unit's districts in proportion to
    ``area x rate``: the rates are drawn 40 times from the gamma-Poisson posterior of the
    incidents whose district is known, half an event added to each. Stated shares
    (``AZ-TAR:0.5;AZ-AGM:0.5``) stay.

    In the incidents' and the districts' order.

    Parameters
    ----------
    inside
        Incidents of each row that happened in the period (`inside`); the rates are of those.
    stated
        What the incidents' texts say, when the caller has read them.

    References
    ----------
    Rubin DB (1987). Multiple Imputation for Nonresponse in Surveys. Wiley, section 3.1.
    """
    stated = stated or DistrictWeights.of(incidents, districts.index)
    none = Places(stated, stated, np.zeros(0, np.intp), np.zeros((IMPUTATIONS, 0, len(districts))))
    lost = stated.matrix.sum(axis=1)[stated.codes] == 0
    above = [n for n in ("admin1_name", "admin2_name") if n in districts.columns]
    if not lost.any() or not above or districts[above].isna().all(axis=None):
        return none
    units, code = _units_above(incidents[lost], districts)
    if not len(units):
        return none
    share = incidents_in(incidents) if inside is None else inside
    area = districts["area_km2"].to_numpy(dtype="float64", na_value=np.nan)
    posterior = gamma_poisson_posterior(stated.sums(share), area)
    # half an event more (Jeffreys): that nothing is known of a district is no proof of nothing
    posterior = Posterior(posterior.shape + 0.5, posterior.rate)
    rates = posterior.draw(IMPUTATIONS, np.random.default_rng(SEED))
    # no event at all, or no area: nothing tells the districts of a unit apart but their area
    size = np.where(np.isfinite(area) & (area > 0), area, 1.0)
    mass = np.where(np.isfinite(rates) & (rates > 0), rates, 0.0) * size + 1e-12 * size
    draws = mass[:, None, :] * units[None]
    draws /= draws.sum(axis=2, keepdims=True)
    matrix = sp.csr_array(sp.vstack([stated.matrix[:-1], draws.mean(axis=0), stated.matrix[-1:]]))
    codes = stated.codes.copy()
    first = stated.matrix.shape[0] - 1
    codes[lost] = np.where(code >= 0, first + code, codes[lost])
    rows = np.arange(first, first + len(units))
    return Places(stated, DistrictWeights(codes, matrix), rows, draws)


def _units_above(
    incidents: pd.DataFrame, districts: gpd.GeoDataFrame
) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """Units x districts that the reported places name, and the unit of each incident or -1."""
    nobody = np.zeros((0, len(districts)), bool), np.full(len(incidents), -1)
    if "place_as_reported" not in incidents.columns:
        return nobody
    index = units_of(districts)
    texts, names = pd.factorize(units_named(incidents, districts, index), use_na_sentinel=True)
    found: dict[frozenset[int], int] = {}
    unit_of = np.full(len(names) + 1, -1)
    for at, name in enumerate(names):
        unit_of[at] = found.setdefault(index.any_above(name) or frozenset(), len(found))
    units = np.zeros((len(found), len(districts)), bool)
    for members, at in found.items():
        units[at, list(members)] = True
    return (units, unit_of[texts]) if found else nobody


def units_of(districts: gpd.GeoDataFrame) -> UnitIndex:
    """Give the units above the districts, to be found by their names."""
    return UnitIndex(districts, [{} for _ in range(len(districts))])


def units_named(
    incidents: pd.DataFrame, districts: gpd.GeoDataFrame, index: UnitIndex
) -> NDArray[np.object_]:
    """Give the name of the unit above the districts that each incident's place speaks of.

    Of a place "finer, coarser" it is the finest part that names such a unit.

    Texts; None where there is none.

    Parameters
    ----------
    incidents
        With `place_as_reported`, and `country` where it is known: a place of another country
        names none.
    index
        Of these districts, from `units_of`.
    """
    texts, names = pd.factorize(incidents["place_as_reported"], use_na_sentinel=True)
    named = np.full(len(names) + 1, None, dtype=object)
    for at, name in enumerate(names):
        parts = (part.strip() for part in str(name).split(","))
        named[at] = next((part for part in parts if part and index.any_above(part)), None)
    found = named[texts]
    found[abroad(incidents, districts)] = None
    return found


SEVERITIES = ("killed", "injured", "casualties")


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums per district, in the districts' order."""

    incidents: Floats
    """Sum of shares: place weight x part of the date range inside the period."""
    total: Floats
    squares: Floats
    """Sum of the weights (share x decay x severity), and of the squares of what each incident
    counts where it is, by share."""
    between: Floats
    """Variance of `total` over where, and whether in the period, the incidents happened."""
    total_low: Floats
    total_high: Floats
    """`total` with the low and the high numbers of people, where they are stated."""
    largest: Floats
    """Largest of them; 0 where there is none."""
    severities: Mapping[str, Floats]
    """``killed`` and ``injured`` (see `Toll`), ``casualties`` where both are stated, with
    ``_low`` and ``_high``, by share, and ``_unstated`` incidents; NaN where no incident of the
    district states it, and a high one where any does not."""
    unstated: Floats
    """Shares of incidents whose severity, asked for as weight, is not stated."""
    unplaced: float
    """Shares inside the period that no district holds."""
    scale: float
    """Weight of a typical event, sum w^2 / sum w over the country; 1 for plain counts."""

    @property
    def effective(self) -> Floats:
        """Effective number of events: the weighted sum in units of a typical event."""
        return self.total / self.scale


def tally(
    incidents: pd.DataFrame,
    districts: gpd.GeoDataFrame,
    window: Window,
    *,
    weight: str = "incidents",
    half_life_days: float | None = None,
    places: Places | None = None,
) -> Tally:
    """Count the incidents of a period by district.

    An incident counts with the product of its place weight and the share of its date
    range inside the period (a range is spread evenly over its days). The order of rows
    does not matter.

    The law holds: incidents by district plus unplaced = incidents of the period.

    Parameters
    ----------
    half_life_days
        Days after which an incident counts half, seen from the window's last day.
    places
        From `places_of` with the incidents' shares, when the caller has them.
    """
    share, w, stated = event_weights(
        incidents, window, weight=weight, half_life_days=half_life_days
    )
    held = share * incidents_in(incidents)
    places = places or places_of(incidents, districts, held)
    value = np.divide(w, share, out=np.zeros(len(w)), where=share > 0)
    squared, most = squares_of(incidents, weight, value)
    total, squares = places.sums(w), places.sums(squared * share)
    low = high = total
    if weight != "incidents":
        ends = (people_in(incidents, f"{weight}_{end}") for end in ("low", "high"))
        best = np.where(stated, people_in(incidents, weight), 0.0)
        fresh = share * decayed(
            incidents["date_start"], incidents["date_end"], window, half_life_days
        )
        low, high = (
            places.sums(fresh * np.where(stated & np.isfinite(end), end, best)) for end in ends
        )
    plain = weight == "incidents" and half_life_days is None
    whole = total.sum()
    counted = places.sums(held)
    return Tally(
        incidents=counted,
        total=total,
        squares=squares,
        between=places.variance(w, squared, share),
        total_low=np.minimum(low, total),
        total_high=np.maximum(high, total),
        largest=places.weights.largest(most),
        severities=_severities(incidents, places.weights, share),
        unstated=places.sums(np.where(stated, 0.0, held)),
        unplaced=float(held.sum() - counted.sum()),
        scale=float(squares.sum() / whole) if whole > 0 and not plain else 1.0,
    )


def counted(
    incidents: pd.DataFrame,
    districts: gpd.GeoDataFrame,
    window: Window,
    stated: DistrictWeights | None = None,
) -> Floats:
    """Give the incidents of a period by district: `Tally.incidents`, without all the rest."""
    held = inside(incidents, window)
    return places_of(incidents, districts, held, stated).sums(held)


def inside(incidents: pd.DataFrame, window: Window) -> Floats:
    """Give how many incidents of each row lie in a window, by the share of their date range."""
    share = fraction_inside(incidents["date_start"], incidents["date_end"], window)
    return share * incidents_in(incidents)


def squares_of(incidents: pd.DataFrame, weight: str, value: Floats) -> tuple[Floats, Floats]:
    """Sum of squares, and largest, of what the incidents of each row count where they are."""
    if COUNT not in incidents.columns:
        return value**2, value
    if weight == "incidents":
        size = squares = incidents_in(incidents)
        most = np.ones(len(size))
    else:
        names = weight, f"{weight}{SQUARES}", f"{weight}{LARGEST}"
        size, squares, most = (np.nan_to_num(people_in(incidents, name)) for name in names)
    part = np.where(size > 0, size, 1.0)
    # whole numbers all along where nothing decays: equal to the last digit to rows of one each
    return value**2 * squares / part**2, value * most / part


def _severities(
    incidents: pd.DataFrame, places: DistrictWeights, share: Floats
) -> Mapping[str, Floats]:
    """Sum the people of each outcome: at least, best, and at most where all is stated."""
    held = share * incidents_in(incidents)
    counted = places.sums(held)
    found: dict[str, Floats] = {}
    for name in SEVERITIES:
        best = people_in(incidents, name)
        # Of killed and injured together, one of which is not stated, there is no sum.
        sums = best if name == "casualties" else least_of(incidents, name)
        found[name] = _known_sum(places, share, sums)
        unstated = counted - places.sums(np.where(np.isfinite(best), held, 0.0))
        found[f"{name}_unstated"] = np.where(unstated > 1e-9, unstated, 0.0)
        for end in ("low", "high"):
            stated = people_in(incidents, f"{name}_{end}")
            stated = np.where(np.isfinite(stated), stated, best)
            found[f"{name}_{end}"] = _known_sum(places, share, stated)
        silent = counted - places.sums(np.where(np.isfinite(stated), held, 0.0)) > 1e-9
        found[f"{name}_high"] = np.where(silent, np.nan, found[f"{name}_high"])
    return found


def event_weights(
    incidents: pd.DataFrame,
    window: Window,
    *,
    weight: str = "incidents",
    half_life_days: float | None = None,
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Give each incident's share inside the period and its weight there.

    Share of the date range inside the period; share x decay x severity (of all incidents of a
    condensed row), 0 where the severity is not stated; whether it is stated.
    """
    start, end = incidents["date_start"], incidents["date_end"]
    share = fraction_inside(start, end, window)
    factor = incidents_in(incidents) if weight == "incidents" else people_in(incidents, weight)
    stated = np.isfinite(factor)
    fresh = decayed(start, end, window, half_life_days)
    return share, share * fresh * np.where(stated, factor, 0.0), stated


def _known_sum(places: DistrictWeights, share: Floats, values: Floats) -> Floats:
    known = np.isfinite(values)
    sums = places.sums(share * np.where(known, values, 0.0))
    return np.where(places.sums(np.where(known, share, 0.0)) > 0, sums, np.nan)


def recorded_days(
    incidents: pd.DataFrame, districts: gpd.GeoDataFrame | None = None
) -> RecordedDays | None:
    """Give the first and last day that any incident may have happened on, and how many begin one.

    None for an empty frame.

    Parameters
    ----------
    districts
        Only incidents that count for one of these districts tell the days, if there are any:
        those of another country do not stretch this one's period.
    """
    days = _at_home(incidents, districts, ["date_start", "date_end"])
    first: Any = days["date_start"].min()
    last: Any = days["date_end"].max()
    if pd.isna(first) or pd.isna(last):
        return None
    return RecordedDays(first.date(), last.date(), int(days["date_start"].nunique()))


def _at_home(
    incidents: pd.DataFrame, districts: gpd.GeoDataFrame | None, columns: list[str]
) -> pd.DataFrame:
    """Give columns of the incidents that count for one of the districts; all where none does."""
    asked = pd.DataFrame({name: incidents[name] for name in columns})
    if districts is None:
        return asked
    places = places_of(incidents, districts).weights
    known = places.matrix.sum(axis=1)[places.codes] > 0
    return asked[known] if known.any() else asked


def named_by(incidents: pd.DataFrame, source: str) -> NDArray[np.bool_]:
    """Say which incidents name a publisher."""
    text = incidents["sources"].astype("str").str.casefold()
    found = text.str.contains(source.casefold(), regex=False, na=False)
    return found.to_numpy(dtype=bool)


def window_of(
    incidents: pd.DataFrame,
    districts: gpd.GeoDataFrame | None,
    period: Interval | None,
    today: date,
    observed: Observed | None = None,
) -> Window | None:
    """Choose the days that are counted from what is held.

    Parameters
    ----------
    incidents
        All of them, before any filter: it changes no days.
    period, today, observed
        As in `choose_window`; sources with days of their own are those of incidents that count
        for one of the districts (see `window_of_sources`).
    """
    sources = Observed(*observed).sources if observed and period is None else ()
    if sources:
        ours = _at_home(incidents, districts, ["date_start", "sources"])
        named = [named_by(ours, one.source) for one in sources]
        found = window_of_sources(ours["date_start"], np.column_stack(named), sources, today)
        if found is not None:
            return found
    return choose_window(period, recorded_days(incidents, districts), today, observed=observed)


SHOWN = 1_000


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Shares of incidents inside the period, and ids of those without a district."""

    incidents: float
    placed: float
    unplaced: float
    ids: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Give the members as JSON-ready values."""
        return {**asdict(self), "ids": list(self.ids)}


def unplaced(
    incidents: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    *,
    period: Interval | None = None,
    today: date | None = None,
    observed: Observed | None = None,
) -> Unplaced:
    """Say how much of a period's incidents no district holds.

    ``incidents = placed + unplaced``, the sum of `incidents` over the risk table being `placed`. At
    most 1,000 ids, in the incidents' order.

    Parameters
    ----------
    observed
        First and last day of observation as stated (`Snapshot.observed`), for a period of
        None: the table counts the same days.
    """
    today = today or datetime.now(UTC).date()
    window = window_of(incidents, None, period, today, observed)
    if window is None:
        return Unplaced(0.0, 0.0, 0.0, ())
    share = inside(incidents, window)
    places = places_of(incidents, districts, share).weights
    held_share = places.matrix.sum(axis=1)[places.codes]
    lost = share * (1 - held_share)
    ids = incidents.index[lost > 1e-9][:SHOWN]
    total, outside = float(share.sum()), float(np.where(lost > 1e-9, lost, 0.0).sum())
    return Unplaced(total, total - outside, outside, tuple(str(i) for i in ids))
