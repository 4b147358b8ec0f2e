"""The arithmetic behind a district's number, as the pages show it."""

from typing import Any

from geodata.risk import RiskParameters, explain


def explained(snapshot: Any, district_id: str, parameters: RiskParameters) -> dict[str, Any]:
    """Give the explanation of a district's risk, made once for the snapshot."""
    key = ("pages-explain", district_id, parameters)
    return snapshot.cached(key, lambda: explain(snapshot, district_id, parameters))
