"""Boxes over many points: strips of equal counts, sorted by latitude inside each strip.

A box costs what it selects and about the square root of what is held: of the strips that it
meets, the rows between two latitudes are found by bisection, all strips at once.
"""

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.int64]
_PER_STRIP = 1_024
"""Points a strip holds at least: below it a strip's own cost outweighs what it leaves out."""
_STRIDE = 1_000.0
"""Between the keys of two strips: more than any two latitudes that a box may name."""
_SLACK = 1e-9


class PointIndex:
    """Points by place.

    Parameters
    ----------
    longitude, latitude
        WGS 84 degrees, shape (n,); a row with NaN in either is no point and never found.
    """

    def __init__(
        self, longitude: npt.NDArray[np.float64], latitude: npt.NDArray[np.float64]
    ) -> None:
        rows = np.flatnonzero(~(np.isnan(longitude) | np.isnan(latitude)))
        order = rows[np.argsort(longitude[rows], kind="stable")]
        count = len(order)
        strips = max(1, min(int(np.sqrt(count)), count // _PER_STRIP))
        edges = np.linspace(0, count, strips + 1).astype(np.int64)
        strip = np.repeat(np.arange(strips), np.diff(edges))
        # Within a strip by latitude: one sort, since lexsort is stable in its last key.
        inner = np.lexsort((latitude[order], strip))
        west = longitude[order[np.minimum(edges[:-1], count - 1)]] if count else np.empty(0)
        east = longitude[order[edges[1:] - 1]] if count else np.empty(0)
        order = order[inner]
        self._rows = order.astype(np.int32)
        self._x = longitude[order]
        self._y = latitude[order]
        # One ascending key over all strips, so that one bisection in C serves them all.
        self._key = strip * _STRIDE + self._y
        self._west, self._east = west, east

    def __len__(self) -> int:
        """How many points there are."""
        return len(self._rows)

    def within(self, west: float, south: float, east: float, north: float) -> Rows:
        """Give the rows of the points in a closed box.

        Parameters
        ----------
        west, south, east, north
            WGS 84 degrees; west is not east of east (cut a box at the antimeridian in two).

        Returns
        -------
        numpy.ndarray
            Rows in ascending order; a point on the edge is in.
        """
        south, north = max(south, -90.0), min(north, 90.0)
        if not len(self) or west > east or south > north:
            return np.empty(0, dtype=np.int64)
        # Strips are in the order of longitude, but equal longitudes may fill several.
        first = int(np.searchsorted(self._east, west, side="left"))
        last = int(np.searchsorted(self._west, east, side="right"))
        if first >= last:
            return np.empty(0, dtype=np.int64)
        strips = np.arange(first, last) * _STRIDE
        # The key has lost digits to the strip's number: take a little more, then look exactly.
        low = np.searchsorted(self._key, strips + (south - _SLACK), side="left")
        high = np.searchsorted(self._key, strips + (north + _SLACK), side="right")
        places = _ranges(low, high)
        x, y = self._x[places], self._y[places]
        found = self._rows[places[(x >= west) & (x <= east) & (y >= south) & (y <= north)]]
        found.sort()
        return found.astype(np.int64)


def _ranges(low: Rows, high: Rows) -> Rows:
    """Write out the whole numbers from each low up to, without, its high."""
    sizes = np.maximum(high - low, 0)
    total = int(sizes.sum())
    ends = np.cumsum(sizes)
    return np.arange(total) + np.repeat(low - (ends - sizes), sizes)
