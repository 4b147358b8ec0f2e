"""100 writes a second between reads: what a write takes, and what it takes from the reads.

``python benchmarks/writes.py [--count 1000000] [--rate 100] [--seconds 10] [--data FOLDER]`` fills
a register (once, where a folder is named), and then, in one process and without sockets, writes
so many incidents a second, each of them asked for right after, with other reads between. Printed:
the latency of a write until the next reader sees it, beside that of the disk's own ``fsync``; and
processor time of the reads, which are made with and without the writes, in turns.

``--steps``: processor time of each step of a write and of the reads after it; what grows with
``--count`` is a fault. ``--writers N``: how many writes a second so many threads get done.
"""

import argparse
import asyncio
import itertools
import os
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import date, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
from reads import ask, made
from register import fill

from geodata.errors import Conflict
from geodata.incidents import document
from geodata.register import Register, open_register
from geodata.register.layer import Table
from service.app import create_app
from service.ogc.quick import QUERIES
from service.ogc.ready import write_features
from service.settings import Settings

FIRST, DAYS = date(2012, 1, 1), 4_800
DEVICES = ("at_mine", "ap_mine", "uxo", "unknown")
ROUNDS = 5


def documents_of(count: int) -> Iterator[dict[str, Any]]:
    """Give so many documents, each with a point and a day of its own."""
    rng = random.Random(15)
    templates = [document(made(number)) for number in range(400)]
    for number in range(count):
        day = (FIRST + timedelta(days=rng.randrange(DAYS))).isoformat()
        yield templates[number % 400] | {
            "incident_id": f"m{number:07d}",
            "longitude": round(rng.uniform(45, 49.5), 6),
            "latitude": round(rng.uniform(38.7, 41.5), 6),
            "date_start": day,
            "date_end": day,
            "where_precision": 1,
        }


def asked(count: int) -> dict[str, Callable[[random.Random], str]]:
    """Give the kinds of reads, each request another one."""
    side = (1_000 / count * 4.5 * 2.8) ** 0.5 * 0.95

    def feature(rng: random.Random) -> str:
        return f"/collections/incidents/items/m{rng.randrange(count):07d}"

    def box(rng: random.Random) -> str:
        west, south = rng.uniform(45, 49.5 - side), rng.uniform(38.7, 41.5 - side)
        text = f"{west:.6f},{south:.6f},{west + side:.6f},{south + side:.6f}"
        return f"/collections/incidents/items?limit=1000&bbox={text}"

    def when(rng: random.Random) -> str:
        first = FIRST + timedelta(days=rng.randrange(4_000))
        last = first + timedelta(days=10)
        device = rng.choice(DEVICES)
        return f"/collections/incidents/items?datetime={first}/{last}&device={device}&limit=1000"

    return {"one feature": feature, "box of 1,000": box, "date and device": when}


def percentiles(values: list[float]) -> str:
    """Give the middle one and that which one in a hundred exceeds, in ms."""
    return " / ".join(f"{1000 * np.percentile(values, share):.1f}" for share in (50, 99))


def fsyncs(folder: Path, times: int = 100) -> list[float]:
    """Time the disk: a page written and on disk."""
    taken = []
    with (folder / "fsync").open("wb", buffering=0) as file:
        for _ in range(times):
            begun = time.perf_counter()
            file.write(b"x" * 4_096)
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - begun)
    (folder / "fsync").unlink()
    return taken


async def measured(app: Any, register: Register, count: int, rate: float, seconds: float) -> None:
    """Print the two tables."""
    rng, new = random.Random(int(time.time())), itertools.count(int(time.time() * 1000))

    def write() -> float:
        one = made(next(new)).model_copy(update={"date_start": FIRST, "date_end": FIRST})
        begun = time.perf_counter()
        register.create(one, author="bench")
        assert register.snapshot().incidents.index[-1] == one.incident_id
        return time.perf_counter() - begun

    for make in asked(count).values():
        for _ in range(6):
            assert await ask(app, make(rng)) == 200
    written: list[float] = []
    lines = []
    for name, make in asked(count).items():
        least = {True: float("inf"), False: float("inf")}
        for _ in range(ROUNDS):
            for writing in (False, True):
                each, due = [], time.perf_counter()
                end = due + seconds / ROUNDS
                while time.perf_counter() < end:
                    if writing and time.perf_counter() >= due:
                        written.append(write())
                        due += 1 / rate
                    begun = time.process_time()
                    await ask(app, make(rng))
                    each.append(time.process_time() - begun)
                least[writing] = min(least[writing], sum(each) / len(each))
        ratio = least[True] / least[False]
        lines.append(
            f"| {name} | {1000 * least[False]:.2f} | {1000 * least[True]:.2f} | {ratio:.1f} |"
        )
    done = len(written) / (seconds * len(lines))
    print(f"| write, until it is seen: p50 / p99, ms | {percentiles(written)} |")
    print(f"| writes a second that were done | {done:.1f} |")
    print("\n| read | ms of processor time | between writes | × |\n|---|---|---|---|")
    print("\n".join(lines))


class Steps:
    """Processor time of what is wrapped, without what else is wrapped and called within."""

    def __init__(self) -> None:
        self.spent: dict[str, list[float]] = defaultdict(list)
        self._within: list[float] = []

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure one step."""
        begun = time.process_time()
        self._within.append(0.0)
        yield
        took = time.process_time() - begun
        self.spent[name].append(took - self._within.pop())
        if self._within:
            self._within[-1] += took

    def wrap(self, owner: Any, name: str, label: Callable[..., str]) -> None:
        """Measure a method from now on."""
        method = getattr(owner, name)

        def measured(*given: Any) -> Any:
            with self.step(label(*given)):
                return method(*given)

        setattr(owner, name, measured)


def _name(key: Any) -> str:
    """Give the name in a key under which something is carried over."""
    named = key[-1] if isinstance(key[-1], tuple) else key
    return str(named[0])


async def stepped(app: Any, register: Register, count: int, times: int = 20) -> None:
    """Print what each step of a write costs, and of the first and the second read after it."""
    steps = Steps()
    steps.wrap(Table, "carried", lambda _, key, *_more: f"what follows: {_name(key)}")
    steps.wrap(Table, "with_rows", lambda *_: "row put into the columns")
    steps.wrap(Table, "without", lambda *_: "row taken out of the columns")
    steps.wrap(Table, "frame", lambda *_: "frame")
    rng, new = random.Random(3), itertools.count(int(time.time() * 1000))

    ways: dict[str, Callable[[], object]] = {
        "create": lambda: register.create(made(next(new)), author="bench"),
        "correct": lambda: register.verify(f"m{rng.randrange(count):07d}", author="bench"),
        "retract": lambda: register.retract(f"m{rng.randrange(count):07d}", author="bench"),
    }
    for way, write in ways.items():
        for number in range(times + 2):
            if number == 2:
                steps.spent.clear()
            with suppress(Conflict), steps.step("write, with its fsync"):
                write()
            for turn in ("first", "second"):
                for name, make in asked(count).items():
                    address = make(rng)
                    with steps.step(f"{turn} read: {name}"):
                        await ask(app, address)
        print(f"\n| {way} | ms a write | the least |\n|---|---|---|")
        for name, each in sorted(steps.spent.items(), key=lambda one: -sum(one[1])):
            if sum(each) * 1000 > times / 10:
                total, least = 1000 * sum(each) / times, 1000 * min(each)
                print(f"| {name} | {total:.2f} | {least:.2f} |")
        print(f"| all | {1000 * sum(map(sum, steps.spent.values())) / times:.1f} | |")


def at_once(register: Register, writers: int, seconds: float) -> None:
    """Print how many writes so many threads get done, each after its own acknowledgement."""
    new, end = itertools.count(int(time.time() * 1000)), time.perf_counter() + seconds
    taken: list[float] = []

    def work() -> None:
        while time.perf_counter() < end:
            one = made(next(new))
            begun = time.perf_counter()
            register.create(one, author="bench")
            taken.append(time.perf_counter() - begun)

    threads = [Thread(target=work) for _ in range(writers)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    print(f"| {writers} at once, p50 / p99, ms | {percentiles(taken)} |")
    print(f"| writes a second | {len(taken) / seconds:.0f} |")


def main() -> None:
    """Fill a register and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000, help="incidents held")
    parser.add_argument("--rate", type=float, default=100, help="writes a second")
    parser.add_argument("--seconds", type=float, default=10, help="for each kind of read")
    parser.add_argument("--data", type=Path, help="folder to keep the register in")
    parser.add_argument("--steps", action="store_true", help="what each step costs")
    parser.add_argument("--writers", type=int, help="threads that write at once")
    given = parser.parse_args()
    place: Any = tempfile.TemporaryDirectory() if given.data is None else nullcontext(given.data)
    with place as folder:
        register = open_register(folder)
        if len(register.snapshot().incidents) < given.count:
            fill(register, documents_of(given.count))
            register.snapshot().incidents  # noqa: B018 - made once, and kept by the checkpoint
            register.close()
            register = open_register(folder)
        app = create_app(Settings(data=Path(folder)), register)
        write_features(register.snapshot().public(), QUERIES["incidents"])
        print(f"{given.count:,} incidents, {given.rate:g} writes a second\n")
        print(
            f"| the disk's fsync: p50 / p99, ms | {percentiles(fsyncs(Path(folder)))} |\n|---|---|"
        )
        if given.steps:
            asyncio.run(stepped(app, register, given.count))
        elif given.writers:
            at_once(register, given.writers, given.seconds)
        else:
            asyncio.run(measured(app, register, given.count, given.rate, given.seconds))
        register.close()


if __name__ == "__main__":
    main()
