"""The risk surface of more incidents than memory holds: kernels summed part by part.

A kernel's share near its point is summed where the point lies, so those of several parts may be
added before the rest of the kernel blurs the whole grid (`near_mass`, `far_mass`). What is added
are whole numbers, billionths of an incident: in whatever order the parts come, the sum is the same.
Incidents known by district only come from what the risk table condenses.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from geodata.errors import InvalidInput
from geodata.formats.partitioned import Part
from geodata.incidents import incidents_in
from geodata.risk.districts import class_limits
from geodata.risk.parameters import RiskParameters
from geodata.risk.partitions import (
    Condensed,
    LayerInParts,
    Plan,
    Reader,
    batches_of,
    counted_of,
)
from geodata.risk.surface import (
    Ground,
    RiskSurface,
    chosen_bandwidth,
    ground_of,
    near_masses,
    smoothed,
    surface_frame,
    uncertainty,
    with_districts,
)
from geodata.risk.tally import Window, event_weights, fraction_inside, places_of
from geodata.schemas import RISK_SURFACE, empty
from geodata.statistics.kernels import distinct_places, enough_places

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
WHOLE = 1 << 30
"""Parts of a weight that are counted: sums of whole numbers have no order."""
MOST_IN_A_CELL = 1 << 31
PLACE_BYTES = 96
"""That a distinct place takes while a bandwidth is chosen."""


@dataclass(frozen=True)
class _Task:
    """What is wanted of the points of each part."""

    plan: Plan
    ground: Ground
    parameters: RiskParameters
    window: Window
    band: float = 0.0


@dataclass(frozen=True)
class Distinct:
    """Distinct places of the incidents of a period, and how many each has."""

    xy: Floats
    repeats: NDArray[np.intp]


def surface_of_parts(
    layer: LayerInParts,
) -> tuple[RiskSurface | None, gpd.GeoDataFrame, Condensed]:
    """Estimate the intensity over a country of a layer in parts, however large.

    A bandwidth that the data choose looks at every distinct place at once, so they have to fit
    in a quarter of the memory; a stated one needs no room.

    The surface, None where nothing says which days are counted; its bands, schema `RISK_SURFACE`;
    and what was condensed.

    Raises
    ------
    InvalidInput
        See `LayerInParts.condensed`; the bandwidth is ``adaptive``, or there are
        too many places to choose one.
    """
    parameters, districts = layer.parameters, layer.districts
    parts, workers = layer.parts.parts, layer.workers
    if parameters.bandwidth == "adaptive":
        raise InvalidInput(
            "bandwidth=adaptive looks at each point with all others around it; for parts choose "
            "cross-validated, scott or a number of km.",
            code="bad-bandwidth",
            details=[{"field": "bandwidth", "reason": "adaptive needs all points at once"}],
        )
    land = ground_of(districts)
    plan = replace(layer.plan(), ground=land)
    held = layer.condensed(plan)
    kept, window = counted_of(
        held, districts, parameters, today=layer.today, observed=layer.observed
    )
    if window is None:
        return None, empty(RISK_SURFACE), held
    task = _Task(plan, land, parameters, window)
    band, from_data = parameters.bandwidth_m, True
    if band is None:
        found = _joined_places(workers.done(_places, task, parts), layer.memory // 4)
        band = chosen_bandwidth(found.xy, land, parameters.bandwidth, found.repeats)
        from_data = enough_places(found.xy)
    near = _added(workers.done(_kernels, replace(task, band=band), parts))
    share, weight, _ = event_weights(
        kept, window, weight=parameters.weight, half_life_days=parameters.half_life_days
    )
    inside = share * incidents_in(kept)
    surface = with_districts(
        smoothed({group: mass / WHOLE for group, mass in near.items()}, land.grid, band),
        land,
        kept["point"].to_numpy(bool),
        inside,
        weight,
        places_of(kept, districts, inside),
        parameters,
        window,
        bandwidth_m=band,
        bandwidth_from_data=from_data,
    )
    if parameters.classes == "fixed":
        limits = class_limits(parameters.weight, "area")
    else:
        table = layer.table(held, exposure="area")
        limits = tuple(table.attrs["risk"]["class_limits"])
    return surface, surface_frame(surface, [limit / 100 for limit in limits]), held


def _points(
    task: _Task, reader: Reader, batch: pa.RecordBatch
) -> tuple[Floats, pd.DataFrame, NDArray[np.bool_]]:
    """Give places in the country, their rows, and which rows those are."""
    points = reader.points(batch)
    xy, is_point = task.ground.places(points)
    is_point &= reader.kept(batch)
    points["date_start"], points["date_end"] = (
        days.view("datetime64[D]").astype("datetime64[s]") for days in reader.days(batch)
    )
    return xy[is_point], points[is_point], is_point


def _places(task: _Task, part: Part) -> Distinct:
    """Give the places of a part that choose the bandwidth."""
    found = []
    for reader, batch in batches_of(task.plan, part):
        xy, points, _ = _points(task, reader, batch)
        share = fraction_inside(points["date_start"], points["date_end"], task.window)
        found.append(Distinct(*distinct_places(xy[share > 0])))
    return _together(found)


def _together(several: list[Distinct]) -> Distinct:
    xy = np.concatenate([np.zeros((0, 2)), *(one.xy for one in several)])
    repeats = np.concatenate([np.zeros(0, np.intp), *(one.repeats for one in several)])
    return Distinct(*distinct_places(xy, repeats))


def _joined_places(several: Iterable[Distinct], most_bytes: int) -> Distinct:
    """Join the places of all parts; refuse what is more than memory was given for."""
    held, waiting = _together([]), list[Distinct]()
    most = most_bytes // PLACE_BYTES
    for one in several:
        waiting.append(one)
        if sum(len(part.xy) for part in waiting) >= min(len(held.xy), most):
            held, waiting = _together([held, *waiting]), []
        if len(held.xy) > most:
            raise InvalidInput(
                f"There are more than {most:,} distinct places, as many as a quarter of --memory "
                "has room for when the data choose the bandwidth. State one, e.g. --bandwidth 5 "
                "(km), or give more memory.",
                code="too-many-places",
                details=[{"field": "bandwidth", "reason": "is to be stated"}],
            )
    return _together([held, *waiting])


def _kernels(task: _Task, part: Part) -> dict[int, Ints]:
    """Give the near part of the kernels of a part's points by group of width, in `WHOLE` ths."""
    parameters = task.parameters
    found: list[dict[int, Ints]] = []
    for reader, batch in batches_of(task.plan, part):
        xy, points, is_point = _points(task, reader, batch)
        if parameters.weight != "incidents" and parameters.weight in batch.schema.names:
            values, known = reader.number(batch, parameters.weight)
            points[parameters.weight] = np.where(known, values, np.nan)[is_point]
        _, weight, _ = event_weights(
            points,
            task.window,
            weight=parameters.weight,
            half_life_days=parameters.half_life_days,
        )
        counts = weight > 0
        width = np.hypot(task.band, uncertainty(points)[counts])
        near = near_masses(xy[counts], weight[counts], width, task.ground.grid, task.band)
        found.append({group: _whole(mass) for group, mass in near.items()})
    return _added(found)


def _whole(mass: Floats) -> Ints:
    _refuse_many(float(mass.max(initial=0.0)))
    return np.asarray(np.rint(mass * WHOLE), np.int64)


def _added(several: Iterable[dict[int, Ints]]) -> dict[int, Ints]:
    total: dict[int, Ints] = {}
    for one in several:
        for group, mass in one.items():
            total[group] = total[group] + mass if group in total else mass
            _refuse_many(int(total[group].max(initial=0)) / WHOLE)
    return total


def _refuse_many(weight: float) -> None:
    # the sum of two that pass still fits in 63 bits
    if weight > MOST_IN_A_CELL:
        raise InvalidInput(
            f"One cell holds more than {MOST_IN_A_CELL:,} incidents by weight: more than "
            "can be counted here. Choose a shorter period.",
            code="too-many-in-a-cell",
        )
