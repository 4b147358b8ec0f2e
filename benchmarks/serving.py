"""The service over HTTP beside a bare application that sends the same bytes: the limit.

``python benchmarks/serving.py [--count 100000] [--seconds 2]`` makes a seeded register, serves it
with one worker on a loopback port, asks each kind of request one and sixteen at a time, every
request another one, and writes ``benchmarks/results.md``: ratios, since the machine's own speed
is in both. Processor time is that of the server's process by its own clock, memory from
``/proc``: Linux only.
"""

import argparse
import asyncio
import os
import platform
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from reads import made

from geodata.districts.geometry import geodesic_area_km2
from geodata.register import Change, open_register
from geodata.schemas import CRS84, DISTRICTS, conform

HERE = Path(__file__).resolve().parent
GZIP = "Accept-Encoding: gzip\r\n"
COLUMNS = (
    "work",
    "processor time, ms",
    "× limit",
    "requests/s, 1 at a time",
    "× limit",
    "16 at a time",
    "× limit",
    "p50 / p99, ms (16)",
)
PAGE = "Accept: text/html\r\n"
EXPORTS = (
    ("export of up to 100,000, first", "/collections/incidents/items?limit=100000", ""),
    ("the same again", "/collections/incidents/items?limit=99999", ""),
)
HEAVY = (
    ("/changes, first", "/changes", PAGE),
    ("/maps/risk, first", "/maps/risk", PAGE),
    ("/backtest, first", "/backtest", ""),
)
DEVICES = ("at_mine", "ap_mine", "uxo", "unknown")
DISTRICTS_ACROSS, DISTRICTS_UP, VERTICES = 10, 8, 1_000
ROUNDS = 4
AFTER_START = 5.0
"""Seconds until it begins with what is made before somebody asks."""
SAMPLES = 60
"""Answers of each kind that the limit sends in turn: one would lie in the processor's cache."""


@dataclass
class Row:
    """A kind of request: its name, and how one more of its kind is made."""

    name: str
    path: Callable[[random.Random], str]
    headers: str = ""


def boundaries() -> gpd.GeoDataFrame:
    """Draw 80 districts of 1,000 vertices, each border once for both sides."""
    rng = np.random.default_rng(15)
    steps = VERTICES // 4
    xs = np.linspace(44.7, 50.7, DISTRICTS_ACROSS + 1)
    ys = np.linspace(38.3, 41.9, DISTRICTS_UP + 1)

    def line(start: tuple[float, float], end: tuple[float, float]) -> Any:
        straight = np.linspace(start, end, steps + 1)
        straight[1:-1] += rng.normal(0, 0.0005, (steps - 1, 2))
        return np.round(straight, 6)

    flat = [[line((xs[i], y), (xs[i + 1], y)) for i in range(DISTRICTS_ACROSS)] for y in ys]
    upright = [[line((x, ys[j]), (x, ys[j + 1])) for x in xs] for j in range(DISTRICTS_UP)]
    shapes = []
    for j in range(DISTRICTS_UP):
        for i in range(DISTRICTS_ACROSS):
            sides = (flat[j][i], upright[j][i + 1], flat[j + 1][i][::-1], upright[j][i][::-1])
            ring = np.concatenate([side[:-1] for side in sides])
            shapes.append(shapely.MultiPolygon([shapely.Polygon(ring)]))
    # One of them has the id that the incidents name.
    names = ["AZ-AGM", *(f"AZ-B{number:02d}" for number in range(1, len(shapes)))]
    rows = {"district_id": names, "name": names, "name_en": names, "type": "rayon"}
    frame = gpd.GeoDataFrame(rows, geometry=shapes, crs=CRS84)
    frame["area_km2"] = geodesic_area_km2(frame.geometry)
    return conform(frame, DISTRICTS)


def filled(folder: Path, count: int) -> None:
    """Make the register; the same for everybody."""
    rng = random.Random(15)
    register = open_register(folder)
    register.add_boundaries(boundaries(), author="bench", edition="bench")
    for start in range(0, count, 20_000):
        changes = []
        for number in range(start, min(start + 20_000, count)):
            day = date(2012, 1, 1) + timedelta(days=rng.randrange(4_800))
            place = {
                "longitude": round(rng.uniform(45, 49.5), 6),
                "latitude": round(rng.uniform(38.7, 41.5), 6),
                "date_start": day,
                "date_end": day,
            }
            changes.append(Change("incident", made(number).model_copy(update=place)))
        register.append(changes, author="bench")
    register.snapshot()
    register.close()


def rows_of(count: int) -> list[Row]:
    """What is asked."""
    # A box of some thousand of the points, wherever it lies.
    side = (1_000 / count * 4.5 * 2.8) ** 0.5 * 0.95

    def box(rng: random.Random) -> str:
        west, south = rng.uniform(45, 49.5 - side), rng.uniform(38.7, 41.5 - side)
        text = f"{west:.6f},{south:.6f},{west + side:.6f},{south + side:.6f}"
        return f"/collections/incidents/items?limit=1000&bbox={text}"

    def when(rng: random.Random) -> str:
        first = date(2012, 1, 1) + timedelta(days=rng.randrange(4_000))
        last = first + timedelta(days=rng.randrange(20, 100))
        device = rng.choice(DEVICES)
        return f"/collections/incidents/items?datetime={first}/{last}&device={device}&limit=1000"

    def feature(rng: random.Random) -> str:
        return f"/collections/incidents/items/m{rng.randrange(count):06d}"

    def tile(layer: str) -> Callable[[random.Random], str]:
        def path(rng: random.Random) -> str:
            zoom = rng.choice((8, 9, 10))
            x = int((rng.uniform(45, 49.5) + 180) / 360 * 2**zoom)
            y = int((0.5 - rng.uniform(0.117, 0.127)) * 2**zoom)
            return f"/collections/{layer}/tiles/WebMercatorQuad/{zoom}/{y}/{x}"

        return path

    def districts(rng: random.Random) -> str:
        return f"/collections/districts/items?limit={rng.randrange(1_000, 90_000)}"

    return [
        Row("80 districts of 1,000 vertices", districts),
        Row("the same, gzip", districts, GZIP),
        Row("box, 1,000 incidents", box),
        Row("the same box, gzip", box, GZIP),
        Row("date and device, some hundred", when),
        Row("one feature", feature),
        Row("vector tile, districts", tile("districts")),
        Row("vector tile, incidents", tile("incidents")),
    ]


class Server:
    """A process that answers on a port of its own, and what it has cost."""

    def __init__(self, command: Callable[[int], list[str]], **environment: str) -> None:
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port = one.getsockname()[1]
        self.begun = time.perf_counter()
        self.process = subprocess.Popen(
            command(self.port),
            env=os.environ | environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    async def ready(self, path: str) -> float:
        """Wait for the first answer; gives the seconds since the start."""
        while True:
            try:
                if (await Client(self.port).get(path))[0] == 200:
                    return time.perf_counter() - self.begun
            except (OSError, asyncio.IncompleteReadError):
                await asyncio.sleep(0.02)
            if self.process.poll() is not None:
                raise SystemExit("the server ended by itself")

    async def settled(self) -> None:
        """Wait until it does nothing of its own, nor any process that it started.

        After a start it proves the log, in a thread, and has made what is asked for most.
        """
        await asyncio.sleep(AFTER_START)
        while True:
            before = self.spent(), self._spent_by_others()
            await asyncio.sleep(2)
            if all(
                now - then < 0.03
                for now, then in zip((self.spent(), self._spent_by_others()), before, strict=True)
            ):
                return

    def spent(self) -> float:
        """Processor seconds so far, of all threads, also those that ended."""
        return _clock_of(self.process.pid)

    def _spent_by_others(self) -> float:
        threads = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        children = [int(one) for text in threads for one in text.read_text().split()]
        return sum(map(_clock_of, children))

    def memory(self, name: str = "VmRSS") -> float:
        """Megabytes held: now, or at most so far with ``VmHWM``."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition(f"{name}:")[2].split()[0]) / 1024

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(30)


def _clock_of(process: int) -> float:
    try:
        # How Linux names the clock of another process (clock_getcpuclockid).
        return time.clock_gettime((~process << 3) | 2)
    except OSError:  # it has ended
        return 0.0


class Client:
    """One kept connection; no more than HTTP asks for, so that the client costs little."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.streams: Any = None

    async def get(self, path: str, headers: str = "") -> tuple[int, bytes, bytes]:
        """Give status, header and body; once more where the kept connection was closed."""
        try:
            return await self._get(path, headers)
        except (asyncio.IncompleteReadError, ConnectionError):
            self.streams = None
            return await self._get(path, headers)

    async def _get(self, path: str, headers: str) -> tuple[int, bytes, bytes]:
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port, limit=2**24)
        reader, writer = self.streams
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n".encode())
        head: bytes = await reader.readuntil(b"\r\n\r\n")
        status, lower = int(head[9:12]), head.lower()
        length = lower.partition(b"content-length:")[2].partition(b"\r\n")[0]
        if length:
            return status, head, await reader.readexactly(int(length))
        if b"transfer-encoding: chunked" not in lower:
            return status, head, b""
        pieces = []
        while size := int(await reader.readline(), 16):
            pieces.append(await reader.readexactly(size))
            await reader.readexactly(2)
        await reader.readexactly(2)
        return status, head, b"".join(pieces)


@dataclass
class Figures:
    """What one kind of request cost."""

    cpu_ms: float
    rate: float
    p50: float
    p99: float


async def asked(
    server: Server, paths: Iterator[str], headers: str, width: int, seconds: float
) -> Figures:
    """Ask for some seconds, so many at a time."""
    took: list[float] = []
    begun, before = time.perf_counter(), server.spent()

    async def one() -> None:
        client = Client(server.port)
        while time.perf_counter() - begun < seconds:
            at = time.perf_counter()
            status, _, _ = await client.get(next(paths), headers)
            took.append(time.perf_counter() - at)
            if status not in (200, 204):
                raise SystemExit(f"the answer was {status}")

    await asyncio.gather(*(one() for _ in range(width)))
    span, spent = time.perf_counter() - begun, server.spent() - before
    took.sort()
    count = len(took)
    p50, p99 = (1e3 * took[min(int(count * share), count - 1)] for share in (0.5, 0.99))
    return Figures(1e3 * spent / count, count / span, p50, p99)


def bare(folder: str) -> Any:
    """Make the application that does nothing: it sends what it was given, read once, in turn."""
    answers: dict[str, Iterator[tuple[bytes, list[Any]]]] = {}

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        name = scope["path"][1:]
        if name not in answers:
            bodies = [file.read_bytes() for file in sorted(Path(folder, name).iterdir())]
            answers[name] = cycle(
                [(body, [(b"content-length", str(len(body)).encode())]) for body in bodies]
            )
        body, headers = next(answers[name])
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


async def measured(folder: Path, count: int, seconds: float) -> list[str]:
    """Give the lines of the table."""
    data, bodies = folder / "data", folder / "bodies"
    bodies.mkdir()
    hazardmap = str(Path(sys.executable).with_name("hazardmap"))
    server = Server(
        lambda port: [hazardmap, "serve", "--port", str(port), "--data", str(data)],
        HAZARDMAP_RATE_PER_MINUTE="0",
    )
    limit = Server(lambda port: [sys.executable, __file__, "--bare", str(bodies), str(port)])
    try:
        start = await server.ready("/collections/incidents/items?limit=1")
        rest, woke = server.memory(), server.spent()
        await server.settled()
        (bodies / "0").mkdir()
        (bodies / "0" / "0").write_bytes(b"ready")
        await limit.ready("/0")
        # The export first: it lays the features out, so that the rows after it are warm.
        once = ["| once | seconds | processor time, s | memory, MB |", "|---|---|---|---|"]
        once.append(f"| start to first answer | {start:.1f} | {woke:.1f} | {rest:.0f} |")
        once += [await _once(server, *one) for one in EXPORTS]
        table = [f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
        for place, row in enumerate(rows_of(count), 1):
            table.append(await _line(server, limit, row, bodies / str(place), seconds))
            print(table[-1], flush=True)
        once += [await _once(server, *one) for one in HEAVY]
    finally:
        server.stop()
        limit.stop()
    return [*table, "", *once, *commands()]


async def _once(server: Server, name: str, path: str, headers: str) -> str:
    before, begun = server.spent(), time.perf_counter()
    status, _, _ = await Client(server.port).get(path, headers)
    span = time.perf_counter() - begun
    if status != 200:
        raise SystemExit(f"{path} was answered {status}")
    line = f"| {name} | {span:.1f} | {server.spent() - before:.1f} | {server.memory():.0f} |"
    print(line, flush=True)
    return line


async def _line(server: Server, limit: Server, row: Row, body: Path, seconds: float) -> str:
    rng = random.Random(1)
    paths = iter(lambda: row.path(rng), None)
    client = Client(server.port)
    body.mkdir()
    sizes = []
    for number in range(SAMPLES):
        _, _, content = await client.get(next(paths), row.headers)
        (body / str(number)).write_bytes(content)
        sizes.append(len(content))
    same = iter(lambda: f"/{body.name}", None)
    cells = []
    for width in (1, 16):
        # In turn, and the round that cost least: what else the machine did meanwhile is in none.
        both = [
            (
                await asked(server, paths, row.headers, width, seconds / ROUNDS),
                await asked(limit, same, "", width, seconds / ROUNDS),
            )
            for _ in range(ROUNDS)
        ]
        ours, least = (min(each, key=lambda one: one.cpu_ms) for each in zip(*both, strict=True))
        if width == 1:
            cells += [f"{ours.cpu_ms:.2f}", f"{ours.cpu_ms / max(least.cpu_ms, 0.01):.1f}"]
        cells += [f"{ours.rate:,.0f}", f"{ours.rate / least.rate:.2f}"]
    size = f"{sum(sizes) / SAMPLES / 1000:,.0f} kB"
    return f"| {row.name} ({size}) | {' | '.join(cells)} | {ours.p50:.1f} / {ours.p99:.1f} |"


def commands() -> list[str]:
    """Give the table of what a command costs before it does anything."""
    folder = str(Path(sys.executable).parent)
    lines = ["", "| command | processor time, s | × `import pandas` |", "|---|---|---|"]
    tried = {
        "import pandas": [sys.executable, "-c", "import pandas"],
        "hazardmap --help": [f"{folder}/hazardmap", "--help"],
        "import service.app": [sys.executable, "-c", "import service.app"],
        "hazardmap risk, bundled data": [
            *(f"{folder}/hazardmap", "risk", "--output", "{}/risk.csv", "--data", "{}/data"),
        ],
    }
    pandas = 0.0
    for name, command in tried.items():
        with tempfile.TemporaryDirectory() as made_here:
            # The first makes the register and fills the caches of files; of the others the least.
            times = []
            for _ in range(6):
                before = sum(os.times()[2:4])
                subprocess.run(
                    [part.replace("{}", made_here) for part in command],
                    check=True,
                    capture_output=True,
                )
                times.append(sum(os.times()[2:4]) - before)
        spent = min(times[1:])
        pandas = pandas or spent
        lines.append(f"| `{name}` | {spent:.2f} | {spent / pandas:.1f} |")
    return lines


def main() -> None:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000, help="incidents held")
    parser.add_argument("--seconds", type=float, default=2.0, help="of each kind of request")
    parser.add_argument("--output", type=Path, default=HERE / "results.md")
    parser.add_argument("--bare", nargs=2, help=argparse.SUPPRESS)
    asked_for = parser.parse_args()
    if asked_for.bare:
        import uvicorn

        folder, port = asked_for.bare
        uvicorn.run(bare(folder), port=int(port), log_level="error", access_log=False)
        return
    with tempfile.TemporaryDirectory() as folder:
        filled(Path(folder, "data"), asked_for.count)
        lines = asyncio.run(measured(Path(folder), asked_for.count, asked_for.seconds))
    said = (
        f"{datetime.now(UTC):%Y-%m-%d}, {asked_for.count:,} incidents, one worker, "
        f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, load "
        f"{os.getloadavg()[0]:.1f}. Made by `python benchmarks/serving.py`; × limit sets the "
        "service beside an application that sends the same bytes and does nothing else. Every "
        "request is another one. On a busy machine only the ratios mean something."
    )
    head = ["# What the service costs beside a bare application", "", said, ""]
    asked_for.output.write_text("\n".join([*head, *lines, ""]))
    print(f"written: {asked_for.output}")


if __name__ == "__main__":
    main()
