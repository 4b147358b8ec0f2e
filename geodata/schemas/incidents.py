"""The columns of incidents."""

from geodata import codes
from geodata.codes import values_of
from geodata.schema import Column, FrameSchema

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
