"""Incidents, statistics and operations: records ⇄ frames ⇄ GeoJSON."""

from geodata.incidents.documents import checked, document
from geodata.incidents.founding import Founding, founding
from geodata.incidents.frame import incidents_frame
from geodata.incidents.geojson import (
    incident_feature,
    incident_from_feature,
    incidents_from_geojson,
    incidents_to_geojson,
)
from geodata.incidents.operations import operations_frame
from geodata.incidents.statistics import statistics_frame
from geodata.incidents.weights import Weights, districts_text, parse_districts, weights_of

__all__ = [
    "Founding",
    "Weights",
    "checked",
    "districts_text",
    "document",
    "founding",
    "incident_feature",
    "incident_from_feature",
    "incidents_frame",
    "incidents_from_geojson",
    "incidents_to_geojson",
    "operations_frame",
    "parse_districts",
    "statistics_frame",
    "weights_of",
]
