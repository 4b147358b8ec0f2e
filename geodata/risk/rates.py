"""Rates and their limits, under the path that notebooks use."""

from geodata.statistics.rates import (
    compound_interval,
    poisson_interval,
    rate,
    weighted_interval,
)

__all__ = ["compound_interval", "poisson_interval", "rate", "weighted_interval"]
