"""Rates and their limits, under the path that notebooks use."""

from geodata.statistics.rates import poisson_interval, rate, weighted_interval

__all__ = ["poisson_interval", "rate", "weighted_interval"]
