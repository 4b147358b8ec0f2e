"""The risk map on paper: one landscape sheet, vector in PDF."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geodata.register import Snapshot
from geodata.risk import RiskParameters
from service.i18n import Translator, translator
from service.labels import label
from service.maps import drawing, furniture, palette
from service.maps.paper import Format, Sheet, save
from service.maps.shapes import label_points, light
from service.maps.texts import COUNTED, counted, texts_of
from service.maps.view import MapView, view_of

MARGIN = 10.0
RANKED = 8
"""Districts in the ranking."""
COLUMN = 76.0
"""Width of the right column on A4, in mm."""


def print_risk_map(
    snapshot: Snapshot,
    parameters: RiskParameters,
    *,
    kind: Format = "pdf",
    size: str = "A4",
    lang: str = "en",
) -> bytes:
    """Draw the risk map of a snapshot for paper.

    Parameters
    ----------
    snapshot
        In the view of the reader; nothing else is read.
    parameters
        Risk parameters.
    kind
        ``pdf`` or ``png``.
    size
        ``A4`` or ``A3``, landscape.
    lang
        Language of the sheet.

    Returns
    -------
    bytes
        The file; the same arguments give the same bytes.

    Raises
    ------
    InvalidInput
        The filter, the period or the language cannot be used.
    """
    view, say = view_of(snapshot, parameters), translator(lang)
    sheet = Sheet.of(size)
    title = texts_of(lang)["title"]
    furniture.heading(sheet, view, say, title, MARGIN)
    drawn = _country(sheet, view, say)
    _column(sheet, view, say, drawn)
    furniture.footing(sheet, view, say, MARGIN, 1, 1)
    return save([sheet], kind, title=title, moment=snapshot.recorded_at)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """The main map as it was drawn, for the inset."""

    axes: Any
    shapes: Any
    labels: Any
    project: Any
    points: bool


def _frame(sheet: Sheet) -> tuple[float, float, float, float]:
    """Left, top, width and height of the map in mm."""
    top = MARGIN + 13 * sheet.scale
    width = sheet.width_mm - 2 * MARGIN - COLUMN * sheet.scale - 5
    return MARGIN, top, width, sheet.height_mm - top - MARGIN - 15.5 * sheet.scale


def _country(sheet: Sheet, view: MapView, say: Translator) -> "_Drawn":
    axes = sheet.axes(*_frame(sheet))
    if view.districts.empty:
        axes.set_axis_off()
        return _Drawn(axes, np.array([]), np.array([]), None, points=False)
    frame = light(view.districts)
    project = drawing.local_projection(frame.geometry.array)
    shapes = project(frame.geometry.array)
    drawing.fit(axes, shapely.total_bounds(shapes))
    drawing.draw_districts(axes, view, shapes)
    labels = project(shapely.points(label_points(frame.geometry.array)))
    label_districts(axes, view, say, shapely.get_coordinates(labels), sheet.scale, shapes)
    drawn = drawing.draw_points(axes, view, project, size=16 * sheet.scale)
    drawing.scale_bar(axes, size=6.5 * sheet.scale)
    drawing.north_arrow(axes, size=9 * sheet.scale)
    drawing.graticule(axes, project, view.districts.total_bounds, say, size=5.5 * sheet.scale)
    return _Drawn(axes, shapes, labels, project, points=drawn > 0)


def label_districts(
    axes: Any, view: MapView, say: Translator, at: Any, scale: float, shapes: Any
) -> None:
    """Write names, and counts where only the district is known.

    Parameters
    ----------
    axes
        Axes in projected metres.
    view
        Frames of one snapshot.
    say
        Language of the names.
    at
        Projected label points, in the view's order.
    scale
        Size relative to A4.
    shapes
        Projected polygons; a name wider than its district is left out unless it has a record.
    """
    names, counts = furniture.names_of(view, say), drawing.district_only(view)
    metres_per_point = (axes.get_xlim()[1] - axes.get_xlim()[0]) / (
        axes.get_window_extent().width / axes.figure.dpi * 72
    )
    for row, (x, y), shape in zip(view.risk.itertuples(), at, shapes, strict=True):
        text, count = names[row.district_id], counts.get(row.district_id, 0.0)
        size = (6.6 if row.incidents > 0 else 5.2) * scale
        wide = len(text) * size * 0.6 * metres_per_point
        west, _, east, _ = shape.bounds
        if row.incidents <= 0 and wide > (east - west) * 1.05:
            continue
        if count > 0:
            drawing.badge(axes, x, y, say.number(round(count, 2)), 7 * scale)
        below = 9.5 * scale * metres_per_point if count > 0 else 0
        weight = "bold" if row.incidents > 0 else "normal"
        drawing.name(axes, x, y - below, text, size, fontweight=weight)


def _inset(sheet: Sheet, view: MapView, say: Translator, drawn: "_Drawn", box: Any) -> None:
    """Enlarge the districts with a record, when they are a small part of the whole."""
    held = (view.risk["incidents"] > 0).to_numpy()
    if not held.any() or box[3] < 30 * sheet.scale:
        return
    part, whole = (shapely.total_bounds(s) for s in (drawn.shapes[held], drawn.shapes))
    if max(part[2] - part[0], part[3] - part[1]) / (whole[2] - whole[0]) > 0.5:
        return
    axes = sheet.axes(*box)
    drawing.fit(axes, part, 0.12)
    drawing.draw_districts(axes, view, drawn.shapes, outline=0.7)
    at = shapely.get_coordinates(drawn.labels)
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    frame = shapely.box(west, south, east, north)
    drawn.axes.add_artist(
        drawing.patch(frame, facecolor="none", edgecolor=palette.INK, linewidth=1)
    )
    inner = shapely.box(*(shapely.buffer(frame, -0.03 * (east - west)).bounds))
    _inset_names(axes, view, say, at, shapely.contains_xy(inner, at), sheet.scale)
    drawing.draw_points(axes, view, drawn.project, size=20 * sheet.scale)
    drawing.scale_bar(axes, size=5.5 * sheet.scale)


def _inset_names(
    axes: Any, view: MapView, say: Translator, at: Any, shown: Any, scale: float
) -> None:
    names, counts = furniture.names_of(view, say), drawing.district_only(view)
    height = axes.get_ylim()[1] - axes.get_ylim()[0]
    for position in np.flatnonzero(shown):
        district = view.risk["district_id"].iloc[position]
        x, y = at[position]
        count = counts.get(district, 0.0)
        if count > 0:
            drawing.badge(axes, x, y, say.number(round(count, 2)), 8 * scale)
        bold = view.risk["incidents"].iloc[position] > 0
        drawing.name(
            axes, x, y - (0.085 * height if count > 0 else 0), names[district],
            (7 if bold else 5.5) * scale, fontweight="bold" if bold else "normal",
        )  # fmt: skip


def _column(sheet: Sheet, view: MapView, say: Translator, drawn: "_Drawn") -> None:
    """Key figures, legend, the ranking with intervals and the inset, right of the map."""
    texts, scale = texts_of(say.lang), sheet.scale
    width = COLUMN * scale
    left = sheet.width_mm - MARGIN - width
    top = MARGIN + 13.5 * scale
    totals = view.totals()
    held = int((view.risk["incidents"] > 0).sum())
    numbers = {counted(say.lang, k, totals[k]): say.number(totals[k]) for k in COUNTED}
    of = texts["districts-with-record"].replace("{n}", say.number(len(view.risk)))
    numbers[of] = say.number(held)
    top = furniture.figures(sheet, numbers, left, top, width) + 1
    if view.unplaced > 1e-9:
        line = f"{texts['unplaced']}: {say.number(round(view.unplaced, 2))}"
        top = sheet.wrapped(left, top, width, line, 7) + 1
    top = furniture.legend(sheet, view, say, left, top, width, points=drawn.points)
    top = _ranking(sheet, view, say, left, top + 2 * scale, width) + 2 * scale
    bottom = sheet.height_mm - MARGIN - 15.5 * scale
    _inset(sheet, view, say, drawn, (left, top, width, bottom - top))


def _ranking(
    sheet: Sheet, view: MapView, say: Translator, left: float, top: float, width: float
) -> float:
    """Write the districts with a record by rank; give the lower edge."""
    texts, names = texts_of(say.lang), furniture.names_of(view, say)
    held = view.risk[view.risk["incidents"] > 0]
    order = view.headline.loc[held.index].sort_values(ascending=False, kind="stable").index
    rows = [
        [
            names[row.district_id],
            say.number(round(row.incidents, 2)),
            say.number(row.density),
            say.interval(row.density_low, row.density_high),
            label(say, "risk_class", row.risk_class),
        ]
        for row in held.loc[order].head(RANKED).itertuples()
    ]
    if not rows:
        return top
    head = ["district", "incidents", "density", "interval95", "class"]
    widths = [share * width for share in (0.27, 0.19, 0.14, 0.23, 0.17)]
    top = furniture.table(sheet, [texts[k] for k in head], rows, left, top, widths, size=6.3)
    if len(held) > len(rows):
        more = texts["more-in-table"].replace("{n}", str(len(held) - len(rows)))
        top = sheet.wrapped(left, top + 0.5, width, more, 6.3)
    if view.smoothed:
        top = sheet.wrapped(left, top + 1, width, texts["explain-smoothed"], 6, color=palette.SOFT)
    return top
