"""Which district an incident counts for: what is named beats what is measured.

The district named in a row comes first, then the place in the gazetteer, then the point:
boundaries are approximate, and about one village in six lies across a drawn border.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.districts import grid_of, near_border
from geodata.errors import InvalidInput
from geodata.incidents import districts_text, parse_districts
from geodata.model import DistrictWeight, Incident
from geodata.places.gazetteer import Gazetteer
from geodata.places.reading import Reading, read_texts, reader

COLUMNS = (
    "district_id", "districts", "where_method", "note", "place_id",
    "place_longitude", "place_latitude", "point_district", "neighbour",
)  # fmt: skip


def place_many(
    lon: Any,
    lat: Any,
    district_texts: Sequence[Any] | None,
    place_texts: Sequence[Any] | None,
    gazetteer: Gazetteer,
    districts: gpd.GeoDataFrame,
    *,
    country: str | None = None,
) -> pd.DataFrame:
    """Find the districts of many incidents: by named district, by place, by point.

    Each distinct text is looked up once. A text that fits several districts is decided by
    the point where that lies in one of them; else the candidates share the incident
    equally.

    Parameters
    ----------
    lon, lat
        Arrays of degrees, WGS 84; NaN where no point is known.
    district_texts, place_texts
        Names of districts and of places, one a row, or None; empty and missing ones say
        nothing.
    gazetteer
        Where names are looked up.
    districts
        Frame of the schema DISTRICTS.
    country
        ISO 3166-1 alpha-2 of the country that the rows are about.

    Returns
    -------
    pandas.DataFrame
        One row an incident, in the order given: `district_id` (the only or first one),
        `districts` (``AZ-TAR:0.5;AZ-AGM:0.5``; null when unplaced), `where_method`
        (district, gazetteer, point or unplaced), `note` in words, `place_id`,
        `place_longitude` and `place_latitude` of the gazetteer's settlement,
        `point_district` (that holds the point) and `neighbour` (another district within
        2 km of the point).

    Raises
    ------
    InvalidInput
        The columns differ in length (code ``bad-points``).
    """
    x, y = (np.asarray(v, dtype=np.float64).ravel() for v in (lon, lat))
    columns = [_column(t, len(x)) for t in (district_texts, place_texts)]
    if any(len(c) != len(x) for c in (y, *columns)):
        raise InvalidInput("All columns must have one length.", code="bad-points")
    where = grid_of(districts).locate(x, y)
    beside = near_border(x, y, where, districts)
    ids = districts["district_id"].astype(str).to_numpy(dtype=object)
    names = dict(zip(ids, districts["name"].astype(str), strict=True))
    point = _taken(ids, where)
    neighbour = _taken(ids, beside)
    held = set(ids)
    by_district = read_texts(columns[0], reader(gazetteer.find_district, held, country))
    by_place = read_texts(columns[1], reader(gazetteer.find, held, country))
    combined = pd.DataFrame(
        {"a": by_district[0], "b": by_place[0], "point": point, "near": neighbour}
    )
    combined["xy"] = np.isfinite(x) & np.isfinite(y)
    code, distinct = _distinct(combined)
    rows = [_placed(by_district[1][r.a], by_place[1][r.b], r, names) for r in distinct.itertuples()]
    answer = pd.DataFrame(rows, columns=["first", "districts", "where_method", "note", "place_id"])
    answer = answer.take(code).reset_index(drop=True)
    answer["district_id"] = answer.pop("first")
    answer["point_district"], answer["neighbour"] = point, neighbour
    return _with_points(answer, gazetteer).astype(
        {c: "str" for c in COLUMNS if not c.endswith("tude")}
    )[list(COLUMNS)]


def _column(texts: Sequence[Any] | None, length: int) -> pd.Series:
    if texts is None:
        return pd.Series([None] * length, dtype=object)
    return pd.Series(texts, dtype=object).reset_index(drop=True)


def _taken(ids: np.ndarray, positions: np.ndarray) -> np.ndarray:
    padded = np.empty(len(ids) + 1, dtype=object)
    padded[:-1] = ids
    return np.asarray(padded[positions], dtype=object)


def _distinct(frame: pd.DataFrame) -> tuple[np.ndarray, pd.DataFrame]:
    grouped = frame.groupby(list(frame.columns), dropna=False, sort=False)
    code = grouped.ngroup().to_numpy()
    return code, frame.iloc[np.unique(code, return_index=True)[1]].reset_index(drop=True)


def _placed(
    named: Reading, place: Reading, row: Any, names: dict[str, str]
) -> tuple[str | None, ...]:
    point = row.point if isinstance(row.point, str) else None
    notes = [reading.note for reading in (named, place) if reading.note]
    found: tuple[str, ...] = (point,) if point else ()
    method = "point" if point else "unplaced"
    for reading, how in ((named, "district"), (place, "gazetteer")):
        if reading.candidates:
            found = reading.decided(point, place if how == "district" else named)
            method = how
            break
    if method != "point" and point and point not in found:
        notes.append(f"its point lies in {names[point]} ({point})")
    if row.xy and point is None:
        notes.append("its point lies in no district")
    if isinstance(row.near, str) and (method == "point" or not found):
        notes.append(f"its point is within 2 km of {names[row.near]} ({row.near})")
    if len(found) > 1:
        notes.append("shared equally among the candidates")
    agrees = not place.candidates or any(d in place.candidates for d in found)
    place_id = place.place_id if agrees else None
    return (*found, None)[0], _text(found), method, "; ".join(notes) or None, place_id


@lru_cache(maxsize=4096)
def _text(found: tuple[str, ...]) -> str | None:
    each = 1 / max(len(found), 1)
    return districts_text(DistrictWeight(district_id=d, weight=each) for d in found)


def _with_points(answer: pd.DataFrame, gazetteer: Gazetteer) -> pd.DataFrame:
    places = gazetteer.places.drop_duplicates("place_id").set_index("place_id")
    for axis in ("longitude", "latitude"):
        answer[f"place_{axis}"] = answer["place_id"].map(places[axis]).astype("float64")
    return answer


def place_incident(
    incident: Incident,
    gazetteer: Gazetteer,
    districts: gpd.GeoDataFrame,
    *,
    district_text: str | None = None,
) -> Incident:
    """Give an incident its districts: by named district, by place, by point.

    Districts that the incident already has are kept. What is uncertain is said in
    `district_note`; an incident that lies nowhere keeps no district and says so.

    Parameters
    ----------
    incident
        The record; its `place_as_reported` and point are used.
    gazetteer
        Where names are looked up.
    districts
        Frame of the schema DISTRICTS.
    district_text
        The district as the source names it, where it is given apart.

    Returns
    -------
    Incident
        A copy with `districts`, `district_note` and, where the gazetteer knows the
        settlement, `place_id`.
    """
    if incident.districts:
        return incident
    row = place_many(
        [np.nan if incident.longitude is None else incident.longitude],
        [np.nan if incident.latitude is None else incident.latitude],
        [district_text],
        [incident.place_as_reported],
        gazetteer,
        districts,
        country=incident.country,
    ).iloc[0]
    text = row["districts"] if isinstance(row["districts"], str) else ""
    weights = parse_districts(text)
    note = "; ".join(n for n in (incident.district_note, row["note"]) if isinstance(n, str))
    change: dict[str, Any] = {"districts": weights, "district_note": note or None}
    if incident.place_id is None and isinstance(row["place_id"], str):
        change["place_id"] = row["place_id"]
    return incident.model_copy(update=change)
