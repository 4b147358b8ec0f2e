"""How the register bears size: opening, reading, and writing with many incidents held.

Run: python -m benchmarks.register [--incidents 100000] [--url postgresql+psycopg://…]
"""

import argparse
import itertools
import resource
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from statistics import median
from typing import Any

import numpy as np
import orjson

from geodata.incidents import document
from geodata.model import Casualty, DistrictWeight, Incident, Report
from geodata.register import Change, Register, log, open_register
from geodata.register.revision import Row, chained

BATCH = 20_000


def incidents(count: int, seed: int = 1) -> list[Incident]:
    """Make incidents spread over the country: two thirds with a point."""
    rng = np.random.default_rng(seed)
    lon, lat = rng.uniform(45.5, 49.5, count), rng.uniform(38.9, 41.5, count)
    days = rng.integers(0, 1400, count)
    dead = rng.integers(0, 3, count)
    made = []
    for n in range(count):
        day = date.fromordinal(date(2020, 11, 10).toordinal() + int(days[n]))
        made.append(
            Incident(
                incident_id=f"B{seed}-{n}",
                date_start=day,
                date_end=day,
                longitude=float(lon[n]) if n % 3 else None,
                latitude=float(lat[n]) if n % 3 else None,
                districts=(DistrictWeight(district_id=("AZ-AGM", "AZ-FUZ", "AZ-TAR")[n % 3]),),
                accident_type="mine",
                casualties=(Casualty(group="civilian", outcome="killed", best=int(dead[n])),),
                reports=(Report(publisher="Bench", url="https://example.org/1"),),
            )
        )
    return made


def timed(name: str, act: Callable[[], Any]) -> Any:
    """Run something and print how long it took."""
    start = time.perf_counter()
    found = act()
    print(f"{name:58} {(time.perf_counter() - start) * 1000:12.1f} ms")
    return found


def repeated(name: str, act: Callable[[int], Any], times: int = 20) -> None:
    """Run something often and print median and worst."""
    taken = []
    for n in range(times):
        start = time.perf_counter()
        act(n)
        taken.append((time.perf_counter() - start) * 1000)
    print(f"{name:58} {median(taken):12.1f} ms median, {max(taken):.1f} ms worst")


def documents_of(count: int) -> Iterator[dict[str, Any]]:
    """Give so many documents, made of a thousand."""
    templates = [document(one) for one in incidents(min(count, 1_000))]
    for number in range(count):
        yield templates[number % 1_000] | {"incident_id": f"B1-{number}"}


def fill(register: Register, documents: Iterable[dict[str, Any]]) -> None:
    """Put new incidents into the log, as earlier appends have left them."""
    now = datetime.now(UTC)
    with register.store.write() as connection:
        seq, _, digest = log.last(connection)
        numbered = enumerate(documents, seq + 1)
        while some := list(itertools.islice(numbered, BATCH)):
            rows = [
                Row(
                    number, "incident", one["incident_id"], 1, now, "bench", "create", None,
                    orjson.dumps(one).decode(), "",
                )
                for number, one in some
            ]  # fmt: skip
            done = chained(digest, rows)
            digest = done[-1].digest
            register.store.insert(connection, done)


def writes(register: Register) -> None:
    """Time single writes, and the read after each."""
    fresh = incidents(60, seed=2)
    repeated("write one incident", lambda n: register.create(fresh[n], author="bench"))
    repeated("first whole frame after a write", lambda n: _write_and_read(register, fresh[20 + n]))
    repeated("write, then read that incident", lambda n: _write_and_get(register, fresh[40 + n]))
    repeated("correct one incident", lambda n: register.verify(f"B1-{n}", author="bench"))
    repeated("first whole frame after a correction", lambda n: _correct_and_read(register, n))
    repeated("current snapshot", lambda _: register.snapshot(), 1000)


def _write_and_read(register: Register, incident: Incident) -> None:
    register.create(incident, author="bench")
    assert register.snapshot().incidents.index[-1] == incident.incident_id


def _write_and_get(register: Register, incident: Incident) -> None:
    register.create(incident, author="bench")
    assert register.snapshot().incident(incident.incident_id).version == 1


def _correct_and_read(register: Register, n: int) -> None:
    register.dispute(f"B1-{n + 100}", author="bench")
    assert register.snapshot().incidents["record_status"].loc[f"B1-{n + 100}"] == "disputed"


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--incidents", type=int, default=100_000)
    parser.add_argument("--url")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        register = open_register(folder, url=options.url, empty=True)
        some = [Change("incident", one) for one in incidents(10_000, seed=4)]
        timed("append 10,000 incidents", lambda: register.append(some, author="bench"))
        timed(
            f"fill with {options.incidents} incidents",
            lambda: fill(register, documents_of(options.incidents)),
        )
        timed("read the log", register.snapshot)
        timed("whole frame", lambda: register.snapshot().incidents)
        writes(register)
        register.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'peak memory':58} {peak:12.0f} MB")


if __name__ == "__main__":
    main()
