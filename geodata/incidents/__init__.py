"""Incidents, statistics and operations: records ⇄ frames, and features of GeoJSON."""

from geodata.incidents.documents import checked, document
from geodata.incidents.flat import (
    COUNT,
    LARGEST,
    SQUARES,
    DistrictWeights,
    Toll,
    abroad,
    district_ids_text,
    districts_text,
    elsewhere,
    incidents_in,
    least_of,
    parse_district_ids,
    parse_districts,
    people_in,
    toll_of,
)
from geodata.incidents.founding import Founding, founding
from geodata.incidents.frame import incidents_frame, operations_frame, statistics_frame
from geodata.incidents.geojson import incident_from_feature

__all__ = [
    "COUNT",
    "LARGEST",
    "SQUARES",
    "DistrictWeights",
    "Founding",
    "Toll",
    "abroad",
    "checked",
    "district_ids_text",
    "districts_text",
    "document",
    "elsewhere",
    "founding",
    "incident_from_feature",
    "incidents_frame",
    "incidents_in",
    "least_of",
    "operations_frame",
    "parse_district_ids",
    "parse_districts",
    "people_in",
    "statistics_frame",
    "toll_of",
]
