"""Clusters: the statistics of neighbourhoods, circles and pairs under one roof."""

from geodata.risk.autocorrelation import (
    LocalMoran,
    Moran,
    local_moran,
    moran,
    moran_of_rates,
    moran_test,
)
from geodata.risk.discovery import false_discovery
from geodata.risk.getis_ord import gi_star, gi_star_permutation, two_sided
from geodata.risk.scan import Cluster, scan, space_time_scan
from geodata.risk.space_time import knox, knox_permutation

__all__ = [
    "Cluster",
    "LocalMoran",
    "Moran",
    "false_discovery",
    "gi_star",
    "gi_star_permutation",
    "knox",
    "knox_permutation",
    "local_moran",
    "moran",
    "moran_of_rates",
    "moran_test",
    "scan",
    "space_time_scan",
    "two_sided",
]
