"""By what districts are ranked, in words: the rule, how much better it is, and the doubt."""

from service.content.view import RiskView
from service.i18n import N_, Translator

MODELS = {
    "uniform": N_("the same rate everywhere"),
    "last_period": N_("the last period once more"),
    "all_time": N_("all past counts"),
    "eb": N_("smoothed rate (the headline)"),
    "eb_decay": N_("smoothed rate with a half-life of a year"),
    "spatial": N_("rate smoothed towards the neighbours"),
    "kde": N_("kernel surface"),
    "kde_decay": N_("kernel surface with a half-life of a year"),
    "nearest_event": N_("distance to the nearest past incident"),
    "dynamic": N_("each district’s own outlook, weighed on the past"),
    "mixture": N_("the forecast layer: kernels in space and time, weighed on the past"),
}
"""Model of the backtest → words."""
WHY = {
    "best": N_(
        "Ranked by: {rule}. It foresaw later incidents best on this register, by {gain} an "
        "incident (95 %: {range}) over the smoothed rate."
    ),
    "about_as_well": N_(
        "Ranked by: {rule}. Best at foreseeing later incidents was: {model}, by {gain} an incident "
        "(95 %: {range}), which is no clear difference."
    ),
    "headline": N_("Ranked by: {rule}. Nothing foresaw later incidents better on this register."),
    "cannot_tell": N_(
        "Ranked by: {rule}. How well that foresees later incidents cannot be told yet: read it as "
        "a description of what was reported."
    ),
    "asked": N_("Ranked by: {rule}, as asked for. It describes what was reported."),
}
"""Why of a ruling → words."""
RATES = {"smoothed": N_("the smoothed rate"), "density": N_("the crude rate")}


def model_name(say: Translator, key: str) -> str:
    """Give the words for a model of the backtest."""
    return say.gettext(MODELS.get(key, key))


def ranked_by(view: RiskView, say: Translator) -> str:
    """Say by what the districts of a view are ranked, how much better it is, and how sure.

    Parameters
    ----------
    view
        With its risk table.
    say
        Language of the words.
    """
    ruling = view.risk.attrs["risk"]["ranking"]
    headline = RATES[view.headline]
    rate = say.gettext(headline)
    words = {
        "rule": rate if ruling["rule"] == "rate" else model_name(say, ruling["rule"]),
        "model": model_name(say, ruling["model"]) if ruling["model"] else "",
        "gain": say.number(ruling["gain"], 2),
        "range": say.interval(ruling["low"], ruling["high"], 2),
    }
    why = WHY[ruling["why"]]
    found = say.gettext(why)
    for name, value in words.items():
        found = found.replace(f"{{{name}}}", value)
    return found
