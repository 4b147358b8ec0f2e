"""The layers that people get, each with its schema and where its frame comes from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd

from geodata import schemas
from geodata.errors import NotFound
from geodata.register import Snapshot
from geodata.risk import (
    RiskParameters,
    clusters_of,
    forecast_of,
    priorities_of,
    risk_of,
    surface_frame_of,
)
from geodata.schemas import CLUSTERS, FORECAST, PRIORITIES, RISK_SURFACE, Column, FrameSchema

Frame = Callable[[Snapshot, RiskParameters], gpd.GeoDataFrame]


@dataclass(frozen=True, slots=True)
class Collection:
    """One layer."""

    id: str
    title: str
    description: str
    schema: FrameSchema
    frame: Frame
    computed: bool = False
    """Whether the risk parameters change it."""


def _held(name: str) -> Frame:
    return lambda snapshot, _parameters: snapshot.frame(name)


COLLECTIONS = {
    c.id: c
    for c in (
        Collection(
            "districts",
            "Districts",
            "Administrative units that risk is computed for. Approximate boundaries; they imply no "
            "opinion on the status of any territory.",
            schemas.DISTRICTS,
            _held("districts"),
        ),
        Collection(
            "incidents",
            "Incidents",
            "Landmine and UXO blasts, one feature an incident. No geometry where only the district "
            "is known. Features without a geometry belong to every bbox; filter=geometry IS NOT "
            "NULL leaves them out.",
            schemas.INCIDENTS,
            _held("incidents"),
        ),
        Collection(
            "risk",
            "Risk by district",
            "Density of incidents per district with intervals. No record is not the same as safe.",
            schemas.RISK,
            risk_of,
            computed=True,
        ),
        Collection(
            "risk-surface",
            "Risk surface",
            "Kernel intensity of incidents in bands; district-only incidents are spread over "
            "their area.",
            RISK_SURFACE,
            surface_frame_of,
            computed=True,
        ),
        Collection(
            "clusters",
            "Clusters",
            "Neighbouring districts with more or fewer incidents than equal risk would have, and "
            "with more of late than their history foresees. Features without a geometry say "
            "what could not be tested.",
            CLUSTERS,
            clusters_of,
            computed=True,
        ),
        Collection(
            "forecast",
            "Forecast",
            "Incidents expected in the days to come, by cell or district, with predictive "
            "limits. Nowhere is the expected number 0.",
            FORECAST,
            forecast_of,
            computed=True,
        ),
        Collection(
            "priorities",
            "Priorities",
            "Districts in the order of clearance or of risk education (purpose), by criteria with "
            "weights of your choice, with the ranks that other weights would give.",
            PRIORITIES,
            priorities_of,
            computed=True,
        ),
        Collection(
            "places",
            "Places",
            "Settlements and district names with their spellings. Features without a geometry "
            "belong to every bbox; filter=geometry IS NOT NULL leaves them out.",
            schemas.PLACES,
            _held("places"),
        ),
        Collection(
            "operations",
            "Operations",
            "Clearance, survey, training, deployment and assessment. Features without a geometry "
            "belong to every bbox; filter=geometry IS NOT NULL leaves them out.",
            schemas.OPERATIONS,
            _held("operations"),
        ),
        Collection(
            "statistics",
            "Statistics",
            "Published claims about a period and territory; never counted as incidents.",
            schemas.STATISTICS,
            _held("statistics"),
        ),
    )
}


def collection(collection_id: str) -> Collection:
    """Find a layer by its id.

    Raises
    ------
    NotFound
        There is no such layer; the message lists those there are.
    """
    found = COLLECTIONS.get(collection_id)
    if found is None:
        names = ", ".join(COLLECTIONS)
        raise NotFound(f"There is no collection {collection_id[:60]!r}; there are {names}.")
    return found


VALUE_TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "boolean": {"type": "boolean"},
}
"""Kind of a column → its values in JSON Schema."""


def value_schema(column: Column) -> dict[str, Any]:
    """Describe the values of a column in JSON Schema."""
    return VALUE_TYPES[column.kind] | ({"enum": list(column.codes)} if column.codes else {})
