"""The arithmetic behind a district's number, as the pages show it."""

from typing import Any

from geodata.risk import RiskParameters


def explained(snapshot: Any, district_id: str, parameters: RiskParameters) -> Any:
    """Give the explanation of a district's risk (`geodata.risk.explain`)."""
    return None
