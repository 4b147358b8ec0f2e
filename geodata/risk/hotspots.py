"""The verdict of a district's hot-spot test, honest where the test has no power."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.statistics.autocorrelation import false_discovery, gi_star, two_sided
from geodata.statistics.smoothing import sparse_neighbours

Floats = NDArray[np.float64]
MIN_EVENTS = 30.0
"""Effective events below which a map of districts is not tested at all."""
MIN_OCCUPIED = 5
"""Districts with events below which the normal approximation is not used."""
MIN_WINDOW = 3
"""District and neighbours together: an island has nothing to be compared with."""
FALSE_DISCOVERY_RATE = 0.05


@dataclass(frozen=True, slots=True)
class Hotspots:
    """Scores, p-values and verdicts in the districts' order."""

    z: Floats
    p: Floats
    verdict: NDArray[np.object_]
    reason: str | None
    """Why nothing was tested; null where the map was."""


def hotspots(rate: Floats, effective: Floats, neighbours: Any) -> Hotspots:
    """Test each district's neighbourhood with Gi* under false-discovery control.

    ``hot`` and ``cold`` are discoveries at a rate of 5 %, ``none`` was tested and found
    unremarkable. ``not_enough_data``: fewer than 30 effective events or 5 districts that
    hold any, no rate, or a window of fewer than three districts. z and p are given
    wherever they are defined, so that the verdict can be checked.

    Parameters
    ----------
    rate
        Crude rate per district; NaN without exposure.
    effective
        Effective number of events per district.
    neighbours
        Contiguity, SciPy sparse.

    Returns
    -------
    Hotspots
        In the districts' order.
    """
    z = gi_star(rate, neighbours)
    p = two_sided(z)
    verdict = np.full(rate.shape, "not_enough_data", dtype=object)
    events, occupied = float(np.nansum(effective)), int(np.count_nonzero(effective > 0))
    if events < MIN_EVENTS or occupied < MIN_OCCUPIED:
        reason = (
            f"{events:g} effective events in {occupied} districts; the test needs "
            f"{MIN_EVENTS:g} in {MIN_OCCUPIED}"
        )
        return Hotspots(z, p, verdict, reason)
    window = 1 + np.diff(sparse_neighbours(neighbours).indptr)
    testable = np.isfinite(z) & (window >= MIN_WINDOW)
    found = false_discovery(np.where(testable, p, np.nan), FALSE_DISCOVERY_RATE)
    verdict[testable] = "none"
    verdict[testable & found & (z > 0)] = "hot"
    verdict[testable & found & (z < 0)] = "cold"
    return Hotspots(z, p, verdict, None)
