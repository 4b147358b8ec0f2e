"""``hazardmap publish``: a package for a data portal."""

from pathlib import Path
from typing import Annotated

import typer

from service.commands.options import DataOption, register_of, settings_of


def publish(
    output: Annotated[Path, typer.Option("--output", "-o", help="The package, a .zip file.")],
    *,
    hxl: Annotated[
        bool, typer.Option("--hxl", help="Tables with HXL tags and metadata for HDX.")
    ] = False,
    country: Annotated[
        list[str] | None,
        typer.Option(help="Country of the data, e.g. AZ; may be repeated.", show_default=False),
    ] = None,
    data: DataOption = None,
) -> None:
    """Write what everybody may see as a package for a data portal."""
    from geodata.countries import country_code
    from geodata.disk import whole
    from service.opendata.package import package

    if not hxl:
        raise typer.BadParameter("say which: there is --hxl.")
    codes = [country_code(name) for name in country or ()]
    if None in codes:
        raise typer.BadParameter(f"--country {(country or [])[codes.index(None)]} is not known.")
    held = register_of(data)
    try:
        location = settings_of(data).restricted_location
        content = package(
            held.snapshot().public(location), countries=[code for code in codes if code]
        )
    finally:
        held.close()
    with whole(output) as made:
        made.write_bytes(content)
    typer.echo(
        f"{output}: {len(content) / 1000:,.0f} kB. Fill in license_id, maintainer and owner_org in "
        "metadata.json before it is published.",
        err=True,
    )
