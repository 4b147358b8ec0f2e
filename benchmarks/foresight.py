"""Measure what the numbers promise: coverage, false alarms, hit rates, gains; before and after.

    nice python benchmarks/foresight.py [FOLDER] [--full]

About ten minutes of processor time, thirty with ``--full``, which draws as often as the tables of
foresight.md; each part says what it took. Made data always; with a folder also every event table
in it (CSV or any vector file with latitude, longitude and a date, as UCDP, ACLED or a plain list
have them). "Before" is what
the figures were before: Poisson limits, gamma-Poisson limits, Gi* on raw rates with
false-discovery control, single kernels.
"""

import argparse
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import scipy.sparse as sp
import shapely
from numpy.typing import NDArray
from scipy import optimize, special
from scipy.spatial import cKDTree

from geodata.statistics.clusters import false_discovery, gi_star, two_sided
from geodata.statistics.counts import forecast_counts, negative_binomial_log
from geodata.statistics.kernels import Grid, binned, cross_validated, inside, rule_of_thumb, smooth
from geodata.statistics.mixture import cell_forecast
from geodata.statistics.rates import (
    change,
    competition_rank,
    compound_interval,
    gamma_poisson,
    gamma_poisson_posterior,
    poisson_interval,
    ranks,
)
from geodata.statistics.scan import scan_emerging, scan_neighbours
from geodata.statistics.scoring import captured

Floats = NDArray[np.float64]
DATES = ("date_start", "event_date", "date", "start_date")
LEAST_EVENTS = 30
"""Events to foresee below which a hit rate is chance; as the service's own backtest has it."""
PRECISION = {"where_prec": 3, "geo_precision": 2}
WORDS = ("source_headline", "source_article", "where_description", "notes", "sub_event_type")
BLAST = r"\b(?:land)?-?mines?\b|explo|\bieds?\b|bomb|blast|grenade|\buxo\b"
"""What tells mine and explosive events among all violence, where words are all there is."""


def bursts(mean: Floats, dispersion: float, rng: np.random.Generator) -> Floats:
    """Draw counts whose variance is `dispersion` times their mean."""
    if dispersion <= 1:
        return rng.poisson(mean).astype(float)
    return rng.negative_binomial(np.maximum(mean, 1e-9) / (dispersion - 1), 1 / dispersion) * 1.0


def made_counts() -> Iterator[tuple[str, Floats]]:
    """Give tables of months x districts of many kinds."""
    rng = np.random.default_rng(7)
    n, months = 40, np.arange(72)[:, None]
    base = rng.lognormal(0.5, 1.2, n)
    for dispersion in (1, 3, 6, 9):
        yield f"steady, dispersion {dispersion}", bursts(np.tile(base, (72, 1)), dispersion, rng)
    wander = np.exp(np.cumsum(rng.normal(0, 0.12, (72, n)), axis=0)) * base
    yield "wandering, 3", bursts(wander, 3, rng)
    yield "seasonal, 3", bursts(base * (1 + 0.7 * np.sin(months * np.pi / 6)), 3, rng)
    yield "rising eightfold, 3", bursts(base * 8 ** (months / 72), 3, rng)
    yield "falling tenfold, 3", bursts(10 * base * 0.1 ** (months / 72), 3, rng)
    yield "sparse, 1", rng.poisson(0.1, (72, n)).astype(float)
    together = np.exp(np.cumsum(rng.normal(0, 0.2, (72, 1)), axis=0))
    yield "wandering together, 2", bursts(together * base, 2, rng)
    lasting = np.zeros((92, n))
    for t in range(1, 92):
        lasting[t] = 0.8 * lasting[t - 1] + rng.normal(0, 0.6, n)
    yield "bursts that last, 2", bursts(base * np.exp(lasting[20:]), 2, rng)
    leap = np.where(months < 40, 0.3, 8 * np.exp(-(months - 40) / 20))
    yield "leap, then fading, 3", bursts(base * leap, 3, rng)
    yield "short, 4", bursts(np.tile(base, (14, 1)), 4, rng)


def made_points(seed: int) -> tuple[Floats, Floats, Any]:
    """Give events around towns whose turn comes and goes, with near repeats."""
    rng = np.random.default_rng(seed)
    side, towns = 500e3, rng.random((150, 2)) * 500e3
    weight, peak = rng.pareto(1.2, 150) + 0.2, rng.random(150) * 2_000
    xy: list[Floats] = []
    days: list[float] = []
    for day in range(2_000):
        turn = weight * (0.08 + np.exp(-0.5 * ((day - peak) / 200) ** 2))
        for town in rng.choice(150, rng.poisson(1.2), p=turn / turn.sum()):
            xy.append(towns[town] + rng.normal(0, 3_000, 2))
            days.append(day)
        for _ in range(rng.poisson(0.8) if days else 0):
            at = max(len(days) - 1 - int(rng.exponential(20)), 0)
            xy.append(xy[at] + rng.normal(0, 2_000, 2))
            days.append(day)
    window = shapely.box(0, 0, side, side)
    points = np.clip(np.array(xy), 1, side - 1)
    return points, np.array(days, float), window


def led_points(seed: int) -> tuple[Floats, Floats, Any, tuple[Floats, Floats]]:
    """Give blasts that each follow one of many other events, near it and some weeks later."""
    rng = np.random.default_rng(seed + 1_000)
    xy, day, window = made_points(seed)
    led = np.flatnonzero(rng.random(len(day)) < 0.15)
    when = day[led] + rng.exponential(60, led.size)
    place = np.clip(xy[led] + rng.normal(0, 2_000, (led.size, 2)), 1, 500e3 - 1)
    seen = when <= day.max()
    return place[seen], when[seen], window, (xy, day)


def real_tables(folder: Path) -> Iterator[tuple[str, pd.DataFrame]]:
    """Read every event table of a folder: lon, lat, day, precise, region, people, blast."""
    for path in sorted(folder.iterdir()):
        try:
            if path.suffix.lower() == ".csv":
                frame = pd.read_csv(path, low_memory=False)
            elif path.suffix.lower() in (".fgb", ".gpkg", ".geojson", ".shp", ".parquet"):
                read = gpd.read_parquet if path.suffix == ".parquet" else gpd.read_file
                frame = read(path)
                frame["longitude"], frame["latitude"] = frame.geometry.x, frame.geometry.y
            else:
                continue
        except (ValueError, OSError) as reason:
            print(f"{path.name}: not read ({reason})")
            continue
        names = {str(c).lower(): c for c in frame.columns}
        when = next((names[d] for d in DATES if d in names), None)
        if when is None:
            continue
        number = {n: pd.to_numeric(frame[names[n]], errors="coerce") for n in names
                  if n in ("latitude", "longitude", "best", "fatalities", *PRECISION)}  # fmt: skip
        day = pd.to_datetime(frame[when].astype(str).str[:10], errors="coerce", format="mixed")
        region = next((names[r] for r in ("adm_1", "admin1", "admin 1") if r in names), None)
        land = next((names[r] for r in ("country", "iso3") if r in names), None)
        found = pd.DataFrame({"day": (day - pd.Timestamp("1970-01-01")).dt.days})
        nothing = pd.Series(np.nan, index=frame.index)
        found["lon"] = number.get("longitude", nothing)
        found["lat"] = number.get("latitude", nothing)
        found["people"] = number.get("best", number.get("fatalities", nothing))
        found["region"] = frame[region].astype(str) if region else "all"
        found["land"] = frame[land].astype(str) if land else path.stem
        said = [frame[names[w]].fillna("").astype(str) for w in WORDS if w in names]
        found["blast"] = pd.concat(said, axis=1).agg(" ".join, axis=1).str.contains(
            BLAST, case=False) if said else False  # fmt: skip
        found["precise"] = True
        for name, most in PRECISION.items():
            if name in number:
                found["precise"] = number[name] <= most
        found = found[found["day"].notna()]
        for country, part in found.groupby("land"):
            if len(part) >= 150:
                yield f"{path.stem[:18]} {str(country)[:12]}", part


def monthly(table: pd.DataFrame) -> Floats:
    """Count by month (30 days) and region."""
    # the last period ends with the last day, whole
    period = ((table["day"] - table["day"].max() - 1) // 30).astype(int)
    counts = pd.crosstab(period, table["region"])
    every = range(period.min(), period.max() + 1)
    return counts.reindex(every, fill_value=0).to_numpy(float)[-180:]


def lagged(past: Floats, ahead: int) -> tuple[Floats, Floats]:
    """Foresee by a negative-binomial regression on lags: mean and size of each district.

    Log link; the last three counts and the district's own mean, logged; one dispersion; all
    districts together, by maximum likelihood.
    """

    def features(end: int) -> Floats:
        lags = [np.log1p(past[end - k]) for k in (1, 2, 3)]
        usual = np.log(past[:end].mean(axis=0) + 0.1)
        return np.column_stack([np.ones(past.shape[1]), *lags, usual])

    ends = range(3, len(past) - ahead + 1)
    x = np.vstack([features(end) for end in ends])
    y = np.concatenate([past[end : end + ahead].sum(axis=0) for end in ends])

    def loss(beta: Floats) -> tuple[float, Floats]:
        mean, size = np.exp(np.clip(x @ beta[:-1], -20, 20)), np.exp(beta[-1])
        pull = (y - mean) / (1 + mean / size)
        by_size = special.digamma(y + size) - special.digamma(size) - np.log1p(mean / size)
        by_size -= (y - mean) / (size + mean)
        found = negative_binomial_log(y, mean, np.full(y.shape, size)).sum()
        slope = np.append(x.T @ pull, size * by_size.sum())
        ridge = 0.01 * float(beta @ beta)
        return ridge - float(found), 0.02 * beta - slope

    start = np.array([np.log(ahead), 0, 0, 0, 1, 0.0])
    limits = [(-10, 10)] * 5 + [(-5, 7)]
    beta = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", bounds=limits).x
    mean = np.exp(np.clip(features(len(past)) @ beta[:-1], -20, 20))
    return np.maximum(mean, 1e-9), np.full(mean.shape, np.exp(beta[-1]))


def coverage(name: str, counts: Floats, ahead: int, cuts: int = 12) -> None:
    """Print how often 90 % limits held the counts ahead, and the log scores.

    Districts of one cut-off share their luck, so the share held and the difference of the scores
    have the standard error of the cut-offs' means: their stretches ahead do not overlap.
    """
    kept: dict[str, list[Floats]] = {k: [] for k in ("poisson", "gamma", "closed", "random")}
    score: list[Floats] = []
    plain: list[Floats] = []
    factor: list[float] = []
    for end in range(len(counts) - ahead, max(len(counts) - ahead * cuts - 1, 8), -ahead):
        past, true = counts[:end], counts[end : end + ahead].sum(axis=0)
        rate = np.maximum(past.sum(axis=0), 0.5) / end * ahead
        low, high = poisson_interval(rate, level=0.9)
        kept["poisson"].append((true >= np.floor(low)) & (true <= np.ceil(high)))
        shape, scale, _ = gamma_poisson(past.sum(axis=0), np.full(past.shape[1], float(end)))
        if np.isfinite(shape):
            size, mean = (
                past.sum(axis=0) + shape,
                (past.sum(axis=0) + shape) / (end + scale) * ahead,
            )
            draws = np.random.default_rng(0).negative_binomial(
                size, size / (size + mean), (400, len(size))
            )
            low, high = np.quantile(draws, [0.05, 0.95], axis=0)
            kept["gamma"].append((true >= low) & (true <= high))
        found = forecast_counts(past, horizon=ahead)
        low, high = found.interval(0.9)
        kept["closed"].append((true >= low) & (true <= high))
        kept["random"].append(found.covers(true))
        score.append(negative_binomial_log(true, found.mean, found.size))
        plain.append(negative_binomial_log(true, *lagged(past, ahead)))
        factor.append(float(np.average(found.dispersion, weights=found.mean)))
    if not score:
        return
    apart = np.array([float((a - b).mean()) for a, b in zip(score, plain, strict=True)])
    held = np.array([float(x.mean()) for x in kept["random"]])
    doubt, error = (
        x.std(ddof=1) / np.sqrt(len(x)) if len(x) > 1 else np.nan for x in (held, apart)
    )
    share = {k: float(np.mean(np.concatenate(v))) if v else np.nan for k, v in kept.items()}
    print(
        f"{name:34s} {ahead:2d} {sum(map(len, score)):6d} {share['poisson']:9.0%} "
        f"{share['gamma']:9.0%} {share['closed']:9.0%} {share['random']:10.1%} {doubt:6.1%} "
        f"{np.mean(np.concatenate(score)):9.3f} {np.mean(np.concatenate(plain)):9.3f} "
        f"{apart.mean():9.3f} {error:6.3f} {np.mean(factor):9.1f}",
        flush=True,
    )


def lattice(rows: int, columns: int) -> sp.csr_array:
    """Neighbours of a board of squares, corners included."""
    at = np.arange(rows * columns)
    row, column = at // columns, at % columns
    gap = np.maximum(abs(row[:, None] - row), abs(column[:, None] - column))
    return sp.csr_array((gap == 1).astype(float))


def alarms(maps: int) -> None:
    """Print the share of equal-risk maps with a hot district, and of those with a cluster."""
    print(f"\n{'false alarms and power, % of maps':40s} {'Gi*, FDR':>9s} {'scan':>9s}")
    rng = np.random.default_rng(3)
    near = lattice(8, 7)
    for mean in (1.0, 5.0):
        for spread in (0.0, 1.0):
            area = rng.lognormal(0, spread, 56)
            for dispersion, risk in ((1, 1.0), (3, 1.0), (6, 1.0), (1, 4.0), (3, 4.0)):
                old = new = 0
                for _ in range(maps):
                    expected = area / area.sum() * mean * 56
                    hot = near[[int(rng.integers(56))]].toarray()[0] > 0
                    count = bursts(np.where(hot, expected * risk, expected), dispersion, rng)
                    z = gi_star(count / area, near)
                    old += bool((false_discovery(two_sided(z)) & (z > 0)).any())
                    found = scan_neighbours(count, area, near, simulations=199).clusters
                    new += any(c.p <= 0.05 for c in found)
                what = "equal risk" if risk == 1 else f"cluster x{risk:g}"
                label = f"{what}, mean {mean:g}, areas {spread:g}, dispersion {dispersion}"
                print(f"{label:40s} {old / maps:9.0%} {new / maps:9.0%}", flush=True)


def equal_risk(kind: str, expected: Floats, rng: np.random.Generator) -> Floats:
    """Draw counts: Poisson, variance k times the mean (v), negative binomial of size k (r)."""
    k = float(kind[1:] or 1)
    if kind[0] != "r":
        return bursts(expected, k, rng)
    return rng.negative_binomial(k, k / (k + expected)).astype(float)


STAGES = ((1, 0.0), (3, 0.04), (10, 0.045))
"""How often the first number of maps is drawn, where the share before was over this."""


def alarmed(cell: tuple[int, int, float, float, str], maps: int) -> tuple[int, int]:
    """Count the maps of equal risk with a hot district, and the maps; doubtful cells get more."""
    rows, columns, unequal, mean, kind = cell
    near, n = lattice(rows, columns), rows * columns
    alarms_ = drawn = 0
    for times, over in STAGES:
        if drawn and alarms_ <= over * drawn:
            break
        while drawn < times * maps:
            rng = np.random.default_rng([17, drawn])
            area = rng.lognormal(0, unequal, n)
            count = equal_risk(kind, area / area.sum() * mean * n, rng)
            # the same largest p as of 999 simulations: 10 of 300
            found = scan_neighbours(count, area, near, simulations=299).clusters
            alarms_ += any(c.p <= 0.05 for c in found)
            drawn += 1
    return alarms_, drawn


def false_alarms(maps: int) -> None:
    """Print the share of maps of equal risk that show anything hot, by how counts vary."""
    kinds = ("P", "v3", "v6", "r0.5", "r1", "r2", "r5")
    print(
        f"\n{'maps of equal risk with a hot district':40s} " + " ".join(f"{k:>6s}" for k in kinds)
    )
    rows = [(*size, unequal, mean) for size in ((5, 4), (8, 7))
            for unequal in (0.0, 1.0, 1.5, 2.0) for mean in (0.7, 2.0, 5.0, 20.0)]  # fmt: skip
    every = [(*row, kind) for row in rows for kind in kinds]
    worst: list[tuple[float, str]] = []
    total = np.zeros(2)
    with ProcessPoolExecutor() as pool:
        found = pool.map(alarmed, every, [maps] * len(every))
        for down, across, unequal, mean in rows:
            label = f"{down * across} districts, areas {unequal:g}, mean {mean:g}"
            counts = [next(found) for _ in kinds]
            total += np.sum(counts, axis=0)
            print(f"{label:40s} " + " ".join(f"{a / n:6.1%}" for a, n in counts), flush=True)
            for kind, (a, n) in zip(kinds, counts, strict=True):
                low, high = special.betaincinv([a or 1e-9, a + 1], [n - a + 1, n - a or 1e-9],
                                               [0.025, 0.975])  # fmt: skip
                text = f"{a} of {n} maps, 95 % limits {low:.1%} to {high:.1%}: {label}, {kind}"
                worst.append((a / n, text))
    print(f"all: {total[0] / total[1]:.1%} of {total[1]:.0f} maps; the highest:")
    for _, text in sorted(worst, reverse=True)[:5]:
        print(f"  {text}")


def emerging(years: int) -> None:
    """Print the share of looks with an alarm, where nothing is new and where a burst is."""
    print(f"\n{'emerging now: looks with an alarm':40s} {'false':>9s} {'burst':>9s}")
    near, rng = lattice(8, 7), np.random.default_rng(5)
    burst = near[[30]].toarray()[0] > 0
    for kind in ("steady", "wandering", "seasonal"):
        for dispersion in (1, 3):
            base = rng.lognormal(0.0, 1.0, 56)
            months = np.arange(24 + 12 * years)[:, None]
            if kind == "wandering":
                mean = base * np.exp(np.cumsum(rng.normal(0, 0.12, (len(months), 56)), axis=0))
            else:
                mean = base * (1 + (0.7 if kind == "seasonal" else 0) * np.sin(months * np.pi / 6))
            counts, alarms_, found_ = bursts(mean, dispersion, rng), 0, 0
            for end in range(24, len(counts)):
                past = counts[: end + 1]
                worse = past.copy()
                worse[-1, burst] += rng.poisson(5 * base[burst])
                for table, hit in ((past, False), (worse, True)):
                    looked = scan_emerging(table, near, simulations=1_999)
                    alarm = any(c.p <= 0.05 / 12 for c in looked)
                    found_, alarms_ = found_ + (hit and alarm), alarms_ + (not hit and alarm)
            looks = len(counts) - 24
            label = f"{kind}, dispersion {dispersion}"
            print(f"{label:40s} {alarms_ / looks:9.1%} {found_ / looks:9.0%}", flush=True)


def rises(trials: int) -> None:
    """Print false rises at 5 % between two periods of one rate."""
    print(f"\n{'false rises at 5 %':40s} {'Poisson':>9s} {'fitted':>9s}")
    rng = np.random.default_rng(4)
    for dispersion in (1, 3, 6, 9):
        base = rng.lognormal(1.5, 0.8, 30)
        old, new = [], []
        for _ in range(trials):
            counts = bursts(np.tile(base, (48, 1)), dispersion, rng)
            spread = np.maximum(forecast_counts(counts[:36], horizon=12).dispersion, 1.0)
            before, after = counts[24:36].sum(axis=0), counts[36:].sum(axis=0)
            for a, b, d in zip(after, before, spread, strict=True):
                old.append(change(a, 1.0, b, 1.0).probability_of_rise or 0.0)
                new.append(change(a, 1.0, b, 1.0, dispersion=d).probability_of_rise or 0.0)
        shares = [float(np.mean(np.array(x) > 0.95)) for x in (old, new)]
        print(f"dispersion {dispersion:<29d} {shares[0]:9.1%} {shares[1]:9.1%}", flush=True)


def rank_ranges(name: str, counts: Floats, ahead: int, cuts: int = 10) -> None:
    """Print how often 95 % rank ranges hold the next period's rank: of rates, of counts to come.

    Equal counts share the best rank of their group, as in the table.
    """
    rng, kept = np.random.default_rng(6), {"rates": [], "counts": []}
    usual, every = 0.0, 0
    for end in range(len(counts) - ahead, max(len(counts) - ahead * cuts - 1, 12), -ahead):
        past, true = counts[:end], counts[end : end + ahead].sum(axis=0)
        known = past.sum(axis=0) > 0
        if known.sum() < 5:
            continue
        posterior = gamma_poisson_posterior(past.sum(axis=0), np.full(past.shape[1], end / ahead))
        coming = forecast_counts(past, horizon=ahead)
        true_rank = competition_rank(true[known])
        draws = {"rates": posterior.draw(1_000, rng), "counts": coming.draw(1_000, rng)}
        for kind, drawn in draws.items():
            found = ranks(coming.mean, drawn, known)
            held = (true_rank >= found.low[known]) & (true_rank <= found.high[known])
            kept[kind].append(held)
        usual += float((found.high - found.low)[known].mean() / known.sum())
        every += 1
    if every:
        shares = [float(np.mean(np.concatenate(kept[k]))) for k in ("rates", "counts")]
        print(
            f"{name:34s} {ahead:2d} {shares[0]:9.0%} {shares[1]:9.0%} {usual / every:9.0%}",
            flush=True,
        )


def rank_table(tables: Iterable[tuple[str, pd.DataFrame]]) -> None:
    """Print `rank_ranges` of all data."""
    names = " ".join(f"{x:>9s}" for x in ("rates", "counts", "width"))
    print(f"\n{'95 % rank ranges: share held':34s} {'h':>2s} {names}")
    for name, counts in made_counts():
        rank_ranges(name, counts, 3)
    for name, table in tables:
        rank_ranges(name, monthly(table), 3)


def people(name: str, sizes: Floats, trials: int) -> None:
    """Print how often 95 % limits of a sum of people hold its mean."""
    rng = np.random.default_rng(5)
    for n in (10, 40, 160):
        old = new = 0
        for _ in range(trials):
            drawn = rng.choice(sizes, rng.poisson(n))
            low, high = poisson_interval(drawn.sum())
            old += low <= n * sizes.mean() <= high
            low, high = compound_interval(drawn)
            new += low <= n * sizes.mean() <= high
        print(f"{name:30s} {n:6d} {old / trials:9.0%} {new / trials:9.0%}", flush=True)


def cells(name: str, xy: Floats, day: Floats, window: Any, ahead: float, side: float,
          context: tuple[Floats, Floats] | None = None,
          cuts: int = 6) -> tuple[float, float] | None:  # fmt: skip
    """Print hit rate at 5 % of the area and gain an event against the best baseline."""
    grid = Grid.over(window, side)
    inner = inside(xy, window, grid)
    xy, day = xy[inner], day[inner]
    area = np.ones(int(grid.mask.sum()))
    row, column = np.nonzero(grid.mask)
    middle = np.column_stack([grid.west + (column + 0.5) * side, grid.north - (row + 0.5) * side])
    hits: dict[str, float] = {}
    gains: dict[str, float] = {}
    events = 0.0
    for k in range(cuts, 0, -1):
        end = day.max() - k * ahead
        past, future = day <= end, (day > end) & (day <= end + ahead)
        if past.sum() < 20 or not future.any():
            continue
        x, y = grid.positions(xy[future])
        home = np.column_stack(
            [grid.west + (np.floor(x + 0.5) + 0.5) * side,
             grid.north - (np.floor(y + 0.5) + 0.5) * side]
        )  # fmt: skip
        count = np.rint(binned(home, np.ones(len(home)), grid)[grid.mask])
        scores = {
            "uniform": area,
            "all time": binned(xy[past], np.ones(past.sum()), grid)[grid.mask],
        }
        recent = past & (day > end - ahead)
        scores["last period"] = binned(xy[recent], np.ones(recent.sum()), grid)[grid.mask]
        fresh = np.exp2(-(end - day[past]) / 365)
        for title, band in (
            ("Scott", rule_of_thumb(xy[past], minimum_m=side)),
            ("CV", cross_validated(xy[past], window, side)),
        ):
            mass = binned(xy[past], np.ones(past.sum()), grid)
            scores[f"kernel {title}"] = smooth(mass, grid, band)[grid.mask]
            mass = binned(xy[past], fresh, grid)
            scores[f"kernel {title}, a year"] = smooth(mass, grid, band)[grid.mask]
        scores["nearest"] = -cKDTree(xy[past]).query(middle)[0]
        other = context if context is not None else (None, None)
        scores["mixture"] = cell_forecast(
            xy[past], day[past], window, end, ahead, side, *other
        ).expected[grid.mask]
        for title, score in scores.items():
            level = np.round(score / max(np.abs(score).max(), 1e-300), 12)
            hits[title] = hits.get(title, 0.0) + float(captured(level, count, area, 0.05))
            if title == "nearest":
                continue
            density = score / score.sum() if score.sum() > 0 else area / area.size
            mixed = 0.99 * density + 0.01 / area.size
            gains[title] = gains.get(title, 0.0) + float((count * np.log(mixed * area.size)).sum())
        events += float(count.sum())
    if events < 1:
        return None
    best = max((v, k) for k, v in hits.items() if k != "mixture")
    rival = max((v, k) for k, v in gains.items() if k != "mixture")
    ratio = hits["mixture"] / max(best[0], 1e-9)
    gain = (gains["mixture"] - rival[0]) / events
    print(
        f"{name:30s} {ahead:5g} {side / 1000:5g} {events:6.0f} {hits['mixture'] / events:6.0%} "
        f"{best[0] / events:6.0%} {best[1]:20s} {ratio:5.2f} {gain:6.2f} {rival[1]}",
        flush=True,
    )
    if events < LEAST_EVENTS:
        print(f"{'':30s} under {LEAST_EVENTS} events: chance, not in the means")
        return None
    return ratio, gain


def real_cells(name: str, table: pd.DataFrame) -> list[tuple[float, float] | None]:
    """Print `cells` of the events whose place is known, and of blasts beside all others."""
    placed = table[table["precise"] & table["lon"].notna() & table["lat"].notna()]
    if len(placed) < 150:
        return []
    points = gpd.GeoSeries(gpd.points_from_xy(placed["lon"], placed["lat"]), crs=4326)
    points = points.to_crs(points.estimate_utm_crs())
    xy = np.column_stack([points.x, points.y])
    window = shapely.convex_hull(shapely.multipoints(xy)).buffer(25_000)
    day = placed["day"].to_numpy(float)
    span = np.quantile(day, 0.98) - np.quantile(day, 0.02)
    horizons = (30, 90) if len(day) / span > 0.2 else (180,)
    found = [cells(name, xy, day, window, ahead, 10_000) for ahead in horizons]
    blast = placed["blast"].to_numpy(bool)
    if LEAST_EVENTS <= blast.sum() < len(blast):
        found.append(cells(f"{name[:20]}, blasts + context", xy[blast], day[blast], window,
                           180, 10_000, (xy[~blast], day[~blast]), cuts=30))  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class Repeats:
    """How often each part is drawn."""

    people: int
    rises: int
    alarms: int
    false_alarms: int
    emerging: int


SOME, FULL = Repeats(100, 10, 50, 20, 1), Repeats(200, 20, 100, 100, 5)


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print the processor time of a part, its processes' too."""

    def spent() -> float:
        return sum(os.times()[:4])

    start = spent()
    yield
    print(f"({what}: {spent() - start:.0f} s of processor time)", flush=True)


def counts_ahead(tables: Iterable[tuple[str, pd.DataFrame]]) -> None:
    """Print `coverage` of all data."""
    head = ("Poisson", "gamma-P.", "ours", "randomised", "+-   s", "log score", "NB, lags",
            "better by", "+-   s", "var/mean")  # fmt: skip
    width = (9, 9, 9, 10, 6, 9, 9, 9, 6, 9)
    names = " ".join(f"{x:>{w}s}" for x, w in zip(head, width, strict=True))
    print(f"{'90 % limits: share held':34s} {'h':>2s} {'n':>6s} {names}")
    every = [*made_counts(), *((name, monthly(table)) for name, table in tables)]
    for name, counts in every:
        for ahead in (1, 3):
            coverage(name, counts, ahead)


def people_table(tables: Iterable[tuple[str, pd.DataFrame]], trials: int) -> None:
    """Print `people` of all data."""
    print(f"\n{'95 % limits of people: held':30s} {'n':>6s} {'Garwood':>9s} {'compound':>9s}")
    people("made, mines", np.repeat([1.0, 2, 3, 5, 9], [60, 25, 10, 4, 1]), trials)
    for name, table in tables:
        sizes = table["people"].dropna().to_numpy(float)
        if sizes.size and sizes.sum() > 0:
            people(name, sizes, trials)


def cell_table(tables: Iterable[tuple[str, pd.DataFrame]]) -> None:
    """Print `cells` of all data, and their means."""
    print(
        f"\n{'cells: hits at 5 % of the area':30s} {'days':>5s} {'km':>5s} {'n':>6s} {'ours':>6s} "
        f"{'best':>6s} {'of':20s} {'ratio':>5s} {'gain':>6s} over"
    )
    found = []
    for seed in (0, 1):
        xy, day, window = made_points(seed)
        found.append(cells(f"made {seed}", xy, day, window, 90, 10_000))
        few = np.arange(len(day)) % 12 == 0
        found.append(cells(f"made {seed}, a twelfth + context", xy[few], day[few], window, 90,
                           10_000, (xy[~few], day[~few])))  # fmt: skip
    for seed in range(4):
        xy, day, window, context = led_points(seed)
        found.append(cells(f"led {seed}, with context", xy, day, window, 90, 10_000, context))
        cells(f"led {seed}, without", xy, day, window, 90, 10_000)
    for name, table in tables:
        found += real_cells(name, table)
    known = np.array([x for x in found if x is not None])
    print(
        f"geometric mean of hit ratios {np.exp(np.log(np.maximum(known[:, 0], 1e-9)).mean()):.2f}, "
        f"least {known[:, 0].min():.2f}; mean gain {known[:, 1].mean():.2f} nats an event, "
        f"least {known[:, 1].min():.2f}"
    )


def main() -> None:
    """Print every table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--full", action="store_true", help="as often as foresight.md has them")
    asked = parser.parse_args()
    often = FULL if asked.full else SOME
    tables = list(real_tables(asked.folder)) if asked.folder else []
    parts: list[tuple[str, Callable[[], None]]] = [
        ("limits of counts", lambda: counts_ahead(tables)),
        ("alarms of rises", lambda: rises(often.rises)),
        ("limits of ranks", lambda: rank_table(tables)),
        ("limits of people", lambda: people_table(tables, often.people)),
        ("cells", lambda: cell_table(tables)),
        ("emerging now", lambda: emerging(often.emerging)),
        ("false alarms and power", lambda: alarms(often.alarms)),
        ("hot districts under equal risk", lambda: false_alarms(often.false_alarms)),
    ]
    for what, make in parts:
        with timed(what):
            make()


if __name__ == "__main__":
    main()
