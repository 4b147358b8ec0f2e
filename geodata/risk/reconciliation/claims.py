"""Published claims against each other: overlaps, contradictions, falls over time."""

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import pandas as pd

from geodata.incidents import parse_district_ids

_FIRST, _LAST = pd.Timestamp("1900-01-01"), pd.Timestamp("2200-01-01")


@dataclass(frozen=True, slots=True)
class _Claim:
    """One statistic, its open ends taken as unbounded."""

    id: str
    kind: tuple[str, bool]
    group: str | None
    value: int
    qualifier: str
    start: pd.Timestamp
    end: pd.Timestamp
    as_of: pd.Timestamp | None
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

    Parameters
    ----------
    statistics
        Frame of the statistics' schema.

    Returns
    -------
    list of dict
        ``a``, ``b`` (statistic ids), ``first_day``, ``last_day`` of the common time (null
        = open).
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

    Parameters
    ----------
    statistics
        Frame of the statistics' schema.

    Returns
    -------
    list of dict
        ``a``, ``b``, ``kind`` and a sentence. ``falls_over_time``: a later claim for the
        same start counts fewer; ``part_exceeds_whole``: a claim for a part of the time,
        group or territory counts more than the whole; ``differs``: the same is counted
        differently.
    """
    found = []
    claims = _claims(statistics)
    for a, b in combinations(claims, 2):
        for whole, part in ((a, b), (b, a)):
            if not whole.covers(part) or _least(part) <= _most(whole):
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


def _least(claim: _Claim) -> float:
    """Give the least number the wording allows."""
    return claim.value * {"almost": 0.9, "about": 0.9}.get(claim.qualifier, 1.0)


def _most(claim: _Claim) -> float:
    """Give the greatest number the wording allows."""
    return claim.value * {"over": float("inf"), "about": 1.1}.get(claim.qualifier, 1.0)


def _claims(statistics: pd.DataFrame) -> list[_Claim]:
    claims = []
    for _, row in statistics.iterrows():
        if pd.isna(row["value"]) or pd.isna(row["outcome"]):
            continue
        end = row["period_end"] if pd.notna(row["period_end"]) else row["as_of"]
        related = bool(row["mine_related"]) if pd.notna(row["mine_related"]) else True
        named = "" if pd.isna(row["districts"]) else str(row["districts"])
        claims.append(
            _Claim(
                id=str(row["statistic_id"]),
                kind=(str(row["outcome"]), related),
                group=None if pd.isna(row["group"]) else str(row["group"]),
                value=int(row["value"]),
                qualifier="exact" if pd.isna(row["qualifier"]) else str(row["qualifier"]),
                start=_FIRST if pd.isna(row["period_start"]) else row["period_start"],
                end=_LAST if pd.isna(end) else end,
                as_of=None if pd.isna(row["as_of"]) else row["as_of"],
                places=frozenset(parse_district_ids(named)),
                territory=None if pd.isna(row["territory"]) else str(row["territory"]),
            )
        )
    return claims
