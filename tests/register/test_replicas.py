"""Replicas on one PostgreSQL behind nginx, as `deploy/` runs them: one service to who asks."""

import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from geodata.register import open_register
from service.security.keys import KeyStore
from tests import needs
from tests.live import ROOT, running, until_ready

ITEMS = "/collections/incidents/items"
DAY = {"date_start": "2021-03-01", "date_end": "2021-03-01", "district_id": "AZ-AGM"}


@contextmanager
def nginx(folder: Path, replicas: list[str]) -> Iterator[str]:
    """Run nginx by the configuration that is deployed, in front of these replicas."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    for number, address in enumerate(replicas, 1):
        text = text.replace(f"replica-{number}:8000", address.removeprefix("http://"))
    text = text.replace("/tmp/", f"{folder}/").replace("listen 8080", f"listen 127.0.0.1:{port}")
    assert not re.search(r"replica-\d", text)
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    command = [needs.program("nginx"), "-c", str(folder / "nginx.conf"), "-p", str(folder)]
    # What it would log before it has read the configuration belongs here too.
    given = f"daemon off; user root; error_log {folder}/nginx.log;"
    process = subprocess.Popen([*command, "-g", given], stderr=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait(20)


@pytest.mark.postgis
def test_replicas_see_each_write_at_once_and_one_may_be_killed(
    database: str, tmp_path: Path
) -> None:
    needs.program("nginx")
    register = open_register(url=database)
    key = {"Authorization": f"Bearer {KeyStore(register.store).add('office', 'editor')}"}
    register.close()
    given = {"database_url": database, "trusted_proxies": "127.0.0.1"}
    with (
        running(tmp_path / "one", **given) as (one, killed),
        running(tmp_path / "two", **given) as (two, _),
    ):
        for address in (one, two):
            until_ready(address)
        with nginx(tmp_path, [one, two]) as service:
            until_ready(service)
            for number in range(6):
                body = {"type": "Feature", "id": f"r{number}", "geometry": None, "properties": DAY}
                answer = httpx2.post(
                    service + ITEMS, json=body, headers=key, timeout=60, verify=False
                )
                assert answer.status_code == 201, answer.text
                for address in (one, two):
                    # No wait and no second look: each read knows what was acknowledged before.
                    read = httpx2.get(f"{address}{ITEMS}/r{number}", timeout=60, verify=False)
                    assert read.status_code == 200

            def read(number: int) -> int:
                if number == 20:
                    killed.kill()
                answer = httpx2.get(
                    f"{service}{ITEMS}/r{number % 6}?f=json", timeout=60, verify=False
                )
                return answer.status_code

            with ThreadPoolExecutor(4) as readers:
                statuses = list(readers.map(read, range(60)))
            assert killed.wait(10) == -signal.SIGKILL
            assert set(statuses) == {200}
            answer = httpx2.get(f"{service}/readyz", timeout=60, verify=False)
            assert answer.json()["status"] == "ready"
