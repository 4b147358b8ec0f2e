"""The public view: what of a restricted record everybody may see.

A restricted incident keeps what the counts need (district, dates, kind, numbers) and
loses its point, its free text and its sources. What is gone here cannot leak further on.
"""

import geopandas as gpd
import numpy as np

from geodata.model import Incident, Operation
from geodata.schemas import INCIDENTS

_HIDDEN = tuple(column.name for column in INCIDENTS.columns if column.restricted)
_POINT = ("longitude", "latitude", "uncertainty_m")
DISTRICT_PRECISION = 4


def public_incidents(incidents: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give the incidents as everybody may see them.

    Parameters
    ----------
    incidents
        Rows of `schemas.INCIDENTS`; not changed.

    Returns
    -------
    geopandas.GeoDataFrame
        The same rows in the same order; of restricted ones the geometry, coordinates
        and restricted columns are null and `where_precision` is 4 (district) or coarser.
    """
    restricted = _restricted(incidents)
    if not restricted.any():
        return incidents
    shown = incidents.copy(deep=False)
    for name in (*_HIDDEN, *_POINT):
        shown[name] = incidents[name].mask(restricted)
    precision = incidents["where_precision"]
    shown["where_precision"] = precision.mask(
        restricted & (precision < DISTRICT_PRECISION).fillna(value=True), DISTRICT_PRECISION
    )
    shown["coordinate_method"] = incidents["coordinate_method"].mask(restricted, "district")
    geometry = incidents.geometry.array.copy()
    geometry[np.flatnonzero(restricted)] = None
    return shown.set_geometry(gpd.GeoSeries(geometry, index=shown.index, crs=incidents.crs))


def _restricted(incidents: gpd.GeoDataFrame) -> np.ndarray:
    # Anything but a plain "public" is taken as restricted.
    return (incidents["sensitivity"] != "public").to_numpy(dtype=bool)


def public_incident(incident: Incident) -> Incident:
    """Give one incident as everybody may see it (see `public_incidents`).

    Parameters
    ----------
    incident
        The full record.

    Returns
    -------
    Incident
        Itself when public; else without point, free text, names, reports and evidence.
    """
    if incident.sensitivity == "public":
        return incident
    hidden = dict.fromkeys((*_HIDDEN, *_POINT, "local_time"))
    hidden.pop("sources")
    casualties = tuple(c.model_copy(update={"affiliation": None}) for c in incident.casualties)
    return incident.model_copy(
        update={
            **hidden,
            "reports": (),
            "evidence": (),
            "casualties": casualties,
            "coordinate_method": "district",
            "where_precision": max(incident.where_precision, DISTRICT_PRECISION),
        }
    )


def public_operation(operation: Operation) -> Operation:
    """Give one operation as everybody may see it: a restricted one has no place or text."""
    if operation.sensitivity == "public":
        return operation
    hidden = ("geometry_wkt", "organisation", "report", "note")
    return operation.model_copy(update=dict.fromkeys(hidden))
