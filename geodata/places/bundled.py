"""The bundled places of Azerbaijan, and what is known of their aliases."""

import csv
from collections import defaultdict
from functools import lru_cache
from importlib.resources import files

import geopandas as gpd
import pandas as pd

from geodata.districts import bundled_districts
from geodata.schemas import CRS84, PLACES, conform

ATTRIBUTION = "Place names: GeoNames, CC BY 4.0."
NAME_COLUMNS = ("name_az", "name_en", "name_ru", "name_hy")


def load_places() -> gpd.GeoDataFrame:
    """Load the bundled places: settlements, then the districts as entries of their own.

    A fresh frame of the schema PLACES in OGC:CRS84. A district's `place_id` is its `district_id`;
    districts and places without a known point have no geometry. Places of other countries are there
    only because they share a name.
    """
    return _load().copy()


@lru_cache(maxsize=1)
def _load() -> gpd.GeoDataFrame:
    with (files("geodata") / "data" / "places.csv").open(encoding="utf-8") as lines:
        settlements = pd.read_csv(
            lines,
            dtype={c.name: "str" for c in PLACES.columns if c.kind == "text"},
            keep_default_na=False,
            na_values=[""],
        )
    rows = pd.concat([settlements, district_places(bundled_districts())], ignore_index=True)
    points = gpd.points_from_xy(rows["longitude"], rows["latitude"], crs=CRS84)
    shapes = gpd.GeoSeries(points, crs=CRS84).where(rows["longitude"].notna(), None)
    return conform(gpd.GeoDataFrame(rows, geometry=shapes, crs=CRS84), PLACES)


def district_places(districts: gpd.GeoDataFrame) -> pd.DataFrame:
    """Write districts as places, with the names and aliases that are known of them.

    Columns of PLACES without geometry, in the districts' order.
    """
    ids = districts["district_id"].astype(str)
    known = alias_facts()
    rows = pd.DataFrame({"place_id": ids.to_numpy(), "kind": "district"})
    for column in ("name", "name_az", "name_en", "name_ru", "population"):
        rows[column] = districts[column].to_numpy()
    rows["name_hy"] = [_first(known.get(i, []), "hy") for i in ids]
    stated = [a.split("|") if isinstance(a, str) else [] for a in districts["aliases"]]
    rows["aliases"] = [
        "|".join(sorted({*own, *(f.alias for f in known.get(i, []))})) or None
        for i, own in zip(ids, stated, strict=True)
    ]
    rows["district_id"] = ids.to_numpy()
    rows["country"] = districts["country"].to_numpy()
    return rows


class AliasFact:
    """One alias of a place or district and the two judgements on it."""

    __slots__ = ("alias", "ambiguous", "lang", "target", "verified")

    def __init__(self, row: dict[str, str]) -> None:
        self.target = row["target"]
        self.alias = row["alias"]
        self.lang = row["lang"]
        self.verified = row["verified"] == "1"
        self.ambiguous = row["ambiguous"] == "1"


@lru_cache(maxsize=1)
def alias_facts() -> dict[str, list[AliasFact]]:
    """Read the aliases with their judgements, by place or district."""
    facts: dict[str, list[AliasFact]] = defaultdict(list)
    with (files("geodata") / "data" / "aliases.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            facts[row["target"]].append(AliasFact(row))
    return dict(facts)


@lru_cache(maxsize=1)
def unit_origins() -> dict[str, tuple[str, ...]]:
    """Read which districts a unit without boundaries of its own was formed from."""
    origins: dict[str, list[str]] = defaultdict(list)
    with (files("geodata") / "data" / "unit_origins.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            origins[row["place_id"]].append(row["district_id"])
    return {place: tuple(districts) for place, districts in origins.items()}


def _first(facts: list[AliasFact], lang: str) -> str | None:
    return next((f.alias for f in facts if f.lang == lang and f.verified), None)
