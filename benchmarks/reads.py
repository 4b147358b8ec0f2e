"""What a read costs inside the service: our files that it enters, and processor time.

The application is called as a server calls it, without sockets, so that the figures are those
of the service alone. Each request is another one: nothing is answered from memory of answers.

Run: ``python benchmarks/reads.py [--files | --written] [--count N]``.
"""

import argparse
import asyncio
import itertools
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import quote, urlsplit

from geodata.model import Casualty, DistrictWeight, Incident
from geodata.register import Change, open_register
from service.app import create_app
from service.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
OURS = (str(ROOT / "service"), str(ROOT / "geodata"))
BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"


def made(number: int) -> Incident:
    """An incident whose fields follow from its number; every fifth has no point."""
    day = date(2015, 1, 1) + timedelta(days=number % 3_000)
    placed = number % 5 > 0
    return Incident(
        incident_id=f"m{number:06d}",
        record_status="verified",
        date_start=day,
        date_end=day,
        longitude=46.0 + number % 97 / 50 if placed else None,
        latitude=39.2 + number % 89 / 50 if placed else None,
        districts=(DistrictWeight(district_id="AZ-AGM"),),
        device=("at_mine", "ap_mine", "uxo", "unknown")[number % 4],
        casualties=(Casualty(outcome="killed", best=number % 4),),
    )


class Counter:
    """Counts the project's files that are entered while it is on, in every thread."""

    def __init__(self) -> None:
        self.on = False
        self.files: set[str] = set()
        sys.setprofile(self._seen)
        threading.setprofile(self._seen)

    def _seen(self, frame: FrameType, event: str, _argument: Any) -> None:
        if self.on and event == "call" and frame.f_code.co_filename.startswith(OURS):
            self.files.add(frame.f_code.co_filename)

    def stop(self) -> None:
        """Leave no profile behind."""
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]


async def ask(app: Any, address: str, accept: str = "*/*") -> int:
    """Ask one GET and drop the body; gives the status."""
    parts = urlsplit(address)
    status = 0
    sent = False

    async def receive() -> dict[str, Any]:
        nonlocal sent
        if sent:
            await asyncio.sleep(3600)
        sent = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": [(b"host", b"localhost:8000"), (b"accept", accept.encode())],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 8000),
        "state": {},
    }
    await app(scope, receive, send)
    return status


def addresses(number: Iterator[int], count: int) -> dict[str, Any]:
    """What is asked: a name, and how to make one more request of its kind."""

    def feature() -> str:
        return f"/collections/incidents/items/m{next(number) % count:06d}"

    def filtered() -> str:
        text = quote(
            f"killed >= 1 AND date_start > DATE('2021-01-01') AND version < {next(number)}"
        )
        return f"/collections/incidents/items?filter={text}&limit=10"

    def boxed() -> str:
        east = 47 + next(number) / 1e6
        return f"/collections/incidents/items?bbox=46,39,{east},41&limit=10"

    def page() -> str:
        return f"/collections/incidents/items?device=uxo&limit={10 + next(number) % 200}"

    return {
        "one feature": feature,
        "filtered items": filtered,
        "items in a box": boxed,
        "items by equality": page,
        "landing page": lambda: "/",
        "district page": lambda: f"/districts/AZ-AGM?weight=incidents&half-life={next(number)}",
    }


async def measure(
    app: Any,
    count: int,
    repeats: int,
    *,
    counter: Counter | None,
    write: Callable[[], object] | None = None,
) -> None:
    """Print one row a kind of request, each after a write, if one is given; that is not counted."""
    number = itertools.count(1_000)
    for name, make in addresses(number, count).items():
        accept = BROWSER if "page" in name and "landing" not in name else "*/*"
        for _ in range(3):
            assert await ask(app, make(), accept) == 200, name
        if counter is not None:
            counter.files.clear()
            counter.on = True
            await ask(app, make(), accept)
            counter.on = False
            print(f"{name:20} {len(counter.files):4} files")
            for file in sorted(counter.files):
                print(f"    {Path(file).relative_to(ROOT)}")
            continue
        rounds = repeats if "page" not in name or "landing" in name else 3
        made_before = [make() for _ in range(rounds)]
        spent = []
        for address in made_before:
            if write is not None:
                write()
            begun = time.process_time()
            await ask(app, address, accept)
            spent.append(time.process_time() - begun)
        mean = 1000 * sum(spent) / rounds
        print(f"{name:20} {mean:8.3f} ms of processor time, the least {1000 * min(spent):.3f}")


async def bare(_scope: Any, receive: Any, send: Any) -> None:
    """Answer as an application that does nothing: the limit."""
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"x" * 1_500})


def main() -> None:
    """Open a register of some thousand incidents and ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=5_000, help="incidents held")
    parser.add_argument("--repeats", type=int, default=200, help="requests of each kind")
    parser.add_argument("--files", action="store_true", help="count files in place of time")
    parser.add_argument("--written", action="store_true", help="write before each request")
    asked = parser.parse_args()
    counter = Counter() if asked.files else None
    with tempfile.TemporaryDirectory() as folder:
        register = open_register(folder)
        register.append(
            [Change("incident", made(number)) for number in range(asked.count)], author="bench"
        )
        app = create_app(Settings(data=Path(folder)), register)
        new = itertools.count(asked.count)
        write = None
        if asked.written:
            write = lambda: register.create(made(next(new)), author="bench")  # noqa: E731
        asyncio.run(measure(app, asked.count, asked.repeats, counter=counter, write=write))
        if counter is None:
            begun = time.process_time()
            asyncio.run(_limit(asked.repeats))
            spent = time.process_time() - begun
            print(f"{'bare application':20} {1000 * spent / asked.repeats:8.3f} ms")
        else:
            counter.stop()
        register.close()


async def _limit(repeats: int) -> None:
    for _ in range(repeats):
        await ask(bare, "/")


if __name__ == "__main__":
    main()
