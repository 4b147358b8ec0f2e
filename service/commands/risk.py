"""``hazardmap risk``: the risk per district as a file."""

from pathlib import Path
from typing import Annotated

import typer

from service.commands.options import (
    AsOfOption,
    BoundariesOption,
    DataOption,
    ExposureOption,
    FullOption,
    HalfLifeOption,
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
    """Write the risk per district to a file: one row a district, with its intervals."""
    from geodata.formats import FormatOptions, write
    from geodata.risk import risk_of
    from geodata.schemas import RISK
    from service.handouts import file_options, handed_out, marked
    from service.security.audit import AuditLog

    parameters = risk_parameters(
        period, weight, exposure, smoothing, half_life, where, boundaries, as_of
    )
    settings, register = settings_of(data), register_of(data)
    try:
        held = register.snapshot(parameters.as_of, boundaries=parameters.boundaries)
        snapshot = handed_out(held, settings.restricted_location, full=full)
        output = output.with_name(marked(output.name, snapshot))
        frame = risk_of(snapshot, parameters)
        options = file_options(FormatOptions(), RISK.name, snapshot, "en")
        write(frame, RISK, output, options=options)
    finally:
        register.close()
    if full:
        AuditLog(settings.data).note_command("risk", file=output.name)
    known = int((frame["risk_class"] != "no_information").sum())
    typer.echo(
        f"{output}: {len(frame)} districts, {known} with incidents, {len(frame) - known} without "
        "any record (no record is not the same as safe).",
        err=True,
    )
