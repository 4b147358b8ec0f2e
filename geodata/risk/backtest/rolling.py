"""The rolling backtest: rank on the past, score the next period, cut-off by cut-off."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from geodata import progress
from geodata.incidents import DistrictWeights, incidents_in
from geodata.incidents.frame import DISTRICT_PRECISION
from geodata.risk.backtest import models
from geodata.risk.backtest.cells import cell_backtest
from geodata.risk.backtest.models import HEADLINE, MODELS, RANK_ONLY, Model, Past
from geodata.risk.tally import Window, counted, recorded_days
from geodata.statistics.scoring import attainable, captured, poisson_log_score, scores

Floats = NDArray[np.float64]
AREA_SHARES = (0.05, 0.10, 0.20)
CUTOFFS = 6
MIN_CUTOFFS = 5
MIN_EVENTS = 30
"""Events to foresee below which the report says that it cannot tell."""
MIN_HORIZON_DAYS = 30
LEVEL = 0.9
WHOLE_MONTHS_FROM = 20_000
"""Incidents from which on the backtest, and with it the choice of the ranking, looks at whole
months only."""
Frame = TypeVar("Frame", bound=pd.DataFrame)


@dataclass(frozen=True, slots=True)
class _Truth:
    """One cut-off: what may be looked at, and what happened next."""

    past: Past
    precise_share: float
    count: Floats
    unscored: float


@dataclass(frozen=True, slots=True)
class _Fold:
    """One cut-off with each model's score, its forecast of counts, and the coverage."""

    areas: Floats
    density: dict[str, Floats]
    expected: dict[str, Floats]
    count: Floats
    covered: Floats


def rolling_backtest(
    incidents: pd.DataFrame,
    districts: gpd.GeoDataFrame,
    *,
    cutoffs: list[date] | None = None,
    horizon_days: int | None = None,
    cell_km: float | None = None,
    models: Mapping[str, Model] = MODELS,
) -> dict[str, Any]:
    """Score the ranking and its rivals on periods they have not seen.

    At each cut-off every model sees what had happened by then and foresees the next
    `horizon_days`. Events whose district is uncertain or whose date range leaves the
    period do not score (they do inform).

    JSON-ready: ``status`` ok or cannot_tell with ``reason``; ``cutoffs``; ``models`` with hit_rate,
    pai, pei at 5, 10 and 20 % of the area, auc, log_score and gain_per_event against uniform;
    ``coverage`` of 90 % predictive intervals; ``verdict``; ``chosen``, the model that foresees
    best, and how much better than the smoothed rate; ``cells``, as `cell_backtest` gives it;
    ``curves`` for the plot.

    Parameters
    ----------
    cutoffs
        Last days that may be looked at; default six, in the second half of the time held.
    horizon_days
        Days to foresee; default a twelfth of the time held, at least 30.
    cell_km
        Side of the cells that are scored beside the districts; None leaves them out.
    models
        Who foresees, the headline and what ranks nothing among them; of condensed incidents
        those that look at no point (`COUNT_MODELS`).

    References
    ----------
    Clements RA, Schoenberg FP, Schorlemmer
    D (2011). Residual analysis methods for space-time point processes. Annals of Applied
    Statistics 5 (information gain).
    """
    days = recorded_days(incidents)
    report = _empty_report(models)
    if days is None or districts.empty:
        return report | {"reason": "The register holds no incident."}
    span = (days[1] - days[0]).days + 1
    horizon = horizon_days or max(span // (2 * CUTOFFS), MIN_HORIZON_DAYS)
    ends = cutoffs or [days[1] - timedelta(days=horizon * k) for k in range(CUTOFFS, 0, -1)]
    ends = [end for end in ends if (end - days[0]).days >= horizon]
    report |= {"first_day": days[0].isoformat(), "last_day": days[1].isoformat()}
    report["horizon_days"] = horizon
    if len(ends) < MIN_CUTOFFS:
        return report | {
            "reason": f"{span} days are held; {MIN_CUTOFFS} cut-offs with {horizon} days to "
            "foresee after each, and as many before, need more."
        }
    sure = ~_ambiguous(incidents)
    stated = DistrictWeights.of(incidents, districts.index)
    truths = [_truth(incidents, sure, districts, days[0], end, horizon, stated) for end in ends]
    report["cutoffs"] = [_described(truth) for truth in truths]
    events = sum(float(truth.count.sum()) for truth in truths)
    report["events"] = events
    if events < MIN_EVENTS:
        return report | {
            "reason": f"{events:g} events could be scored; below {MIN_EVENTS} the scores would "
            "be chance."
        }
    report |= {"status": "ok", "reason": None}
    folds = []
    for number, truth in enumerate(truths):
        progress.step(number, len(truths))
        folds.append(_fold(truth, models))
    report["models"] = {name: _summary(name, folds) for name in models}
    report["coverage"] = _coverage(folds)
    report["curves"] = {name: _curve(name, folds) for name in models}
    outcomes = [(f.expected, f.count) for f in folds]
    report["verdict"] = verdict(outcomes, report["models"])
    report["chosen"] = chosen(outcomes, report["models"])
    if cell_km:
        report["cells"] = cell_backtest(incidents, districts, ends, horizon, cell_km)
    return report


def foreseen_by(
    rule: str,
    incidents: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    end: date,
    days: float,
) -> Floats:
    """Give what a model of the backtest expects by district after a day.

    Parameters
    ----------
    incidents, districts
        Frames of their schemas; incidents after `end` are not looked at.
    """
    known = recorded_days(incidents)
    first = min(known[0], end) if known else end
    last = incidents["date_end"].to_numpy().astype("datetime64[D]")
    after = Window(end + timedelta(days=1), end + timedelta(days=max(round(days), 1)))
    past = Past(incidents[last <= np.datetime64(end)], districts, Window(first, end), after)
    return MODELS[rule](past)


def in_whole_months(incidents: Frame) -> Frame:
    """Leave out the month that is not over where many incidents are held.

    Each blast that is recorded would else have all of it computed anew; of many incidents,
    those of some days do not change what foresees best.

    Parameters
    ----------
    incidents
        With `date_end`; condensed or one a row.
    """
    if incidents_in(incidents).sum() < WHOLE_MONTHS_FROM:
        return incidents
    last = incidents["date_end"].to_numpy().astype("datetime64[D]")
    known = last[~np.isnat(last)]
    if not len(known):
        return incidents
    return incidents[last < known.max().astype("datetime64[M]")]


def _empty_report(seers: Mapping[str, Model]) -> dict[str, Any]:
    return {
        "status": "cannot_tell",
        "reason": None,
        "headline": HEADLINE,
        "area_shares": list(AREA_SHARES),
        "min_events": MIN_EVENTS,
        "min_cutoffs": MIN_CUTOFFS,
        "uniform_part": models.UNIFORM_PART,
        "half_life_days": models.HALF_LIFE_DAYS,
        "cutoffs": [],
        "events": 0.0,
        "models": {},
        "coverage": None,
        "chosen": None,
        "cells": None,
        "curves": {},
        "verdict": None,
        "meaning": {name: (model.__doc__ or "").split("\n")[0] for name, model in seers.items()},
    }


def _truth(
    incidents: pd.DataFrame,
    sure: NDArray[np.bool_],
    districts: gpd.GeoDataFrame,
    first: date,
    end: date,
    horizon: int,
    stated: DistrictWeights,
) -> _Truth:
    after = Window(end + timedelta(days=1), end + timedelta(days=horizon))
    start = incidents["date_start"].to_numpy().astype("datetime64[D]")
    last = incidents["date_end"].to_numpy().astype("datetime64[D]")
    happened = last <= np.datetime64(end)
    touches = (last >= np.datetime64(after.start)) & (start <= np.datetime64(after.end))
    within = (start >= np.datetime64(after.start)) & (last <= np.datetime64(after.end))
    past = Past(incidents[happened], districts, Window(first, end), after, stated.only(happened))
    scored = within & sure
    count = counted(incidents[scored], districts, after, stated.only(scored))
    size = incidents_in(incidents)
    known = size[happened].sum()
    share = float(size[happened & sure].sum() / known) if known else 1.0
    return _Truth(past, share, count, float(size[touches].sum() - count.sum()))


def _fold(truth: _Truth, seers: Mapping[str, Model]) -> _Fold:
    past = truth.past
    seen = {name: model(past) for name, model in seers.items()}
    # forecasts are of all events; only the precise part of them will be scored
    expected = {
        name: models.sure(value, past) * truth.precise_share
        for name, value in seen.items()
        if name not in RANK_ONLY
    }
    coming = past.outlook.forecast.thinned(truth.precise_share)
    inside = coming.covers(truth.count, LEVEL)
    density = {name: _density(name, value, past.areas) for name, value in seen.items()}
    return _Fold(past.areas, density, expected, truth.count, inside)


def _ambiguous(incidents: pd.DataFrame) -> NDArray[np.bool_]:
    text = incidents["districts"].astype("str")
    precision = incidents["where_precision"].to_numpy(dtype="float64", na_value=np.nan)
    several = text.str.contains(";", regex=False, na=True).to_numpy(dtype=bool)
    return (precision > DISTRICT_PRECISION) | several


def _described(truth: _Truth) -> dict[str, Any]:
    return {
        "cutoff": truth.past.window.end.isoformat(),
        "until": truth.past.horizon.end.isoformat(),
        "past_incidents": int(incidents_in(truth.past.incidents).sum()),
        "events": float(truth.count.sum()),
        "not_scored": truth.unscored,
    }


def _summary(name: str, folds: list[_Fold]) -> dict[str, Any]:
    events = float(sum(fold.count.sum() for fold in folds))
    hits = _captured(name, folds, AREA_SHARES)
    best = np.sum([attainable(f.count, f.areas, AREA_SHARES) for f in folds], axis=0)
    keys = [f"{share:.2f}" for share in AREA_SHARES]
    found: dict[str, Any] = {
        "hit_rate": dict(zip(keys, (hits / events).tolist(), strict=True)),
        "pai": dict(zip(keys, (hits / events / AREA_SHARES).tolist(), strict=True)),
        "pei": dict(zip(keys, (hits / best).tolist(), strict=True)),
        "auc": _mean_auc(name, folds),
        "log_score": None,
        "gain_per_event": None,
    }
    if name not in RANK_ONLY:
        log = sum(poisson_log_score(fold.expected[name], fold.count) for fold in folds)
        base = sum(poisson_log_score(fold.expected["uniform"], fold.count) for fold in folds)
        found["log_score"] = float(log / events)
        found["gain_per_event"] = float((log - base) / events)
    return found


def _mean_auc(name: str, folds: list[_Fold]) -> float | None:
    pairs = [
        (scores(fold.density[name], fold.count, fold.areas, 0.1)["auc"], fold.count.sum())
        for fold in folds
    ]
    known = [(auc, weight) for auc, weight in pairs if auc is not None]
    weight = sum(weight for _, weight in known)
    return float(sum(auc * w for auc, w in known) / weight) if weight else None


def _density(name: str, value: Floats, areas: Floats) -> Floats:
    if name not in RANK_ONLY:
        # a district without an area has no density, and comes last
        value = np.divide(value, areas, out=np.full(value.shape, np.nan), where=areas > 0)
    # equal densities have to tie, whatever their last digits
    scale = np.nanmax(np.abs(value), initial=0.0) or 1.0
    return np.nan_to_num(np.round(value / scale, 12), nan=-np.inf)


def _captured(name: str, folds: list[_Fold], shares: ArrayLike) -> Floats:
    hits = [captured(fold.density[name], fold.count, fold.areas, shares) for fold in folds]
    return np.asarray(np.sum(hits, axis=0))


def _curve(name: str, folds: list[_Fold]) -> dict[str, list[float]]:
    """Share of events found on each share of the area, all cut-offs together."""
    shares = np.linspace(0.02, 1, 50)
    events = sum(fold.count.sum() for fold in folds)
    hits = _captured(name, folds, shares) / events
    return {"area_share": shares.round(4).tolist(), "hit_rate": hits.tolist()}


def _coverage(folds: list[_Fold]) -> dict[str, float]:
    inside = np.concatenate([fold.covered for fold in folds])
    known = inside[np.isfinite(inside)]
    return {
        "level": LEVEL,
        "covered": float(known.mean()) if len(known) else np.nan,
        "intervals": len(known),
    }


DRAWS = 2_000
SEED = 20_201_110
WORTH_SAYING = 0.01
"""Nats per event: with many events a difference can be sure and still mean nothing."""
FLAT = "uniform"
"""The model that ranks nothing: where it foresees best, the headline stays."""


Folds = list[tuple[dict[str, Floats], Floats]]
"""Of each cut-off the forecasts by model, and what happened."""
Models = dict[str, dict[str, Any]]
"""Summaries by model."""


def verdict(folds: Folds, models: Models) -> dict[str, Any]:
    """Compare the headline's log score with its best rival's.

    ``rival``, ``gain_per_event`` with its 95 % bootstrap interval over districts (all cut-offs of a
    district together, since they resemble each other), ``says`` better, worse or
    no_clear_difference, and a sentence.
    """
    rivals = {
        name: found["gain_per_event"]
        for name, found in models.items()
        if name != HEADLINE and found["gain_per_event"] is not None
    }
    rival = max(rivals, key=lambda name: rivals[name])
    mean, low, high = _compared(folds, HEADLINE, rival)
    says = "no_clear_difference"
    if low > WORTH_SAYING:
        says = "better"
    elif high < -WORTH_SAYING:
        says = "worse"
    return {
        "headline": HEADLINE,
        "rival": rival,
        "gain_per_event": mean,
        "low": low,
        "high": high,
        "says": says,
        "sentence": _SENTENCES[says].format(rival=rival),
    }


def chosen(folds: Folds, models: Models) -> dict[str, Any]:
    """Name the model that foresees best on this register, and how much better than the headline.

    ``model``, ``over`` (the headline), ``gain_per_event`` with its 95 % bootstrap interval,
    ``clear``: whether the interval lies above nought; ``rule``: what the districts are ranked by,
    the model where it is clearly better and otherwise the headline; and a sentence. Chosen on the
    same cut-offs that it is measured on: of models about as good, the gain of the best flatters a
    little.
    """
    gains = {
        name: found["gain_per_event"]
        for name, found in models.items()
        if found["gain_per_event"] is not None
    }
    best = max(gains, key=lambda name: gains[name])
    mean, low, high = _compared(folds, best, HEADLINE)
    clear = best not in (HEADLINE, FLAT) and low > WORTH_SAYING
    said = "headline" if best == HEADLINE else "better" if clear else "about_as_well"
    return {
        "model": best,
        "over": HEADLINE,
        "gain_per_event": mean,
        "low": low,
        "high": high,
        "clear": clear,
        "rule": best if clear else HEADLINE,
        "sentence": _CHOSEN[said].format(best=best, mean=mean, low=low, high=high),
    }


def _compared(
    folds: list[tuple[dict[str, Floats], Floats]], ours: str, theirs: str
) -> tuple[float, float, float]:
    """Mean gain an event with its bootstrap interval over districts."""
    gain = np.sum([_gain(e[ours], e[theirs], count) for e, count in folds], axis=0)
    events = np.sum([count for _, count in folds], axis=0)
    rng = np.random.default_rng(SEED)
    drawn_from = rng.integers(0, len(gain), (DRAWS, len(gain)))
    drawn = gain[drawn_from].sum(axis=1) / np.maximum(events[drawn_from].sum(axis=1), 1.0)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(gain.sum() / events.sum()), float(low), float(high)


def _gain(ours: Floats, theirs: Floats, count: Floats) -> Floats:
    return count * np.log(ours / theirs) - (ours - theirs)


_SENTENCES = {
    "better": "The smoothed rate foresees the next period better than its best rival, {rival}.",
    "worse": "The best rival, {rival}, foresees the next period better than the smoothed rate.",
    "no_clear_difference": "The smoothed rate and its best rival, {rival}, foresee the next "
    "period about equally well; these data cannot part them.",
}
_CHOSEN = {
    "headline": "On this register the smoothed rate foresees best; districts are ranked by it.",
    "better": "On this register {best} foresees best, by {mean:.2f} nats an event ({low:.2f} to "
    "{high:.2f}) over the smoothed rate; districts are ranked by it.",
    "about_as_well": "On this register {best} foresees best by {mean:.2f} nats an event "
    "({low:.2f} to {high:.2f}), no clear difference from the smoothed rate; districts are ranked "
    "by the smoothed rate.",
}
