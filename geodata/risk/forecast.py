"""Expected incidents to come, by district and by cell, from a register's own history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry import shape as shape_of

from geodata.crs import (
    parse_crs,
    transform_xy,
    whole_within_180,
)
from geodata.districts import contiguity
from geodata.risk.districts import Outlook, series
from geodata.risk.nearness import nearest_km
from geodata.risk.parameters import RiskParameters
from geodata.risk.surface import (
    labelled_grid,
    point_places,
    project_shapes,
    projected_land,
)
from geodata.risk.tally import Window
from geodata.schemas import CRS84, FORECAST, conform, empty
from geodata.statistics.counts import CountForecast, district_counts
from geodata.statistics.kernels import Grid
from geodata.statistics.mixture import cell_forecast, cell_intensity

if TYPE_CHECKING:
    from affine import Affine

__all__ = ["Forecast", "cell_intensity", "district_counts", "forecast", "forecast_frame"]
Floats = NDArray[np.float64]
LEVEL = 0.9


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a forecast, those whose centre lies in a district."""

    grid: Grid
    crs: CRS
    outline: Any
    """The grid, its equal-area system (easting, northing, metres), the country in it."""
    row: NDArray[np.intp]
    column: NDArray[np.intp]
    """Of each cell in the grid, from north to south."""
    district: NDArray[np.intp]
    """Position of the district that holds it."""
    counts: CountForecast
    """Expected events of each, with their spread."""
    learnt_from: int
    """Past events that the kernels were weighed on."""

    def middles(self) -> Floats:
        """Give longitude and latitude of each cell's centre, one row a cell."""
        cell = self.grid.cell_m
        x = self.grid.west + (self.column + 0.5) * cell
        y = self.grid.north - (self.row + 0.5) * cell
        return self._lonlat(np.column_stack([x, y]))

    def boxes(self) -> NDArray[np.object_]:
        """Give each cell as a polygon in WGS 84 (lon, lat)."""
        cell, grid = self.grid.cell_m, self.grid
        # corners by their number, so that neighbours share them to the last digit
        west, east = (grid.west + (self.column + k) * cell for k in (0, 1))
        north, south = (grid.north - (self.row + k) * cell for k in (0, 1))
        moved = shapely.transform(shapely.box(west, south, east, north), self._lonlat)
        return whole_within_180(moved)

    def bands(self, limits: Sequence[float]) -> list[Any]:
        """Draw the areas between limits of the expected number.

        One MultiPolygon (lon, lat) a band, from the lowest; together they are the country: along
        its border each point belongs to the nearest cell.
        """
        from rasterio.features import shapes
        from scipy.ndimage import distance_transform_edt

        size = tuple(side + 2 for side in self.grid.mask.shape)
        known = np.zeros(size, dtype=bool)
        band = np.zeros(size, dtype="int16")
        at = self.row + 1, self.column + 1
        known[at] = True
        band[at] = np.searchsorted(np.asarray(limits, float), self.counts.mean, side="right")
        near = distance_transform_edt(~known, return_distances=False, return_indices=True)
        cell = self.grid.cell_m
        from affine import Affine

        transform = self.grid.transform @ Affine.translation(-1, -1)
        parts: list[list[Any]] = [[] for _ in range(len(limits) + 1)]
        for shape, value in shapes(band[tuple(near)], transform=transform):
            parts[int(value)].append(shape_of(shape))
        found = []
        for drawn in parts:
            # long edges are bent by the projection: corners at every cell bend with it
            whole = shapely.intersection(shapely.union_all(drawn), self.outline)
            moved = shapely.transform(shapely.segmentize(whole, 4 * cell), self._lonlat)
            moved = whole_within_180([moved])[0]
            areas = [p for p in shapely.get_parts(moved) if p.geom_type == "Polygon"]
            found.append(shapely.MultiPolygon(areas))
        return found

    def _lonlat(self, xy: Floats) -> Floats:
        return np.column_stack(transform_xy(xy[:, 0], xy[:, 1], self.crs, parse_crs(CRS84)))


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a register's history says of the days after a window."""

    outlook: Outlook
    """By district, in their order."""
    cells: Cells | None
    """None where only districts were asked for."""
    first_day: date
    last_day: date
    """Days foreseen, both included."""

    @property
    def leapt(self) -> NDArray[np.bool_]:
        """Which districts' last periods, or whose country's, are another level than before."""
        return self.outlook.forecast.leap != 0

    @property
    def status(self) -> NDArray[np.object_]:
        """Of each district what to know before reading its numbers.

        ``recent_leap``: its counts leapt of late, and nobody knows whether that lasts;
        ``short_history``: the spread is assumed, since too little is held; else ``ok``.
        """
        usual = "ok" if self.outlook.learnt else "short_history"
        return np.where(self.leapt, "recent_leap", usual).astype(object)

    def whole(self) -> tuple[float, float, float]:
        """Give the expected number of the whole country with its 90 % limits."""
        found = self.outlook.forecast
        # districts that leapt are taken to stay, or not, together
        mean, leap = (np.array([x.sum()]) for x in (found.mean, found.leap))
        spread = found.linear, found.quadratic
        total = CountForecast.of(mean, leap, spread, found.tails, found.weights)
        low, high = total.interval(LEVEL)
        return float(mean[0]), float(low[0]), float(high[0])


def forecast(
    incidents: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    parameters: RiskParameters,
    window: Window,
    *,
    context: gpd.GeoDataFrame | None = None,
    covariates: Mapping[str, Any] | None = None,
) -> Forecast:
    """Foresee the incidents after a window, by district and by cell.

    Districts have the overdispersed count model of `forecast_counts`. Cells have the
    mixture of kernels of `cell_forecast`, scaled so that the cells of a district sum to the
    district's expected number; incidents known by district only are in that number, and in
    no cell of their own.

    Nowhere is the expected number 0: no record is not safe.

    Parameters
    ----------
    incidents
        Frame of the incidents' schema, already filtered. Those after the window are not
        looked at.
    parameters
        `horizon_days`, `cell_km` (0 = by district), and `weight`: what is expected.
    window
        Days counted; the forecast begins on the day after.
    covariates
        By name, geometries (lon, lat) whose distance may tell where incidents come: roads,
        settlements, a former front line.

    Raises
    ------
    InvalidInput
        The cells are too small for the country.
    """
    history = series(incidents, districts, window, weight=parameters.weight)
    outlook = history.outlook(parameters.horizon_days, contiguity(districts))
    cells = None
    if parameters.cell_km > 0:
        cells = _cells(incidents, districts, outlook, parameters, window, context, covariates or {})
    days = max(round(parameters.horizon_days), 1)
    first = window.end + timedelta(days=1)
    return Forecast(outlook, cells, first, window.end + timedelta(days=days))


def forecast_frame(
    found: Forecast, districts: gpd.GeoDataFrame, parameters: RiskParameters
) -> gpd.GeoDataFrame:
    """Lay a forecast out as the public layer.

    Schema `FORECAST`: cells from north to south, or districts in their order.
    """
    if districts.empty:
        return empty(FORECAST)
    cells, names = found.cells, districts["name"].to_numpy()
    ids = districts.index.to_numpy()
    data: dict[str, Any]
    if cells is None:
        data = {
            "forecast_id": ids,
            "district_id": ids,
            "name": names,
            "cell_km": np.nan,
            "area_km2": districts["area_km2"].to_numpy(dtype="float64", na_value=np.nan),
            "learnt_from": float(found.outlook.periods),
            **_counts(found.outlook.forecast),
        }
        geometry = districts.geometry.array
    else:
        numbers = zip(cells.row.tolist(), cells.column.tolist(), strict=True)
        data = {
            "forecast_id": [f"r{row}c{column}" for row, column in numbers],
            "district_id": ids[cells.district],
            "name": names[cells.district],
            "cell_km": cells.grid.cell_m / 1000,
            "area_km2": (cells.grid.cell_m / 1000) ** 2,
            "learnt_from": float(cells.learnt_from),
            **_counts(cells.counts),
        }
        geometry = gpd.GeoSeries(cells.boxes()).array
    status = found.status
    data |= {
        "status": status if cells is None else status[cells.district],
        "horizon_days": parameters.horizon_days,
        "first_day": pd.Timestamp(found.first_day),
        "last_day": pd.Timestamp(found.last_day),
    }
    return conform(gpd.GeoDataFrame(data, geometry=geometry, crs=CRS84), FORECAST)


def _cells(
    incidents: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    outlook: Outlook,
    parameters: RiskParameters,
    window: Window,
    context: gpd.GeoDataFrame | None,
    covariates: Mapping[str, Any],
) -> Cells:
    crs, shapes, outline = projected_land(districts)
    cell_m = parameters.cell_km * 1000
    grid, labels = labelled_grid(shapes, outline, cell_m)

    def points(frame: gpd.GeoDataFrame) -> tuple[Floats, Floats]:
        xy, is_point = point_places(frame, crs, grid, outline)
        first, last = (
            frame[name].to_numpy().astype("datetime64[D]") for name in ("date_start", "date_end")
        )
        known = is_point & ~(np.isnat(first) | np.isnat(last))
        middle = (first.astype("i8") + last.astype("i8")) // 2
        return xy[known], middle[known].astype(float)

    xy, day = points(incidents)
    near, before = points(context) if context is not None and len(context) else (None, None)
    end = float(np.datetime64(window.end, "D").astype("i8"))
    apart = {name: distance_km(shapes_, crs, outline, cell_m)
             for name, shapes_ in covariates.items()}  # fmt: skip
    found = cell_forecast(
        xy, day, outline, end, parameters.horizon_days, cell_m, near, before, covariates=apart
    )
    labels = _every_district(labels, shapes, found.grid.mask, found.grid.transform)
    inside = labels > 0
    place = (labels[inside] - 1).astype(np.intp)
    density = np.maximum(found.expected[inside], found.expected[inside].max() * 1e-9)
    mean = outlook.forecast.mean
    # cells of a district share what the district's own history expects
    whole = np.bincount(place, density, len(mean))
    share = density / whole[place]
    counts = CountForecast.of(
        share * mean[place],
        share * outlook.forecast.leap[place],
        (outlook.forecast.linear, outlook.forecast.quadratic),
        outlook.forecast.tails,
        found.weights,
    )
    row, column = np.nonzero(inside)
    grid = found.grid
    return Cells(grid, crs, outline, row, column, place, counts, found.learnt_from)


def distance_km(geometries: Any, crs: CRS, outline: Any, cell_m: float) -> Floats:
    """Give the distance from each cell's centre to the nearest of some geometries.

    Kilometres, rows x columns of `Grid.over` the outline; NaN where there is nothing.

    Parameters
    ----------
    geometries
        WGS 84 (lon, lat), of any kind.
    """
    grid = Grid.over(outline, cell_m)
    rows, columns = grid.mask.shape
    row, column = np.mgrid[:rows, :columns]
    x = grid.west + (column.ravel() + 0.5) * cell_m
    y = grid.north - (row.ravel() + 0.5) * cell_m
    drawn = project_shapes(np.asarray(geometries, dtype=object), crs)
    return nearest_km(np.column_stack([x, y]), drawn).reshape(rows, columns)


def _every_district(
    labels: NDArray[np.int32],
    shapes: NDArray[np.object_],
    mask: NDArray[np.bool_],
    transform: "Affine",
) -> NDArray[np.int32]:
    """Give a town smaller than a cell the cell of its own middle: it loses no forecast."""
    found = np.where(mask, labels, 0).astype("int32")
    lost = np.setdiff1d(np.flatnonzero(~shapely.is_empty(shapes)) + 1, found)
    if not lost.size:
        return found
    middle = shapely.get_coordinates(shapely.point_on_surface(shapes[lost - 1]))
    column = np.clip((middle[:, 0] - transform.c) / transform.a, 0, mask.shape[1] - 1).astype(
        np.intp
    )
    row = np.clip((middle[:, 1] - transform.f) / transform.e, 0, mask.shape[0] - 1).astype(np.intp)
    found[row, column] = lost
    return found


def _counts(found: CountForecast) -> dict[str, object]:
    low, high = found.interval(LEVEL)
    return {
        "expected": found.mean,
        "expected_low": low,
        "expected_high": high,
        "share": found.mean / found.mean.sum(),
        "dispersion": found.dispersion,
    }
