"""The risk of more incidents than memory holds: time, memory and rows a second of each core.

``python benchmarks/beyond.py [--of risk|surface|backtest] [--rows 1000000] [--engine stream]``
writes seeded incidents as GeoParquet parts in a temporary folder (26 bytes a row; 50,000,000 take
1.3 GB), runs a command over them with each engine, checks that what the engines give is the same
to the last byte, and removes everything. Memory is the
most that the command and its workers hold together, from ``/proc``: Linux only.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

PART = 500_000
WEST, SOUTH, EAST, NORTH = 44.6, 38.3, 50.6, 42.0
_POINT = np.dtype([("order", "u1"), ("kind", "<u4"), ("x", "<f8"), ("y", "<f8")])
OUTPUTS: dict[str, tuple[str, list[str]]] = {
    "risk": (".parquet", []),
    "surface": (".tif", ["--bandwidth", "5"]),
    "backtest": (".json", ["--json"]),
}
"""Command → suffix of its file, and what it is told beside."""
GEO = (
    b'{"version":"1.1.0","primary_column":"geometry","columns":{"geometry":'
    b'{"encoding":"WKB","geometry_types":["Point"]}}}'
)


def part(number: int, size: int) -> pa.Table:
    """Make some incidents: spots of many, a fifth anywhere, some outside the country."""
    rng = np.random.default_rng((15, number))
    spots = np.random.default_rng(15).uniform([WEST, SOUTH], [EAST, NORTH], (300, 2))
    xy = spots[rng.integers(0, len(spots), size)] + rng.normal(0, 0.05, (size, 2))
    anywhere = rng.random(size) < 0.2
    xy[anywhere] = rng.uniform([WEST, SOUTH], [EAST, NORTH], (int(anywhere.sum()), 2))
    points = np.zeros(size, _POINT)
    points["order"] = points["kind"] = 1
    points["x"], points["y"] = xy.T
    geometry = pa.Array.from_buffers(
        pa.binary(),
        size,
        [None, pa.py_buffer(np.arange(size + 1, dtype="i4") * 21), pa.py_buffer(points)],
    )
    day = rng.integers(14_000, 20_000, size).astype("i4")
    last = day + np.where(rng.random(size) < 0.1, 3, 0).astype("i4")
    dead = rng.poisson(0.3, size)
    table = pa.table(
        {
            "incident_id": pa.array(np.char.add(f"{number}-", np.arange(size).astype(str))),
            "date_start": pa.array(day).cast(pa.date32()),
            "date_end": pa.array(last).cast(pa.date32()),
            "killed": pa.array(dead, mask=rng.random(size) < 0.1),
            "injured": pa.array(rng.poisson(0.8, size)),
            "geometry": geometry,
        }
    )
    return table.replace_schema_metadata({b"geo": GEO})


def written(folder: Path, rows: int) -> int:
    """Write the parts; give their bytes."""
    folder.mkdir()
    for number, start in enumerate(range(0, rows, PART)):
        path = folder / f"part-{number:05d}.parquet"
        pq.write_table(part(number, min(PART, rows - start)), path, compression="zstd")
    return sum(path.stat().st_size for path in folder.iterdir())


def held(root: int) -> int:
    """Bytes that a process and all below it hold; shared pages count for each."""
    parents, sizes = {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(fields[1])
            sizes[int(entry.name)] = int(fields[21]) * os.sysconf("SC_PAGE_SIZE")

    def above(process: int) -> Iterator[int]:
        while process:
            yield process
            process = parents.get(process, 0)

    return sum(size for process, size in sizes.items() if root in above(process))


def run(command: list[str], output: Path) -> tuple[float, float, int]:
    """Give seconds, processor seconds and the most memory of a command; keep what it prints."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun, most = time.perf_counter(), 0
    with output.open("wb") as printed:
        process = subprocess.Popen(command, stdout=printed)
        while process.poll() is None:
            most = max(most, held(process.pid))
            time.sleep(0.25)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - begun, used, most


def main() -> None:
    """Write, run, compare, remove."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--of", choices=OUTPUTS, default="risk")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--engine", action="append", choices=("stream", "dask"))
    parser.add_argument("--memory", default="2GB")
    parser.add_argument("--trust-ids", action="store_true", help="leave the ids unread")
    given = parser.parse_args()
    suffix, more = OUTPUTS[given.of]
    engines = given.engine or ["stream", *(["dask"] if find_spec("distributed") else [])]
    with tempfile.TemporaryDirectory(prefix="hazardmap-beyond-") as place:
        parts, results = Path(place) / "parts", {}
        begun = time.perf_counter()
        size = written(parts, given.rows)
        print(
            f"{given.rows:,} incidents in {len(list(parts.iterdir()))} parts, {size / 1e9:.2f} GB, "
            f"written in {time.perf_counter() - begun:.0f} s",
            flush=True,
        )
        print("| engine | s | processor s | memory, MB | rows/s | rows/s a core |")
        print("|---|---|---|---|---|---|", flush=True)
        for engine in engines:
            output = Path(place) / f"{engine}{suffix}"
            command = [sys.executable, "-m", "service", given.of, str(parts), *more]
            command += ["--engine", engine, "--memory", given.memory]
            command += ["--data", str(Path(place) / "data")]
            command += ["--trust-ids"] if given.trust_ids else []
            command += [] if given.of == "backtest" else ["-o", str(output)]
            seconds, used, most = run(command, output)
            results[engine] = output.read_bytes()
            print(
                f"| {given.of}, {engine} | {seconds:.1f} | {used:.1f} | {most / 1e6:.0f} | "
                f"{given.rows / seconds:,.0f} | {given.rows / used:,.0f} |",
                flush=True,
            )
        assert len(set(results.values())) == 1, "the engines differ"
        print(f"{len(results[engine]):,} bytes each, the same")
        if given.of == "risk":
            frame = gpd.read_parquet(Path(place) / f"{engine}{suffix}")
            print(f"{frame['incidents'].sum():,.2f} incidents in districts")


if __name__ == "__main__":
    main()
