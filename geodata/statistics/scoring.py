"""Scores of a ranking of cells against what happened next."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geodata.deferred import special

Floats = NDArray[np.float64]


def scores(
    score: ArrayLike, future_count: ArrayLike, cell_area: ArrayLike, area_share: float
) -> dict[str, float | None]:
    """Score a ranking at a share of the area.

    The cells of highest score are taken until they make up `area_share` of the area A;
    of cells that tie, and of the last one, a part. With n of the N later events in them:
    ``hit_rate = n / N``, ``pai = (n / N) / (a / A)``, ``pei = n / n*`` with n* the best
    attainable on the same area. ``auc`` is the chance that an event's cell scores above a
    piece of area without events, ties counted half.

    Parameters
    ----------
    score
        One number a cell, high = expected to be dangerous; missing counts as lowest.

    Returns
    -------
    dict
        ``hit_rate``, ``pai``, ``pei``, ``auc``; None where undefined (no event, or for
        ``auc`` no cell without one).

    Raises
    ------
    ValueError
        The share is not between 0 and 1, or the cells have no area.

    References
    ----------
    Chainey S, Tompson L, Uhlig S (2008). The utility of hotspot mapping for predicting
    spatial patterns of crime. Security Journal 21, 4-28. Hunt JM (2016). Do crime hot
    spots move? PhD thesis (PEI).

    Examples
    --------
    >>> scores([3, 2, 1, 0], [2, 1, 1, 0], [1, 1, 1, 1], 0.25)
    {'hit_rate': 0.5, 'pai': 2.0, 'pei': 1.0, 'auc': 1.0}
    """
    value = np.nan_to_num(np.asarray(score, float), nan=-np.inf)
    count, area = np.asarray(future_count, float), np.asarray(cell_area, float)
    if not 0 < area_share <= 1 or not area.sum() > 0:
        raise ValueError("area_share must be over 0 and at most 1, and the cells need an area")
    found: dict[str, float | None] = dict.fromkeys(("hit_rate", "pai", "pei", "auc"))
    total = float(count.sum())
    if total <= 0:
        return found
    caught = float(captured(value, count, area, area_share))
    best = float(attainable(count, area, area_share))
    found["hit_rate"] = caught / total
    found["pai"] = caught / total / area_share
    found["pei"] = caught / best if best > 0 else None
    found["auc"] = _auc(value, count, area)
    return found


def captured(score: Floats, count: Floats, area: Floats, area_share: ArrayLike) -> Floats:
    """Count the events in the cells of highest score on a share of the area.

    Parameters
    ----------
    score, count, area
        One number a cell, none missing.
    area_share
        Share of the area that is taken, or several.

    Returns
    -------
    numpy.ndarray
        Events for each share; those of ties and of the last cell in proportion to the
        area taken.
    """
    _, group = np.unique(-score, return_inverse=True)
    areas, counts = np.bincount(group, area), np.bincount(group, count)
    ends, found = np.cumsum(areas), np.cumsum(counts)
    # cells without area come with whatever is taken up to them
    taken = np.asarray(area_share, float) * ends[-1]
    return np.interp(taken, np.concatenate([[0.0], ends]), np.concatenate([[0.0], found]))


def attainable(count: Floats, area: Floats, area_share: ArrayLike) -> Floats:
    """Count the events that the best choice of cells holds on a share of the area."""
    with np.errstate(invalid="ignore", divide="ignore"):
        density = np.where(area > 0, count / area, np.where(count > 0, np.inf, 0.0))
    return captured(density, count, area, area_share)


def _auc(score: Floats, count: Floats, area: Floats) -> float | None:
    _, group = np.unique(score, return_inverse=True)
    events = np.bincount(group, count)
    empty = np.bincount(group, np.where(count > 0, 0.0, area))
    if empty.sum() <= 0:
        return None
    below = np.cumsum(empty) - empty / 2
    return float(events @ below / (events.sum() * empty.sum()))


def poisson_log_score(expected: Floats, count: Floats) -> float:
    """Sum the log probabilities of counts under Poisson forecasts.

    Returns
    -------
    float
        Higher is better.
    """
    return float((special.xlogy(count, expected) - expected - special.gammaln(count + 1)).sum())
