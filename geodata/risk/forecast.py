"""Expected incidents to come, under the path that notebooks use."""

from geodata.statistics.counts import district_counts
from geodata.statistics.mixture import cell_intensity

__all__ = ["cell_intensity", "district_counts"]
