"""Smoothed rates, under the path that notebooks use."""

from geodata.statistics.rates import (
    empirical_bayes,
    gamma_poisson,
    gamma_poisson_posterior,
    spatial_empirical_bayes,
    spatial_posterior,
)

__all__ = [
    "empirical_bayes",
    "gamma_poisson",
    "gamma_poisson_posterior",
    "spatial_empirical_bayes",
    "spatial_posterior",
]
