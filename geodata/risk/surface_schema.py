"""The schema of the layer `risk-surface`: bands of intensity as polygons."""

from geodata import codes
from geodata.codes import values_of
from geodata.schema import Column, FrameSchema

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
