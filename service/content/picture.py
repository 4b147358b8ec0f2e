"""What a drawn map shows of a view: fills, names, counts and points."""

from dataclasses import replace
from typing import Any

import numpy as np
import shapely

from service.content.districts import CLASS_NAMES, districts_of, kilometre
from service.content.forecast import ForecastView
from service.content.legend import counts_of
from service.content.texts import texts_of
from service.content.view import RiskView
from service.drawing.map import Picture, Shown
from service.drawing.marks import Words
from service.drawing.palette import CLASS_COLOURS
from service.i18n import Translator

SHOWN: tuple[Shown, ...] = ("none", "points", "sums")


def picture_of(view: RiskView, say: Translator) -> Picture:
    """Give what the drawing of a view shows, made once for a snapshot and language."""
    key = (*view.key, "picture", say.lang)
    found: Picture = view.snapshot.cached(key, lambda: _picture(view, say))
    return found


def _picture(view: RiskView, say: Translator) -> Picture:
    districts, texts = districts_of(view, say), texts_of(say.lang)
    known = view.incidents.geometry.notna().to_numpy()
    lonlat = shapely.get_coordinates(view.incidents.geometry.array[known]).reshape(-1, 2)
    rates = view.risk[view.headline].to_numpy(dtype="float64", na_value=np.nan)
    directions = {key: texts[key] for key in ("north", "south", "east", "west")}
    return Picture(
        fills=[colour_of(row.fill) for row in districts],
        names=[row.name for row in districts],
        recorded=np.array([row.incidents > 0 for row in districts], dtype=bool),
        rates=rates,
        counts={shown: _written(counts_of(view, shown), say) for shown in SHOWN},
        lonlat=lonlat,
        # "5+" killed has no best number, and is deadly all the same.
        fatal=view.incidents["killed"]
        .fillna(view.incidents["killed_low"])
        .fillna(0)
        .to_numpy()[known]
        > 0,
        incidents=len(view.incidents),
        words=Words(say.number, kilometre(say), **directions),
    )


def forecast_picture(view: RiskView, say: Translator, outlook: ForecastView) -> Picture:
    """Give what the drawing of a forecast shows: its areas, and names where most is expected."""
    key = (*view.key, "forecast-picture", say.lang)

    def make() -> Picture:
        plain = picture_of(view, say)
        expected = np.array([row.value for row in outlook.districts], dtype=float)
        nothing = [""] * len(expected)
        return replace(
            plain,
            recorded=np.zeros(len(expected), dtype=bool),
            rates=expected,
            counts=dict.fromkeys(SHOWN, nothing),
            lonlat=plain.lonlat[:0],
            fatal=plain.fatal[:0],
            bands=tuple(zip(outlook.bands, outlook.classes.colours, strict=True)),
        )

    found: Picture = view.snapshot.cached(key, make)
    return found


def colour_of(fill: str) -> str:
    """Give the colour of a class; the name of a pattern stays."""
    return CLASS_COLOURS[CLASS_NAMES.index(fill)] if fill in CLASS_NAMES else fill


def _written(counts: Any, say: Translator) -> list[str]:
    return [say.number(round(float(n), 2)) if n > 0 else "" for n in counts]
