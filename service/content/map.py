"""What a map shows: fills, names, counts and points, and the legend that explains them."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely

from geodata.risk import RiskParameters
from geodata.risk.table import NO_INFORMATION
from service.content.districts import CLASS_NAMES, NOT_COMPUTED, districts_of, kilometre
from service.content.texts import texts_of
from service.content.view import SPOKEN, RiskView
from service.drawing.map import Picture, Shown
from service.drawing.marks import Words
from service.drawing.palette import CLASS_COLOURS
from service.i18n import Translator


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the legend."""

    symbol: str
    """A fill, or ``badge``, ``fatal``, ``point``."""
    text: str
    """What it means."""
    limit: str = ""
    """Range of a class; empty for the others."""


@dataclass(frozen=True, slots=True)
class Legend:
    """Title with the unit, classes from the highest, grounds, and marks."""

    title: str
    entries: tuple[Entry, ...]
    note: str = ""
    """What set the limits between the classes; empty where they are the fixed ones."""


def legend_of(view: RiskView, translator: Translator, shown: Shown) -> Legend:
    """Give what explains a map: each class, "no information" always, what else is used."""
    texts = texts_of(translator.lang)
    unit = texts[f"unit.{view.parameters.weight}.{view.parameters.exposure}"]
    found = [*classes_of(view, translator), *_grounds(view, translator)]
    if counts_of(view, shown).any():
        found.append(Entry("badge", texts["legend-sums" if shown == "sums" else "legend-square"]))
    if shown == "points":
        found.append(Entry("fatal", texts["legend-fatal"]))
        found.append(Entry("point", texts["legend-point"]))
    title = f"{texts['legend-title']} {unit}"
    return Legend(title, tuple(found), limits_note(view.parameters, translator))


def limits_note(parameters: RiskParameters, translator: Translator) -> str:
    """Say what set the limits of the classes; empty where they are the fixed ones."""
    if parameters.classes == "fixed":
        return ""
    words = class_words(parameters.classes, parameters.exposure, translator)
    return f"{texts_of(translator.lang)['class-limits']}: {words}"


def class_words(classes: str, exposure: str, translator: Translator) -> str:
    """Give the words for a way to set limits; equal areas are people where those divide."""
    return texts_of(translator.lang)[f"classes.{exposure if classes == 'area' else classes}"]


def classes_of(view: RiskView, translator: Translator) -> list[Entry]:
    """Give the classes from the highest with their limits."""
    texts, limits = texts_of(translator.lang), [translator.number(limit) for limit in view.limits]
    middle = [f"{low} – < {high}" for low, high in pairwise(limits)]
    ranges = [f"< {limits[0]}", *middle, f"≥ {limits[-1]}"]
    named = zip(CLASS_NAMES[: len(ranges)], ranges, strict=True)
    return [Entry(name, texts[f"risk_class.{name}"], limit) for name, limit in named][::-1]


def _grounds(view: RiskView, translator: Translator) -> list[Entry]:
    texts, used = texts_of(translator.lang), {row.fill for row in districts_of(view, translator)}
    statuses = [NO_INFORMATION, *(s for s in reversed(SPOKEN) if s in used)]
    found = [Entry(status, texts[f"ground_status.{status}"]) for status in statuses]
    if NOT_COMPUTED in used:
        found.append(Entry(NOT_COMPUTED, texts["not-computed"]))
    return found


def counts_of(view: RiskView, shown: Shown) -> np.ndarray:
    """Count by district, in weights, what a map tells in numbers.

    Parameters
    ----------
    shown
        Of the map: with ``sums`` all incidents are counted, else those without a point.
    """
    if shown == "sums":
        return view.risk["incidents"].to_numpy(dtype=float)

    def make() -> np.ndarray:
        shares = np.where(view.incidents.geometry.isna(), view.shares, 0.0)
        return np.asarray(view.incident_places.sums(shares), float)

    found: np.ndarray = view.snapshot.cached((*view.key, "counts"), make)
    return found


SHOWN: tuple[Shown, ...] = ("none", "points", "sums")


def picture_of(view: RiskView, translator: Translator) -> Picture:
    """Give what the drawing of a view shows, made once for a snapshot and language."""
    key = (*view.key, "picture", translator.lang)
    found: Picture = view.snapshot.cached(key, lambda: _picture(view, translator))
    return found


def _picture(view: RiskView, translator: Translator) -> Picture:
    districts, texts = districts_of(view, translator), texts_of(translator.lang)
    known = view.incidents.geometry.notna().to_numpy()
    lonlat = shapely.get_coordinates(view.incidents.geometry.array[known]).reshape(-1, 2)
    rates = view.risk[view.headline].to_numpy(dtype="float64", na_value=np.nan)
    directions = {key: texts[key] for key in ("north", "south", "east", "west")}
    return Picture(
        fills=[colour_of(row.fill) for row in districts],
        names=[row.name for row in districts],
        recorded=np.array([row.incidents > 0 for row in districts], dtype=bool),
        rates=rates,
        counts={shown: _written(counts_of(view, shown), translator) for shown in SHOWN},
        lonlat=lonlat,
        # "5+" killed has no best number, and is deadly all the same.
        fatal=view.incidents["killed"]
        .fillna(view.incidents["killed_low"])
        .fillna(0)
        .to_numpy()[known]
        > 0,
        incidents=len(view.incidents),
        words=Words(translator.number, kilometre(translator), **directions),
    )


def colour_of(fill: str) -> str:
    """Give the colour of a class; the name of a pattern stays."""
    return CLASS_COLOURS[CLASS_NAMES.index(fill)] if fill in CLASS_NAMES else fill


def _written(counts: Any, translator: Translator) -> list[str]:
    return [translator.number(round(float(n), 2)) if n > 0 else "" for n in counts]
