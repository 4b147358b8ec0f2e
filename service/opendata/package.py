"""A package for the Humanitarian Data Exchange: tables with HXL tags, their metadata, a notice.

References
----------
HXL 1.1 (https://hxlstandard.org), and the fields of a data set that HDX asks for.
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC
from typing import Any

import geopandas as gpd
import orjson

from geodata.countries import iso3_of
from geodata.formats import FormatOptions, stream
from geodata.register import Snapshot
from geodata.risk import RiskParameters
from geodata.schemas import FrameSchema
from service.collections import COLLECTIONS
from service.ogc.descriptions import ATTRIBUTION, DESCRIPTION

LAYERS = ("incidents", "risk", "districts", "operations", "statistics")
"""Layers of the package: what is recorded, what follows from it, and the units with their
P-codes."""
_DAY = (1980, 1, 1, 0, 0, 0)
CAVEATS = (
    "Reports are incomplete: the numbers are of what was recorded, not of all that happened. "
    "No record is not the same as safe. Places are as exact as where_precision says; records "
    "that are restricted are shown by district or not at all. Densities hold intervals; read "
    f"them with their period. {ATTRIBUTION}"
)


def package(snapshot: Snapshot, *, countries: Sequence[str] = ()) -> bytes:
    """Make the package.

    A ZIP archive; the same bytes for the same revision.

    Parameters
    ----------
    countries
        ISO 3166-1 codes that the data are of, two letters; none = those of the incidents and
        of the districts.
    """
    content = io.BytesIO()
    found = sorted(set(countries) or countries_of(snapshot))
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        resources = []
        for name in LAYERS:
            one = COLLECTIONS[name]
            frame, schema = one.frame(snapshot, RiskParameters()), one.schema
            if name == "risk":
                frame, schema = _with_pcodes(frame, schema, snapshot)
            options = FormatOptions(hxl=True, bom=True, wkt=False)
            table = b"".join(stream(frame, schema, "csv", options))
            _put(archive, f"{name}.csv", table)
            resources.append(
                _resource(one.title, f"{name}.csv", "CSV", one.description, len(frame))
            )
        districts = COLLECTIONS["districts"]
        shapes = stream(snapshot.districts, districts.schema, "geojson", FormatOptions())
        _put(archive, "districts.geojson", b"".join(shapes))
        text = f"{districts.description} With P-codes where they are known."
        units, name = len(snapshot.districts), "districts.geojson"
        resources.append(_resource("Districts (shapes)", name, "GeoJSON", text, units))
        about = metadata(snapshot, resources, found)
        _put(archive, "metadata.json", orjson.dumps(about, option=orjson.OPT_INDENT_2))
        _put(archive, "README.txt", _readme(about).encode())
    return content.getvalue()


def _with_pcodes(
    frame: gpd.GeoDataFrame, schema: FrameSchema, snapshot: Snapshot
) -> tuple[gpd.GeoDataFrame, FrameSchema]:
    """Put the place codes beside the ids: by them HDX joins tables."""
    pcode = COLLECTIONS["districts"].schema.by_name["pcode"]
    after = schema.names.index("name") + 1
    columns = (*schema.columns[:after], pcode, *schema.columns[after:])
    found = frame.assign(pcode=snapshot.districts["pcode"].reindex(frame.index))
    return found, replace(schema, columns=columns)


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _DAY)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)


def _resource(title: str, name: str, form: str, text: str, rows: int) -> dict[str, Any]:
    return {"name": name, "title": title, "format": form, "description": text, "rows": rows}


def countries_of(snapshot: Snapshot) -> set[str]:
    """Give the ISO 3166-1 codes of the countries that incidents or districts are in."""
    frames = (snapshot.incidents, snapshot.districts)
    return {str(code) for frame in frames for code in frame["country"].dropna().unique()}


def metadata(
    snapshot: Snapshot, resources: Sequence[dict[str, Any]], countries: Sequence[str]
) -> dict[str, Any]:
    """Give what HDX asks of a data set, by the names of its fields."""
    incidents = snapshot.incidents
    days = incidents["date_start"].dropna(), incidents["date_end"].dropna()
    known = bool(len(days[0])) and bool(len(days[1]))
    first = days[0].min().strftime("%Y-%m-%d") if known else None
    last = days[1].max().strftime("%Y-%m-%d") if known else None
    groups = [code for two in countries if (code := iso3_of(two))]
    return {
        "name": "-".join(["landmine-and-uxo-incidents", *(code.lower() for code in groups)]),
        "title": "Landmine and UXO incidents, and risk per district",
        "notes": DESCRIPTION,
        "dataset_date": f"[{first} TO {last}]" if known else None,
        "dataset_source": snapshot.attribution or "the sources named with each incident",
        "data_update_frequency": "-2",
        "methodology": "Other",
        "methodology_other": "Incidents are verified against reports; densities are counts by area "
        "and time with intervals, smoothed by empirical Bayes.",
        "caveats": CAVEATS,
        "groups": [{"name": code.lower()} for code in groups],
        "tags": [
            {"name": name} for name in ("explosive weapons", "geodata", "hazards and risk", "hxl")
        ],
        "private": False,
        "license_id": None,
        "maintainer": None,
        "owner_org": None,
        "revision": snapshot.revision,
        "boundaries": snapshot.edition,
        "recorded_at": snapshot.recorded_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "resources": list(resources),
    }


def _readme(about: dict[str, Any]) -> str:
    lines = [about["title"], "", about["notes"], "", "Read before use", CAVEATS, ""]
    lines += [
        f"{one['name']}: {one['description']} ({one['rows']} rows)" for one in about["resources"]
    ]
    last = "Before it is published: fill in license_id, maintainer and owner_org in metadata.json."
    lines += ["", last, ""]
    return "\r\n".join(lines)
