"""Servers on a free port of the loopback: the service for real clients, and others for it."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import uvicorn

from service.commands.serve import server_options

ROOT = Path(__file__).resolve().parents[1]
SERVE = """
import socket, sys, uvicorn
listening = socket.socket(fileno=int(sys.argv[1]))
from service.commands.serve import server_options
from service.settings import Settings
config = uvicorn.Config(**server_options(Settings()), log_level="warning")
uvicorn.Server(config).run(sockets=[listening])
"""


@contextmanager
def threaded(app: Any) -> Iterator[str]:
    """Serve an application, which nobody else serves, by a thread here; gives its address.

    A process of its own takes three seconds of processor time more. It is for clients that hold
    the interpreter while they wait (GDAL), and where the process is what is tested.
    """
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    options = server_options(app.state.settings) | {"app": app, "factory": False}
    server = uvicorn.Server(uvicorn.Config(**options, log_config=None, log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(20)


@contextmanager
def answering(handler: Callable[..., BaseHTTPRequestHandler]) -> Iterator[str]:
    """Let a handler of a test answer as some other server, on a thread; gives its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    # Looks a hundred times a second whether it is to end, for which the end has to wait.
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@contextmanager
def served(data: Path, **settings: str) -> Iterator[str]:
    """Serve a data directory; gives the service's address (see `running`)."""
    with running(data, **settings) as (address, _):
        yield address


@contextmanager
def running(data: Path, **settings: str) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """Serve a data directory; gives the service's address and its process, which may be ended.

    The socket listens before the process starts: a client that connects early waits for
    the answer, so that nothing has to be polled.

    Parameters
    ----------
    data
        The data directory.
    **settings
        Further settings, e.g. ``max_limit="1000"``.
    """
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(64)
    number = listening.fileno()
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(number)],
        pass_fds=[number],
        env=_environment(data, settings),
        cwd=data.parent,
    )
    listening.close()  # the process has it now; should it die, clients are refused at once
    try:
        yield address, process
    finally:
        _end(process)


@contextmanager
def commanded(data: Path, *arguments: str, **settings: str) -> Iterator[str]:
    """Serve as users do, by ``python -m service serve``; gives the service's address.

    Several may start at once: wait for each with `until_ready`.

    Parameters
    ----------
    data
        The data directory.
    *arguments
        Further arguments, e.g. ``"--workers", "2"``.
    **settings
        Further settings, e.g. ``database_url="postgresql+psycopg://..."``; those in capitals
        go into the environment as they are.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    command = [sys.executable, "-m", "service", "serve", "--port", port, "--data", str(data)]
    log = (data.parent / f"{port}.log").open("wb")
    process = subprocess.Popen(
        [*command, *arguments],
        env=_environment(data, settings),
        cwd=data.parent,
        stdout=log,
        stderr=log,
        start_new_session=True,  # so that workers can be ended with it, should it hang
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        _end(process)
        log.close()


def until_ready(address: str, seconds: float = 150) -> None:
    """Wait until a service that is starting says that it can serve."""
    deadline = time.monotonic() + seconds
    while not _is_ready(address):
        assert time.monotonic() < deadline, f"{address} is not ready"
        time.sleep(0.05)


def _is_ready(address: str) -> bool:
    try:
        # Without certificates to read, which takes 28 ms each time: nothing is encrypted here.
        return httpx2.get(f"{address}/readyz", timeout=30, verify=False).status_code == 200
    except httpx2.TransportError:
        return False


def _environment(data: Path, settings: dict[str, str]) -> dict[str, str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("HAZARDMAP_")}
    named = {k if k.isupper() else f"HAZARDMAP_{k.upper()}": v for k, v in settings.items()}
    return environment | named | {"HAZARDMAP_DATA": str(data), "PYTHONPATH": str(ROOT)}


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        if os.getpgid(process.pid) == process.pid:
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait()
