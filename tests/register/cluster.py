"""A PostgreSQL server of one's own for a test session: loopback only, thrown away after."""

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psycopg


class Cluster:
    """A running server; `url(database)` names one of its databases."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="hazardmap-pg-"))
        self.port = _free_port()
        # PostgreSQL refuses to run as root.
        self.user = "postgres" if os.geteuid() == 0 else None
        if self.user:
            shutil.chown(self.folder, self.user)
        self.data = self.folder / "data"
        self._run(
            "initdb",
            "-D",
            str(self.data),
            "-U",
            "tester",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        )
        self.start()
        self.create("template_postgis")
        with self.connect("template_postgis") as connection:
            connection.execute("CREATE EXTENSION postgis")

    def connect(self, database: str) -> "psycopg.Connection":
        """Open a connection whose statements count at once."""
        import psycopg

        address = f"host=127.0.0.1 port={self.port} user=tester dbname={database}"
        return psycopg.connect(address, autocommit=True)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), *arguments]
        subprocess.run(
            command,
            check=True,
            user=self.user,
            cwd="/",
            capture_output=True,
            timeout=150,
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
        )

    def start(self) -> None:
        # Without fsync a start after a kill does not write out the files of every database that
        # the tests have made; what a killed process committed is with the system all the same.
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        self._run(
            "pg_ctl",
            "-D",
            str(self.data),
            "-w",
            "-l",
            str(self.folder / "log"),
            "-o",
            options,
            "start",
        )

    def stop(self, mode: str = "immediate") -> None:
        self._run("pg_ctl", "-D", str(self.data), "-w", "-m", mode, "stop")

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://tester@127.0.0.1:{self.port}/{database}"

    def create(self, database: str, template: str = "template1") -> str:
        # Through the log of writes, as is usual, copying takes half as long again.
        with self.connect("postgres") as connection:
            connection.execute(f"CREATE DATABASE {database} TEMPLATE {template} STRATEGY file_copy")
        return self.url(database)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
