"""Rows of the ranking, and the small risk map with the same content."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
import shapely

from geodata.codes import RiskClass, values_of
from geodata.districts import simplified
from geodata.register import Snapshot
from geodata.risk import RiskParameters, risk_of
from geodata.risk.classes import NO_INFORMATION, class_limits
from service.i18n import Translator
from service.pages.svg import Canvas

TOLERANCE_M = 700.0
WIDTH, HEIGHT = 600.0, 480.0
LABELS = 6
"""How many districts the small map names, the highest first."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One district on the small map."""

    district_id: str
    d: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Outline:
    """All districts as paths, in the order of the districts' frame."""

    canvas: Canvas
    shapes: tuple[Shape, ...]


def outlines_of(snapshot: Snapshot) -> Any:
    """Give the districts' polygons simplified as one coverage, for small maps."""

    def make() -> Any:
        return simplified(snapshot.districts, TOLERANCE_M).geometry.to_numpy()

    return snapshot.cached("pages-outlines", make)


def outline_paths(snapshot: Snapshot) -> Outline | None:
    """Give the districts as paths; None when there are no districts."""
    if snapshot.districts.empty:
        return None

    def make() -> Outline:
        polygons = outlines_of(snapshot)
        canvas = Canvas.over(tuple(shapely.total_bounds(polygons)), WIDTH, HEIGHT)
        inside = shapely.point_on_surface(polygons)
        pixels = canvas.xy(shapely.get_coordinates(inside))
        shapes = tuple(
            Shape(str(district), canvas.path(polygon), round(float(x), 1), round(float(y), 1))
            for district, polygon, (x, y) in zip(
                snapshot.districts.index, polygons, pixels, strict=True
            )
        )
        return Outline(canvas, shapes)

    return snapshot.cached("pages-outline-paths", make)


def risk_rows(
    snapshot: Snapshot, words: Translator, parameters: RiskParameters
) -> list[dict[str, Any]]:
    """Give one row a district, the highest headline first, those without records last.

    Parameters
    ----------
    snapshot
        What the reader may see.
    words
        Language of the names.
    parameters
        What the risk was asked for.

    Returns
    -------
    list of dict
        The properties of `risk` with `shown_name` and `local_name`; headline columns
        `value`, `low`, `high`.
    """
    frame = risk_of(snapshot, parameters)
    names = snapshot.districts[["name", "name_az", "name_en", "name_ru"]]
    table = pd.DataFrame(frame.drop(columns="geometry")).astype(object)
    headline = "density" if parameters.smoothing == "none" else "smoothed"
    rows = []
    for (district, row), name in zip(
        table.to_dict("index").items(), names.to_dict("records"), strict=True
    ):
        rows.append(
            {
                **row,
                "district_id": district,
                "shown_name": words.place_name(name),
                "local_name": words.local_name(name),
                "value": row[headline],
                "low": row[f"{headline}_low"],
                "high": row[f"{headline}_high"],
                "known": row["risk_class"] != NO_INFORMATION,
            }
        )
    return sorted(rows, key=_order)


def _order(row: dict[str, Any]) -> tuple[bool, float, str]:
    value = row["value"]
    return (
        not row["known"],
        -float(value) if value == value and value is not None else 0.0,
        row["shown_name"],
    )


def class_legend(parameters: RiskParameters) -> list[dict[str, Any]]:
    """Give the classes with their limits; the first has no lower, the last no upper one."""
    limits = (None, *class_limits(parameters.weight, parameters.exposure), None)
    names = [c for c in values_of(RiskClass) if c != NO_INFORMATION]
    return [
        {"code": code, "low": low, "high": high}
        for code, low, high in zip(names, limits[:-1], limits[1:], strict=True)
    ]
