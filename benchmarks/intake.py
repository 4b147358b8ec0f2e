"""Time an import of many rows, stage by stage, with the memory it takes.

Run: ``python -m benchmarks.intake [ROWS] [--format csv|acled]``; writes a short report. Its last
line is the same file by ``read_csv``, ``sjoin`` and COPY into PostGIS, which is what ``to_postgis``
does (GeoAlchemy2 only names the column's type for it), the time of the server's process included;
``to_sql`` into SQLite where there is no PostgreSQL 15. It checks nothing, keeps no history and has
no ids.
"""

import argparse
import csv
import os
import platform
import resource
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import perf_counter, process_time

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa

from geodata.districts import load_districts
from geodata.intake import import_file
from geodata.register import open_register
from tests.needs import POSTGRES
from tests.register.cluster import Cluster

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


def write_catalogue(path: Path, rows: int) -> None:
    """Write a catalogue's table: a format that is known by its columns, every row with a point."""
    draw = np.random.default_rng(SEED)
    days = np.datetime64("2015-01-01") + draw.integers(0, 3_000, rows)
    lon, lat = draw.uniform(45.5, 49.0, rows), draw.uniform(38.9, 41.2, rows)
    killed = draw.poisson(0.4, rows)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(
            ["event_id_cnty", "event_date", "year", "time_precision", "disorder_type", "event_type",
             "sub_event_type", "actor1", "inter1", "iso", "region", "country", "admin1", "location",
             "latitude", "longitude", "geo_precision", "source", "notes", "fatalities"]
        )  # fmt: skip
        for i in range(rows):
            day = days[i].item()
            writer.writerow(
                [f"AZE{i}", f"{day:%d %B %Y}", day.year, 1, "Political violence",
                 "Explosions/Remote violence", "Remote explosive/landmine/IED", "Unidentified", 8,
                 31, "Caucasus", "Azerbaijan", "", f"Village {i % 500}", f"{lat[i]:.4f}",
                 f"{lon[i]:.4f}", 1, "Monthly return",
                 f"On {day:%d %B %Y}, a landmine exploded near the village, case {i}.",
                 int(killed[i])]
            )  # fmt: skip


def by_hand(path: Path, form: str, address: str | None) -> tuple[int, float]:
    """Read the same file, join its points to the districts, write a table, and nothing else.

    The table goes to PostGIS where an address is given, else into SQLite. Gives the rows and the
    processor time of the server.
    """
    plain = form == "csv"
    lon, lat = ("Longitude", "Latitude") if plain else ("longitude", "latitude")
    rows = pd.read_csv(path, sep=";" if plain else ",", decimal="," if plain else ".")
    points = gpd.points_from_xy(rows[lon], rows[lat], crs="OGC:CRS84")
    located = gpd.GeoDataFrame(rows, geometry=points).dropna(subset=[lon])
    joined = located.sjoin(load_districts()[["district_id", "geometry"]], predicate="within")
    table = pd.DataFrame(joined.drop(columns="geometry"))
    if address is not None:
        shapes = shapely.set_srid(joined.geometry.to_numpy(), 4326)
        table["geometry"] = shapely.to_wkb(shapes, hex=True, include_srid=True)
        return len(joined), _copied(table, address)
    with closing(sqlite3.connect(path.with_suffix(".sqlite"))) as connection:
        table.to_sql("incidents", connection, index=False, chunksize=10_000)
    return len(joined), 0.0


def _copied(table: pd.DataFrame, address: str) -> float:
    engine = sa.create_engine(address)
    with engine.begin() as connection:
        table.head(0).to_sql("incidents", connection, index=False)
        connection.exec_driver_sql(
            "ALTER TABLE incidents ALTER geometry TYPE geometry(Point, 4326) "
            "USING geometry::geometry(Point, 4326)"
        )
        driver = connection.connection.driver_connection
        with driver.cursor().copy("COPY incidents FROM STDIN WITH (FORMAT csv)") as copy:
            for start in range(0, len(table), 10_000):
                part = table.iloc[start : start + 10_000]
                copy.write(part.to_csv(index=False, header=False))
        server = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        fields = Path(f"/proc/{server}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    engine.dispose()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def server() -> Iterator[str | None]:
    """Give the address of a PostGIS of one's own; None where there is none."""
    if not (POSTGRES / "initdb").exists():
        yield None
        return
    cluster = Cluster(POSTGRES)
    try:
        yield cluster.create("peer", "template_postgis")
    finally:
        cluster.stop()
        shutil.rmtree(cluster.folder, ignore_errors=True)


def main() -> None:
    """Import the table twice and print the report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", nargs="?", type=int, default=100_000)
    parser.add_argument("--format", choices=("csv", "acled"), default="csv")
    parser.add_argument("--report", type=Path)
    arguments = parser.parse_args()
    lines = [f"# Import of {arguments.rows:,} rows, {arguments.format}", ""]
    took: dict[str, float] = {}
    lines.append(f"Python {platform.python_version()}, {platform.machine()}, embedded store.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "accidents.csv"
        (write_table if arguments.format == "csv" else write_catalogue)(path, arguments.rows)
        open_register(Path(folder) / "data").close()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        for name in ("first", "again"):
            # As the command does it: open, import, close with a checkpoint for the next start.
            start, cpu = perf_counter(), process_time()
            register = open_register(Path(folder) / "data")
            report = import_file(register, path, author="bench")
            imported = process_time() - cpu
            register.close()
            seconds, cpu = perf_counter() - start, process_time() - cpu
            took[name] = cpu
            counts = ", ".join(f"{k} {v:,}" for k, v in report.counts.items() if v)
            lines += [
                "",
                (
                    f"## {name}: {seconds:.0f} s, CPU {cpu:.1f}: {report.rows / cpu:,.0f} rows/s, "
                    f"import alone {report.rows / imported:,.0f}"
                ),
                "",
            ]
            lines += [f"{counts}; {report.written:,} revisions written", ""]
            lines += ["| stage | s |", "|---|---|"]
            lines += [f"| {stage} | {value:.1f} |" for stage, value in report.stages.items()]
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            lines += ["", f"Memory: {before:,.0f} MiB before, {peak:,.0f} MiB at most."]
        with server() as address:
            start, cpu = perf_counter(), process_time()
            placed, server_cpu = by_hand(path, arguments.format, address)
            seconds, cpu = perf_counter() - start, process_time() - cpu + server_cpu
        last = "to_sql (SQLite)" if address is None else f"COPY (server {server_cpu:.1f} s)"
        lines += [
            "",
            (
                f"read_csv, sjoin, {last}: {seconds:.0f} s, CPU {cpu:.1f}: "
                f"{arguments.rows / cpu:,.0f} rows/s, {placed:,} in; an import took "
                + ", ".join(f"{name} {spent / cpu:.1f}" for name, spent in took.items())
                + " times as much."
            ),
        ]
    text = "\n".join(lines)
    print(text)
    if arguments.report:
        arguments.report.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
