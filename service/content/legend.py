"""The legend: what each colour and mark means, and the limits of the classes."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from geodata.risk.classes import NO_INFORMATION
from service.content.districts import CLASS_NAMES, NOT_COMPUTED, districts_of
from service.content.texts import texts_of
from service.content.view import SPOKEN, RiskView
from service.drawing.map import Shown
from service.i18n import Translator


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the legend.

    Attributes
    ----------
    symbol
        A fill, or ``badge``, ``fatal``, ``point``.
    text
        What it means.
    limit
        Range of a class; empty for the others.
    """

    symbol: str
    text: str
    limit: str = ""


@dataclass(frozen=True, slots=True)
class Legend:
    """Title with the unit, classes from the highest, grounds, and marks."""

    title: str
    entries: tuple[Entry, ...]


def legend_of(view: RiskView, say: Translator, shown: Shown) -> Legend:
    """Give what explains a map: each class, "no information" always, what else is used.

    Parameters
    ----------
    view
        With period and filter applied.
    say
        Language of the legend.
    shown
        How the map shows incidents whose point is known.
    """
    texts = texts_of(say.lang)
    unit = texts[f"unit.{view.parameters.weight}.{view.parameters.exposure}"]
    found = [*classes_of(view, say), *_grounds(view, say)]
    if counts_of(view, shown).any():
        found.append(Entry("badge", texts["legend-sums" if shown == "sums" else "legend-square"]))
    if shown == "points":
        found.append(Entry("fatal", texts["legend-fatal"]))
        found.append(Entry("point", texts["legend-point"]))
    return Legend(f"{texts['legend-title']} {unit}", tuple(found))


def classes_of(view: RiskView, say: Translator) -> list[Entry]:
    """Give the classes from the highest with their limits."""
    texts, limits = texts_of(say.lang), [say.number(limit) for limit in view.limits]
    middle = [f"{low} – < {high}" for low, high in pairwise(limits)]
    ranges = [f"< {limits[0]}", *middle, f"≥ {limits[-1]}"]
    named = zip(CLASS_NAMES[: len(ranges)], ranges, strict=True)
    return [Entry(name, texts[f"risk_class.{name}"], limit) for name, limit in named][::-1]


def _grounds(view: RiskView, say: Translator) -> list[Entry]:
    texts, used = texts_of(say.lang), {row.fill for row in districts_of(view, say)}
    statuses = [NO_INFORMATION, *(s for s in reversed(SPOKEN) if s in used)]
    found = [Entry(status, texts[f"ground_status.{status}"]) for status in statuses]
    if NOT_COMPUTED in used:
        found.append(Entry(NOT_COMPUTED, texts["not-computed"]))
    return found


def counts_of(view: RiskView, shown: Shown) -> np.ndarray:
    """Count by district, in weights, what a map tells in numbers.

    Parameters
    ----------
    view
        With period and filter applied.
    shown
        Of the map: with ``sums`` all incidents are counted, else those without a point.

    Returns
    -------
    numpy.ndarray
        In the order of the districts.
    """
    if shown == "sums":
        return view.risk["incidents"].to_numpy(dtype=float)

    def make() -> np.ndarray:
        shares = np.where(view.incidents.geometry.isna(), view.shares, 0.0)
        return np.asarray(view.incident_places.sums(shares), float)

    found: np.ndarray = view.snapshot.cached((*view.key, "counts"), make)
    return found
