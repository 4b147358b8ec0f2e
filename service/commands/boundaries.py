"""``hazardmap boundaries``: list, choose and withdraw editions of the districts."""

import getpass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from service.commands.options import DataOption, register_of

app = typer.Typer(help="List, choose and withdraw editions of districts.", no_args_is_help=True)
EditionArgument = Annotated[str, typer.Argument(help="Id of the edition, as `list` shows it.")]
ReasonOption = Annotated[str | None, typer.Option(help="Why, for the history.")]
AuthorOption = Annotated[str | None, typer.Option(help="Who decides [the login name].")]


@app.command("list")
def list_editions(data: DataOption = None) -> None:
    """List the editions that are held; the current one is marked."""
    register = register_of(data)
    try:
        current, editions = register.snapshot().edition, register.editions()
    finally:
        register.close()
    table = Table("edition", "districts", "from", "to", "source", "current")
    for one in editions:
        table.add_row(
            one.edition,
            str(one.districts),
            str(one.valid_from or ""),
            str(one.valid_to or ""),
            (one.source or "")[:60],
            "yes" if one.edition == current else "",
        )
    Console().print(table)


@app.command()
def withdraw(
    edition: EditionArgument,
    reason: ReasonOption = None,
    author: AuthorOption = None,
    data: DataOption = None,
) -> None:
    """Withdraw an edition that was a mistake; the one before it is current again."""
    current = _decided("withdraw_boundaries", edition, reason, author, data)
    typer.echo(f"The edition {edition} is withdrawn; {current} is current.", err=True)


@app.command()
def choose(
    edition: EditionArgument,
    reason: ReasonOption = None,
    author: AuthorOption = None,
    data: DataOption = None,
) -> None:
    """Make an edition current, also one that was withdrawn."""
    current = _decided("choose_boundaries", edition, reason, author, data)
    typer.echo(f"The edition {current} is current from now on.", err=True)


def _decided(
    what: str, edition: str, reason: str | None, author: str | None, data: Path | None
) -> str:
    """Write a decision about an edition; gives the one that is current then."""
    register = register_of(data)
    try:
        getattr(register, what)(edition, author=author or getpass.getuser(), reason=reason)
        return str(register.snapshot().edition)
    finally:
        register.close()
