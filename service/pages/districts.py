"""Pages of the country and its districts: overview, ranking, one district, its trend."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from geodata.incidents import Toll, parse_district_ids
from geodata.risk import RiskParameters, explain, priorities_of, reconciliation_of
from geodata.risk.of_snapshot import RiskView, position_of, risk_view
from geodata.risk.parameters import (
    CLASSINGS,
    EXPOSURES,
    PURPOSES,
    RANKINGS,
    SMOOTHINGS,
    WEIGHTS,
)
from geodata.risk.priorities import criteria_weights
from service.content.districts import (
    Trend,
    class_words,
    classes_of,
    districts_of,
    figures_of,
    levels_of,
    limits_note,
    ranked_by,
    ranking_of,
    record_of,
    trend_of,
)
from service.content.incidents import district_names, incident_rows
from service.drawing.map import district_paths
from service.http.request import View
from service.i18n import N_, Translator, is_missing, translator_of
from service.pages.comparisons import compared
from service.pages.environment import render

FIGURES = 36
"""Published figures shown of a district: three of each month of a year; a link gives all."""
WIDTH, HEIGHT, FOOT = 480.0, 140.0, 22.0
LETTER = 7.0
"""Width of a letter under a bar, rather too much."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One month or year: its name, counts and pixels."""

    name: str
    incidents: float
    killed: Toll
    x: float
    y: float
    width: float
    height: float
    label_x: float | None
    """Middle of the name under it, wholly inside the picture; null where there is no room."""


@dataclass(frozen=True, slots=True)
class Bars:
    """The bars of a trend."""

    bars: tuple[Bar, ...]
    monthly: bool
    imprecise: int
    width: float = WIDTH
    height: float = HEIGHT + FOOT
    base: float = HEIGHT


def bars_of(trend: Trend | None) -> Bars | None:
    """Lay out a trend; None where there is nothing to draw."""
    if trend is None or not trend.total:
        return None
    spans = trend.spans
    most = max(1.0, *(span.incidents for span in spans))
    step = WIDTH / len(spans)
    width = min(step - 2, 46.0) if step > 3 else step
    labels = _labels([span.name for span in spans], step)
    heights = [span.incidents / most * (HEIGHT - 24) for span in spans]
    bars = tuple(
        Bar(
            span.name,
            round(span.incidents, 2),
            span.killed,
            round(i * step + (step - width) / 2, 1),
            round(HEIGHT - height, 1),
            round(width, 1),
            round(height, 1),
            labels[i],
        )
        for i, (span, height) in enumerate(zip(spans, heights, strict=True))
    )
    return Bars(bars, trend.monthly, trend.imprecise)


def _labels(names: list[str], step: float) -> list[float | None]:
    """Give where names stand under bars `step` apart: one in so many, none over another."""
    each = max(1, int(np.ceil(len(names) / 10)))
    found: list[float | None] = [None] * len(names)
    free = 0.0
    for i in range(0, len(names), each):
        half = min(LETTER * len(names[i]), WIDTH) / 2
        middle = min(max((i + 0.5) * step, half), WIDTH - half)
        if middle - half >= free:
            found[i] = round(middle, 1)
            free = middle + half + LETTER
    return found


RECENT = 6


def overview_html(snapshot: Any, view: View) -> str:
    """Give the overview page."""
    translator = translator_of(view.lang)
    looked = risk_view(snapshot, RiskParameters())
    newest = snapshot.incidents.sort_values(["recorded_at", "date_start"], ascending=False)
    return render(
        "overview.html",
        view,
        trend=bars_of(trend_of(looked, translator)),
        recent=incident_rows(snapshot, newest.head(RECENT), translator),
        completeness=compared(reconciliation_of(snapshot), view.lang),
        as_of=snapshot.recorded_at,
        revision=snapshot.revision,
        edition=snapshot.edition,
        **ranking_values(looked, translator),
    )


PEOPLE = {
    "child": N_("child"),
    "adult": N_("adult"),
    "unknown": N_("age unknown"),
    "female.sex": N_("female"),
    "male.sex": N_("male"),
    "unknown.sex": N_("sex unknown"),
}
"""Age group and sex → words."""

CRITERIA = {
    "expected": N_("incidents expected in the next quarter"),
    "rate": N_("smoothed rate"),
    "casualties": N_("people killed and injured"),
    "casualties_per_100k": N_("casualties per 100,000 people a year"),
    "hazard_km2": N_("recorded hazardous area not completed, km²"),
    "near_settlement": N_("share of incidents within 2 km of a settlement"),
    "population": N_("official population"),
}
"""Criterion of the priority list → words."""


def priorities_html(snapshot: Any, view: View) -> str:
    """Give the priority list for the purpose and weights in the page's address.

    Raises
    ------
    InvalidInput
        A parameter is outside its list, or the weights cannot be read.
    """
    translator = translator_of(view.lang)
    parameters = RiskParameters.parse(dict(view.query))
    frame = priorities_of(snapshot, parameters)
    names = district_names(snapshot, translator)
    weights = criteria_weights(parameters)
    rows = [
        {**row, "shown": names[str(row["district_id"])].name}
        for row in frame.drop(columns="geometry").astype(object).to_dict("records")
    ]
    return render(
        "priorities.html",
        view,
        rows=[row for row in rows if row["status"] == "ok"],
        others=sum(row["status"] != "ok" for row in rows),
        criteria={name: translator.gettext(words) for name, words in CRITERIA.items()},
        weights=weights,
        purposes=PURPOSES,
        parameters=parameters,
        query=_map_query(view),
    )


MOST_INCIDENTS = 20
LABELS = 6
"""How many districts the small map names, the highest first."""


def list_html(snapshot: Any, view: View) -> str:
    """Give the ranking for the risk parameters in the page's address.

    Raises
    ------
    InvalidInput
        A parameter is outside its list.
    """
    translator = translator_of(view.lang)
    looked = risk_view(snapshot, RiskParameters.parse(dict(view.query)))
    return render(
        "districts.html",
        view,
        choices={
            "weight": WEIGHTS,
            "exposure": EXPOSURES,
            "smoothing": SMOOTHINGS,
            "rank-by": RANKINGS,
            "classes": CLASSINGS,
        },
        class_words={
            code: class_words(code, looked.parameters.exposure, translator) for code in CLASSINGS
        },
        given=dict(view.query),
        map_query=_map_query(view),
        **ranking_values(looked, translator),
    )


def _map_query(view: View) -> dict[str, str]:
    return {k.replace("-", "_"): v for k, v in view.query if k not in ("f", "lang", "embed")}


def ranking_values(view: RiskView, translator: Translator) -> dict[str, Any]:
    """Give what the ranking table and its small map show."""
    ranking = ranking_of(view, translator)
    return {
        "figures": figures_of(view, translator),
        "ranking": ranking,
        "ranked_by": ranked_by(view, translator),
        "levels": levels_of(view),
        "outline": district_paths(view.snapshot),
        "by_district": {row.district_id: row for row in districts_of(view, translator)},
        "labelled": {row.district_id for row in ranking.ranked[:LABELS]},
        "classes": classes_of(view, translator)[::-1],
        "limits_note": limits_note(view.parameters, translator),
        "parameters": view.parameters,
    }


def district_html(
    snapshot: Any, district_id: str, view: View, layers: Mapping[str, Any] | None = None
) -> str:
    """Give the page of one district.

    Raises
    ------
    NotFound
        There is no such district in this edition.
    InvalidInput
        A risk parameter is outside its list.
    """
    translator, parameters = translator_of(view.lang), RiskParameters.parse(dict(view.query))
    position_of(snapshot, district_id)
    looked = risk_view(snapshot, parameters)
    record = record_of(looked, translator, district_id, MOST_INCIDENTS)
    window = looked.window if parameters.period else None
    return render(
        "district.html",
        view,
        record=record,
        row=record.district,
        here_id=district_id,
        any_shared=any(row.share < 1 for row in record.incidents),
        trend=bars_of(record.trend),
        operations=_of_district(snapshot.operations, district_id),
        published=_published(snapshot, district_id),
        explanation=explain(snapshot, district_id, parameters, layers),
        people={code: translator.gettext(words) for code, words in PEOPLE.items()},
        map_query=_map_query(view),
        list_query={"from_": window.start, "to": window.end} if window else {},
        **ranking_values(looked, translator) | {"labelled": {district_id}},
    )


def _of_district(held: Any, district_id: str) -> list[dict[str, Any]]:
    """Give the operations, or the published figures, that name a district."""
    named = (parse_district_ids(text) for text in held["districts"].fillna(""))
    found = held.loc[[district_id in names for names in named]]  # also of none at all
    return found.drop(columns="geometry", errors="ignore").astype(object).to_dict("records")


def _published(snapshot: Any, district_id: str) -> dict[str, Any]:
    """Give the figures published for a district, the latest periods first."""
    rows = _of_district(snapshot.statistics, district_id)
    rows.sort(key=lambda row: str(row["period_end"] or row["as_of"] or ""), reverse=True)
    shown = [{name: None if is_missing(v) else v for name, v in r.items()} for r in rows[:FIGURES]]
    return {"rows": shown, "count": len(rows)}
