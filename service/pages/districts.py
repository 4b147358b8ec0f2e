"""Pages of districts: the ranking for chosen parameters, and one district."""

from typing import Any

from geodata.codes import RiskClass, values_of
from geodata.errors import NotFound
from geodata.risk import RiskParameters
from geodata.risk.parameters import EXPOSURES, SMOOTHINGS, WEIGHTS
from service.i18n import translator
from service.pages.environment import render
from service.pages.explanation import explained
from service.pages.incident_rows import incident_rows, placed
from service.pages.overview import risk_values
from service.pages.risk_rows import risk_rows
from service.pages.trend import trend_of
from service.pages.view import View

MOST_INCIDENTS = 20


def list_html(snapshot: Any, view: View) -> str:
    """Give the ranking for the risk parameters in the page's address.

    Raises
    ------
    InvalidInput
        A parameter is outside its list.
    """
    words = translator(view.lang)
    parameters = RiskParameters.parse(dict(view.query))
    return render(
        "districts.html",
        view,
        choices={"weight": WEIGHTS, "exposure": EXPOSURES, "smoothing": SMOOTHINGS},
        given=dict(view.query),
        map_query=_map_query(view),
        **risk_values(snapshot, risk_rows(snapshot, words, parameters), parameters),
    )


def _map_query(view: View) -> dict[str, str]:
    return {k.replace("-", "_"): v for k, v in view.query if k not in ("f", "lang", "embed")}


def district_html(snapshot: Any, district_id: str, view: View) -> str:
    """Give the page of one district.

    Raises
    ------
    NotFound
        There is no such district in this edition.
    InvalidInput
        A risk parameter is outside its list.
    """
    if district_id not in snapshot.districts.index:
        raise NotFound(
            f"There is no district {district_id[:60]!r} in the boundaries {snapshot.edition}.",
            code="no-district",
        )
    words = translator(view.lang)
    parameters = RiskParameters.parse(dict(view.query))
    rows = risk_rows(snapshot, words, parameters)
    row = next(r for r in rows if r["district_id"] == district_id)
    here = incidents_of(snapshot.incidents, district_id)
    shares = {i: _share(text, district_id) for i, text in here["districts"].items()}
    newest = here.sort_values(["date_start", "incident_id"], ascending=[False, True])
    return render(
        "district.html",
        view,
        row=row,
        district=snapshot.districts.drop(columns="geometry").loc[district_id].to_dict(),
        here_id=district_id,
        incidents=incident_rows(snapshot, newest.head(MOST_INCIDENTS), words),
        matched=len(here),
        shares=shares,
        any_shared=any(s < 1 for s in shares.values()),
        trend=trend_of(here, words, list(shares.values())),
        operations=_operations(snapshot, district_id),
        explanation=explained(snapshot, district_id, parameters),
        risk_classes=values_of(RiskClass),
        map_query=_map_query(view),
        **risk_values(snapshot, rows, parameters) | {"labelled": {district_id}},
    )


def incidents_of(incidents: Any, district_id: str) -> Any:
    """Give the incidents that count for a district, in full or in part."""
    held = incidents["districts"].fillna("")
    marked = ";" + held
    return incidents[marked.str.contains(f";{district_id}:", regex=False)]


def _share(text: str, district_id: str) -> float:
    return next((d["weight"] for d in placed(text, {}) if d["id"] == district_id), 0.0)


def _operations(snapshot: Any, district_id: str) -> list[dict[str, Any]]:
    held = snapshot.operations
    marked = ";" + held["districts"].fillna("").str.replace(" ", "") + ";"
    found = held[marked.str.contains(f";{district_id};", regex=False)]
    return found.drop(columns="geometry").astype(object).to_dict("records")
