"""The same question at cells: districts are too coarse to tell good rankings apart."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geodata import progress
from geodata.risk.backtest.models import HALF_LIFE_DAYS, UNIFORM_PART
from geodata.risk.surface import labelled_grid, point_places, projected_land
from geodata.statistics.kernels import Grid, binned, cross_validated, inside, smooth
from geodata.statistics.mixture import cell_forecast
from geodata.statistics.rates import gamma_poisson
from geodata.statistics.scoring import attainable, captured

Floats = NDArray[np.float64]
AREA_SHARES = (0.05, 0.10, 0.20)
DRAWS = 2_000
SEED = 20_201_110
OURS = "mixture"


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a model of cells may look at: events up to a day, in the country's grid."""

    xy: Floats
    day: Floats
    end: float
    horizon: float
    grid: Grid
    labels: NDArray[np.int32]
    outline: Any
    bandwidth_m: float
    by_day: dict[float, Floats]

    def counted(self, weights: Floats | None = None) -> Floats:
        """Events by cell, shared by nearness."""
        weights = np.ones(len(self.xy)) if weights is None else weights
        return binned(self.xy, weights, self.grid)


def _uniform(seen: _Seen) -> Floats:
    """Foresee the same everywhere."""
    return seen.grid.mask.astype(float)


def _all_time(seen: _Seen) -> Floats:
    """Foresee every cell's whole past."""
    return seen.counted()


def _last_period(seen: _Seen) -> Floats:
    """Foresee the last horizon once more."""
    return seen.counted((seen.day > seen.end - seen.horizon).astype(float))


def _nearest(seen: _Seen) -> Floats:
    """Score by the distance to the nearest past event; no forecast of numbers."""
    row, column = np.nonzero(seen.grid.mask)
    middle = np.column_stack(
        [
            seen.grid.west + (column + 0.5) * seen.grid.cell_m,
            seen.grid.north - (row + 0.5) * seen.grid.cell_m,
        ]
    )
    found = np.zeros(seen.grid.mask.shape)
    if len(seen.xy):
        # Heavy, and only a backtest needs it.
        from scipy.spatial import cKDTree

        found[seen.grid.mask] = -cKDTree(seen.xy).query(middle)[0]
    return found


def _eb(seen: _Seen) -> Floats:
    """Foresee each district's smoothed rate, spread evenly over its cells."""
    cells = np.bincount(seen.labels.ravel())
    counts = np.bincount(seen.labels.ravel(), seen.counted().ravel(), len(cells))
    rate = np.zeros(len(cells))
    rate[1:] = np.nan_to_num(gamma_poisson(counts[1:], cells[1:])[2])
    return np.where(seen.labels > 0, rate[seen.labels], 0.0)


def _kernel(seen: _Seen) -> Floats:
    """Foresee the kernel surface, its bandwidth by cross-validated likelihood."""
    return smooth(seen.counted(), seen.grid, seen.bandwidth_m)


def _kernel_decay(seen: _Seen) -> Floats:
    """Foresee the kernel surface with a half-life of a year."""
    fresh = np.exp2(-(seen.end - seen.day) / HALF_LIFE_DAYS)
    return smooth(seen.counted(fresh), seen.grid, seen.bandwidth_m)


def _mixture(seen: _Seen) -> Floats:
    """Foresee the mixture of kernels in space and time that the forecast layer shows."""
    return cell_forecast(
        seen.xy,
        seen.day,
        seen.outline,
        seen.end,
        seen.horizon,
        seen.grid.cell_m,
        by_day=seen.by_day,
    ).expected


CELL_MODELS: dict[str, Callable[[_Seen], Floats]] = {
    "uniform": _uniform,
    "last_period": _last_period,
    "all_time": _all_time,
    "eb": _eb,
    "kde": _kernel,
    "kde_decay": _kernel_decay,
    "nearest_event": _nearest,
    OURS: _mixture,
}
"""Name → score by cell. One row a model."""


def cell_backtest(
    incidents: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    ends: list[date],
    horizon_days: int,
    cell_km: float,
) -> dict[str, Any]:
    """Score forecasts by cell on horizons that they have not seen.

    Only events with a place and a date range inside the horizon score. Gains are in nats an
    event, ``log(share of the cell) - log(share under the other)``: totals play no part.

    JSON-ready: ``cell_km``, ``cells``, ``events``, ``models`` with hit_rate and pei at 5, 10 and 20
    % of the area and gain_per_event against uniform; ``best_baseline`` by gain, ``gain_over_best``
    of the mixture with its 95 % bootstrap interval over cells, ``hit_ratio`` of the mixture at 5 %
    over the best baseline's; ``chosen``: what foresees best. Null members where nothing could be
    scored.

    Parameters
    ----------
    ends
        Last days that may be looked at.

    Raises
    ------
    InvalidInput
        The cells are too small for the country.
    """
    crs, shapes, outline = projected_land(districts)
    grid, labels = labelled_grid(shapes, outline, cell_km * 1000)
    grid = Grid.over(outline, cell_km * 1000)
    labels = np.where(grid.mask, labels, 0).astype("int32")
    xy, is_point = point_places(incidents, crs, grid, outline)
    first, last = (
        incidents[name].to_numpy().astype("datetime64[D]").astype("i8").astype(float)
        for name in ("date_start", "date_end")
    )
    use = is_point & (first > -1e6) & (last > -1e6)
    use[use] &= inside(xy[use], outline, grid)
    xy, first, last = xy[use], first[use], last[use]
    area = np.ones(int(grid.mask.sum()))
    hits = {name: np.zeros(len(AREA_SHARES)) for name in CELL_MODELS}
    best = np.zeros(len(AREA_SHARES))
    logs = {name: np.zeros(area.size) for name in CELL_MODELS if name != "nearest_event"}
    events = np.zeros(area.size)
    by_day: dict[float, Floats] = {}
    for number, end in enumerate(ends):
        progress.step(number, len(ends))
        day = float(np.datetime64(end, "D").astype("i8"))
        past = last <= day
        ahead = (first > day) & (last <= day + horizon_days)
        if not past.any() or not ahead.any():
            continue
        count = np.rint(_home(xy[ahead], grid))
        band = cross_validated(xy[past], outline, grid.cell_m)
        seen = _Seen(
            xy[past], last[past], day, float(horizon_days), grid, labels, outline, band, by_day
        )
        events += count
        best += attainable(count, area, AREA_SHARES)
        for name, model in CELL_MODELS.items():
            score = model(seen)[grid.mask]
            scale = float(np.abs(score).max()) or 1.0
            hits[name] += captured(np.round(score / scale, 12), count, area, AREA_SHARES)
            if name in logs:
                density = score / score.sum() if score.sum() > 0 else area / area.size
                even = (1 - UNIFORM_PART) * density + UNIFORM_PART / area.size
                logs[name] += count * np.log(even * area.size)
    return _report(cell_km, area.size, horizon_days, events, hits, best, logs) | {
        "until": (ends[-1] + timedelta(days=horizon_days)).isoformat() if ends else None,
    }


def _home(xy: Floats, grid: Grid) -> Floats:
    """Count events by the cell that holds them, or the nearest one of the window."""
    column, row = (np.floor(part + 0.5) + 0.0 for part in grid.positions(xy))
    middle = np.column_stack(
        [grid.west + (column + 0.5) * grid.cell_m, grid.north - (row + 0.5) * grid.cell_m]
    )
    return binned(middle, np.ones(len(xy)), grid)[grid.mask]


def _report(
    cell_km: float,
    cells: int,
    horizon_days: int,
    events: Floats,
    hits: dict[str, Floats],
    best: Floats,
    logs: dict[str, Floats],
) -> dict[str, Any]:
    total = float(events.sum())
    found: dict[str, Any] = {
        "cell_km": cell_km,
        "cells": cells,
        "horizon_days": horizon_days,
        "events": total,
        "models": {},
        "best_baseline": None,
        "gain_over_best": None,
        "hit_ratio": None,
        "chosen": None,
    }
    if total <= 0:
        return found
    keys = [f"{share:.2f}" for share in AREA_SHARES]
    for name, hit in hits.items():
        gain = float(logs[name].sum() / total) if name in logs else None
        found["models"][name] = {
            "hit_rate": dict(zip(keys, (hit / total).tolist(), strict=True)),
            "pei": dict(zip(keys, (hit / np.maximum(best, 1e-12)).tolist(), strict=True)),
            "gain_per_event": gain,
        }
    rivals = {name: float(log.sum()) for name, log in logs.items() if name != OURS}
    rival = max(rivals, key=lambda name: rivals[name])
    difference = logs[OURS] - logs[rival]
    rng = np.random.default_rng(SEED)
    busy = np.flatnonzero(events > 0)
    chosen = busy[rng.integers(0, busy.size, (DRAWS, busy.size))]
    drawn = difference[chosen].sum(axis=1) / events[chosen].sum(axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    gain = float(difference.sum() / total)
    top = max(float(hit[0]) for name, hit in hits.items() if name != OURS)
    found["best_baseline"] = rival
    found["gain_over_best"] = {"nats": gain, "low": float(low), "high": float(high)}
    found["hit_ratio"] = float(hits[OURS][0]) / top if top > 0 else None
    found["chosen"] = OURS if gain > 0 else rival
    return found
