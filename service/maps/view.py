"""What a map shows: the frames of one snapshot for one set of parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.register import Snapshot
from geodata.risk import RiskParameters, risk_of, surface_frame_of
from geodata.risk.of_snapshot import estimate_of, selected
from geodata.risk.window import Window, fraction_inside

MAX_EMBEDDED = 20_000
"""Incidents that a page carries one by one; above it shows them summed by district."""


@dataclass(frozen=True, slots=True)
class MapOptions:
    """What the caller decides beside the risk parameters.

    Attributes
    ----------
    basemap_url, basemap_attribution
        Tile template or WMS address; empty = none, and the page asks nothing of anyone.
    public_url
        Address of the service for links; empty = a file without links.
    query
        The query that made the map, for its links.
    embed
        Only the map, for a frame in another page.
    max_incidents
        See `MAX_EMBEDDED`.
    """

    basemap_url: str = ""
    basemap_attribution: str = ""
    public_url: str = ""
    query: str = ""
    embed: bool = False
    max_incidents: int = MAX_EMBEDDED


@dataclass(frozen=True, slots=True)
class MapView:
    """Frames and facts that the page, the print and the tables are made from."""

    snapshot: Snapshot
    parameters: RiskParameters
    districts: gpd.GeoDataFrame
    risk: gpd.GeoDataFrame
    incidents: gpd.GeoDataFrame
    shares: Any
    """Share of each incident's date range inside the period, 0 < share <= 1."""
    operations: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    window: Window | None
    limits: tuple[float, ...]
    unplaced: float

    @property
    def as_of(self) -> date:
        """Day up to which the register's data are shown (UTC)."""
        asked = self.parameters.as_of
        recorded = self.snapshot.recorded_at
        return (min(asked, recorded) if asked else recorded).date()

    @property
    def smoothed(self) -> bool:
        """Whether the classes are those of the smoothed rate."""
        return self.parameters.smoothing != "none"

    @property
    def headline(self) -> pd.Series:
        """The rate that the classes are made of."""
        return self.risk["smoothed" if self.smoothed else "density"]

    def totals(self) -> Mapping[str, float | None]:
        """Sum the incidents of the period; null where none states a number."""
        killed = _known_sum(self.incidents["killed"], self.shares)
        injured = _known_sum(self.incidents["injured"], self.shares)
        return {"incidents": float(self.shares.sum()), "killed": killed, "injured": injured}

    def surface(self) -> gpd.GeoDataFrame:
        """Bands of the risk surface; without rows where there is none."""
        frame = surface_frame_of(self.snapshot, self.parameters)
        return frame[frame["band"] != "no_information"] if len(frame) else frame


def view_of(snapshot: Snapshot, parameters: RiskParameters) -> MapView:
    """Gather what a map of a snapshot shows.

    Parameters
    ----------
    snapshot
        In the view of the reader; nothing else is read.
    parameters
        Risk parameters.

    Returns
    -------
    MapView
        Incidents are those of the period that `where` keeps, oldest first.

    Raises
    ------
    InvalidInput
        The filter or the period cannot be used.
    """
    risk = risk_of(snapshot, parameters)
    window = estimate_of(snapshot, parameters).window
    incidents = selected(snapshot, parameters)
    if window is None:
        incidents, shares = incidents.iloc[:0], np.zeros(0)
    else:
        shares = fraction_inside(incidents["date_start"], incidents["date_end"], window)
        order = np.argsort(incidents["date_start"].to_numpy(), kind="stable")
        order = order[shares[order] > 0]
        incidents, shares = incidents.iloc[order], shares[order]
    return MapView(
        snapshot=snapshot,
        parameters=parameters,
        districts=snapshot.districts,
        risk=risk,
        incidents=incidents,
        shares=shares,
        operations=snapshot.operations,
        places=_places_in(snapshot),
        window=window,
        limits=tuple(risk.attrs["risk"]["class_limits"]),
        unplaced=float(risk.attrs["risk"]["unplaced"]),
    )


def _places_in(snapshot: Snapshot) -> gpd.GeoDataFrame:
    """Places of these boundaries: the register may hold those of other countries too."""
    places, districts = snapshot.places, snapshot.districts
    own = places["district_id"].isin(districts["district_id"])
    if len(districts):
        west, south, east, north = districts.total_bounds
        own |= places["longitude"].between(west, east) & places["latitude"].between(south, north)
    return places[own]


def _known_sum(values: pd.Series, shares: Any) -> float | None:
    numbers = values.to_numpy(dtype="float64", na_value=np.nan)
    known = np.isfinite(numbers)
    return float((numbers * shares)[known].sum()) if known.any() else None


def ground_of(view: MapView) -> dict[str, str]:
    """Give what surveys and clearance say of whole districts.

    Parameters
    ----------
    view
        With its operations; one that has a geometry speaks of that ground only.

    Returns
    -------
    dict
        ``cleared`` or ``surveyed_no_evidence`` by district id; the latest statement wins.
    """
    found: dict[str, str] = {}
    rows = view.operations[view.operations["ground_status"].isin(list(SPOKEN))]
    rows = rows[rows.geometry.isna() & rows["districts"].notna()]
    for _, row in rows.sort_values("date_start", kind="stable").iterrows():
        for part in str(row["districts"]).split(";"):
            found[part.strip()] = row["ground_status"]
    return found


SPOKEN = ("cleared", "surveyed_no_evidence")
