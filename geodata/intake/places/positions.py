"""Columns of coordinates to longitudes and latitudes; swapped ones are never swapped silently."""

from dataclasses import dataclass
from functools import partial
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.errors import InvalidInput
from geodata.intake.cells.coordinates import from_utm, half, is_geopoint, position, zone_of
from geodata.intake.cells.numbers import each_unique, is_nothing
from geodata.intake.draft import Draft, Points, Texts
from geodata.intake.table import LAT, LON, SHAPE
from geodata.wording import plain, reason_of, say

Swap = Literal["refuse", "keep", "exchange"]
_NOTHING = np.array(None, dtype=object)
_SILENT = frozenset({"none", "null", "nan", "na", "empty", "point", "undefined", "n", "a"})
_LONGEST_SILENCE = 40
_METRES = 1_000.0
"""A value above this is no degree: metres of a grid are meant."""


def points(draft: Draft, *, zone: str | None = None) -> Points:
    """Read the position of each row.

    A vector file's geometry comes first, then a cell with both coordinates, then two
    columns: degrees in any notation, or metres of UTM with a zone from its column or `zone`.

    NaN where the row states no position, or is refused.

    Parameters
    ----------
    draft
        The chunk; rows with half a position or none of the notations are refused.
    zone
        UTM zone for columns in metres, e.g. ``38N``.
    """
    size = len(draft)
    found = Points(np.full(size, np.nan), np.full(size, np.nan), np.full(size, np.nan))
    if draft.has("coordinates"):
        _combined(draft, found)
    if draft.has("latitude") and draft.has("longitude"):
        _columns(draft, found, zone)
    if LON in draft.chunk:
        _geometry(draft, found)
    return found


def _combined(draft: Draft, found: Points) -> None:
    cells = draft.raw("coordinates")
    silent = [isinstance(c, str) and _says_no_position(c) for c in cells]
    cells = np.where(np.array(silent, dtype=bool), _NOTHING, cells)
    forms = any(isinstance(c, str) and is_geopoint(c) for c in cells)
    read, bad = each_unique(cells, partial(position, geopoints=forms), (np.nan, np.nan, None))
    draft.refuse_all("coordinates", bad)
    table = np.array([(x, y, np.nan if u is None else u) for x, y, u in read], dtype="float64")
    found.lon, found.lat, found.uncertainty_m = table.reshape(-1, 3).T.copy()


def _says_no_position(cell: str) -> bool:
    """Say whether a cell is what programs write for no position: ``[None, None]``, ``,``."""
    short = len(cell) <= _LONGEST_SILENCE and not any(c.isdecimal() for c in cell)
    return short and set(plain(cell).split()) <= _SILENT


def _columns(draft: Draft, found: Points, zone: str | None) -> None:
    lon, lat = draft.raw("longitude"), draft.raw("latitude")
    x, y = _quick(lon), _quick(lat)
    metres = (np.abs(x) > _METRES) & (np.abs(y) > _METRES)
    for name, cells, numbers, axis in (("longitude", lon, x, "lon"), ("latitude", lat, y, "lat")):
        bound = 180.0 if axis == "lon" else 90.0
        slow = (np.isnan(numbers) | (np.abs(numbers) > bound)) & ~metres
        if not slow.any():
            continue
        texts = np.where(slow, cells, _NOTHING)
        read, bad = each_unique(texts, partial(half, axis=axis), np.nan)
        draft.refuse_all(name, bad)
        numbers[slow] = np.asarray(read, dtype="float64")[slow]
    if metres.any():
        _from_metres(draft, x, y, metres, zone)
    # A number says something; only the other cells are worth a look.
    blank_x, blank_y = _blank(lon, x), _blank(lat, y)
    for position_ in (blank_x ^ blank_y).nonzero()[0].tolist():
        name = "longitude" if blank_x[position_] else "latitude"
        draft.refuse(position_, name, say("is missing while the other coordinate is given"))
    take = np.isnan(found.lon) & ~np.isnan(x) & ~np.isnan(y)
    found.lon[take], found.lat[take] = x[take], y[take]


def _blank(cells: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    blank = np.isnan(numbers)
    for place in blank.nonzero()[0].tolist():
        blank[place] = is_nothing(cells[place])
    return blank


def _quick(cells: np.ndarray) -> np.ndarray:
    # Most files hold plain decimals; only the rest is worth a look cell by cell.
    texts = pd.Series(cells, dtype=object)
    if "," in "".join(filter(None, cells.tolist())):
        texts = texts.str.replace(",", ".", regex=False)
    numbers = pd.to_numeric(texts, errors="coerce").to_numpy(dtype="float64").copy()
    numbers[~np.isfinite(numbers)] = np.nan
    return numbers


def _from_metres(
    draft: Draft, x: np.ndarray, y: np.ndarray, metres: np.ndarray, zone: str | None
) -> None:
    zones = draft.raw("zone")
    for place in metres.nonzero()[0].tolist():
        text = zones[place] or zone
        try:
            if text is None:
                raise ValueError(
                    say(
                        "looks like metres of a grid; name the zone's column "
                        "(--map zone=COLUMN) or the zone (--zone 38N)"
                    )
                )
            x[place], y[place] = from_utm(x[place], y[place], *zone_of(text))
        except ValueError as reason:
            draft.refuse(place, "latitude", reason_of(reason))
            x[place] = y[place] = np.nan


def _geometry(draft: Draft, found: Points) -> None:
    lon, lat = draft.chunk[LON].to_numpy(), draft.chunk[LAT].to_numpy()
    shapes = draft.chunk[SHAPE].to_numpy()
    other = pd.notna(shapes) & (shapes != "Point") & (np.isnan(lon))
    for place in other.nonzero()[0].tolist():
        draft.refuse(
            place,
            "geometry",
            say("is a {shapes}; an incident needs one point", shapes=shapes[place]),
        )
    infinite = ~np.isnan(lon) & ~(np.isfinite(lon) & np.isfinite(lat))
    beyond = (np.abs(lon) > 180) | (np.abs(lat) > 90) | infinite
    for place in beyond.nonzero()[0].tolist():
        draft.refuse(
            place,
            "geometry",
            say("({lon:g}, {lat:g}) is no longitude, latitude", lon=lon[place], lat=lat[place]),
        )
    take = ~np.isnan(lon) & ~beyond
    found.lon[take], found.lat[take] = lon[take], lat[take]


@dataclass(slots=True)
class SwapWatch:
    """Counts over the whole file how many points fit the country as given, and swapped."""

    bounds: tuple[float, float, float, float] | None
    """West, south, east, north of the districts in degrees; None where there are none."""
    located: int = 0
    inside: int = 0
    swapped: int = 0

    def add(self, found: Points) -> None:
        """Count one chunk."""
        if self.bounds is not None:
            self.located += int((~np.isnan(found.lon)).sum())
            self.inside += int(within(found.lon, found.lat, self.bounds).sum())
            self.swapped += int(within(found.lat, found.lon, self.bounds).sum())

    @property
    def suspected(self) -> bool:
        """Whether none fits as given, and four of five fit swapped."""
        return self.located > 0 and not self.inside and self.swapped >= 0.8 * self.located

    def check(self, lon_column: str, lat_column: str) -> None:
        """Refuse a file whose columns look swapped.

        Raises
        ------
        InvalidInput
            With the flags that settle it.
        """
        if self.suspected:
            raise InvalidInput(
                say(
                    "Longitude ({lon_column!r}) and latitude ({lat_column!r}) look swapped: none "
                    "of {located} points lies in the districts' country as given, {swapped} do "
                    "when swapped. State it: --swapped exchange swaps them, --swapped keep takes "
                    "them as given.",
                    lon_column=lon_column,
                    lat_column=lat_column,
                    located=self.located,
                    swapped=self.swapped,
                ),
                code="swapped-coordinates",
                details=[
                    {
                        "field": "longitude",
                        "reason": say("looks like latitude: {lon_column}", lon_column=lon_column),
                    },
                    {
                        "field": "latitude",
                        "reason": say("looks like longitude: {lat_column}", lat_column=lat_column),
                    },
                ],
            )


def bounds_of(districts: gpd.GeoDataFrame) -> tuple[float, float, float, float] | None:
    """Give the extent of the districts with a margin of a tenth of a degree."""
    if not len(districts):
        return None
    west, south, east, north = (float(v) for v in districts.total_bounds)
    return west - 0.1, south - 0.1, east + 0.1, north + 0.1


def within(
    lon: np.ndarray, lat: np.ndarray, bounds: tuple[float, float, float, float]
) -> np.ndarray:
    """Say which points lie in the bounds; NaN does not."""
    west, south, east, north = bounds
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


def refuse_swapped(
    draft: Draft,
    found: Points,
    bounds: tuple[float, float, float, float] | None,
    home: frozenset[str],
    countries: Texts,
) -> None:
    """Refuse single rows whose point fits the country only when swapped.

    A row that names a country outside `home` is left as it is.
    """
    if bounds is None:
        return
    odd = within(found.lat, found.lon, bounds) & ~within(found.lon, found.lat, bounds)
    for place in odd.nonzero()[0].tolist():
        if countries[place] not in (None, *home):
            continue
        draft.refuse(
            place,
            "longitude",
            say(
                "longitude {lon:g} and latitude {lat:g} look swapped: {lat:g}, {lon:g} would "
                "lie in the country. Correct the row, or state --swapped keep",
                lon=found.lon[place],
                lat=found.lat[place],
            ),
        )
