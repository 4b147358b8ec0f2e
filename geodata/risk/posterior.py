"""Gamma posteriors of district rates: means, limits, probabilities, draws."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincc, gammainccinv, gammaincinv

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Posterior:
    """One gamma distribution a district, ``Gamma(shape, rate)``; NaN where undefined."""

    shape: Floats
    rate: Floats

    @property
    def mean(self) -> Floats:
        """Give the posterior mean ``shape / rate``."""
        return self.shape / self.rate

    def interval(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """Give the equal-tailed credible limits.

        Parameters
        ----------
        level
            Probability between the limits.

        Returns
        -------
        tuple of numpy.ndarray
            Lower and upper limit of each district.
        """
        tail = (1 - level) / 2
        low = gammaincinv(self.shape, tail) / self.rate
        return low, gammainccinv(self.shape, tail) / self.rate

    def exceeds(self, threshold: ArrayLike) -> Floats:
        """Give the probability that the rate is above `threshold`.

        Parameters
        ----------
        threshold
            In the unit of the rate.

        Returns
        -------
        numpy.ndarray
            Probability of each district.
        """
        return gammaincc(self.shape, np.asarray(threshold, float) * self.rate)

    def draw(self, size: int, rng: np.random.Generator) -> Floats:
        """Draw rates.

        Parameters
        ----------
        size
            Number of draws.
        rng
            Generator; the same seed gives the same draws.

        Returns
        -------
        numpy.ndarray
            ``size`` rows, one column a district; NaN columns where undefined.
        """
        known = np.isfinite(self.shape) & np.isfinite(self.rate)
        draws = np.full((size, self.shape.size), np.nan)
        draws[:, known] = rng.gamma(self.shape[known], 1 / self.rate[known], (size, known.sum()))
        return draws
