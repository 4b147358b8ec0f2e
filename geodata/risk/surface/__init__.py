"""The risk surface: intensity of a register's incidents as a grid, as bands, as a GeoTIFF."""

from geodata.risk.surface.bands import surface_frame
from geodata.risk.surface.estimation import RiskSurface, risk_surface
from geodata.statistics.kernels import intensity

__all__ = ["RiskSurface", "intensity", "risk_surface", "surface_frame"]
