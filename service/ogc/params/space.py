"""Boxes and coordinate reference systems of requests."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS

from geodata.crs import bounds_from_crs, crs_uri, is_crs84, parse_crs
from geodata.errors import InvalidInput
from service.ogc.params.query import bad

SUPPORTED = tuple(
    parse_crs(text)
    for text in (
        "OGC:CRS84",
        "EPSG:4326",
        "EPSG:3857",
        "EPSG:32637",
        "EPSG:32638",
        "EPSG:32639",
        "EPSG:32640",
        "EPSG:3035",
        "EPSG:6933",
        "EPSG:8857",
    )
)
"""Systems that geometries can be asked for in; the first is that of the store."""

URIS = tuple(crs_uri(crs) for crs in SUPPORTED)
CRS84_URI = URIS[0]

Box = tuple[float, float, float, float]


def read_crs(text: str | None, name: str) -> CRS | None:
    """Read a parameter that names a system.

    Parameters
    ----------
    text
        Its URI, URN or CURIE; None = absent.
    name
        Of the parameter.

    Returns
    -------
    pyproj.CRS or None
        None for OGC:CRS84, in which everything is stored.

    Raises
    ------
    InvalidInput
        It is none of `SUPPORTED`.
    """
    if text is None:
        return None
    try:
        crs = parse_crs(text)
    except InvalidInput:
        crs = None
    if crs is None or crs not in SUPPORTED:
        raise bad(name, f"{text[:100]!r} is not supported; there are {', '.join(URIS)}.")
    return None if is_crs84(crs) else crs


@dataclass(frozen=True, slots=True)
class Area:
    """Where features have to be: boxes in WGS 84 (west, south, east, north).

    One box, or two where it crosses the antimeridian; longitudes beyond 180 degrees are
    brought back.
    """

    boxes: tuple[Box, ...]

    def mask(self, shapes: Any, bounds: Any, *, points: bool) -> npt.NDArray[np.bool_]:
        """Say which geometries meet the area.

        Parameters
        ----------
        shapes
            Array of geometries in WGS 84 (lon, lat); missing ones never meet it.
        bounds
            Their bounds, one row each.
        points
            Whether all are points, whose bounds say everything.

        Returns
        -------
        numpy.ndarray
            One boolean a geometry; touching counts.
        """
        found = np.zeros(len(shapes), dtype=bool)
        for west, south, east, north in self.boxes:
            near = (
                (bounds[:, 0] <= east)
                & (bounds[:, 2] >= west)
                & (bounds[:, 1] <= north)
                & (bounds[:, 3] >= south)
            )
            if not points:
                # A degenerate box is a line or a point, which no polygon can be made of.
                shape = shapely.envelope(shapely.multipoints([[west, south], [east, north]]))
                shapely.prepare(shape)
                at = near.nonzero()[0]
                near[at] = shapely.intersects(shape, shapes[at])
            found |= near
        return found


def read_area(text: str | None, crs: CRS | None) -> Area | None:
    """Read `bbox`.

    Parameters
    ----------
    text
        Four numbers, or six with heights, which are passed over.
    crs
        Their system, in the axis order of its authority; None = OGC:CRS84.

    Returns
    -------
    Area or None
        None when the parameter is absent.

    Raises
    ------
    InvalidInput
        They are not 4 or 6 finite numbers, or the box is upside down.
    """
    if text is None:
        return None
    numbers = [_number(part) for part in text.split(",", 7)]
    if len(numbers) not in (4, 6):
        raise bad("bbox", f"has to be 4 or 6 numbers, not {len(numbers)}.")
    if len(numbers) == 6:
        if numbers[2] > numbers[5]:
            raise bad("bbox", "has its lowest height above its highest.")
        numbers = [numbers[0], numbers[1], numbers[3], numbers[4]]
    if crs is not None:
        # Only a longitude can run backwards, over the antimeridian.
        if not crs.is_geographic and (numbers[0] > numbers[2] or numbers[1] > numbers[3]):
            raise bad("bbox", "has a minimum above its maximum.")
        numbers = list(bounds_from_crs(numbers, crs))
    west, south, east, north = numbers
    if south > north:
        raise bad("bbox", "has its south above its north; write west,south,east,north.")
    return Area(tuple(_wrapped(west, south, east, north)))


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or "_" in text or not text.isascii():
        raise bad("bbox", f"has to be 4 or 6 finite numbers, and {text[:40]!r} is none.")
    return value


def _wrapped(west: float, south: float, east: float, north: float) -> list[Box]:
    if west > east:
        return [(west, south, 180.0, north), (-180.0, south, east, north)]
    boxes = [(west, south, east, north)]
    if east > 180:
        boxes.append((west - 360, south, east - 360, north))
    if west < -180:
        boxes.append((west + 360, south, east + 360, north))
    return boxes
