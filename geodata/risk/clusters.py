"""Clusters: the statistics of neighbourhoods, circles and pairs under one roof."""

from geodata.statistics.clusters import (
    LocalMoran,
    Moran,
    false_discovery,
    gi_star,
    gi_star_permutation,
    knox,
    knox_permutation,
    local_moran,
    moran,
    moran_of_rates,
    moran_test,
    two_sided,
)
from geodata.statistics.scan import Cluster, hot_districts, scan, scan_neighbours, space_time_scan

__all__ = [
    "Cluster",
    "LocalMoran",
    "Moran",
    "false_discovery",
    "gi_star",
    "gi_star_permutation",
    "hot_districts",
    "knox",
    "knox_permutation",
    "local_moran",
    "moran",
    "moran_of_rates",
    "moran_test",
    "scan",
    "scan_neighbours",
    "space_time_scan",
    "two_sided",
]
