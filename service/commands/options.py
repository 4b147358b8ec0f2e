"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from geodata.register import Register, open_register
from service.settings import Settings

DataOption = Annotated[
    Path | None, typer.Option("--data", help="Data directory (HAZARDMAP_DATA).", show_default=False)
]


def settings_of(data: Path | None = None, *, empty: bool = False) -> Settings:
    """Read the settings, with the flags given on top of the environment."""
    given: dict[str, object] = {}
    if data is not None:
        given["data"] = data
    if empty:
        given["empty"] = True
    return Settings(**given)  # type: ignore[arg-type]


def register_of(data: Path | None, *, empty: bool = False) -> Register:
    """Open the register that the settings name."""
    settings = settings_of(data, empty=empty)
    return open_register(settings.data, url=settings.database_url or None, empty=settings.empty)
