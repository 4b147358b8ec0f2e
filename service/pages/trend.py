"""Incidents over time as bars: by month while the period is short, else by year."""

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from service.i18n import Translator

LONGEST_BY_MONTH = 36
WIDTH, HEIGHT, FOOT = 480.0, 140.0, 22.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One period: its name, counts and pixels."""

    name: str
    incidents: float
    killed: float
    x: float
    y: float
    width: float
    height: float
    labelled: bool


@dataclass(frozen=True, slots=True)
class Trend:
    """Bars over all periods, empty ones included, and how many dates spread wider."""

    bars: tuple[Bar, ...]
    monthly: bool
    most: float
    imprecise: int
    width: float = WIDTH
    height: float = HEIGHT + FOOT
    base: float = HEIGHT


def trend_of(incidents: gpd.GeoDataFrame, words: Translator, weights: Any = None) -> Trend | None:
    """Count incidents by month or year of their first possible day.

    Parameters
    ----------
    incidents
        Rows of `schemas.INCIDENTS`.
    words
        Language of the period names.
    weights
        Share of each incident; None counts each as one.

    Returns
    -------
    Trend or None
        None without incidents. `imprecise` counts those whose days span several periods.
    """
    if incidents.empty:
        return None
    share = np.ones(len(incidents)) if weights is None else np.asarray(weights, float)
    months = incidents["date_start"].dt.to_period("M")
    monthly = (months.max() - months.min()).n < LONGEST_BY_MONTH
    unit = "M" if monthly else "Y"
    periods = incidents["date_start"].dt.to_period(unit)
    spread = periods != incidents["date_end"].dt.to_period(unit)
    every = pd.period_range(periods.min(), periods.max(), freq=unit)
    killed = incidents["killed"].astype("float64").fillna(0.0).to_numpy() * share
    position = every.get_indexer(pd.PeriodIndex(periods))
    count = np.bincount(position, share, len(every))
    deaths = np.bincount(position, killed, len(every))
    names = [words.date(p.start_time.date(), "LLL yyyy" if monthly else "yyyy") for p in every]
    return Trend(_bars(names, count, deaths), monthly, float(count.max()), int(spread.sum()))


def _bars(names: list[str], count: np.ndarray, deaths: np.ndarray) -> tuple[Bar, ...]:
    most = max(float(count.max()), 1.0)
    step = WIDTH / len(names)
    each = max(1, int(np.ceil(len(names) / 10)))
    heights = count / most * (HEIGHT - 24)
    width = min(step - 2, 46.0) if step > 3 else step
    return tuple(
        Bar(
            name,
            round(float(n), 2),
            round(float(d), 2),
            round(i * step + (step - width) / 2, 1),
            round(HEIGHT - float(h), 1),
            round(width, 1),
            round(float(h), 1),
            i % each == 0,
        )
        for i, (name, n, d, h) in enumerate(zip(names, count, deaths, heights, strict=True))
    )
