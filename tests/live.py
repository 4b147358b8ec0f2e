"""The service as a process of its own on a free port of the loopback, for real clients."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SERVE = """
import socket, sys, uvicorn
listening = socket.socket(fileno=int(sys.argv[1]))
config = uvicorn.Config(
    "service.commands.serve:application", factory=True, log_level="warning", proxy_headers=True
)
uvicorn.Server(config).run(sockets=[listening])
"""


@contextmanager
def served(data: Path, **settings: str) -> Iterator[str]:
    """Serve a data directory; gives the service's address.

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
    environment = {k: v for k, v in os.environ.items() if not k.startswith("HAZARDMAP_")}
    environment |= {f"HAZARDMAP_{k.upper()}": v for k, v in settings.items()}
    environment |= {"HAZARDMAP_DATA": str(data), "PYTHONPATH": str(ROOT)}
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(number)],
        pass_fds=[number],
        env=environment,
        cwd=data.parent,
    )
    listening.close()  # the process has it now; should it die, clients are refused at once
    try:
        yield address
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
