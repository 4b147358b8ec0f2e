"""Maps drawn as SVG: a whole one for print (land, districts, incidents, names, marks), small ones.

The small maps of the pages are paths and points in pixels, which the page styles and links. They
are only drawings: longitudes are scaled by the cosine of the middle latitude, so that shapes look
right at the size of a country, and a layer of the whole world can be drawn; nothing is measured.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.crs import extent, turned
from geodata.districts import generalised
from geodata.register import Snapshot
from service.drawing import palette
from service.drawing.canvas import Bounds, Canvas, Style
from service.drawing.marks import Words, graticule, north_arrow, scale_bar
from service.drawing.names import Labels, Room, Type, label_districts
from service.drawing.outlines import Outlines, coarse_outlines

FEW = 150
"""Incidents up to which their marks are of full size."""
MOST_MARKS = 2_000
"""Marks on one map; more would hide each other and the districts."""
MOST = 0.85
"""Share of the incidents that an inset shows at least."""
PLAIN = Type()
Shown = Literal["none", "points", "sums"]
"""How a map shows incidents whose point is known: not at all since there are none, each at
its place, or counted with their district."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What a map shows, in the order of the districts."""

    fills: Sequence[str]
    """A colour or the name of a pattern for each district."""
    names: Sequence[str]
    """In the reader's language."""
    recorded: Any
    rates: Any
    """Whether each has a record, and by what the names find room: the highest first."""
    counts: dict[Shown, Sequence[str]]
    """Numbers to write on the districts by how the map shows incidents."""
    lonlat: Any
    fatal: Any
    """Incidents whose point is known, and whether people were killed."""
    incidents: int
    """How many there are with and without a point."""
    words: Words
    """Of the marks."""
    bands: Sequence[tuple[Any, str]] = ()
    """Areas (lon, lat) with their colour that are painted instead of the districts."""

    def shown(self, seen: int | None = None) -> Shown:
        """Say how incidents with a point are shown where so many of them are seen."""
        if not len(self.lonlat):
            return "none"
        return "sums" if (len(self.lonlat) if seen is None else seen) > MOST_MARKS else "points"


@dataclass(frozen=True, slots=True)
class Look:
    """How one map is drawn."""

    unit: float = 1.0
    """Size relative to A4."""
    margin: float = 0.03
    """Around the bounds, as a share of them."""
    outline: float = 0.5
    """Width of the borders in points."""
    dot: float = 13.0
    """Area of an incident's mark in square points."""
    kind: Type = PLAIN
    """Sizes of the names."""
    first: int | None = None
    """Position of the district that the map is about; None for none."""
    marks: bool = True
    """Whether it has a north arrow and a grid of degrees."""
    shown: Shown | None = None
    """How incidents whose point is known are shown; None: as many as are seen allow."""
    enlarged: Bounds | None = None
    """A part that is drawn enlarged elsewhere; None for none."""


def draw_map(
    picture: Picture, outlines: Outlines, bounds: Bounds, size: tuple[float, float], look: Look
) -> tuple[str, Shown]:
    """Draw a map.

    The SVG, and how incidents whose point is known are shown.

    Parameters
    ----------
    bounds
        What must be seen, in metres.
    """
    canvas = Canvas(bounds, size, look.margin)
    _land(canvas, outlines.land)
    for area, colour in picture.bands:
        canvas.fill(shapely.clip_by_rect(outlines.project(area), *canvas.beyond(0.02)), colour)
    _districts(canvas, () if picture.bands else picture.fills, outlines.shapes, look.outline)
    if look.first is not None:
        edge: Style = {"stroke": palette.INK, "stroke_width": 1.8, "stroke_linejoin": "round"}
        canvas.draw(outlines.shapes[look.first], fill="none", **edge)
    if look.marks:
        grid = graticule(canvas, outlines.project)
    xy, fatal = _within(canvas, picture, outlines)
    shown = look.shown or picture.shown(len(xy))
    if shown != "points":
        xy, fatal = xy[:0], fatal[:0]
    dot = look.dot * float(np.clip((FEW / max(picture.incidents, 1)) ** 0.5, 0.4, 1)) * look.unit
    line: Style = {"stroke": palette.BADGE, "stroke_width": 1}
    for chosen, fill in ((~fatal, "#fff"), (fatal, palette.INK)):
        if chosen.any():
            canvas.discs(xy[chosen], round((dot / np.pi) ** 0.5, 2), fill=fill, **line)
    room = Room(canvas, xy)
    if look.enlarged is not None:
        _frame(canvas, room, look.enlarged)
    scale_bar(canvas, room, outlines.shapes, picture.words, 6 * look.unit)
    if look.marks:
        north_arrow(canvas, room, outlines.shapes, 8 * look.unit)
    labels = Labels(picture.names, picture.recorded, picture.rates, picture.counts[shown])
    label_districts(canvas, outlines, labels, room, look.kind.times(look.unit), first=look.first)
    if look.marks:
        grid.number(canvas, room, picture.words, 5.2 * look.unit)
    return canvas.svg(), shown


def _land(canvas: Canvas, land: Any) -> None:
    """Paint land and sea; where the land is not known, nothing is painted as sea."""
    whole = shapely.box(*canvas.beyond(0.02))
    canvas.draw(whole, fill=palette.LAND if land is None else palette.WATER)
    if land is not None:
        shown = shapely.clip_by_rect(land, *canvas.beyond(0.02))
        canvas.draw(shown, fill=palette.LAND, stroke=palette.COAST, stroke_width=0.5)


def _districts(canvas: Canvas, fills: Sequence[str], shapes: Any, outline: float) -> None:
    """Fill districts, if there are fills, and draw their borders once over all of them."""
    shown = np.flatnonzero(canvas.seen(shapes))
    parts: dict[str, list[int]] = {}
    for i in shown if fills else ():
        parts.setdefault(fills[int(i)], []).append(int(i))
    for fill, rows in sorted(parts.items()):
        canvas.fill(shapes[rows], fill)
    if len(shown):
        line: Style = {
            "stroke": palette.BORDER,
            "stroke_width": outline,
            "stroke_linejoin": "round",
        }
        canvas.draw(shapes[shown], fill="none", **line)


def _within(canvas: Canvas, picture: Picture, outlines: Outlines) -> tuple[Any, Any]:
    """Give x, y of the incidents inside the frame, and whether people were killed there."""
    west, south, east, north = canvas.frame
    edge = shapely.segmentize(shapely.box(*canvas.frame).exterior, (east - west) / 20)
    degrees = outlines.project.degrees(shapely.get_coordinates(edge))
    least, most = degrees.min(axis=0), degrees.max(axis=0)
    near = ((picture.lonlat >= least) & (picture.lonlat <= most)).all(axis=1)
    xy = outlines.project.metres(picture.lonlat[near])
    inside = (xy[:, 0] > west) & (xy[:, 0] < east) & (xy[:, 1] > south) & (xy[:, 1] < north)
    return xy[inside], picture.fatal[near][inside]


def _frame(canvas: Canvas, room: Room, bounds: Bounds) -> None:
    """Frame the part that is enlarged; names keep clear of its line."""
    west, south, east, north = bounds
    canvas.draw(shapely.box(*bounds), fill="none", stroke=palette.DEEP, stroke_width=1.1)
    thin = 1.2 * room.point
    for x, y, to_x, to_y in (
        (west, south, east, south),
        (west, north, east, north),
        (west, south, west, north),
        (east, south, east, north),
    ):
        room.take((x - thin, y - thin, to_x + thin, to_y + thin))


def draw_locator(snapshot: Snapshot, position: int | None, size: tuple[float, float]) -> str:
    """Show where in the whole a district lies, or where the whole lies in its region.

    Parameters
    ----------
    position
        Of the district; None for the whole.
    """
    outlines = coarse_outlines(snapshot)
    shapes = outlines.shapes
    margin = 0.08 if position is not None else 0.45
    canvas = Canvas(shapely.total_bounds(shapes), size, margin)
    _land(canvas, outlines.land)
    fill = "#e3e0da" if position is not None else palette.BADGE
    canvas.draw(shapes, fill=fill, stroke="#a8a299", stroke_width=0.25)
    if position is not None:
        own: Style = {"fill": palette.BADGE, "stroke": palette.BADGE, "stroke_width": 0.6}
        canvas.draw(shapes[position], **own)
    return canvas.svg()


def inset_bounds(shapes: Any, counts: Any, ratio: float) -> Bounds | None:
    """Give what an inset of most of the districts with a record shows.

    West, south, east, north in metres, of that ratio; None without a record.
    """
    if not (counts > 0).any():
        return None
    west, south, east, north = _most(shapes, counts)
    width, height = (east - west) * 1.2, (north - south) * 1.2
    width, height = max(width, height * ratio), max(height, width / ratio)
    x, y = (west + east) / 2, (south + north) / 2
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _most(shapes: Any, counts: Any) -> Any:
    """Bounds of the districts that hold most incidents, those far from the others left out."""
    centres = shapely.get_coordinates(shapely.centroid(shapes))
    held = np.flatnonzero(counts > 0)
    middle = np.median(np.repeat(centres[held], np.ceil(counts[held]).astype(int), axis=0), axis=0)
    held = held[np.argsort(np.hypot(*(centres[held] - middle).T), kind="stable")]
    share = np.cumsum(counts[held]) / counts[held].sum()
    return shapely.total_bounds(shapes[held[: int(np.searchsorted(share, MOST)) + 1]])


TOLERANCE_M = 700.0
LEAST_DEG = 0.08
"""A point gets a few kilometres around it."""
WHOLE = (600.0, 480.0)
"""Most of the map of all districts, in pixels."""
PAD = 0.014
"""Around what is drawn, as a share of it."""


@dataclass(frozen=True, slots=True)
class SmallMap:
    """Paths and points of features in pixels, and outlines of districts below them."""

    width: float
    height: float
    outlines: list[str]
    paths: list[str]
    points: list[tuple[float, float]]
    bounds: Bounds
    """What is seen: west, south, east, north in degrees."""


def small_map(
    geometries: Sequence[BaseGeometry | None],
    *,
    outlines: Any = None,
    width: float = 480,
    height: float = 330,
) -> SmallMap | None:
    """Draw features, with outlines of districts for orientation.

    None when no feature has a geometry.

    Parameters
    ----------
    geometries
        WGS 84 (lon, lat); null and empty ones are left out.
    outlines
        Polygons from `light_districts`, or None. Those near the features are drawn; with
        outlines and small features the area shown is widened to them.
    """
    shown = np.array([g for g in geometries if g is not None and not g.is_empty], dtype=object)
    if not len(shown):
        return None
    around = extent(shown if outlines is None else outlines)
    if around[2] > 180:
        shown = turned(shown, around[0])
    west, south, east, north = shapely.total_bounds(shown).tolist()
    span = max(east - west, north - south)
    more = 0.0 if outlines is None else 0.25 if span < 2 else 0.04 * span
    frame = _Frame((west - more, south - more, east + more, north + more))
    canvas = frame.canvas((width, height), filled=outlines is not None)
    below = [] if outlines is None else shapely.clip_by_rect(outlines, *frame.degrees(canvas, 0.02))
    points = [g for g in shown if g.geom_type in ("Point", "MultiPoint")]
    lonlat = shapely.get_coordinates(points).reshape(-1, 2)
    return SmallMap(
        *canvas.size,
        [frame.path(canvas, g) for g in below if g is not None and not g.is_empty],
        [frame.path(canvas, g) for g in shown if g.geom_type not in ("Point", "MultiPoint")],
        [(float(x), float(y)) for x, y in canvas.points(lonlat * frame.scale).tolist()],
        frame.degrees(canvas),
    )


class _Frame:
    """Bounds in degrees, and the scale that makes a degree as long both ways."""

    def __init__(self, bounds: Bounds) -> None:
        west, south, east, north = bounds
        x, y = max(0.0, LEAST_DEG - (east - west)) / 2, max(0.0, LEAST_DEG - (north - south)) / 2
        self.bounds = np.array([west - x, south - y, east + x, north + y])
        squeeze = max(math.cos(math.radians((south + north) / 2)), 0.05)
        self.scale = np.array([squeeze, 1.0])

    def canvas(self, most: tuple[float, float], *, filled: bool) -> Canvas:
        """Give a canvas that the bounds fit: of this size, or of their own shape."""
        bounds: Bounds = tuple((self.bounds * np.tile(self.scale, 2)).tolist())
        if filled:
            return Canvas(bounds, most, digits=1)
        ratio = (bounds[2] - bounds[0]) / (bounds[3] - bounds[1])
        high = min(most[1], most[0] / ratio)
        return Canvas(bounds, (round(high * ratio, 1), round(high, 1)), PAD, digits=1)

    def path(self, canvas: Canvas, geometry: BaseGeometry) -> str:
        return canvas.paths(shapely.transform(geometry, lambda lonlat: lonlat * self.scale))

    def degrees(self, canvas: Canvas, beyond: float = 0.0) -> Bounds:
        found = np.array(canvas.beyond(beyond)) / np.tile(self.scale, 2)
        bounds: Bounds = tuple(found.tolist())
        return bounds


@dataclass(frozen=True, slots=True)
class Shape:
    """One district: its path, and where its name stands."""

    district_id: str
    d: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class DistrictPaths:
    """All districts as paths, in their order."""

    width: float
    height: float
    shapes: tuple[Shape, ...]


def light_districts(snapshot: Snapshot) -> Any:
    """Give the districts' polygons simplified as one coverage, for small maps."""

    def make() -> Any:
        shapes = generalised(snapshot.districts, TOLERANCE_M).geometry.to_numpy()
        return turned(shapes, extent(shapes)[0])

    return snapshot.cached("drawing-small", make)


def district_paths(snapshot: Snapshot) -> DistrictPaths | None:
    """Give the districts as paths; None when there are no districts."""
    if snapshot.districts.empty:
        return None

    def make() -> DistrictPaths:
        polygons = light_districts(snapshot)
        frame = _Frame(tuple(shapely.total_bounds(polygons).tolist()))
        canvas = frame.canvas(WHOLE, filled=False)
        inside = shapely.get_coordinates(shapely.point_on_surface(polygons))
        pixels = canvas.points(inside * frame.scale).tolist()
        rows = zip(snapshot.districts.index, polygons, pixels, strict=True)
        shapes = tuple(Shape(str(name), frame.path(canvas, g), x, y) for name, g, (x, y) in rows)
        return DistrictPaths(*canvas.size, shapes)

    found: DistrictPaths = snapshot.cached("drawing-small-paths", make)
    return found
