"""How many rows with points of real event files lie in the district that they count for.

Run::

    python benchmarks/placed.py FOLDER [--boundaries units.gpkg ...] [--level 2]

Each file of the folder is imported into an empty register with the boundaries given (without
any, with squares of two degrees named after the most common first-level unit in them), and a
table says, by precision of place, how many of its rows with a point count for the district
that holds the point, how many do not and say why, and how many do not and say nothing. The last
number has to be 0: that is the law this script is for.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import MultiPolygon, box

from geodata.districts import grid_of, inspect_boundaries
from geodata.errors import GeodataError
from geodata.intake import Choices, import_file
from geodata.intake.files.source import open_source
from geodata.intake.table import LAT, LON
from geodata.register import open_register
from geodata.schemas import CRS84, DISTRICTS, conform

SIDE_DEG = 2.0


def squares(path: Path) -> gpd.GeoDataFrame:
    """Make districts for a file: squares of two degrees around its points."""
    with open_source(path) as source:
        table = pd.concat(source.table.read())
    name = next((c for c in ("adm_1", "admin1", "Admin 1") if c in table), None)
    found = [p for p in (("latitude", "longitude"), (LAT, LON)) if set(p) <= set(table)]
    nothing = pd.Series(np.nan, index=table.index)
    lat = pd.to_numeric(table[found[0][0]], errors="coerce") if found else nothing
    lon = pd.to_numeric(table[found[0][1]], errors="coerce") if found else nothing
    cells = pd.DataFrame(
        {"x": (lon // SIDE_DEG) * SIDE_DEG, "y": (lat // SIDE_DEG) * SIDE_DEG,
         "name": table[name] if name else None}
    ).dropna(subset=["x", "y"])  # fmt: skip
    rows = [
        {"district_id": f"S{i}", "name": _most_common(some["name"]) or f"Square {i}", "level": 1,
         "geometry": MultiPolygon([box(x, y, x + SIDE_DEG, y + SIDE_DEG)])}
        for i, ((x, y), some) in enumerate(cells.groupby(["x", "y"]))
    ]  # fmt: skip
    rows = rows or [
        {"district_id": "S0", "name": "Square", "geometry": MultiPolygon([box(0, 0, 1, 1)])}
    ]
    return conform(gpd.GeoDataFrame(rows, crs=CRS84), DISTRICTS)


def _most_common(names: pd.Series) -> str | None:
    known = names.dropna()
    return None if known.empty else str(known.mode().iloc[0])


def shares(path: Path, districts: gpd.GeoDataFrame) -> pd.DataFrame:
    """Import a file and count its rows with points by precision and outcome.

    Returns
    -------
    pandas.DataFrame
        Index `where_precision`; columns rows, in_its_district, said, silent.
    """
    with tempfile.TemporaryDirectory() as folder:
        register = open_register(folder, empty=True)
        register.add_boundaries(districts, edition="made", author="benchmark")
        report = import_file(
            register, path, author="benchmark", choices=Choices(scope="all"), rejects=None
        )
        frame = register.snapshot().incidents
        register.close()
    print(f"\n{path.name}: {report.rows:,} rows, {dict(+report.counts)}, unplaced by reason "
          f"{dict(report.reasons_unplaced)}, in conflict {report.conflict_count:,}")  # fmt: skip
    frame = frame[frame["longitude"].notna()]
    ids = districts["district_id"].astype(str).to_numpy(dtype=object)
    at = grid_of(districts).locate(frame["longitude"], frame["latitude"])
    holds = np.where(at >= 0, ids[at], None)
    counts_for = frame["districts"].fillna("").to_numpy(dtype=object)
    right = np.array([
        text == (f"{unit}:1" if unit else "")
        for unit, text in zip(holds, counts_for, strict=True)
    ], dtype=bool)  # fmt: skip
    said = frame["district_note"].notna().to_numpy() | (frame["districts"].isna().to_numpy())
    table = pd.DataFrame(
        {"where_precision": frame["where_precision"].to_numpy(), "rows": 1,
         "in_its_district": right, "said": ~right & said, "silent": ~right & ~said}
    )  # fmt: skip
    return table.groupby("where_precision").sum().astype(int)


def main() -> int:
    """Report each file; the exit code is 1 if a row counts elsewhere and says nothing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--boundaries", type=Path)
    parser.add_argument("--level", type=int)
    given = parser.parse_args()
    silent = 0
    for path in sorted(
        p for p in given.folder.iterdir() if p.suffix in (".csv", ".fgb", ".xlsx", ".gpkg")
    ):
        try:
            districts = (
                inspect_boundaries(given.boundaries, level=given.level).districts()
                if given.boundaries
                else squares(path)
            )
            table = shares(path, districts)
        except GeodataError as error:
            print(f"\n{path.name}: {error.message}")
            continue
        print(table.to_string())
        silent += int(table["silent"].sum()) if len(table) else 0
    print(f"\nrows that count elsewhere and say nothing: {silent}")
    return int(silent > 0)


if __name__ == "__main__":
    sys.exit(main())
