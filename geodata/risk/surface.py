"""The risk surface of a register: as a grid, as the layer of its bands, as a GeoTIFF.

Points are smoothed; incidents known by district only are spread evenly over it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geodata.crs import extent, local_equal_area, parse_crs, transform_xy, whole_within_180
from geodata.districts import drawable
from geodata.districts.geometry import kept_by_shapes, uncrossed
from geodata.incidents import incidents_in
from geodata.incidents.frame import POINT_PRECISION
from geodata.risk.districts import CLASSES, NO_INFORMATION
from geodata.risk.parameters import RiskParameters
from geodata.risk.tally import Places, Window, event_weights, places_of
from geodata.schemas import CRS84, RISK_SURFACE, conform, empty
from geodata.statistics.kernels import (
    Grid,
    cross_validated,
    enough_places,
    far_mass,
    inside,
    intensity,
    kernel_mass,
    near_mass,
    rule_of_thumb,
)

__all__ = ["RiskSurface", "geotiff_bytes", "intensity", "risk_surface", "surface_frame"]

Floats = NDArray[np.float64]
CELLS_ACROSS = 400
CANDIDATES = 16
"""Bandwidths that cross-validation tries."""
KM2 = 1e6


@dataclass(frozen=True, slots=True)
class RiskSurface:
    """Intensity per km2 per year on an equal-area grid, and what it was made from.

    Attributes
    ----------
    grid, crs, outline
        The grid, its equal-area system (easting, northing, metres), the country in it.
    labels
        Position of the district + 1 in each cell, 0 in none.
    mass
        Weighted incidents per cell; sums to `points` + `spread` in weights.
    years
        Years at risk that the mass is divided by (decayed like the weights).
    points, spread, left_out
        Incidents by share inside the period: with a usable point, spread over districts,
        and neither (unplaced or outside every district).
    """

    grid: Grid
    labels: NDArray[np.int32]
    crs: CRS
    outline: BaseGeometry
    mass: Floats
    years: float
    bandwidth_m: float
    bandwidth_from_data: bool
    points: float
    spread: float
    left_out: float
    unit: str
    window: Window

    @property
    def intensity(self) -> Floats:
        """Weighted incidents per km2 per year; NaN outside the country."""
        per_cell = self.grid.cell_m**2 / KM2 * self.years
        return np.where(self.grid.mask, self.mass / per_cell, np.nan)


def risk_surface(
    incidents: pd.DataFrame,
    districts: gpd.GeoDataFrame,
    parameters: RiskParameters,
    window: Window,
    *,
    bandwidth_m: float | None = None,
    cell_m: float | None = None,
    places: Places | None = None,
) -> RiskSurface:
    """Estimate the intensity of incidents over a country.

    Incidents with a place (``where_precision`` up to 3) are smoothed by an edge-corrected
    Gaussian, widened by half of `uncertainty_m`; incidents known by district only are
    spread evenly over it, never put at a centroid. No mass is lost or made.

    The bandwidth is the one of 16 from a cell to Scott's under which the other places
    foresee each place best (``cross-validated``), or Scott's itself, or a number of km.
    ``adaptive`` gives each point ``h (f / g)^(-1/2)`` of it, f the density there and g the
    geometric mean of f, between a half and four times h (Abramson 1982). Cross-validation
    breaks where places are few or stand on a raster: then state a width.

    Parameters
    ----------
    incidents, districts
        Frames of their schemas, WGS 84 (lon, lat); projected to an equal-area system
        around the country's middle.
    parameters
        Weight and half-life; `where` was applied by the caller.
    cell_m
        Side of a cell; default a 400th of the country's longer side.

    Raises
    ------
    InvalidInput
        The districts have no area, or bandwidth or cell cannot be used.

    References
    ----------
    Abramson IS (1982). On bandwidth variation in kernel estimates. Annals of Statistics 10,
    1217-1223. Silverman BW (1986). Density Estimation. Chapman & Hall, section 3.4.4.
    """
    land = ground_of(districts, cell_m)
    share, weight, _ = event_weights(
        incidents, window, weight=parameters.weight, half_life_days=parameters.half_life_days
    )
    xy, is_point = land.places(incidents)
    used = xy[is_point & (share > 0)]
    stated = bandwidth_m or parameters.bandwidth_m
    band = stated or chosen_bandwidth(used, land, parameters.bandwidth)
    width = np.full(int(is_point.sum()), band)
    if stated is None and parameters.bandwidth == "adaptive" and len(width):
        width = _adapted(xy[is_point], weight[is_point], land.grid, band)
    width = np.hypot(width, uncertainty(incidents)[is_point])
    near = near_masses(xy[is_point], weight[is_point], width, land.grid, band)
    held = share * incidents_in(incidents)
    return with_districts(
        smoothed(near, land.grid, band),
        land,
        is_point,
        held,
        weight,
        places or places_of(incidents, districts, held),
        parameters,
        window,
        bandwidth_m=band,
        bandwidth_from_data=stated is not None or enough_places(used),
    )


@dataclass(frozen=True)
class Ground:
    """What a surface is laid over: the districts, all of them together, and their grid."""

    crs: CRS
    shapes: NDArray[np.object_]
    outline: BaseGeometry
    grid: Grid
    labels: NDArray[np.int32]

    def places(self, incidents: pd.DataFrame) -> tuple[Floats, NDArray[np.bool_]]:
        """Project the incidents' places, and say which are in the country (`point_places`)."""
        return point_places(incidents, self.crs, self.grid, self.outline)


@kept_by_shapes(most=2)
def ground_of(districts: gpd.GeoDataFrame, cell_m: float | None = None) -> Ground:
    """Lay the grid of a surface over districts; made once for all that share it."""
    crs, shapes, outline = projected_land(districts)
    grid, labels = labelled_grid(shapes, outline, cell_m)
    for shared in (grid.mask, labels):
        shared.setflags(write=False)
    return Ground(crs, shapes, outline, grid, labels)


def with_districts(
    mass: Floats,
    land: Ground,
    is_point: NDArray[np.bool_],
    held: Floats,
    weight: Floats,
    places: Places,
    parameters: RiskParameters,
    window: Window,
    *,
    bandwidth_m: float,
    bandwidth_from_data: bool,
) -> RiskSurface:
    """Add to the mass of the points that of the incidents known by district only.

    Parameters
    ----------
    is_point
        Which incidents are in it; as the next three of each row, condensed or one incident.
    """
    # what is known of a district whose geometry is not known lies nowhere
    ground = ~shapely.is_empty(land.shapes)
    weights, numbers = (
        np.where(ground, places.sums(np.where(is_point, 0.0, x)), 0.0) for x in (weight, held)
    )
    mass = mass + _spread(weights, land.shapes, land.labels, land.grid)
    points = float(held[is_point].sum())
    spread = float(numbers.sum())
    return RiskSurface(
        grid=land.grid,
        labels=land.labels,
        crs=land.crs,
        outline=land.outline,
        mass=mass,
        years=window.years_at_risk(parameters.half_life_days),
        bandwidth_m=bandwidth_m,
        bandwidth_from_data=bandwidth_from_data,
        points=points,
        spread=spread,
        left_out=float(held.sum() - points - spread),
        unit=f"{parameters.weight} per km2 per year",
        window=window,
    )


@kept_by_shapes()
def projected_land(districts: gpd.GeoDataFrame) -> tuple[CRS, NDArray[np.object_], BaseGeometry]:
    """Give an equal-area system, the districts in it and all of them joined; made once.

    Parameters
    ----------
    districts
        WGS 84 (lon, lat) polygons; very detailed ones in their lighter form, far finer than
        any cell. One without geometry is empty.
    """
    drawn = np.array(drawable(districts).geometry.to_numpy(), dtype=object)
    drawn[shapely.is_missing(drawn)] = shapely.Polygon()
    known = drawn[~shapely.is_empty(drawn)]
    crs = local_equal_area(extent(known) if len(known) else (0, 0, 1, 1))
    shapes = uncrossed(project_shapes(drawn, crs))
    return crs, shapes, shapely.union_all(shapes)


def project_shapes(shapes: NDArray[np.object_], crs: CRS) -> NDArray[np.object_]:
    """Project polygons from WGS 84 (lon, lat)."""

    def move(lonlat: Floats) -> Floats:
        return np.column_stack(transform_xy(lonlat[:, 0], lonlat[:, 1], parse_crs(CRS84), crs))

    return np.asarray(shapely.transform(shapes, move), dtype=object)


def labelled_grid(
    shapes: NDArray[np.object_], outline: BaseGeometry, cell_m: float | None
) -> tuple[Grid, NDArray[np.int32]]:
    """Lay a grid over the country, with the district's position + 1 in each of its cells.

    Grid and labels; a label of 0 is no district.

    Parameters
    ----------
    cell_m
        Side of a cell; None for a 400th of the country's longer side.
    """
    from rasterio.features import rasterize

    if cell_m is None:
        west, south, east, north = outline.bounds
        cell_m = max(round(max(east - west, north - south) / CELLS_ACROSS / 50) * 50.0, 50.0)
    grid = Grid.over(outline, cell_m)
    labels = np.zeros(grid.mask.shape, dtype="int32")
    drawn = [(shape, i + 1) for i, shape in enumerate(shapes) if not shapely.is_empty(shape)]
    if drawn:
        labels = rasterize(drawn, grid.mask.shape, transform=grid.transform, dtype="int32")
    return Grid(grid.west, grid.north, cell_m, grid.mask | (labels > 0)), labels


def point_places(
    incidents: pd.DataFrame, crs: CRS, grid: Grid, outline: BaseGeometry
) -> tuple[Floats, NDArray[np.bool_]]:
    """Project the incidents' coordinates, and say which are places inside the country.

    n x 2 coordinates, NaN where unknown; True for points, False for incidents known by district or
    outside.
    """
    lon = incidents["longitude"].to_numpy(dtype="float64", na_value=np.nan)
    lat = incidents["latitude"].to_numpy(dtype="float64", na_value=np.nan)
    precision = incidents["where_precision"].to_numpy(dtype="float64", na_value=np.nan)
    by_district = (incidents["coordinate_method"] == "district").to_numpy(dtype=bool)
    known = np.isfinite(lon) & np.isfinite(lat) & ~by_district & ~(precision > POINT_PRECISION)
    xy = np.full((len(incidents), 2), np.nan)
    if known.any():
        xy[known] = np.column_stack(transform_xy(lon[known], lat[known], parse_crs(CRS84), crs))
    return xy, known & inside(xy, outline, grid)


def uncertainty(incidents: pd.DataFrame) -> Floats:
    """Give the standard deviation in metres that each place's own doubt adds."""
    radius = incidents["uncertainty_m"].to_numpy(dtype="float64", na_value=np.nan)
    return np.nan_to_num(radius, nan=0.0) / 2


def chosen_bandwidth(
    xy: Floats, land: Ground, rule: str, repeats: NDArray[np.intp] | None = None
) -> float:
    """Choose a bandwidth by a rule, never under a cell.

    Parameters
    ----------
    rule
        ``scott``; all others begin with the one that is cross-validated.
    """
    cell_m = land.grid.cell_m
    widest = rule_of_thumb(xy, minimum_m=cell_m, repeats=repeats)
    if rule == "scott" or not enough_places(xy):
        return widest
    tried = np.geomspace(cell_m, max(widest, 2 * cell_m), CANDIDATES)
    return cross_validated(xy, land.outline, cell_m, candidates=tried, repeats=repeats)


def _adapted(xy: Floats, weight: Floats, grid: Grid, band: float) -> Floats:
    """Abramson's bandwidth of each point, from the surface of the common one."""
    pilot = kernel_mass(xy, weight, grid, band)
    column, row = (
        np.clip(np.floor(at + 0.5).astype(np.intp), 0, size - 1)
        for at, size in zip(grid.positions(xy), grid.mask.shape[::-1], strict=True)
    )
    # a point beside the border may lie in a cell outside: the least density there is
    here = np.maximum(pilot[row, column], pilot[pilot > 0].min(initial=np.inf))
    if not np.isfinite(here).all():
        return np.full(len(xy), band)
    factor = np.exp(-0.5 * (np.log(here) - np.log(here).mean()))
    return np.asarray(np.maximum(band * np.clip(factor, 0.5, 4.0), grid.cell_m))


def near_masses(
    xy: Floats, weight: Floats, width: Floats, grid: Grid, band: float
) -> dict[int, Floats]:
    """Sum the near part of kernels by groups of like width: within a factor of the root of two.

    Group → mass for `smoothed`; those of several sets of points may be added.

    Parameters
    ----------
    band
        The bandwidth that the groups count from.
    """
    step = np.round(2 * np.log2(width / band)).astype(int)
    found = {}
    for group in np.unique(step):
        chosen = step == group
        found[int(group)] = near_mass(xy[chosen], weight[chosen], grid, band * 2 ** (group / 2))
    return found


def smoothed(near: Mapping[int, Floats], grid: Grid, band: float) -> Floats:
    """Make the points' mass by cell of what `near_masses` gave."""
    mass = np.zeros(grid.mask.shape)
    for group in sorted(near):
        mass += far_mass(near[group], grid, band * 2 ** (group / 2))
    return mass


def _spread(
    held: Floats, shapes: NDArray[np.object_], labels: NDArray[np.int32], grid: Grid
) -> Floats:
    """Spread each district's mass evenly over its cells."""
    cells = np.bincount(labels.ravel(), minlength=len(shapes) + 1)[1:].astype(float)
    per_cell = np.divide(held, cells, out=np.zeros(len(held)), where=cells > 0)
    mass = np.where(labels > 0, per_cell[np.maximum(labels - 1, 0)], 0.0)
    for lost in np.flatnonzero((cells == 0) & (held > 0)):
        # a town smaller than a cell: the cells it touches share its mass
        touched = grid.covered(shapes[lost])
        mass[touched] += held[lost] / touched.sum()
    return mass


FLOOR_SHARE = 0.1
"""Below this share of the lowest limit the register holds nothing near: no information."""


def surface_frame(surface: RiskSurface, limits_per_km2: Sequence[float]) -> gpd.GeoDataFrame:
    """Draw the bands between stated limits.

    Schema `RISK_SURFACE`, from the lowest band to the highest. Where the surface is under a tenth
    of the lowest limit the band is ``no_information``: far from every record is not safe.

    Parameters
    ----------
    limits_per_km2
        Increasing lower limits of the classes above the lowest, in the surface's unit.
    """
    limits = [limits_per_km2[0] * FLOOR_SHARE, *limits_per_km2]
    names = [NO_INFORMATION, *CLASSES[: len(limits)]]
    lower, upper = [0.0, *limits], [*limits, np.inf]
    filled = _filled_outside(surface)
    rows, shapes = [], []
    for name, low, high in zip(names, lower, upper, strict=True):
        shape = _band(surface, filled, low, high)
        if shape.is_empty:
            continue
        inside = surface.grid.mask & (filled >= low) & (filled < high)
        rows.append(
            {
                "band_id": name,
                "band": name,
                "intensity_low": low,
                "intensity_high": high if np.isfinite(high) else None,
                "expected": float(surface.mass[inside].sum()),
                "area_km2": shape.area / 1e6,
            }
        )
        shapes.append(shape)
    if not rows:
        return empty(RISK_SURFACE)
    frame = pd.DataFrame(rows).assign(**_common(surface))
    geometry = [_to_lonlat(shape, surface) for shape in shapes]
    return conform(gpd.GeoDataFrame(frame, geometry=geometry, crs=CRS84), RISK_SURFACE)


def _common(surface: RiskSurface) -> dict[str, Any]:
    return {
        "unit": surface.unit,
        "period_start": pd.Timestamp(surface.window.start),
        "period_end": pd.Timestamp(surface.window.end),
        "years": surface.window.years,
        "bandwidth_m": surface.bandwidth_m,
        "cell_m": surface.grid.cell_m,
        "points": surface.points,
        "spread": surface.spread,
        "status": "ok" if surface.bandwidth_from_data else "default_bandwidth",
    }


def _filled_outside(surface: RiskSurface) -> Floats:
    """Continue the intensity past the border, so that contours end at the outline."""
    from scipy.ndimage import distance_transform_edt

    values = surface.intensity
    nearest = distance_transform_edt(
        ~surface.grid.mask, return_distances=False, return_indices=True
    )
    return np.asarray(values[tuple(nearest)])


def _band(surface: RiskSurface, filled: Floats, low: float, high: float) -> BaseGeometry:
    import contourpy

    padded = np.pad(filled, 1, mode="edge")
    cell = surface.grid.cell_m
    x = surface.grid.west + cell * (np.arange(padded.shape[1]) - 0.5)
    y = surface.grid.north - cell * (np.arange(padded.shape[0]) - 0.5)
    top = high if np.isfinite(high) else max(float(padded.max()), low) * 2 + 1.0
    bottom = low if low > 0 else -1.0
    generator = contourpy.contour_generator(x, y, padded, fill_type="OuterOffset")
    drawn: Any = generator.filled(bottom, top)
    parts = [_polygon(points, starts) for points, starts in zip(*drawn, strict=True)]
    whole = shapely.make_valid(shapely.union_all(shapely.make_valid(np.array(parts, object))))
    return _polygons(shapely.intersection(whole, surface.outline))


def _polygon(points: Floats, starts: NDArray[np.intp]) -> BaseGeometry:
    """Build a polygon of its outer ring and holes, laid one after the other."""
    outer, *holes = (points[first:last] for first, last in pairwise(starts))
    return shapely.Polygon(outer, holes)


def _polygons(shape: BaseGeometry) -> BaseGeometry:
    """Keep areas only, as one MultiPolygon."""
    parts = shapely.get_parts(shapely.get_parts(np.array([shape], dtype=object)))
    areas = [p for p in parts if p.geom_type == "Polygon" and p.area > 0]
    return shapely.multipolygons(areas) if areas else shapely.MultiPolygon()


def _to_lonlat(shape: BaseGeometry, surface: RiskSurface) -> BaseGeometry:
    def move(xy: Floats) -> Floats:
        return np.column_stack(transform_xy(xy[:, 0], xy[:, 1], surface.crs, parse_crs(CRS84)))

    # a millionth of a degree: seven digits are what GeoJSON carries, and no sliver survives
    moved = shapely.make_valid(whole_within_180([shapely.transform(shape, move)])[0])
    moved = shapely.set_precision(moved, 1e-6)
    return _polygons(shapely.make_valid(moved))


def geotiff_bytes(surface: RiskSurface) -> bytes:
    """Write the surface as a compressed GeoTIFF.

    One float32 band in the surface's unit, in its equal-area system; NaN outside the country is the
    no-data value. Tags carry unit, period, bandwidth and counts.
    """
    from rasterio.crs import CRS
    from rasterio.io import MemoryFile

    values = surface.intensity.astype("float32")
    profile = {
        "driver": "GTiff",
        "height": values.shape[0],
        "width": values.shape[1],
        "count": 1,
        "dtype": "float32",
        "crs": CRS.from_wkt(surface.crs.to_wkt()),
        "transform": surface.grid.transform,
        "nodata": np.nan,
        "compress": "deflate",
        "predictor": 3,
        "tiled": True,
        "blockxsize": 256,
        "blockysize": 256,
    }
    tags = {
        "UNIT": surface.unit,
        "PERIOD_START": surface.window.start.isoformat(),
        "PERIOD_END": surface.window.end.isoformat(),
        "BANDWIDTH_M": f"{surface.bandwidth_m:g}",
        "INCIDENTS_WITH_POINT": f"{surface.points:g}",
        "INCIDENTS_SPREAD_OVER_DISTRICTS": f"{surface.spread:g}",
        "NOTE": "No record is not the same as safe.",
    }
    with MemoryFile() as file:
        with file.open(**profile) as raster:
            raster.write(values, 1)
            raster.set_band_description(1, surface.unit)
            raster.set_band_unit(1, surface.unit)
            raster.update_tags(**tags)
        return bytes(file.read())
