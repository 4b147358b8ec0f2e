"""The public view: what of a restricted record everybody may see.

A restricted incident keeps what the counts need (district, dates, kind, numbers) and
loses its point, its free text and its sources. What is gone here cannot leak further on.
"""

from collections.abc import Sequence
from typing import Literal

import geopandas as gpd
import numpy as np
import orjson

from geodata.incidents.documents import document
from geodata.model import Incident, Operation
from geodata.register.revision import GONE, Row
from geodata.schemas import INCIDENTS

_HIDDEN = tuple(column.name for column in INCIDENTS.columns if column.restricted)
_POINT = ("longitude", "latitude", "uncertainty_m")
_PLACED = ("district_id", "districts")
DISTRICT_PRECISION = 4
_UNKNOWN_PRECISION = 6

Location = Literal["district", "drop"]
"""What is left of a restricted incident's place: its districts, or its country."""


def public_incidents(
    incidents: gpd.GeoDataFrame,
    location: Location = "district",
    now: gpd.GeoDataFrame | None = None,
) -> gpd.GeoDataFrame:
    """Give the incidents as everybody may see them.

    Parameters
    ----------
    incidents
        Rows of `schemas.INCIDENTS`; not changed.
    location
        ``drop`` hides the districts too: the incident is unplaced.
    now
        The newest incidents, where `incidents` are those of the past: what is no longer
        public there is hidden here too. None = `incidents` are the newest.

    Returns
    -------
    geopandas.GeoDataFrame
        The same rows in the same order; of restricted ones the geometry, coordinates
        and restricted columns are null and `where_precision` is 4 (district) or coarser.
    """
    restricted = _restricted(incidents)
    if now is not None:
        restricted = restricted | ~incidents.index.isin(now.index[~_restricted(now)])
    if not restricted.any():
        return incidents
    shown = incidents.copy(deep=False)
    coarsest = DISTRICT_PRECISION if location == "district" else _UNKNOWN_PRECISION
    for name in (*_HIDDEN, *_POINT, *(_PLACED if location == "drop" else ())):
        shown[name] = incidents[name].mask(restricted)
    precision = incidents["where_precision"]
    shown["where_precision"] = precision.mask(
        restricted & (precision < coarsest).fillna(value=True), coarsest
    )
    method = "district" if location == "district" else "unknown"
    shown["coordinate_method"] = incidents["coordinate_method"].mask(restricted, method)
    geometry = incidents.geometry.array.copy()
    geometry[np.flatnonzero(restricted)] = None
    return shown.set_geometry(gpd.GeoSeries(geometry, index=shown.index, crs=incidents.crs))


def _restricted(incidents: gpd.GeoDataFrame) -> np.ndarray:
    # Anything but a plain "public" is taken as restricted.
    return (incidents["sensitivity"] != "public").to_numpy(dtype=bool)


def public_incident(
    incident: Incident, location: Location = "district", *, withdrawn: bool = False
) -> Incident:
    """Give one incident as everybody may see it (see `public_incidents`).

    Parameters
    ----------
    incident
        The full record.
    location
        See `public_incidents`.
    withdrawn
        Whether a newer version hides it, so that this one is hidden too.

    Returns
    -------
    Incident
        Itself when public; else without point, free text, names, reports and evidence.
    """
    if incident.sensitivity == "public" and not withdrawn:
        return incident
    hidden = dict.fromkeys((*_HIDDEN, *_POINT, "local_time"))
    hidden.pop("sources")
    kept = location == "district"
    casualties = tuple(c.model_copy(update={"affiliation": None}) for c in incident.casualties)
    return incident.model_copy(
        update={
            **hidden,
            "reports": (),
            "evidence": (),
            "casualties": casualties,
            "districts": incident.districts if kept else (),
            "coordinate_method": "district" if kept else "unknown",
            "where_precision": max(
                incident.where_precision, DISTRICT_PRECISION if kept else _UNKNOWN_PRECISION
            ),
        }
    )


def public_operation(operation: Operation) -> Operation:
    """Give one operation as everybody may see it: a restricted one has no place or text."""
    if operation.sensitivity == "public":
        return operation
    hidden = ("geometry_wkt", "organisation", "report", "note")
    return operation.model_copy(update=dict.fromkeys(hidden))


def public_rows(rows: Sequence[Row], newest: Row, location: Location = "district") -> list[Row]:
    """Give an incident's revisions as everybody may see them.

    Parameters
    ----------
    rows
        Revisions of one incident.
    newest
        Its newest one. If that is restricted, merged or retracted, then older versions,
        which may have been public, are shown like restricted ones: what was withdrawn
        is not found in the history.
    location
        See `public_incidents`.

    Returns
    -------
    list of Row
        Without authors and digests; without reasons where anything is hidden.
    """
    withdrawn = is_withdrawn(newest)
    return [_public_row(row, location, hide=withdrawn or _hides(row)) for row in rows]


def is_withdrawn(newest: Row) -> bool:
    """Say whether an incident's newest revision takes it from the public."""
    return newest.change in GONE or _hides(newest)


def _hides(row: Row) -> bool:
    return bool(orjson.loads(row.payload).get("sensitivity") != "public")


def _public_row(row: Row, location: Location, *, hide: bool) -> Row:
    shown = row._replace(author="", digest="")
    if not hide:
        return shown
    incident = Incident.model_validate_json(row.payload)
    # The coarsening looks at the record's own mark, which may have been set later.
    coarse = public_incident(incident.model_copy(update={"sensitivity": "restricted"}), location)
    marked = coarse.model_copy(update={"sensitivity": incident.sensitivity})
    return shown._replace(reason=None, payload=orjson.dumps(document(marked)).decode())
