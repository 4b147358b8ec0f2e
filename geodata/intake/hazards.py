"""Polygons of hazardous areas: what their columns say, their districts, and shapes that cross."""

from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geodata.crs import crossing, cut_at_180
from geodata.districts import geodesic_area_km2
from geodata.errors import InvalidInput
from geodata.intake.draft import Draft
from geodata.wording import plain, reason_of, say

Document = dict[str, Any]

_AREAS = {
    "cha": "cha|confirmed hazardous area|confirmed hazard area|confirmed|defined hazardous area|"
    "dha|mined area|minefield|mine field|battle area|zone dangereuse confirmee|zdc|"
    "area peligrosa confirmada|apc|area perigosa confirmada|пото|подтвержденная опасная зона|"
    "підтверджена небезпечна територія|منطقة خطرة مؤكدة|ساحه خطر تایید شده|"
    "tesdiqlenmis tehlukeli erazi",
    "sha": "sha|suspected hazardous area|suspected hazard area|suspected|dangerous area|"
    "zone dangereuse soupconnee|zone soupconnee dangereuse|zsd|area peligrosa sospechosa|aps|"
    "area perigosa suspeita|предполагаемая опасная зона|ймовірно небезпечна територія|"
    "منطقة خطرة مشتبه بها|ساحه مشکوک|subheli tehlukeli erazi",
}  # fmt: skip
WORDS = {plain(word): code for code, words in _AREAS.items() for word in words.split("|")}
_LEAST_SHARE = 0.001
_SAFE_CHANGE = 0.001


def _word(text: str) -> str:
    words = plain(text).split()
    # "C.H.A." is one word of three letters.
    return ("" if all(len(w) == 1 for w in words) else " ").join(words)


def is_hazard_column(cells: np.ndarray) -> bool:
    """Say whether a column's filled cells are mostly kinds of hazardous areas."""
    filled = [c for c in cells if isinstance(c, str)]
    known = sum(1 for c in filled if _word(c) in WORDS)
    return bool(filled) and known * 2 > len(filled)


def hazardous_area(draft: Draft, place: int, row: Document, statuses: tuple[str, ...]) -> None:
    """Complete one operation that is a hazardous area: what is not stated is inferred and said.

    Its kind is survey and its status completed, for it is what a survey found. Another
    system's word for its status ("Open", "Suspended") is kept in the note.

    Parameters
    ----------
    draft
        The chunk, for what is reported.
    place
        Position of the row.
    row
        Members of the operation; changed.
    statuses
        The register's own words for an operation's status.
    """
    text = row.get("hazardous_area")
    if text is None:
        return
    code = WORDS.get(_word(str(text)))
    if code is None:
        draft.not_understood("hazardous_area", str(text))
        del row["hazardous_area"]
        if row.get("kind") is None:
            said = (
                f"{str(text)[:60]!r} is no kind of hazardous area that is known; write cha or sha"
            )
            draft.refuse(place, "hazardous_area", said)
        return
    if row.get("geometry_wkt") is None:
        draft.warnings[say("a hazardous area has no shape: it is listed and drawn nowhere")] += 1
    row["hazardous_area"] = code
    notes = [str(row["note"])] if row.get("note") else []
    status = row.get("status")
    if status is not None and status not in statuses:
        notes.append(f"Status in the source: {status}.")
        draft.not_understood("status", str(status))
        del row["status"]
    if row.get("kind") is None or WORDS.get(plain(str(row["kind"]))):
        row["kind"] = "survey"
        draft.warnings[say("kind is not stated: a hazardous area counts as found by a survey")] += 1
    if "status" not in row:
        row["status"] = "completed"
        draft.warnings[say("status is not stated: the survey counts as completed")] += 1
    if notes:
        row["note"] = " ".join(notes)
    if place in draft.refused:
        return


def repaired(wkt: str) -> tuple[str, bool]:
    """Give a polygon's valid form and whether it had to be mended.

    Raises
    ------
    ValueError
        It crosses itself so that what it encloses is not clear.
    """
    shape = shapely.force_2d(shapely.from_wkt(wkt))
    if crossing([shape])[0]:
        return str(shapely.to_wkt(cut_at_180(shape), rounding_precision=-1)), True
    if shapely.is_valid(shape):
        return wkt, False
    mended = shapely.make_valid(shape, method="structure")
    before, after = shapely.area(shape), shapely.area(mended)
    if after <= 0 or abs(before - after) > _SAFE_CHANGE * after:
        raise ValueError(
            say("crosses itself ({shape}); draw it anew", shape=shapely.is_valid_reason(shape)[:80])
        )
    return str(shapely.to_wkt(mended, rounding_precision=-1)), True


def shares(wkt: str, districts: gpd.GeoDataFrame) -> list[tuple[str, float]]:
    """Give the districts that an area lies in, by the share of its own area, largest first.

    Parameters
    ----------
    wkt
        A valid geometry in WGS 84, lon lat.

    Returns
    -------
    list of tuple
        (id, share); below a thousandth is left out. A line or point counts where it lies.
    """
    shape = shapely.from_wkt(wkt)
    near = districts.sindex.query(shape, predicate="intersects")
    ids = districts["district_id"].astype(str).to_numpy()
    whole = float(geodesic_area_km2([shape])[0])
    if not whole:
        return [(str(i), 1.0) for i in sorted(ids[near])[:1]]
    parts = shapely.intersection(districts.geometry.to_numpy()[near], shape)
    areas = geodesic_area_km2(shapely.make_valid(parts)) / whole
    found = [(str(i), float(a)) for i, a in zip(ids[near], areas, strict=True) if a > _LEAST_SHARE]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))


def place_area(draft: Draft, place: int, row: Document, districts: gpd.GeoDataFrame) -> None:
    """Mend an operation's geometry, and tell its districts and area where they are not stated."""
    wkt = row.get("geometry_wkt")
    if wkt is None:
        return
    try:
        row["geometry_wkt"], changed = repaired(wkt)
    except (ValueError, shapely.errors.GEOSException, InvalidInput) as reason:
        draft.refuse(place, "geometry", reason_of(reason))
        return
    if changed:
        draft.warnings[say("geometry: a shape that touches or crosses itself was mended")] += 1
    if not len(districts):
        return
    found = shares(row["geometry_wkt"], districts)
    known = set(districts["district_id"].astype(str))
    if found and not set(row.get("districts") or ()) & known:
        row["districts"] = [name for name, _ in found]
        if len(found) > 1:
            said = ", ".join(f"{name} {share:.0%}" for name, share in found)
            row["note"] = " ".join(t for t in (row.get("note"), f"Its area lies in {said}.") if t)
    if row.get("hazardous_area") and "area_planned_m2" not in row and "area_done_m2" not in row:
        area = float(geodesic_area_km2([shapely.from_wkt(row["geometry_wkt"])])[0]) * 1e6
        if area:
            row["area_planned_m2"] = round(area, 1)
