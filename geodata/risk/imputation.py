"""Places that are known only in part: what each district may hold of them, and the doubt.

An incident in one of several districts, or in a province of which no more is known, counts
for each district with a probability, never in full for one. What that leaves open is a
variance between imputations, added to the limits (Rubin 1987).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.deferred import deferred
from geodata.incidents import DistrictWeights, abroad, incidents_in
from geodata.places.units import UnitIndex
from geodata.statistics.smoothing import Posterior, gamma_poisson_posterior

if TYPE_CHECKING:
    import scipy.sparse as sp
else:
    sp = deferred("scipy.sparse")

Floats = NDArray[np.float64]
IMPUTATIONS = 40
"""Draws of the districts' rates, which say where in a province an incident may have been."""
SEED = 20_201_110
"""Fixed, so that the same register always gives the same shares."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where incidents count, the imputed ones included."""

    stated: DistrictWeights
    """As the register has it."""
    weights: DistrictWeights
    """The same, with the mean shares of those known only by a unit above the districts."""
    rows: NDArray[np.intp]
    """Rows of the matrix of `weights` that hold such units."""
    draws: Floats
    """Imputations x units x districts: the shares under each draw of the rates."""

    def sums(self, values: Floats) -> Floats:
        """Sum ``value x share`` by district, of one value an incident."""
        return self.weights.sums(values)

    def variance(self, total: Floats, squares: Floats, inside: Floats) -> Floats:
        """Give the variance of the sums over where, and whether, the incidents happened.

        ``sum v^2 p (1 - p)`` for the places given their shares (every imputation at once),
        and ``(1 + 1/M)`` times the variance of the sums between M draws of the shares.

        Parameters
        ----------
        total
            What the incidents of a row count, one number each.
        squares
            The same of the squares of what an incident counts where it is.
        inside
            Probability that it happened in the period.

        Returns
        -------
        numpy.ndarray
            One number a district; 0 where all places and days are known.
        """
        whole = self.weights.sums(squares * inside)
        found = np.maximum(whole - self.weights.square_sums(squares * inside**2), 0.0)
        found[found <= 1e-9 * whole] = 0.0
        if len(self.rows):
            held = self.weights.by_text(total)[self.rows]
            drawn = np.einsum("u,mud->md", held, self.draws)
            found += (1 + 1 / len(drawn)) * drawn.var(axis=0, ddof=1)
        return np.asarray(found)


def places_of(
    incidents: pd.DataFrame,
    districts: gpd.GeoDataFrame,
    inside: Floats | None = None,
    stated: DistrictWeights | None = None,
) -> Places:
    """Find where incidents count; those known only by a unit above share its districts.

    An incident that no district holds, but whose place as reported names a province (or
    another unit above the districts), counts for the unit's districts in proportion to
    ``area x rate``: the rates are drawn 40 times from the gamma-Poisson posterior of the
    incidents whose district is known, half an event added to each. Stated shares
    (``AZ-TAR:0.5;AZ-AGM:0.5``) stay.

    Parameters
    ----------
    districts
        Frame of the districts' schema, with `admin1_name` or `admin2_name` where there are
        units above.
    inside
        Incidents of each row that happened in the period (`inside`); the rates are of those.
    stated
        What the incidents' texts say, when the caller has read them.

    Returns
    -------
    Places
        In the incidents' and the districts' order.

    References
    ----------
    Rubin DB (1987). Multiple Imputation for Nonresponse in Surveys. Wiley, section 3.1.
    """
    stated = stated or DistrictWeights.of(incidents, districts.index)
    none = Places(stated, stated, np.zeros(0, np.intp), np.zeros((IMPUTATIONS, 0, len(districts))))
    lost = stated.matrix.sum(axis=1)[stated.codes] == 0
    above = [n for n in ("admin1_name", "admin2_name") if n in districts.columns]
    if not lost.any() or not above or districts[above].isna().all(axis=None):
        return none
    units, code = _units_above(incidents[lost], districts)
    if not len(units):
        return none
    share = incidents_in(incidents) if inside is None else inside
    area = districts["area_km2"].to_numpy(dtype="float64", na_value=np.nan)
    posterior = gamma_poisson_posterior(stated.sums(share), area)
    # half an event more (Jeffreys): that nothing is known of a district is no proof of nothing
    posterior = Posterior(posterior.shape + 0.5, posterior.rate)
    rates = posterior.draw(IMPUTATIONS, np.random.default_rng(SEED))
    # no event at all, or no area: nothing tells the districts of a unit apart but their area
    size = np.where(np.isfinite(area) & (area > 0), area, 1.0)
    mass = np.where(np.isfinite(rates) & (rates > 0), rates, 0.0) * size + 1e-12 * size
    draws = mass[:, None, :] * units[None]
    draws /= draws.sum(axis=2, keepdims=True)
    matrix = sp.csr_array(sp.vstack([stated.matrix[:-1], draws.mean(axis=0), stated.matrix[-1:]]))
    codes = stated.codes.copy()
    first = stated.matrix.shape[0] - 1
    codes[lost] = np.where(code >= 0, first + code, codes[lost])
    rows = np.arange(first, first + len(units))
    return Places(stated, DistrictWeights(codes, matrix), rows, draws)


def _units_above(
    incidents: pd.DataFrame, districts: gpd.GeoDataFrame
) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """Units x districts that the reported places name, and the unit of each incident or -1."""
    nobody = np.zeros((0, len(districts)), bool), np.full(len(incidents), -1)
    if "place_as_reported" not in incidents.columns:
        return nobody
    index = units_of(districts)
    texts, names = pd.factorize(units_named(incidents, districts, index), use_na_sentinel=True)
    found: dict[frozenset[int], int] = {}
    unit_of = np.full(len(names) + 1, -1)
    for at, name in enumerate(names):
        unit_of[at] = found.setdefault(index.any_above(name) or frozenset(), len(found))
    units = np.zeros((len(found), len(districts)), bool)
    for members, at in found.items():
        units[at, list(members)] = True
    return (units, unit_of[texts]) if found else nobody


def units_of(districts: gpd.GeoDataFrame) -> UnitIndex:
    """Give the units above the districts, to be found by their names."""
    return UnitIndex(districts, [{} for _ in range(len(districts))])


def units_named(
    incidents: pd.DataFrame, districts: gpd.GeoDataFrame, index: UnitIndex
) -> NDArray[np.object_]:
    """Give the name of the unit above the districts that each incident's place speaks of.

    Of a place "finer, coarser" it is the finest part that names such a unit.

    Parameters
    ----------
    incidents
        With `place_as_reported`, and `country` where it is known: a place of another country
        names none.
    index
        Of these districts, from `units_of`.

    Returns
    -------
    numpy.ndarray
        Texts; None where there is none.
    """
    texts, names = pd.factorize(incidents["place_as_reported"], use_na_sentinel=True)
    named = np.full(len(names) + 1, None, dtype=object)
    for at, name in enumerate(names):
        parts = (part.strip() for part in str(name).split(","))
        named[at] = next((part for part in parts if part and index.any_above(part)), None)
    found = named[texts]
    found[abroad(incidents, districts)] = None
    return found
