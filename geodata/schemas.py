"""The schema of each collection: what its columns are called, mean, hold and may be.

One table serves the checks of frames, the public JSON schemas, the queryables, the
exports' field types and the HXL tags, in the public order of the properties. Geometry is
WGS 84, longitude before latitude. `Points` keeps a layer's points as columns
of coordinates until somebody needs objects.
"""

import numbers
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, Literal, get_args

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from geopandas.array import GeometryArray
from pyproj import CRS

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


def _column(kind: Kind, name: str, description: str, code_list: Any = None, **more: Any) -> Column:
    """Declare a column; of a code list it may have the codes."""
    codes_of = () if code_list is None else values_of(code_list)
    return Column(name, kind, description, codes=codes_of, **more)


_text, _integer, _number, _date, _datetime, _boolean = (
    partial(_column, kind) for kind in get_args(Kind)
)


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

    Raises
    ------
    InvalidInput
        Ids are missing or occur twice, a value does not fit its dtype, or the frame has
        a CRS other than WGS 84; all problems at once.
    """
    problems: list[dict[str, Any]] = []
    columns: dict[str, Any] = {}
    given = pd.DataFrame(frame)  # whose columns are had sooner than those with a geometry
    nulls: dict[Any, Any] = {}
    for column in schema.columns:
        try:
            columns[column.name] = _cast(given, column, nulls)
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
    # copied, so that no column is one of the caller's, or another's
    return gpd.GeoDataFrame({**columns, "geometry": geometry}, index=index, copy=True)


def empty(schema: FrameSchema) -> gpd.GeoDataFrame:
    """Give a frame of the schema without rows."""
    return conform(pd.DataFrame({schema.id_column: pd.Series([], dtype="str")}), schema)


def _cast(frame: pd.DataFrame, column: Column, nulls: dict[Any, Any]) -> Any:
    """Give a column in its dtype; one that is missing shares the nulls of its kind."""
    dtype = _DTYPES[column.kind]
    if column.name not in frame.columns:
        if column.required and len(frame):
            raise ValueError("is missing")
        if column.kind not in nulls:
            nulls[column.kind] = pd.array([None] * len(frame), dtype=dtype)
        return nulls[column.kind]
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
    if ids.is_unique and not missing.any():
        return problems
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
    shapes = np.array(geometry.array, dtype=object)
    single = np.flatnonzero(shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON)
    if schema.geometry != "MultiPolygon" or not len(single):
        return geometry.array
    shapes[single] = shapely.multipolygons(shapes[single], indices=np.arange(len(single)))
    return gpd.GeoSeries(shapes, crs=CRS84).array


OPERATIONS = FrameSchema(
    "operations",
    "operation_id",
    "Geometry",
    (
        _text("operation_id", "Id of the operation", required=True),
        _text("kind", "Kind of operation", codes.OperationKind),
        _text("status", "How far it is", codes.OperationStatus),
        _text("organisation", "Who does it", hxl="#org"),
        _integer("personnel", "People at work", unit="people"),
        _text("districts", "Districts, joined by ;", hxl="#adm1+code"),
        _number("area_planned_m2", "Area planned", unit="m2"),
        _number("area_done_m2", "Area done", unit="m2"),
        _date("planned_start", "Planned first day"),
        _date("planned_end", "Planned last day"),
        _date("actual_start", "First day"),
        _date("actual_end", "Last day"),
        _date("announced", "When it was announced"),
        _text("devices_found", "Devices and numbers, e.g. at_mine:12;uxo:3"),
        _text("ground_status", "What it says of the ground", codes.GroundStatus),
        _text(
            "hazardous_area",
            "The polygon is a confirmed (cha) or suspected (sha) hazardous area",
            codes.HazardousArea,
        ),
        _text("sources", "Publisher and link"),
        _text("sensitivity", "Who may see it in full", codes.Sensitivity),
        _text("note", "Note"),
        _date("date_start", "First known of actual, planned start and announcement"),
        _date("date_end", "Last known of actual and planned end; null = open"),
    ),
    start="date_start",
    end="date_end",
)

STATISTICS = FrameSchema(
    "statistics",
    "statistic_id",
    None,
    (
        _text("statistic_id", "Id of the claim", required=True),
        _text("metric", "What is counted", hxl="#indicator+name"),
        _text("group", "Group of people", codes.Group),
        _text("outcome", "Outcome", codes.Outcome),
        _integer("value", "The number claimed", hxl="#indicator+value+num"),
        _text("qualifier", "How the number is worded", codes.Qualifier),
        _date("period_start", "First day of the claim; null = not stated", hxl="#date+start"),
        _date("period_end", "Last day of the claim; null = not stated", hxl="#date+end"),
        _date("as_of", "When it was claimed", hxl="#date+reported"),
        _text("territory", "Territory in the source's words", hxl="#loc+name"),
        _text("districts", "Districts of the territory, joined by ;"),
        _text("issuer", "Who claims it", hxl="#meta+source"),
        _boolean("mine_related", "False: a total of a whole conflict, in no mine total"),
        _text("sources", "Publisher and link"),
        _text("sensitivity", "Who may see it in full", codes.Sensitivity),
        _text("note", "Note"),
    ),
    start="period_start",
    end="period_end",
)


DISTRICTS = FrameSchema(
    "districts",
    "district_id",
    "MultiPolygon",
    (
        _text("district_id", "ISO 3166-2 code, or the id of the loaded file", required=True),
        _text("pcode", "OCHA place code, unique within one edition", hxl="#adm1+code+v_pcodes"),
        _text("name", "Name shown by default", hxl="#adm1+name", required=True),
        _text("name_az", "Name in Azerbaijani"),
        _text("name_en", "Name in English"),
        _text("name_ru", "Name in Russian"),
        _text("type", "Kind of unit, e.g. rayon or city"),
        _number("area_km2", "Geodesic area on WGS 84", unit="km2"),
        _number("population", "Published population; read population_note", unit="people"),
        _text("population_note", "Vintage of the population and its warning"),
        _date("valid_from", "First day of the edition"),
        _date("valid_to", "Last day of the edition; null while current"),
        _text("country", "ISO 3166-1 alpha-2"),
        _integer("level", "Administrative level of the unit, where the file says it"),
        _text("admin1_name", "First-level unit that it lies in"),
        _text("admin1_code", "Code of the first-level unit that it lies in"),
        _text("admin2_name", "Second-level unit that it lies in"),
        _text("admin2_code", "Code of the second-level unit that it lies in"),
        _text("aliases", "Other spellings, joined by |"),
    ),
    start="valid_from",
    end="valid_to",
)

PLACES = FrameSchema(
    "places",
    "place_id",
    "Point",
    (
        _text("place_id", "Id of the place", required=True),
        _text("kind", "city, town, village, settlement or district"),
        _text("name", "Name shown by default", required=True),
        _text("name_az", "Name in Azerbaijani"),
        _text("name_en", "Name in English"),
        _text("name_ru", "Name in Russian"),
        _text("name_hy", "Name in Armenian"),
        _text("aliases", "Other spellings, joined by |"),
        _text("district_id", "District it belongs to"),
        _text("country", "ISO 3166-1 alpha-2"),
        _number("population", "Population as GeoNames has it", unit="people"),
        _number("longitude", "WGS 84 longitude; null = not known", unit="degrees"),
        _number("latitude", "WGS 84 latitude; null = not known", unit="degrees"),
        _text("sensitivity", "Who may see it in full", codes.Sensitivity),
    ),
)


_GROUP_COLUMNS = tuple(
    _integer(f"{outcome}_{group}", f"{outcome} of group {group}; null = not stated", unit="people")
    for group in values_of(codes.Group)
    for outcome in ("killed", "injured")
)

INCIDENTS = FrameSchema(
    "incidents",
    "incident_id",
    "Point",
    (
        _text("incident_id", "Id of the incident", hxl="#event+id", required=True),
        _integer("version", "Number of the revision shown", read_only=True),
        _text(
            "record_status", "How far the record was reviewed", codes.RecordStatus, hxl="#status"
        ),
        _date("date_start", "First day it may have happened", hxl="#date+start", required=True),
        _date(
            "date_end", "Last day it may have happened (inclusive)", hxl="#date+end", required=True
        ),
        _integer("date_precision", "1 day, 2 range of 2-6 days, 3 week, 4 month, 5 year"),
        _text("date_text", "The date as the source words it"),
        _text("date_basis", "How the date is known", codes.DateBasis),
        _number(
            "longitude",
            "WGS 84 longitude; null where no point is known",
            unit="degrees",
            hxl="#geo+lon",
        ),
        _number(
            "latitude",
            "WGS 84 latitude; null where no point is known",
            unit="degrees",
            hxl="#geo+lat",
        ),
        _number("uncertainty_m", "Radius of the point's uncertainty", unit="m"),
        _text("coordinate_method", "How the point was found", codes.CoordinateMethod),
        _integer(
            "where_precision",
            "1 exact, 2 near a named place, 3 second-level unit, 4 district, 5 vague, 6 country, "
            "7 water or air",
        ),
        _text("place_as_reported", "The place in the source's words", hxl="#loc+name"),
        _text("place_id", "Gazetteer place"),
        _text("country", "ISO 3166-1 alpha-2", hxl="#country+code+v_iso2"),
        _text("district_id", "District with the largest weight; null = unplaced", hxl="#adm1+code"),
        _text("districts", "Districts and weights, e.g. AZ-TAR:0.5;AZ-AGM:0.5; null = unplaced"),
        _text("placed_by", "Which evidence decided the district", codes.PlacedBy),
        _text("district_note", "Why the placing is uncertain"),
        _text("accident_type", "Kind of accident", codes.AccidentType, hxl="#event+type"),
        _text("device", "Explosive device", codes.Device, hxl="#cause+type"),
        _text("activity", "What the people were doing", codes.Activity),
        _integer(
            "killed", "People killed; null = not stated", unit="people", hxl="#affected+killed"
        ),
        _integer("killed_low", "At least so many people killed", unit="people"),
        _integer(
            "killed_high", "At most so many people killed; null = no limit stated", unit="people"
        ),
        _integer(
            "injured", "People injured; null = not stated", unit="people", hxl="#affected+injured"
        ),
        _integer("injured_low", "At least so many people injured", unit="people"),
        _integer(
            "injured_high", "At most so many people injured; null = no limit stated", unit="people"
        ),
        _integer(
            "casualties",
            "Killed and injured; null = a part is unknown",
            unit="people",
            hxl="#affected",
            read_only=True,
        ),
        _integer("casualties_low", "At least so many people killed and injured", unit="people"),
        _integer(
            "casualties_high",
            "At most so many people killed and injured; null = a part is unknown",
            unit="people",
        ),
        *_GROUP_COLUMNS,
        _text("sources", "Publishers and links of the reports", hxl="#meta+source"),
        _text("source_reliability", "A reliable to F cannot be judged", codes.Reliability),
        _integer("information_credibility", "1 confirmed to 6 cannot be judged"),
        _text("sensitivity", "Who may see it in full", codes.Sensitivity),
        _text("description", "What is reported, in the register's words", hxl="#description"),
        _text("note", "Note of the reviewer"),
        _text("external_id", "Id in the data set it came from", hxl="#meta+id"),
        _datetime("recorded_at", "When this revision was recorded (UTC)", read_only=True),
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
        _text("district_id", "District", hxl="#adm1+code", required=True),
        _text("name", "District's name", hxl="#adm1+name", required=True),
        _date(
            "period_start",
            "First day of the period; of period=all the first recorded incident",
            hxl="#date+start",
        ),
        _date(
            "period_end",
            "Its last day (inclusive); of period=all the last recorded incident",
            hxl="#date+end",
        ),
        _number("years", "Length of the period", unit="years of 365.25 days"),
        _date(
            "observed_start",
            "First day observed, which every estimate is over: as stated, or estimated from the "
            "records since a span that begins and ends with an incident flatters the rate",
            hxl="#date+observed+start",
        ),
        _date("observed_end", "Last day observed (inclusive)", hxl="#date+observed+end"),
        _number("observed_years", "Days observed", unit="years of 365.25 days"),
        _number("area_km2", "Geodesic area", unit="km2"),
        _number("population", "People used as exposure, de jure", unit="people", hxl="#population"),
        _number(
            "incidents",
            "Incidents counted; fractional where a place is ambiguous",
            unit="incidents",
            hxl="#event+num",
        ),
        _number(
            "killed",
            "People killed, weighted alike; at least so many if killed_unstated > 0",
            unit="people",
            hxl="#affected+killed",
        ),
        _number(
            "injured",
            "People injured, weighted alike; at least so many if injured_unstated > 0",
            unit="people",
            hxl="#affected+injured",
        ),
        _number(
            "casualties",
            "Killed and injured, of the incidents that state both",
            unit="people",
            hxl="#affected",
        ),
        _number(
            "density",
            f"Crude rate over the period, the recorded span of period=all, {PER_YEAR}",
            unit="see unit",
            hxl="#indicator+density+num",
        ),
        _number(
            "density_low", f"Lower {_LIMIT}", unit="see unit", hxl="#indicator+density+low+num"
        ),
        _number(
            "density_high", f"Upper {_LIMIT}", unit="see unit", hxl="#indicator+density+high+num"
        ),
        _number(
            "rate",
            f"The same over the days observed, as all estimates, {PER_YEAR}",
            unit="see unit",
            hxl="#indicator+rate+num",
        ),
        _number("rate_low", f"Lower {_LIMIT}", unit="see unit", hxl="#indicator+rate+low+num"),
        _number("rate_high", f"Upper {_LIMIT}", unit="see unit", hxl="#indicator+rate+high+num"),
        _number(
            "smoothed",
            f"Empirical-Bayes rate over the days observed, {PER_YEAR}",
            unit="see unit",
            hxl="#indicator+smoothed+num",
        ),
        _number(
            "smoothed_low",
            "Lower 95 % credible limit, bursts allowed for",
            unit="see unit",
            hxl="#indicator+smoothed+low+num",
        ),
        _number(
            "smoothed_high",
            "Upper 95 % credible limit, bursts allowed for",
            unit="see unit",
            hxl="#indicator+smoothed+high+num",
        ),
        _number("gi_star_z", "Getis-Ord Gi* z-score over contiguous districts"),
        _number("gi_star_p", "Its two-sided p-value; it does not decide the verdict"),
        _text(
            "hotspot",
            "In a cluster by a scan whose alarms are false on at most 5 % of maps",
            codes.Hotspot,
        ),
        _number("rank", "1 = highest, by what `ranked_by` names", hxl="#indicator+rank+num"),
        _number("rank_low", "Best rank in 95 % of simulations of the days to come"),
        _number("rank_high", "Worst rank in 95 % of simulations of the days to come"),
        _text(
            "risk_class",
            "Class by stated limits; no_information is no class of risk",
            codes.RiskClass,
            hxl="#severity+class",
        ),
        _text("unit", "Unit of density, rate and smoothed", hxl="#indicator+unit"),
        _text("status", "ok, or why a number is null"),
        _number(
            "expected",
            "Weighted incidents expected in the next quarter",
            hxl="#indicator+expected+num",
        ),
        _number("expected_low", "Lower 90 % predictive limit of it"),
        _number("expected_high", "Upper 90 % predictive limit of it"),
        _number(
            "dispersion",
            "Variance over mean of such a count; 1 = Poisson, more = blasts come in bursts",
        ),
        _number("days_since_last", "Days from the last incident to the period's end"),
        _text(
            "ranked_by",
            "Rule of the rank: rate, or the model of the backtest that clearly foresees better",
        ),
        *(
            _number(f"{what}_{end}", text.format(words), unit=unit)
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
        _text("band_id", "Id of the band, its class", required=True),
        _text(
            "band",
            "Class by the limits of the risk layer; no_information is no class of risk",
            codes.RiskClass,
        ),
        _number("intensity_low", "Lower limit of the intensity", unit="see unit"),
        _number("intensity_high", "Upper limit of the intensity; null = no limit", unit="see unit"),
        _text("unit", "Unit of the intensity"),
        _number("expected", "The surface's sum over the band, as weighted incidents"),
        _number("area_km2", "Area of the band", unit="km2"),
        _date("period_start", "First day counted"),
        _date("period_end", "Last day counted (inclusive)"),
        _number("years", "Length of the period", unit="years of 365.25 days"),
        _number("bandwidth_m", "Standard deviation of the kernel", unit="m"),
        _number("cell_m", "Side of the grid's cells", unit="m"),
        _number("points", "Incidents with a point, by share inside the period"),
        _number("spread", "Incidents spread evenly over their district"),
        _text("status", "ok, or what to know before reading it"),
    ),
    start="period_start",
    end="period_end",
)

FORECAST = FrameSchema(
    "forecast",
    "forecast_id",
    "MultiPolygon",
    (
        _text("forecast_id", "Id of the cell, or of the district", required=True),
        _text("district_id", "District, or the one that holds the cell's centre"),
        _text("name", "District's name"),
        _number("cell_km", "Side of the cell; null for a district", unit="km"),
        _number("area_km2", "Area of the district, or of the cell", unit="km2"),
        _number("horizon_days", "Days foreseen", unit="days"),
        _date("first_day", "First day foreseen, the one after the last day counted"),
        _date("last_day", "Last day foreseen (inclusive)"),
        _number("expected", "Expected incidents", unit="incidents"),
        _number("expected_low", "Lower 90 % predictive limit", unit="incidents"),
        _number("expected_high", "Upper 90 % predictive limit", unit="incidents"),
        _number("share", "Share of the country's expected incidents"),
        _number("dispersion", "Variance over mean of the count to come; 1 = Poisson"),
        _number("learnt_from", "Past incidents that the kernels were weighed on"),
        _text("status", "ok, or what to know: short_history, or recent_leap (rough)"),
    ),
    start="first_day",
    end="last_day",
)

CLUSTERS = FrameSchema(
    "clusters",
    "cluster_id",
    "MultiPolygon",
    (
        _text("cluster_id", "Kind and number, the most unusual first", required=True),
        _text(
            "cluster",
            "More or fewer events than the exposure would have, or more of late than foreseen",
            codes.ClusterKind,
        ),
        _text("name", "Districts' names"),
        _text("districts", "Districts' ids, with semicolons between"),
        _date("period_start", "First day of the events"),
        _date("period_end", "Last day of the events (inclusive)"),
        _number("observed", "Events in the districts, in effective events if weighted"),
        _number("expected", "Events under equal risk, or foreseen by the history"),
        _number("ratio", "Observed over expected"),
        _number("p", "Share of maps without a cluster that show as much by chance"),
        _number(
            "recurrence_days",
            "Emerging only: days between looks / p, how often chance would show as much",
            unit="days",
        ),
        _number("dispersion", "Variance over mean of the counts allowed for; 1 = Poisson"),
        _text("status", "ok, or not_enough_data where nothing could be tested"),
        _text("note", "Why nothing was tested"),
    ),
    start="period_start",
    end="period_end",
)


PRIORITIES = FrameSchema(
    "priorities",
    "district_id",
    "MultiPolygon",
    (
        _text("district_id", "District", required=True),
        _text("name", "District's name", required=True),
        _text("purpose", "What the list is for: clearance or education"),
        _number("rank", "1 = first; null without a record"),
        _number("rank_low", "Best rank in 90 % of draws of weights and counts to come"),
        _number("rank_high", "Worst rank in 90 % of draws of weights and counts to come"),
        _number("score", "Weighted mean of the criteria's values, from 0 to 1"),
        _number("top", "Share of draws that put it among the first tenth"),
        _number("expected", "Incidents expected in the next quarter", unit="incidents"),
        _number("rate", "Smoothed rate, else the crude one", unit="see unit of risk"),
        _number("casualties", "Killed and injured as far as stated", unit="people"),
        _number(
            "casualties_per_100k",
            "Casualties per 100,000 people a year, by the official population, which may differ "
            "much from the people present",
        ),
        _number("hazard_km2", "Recorded hazardous area not completed", unit="km2"),
        _number("near_settlement", "Share of incidents with a point within 2 km of a settlement"),
        _number("population", "Official population", unit="people"),
        _number("expected_low", "Lower 90 % predictive limit of expected"),
        _number("expected_high", "Upper 90 % predictive limit of expected"),
        _number("days_since_last", "Days from the last incident to the period's end"),
        _text("weights", "Weight of each criterion"),
        _text("status", "ok, or no_information: survey tells of it, not a score"),
    ),
)

SCHEMAS = {s.name: s for s in (DISTRICTS, INCIDENTS, RISK, PLACES, OPERATIONS, STATISTICS)}


@cache
def _crs84() -> CRS:
    # Made once: to read its definition takes longer than a look at some points.
    return CRS.from_user_input(CRS84)


class Points(GeometryArray):
    """Points that become objects when somebody needs them: a million of them take 250 MB.

    What asks for coordinates, for bounds, for which are missing, or for some of them does not
    need them all.

    Parameters
    ----------
    lon, lat
        WGS 84 degrees.
    """

    def __init__(
        self,
        lon: npt.NDArray[np.float64],
        lat: npt.NDArray[np.float64],
        placed: npt.NDArray[np.bool_],
    ) -> None:
        self._lon, self._lat, self._placed = lon, lat, placed
        self._made: npt.NDArray[Any] | None = None
        self._changed = False
        self._sindex = None
        self._crs = _crs84()

    def _objects(self, rows: Any) -> npt.NDArray[Any]:
        placed = self._placed[rows]
        shapes = np.full(len(placed), None, dtype=object)
        shapes[placed] = shapely.points(self._lon[rows][placed], self._lat[rows][placed])
        return shapes

    @property
    def _data(self) -> npt.NDArray[Any]:
        if self._made is None:
            self._made = self._objects(slice(None))
        return self._made

    def __reduce__(self) -> Any:
        return GeometryArray, (self._data, self._crs)

    def __getitem__(self, idx: Any) -> Any:
        if self._made is not None:
            return super().__getitem__(idx)
        if isinstance(idx, numbers.Integral):
            row = int(idx)
            return self._objects(slice(row, row + 1 or None))[0]
        rows = pd.api.indexers.check_array_indexer(self, idx)
        some = Points(self._lon[rows], self._lat[rows], self._placed[rows])
        if isinstance(idx, slice) and idx == slice(None):
            some._sindex = self._sindex
        return some

    def __setitem__(self, key: Any, value: Any) -> None:
        if value is None and self._made is None:
            placed = self._placed.copy()
            placed[pd.api.indexers.check_array_indexer(self, key)] = False
            self._placed, self._sindex = placed, None
            return
        self._made, self._changed = self._data.copy(), True
        super().__setitem__(key, value)

    def take(self, indices: Any, allow_fill: bool = False, fill_value: Any = None) -> Any:  # noqa: FBT001, FBT002 - pandas' own
        """Give some of them (see pandas)."""
        rows = np.asarray(indices, dtype=np.intp)
        if self._made is not None or not (fill_value is None or pd.isna(fill_value)):
            return super().take(rows, allow_fill=allow_fill, fill_value=fill_value)
        if not allow_fill:
            return Points(self._lon[rows], self._lat[rows], self._placed[rows])
        if (rows < -1).any():
            raise ValueError("indices below -1 cannot be taken where -1 stands for missing")
        shapes = np.full(len(rows), None, dtype=object)
        shapes[rows >= 0] = self._objects(rows[rows >= 0])
        return GeometryArray(shapes, crs=self.crs)

    def copy(self, *args: Any, **kwargs: Any) -> Any:
        """Give a copy that can be changed."""
        if self._changed:
            return super().copy(*args, **kwargs)
        return Points(self._lon, self._lat, self._placed)

    def isna(self) -> npt.NDArray[np.bool_]:
        """Say which are missing."""
        return super().isna() if self._changed else ~self._placed

    def coordinates(self) -> npt.NDArray[np.float64] | None:
        """Give longitude and latitude of each, shape (n, 2), NaN where there is no point.

        None where some were set since: they may be anything.
        """
        return None if self._changed else np.column_stack([self.x, self.y])

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self._placed)

    @property
    def nbytes(self) -> int:
        """Bytes of the flags and of the objects made so far."""
        return self._placed.nbytes + (0 if self._made is None else self._made.nbytes)

    @property
    def x(self) -> Any:
        """Longitudes; NaN where there is no point."""
        return super().x if self._changed else np.where(self._placed, self._lon, np.nan)

    @property
    def y(self) -> Any:
        """Latitudes; NaN where there is no point."""
        return super().y if self._changed else np.where(self._placed, self._lat, np.nan)

    @property
    def bounds(self) -> Any:
        """West, south, east and north of each."""
        return super().bounds if self._changed else np.stack([self.x, self.y] * 2, axis=1)

    @property
    def total_bounds(self) -> Any:
        """West, south, east and north of all; NaN where there is no point."""
        if self._changed:
            return super().total_bounds
        every = self._placed.all()
        at = [xy if every else xy[self._placed] for xy in (self._lon, self._lat)]
        ends = [end.reduce(xy) if len(xy) else np.nan for end in (np.fmin, np.fmax) for xy in at]
        return np.array(ends)
