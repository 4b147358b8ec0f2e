"""Pages that compare: with published figures, a ranking with what came, two dates.

Each takes the body of the JSON answer of the same resource.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from service.content.districts import model_name
from service.http.request import View
from service.i18n import N_, Translator, translator_of
from service.pages.environment import render

Body = Mapping[str, Any]
MOST_LISTED = 50

VERDICTS = {
    "agrees": N_("the register holds as many"),
    "may_agree": N_("agrees if people of unstated group belong to it"),
    "held_less": N_("the register holds fewer"),
    "held_more": N_("the register holds more"),
    "outside_the_register": N_("before or after what the register holds"),
    "period_not_stated": N_("no period is stated"),
    "not_mine_related": N_("not about mines: a total of the conflict"),
    "not_comparable": N_("cannot be compared"),
}
"""Status of a comparison → words."""

ASSUMED = (
    N_(
        "Both sources report on the same period and territory, and nothing entered or left between."
    ),
    N_(
        "Whether one source has an incident does not depend on whether the other has it; sources "
        "that copy each other make the estimate too small."
    ),
    N_(
        "Every incident has the same chance to be in a source; remote places that nobody reaches "
        "are missing from both, and make the estimate too small."
    ),
    N_("Incidents are linked without error."),
)
"""Assumptions of capture-recapture, as `geodata.risk.reconciliation` states them."""

SAYS = {
    "no_clear_difference": N_(
        "The headline and its best rival foresee the next period about equally well; these data "
        "cannot tell them apart."
    ),
    "better": N_("The headline foresees the next period better than its best rival."),
    "worse": N_("A rival foresees the next period better than the headline."),
}


def reconciliation_html(page: Body, view: View) -> str:
    """Give the page that sets the register beside published figures."""
    captured = page.get("capture_recapture")
    if captured:
        said = [translator_of(view.lang).gettext(text) for text in ASSUMED]
        captured = {**captured, "assumptions": said}
    return render(
        "reconciliation.html", view, completeness=compared(page, view.lang), captured=captured
    )


def compared(page: Body, lang: str) -> dict[str, Any]:
    """Give the comparison with its verdicts in words; comparable claims first."""
    translator = translator_of(lang)
    rows = [
        {**row, "verdict": translator.gettext(VERDICTS.get(row["status"], row["status"]))}
        for row in page["rows"]
    ]
    rows.sort(key=lambda row: row["held"] is None)
    return {
        "rows": rows,
        "comparable": [row for row in rows if row["held"] is not None],
        "overlaps": page["overlaps"],
        "contradictions": page["contradictions"],
        "register": page["register"],
    }


def backtest_html(page: Body, view: View) -> str:
    """Give the page that says how well the ranking foresees the next period."""
    translator = translator_of(view.lang)
    verdict, cells = page.get("verdict"), page.get("cells")
    says = SAYS[verdict["says"]] if verdict else ""
    return render(
        "backtest.html",
        view,
        report=page,
        models=_models(page, translator),
        cell_models=_models(cells, translator) if cells else [],
        says=translator.gettext(says) if says else None,
        name_of=partial(model_name, translator),
        shares=[f"{share:.2f}" for share in page["area_shares"]],
    )


def _models(scored: Body, translator: Translator) -> list[dict[str, Any]]:
    """Give scores with their names, the best forecast first; what only ranks comes last."""
    found = [
        {**scores, "key": key, "name": model_name(translator, key)}
        for key, scores in scored["models"].items()
    ]
    gain = "gain_per_event"
    return sorted(found, key=lambda m: float("inf") if m[gain] is None else -m[gain])


def _name(names: Mapping[str, Any], row: Body) -> str:
    known = names.get(row["district_id"])
    return str(row["name"] if known is None else known.name)


def changes_html(page: Body, names: Mapping[str, Any], view: View, **dates: str) -> str:
    """Give the page of what changed between two dates.

    Parameters
    ----------
    names
        District ids to names, as `content.incidents.district_names` gives them.
    """
    ranks = [{**row, "shown": _name(names, row)} for row in page["ranks"]]
    return render("changes.html", view, page=page, ranks=ranks, most=MOST_LISTED, **dates)
