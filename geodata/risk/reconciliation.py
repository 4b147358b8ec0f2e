"""The register's sums beside published claims, and what two linked sources together suggest.

Claims are compared with the register (`reconcile`) and with each other (`overlapping`,
`contradictions`); `linked` estimates by capture-recapture what neither of two sources has.
"""

from dataclasses import dataclass
from datetime import date
from itertools import combinations
from math import exp, inf, lgamma, log, log1p, sqrt
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.errors import InvalidInput
from geodata.incidents import parse_district_ids
from geodata.risk.tally import Window, fraction_inside, named_by, places_of, recorded_days

Floats = NDArray[np.float64]
SHOWN = 200
NEAR = 0.1
"""How far "about" and "almost" may be from the number and still agree with it."""


@dataclass(frozen=True, slots=True)
class _Matched:
    """What the register holds for one statistic."""

    share: Floats
    stated: Floats
    group_unknown: Floats

    @property
    def low(self) -> float:
        """People whose group and outcome are stated as the statistic's."""
        return float((self.share * np.nan_to_num(self.stated)).sum())

    @property
    def high(self) -> float:
        """The same and all people of unstated group."""
        return self.low + float((self.share * np.nan_to_num(self.group_unknown)).sum())


def reconcile(
    incidents: gpd.GeoDataFrame, statistics: pd.DataFrame, districts: gpd.GeoDataFrame
) -> dict[str, Any]:
    """Set the register's sums against each published statistic.

    A statistic is compared with the incidents of its period (date ranges spread over
    their days), its districts (all when none is named), group and outcome. People whose
    group an incident does not state may belong to it: `held` is the sum without them,
    `held_high` with them.

    ``rows`` (one a statistic), ``overlaps`` (pairs that cover the same people in part, so must not
    be added), ``contradictions`` (pairs that cannot both be right, claims that fall over time),
    ``register`` (first and last day held), ``notes``.
    """
    found = recorded_days(incidents)
    days = (found.first, found.last) if found else None
    rows = [_row(statistic, incidents, districts, days) for _, statistic in statistics.iterrows()]
    return {
        "rows": rows,
        "overlaps": overlapping(statistics),
        "contradictions": contradictions(statistics),
        "register": None
        if days is None
        else {
            "first_day": days[0].isoformat(),
            "last_day": days[1].isoformat(),
            "incidents": len(incidents),
        },
        "notes": NOTES,
    }


NOTES = [
    (
        "held counts only people whose group and outcome an incident states; held_high adds those "
        "of unstated group. A number no incident states is unknown, not 0."
    ),
    (
        "A share under 1 says that the register is incomplete, or that the statistic counts "
        "something else; it does not say which."
    ),
    "Statistics are never added to incidents or to each other.",
]


def _row(
    statistic: "pd.Series[Any]",
    incidents: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    days: tuple[date, date] | None,
) -> dict[str, Any]:
    period = _period(statistic)
    row: dict[str, Any] = {
        name: _text(statistic.get(name))
        for name in (
            "statistic_id", "metric", "group", "outcome", "qualifier", "territory", "districts",
            "issuer", "sources", "note",
        )
    }  # fmt: skip
    row |= {name: _day(statistic.get(name)) for name in ("period_start", "period_end", "as_of")}
    expected = None if pd.isna(statistic["value"]) else int(statistic["value"])
    row["expected"] = expected
    row |= dict.fromkeys(("held", "held_high", "share", "share_high", "incidents", "unstated"))
    row["incident_ids"] = []
    row["status"] = _why_not(statistic, period, days)
    if row["status"] is not None or period is None:
        return row
    matched = _matched(statistic, incidents, districts, period)
    low, high = matched.low, matched.high
    inside = matched.share > 0
    row |= {
        "held": low,
        "held_high": high,
        "share": low / expected if expected else None,
        "share_high": high / expected if expected else None,
        "incidents": float(matched.share.sum()),
        "unstated": float(matched.share[inside & np.isnan(matched.stated)].sum()),
        "incident_ids": [str(i) for i in incidents.index[inside][:SHOWN]],
        "status": _verdict(low, high, expected, row["qualifier"]),
    }
    return row


def _period(statistic: "pd.Series[Any]") -> Window | None:
    """Days of the claim: an open start is before everything, an open end its own date."""
    start, end = statistic["period_start"], _end(statistic)
    if pd.isna(end):
        return None
    first = start.date() if pd.notna(start) else date(1900, 1, 1)
    return Window(min(first, end.date()), end.date())


def _end(statistic: "pd.Series[Any]") -> Any:
    """Last day of the claim: that of its period, or the day that it speaks of."""
    end = statistic["period_end"]
    return statistic["as_of"] if pd.isna(end) else end


def _why_not(
    statistic: "pd.Series[Any]", period: Window | None, days: tuple[date, date] | None
) -> str | None:
    related = statistic.get("mine_related")
    if pd.notna(related) and not bool(related):
        return "not_mine_related"
    if statistic["outcome"] not in ("killed", "injured") or pd.isna(statistic["value"]):
        return "not_comparable"
    if period is None:
        return "period_not_stated"
    if days is None or period.end < days[0] or period.start > days[1]:
        return "outside_the_register"
    return None


def _matched(
    statistic: "pd.Series[Any]",
    incidents: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    period: Window,
) -> _Matched:
    share = fraction_inside(incidents["date_start"], incidents["date_end"], period)
    named = _text(statistic.get("districts"))
    if named:
        places = places_of(incidents, districts).weights
        chosen = districts.index.isin(parse_district_ids(named))
        share = share * (places.matrix @ chosen.astype(float))[places.codes]
    outcome, group = str(statistic["outcome"]), _text(statistic["group"])
    if group in (None, "unknown"):
        return _Matched(share, _column(incidents, outcome), np.zeros(len(incidents)))
    return _Matched(
        share,
        _column(incidents, f"{outcome}_{group}"),
        _column(incidents, f"{outcome}_unknown"),
    )


def _column(incidents: gpd.GeoDataFrame, name: str) -> Floats:
    if name not in incidents.columns:
        return np.full(len(incidents), np.nan)
    return np.asarray(incidents[name].to_numpy(dtype="float64", na_value=np.nan))


def _verdict(low: float, high: float, expected: int | None, qualifier: str | None) -> str:
    """Compare the range held with the number claimed, as far as its wording goes."""
    if expected is None:
        return "not_comparable"
    floor, ceiling = _allowed(expected, qualifier)
    if high < floor - 1e-9:
        return "held_less"
    if low > ceiling + 1e-9:
        return "held_more"
    return "agrees" if low >= floor - 1e-9 else "may_agree"


def _allowed(value: int, qualifier: str | None) -> tuple[float, float]:
    """Give the least and the greatest number that the wording of a claim allows."""
    least = value * (1 - NEAR) if qualifier in ("almost", "about") else float(value)
    if qualifier == "over":
        return least, np.inf
    return least, value * (1 + NEAR) if qualifier == "about" else float(value)


def _text(value: Any) -> str | None:
    return None if value is None or pd.isna(value) else str(value)


def _day(value: Any) -> str | None:
    return None if value is None or pd.isna(value) else pd.Timestamp(value).date().isoformat()


_FIRST, _LAST = pd.Timestamp("1900-01-01"), pd.Timestamp("2200-01-01")


@dataclass(frozen=True, slots=True)
class _Claim:
    """One statistic, its open ends taken as unbounded."""

    id: str
    kind: tuple[str, bool]
    group: str | None
    value: int
    qualifier: str | None
    start: pd.Timestamp
    end: pd.Timestamp
    places: frozenset[str]
    territory: str | None

    def covers(self, other: "_Claim") -> bool:
        """Whether everybody counted by `other` is counted here too."""
        return (
            self.kind == other.kind
            and (self.group is None or self.group == other.group)
            and self.start <= other.start
            and self.end >= other.end
            and self._covers_place(other)
        )

    def _covers_place(self, other: "_Claim") -> bool:
        if self.places or other.places:
            return bool(other.places) and (not self.places or other.places <= self.places)
        return self.territory in (None, other.territory)

    def meets(self, other: "_Claim") -> bool:
        """Whether somebody may be counted by both."""
        same_group = self.group == other.group or None in (self.group, other.group)
        apart = self.places and other.places and not self.places & other.places
        in_time = self.start <= other.end and other.start <= self.end
        return self.kind == other.kind and same_group and in_time and not apart


def overlapping(statistics: pd.DataFrame) -> list[dict[str, Any]]:
    """Find pairs of claims that may count the same people.

    ``a``, ``b`` (statistic ids), ``first_day``, ``last_day`` of the common time (null = open).
    """
    found = []
    for a, b in combinations(_claims(statistics), 2):
        if a.meets(b):
            start, end = max(a.start, b.start), min(a.end, b.end)
            found.append(
                {
                    "a": a.id,
                    "b": b.id,
                    "first_day": None if start == _FIRST else start.date().isoformat(),
                    "last_day": None if end == _LAST else end.date().isoformat(),
                }
            )
    return found


def contradictions(statistics: pd.DataFrame) -> list[dict[str, Any]]:
    """Find pairs of claims that cannot both be right as worded.

    ``a``, ``b``, ``kind`` and a sentence. ``falls_over_time``: a later claim for the same start
    counts fewer; ``part_exceeds_whole``: a claim for a part of the time, group or territory counts
    more than the whole; ``differs``: the same is counted differently.
    """
    found = []
    for a, b in combinations(_claims(statistics), 2):
        for whole, part in ((a, b), (b, a)):
            least, _ = _allowed(part.value, part.qualifier)
            _, most = _allowed(whole.value, whole.qualifier)
            if not whole.covers(part) or least <= most:
                continue
            kind = _kind(whole, part)
            found.append(
                {
                    "a": whole.id,
                    "b": part.id,
                    "kind": kind,
                    "sentence": _SENTENCES[kind].format(whole=whole, part=part),
                }
            )
            break
    return found


_SENTENCES = {
    "falls_over_time": "{whole.id} counts {whole.value} up to a later day than {part.id}, which "
    "already counts {part.value}: a count over a longer time cannot be smaller.",
    "differs": "{whole.id} says {whole.value} and {part.id} says {part.value} of the same.",
    "part_exceeds_whole": "{part.id} counts {part.value} for a part of what {whole.id} counts "
    "as {whole.value}.",
}


def _kind(whole: _Claim, part: _Claim) -> str:
    same = whole.group == part.group and whole.places == part.places
    if same and (whole.start, whole.end) == (part.start, part.end):
        return "differs"
    if same and whole.start == part.start and whole.end > part.end:
        return "falls_over_time"
    return "part_exceeds_whole"


def _claims(statistics: pd.DataFrame) -> list[_Claim]:
    claims = []
    for _, row in statistics.iterrows():
        if pd.isna(row["value"]) or pd.isna(row["outcome"]):
            continue
        end = _end(row)
        related = bool(row["mine_related"]) if pd.notna(row["mine_related"]) else True
        claims.append(
            _Claim(
                id=str(row["statistic_id"]),
                kind=(str(row["outcome"]), related),
                group=_text(row["group"]),
                value=int(row["value"]),
                qualifier=_text(row["qualifier"]),
                start=_FIRST if pd.isna(row["period_start"]) else row["period_start"],
                end=_LAST if pd.isna(end) else end,
                places=frozenset(parse_district_ids(_text(row["districts"]) or "")),
                territory=_text(row["territory"]),
            )
        )
    return claims


_NORMAL = 1.959963984540054
ASSUMPTIONS = (
    "Both sources report on the same period and territory, and nothing entered or left between.",
    (
        "Whether one source has an incident does not depend on whether the other has it; sources "
        "that copy each other make the estimate too small."
    ),
    (
        "Every incident has the same chance to be in a source; remote places that nobody reaches "
        "are missing from both, and make the estimate too small."
    ),
    "Incidents are linked without error.",
)


@dataclass(frozen=True, slots=True)
class Captured:
    """Chapman's estimate of the total, with its interval and assumptions."""

    estimate: float
    low: float
    high: float
    first: int
    second: int
    both: int
    assumptions: tuple[str, ...] = ASSUMPTIONS


def chapman(first: int, second: int, both: int) -> Captured:
    """Estimate the number of incidents from two independent, linked sources.

    ``N = (n1 + 1)(n2 + 1) / (m + 1) - 1``, nearly unbiased; the 95 % interval is normal on
    the log of the number in neither source. Where one source holds nothing of its own, that has
    no spread: the upper limit is then the largest total under which the smaller source would lie
    in the larger one with a probability of 2.5 %; infinite where it is empty.

    Never under the number of incidents that are known.

    Parameters
    ----------
    first, second
        Incidents in each source.

    Raises
    ------
    InvalidInput
        A number is negative, or `both` exceeds a source.

    References
    ----------
    Chapman DG (1951). Some properties of the hypergeometric distribution with applications
    to zoological sample censuses. University of California Publications in Statistics 1.

    Examples
    --------
    >>> round(chapman(30, 20, 10).estimate, 2)
    58.18
    """
    if min(first, second, both) < 0 or both > min(first, second):
        raise InvalidInput("Incidents in both sources cannot exceed those in either.")
    total = (first + 1) * (second + 1) / (both + 1) - 1
    known = first + second - both
    only = (first - both) * (second - both)
    variance = (first + 1) * (second + 1) * only / ((both + 1) ** 2 * (both + 2))
    unseen = max(total - known, 0.0)
    if unseen <= 0 or variance <= 0:
        high = _most(max(first, second), min(first, second))
        return Captured(total, float(known), max(high, total), first, second, both)
    factor = _log_normal(unseen, variance)
    return Captured(total, known + unseen / factor, known + unseen * factor, first, second, both)


def linked(incidents: pd.DataFrame, first: str, second: str) -> Captured:
    """Estimate the total from two publishers whose reports the register has linked.

    From the incidents that name one or both.

    Parameters
    ----------
    first, second
        Publishers, as a part of `sources`; case does not matter.

    Raises
    ------
    InvalidInput
        The names are empty or equal, or one publisher reports no incident.
    """
    names = [first.strip(), second.strip()]
    if not all(names) or names[0].casefold() == names[1].casefold():
        raise InvalidInput("Name two different sources.", code="bad-sources")
    a, b = (named_by(incidents, name) for name in names)
    if not a.any() or not b.any():
        raise InvalidInput(
            "A source has no incident here; the column sources lists the publishers.",
            code="bad-sources",
        )
    return chapman(int(a.sum()), int(b.sum()), int((a & b).sum()))


def _most(larger: int, smaller: int) -> float:
    """Give the largest N with ``C(larger, smaller) / C(N, smaller) >= 0.025``."""
    if smaller == 0:
        return inf

    def log_ways(number: int) -> float:
        return lgamma(number + 1) - lgamma(number - smaller + 1)

    enough, too_many = larger, 40 * larger + 1
    while too_many - enough > 1:
        middle = (enough + too_many) // 2
        likely = log_ways(larger) - log_ways(middle) >= log(0.025) - 1e-9
        enough, too_many = (middle, too_many) if likely else (enough, middle)
    return float(enough)


def _log_normal(mean: float, variance: float) -> float:
    return exp(_NORMAL * sqrt(log1p(variance / mean**2)))
