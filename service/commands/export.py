"""Layers as files: ``hazardmap export``, ``risk``, ``forecast``, ``priorities`` and ``publish``.

Layers of more incidents than memory holds are written and read in parts: ``export
--partitioned`` and ``risk PATH…``.
"""

from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.commands.options import (
    FORECAST,
    PRIORITIES,
    RISK,
    DataOption,
    FullOption,
    OutputOption,
    register_of,
    settings_of,
    takes_risk,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

PathsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        help="GeoParquet files, folders or patterns, of this machine or of any store by its URL; "
        "none: the register.",
        show_default=False,
    ),
]
EngineOption = Annotated[
    str,
    typer.Option(
        help="stream (default: this process, part by part) or dask (its workers); for PATHS.",
        show_default=False,
    ),
]
SchedulerOption = Annotated[
    str,
    typer.Option(
        help="Address of a Dask cluster, e.g. tcp://10.0.0.1:8786; else workers on this machine.",
        show_default=False,
    ),
]
MemoryOption = Annotated[
    str,
    typer.Option(help="That PATHS may take, e.g. 2GB (default) or 500MB.", show_default=False),
]
TrustOption = Annotated[
    bool,
    typer.Option("--trust-ids", help="Take it that no id occurs twice in PATHS; else it is read."),
]
MEMORY = 2 * 10**9
_UNITS = {"KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


def bytes_of(text: str) -> int:
    """Read an amount of memory.

    Examples
    --------
    >>> bytes_of("1.5 GB")
    1500000000
    """
    number, unit = text.strip().upper()[:-2], text.strip().upper()[-2:]
    try:
        found = int(float(number) * _UNITS[unit])
    except (ValueError, KeyError, OverflowError):
        raise typer.BadParameter(f"--memory {text[:40]!r}: give, e.g., 2GB or 500MB.") from None
    if found < 10**8:
        raise typer.BadParameter("--memory: give at least 100MB.")
    return found


def refuse_for_register(**given: object) -> None:
    """Refuse options that only speak of PATHS, where there are none."""
    named = [f"--{name.replace('_', '-')}" for name, value in given.items() if value]
    if named:
        raise typer.BadParameter(f"{', '.join(named)}: give PATHS, or leave it out.")


def write_risk(
    paths: list[str],
    output: Path,
    risk: dict[str, str],
    *,
    engine: str,
    scheduler: str,
    memory: str,
    trust_ids: bool,
    data: Path | None,
) -> None:
    """Write the risk table of a layer in parts."""
    from geodata.errors import InvalidInput
    from geodata.formats import FormatOptions, parts_of, write
    from geodata.risk import RiskParameters
    from geodata.risk.partitions import ENGINES, Engine, risk_of_parts, workers_of
    from geodata.schemas import RISK
    from service.handouts import file_options, marked

    if engine and engine not in ENGINES:
        raise typer.BadParameter(f"--engine {engine!r} has to be one of {', '.join(ENGINES)}.")
    engine = engine or ("dask" if scheduler else "stream")
    if scheduler and engine != "dask":
        raise typer.BadParameter("--scheduler is for --engine dask.")
    if risk.get("as-of") or risk.get("rank-by") == "best":
        raise typer.BadParameter(
            "PATHS hold one state and are ranked by the rate: leave out --as-of, --rank-by best."
        )
    asked = RiskParameters.parse({**risk, "rank-by": "rate"})
    limit = bytes_of(memory) if memory else MEMORY
    settings, register = settings_of(data), register_of(data)
    try:
        snapshot = register.snapshot(boundaries=asked.boundaries)
        districts, edition = snapshot.districts, snapshot.edition
    finally:
        register.close()
    parts = parts_of(paths)
    other = parts.said("boundaries") - {edition}
    if other:
        raise InvalidInput(
            f"The parts name districts of the boundaries {', '.join(sorted(map(str, other)))}, and "
            f"{edition} are asked for. Choose theirs with --boundaries.",
            code="other-boundaries",
        )
    engine_of: Engine = "dask" if engine == "dask" else "stream"
    with (
        shown(f"{len(parts.parts)} parts"),
        workers_of(
            engine_of, scheduler=scheduler or None, memory=limit if memory else None
        ) as workers,
    ):
        frame, held = risk_of_parts(
            parts,
            districts,
            asked,
            workers,
            memory=limit,
            today=datetime.now(UTC).date(),
            observed=settings.observed,
            trust_ids=trust_ids,
        )
    output = output.with_name(marked(output.name, parts))
    write(frame, RISK, output, options=file_options(FormatOptions(), RISK.name, parts, "en"))
    known = int((frame["risk_class"] != "no_information").sum())
    unplaced = frame.attrs["risk"]["unplaced"]
    typer.echo(
        f"{output}: {held.rows:,} incidents of {len(parts.parts)} parts, {held.joined:,} placed by "
        f"their point; {unplaced:,.0f} of the period in no district, {held.undated:,} without a "
        f"date; {len(frame)} districts, {known} with incidents, {len(frame) - known} without any "
        "record (no record is not the same as safe).",
        err=True,
    )


@contextmanager
def shown(what: str) -> "Iterator[None]":
    """Show how far work on parts is, on a terminal; a pipe gets none."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    from geodata import progress

    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what)

        def tell(done: int, of: int) -> None:
            bar.update(task, completed=done, total=of)

        with progress.told_to(tell):
            yield


def write_layer(
    frame: Any, schema: Any, folder: Path, *, rows: int, by: str, options: Any, about: Any
) -> dict[str, Any]:
    """Write a layer in parts, showing how far it is."""
    from geodata.formats import write_parts

    if by not in ("place", "day"):
        raise typer.BadParameter(f"--order-by {by!r} has to be place or day.")
    with shown(folder.name):
        return write_parts(
            frame, schema, folder, rows=rows, by="day" if by == "day" else "place",
            options=options, about=about,
        )  # fmt: skip


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
    held = register_of(data)
    try:
        settings = settings_of(data)
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
    from service.http.parameters import Query
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
def risk(
    output: OutputOption,
    risk: Risk,
    paths: PathsArgument = None,
    *,
    engine: EngineOption = "",
    scheduler: SchedulerOption = "",
    memory: MemoryOption = "",
    trust_ids: TrustOption = False,
    full: FullOption = False,
    data: DataOption = None,
) -> None:
    """Write the risk per district to a file: one row a district, with its intervals.

    Of the register, or of PATHS: incidents in GeoParquet files, more than memory holds, as
    `export incidents --partitioned` writes them. Whatever the engine, the numbers are the same.
    """
    if paths:
        write_risk(
            paths, output, risk, engine=engine, scheduler=scheduler, memory=memory,
            trust_ids=trust_ids, data=data,
        )  # fmt: skip
        return
    refuse_for_register(engine=engine, scheduler=scheduler, memory=memory, trust_ids=trust_ids)
    frame, _, output = _computed("risk", output, risk, full=full, data=data)
    known = int((frame["risk_class"] != "no_information").sum())
    typer.echo(
        f"{output}: {len(frame)} districts, {known} with incidents, {len(frame) - known} without "
        "any record (no record is not the same as safe).",
        err=True,
    )


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
    from geodata.formats import FormatOptions, write
    from geodata.risk import RiskParameters, forecast_of
    from service.collections import collection
    from service.handouts import file_options, handed_out, marked
    from service.security.telemetry import AuditLog

    asked, one = RiskParameters.parse(risk), collection(name)
    settings, register = settings_of(data), register_of(data)
    try:
        held = register.snapshot(asked.as_of, boundaries=asked.boundaries)
        snapshot = handed_out(held, settings.restricted_location, full=full)
        output = output.with_name(marked(output.name, snapshot))
        if covariates:
            frame = forecast_of(snapshot, asked, covariates)
        else:
            frame = one.frame(snapshot, asked)
        write(
            frame,
            one.schema,
            output,
            options=file_options(FormatOptions(), one.schema.name, snapshot, "en"),
        )
    finally:
        register.close()
    if full:
        AuditLog(settings.data).note_command(name, file=output.name)
    return frame, asked, output


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
