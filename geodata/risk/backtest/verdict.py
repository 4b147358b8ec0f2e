"""Whether the headline beats the best of its rivals, or nobody can tell."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.risk.backtest.models import HEADLINE

Floats = NDArray[np.float64]
DRAWS = 2_000
SEED = 20_201_110
WORTH_SAYING = 0.01
"""Nats per event: with many events a difference can be sure and still mean nothing."""
FLAT = "uniform"
"""The model that ranks nothing: where it foresees best, the headline stays."""


def verdict(
    folds: list[tuple[dict[str, Floats], Floats]], models: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """Compare the headline's log score with its best rival's.

    Parameters
    ----------
    folds
        Forecasts by model, and counts, of each cut-off.
    models
        Summaries by model.

    Returns
    -------
    dict
        ``rival``, ``gain_per_event`` with its 95 % bootstrap interval over districts (all
        cut-offs of a district together, since they resemble each other), ``says`` better,
        worse or no_clear_difference, and a sentence.
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


def chosen(
    folds: list[tuple[dict[str, Floats], Floats]], models: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """Name the model that foresees best on this register, and how much better than the headline.

    Parameters
    ----------
    folds, models
        As in `verdict`.

    Returns
    -------
    dict
        ``model``, ``over`` (the headline), ``gain_per_event`` with its 95 % bootstrap
        interval, ``clear``: whether the interval lies above nought; ``rule``: what the
        districts are ranked by, the model where it is clearly better and otherwise the
        headline; and a sentence. Chosen on the same cut-offs that it is measured on: of
        models about as good, the gain of the best flatters a little.
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
