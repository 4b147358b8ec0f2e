"""Drawing land, districts and incidents on matplotlib axes, in projected metres."""

from typing import Any

import numpy as np
import shapely
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from service.content.districts import districts_of
from service.content.view import RiskView
from service.i18n import translator
from service.maps import palette

POINTS_PER_INCH = 72


def patch(geometry: Any, **style: Any) -> PathPatch:
    """Make one patch of polygons with their holes."""
    paths = [
        Path(shapely.get_coordinates(ring), closed=True)
        for part in np.atleast_1d(shapely.get_parts(geometry))
        if part.geom_type == "Polygon"
        for ring in (part.exterior, *part.interiors)
    ]
    return PathPatch(Path.make_compound_path(*paths), **style)


def fit(axes: Any, bounds: Any, margin: float = 0.03) -> None:
    """Show bounds in full on axes of any shape, with equal scale both ways."""
    west, south, east, north = bounds
    box = axes.get_window_extent()
    ratio = box.width / box.height
    width, height = (east - west) * (1 + 2 * margin), (north - south) * (1 + 2 * margin)
    if width / height < ratio:
        width = height * ratio
    else:
        height = width / ratio
    x, y = (west + east) / 2, (south + north) / 2
    axes.set_xlim(x - width / 2, x + width / 2)
    axes.set_ylim(y - height / 2, y + height / 2)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_color(palette.DEEP)
        spine.set_linewidth(0.7)
        spine.set_zorder(20)


def frame_of(axes: Any, beyond: float = 0.0) -> tuple[float, float, float, float]:
    """Give west, south, east, north of axes in metres, widened by a share of the width."""
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    more = beyond * (east - west)
    return west - more, south - more, east + more, north + more


def metres_per_point(axes: Any) -> float:
    """Give how many metres of the ground a typographic point on the paper is."""
    west, _, east, _ = frame_of(axes)
    inches = axes.get_window_extent().width / axes.figure.dpi
    return float((east - west) / (inches * POINTS_PER_INCH))


def draw_land(axes: Any, land: Any) -> None:
    """Paint land and sea; where the land is not known, nothing is painted as sea."""
    axes.set_facecolor(palette.LAND if land is None else palette.WATER)
    if land is None:
        return
    shown = shapely.clip_by_rect(land, *frame_of(axes, 0.02))
    if not shown.is_empty:
        style = {"facecolor": palette.LAND, "edgecolor": palette.COAST, "linewidth": 0.5}
        axes.add_artist(patch(shown, zorder=0.5, **style))


def fills_of(view: RiskView) -> list[str]:
    """Give what each district is filled with, in the view's order."""
    return [row.fill for row in districts_of(view, translator("en"))]


def style_of(fill: str) -> tuple[str, str, str]:
    """Give paper, ink and hatch of a fill; a class has no hatch."""
    if fill == "not_computed":
        return palette.NOT_COMPUTED
    if fill in palette.GROUND_FILL:
        return palette.GROUND_FILL[fill]
    return palette.CLASS_COLOUR[fill], palette.BORDER, ""


def draw_districts(axes: Any, view: RiskView, shapes: Any, *, outline: float = 0.5) -> None:
    """Fill districts by class, and those without a record by the status of their ground.

    Parameters
    ----------
    axes
        Axes in projected metres, already fitted.
    view
        Frames of one snapshot.
    shapes
        The districts' projected polygons, in the view's order.
    outline
        Width of the borders in points.
    """
    shown = np.flatnonzero(seen(axes, shapes))
    fills = fills_of(view)
    parts: dict[str, list[Any]] = {}
    for i in shown:
        parts.setdefault(fills[i], []).extend(shapely.get_parts(shapes[i]))
    for fill, polygons in sorted(parts.items()):
        paper, ink, hatch = style_of(fill)
        style = {"edgecolor": ink, "hatch": hatch} if hatch else {"edgecolor": "none"}
        filled = patch(polygons, facecolor=paper, linewidth=0, zorder=1, **style)
        filled.set_hatch_linewidth(0.5)
        axes.add_artist(filled)
    if len(shown):
        line = {"facecolor": "none", "edgecolor": palette.BORDER, "linewidth": outline}
        axes.add_artist(patch(shapely.get_parts(shapes[shown]), zorder=2, **line))


def seen(axes: Any, shapes: Any) -> Any:
    """Tell which shapes reach into the axes, by their bounds."""
    west, south, east, north = frame_of(axes)
    bounds = shapely.bounds(shapes)
    with np.errstate(invalid="ignore"):
        across = (bounds[:, 0] < east) & (bounds[:, 2] > west)
        along = (bounds[:, 1] < north) & (bounds[:, 3] > south)
    found: Any = across & along
    return found
