"""Services on one PostgreSQL: each sees the others' writes, none is lost, one may be killed.

Two run for the whole file, one of them with two workers; with a third, nginx gives them to who
asks, as `deploy/` runs them.
"""

import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Barrier

import httpx2
import pytest
from typer.testing import CliRunner

from geodata.register import open_register
from service.cli import app
from tests import needs
from tests.live import ROOT, commanded, running, until_ready
from tests.register.cluster import Cluster

pytestmark = pytest.mark.postgis

ITEMS = "/collections/incidents/items"
DAY = {"date_start": "2021-03-01", "date_end": "2021-03-01", "district_id": "AZ-AGM"}
ROUNDS = 5
WRITERS = 4
DEADLINE = 30.0


@dataclass
class Services:
    """Two services, their database, and a key of an editor made on the command line."""

    both: list[httpx2.Client]
    database: str
    key: dict[str, str] = field(default_factory=dict)
    lost: dict[str, str] = field(default_factory=dict)
    """A key that both took before it was revoked."""

    def command(self, *words: str) -> str:
        done = CliRunner(env={"HAZARDMAP_DATABASE_URL": self.database}).invoke(app, list(words))
        assert done.exit_code == 0, done.output
        return done.stdout.strip()

    def new_key(self, name: str) -> dict[str, str]:
        key = self.command("keys", "add", name, "--role", "editor")
        return {"Authorization": f"Bearer {key}"}


@pytest.fixture(scope="module")
def services(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    folder = tmp_path_factory.mktemp("replicas")
    url = cluster.create("replicas", "template_postgis")
    with (
        commanded(folder / "one", "--workers", "2", database_url=url) as one,
        commanded(folder / "two", database_url=url) as two,
        httpx2.Client(base_url=one, timeout=60) as first,
        httpx2.Client(base_url=two, timeout=60) as second,
    ):
        # Both open the new database at the same time: one of them makes and fills it.
        until_ready(one)
        until_ready(two)
        found = Services([first, second], url)
        found.key, found.lost = found.new_key("office"), found.new_key("lost")
        for client in found.both:
            assert client.get("/healthz", headers=found.lost).status_code == 200
        found.command("keys", "revoke", "lost")
        yield found


def added(services: Services, name: str, at: int = 0) -> httpx2.Response:
    body = {"type": "Feature", "id": name, "geometry": None, "properties": DAY}
    answer = services.both[at].post(ITEMS, json=body, headers=services.key)
    assert answer.status_code == 201, answer.text
    return answer


def until(holds: Callable[[], bool]) -> float:
    """Milliseconds until something holds."""
    started = time.perf_counter()
    while not holds():
        assert time.perf_counter() - started < DEADLINE
        time.sleep(0.01)
    return (time.perf_counter() - started) * 1000


def test_a_write_to_one_is_read_from_the_other(services: Services) -> None:
    took = []
    for turn in range(6):
        there, here = services.both[turn % 2], services.both[1 - turn % 2]
        revision = here.get("/readyz").json()["revision"]
        added(services, f"seen-{turn}", at=turn % 2)
        took.append(until(lambda: here.get(f"{ITEMS}/seen-{turn}").status_code == 200))  # noqa: B023
        assert there.get(f"{ITEMS}/seen-{turn}").status_code == 200
        assert here.get("/readyz").json()["revision"] == revision + 1
    print(f"seen by the other process after {', '.join(f'{ms:.0f}' for ms in took)} ms")
    assert len(took) == 6


def test_a_change_may_follow_at_once_at_the_other_process(services: Services) -> None:
    tag = added(services, "moved").headers["etag"]
    for turn in range(1, 5):
        answer = services.both[turn % 2].patch(
            f"{ITEMS}/moved",
            json={"properties": {"killed": turn}},
            headers=services.key | {"If-Match": tag},
        )
        assert answer.status_code == 200, answer.text
        assert answer.json()["properties"]["version"] == turn + 1
        tag = answer.headers["etag"]


def at_once(services: Services, name: str, turn: int, tag: str | None) -> dict[int, int]:
    """Let writers at both processes change one record at once; status by value written."""
    gate = Barrier(WRITERS)
    headers = services.key | ({"If-Match": tag} if tag else {})

    def write(writer: int) -> tuple[int, int]:
        value = turn * WRITERS + writer
        gate.wait()
        answer = services.both[writer % 2].patch(
            f"{ITEMS}/{name}", json={"properties": {"killed": value}}, headers=headers
        )
        return value, answer.status_code

    with ThreadPoolExecutor(WRITERS) as pool:
        return dict(pool.map(write, range(WRITERS)))


def until_killed_is(client: httpx2.Client, name: str, value: int) -> None:
    path = f"{ITEMS}/{name}"
    until(lambda: client.get(path).json()["properties"]["killed"] == value)


def test_of_writers_with_one_tag_exactly_one_wins(services: Services) -> None:
    tag = added(services, "tagged").headers["etag"]
    written = []
    for turn in range(ROUNDS):
        statuses = at_once(services, "tagged", turn, tag)
        winners = [value for value, status in statuses.items() if status == 200]
        assert len(winners) == 1, statuses
        assert sorted(statuses.values()) == [200, *[412] * (WRITERS - 1)]
        written += winners
        for client in services.both:
            until_killed_is(client, "tagged", winners[0])
        tag = services.both[turn % 2].get(f"{ITEMS}/tagged", headers=services.key).headers["etag"]
    assert killed_in_history(services, "tagged") == [None, *written]


def test_without_a_tag_every_accepted_change_is_in_the_history(services: Services) -> None:
    added(services, "free")
    accepted = []
    for turn in range(ROUNDS):
        statuses = at_once(services, "free", turn, None)
        assert set(statuses.values()) <= {200, 409}, statuses
        accepted += [value for value, status in statuses.items() if status == 200]
    told = killed_in_history(services, "free")
    print(f"without If-Match: {len(accepted)} of {ROUNDS * WRITERS} accepted, none lost")
    assert sorted(told[1:]) == sorted(accepted)
    assert len(accepted) >= ROUNDS


def killed_in_history(services: Services, name: str) -> list[int | None]:
    """Best killed of every version, as told by the command line."""
    register = open_register(url=services.database)
    try:
        told = [revision.record() for revision in register.history(name)]
    finally:
        register.close()
    return [next((c.best for c in one.casualties if c.outcome == "killed"), None) for one in told]


def test_a_revoked_key_is_refused_by_both(services: Services) -> None:
    for client in services.both:
        until(lambda: client.get("/healthz", headers=services.lost).status_code == 401)  # noqa: B023
        assert client.get("/healthz", headers=services.lost).status_code == 401


def alone(address: str, path: str) -> int:
    """Status of what is asked on a connection of its own: whichever worker is quicker takes it."""
    answer = httpx2.get(address + path, headers={"Connection": "close"}, timeout=60, verify=False)
    return answer.status_code


def test_an_acknowledged_write_is_in_the_next_read_of_either_worker(services: Services) -> None:
    address = str(services.both[0].base_url)
    for number in range(20):
        added(services, f"w{number}")
        reads = [alone(address, f"{ITEMS}/w{number}") for _ in range(2)]
        assert reads == [200, 200], number


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


def test_replicas_see_each_write_at_once_and_one_may_be_killed(
    services: Services, tmp_path: Path
) -> None:
    needs.program("nginx")
    stays = str(services.both[1].base_url)
    with running(tmp_path / "data", database_url=services.database) as (address, killed):
        until_ready(address)
        with nginx(tmp_path, [stays, address]) as service:
            until_ready(service)
            for number in range(6):
                body = {"type": "Feature", "id": f"r{number}", "geometry": None, "properties": DAY}
                answer = httpx2.post(
                    service + ITEMS, json=body, headers=services.key, timeout=60, verify=False
                )
                assert answer.status_code == 201, answer.text
                # No wait and no second look: each read knows what was acknowledged before.
                read = [alone(one, f"{ITEMS}/r{number}") for one in (stays, address)]
                assert read == [200, 200]

            def read_and_kill(number: int) -> int:
                if number == 20:
                    killed.kill()
                return alone(service, f"{ITEMS}/r{number % 6}?f=json")

            with ThreadPoolExecutor(4) as readers:
                statuses = set(readers.map(read_and_kill, range(60)))
            assert killed.wait(10) == -signal.SIGKILL
            assert statuses == {200}
            answer = httpx2.get(f"{service}/readyz", timeout=60, verify=False)
            assert answer.json()["status"] == "ready"
