"""``hazardmap serve``: the layers, maps and pages over HTTP."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from service.commands.options import DataOption, settings_of


def command(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    data: DataOption = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes that answer.")] = 1,
    *,
    empty: Annotated[bool, typer.Option("--empty", help="No bundled data in a new register.")] = (
        False
    ),
) -> None:
    """Serve the layers, maps and pages over HTTP."""
    import uvicorn

    from service.security.logs import configuration

    settings = settings_of(data, empty=empty)
    Path(settings.data).mkdir(parents=True, exist_ok=True)
    os.environ["HAZARDMAP_DATA"] = str(settings.data)
    os.environ["HAZARDMAP_EMPTY"] = str(settings.empty).lower()
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104
    base = settings.public_url or f"http://{shown}:{port}"
    typer.echo(f"hazardmap  {base}/            layers and pages", err=True)
    typer.echo(f"           {base}/maps/risk   the risk map", err=True)
    typer.echo(f"           {base}/docs        the interface, to try", err=True)
    with _shared_numbers(workers):
        uvicorn.run(
            "service.commands.serve:application",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            log_config=configuration(settings.log_level),
            proxy_headers=True,
            server_header=False,
        )


@contextmanager
def _shared_numbers(workers: int) -> Iterator[None]:
    """Give several workers a directory for their numbers; it has to be empty at the start."""
    if workers == 1 or "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="hazardmap-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        yield


def application() -> object:
    """Build the application of one worker from the environment."""
    from service.app import create_app
    from service.settings import Settings

    return create_app(Settings())
