"""Rows of incident tables."""

from typing import Any

import geopandas as gpd

from service.i18n import Translator
from service.values import is_missing


def district_names(snapshot: Any, words: Translator) -> dict[str, dict[str, Any]]:
    """Give the names of all districts in the reader's language, with the local name."""

    def make() -> dict[str, dict[str, Any]]:
        table = snapshot.districts[["name", "name_az", "name_en", "name_ru"]]
        return {
            str(district): {
                "id": str(district),
                "name": words.place_name(row),
                "local": words.local_name(row),
            }
            for district, row in table.to_dict("index").items()
        }

    return snapshot.cached(("pages-names", words.lang), make)


def placed(text: Any, names: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Read ``AZ-TAR:0.5;AZ-AGM:0.5`` into districts with names and weights.

    A district of another edition keeps its id as its name and gets no link.
    """
    if is_missing(text):
        return []
    found = []
    for part in str(text).split(";"):
        district, _, weight = part.rpartition(":")
        name = names.get(district, {"id": district, "name": district, "local": None})
        found.append({**name, "weight": float(weight), "known": district in names})
    return found


def incident_rows(
    snapshot: Any, incidents: gpd.GeoDataFrame, words: Translator
) -> list[dict[str, Any]]:
    """Give what a table of incidents shows, one row each, in the order given.

    Parameters
    ----------
    snapshot
        Gives the districts' names.
    incidents
        Rows of `schemas.INCIDENTS`, few enough for one page.
    words
        Language of names and dates.

    Returns
    -------
    list of dict
        The properties with `where` (districts) and `when` (text).
    """
    names = district_names(snapshot, words)
    table = incidents.drop(columns="geometry").astype(object)
    return [
        {
            **row,
            "where": placed(row["districts"], names),
            "when": words.days(row["date_start"], row["date_end"], row["date_precision"]),
        }
        for row in table.to_dict("records")
    ]
