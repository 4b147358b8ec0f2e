"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from geodata.plausible import DateRange
from geodata.register import Register, open_register
from geodata.risk import RiskParameters
from service.settings import Settings

DataOption = Annotated[
    Path | None, typer.Option("--data", help="Data directory (HAZARDMAP_DATA).", show_default=False)
]


def settings_of(data: Path | None = None, *, empty: bool = False) -> Settings:
    """Read the settings, with the flags given on top of the environment."""
    given: dict[str, object] = {}
    if data is not None:
        given["data"] = data
    if empty:
        given["empty"] = True
    return Settings(**given)  # type: ignore[arg-type]


def register_of(data: Path | None, *, empty: bool = False) -> Register:
    """Open the register that the settings name."""
    settings = settings_of(data, empty=empty)
    return open_register(
        settings.data,
        url=settings.database_url or None,
        empty=settings.empty,
        dates=DateRange(settings.earliest_date, settings.latest_date),
        observed=settings.observed,
    )


def _flag(name: str, text: str) -> object:
    return typer.Option(f"--{name}", help=text, show_default=False)


PeriodOption = Annotated[str, _flag("period", "Interval, e.g. 2021-01-01/2021-12-31; all.")]
WeightOption = Annotated[str, _flag("weight", "incidents (default), casualties or killed.")]
ExposureOption = Annotated[str, _flag("exposure", "area (default) or population.")]
SmoothingOption = Annotated[str, _flag("smoothing", "none, eb (default) or spatial.")]
HalfLifeOption = Annotated[str, _flag("half-life", "Half-life in days; none = no decay.")]
WhereOption = Annotated[str, _flag("where", "CQL2 text on incidents, e.g. device='at_mine'.")]
BoundariesOption = Annotated[str, _flag("boundaries", "Edition of the boundaries.")]
FullOption = Annotated[
    bool,
    typer.Option(
        "--full/--public",
        help="Restricted records in full, marked as not for distribution; else what everybody "
        "may see.",
    ),
]
HorizonOption = Annotated[str, _flag("horizon-days", "Days to look ahead (default 90).")]
CellOption = Annotated[str, _flag("cell-km", "Side of a cell in km (default 10); 0 = districts.")]
AsOfOption = Annotated[str, _flag("as-of", "What the register held then.")]
"""The risk parameters as flags; an empty text is the default."""


def risk_parameters(
    period: str = "",
    weight: str = "",
    exposure: str = "",
    smoothing: str = "",
    half_life: str = "",
    where: str = "",
    boundaries: str = "",
    as_of: str = "",
    horizon_days: str = "",
    cell_km: str = "",
) -> RiskParameters:
    """Read the risk parameters of a command's flags.

    Raises
    ------
    InvalidInput
        Values that cannot be read, all complaints at once.
    """
    flags = {
        "period": "" if period == "all" else period,
        "weight": weight,
        "exposure": exposure,
        "smoothing": smoothing,
        "half-life": half_life,
        "where": where,
        "boundaries": boundaries,
        "as-of": as_of,
        "horizon-days": horizon_days,
        "cell-km": cell_km,
    }
    return RiskParameters.parse(flags)
