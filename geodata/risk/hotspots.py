"""The verdict of a district's hot-spot test, honest where the test has no power."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.statistics.autocorrelation import gi_star, two_sided
from geodata.statistics.scan import Cluster, in_clusters, scan_neighbours
from geodata.statistics.smoothing import sparse_neighbours

Floats = NDArray[np.float64]
MIN_EVENTS = 30.0
"""Effective events below which a map of districts is not tested at all."""
MIN_OCCUPIED = 5
"""Districts with events below which the normal approximation is not used."""
MIN_WINDOW = 3
"""District and neighbours together: an island has nothing to be compared with."""
FALSE_ALARMS = 0.05
"""Share of maps without any cluster that may show a hot one (and as many a cold one)."""


@dataclass(frozen=True, slots=True)
class Hotspots:
    """Scores, p-values and verdicts in the districts' order."""

    z: Floats
    p: Floats
    verdict: NDArray[np.object_]
    reason: str | None
    """Why nothing was tested; null where the map was."""
    hot: tuple[Cluster, ...]
    cold: tuple[Cluster, ...]
    """The clusters behind the verdicts."""
    dispersion: float = 1.0


def hotspots(rate: Floats, effective: Floats, exposure: Floats, neighbours: Any) -> Hotspots:
    """Say which districts lie in a cluster, with few false alarms a map.

    ``hot`` and ``cold``: member of a cluster of `scan_neighbours` whose p is at most 5 % (so
    that at most 5 % of maps without any cluster show a hot one), with a rate of its own on
    that side; ``none`` was tested and found unremarkable. ``not_enough_data``: fewer than 30
    effective events or 5 districts that hold any, no rate, or a window of fewer than three
    districts. Gi* is given beside it wherever it is defined: on rates of unequal areas with
    few events it alarms on a third of maps under equal risk, so it decides nothing.

    Parameters
    ----------
    rate
        Crude rate per district; NaN without exposure.
    effective
        Effective number of events per district.
    exposure
        What the rate is per.
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
        return Hotspots(z, p, verdict, reason, (), ())
    window = 1 + np.diff(sparse_neighbours(neighbours).indptr)
    testable = np.isfinite(rate) & (window >= MIN_WINDOW)
    exposed = np.where(testable, exposure, np.nan)
    high = scan_neighbours(effective, exposed, neighbours)
    low = scan_neighbours(effective, exposed, neighbours, low=True)
    verdict[testable] = "none"
    verdict[in_clusters(low, effective, exposed, FALSE_ALARMS, low=True)] = "cold"
    verdict[in_clusters(high, effective, exposed, FALSE_ALARMS)] = "hot"
    hot, cold = (tuple(c for c in s.clusters if c.p <= FALSE_ALARMS) for s in (high, low))
    return Hotspots(z, p, verdict, None, hot, cold, high.dispersion)
