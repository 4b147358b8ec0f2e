"""How near incidents and the ground itself are to roads, settlements, or any other layer."""

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.risk.surface import project_shapes, projected_land

Floats = NDArray[np.float64]
NEAR_KM = 2.0
"""An incident so close to a settlement is on people's daily ways."""
_POINTS = 400
"""Points of a district whose distance stands for the distance of its ground."""


def nearest_km(xy: Floats, shapes: NDArray[np.object_]) -> Floats:
    """Give the distance from points to the nearest of some geometries.

    Kilometres; NaN where there is no geometry, or the point has no coordinates.

    Parameters
    ----------
    xy
        Points in metres, rows of easting and northing.
    shapes
        Geometries of any kind in the same system; missing and empty ones are left out.
    """
    drawn = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    found = np.full(len(xy), np.nan)
    known = np.isfinite(xy).all(axis=1)
    if not len(drawn) or not known.any():
        return found
    (at, _), apart = shapely.STRtree(drawn).query_nearest(
        shapely.points(xy[known]), return_distance=True, all_matches=False
    )
    found[np.flatnonzero(known)[at]] = apart / 1000
    return found


def settlements(places: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Give the points (lon, lat) of the settlements among places."""
    towns = places[places["longitude"].notna() & (places["kind"] != "district")]
    return np.asarray(
        shapely.points(towns["longitude"].to_numpy(float), towns["latitude"].to_numpy(float))
    ).reshape(-1)


def incidents_km(
    incidents: gpd.GeoDataFrame, districts: gpd.GeoDataFrame, shapes: NDArray[np.object_]
) -> Floats:
    """Give the distance from each incident's point to the nearest of some geometries.

    Kilometres in the incidents' order; NaN without a point, or without geometries.

    Parameters
    ----------
    shapes
        Geometries in WGS 84 (lon, lat).
    """
    found = np.full(len(incidents), np.nan)
    at = incidents.geometry.notna().to_numpy()
    if not len(shapes) or not at.any() or districts.empty:
        return found
    crs, _, _ = projected_land(districts)
    points = project_shapes(incidents.geometry[at].to_numpy(), crs)
    found[at] = nearest_km(shapely.get_coordinates(points), project_shapes(shapes, crs))
    return found


def ground_km(districts: gpd.GeoDataFrame, at: int, shapes: NDArray[np.object_]) -> Floats:
    """Give the distance from points spread evenly over a district to some geometries (lon, lat).

    Kilometres of some hundred points; each stands for as much of the ground. Empty where no
    geometry of the district is known.
    """
    crs, land, _ = projected_land(districts)
    outline = land[at]
    if shapely.is_empty(outline):
        return np.zeros(0)
    west, south, east, north = outline.bounds
    step = max(float(np.sqrt(outline.area / _POINTS)), 1e-3)
    x, y = np.meshgrid(
        np.arange(west + step / 2, east, step), np.arange(south + step / 2, north, step)
    )
    shapely.prepare(outline)
    inside = shapely.contains_xy(outline, x, y)
    points = np.column_stack([x[inside], y[inside]])
    if not len(points):
        points = shapely.get_coordinates(shapely.point_on_surface(outline))
    return nearest_km(points, project_shapes(shapes, crs))


def nearness(
    incidents: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    at: int,
    layers: Mapping[str, NDArray[np.object_]],
) -> dict[str, dict[str, Any]]:
    """Say how near a district's incidents and its ground are to layers.

    Of incidents spread evenly over the ground as large a share would be near as of the ground:
    more of them near a road says that people go there, or that blasts there are told of.

    By name: ``near_km``; ``incidents`` whose distance is known, ``near`` of them and their
    ``median_km``; ``ground_near``, the share of the district's ground so near, and
    ``ground_median_km``. Null where nothing is known.

    Parameters
    ----------
    layers
        By name, geometries in WGS 84 (lon, lat).
    """
    found: dict[str, dict[str, Any]] = {}
    for name, shapes in layers.items():
        apart = incidents_km(incidents, districts, shapes)
        known, ground = apart[np.isfinite(apart)], ground_km(districts, at, shapes)
        ground = ground[np.isfinite(ground)]
        found[name] = {
            "near_km": NEAR_KM,
            "incidents": len(known),
            "near": int((known <= NEAR_KM).sum()),
            "median_km": float(np.median(known)) if len(known) else None,
            "ground_near": float((ground <= NEAR_KM).mean()) if len(ground) else None,
            "ground_median_km": float(np.median(ground)) if len(ground) else None,
        }
    return found
