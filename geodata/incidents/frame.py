"""Records as frames: incidents, operations, statistics, for many at once.

Incidents go column by column in Arrow and NumPy; nothing loops over rows in Python, so a hundred
thousand incidents take about a second.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from geodata.codes import Group, values_of
from geodata.errors import InvalidInput
from geodata.incidents.documents import INCIDENT_ARROW, as_lines, documents_table
from geodata.incidents.flat import district_ids_text, escape_id, source_text, weight_text
from geodata.model import Incident, Operation, Statistic
from geodata.schemas import CRS84, INCIDENTS, OPERATIONS, STATISTICS, conform

POINT_PRECISION = 3
"""`where_precision` up to which a coordinate is a place (UCDP); beyond it is a centroid."""
DISTRICT_PRECISION = 4
"""`where_precision` up to which the district is known."""

_NESTED = ("districts", "casualties", "reports")


def incidents_frame(
    incidents: Iterable[Incident], recorded_at: Sequence[datetime] | None = None
) -> gpd.GeoDataFrame:
    """Give the flat twins of incidents, one row each.

    Columns of `schemas.INCIDENTS`; WGS 84 points (lon, lat), or no geometry where no point is
    known. Unknown counts are null.

    Parameters
    ----------
    recorded_at
        When each revision was recorded; null where not given.

    Raises
    ------
    InvalidInput
        An id occurs twice.
    """
    return frame_of_lines(as_lines(incidents), recorded_at)


def frame_of_lines(
    lines: Sequence[bytes], recorded_at: Sequence[datetime] | None = None
) -> gpd.GeoDataFrame:
    """Give the flat twins of incidents' JSON documents (see `incidents_frame`)."""
    columns = columns_of_lines(lines, recorded_at)
    placed = columns.pop("geometry")
    geometry = points(columns["longitude"], columns["latitude"])
    geometry[~placed] = None
    data = pd.DataFrame({name: pd.Series(values) for name, values in columns.items()})
    return conform(gpd.GeoDataFrame(data, geometry=geometry, crs=CRS84), INCIDENTS)


def columns_of_lines(
    lines: Sequence[bytes], recorded_at: Sequence[datetime] | None = None
) -> dict[str, Any]:
    """Give the columns of `frame_of_lines`, with its dtypes, before they are a frame.

    By name: pandas text and integer arrays, NumPy arrays of the rest; ``geometry`` says which rows
    have a point to draw, at their coordinates. Times are UTC without zone.
    """
    table = documents_table(lines, INCIDENT_ARROW)
    columns: dict[str, Any] = {
        name: _column(table[name]) for name in table.column_names if name not in _NESTED
    }
    columns |= _districts(table["districts"].combine_chunks())
    columns |= _casualties(table["casualties"].combine_chunks(), table.num_rows)
    columns["sources"] = _sources(table["reports"].combine_chunks())
    columns["recorded_at"] = _moments(recorded_at, table.num_rows)
    missing = np.isnan(columns["longitude"]) | np.isnan(columns["latitude"])
    # A coordinate of a whole district or country (UCDP's centroids) is no place to draw.
    columns["geometry"] = ~(missing | _coarse(columns["where_precision"]))
    return {name: columns[name] for name in (*INCIDENTS.names, "geometry")}


def _moments(moments: Sequence[datetime] | None, rows: int) -> npt.NDArray[np.datetime64]:
    if moments is None:
        return np.full(rows, "NaT", dtype="datetime64[ms]")
    # Through numbers: NumPy reads datetimes with a zone only with a warning.
    # Those of one transaction have one.
    known = {moment: round(moment.timestamp() * 1000) for moment in set(moments)}
    return np.array([known[m] for m in moments], "int64").view("datetime64[ms]")


def _coarse(precision: Any) -> npt.NDArray[np.bool_]:
    return np.asarray(precision.to_numpy(dtype="float64", na_value=np.nan) > POINT_PRECISION)


def points(longitude: Any, latitude: Any) -> npt.NDArray[np.object_]:
    """Make WGS 84 points (lon, lat); None where a coordinate is missing."""
    lon = np.asarray(longitude, dtype=float)
    lat = np.asarray(latitude, dtype=float)
    known = ~(np.isnan(lon) | np.isnan(lat))
    made = np.full(len(lon), None, dtype=object)
    made[known] = shapely.points(lon[known], lat[known])
    return made


# What `pd.array` gives, without its looks at each value's kind.
_TEXT = pd.StringDtype(na_value=np.nan)
_WHOLE = pd.Int64Dtype()


def text_array(values: pa.Array | pa.ChunkedArray) -> Any:
    """Wrap Arrow text as a pandas column without copying it to Python."""
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    return _TEXT.__from_arrow__(values.cast(pa.large_string()))


def _column(values: pa.ChunkedArray) -> Any:
    kind = values.type
    if pa.types.is_string(kind):
        return text_array(values)
    if pa.types.is_integer(kind):
        return _WHOLE.__from_arrow__(values)
    return values.to_numpy()


def _districts(values: pa.ListArray) -> dict[str, Any]:
    """Flatten districts into their text and the one with the largest weight."""
    flat = values.flatten()
    ids, weights = flat.field("district_id"), flat.field("weight").fill_null(1.0)
    id_text = _mapped(ids, escape_id)
    text = pc.binary_join_element_wise(id_text, _mapped(weights, weight_text), ":")
    joined = pc.binary_join(_regroup(values, text), ";")
    # The first of the largest: sorted by weight descending, stable within an incident.
    parent = pc.list_parent_indices(values).to_numpy()
    order = np.lexsort((np.arange(len(parent)), -weights.to_numpy(), parent))
    rows, first = np.unique(parent[order], return_index=True)
    main = np.full(len(values), None, dtype=object)
    main[rows] = ids.to_numpy(zero_copy_only=False)[order[first]]
    return {
        "districts": text_array(_null_if_empty(joined)),
        "district_id": text_array(pa.array(main, pa.large_string())),
    }


def _mapped(values: pa.Array, write: Any) -> pa.Array:
    """Write each distinct value once; there are few."""
    coded = values.dictionary_encode()
    texts = pa.array([write(v) for v in coded.dictionary.to_pylist()], pa.string())
    return texts.take(coded.indices)


def _regroup(like: pa.ListArray, flat: pa.Array) -> pa.ListArray:
    """Put flattened values back into the lists that `like` has."""
    return _lists(pc.fill_null(pc.list_value_length(like), 0).to_numpy(), flat)


def _lists(sizes: npt.NDArray[np.integer[Any]], flat: pa.Array) -> pa.ListArray:
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), flat)


def _null_if_empty(texts: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


def _casualties(values: pa.ListArray, rows: int) -> dict[str, Any]:
    """Sum the people by outcome and group, as low, best and high.

    A best stands only where every row has one, and all casualties only where killed and injured
    are both stated (or a total): what is partly unknown is no number. The low counts what is
    known at least; the high stands where every row has one.
    """
    flat = values.flatten()
    parent = pc.list_parent_indices(values).to_numpy()
    best = flat.field("best")
    ends = {
        "low": pc.coalesce(flat.field("low"), best),
        "best": best,
        "high": pc.coalesce(flat.field("high"), best),
    }
    known = {end: v.is_valid().to_numpy(zero_copy_only=False) for end, v in ends.items()}
    counts = {end: v.fill_null(0).to_numpy() for end, v in ends.items()}
    group = flat.field("group").fill_null("unknown").to_numpy(zero_copy_only=False)
    outcome = flat.field("outcome").to_numpy(zero_copy_only=False)

    def total(chosen: Any, end: str, *, whole: bool = True, also: Any = True) -> Any:
        """Sum one end of the chosen rows by incident; null where `whole` and one lacks it."""
        if not np.any(chosen):
            # Of most groups nobody was hurt.
            return pd.arrays.IntegerArray(np.zeros(rows, np.int64), np.ones(rows, dtype=bool))
        stated = chosen & known[end]
        sums = np.bincount(parent[stated], weights=counts[end][stated], minlength=rows)
        number = np.bincount(parent[stated], minlength=rows)
        lacking = np.bincount(parent[chosen & ~known[end]], minlength=rows)
        none = (number == 0) | (whole & (lacking > 0)) | ~np.broadcast_to(also, rows)
        return pd.arrays.IntegerArray(np.where(none, 0, sums).astype(np.int64), none)

    columns: dict[str, Any] = {}
    for what in ("killed", "injured"):
        of_outcome = outcome == what
        columns[what] = total(of_outcome, "best")
        columns[f"{what}_low"] = total(of_outcome, "low", whole=False)
        columns[f"{what}_high"] = total(of_outcome, "high")
        for who in values_of(Group):
            columns[f"{what}_{who}"] = total(of_outcome & (group == who), "best")
    every = np.ones(len(parent), dtype=bool)
    number = {
        what: np.bincount(parent[outcome == what], minlength=rows)
        for what in ("killed", "injured", "unknown")
    }
    both = (number["killed"] > 0) & (number["injured"] > 0) | (number["unknown"] > 0)
    columns["casualties"] = total(every, "best", also=both)
    columns["casualties_low"] = total(every, "low", whole=False)
    columns["casualties_high"] = total(every, "high", also=both)
    return columns


def _sources(values: pa.ListArray) -> Any:
    """Write each report as "publisher (chain) url", joined by semicolons."""
    flat = values.flatten()
    # Arrow's join that skips nulls drops a row of nothing but nulls, so nulls are texts here.
    name = pc.coalesce(flat.field("publisher"), flat.field("title")).fill_null("")
    chain = pc.binary_join_element_wise(" (", flat.field("chain"), ")", "").fill_null("")
    url = pc.binary_join_element_wise(" ", flat.field("url"), "").fill_null("")
    text = pc.utf8_ltrim(pc.binary_join_element_wise(name, chain, url, ""), " ")
    said = pc.not_equal(text, "").to_numpy(zero_copy_only=False)
    parent = pc.list_parent_indices(values).to_numpy()[said]
    sizes = np.bincount(parent, minlength=len(values))
    return text_array(_null_if_empty(pc.binary_join(_lists(sizes, text.filter(said)), "; ")))


def operations_frame(operations: Iterable[Operation]) -> gpd.GeoDataFrame:
    """Give operations as rows of `schemas.OPERATIONS`, in their order.

    The geometry is the operation's own (WGS 84, lon lat) or null; it is never made up from its
    districts.

    Raises
    ------
    InvalidInput
        A geometry is no WKT.
    """
    records = list(operations)
    frame = pd.DataFrame(
        [_operation_row(record) for record in records],
        columns=None if records else ["operation_id"],
    )
    shapes = gpd.GeoSeries(
        [_operation_shape(record) for record in records], crs=CRS84, index=frame.index
    )
    return conform(gpd.GeoDataFrame(frame, geometry=shapes), OPERATIONS)


def _operation_row(operation: Operation) -> dict[str, Any]:
    row = operation.model_dump(exclude={"districts", "report", "devices_found", "geometry_wkt"})
    found = operation.devices_found
    row["devices_found"] = ";".join(f"{device}:{n}" for device, n in found.items()) or None
    row["districts"] = district_ids_text(operation.districts)
    row["sources"] = source_text(operation.report)
    row["date_start"] = operation.actual_start or operation.planned_start or operation.announced
    row["date_end"] = operation.actual_end or operation.planned_end
    return row


def _operation_shape(operation: Operation) -> Any:
    if operation.geometry_wkt is None:
        return None
    try:
        return shapely.from_wkt(operation.geometry_wkt)
    except shapely.errors.GEOSException as reason:
        raise InvalidInput(
            f"operation {operation.operation_id}: geometry_wkt cannot be read as WKT "
            f"({str(reason)[:120]}). "
            "Write e.g. POLYGON ((46.9 40, 47 40, 47 40.1, 46.9 40)), lon lat.",
            code="bad-geometry",
            details=[
                {"field": "geometry_wkt", "reason": "has to be WKT, e.g. POINT (46.95 40.05)"}
            ],
        ) from None


def statistics_frame(statistics: Iterable[Statistic]) -> gpd.GeoDataFrame:
    """Give statistics as rows of `schemas.STATISTICS`, in their order, without geometry.

    What a claim does not state is null.
    """
    rows = [_statistic_row(statistic) for statistic in statistics]
    names = ["statistic_id"]
    return conform(pd.DataFrame(rows, columns=None if rows else names), STATISTICS)


def _statistic_row(statistic: Statistic) -> dict[str, Any]:
    row = statistic.model_dump(exclude={"districts", "report"})
    row["districts"] = district_ids_text(statistic.districts)
    row["sources"] = source_text(statistic.report)
    return row
