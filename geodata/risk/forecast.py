"""Expected incidents to come, by district and by cell, from a register's own history."""

from datetime import timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from affine import Affine
from numpy.typing import NDArray

from geodata.crs import local_equal_area, parse_crs, transform_xy
from geodata.districts import contiguity
from geodata.risk.outlook import Outlook, series
from geodata.risk.parameters import RiskParameters
from geodata.risk.surface.estimation import labelled_grid, point_places, project_shapes
from geodata.risk.window import Window
from geodata.schema import CRS84, conform, empty
from geodata.schemas import FORECAST
from geodata.statistics.counts import CountForecast, district_counts
from geodata.statistics.mixture import cell_forecast, cell_intensity

__all__ = ["cell_intensity", "district_counts", "forecast_frame"]
Floats = NDArray[np.float64]
LEVEL = 0.9


def forecast_frame(
    incidents: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    parameters: RiskParameters,
    window: Window,
    *,
    context: gpd.GeoDataFrame | None = None,
) -> gpd.GeoDataFrame:
    """Foresee the incidents after a window, by cell or by district.

    Districts have the overdispersed count model of `forecast_counts`. Cells have the
    mixture of kernels of `cell_forecast`, scaled so that the cells of a district sum to the
    district's expected number; incidents known by district only are in that number, and in
    no cell of their own.

    Parameters
    ----------
    incidents
        Frame of the incidents' schema, already filtered. Those after the window are not
        looked at.
    districts
        Frame of the districts' schema.
    parameters
        `horizon_days`, `cell_km` (0 = by district), and `weight`: what is expected.
    window
        Days counted; the forecast begins on the day after.
    context
        Other incidents that may foretell these.

    Returns
    -------
    geopandas.GeoDataFrame
        Schema `FORECAST`: districts in their order, or cells from north to south. No
        record is not safe: nowhere is the expected number 0.

    Raises
    ------
    InvalidInput
        The cells are too small for the country.
    """
    if districts.empty:
        return empty(FORECAST)
    history = series(incidents, districts.index, window, weight=parameters.weight)
    outlook = history.outlook(parameters.horizon_days, contiguity(districts))
    if parameters.cell_km == 0:
        return _by_district(districts, outlook, parameters, window)
    return _by_cell(incidents, districts, outlook, parameters, window, context)


def _by_district(
    districts: gpd.GeoDataFrame, outlook: Outlook, parameters: RiskParameters, window: Window
) -> gpd.GeoDataFrame:
    found = outlook.forecast
    data = {
        "forecast_id": districts.index.to_numpy(),
        "district_id": districts.index.to_numpy(),
        "name": districts["name"].to_numpy(),
        "cell_km": np.nan,
        "area_km2": districts["area_km2"].to_numpy(dtype="float64", na_value=np.nan),
        "learnt_from": float(outlook.periods),
        **_counts(found, outlook),
        **_days(parameters, window),
    }
    frame = gpd.GeoDataFrame(data, geometry=districts.geometry.array, crs=CRS84)
    return conform(frame, FORECAST)


def _by_cell(
    incidents: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    outlook: Outlook,
    parameters: RiskParameters,
    window: Window,
    context: gpd.GeoDataFrame | None,
) -> gpd.GeoDataFrame:
    crs = local_equal_area(districts.total_bounds)
    shapes = project_shapes(districts.geometry.to_numpy(), crs)
    outline = shapely.union_all(shapes)
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
    other = points(context) if context is not None and len(context) else (None, None)
    end = float(np.datetime64(window.end, "D").astype("i8"))
    found = cell_forecast(xy, day, outline, end, parameters.horizon_days, cell_m, *other)
    labels = _every_district(labels, shapes, found.grid.mask, found.grid.transform)
    inside = labels > 0
    place = labels[inside] - 1
    density = np.maximum(found.expected[inside], found.expected[inside].max() * 1e-9)
    mean = outlook.forecast.mean
    # cells of a district share what the district's own history expects
    whole = np.bincount(place, density, len(mean))
    cells = density / whole[place] * mean[place]
    spread = CountForecast(
        cells,
        cells * outlook.forecast.linear + outlook.forecast.quadratic * cells**2,
        outlook.forecast.linear,
        outlook.forecast.quadratic,
        outlook.forecast.tails,
        found.weights,
    )
    row, column = np.nonzero(inside)
    west, north = found.grid.west + column * cell_m, found.grid.north - row * cell_m
    boxes = shapely.box(west, north - cell_m, west + cell_m, north)

    def lonlat(coordinates: Floats) -> Floats:
        moved = transform_xy(coordinates[:, 0], coordinates[:, 1], crs, parse_crs(CRS84))
        return np.column_stack(moved)

    data = {
        "forecast_id": [f"r{r}c{c}" for r, c in zip(row.tolist(), column.tolist(), strict=True)],
        "district_id": districts.index.to_numpy()[place],
        "name": districts["name"].to_numpy()[place],
        "cell_km": parameters.cell_km,
        "area_km2": parameters.cell_km**2,
        "learnt_from": float(found.learnt_from),
        **_counts(spread, outlook),
        **_days(parameters, window),
    }
    drawn = shapely.multipolygons(shapely.transform(boxes, lonlat), indices=np.arange(len(boxes)))
    frame = gpd.GeoDataFrame(data, geometry=gpd.GeoSeries(drawn, crs=CRS84), crs=CRS84)
    return conform(frame, FORECAST)


def _every_district(
    labels: NDArray[np.int32],
    shapes: NDArray[np.object_],
    mask: NDArray[np.bool_],
    transform: Affine,
) -> NDArray[np.int32]:
    """Give a town smaller than a cell the cell of its own middle: it loses no forecast."""
    found = np.where(mask, labels, 0).astype("int32")
    lost = np.setdiff1d(np.arange(len(shapes)) + 1, found)
    if not lost.size:
        return found
    middle = shapely.get_coordinates(shapely.point_on_surface(shapes[lost - 1]))
    column = np.clip((middle[:, 0] - transform.c) / transform.a, 0, mask.shape[1] - 1).astype(
        np.intp
    )
    row = np.clip((middle[:, 1] - transform.f) / transform.e, 0, mask.shape[0] - 1).astype(np.intp)
    found[row, column] = lost
    return found


def _counts(found: CountForecast, outlook: Outlook) -> dict[str, object]:
    low, high = found.interval(LEVEL)
    return {
        "expected": found.mean,
        "expected_low": low,
        "expected_high": high,
        "share": found.mean / found.mean.sum(),
        "dispersion": found.dispersion,
        "status": "ok" if outlook.learnt else "short_history",
    }


def _days(parameters: RiskParameters, window: Window) -> dict[str, object]:
    first = window.end + timedelta(days=1)
    last = window.end + timedelta(days=max(round(parameters.horizon_days), 1))
    return {
        "horizon_days": parameters.horizon_days,
        "first_day": pd.Timestamp(first),
        "last_day": pd.Timestamp(last),
    }
