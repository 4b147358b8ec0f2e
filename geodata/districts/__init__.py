"""Administrative units: loading, checking, areas, neighbours, and which one a point is in."""

from typing import TYPE_CHECKING

from geodata.deferred import parts

if TYPE_CHECKING:
    from geodata.districts.bundled import (
        ATTRIBUTION,
        BUNDLED_EDITION,
        DISCLAIMER,
        bundled_districts,
    )
    from geodata.districts.copies import drawable, generalised
    from geodata.districts.geometry import (
        contiguity,
        distance_m,
        edition_of,
        geodesic_area_km2,
        near_border,
        shape_key,
        simplified,
    )
    from geodata.districts.grid import DistrictGrid, grid_of
    from geodata.districts.loader import inspect_boundaries, load_districts
    from geodata.districts.validation import BoundaryReport, Issue

__all__ = [
    "ATTRIBUTION",
    "BUNDLED_EDITION",
    "DISCLAIMER",
    "BoundaryReport",
    "DistrictGrid",
    "Issue",
    "bundled_districts",
    "contiguity",
    "distance_m",
    "drawable",
    "edition_of",
    "generalised",
    "geodesic_area_km2",
    "grid_of",
    "inspect_boundaries",
    "load_districts",
    "near_border",
    "shape_key",
    "simplified",
]

__getattr__ = parts(
    __name__,
    {
        "bundled": ("ATTRIBUTION", "BUNDLED_EDITION", "DISCLAIMER", "bundled_districts"),
        "copies": ("drawable", "generalised"),
        "geometry": (
            "contiguity",
            "distance_m",
            "edition_of",
            "geodesic_area_km2",
            "near_border",
            "shape_key",
            "simplified",
        ),
        "grid": ("DistrictGrid", "grid_of"),
        "loader": ("inspect_boundaries", "load_districts"),
        "validation": ("BoundaryReport", "Issue"),
    },
)
