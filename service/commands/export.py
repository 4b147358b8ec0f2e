"""``hazardmap export``: a layer as a file."""

from pathlib import Path
from typing import Annotated, Any

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
    collection: Annotated[str, typer.Argument(help="Layer, e.g. incidents, districts or risk.")],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            help="File; its suffix names the format: .geojson .geojsonl .gpkg .fgb .parquet .csv "
            ".xlsx .kml .zip (Shapefile).",
        ),
    ],
    *,
    crs: Annotated[str, typer.Option(help="CRS, e.g. EPSG:32638.", show_default=False)] = "",
    bbox: Annotated[str, typer.Option(help="west,south,east,north.", show_default=False)] = "",
    when: Annotated[
        str, typer.Option("--datetime", help="Day or interval.", show_default=False)
    ] = "",
    cql: Annotated[str, typer.Option("--filter", help="CQL2 text.", show_default=False)] = "",
    properties: Annotated[
        str, typer.Option(help="Columns, joined by commas.", show_default=False)
    ] = "",
    sortby: Annotated[str, typer.Option(help="Columns, - = descending.", show_default=False)] = "",
    hxl: Annotated[bool, typer.Option("--hxl", help="A row of HXL tags (CSV, XLSX).")] = False,
    bom: Annotated[bool, typer.Option("--bom", help="Byte order mark (CSV), for Excel.")] = False,
    wkt: Annotated[
        bool | None, typer.Option("--wkt/--no-wkt", help="A column WKT (CSV).", show_default=False)
    ] = None,
    full: FullOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="Say what was written as JSON.")] = False,
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
    """Write a layer to a file, whole or filtered, in the format that the suffix names."""
    from geodata.formats import FormatOptions, format_of
    from service.security.audit import AuditLog

    format_of(output)  # before any work
    select = {"bbox": bbox, "datetime": when, "filter": cql, "sortby": sortby}
    risk = (period, weight, exposure, smoothing, half_life, where, boundaries, as_of)
    chosen = tuple(name.strip() for name in properties.split(",")) if properties else None
    options = FormatOptions(crs=crs or None, properties=chosen, bom=bom, hxl=hxl, wkt=wkt)
    held = register_of(data)
    try:
        settings = settings_of(data)
        location = settings.restricted_location if not full else None
        done = _export(held, collection, output, select, risk, options, location)
        if full:
            file = Path(done["output"]).name
            AuditLog(settings.data).note_command("export", file=file, collection=collection)
    finally:
        held.close()
    _say(done, as_json=as_json)


def _export(
    held: Any,
    name: str,
    output: Path,
    select: dict[str, str],
    risk: tuple[str, ...],
    options: Any,
    location: Any,
) -> dict[str, Any]:
    from rich.console import Console

    from geodata.formats import format_of, write
    from service.collections import collection
    from service.handouts import file_options, handed_out, marked
    from service.http.parameters import Query
    from service.ogc.query import read_items
    from service.ogc.selection import select as selection

    one, parameters = collection(name), risk_parameters(*risk)
    given = {**select, **(_flags(risk) if one.computed else _refused(one.id, risk))}
    query = Query([(key, value) for key, value in given.items() if value])
    asked = read_items(query, one, max_limit=1, paged=False)
    snapshot = held.snapshot(parameters.as_of, boundaries=parameters.boundaries)
    snapshot = handed_out(snapshot, location, full=location is None)
    output = output.with_name(marked(output.name, snapshot))
    options = file_options(options, one.schema.name, snapshot, "en")
    with Console(stderr=True).status(f"Writing {output.name} …"):
        found = selection(snapshot, asked)
        frame = found.order.frame.iloc[found.rows]
        write(frame, one.schema, output, options=options)
    return {
        "output": str(output),
        "collection": one.id,
        "format": format_of(output).key,
        "features": len(frame),
        "without_geometry": int(frame.geometry.isna().sum()),
        "bytes": output.stat().st_size,
        "revision": snapshot.revision,
        "boundaries": snapshot.edition,
        "view": snapshot.view,
    }


def _flags(risk: tuple[str, ...]) -> dict[str, str]:
    names = ("period", "weight", "exposure", "smoothing", "half-life", "where")
    flags = dict(zip(names, risk, strict=False))
    return flags | {"period": "" if flags["period"] == "all" else flags["period"]}


def _refused(name: str, risk: tuple[str, ...]) -> dict[str, str]:
    given = [f"--{flag}" for flag, value in _flags(risk).items() if value]
    if given:
        raise typer.BadParameter(
            f"{', '.join(given)} changes what is computed (risk, risk-surface, clusters, "
            f"forecast), not {name}. Use --datetime or --filter to choose features."
        )
    return {}


def _say(done: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        import json

        typer.echo(json.dumps(done, ensure_ascii=False))
        return
    hidden = " (public view)" if done["view"] == "public" else " (not for distribution)"
    typer.echo(
        f"{done['output']}: {done['features']} features of {done['collection']}{hidden}, "
        f"{done['without_geometry']} of them without geometry.",
        err=True,
    )
