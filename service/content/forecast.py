"""What is to be expected: the forecast's classes, areas and numbers, for map, sheet and page."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geodata.risk import RiskParameters, foreseen
from geodata.risk.forecast import LEVEL, Cells, Forecast
from geodata.risk.of_snapshot import RiskView
from service.content.districts import SHOWN, Entry, Estimate, Legend, picture_of
from service.content.texts import texts_of
from service.drawing.map import Picture
from service.drawing.palette import FORECAST_COLOURS
from service.i18n import Translator

AREA_SHARES = (0.2, 0.1, 0.05, 0.01)
"""Shares of the area, highest first, that classes begin at: those of the backtest among them."""
LEAST_CELLS, MOST_CELLS = 100, 4_000
"""Cells of a map: fewer show nothing of a place, more are no page for a phone."""
TOP_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class ForecastClasses:
    """The classes that a forecast is drawn in, on maps and in styles alike."""

    limits: tuple[float, ...]
    """Lower limits of the classes above the lowest, in what is expected of a cell or district."""
    areas: tuple[float, ...]
    """Share of the area by class, from the lowest."""
    weight: str
    """What is expected."""
    cell_km: float
    """Side of a cell; 0 = by district."""
    horizon_days: float

    @property
    def colours(self) -> tuple[str, ...]:
        """Colour of each class, from the lowest."""
        above = len(self.limits)
        return (FORECAST_COLOURS[0], *FORECAST_COLOURS[len(FORECAST_COLOURS) - above :])


@dataclass(frozen=True, slots=True)
class ForecastView:
    """A forecast with the classes it is drawn in."""

    found: Forecast
    cells: Cells
    classes: ForecastClasses
    bands: tuple[Any, ...]
    """One MultiPolygon (lon, lat) a class."""
    districts: tuple[Estimate, ...]
    """Expected number of each with its 90 % limits, in their order."""
    total: Estimate
    """Of the whole country."""
    top: float
    """Share of the expected incidents in the `TOP_SHARE` of the area with most."""

    @property
    def short(self) -> bool:
        """Whether the spread is assumed, since too little is held to learn it."""
        return not self.found.outlook.learnt


def forecast_view(view: RiskView) -> ForecastView | None:
    """Foresee what a view's incidents lead to, with classes to draw it in.

    None where there is no incident to learn from, or no district.
    """
    key = (*view.key, "outlook")
    found: ForecastView | None = view.snapshot.cached(key, lambda: _forecast_view(view))
    return found


def _forecast_view(view: RiskView) -> ForecastView | None:
    area = float(np.nansum(view.districts["area_km2"].to_numpy(dtype="float64", na_value=np.nan)))
    side = side_of(area, view.parameters.cell_km)
    parameters = replace(view.parameters, cell_km=side)
    found = foreseen(view.snapshot, parameters)
    if found is None or found.cells is None:
        return None
    order = np.sort(found.cells.counts.mean)[::-1]
    classes = forecast_classes(found, view.districts, parameters)
    low, high = found.outlook.forecast.interval(LEVEL)
    by_district = zip(
        found.outlook.forecast.mean.tolist(), low.tolist(), high.tolist(), strict=True
    )
    top = max(round(TOP_SHARE * len(order)), 1)
    return ForecastView(
        found,
        found.cells,
        classes,
        tuple(found.cells.bands(classes.limits)),
        tuple(Estimate(*numbers) for numbers in by_district),
        Estimate(*found.whole()),
        float(order[:top].sum() / order.sum()),
    )


def forecast_classes(
    found: Forecast, districts: gpd.GeoDataFrame, parameters: RiskParameters
) -> ForecastClasses:
    """Class what is expected by the shares of the area that it is highest in."""
    cells = found.cells
    if cells is None:
        mean = found.outlook.forecast.mean
        known = districts["area_km2"].to_numpy(dtype="float64", na_value=np.nan)
        area = np.where(known > 0, known, 0.0) if (known > 0).any() else np.ones(len(mean))
    else:
        mean = cells.counts.mean
        area = np.ones(len(mean))
    limits = limits_of(mean, area)
    at = np.searchsorted(limits, mean, side="right")
    shares = np.bincount(at, area, len(limits) + 1) / area.sum()
    return ForecastClasses(
        limits,
        tuple(shares.tolist()),
        parameters.weight,
        cells.grid.cell_m / 1000 if cells else 0.0,
        parameters.horizon_days,
    )


def side_of(area_km2: float, asked_km: float) -> float:
    """Give the side of a map's cells: the one asked for, or the next that the map can hold.

    Kilometres; one, two or five times a power of ten where it is not the one asked for.

    Parameters
    ----------
    area_km2
        Of the country.
    asked_km
        Side asked for; 0 = by district, for which the map has cells all the same.

    Examples
    --------
    >>> side_of(86_600, 10), side_of(600_000, 10), side_of(2_500, 10)
    (10, 20.0, 5.0)
    """
    asked = asked_km or 10.0
    if LEAST_CELLS <= area_km2 / asked**2 <= MOST_CELLS or area_km2 <= 0:
        return asked
    sides = [m * 10.0**k for k in range(-1, 3) for m in (1, 2, 5)]
    fits = [side for side in sides if area_km2 / side**2 <= MOST_CELLS]
    if area_km2 / asked**2 > MOST_CELLS:
        return min(fits, default=sides[-1])
    # the largest that still shows where
    return max((s for s in fits if area_km2 / s**2 >= LEAST_CELLS), default=min(fits))


def limits_of(expected: NDArray[np.float64], area: NDArray[np.float64]) -> tuple[float, ...]:
    """Give the numbers that begin the classes of the highest shares of the area.

    Increasing, of two digits; fewer than `AREA_SHARES` where cells are alike.

    Parameters
    ----------
    area
        Of each, in any unit; they sum to more than 0.

    Examples
    --------
    >>> limits_of(np.arange(1.0, 101.0), np.ones(100))
    (81.0, 91.0, 96.0, 100.0)
    """
    order = np.argsort(-expected, kind="stable")
    ranked, reached = expected[order], np.cumsum(area[order])
    at = np.searchsorted(reached, np.array(AREA_SHARES) * reached[-1])
    limits = sorted({float(f"{limit:.2g}") for limit in ranked[at]})
    # a class that no cell is in, or that all are in, tells nothing
    return tuple(x for x in limits if ranked[-1] < x <= ranked[0])


def forecast_legend(classes: ForecastClasses, translator: Translator) -> Legend:
    """Give what explains the drawing of a forecast: its classes from the highest."""
    texts = texts_of(translator.lang)
    limits = [translator.number(limit) for limit in classes.limits]
    middle = [f"{low} – < {high}" for low, high in pairwise(limits)]
    ranges = [f"< {limits[0]}", *middle, f"≥ {limits[-1]}"] if limits else [""]
    shares = [
        texts["forecast-area"].replace("{share}", _percent(translator, a)) for a in classes.areas
    ]
    rows = zip(classes.colours, shares, ranges, strict=True)
    entries = tuple(Entry(colour, share, limit) for colour, share, limit in rows)[::-1]
    return Legend(f"{texts['legend-forecast']} {forecast_unit(classes, translator)}", entries)


def forecast_unit(classes: ForecastClasses, translator: Translator) -> str:
    """Say what is expected, of how large a cell or of a district, and in how many days."""
    by = "cell" if classes.cell_km else "district"
    return _filled(
        texts_of(translator.lang)[f"forecast-unit.{by}.{classes.weight}"],
        _frame(classes, translator),
    )


def forecast_notes(outlook: ForecastView, translator: Translator) -> list[str]:
    """Give what to know beside the colours: the total, the share of the highest, the doubt."""
    names = ["forecast-days", "forecast-total", "forecast-holds"]
    names += ["forecast-short"] if outlook.short else []
    names += ["forecast-leap"] if outlook.found.leapt.any() else []
    numbers, texts = forecast_numbers(outlook, translator), texts_of(translator.lang)
    return [_filled(texts[name], numbers) for name in (*names, "forecast-reports")]


def forecast_numbers(outlook: ForecastView, translator: Translator) -> dict[str, str]:
    """Give the numbers that stand in the texts of a forecast, written in a language."""
    return {
        **_frame(outlook.classes, translator),
        "period": translator.interval_of_days(outlook.found.first_day, outlook.found.last_day),
        "total": translator.number(outlook.total.value),
        "range": outlook.total.between(translator),
        "share": _percent(translator, TOP_SHARE),
        "part": _percent(translator, outlook.top),
        "leapt": translator.number(int(outlook.found.leapt.sum())),
        "districts": translator.number(len(outlook.districts)),
    }


def _frame(classes: ForecastClasses, translator: Translator) -> dict[str, str]:
    return {
        "side": translator.number(classes.cell_km),
        "days": translator.number(classes.horizon_days, 0),
    }


def _filled(words: str, numbers: dict[str, str]) -> str:
    for name, value in numbers.items():
        words = words.replace(f"{{{name}}}", value)
    return words


def _percent(translator: Translator, share: float) -> str:
    return translator.percent(share, 0 if share >= 0.02 else 1)


def forecast_picture(view: RiskView, translator: Translator, outlook: ForecastView) -> Picture:
    """Give what the drawing of a forecast shows: its areas, and names where most is expected."""
    key = (*view.key, "forecast-picture", translator.lang)

    def make() -> Picture:
        plain = picture_of(view, translator)
        expected = np.array([row.value for row in outlook.districts], dtype=float)
        nothing = [""] * len(expected)
        return replace(
            plain,
            recorded=np.zeros(len(expected), dtype=bool),
            rates=expected,
            counts=dict.fromkeys(SHOWN, nothing),
            lonlat=plain.lonlat[:0],
            fatal=plain.fatal[:0],
            bands=tuple(zip(outlook.bands, outlook.classes.colours, strict=True)),
        )

    found: Picture = view.snapshot.cached(key, make)
    return found
