"""``hazardmap verify``: the chain of digests, whole or where it breaks."""

from pathlib import Path
from typing import Annotated

import typer

from service.commands.options import DataOption, settings_of


def command(
    data: DataOption = None,
    anchor: Annotated[
        Path | None,
        typer.Option(help="Add the head's number and digest to this file, to keep elsewhere."),
    ] = None,
    against: Annotated[
        Path | None, typer.Option(help="Check that the log holds what was anchored in this file.")
    ] = None,
    *,
    accept: Annotated[
        bool,
        typer.Option(
            "--accept", help="Take the log as it is, though another one was verified before."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Read the whole register and prove that nothing is missing or altered.

    Whoever can write the database could write a whole chain anew: only a digest that is kept
    where he cannot write, on paper or with somebody else, shows that.
    """
    from datetime import UTC, datetime

    import orjson

    from geodata.errors import NotFound
    from geodata.register import store_for, verify
    from geodata.register.opening import FILE_NAME, prepare
    from geodata.register.verification import Mark, hold_against
    from geodata.register.watch import forget_damage, keep_mark, kept_mark

    settings = settings_of(data)
    # Opening would make one.
    if not settings.database_url and not (settings.data / FILE_NAME).is_file():
        raise NotFound(f"There is no register in {settings.data}.", code="no-register")
    store = store_for(settings.data, settings.database_url or None)
    try:
        prepare(store, empty=True)
        found = verify(store)
        marks = [] if against is None else [Mark.read(n) for n in against.read_bytes().splitlines()]
        known = None if accept else kept_mark(settings.data)
        with store.read() as connection:
            for mark in [*marks, *([known] if known else [])]:
                hold_against(connection, mark, store.where)
    finally:
        store.close()
    head = Mark(found.revisions, found.digest, datetime.now(UTC))
    keep_mark(settings.data, head)
    forget_damage(settings.data)
    if anchor is not None:
        with anchor.open("ab") as file:
            file.write(head.line())
    if as_json:
        said = {
            "whole": True,
            "revisions": found.revisions,
            "records": found.records,
            "digest": found.digest,
            "anchors": len(marks),
        }
        typer.echo(orjson.dumps(said, option=orjson.OPT_INDENT_2).decode())
        return
    held = f"; holds all {len(marks)} anchors" if marks else ""
    typer.echo(
        f"{store.where}: {found.revisions} revisions of {found.records} records, whole{held}; "
        f"digest {found.digest}"
    )
