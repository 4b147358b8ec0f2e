"""``hazardmap keys``: add, list, rotate and revoke access keys."""

import sys
from datetime import timedelta
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from service.commands.options import DataOption, settings_of
from service.security.keys import KeyStore, expiry_of


class KeyRole(StrEnum):
    """Roles that a key can have."""

    analyst = "analyst"
    editor = "editor"
    admin = "admin"


app = typer.Typer(help="Add, list, rotate and revoke access keys.", no_args_is_help=True)
ExpiresOption = Annotated[
    str,
    typer.Option(help="Last day (2027-01-31, UTC) or number of days (90d).", show_default="never"),
]
NameArgument = Annotated[str, typer.Argument(help="Name of the key, e.g. of its holder's office.")]


@app.command()
def add(
    name: NameArgument,
    role: Annotated[KeyRole, typer.Option(help="analyst reads restricted, editor writes.")],
    expires: ExpiresOption = "",
    data: DataOption = None,
) -> None:
    """Make a key and print it: it is never shown again."""
    register = settings_of(data).opened_register()
    try:
        text = KeyStore(register.store).add(name, role.value, expiry_of(expires))
    finally:
        register.close()
    typer.echo(text)
    typer.echo("Keep it now: it is stored as a hash and cannot be shown again.", err=True)


@app.command("list")
def list_keys(data: DataOption = None) -> None:
    """List the keys with role, creation, last use and revocation."""
    register = settings_of(data).opened_register()
    try:
        keys = KeyStore(register.store).listing()
    finally:
        register.close()
    table = Table("name", "role", "id", "created", "rotated", "last used", "expires", "revoked")
    for key in keys:
        times = [key.created_at, key.rotated_at, key.last_used_at, key.expires_at, key.revoked_at]
        shown = (f"{t:%Y-%m-%d %H:%M}" if t else "" for t in times)
        table.add_row(key.name, key.role, key.key_id, *shown)
    # Rich would fold a table to 80 columns where there is no terminal.
    console = Console(width=None if sys.stdout.isatty() else 160)
    console.print(table if keys else "There are no keys: everybody has the public view.")


@app.command()
def rotate(
    name: NameArgument,
    overlap: Annotated[int, typer.Option(min=0, help="Hours that the old secret still works.")] = 0,
    expires: ExpiresOption = "",
    data: DataOption = None,
) -> None:
    """Give a key a new secret and print it; name, id and role stay, its sessions end."""
    register = settings_of(data).opened_register()
    try:
        store = KeyStore(register.store)
        text = store.rotate(name, timedelta(hours=overlap), expiry_of(expires))
    finally:
        register.close()
    typer.echo(text)
    ends = f"for {overlap} hours more" if overlap else "no more"
    typer.echo(f"Keep it now: it cannot be shown again. The old one works {ends}.", err=True)


@app.command()
def revoke(name: NameArgument, data: DataOption = None) -> None:
    """Revoke a key; running services follow within seconds."""
    register = settings_of(data).opened_register()
    try:
        KeyStore(register.store).revoke(name)
    finally:
        register.close()
    typer.echo(f"The key {name!r} is revoked.", err=True)
