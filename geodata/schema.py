"""What the columns of each frame are called, mean, hold and may be.

One table serves the checks of frames, the public JSON schemas, the queryables, the
exports' field types and the HXL tags. Geometry is WGS 84, longitude before latitude.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import geopandas as gpd
import pandas as pd

from geodata.errors import InvalidInput

Kind = Literal["text", "integer", "number", "date", "datetime", "boolean"]
GeometryKind = Literal["Point", "MultiPolygon", "Geometry"]

CRS84 = "OGC:CRS84"

DTYPES: Mapping[Kind, str] = {
    "text": "str",
    "integer": "Int64",
    "number": "float64",
    "date": "datetime64[s]",
    "datetime": "datetime64[ms, UTC]",
    "boolean": "boolean",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One property: its name, kind, unit, codes and meaning."""

    name: str
    kind: Kind
    description: str
    unit: str | None = None
    codes: tuple[str, ...] = ()
    hxl: str | None = None
    required: bool = False
    read_only: bool = False
    """Set by the register or computed: a change of it by a client is refused."""


@dataclass(frozen=True, slots=True)
class FrameSchema:
    """The columns of one collection, in their public order."""

    name: str
    id_column: str
    geometry: GeometryKind | None
    columns: tuple[Column, ...]
    start: str | None = None
    end: str | None = None
    by_name: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the columns by name."""
        object.__setattr__(self, "by_name", {c.name: c for c in self.columns})

    @property
    def names(self) -> list[str]:
        """Column names in order, without the geometry."""
        return [column.name for column in self.columns]


def conform(frame: pd.DataFrame, schema: FrameSchema) -> gpd.GeoDataFrame:
    """Give `frame` the schema's columns, order and dtypes.

    Missing columns become null; columns the schema does not know are dropped. The index
    is the feature id as text, and the geometry is WGS 84 (lon, lat).

    Parameters
    ----------
    frame
        Rows with at least the id column; not changed.
    schema
        The collection's schema.

    Returns
    -------
    geopandas.GeoDataFrame
        Rows in the order given.

    Raises
    ------
    InvalidInput
        Ids are missing or occur twice, a value does not fit its dtype, or the frame has
        a CRS other than WGS 84; all complaints at once.
    """
    complaints: list[dict[str, Any]] = []
    columns: dict[str, Any] = {}
    for column in schema.columns:
        try:
            columns[column.name] = _cast(frame, column)
        except (ValueError, TypeError) as reason:
            complaints.append({"field": column.name, "reason": str(reason)[:200]})
    ids = columns.get(schema.id_column)
    if ids is not None:
        complaints += _id_complaints(ids, schema.id_column)
    geometry = _geometry(frame, complaints)
    if complaints:
        raise InvalidInput(
            f"{schema.name}: {len(complaints)} columns do not fit the schema: "
            + "; ".join(f"{c['field']}: {c['reason']}" for c in complaints),
            code="bad-schema",
            details=complaints,
        )
    index = pd.Index(columns[schema.id_column].to_numpy(), dtype="str", name=None)
    data = {name: values.array for name, values in columns.items()}
    data_frame = pd.DataFrame(data, index=index, columns=schema.names)
    return gpd.GeoDataFrame(data_frame, geometry=geometry, crs=CRS84)


def empty(schema: FrameSchema) -> gpd.GeoDataFrame:
    """Give a frame of the schema without rows."""
    return conform(pd.DataFrame({schema.id_column: pd.Series([], dtype="str")}), schema)


def _cast(frame: pd.DataFrame, column: Column) -> pd.Series:
    dtype = DTYPES[column.kind]
    if column.name not in frame.columns:
        if column.required and len(frame):
            raise ValueError("is missing")
        return pd.Series([None] * len(frame), index=frame.index, dtype=dtype)
    values = frame[column.name]
    if column.kind == "datetime":
        return pd.to_datetime(values, utc=True).astype(dtype)
    if column.kind == "date":
        values = pd.to_datetime(values)
        if getattr(values.dt, "tz", None) is not None:
            values = values.dt.tz_convert("UTC").dt.tz_localize(None)
        return values.astype(dtype)
    if column.kind == "integer":
        return pd.to_numeric(values).astype(dtype)
    return values.astype(dtype)


def _id_complaints(ids: pd.Series, name: str) -> list[dict[str, Any]]:
    complaints: list[dict[str, Any]] = []
    missing = ids.isna() | (ids == "")
    if missing.any():
        rows = [int(i) for i in missing.to_numpy().nonzero()[0][:5]]
        complaints.append({"field": name, "reason": f"empty in rows {rows}"})
    twice = ids[ids.duplicated(keep=False) & ~missing]
    if len(twice):
        complaints.append({"field": name, "reason": f"not unique: {sorted(set(twice))[:5]}"})
    return complaints


def _geometry(frame: pd.DataFrame, complaints: list[dict[str, Any]]) -> Any:
    if not isinstance(frame, gpd.GeoDataFrame) or frame._geometry_column_name is None:
        return gpd.GeoSeries([None] * len(frame), crs=CRS84).array
    geometry = frame.geometry
    if geometry.crs is not None and geometry.crs.to_authority() not in (
        ("OGC", "CRS84"),
        ("EPSG", "4326"),
    ):
        complaints.append(
            {"field": "geometry", "reason": f"is in {geometry.crs.to_string()[:60]}, not WGS 84"}
        )
    return geometry.set_crs(CRS84, allow_override=True).array
