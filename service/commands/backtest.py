"""``hazardmap backtest``: how far to trust the ranking."""

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from geodata.disk import whole
from geodata.risk import RiskParameters, backtest_of
from geodata.risk.backtest.plot import backtest_png
from service.commands.options import FORECAST, DataOption, register_of, takes_risk
from service.commands.partitions import (
    EngineOption,
    How,
    MemoryOption,
    PathsArgument,
    SchedulerOption,
    TrustOption,
    backtest_report,
)


@takes_risk("where", "as-of", "boundaries", *FORECAST)
def backtest(
    risk: dict[str, str],
    paths: PathsArgument = None,
    data: DataOption = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", help="Write the plot to this PNG file.")
    ] = None,
    *,
    engine: EngineOption = "",
    scheduler: SchedulerOption = "",
    memory: MemoryOption = "",
    trust_ids: TrustOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Say how well the ranking foresees the next period.

    Of the register, or by the counts in districts of PATHS, as `risk` reads them.
    """
    how = How(engine, scheduler, memory, trust_ids)
    if paths:
        report = backtest_report(paths, risk, how, data)
    else:
        how.refuse()
        report = _of_register(risk, data)
    if plot is not None:
        with whole(plot) as place:
            place.write_bytes(backtest_png(report))
    if as_json:
        typer.echo(orjson.dumps(report, option=orjson.OPT_INDENT_2).decode())
        return
    _show(report, Console())


def _of_register(risk: dict[str, str], data: Path | None) -> dict[str, Any]:
    parameters = RiskParameters.parse(risk)
    horizon = parameters.horizon_days if "horizon-days" in risk else None
    register = register_of(data)
    try:
        snapshot = register.snapshot(parameters.as_of, boundaries=parameters.boundaries)
        return backtest_of(snapshot, parameters, horizon_days=horizon, cell_km=parameters.cell_km)
    finally:
        register.close()


def _show(report: dict[str, Any], console: Console) -> None:
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


def _show_cells(cells: dict[str, Any], console: Console) -> None:
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
