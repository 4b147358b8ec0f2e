"""``make soak``: what a test of a second cannot show, within a time; its figures as one table.

Four parts share the time. Each stops at its share, and fails where a promise is broken: a
write that was acknowledged is lost or halved, a hidden word is served, an answer is 500.
"""

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Thread
from typing import Any

import httpx2
import numpy as np
from starlette.testclient import TestClient

from geodata.formats import FORMATS
from geodata.register import Change, open_register
from service.app import create_app
from service.collections import COLLECTIONS
from service.security.keys import KeyStore
from service.settings import Settings
from tests import needs
from tests.http import bad_requests
from tests.http.conftest import keys_of, open_world
from tests.live import running, until_ready
from tests.register import test_kill as kill
from tests.register.cluster import Cluster
from tests.register.conftest import blast
from tests.security import test_leaks as leaks

ITEMS = "/collections/incidents/items"
MOST_SECONDS = 540
"""With making registers and starting services it stays within ten minutes."""
HELD = 5_000
"""Incidents that the load reads among."""
READERS, WRITERS = 3, 1
HOSTILE = (
    *("", "0", "-1", "1e999", "NaN", "9" * 400, "null", "true", "'", "\"'><script>", "%", "%00"),
    *("\x00", "\ud7ff", "\U0010ffff", "ə" * 3_000, "../../etc/passwd", "=1+1", "*", "(" * 2_000),
    *("0001-01-01", "9999-12-31T23:59:60Z", "../..", "2021-02-30", "2021-01-01/2020-01-01"),
    *("180,90,-180,-90", "1,2,3", "inf,inf,inf,inf", "POINT(1e400 0)", "AZ-AGM", "I1;DROP"),
)
"""Values for any parameter and any hole of an address."""
NAMES = (
    *("limit", "offset", "token", "bbox", "bbox-crs", "crs", "datetime", "filter", "filter-lang"),
    *(
        "properties",
        "sortby",
        "f",
        "lang",
        "as-of",
        "boundaries",
        "weight",
        "smoothing",
        "half-life",
    ),
    *("from", "to", "where", "q", "district", "device", "killed", "date_start", "longitude"),
)
Figures = list[tuple[str, str]]


def main(seconds: float) -> int:
    """Run all parts within a time; give the exit code."""
    seconds = min(seconds, MOST_SECONDS)
    parts: tuple[tuple[str, float, Callable[[float, Path], Figures]], ...] = (
        ("kills, SQLite", 0.1, kills_on_sqlite),
        ("kills, PostGIS", 0.15, kills_on_postgis),
        ("leak walk", 0.4, leak_walk),
        ("hostile requests", 0.15, fuzz),
        ("mixed load", 0.2, load),
    )
    begun, failed = time.monotonic(), False
    rows: list[tuple[str, str, str]] = []
    for name, share, part in parts:
        print(f"… {name}", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory() as folder:
            try:
                found = part(seconds * share, Path(folder))
            except AssertionError as broken:
                failed, found = True, [("BROKEN", str(broken).splitlines()[0][:200])]
        rows += [(name, what, value) for what, value in found]
    print(f"{time.strftime('%Y-%m-%d')}, {time.monotonic() - begun:.0f} s\n")
    print("| part | figure | value |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")
    return int(failed)


def _kills(seconds: float, where: str) -> Figures:
    deadline = time.monotonic() + seconds
    acknowledged: set[str] = set()
    turns = held = 0
    took: list[float] = []
    while not turns or time.monotonic() < deadline:
        acknowledged |= kill.acknowledged_until_killed(where, turns)
        begun = time.monotonic()
        url = where if "://" in where else None
        register = open_register(None if url else where, url=url)
        took.append(time.monotonic() - begun)
        held = kill.check(register, acknowledged)
        register.close()
        turns += 1
    return [
        ("processes killed", str(turns * kill.PROCESSES)),
        ("writes acknowledged, held, lost or halved", f"{len(acknowledged)}, {held}, 0"),
        ("register open again, p50, most", f"{np.median(took):.2f} s, {max(took):.2f} s"),
    ]


def kills_on_sqlite(seconds: float, folder: Path) -> Figures:
    """Kill writers on the embedded store, again and again."""
    return _kills(seconds, str(folder / "data"))


def kills_on_postgis(seconds: float, _: Path) -> Figures:
    """Kill writers on PostgreSQL, if it is installed."""
    if not (needs.POSTGRES / "initdb").exists():
        return [("not run", "PostgreSQL is not installed")]
    cluster = Cluster(needs.POSTGRES)
    try:
        return _kills(seconds, cluster.create("soak", "template_postgis"))
    finally:
        cluster.remove()


def leak_walk(seconds: float, folder: Path) -> Figures:
    """Look for planted words in every public address and format, as long as there is time."""
    deadline = time.monotonic() + seconds
    kinds: set[str] = set()
    asked = left = 0
    register = open_register(folder / "data")
    leaks.plant(register)
    for location in ("district", "drop"):
        settings = Settings(data=folder / location, restricted_location=location)
        with TestClient(create_app(settings, register), raise_server_exceptions=False) as client:
            addresses = list(_addresses(client))
            # Where time ends first, it is not always the same ones that are left.
            random.shuffle(addresses)
            # Half of the time for each setting.
            until = deadline if location == "drop" else deadline - seconds / 2
            for address, accept in addresses:
                if time.monotonic() > until:
                    left += 1
                    continue
                answer = client.get(address, headers={"Accept": accept})
                assert answer.status_code != 500, address
                leaks.assert_tight(address, answer.content)
                leaks.assert_tight(f"{address} headers", str(answer.headers).encode())
                kinds.add(answer.headers.get("content-type", "").partition(";")[0])
                asked += 1
    register.close()
    return [
        ("answers searched, media types, marks found", f"{asked}, {len(kinds)}, 0"),
        ("addresses left for want of time", str(left)),
    ]


def _addresses(client: TestClient) -> Iterator[tuple[str, str]]:
    for layer in COLLECTIONS:
        for key in ("json", "html", *FORMATS):
            yield f"/collections/{layer}/items?f={key}&limit=10000", "*/*"
    for path in leaks.paths(client):
        for accept in ("application/json", "text/html"):
            yield path, accept


def fuzz(seconds: float, folder: Path) -> Figures:
    """Send what cannot be answered: all known kinds, then made ones, with and without a key."""
    world = open_world(folder, 0)
    client = TestClient(world.client.app, raise_server_exceptions=False)
    keys = keys_of(world)
    said: dict[int, int] = {}
    deadline = time.monotonic() + seconds
    random_ = random.Random(20260101)
    paths = leaks.paths(client)
    for request in _hostile(random_, paths):
        if time.monotonic() > deadline:
            break
        try:
            status = request.said(client, keys)["status"]
        except (httpx2.InvalidURL, UnicodeError):
            continue  # a client cannot send it
        assert status != 500, str(request)[:400]
        said[status] = said.get(status, 0) + 1
    world.register.close()
    counts = ", ".join(f"{status}: {n}" for status, n in sorted(said.items()))
    return [("requests, answers 500", f"{sum(said.values())}, 0"), ("answers by status", counts)]


def _hostile(random_: random.Random, paths: list[str]) -> Iterator[bad_requests.Bad]:
    yield from bad_requests.every()
    while True:
        pairs = {
            random_.choice(NAMES): random_.choice(HOSTILE) for _ in range(random_.randint(0, 3))
        }
        query = str(httpx2.QueryParams(pairs))
        role = random_.choice(("", "", "editor"))
        accept = {"Accept": random_.choice(("*/*", "text/html", "application/json", "x/y"))}
        if random_.random() < 0.2:
            properties = {name: random_.choice(HOSTILE) for name in random_.sample(NAMES, 3)}
            feature: dict[str, Any] = {
                **bad_requests.FEATURE,
                random_.choice(("geometry", "id", "type")): random_.choice(
                    (*HOSTILE[:12], 7, [], {})
                ),
            }
            feature["properties"] = bad_requests.FEATURE["properties"] | properties
            yield bad_requests.Bad(ITEMS, "POST", "editor", accept, json=feature)
            continue
        path = random_.choice(paths)
        if random_.random() < 0.3:
            head, _, last = path.rpartition("/")
            path = f"{head}/{httpx2.QueryParams({'x': random_.choice(HOSTILE) or last})}"[:2_000]
        yield bad_requests.Bad(f"{path}?{query}" if query else path, "GET", role, accept)


def load(seconds: float, folder: Path) -> Figures:
    """Read and write through a service of its own; memory before and after, times to answer."""
    data = folder / "data"
    register = open_register(data)
    register.append([Change("incident", blast(f"s{n}")) for n in range(HELD)], author="soak")
    key = {"Authorization": f"Bearer {KeyStore(register.store).add('soak', 'editor')}"}
    register.close()
    with ExitStack() as stack:
        address, process = stack.enter_context(running(data))
        until_ready(address)
        read: list[float] = []
        written: list[float] = []
        wrong: list[str] = []

        def work(number: int, until: float) -> None:
            random_ = random.Random(number)
            with httpx2.Client(base_url=address, timeout=60) as client:
                turn = 0
                while time.monotonic() < until:
                    turn += 1
                    begun = time.monotonic()
                    if number < WRITERS:
                        body = {**bad_requests.FEATURE, "id": f"w{number}-{until:.0f}-{turn}"}
                        answer = client.post(ITEMS, json=body, headers=key)
                        written.append(time.monotonic() - begun)
                        time.sleep(0.1)
                    else:
                        answer = client.get(_read(random_))
                        read.append(time.monotonic() - begun)
                    if answer.status_code not in (200, 201, 204):
                        wrong.append(f"{answer.status_code} {answer.url}")

        def together(until: float) -> None:
            workers = [Thread(target=work, args=(n, until)) for n in range(READERS + WRITERS)]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()

        # What is loaded with the first answers belongs to the memory before.
        together(time.monotonic() + seconds / 3)
        before = _memory_mb(process.pid)
        read.clear()
        written.clear()
        together(time.monotonic() + seconds * 2 / 3)
        after = _memory_mb(process.pid)
    assert not wrong, wrong[0]
    return [
        ("reads, p50, p99", _times(read)),
        ("writes, p50, p99", _times(written)),
        ("answers that were errors", "0"),
        ("memory after warming up, at the end", f"{before:.0f} MB, {after:.0f} MB"),
    ]


def _read(random_: random.Random) -> str:
    west, south = 44 + 5 * random_.random(), 38 + 3 * random_.random()
    return random_.choice(
        (
            f"{ITEMS}?bbox={west:.3f},{south:.3f},{west + 1:.3f},{south + 1:.3f}",
            f"{ITEMS}/s{random_.randrange(HELD)}",
            f"{ITEMS}?limit=200&offset={random_.randrange(HELD)}",
            f"{ITEMS}?f=html&limit=20&offset={random_.randrange(HELD)}",
            f"/collections/districts/tiles/WebMercatorQuad/7/48/{random_.randrange(79, 83)}",
            "/collections/risk/items?f=csv",
        )
    )


def _times(seconds: list[float]) -> str:
    p50, p99 = np.percentile(seconds, [50, 99]) * 1_000
    return f"{len(seconds)}, {p50:.0f} ms, {p99:.0f} ms"


def _memory_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 480))
