"""The change of one district's rate against the period before, as an explanation has it."""

from dataclasses import asdict
from typing import Any

import numpy as np

from geodata.risk.estimate import Estimate, estimate
from geodata.risk.of_snapshot import SnapshotLike, selected
from geodata.risk.parameters import RiskParameters
from geodata.risk.tally import held
from geodata.statistics.rates import change


def explained_change(
    snapshot: SnapshotLike, at: int, result: Estimate, parameters: RiskParameters
) -> dict[str, Any]:
    """Compare a district's rate with the period of the same length before.

    Parameters
    ----------
    snapshot
        Source of incidents and districts.
    at
        Position of the district.
    result
        Its estimate.
    parameters
        What was asked for.

    Returns
    -------
    dict
        ``status`` ok, no_information, or not_held where the register does not reach back:
        fewer records then would not mean fewer blasts.
    """
    days = held(snapshot.incidents, snapshot.districts.index)
    if result.window is None or days is None:
        return {"status": "no_information"}
    before = result.window.before()
    if before.start < days[0]:
        return {
            "status": "not_held",
            "reason": f"the register holds nothing before {days[0]}, so a smaller number "
            "earlier would not mean less",
        }
    earlier = estimate(
        selected(snapshot, parameters),
        snapshot.districts,
        parameters,
        window=before,
        with_outlook=False,
    )
    scale = result.tally.scale
    density = earlier.density[at]
    found = change(
        float(result.tally.total[at] / scale),
        float(result.exposure[at]),
        float(earlier.tally.total[at] / scale),
        float(earlier.exposure[at]),
        dispersion=float(result.dispersion[at]),
    )
    return {
        "status": "ok" if found.probability_of_rise is not None else "no_information",
        "before": {"start": before.start.isoformat(), "end": before.end.isoformat()},
        "density_before": float(density) if np.isfinite(density) else None,
        **asdict(found),
    }
