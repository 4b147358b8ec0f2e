"""What each district holds of a period: incidents, severity, weights and their squares."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from geodata.errors import InvalidInput
from geodata.incidents.weights import unescape_id
from geodata.risk.window import Window, decayed, fraction_inside

Floats = NDArray[np.float64]
SEVERITIES = ("killed", "injured", "casualties")


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums per district, in the districts' order.

    Attributes
    ----------
    incidents
        Sum of shares: place weight x part of the date range inside the period.
    total, squares
        Sum of the weights (share x decay x severity) and of their squares.
    largest
        Largest of them; 0 where there is none.
    severities
        ``killed``, ``injured``, ``casualties`` weighted by share; NaN where no incident
        of the district states it.
    unstated
        Shares of incidents whose severity, asked for as weight, is not stated.
    unplaced
        Shares inside the period that no district holds.
    scale
        Weight of a typical event, sum w^2 / sum w over the country; 1 for plain counts.
    """

    incidents: Floats
    total: Floats
    squares: Floats
    largest: Floats
    severities: Mapping[str, Floats]
    unstated: Floats
    unplaced: float
    scale: float

    @property
    def effective(self) -> Floats:
        """Effective number of events: the weighted sum in units of a typical event."""
        return self.total / self.scale


def tally(
    incidents: pd.DataFrame,
    district_ids: pd.Index,
    window: Window,
    *,
    weight: str = "incidents",
    half_life_days: float | None = None,
) -> Tally:
    """Count the incidents of a period by district.

    An incident counts with the product of its place weight and the share of its date
    range inside the period (a range is spread evenly over its days). The order of rows
    does not matter.

    Parameters
    ----------
    incidents
        Frame of the incidents' schema; `districts` holds the place weights.
    district_ids
        Ids in the order of the result.
    window
        Closed range of days.
    weight
        ``incidents``, ``casualties`` or ``killed``; an unstated number is no 0: its
        incident is left out of the sum and reported in `unstated`.
    half_life_days
        Days after which an incident counts half, seen from the window's last day.

    Returns
    -------
    Tally
        The law holds: incidents by district plus unplaced = incidents of the period.
    """
    share, w, stated = event_weights(
        incidents, window, weight=weight, half_life_days=half_life_days
    )
    places = Places.of(incidents, district_ids)
    severity = {name: _number(incidents, name) for name in SEVERITIES}
    total, squares = places.sums(w), places.square_sums(w)
    plain = weight == "incidents" and half_life_days is None
    whole = total.sum()
    counted = places.sums(share)
    return Tally(
        incidents=counted,
        total=total,
        squares=squares,
        largest=places.largest(w),
        severities={n: _known_sum(places, share, values) for n, values in severity.items()},
        unstated=places.sums(np.where(stated, 0.0, share)),
        unplaced=float(share.sum() - counted.sum()),
        scale=float(squares.sum() / whole) if whole > 0 and not plain else 1.0,
    )


def event_weights(
    incidents: pd.DataFrame,
    window: Window,
    *,
    weight: str = "incidents",
    half_life_days: float | None = None,
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Give each incident's share inside the period and its weight there.

    Parameters
    ----------
    incidents, window, weight, half_life_days
        As in `tally`.

    Returns
    -------
    tuple of numpy.ndarray
        Share of the date range inside the period; share x decay x severity, 0 where the
        severity is not stated; whether it is stated.
    """
    start, end = incidents["date_start"], incidents["date_end"]
    share = fraction_inside(start, end, window)
    factor = np.ones(len(incidents)) if weight == "incidents" else _number(incidents, weight)
    stated = np.isfinite(factor)
    fresh = decayed(start, end, window, half_life_days)
    return share, share * fresh * np.where(stated, factor, 0.0), stated


@dataclass(frozen=True, slots=True)
class Places:
    """Place weights of incidents: one row of `matrix` for each distinct text."""

    codes: NDArray[np.intp]
    matrix: sp.csr_array

    @classmethod
    def of(cls, incidents: pd.DataFrame, district_ids: pd.Index) -> "Places":
        """Read the `districts` texts of the incidents, each distinct one once.

        Parameters
        ----------
        incidents
            Frame with `districts`, or with `district_id` alone.
        district_ids
            Ids in the order of the matrix's columns.

        Returns
        -------
        Places
            Texts that are null or name unknown districts have empty rows (unplaced).

        Raises
        ------
        InvalidInput
            A weight is no number.
        """
        column = "districts" if "districts" in incidents.columns else "district_id"
        codes, texts = pd.factorize(incidents[column], use_na_sentinel=True)
        position = {str(name): i for i, name in enumerate(district_ids)}
        rows, columns, weights = [], [], []
        for row, text in enumerate(texts):
            for district, part in parse_weights(str(text)).items():
                if district in position:
                    rows.append(row)
                    columns.append(position[district])
                    weights.append(part)
        size = (len(texts) + 1, len(district_ids))
        # the last row is the place of those without any text, code -1
        return cls(codes, sp.csr_array((np.array(weights, float), (rows, columns)), shape=size))

    def sums(self, values: Floats) -> Floats:
        """Sum ``value x place weight`` by district.

        Parameters
        ----------
        values
            One number an incident.

        Returns
        -------
        numpy.ndarray
            One number a district.
        """
        return self._by_text(values) @ self.matrix

    def square_sums(self, values: Floats) -> Floats:
        """Sum ``(value x place weight)^2`` by district.

        Parameters
        ----------
        values
            One number an incident.

        Returns
        -------
        numpy.ndarray
            One number a district.
        """
        return self._by_text(values**2) @ self.matrix.power(2)

    def largest(self, values: Floats) -> Floats:
        """Give the largest ``value x place weight`` by district.

        Parameters
        ----------
        values
            One number an incident, not negative.

        Returns
        -------
        numpy.ndarray
            One number a district, 0 where there is none.
        """
        texts = self.matrix.shape[0]
        by_text = np.zeros(texts)
        np.maximum.at(by_text, np.where(self.codes < 0, texts - 1, self.codes), values)
        cells = sp.coo_array(self.matrix)
        found = np.zeros(self.matrix.shape[1])
        np.maximum.at(found, cells.col, by_text[cells.row] * cells.data)
        return found

    def of_district(self, position: int) -> Floats:
        """Give each incident's weight in one district.

        Parameters
        ----------
        position
            Position of the district.

        Returns
        -------
        numpy.ndarray
            Weight of each incident, 0 where it lies elsewhere.
        """
        return self.matrix[:, [position]].toarray()[:, 0][self.codes]

    def _by_text(self, values: Floats) -> Floats:
        last = self.matrix.shape[0] - 1
        codes = np.where(self.codes < 0, last, self.codes)
        return np.bincount(codes, values, last + 1).astype(np.float64)


def parse_weights(text: str) -> dict[str, float]:
    """Read ``AZ-TAR:0.5;AZ-AGM:0.5``; an id without weight counts in full.

    Parameters
    ----------
    text
        Districts and weights.

    Returns
    -------
    dict
        Weight by district id; a district named twice has the sum.

    Raises
    ------
    InvalidInput
        A weight is no positive number.

    Examples
    --------
    >>> parse_weights("AZ-TAR:0.5;AZ-AGM:0.5")
    {'AZ-TAR': 0.5, 'AZ-AGM': 0.5}
    """
    weights: dict[str, float] = {}
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        name, colon, number = part.rpartition(":")
        try:
            weight = float(number) if colon else 1.0
        except ValueError:
            weight = np.nan
        if not 0 < weight <= 1 + 1e-9:
            raise InvalidInput(
                f"districts={text[:80]!r}: write id:weight with weights over 0 and at most 1, "
                "joined by semicolons.",
                code="bad-districts",
                details=[{"field": "districts", "reason": f"weight of {part[:40]!r}"}],
            )
        name = unescape_id(name if colon else part)
        weights[name] = weights.get(name, 0.0) + weight
    return weights


def _number(incidents: pd.DataFrame, name: str) -> Floats:
    if name not in incidents.columns:
        return np.full(len(incidents), np.nan)
    return incidents[name].to_numpy(dtype="float64", na_value=np.nan)


def _known_sum(places: Places, share: Floats, values: Floats) -> Floats:
    known = np.isfinite(values)
    sums = places.sums(share * np.where(known, values, 0.0))
    return np.where(places.sums(np.where(known, share, 0.0)) > 0, sums, np.nan)


def held(incidents: pd.DataFrame, district_ids: pd.Index | None = None) -> tuple[date, date] | None:
    """Give the first and last day that any incident may have happened on.

    Parameters
    ----------
    incidents
        Frame of the incidents' schema.
    district_ids
        Only incidents that lie in one of these districts tell the days, if there are any: those
        of another country do not stretch this one's period.

    Returns
    -------
    tuple of date or None
        None for an empty frame.
    """
    if district_ids is not None:
        places = Places.of(incidents, district_ids)
        inside = places.matrix.sum(axis=1)[places.codes] > 0
        incidents = incidents[inside] if inside.any() else incidents
    first: Any = incidents["date_start"].min()
    last: Any = incidents["date_end"].max()
    if pd.isna(first) or pd.isna(last):
        return None
    return first.date(), last.date()
