"""Risk per district as an estimate with an interval.

In all modules `incidents` and `districts` are frames of their schemas in WGS 84 (lon, lat), not
changed, and what is given for each is in the order of its rows. Parameters of the same name mean
the same as those of `geodata.risk.districts.district_risk` and `geodata.risk.tally.tally`.
"""

from typing import TYPE_CHECKING

from geodata.deferred import parts

if TYPE_CHECKING:
    from geodata.risk import (
        backtest,
        clusters,
        forecast,
        priorities,
        rates,
        smoothing,
        surface,
    )
    from geodata.risk.clusters import hot_districts
    from geodata.risk.districts import CLASS_LIMITS, class_limits, district_risk
    from geodata.risk.explanation import explain
    from geodata.risk.of_snapshot import (
        backtest_of,
        clusters_of,
        forecast_of,
        foreseen,
        period_of,
        priorities_of,
        reconciliation_of,
        risk_of,
        surface_frame_of,
        surface_of,
    )
    from geodata.risk.parameters import RiskParameters
    from geodata.risk.partitions import LayerInParts, risk_of_parts, workers_of
    from geodata.risk.reconciliation import reconcile
    from geodata.risk.tally import Unplaced, unplaced

__all__ = [
    "CLASS_LIMITS",
    "LayerInParts",
    "RiskParameters",
    "Unplaced",
    "backtest",
    "backtest_of",
    "class_limits",
    "clusters",
    "clusters_of",
    "district_risk",
    "explain",
    "forecast",
    "forecast_of",
    "foreseen",
    "hot_districts",
    "period_of",
    "priorities",
    "priorities_of",
    "rates",
    "reconcile",
    "reconciliation_of",
    "risk_of",
    "risk_of_parts",
    "smoothing",
    "surface",
    "surface_frame_of",
    "surface_of",
    "unplaced",
    "workers_of",
]

__getattr__ = parts(
    __name__,
    {
        "backtest": (),
        "clusters": ("hot_districts",),
        "forecast": (),
        "priorities": (),
        "rates": (),
        "smoothing": (),
        "surface": (),
        "explanation": ("explain",),
        "of_snapshot": (
            "backtest_of",
            "clusters_of",
            "forecast_of",
            "foreseen",
            "period_of",
            "priorities_of",
            "reconciliation_of",
            "risk_of",
            "surface_frame_of",
            "surface_of",
        ),
        "parameters": ("RiskParameters",),
        "partitions": ("LayerInParts", "risk_of_parts", "workers_of"),
        "reconciliation": ("reconcile",),
        "districts": ("CLASS_LIMITS", "class_limits", "district_risk"),
        "tally": ("Unplaced", "unplaced"),
    },
)
