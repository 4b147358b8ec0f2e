"""Places as documents of the log."""

from typing import Any

import geopandas as gpd
import pandas as pd

from geodata.incidents.frame import points
from geodata.register.rows import row_documents
from geodata.schema import CRS84, conform
from geodata.schemas import PLACES


def place_documents(places: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Give each place as a document, without nulls.

    Parameters
    ----------
    places
        Rows of `schemas.PLACES`.

    Returns
    -------
    list of dict
        In the order of the rows; the point is in longitude and latitude (WGS 84).

    Raises
    ------
    InvalidInput
        The rows do not fit the schema.
    """
    return row_documents(conform(places, PLACES))


def places_frame(documents: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    """Give places' documents as rows of `schemas.PLACES` (see `place_documents`)."""
    data = pd.DataFrame(documents, columns=None if documents else ["place_id"])
    names = [*data.columns, "longitude", "latitude", "sensitivity"]
    data = data.reindex(columns=list(dict.fromkeys(names)))
    data["sensitivity"] = data["sensitivity"].astype("str").fillna("public")
    geometry = points(data["longitude"], data["latitude"])
    return conform(gpd.GeoDataFrame(data, geometry=geometry, crs=CRS84), PLACES)
