"""``hazardmap serve``: the layers, maps and pages over HTTP."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from geodata.deferred import collect_less, keep_loaded
from geodata.disk import scratch
from service.commands.options import DataOption, settings_of
from service.settings import Settings

GRACE_SECONDS = 30
"""How long a service that is told to end goes on with the requests under way."""


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

    from geodata.disk import private_folder, sweep
    from geodata.register.opening import prepare, store_for
    from service.security.connections import networks_of
    from service.security.telemetry import configuration

    settings = settings_of(data, empty=empty)
    networks_of(settings.trusted_proxies)  # a wrong one is told before anything starts
    sweep()
    private_folder(Path(settings.data))
    # Here, where an error is a sentence; the workers then find the register made.
    store = store_for(settings.data, settings.database_url or None)
    try:
        prepare(store, empty=settings.empty)
    finally:
        store.close()
    os.environ["HAZARDMAP_DATA"] = str(settings.data)
    os.environ["HAZARDMAP_EMPTY"] = str(settings.empty).lower()
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104
    base = settings.public_url or f"http://{shown}:{port}"
    typer.echo(f"hazardmap  {base}/            layers and pages", err=True)
    typer.echo(f"           {base}/maps/risk   the risk map", err=True)
    typer.echo(f"           {base}/docs        the interface, to try", err=True)
    with _shared_numbers(workers):
        uvicorn.run(
            host=host,
            port=port,
            workers=workers,
            log_config=configuration(settings.log_level),
            **server_options(settings),
        )


def server_options(settings: Settings) -> dict[str, Any]:
    """Give what the server is to be run with, wherever it listens."""
    return {
        "app": "service.commands.serve:application",
        "factory": True,
        "http": "service.security.connections:BoundedProtocol",
        "ws": "none",
        # Without a proxy whoever asks could name himself as he likes, from the machine itself too.
        "proxy_headers": bool(settings.trusted_proxies),
        "forwarded_allow_ips": settings.trusted_proxies,
        "server_header": False,
        # Requests under way are answered first; whoever takes longer is cut off.
        "timeout_graceful_shutdown": GRACE_SECONDS,
    }


@contextmanager
def _shared_numbers(workers: int) -> Iterator[None]:
    """Give several workers a directory for their numbers; it has to be empty at the start."""
    if workers == 1 or "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        yield
        return
    with scratch("metrics") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        yield


def application() -> object:
    """Build the application of one worker from the environment."""
    # Several workers are processes of their own, which did not come through `main`.
    collect_less()
    from service.app import create_app

    made = create_app(Settings())
    keep_loaded()
    return made
