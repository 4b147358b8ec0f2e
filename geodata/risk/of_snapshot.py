"""What is estimated of a register's snapshot, computed once per snapshot and parameters.

A `RiskView` gathers what pages, sheets and maps say of one: with period, filter and weights applied
once.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from hashlib import blake2b
from typing import Any, Protocol

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata import filters, risk
from geodata.crs import extent, turned_lon
from geodata.districts import contiguity
from geodata.districts.geometry import shape_key
from geodata.errors import NotFound
from geodata.incidents import DistrictWeights, elsewhere
from geodata.register.snapshot import Memo, Snapshot
from geodata.risk.backtest.cells import cell_backtest
from geodata.risk.backtest.rolling import foreseen_by, in_whole_months, rolling_backtest
from geodata.risk.clusters import cluster_frame
from geodata.risk.districts import BY_RATE, Estimate, Ruling, as_frame, class_limits, estimate
from geodata.risk.parameters import CELL_KM, RiskParameters
from geodata.risk.surface import RiskSurface, risk_surface, surface_frame
from geodata.risk.tally import Window, fraction_inside, window_of
from geodata.schemas import FORECAST, INCIDENTS, RISK_SURFACE, empty

FORESEEN_BY = (
    "date_start", "date_end", "districts", "where_precision", "longitude", "latitude",
    "coordinate_method", "uncertainty_m", "place_as_reported", "country",
)  # fmt: skip
"""Columns that a backtest sees: while they stay, whatever else is written, so does its report."""
_REPORTS = Memo(8)


class SnapshotLike(Protocol):
    """What is needed of a snapshot."""

    @property
    def incidents(self) -> gpd.GeoDataFrame:
        """Incidents of this view."""

    @property
    def statistics(self) -> gpd.GeoDataFrame:
        """Published claims."""

    @property
    def districts(self) -> gpd.GeoDataFrame:
        """Districts of this edition."""

    @property
    def operations(self) -> gpd.GeoDataFrame:
        """Clearance, survey and the like, with the areas they speak of."""

    @property
    def places(self) -> gpd.GeoDataFrame:
        """Settlements."""

    def cached(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Compute once per snapshot."""


def at_home(snapshot: SnapshotLike) -> gpd.GeoDataFrame:
    """Give the incidents that count in the districts or may lie among them."""

    def _make() -> gpd.GeoDataFrame:
        away = elsewhere(snapshot.incidents, snapshot.districts)
        return snapshot.incidents[~away] if away.any() else snapshot.incidents

    return snapshot.cached("incidents-at-home", _make)


def selected(snapshot: SnapshotLike, parameters: RiskParameters) -> gpd.GeoDataFrame:
    """Give the incidents at home that `where` keeps.

    Raises
    ------
    InvalidInput
        The filter cannot be read; the message names the property.
    """
    incidents = at_home(snapshot)
    if not parameters.where:
        return incidents
    kept = filters.compile_filter(parameters.where, parameters.where_lang, INCIDENTS)
    return incidents[np.asarray(kept.mask(incidents), bool)]


def position_of(snapshot: SnapshotLike, district_id: str, *, code: str = "no-district") -> int:
    """Give the row of a district, before anything is computed for one that there is not.

    Raises
    ------
    NotFound
        This edition of the boundaries has no such district.
    """
    try:
        return int(snapshot.districts.index.get_loc(district_id))
    except KeyError:
        raise NotFound(
            f"There is no district {district_id[:60]!r} in the boundaries asked for; "
            "/collections/districts/items lists them.",
            code=code,
        ) from None


def neighbours_of(snapshot: SnapshotLike) -> Any:
    """Say which of a snapshot's districts are neighbours, see `contiguity`."""
    return snapshot.cached("neighbours", lambda: contiguity(snapshot.districts))


def estimate_of(snapshot: SnapshotLike, parameters: RiskParameters) -> Estimate:
    """Estimate the risk of a snapshot's districts, memoised by the snapshot.

    The period is chosen from all incidents held, before `where`: a filter changes what
    is counted and never the time it is divided by.
    """
    today = _today(parameters)

    def _make() -> Estimate:
        window = _window(snapshot, parameters, today)
        kept = selected(snapshot, parameters)
        return estimate(
            kept,
            snapshot.districts,
            parameters,
            today=today,
            window=window,
            neighbours=neighbours_of(snapshot),
        )

    return snapshot.cached(("risk-estimate", parameters, today), _make)


def risk_of(snapshot: SnapshotLike, parameters: RiskParameters) -> gpd.GeoDataFrame:
    """Give the risk table of a snapshot, memoised by the snapshot.

    Schema `RISK`; shared, do not change it.

    Raises
    ------
    InvalidInput
        The filter or the period cannot be used.
    """

    def _make() -> gpd.GeoDataFrame:
        result, ruling = estimate_of(snapshot, parameters), ruling_of(snapshot, parameters)
        return as_frame(result, snapshot.districts, parameters, ruling)

    return snapshot.cached(("risk", parameters, _today(parameters)), _make)


def surface_of(snapshot: SnapshotLike, parameters: RiskParameters) -> RiskSurface | None:
    """Estimate the risk surface of a snapshot, memoised by the snapshot.

    None where an open period meets an empty register, or there is no district.
    """
    today = _today(parameters)

    def _make() -> RiskSurface | None:
        window = _window(snapshot, parameters, today)
        if window is None or snapshot.districts.empty:
            return None
        kept = selected(snapshot, parameters)
        return risk_surface(kept, snapshot.districts, parameters, window)

    return snapshot.cached(("risk-surface", parameters, today), _make)


def surface_frame_of(snapshot: SnapshotLike, parameters: RiskParameters) -> gpd.GeoDataFrame:
    """Give the bands of the risk surface, memoised by the snapshot.

    Schema `RISK_SURFACE`; without rows where there is no surface.
    """

    def _make() -> gpd.GeoDataFrame:
        surface = surface_of(snapshot, parameters)
        if surface is None:
            return empty(RISK_SURFACE)
        limits = [limit / 100 for limit in _area_limits(snapshot, parameters)]
        return surface_frame(surface, limits)

    return snapshot.cached(("risk-surface-bands", parameters, _today(parameters)), _make)


def _area_limits(snapshot: SnapshotLike, parameters: RiskParameters) -> tuple[float, ...]:
    """Limits of the classes per 100 km2: the surface has those of the districts' table."""
    if parameters.classes == "fixed":
        return class_limits(parameters.weight, "area")
    table = risk_of(snapshot, replace(parameters, exposure="area"))
    return tuple(table.attrs["risk"]["class_limits"])


def clusters_of(snapshot: SnapshotLike, parameters: RiskParameters) -> gpd.GeoDataFrame:
    """Give the clusters of a snapshot's districts, memoised by the snapshot.

    Schema `CLUSTERS`, see `cluster_frame`.

    Parameters
    ----------
    parameters
        As in `risk_of`; smoothing does not apply, and what is emerging counts incidents
        whatever the weight.
    """
    today = _today(parameters)

    def _make() -> gpd.GeoDataFrame:
        result, kept = estimate_of(snapshot, parameters), selected(snapshot, parameters)
        return cluster_frame(result, kept, snapshot.districts, today)

    return snapshot.cached(("clusters", parameters, today), _make)


def foreseen(
    snapshot: SnapshotLike,
    parameters: RiskParameters,
    covariates: Mapping[str, Any] | None = None,
) -> "risk.forecast.Forecast | None":
    """Foresee the incidents after the period, memoised by the snapshot.

    Incidents that `where` does not keep are the context of those it keeps.

    None where an open period meets an empty register, or there is no district.

    Parameters
    ----------
    covariates
        As in `forecast`; a forecast with them is made anew each time.
    """
    today = _today(parameters)

    def _make() -> "risk.forecast.Forecast | None":
        window = _window(snapshot, parameters, today, everywhere=True)
        if window is None or snapshot.districts.empty:
            return None
        kept = selected(snapshot, parameters)
        everything = at_home(snapshot)
        context = everything[~everything.index.isin(kept.index)] if parameters.where else None
        return risk.forecast.forecast(
            kept, snapshot.districts, parameters, window, context=context, covariates=covariates
        )

    if covariates:
        return _make()
    # what the forecast does not look at makes no other forecast
    alike = replace(parameters, exposure="area", smoothing="eb", half_life_days=None)
    return snapshot.cached(("foreseen", alike, today), _make)


def forecast_of(
    snapshot: SnapshotLike,
    parameters: RiskParameters,
    covariates: Mapping[str, Any] | None = None,
) -> gpd.GeoDataFrame:
    """Give the layer of the incidents to expect, memoised by the snapshot.

    Schema `FORECAST`; without rows where there is no forecast.
    """

    def _make() -> gpd.GeoDataFrame:
        found = foreseen(snapshot, parameters, covariates)
        if found is None:
            return empty(FORECAST)
        return risk.forecast.forecast_frame(found, snapshot.districts, parameters)

    if covariates:
        return _make()
    return snapshot.cached(("forecast", parameters, _today(parameters)), _make)


def backtest_of(
    snapshot: SnapshotLike,
    parameters: RiskParameters,
    *,
    horizon_days: float | None = None,
    cell_km: float | None = None,
) -> dict[str, Any]:
    """Give the rolling backtest of a snapshot, memoised by the snapshot.

    Parameters
    ----------
    parameters
        Only `where` applies: which incidents to foresee.
    horizon_days, cell_km
        Days to foresee and side of the cells; defaults as in `rolling_backtest`, and the
        cells of the forecast layer.
    """
    days = None if horizon_days is None else max(round(horizon_days), 1)
    side = CELL_KM if cell_km is None else cell_km
    asked = (parameters.where, parameters.where_lang, days)

    def by_district() -> dict[str, Any]:
        kept, key = _foreseen_by(snapshot, parameters), ranking_key(snapshot, parameters, days)

        def make() -> dict[str, Any]:
            return rolling_backtest(kept, snapshot.districts, horizon_days=days)

        apart = getattr(snapshot, "apart", None)
        if apart is None:
            return _REPORTS.get(key, make)
        return _REPORTS.get(key, lambda: apart(snapshot, (parameters, days), key, make))

    # the ranking of every table rests on this part, which therefore stands without cells
    report: dict[str, Any] = snapshot.cached(("backtest", *asked), by_district)
    if report["status"] != "ok" or not side:
        return report

    def by_cell() -> dict[str, Any]:
        ends = [date.fromisoformat(one["cutoff"]) for one in report["cutoffs"]]
        kept = selected(snapshot, parameters)
        return cell_backtest(kept, snapshot.districts, ends, report["horizon_days"], side)

    cells = snapshot.cached(("backtest-cells", *asked, side), by_cell)
    return report | {"cells": cells}


def ranking_key(snapshot: SnapshotLike, parameters: RiskParameters, days: int | None = None) -> str:
    """Give a text that stays while everything that a backtest by district sees does."""

    def make() -> str:
        units = snapshot.districts
        exposures = pd.DataFrame(units[["area_km2", "population"]])
        seen = _digest(_foreseen_by(snapshot, parameters))
        parts = (seen, shape_key(units), _digest(exposures), days)
        return blake2b(repr(parts).encode(), digest_size=16).hexdigest()

    asked = (parameters.where, parameters.where_lang, days)
    found: str = snapshot.cached(("ranking-key", *asked), make)
    return found


def _foreseen_by(snapshot: SnapshotLike, parameters: RiskParameters) -> gpd.GeoDataFrame:
    return in_whole_months(selected(snapshot, parameters))[list(FORESEEN_BY)]


def _digest(frame: pd.DataFrame) -> bytes:
    hashes = pd.util.hash_pandas_object(frame, index=False).to_numpy()
    return blake2b(hashes.tobytes(), digest_size=16).digest()


def ruling_of(snapshot: SnapshotLike, parameters: RiskParameters) -> Ruling:
    """Say by what a snapshot's districts are ranked: what foresees best on it, and why.

    A model of the backtest where its gain over the smoothed rate is clear, else the rate.
    """
    if parameters.ranks_as_asked:
        return BY_RATE
    today = _today(parameters)

    def _make() -> Ruling:
        report = backtest_of(snapshot, parameters, cell_km=0.0)
        if report["status"] != "ok":
            return Ruling(why="cannot_tell")
        chosen, days = report["chosen"], float(report["horizon_days"])
        numbers = {"model": chosen["model"], "gain": chosen["gain_per_event"],
                   "low": chosen["low"], "high": chosen["high"], "horizon_days": days}  # fmt: skip
        window = _window(snapshot, parameters, today)
        if not chosen["clear"] or window is None:
            why = "headline" if chosen["model"] == chosen["over"] else "about_as_well"
            return Ruling(why=why, **numbers)
        score = foreseen_by(
            chosen["rule"], selected(snapshot, parameters), snapshot.districts, window.end, days
        )
        return Ruling(chosen["rule"], "best", **numbers, score=score)

    asked = (parameters.where, parameters.where_lang, today)
    found: Ruling = snapshot.cached(("ruling", *asked), _make)
    return found


def priorities_of(snapshot: SnapshotLike, parameters: RiskParameters) -> gpd.GeoDataFrame:
    """Give the priority list of a snapshot's districts, memoised by the snapshot.

    Schema `PRIORITIES`, see `priorities`.

    Raises
    ------
    InvalidInput
        The weights of the criteria cannot be read.
    """

    def _make() -> gpd.GeoDataFrame:
        return risk.priorities.priorities(
            estimate_of(snapshot, parameters),
            risk_of(snapshot, parameters),
            selected(snapshot, parameters),
            snapshot.districts,
            risk.priorities.Ground(snapshot.operations, snapshot.places),
            parameters,
        )

    return snapshot.cached(("priorities", parameters, _today(parameters)), _make)


def reconciliation_of(snapshot: SnapshotLike) -> dict[str, Any]:
    """Set the register's sums against its published statistics, memoised by the snapshot."""

    def _make() -> dict[str, Any]:
        return risk.reconcile(snapshot.incidents, snapshot.statistics, snapshot.districts)

    return snapshot.cached(("reconciliation",), _make)


def period_of(snapshot: SnapshotLike, parameters: RiskParameters) -> Window | None:
    """Give the days that the risk table of a snapshot is about; None where no row says any."""
    window = _window(snapshot, parameters, _today(parameters))
    return None if window is None or snapshot.districts.empty else window.recorded


def _window(
    snapshot: SnapshotLike, parameters: RiskParameters, today: date, *, everywhere: bool = False
) -> Window | None:
    """Days that are counted; the register may state when it was kept."""

    def _make() -> Window | None:
        districts = None if everywhere else snapshot.districts
        observed = getattr(snapshot, "observed", None)
        return window_of(snapshot.incidents, districts, parameters.period, today, observed)

    found: Window | None = snapshot.cached(("window", everywhere, parameters.period, today), _make)
    return found


def _today(parameters: RiskParameters) -> date:
    now = datetime.now(UTC)
    return min(parameters.as_of, now).date() if parameters.as_of else now.date()


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
