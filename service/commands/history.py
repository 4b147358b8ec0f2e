"""``hazardmap history``, ``diff``: what changed, of an incident and between two dates."""

from typing import Annotated, Any

import typer

from service.commands.options import DataOption, register_of


def history(
    incident_id: Annotated[str, typer.Argument(help="Id of the incident.")],
    data: DataOption = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Show every change of an incident, field by field: who, when, why."""
    from geodata.register import steps
    from service.content.changes import step_document

    register = register_of(data)
    try:
        told = steps(register.history(incident_id))
    finally:
        register.close()
    if as_json:
        import orjson

        found = {"id": incident_id, "revisions": [step_document(step) for step in told]}
        typer.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
        return
    for step in told:
        reason = f": {step.reason}" if step.reason else ""
        when = step.recorded_at.strftime("%Y-%m-%d %H:%M:%S UTC")
        typer.echo(f"version {step.version}  {when}  {step.change} by {step.author}{reason}")
        for field in step.differences:
            typer.echo(f"    {field.field}: {_text(field.before)} → {_text(field.after)}")


def _text(value: Any) -> str:
    import orjson

    return "not stated" if value is None else orjson.dumps(value).decode()


def diff(
    start: Annotated[str, typer.Argument(metavar="FROM", help="Date or time, e.g. 2024-01-01.")],
    end: Annotated[str, typer.Argument(metavar="TO", help="Date or time; now.")] = "",
    data: DataOption = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Show what changed between two dates, and what it did to the districts' ranks."""
    import orjson

    from geodata.intervals import parse_interval
    from geodata.risk import RiskParameters
    from service.content.changes import difference_document

    moments = (
        parse_interval(start, field="from").start,
        parse_interval(end, field="to").end if end else None,
    )
    register = register_of(data)
    try:
        earlier, later = (register.snapshot(moment) for moment in moments)
        found = difference_document(earlier, later, RiskParameters())
    finally:
        register.close()
    if as_json:
        typer.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
        return
    _tell(found)


def _tell(found: dict[str, Any]) -> None:
    typer.echo(f"revision {found['from']['revision']} → {found['to']['revision']}")
    for what in ("added", "changed", "retracted"):
        for record in found[what]:
            names = ", ".join(field["field"] for field in record["fields"])
            detail = f": {names}" if what == "changed" else ""
            typer.echo(f"{what:9}  {record['id']} (version {record['version']}){detail}")
    for row in found["ranks"]:
        before, after = (_rank(row[f"rank_{when}"]) for when in ("before", "after"))
        typer.echo(f"rank       {row['district_id']} {row['name']}: {before} → {after}")


def _rank(value: float | None) -> str:
    return "none" if value is None else f"{value:g}"
