"""Incidents of a period that no district holds: reported, never dropped silently."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import geopandas as gpd
import numpy as np

from geodata.intervals import Interval
from geodata.risk.imputation import places_of
from geodata.risk.tally import held
from geodata.risk.window import Observed, choose_window, fraction_inside

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
        return {
            "incidents": self.incidents,
            "placed": self.placed,
            "unplaced": self.unplaced,
            "ids": list(self.ids),
        }


def unplaced(
    incidents: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    *,
    period: Interval | None = None,
    today: date | None = None,
    observed: Observed | None = None,
) -> Unplaced:
    """Say how much of a period's incidents no district holds.

    Parameters
    ----------
    incidents, districts
        Frames of their schemas.
    period, today
        As in `district_risk`.
    observed
        First and last day of observation as stated (`Snapshot.observed`), for a period of
        None: the table counts the same days.

    Returns
    -------
    Unplaced
        ``incidents = placed + unplaced``, the sum of `incidents` over the risk table being
        `placed`. At most 1,000 ids, in the incidents' order.
    """
    today = today or datetime.now(UTC).date()
    window = choose_window(period, held(incidents), today, observed=observed)
    if window is None:
        return Unplaced(0.0, 0.0, 0.0, ())
    share = fraction_inside(incidents["date_start"], incidents["date_end"], window)
    places = places_of(incidents, districts, share).weights
    held_share = places.matrix.sum(axis=1)[places.codes]
    lost = share * (1 - held_share)
    ids = incidents.index[lost > 1e-9][:SHOWN]
    total, outside = float(share.sum()), float(np.where(lost > 1e-9, lost, 0.0).sum())
    return Unplaced(total, total - outside, outside, tuple(str(i) for i in ids))
