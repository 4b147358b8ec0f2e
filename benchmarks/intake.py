"""Time an import of many rows, stage by stage, with the memory it takes.

Run: ``python benchmarks/intake.py [ROWS] [--format csv|ucdp]``; writes a short report.
"""

import argparse
import csv
import platform
import resource
import tempfile
from pathlib import Path
from time import perf_counter, process_time

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.districts import load_districts
from geodata.intake import import_file
from geodata.register import open_register

SEED = 20210204


def write_table(path: Path, rows: int) -> None:
    """Write a table as an office would: mixed dates, devices, districts, coordinates."""
    draw = np.random.default_rng(SEED)
    names = load_districts()["name"].to_numpy()
    days = np.datetime64("2015-01-01") + draw.integers(0, 3_000, rows)
    lon, lat = draw.uniform(45.5, 49.0, rows), draw.uniform(38.9, 41.2, rows)
    devices = ["AP mine", "AT mine", "UXO", "unknown", "IED", ""]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(
            ["Accident ID", "Date", "District", "Latitude", "Longitude", "Device", "Killed",
             "Injured", "Source", "Description"]
        )  # fmt: skip
        for i in range(rows):
            day = days[i].item()
            point = (f"{lat[i]:.5f}".replace(".", ","), f"{lon[i]:.5f}".replace(".", ","))
            named = names[draw.integers(len(names))] if i % 3 == 0 else ""
            writer.writerow(
                [f"A{i}", day.strftime("%d.%m.%Y"), named, *(point if i % 5 else ("", "")),
                 devices[i % 6], int(draw.poisson(0.4)), int(draw.poisson(1.2)) if i % 7 else "",
                 "Monthly return", f"Blast number {i} while herding near the village"]
            )  # fmt: skip


def by_hand(path: Path) -> int:
    """Read the same file and join its points to the districts, and nothing else."""
    rows = pd.read_csv(path, sep=";", decimal=",")
    points = gpd.points_from_xy(rows["Longitude"], rows["Latitude"], crs="OGC:CRS84")
    located = gpd.GeoDataFrame(rows, geometry=points).dropna(subset=["Longitude"])
    return len(located.sjoin(load_districts()[["name", "geometry"]], predicate="within"))


def main() -> None:
    """Import the table twice and print the report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", nargs="?", type=int, default=100_000)
    parser.add_argument("--report", type=Path)
    arguments = parser.parse_args()
    lines = [f"# Import of {arguments.rows:,} rows", ""]
    lines.append(f"Python {platform.python_version()}, {platform.machine()}, embedded store.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "accidents.csv"
        write_table(path, arguments.rows)
        register = open_register(Path(folder) / "data")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        for name in ("first", "again"):
            start, cpu = perf_counter(), process_time()
            report = import_file(register, path, author="bench")
            seconds, cpu = perf_counter() - start, process_time() - cpu
            counts = ", ".join(f"{k} {v:,}" for k, v in report.counts.items() if v)
            lines += [
                "",
                f"## {name}: {seconds:.1f} s, CPU {cpu:.1f} s: {report.rows / cpu:,.0f} rows/s",
                "",
            ]
            lines += [f"{counts}; {report.written:,} revisions written", ""]
            lines += ["| stage | s |", "|---|---|"]
            lines += [f"| {stage} | {value:.1f} |" for stage, value in report.stages.items()]
        cpu = process_time()
        placed = by_hand(path)
        cpu = process_time() - cpu
        lines += [
            "",
            f"read_csv, sjoin: CPU {cpu:.2f} s: {arguments.rows / cpu:,.0f} rows/s, {placed:,} in",
        ]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        lines += ["", f"Memory: {before:,.0f} MiB before, {peak:,.0f} MiB at most."]
        register.close()
    text = "\n".join(lines)
    print(text)
    if arguments.report:
        arguments.report.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
