"""The overview: the risk map, the key figures, the ranking, what is new, how complete it is."""

from typing import Any

import geopandas as gpd

from geodata.intervals import years_between
from geodata.register import Snapshot
from geodata.risk import RiskParameters, rates, reconciliation_of
from service.i18n import Translator, translator
from service.pages.environment import render
from service.pages.incident_rows import incident_rows
from service.pages.reports import compared
from service.pages.risk_rows import (
    LABELS,
    class_legend,
    outline_paths,
    risk_rows,
)
from service.pages.trend import trend_of
from service.pages.view import View

RECENT = 6


def overview_html(snapshot: Any, view: View) -> str:
    """Give the overview page.

    Parameters
    ----------
    snapshot
        What the reader may see.
    view
        The reader's view.

    Returns
    -------
    str
        A whole page.
    """
    words = translator(view.lang)
    parameters = RiskParameters()
    rows = risk_rows(snapshot, words, parameters)
    newest = snapshot.incidents.sort_values(["recorded_at", "date_start"], ascending=False)
    return render(
        "overview.html",
        view,
        figures=key_figures(snapshot.incidents, words),
        trend=trend_of(snapshot.incidents, words),
        recent=incident_rows(snapshot, newest.head(RECENT), words),
        completeness=compared(reconciliation_of(snapshot), view.lang),
        as_of=snapshot.recorded_at,
        revision=snapshot.revision,
        edition=snapshot.edition,
        **risk_values(snapshot, rows, parameters),
    )


def risk_values(
    snapshot: Snapshot, rows: list[dict[str, Any]], parameters: RiskParameters
) -> dict[str, Any]:
    """Give what the ranking table and its small map show."""
    known = [row for row in rows if row["known"]]
    highs = [float(row["high"]) for row in known if row["high"] == row["high"]]
    return {
        "rows": rows,
        "ranked": known,
        "unranked": [row for row in rows if not row["known"]],
        "outline": outline_paths(snapshot),
        "by_district": {row["district_id"]: row for row in rows},
        "labelled": {row["district_id"] for row in known[:LABELS]},
        "classes": class_legend(parameters),
        "parameters": parameters,
        "most": max(highs, default=0.0),
        "unplaced": int(snapshot.incidents["districts"].isna().sum()),
        "headline": known[0] if known else (rows[0] if rows else None),
    }


def key_figures(incidents: gpd.GeoDataFrame, words: Translator) -> dict[str, Any]:
    """Count incidents and casualties, with what is not stated and the rate's interval.

    Parameters
    ----------
    incidents
        Rows of `schemas.INCIDENTS`.
    words
        Language of the period.

    Returns
    -------
    dict
        `incidents`, `killed`, `injured` (null where no incident states one), how many
        incidents leave each unstated, the period, and incidents a year with Garwood's
        95 % limits; the rate is null for less than 30 days.
    """
    count = len(incidents)
    found: dict[str, Any] = {"incidents": count, "period": None, "per_year": None}
    for name in ("killed", "injured"):
        stated = incidents[name].dropna()
        found[name] = int(stated.sum()) if len(stated) else None
        found[f"{name}_unstated"] = count - len(stated)
    if count:
        first, last = incidents["date_start"].min(), incidents["date_end"].max()
        found["period"] = words.interval_of_days(first, last)
        years = years_between(first.date(), last.date())
        if years >= 30 / 365.25:
            low, high = rates.poisson_interval(count, years)
            found["per_year"] = (count / years, float(low), float(high))
    return found
