"""A mixed load for some minutes: what memory does, and that nothing fails; overload; a quiet end.

``python benchmarks/endurance.py [--minutes 5] [--count 100000]`` makes a seeded register and serves
it with one worker: pages, boxes, filters, tiles, single features, pages for people, files of every
format and a write a second, some at a time. Then more requests than the service takes at once, and
an end while a large answer is under way. Prints Markdown, and draws what memory and the answers did
(`endurance.svg`). Linux only, as `serving.py`.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

from reads import made
from serving import GZIP, PAGE, Client, Server, filled, rows_of

from geodata.formats import FORMATS
from geodata.register import Change, open_register

HERE = Path(__file__).resolve().parent
ZSTD = "Accept-Encoding: zstd\r\n"
ITEMS = "/collections/incidents/items"
CLIENTS = 4
SAMPLE_SECONDS = 10.0


def asked(rng: random.Random, count: int) -> tuple[str, str]:
    """Give one more request of the mix: its path and headers."""
    if rng.random() < 0.02:
        key = rng.choice(sorted(set(FORMATS) - {"geojson"}))
        return f"{ITEMS}?f={key}&limit={rng.choice((1_000, 5_000))}&device=uxo", ""
    if rng.random() < 0.01:
        return f"{ITEMS}?limit={rng.randrange(50_000, 100_000)}", rng.choice(("", GZIP, ZSTD))
    if rng.random() < 0.03:
        # Not those that show the ranking: it is made anew after each write, see README.md.
        path = rng.choice((f"{ITEMS}?limit=100", "/collections", f"{ITEMS}/m000100"))
        return path, PAGE
    row = rng.choice(rows_of(count))
    return row.path(rng), rng.choice(("", GZIP, ZSTD))


class Run:
    """What was seen of the load."""

    def __init__(self, server: Server, count: int) -> None:
        self.server = server
        self.count = count
        self.statuses: Counter[int] = Counter()
        self.memory: list[float] = []
        self.answered: list[int] = []
        self.slowest = 0.0

    async def load(self, seconds: float) -> None:
        """Ask for some seconds."""
        end = time.monotonic() + seconds
        await asyncio.gather(
            *(self._client(number, end) for number in range(CLIENTS)), self._watch(end)
        )

    async def _client(self, number: int, end: float) -> None:
        rng, client = random.Random(number), Client(self.server.port)
        while time.monotonic() < end:
            path, headers = asked(rng, self.count)
            begun = time.monotonic()
            status, _, _ = await client.get(path, headers)
            self.slowest = max(self.slowest, time.monotonic() - begun)
            self.statuses[status] += 1

    async def _watch(self, end: float) -> None:
        while time.monotonic() < end:
            self.memory.append(self.server.memory())
            self.answered.append(self.statuses.total())
            await asyncio.sleep(SAMPLE_SECONDS)


def drawn(run: Run, path: Path) -> None:
    """Draw memory and answers a second over the minutes."""
    import matplotlib.pyplot as plt

    minutes = [SAMPLE_SECONDS * n / 60 for n in range(len(run.memory))]
    rates = [(b - a) / SAMPLE_SECONDS for a, b in pairwise(run.answered)]
    figure, (above, below) = plt.subplots(2, sharex=True, figsize=(7, 3.5), layout="constrained")
    above.plot(minutes, run.memory)
    above.set(ylim=(0, None), ylabel="memory, MB")
    below.plot(minutes[1:], rates)
    below.set(ylim=(0, None), ylabel="answers a second", xlabel="minutes of mixed load and writes")
    figure.savefig(path, metadata={"Date": None})


async def written(data: Path, seconds: float) -> int:
    """Write one incident a second into the register that the service reads."""
    register, number = open_register(data), 0
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            record = made(number).model_copy(update={"incident_id": f"w{number:06d}"})
            await asyncio.to_thread(register.append, [Change("incident", record)], author="bench")
            number += 1
            await asyncio.sleep(1)
    finally:
        register.close()
    return number


async def overload(port: int, most: int) -> Counter[str]:
    """Ask for more at once than the service takes; count the answers, and who says when again."""
    told: Counter[str] = Counter()

    async def one(number: int) -> None:
        status, head, _ = await Client(port).get(f"{ITEMS}?f=csv&limit=20000&version={number}")
        again = " with Retry-After" if b"retry-after:" in head.lower() else ""
        told[f"{status}{again}"] += 1

    await asyncio.gather(*(one(number) for number in range(most * 3)))
    return told


async def ended(server: Server) -> str:
    """End the service while a large answer is under way; say how much of it came."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=2**24)
    writer.write(f"GET {ITEMS}?limit=100000 HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    await reader.readuntil(b"\r\n\r\n")
    server.process.terminate()
    whole = False
    while size := int(await reader.readline(), 16):
        await reader.readexactly(size)
        await reader.readexactly(2)
    whole = True
    writer.close()
    code = await asyncio.to_thread(server.process.wait, 30)
    return f"the answer under way came {'whole' if whole else 'cut'}, the process ended with {code}"


def serving(data: Path, **environment: str) -> Server:
    """Start the service."""
    command = str(Path(sys.executable).with_name("hazardmap"))
    return Server(
        lambda port: [command, "serve", "--port", str(port), "--data", str(data)],
        HAZARDMAP_RATE_PER_MINUTE="0",
        **environment,
    )


async def measured(data: Path, count: int, seconds: float, plot: Path) -> None:
    """Run the three parts, print what was seen, and draw it."""
    server = serving(data)
    try:
        await server.ready(f"{ITEMS}?limit=1")
        run = Run(server, count)
        _, writes = await asyncio.gather(run.load(seconds), written(data, seconds))
        print(f"- {sum(run.statuses.values()):,} answers and {writes} writes in {seconds:.0f} s")
        print(f"- statuses: {dict(run.statuses)}; the slowest answer took {run.slowest:.1f} s")
        size = len(run.memory)
        thirds = (run.memory[size * n // 3 : size * (n + 1) // 3] for n in range(3))
        most_held = ", ".join(f"{max(part):,.0f}" for part in thirds if part)
        print(
            f"- memory, MB, at most in each third: {most_held}; at the end {server.memory():,.0f}"
        )
        print(f"- at the end: {await ended(server)}")
        drawn(run, plot)
    finally:
        server.process.kill()
    most = 8
    server = serving(data, HAZARDMAP_MAX_REQUESTS=str(most))
    try:
        await server.ready(f"{ITEMS}?limit=1")
        told = dict(await overload(server.port, most))
        print(f"- {3 * most} at once where {most} are taken: {told}")
    finally:
        server.stop()


def main() -> None:
    """Make the register and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000, help="incidents held")
    parser.add_argument("--minutes", type=float, default=5.0, help="of the mixed load")
    parser.add_argument("--plot", type=Path, default=HERE / "endurance.svg")
    asked_for = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "data")
        filled(data, asked_for.count)
        asyncio.run(measured(data, asked_for.count, 60 * asked_for.minutes, asked_for.plot))


if __name__ == "__main__":
    main()
