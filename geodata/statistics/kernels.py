"""Kernel intensity of points on a grid: cells, edge-corrected smoothing, bandwidths."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geodata.deferred import special
from geodata.errors import InvalidInput

if TYPE_CHECKING:
    from affine import Affine


Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Ints = NDArray[np.intp]
MAX_CELLS = 4_000_000
_FILTER_REACH = 60
_SIGMAS = 5.0
_NEAR = 1.5
_POINTS_AT_ONCE = 50_000
MIN_POINTS = 10
DEFAULT_M = 10_000.0
"""Used where fewer than ten places are known: the size of a district, not of the data."""
_EXACT = 1_500


@dataclass(frozen=True, slots=True)
class Grid:
    """Square cells over a window, first row in the north."""

    west: float
    north: float
    """Outer corner of the first cell, metres."""
    cell_m: float
    """Side of a cell."""
    mask: Mask
    """Rows x columns; True where a cell's centre lies in the window."""

    @classmethod
    def over(cls, window: Any, cell_m: float) -> "Grid":
        """Lay a grid over a polygon.

        Parameters
        ----------
        window
            Polygon or MultiPolygon, projected, metres.

        Returns
        -------
        Grid
            Covering the window's bounds; a window smaller than a cell marks the cells it
            touches.

        Raises
        ------
        InvalidInput
            The window is empty, or the cells are too small or not positive.
        """
        if window is None or window.is_empty or not np.isfinite(cell_m) or cell_m <= 0:
            raise InvalidInput("A surface needs a window with an area and a cell over 0 m.")
        west, south, east, north = window.bounds
        columns = max(int(np.ceil((east - west) / cell_m - 1e-9)), 1)
        rows = max(int(np.ceil((north - south) / cell_m - 1e-9)), 1)
        if rows * columns > MAX_CELLS:
            raise InvalidInput(
                f"cell={cell_m:g} m makes {rows * columns} cells; the limit is {MAX_CELLS}. "
                "Choose larger cells.",
                code="bad-cell",
            )
        grid = cls(west, north, cell_m, np.ones((rows, columns), dtype=bool))
        return cls(west, north, cell_m, grid.covered(window))

    @property
    def transform(self) -> "Affine":
        """Affine transform from column, row to x, y of the cells' outer corners."""
        from affine import Affine

        return Affine(self.cell_m, 0.0, self.west, 0.0, -self.cell_m, self.north)

    def covered(self, shape: Any) -> Mask:
        """Mark the cells whose centre lies in a polygon, else those that it touches."""
        from rasterio.features import rasterize

        size = self.mask.shape
        for touched in (False, True):
            burnt = rasterize(
                [shape], size, transform=self.transform, all_touched=touched, dtype="uint8"
            )
            if burnt.any():
                break
        return burnt.astype(bool)

    def positions(self, xy: Floats) -> tuple[Floats, Floats]:
        """Give fractional column and row of points, 0 at the first cell's centre.

        Parameters
        ----------
        xy
            n x 2 coordinates, metres.
        """
        column = (xy[:, 0] - self.west) / self.cell_m - 0.5
        row = (self.north - xy[:, 1]) / self.cell_m - 0.5
        return column, row


def inside(xy: Floats, window: Any, grid: Grid) -> Mask:
    """Say which points lie in the window or on its border.

    Parameters
    ----------
    xy
        n x 2 coordinates, NaN where unknown.
    grid
        Grid over it: only points near its border are tested exactly.
    """
    rows, columns = grid.mask.shape
    x, y = (np.floor(part + 0.5) for part in grid.positions(xy))
    with np.errstate(invalid="ignore"):
        found = (x >= 0) & (x <= columns) & (y >= 0) & (y <= rows)
    framed = np.pad(grid.mask, 1)
    rowwise = framed[:-2] & framed[1:-1] & framed[2:]
    deep = rowwise[:, :-2] & rowwise[:, 1:-1] & rowwise[:, 2:]
    column = np.minimum(x[found].astype(np.intp), columns - 1)
    row = np.minimum(y[found].astype(np.intp), rows - 1)
    near = np.flatnonzero(found)[~deep[row, column]]
    shapely.prepare(window)
    found[near] = shapely.intersects_xy(window, xy[near, 0], xy[near, 1])
    return found


def intensity(
    points_xy: ArrayLike, window: Any, bandwidth_m: float, cell_m: float
) -> tuple[Floats, "Affine"]:
    """Estimate the intensity of points in a window, corrected for its edge.

    Gaussian kernel; each point's mass is divided by the part of its kernel inside the
    window (Jones 1993, Diggle 1985), so the surface integrates over the window to the
    number of points in it.

    Parameters
    ----------
    points_xy
        n x 2 projected coordinates, metres. Points outside the window or without
        coordinates are left out.
    window
        Polygon or MultiPolygon in the same system.

    Returns
    -------
    tuple
        Points per m2 in each cell (rows from north to south, 0 outside the window) and the
        affine transform of the grid.

    Raises
    ------
    InvalidInput
        Bandwidth or cell is not positive, or there are too many cells.

    References
    ----------
    Diggle P (1985). A kernel method for smoothing point process data. Applied Statistics
    34, 138-147. Jones MC (1993). Simple boundary correction for kernel density
    estimation. Statistics and Computing 3, 135-146.

    Examples
    --------
    >>> from shapely import box
    >>> grid, transform = intensity([[5, 5]], box(0, 0, 10, 10), 2.0, 1.0)
    >>> round(float(grid.sum() * 1.0**2), 6)
    1.0
    """
    grid = Grid.over(window, cell_m)
    xy = np.asarray(points_xy, float).reshape(-1, 2)
    xy = xy[inside(xy, window, grid)]
    mass = kernel_mass(xy, np.ones(len(xy)), grid, bandwidth_m)
    return mass / cell_m**2, grid.transform


def kernel_mass(xy: Floats, weights: Floats, grid: Grid, bandwidth_m: float) -> Floats:
    """Sum the kernels of points on a grid, corrected for the window's edge.

    Each point's kernel of up to 1.5 cells is summed where it lies, the rest of a wider one
    by a blur of the whole grid: Gaussians of a cell and more are so smooth that no binning
    shows (at most 1e-4 of the peak, at any bandwidth, against the sum of all kernels at the
    cells' centres). Under one cell a value is the kernel's mean over the cell.

    Returns
    -------
    numpy.ndarray
        Mass per cell with the sum of the weights, 0 outside the window.

    Raises
    ------
    InvalidInput
        The bandwidth is not positive.

    References
    ----------
    Greengard L, Lee JY (2004). Accelerating the nonuniform fast Fourier transform. SIAM
    Review 46, 443-454 (points spread by a Gaussian, the grid by the rest of it).
    """
    return far_mass(near_mass(xy, weights, grid, bandwidth_m), grid, bandwidth_m)


def _near_and_rest(bandwidth_m: float, grid: Grid) -> tuple[float, float, int]:
    """Give the part of a bandwidth that is summed by point, the rest, and the cells it reaches."""
    bandwidth = _in_cells(bandwidth_m, grid)
    near = bandwidth if bandwidth <= _NEAR else 1.0
    return near, float(np.sqrt(bandwidth**2 - near**2)), int(np.ceil(_SIGMAS * near)) + 1


def near_mass(xy: Floats, weights: Floats, grid: Grid, bandwidth_m: float) -> Floats:
    """Sum that part of the points' kernels which is summed where they lie, see `kernel_mass`.

    The parameters are those of `kernel_mass`.

    Returns
    -------
    numpy.ndarray
        A grid with a frame around it. Those of several sets of points may be added;
        `far_mass` makes the sum whole.
    """
    near, rest, reach = _near_and_rest(bandwidth_m, grid)
    mask = np.pad(grid.mask, reach).astype(float)
    kept = _blurred(mask, rest, sampled=True) if rest > 0 else mask
    rows, columns = grid.mask.shape
    at = [
        np.clip(np.floor(part + 0.5), 0, size - 1).astype(np.intp)
        for part, size in zip(grid.positions(xy), (columns, rows), strict=True)
    ]
    steps = np.arange(-reach, reach + 1)
    total = np.zeros(mask.size)
    wide = mask.shape[1]
    flat = kept.ravel()
    for first in range(0, len(xy), _POINTS_AT_ONCE):
        part = slice(first, first + _POINTS_AT_ONCE)
        column, row = at[0][part], at[1][part]
        x, y = grid.positions(xy[part])
        across = _spread_1d(column[:, None] + steps - x[:, None], near)
        down = _spread_1d(row[:, None] + steps - y[:, None], near)
        corner = row * wide + column  # the frame is as wide as the reach
        index = corner[:, None] + np.arange(steps.size)
        share = np.zeros(len(x))
        for k in range(steps.size):
            share += down[:, k] * (across * flat[index + k * wide]).sum(axis=1)
        # a kernel narrower than a cell may miss the window's cells beside its border
        lost = share <= 1e-6
        factor = np.divide(weights[part], share, out=np.zeros(len(x)), where=~lost)
        for k in range(steps.size):
            total += np.bincount(
                (index + k * wide).ravel(),
                (across * (down[:, k] * factor)[:, None]).ravel(),
                total.size,
            )
        if lost.any():
            alone = binned(xy[part][lost], weights[part][lost], grid)
            total += np.pad(_window_corrected(alone, kept, reach), reach).ravel()
    return total.reshape(mask.shape)


def far_mass(mass: Floats, grid: Grid, bandwidth_m: float) -> Floats:
    """Blur what `near_mass` gave by the rest of the kernel: what is left of `kernel_mass`."""
    _, rest, reach = _near_and_rest(bandwidth_m, grid)
    if rest > 0:
        mass = _blurred(mass, rest, sampled=True)
    return np.asarray(mass[reach:-reach, reach:-reach] * grid.mask)


def _window_corrected(mass: Floats, kept: Floats, reach: int) -> Floats:
    window = kept[reach:-reach, reach:-reach]
    return np.divide(mass, window, out=np.zeros(mass.shape), where=mass > 0)


def _spread_1d(distance: Floats, bandwidth: float) -> Floats:
    """Kernel at cells by their distance in cells: its value, or its mean over a wider cell."""
    if bandwidth >= 1:
        return np.asarray(np.exp(-0.5 * (distance / bandwidth) ** 2))
    ndtr = special.ndtr
    return np.asarray(ndtr((distance + 0.5) / bandwidth) - ndtr((distance - 0.5) / bandwidth))


def _in_cells(bandwidth_m: float, grid: Grid) -> float:
    if not np.isfinite(bandwidth_m) or bandwidth_m <= 0:
        raise InvalidInput("The bandwidth must be a number of metres over 0.", code="bad-bandwidth")
    return bandwidth_m / grid.cell_m


def binned(xy: Floats, weights: Floats, grid: Grid) -> Floats:
    """Share each point's weight among the four nearest cells, by distance.

    The parameters are those of `kernel_mass`.

    Returns
    -------
    numpy.ndarray
        Mass per cell, with the sum of the weights. A point beside the border counts in
        full in the nearest cell of the window.
    """
    from scipy.ndimage import distance_transform_edt

    rows, columns = grid.mask.shape
    if not len(xy):
        return np.zeros((rows, columns))
    x, y = grid.positions(xy)
    row = np.clip(np.floor(y + 0.5).astype(np.intp), 0, rows - 1)
    column = np.clip(np.floor(x + 0.5).astype(np.intp), 0, columns - 1)
    home = row * columns + column
    lost = ~grid.mask.ravel()[home]
    if lost.any():
        near = distance_transform_edt(~grid.mask, return_distances=False, return_indices=True)
        nearest = near[:, row[lost], column[lost]]
        home[lost] = nearest[0] * columns + nearest[1]
    return _shared(home, x, y, weights, grid.mask)


def _shared(home: Ints, x: Floats, y: Floats, weights: Floats, mask: Mask) -> Floats:
    rows, columns = mask.shape
    framed = np.pad(mask, 1).ravel()
    wide = columns + 2
    left, top = np.floor(x), np.floor(y)
    right, down = x - left, y - top
    first = ((top + 1) * wide + left + 1).astype(np.intp)
    first = np.clip(first, 0, framed.size - wide - 2)
    whole = np.ones(first.shape, dtype=bool)
    for step in (0, 1, wide, wide + 1):
        whole &= framed[first + step]
    every = bool(whole.all())
    base = first if every else first[whole]
    total = np.zeros(framed.size)
    below = weights * down
    above = weights - below
    for step, part in ((0, above), (wide, below)):
        far = part * right
        for corner, share in ((step, part - far), (step + 1, far)):
            total += np.bincount(base + corner, share if every else share[whole], framed.size)
    mass = total.reshape(rows + 2, wide)[1:-1, 1:-1].ravel().copy()
    if not every:
        # a point beside the edge keeps to its own cell rather than leave the window
        mass += np.bincount(home[~whole], weights[~whole], mass.size)
    return mass.reshape(rows, columns)


def smooth(mass: Floats, grid: Grid, bandwidth_m: float) -> Floats:
    """Spread the mass of cells by a Gaussian without losing any over the window's edge.

    Parameters
    ----------
    mass
        Mass per cell, 0 outside the window.

    Returns
    -------
    numpy.ndarray
        Mass per cell with the same sum, 0 outside the window.

    Raises
    ------
    InvalidInput
        The bandwidth is not positive.
    """
    bandwidth = _in_cells(bandwidth_m, grid)
    window = _window_share(grid.mask, bandwidth)
    corrected = np.divide(mass, window, out=np.zeros(mass.shape), where=mass > 0)
    return _blurred(corrected, bandwidth) * grid.mask


def _window_share(mask: Mask, bandwidth: float) -> Floats:
    """Share of each cell's kernel that lies in the window."""
    if mask.all():
        down, across = (_blurred(np.ones((1, size)), bandwidth, (1,)) for size in mask.shape)
        return down.T * across
    return _blurred(mask.astype(float), bandwidth)


def _blurred(
    values: Floats, bandwidth: float, axes: tuple[int, ...] = (0, 1), *, sampled: bool = False
) -> Floats:
    """Blur by a Gaussian, one axis after the other: its mass in each cell, or its value there.

    The kernel is symmetric and the same for mass and window, so nothing is lost whatever
    its tail is cut at. A wide one is a matrix product: a filter's cost grows with it.
    """
    from scipy.ndimage import correlate1d

    def kernel(distance: Floats) -> Floats:
        if sampled:
            density = np.exp(-0.5 * (distance / bandwidth) ** 2)
            return np.asarray(density / (bandwidth * np.sqrt(2 * np.pi)))
        ends = (special.ndtr((distance + end) / bandwidth) for end in (0.5, -0.5))
        return np.asarray(np.subtract(*ends))

    reach = int(np.ceil(_SIGMAS * bandwidth)) + 1
    for axis in axes:
        size = values.shape[axis]
        if reach <= _FILTER_REACH:
            filtered = kernel(np.arange(-reach, reach + 1.0))
            values = correlate1d(values, filtered, axis=axis, mode="constant")
        else:
            every = kernel(np.arange(size + 0.0))
            matrix = every[np.abs(np.arange(size)[:, None] - np.arange(size))]
            values = matrix @ values if axis == 0 else values @ matrix
    return np.asarray(values)


def rule_of_thumb(
    points_xy: ArrayLike, *, minimum_m: float = 1_000.0, repeats: ArrayLike | None = None
) -> float:
    """Give Scott's bandwidth for two dimensions from robust spreads.

    ``h = n^(-1/6) sqrt(s_x s_y)``, each s the smaller of the standard deviation and the
    interquartile range / 1.349.

    Parameters
    ----------
    points_xy
        n x 2 projected coordinates, metres.
    minimum_m
        Never narrower: places are not known better than that.
    repeats
        How many points lie at each of `points_xy`, which then are distinct; default one each.

    Returns
    -------
    float
        Metres; `DEFAULT_M` where fewer than ten distinct places are known.

    References
    ----------
    Scott DW (1992). Multivariate Density Estimation. Wiley, section 6.3.
    """
    xy = _finite(points_xy)
    if not enough_places(xy):
        return DEFAULT_M
    count = np.ones(len(xy)) if repeats is None else np.asarray(repeats, float)
    total = count.sum()
    spread = np.sqrt(count @ (xy - count @ xy / total) ** 2 / (total - 1))
    lower, upper = np.transpose([_quartiles(values, count) for values in xy.T])
    quartiles = (upper - lower) / 1.349
    robust = np.where(quartiles > 0, np.minimum(spread, quartiles), spread)
    robust = np.maximum(robust, 1e-9)
    return max(float(np.sqrt(robust.prod()) * total ** (-1 / 6)), minimum_m)


def _quartiles(values: Floats, repeats: Floats) -> Floats:
    """Give the first and third quartile, as `numpy.quantile` does of each value repeated."""
    order = np.argsort(values, kind="stable")
    upto = np.cumsum(repeats[order])
    at = np.array([0.25, 0.75]) * (upto[-1] - 1)
    below = np.floor(at)
    low, high = (
        values[order[np.searchsorted(upto, rank, side="right")]]
        for rank in (below, np.minimum(below + 1, upto[-1] - 1))
    )
    return np.asarray(low + (high - low) * (at - below))


def enough_places(points_xy: ArrayLike) -> bool:
    """Say whether the points are enough to choose a bandwidth from.

    Returns
    -------
    bool
        True from ten distinct places on.
    """
    xy = _finite(points_xy)
    # nearly always the first hundred tell
    return any(len(distinct_places(part)[0]) >= MIN_POINTS for part in (xy[:100], xy))


def distinct_places(xy: Floats, repeats: ArrayLike | None = None) -> tuple[Floats, Ints]:
    """Give the distinct places in an order of their own, and how many points each has."""
    # one complex number a place: sorted three times as fast as rows
    each = xy[:, 0] + 1j * xy[:, 1]
    if repeats is None:
        found, number = np.unique(each, return_counts=True)
    else:
        found, which = np.unique(each, return_inverse=True)
        # whole numbers, up to 2^53 exact
        number = np.bincount(which, repeats, len(found)).astype(np.intp)
    return np.column_stack([found.real, found.imag]), number


def cross_validated(
    points_xy: ArrayLike,
    window: Any,
    cell_m: float,
    *,
    candidates: ArrayLike | None = None,
    repeats: ArrayLike | None = None,
) -> float:
    """Choose the bandwidth under which the other places foresee each place best.

    Maximises ``sum_i log lambda_(-i)(x_i)``. All incidents at one coordinate are left out
    together: gazetteer points repeat, and a place would foresee itself with any narrow
    kernel.

    Parameters
    ----------
    points_xy
        n x 2 projected coordinates, metres.
    window
        Polygon in the same system; places outside are left out.
    cell_m
        Side of the grid's cells; candidates are not narrower.
    candidates
        Bandwidths to try; default 24 from a cell to half the window's width.

    Returns
    -------
    float
        Metres; `DEFAULT_M` where fewer than ten distinct places are known.

    References
    ----------
    Silverman BW (1986). Density Estimation. Chapman & Hall, section 3.4.4.
    """
    grid = Grid.over(window, cell_m)
    xy = np.asarray(points_xy, float).reshape(-1, 2)
    use = inside(xy, window, grid)
    places, number = distinct_places(xy[use], None if repeats is None else np.asarray(repeats)[use])
    if len(places) < MIN_POINTS:
        return DEFAULT_M
    west, south, east, north = window.bounds
    widest = max(min(east - west, north - south) / 2, 2 * cell_m)
    tried = np.geomspace(cell_m, widest, 24) if candidates is None else candidates
    repeats, bandwidths = number.astype(float), np.asarray(tried, float)
    if len(places) <= _EXACT:
        squared = ((places[:, None] - places[None]) ** 2).sum(axis=2)
        np.fill_diagonal(squared, np.inf)  # no place foresees itself
        scores = [_left_out(squared, repeats, h) for h in bandwidths]
    else:
        mass = binned(places, repeats, grid)
        scores = [_left_out_gridded(places, repeats, mass, grid, h) for h in bandwidths]
    return float(bandwidths[int(np.argmax(scores))])


def _left_out(squared: Floats, repeats: Floats, bandwidth: float) -> float:
    """Log likelihood of each place under the others, by the squares of their distances."""
    kernel = np.exp(squared * (-0.5 / bandwidth**2))
    return _likelihood(kernel @ repeats / (2 * np.pi * bandwidth**2), repeats)


def _left_out_gridded(
    places: Floats, repeats: Floats, mass: Floats, grid: Grid, bandwidth: float
) -> float:
    """Log likelihood of each place under the others, of many places."""
    from scipy.ndimage import map_coordinates

    column, row = grid.positions(places)
    density = smooth(mass, grid, bandwidth) / grid.cell_m**2
    here = map_coordinates(density, [row, column], order=1, mode="nearest")
    own = repeats / (2 * np.pi * (bandwidth**2 + grid.cell_m**2 / 6))
    return _likelihood(np.maximum(here - own, 0.0), repeats)


def _likelihood(others: Floats, repeats: Floats) -> float:
    density = others / (repeats.sum() - repeats)
    # a floor far below any density: one lone place must not decide by log 0
    return float((repeats * np.log(np.maximum(density, 1e-20))).sum())


def _finite(points_xy: ArrayLike) -> Floats:
    xy = np.asarray(points_xy, float).reshape(-1, 2)
    return xy[np.isfinite(xy).all(axis=1)]
