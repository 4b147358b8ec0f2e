"""The columns of operations and of published statistics."""

from geodata import codes
from geodata.codes import values_of
from geodata.schema import Column, FrameSchema

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
        Column("metric", "text", "What is counted"),
        Column("group", "text", "Group of people", codes=values_of(codes.Group)),
        Column("outcome", "text", "Outcome", codes=values_of(codes.Outcome)),
        Column("value", "integer", "The number claimed"),
        Column("qualifier", "text", "How the number is worded", codes=values_of(codes.Qualifier)),
        Column("period_start", "date", "First day of the claim; null = not stated"),
        Column("period_end", "date", "Last day of the claim; null = not stated"),
        Column("as_of", "date", "When it was claimed"),
        Column("territory", "text", "Territory in the source's words"),
        Column("districts", "text", "Districts of the territory, joined by ;"),
        Column("issuer", "text", "Who claims it"),
        Column("mine_related", "boolean", "False: a total of a whole conflict, in no mine total"),
        Column("sources", "text", "Publisher and link"),
        Column("sensitivity", "text", "Who may see it in full", codes=values_of(codes.Sensitivity)),
        Column("note", "text", "Note"),
    ),
    start="period_start",
    end="period_end",
)
