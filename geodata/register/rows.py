"""Rows of a frame as documents of the log."""

from datetime import datetime
from typing import Any

import geopandas as gpd
import pandas as pd


def row_documents(frame: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Give each row's properties as plain JSON values, without nulls and geometry.

    Parameters
    ----------
    frame
        A frame that conforms to its schema.

    Returns
    -------
    list of dict
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
