"""``hazardmap map``: the risk map as a page, a picture or a sheet to print."""

from pathlib import Path
from typing import Annotated

import typer

from service.commands.options import (
    AsOfOption,
    BoundariesOption,
    DataOption,
    ExposureOption,
    HalfLifeOption,
    PeriodOption,
    SmoothingOption,
    WeightOption,
    WhereOption,
    register_of,
    risk_parameters,
    settings_of,
)

SUFFIXES = (".html", ".png", ".pdf")


def command(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="FILE.html, FILE.png or FILE.pdf.")
    ],
    lang: Annotated[str, typer.Option(help="Language shown first: en, az or ru.")] = "en",
    size: Annotated[str, typer.Option(help="Paper of PNG and PDF: A4 or A3.")] = "A4",
    period: PeriodOption = "",
    weight: WeightOption = "",
    exposure: ExposureOption = "",
    smoothing: SmoothingOption = "",
    half_life: HalfLifeOption = "",
    where: WhereOption = "",
    boundaries: BoundariesOption = "",
    as_of: AsOfOption = "",
    data: DataOption = None,
) -> None:
    """Write the risk map: a page that needs no network, a picture or a PDF to print."""
    suffix = output.suffix.lower()
    if suffix not in SUFFIXES:
        raise typer.BadParameter(f"the file must end in {', '.join(SUFFIXES)}", param_hint="-o")
    if size.upper() not in ("A4", "A3"):
        raise typer.BadParameter("is none of A4 and A3", param_hint="--size")
    parameters = risk_parameters(
        period, weight, exposure, smoothing, half_life, where, boundaries, as_of
    )
    register = register_of(data)
    try:
        snapshot = register.snapshot(parameters.as_of, boundaries=parameters.boundaries)
        if suffix == ".html":
            from service.maps.page import render_risk_map
            from service.maps.view import MapOptions

            settings = settings_of(data)
            options = MapOptions(
                basemap_url=settings.basemap_url,
                basemap_attribution=settings.basemap_attribution,
            )
            made = render_risk_map(snapshot, parameters, lang=lang, options=options).encode()
        else:
            from service.maps.print_risk import print_risk_map

            made = print_risk_map(
                snapshot,
                parameters,
                kind="png" if suffix == ".png" else "pdf",
                size=size.upper(),
                lang=lang,
            )
    finally:
        register.close()
    output.write_bytes(made)
    typer.echo(f"{output}: {len(made) / 1e6:.2f} MB, no network needed to open it.", err=True)
