"""``hazardmap map``: the risk map as a page, a picture or a sheet to print."""

from pathlib import Path
from typing import Annotated, Any

import typer

from geodata.disk import whole
from geodata.risk import RiskParameters
from service.commands.options import (
    FORECAST,
    RISK,
    DataOption,
    FullOption,
    LangOption,
    register_of,
    settings_of,
    takes_risk,
)
from service.handouts import handed_out, marked
from service.i18n import SOURCE
from service.security.telemetry import AuditLog
from service.settings import Settings

SUFFIXES = (".html", ".png", ".pdf")
DistrictOption = Annotated[
    str, typer.Option(help="One district's sheet (ID), or the atlas of several (ID,ID).")
]
ForecastOption = Annotated[
    bool,
    typer.Option("--forecast", help="What is to be expected: a sheet, or an atlas's end."),
]
AtlasOption = Annotated[
    bool, typer.Option("--atlas", help="A PDF with a page for each district with a record.")
]


@takes_risk(*RISK, *FORECAST)
def map_(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="FILE.html, FILE.png or FILE.pdf.")
    ],
    risk: dict[str, str],
    *,
    lang: LangOption = SOURCE,
    size: Annotated[str, typer.Option(help="Paper of PNG and PDF: A4 or A3.")] = "A4",
    district: DistrictOption = "",
    atlas: AtlasOption = False,
    forecast: ForecastOption = False,
    full: FullOption = False,
    data: DataOption = None,
) -> None:
    """Write the risk map: a page that needs no network, a picture or a PDF to print."""
    suffix = output.suffix.lower()
    names = [name.strip() for name in district.split(",") if name.strip()]
    _check(suffix, size, names, atlas=atlas, forecast=forecast)
    parameters = RiskParameters.parse(risk)
    settings, register = settings_of(data), register_of(data)
    try:
        held = register.snapshot(parameters.as_of, boundaries=parameters.boundaries)
        snapshot = handed_out(held, settings.restricted_location, full=full)
        output = output.with_name(marked(output.name, snapshot))
        if suffix == ".html":
            made = _page(snapshot, parameters, settings, lang)
        else:
            options: dict[str, Any] = {"size": size.upper(), "lang": lang}
            options["address"] = settings.public_url.rstrip("/")
            if atlas or len(names) > 1:
                options["forecast"] = forecast
                made = _atlas(snapshot, parameters, names, options)
            else:
                options["kind"] = suffix[1:]
                made = _sheet(snapshot, parameters, names, options, forecast=forecast)
    finally:
        register.close()
    with whole(output) as place:
        place.write_bytes(made)
    if full:
        AuditLog(settings.data).note_command("map", file=output.name)
    typer.echo(f"{output}: {len(made) / 1e6:.2f} MB, no network needed to open it.", err=True)


def _check(suffix: str, size: str, names: list[str], *, atlas: bool, forecast: bool) -> None:
    """Refuse what does not go together, before the register is opened."""
    if suffix not in SUFFIXES:
        raise typer.BadParameter(f"the file must end in {', '.join(SUFFIXES)}", param_hint="-o")
    if size.upper() not in ("A4", "A3"):
        raise typer.BadParameter("has to be A4 or A3", param_hint="--size")
    if (atlas or len(names) > 1) and suffix != ".pdf":
        raise typer.BadParameter("an atlas must end in .pdf", param_hint="-o")
    if forecast and (len(names) == 1 or suffix == ".html"):
        raise typer.BadParameter(
            "is a sheet of its own or the last page of an atlas; a page (.html) has it as a layer",
            param_hint="--forecast",
        )
    if names and suffix == ".html":
        raise typer.BadParameter("a sheet must end in .pdf or .png", param_hint="-o")


# What draws is loaded when it is needed: the libraries cost a second, which no other
# command should pay.


def _page(snapshot: Any, parameters: RiskParameters, settings: Settings, lang: str) -> bytes:
    from service.maps.page import render_risk_map
    from service.maps.payload import MapOptions

    options = MapOptions(
        basemap_url=settings.basemap_url, basemap_attribution=settings.basemap_attribution
    )
    return render_risk_map(snapshot, parameters, lang=lang, options=options).encode()


def _atlas(
    snapshot: Any, parameters: RiskParameters, names: list[str], options: dict[str, Any]
) -> bytes:
    from service.print.sheets import print_atlas

    return print_atlas(snapshot, parameters, districts=names, **options)


def _sheet(
    snapshot: Any,
    parameters: RiskParameters,
    names: list[str],
    options: dict[str, Any],
    *,
    forecast: bool,
) -> bytes:
    from service.print.sheets import print_district, print_forecast, print_risk_map

    if names:
        return print_district(snapshot, parameters, names[0], **options)
    return (print_forecast if forecast else print_risk_map)(snapshot, parameters, **options)
