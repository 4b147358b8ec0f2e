"""The layer `risk-surface`: the surface's bands as polygons in WGS 84."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import contourpy
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata.crs import parse_crs, transform_xy, whole_within_180
from geodata.risk.classes import CLASSES, NO_INFORMATION
from geodata.risk.surface.estimation import RiskSurface
from geodata.schemas import CRS84, RISK_SURFACE, conform, empty

Floats = NDArray[np.float64]
FLOOR_SHARE = 0.1
"""Below this share of the lowest limit the register holds nothing near: no information."""


def surface_frame(surface: RiskSurface, limits_per_km2: Sequence[float]) -> gpd.GeoDataFrame:
    """Draw the bands between stated limits.

    Parameters
    ----------
    surface
        From `risk_surface`.
    limits_per_km2
        Increasing lower limits of the classes above the lowest, in the surface's unit.

    Returns
    -------
    geopandas.GeoDataFrame
        Schema `RISK_SURFACE`, from the lowest band to the highest. Where the surface is
        under a tenth of the lowest limit the band is ``no_information``: far from every
        record is not safe.
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
    moved = shapely.set_precision(whole_within_180([shapely.transform(shape, move)])[0], 1e-6)
    return _polygons(shapely.make_valid(moved))
