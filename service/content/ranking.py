"""By what districts are ranked, in words: the rule, how much better it is, and the doubt."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.risk import rates
from geodata.statistics.ranks import competition_rank
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


@dataclass(frozen=True, slots=True)
class Upper:
    """A unit above the districts, ranked by its own crude rate.

    Attributes
    ----------
    rank
        1 = highest; null without a record or an exposure.
    rate, low, high
        Crude rate with Garwood's 95 % limits, in the unit of the table.
    """

    name: str
    rank: float | None
    incidents: float
    rate: float | None
    low: float | None
    high: float | None


def levels_of(view: RiskView) -> dict[str, Upper]:
    """Rank the units above the districts, so that both levels can be read side by side.

    Other borders give other ranks (the modifiable areal unit problem): a district that leads
    may lie in a unit that does not.

    Parameters
    ----------
    view
        With its districts; those of one country's first level have no unit above.

    Returns
    -------
    dict
        By the district's id; empty where the boundaries name no units above, or one only.
    """
    frame, risk = view.districts, view.risk
    key = frame["admin1_code"].fillna(frame["admin1_name"]).astype("object")
    names = frame["admin1_name"].fillna(frame["admin1_code"]).astype("object")
    known = key.notna().to_numpy()
    if view.window is None or len(set(key[known])) < 2 or len(set(key[known])) == known.sum():
        return {}
    column = "area_km2" if view.parameters.exposure == "area" else "population"
    per = 100.0 if column == "area_km2" else 100_000.0
    numbers = pd.DataFrame(
        {
            "key": key,
            "name": names,
            "incidents": risk["incidents"].to_numpy(float),
            "exposure": risk[column].to_numpy(dtype="float64", na_value=np.nan),
        }
    )[known]
    whole = numbers.groupby("key", sort=True).agg(
        name=("name", "first"),
        incidents=("incidents", "sum"),
        # a unit of which a part has no exposure has none
        exposure=("exposure", lambda part: part.sum(skipna=False)),
    )
    held = whole["incidents"].to_numpy(float)
    exposed = whole["exposure"].to_numpy(float) / per * view.window.years
    good = (held > 0) & (exposed > 0)
    low, high = rates.poisson_interval(held, np.where(exposed > 0, exposed, np.nan))
    rate = np.where(good, held / np.where(exposed > 0, exposed, np.nan), np.nan)
    rank = np.full(len(whole), np.nan)
    rank[good] = competition_rank(rate[good])

    def number(value: float) -> float | None:
        return float(value) if np.isfinite(value) else None

    uppers = {
        one: Upper(str(name), *(number(x) for x in (a, b, c, d, e)))  # type: ignore[arg-type]
        for one, name, a, b, c, d, e in zip(
            whole.index, whole["name"], rank, held, rate, low, high, strict=True
        )
    }
    return {str(name): uppers[one] for name, one in key[known].items()}
