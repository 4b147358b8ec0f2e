"""``hazardmap forecast``: expected incidents per cell or district as a file."""

from pathlib import Path
from typing import Annotated

import typer

from service.commands.options import (
    AsOfOption,
    BoundariesOption,
    CellOption,
    DataOption,
    ExposureOption,
    FullOption,
    HalfLifeOption,
    HorizonOption,
    PeriodOption,
    SmoothingOption,
    WeightOption,
    WhereOption,
    register_of,
    risk_parameters,
    settings_of,
)


def command(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="File; its suffix names the format.")
    ],
    horizon_days: HorizonOption = "",
    cell_km: CellOption = "",
    period: PeriodOption = "",
    weight: WeightOption = "",
    exposure: ExposureOption = "",
    smoothing: SmoothingOption = "",
    half_life: HalfLifeOption = "",
    where: WhereOption = "",
    boundaries: BoundariesOption = "",
    as_of: AsOfOption = "",
    full: FullOption = False,  # noqa: FBT002
    data: DataOption = None,
) -> None:
    """Write the incidents to expect after the period, with 90 % predictive limits.

    `exposure`, `smoothing` and `half-life` change nothing here: the model finds its own.
    """
    from geodata.formats import FormatOptions, write
    from geodata.risk import forecast_of
    from geodata.schemas import FORECAST
    from service.handouts import file_options, handed_out, marked
    from service.security.audit import AuditLog

    parameters = risk_parameters(
        period, weight, exposure, smoothing, half_life, where, boundaries, as_of,
        horizon_days=horizon_days, cell_km=cell_km,
    )  # fmt: skip
    settings, register = settings_of(data), register_of(data)
    try:
        held = register.snapshot(parameters.as_of, boundaries=parameters.boundaries)
        snapshot = handed_out(held, settings.restricted_location, full=full)
        output = output.with_name(marked(output.name, snapshot))
        frame = forecast_of(snapshot, parameters)
        options = file_options(FormatOptions(), FORECAST.name, snapshot, "en")
        write(frame, FORECAST, output, options=options)
    finally:
        register.close()
    if full:
        AuditLog(settings.data).note_command("forecast", file=output.name)
    unit = "districts" if parameters.cell_km == 0 else f"cells of {parameters.cell_km:g} km"
    typer.echo(
        f"{output}: {len(frame)} {unit}, {frame['expected'].sum():.3g} {parameters.weight} "
        f"expected in {parameters.horizon_days:g} days (nowhere is the expected number 0).",
        err=True,
    )
