"""What is computed of the register, as files: layers, risk, forecasts, maps, the backtest."""

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.commands.options import (
    FORECAST,
    PRIORITIES,
    RISK,
    SURFACE,
    DataOption,
    FullOption,
    LangOption,
    OutputOption,
    settings_of,
    takes_risk,
)
from service.commands.partitions import (
    How,
    PathsArgument,
    backtest_report,
    is_raster,
    say_surface,
    takes_parts,
    write_layer,
    write_raster,
    write_risk,
    write_surface,
)
from service.i18n import SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterator

Risk = dict[str, str]


@takes_risk(*RISK)
def export(
    collection: Annotated[str, typer.Argument(help="Layer, e.g. incidents, districts or risk.")],
    risk: Risk,
    *,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="File; its suffix names the format: .geojson .geojsonl .gpkg .fgb .parquet .csv "
            ".xlsx .kml .zip (Shapefile) .arrow .pmtiles.",
            show_default=False,
        ),
    ] = None,
    partitioned: Annotated[
        Path | None,
        typer.Option(
            help="Folder, in place of -o: GeoParquet in parts, which `risk PATH` reads.",
            show_default=False,
        ),
    ] = None,
    part_rows: Annotated[int, typer.Option(help="Rows of a part, at most.")] = 250_000,
    order_by: Annotated[
        str, typer.Option(help="What rows of a part have in common: place or day.")
    ] = "place",
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
    data: DataOption = None,
) -> None:
    """Write a layer to a file, whole or filtered, in the format that the suffix names."""
    from geodata.formats import FormatOptions
    from service.security.telemetry import AuditLog

    if (output is None) == (partitioned is None):
        raise typer.BadParameter("Give either --output FILE or --partitioned FOLDER.")
    target = output or partitioned or Path()
    if partitioned is None:
        _key_of(target)  # before any work
    select = {"bbox": bbox, "datetime": when, "filter": cql, "sortby": sortby}
    chosen = tuple(name.strip() for name in properties.split(",")) if properties else None
    options = FormatOptions(
        crs=crs or None, properties=chosen, bom=bom, hxl=hxl, wkt=wkt, by_space=not sortby
    )
    settings = settings_of(data)
    held = settings.opened_register()
    try:
        location = settings.restricted_location if not full else None
        parts = None if partitioned is None else {"rows": part_rows, "by": order_by}
        done = _export(held, collection, target, select, risk, options, location, parts)
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
    risk: Risk,
    options: Any,
    location: Any,
    parts: dict[str, Any] | None,
) -> dict[str, Any]:
    from rich.console import Console

    from geodata.formats import write
    from geodata.risk import RiskParameters
    from service.collections import collection
    from service.handouts import file_options, handed_out, marked
    from service.http.request import Query
    from service.ogc.query import read_items
    from service.ogc.selection import select as selection

    one, parameters = collection(name), RiskParameters.parse(risk)
    computed = {flag: text for flag, text in risk.items() if flag not in ("boundaries", "as-of")}
    if computed and not one.computed:
        raise _refused(one.id, computed)
    query = Query([(key, value) for key, value in (select | computed).items() if value])
    asked = read_items(query, one, max_limit=1, paged=False)
    snapshot = held.snapshot(parameters.as_of, boundaries=parameters.boundaries)
    snapshot = handed_out(snapshot, location, full=location is None)
    output = output.with_name(marked(output.name, snapshot))
    options = file_options(options, one.schema.name, snapshot, "en")
    key = "parquet" if parts else _key_of(output)
    about = {
        "revision": snapshot.revision,
        "boundaries": snapshot.edition,
        "view": snapshot.view,
    }
    with Console(stderr=True).status(f"Writing {output.name} …") as status:
        found = selection(snapshot, asked)
        frame = found.order.frame.iloc[found.rows]
        if parts:
            status.stop()
            write_layer(frame, one.schema, output, options=options, about=about, **parts)
        elif key == "pmtiles":
            _write_tiles(snapshot, asked, found, output, options)
        else:
            write(frame, one.schema, output, options=options)
    files = output.iterdir() if parts else [output]
    return {
        "output": str(output),
        "collection": one.id,
        "format": key,
        "features": len(frame),
        "without_geometry": int(frame.geometry.isna().sum()),
        "bytes": sum(file.stat().st_size for file in files),
        **about,
    }


def _key_of(output: Path) -> str:
    """Give the format that a suffix names: a file of features, or of tiles."""
    from geodata.formats import format_of

    return "pmtiles" if output.suffix.lower() == ".pmtiles" else format_of(output).key


def _write_tiles(snapshot: Any, asked: Any, found: Any, output: Path, options: Any) -> None:
    import numpy as np

    from service.tiles.answers import layer_of
    from service.tiles.archive import write_archive

    if options.crs or options.properties:
        raise typer.BadParameter("Tiles have their own system and all properties.")
    one = asked.collection
    mask = np.zeros(len(found.order.frame), dtype=bool)
    mask[found.rows] = True
    description = f"{options.notice}. {one.description}" if options.notice else one.description
    layer = layer_of(snapshot, one, asked.risk)
    write_archive(layer, output, title=one.title, description=description, mask=mask)


def _refused(name: str, risk: Risk) -> Exception:
    given = ", ".join(f"--{flag}" for flag in risk)
    return typer.BadParameter(
        f"{given} changes what is computed (risk, risk-surface, clusters, forecast, priorities), "
        f"not {name}. "
        "Use --datetime or --filter to choose features."
    )


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


@takes_risk(*RISK)
@takes_parts
def risk(
    output: OutputOption,
    risk: Risk,
    how: How,
    paths: PathsArgument = None,
    *,
    full: FullOption = False,
    data: DataOption = None,
) -> None:
    """Write the risk per district to a file: one row a district, with its intervals.

    Of the register, or of PATHS: incidents in GeoParquet files, more than memory holds, as
    `export incidents --partitioned` writes them. Whatever the engine, the numbers are the same.
    """
    if paths:
        write_risk(paths, output, risk, how, data)
        return
    how.refuse()
    frame, _, output = _computed("risk", output, risk, full=full, data=data)
    known = int((frame["risk_class"] != "no_information").sum())
    typer.echo(
        f"{output}: {len(frame)} districts, {known} with incidents, {len(frame) - known} without "
        "any record (no record is not the same as safe).",
        err=True,
    )


@takes_risk(*SURFACE)
@takes_parts
def surface(
    output: OutputOption,
    risk: Risk,
    how: How,
    paths: PathsArgument = None,
    *,
    full: FullOption = False,
    data: DataOption = None,
) -> None:
    """Write the risk surface: bands of like intensity, or a GeoTIFF (.tif) per km2 and year.

    Of the register, or of PATHS, as `risk` does. A bandwidth that the data choose looks at
    all distinct places of PATHS at once: where they are too many, state one in km.
    """
    from geodata.risk import surface_of
    from service.handouts import marked

    if paths:
        write_surface(paths, output, risk, how, data)
        return
    how.refuse()
    with _held(risk, full=full, data=data) as (snapshot, asked):
        made = surface_of(snapshot, asked)
        if is_raster(output):
            output = output.with_name(marked(output.name, snapshot))
            write_raster(made, output)
        else:
            output = _write_layer("risk-surface", snapshot, asked, output)[1]
    _note("surface", output, full=full, data=data)
    typer.echo(f"{output}: the register's incidents.", err=True)
    say_surface(made)


@takes_risk(*FORECAST, *RISK)
def forecast(
    output: OutputOption,
    risk: Risk,
    *,
    covariate: Annotated[
        list[Path] | None,
        typer.Option(
            help="Layer (roads, settlements, a former front line) whose distance may tell where "
            "incidents come; may be given several times.",
        ),
    ] = None,
    full: FullOption = False,
    data: DataOption = None,
) -> None:
    """Write the incidents to expect after the period, with 90 % predictive limits.

    `exposure`, `smoothing` and `half-life` change nothing here: the model finds its own. A
    covariate that tells nothing gets no weight.
    """
    from service.layers import shapes_of

    shapes = {path.stem: shapes_of(path) for path in covariate or ()}
    frame, asked, output = _computed(
        "forecast", output, risk, full=full, data=data, covariates=shapes
    )
    unit = "districts" if asked.cell_km == 0 else f"cells of {asked.cell_km:g} km"
    typer.echo(
        f"{output}: {len(frame)} {unit}, {frame['expected'].sum():.3g} {asked.weight} "
        f"expected in {asked.horizon_days:g} days (nowhere is the expected number 0).",
        err=True,
    )


def _computed(
    name: str,
    output: Path,
    risk: Risk,
    *,
    full: bool,
    data: Path | None,
    covariates: dict[str, Any] | None = None,
) -> tuple[Any, Any, Path]:
    """Write a computed layer; gives its frame, the parameters and the file."""
    from geodata.risk import forecast_of

    with _held(risk, full=full, data=data) as (snapshot, asked):
        made = forecast_of(snapshot, asked, covariates) if covariates else None
        frame, output = _write_layer(name, snapshot, asked, output, made)
    _note(name, output, full=full, data=data)
    return frame, asked, output


@contextmanager
def _held(risk: Risk, *, full: bool, data: Path | None) -> "Iterator[tuple[Any, Any]]":
    """Give the register's snapshot in the view that is handed out, and the parameters."""
    from geodata.risk import RiskParameters
    from service.handouts import handed_out

    asked = RiskParameters.parse(risk)
    settings = settings_of(data)
    register = settings.opened_register()
    try:
        held = register.snapshot(asked.as_of, boundaries=asked.boundaries)
        yield handed_out(held, settings.restricted_location, full=full), asked
    finally:
        register.close()


def _write_layer(
    name: str, snapshot: Any, asked: Any, output: Path, made: Any = None
) -> tuple[Any, Path]:
    """Write a computed layer of a snapshot; gives its frame and the file."""
    from geodata.formats import FormatOptions, write
    from service.collections import collection
    from service.handouts import file_options, marked

    one = collection(name)
    output = output.with_name(marked(output.name, snapshot))
    frame = one.frame(snapshot, asked) if made is None else made
    options = file_options(FormatOptions(), one.schema.name, snapshot, "en")
    write(frame, one.schema, output, options=options)
    return frame, output


def _note(name: str, output: Path, *, full: bool, data: Path | None) -> None:
    """Note that the full view was written, where it was."""
    if full:
        from service.security.telemetry import AuditLog

        AuditLog(settings_of(data).data).note_command(name, file=output.name)


@takes_risk(*PRIORITIES, *RISK)
def priorities(
    output: OutputOption, risk: Risk, *, full: FullOption = False, data: DataOption = None
) -> None:
    """Write the districts in the order of clearance or risk education, by weighted criteria."""
    frame, asked, output = _computed("priorities", output, risk, full=full, data=data)
    ranked = int(frame["rank"].notna().sum())
    typer.echo(
        f"{output}: {ranked} districts ranked for {asked.purpose}, {len(frame) - ranked} without "
        "any record (survey tells of them, not a score).",
        err=True,
    )


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
    settings = settings_of(data)
    held = settings.opened_register()
    try:
        location = settings.restricted_location
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


MAP_SUFFIXES = (".html", ".png", ".pdf")
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
    from geodata.disk import whole
    from geodata.risk import RiskParameters
    from service.handouts import handed_out, marked
    from service.security.telemetry import AuditLog

    suffix = output.suffix.lower()
    names = [name.strip() for name in district.split(",") if name.strip()]
    _check_map(suffix, size, names, atlas=atlas, forecast=forecast)
    parameters = RiskParameters.parse(risk)
    settings = settings_of(data)
    register = settings.opened_register()
    try:
        held = register.snapshot(parameters.as_of, boundaries=parameters.boundaries)
        snapshot = handed_out(held, settings.restricted_location, full=full)
        output = output.with_name(marked(output.name, snapshot))
        if suffix == ".html":
            made = _map_page(snapshot, parameters, settings, lang)
        else:
            options: dict[str, Any] = {"size": size.upper(), "lang": lang}
            options["address"] = settings.public_url.rstrip("/")
            if atlas or len(names) > 1:
                options["forecast"] = forecast
                made = _map_atlas(snapshot, parameters, names, options)
            else:
                options["kind"] = suffix[1:]
                made = _map_sheet(snapshot, parameters, names, options, forecast=forecast)
    finally:
        register.close()
    with whole(output) as place:
        place.write_bytes(made)
    if full:
        AuditLog(settings.data).note_command("map", file=output.name)
    typer.echo(f"{output}: {len(made) / 1e6:.2f} MB, no network needed to open it.", err=True)


def _check_map(suffix: str, size: str, names: list[str], *, atlas: bool, forecast: bool) -> None:
    """Refuse what does not go together, before the register is opened."""
    if suffix not in MAP_SUFFIXES:
        raise typer.BadParameter(f"the file must end in {', '.join(MAP_SUFFIXES)}", param_hint="-o")
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


def _map_page(snapshot: Any, parameters: Any, settings: Any, lang: str) -> bytes:
    from service.maps.page import render_page
    from service.maps.payload import MapOptions

    options = MapOptions(
        basemap_url=settings.basemap_url, basemap_attribution=settings.basemap_attribution
    )
    return render_page(snapshot, parameters, lang=lang, options=options).html.encode()


def _map_atlas(snapshot: Any, parameters: Any, names: list[str], options: dict[str, Any]) -> bytes:
    from service.print.sheets import print_atlas

    return print_atlas(snapshot, parameters, districts=names, **options)


def _map_sheet(
    snapshot: Any,
    parameters: Any,
    names: list[str],
    options: dict[str, Any],
    *,
    forecast: bool,
) -> bytes:
    from service.print.sheets import print_district, print_forecast, print_risk_map

    if names:
        return print_district(snapshot, parameters, names[0], **options)
    return (print_forecast if forecast else print_risk_map)(snapshot, parameters, **options)


@takes_risk("where", "as-of", "boundaries", *FORECAST)
@takes_parts
def backtest(
    risk: dict[str, str],
    how: How,
    paths: PathsArgument = None,
    data: DataOption = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", help="Write the plot to this PNG file.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Say how well the ranking foresees the next period.

    Of the register, or by the counts in districts of PATHS, as `risk` reads them.
    """
    import orjson
    from rich.console import Console

    from geodata.disk import whole
    from geodata.risk.backtest.plot import backtest_png

    if paths:
        report = backtest_report(paths, risk, how, data)
    else:
        how.refuse()
        report = _backtest_of_register(risk, data)
    if plot is not None:
        with whole(plot) as place:
            place.write_bytes(backtest_png(report))
    if as_json:
        typer.echo(orjson.dumps(report, option=orjson.OPT_INDENT_2).decode())
        return
    _show_backtest(report, Console())


def _backtest_of_register(risk: dict[str, str], data: Path | None) -> dict[str, Any]:
    from geodata.risk import RiskParameters, backtest_of

    parameters = RiskParameters.parse(risk)
    horizon = parameters.horizon_days if "horizon-days" in risk else None
    register = settings_of(data).opened_register()
    try:
        snapshot = register.snapshot(parameters.as_of, boundaries=parameters.boundaries)
        return backtest_of(snapshot, parameters, horizon_days=horizon, cell_km=parameters.cell_km)
    finally:
        register.close()


def _show_backtest(report: dict[str, Any], console: Any) -> None:
    from rich.table import Table

    if report["status"] != "ok":
        console.print(f"The backtest cannot tell: {report['reason']}", highlight=False)
        return
    table = Table(title=f"{len(report['cutoffs'])} cut-offs, {report['events']:g} events")
    table.add_column("model")
    for share in report["area_shares"]:
        table.add_column(f"hits at {share:.0%}", justify="right")
    for title in ("PAI 5%", "PEI 5%", "AUC", "gain/event"):
        table.add_column(title, justify="right")
    for name, found in report["models"].items():
        hits = [f"{value:.0%}" for value in found["hit_rate"].values()]
        rest = [found["pai"]["0.05"], found["pei"]["0.05"], found["auc"], found["gain_per_event"]]
        table.add_row(name, *hits, *("-" if x is None else f"{x:.2f}" for x in rest))
    console.print(table)
    covered = report["coverage"]
    console.print(
        f"{covered['level']:.0%} predictive intervals covered {covered['covered']:.0%}.",
        highlight=False,
    )
    console.print(report["verdict"]["sentence"], highlight=False)
    console.print(report["chosen"]["sentence"], highlight=False)
    cells = report["cells"]
    if cells and cells["models"]:
        _show_cells(cells, console)


def _show_cells(cells: dict[str, Any], console: Any) -> None:
    from rich.table import Table

    title = f"Cells of {cells['cell_km']:g} km: {cells['events']:g} events with a place"
    table = Table(title=title)
    table.add_column("model")
    for title in (*(f"hits at {float(k):.0%}" for k in cells["models"]["uniform"]["pei"]), "gain"):
        table.add_column(title, justify="right")
    for name, found in cells["models"].items():
        gain = found["gain_per_event"]
        hits = [f"{value:.0%}" for value in found["hit_rate"].values()]
        table.add_row(name, *hits, "-" if gain is None else f"{gain:.2f}")
    console.print(table)
    gain = cells["gain_over_best"]
    console.print(
        f"The forecast layer gains {gain['nats']:.2f} nats an event ({gain['low']:.2f} to "
        f"{gain['high']:.2f}) over the best rival, {cells['best_baseline']}.",
        highlight=False,
    )
