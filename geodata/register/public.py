"""The public view: what of a restricted record everybody may see.

One table says it, for records, frames and SQL alike. A restricted incident keeps what the
counts need (district, dates, kind, numbers) and loses its point, its words and its sources;
a restricted statistic or place is not shown at all. What is gone here cannot leak further on.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeVar

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geodata.incidents.documents import document
from geodata.model import Operation, Record
from geodata.register.revision import GONE, MODELS, Row
from geodata.schemas import INCIDENTS, FrameSchema

Location = Literal["district", "drop"]
"""What is left of a restricted record's place: its districts, or nothing."""

Shown = Literal["shown", "withheld", "place", "precision", "method", "counts", "id"]
"""What becomes of one member of a restricted record:

shown       as it is
withheld    unknown, empty
place       unknown where the districts are dropped too
precision   no finer than what is left of the place (`COARSEST`)
method      how what is left of the place is known (`METHOD`)
counts      the numbers without the people's affiliation
id          another id where this one gives contents away (`public_id`)
"""

TABLE: Mapping[str, Mapping[str, Shown]] = {
    "incident": {
        "incident_id": "id",
        "version": "shown",
        "record_status": "shown",
        "date_start": "shown",
        "date_end": "shown",
        "date_precision": "shown",
        "date_text": "withheld",
        "date_basis": "shown",
        "local_time": "withheld",
        "longitude": "withheld",
        "latitude": "withheld",
        "uncertainty_m": "withheld",
        "coordinate_method": "method",
        "where_precision": "precision",
        "place_as_reported": "withheld",
        "place_id": "withheld",
        "country": "shown",
        "districts": "place",
        "placed_by": "place",
        "district_note": "withheld",
        "accident_type": "shown",
        "device": "shown",
        "activity": "shown",
        "casualties": "counts",
        "reports": "withheld",
        "evidence": "withheld",
        "source_reliability": "shown",
        "information_credibility": "shown",
        "sensitivity": "shown",
        "description": "withheld",
        "note": "withheld",
        "external_id": "withheld",
        "merged_into": "withheld",
    },
    "operation": {
        "operation_id": "id",
        "kind": "shown",
        "status": "shown",
        "organisation": "withheld",
        "personnel": "shown",
        "districts": "place",
        "area_planned_m2": "shown",
        "area_done_m2": "shown",
        "planned_start": "shown",
        "planned_end": "shown",
        "actual_start": "shown",
        "actual_end": "shown",
        "announced": "shown",
        # Its names are free text.
        "devices_found": "withheld",
        "ground_status": "shown",
        "hazardous_area": "shown",
        "geometry_wkt": "withheld",
        "report": "withheld",
        "sensitivity": "shown",
        "note": "withheld",
    },
}
"""Kind of record → member → what everybody sees of it. A test holds it against the models."""

OMITTED = ("statistic", "place")
"""Kinds whose restricted records everybody sees nothing of: nothing is counted from them."""

COARSEST: Mapping[Location, int] = {"district": 4, "drop": 6}
METHOD: Mapping[Location, str] = {"district": "district", "drop": "unknown"}

EMPTY: Mapping[Location, frozenset[Shown]] = {
    "district": frozenset({"withheld"}),
    "drop": frozenset({"withheld", "place"}),
}
"""Which of the table's words empty a member, by what is left of the place."""

_MEMBER_OF_COLUMN = {"sources": "reports", "district_id": "districts"}

R = TypeVar("R", bound=Record)


def rule(kind: str, column: str) -> Shown:
    """Give what becomes of a column of a restricted record's row.

    See `Shown`.
    """
    return TABLE[kind].get(_MEMBER_OF_COLUMN.get(column, column), "shown")


# -- ids ---------------------------------------------------------------------------

UNKEYED = "^(row-[0-9a-f]{20}|operation-[0-9a-f]{16})$"
"""Ids that earlier versions made of a row's contents without a key."""
UNLIKE = "[^0-9A-Za-z]+"
LIKE_CHARACTERS = 80
PUBLIC_PREFIX = "rec-"
PUBLIC_DIGITS = 24


def gives_away(record_id: str, external_id: str | None) -> bool:
    """Say whether an id tells more than that there is a record.

    True for an id that repeats the external id, also in part, or that was made of the contents
    without a key.

    Examples
    --------
    >>> gives_away("UCDP-300380", "300380"), gives_away("inc-5d1f", "300380")
    (True, False)
    """
    if re.match(UNKEYED, record_id):
        return True
    if external_id is None:
        return False
    theirs = re.sub(UNLIKE, "", external_id)[:LIKE_CHARACTERS]
    return theirs in re.sub(UNLIKE, "", record_id)


def public_id(key: bytes, record_id: str) -> str:
    """Give the id under which everybody finds a record whose own id gives something away.

    Always the same. SHA-256 twice with the key, which PostgreSQL computes as well; without the key
    nobody can find the id by trying.
    """
    inner = hashlib.sha256(key + record_id.encode()).digest()
    return PUBLIC_PREFIX + hashlib.sha256(key + inner).hexdigest()[:PUBLIC_DIGITS]


def _shown_id(key: bytes, record_id: str, external_id: str | None) -> str:
    return public_id(key, record_id) if gives_away(record_id, external_id) else record_id


# -- frames ------------------------------------------------------------------------


def public_incidents(
    incidents: gpd.GeoDataFrame,
    key: bytes,
    location: Location = "district",
    restricted: np.ndarray | None = None,
) -> gpd.GeoDataFrame:
    """Give the incidents as everybody may see them.

    The same rows in the same order; restricted ones as `TABLE` says.

    Parameters
    ----------
    incidents
        Rows of `schemas.INCIDENTS`; not changed.
    location
        ``drop`` hides the districts too: the incident is unplaced.
    restricted
        Which rows are hidden (`hidden_rows`), when the caller knows.
    """
    restricted = hidden_rows(incidents) if restricted is None else restricted
    if not restricted.any():
        return incidents
    shown = incidents.copy(deep=False)
    empties = EMPTY[location]
    for column in INCIDENTS.names:
        what = rule("incident", column)
        if what in empties:
            shown[column] = incidents[column].mask(restricted)
        elif what == "method":
            shown[column] = incidents[column].mask(restricted, METHOD[location])
        elif what == "precision":
            finest, held = COARSEST[location], incidents[column]
            fine = (held < finest).fillna(value=True).to_numpy(dtype=bool)
            shown[column] = held.mask(restricted & fine, finest)
    geometry = incidents.geometry.array.copy()
    geometry[np.flatnonzero(restricted)] = None
    shown = shown.set_geometry(gpd.GeoSeries(geometry, index=shown.index, crs=incidents.crs))
    return _with_public_ids(shown, incidents, restricted, key, INCIDENTS)


def _with_public_ids(
    shown: gpd.GeoDataFrame,
    full: gpd.GeoDataFrame,
    restricted: np.ndarray,
    key: bytes,
    schema: FrameSchema,
) -> gpd.GeoDataFrame:
    rows = np.flatnonzero(restricted)
    ids = full.index.to_numpy(dtype=object)[rows]
    theirs = full["external_id"].to_numpy(dtype=object, na_value=None)[rows]
    other = {
        row: public_id(key, name)
        for row, name, external in zip(rows.tolist(), ids, theirs, strict=True)
        if gives_away(name, external)
    }
    if not other:
        return shown
    index = full.index.to_numpy(dtype=object).copy()
    index[list(other)] = list(other.values())
    shown.index = pd.Index(index, dtype="str", name=None)
    shown[schema.id_column] = shown.index.to_series().array
    return shown


def hidden_rows(frame: pd.DataFrame, now: pd.DataFrame | None = None) -> np.ndarray:
    """Say which rows are restricted, or are no longer public in the newest frame.

    Parameters
    ----------
    now
        The newest rows, where `frame` has those of the past: what is no longer public there is
        hidden here too. None = `frame` has the newest.
    """
    restricted = _restricted(frame)
    if now is not None:
        shown = pa.array(now.index[~_restricted(now)], pa.large_string())
        known = pc.is_in(pa.array(frame.index, pa.large_string()), value_set=shown)
        restricted = restricted | ~known.to_numpy(zero_copy_only=False)
    return restricted


def without_hidden(
    frame: gpd.GeoDataFrame, now: gpd.GeoDataFrame | None = None
) -> gpd.GeoDataFrame:
    """Give the rows of an `OMITTED` kind that everybody may see (see `public_incidents`)."""
    hidden = hidden_rows(frame, now)
    return frame[~hidden] if hidden.any() else frame


def _restricted(frame: pd.DataFrame) -> np.ndarray:
    return is_hidden(frame["sensitivity"].array)


def is_hidden(sensitivity: Any) -> np.ndarray:
    """Say of which rows the newest column of their sensitivity says that they are restricted."""
    # Anything but a plain "public" is taken as restricted.
    return np.asarray(sensitivity != "public", dtype=bool)


# -- records -----------------------------------------------------------------------


def public_record(
    record: R, key: bytes, location: Location = "district", *, hidden: bool = False
) -> R:
    """Give one record as everybody may see it (see `TABLE`).

    Parameters
    ----------
    record
        An Incident or Operation in full.
    hidden
        Whether a newer version hides it, so that this one is hidden too.
    """
    if getattr(record, "sensitivity", None) == "public" and not hidden:
        return record
    kind = type(record).__name__.lower()
    empties = EMPTY[location]
    members: dict[str, Any] = {}
    for name, what in TABLE[kind].items():
        field, held = type(record).model_fields[name], getattr(record, name)
        if what in empties:
            members[name] = field.get_default(call_default_factory=True)
        elif what == "method":
            members[name] = METHOD[location]
        elif what == "precision":
            members[name] = max(held, COARSEST[location])
        elif what == "counts":
            members[name] = tuple(c.model_copy(update={"affiliation": None}) for c in held)
        elif what == "id":
            members[name] = _shown_id(key, held, getattr(record, "external_id", None))
    return record.model_copy(update=members)


def public_operations(
    operations: Mapping[str, Operation],
    key: bytes,
    location: Location = "district",
    now: Mapping[str, Operation] | None = None,
) -> list[Operation]:
    """Give the operations as everybody may see them (see `public_incidents`)."""
    return [
        public_record(one, key, location, hidden=_no_longer_public(name, now))
        for name, one in operations.items()
    ]


def public_others(records: Mapping[str, R], now: Mapping[str, R] | None = None) -> list[R]:
    """Give those records of an `OMITTED` kind that everybody may see."""
    return [
        record
        for name, record in records.items()
        if getattr(record, "sensitivity", None) == "public" and not _no_longer_public(name, now)
    ]


def _no_longer_public(name: str, now: Mapping[str, Any] | None) -> bool:
    return now is not None and getattr(now.get(name), "sensitivity", None) != "public"


# -- revisions ---------------------------------------------------------------------


def public_rows(
    rows: Iterable[Row], newest: Row, key: bytes, location: Location = "district"
) -> list[Row]:
    """Give an incident's revisions as everybody may see them.

    Without authors and digests; without reasons where anything is hidden.

    Parameters
    ----------
    newest
        Its newest one. If that is restricted, merged or retracted, then older versions,
        which may have been public, are shown like restricted ones: what was withdrawn
        is not found in the history.
    """
    withdrawn = is_withdrawn(newest)
    return [
        _public_row(row, key, location, rename=withdrawn)
        # Of the newest, `withdrawn` has said whether it hides: its text is read once.
        if withdrawn or (row is not newest and _hides(row))
        else row._replace(author="", digest="")
        for row in rows
    ]


def is_withdrawn(newest: Row) -> bool:
    """Say whether a record's newest revision takes it from the public."""
    return newest.change in GONE or _hides(newest)


def is_told(row: Row, newest: Row) -> bool:
    """Say whether everybody may be told of a revision: neither it nor the newest one hides.

    Parameters
    ----------
    row
        The revision; of one that takes the record away, its last words decide.
    newest
        The record's newest revision. What it hides is named no more, and what it takes away
        is told of as gone only.
    """
    gone = newest.change in GONE and row.change not in GONE
    return not (gone or _hides(row) or _hides(newest))


def _hides(row: Row) -> bool:
    return bool(orjson.loads(row.payload).get("sensitivity") != "public")


def _public_row(row: Row, key: bytes, location: Location, *, rename: bool) -> Row:
    record = MODELS[row.kind].model_validate_json(row.payload)
    said = document(public_record(record, key, location, hidden=True))
    # A record that is public now keeps its id also where an older version was not.
    name = said["incident_id"] if rename else row.record_id
    text = orjson.dumps(said | {"incident_id": name}).decode()
    return row._replace(record_id=name, author="", digest="", reason=None, payload=text)


def own_id(name: str, frame: gpd.GeoDataFrame, shown: gpd.GeoDataFrame) -> str:
    """Give the own id of a record that everybody knows under another one.

    Parameters
    ----------
    name
        An id as everybody sees it; one that is no public one stays.
    """
    if name not in shown.index:
        return name
    return str(frame.index[shown.index.get_loc(name)])
