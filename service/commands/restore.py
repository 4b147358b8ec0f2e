"""``hazardmap restore``: a new register from a backup."""

from pathlib import Path
from typing import Annotated

import typer

from service.commands.options import DataOption, register_of, settings_of


def command(
    file: Annotated[Path, typer.Argument(help="What hazardmap backup wrote.")],
    data: DataOption = None,
) -> None:
    """Fill a new register (an empty data directory or database) from a backup.

    What was redacted since, by the list in the data directory, is redacted again.
    """
    from geodata.register import restore, store_for
    from geodata.register.redaction import FILE_NAME, redact_again
    from geodata.register.watch import forget_mark
    from service.security.tables import KEYS

    settings = settings_of(data)
    store = store_for(settings.data, settings.database_url or None)
    try:
        found = restore(file, store, also=[KEYS])
    finally:
        store.close()
    forget_mark(settings.data)
    typer.echo(
        f"{store.where}: {found.revisions} revisions of {found.records} records restored, "
        f"verified; digest {found.digest}"
    )
    register = register_of(data)
    try:
        if again := redact_again(register, settings.data / FILE_NAME):
            typer.echo(f"{again} revisions redacted again, by {FILE_NAME} in the data directory")
    finally:
        register.close()
