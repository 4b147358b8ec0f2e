"""What is looked at: one snapshot with period, filter and weights applied once."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np

from geodata.crs import extent, turned_lon
from geodata.incidents import DistrictWeights, parse_district_ids
from geodata.register import Snapshot
from geodata.risk import RiskParameters, risk_of, surface_frame_of
from geodata.risk.of_snapshot import estimate_of, selected
from geodata.risk.tally import Window, fraction_inside

SPOKEN = ("cleared", "surveyed_no_evidence")
"""What a survey or a clearance can say of a whole district without a record."""


@dataclass(frozen=True, slots=True)
class RiskView:
    """The frames of one snapshot for one set of risk parameters."""

    snapshot: Snapshot
    parameters: RiskParameters
    districts: gpd.GeoDataFrame
    risk: gpd.GeoDataFrame
    incidents: gpd.GeoDataFrame
    """Those of the period that `where` keeps, oldest first."""
    shares: Any
    """Share of each incident's date range inside the period, 0 < share <= 1."""
    incident_places: DistrictWeights
    """Where each incident counts, as the table has it."""
    operations: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    """Of these boundaries: the register may hold those of other countries too."""
    window: Window | None
    """The period; None where an open one meets an empty register."""
    limits: tuple[float, ...]
    """Between the classes."""
    unplaced: float
    """Incidents of the period that no district holds, in shares."""

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
    def headline(self) -> str:
        """Name of the rate that classes are made of."""
        return "smoothed" if self.smoothed else "rate"

    def weights(self, position: int) -> Any:
        """Give what each incident counts for a district: its place weight times its share."""
        return self.incident_places.of_district(position) * self.shares

    @property
    def key(self) -> tuple[Any, ...]:
        """What all that is made of the view, and of nothing else, may be kept under."""
        return ("content", self.parameters, self.window)

    def of_all_days(self) -> gpd.GeoDataFrame:
        """Give `incidents` with those of the days between the period's parts, oldest first.

        A reader may choose these days: then what was recorded in them counts.
        """
        window = self.window
        if window is None or not window.spans:
            return self.incidents
        found = selected(self.snapshot, self.parameters)
        return found.iloc[_oldest_first(_shares(found, Window(window.start, window.end)), found)]

    def surface(self) -> gpd.GeoDataFrame:
        """Bands of the risk surface; without rows where there is none."""
        frame = surface_frame_of(self.snapshot, self.parameters)
        return frame[frame["band"] != "no_information"] if len(frame) else frame


def risk_view(snapshot: Snapshot, parameters: RiskParameters) -> RiskView:
    """Gather what is said of a snapshot.

    Raises
    ------
    InvalidInput
        The filter or the period cannot be used.
    """
    risk = risk_of(snapshot, parameters)
    result = estimate_of(snapshot, parameters)
    window, weights = result.window, result.places.weights
    incidents = selected(snapshot, parameters)
    if window is None:
        incidents, shares = incidents.iloc[:0], np.zeros(0)
    else:
        shares = _shares(incidents, window)
        order = _oldest_first(shares, incidents)
        incidents, shares = incidents.iloc[order], shares[order]
        weights = DistrictWeights(weights.codes[order], weights.matrix)
    return RiskView(
        snapshot=snapshot,
        parameters=parameters,
        districts=snapshot.districts,
        risk=risk,
        incidents=incidents,
        shares=shares,
        incident_places=weights,
        operations=snapshot.operations,
        places=snapshot.cached("places-of-the-boundaries", lambda: _places_in(snapshot)),
        window=window,
        limits=tuple(risk.attrs["risk"]["class_limits"]),
        unplaced=float(risk.attrs["risk"]["unplaced"]),
    )


def _shares(incidents: gpd.GeoDataFrame, window: Window) -> Any:
    return fraction_inside(incidents["date_start"], incidents["date_end"], window)


def _oldest_first(shares: Any, incidents: gpd.GeoDataFrame) -> Any:
    """Give the positions of those that lie inside at all, by their first day."""
    order = np.argsort(incidents["date_start"].to_numpy(), kind="stable")
    return order[shares[order] > 0]


def _places_in(snapshot: Snapshot) -> gpd.GeoDataFrame:
    places, districts = snapshot.places, snapshot.districts
    own = places["district_id"].isin(districts["district_id"])
    if len(districts):
        west, south, east, north = extent(districts.geometry.array)
        lon = turned_lon(places["longitude"], west)
        own |= (lon >= west) & (lon <= east) & places["latitude"].between(south, north)
    return places[own]


def ground_of(view: RiskView) -> dict[str, str]:
    """Give what surveys and clearance say of whole districts.

    ``cleared`` or ``surveyed_no_evidence`` by district id; the latest statement wins.

    Parameters
    ----------
    view
        With its operations; one that has a geometry speaks of that ground only.
    """
    found: dict[str, str] = {}
    rows = view.operations[view.operations["ground_status"].isin(list(SPOKEN))]
    rows = rows[rows.geometry.isna() & rows["districts"].notna()]
    for _, row in rows.sort_values("date_start", kind="stable").iterrows():
        for district in parse_district_ids(str(row["districts"])):
            found[district] = row["ground_status"]
    return found
