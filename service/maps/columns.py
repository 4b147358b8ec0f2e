"""Incidents as small columns for the page: each repeated value is written once."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata import codes
from geodata.codes import values_of
from geodata.incidents import parse_districts
from service.content.sources import links_of

GROUPS = values_of(codes.Group)
LISTS = {
    "device": values_of(codes.Device),
    "accident_type": values_of(codes.AccidentType),
    "activity": values_of(codes.Activity),
    "group": GROUPS,
    "record_status": values_of(codes.RecordStatus),
}


def incident_columns(incidents: gpd.GeoDataFrame, district_ids: list[str]) -> dict[str, Any]:
    """Write incidents column by column.

    Parameters
    ----------
    incidents
        Frame of the incidents' schema in the reader's view, oldest first.
    district_ids
        Order of the districts in the page.

    Returns
    -------
    dict
        ``ids``, ``strings``, ``placings``, ``harm``, ``sources`` and ``incidents`` with
        one list a column: codes as positions, days since 1970, coordinates in 1e-5
        degrees or null. Null stays null.
    """
    strings: dict[str, int] = {}
    start = _days(incidents["date_start"])
    placing, placings = _placings(incidents["districts"], district_ids)
    harm, people = _harm(incidents)
    source, sources = _distinct(incidents["sources"], links_of)
    columns = {
        "start": np.diff(start, prepend=0).tolist(),
        "length": (_days(incidents["date_end"]) - start).tolist(),
        "lon": _coordinate(incidents.geometry.x if len(incidents) else incidents["longitude"]),
        "lat": _coordinate(incidents.geometry.y if len(incidents) else incidents["latitude"]),
        "when": _small(incidents["date_precision"], 1),
        "where": _small(incidents["where_precision"], 6),
        "device": _codes(incidents["device"], "device"),
        "accident": _codes(incidents["accident_type"], "accident_type"),
        "activity": _codes(incidents["activity"], "activity"),
        "status": _codes(incidents["record_status"], "record_status"),
        "placing": placing,
        "harm": harm,
        "source": source,
        "place": _strings(incidents["place_as_reported"], strings),
        "description": _strings(incidents["description"], strings),
    }
    return {
        "ids": incidents["incident_id"].tolist(),
        "incidents": columns,
        "placings": placings,
        "harm": people,
        "sources": sources,
        "strings": list(strings),
    }


def _days(values: pd.Series) -> Any:
    return values.to_numpy().astype("datetime64[D]").astype(np.int64)


def _coordinate(values: pd.Series) -> list[int | None]:
    scaled = np.rint(values.to_numpy(dtype=float) * 1e5)
    return [None if np.isnan(v) else int(v) for v in scaled]


def _small(values: pd.Series, missing: int) -> list[int]:
    whole: list[int] = values.fillna(missing).astype(int).tolist()
    return whole


def _codes(values: pd.Series, name: str) -> list[int]:
    """Positions in the code list; what is not stated is "unknown", -1 where there is none."""
    known = {code: i for i, code in enumerate(LISTS[name])}
    missing = known.get("unknown", -1)
    found: list[int] = values.map(known).fillna(missing).astype(int).tolist()
    return found


def _distinct(values: pd.Series, make: Any) -> tuple[list[int], list[Any]]:
    found, texts = pd.factorize(values, use_na_sentinel=True)
    made = [make(str(text)) for text in texts]
    return np.where(found < 0, len(made), found).tolist(), [*made, []]


def _strings(values: pd.Series, strings: dict[str, int]) -> list[int]:
    found, texts = pd.factorize(values, use_na_sentinel=True)
    places = np.array([strings.setdefault(str(t), len(strings)) for t in texts] + [-1])
    return places[found].tolist()


def _placings(values: pd.Series, district_ids: list[str]) -> tuple[list[int], list[list[int]]]:
    """Placings as ``district, weight in thousandths, …``; empty = unplaced."""
    position = {name: i for i, name in enumerate(district_ids)}

    def pairs(text: str) -> list[int]:
        known = [d for d in parse_districts(text) if d.district_id in position]
        return [n for d in known for n in (position[d.district_id], round(d.weight * 1000))]

    return _distinct(values, pairs)


def _harm(incidents: gpd.GeoDataFrame) -> tuple[list[int], list[list[int | None]]]:
    """Each distinct set of casualties once, as ``group, killed, injured, …``.

    What an incident's total states beyond its groups belongs to people of unknown group.
    """
    killed, injured = (_counts(incidents, outcome) for outcome in ("killed", "injured"))
    both = np.hstack([killed, injured])
    if not len(both):
        return [], []
    frame = pd.DataFrame(both)
    index = frame.groupby(list(frame.columns), sort=False).ngroup().to_numpy()
    rows = frame.drop_duplicates().to_numpy()
    groups = len(GROUPS)
    people = [
        [
            n
            for g in range(groups)
            if row[g] >= 0 or row[g + groups] >= 0
            for n in (g, _or_null(row[g]), _or_null(row[g + groups]))
        ]
        for row in rows
    ]
    return index.tolist(), people


def _or_null(count: Any) -> int | None:
    return int(count) if count >= 0 else None


def _counts(incidents: gpd.GeoDataFrame, outcome: str) -> Any:
    columns = [incidents[f"{outcome}_{group}"] for group in GROUPS]
    counts = np.column_stack([c.to_numpy(dtype=float, na_value=np.nan) for c in columns])
    total = incidents[outcome].to_numpy(dtype=float, na_value=np.nan)
    stated = np.nansum(counts, axis=1)
    rest = np.where(np.isfinite(total), total, stated) - stated
    none = np.isnan(counts).all(axis=1) & np.isfinite(total)
    unknown = GROUPS.index("unknown")
    beyond = (rest > 0) | none
    counts[beyond, unknown] = np.nan_to_num(counts[beyond, unknown]) + rest[beyond]
    return np.where(np.isnan(counts), -1, counts).astype(np.int64)
