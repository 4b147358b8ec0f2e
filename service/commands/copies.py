"""``hazardmap backup``, ``restore``, ``copy``: the register as a file, and in another store."""

from pathlib import Path
from typing import Annotated

import typer

from service.commands.options import DataOption, register_of, settings_of


def backup(
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


def restore(
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


def copy(
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
