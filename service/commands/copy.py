"""``hazardmap copy``: the register in another store."""

from typing import Annotated

import typer

from service.commands.options import DataOption, register_of


def command(
    target: Annotated[
        str, typer.Argument(help="An empty data directory, or postgresql+psycopg://user@host/name.")
    ],
    data: DataOption = None,
) -> None:
    """Copy the register to another store, losslessly: same numbers, times and authors."""
    from geodata.register import copy_store, store_for
    from service.security.tables import KEYS

    register = register_of(data)
    try:
        store = store_for(target) if "://" not in target else store_for(url=target)
        try:
            found = copy_store(register.store, store, also=[KEYS])
        finally:
            store.close()
    finally:
        register.close()
    typer.echo(
        f"{store.where}: {found.revisions} revisions of {found.records} records copied, "
        f"verified; digest {found.digest}"
    )
