"""``hazardmap history``: every change of an incident."""

from typing import Annotated, Any

import typer

from service.commands.options import DataOption, register_of


def command(
    incident_id: Annotated[str, typer.Argument(help="Id of the incident.")],
    data: DataOption = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Show every change of an incident, field by field: who, when, why."""
    from geodata.register import steps
    from service.changes import step_document

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
