"""The register's sums beside each published statistic: expected, held, share."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.incidents import DistrictWeights, parse_district_ids
from geodata.risk.reconciliation.claims import contradictions, overlapping
from geodata.risk.tally import held
from geodata.risk.window import Window, fraction_inside

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

    Parameters
    ----------
    incidents, statistics, districts
        Frames of their schemas; a statistic is never counted as an incident.

    Returns
    -------
    dict
        ``rows`` (one a statistic), ``overlaps`` (pairs that cover the same people in part,
        so must not be added), ``contradictions`` (pairs that cannot both be right, claims
        that fall over time), ``register`` (first and last day held), ``notes``.
    """
    found = held(incidents)
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
    end = statistic["period_end"] if pd.notna(statistic["period_end"]) else statistic["as_of"]
    start = statistic["period_start"]
    if pd.isna(end):
        return None
    first = start.date() if pd.notna(start) else date(1900, 1, 1)
    return Window(min(first, end.date()), end.date())


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
        places = DistrictWeights.of(incidents, districts.index)
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
    floor, ceiling = float(expected), float(expected)
    if qualifier == "over":
        ceiling = np.inf
    elif qualifier == "almost":
        floor = expected * (1 - NEAR)
    elif qualifier == "about":
        floor, ceiling = expected * (1 - NEAR), expected * (1 + NEAR)
    if high < floor - 1e-9:
        return "held_less"
    if low > ceiling + 1e-9:
        return "held_more"
    return "agrees" if low >= floor - 1e-9 else "may_agree"


def _text(value: Any) -> str | None:
    return None if value is None or pd.isna(value) else str(value)


def _day(value: Any) -> str | None:
    return None if value is None or pd.isna(value) else pd.Timestamp(value).date().isoformat()
