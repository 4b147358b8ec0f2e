"""What commands do with layers in parts: ``risk``, ``surface``, ``backtest``, ``--partitioned``."""

from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.commands.options import gathered, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geodata.risk.partitions import LayerInParts

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


@dataclass(frozen=True, slots=True)
class How:
    """How PATHS are worked through: the options that only speak of them."""

    engine: str = ""
    scheduler: str = ""
    memory: str = ""
    trust_ids: bool = False

    def refuse(self) -> None:
        """Refuse them where there are no PATHS."""
        given = [field.name for field in fields(self) if getattr(self, field.name)]
        named = [f"--{name.replace('_', '-')}" for name in given]
        if named:
            raise typer.BadParameter(f"{', '.join(named)}: give PATHS, or leave it out.")


takes_parts = gathered(
    "how",
    {
        "engine": (EngineOption, ""),
        "scheduler": (SchedulerOption, ""),
        "memory": (MemoryOption, ""),
        "trust_ids": (TrustOption, False),
    },
    How,
)
"""Gives a command the options that speak of PATHS, as `how`."""


@contextmanager
def opened(
    paths: list[str], risk: dict[str, str], how: How, data: Path | None
) -> "Iterator[LayerInParts]":
    """Open a layer in parts, showing how far the work on it is."""
    from geodata.errors import InvalidInput
    from geodata.formats import parts_of
    from geodata.risk import RiskParameters
    from geodata.risk.partitions import ENGINES, Engine, LayerInParts, workers_of

    engine = how.engine or ("dask" if how.scheduler else "stream")
    if engine not in ENGINES:
        raise typer.BadParameter(f"--engine {engine!r} has to be one of {', '.join(ENGINES)}.")
    if how.scheduler and engine != "dask":
        raise typer.BadParameter("--scheduler is for --engine dask.")
    if risk.get("as-of") or risk.get("rank-by") == "best":
        raise typer.BadParameter(
            "PATHS hold one state and are ranked by the rate: leave out --as-of, --rank-by best."
        )
    asked = RiskParameters.parse({**risk, "rank-by": "rate"})
    limit = bytes_of(how.memory) if how.memory else MEMORY
    settings = settings_of(data)
    register = settings.opened_register()
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
    share = limit if how.memory else None
    with (
        shown(f"{len(parts.parts)} parts"),
        workers_of(engine_of, scheduler=how.scheduler or None, memory=share) as workers,
    ):
        yield LayerInParts(
            parts, districts, asked, workers, datetime.now(UTC).date(), settings.observed,
            memory=limit, trust_ids=how.trust_ids,
        )  # fmt: skip


def _written(frame: Any, schema: Any, output: Path, work: "LayerInParts") -> Path:
    """Write a layer that was made of parts; give the file, marked where they are."""
    from geodata.formats import FormatOptions, write
    from service.handouts import file_options, marked

    output = output.with_name(marked(output.name, work.parts))
    write(
        frame, schema, output,
        options=file_options(FormatOptions(), schema.name, work.parts, "en"),
    )  # fmt: skip
    return output


def write_risk(
    paths: list[str], output: Path, risk: dict[str, str], how: How, data: Path | None
) -> None:
    """Write the risk table of a layer in parts."""
    from geodata.risk.partitions import risk_of_parts
    from geodata.schemas import RISK

    with opened(paths, risk, how, data) as work:
        frame, held = risk_of_parts(work)
    output = _written(frame, RISK, output, work)
    known = int((frame["risk_class"] != "no_information").sum())
    unplaced = frame.attrs["risk"]["unplaced"]
    typer.echo(
        f"{output}: {held.rows:,} incidents of {len(work.parts.parts)} parts, {held.joined:,} "
        f"placed by their point; {unplaced:,.0f} of the period in no district, {held.undated:,} "
        f"without a date; {len(frame)} districts, {known} with incidents, {len(frame) - known} "
        "without any record (no record is not the same as safe).",
        err=True,
    )


def write_surface(
    paths: list[str], output: Path, risk: dict[str, str], how: How, data: Path | None
) -> None:
    """Write the risk surface of a layer in parts: its bands, or a GeoTIFF."""
    from geodata.risk.surface_in_parts import surface_of_parts
    from geodata.schemas import RISK_SURFACE
    from service.handouts import marked

    with opened(paths, risk, how, data) as work:
        surface, bands, held = surface_of_parts(work)
    if is_raster(output):
        output = output.with_name(marked(output.name, work.parts))
        write_raster(surface, output)
    else:
        output = _written(bands, RISK_SURFACE, output, work)
    typer.echo(f"{output}: {held.rows:,} incidents of {len(work.parts.parts)} parts.", err=True)
    say_surface(surface)


def is_raster(output: Path) -> bool:
    """Whether a file is to be a GeoTIFF."""
    return output.suffix.lower() in (".tif", ".tiff")


def write_raster(surface: Any, output: Path) -> None:
    """Write a surface as a GeoTIFF, which appears only when it is whole."""
    from geodata.disk import whole
    from geodata.errors import Undefined
    from geodata.risk.surface import geotiff_bytes

    if surface is None:
        raise Undefined(
            "There is no incident, so there is no surface. Give a period with both ends.",
            reason="empty-register",
        )
    with whole(output) as place:
        place.write_bytes(geotiff_bytes(surface))


def say_surface(surface: Any) -> None:
    """Say what a surface was made of."""
    if surface is None:
        typer.echo("There is no incident, so there is no surface.", err=True)
        return
    typer.echo(
        f"{surface.points:,.0f} incidents of the period smoothed by a kernel of "
        f"{surface.bandwidth_m / 1000:.3g} km, {surface.spread:,.0f} spread over their districts, "
        f"{surface.left_out:,.0f} in no district (no record is not the same as safe).",
        err=True,
    )


def backtest_report(
    paths: list[str], risk: dict[str, str], how: How, data: Path | None
) -> dict[str, Any]:
    """Give the backtest of a layer in parts, by the models that look at counts."""
    from geodata.risk.partitions import backtest_of_parts

    if "cell-km" in risk:
        raise typer.BadParameter(
            "Of PATHS only counts by district are tested: leave out --cell-km."
        )
    with opened(paths, risk, how, data) as work:
        horizon = round(work.parameters.horizon_days) if "horizon-days" in risk else None
        report, held = backtest_of_parts(work, horizon)
    typer.echo(
        f"{held.rows:,} incidents of {len(work.parts.parts)} parts, by counts in districts; models "
        "that look at points (kde, kde_decay, nearest_event) and cells are left out.",
        err=True,
    )
    return report


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
