"""Statistics as a frame: claims about a period and territory, never incidents."""

from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import pandas as pd

from geodata.incidents.citations import source_text
from geodata.incidents.weights import district_ids_text
from geodata.model import Statistic
from geodata.schemas import STATISTICS, conform


def statistics_frame(statistics: Iterable[Statistic]) -> gpd.GeoDataFrame:
    """Give statistics as rows of `schemas.STATISTICS`, without geometry.

    Parameters
    ----------
    statistics
        The records; their order is kept.

    Returns
    -------
    geopandas.GeoDataFrame
        One row a figure; what a claim does not state is null.
    """
    rows = [_row(statistic) for statistic in statistics]
    names = ["statistic_id"]
    return conform(pd.DataFrame(rows, columns=None if rows else names), STATISTICS)


def _row(statistic: Statistic) -> dict[str, Any]:
    row = statistic.model_dump(exclude={"districts", "report"})
    row["districts"] = district_ids_text(statistic.districts)
    row["sources"] = source_text(statistic.report)
    return row
