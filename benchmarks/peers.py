"""The service beside tipg and pygeoapi with PostGIS: the same data, the same questions.

``python benchmarks/peers.py --install`` puts the two into an environment of their own under
``build/peers`` (pinned below); ``python benchmarks/peers.py [--count 100000] [--seconds 2]`` then
loads the register of `serving.py` into a PostgreSQL of its own, asks each server in turn, and
writes ``benchmarks/peers.md``. Without the environment, or without PostGIS, it says so and ends.
The processor time of the peers includes their database's.
"""

import argparse
import asyncio
import io
import json
import os
import platform
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import geopandas as gpd
import pandas as pd
import psycopg
import shapely
from serving import Client, Row, Server, asked, filled, rows_of

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from geodata.register import open_register
from geodata.schemas import DISTRICTS, INCIDENTS, FrameSchema
from tests.needs import POSTGRES
from tests.register.cluster import Cluster

HERE = Path(__file__).resolve().parent
PLACE = HERE.parent / "build" / "peers"
PINNED = ("tipg==1.6.1", "pygeoapi==0.21.0", "geoalchemy2", "psycopg2-binary", "uvicorn")
TYPES = {
    "text": "text",
    "integer": "bigint",
    "number": "double precision",
    "date": "timestamptz",  # tipg answers 500 to an interval of plain dates
    "datetime": "timestamptz",
    "boolean": "boolean",
}
FIRST = "/collections/districts/items?limit=1"
LONGEST = 20.0
"""Seconds after which an answer counts as none; all of a row has three times as long."""


def install() -> None:
    """Make the environment of the peers."""
    uv = str(Path(sys.executable).with_name("uv"))
    python = str(PLACE / "bin" / "python")
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, PLACE], check=True)
    subprocess.run([uv, "pip", "install", "--quiet", "--python", python, *PINNED], check=True)


def loaded(connection: psycopg.Connection, frame: gpd.GeoDataFrame, schema: FrameSchema) -> None:
    """Make a table of a layer, with the indexes that its questions need."""
    columns = ", ".join(f'"{c.name}" {TYPES[c.kind]}' for c in schema.columns)
    kind = f"geometry({schema.geometry}, 4326)"
    rows = pd.DataFrame(frame.drop(columns="geometry"))
    shapes = shapely.set_srid(frame.geometry.to_numpy().copy(), 4326)
    rows["geom"] = shapely.to_wkb(shapes, hex=True, include_srid=True)
    text = io.StringIO()
    rows.to_csv(text, index=False, header=False)
    with connection.cursor() as cursor:
        name, key = schema.name, schema.id_column
        cursor.execute(f'CREATE TABLE {name} ({columns}, geom {kind}, PRIMARY KEY ("{key}"))')
        with cursor.copy(f"COPY {name} FROM STDIN (FORMAT csv)") as copy:
            copy.write(text.getvalue())
        cursor.execute(f"CREATE INDEX ON {name} USING gist (geom)")
        for column in ("date_start", "device"):
            if column in schema.names:
                cursor.execute(f"CREATE INDEX ON {name} ({column})")
        cursor.execute(f"ANALYZE {name}")


class Peer(Server):
    """A server whose database works for it, too."""

    def __init__(
        self, command: Callable[[int], list[str]], database: Path, **environment: str
    ) -> None:
        super().__init__(command, **environment)
        self.postmaster = int((database / "postmaster.pid").read_text().split()[0])

    def spent(self) -> float:
        """Processor seconds of the server and of the database."""
        ticks = 0
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if self.postmaster in (int(entry.name), int(fields[1])):
                # those that have ended are the postmaster's children
                ticks += sum(map(int, fields[11:15]))
        return super().spent() + ticks / os.sysconf("SC_CLK_TCK")


def of_tipg(path: str) -> str:
    """Ask tipg what our path asks."""
    path = re.sub(r"/collections/(\w+)/", r"/collections/public.\1/", path)
    path = re.sub(r"/(\d+)/(\d+)/(\d+)$", r"/\1/\3/\2", path)
    return path + ("&datetime-column=date_start" if "datetime=" in path else "")


def of_pygeoapi(path: str) -> str:
    """Ask pygeoapi what our path asks."""
    form = "mvt" if "/tiles/" in path else "json"
    return f"{path}{'&' if '?' in path else '?'}f={form}"


def pygeoapi_config(folder: Path, port: int, address: str) -> Path:
    """Write what pygeoapi wants to be told."""
    parts = urlsplit(address)
    held = {
        "host": parts.hostname, "port": parts.port, "dbname": parts.path[1:], "user": "tester",
        "password": "none", "search_path": ["public"],
    }  # fmt: skip
    resources = {}
    for schema in (DISTRICTS, INCIDENTS):
        table = {"data": held, "id_field": schema.id_column, "table": schema.name,
                 "geom_field": "geom"}  # fmt: skip
        timed = {"time_field": "date_start"} if schema is INCIDENTS else {}
        zoom = {"min": 0, "max": 16}
        tiles = {"type": "tile", "name": "MVT-postgresql", **table, "options": {"zoom": zoom},
                 "format": {"name": "pbf", "mimetype": "application/vnd.mapbox-vector-tile"},
                 "storage_crs": "http://www.opengis.net/def/crs/EPSG/0/4326"}  # fmt: skip
        resources[schema.name] = {
            "type": "collection", "title": schema.name, "description": schema.name,
            "keywords": [schema.name], "links": [],
            "extents": {"spatial": {"bbox": [44, 38, 51, 42]}},
            "providers": [{"type": "feature", "name": "PostgreSQL", **table, **timed}, tiles],
        }  # fmt: skip
    about = {"title": "peer", "description": "peer", "keywords": ["peer"], "url": "http://x"}
    who = {"name": "peer", "url": "http://localhost"}
    config = {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port}, "url": f"http://127.0.0.1:{port}",
            "mimetype": "application/json", "encoding": "utf-8", "language": "en-US",
            "limits": {"default_items": 100, "max_items": 100_000}, "gzip": True,
            "map": {"url": "http://localhost/{z}/{x}/{y}.png", "attribution": "none"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {"identification": {**about, "keywords_type": "theme",
                                        "terms_of_service": "none"},
                     "license": who, "provider": who, "contact": who},
        "resources": resources,
    }  # fmt: skip
    file = folder / "pygeoapi.yml"
    file.write_text(json.dumps(config))  # JSON is YAML
    return file


Translated = Callable[[str], str]


def peers(folder: Path, address: str, database: Path) -> dict[str, tuple[Peer, Translated]]:
    """Start them."""
    programs = PLACE / "bin"
    plain = address.replace("+psycopg", "")

    def uvicorn(application: str) -> Callable[[int], list[str]]:
        words = [str(programs / "uvicorn"), application, "--log-level", "error", "--no-access-log"]
        return lambda port: [*words, "--port", str(port)]

    tipg = Peer(
        uvicorn("tipg.main:app"), database, DATABASE_URL=plain,
        TIPG_MAX_FEATURES_PER_QUERY="100000", TIPG_CATALOG_TTL="86400",
    )  # fmt: skip
    config = pygeoapi_config(folder, 5000, plain)
    openapi = folder / "openapi.yml"
    told = {"PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(openapi)}
    subprocess.run(
        [programs / "pygeoapi", "openapi", "generate", config, "--output-file", openapi],
        check=True, env=os.environ | told, capture_output=True,
    )  # fmt: skip
    pygeoapi = Peer(uvicorn("pygeoapi.starlette_app:APP"), database, **told)
    return {"tipg": (tipg, of_tipg), "pygeoapi": (pygeoapi, of_pygeoapi)}


def paths_of(row: Row, translated: Translated) -> Iterator[str]:
    """Give one request after the other."""
    rng = random.Random(1)
    while True:
        yield translated(row.path(rng))


async def row_of(servers: dict, row: Row, seconds: float) -> list[str]:
    """Ask each server for one kind of thing; give its cells."""
    cells, first = [], []
    for server, translated in servers.values():
        paths = paths_of(row, translated)
        try:
            client, sizes = Client(server.port), []
            for _ in range(3):
                asks = client.get(next(paths), row.headers)
                status, _, content = await asyncio.wait_for(asks, LONGEST)
                sizes.append(len(content))
                if status not in (200, 204):
                    raise SystemExit(f"the answer was {status}")
            one, many = [
                await asyncio.wait_for(
                    asked(server, paths, row.headers, width, seconds), 3 * LONGEST
                )
                for width in (1, 16)
            ]
        except SystemExit as reason:
            cells += [f"– ({reason})", "–", "–", "–"]
            continue
        except TimeoutError:
            cells += [f"– (no answer within {LONGEST:.0f} s)", "–", "–", "–"]
            continue
        first = first or [one.cpu_ms, many.rate]
        cells += [
            f"{sorted(sizes)[1] / 1000:,.0f}",
            f"{one.cpu_ms:.2f}" + (f" (× {one.cpu_ms / max(first[0], 0.01):.1f})" if cells else ""),
            f"{one.rate:,.0f}",
            f"{many.rate:,.0f}" + (f" (÷ {first[1] / many.rate:.1f})" if cells else ""),
        ]
    return cells


async def measured(folder: Path, count: int, seconds: float) -> list[str]:
    """Give the lines of the tables."""
    data = folder / "data"
    filled(data, count)
    register = open_register(data)
    snapshot = register.snapshot()
    cluster = Cluster(POSTGRES)
    ours = None
    servers: dict = {}
    try:
        address = cluster.create("peers", "template_postgis")
        with psycopg.connect(address.replace("+psycopg", "")) as connection:
            loaded(connection, snapshot.districts, DISTRICTS)
            loaded(connection, snapshot.incidents, INCIDENTS)
        register.close()
        hazardmap = str(Path(sys.executable).with_name("hazardmap"))
        ours = Server(
            lambda port: [hazardmap, "serve", "--port", str(port), "--data", str(data)],
            HAZARDMAP_RATE_PER_MINUTE="0",
        )
        servers = {"hazardmap": (ours, str), **peers(folder, address, cluster.data)}
        lines = ["| server | start to first answer, s | memory, MB |", "|---|---|---|"]
        for name, (server, translated) in servers.items():
            start = await server.ready(translated(FIRST))
            lines.append(f"| {name} | {start:.1f} | {server.memory():.0f} |")
        await asyncio.sleep(5)
        cells = ("kB", "processor ms", "/s, 1", "/s, 16")
        heads = [f"{name}: {cell}" for name in servers for cell in cells]
        lines += ["", f"| work | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
        for row in rows_of(count):
            lines.append(f"| {row.name} | {' | '.join(await row_of(servers, row, seconds))} |")
            print(lines[-1], flush=True)
    finally:
        for server, _ in servers.values():
            server.process.kill()
            server.process.wait(30)
        cluster.remove()
    return lines


def main() -> None:
    """Install, or measure and write the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--install", action="store_true", help="make build/peers")
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each kind of request")
    parser.add_argument("--output", type=Path, default=HERE / "peers.md")
    given = parser.parse_args()
    if given.install:
        install()
        return
    if not (PLACE / "bin" / "tipg").exists() and not (PLACE / "bin" / "uvicorn").exists():
        print("not measured: the peers are not installed (python benchmarks/peers.py --install)")
        return
    if not (POSTGRES / "initdb").exists():
        print(f"not measured: there is no PostgreSQL in {POSTGRES}")
        return
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        lines = asyncio.run(measured(Path(folder), given.count, given.seconds))
    said = (
        f"{datetime.now(UTC):%Y-%m-%d}, {given.count:,} incidents and the bundled districts, one "
        f"worker each, {os.cpu_count()} cores ({platform.machine()}), Python "
        f"{platform.python_version()}, {' and '.join(PINNED[:2])} with PostGIS, load "
        f"{os.getloadavg()[0]:.1f}, {time.perf_counter() - begun:.0f} s. Made by `python "
        "benchmarks/peers.py`: every request another one; processor time of the peers with that "
        "of their database; in brackets how many times ours. The peers hold the same columns, with "
        "indexes on place, day and device."
    )
    text = ["# What the service costs beside its peers", "", said, "", *lines, ""]
    given.output.write_text("\n".join(text))
    print(f"written: {given.output}")


if __name__ == "__main__":
    main()
