"""The risk of more incidents than memory holds: each part of a layer condensed, the parts added.

What a risk table needs of incidents is how many lie in each district on which days, and the sums
of their people. Each part gives these for its rows by the same functions as an import and a table
(`grid_of`, `DistrictWeights`, `units_named`, the filter); sums of whole numbers are the same in
whatever order they are added, and the table is then made by `estimate` itself. The parts are worked
through by this process one by one, or by the workers of Dask.
"""

import json
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, Literal, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geodata import filters, progress
from geodata.crs import parse_crs, transform_xy
from geodata.deferred import deferred
from geodata.districts import grid_of
from geodata.errors import InvalidInput
from geodata.formats.partitioned import Part, Parts, open_part, unreadable
from geodata.incidents import COUNT, LARGEST, SQUARES, DistrictWeights, abroad
from geodata.incidents.flat import escape_id
from geodata.incidents.frame import DISTRICT_PRECISION
from geodata.intervals import Observed
from geodata.places.units import UnitIndex
from geodata.risk.backtest.models import COUNT_MODELS
from geodata.risk.backtest.rolling import in_whole_months, rolling_backtest
from geodata.risk.districts import as_frame, estimate
from geodata.risk.parameters import RiskParameters
from geodata.risk.surface import Ground
from geodata.risk.tally import (
    SEVERITIES,
    Window,
    choose_window,
    recorded_days,
    units_named,
    units_of,
)
from geodata.schemas import CRS84, INCIDENTS, conform

_distributed = deferred("distributed")

Engine = Literal["stream", "dask"]
ENGINES = ("stream", "dask")
AHEAD = 3
"""Parts given out for each worker: enough that none waits, few enough that what is done and not
yet added stays small."""
WORKER_BYTES = 500_000_000
"""Without as much a worker is not started: its libraries take half of it."""
T = TypeVar("T")
P = TypeVar("P")


class Workers(ABC):
    """Who works on parts."""

    def done(self, work: Callable[[Any, P], T], shared: Any, parts: Sequence[P]) -> Iterator[T]:
        """Do the work on each part; give what it made, in the order in which it is ready.

        Raises
        ------
        InvalidInput
            A part took more memory than its worker has.
        """
        progress.step(0, len(parts))
        for number, found in enumerate(self._done(work, shared, parts), 1):
            progress.step(number, len(parts))
            yield found

    @abstractmethod
    def _done(self, work: Callable[[Any, P], T], shared: Any, parts: Sequence[P]) -> Iterator[T]:
        """Do it."""


class _Stream(Workers):
    def _done(self, work: Callable[[Any, P], T], shared: Any, parts: Sequence[P]) -> Iterator[T]:
        return (work(shared, part) for part in parts)


class _Dask(Workers):
    def __init__(self, client: Any) -> None:
        self._client = client

    def _done(self, work: Callable[[Any, P], T], shared: Any, parts: Sequence[P]) -> Iterator[T]:
        everywhere = self._client.scatter([shared], broadcast=True)[0]
        left = iter(parts)

        def given(count: int) -> list[Any]:
            some = [part for _, part in zip(range(count), left, strict=False)]
            return [self._client.submit(work, everywhere, part, pure=False) for part in some]

        ready = _distributed.as_completed(given(AHEAD * max(len(self._client.nthreads()), 1)))
        for future in ready:
            try:
                found = future.result()
            except _distributed.KilledWorker as reason:
                raise InvalidInput(
                    f"A worker died of a part several times ({reason}): it may need more memory "
                    "than --memory leaves each worker, or smaller parts.",
                    code="worker-died",
                ) from None
            # what was added is not to be kept on the cluster
            future.release()
            for one in given(1):
                ready.add(one)
            yield found


@contextmanager
def workers_of(
    engine: Engine = "stream", *, scheduler: str | None = None, memory: int | None = None
) -> Iterator[Workers]:
    """Give workers, which go when the work is over.

    Parameters
    ----------
    engine
        ``stream``: this process; ``dask``: workers of their own.
    scheduler
        Address of a Dask cluster, e.g. ``tcp://10.0.0.1:8786``; None = a process for each core
        of this machine, on the loopback address.
    memory
        Bytes that this process and its workers on this machine may take together; None = what
        Dask allows.

    Raises
    ------
    InvalidInput
        The engine is not installed, or the cluster does not answer.
    """
    if engine == "stream":
        yield _Stream()
        return
    try:
        connect, local = _distributed.Client, _distributed.LocalCluster
    except ImportError:
        raise InvalidInput(
            'Dask is not installed: pip install "hazardmap[dask]". Without it --engine stream '
            "gives the same numbers in one process.",
            code="no-dask",
            details=[{"field": "engine", "reason": "dask is not installed"}],
        ) from None
    if scheduler:
        with _connected(connect, scheduler) as client:
            yield _Dask(client)
        return
    count, limit = len(os.sched_getaffinity(0)), None
    if memory is not None:
        # this process adds what they make, and has a share as each of them
        count = max(min(count, memory // WORKER_BYTES - 1), 1)
        limit = memory // (count + 1)
    with (
        local(
            n_workers=count,
            threads_per_worker=1,
            memory_limit=limit or "auto",
            dashboard_address="127.0.0.1:0",
            silence_logs="ERROR",
        ) as cluster,
        connect(cluster) as client,
    ):
        yield _Dask(client)


def _connected(connect: Any, scheduler: str) -> Any:
    try:
        return connect(scheduler, timeout=20)
    except (OSError, ValueError, TypeError) as reason:
        raise InvalidInput(
            f"The cluster at {scheduler} does not answer: {reason}",
            code="no-scheduler",
            details=[{"field": "scheduler", "reason": "does not answer"}],
        ) from None


Ints = NDArray[np.int64]
NUMBERS = tuple(f"{name}{end}" for name in SEVERITIES for end in ("", "_low", "_high"))
KEYS = (
    "kept", "districts", "place_as_reported", "date_start", "date_end", "stated", "point", "vague",
)  # fmt: skip
"""What incidents of one row have in common; `stated`: which of `NUMBERS` are, as bits; `point`:
whether a surface takes the place (`Plan.ground`); `vague`: not even the district is sure
(`Plan.precision`)."""
PLACED = ("longitude", "latitude", "where_precision", "coordinate_method", "uncertainty_m")
"""What a surface looks at of a point."""
BATCH_ROWS = 500_000
NO_DAY = np.iinfo(np.int64).min
_POINT_BYTES = 21
_POINT = np.dtype([("order", "u1"), ("kind", "<u4"), ("x", "<f8"), ("y", "<f8")])


@dataclass(frozen=True)
class Plan:
    """What is wanted of each part; goes to every worker."""

    districts: gpd.GeoDataFrame
    weight: str = "incidents"
    where: str | None = None
    where_lang: str = "cql2-text"
    batch_rows: int = BATCH_ROWS
    most_bytes: int = 1 << 30
    """That what is condensed may take."""
    ground: Ground | None = None
    """Of a surface, where one is wanted."""
    precision: bool = False
    """Whether it is wanted how well places are known."""

    @cached_property
    def kept(self) -> Any:
        """The filter, compiled; None where all are kept."""
        if not self.where:
            return None
        return filters.compile_filter(self.where, self.where_lang, INCIDENTS)

    @cached_property
    def schema(self) -> pa.Schema:
        """The columns of what is condensed."""
        more = (SQUARES, LARGEST) if self.weight != "incidents" else ()
        kinds = [
            pa.bool_(), pa.string(), pa.string(), pa.date32(), pa.date32(), pa.int64(),
            pa.bool_(), pa.bool_(),
        ]  # fmt: skip
        sums = [COUNT, *NUMBERS, *(f"{self.weight}{end}" for end in more)]
        return pa.schema([*zip(KEYS, kinds, strict=True), *((name, pa.int64()) for name in sums)])

    @cached_property
    def units(self) -> UnitIndex | None:
        """The units above the districts, where they have any."""
        above = [n for n in ("admin1_name", "admin2_name") if n in self.districts.columns]
        known = above and self.districts[above].notna().any(axis=None)
        return units_of(self.districts) if known else None

    @cached_property
    def home(self) -> bool:
        """Whether the country of an incident may tell that it does not count here."""
        return "country" in self.districts.columns and self.districts["country"].notna().any()


@dataclass(frozen=True)
class Condensed:
    """Incidents of some parts, those alike in one row."""

    table: pa.Table
    """`KEYS`, how many, and the sums of their `NUMBERS`; in no order that means something."""
    rows: int = 0
    """Incidents in all."""
    joined: int = 0
    """Of them those that a point was looked up for: their file names no districts."""
    undated: int = 0

    def frame(self) -> pd.DataFrame:
        """Give it as the functions of `geodata.risk` take incidents, in an order of its own."""
        order = [(key, "ascending") for key in KEYS]
        found = self.table.sort_by(order).to_pandas()
        for name in ("date_start", "date_end"):
            found[name] = pd.to_datetime(found[name]).astype("datetime64[s]")
        for name in ("districts", "place_as_reported"):
            found[name] = found[name].astype("str")
        # enough of it to tell what is sure
        found["where_precision"] = np.where(found["vague"], DISTRICT_PRECISION + 1.0, np.nan)
        return found


def condensed(plan: Plan, part: Part) -> Condensed:
    """Condense the incidents of a part.

    A file with `districts` (or `district_id`) is taken at its word, as one of the register's
    own layers has it; of others the point is looked up in the districts.

    Parameters
    ----------
    part
        The file: `date_start`, and where they are known `date_end` (else the same day),
        `NUMBERS`, and `place_as_reported` with `country`.

    Raises
    ------
    InvalidInput
        The file cannot be read, lacks a column, holds a range that ends before it begins, or
        has another number of rows than its manifest says.
    """
    several = _Sum(plan)
    for reader, batch in batches_of(plan, part):
        several.take(reader.condensed(batch))
    return several.total()


def batches_of(plan: Plan, part: Part) -> "Iterator[tuple[Reader, pa.RecordBatch]]":
    """Read a part in pieces of as many rows as the plan says.

    Raises
    ------
    InvalidInput
        As `condensed`.
    """
    file, rows = open_part(part), 0
    try:
        reader = Reader(plan, part, file)
        for batch in file.iter_batches(plan.batch_rows, columns=reader.columns):
            yield reader, batch
            rows += batch.num_rows
    except (OSError, pa.ArrowException) as reason:
        raise unreadable(part, reason) from None
    if part.rows is not None and rows != part.rows:
        raise bad_part(part, f" has {rows} rows; its manifest says {part.rows}. Export it again.")


def bad_part(part: Part, what: str, field: str | None = None, reason: str = "") -> InvalidInput:
    """Make the error of a part that cannot be used, for what follows its name."""
    details = [{"field": field, "reason": reason}] if field else []
    return InvalidInput(f"{part.url}{what}", code="bad-part", details=details)


def added(plan: Plan, several: Iterable[Condensed]) -> Condensed:
    """Add what was condensed apart; the same in whatever order it is added."""
    several = list(several)
    if len(several) == 1:
        return several[0]
    table = pa.concat_tables([plan.schema.empty_table(), *(one.table for one in several)])
    sums = [name for name in plan.schema.names if name not in KEYS]
    how = [(name, "max" if name.endswith(LARGEST) else "sum") for name in sums]
    grouped = table.group_by(list(KEYS)).aggregate(how)
    grouped = grouped.select([*KEYS, *(f"{name}_{one}" for name, one in how)])
    return Condensed(
        grouped.rename_columns(plan.schema.names),
        sum(one.rows for one in several),
        sum(one.joined for one in several),
        sum(one.undated for one in several),
    )


class _Sum:
    """A sum that grows: what it holds is added anew only when as much has come in."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._held = added(plan, [])
        self._waiting: list[Condensed] = []

    def take(self, one: Condensed) -> None:
        """Take one more part; refuse what is more than memory was given for."""
        self._waiting.append(one)
        if sum(part.table.num_rows for part in self._waiting) >= self._held.table.num_rows:
            self.total()

    def total(self) -> Condensed:
        """Give the sum of all that was taken."""
        known = [self._held] if self._held.rows else []
        if self._waiting:
            self._held, self._waiting = added(self._plan, [*known, *self._waiting]), []
        held, most = self._held.table, self._plan.most_bytes
        if held.nbytes > most:
            raise InvalidInput(
                f"After {self._held.rows:,} incidents there are {held.num_rows:,} kinds of place "
                f"and date range, which take {held.nbytes / 1e6:,.0f} MB, and {most / 1e6:,.0f} MB "
                "(a quarter of --memory) are for them. Give more memory.",
                code="too-many-kinds",
            )
        return self._held


@dataclass
class Reader:
    """How one file is read: which columns, and where its points are."""

    plan: Plan
    part: Part
    file: Any
    columns: list[str] = field(init=False)
    placed: str | None = field(init=False)
    """Column of the districts; None where the point tells."""

    def __post_init__(self) -> None:
        """Choose the columns."""
        names = self.file.schema_arrow.names
        if "date_start" not in names:
            raise bad_part(
                self.part,
                f" has no column date_start; it has {', '.join(names)[:200]}. "
                "Name its columns as the layer incidents does.",
                "date_start",
                "is missing",
            )
        self.placed = next((n for n in ("districts", "district_id") if n in names), None)
        wanted = {"date_start", "date_end", *NUMBERS}
        wanted |= {"place_as_reported"} if self.plan.units is not None else set()
        wanted |= {"country"} if self.plan.home or self.plan.units is not None else set()
        wanted |= {self.placed} if self.placed else {self._geometry}
        wanted |= {"where_precision"} if self.plan.precision else set()
        if self.plan.ground is not None:
            wanted |= {*PLACED} if self._numbered else {*PLACED, self._geometry}
        if self.plan.kept is not None:
            wanted |= {*INCIDENTS.names, self._geometry} & set(names)
        self.columns = [name for name in names if name in wanted]

    @cached_property
    def _geo(self) -> dict[str, Any]:
        try:
            return dict(json.loads((self.file.schema_arrow.metadata or {})[b"geo"]))
        except (KeyError, ValueError, TypeError):
            return {}

    @cached_property
    def _geometry(self) -> str:
        name = str(self._geo.get("primary_column", "geometry"))
        if self.placed is None and name not in self.file.schema_arrow.names:
            raise bad_part(
                self.part,
                " has neither districts nor a geometry: nothing says where its incidents were.",
            )
        return name

    @property
    def _numbered(self) -> bool:
        """Whether coordinates have columns of their own."""
        return {"longitude", "latitude"} <= set(self.file.schema_arrow.names)

    def condensed(self, batch: pa.RecordBatch) -> Condensed:
        """Condense some rows."""
        size, plan = batch.num_rows, self.plan
        start, end = self.days(batch)
        places, texts = self._places(batch)
        above, units = self._units(batch, places, texts)
        numbers = {n: self.number(batch, n) for n in NUMBERS if n in batch.schema.names}
        stated = np.zeros(size, np.int64)
        for name, (_, known) in numbers.items():
            stated |= known.astype(np.int64) << NUMBERS.index(name)
        kept = self.kept(batch, (places, texts))
        point = vague = np.zeros(size, bool)
        if plan.ground is not None:
            point = plan.ground.places(self.points(batch))[1]
        if plan.precision and "where_precision" in batch.schema.names:
            vague = self._floats(batch, "where_precision") > DISTRICT_PRECISION
        group, first = _groups(
            kept.astype(np.int64), places, above, start, end, stated,
            point.astype(np.int64), vague.astype(np.int64),
        )  # fmt: skip

        def total(values: Ints) -> pa.Array:
            # bincount adds doubles: whole numbers up to 2^53 exactly
            return pa.array(np.bincount(group, values, len(first)).astype(np.int64))

        columns: dict[str, Any] = {
            "kept": kept[first],
            "districts": pa.array(texts, pa.string()).take(pa.array(places[first])),
            "place_as_reported": pa.array(units, pa.string()).take(pa.array(above[first])),
            "date_start": _dates(start[first]),
            "date_end": _dates(end[first]),
            "stated": stated[first],
            "point": point[first],
            "vague": vague[first],
            COUNT: pa.array(np.bincount(group, minlength=len(first))),
        }
        for bit, name in enumerate(NUMBERS):
            columns[name] = pa.nulls(len(first), pa.int64())
            if name in numbers:
                unknown = pa.array(stated[first] >> bit & 1 == 0)
                columns[name] = pc.if_else(unknown, columns[name], total(numbers[name][0]))
        if plan.weight != "incidents":
            values = numbers[plan.weight][0] if plan.weight in numbers else np.zeros(size, np.int64)
            most = np.zeros(len(first), np.int64)
            np.maximum.at(most, group, values)
            columns[f"{plan.weight}{SQUARES}"] = total(values**2)
            columns[f"{plan.weight}{LARGEST}"] = most
        undated = int(np.count_nonzero((start == NO_DAY) | (end == NO_DAY)))
        table = pa.table(columns, schema=plan.schema)
        return Condensed(table, size, 0 if self.placed else size, undated)

    def days(self, batch: pa.RecordBatch) -> tuple[Ints, Ints]:
        """First and last day of each incident, days since 1970; `NO_DAY` where unknown."""
        start = self._day(batch, "date_start")
        end = self._day(batch, "date_end") if "date_end" in batch.schema.names else start
        wrong = np.flatnonzero((end < start) & (start != NO_DAY) & (end != NO_DAY))
        if len(wrong):
            first, last = (np.datetime64(int(day[wrong[0]]), "D") for day in (start, end))
            raise bad_part(
                self.part,
                f": {len(wrong)} incidents end before they begin, e.g. {first} to {last}.",
            )
        return start, end

    def _day(self, batch: pa.RecordBatch, name: str) -> Ints:
        try:
            days = pc.cast(pc.cast(batch.column(name), pa.date32(), safe=False), pa.int32())
        except pa.ArrowException:
            raise bad_part(
                self.part,
                f": {name} is {batch.schema.field(name).type}, no date.",
                name,
                "is no date",
            ) from None
        found = days.fill_null(0).to_numpy().astype(np.int64)
        found[days.is_null().to_numpy(zero_copy_only=False)] = NO_DAY
        return found

    def _places(self, batch: pa.RecordBatch) -> tuple[Ints, list[str | None]]:
        """Row of the texts of districts for each incident; the last of them is none."""
        if self.placed is None:
            lon, lat = self._points(batch.column(self._geometry))
            ids = [escape_id(str(name)) for name in self.plan.districts["district_id"]]
            found = grid_of(self.plan.districts).locate(lon, lat).astype(np.int64)
            found[found < 0] = len(ids)
            return found, [*ids, None]
        return _coded(batch.column(self.placed))

    def _units(
        self, batch: pa.RecordBatch, places: Ints, texts: list[str | None]
    ) -> tuple[Ints, list[str | None]]:
        """Give the unit above that the place of an incident without a district names, likewise."""
        lost = np.flatnonzero(self._nowhere(texts)[places])
        above: Ints = np.zeros(batch.num_rows, np.int64)
        units = self.plan.units
        if units is None or not len(lost) or "place_as_reported" not in batch.schema.names:
            return above, [None]
        names = [n for n in ("place_as_reported", "country") if n in batch.schema.names]
        rows = batch.select(names).take(pa.array(lost)).to_pandas()
        codes, named = pd.factorize(units_named(rows, self.plan.districts, units))
        above[lost] = codes + 1
        return above, [None, *named]

    def _points(self, column: pa.Array) -> tuple[Any, Any]:
        about = self._geo.get("columns", {}).get(self._geometry, {})
        if "crs" in about and about["crs"] is None:
            raise bad_part(self.part, " does not say in which CRS its points are.")
        if pa.types.is_struct(column.type):
            x, y = (column.field(name).to_numpy(zero_copy_only=False) for name in ("x", "y"))
        else:
            x, y = self._decoded(column)
        system = _system(about.get("crs"))
        if system.to_authority() in (("OGC", "CRS84"), ("EPSG", "4326")):
            return x, y  # longitude first, as GeoParquet has it whatever the CRS says
        return transform_xy(x, y, system, parse_crs(CRS84))

    def _decoded(self, column: pa.Array) -> tuple[Any, Any]:
        """Coordinates of well-known binary; NaN where there is none."""
        there = column.is_valid().to_numpy(zero_copy_only=False)
        raw = column.drop_null()
        x, y = np.full(len(column), np.nan), np.full(len(column), np.nan)
        sizes = pc.binary_length(raw).to_numpy(zero_copy_only=False)
        if len(raw) and (sizes == _POINT_BYTES).all():
            joined = pa.concat_arrays([raw.cast(pa.large_binary())])
            begin = np.frombuffer(joined.buffers()[1], np.int64)[joined.offset]
            points = np.frombuffer(joined.buffers()[2], _POINT, len(raw), int(begin))
            if (points["order"] == 1).all() and (points["kind"] == 1).all():
                x[there], y[there] = points["x"], points["y"]
                return x, y
        shapes = shapely.from_wkb(raw.to_numpy(zero_copy_only=False))
        kinds = shapely.get_type_id(shapes)
        if (kinds > 0).any():
            kind = next(shape.geom_type for shape in shapes[kinds > 0])
            raise bad_part(self.part, f" holds a {kind}; incidents are points.")
        x[there], y[there] = shapely.get_x(shapes), shapely.get_y(shapes)
        return x, y

    def number(self, batch: pa.RecordBatch, name: str) -> tuple[Ints, NDArray[np.bool_]]:
        """Whole numbers of a column, 0 where there is none, and where there is one."""
        column = batch.column(name)
        try:
            if pa.types.is_floating(column.type):
                column = pc.if_else(pc.is_nan(column), None, column)
            whole = column.cast(pa.int64())
        except pa.ArrowException:
            raise bad_part(
                self.part, f": {name} holds what is no whole number.", name, "is no whole number"
            ) from None
        known = whole.is_valid().to_numpy(zero_copy_only=False)
        values = whole.fill_null(0).to_numpy()
        if (values < 0).any():
            raise bad_part(self.part, f": {name} is below 0.")
        return values, known

    def points(self, batch: pa.RecordBatch) -> pd.DataFrame:
        """Give the columns `PLACED` as a surface takes them; null where the file has none."""
        if self._numbered:
            lon, lat = (self._floats(batch, name) for name in ("longitude", "latitude"))
        elif self._geometry in batch.schema.names:
            lon, lat = self._points(batch.column(self._geometry))
        else:
            lon = lat = np.full(batch.num_rows, np.nan)
        found = pd.DataFrame({"longitude": lon, "latitude": lat})
        for name in ("where_precision", "uncertainty_m"):
            there = name in batch.schema.names
            found[name] = self._floats(batch, name) if there else np.nan
        method = "coordinate_method"
        found[method] = (
            batch.column(method).cast(pa.string()).to_pandas()
            if method in batch.schema.names
            else None
        )
        return found

    def _floats(self, batch: pa.RecordBatch, name: str) -> NDArray[np.float64]:
        try:
            column = batch.column(name).cast(pa.float64())
        except pa.ArrowException:
            raise bad_part(self.part, f": {name} holds what is no number.") from None
        return np.asarray(column.fill_null(np.nan).to_numpy())

    def kept(
        self, batch: pa.RecordBatch, placed: tuple[Ints, list[str | None]] | None = None
    ) -> NDArray[np.bool_]:
        """Say which incidents the filter keeps and no other country has."""
        plan = self.plan
        kept = np.ones(batch.num_rows, bool) if plan.kept is None else self._filtered(batch)
        if plan.home and "country" in batch.schema.names:
            country = batch.column("country").cast(pa.string()).to_pandas()
            away = abroad(pd.DataFrame({"country": country}), plan.districts)
            if away.any():
                places, texts = placed or self._places(batch)
                kept &= ~(away & self._nowhere(texts)[places])
        return kept

    def _nowhere(self, texts: list[str | None]) -> NDArray[np.bool_]:
        """Say of each text of districts whether it names none of ours."""
        weights = DistrictWeights.of(pd.DataFrame({"districts": texts}), self.plan.districts.index)
        return np.asarray(weights.matrix.sum(axis=1)[weights.codes] == 0)

    def _filtered(self, batch: pa.RecordBatch) -> NDArray[np.bool_]:
        rows = batch.to_pandas()
        names = [n for n in INCIDENTS.names if n in rows.columns]
        frame = pd.DataFrame(rows[names])
        if "incident_id" not in names:
            frame["incident_id"] = np.arange(len(frame)).astype(str)
        if "date_end" not in names:
            frame["date_end"] = frame["date_start"]
        shapes = None
        if self._geometry in batch.schema.names:
            lon, lat = self._points(batch.column(self._geometry))
            there = np.isfinite(lon) & np.isfinite(lat)
            shapes = np.full(len(frame), None, dtype=object)
            shapes[there] = shapely.points(lon[there], lat[there])
        made = gpd.GeoDataFrame(frame, geometry=shapes, crs=CRS84)
        return np.asarray(self.plan.kept.mask(conform(made, INCIDENTS)), bool)


def _system(projjson: Any) -> CRS:
    if not isinstance(projjson, dict):
        return parse_crs(projjson or CRS84)
    known = projjson.get("id")
    if known:
        return parse_crs(f"{known['authority']}:{known['code']}")
    return parse_crs(CRS.from_json_dict(projjson))


def _dates(days: Ints) -> pa.Array:
    missing = pa.array(days == NO_DAY)
    known = pa.array(np.where(days == NO_DAY, 0, days).astype(np.int32)).cast(pa.date32())
    return pc.if_else(missing, pa.scalar(None, pa.date32()), known)


def _coded(column: pa.Array) -> tuple[Ints, list[str | None]]:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    coded = column.cast(pa.string()).dictionary_encode()
    texts = coded.dictionary.to_pylist()
    codes = coded.indices.fill_null(len(texts)).to_numpy().astype(np.int64)
    return codes, [*texts, None]


def _groups(*keys: Ints) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Give rows of equal keys one number, and the first row of each number."""
    code: Ints = np.zeros(len(keys[0]), np.int64)
    size = 1
    for key in keys:
        low = int(key[key != NO_DAY].min(initial=0))
        own = np.where(key == NO_DAY, 0, key - low + 1)
        width = int(own.max(initial=0)) + 1
        if size * width >= 1 << 62:
            code, size = _renumbered(code)
        if size * width >= 1 << 62:
            own, width = _renumbered(own)
        code, size = code * width + own, size * width
    group, count = _renumbered(code)
    first = np.empty(count, np.intp)
    first[group[::-1]] = np.arange(len(group) - 1, -1, -1)
    return group, first


def _renumbered(code: Ints) -> tuple[Ints, int]:
    coded = pa.array(code).dictionary_encode()
    return coded.indices.to_numpy().astype(np.int64), len(coded.dictionary)


def counted_of(
    held: Condensed,
    districts: gpd.GeoDataFrame,
    parameters: RiskParameters,
    *,
    today: date,
    observed: Observed | None = None,
) -> tuple[pd.DataFrame, Window | None]:
    """Give the condensed incidents that the filter keeps, and the days that are counted.

    The parameters are those of `risk_of_condensed`.

    Raises
    ------
    InvalidInput
        The days of observation are stated by source, and no period is asked for.
    """
    if parameters.period is None and observed and Observed(*observed).sources:
        raise InvalidInput(
            "The days of observation are stated by source, which a layer in parts does not tell "
            "apart: ask for a period, e.g. period=2020-01-01/2023-12-31.",
            code="bad-period",
            details=[{"field": "period", "reason": "needed with days stated by source"}],
        )
    frame = held.frame()
    known = recorded_days(frame, districts)
    window = choose_window(parameters.period, known, today, observed=observed)
    return frame[frame["kept"].to_numpy(bool)], window


def risk_of_condensed(
    held: Condensed,
    districts: gpd.GeoDataFrame,
    parameters: RiskParameters,
    *,
    today: date,
    observed: Observed | None = None,
) -> gpd.GeoDataFrame:
    """Make the risk table of condensed incidents.

    Districts are ranked by the rate: what would foresee best is told by a backtest, which
    looks at every place.

    Schema `RISK`, equal to that of the same incidents in memory.

    Parameters
    ----------
    parameters
        As in `risk_of`; the period is chosen from all incidents, before `where`.
    """
    kept, window = counted_of(held, districts, parameters, today=today, observed=observed)
    result = estimate(kept, districts, parameters, today=today, window=window)
    return as_frame(result, districts, parameters)


def condense(plan: Plan, parts: Parts, workers: Workers) -> Condensed:
    """Condense a layer in parts.

    Raises
    ------
    InvalidInput
        A part cannot be used, or the places and days are too many for the memory.
    """
    held = _Sum(plan)
    for one in workers.done(condensed, plan, parts.parts):
        held.take(one)
    return held.total()


@dataclass(frozen=True, slots=True)
class _Band:
    """Which ids are compared at once: those whose hash, cut to as many bits, is this."""

    number: int = 0
    bits: int = 0


def check_ids(parts: Parts, workers: Workers, memory: int) -> int:
    """Refuse a layer in which an id occurs twice: its incident would count twice.

    A layer that was written at once has been looked at. Of others ids are compared by 64 bits of
    a hash, as many at once as memory allows, and read again where two are alike.

    Incidents whose id was compared here.

    Parameters
    ----------
    parts
        The files; those without `incident_id` are not looked at.
    memory
        Bytes that this process may take for it.

    Raises
    ------
    InvalidInput
        Ids occur twice (code ``twice``); the message names some.
    """
    if parts.distinct:
        return 0
    sizes = list(workers.done(_id_count, None, parts.parts))
    named = sum(sizes)
    # hashes, and their sorted copy
    bits = max(int(np.ceil(np.log2(max(named * 16 / memory, 1)))), 0)
    suspects: list[NDArray[np.uint64]] = []
    for number in range(1 << bits):
        hashes = np.concatenate(
            [np.zeros(0, np.uint64), *workers.done(_hashes, _Band(number, bits), parts.parts)]
        )
        hashes.sort()
        suspects.append(np.unique(hashes[1:][hashes[1:] == hashes[:-1]]))
    alike = np.concatenate(suspects)
    if len(alike):
        found = pd.Series([i for ids in workers.done(_ids_of, alike, parts.parts) for i in ids])
        twice = sorted(found[found.duplicated()].unique())
        if twice:
            raise InvalidInput(
                f"{len(twice):,} ids occur more than once, e.g. {', '.join(twice[:5])}: each of "
                "these incidents would count twice. Take the copies out, or name each file once.",
                code="twice",
                details=[{"field": "incident_id", "reason": f"twice: {i}"} for i in twice[:20]],
            )
    return named


def _id_count(_shared: None, part: Part) -> int:
    file = open_part(part)
    return file.metadata.num_rows if "incident_id" in file.schema_arrow.names else 0


def _each_ids(part: Part) -> Iterator[tuple[NDArray[np.object_], NDArray[np.uint64]]]:
    file = open_part(part)
    if "incident_id" not in file.schema_arrow.names:
        return
    for batch in file.iter_batches(BATCH_ROWS, columns=["incident_id"]):
        ids = batch.column(0).cast(pa.string()).drop_null().to_numpy(zero_copy_only=False)
        yield ids, pd.util.hash_array(ids, categorize=False)


def _hashes(band: _Band, part: Part) -> NDArray[np.uint64]:
    found = [np.zeros(0, np.uint64)]
    for _, hashes in _each_ids(part):
        mine = hashes >> np.uint64(64 - band.bits) == band.number if band.bits else slice(None)
        found.append(hashes[mine])
    return np.concatenate(found)


def _ids_of(alike: NDArray[np.uint64], part: Part) -> list[str]:
    return [str(i) for ids, hashes in _each_ids(part) for i in ids[np.isin(hashes, alike)]]


def plan_of(districts: gpd.GeoDataFrame, parameters: RiskParameters, memory: int) -> Plan:
    """Plan what a risk table needs of each part."""
    return Plan(
        districts,
        parameters.weight,
        parameters.where,
        parameters.where_lang,
        batch_rows=int(np.clip(memory // 4_000, 20_000, BATCH_ROWS)),
        most_bytes=memory // 4,
    )


@dataclass(frozen=True, slots=True)
class LayerInParts:
    """A layer in parts, what is asked of it, and who works on it."""

    parts: Parts
    districts: gpd.GeoDataFrame
    parameters: RiskParameters
    workers: Workers
    """Where the parts are worked on: it changes no number."""
    today: date
    """Last day that can be observed."""
    observed: Observed | None = None
    memory: int = 1 << 31
    """Bytes that what is held of them may take."""
    trust_ids: bool = False
    """Whether to take it that no id occurs twice; a layer that was written at once has been
    looked at."""

    def plan(self) -> Plan:
        """Plan what a risk table needs of each part."""
        return plan_of(self.districts, self.parameters, self.memory)

    def condensed(self, plan: Plan) -> Condensed:
        """Condense all parts.

        Raises
        ------
        InvalidInput
            See `condensed`, `condense` and `check_ids`.
        """
        if not self.trust_ids:
            check_ids(self.parts, self.workers, self.memory // 2)
        return condense(plan, self.parts, self.workers)

    def table(self, held: Condensed, **changes: Any) -> gpd.GeoDataFrame:
        """Make the risk table of what was condensed, with some parameters changed."""
        asked = replace(self.parameters, **changes)
        return risk_of_condensed(
            held, self.districts, asked, today=self.today, observed=self.observed
        )


def risk_of_parts(layer: LayerInParts) -> tuple[gpd.GeoDataFrame, Condensed]:
    """Make the risk table of a layer in parts, however large, ranked by the rate.

    The table of schema `RISK`, and what it was made of.

    Raises
    ------
    InvalidInput
        See `LayerInParts.condensed`.
    """
    held = layer.condensed(layer.plan())
    return layer.table(held), held


def backtest_of_parts(
    layer: LayerInParts, horizon_days: int | None = None
) -> tuple[dict[str, Any], Condensed]:
    """Say how well rankings by counts would have foreseen the next period, of a layer in parts.

    Of the parameters only `where` applies. Models that look at points (`COUNT_MODELS` has the
    others), and cells, are left out.

    The report, equal in counts and models to that of the same incidents in memory, and what it was
    made of.

    Raises
    ------
    InvalidInput
        See `LayerInParts.condensed`.
    """
    counting = replace(layer, parameters=replace(layer.parameters, weight="incidents"))
    held = counting.condensed(replace(counting.plan(), precision=True))
    frame = held.frame()
    seen = in_whole_months(frame[frame["kept"].to_numpy(bool)])
    report = rolling_backtest(seen, layer.districts, horizon_days=horizon_days, models=COUNT_MODELS)
    return report, held
