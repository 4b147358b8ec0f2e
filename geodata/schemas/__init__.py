"""The schema of each collection: the public property names, in their public order."""

from geodata.schemas.activities import OPERATIONS, STATISTICS
from geodata.schemas.incidents import INCIDENTS
from geodata.schemas.places import DISTRICTS, PLACES
from geodata.schemas.risk import CLUSTERS, FORECAST, RISK, RISK_SURFACE

SCHEMAS = {s.name: s for s in (DISTRICTS, INCIDENTS, RISK, PLACES, OPERATIONS, STATISTICS)}

__all__ = [
    "CLUSTERS",
    "DISTRICTS",
    "FORECAST",
    "INCIDENTS",
    "OPERATIONS",
    "PLACES",
    "RISK",
    "RISK_SURFACE",
    "SCHEMAS",
    "STATISTICS",
]
