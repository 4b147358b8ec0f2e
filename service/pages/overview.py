"""The overview: the risk map, the key figures, the ranking, what is new, how complete it is."""

from typing import Any

from geodata.risk import RiskParameters, reconciliation_of
from service.content.incidents import incident_rows
from service.content.trend import trend_of
from service.content.view import risk_view
from service.http.reader import View
from service.i18n import translator
from service.pages.districts import ranking_values
from service.pages.environment import render
from service.pages.reports import compared
from service.pages.trend import bars_of

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
    say = translator(view.lang)
    looked = risk_view(snapshot, RiskParameters())
    newest = snapshot.incidents.sort_values(["recorded_at", "date_start"], ascending=False)
    return render(
        "overview.html",
        view,
        trend=bars_of(trend_of(looked, say)),
        recent=incident_rows(snapshot, newest.head(RECENT), say),
        completeness=compared(reconciliation_of(snapshot), view.lang),
        as_of=snapshot.recorded_at,
        revision=snapshot.revision,
        edition=snapshot.edition,
        **ranking_values(looked, say),
    )
