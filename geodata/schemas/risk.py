"""The columns of the risk per district and of the risk surface."""

from geodata import codes
from geodata.codes import values_of
from geodata.schema import Column, FrameSchema

_LIMIT = "limit of its 95 % interval: exact Poisson for incidents, compound for people"
PER_YEAR = "per 100 km2 per year, or per 100,000 people per year (see unit)"

RISK = FrameSchema(
    "risk",
    "district_id",
    "MultiPolygon",
    (
        Column("district_id", "text", "District", required=True),
        Column("name", "text", "District's name", required=True),
        Column("period_start", "date", "First day counted"),
        Column("period_end", "date", "Last day counted (inclusive)"),
        Column("years", "number", "Length of the period", unit="years of 365.25 days"),
        Column("area_km2", "number", "Geodesic area", unit="km2"),
        Column("population", "number", "People used as exposure, de jure", unit="people"),
        Column(
            "incidents",
            "number",
            "Incidents counted; fractional where a place is ambiguous",
            unit="incidents",
        ),
        Column(
            "killed",
            "number",
            "People killed, weighted alike; unstated counts as unknown, not as 0",
            unit="people",
        ),
        Column("injured", "number", "People injured, weighted alike", unit="people"),
        Column("casualties", "number", "Killed and injured", unit="people"),
        Column("density", "number", f"Crude rate {PER_YEAR}", unit="see unit"),
        Column(
            "density_low",
            "number",
            f"Lower {_LIMIT}",
            unit="see unit",
        ),
        Column(
            "density_high",
            "number",
            f"Upper {_LIMIT}",
            unit="see unit",
        ),
        Column("smoothed", "number", f"Empirical-Bayes rate {PER_YEAR}", unit="see unit"),
        Column(
            "smoothed_low",
            "number",
            "Lower 95 % credible limit, bursts allowed for",
            unit="see unit",
        ),
        Column(
            "smoothed_high",
            "number",
            "Upper 95 % credible limit, bursts allowed for",
            unit="see unit",
        ),
        Column("gi_star_z", "number", "Getis-Ord Gi* z-score over contiguous districts"),
        Column("gi_star_p", "number", "Its two-sided p-value; it does not decide the verdict"),
        Column(
            "hotspot",
            "text",
            "In a cluster by a scan whose alarms are false on at most 5 % of maps",
            codes=values_of(codes.Hotspot),
        ),
        Column("rank", "number", "1 = highest, by what `ranked_by` names"),
        Column("rank_low", "number", "Best rank in 95 % of simulations of the days to come"),
        Column("rank_high", "number", "Worst rank in 95 % of simulations of the days to come"),
        Column(
            "risk_class",
            "text",
            "Class by stated limits; no_information is no class of risk",
            codes=values_of(codes.RiskClass),
        ),
        Column("unit", "text", "Unit of density and smoothed"),
        Column("status", "text", "ok, or why a number is null"),
        Column("expected", "number", "Weighted incidents expected in the next quarter"),
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
