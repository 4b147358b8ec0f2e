"""What commands do with layers in parts: ``risk PATH…`` and ``export --partitioned``."""

from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.commands.options import register_of, settings_of

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
