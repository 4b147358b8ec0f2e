"""``hazardmap redact``: take words of a record back for good."""

import getpass
from pathlib import Path
from typing import Annotated

import typer

from service.commands.options import DataOption, register_of, settings_of


def command(
    record_id: Annotated[
        str | None, typer.Argument(help="Id of the record.", show_default=False)
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(
            help="Field to take back, e.g. note or casualties.affiliation; again for each "
            "[all words, names, points and reasons; counts stay].",
            show_default=False,
        ),
    ] = None,
    kind: Annotated[
        str, typer.Option(help="incident, statistic, operation, place or report.")
    ] = "incident",
    reason: Annotated[str, typer.Option(help="Why, without the words themselves.")] = "",
    author: Annotated[str | None, typer.Option(help="Who redacts [the login name].")] = None,
    again: Annotated[
        Path | None,
        typer.Option("--again", help="Do all redactions of this list again, e.g. after a restore."),
    ] = None,
    data: DataOption = None,
    *,
    listed: Annotated[
        bool, typer.Option("--list", help="List what was taken back, for --again.")
    ] = False,
) -> None:
    """Take words of a record back from every version, and leave a tombstone.

    The chain of digests stays provable. Backups made before hold the words still: delete them,
    or restore them with the list of redactions in the data directory, which is done again.
    """
    from dataclasses import asdict

    import orjson

    from geodata.errors import InvalidInput
    from geodata.register import Redaction
    from geodata.register.redaction import redact_again
    from service.redacting import redact

    register = register_of(data)
    try:
        if listed:
            for one in register.redactions():
                typer.echo(orjson.dumps(asdict(one)).decode())
            return
        if again is not None:
            typer.echo(f"{redact_again(register, again)} revisions redacted again")
            return
        if record_id is None or not reason.strip():
            raise InvalidInput(
                "Name the record and the reason: hazardmap redact ID --reason TEXT.",
                code="bad-redaction",
            )
        who = (author or getpass.getuser(), reason.strip())
        done = redact(
            register,
            settings_of(data).data,
            Redaction(kind, record_id, tuple(field or ()), *who),
        )
    finally:
        register.close()
    typer.echo(
        f"{record_id}: {len(done)} revisions redacted; backups made before hold the words still"
        if done
        else f"{record_id}: nothing is left to take back"
    )
