"""``hazardmap restore``: a new register from a backup."""

from pathlib import Path
from typing import Annotated

import typer

from service.commands.options import DataOption, settings_of


def command(
    file: Annotated[Path, typer.Argument(help="What hazardmap backup wrote.")],
    data: DataOption = None,
) -> None:
    """Fill a new register (an empty data directory or database) from a backup."""
    from geodata.register import restore, store_for
    from service.security.tables import KEYS

    settings = settings_of(data)
    store = store_for(settings.data, settings.database_url or None)
    try:
        found = restore(file, store, also=[KEYS])
    finally:
        store.close()
    typer.echo(
        f"{store.where}: {found.revisions} revisions of {found.records} records restored, "
        f"verified; digest {found.digest}"
    )
