"""Derive the outlines of countries from the npm package world-atlas.

Run from anywhere after ``make`` has fetched the browser's assets::

    python geodata/data/scripts/derive_countries.py

The outlines are Natural Earth's at 1:50m (public domain), without names: a country is its
ISO 3166-1 alpha-2 code. They tell which country a set of boundaries lies in, and are never
drawn or published.
"""

import json
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from babel.core import get_global

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
SOURCE = ROOT / ".assets/node_modules/world-atlas/countries-50m.json"
TARGET = HERE.parent / "countries.parquet"
# Drawn without a number by the source; the user-assigned code is the one in common use.
UNNUMBERED = {"Kosovo": "XK"}
STEP_DEG = 0.005


def main() -> None:
    """Write `countries.parquet`."""
    topology = json.loads((Path(sys.argv[1]) if len(sys.argv) > 1 else SOURCE).read_text())
    scale, shift = (np.array(topology["transform"][k]) for k in ("scale", "translate"))
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + shift for arc in topology["arcs"]]
    alpha2 = {
        alias: targets[0]
        for alias, targets in get_global("territory_aliases").items()
        if alias.isdecimal() and len(targets) == 1
    }
    codes, shapes = [], []
    for item in topology["objects"]["countries"]["geometries"]:
        code = alpha2.get(item.get("id", "")) or UNNUMBERED.get(item["properties"]["name"])
        if code is None:
            continue
        parts = item["arcs"] if item["type"] == "MultiPolygon" else [item["arcs"]]
        polygons = [shapely.Polygon(_ring(p[0], arcs), [_ring(r, arcs) for r in p[1:]])
                    for p in parts]  # fmt: skip
        codes.append(code)
        shapes.append(shapely.make_valid(shapely.union_all(shapely.make_valid(polygons))))
    frame = gpd.GeoDataFrame({"country": codes}, geometry=shapes, crs="OGC:CRS84")
    frame = frame.dissolve("country", as_index=False).sort_values("country", ignore_index=True)
    frame["geometry"] = shapely.set_precision(frame.geometry.to_numpy(), STEP_DEG)
    frame.to_parquet(TARGET, compression="zstd", index=False)
    print(f"{TARGET.name}: {len(frame)} countries, {TARGET.stat().st_size:,} bytes")


def _ring(numbers: list[int], arcs: list[np.ndarray]) -> np.ndarray:
    parts = [arcs[n] if n >= 0 else arcs[~n][::-1] for n in numbers]
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


if __name__ == "__main__":
    main()
