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
    gain = np.sum([_gain(expected, count, rival) for expected, count in folds], axis=0)
    events = np.sum([count for _, count in folds], axis=0)
    rng = np.random.default_rng(SEED)
    chosen = rng.integers(0, len(gain), (DRAWS, len(gain)))
    drawn = gain[chosen].sum(axis=1) / np.maximum(events[chosen].sum(axis=1), 1.0)
    low, high = np.quantile(drawn, [0.025, 0.975])
    says = "no_clear_difference"
    if low > WORTH_SAYING:
        says = "better"
    elif high < -WORTH_SAYING:
        says = "worse"
    return {
        "headline": HEADLINE,
        "rival": rival,
        "gain_per_event": float(gain.sum() / events.sum()),
        "low": float(low),
        "high": float(high),
        "says": says,
        "sentence": _SENTENCES[says].format(rival=rival),
    }


def _gain(expected: dict[str, Floats], count: Floats, rival: str) -> Floats:
    ours, theirs = expected[HEADLINE], expected[rival]
    return count * np.log(ours / theirs) - (ours - theirs)


_SENTENCES = {
    "better": "The smoothed rate foresees the next period better than its best rival, {rival}.",
    "worse": "The best rival, {rival}, foresees the next period better than the smoothed rate.",
    "no_clear_difference": "The smoothed rate and its best rival, {rival}, foresee the next "
    "period about equally well; these data cannot part them.",
}
