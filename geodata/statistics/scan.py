"""Kulldorff's scan statistic: the most unusual circle, or cylinder in space and time.

`scan_neighbours` is the map's: it needs contiguity only, and allows for counts that vary
more than Poisson. `scan_emerging` looks with it for what is new in the latest periods.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geodata.deferred import sparse as sp
from geodata.deferred import special
from geodata.statistics.counts import forecast_counts
from geodata.statistics.rates import sparse_neighbours

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
SIMULATIONS = 999
SEED = 20_201_110
"""Fixed, so that the same counts always give the same verdict."""
_MOST_VALUES = 4_000_000
_MARGIN = 1.5
"""Factor of p: with few, very unequal districts the maps compared with vary a little less than
maps of one true dispersion do (up to 7 % were called at 5 %)."""
_TRIED, _WIDEST = 4, 8.0
"""Maps drawn for each one kept, and how far the true dispersion may be over the one seen."""
RECENT = (1, 3)
"""Periods back over which something new is looked for: the latest one, and three."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """One cluster: districts by position, and for cylinders the first and last period."""

    members: tuple[int, ...]
    cases: float
    expected: float
    population: float
    radius: float
    log_likelihood_ratio: float
    p: float
    periods: tuple[int, int] | None = None

    @property
    def ratio(self) -> float:
        """Cases over expected cases."""
        return self.cases / self.expected


@dataclass(frozen=True, slots=True)
class _Zones:
    """For each centre the districts by distance; only some prefixes are zones."""

    order: Ints
    radius: Floats
    allowed: NDArray[np.bool_]


def scan(
    points_xy: ArrayLike,
    cases: ArrayLike,
    population: ArrayLike,
    rng: np.random.Generator,
    *,
    max_share: float = 0.5,
    min_cases: int = 2,
    simulations: int = 999,
) -> list[Cluster]:
    """Find circles with more cases than their population would have, Poisson model.

    For a zone with c cases and e expected of C in all:
    ``LLR = c log(c/e) + (C - c) log((C - c)/(C - e))`` if c > e, else 0. Zones are the
    nearest districts of each centroid, up to `max_share` of the population. The p-value
    compares with the largest LLR of maps simulated under equal risk.

    Parameters
    ----------
    points_xy
        n x 2 centroids, projected (metres); only their distances matter.
    cases, population
        Events and exposure (people or km2 years) per district; a district without
        exposure is in no zone.
    max_share
        Largest share of the exposure in a zone.
    min_cases
        Fewer cases are no cluster.
    simulations
        Number of simulated maps; 0 leaves p NaN.

    Returns
    -------
    list of Cluster
        Without overlap, by falling LLR; empty where there are fewer than two cases.

    References
    ----------
    Kulldorff M (1997). A spatial scan statistic. Communications in Statistics - Theory
    and Methods 26, 1481-1496.
    """
    observed, people = np.asarray(cases, float)[:, None], np.asarray(population, float)
    return _scan(
        points_xy, observed, people, rng, max_share, min_cases, simulations, [(0, 0)], flat=True
    )


def space_time_scan(
    points_xy: ArrayLike,
    cases: ArrayLike,
    population: ArrayLike,
    rng: np.random.Generator,
    *,
    max_share: float = 0.5,
    max_time_share: float = 0.5,
    min_cases: int = 2,
    simulations: int = 199,
    prospective: bool = False,
) -> list[Cluster]:
    """Find cylinders (circle x range of periods) with more cases than expected.

    The likelihood ratio of `scan`, over every run of periods up to `max_time_share` of
    them; expected cases are spread evenly over equal periods.

    Parameters
    ----------
    cases
        n x T counts by district and period of equal length, in time's order.
    max_time_share
        Longest run as share of the periods (at least one period).
    prospective
        True looks only for clusters that still last in the last period.

    Returns
    -------
    list of Cluster
        With `periods`, without overlap in space, by falling LLR.

    References
    ----------
    Kulldorff M, Athas W, Feuer E, Miller B, Key C (1998). Evaluating cluster alarms.
    American Journal of Public Health 88, 1377-1380.
    """
    observed = np.asarray(cases, float)
    count = observed.shape[1]
    longest = max(int(count * max_time_share), 1)
    runs = [
        (first, last)
        for first in range(count)
        for last in range(first, min(first + longest, count))
        if not prospective or last == count - 1
    ]
    people = np.asarray(population, float)
    return _scan(
        points_xy, observed, people, rng, max_share, min_cases, simulations, runs, flat=False
    )


def _scan(
    points_xy: ArrayLike,
    observed: Floats,
    people: Floats,
    rng: np.random.Generator,
    max_share: float,
    min_cases: int,
    simulations: int,
    runs: list[tuple[int, int]],
    *,
    flat: bool,
) -> list[Cluster]:
    people = np.where(np.isfinite(people) & (people > 0), people, 0.0)
    observed = np.where((people > 0)[:, None], np.nan_to_num(observed), 0.0)
    total = observed.sum()
    if total < max(min_cases, 2):
        return []
    zones = _zones(np.asarray(points_xy, float), people, max_share)
    expected = np.outer(people, np.ones(observed.shape[1])) * total
    expected /= people.sum() * observed.shape[1]
    summed = [_prefix_sums(_run(expected, run), zones) for run in runs]
    ratios = np.stack(
        [
            _ratios(_prefix_sums(_run(observed, run), zones), e, total, min_cases)
            for run, e in zip(runs, summed, strict=True)
        ]
    )
    ratios *= zones.allowed
    p_of = _significance(expected, total, zones, runs, summed, min_cases, simulations, rng)
    return [
        _cluster(at, zones, runs, observed, people, summed, ratios[at], p_of, flat=flat)
        for at in _without_overlap(ratios, zones)
    ]


def _cluster(
    at: tuple[int, int, int],
    zones: _Zones,
    runs: list[tuple[int, int]],
    observed: Floats,
    people: Floats,
    expected: list[Floats],
    ratio: float,
    p_of: "_PValue",
    *,
    flat: bool,
) -> Cluster:
    run, centre, size = at
    members = zones.order[centre, : size + 1]
    return Cluster(
        members=tuple(int(m) for m in members),
        cases=float(_run(observed, runs[run])[members].sum()),
        expected=float(expected[run][centre, size]),
        population=float(people[members].sum()),
        radius=float(zones.radius[centre, size]),
        log_likelihood_ratio=float(ratio),
        p=p_of(float(ratio)),
        periods=None if flat else runs[run],
    )


def _zones(xy: Floats, people: Floats, max_share: float) -> _Zones:
    distances = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    order = np.argsort(distances, axis=1, kind="stable")
    radius = np.take_along_axis(distances, order, axis=1)
    share = np.cumsum(people[order], axis=1) / people.sum()
    # of districts equally far a zone holds all or none; it must also leave somebody out
    whole = np.ones(order.shape, dtype=bool)
    whole[:, :-1] = radius[:, :-1] < radius[:, 1:]
    allowed = whole & (share <= max_share + 1e-12) & (share < 1 - 1e-12)
    longest = int(allowed.any(axis=0).nonzero()[0].max(initial=-1)) + 1
    return _Zones(order[:, :longest], radius[:, :longest], allowed[:, :longest])


def _run(values: Floats, run: tuple[int, int]) -> Floats:
    return values[:, run[0] : run[1] + 1].sum(axis=1)


def _prefix_sums(values: Floats, zones: _Zones) -> Floats:
    return np.cumsum(values[zones.order], axis=1)


def _ratios(inside: Floats, expected: Floats, total: float, min_cases: int) -> Floats:
    outside, expected_outside = total - inside, total - expected
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = special.xlogy(inside, inside / expected) + special.xlogy(
            outside, outside / expected_outside
        )
    return np.where((inside > expected) & (inside >= min_cases), np.nan_to_num(ratio), 0.0)


def _significance(
    expected: Floats,
    total: float,
    zones: _Zones,
    runs: list[tuple[int, int]],
    summed: list[Floats],
    min_cases: int,
    simulations: int,
    rng: np.random.Generator,
) -> "_PValue":
    chances = expected.ravel() / expected.sum()
    largest = np.zeros(simulations)
    for at in range(simulations):
        drawn = rng.multinomial(round(total), chances).reshape(expected.shape).astype(float)
        for run, e in zip(runs, summed, strict=True):
            ratios = _ratios(_prefix_sums(_run(drawn, run), zones), e, total, min_cases)
            largest[at] = max(largest[at], float((ratios * zones.allowed).max(initial=0.0)))
    return _PValue(largest)


@dataclass(frozen=True, slots=True)
class _PValue:
    largest: Floats

    def __call__(self, ratio: float) -> float:
        if not self.largest.size:
            return np.nan
        more = int(np.count_nonzero(self.largest >= ratio - 1e-9))
        return (more + 1) / (self.largest.size + 1)


def _without_overlap(ratios: Floats, zones: _Zones) -> list[tuple[int, int, int]]:
    """Take zones by falling ratio, skipping those that share a district with one taken."""
    taken: set[int] = set()
    found = []
    candidates = np.flatnonzero(ratios > 0)
    for flat in candidates[np.argsort(-ratios.ravel()[candidates], kind="stable")]:
        run, centre, size = (int(i) for i in np.unravel_index(flat, ratios.shape))
        members = {int(m) for m in zones.order[centre, : size + 1]}
        if taken.isdisjoint(members):
            found.append((run, centre, size))
            taken |= members
    return found


@dataclass(frozen=True, slots=True)
class NeighbourScan:
    """Clusters of contiguous districts, and the dispersion they were tested against."""

    clusters: list[Cluster]
    """Without overlap, by falling ratio; those that are no alarm too, with their p."""
    dispersion: float
    """Pearson's ``X^2 / (n - 1)`` under equal risk, at least 1."""


def scan_neighbours(
    count: ArrayLike,
    exposure: ArrayLike,
    neighbours: Any,
    *,
    low: bool = False,
    simulations: int = SIMULATIONS,
    seed: int = SEED,
    max_share: float = 0.5,
    min_cases: int = 2,
    null: ArrayLike | None = None,
) -> NeighbourScan:
    """Find groups of neighbouring districts with more events than their exposure would have.

    Zones are each district, each pair of neighbours, and each district with its
    neighbours to the first and the second order, up to `max_share` of the exposure. The
    statistic of a zone is Kulldorff's log likelihood ratio over the dispersion of the
    districts outside it, ``sum (y - e)^2 / e / (n - 1)`` and at least 1: counts that come
    in bursts are no cluster of districts. The p-value compares with the largest
    statistic of maps without any cluster that have the map's total and exposures and whose
    overall dispersion came out as the map's did, whatever lay behind it (a conditional
    test: with few events or very unequal areas the dispersion seen is a poor estimate).
    Rates are gamma, once with a variance of counts in proportion to their mean and once
    growing as its square; the larger p of the two is given, half of it added for safety.

    Assumes that districts vary independently where there is no cluster. Broken by borders
    that follow the hazard, by reporting that differs between neighbours, and by a single
    district with most of the exposure: a zone holds at most `max_share` of it.

    Parameters
    ----------
    count, exposure
        Events and exposure per district; without exposure a district is in no zone.
    neighbours
        SciPy sparse matrix, or an object with ``.sparse``.
    low
        True looks for fewer events than expected instead.
    min_cases
        Fewer events are no cluster (of more than expected).
    null
        Maps without a cluster (maps x districts) to compare with instead of those made
        here, where the counts' own history tells how they vary.

    Returns
    -------
    NeighbourScan
        Members by position in the given order.

    References
    ----------
    Kulldorff M (1997). A spatial scan statistic. Communications in Statistics - Theory
    and Methods 26, 1481-1496. Tango T, Takahashi K (2005). A flexibly shaped spatial scan
    statistic. International Journal of Health Geographics 4, 11. McCullagh P, Nelder JA
    (1989). Generalized Linear Models, section 4.5 (dispersion).
    """
    (found,) = _scans(
        count, exposure, neighbours, (low,), simulations=simulations, seed=seed,
        max_share=max_share, min_cases=min_cases, null=null,
    )  # fmt: skip
    return found


def scan_both_sides(
    count: ArrayLike, exposure: ArrayLike, neighbours: Any
) -> tuple[NeighbourScan, NeighbourScan]:
    """Find groups with more events than expected, and such with fewer: see `scan_neighbours`.

    Both are compared with the same maps, which are made and scanned once.

    Parameters
    ----------
    count, exposure, neighbours
        As of `scan_neighbours`.

    Returns
    -------
    tuple of NeighbourScan
        Of more, and of fewer.
    """
    more, fewer = _scans(count, exposure, neighbours, (False, True))
    return more, fewer


def _scans(
    count: ArrayLike,
    exposure: ArrayLike,
    neighbours: Any,
    lows: tuple[bool, ...],
    *,
    simulations: int = SIMULATIONS,
    seed: int = SEED,
    max_share: float = 0.5,
    min_cases: int = 2,
    null: ArrayLike | None = None,
) -> list[NeighbourScan]:
    y, e = np.broadcast_arrays(np.asarray(count, float), np.asarray(exposure, float))
    use = np.isfinite(y) & np.isfinite(e) & (e > 0) & (y >= 0)
    at = np.flatnonzero(use)
    cases, people = y[use], e[use] / max(float(e[use].sum()), 1e-300)
    if cases.sum() < 2 or cases.size < 3:
        return [NeighbourScan([], 1.0) for _ in lows]
    zones = _neighbour_zones(sparse_neighbours(neighbours)[use][:, use], people, max_share)
    if not zones.shape[0]:
        return [NeighbourScan([], 1.0) for _ in lows]
    total = float(cases.sum())
    expected = people * total
    spread = float(((cases - expected) ** 2 / expected).sum()) / (cases.size - 1)
    ratios = _robust_ratios(cases[None], people, zones, lows, min_cases)[:, 0]
    margin = _MARGIN if null is None else 1.0
    if null is not None:
        forms = [np.asarray(null, float)[:, use]]
    else:
        rng = np.random.default_rng(seed)
        forms = [
            _like(round(total), people, spread, simulations, rng, even=even)
            for even in (False, True)
        ]
    # forms x sides x maps
    largest = np.stack([_largest(maps, people, zones, lows, min_cases) for maps in forms])
    scans = []
    for side, ratio in enumerate(ratios):
        found = []
        taken = np.zeros(cases.size, dtype=bool)
        for zone in np.argsort(-ratio, kind="stable"):
            if ratio[zone] <= 0:
                break
            members = zones.indices[zones.indptr[zone] : zones.indptr[zone + 1]]
            if taken[members].any():
                continue
            taken[members] = True
            more = (largest[:, side] >= ratio[zone] - 1e-9).sum(axis=1)
            found.append(
                Cluster(
                    members=tuple(int(i) for i in np.sort(at[members])),
                    cases=float(cases[members].sum()),
                    expected=float(expected[members].sum()),
                    population=float(e[use][members].sum()),
                    radius=np.nan,
                    log_likelihood_ratio=float(ratio[zone]),
                    p=min(float(margin * (more.max() + 1) / (largest.shape[2] + 1)), 1.0),
                )
            )
        scans.append(NeighbourScan(found, max(spread, 1.0)))
    return scans


def scan_emerging(
    counts: ArrayLike,
    neighbours: Any,
    *,
    recent: tuple[int, ...] = RECENT,
    simulations: int = SIMULATIONS,
    seed: int = SEED,
    min_cases: int = 3,
) -> list[Cluster]:
    """Find neighbouring districts with more events of late than their own history foresees.

    For each length k of `recent` the counts of the last k periods are scanned against
    what `forecast_counts` expected of them from the periods before, as `scan_neighbours`
    scans counts against areas, and compared with maps drawn from that forecast, which
    vary as the history does. Only proportions matter: a rise of the whole country is no
    cluster. p is that of one look, over all lengths (Bonferroni): times
    the looks of a year it bounds the share of years with a false alarm, and the time
    between looks over p is how often chance alone would show as much (the recurrence
    interval of Kulldorff 2001 and Kleinman et al. 2004).

    Parameters
    ----------
    counts
        Periods x districts, oldest first, periods of equal length.
    recent
        Lengths in periods, each less than the number of periods held.

    Returns
    -------
    list of Cluster
        With `periods`, without overlap, by rising p; those that are no alarm too.

    References
    ----------
    Kulldorff M (2001). Prospective time periodic geographical disease surveillance using a
    scan statistic. Journal of the Royal Statistical Society A 164, 61-72. Kleinman K,
    Lazarus R, Platt R (2004). A generalized linear mixed models approach for detecting
    incident clusters of disease in small areas. American Journal of Epidemiology 159,
    217-224.
    """
    y = np.asarray(counts, float)
    found = []
    for length in recent:
        foreseen = forecast_counts(y[:-length], horizon=length, neighbours=neighbours)
        scanned = scan_neighbours(
            y[-length:].sum(axis=0),
            foreseen.mean,
            neighbours,
            min_cases=min_cases,
            null=foreseen.draw(simulations, np.random.default_rng(seed)),
        )
        found += [
            replace(c, p=min(c.p * len(recent), 1.0), periods=(len(y) - length, len(y) - 1))
            for c in scanned.clusters
        ]
    kept: list[Cluster] = []
    for cluster in sorted(found, key=lambda c: (c.p, -c.log_likelihood_ratio)):
        if all(set(cluster.members).isdisjoint(c.members) for c in kept):
            kept.append(cluster)
    return kept


def hot_districts(
    count: ArrayLike, exposure: ArrayLike, neighbours: Any, level: float = 0.05
) -> NDArray[np.bool_]:
    """Say which districts lie in a cluster, with at most `level` of false alarms a map.

    Returns
    -------
    numpy.ndarray
        True for districts of a cluster whose p is at most `level` and whose own rate is
        over the country's. See `scan_neighbours`.

    Raises
    ------
    ValueError
        `level` is not between 0 and 1.

    Examples
    --------
    >>> import numpy as np, scipy.sparse as sp
    >>> line = sp.diags_array([np.ones(9), np.ones(9)], offsets=[1, -1])
    >>> hot_districts([2, 1, 2, 9, 12, 10, 1, 2, 2, 1], np.ones(10), line).nonzero()[0].tolist()
    [3, 4, 5]
    """
    if not 0 < level < 1:
        raise ValueError("level must be between 0 and 1, e.g. 0.05")
    y, e = np.broadcast_arrays(np.asarray(count, float), np.asarray(exposure, float))
    return in_clusters(scan_neighbours(y, e, neighbours), y, e, level)


def in_clusters(
    found: NeighbourScan, count: Floats, exposure: Floats, level: float, *, low: bool = False
) -> NDArray[np.bool_]:
    """Mark the members of significant clusters whose own rate is on the cluster's side.

    Parameters
    ----------
    low
        Whether clusters of fewer events were looked for.
    """
    hot = np.zeros(count.shape, dtype=bool)
    known = np.isfinite(count) & np.isfinite(exposure) & (exposure > 0)
    mean = count[known].sum() / max(float(exposure[known].sum()), 1e-300)
    for cluster in found.clusters:
        if cluster.p <= level:
            hot[list(cluster.members)] = True
    with np.errstate(invalid="ignore"):
        beyond = count < mean * exposure if low else count > mean * exposure
    return hot & known & beyond


def _neighbour_zones(near: "sp.csr_array", people: Floats, max_share: float) -> "sp.csr_array":
    """Zones x districts, 1 for a member; the same zone may stand twice."""
    n = near.shape[0]
    alone = sp.csr_array(sp.eye_array(n))
    first = sp.csr_array((near + near.T + alone) > 0).astype(float)
    second = sp.csr_array((first @ first) > 0).astype(float)
    pairs = sp.coo_array(sp.triu(near + near.T, 1))
    m = pairs.row.size
    two = sp.csr_array(
        (np.ones(2 * m), (np.tile(np.arange(m), 2), np.concatenate([pairs.row, pairs.col]))),
        shape=(m, n),
    )
    every = sp.csr_array(sp.vstack([alone, two, first, second]))
    return sp.csr_array(every[np.flatnonzero(every @ people <= max_share + 1e-12)])


def _robust_ratios(
    cases: Floats, people: Floats, zones: "sp.csr_array", lows: tuple[bool, ...], min_cases: int
) -> Floats:
    """Log likelihood ratio of each zone over the dispersion outside it: sides x maps x zones."""
    total = cases.sum(axis=1, keepdims=True)
    inside, expected = (zones @ cases.T).T, (zones @ people)[None] * total
    outside, left = total - inside, total - expected
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = special.xlogy(inside, inside / expected) + special.xlogy(outside, outside / left)
        rate = outside / left
        squares = cases**2 / (people * total)
        kept = squares.sum(axis=1, keepdims=True) - (zones @ squares.T).T
        freedom = np.maximum(people.size - zones.sum(axis=1) - 1, 1.0)
        dispersion = np.where(rate > 0, kept / rate - outside, 0.0) / freedom
    robust = np.nan_to_num(ratio) / np.maximum(dispersion, 1.0)
    wanted = [
        inside < expected if low else (inside > expected) & (inside >= min_cases) for low in lows
    ]
    return np.where(wanted, robust, 0.0)


def _largest(
    maps: Floats, people: Floats, zones: "sp.csr_array", lows: tuple[bool, ...], min_cases: int
) -> Floats:
    """Largest ratio of each map on each side, some maps at a time: sides x maps."""
    step = max(_MOST_VALUES // zones.shape[0], 1)
    parts = (maps[first : first + step] for first in range(0, len(maps), step))
    ratios = (_robust_ratios(p, people, zones, lows, min_cases) for p in parts)
    return np.concatenate([r.max(axis=2, initial=0.0) for r in ratios], axis=1)


def _like(
    total: int, people: Floats, spread: float, size: int, rng: np.random.Generator, *, even: bool
) -> Floats:
    """Draw maps without a cluster whose dispersion came out as the map's own did.

    What varies them is not known, only how much it showed: rates are gamma with a
    dispersion drawn from 1 to `_WIDEST` times the one seen, and of all maps those are
    kept whose own is nearest to it. ``even`` gives every rate the same shape (variance
    growing as the mean's square), else a shape in proportion to the expected count
    (variance in proportion to the mean).
    """
    tried = _TRIED * size
    top = np.log(_WIDEST * max(spread, 1.0))
    more = np.expm1(np.linspace(0.0, top, tried))[:, None]
    kept = np.maximum(more, 1e-6)
    shape = (
        (people * total) / kept
        if not even
        else np.full((1, people.size), total / people.size) / kept
    )
    rate = np.maximum(rng.gamma(shape) / shape * people, 1e-12)
    rate /= rate.sum(axis=1, keepdims=True)
    maps = rng.multinomial(total, rate).astype(float)
    expected = people * total
    seen = ((maps - expected) ** 2 / expected).sum(axis=1) / (people.size - 1)
    nearest = np.argsort(np.abs(np.log(np.maximum(seen, 1e-9) / max(spread, 1e-9))), kind="stable")
    return np.asarray(maps[nearest[:size]])
