"""``hazardmap keys``: add, list and revoke access keys."""

from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from service.commands.options import DataOption, register_of
from service.security.keys import KeyStore


class KeyRole(StrEnum):
    """Roles that a key can have."""

    analyst = "analyst"
    editor = "editor"
    admin = "admin"


app = typer.Typer(help="Add, list and revoke access keys.", no_args_is_help=True)
NameArgument = Annotated[str, typer.Argument(help="Name of the key, e.g. of its holder's office.")]


@app.command()
def add(
    name: NameArgument,
    role: Annotated[KeyRole, typer.Option(help="analyst reads restricted, editor writes.")],
    data: DataOption = None,
) -> None:
    """Make a key and print it: it is never shown again."""
    register = register_of(data)
    try:
        text = KeyStore(register.store.engine).add(name, role.value)
    finally:
        register.close()
    typer.echo(text)
    typer.echo("Keep it now: it is stored as a hash and cannot be shown again.", err=True)


@app.command("list")
def list_keys(data: DataOption = None) -> None:
    """List the keys with role, creation, last use and revocation."""
    register = register_of(data)
    try:
        keys = KeyStore(register.store.engine).listing()
    finally:
        register.close()
    table = Table("name", "role", "created", "last used", "revoked")
    for key in keys:
        times = [key.created_at, key.last_used_at, key.revoked_at]
        table.add_row(key.name, key.role, *(f"{t:%Y-%m-%d %H:%M}" if t else "" for t in times))
    Console().print(table if keys else "There are no keys: everybody has the public view.")


@app.command()
def revoke(name: NameArgument, data: DataOption = None) -> None:
    """Revoke a key; running services follow within seconds."""
    register = register_of(data)
    try:
        KeyStore(register.store.engine).revoke(name)
    finally:
        register.close()
    typer.echo(f"The key {name!r} is revoked.", err=True)
