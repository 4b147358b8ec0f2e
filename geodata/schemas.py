"""The schema of each collection: what its columns are called, mean, hold and may be.

One table serves the checks of frames, the public JSON schemas, the queryables, the
exports' field types and the HXL tags, in the public order of the properties. Geometry is
WGS 84, longitude before latitude.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata import codes
from geodata.codes import values_of
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


_DTYPES = {kind: pd.api.types.pandas_dtype(name) for kind, name in DTYPES.items()}


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
    names: list[str] = field(init=False, repr=False, compare=False)
    """Column names in order, without the geometry."""

    def __post_init__(self) -> None:
        """Index the columns by name."""
        object.__setattr__(self, "by_name", {c.name: c for c in self.columns})
        object.__setattr__(self, "names", [*self.by_name])


def conform(frame: pd.DataFrame, schema: FrameSchema) -> gpd.GeoDataFrame:
    """Give `frame` the schema's columns, order and dtypes.

    Missing columns become null; columns the schema does not know are dropped. The index
    is the feature id as text, and the geometry is WGS 84 (lon, lat); in a layer of
    MultiPolygons a Polygon becomes one.

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
        a CRS other than WGS 84; all problems at once.
    """
    problems: list[dict[str, Any]] = []
    columns: dict[str, Any] = {}
    for column in schema.columns:
        try:
            columns[column.name] = _cast(frame, column)
        except (ValueError, TypeError) as reason:
            problems.append({"field": column.name, "reason": str(reason)[:200]})
    ids = columns.get(schema.id_column)
    if ids is not None:
        problems += _id_problems(ids, schema.id_column)
    geometry = _geometry(frame, schema, problems)
    if problems:
        raise InvalidInput(
            f"{schema.name}: {len(problems)} columns do not fit the schema: "
            + "; ".join(f"{c['field']}: {c['reason']}" for c in problems),
            code="bad-schema",
            details=problems,
        )
    index = pd.Index(columns[schema.id_column], dtype="str", name=None, copy=True)
    data_frame = pd.DataFrame(columns, index=index, columns=schema.names)
    return gpd.GeoDataFrame(data_frame, geometry=geometry, crs=CRS84)


def empty(schema: FrameSchema) -> gpd.GeoDataFrame:
    """Give a frame of the schema without rows."""
    return conform(pd.DataFrame({schema.id_column: pd.Series([], dtype="str")}), schema)


def _cast(frame: pd.DataFrame, column: Column) -> Any:
    dtype = _DTYPES[column.kind]
    if column.name not in frame.columns:
        if column.required and len(frame):
            raise ValueError("is missing")
        return pd.array([None] * len(frame), dtype=dtype)
    values = frame[column.name]
    if values.dtype == dtype:
        return values.array
    if column.kind == "datetime":
        values = pd.to_datetime(values, utc=True)
    elif column.kind == "date":
        values = pd.to_datetime(values)
        if getattr(values.dt, "tz", None) is not None:
            values = values.dt.tz_convert("UTC").dt.tz_localize(None)
    elif column.kind == "integer":
        values = pd.to_numeric(values)
    return values.astype(dtype).array


def _id_problems(values: Any, name: str) -> list[dict[str, Any]]:
    ids = pd.Series(values)
    problems: list[dict[str, Any]] = []
    missing = ids.isna() | (ids == "")
    if missing.any():
        rows = [int(i) for i in missing.to_numpy().nonzero()[0][:5]]
        problems.append({"field": name, "reason": f"empty in rows {rows}"})
    twice = ids[ids.duplicated(keep=False) & ~missing]
    if len(twice):
        problems.append({"field": name, "reason": f"not unique: {sorted(set(twice))[:5]}"})
    return problems


def _geometry(frame: pd.DataFrame, schema: FrameSchema, problems: list[dict[str, Any]]) -> Any:
    if not isinstance(frame, gpd.GeoDataFrame) or frame._geometry_column_name is None:
        return gpd.GeoSeries([None] * len(frame), crs=CRS84).array
    geometry = frame.geometry
    if geometry.crs is not None and geometry.crs.to_authority() not in (
        ("OGC", "CRS84"),
        ("EPSG", "4326"),
    ):
        problems.append(
            {"field": "geometry", "reason": f"is in {geometry.crs.to_string()[:60]}, not WGS 84"}
        )
    geometry = geometry.set_crs(CRS84, allow_override=True)
    single = np.flatnonzero(geometry.geom_type == "Polygon")
    if schema.geometry != "MultiPolygon" or not len(single):
        return geometry.array
    shapes = np.array(geometry.array, dtype=object)
    shapes[single] = shapely.multipolygons(shapes[single], indices=np.arange(len(single)))
    return gpd.GeoSeries(shapes, crs=CRS84).array


OPERATIONS = FrameSchema(
    "operations",
    "operation_id",
    "Geometry",
    (
        Column("operation_id", "text", "Id of the operation", required=True),
        Column("kind", "text", "Kind of operation", codes=values_of(codes.OperationKind)),
        Column("status", "text", "How far it is", codes=values_of(codes.OperationStatus)),
        Column("organisation", "text", "Who does it", hxl="#org"),
        Column("personnel", "integer", "People at work", unit="people"),
        Column("districts", "text", "Districts, joined by ;", hxl="#adm1+code"),
        Column("area_planned_m2", "number", "Area planned", unit="m2"),
        Column("area_done_m2", "number", "Area done", unit="m2"),
        Column("planned_start", "date", "Planned first day"),
        Column("planned_end", "date", "Planned last day"),
        Column("actual_start", "date", "First day"),
        Column("actual_end", "date", "Last day"),
        Column("announced", "date", "When it was announced"),
        Column("devices_found", "text", "Devices and numbers, e.g. at_mine:12;uxo:3"),
        Column(
            "ground_status",
            "text",
            "What it says of the ground",
            codes=values_of(codes.GroundStatus),
        ),
        Column(
            "hazardous_area",
            "text",
            "The polygon is a confirmed (cha) or suspected (sha) hazardous area",
            codes=values_of(codes.HazardousArea),
        ),
        Column("sources", "text", "Publisher and link"),
        Column("sensitivity", "text", "Who may see it in full", codes=values_of(codes.Sensitivity)),
        Column("note", "text", "Note"),
        Column("date_start", "date", "First known of actual, planned start and announcement"),
        Column("date_end", "date", "Last known of actual and planned end; null = open"),
    ),
    start="date_start",
    end="date_end",
)

STATISTICS = FrameSchema(
    "statistics",
    "statistic_id",
    None,
    (
        Column("statistic_id", "text", "Id of the claim", required=True),
        Column("metric", "text", "What is counted", hxl="#indicator+name"),
        Column("group", "text", "Group of people", codes=values_of(codes.Group)),
        Column("outcome", "text", "Outcome", codes=values_of(codes.Outcome)),
        Column("value", "integer", "The number claimed", hxl="#indicator+value+num"),
        Column("qualifier", "text", "How the number is worded", codes=values_of(codes.Qualifier)),
        Column(
            "period_start", "date", "First day of the claim; null = not stated", hxl="#date+start"
        ),
        Column("period_end", "date", "Last day of the claim; null = not stated", hxl="#date+end"),
        Column("as_of", "date", "When it was claimed", hxl="#date+reported"),
        Column("territory", "text", "Territory in the source's words", hxl="#loc+name"),
        Column("districts", "text", "Districts of the territory, joined by ;"),
        Column("issuer", "text", "Who claims it", hxl="#meta+source"),
        Column("mine_related", "boolean", "False: a total of a whole conflict, in no mine total"),
        Column("sources", "text", "Publisher and link"),
        Column("sensitivity", "text", "Who may see it in full", codes=values_of(codes.Sensitivity)),
        Column("note", "text", "Note"),
    ),
    start="period_start",
    end="period_end",
)


DISTRICTS = FrameSchema(
    "districts",
    "district_id",
    "MultiPolygon",
    (
        Column(
            "district_id", "text", "ISO 3166-2 code, or the id of the loaded file", required=True
        ),
        Column(
            "pcode", "text", "OCHA place code, unique within one edition", hxl="#adm1+code+v_pcodes"
        ),
        Column("name", "text", "Name shown by default", hxl="#adm1+name", required=True),
        Column("name_az", "text", "Name in Azerbaijani"),
        Column("name_en", "text", "Name in English"),
        Column("name_ru", "text", "Name in Russian"),
        Column("type", "text", "Kind of unit, e.g. rayon or city"),
        Column("area_km2", "number", "Geodesic area on WGS 84", unit="km2"),
        Column("population", "number", "Published population; read population_note", unit="people"),
        Column("population_note", "text", "Vintage of the population and its warning"),
        Column("valid_from", "date", "First day of the edition"),
        Column("valid_to", "date", "Last day of the edition; null while current"),
        Column("country", "text", "ISO 3166-1 alpha-2"),
        Column("level", "integer", "Administrative level of the unit, where the file says it"),
        Column("admin1_name", "text", "First-level unit that it lies in"),
        Column("admin1_code", "text", "Code of the first-level unit that it lies in"),
        Column("admin2_name", "text", "Second-level unit that it lies in"),
        Column("admin2_code", "text", "Code of the second-level unit that it lies in"),
        Column("aliases", "text", "Other spellings, joined by |"),
    ),
    start="valid_from",
    end="valid_to",
)

PLACES = FrameSchema(
    "places",
    "place_id",
    "Point",
    (
        Column("place_id", "text", "Id of the place", required=True),
        Column("kind", "text", "city, town, village, settlement or district"),
        Column("name", "text", "Name shown by default", required=True),
        Column("name_az", "text", "Name in Azerbaijani"),
        Column("name_en", "text", "Name in English"),
        Column("name_ru", "text", "Name in Russian"),
        Column("name_hy", "text", "Name in Armenian"),
        Column("aliases", "text", "Other spellings, joined by |"),
        Column("district_id", "text", "District it belongs to"),
        Column("country", "text", "ISO 3166-1 alpha-2"),
        Column("population", "number", "Population as GeoNames has it", unit="people"),
        Column("longitude", "number", "WGS 84 longitude; null = not known", unit="degrees"),
        Column("latitude", "number", "WGS 84 latitude; null = not known", unit="degrees"),
        Column("sensitivity", "text", "Who may see it in full", codes=values_of(codes.Sensitivity)),
    ),
)


_GROUP_COLUMNS = tuple(
    Column(
        f"{outcome}_{group}",
        "integer",
        f"{outcome} of group {group}; null = not stated",
        unit="people",
    )
    for group in values_of(codes.Group)
    for outcome in ("killed", "injured")
)

INCIDENTS = FrameSchema(
    "incidents",
    "incident_id",
    "Point",
    (
        Column("incident_id", "text", "Id of the incident", hxl="#event+id", required=True),
        Column("version", "integer", "Number of the revision shown", read_only=True),
        Column(
            "record_status",
            "text",
            "How far the record was reviewed",
            codes=values_of(codes.RecordStatus),
            hxl="#status",
        ),
        Column(
            "date_start", "date", "First day it may have happened", hxl="#date+start", required=True
        ),
        Column(
            "date_end",
            "date",
            "Last day it may have happened (inclusive)",
            hxl="#date+end",
            required=True,
        ),
        Column("date_precision", "integer", "1 day, 2 range of 2-6 days, 3 week, 4 month, 5 year"),
        Column("date_text", "text", "The date as the source words it"),
        Column("date_basis", "text", "How the date is known", codes=values_of(codes.DateBasis)),
        Column(
            "longitude",
            "number",
            "WGS 84 longitude; null where no point is known",
            unit="degrees",
            hxl="#geo+lon",
        ),
        Column(
            "latitude",
            "number",
            "WGS 84 latitude; null where no point is known",
            unit="degrees",
            hxl="#geo+lat",
        ),
        Column("uncertainty_m", "number", "Radius of the point's uncertainty", unit="m"),
        Column(
            "coordinate_method",
            "text",
            "How the point was found",
            codes=values_of(codes.CoordinateMethod),
        ),
        Column(
            "where_precision",
            "integer",
            "1 exact, 2 near a named place, 3 second-level unit, 4 district, 5 vague, 6 country, "
            "7 water or air",
        ),
        Column("place_as_reported", "text", "The place in the source's words", hxl="#loc+name"),
        Column("place_id", "text", "Gazetteer place"),
        Column("country", "text", "ISO 3166-1 alpha-2", hxl="#country+code+v_iso2"),
        Column(
            "district_id",
            "text",
            "District with the largest weight; null = unplaced",
            hxl="#adm1+code",
        ),
        Column(
            "districts",
            "text",
            "Districts and weights, e.g. AZ-TAR:0.5;AZ-AGM:0.5; null = unplaced",
        ),
        Column(
            "placed_by",
            "text",
            "Which evidence decided the district",
            codes=values_of(codes.PlacedBy),
        ),
        Column("district_note", "text", "Why the placing is uncertain"),
        Column(
            "accident_type",
            "text",
            "Kind of accident",
            codes=values_of(codes.AccidentType),
            hxl="#event+type",
        ),
        Column(
            "device", "text", "Explosive device", codes=values_of(codes.Device), hxl="#cause+type"
        ),
        Column("activity", "text", "What the people were doing", codes=values_of(codes.Activity)),
        Column(
            "killed",
            "integer",
            "People killed; null = not stated",
            unit="people",
            hxl="#affected+killed",
        ),
        Column("killed_low", "integer", "At least so many people killed", unit="people"),
        Column(
            "killed_high",
            "integer",
            "At most so many people killed; null = no limit stated",
            unit="people",
        ),
        Column(
            "injured",
            "integer",
            "People injured; null = not stated",
            unit="people",
            hxl="#affected+injured",
        ),
        Column("injured_low", "integer", "At least so many people injured", unit="people"),
        Column(
            "injured_high",
            "integer",
            "At most so many people injured; null = no limit stated",
            unit="people",
        ),
        Column(
            "casualties",
            "integer",
            "Killed and injured; null = a part is unknown",
            unit="people",
            hxl="#affected",
            read_only=True,
        ),
        Column(
            "casualties_low", "integer", "At least so many people killed and injured", unit="people"
        ),
        Column(
            "casualties_high",
            "integer",
            "At most so many people killed and injured; null = a part is unknown",
            unit="people",
        ),
        *_GROUP_COLUMNS,
        Column("sources", "text", "Publishers and links of the reports", hxl="#meta+source"),
        Column(
            "source_reliability",
            "text",
            "A reliable to F cannot be judged",
            codes=values_of(codes.Reliability),
        ),
        Column("information_credibility", "integer", "1 confirmed to 6 cannot be judged"),
        Column("sensitivity", "text", "Who may see it in full", codes=values_of(codes.Sensitivity)),
        Column(
            "description", "text", "What is reported, in the register's words", hxl="#description"
        ),
        Column("note", "text", "Note of the reviewer"),
        Column("external_id", "text", "Id in the data set it came from", hxl="#meta+id"),
        Column("recorded_at", "datetime", "When this revision was recorded (UTC)", read_only=True),
    ),
    start="date_start",
    end="date_end",
)


_LIMIT = "limit of its 95 % interval: exact Poisson for incidents, compound for people"
PER_YEAR = "per 100 km2 per year, or per 100,000 people per year (see unit)"

RISK = FrameSchema(
    "risk",
    "district_id",
    "MultiPolygon",
    (
        Column("district_id", "text", "District", hxl="#adm1+code", required=True),
        Column("name", "text", "District's name", hxl="#adm1+name", required=True),
        Column(
            "period_start",
            "date",
            "First day of the period; of period=all the first recorded incident",
            hxl="#date+start",
        ),
        Column(
            "period_end",
            "date",
            "Its last day (inclusive); of period=all the last recorded incident",
            hxl="#date+end",
        ),
        Column("years", "number", "Length of the period", unit="years of 365.25 days"),
        Column(
            "observed_start",
            "date",
            "First day observed, which every estimate is over: as stated, or estimated from the "
            "records since a span that begins and ends with an incident flatters the rate",
            hxl="#date+observed+start",
        ),
        Column("observed_end", "date", "Last day observed (inclusive)", hxl="#date+observed+end"),
        Column("observed_years", "number", "Days observed", unit="years of 365.25 days"),
        Column("area_km2", "number", "Geodesic area", unit="km2"),
        Column(
            "population",
            "number",
            "People used as exposure, de jure",
            unit="people",
            hxl="#population",
        ),
        Column(
            "incidents",
            "number",
            "Incidents counted; fractional where a place is ambiguous",
            unit="incidents",
            hxl="#event+num",
        ),
        Column(
            "killed",
            "number",
            "People killed, weighted alike; at least so many if killed_unstated > 0",
            unit="people",
            hxl="#affected+killed",
        ),
        Column(
            "injured",
            "number",
            "People injured, weighted alike; at least so many if injured_unstated > 0",
            unit="people",
            hxl="#affected+injured",
        ),
        Column(
            "casualties",
            "number",
            "Killed and injured, of the incidents that state both",
            unit="people",
            hxl="#affected",
        ),
        Column(
            "density",
            "number",
            f"Crude rate over the period, the recorded span of period=all, {PER_YEAR}",
            unit="see unit",
            hxl="#indicator+density+num",
        ),
        Column(
            "density_low",
            "number",
            f"Lower {_LIMIT}",
            unit="see unit",
            hxl="#indicator+density+low+num",
        ),
        Column(
            "density_high",
            "number",
            f"Upper {_LIMIT}",
            unit="see unit",
            hxl="#indicator+density+high+num",
        ),
        Column(
            "rate",
            "number",
            f"The same over the days observed, as all estimates, {PER_YEAR}",
            unit="see unit",
            hxl="#indicator+rate+num",
        ),
        Column(
            "rate_low", "number", f"Lower {_LIMIT}", unit="see unit", hxl="#indicator+rate+low+num"
        ),
        Column(
            "rate_high",
            "number",
            f"Upper {_LIMIT}",
            unit="see unit",
            hxl="#indicator+rate+high+num",
        ),
        Column(
            "smoothed",
            "number",
            f"Empirical-Bayes rate over the days observed, {PER_YEAR}",
            unit="see unit",
            hxl="#indicator+smoothed+num",
        ),
        Column(
            "smoothed_low",
            "number",
            "Lower 95 % credible limit, bursts allowed for",
            unit="see unit",
            hxl="#indicator+smoothed+low+num",
        ),
        Column(
            "smoothed_high",
            "number",
            "Upper 95 % credible limit, bursts allowed for",
            unit="see unit",
            hxl="#indicator+smoothed+high+num",
        ),
        Column("gi_star_z", "number", "Getis-Ord Gi* z-score over contiguous districts"),
        Column("gi_star_p", "number", "Its two-sided p-value; it does not decide the verdict"),
        Column(
            "hotspot",
            "text",
            "In a cluster by a scan whose alarms are false on at most 5 % of maps",
            codes=values_of(codes.Hotspot),
        ),
        Column(
            "rank", "number", "1 = highest, by what `ranked_by` names", hxl="#indicator+rank+num"
        ),
        Column("rank_low", "number", "Best rank in 95 % of simulations of the days to come"),
        Column("rank_high", "number", "Worst rank in 95 % of simulations of the days to come"),
        Column(
            "risk_class",
            "text",
            "Class by stated limits; no_information is no class of risk",
            codes=values_of(codes.RiskClass),
            hxl="#severity+class",
        ),
        Column("unit", "text", "Unit of density, rate and smoothed", hxl="#indicator+unit"),
        Column("status", "text", "ok, or why a number is null"),
        Column(
            "expected",
            "number",
            "Weighted incidents expected in the next quarter",
            hxl="#indicator+expected+num",
        ),
        Column("expected_low", "number", "Lower 90 % predictive limit of it"),
        Column("expected_high", "number", "Upper 90 % predictive limit of it"),
        Column(
            "dispersion",
            "number",
            "Variance over mean of such a count; 1 = Poisson, more = blasts come in bursts",
        ),
        Column("days_since_last", "number", "Days from the last incident to the period's end"),
        Column(
            "ranked_by",
            "text",
            "Rule of the rank: rate, or the model of the backtest that clearly foresees better",
        ),
        *(
            Column(f"{what}_{end}", "number", text.format(words), unit=unit)
            for what, words in (
                ("killed", "killed"),
                ("injured", "injured"),
                ("casualties", "killed and injured"),
            )
            for end, unit, text in (
                ("low", "people", "At least so many people {}, weighted alike"),
                (
                    "high",
                    "people",
                    "At most; null where any incident states no number of people {}",
                ),
                ("unstated", "incidents", "Incidents that state no exact number of people {}"),
            )
        ),
    ),
    start="period_start",
    end="period_end",
)

RISK_SURFACE = FrameSchema(
    "risk-surface",
    "band_id",
    "MultiPolygon",
    (
        Column("band_id", "text", "Id of the band, its class", required=True),
        Column(
            "band",
            "text",
            "Class by the limits of the risk layer; no_information is no class of risk",
            codes=values_of(codes.RiskClass),
        ),
        Column("intensity_low", "number", "Lower limit of the intensity", unit="see unit"),
        Column(
            "intensity_high",
            "number",
            "Upper limit of the intensity; null = no limit",
            unit="see unit",
        ),
        Column("unit", "text", "Unit of the intensity"),
        Column("expected", "number", "The surface's sum over the band, as weighted incidents"),
        Column("area_km2", "number", "Area of the band", unit="km2"),
        Column("period_start", "date", "First day counted"),
        Column("period_end", "date", "Last day counted (inclusive)"),
        Column("years", "number", "Length of the period", unit="years of 365.25 days"),
        Column("bandwidth_m", "number", "Standard deviation of the kernel", unit="m"),
        Column("cell_m", "number", "Side of the grid's cells", unit="m"),
        Column("points", "number", "Incidents with a point, by share inside the period"),
        Column("spread", "number", "Incidents spread evenly over their district"),
        Column("status", "text", "ok, or what to know before reading it"),
    ),
    start="period_start",
    end="period_end",
)

FORECAST = FrameSchema(
    "forecast",
    "forecast_id",
    "MultiPolygon",
    (
        Column("forecast_id", "text", "Id of the cell, or of the district", required=True),
        Column("district_id", "text", "District, or the one that holds the cell's centre"),
        Column("name", "text", "District's name"),
        Column("cell_km", "number", "Side of the cell; null for a district", unit="km"),
        Column("area_km2", "number", "Area of the district, or of the cell", unit="km2"),
        Column("horizon_days", "number", "Days foreseen", unit="days"),
        Column("first_day", "date", "First day foreseen, the one after the last day counted"),
        Column("last_day", "date", "Last day foreseen (inclusive)"),
        Column("expected", "number", "Expected incidents", unit="incidents"),
        Column("expected_low", "number", "Lower 90 % predictive limit", unit="incidents"),
        Column("expected_high", "number", "Upper 90 % predictive limit", unit="incidents"),
        Column("share", "number", "Share of the country's expected incidents"),
        Column("dispersion", "number", "Variance over mean of the count to come; 1 = Poisson"),
        Column("learnt_from", "number", "Past incidents that the kernels were weighed on"),
        Column("status", "text", "ok, or what to know before reading it"),
    ),
    start="first_day",
    end="last_day",
)

CLUSTERS = FrameSchema(
    "clusters",
    "cluster_id",
    "MultiPolygon",
    (
        Column("cluster_id", "text", "Kind and number, the most unusual first", required=True),
        Column(
            "cluster",
            "text",
            "More or fewer events than the exposure would have, or more of late than foreseen",
            codes=values_of(codes.ClusterKind),
        ),
        Column("name", "text", "Districts' names"),
        Column("districts", "text", "Districts' ids, with semicolons between"),
        Column("period_start", "date", "First day of the events"),
        Column("period_end", "date", "Last day of the events (inclusive)"),
        Column("observed", "number", "Events in the districts, in effective events if weighted"),
        Column("expected", "number", "Events under equal risk, or foreseen by the history"),
        Column("ratio", "number", "Observed over expected"),
        Column("p", "number", "Share of maps without a cluster that show as much by chance"),
        Column(
            "recurrence_days",
            "number",
            "Emerging only: days between looks / p, how often chance would show as much",
            unit="days",
        ),
        Column("dispersion", "number", "Variance over mean of the counts allowed for; 1 = Poisson"),
        Column("status", "text", "ok, or not_enough_data where nothing could be tested"),
        Column("note", "text", "Why nothing was tested"),
    ),
    start="period_start",
    end="period_end",
)


PRIORITIES = FrameSchema(
    "priorities",
    "district_id",
    "MultiPolygon",
    (
        Column("district_id", "text", "District", required=True),
        Column("name", "text", "District's name", required=True),
        Column("purpose", "text", "What the list is for: clearance or education"),
        Column("rank", "number", "1 = first; null without a record"),
        Column("rank_low", "number", "Best rank in 90 % of draws of weights and counts to come"),
        Column("rank_high", "number", "Worst rank in 90 % of draws of weights and counts to come"),
        Column("score", "number", "Weighted mean of the criteria's values, from 0 to 1"),
        Column("top", "number", "Share of draws that put it among the first tenth"),
        Column("expected", "number", "Incidents expected in the next quarter", unit="incidents"),
        Column("rate", "number", "Smoothed rate, else the crude one", unit="see unit of risk"),
        Column("casualties", "number", "Killed and injured as far as stated", unit="people"),
        Column(
            "casualties_per_100k",
            "number",
            "Casualties per 100,000 people a year, by the official population, which may differ "
            "much from the people present",
        ),
        Column("hazard_km2", "number", "Recorded hazardous area not completed", unit="km2"),
        Column(
            "near_settlement",
            "number",
            "Share of incidents with a point within 2 km of a settlement",
        ),
        Column("population", "number", "Official population", unit="people"),
        Column("expected_low", "number", "Lower 90 % predictive limit of expected"),
        Column("expected_high", "number", "Upper 90 % predictive limit of expected"),
        Column("days_since_last", "number", "Days from the last incident to the period's end"),
        Column("weights", "text", "Weight of each criterion"),
        Column("status", "text", "ok, or no_information: survey tells of it, not a score"),
    ),
)

SCHEMAS = {s.name: s for s in (DISTRICTS, INCIDENTS, RISK, PLACES, OPERATIONS, STATISTICS)}
