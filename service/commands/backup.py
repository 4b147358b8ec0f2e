"""``hazardmap backup``: the register as one verified file."""

from pathlib import Path
from typing import Annotated

import typer

from service.commands.options import DataOption, register_of


def command(
    file: Annotated[Path, typer.Argument(help="File to write; it must not exist.")],
    data: DataOption = None,
) -> None:
    """Copy the register to a verified backup file, while it is in use."""
    from geodata.register import backup
    from service.security.tables import KEYS

    register = register_of(data)
    try:
        found = backup(register.store, file, also=[KEYS])
    finally:
        register.close()
    typer.echo(
        f"{file}: {found.revisions} revisions of {found.records} records, verified; "
        f"digest {found.digest}"
    )
