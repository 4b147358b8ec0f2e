"""Reference layers in the log: editions of boundaries and places, as documents and read back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import geopandas as gpd
import orjson
import pandas as pd
import shapely
from shapely.geometry import mapping

from geodata.errors import InvalidInput
from geodata.incidents.frame import points
from geodata.schemas import CRS84, DISTRICTS, PLACES, conform


def row_documents(frame: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Give each row's properties as plain JSON values, without nulls and geometry.

    Dates as ISO text.
    """
    properties = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    return [
        {name: _plain(value) for name, value in row.items() if not pd.isna(value)}
        for row in properties.to_dict("records")
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        whole = value == value.replace(hour=0, minute=0, second=0, microsecond=0)
        return value.date().isoformat() if whole and value.tzinfo is None else value.isoformat()
    return value


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of boundaries, without its districts."""

    edition: str
    """Its id, e.g. AZ-2023-10."""
    valid_from: date | None
    valid_to: date | None
    """Days it applies to; None = open."""
    source: str | None
    """Where it is from, for the attribution."""
    districts: int
    """How many there are."""


def placed_in(incidents: pd.DataFrame, districts: pd.DataFrame) -> int:
    """Count the incidents that lie in one of the districts, for most of their weight.

    An edition with other ids than the one that incidents were placed in leaves them out of every
    count: that has to be seen before it is current.
    """
    return int(incidents["district_id"].isin(districts["district_id"]).sum())


def boundaries_document(
    frame: gpd.GeoDataFrame,
    edition: str,
    *,
    valid_from: date | None = None,
    valid_to: date | None = None,
    source: str | None = None,
) -> dict[str, Any]:
    """Write districts as a GeoJSON document with the edition's own members.

    A FeatureCollection; coordinates are kept to the last bit.

    Parameters
    ----------
    frame
        Districts as `load_districts` gives them (WGS 84, lon lat).
    valid_from, valid_to
        Days it applies to; None = open.

    Raises
    ------
    InvalidInput
        There are no districts, or they do not fit the schema.
    """
    districts = conform(frame, DISTRICTS)
    if not len(districts):
        raise InvalidInput(f"The edition {edition!r} of boundaries holds no districts.")
    return {
        "edition": edition,
        "valid_from": valid_from.isoformat() if valid_from else None,
        "valid_to": valid_to.isoformat() if valid_to else None,
        "source": source,
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": row, "geometry": mapping(shape)}
            for row, shape in zip(row_documents(districts), districts.geometry, strict=True)
        ],
    }


def districts_of(document: Mapping[str, Any]) -> gpd.GeoDataFrame:
    """Read the districts of an edition's document (see `boundaries_document`).

    Rows of `schemas.DISTRICTS`, in the order written.
    """
    features = document["features"]
    data = pd.DataFrame([feature["properties"] for feature in features])
    shapes = shapely.from_geojson([orjson.dumps(feature["geometry"]) for feature in features])
    return conform(gpd.GeoDataFrame(data, geometry=shapes, crs=CRS84), DISTRICTS)


def edition_of_document(document: Mapping[str, Any]) -> Edition:
    """Read an edition's own members."""

    def day(name: str) -> date | None:
        text = document.get(name)
        return date.fromisoformat(text) if text else None

    return Edition(
        document["edition"],
        day("valid_from"),
        day("valid_to"),
        document.get("source"),
        len(document["features"]),
    )


def place_documents(places: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Give each place as a document, without nulls.

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
