"""Several workers of one service: one register, one set of numbers."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from prometheus_client import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.parser import text_string_to_metric_families
from typer.testing import CliRunner

from service.cli import app
from tests.live import commanded, until_ready

ITEMS = "/collections/incidents/items"
ITEM = "/collections/{collection_id}/items/{feature_id:path}"
DAY = {"date_start": "2021-03-01", "date_end": "2021-03-01", "district_id": "AZ-AGM"}
DEADLINE = 60.0


@dataclass
class Service:
    """A running service of two workers."""

    address: str
    temporary: Path
    editor: dict[str, str]

    def get(self, path: str) -> httpx2.Response:
        # A connection of its own: whichever worker is quicker takes it.
        headers = self.editor | {"Connection": "close"}
        return httpx2.get(self.address + path, headers=headers, timeout=60, verify=False)

    def by_worker(self, route: str) -> dict[str, float]:
        """Requests for a route that each worker has counted."""
        files = self.temporary.glob("hazardmap-scratch-*/metrics-*/counter_*.db")
        return {
            file.stem.removeprefix("counter_"): counted(
                MultiProcessCollector.merge([str(file)], accumulate=True), route
            )
            for file in files
        }

    def told(self, route: str) -> float:
        """Requests for a route as the service tells it."""
        return counted(text_string_to_metric_families(self.get("/metrics").text), route)


def counted(metrics: "Iterator[Metric]", route: str) -> float:
    return sum(
        sample.value
        for metric in metrics
        for sample in metric.samples
        if sample.name == "hazardmap_requests_total" and sample.labels["route"] == route
    )


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("workers")
    temporary = folder / "temporary"
    temporary.mkdir()
    words = ["keys", "add", "office", "--role", "editor", "--data", str(folder / "data")]
    done = CliRunner().invoke(app, words)
    key = {"Authorization": f"Bearer {done.stdout.strip()}"}
    with commanded(folder / "data", "--workers", "2", TMPDIR=str(temporary)) as address:
        until_ready(address)
        yield Service(address, temporary, key)
    assert not list(temporary.glob("hazardmap-scratch-*/*"))


def until_both_answered(service: Service, path: str, route: str) -> list[httpx2.Response]:
    """Ask until each worker has answered at least three times."""
    answers: list[httpx2.Response] = []
    deadline = time.monotonic() + DEADLINE
    with ThreadPoolExecutor(4) as pool:
        while True:
            answers += pool.map(service.get, [path] * 4)
            shares = service.by_worker(route)
            if len(shares) == 2 and min(shares.values()) >= 3:
                return answers
            assert time.monotonic() < deadline, shares


def test_a_write_through_one_worker_is_read_from_both(service: Service) -> None:
    body = {"type": "Feature", "id": "w1", "geometry": None, "properties": DAY}
    answer = httpx2.post(
        service.address + ITEMS, json=body, headers=service.editor, timeout=60, verify=False
    )
    assert answer.status_code == 201, answer.text

    answers = until_both_answered(service, f"{ITEMS}/w1", ITEM)

    # On the embedded store every request looks first: nobody is behind, not even once.
    assert {a.status_code for a in answers} == {200}
    assert {a.json()["id"] for a in answers} == {"w1"}
    print(f"{len(answers)} reads, by worker {service.by_worker(ITEM)}")


def test_the_metrics_are_the_sum_over_the_workers(service: Service) -> None:
    sent = len(until_both_answered(service, "/healthz", "/healthz"))
    # What has been answered is counted a moment later.
    deadline = time.monotonic() + DEADLINE
    while sum(service.by_worker("/healthz").values()) < sent:
        assert time.monotonic() < deadline, service.by_worker("/healthz")
        time.sleep(0.01)
    assert service.told("/healthz") == sum(service.by_worker("/healthz").values()) == sent


def test_writes_through_both_workers_are_all_kept(service: Service) -> None:
    def post(number: int) -> int:
        body = {"type": "Feature", "id": f"m{number}", "geometry": None, "properties": DAY}
        headers = service.editor | {"Connection": "close"}
        sent: Callable[..., httpx2.Response] = httpx2.post
        return sent(
            service.address + ITEMS, json=body, headers=headers, timeout=60, verify=False
        ).status_code

    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(post, range(12)))

    assert statuses == [201] * 12
    found = service.get(f"{ITEMS}?limit=100").json()["features"]
    assert {f"m{n}" for n in range(12)} <= {f["id"] for f in found}
