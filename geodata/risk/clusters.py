"""The layer of clusters, and the statistics behind it under the path that notebooks use.

The layer holds a verdict of each district (`geodata.risk.districts.hotspots`) as clusters, and what
is emerging now.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.incidents import district_ids_text
from geodata.risk.districts import (
    FALSE_ALARMS,
    MIN_EVENTS,
    MIN_OCCUPIED,
    Estimate,
    hotspots_of,
    series,
)
from geodata.risk.tally import ESTIMATED, OPEN, Window
from geodata.schemas import CLUSTERS, conform
from geodata.statistics.clusters import (
    LocalMoran,
    Moran,
    false_discovery,
    gi_star,
    gi_star_permutation,
    knox,
    knox_permutation,
    local_moran,
    moran,
    moran_of_rates,
    moran_test,
    two_sided,
)
from geodata.statistics.scan import (
    RECENT,
    Cluster,
    hot_districts,
    scan,
    scan_emerging,
    scan_neighbours,
    space_time_scan,
)

__all__ = [
    "Cluster",
    "Emerging",
    "LocalMoran",
    "Moran",
    "cluster_frame",
    "emerging_of",
    "false_discovery",
    "gi_star",
    "gi_star_permutation",
    "hot_districts",
    "knox",
    "knox_permutation",
    "local_moran",
    "moran",
    "moran_of_rates",
    "moran_test",
    "scan",
    "scan_neighbours",
    "space_time_scan",
    "two_sided",
]

LOOKS_A_YEAR = 12
"""What is emerging is looked for once a whole month, so that looks can be counted."""
MONTH_DAYS = 365.25 / LOOKS_A_YEAR
MIN_MONTHS = 12
"""Whole months before which nothing can be said to be new."""
EMERGING_SIMULATIONS = 1_999
"""Enough to tell apart p under 0.05 / `LOOKS_A_YEAR`, over two lengths."""


@dataclass(frozen=True, slots=True)
class Emerging:
    """What is new in the latest whole months."""

    clusters: tuple[Cluster, ...]
    """Those whose p is at most `FALSE_ALARMS` / `LOOKS_A_YEAR`: at most 5 % of years without
    anything new hold a false alarm. Periods are positions in `months`."""
    months: tuple[tuple[date, date], ...]
    """First and last day of each period."""
    reason: str | None
    """Why nothing was tested; None where it was."""


def emerging_of(
    result: Estimate, incidents: pd.DataFrame, districts: gpd.GeoDataFrame, today: date
) -> Emerging:
    """Look for what is new at the end of the last whole month of an estimate's period.

    Incidents are counted, whatever their harm, in months back from there over all the
    history held: see `scan_emerging`. Looks are made once a month whatever is asked in
    between, which is what makes their number, and so the rate of false alarms, known.

    Not tested with fewer than 12 months before the latest three, or fewer than 30 incidents in 5
    districts.

    Parameters
    ----------
    today
        Last day that can be observed: where the records chose the period's end, their
        last month is whole once it is over.
    """
    if result.window is None:
        return Emerging((), (), "nothing is recorded")
    last = _last_whole_month(result.window, today)
    history = series(
        incidents,
        districts,
        Window(min(result.window.start, last), last),
        period_days=MONTH_DAYS,
        places=result.places.weights,
    )
    counts = history.counts
    occupied = np.flatnonzero(counts.sum(axis=1))
    counts = counts[occupied[0] :] if occupied.size else counts[:0]
    events, held = float(counts.sum()), int(np.count_nonzero(counts.sum(axis=0)))
    back = [round(MONTH_DAYS * k) for k in range(len(counts), -1, -1)]
    months = tuple(
        (last - timedelta(days=first - 1), last - timedelta(days=end))
        for first, end in pairwise(back)
    )
    if len(counts) < MIN_MONTHS + max(RECENT) or events < MIN_EVENTS or held < MIN_OCCUPIED:
        reason = (
            f"{events:g} incidents in {held} districts and {len(counts)} whole months; the test "
            f"needs {MIN_EVENTS:g} in {MIN_OCCUPIED} and {MIN_MONTHS + max(RECENT)}"
        )
        return Emerging((), months, reason)
    found = scan_emerging(counts, result.neighbours, simulations=EMERGING_SIMULATIONS)
    alarms = tuple(c for c in found if c.p <= FALSE_ALARMS / LOOKS_A_YEAR)
    return Emerging(alarms, months, None)


def _last_whole_month(window: Window, today: date) -> date:
    until = window.end
    if window.chosen in (OPEN, ESTIMATED):
        after = (until.replace(day=1) + timedelta(days=31)).replace(day=1)
        until = max(until, min(after - timedelta(days=1), today))
    following = until + timedelta(days=1)
    return until if following.day == 1 else until.replace(day=1) - timedelta(days=1)


def cluster_frame(
    result: Estimate, incidents: pd.DataFrame, districts: gpd.GeoDataFrame, today: date
) -> gpd.GeoDataFrame:
    """Lay the clusters out as the layer `clusters`.

    Schema `CLUSTERS`: hot, cold, emerging, each by falling likelihood. A test without a finding has
    no row; one that could not be made has a row without geometry, its status ``not_enough_data``,
    and the reason as its note.
    """
    window, spots = result.window, hotspots_of(result)
    new = emerging_of(result, incidents, districts, today)
    days = (window.start, window.end) if window else None
    rows: list[dict[str, Any]] = []
    for kind, clusters in (("hot", spots.hot), ("cold", spots.cold)):
        rows += _rows(kind, clusters, [days] * len(clusters), districts)
        rows += _untested(kind, days, spots.reason)
    spans = [
        (new.months[c.periods[0]][0], new.months[c.periods[1]][1])
        for c in new.clusters
        if c.periods
    ]
    emerging = _rows("emerging", new.clusters, spans, districts)
    for row in emerging:
        row["recurrence_days"] = MONTH_DAYS / row["p"]
    span = (new.months[0][0], new.months[-1][1]) if new.months else days
    rows += [*emerging, *_untested("emerging", span, new.reason)]
    for row in rows:
        if row["cluster"] != "emerging" and row["status"] == "ok":
            row["dispersion"] = spots.dispersion
    columns = [*CLUSTERS.names, "geometry"]
    frame = gpd.GeoDataFrame(
        pd.DataFrame(rows, columns=columns), geometry="geometry", crs=districts.crs
    )
    return conform(frame, CLUSTERS)


def _rows(
    kind: str,
    clusters: Sequence[Cluster],
    spans: Sequence[tuple[date, date] | None],
    districts: gpd.GeoDataFrame,
) -> list[dict[str, Any]]:
    rows = []
    for number, (cluster, span) in enumerate(zip(clusters, spans, strict=True), 1):
        members = districts.iloc[list(cluster.members)]
        rows.append(
            {
                "cluster_id": f"{kind}-{number}",
                "cluster": kind,
                "name": "; ".join(members["name"].dropna().astype(str)),
                "districts": district_ids_text(members.index.astype(str)),
                **_period(span),
                "observed": cluster.cases,
                "expected": cluster.expected,
                "ratio": cluster.ratio,
                "p": cluster.p,
                "status": "ok",
                "geometry": _united(members),
            }
        )
    return rows


def _untested(
    kind: str, span: tuple[date, date] | None, reason: str | None
) -> list[dict[str, Any]]:
    if reason is None:
        return []
    row = {"cluster_id": kind, "cluster": kind, "status": "not_enough_data", "note": reason}
    return [{**row, **_period(span), "geometry": None}]


def _period(span: tuple[date, date] | None) -> dict[str, Any]:
    first, last = span or (None, None)
    return {"period_start": pd.Timestamp(first), "period_end": pd.Timestamp(last)}


def _united(members: gpd.GeoDataFrame) -> shapely.MultiPolygon:
    shape = shapely.union_all(members.geometry.to_numpy())
    parts = shapely.get_parts(shape)
    return shapely.multipolygons([p for p in parts if p.geom_type == "Polygon"])
