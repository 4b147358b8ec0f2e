"""Time every format beside what GeoPandas writes by itself, on the same rows.

Run: ``python benchmarks/formats.py [ROWS] [--memory]``; prints milliseconds of processor time and
sizes, or what each format adds to a process at most (Linux only, each in a process of its own).
"""

import argparse
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from time import process_time

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata import schemas
from geodata.formats import FORMATS, feature_texts, stream, write
from geodata.schemas import conform

SEED = 20210204


def incidents(rows: int) -> gpd.GeoDataFrame:
    """Incidents with points, counts, dates and texts; one in three has no point."""
    draw = np.random.default_rng(SEED)
    lon, lat = draw.uniform(45.5, 49.0, rows), draw.uniform(38.9, 41.2, rows)
    day = np.datetime64("2015-01-01", "s") + draw.integers(0, 3_000, rows) * 86_400
    table = pd.DataFrame(
        {
            "incident_id": [f"I{n:07d}" for n in range(rows)],
            "version": 1,
            "date_start": day,
            "date_end": day,
            "longitude": lon,
            "latitude": lat,
            "districts": draw.choice(["AZ-AGM:1", "AZ-TAR:0.5;AZ-AGM:0.5"], rows),
            "device": draw.choice(["at_mine", "ap_mine", "uxo"], rows),
            "killed": draw.integers(0, 3, rows),
            "injured": draw.integers(0, 4, rows),
            "description": [f"Blast number {n} on a field track near Ağdam." for n in range(rows)],
        }
    )
    frame = gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(lon, lat), crs="OGC:CRS84")
    frame.loc[frame.index % 3 == 0, "geometry"] = None
    return conform(frame, schemas.INCIDENTS)


def timed(work):
    """Milliseconds of the best of three runs."""
    spans = []
    for _ in range(3):
        start = process_time()
        work()
        spans.append(process_time() - start)
    return min(spans) * 1_000


def peers(frame: gpd.GeoDataFrame, folder: Path) -> dict:
    """What GeoPandas and pandas do alone; dates as text where they cannot write them."""
    plain = frame.copy()
    for name in plain.select_dtypes(["datetime", "datetimetz"]):
        plain[name] = plain[name].astype(str)
    return {
        "geojson": plain.to_json,
        "csv": lambda: frame.to_csv(folder / "peer.csv"),
        "gpkg": lambda: frame.to_file(folder / "peer.gpkg", driver="GPKG"),
        "fgb": lambda: frame.to_file(folder / "peer.fgb", driver="FlatGeobuf", SPATIAL_INDEX="NO"),
        "parquet": lambda: frame.to_parquet(folder / "peer.parquet"),
    }


def status(name: str) -> float:
    """A figure of this process in megabytes: ``VmRSS`` now, ``VmHWM`` at most."""
    found = Path("/proc/self/status").read_text().partition(f"{name}:")[2]
    return int(found.split()[0]) / 1024


def added(key: str, rows: int) -> None:
    """Print what giving all rows in a format adds at most to what the process holds."""
    frame = incidents(rows)
    for _ in stream(frame.iloc[:50], schemas.INCIDENTS, key):
        pass
    Path("/proc/self/clear_refs").write_text("5")  # VmHWM begins anew
    before, begun = status("VmRSS"), process_time()
    size = sum(len(piece) for piece in stream(frame, schemas.INCIDENTS, key))
    spent, most = process_time() - begun, status("VmHWM") - before
    print(f"| {key} | {size / 1e6:.1f} | {most:.0f} | {spent:.1f} |", flush=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("rows", nargs="?", type=int, default=5_000)
    arguments.add_argument("--memory", action="store_true", help="what each format adds")
    arguments.add_argument("--key", help=argparse.SUPPRESS)
    asked = arguments.parse_args()
    if asked.key:
        added(asked.key, asked.rows)
        return
    if asked.memory:
        print("| format | file, MB | memory added, MB | processor time, s |\n|---|---|---|---|")
        for key in FORMATS:
            command = [sys.executable, __file__, str(asked.rows), "--key", key]
            subprocess.run(command, check=True)
        return
    frame = incidents(asked.rows)
    warnings.simplefilter("ignore")
    span = timed(lambda: feature_texts(frame, schemas.INCIDENTS))
    print(f"{len(frame)} incidents of {len(schemas.INCIDENTS.columns)} properties")
    print(f"feature_texts {span:8.0f} ms  {span / len(frame) * 1_000:.1f} µs a feature")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        others = peers(frame, folder)
        print(f"{'format':8} {'ours ms':>8} {'MB':>6} {'alone ms':>9}")
        for key, row in FORMATS.items():
            path = folder / f"x{row.suffix}"
            ours = timed(lambda path=path: write(frame, schemas.INCIDENTS, path))
            other = f"{timed(others[key]):9.0f}" if key in others else f"{'-':>9}"
            print(f"{key:8} {ours:8.0f} {path.stat().st_size / 1e6:6.1f} {other}")


if __name__ == "__main__":
    main()
