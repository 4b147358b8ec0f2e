"""The command ``hazardmap``. Each command's module loads only when it is called."""

import importlib
import os
import sys
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

COMMANDS = {
    "serve": ("service.commands.serve:command", "Serve the layers, maps and pages over HTTP."),
    "import": ("service.commands.import_:command", "Take files into the register."),
    "extract": ("service.commands.extract:command", "Show what reports say, as candidates."),
    "export": ("service.commands.export:export", "Write a layer to a file."),
    "risk": ("service.commands.export:risk", "Write the risk per district to a file."),
    "surface": ("service.commands.export:surface", "Write the risk surface to a file."),
    "forecast": ("service.commands.export:forecast", "Write the incidents to expect to a file."),
    "priorities": (
        "service.commands.export:priorities",
        "Write the districts in the order of clearance or risk education.",
    ),
    "publish": ("service.commands.export:publish", "Write a package for a data portal (HXL)."),
    "map": ("service.commands.export:map_", "Write the risk map as HTML, PNG or PDF."),
    "backtest": (
        "service.commands.export:backtest",
        "Say how well the ranking foresees the next period.",
    ),
    "boundaries": (
        "service.commands.register:boundaries",
        "List, choose and withdraw districts.",
    ),
    "keys": ("service.commands.keys:app", "Add, list, rotate and revoke access keys."),
    "history": ("service.commands.register:history", "Show every change of an incident."),
    "diff": (
        "service.commands.register:diff",
        "Show what changed in the register between two dates.",
    ),
    "verify": (
        "service.commands.register:verify",
        "Prove that the register is whole, or where it breaks.",
    ),
    "redact": ("service.commands.register:redact", "Take words of a record back for good."),
    "backup": ("service.commands.register:backup", "Copy the register to a verified backup file."),
    "restore": ("service.commands.register:restore", "Fill a new register from a backup."),
    "copy": ("service.commands.register:copy", "Copy the register to another store, losslessly."),
}
"""Name → the function, or the group of its own commands, and help."""


class _Lazy(TyperGroup):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: Any) -> list[str]:
        """List the commands in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import the module of one command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        place, text = COMMANDS[cmd_name]
        if not _is_called(cmd_name):
            return typer.core.TyperCommand(cmd_name, help=text, short_help=text)
        module_name, _, name = place.partition(":")
        command = getattr(importlib.import_module(module_name), name)
        if isinstance(command, typer.Typer):
            return get_command(command)
        wrapper = typer.Typer(add_completion=False, rich_markup_mode=None)
        wrapper.command(cmd_name, help=command.__doc__)(command)
        return get_command(wrapper)


def _is_called(name: str) -> bool:
    return name in sys.argv[1:] or "pytest" in sys.modules


app = typer.Typer(cls=_Lazy, no_args_is_help=True, add_completion=False)


@app.callback()
def _root() -> None:
    """Turn reports of landmine and UXO blasts into a register, risk layers and maps."""


def main() -> None:
    """Run the command line: exit code 0 done, 1 refused input, 2 usage."""
    from geodata.deferred import collect_less
    from geodata.errors import GeodataError

    collect_less()
    # The matrices here are small: threads of BLAS would wait for each other at full speed, which
    # trebles the processor time of a forecast.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # No plugin of Pydantic is used; to find none, it reads what each installed package says.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "true")
    # What commands write may name places that are kept from the public: give it on on purpose.
    os.umask(0o077)
    try:
        app()
    except OSError as reason:
        named = f"{reason.filename}: " if reason.filename else ""
        typer.echo(f"hazardmap: {named}{reason.strerror or reason}.", err=True)
        sys.exit(1)
    except GeodataError as error:
        typer.echo(f"hazardmap: {error.message}", err=True)
        for detail in error.details[:20]:
            typer.echo("  " + "  ".join(f"{k}: {v}" for k, v in detail.items()), err=True)
        if len(error.details) > 20:
            typer.echo(f"  … and {len(error.details) - 20} more", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
