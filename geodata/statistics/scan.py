"""Kulldorff's scan statistic: the most unusual circle, or cylinder in space and time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import xlogy

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


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
    rng
        Generator of the simulations.
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
    points_xy
        As in `scan`.
    cases
        n x T counts by district and period of equal length, in time's order.
    population, rng, max_share
        As in `scan`.
    max_time_share
        Longest run as share of the periods (at least one period).
    min_cases, simulations
        As in `scan`.
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
        ratio = xlogy(inside, inside / expected) + xlogy(outside, outside / expected_outside)
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
