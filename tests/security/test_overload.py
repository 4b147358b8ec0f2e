"""Too many requests at a time are refused in words; a service that ends answers first."""

import json
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, BrokenBarrierError, Event
from urllib.parse import urlsplit

import httpx2
import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from geodata.register import Register, open_register
from service.app import create_app
from service.security.keys import KeyStore
from service.settings import Settings
from tests.conftest import founded, nothing
from tests.live import running, until_ready

ITEMS = "/collections/incidents/items"
MOST = 3
DAY = {"date_start": "2021-03-01", "date_end": "2021-03-01", "district_id": "AZ-AGM"}


def test_requests_over_the_bound_are_told_when_to_come_again(
    register: Register, tmp_path: Path
) -> None:
    app = create_app(Settings(data=tmp_path / "data", max_requests=MOST), register)
    under_way, end = Barrier(MOST + 1), Event()

    def slow() -> str:
        under_way.wait(20)
        end.wait(20)
        return "done"

    # Before the pages of the application, which take every other address.
    app.routes.insert(0, APIRoute("/slow", slow))
    with TestClient(app) as client, ThreadPoolExecutor(MOST) as pool:
        waiting = [pool.submit(client.get, "/slow") for _ in range(MOST)]
        try:
            under_way.wait(20)
            refused = client.get(ITEMS)
            alive = [client.get(path).status_code for path in ("/healthz", "/readyz")]
        except BrokenBarrierError:
            pytest.fail("the requests did not begin")
        finally:
            end.set()
        assert [one.result().status_code for one in waiting] == [200] * MOST
        assert refused.status_code == 503
        assert refused.headers["retry-after"] == "5"
        assert refused.json()["code"] == "busy"
        assert alive == [200, 200]
        assert client.get(ITEMS).status_code == 200


def test_a_service_that_is_told_to_end_answers_what_is_under_way(tmp_path: Path) -> None:
    data = tmp_path / "data"
    register = founded(data, nothing)
    key = KeyStore(register.store).add("office", "editor")
    register.close()
    feature = {"type": "Feature", "id": "late", "geometry": None, "properties": DAY}
    body = json.dumps(feature).encode()
    head = (
        f"POST {ITEMS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/geo+json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with running(data) as (address, process):
        until_ready(address)
        where = urlsplit(address)
        assert where.hostname
        assert where.port
        with (
            socket.create_connection((where.hostname, where.port), timeout=30) as idle,
            socket.create_connection((where.hostname, where.port), timeout=30) as client,
        ):
            client.sendall(head.encode() + body[:20])
            assert httpx2.get(f"{address}/healthz", timeout=30).status_code == 200
            process.send_signal(signal.SIGTERM)
            assert idle.recv(1) == b""  # closed at once: it asks for nothing
            client.sendall(body[20:])
            answer = client.recv(65_536)
            assert answer.startswith(b"HTTP/1.1 201"), answer
        assert process.wait(30) in (0, -signal.SIGTERM)
    register = open_register(data)
    assert "late" in register.snapshot().incidents.index
    register.close()
