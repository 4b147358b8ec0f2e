"""Drawing districts and incidents on matplotlib axes, in a local equal-area projection."""

from collections.abc import Callable
from typing import Any

import numpy as np
import shapely
from matplotlib import patheffects
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from geodata.crs import local_equal_area, parse_crs, transform_xy
from service.i18n import Translator
from service.maps import palette
from service.maps.texts import texts_of
from service.maps.view import MapView, ground_of

HALO = [patheffects.withStroke(linewidth=2.2, foreground="white")]
Project = Callable[[Any], Any]


def local_projection(geometry: Any) -> Project:
    """Give a function that projects WGS 84 geometries (lon, lat) to metres.

    Equal-area at the middle of `geometry`: true scale there, areas true everywhere,
    north up in the middle.

    Parameters
    ----------
    geometry
        Array of geometries that are to be drawn.

    Returns
    -------
    callable
        Maps an array of geometries, or one, to metres.
    """
    wgs84, local = parse_crs("OGC:CRS84"), local_equal_area(shapely.total_bounds(geometry))

    def flatten(xy: Any) -> Any:
        return np.column_stack(transform_xy(xy[:, 0], xy[:, 1], wgs84, local))

    return lambda shapes: shapely.transform(shapes, flatten)


NOT_COMPUTED = "#d8d4cf"
"""Fill of a district whose incidents give no rate, e.g. without a population."""


def patch(geometry: Any, **style: Any) -> PathPatch:
    """Make one patch of polygons with their holes."""
    paths = [
        Path(shapely.get_coordinates(ring), closed=True)
        for part in np.atleast_1d(shapely.get_parts(geometry))
        if part.geom_type == "Polygon"
        for ring in (part.exterior, *part.interiors)
    ]
    return PathPatch(Path.make_compound_path(*paths), **style)


def draw_districts(axes: Any, view: MapView, shapes: Any, *, outline: float = 0.5) -> None:
    """Fill districts by class, and those without a record by the status of their ground.

    Parameters
    ----------
    axes
        Axes in projected metres.
    view
        Frames of one snapshot.
    shapes
        The districts' projected polygons, in the view's order.
    outline
        Width of the borders in points.
    """
    ground = ground_of(view)
    fills: dict[str, list[Any]] = {}
    for row, shape in zip(view.risk.itertuples(), shapes, strict=True):
        fill = palette.CLASS_COLOUR.get(row.risk_class)
        if fill is None:
            counted = row.incidents > 0
            fill = NOT_COMPUTED if counted else ground.get(row.district_id, "no_information")
        fills.setdefault(fill, []).extend(shapely.get_parts(shape))
    for fill, parts in fills.items():
        if fill in palette.GROUND_FILL:
            _ground(axes, parts, fill)
        else:
            axes.add_artist(patch(parts, facecolor=fill, edgecolor="none"))
    every = shapely.get_parts(shapes)
    axes.add_artist(patch(every, facecolor="none", edgecolor=palette.BORDER, linewidth=outline))


def _ground(axes: Any, parts: Any, status: str) -> None:
    paper, ink, hatch = palette.GROUND_FILL[status]
    filled = patch(parts, facecolor=paper, edgecolor=ink, hatch=hatch, linewidth=0)
    filled.set_hatch_linewidth(0.5)
    axes.add_artist(filled)


def draw_points(axes: Any, view: MapView, project: Project, *, size: float = 14) -> int:
    """Draw incidents whose point is known; give how many.

    Parameters
    ----------
    axes
        Axes in projected metres.
    view
        Frames of one snapshot.
    project
        From `local_projection`.
    size
        Area of a mark in square points.
    """
    known = view.incidents[view.incidents.geometry.notna()]
    if known.empty:
        return 0
    xy = shapely.get_coordinates(project(known.geometry.array))
    fatal = known["killed"].fillna(0).to_numpy() > 0
    for chosen, fill in ((~fatal, "white"), (fatal, palette.INK)):
        axes.scatter(
            *xy[chosen].T, s=size, facecolor=fill, edgecolor=palette.BADGE, linewidth=1.1, zorder=5
        )
    return len(known)


def district_only(view: MapView) -> dict[str, float]:
    """Count by district, in weights, the incidents for which no point is known.

    Parameters
    ----------
    view
        Frames of one snapshot.

    Returns
    -------
    dict
        Weighted count by district id; nothing for districts without any.
    """
    found: dict[str, float] = {}
    without = view.incidents.geometry.isna().to_numpy()
    shares = view.shares[without]
    for text, share in zip(view.incidents["districts"][without], shares, strict=True):
        if isinstance(text, str):
            for part in text.split(";"):
                name, _, weight = part.rpartition(":")
                found[name or part] = found.get(name or part, 0.0) + float(weight or 1) * share
    return found


def badge(axes: Any, x: float, y: float, text: str, size: float = 7) -> None:
    """Draw a count of incidents that are known only by district: a square, not a point."""
    box = {"boxstyle": "square,pad=0.25", "fc": "white", "ec": palette.BADGE, "lw": 1.2}
    axes.text(
        x, y, text, ha="center", va="center", fontsize=size, fontweight="bold",
        color=palette.BADGE, bbox=box, zorder=7, parse_math=False,
    )  # fmt: skip


def name(axes: Any, x: float, y: float, text: str, size: float = 6, **style: Any) -> None:
    """Write a name with a white halo."""
    options = {"ha": "center", "va": "center", "color": palette.INK, "zorder": 6, **style}
    axes.text(x, y, text, fontsize=size, path_effects=HALO, parse_math=False, **options)


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
    axes.set_facecolor(palette.SEA)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_color("#8a857d")
        spine.set_linewidth(0.6)


def graticule(axes: Any, project: Project, bounds: Any, say: Translator, size: float) -> None:
    """Draw thin lines of whole degrees, with their numbers at the lower and left edge.

    Parameters
    ----------
    axes
        Axes in projected metres, already fitted.
    project
        From `local_projection`.
    bounds
        West, south, east, north of the districts in degrees.
    say
        Language of the numbers.
    size
        Size of the numbers in points.
    """
    west, south, east, north = bounds
    step = next((s for s in (0.1, 0.25, 0.5, 1, 2, 5) if (east - west) / s <= 8), 10)
    texts = texts_of(say.lang)
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    around = 0.3 * max(east - west, north - south)
    for vertical in (True, False):
        low, high = (west, east) if vertical else (south, north)
        for value in np.arange(np.floor(low / step) - 3, np.ceil(high / step) + 4) * step:
            along = np.linspace(*((south, north) if vertical else (west, east)), 40)
            along = np.linspace(along[0] - around, along[-1] + around, 60)
            pair = (np.full(60, value), along) if vertical else (along, np.full(60, value))
            x, y = shapely.get_coordinates(project(shapely.linestrings(np.column_stack(pair)))).T
            axes.plot(x, y, color="#5b6b78", linewidth=0.25, alpha=0.7, zorder=4, scalex=False,
                      scaley=False)  # fmt: skip
            sign = texts[("east" if value >= 0 else "west") if vertical else
                         ("north" if value >= 0 else "south")]  # fmt: skip
            text = f"{say.number(abs(value))}° {sign}"
            if vertical:
                at = np.interp(bottom, y, x), bottom + 0.008 * (top - bottom)
            else:
                at = left + 0.004 * (right - left), np.interp(left, x, y)
            if left < at[0] < right - 0.03 * (right - left) and bottom < at[1] < top:
                name(axes, *at, text, size, ha="left", va="bottom", color="#44535f")


def scale_bar(axes: Any, *, size: float = 6.5) -> None:
    """Draw a scale bar of a round length at the lower left."""
    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    width, height = east - west, north - south
    wanted = width / 5 / 1000
    power = 10 ** np.floor(np.log10(wanted))
    length = max(n for n in (1, 2, 5, 10) if n * power <= wanted) * power
    x, y = west + 0.04 * width, south + 0.05 * height
    for i, colour in enumerate((palette.INK, "white")):
        half = length * 500
        axes.add_artist(
            patch(
                shapely.box(x + i * half, y, x + (i + 1) * half, y + 0.008 * height),
                facecolor=colour, edgecolor=palette.INK, linewidth=0.6, zorder=8,
            )
        )  # fmt: skip
    for share, text in ((0, "0"), (1, f"{length:g} km")):
        name(axes, x + share * length * 1000, y + 0.026 * height, text, size)


def north_arrow(axes: Any, *, size: float = 8) -> None:
    """Draw an arrow to the north at the upper right."""
    at, tail = (0.96, 0.97), (0.96, 0.89)
    arrow = {"arrowstyle": "-|>", "color": palette.INK, "lw": 1.4}
    axes.annotate("", at, tail, "axes fraction", "axes fraction", arrowprops=arrow, zorder=9)
    axes.text(0.96, 0.885, "N", transform=axes.transAxes, ha="center", va="top", fontsize=size,
              fontweight="bold", zorder=9)  # fmt: skip
